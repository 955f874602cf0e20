//! What the atlas page shows of a study.

use std::path::Path;

use geo_types::Coord;

use super::files::StudyFiles;
use crate::error::Result;
use crate::model::{Contours, Level};
use crate::study::TerritoryMeasures;

/// Writes the atlas page: all levels, all actors and links that have a place.
pub(super) fn write_atlas(files: &StudyFiles<'_>, path: &Path, title: &str) -> Result<()> {
    use crate::model::{ActorKind, LinkClass};
    use crate::write::atlas_html::{ActorPoint, AtlasPage, LinkLine, MapLayer, write_atlas_html_file};

    let study = files.study;
    // Coarse levels first, the base last.
    let mut levels: Vec<_> = study.atlas().levels().iter().filter(|l| l.geometry().is_some()).collect();
    levels.sort_by_key(|l| l.territories().len());
    let texts: Vec<(Vec<String>, Vec<String>)> = levels
        .iter()
        .map(|l| l.territories().iter().map(|t| (t.code.to_string(), t.name.clone())).unzip())
        .collect();
    let mut page = AtlasPage::new(title);
    page.subtitle = "Rural–urban cooperation: who is tied to whom, what is where, how far it is.".to_owned();
    for (level, (codes, names)) in levels.iter().zip(&texts) {
        let (Some(shapes), Some(quality)) = (level.geometry(), level.geometry_quality()) else {
            continue;
        };
        page.layers.push(MapLayer {
            name: level.level().to_string(),
            shapes,
            contours: Contours::from(quality),
            codes,
            names,
            measures: measure_columns(files.of(level.level())?),
        });
    }
    // A level of about a hundred units draws at once and says something.
    page.first_layer = levels.iter().rposition(|l| l.territories().len() <= 130).unwrap_or(0);
    if let Some(at) = levels.iter().position(|l| *l.level() == Level::Departement) {
        page.first_layer = at;
    }

    let actors = study.inventory().actors();
    let at = |i: usize| study.places()[i].point.map(Coord::from);
    for (i, actor) in actors.iter().enumerate() {
        let Some(position) = at(i) else { continue };
        let place = study.places()[i];
        let commune = place.base.map_or("", |b| study.atlas().base().territories()[b as usize].name.as_str());
        let density = place.density.map_or("unclassed", crate::model::DensityLevel::label);
        page.actors.push(ActorPoint {
            name: actor.name.clone(),
            kind: actor.kind.to_string(),
            detail: [commune, density]
                .iter()
                .filter(|t| !t.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join(" · "),
            position,
        });
    }
    for link in study.links() {
        if let (Some(a), Some(b)) = (at(link.a as usize), at(link.b as usize)) {
            page.links.push(LinkLine {
                ends: [a, b],
                class: link.class,
                weight: link.weight,
                label: format!(
                    "{} – {} ({})",
                    actors[link.a as usize].name, actors[link.b as usize].name, link.kind
                ),
            });
        }
    }
    // Thousands of points and city-to-city ties would hide the subject; one click shows them.
    page.hidden_kinds =
        [ActorKind::PublicService, ActorKind::Organisation, ActorKind::Enterprise, ActorKind::Epci]
            .map(|k| k.to_string())
            .into();
    page.hidden_classes = vec![LinkClass::UrbanUrban, LinkClass::Unclassed];
    let drawn = (page.actors.len(), page.links.len());
    page.summary = vec![
        ("Territories of the finest level".to_owned(), count(study.atlas().base().territories().len())),
        ("Actors".to_owned(), format!("{} ({} on the map)", count(actors.len()), count(drawn.0))),
        ("Links".to_owned(), format!("{} ({} on the map)", count(study.links().len()), count(drawn.1))),
    ];
    let classes = crate::study::LinkSummary::of(study.links());
    for (name, n) in [
        ("urban–urban", classes.urban_urban),
        ("urban–rural", classes.urban_rural),
        ("rural–rural", classes.rural_rural),
        ("unclassed", classes.unclassed),
    ] {
        page.summary.push((name.to_owned(), count(n)));
    }
    page.notes = vec![
        "Rural: bourgs ruraux, rural à habitat dispersé and très dispersé of the seven-level density grid of \
         communes; a territory is rural when more than half of its population lives in such communes."
            .to_owned(),
        "Distances are geodesic from the point of each commune, averaged by population.".to_owned(),
        "A link stands for all cooperations of one kind between two actors in one data set.".to_owned(),
    ];
    let mut sources: Vec<&str> = actors.iter().map(|a| a.source.as_str()).filter(|s| !s.is_empty()).collect();
    sources.sort_unstable();
    sources.dedup();
    page.sources = sources
        .into_iter()
        .map(|s| study.inventory().source_title(s).map_or(s, |t| t.english.as_str()).to_owned())
        .collect();
    write_atlas_html_file(path, &page)
}

fn count(n: usize) -> String {
    crate::write::report::integer(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The measures the atlas shows.
fn measure_columns(rows: &[TerritoryMeasures]) -> Vec<crate::write::atlas_html::MeasureColumn<'_>> {
    use crate::model::{ActorKind, LinkClass, Rurality};
    use crate::write::atlas_html::{MeasureColumn, Scale};

    let column =
        |name: &str, unit: &str, description: &str, scale, value: &dyn Fn(&TerritoryMeasures) -> f64| {
            MeasureColumn {
                name: name.to_owned(),
                unit: unit.to_owned(),
                description: description.to_owned(),
                values: rows.iter().map(value).collect(),
                scale,
            }
        };
    let or_nan = |v: Option<f64>| v.unwrap_or(f64::NAN);
    let kind = |m: &TerritoryMeasures, k: ActorKind| m.actors[k as usize] as f64;
    let cross = |m: &TerritoryMeasures| m.links[LinkClass::UrbanRural as usize] as f64;
    vec![
        column(
            "Population in rural communes",
            "%",
            "Share of the population that lives in rural communes; high is rural.",
            Scale::Sequential,
            &|m| or_nan(m.rural_population_share) * 100.0,
        ),
        column(
            "Rural or urban",
            "",
            "Where more than half of the population lives.",
            Scale::Categorical { labels: vec!["rural".to_owned(), "urban".to_owned()] },
            &|m| match m.rurality {
                Some(Rurality::Rural) => 0.0,
                Some(Rurality::Urban) => 1.0,
                None => f64::NAN,
            },
        ),
        column(
            "Urban–rural links",
            "links",
            "Links that touch the territory and join an urban and a rural actor.",
            Scale::Sequential,
            &cross,
        ),
        column(
            "Urban–rural share of links",
            "%",
            "Urban–rural links among the classed links that touch the territory; high ties the two sides.",
            Scale::Sequential,
            &|m| or_nan(m.urban_rural_link_share) * 100.0,
        ),
        column(
            "Urban exposure of rural actors",
            "%",
            "Weighted share of its rural actors' ties that go to urban actors.",
            Scale::Sequential,
            &|m| or_nan(m.urban_exposure) * 100.0,
        ),
        column("Actors", "actors", "Actors of all kinds in the territory.", Scale::Sequential, &|m| {
            m.actor_count() as f64
        }),
        column(
            "Research centres",
            "actors",
            "Research organisations in the territory.",
            Scale::Sequential,
            &|m| kind(m, ActorKind::ResearchCentre),
        ),
        column(
            "Innovation places",
            "actors",
            "Fablabs, fabriques de territoire, manufactures de proximité in the territory.",
            Scale::Sequential,
            &|m| kind(m, ActorKind::InnovationPlace),
        ),
        column(
            "Distance to research",
            "km",
            "To the nearest research organisation, mean over communes by population; high is far.",
            Scale::Sequential,
            &|m| or_nan(m.research_distance_m) / 1e3,
        ),
        column(
            "Distance to an innovation place",
            "km",
            "To the nearest innovation place, mean over communes by population; high is far.",
            Scale::Sequential,
            &|m| or_nan(m.innovation_distance_m) / 1e3,
        ),
        column("Population", "inhabitants", "Inhabitants.", Scale::Sequential, &|m| {
            or_nan(m.territory.population)
        }),
    ]
}
