//! Everything the main job writes: the atlas page, a GeoJSON of measures, and the tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[cfg(feature = "html")]
use geo_types::Coord;

use super::csv::{CsvStyle, write_csv_file};
use super::geojson::{DEFAULT_DECIMALS, Shapes, write_geojson_file};
use super::{Contours, actor_table, link_table, territory_table};
use crate::error::Result;
use crate::model::Level;
use crate::progress::Progress;
use crate::space::Layer;
use crate::study::{Study, TerritoryMeasures};

/// Measures of all levels of a study, ready to be written.
#[derive(Debug)]
pub struct StudyFiles<'a> {
    study: &'a Study,
    measures: BTreeMap<Level, Vec<TerritoryMeasures>>,
}

impl<'a> StudyFiles<'a> {
    /// Measures every territory of every level.
    ///
    /// # Errors
    /// None on a study.
    pub fn measure(study: &'a Study, progress: &dyn Progress) -> Result<Self> {
        let reach = study.reach(progress)?;
        let levels = study.atlas().levels();
        progress.begin("measure territories", Some(levels.len() as u64));
        let mut measures = BTreeMap::new();
        for level in levels {
            measures.insert(level.level().clone(), study.territory_measures(level.level(), &reach)?);
            progress.advance(1);
        }
        progress.end();
        Ok(Self { study, measures })
    }

    /// The measures of a level.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the study has no such level.
    pub fn of(&self, level: &Level) -> Result<&[TerritoryMeasures]> {
        self.study.atlas().level(level)?;
        Ok(self.measures.get(level).map_or(&[], Vec::as_slice))
    }

    /// Writes `territories.csv`, `actors.csv`, `links.csv`, `metrics.geojson` (territories of the
    /// level, with the same columns) and, with the feature `html`, `atlas.html` (all levels) into a
    /// folder that exists. Returns what it wrote.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the study has no such level, [`crate::Error::Io`] when a file cannot be
    /// written.
    pub fn write(
        &self,
        folder: &Path,
        level: &Level,
        title: &str,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>> {
        progress.begin("write files", Some(5));
        let step = |path: PathBuf, written: &mut Vec<PathBuf>| {
            written.push(path);
            progress.advance(1);
        };
        let mut written = Vec::new();
        let territories = territory_table(self.of(level)?)?;
        let tables = [
            ("territories.csv", &territories),
            ("actors.csv", &actor_table(self.study)?),
            ("links.csv", &link_table(self.study)?),
        ];
        for (name, table) in tables {
            let path = folder.join(name);
            write_csv_file(&path, table, CsvStyle::Standard)?;
            step(path, &mut written);
        }
        let units = self.study.atlas().level(level)?;
        let path = folder.join("metrics.geojson");
        let empty;
        let (shapes, contours) =
            if let (Some(layer), Some(quality)) = (units.geometry(), units.geometry_quality()) {
                (layer, Contours::from(quality))
            } else {
                empty = without_outlines(units.territories().len());
                (&empty, Contours::Surveyed)
            };
        write_geojson_file(&path, Shapes::Polygons(shapes, contours), &territories, DEFAULT_DECIMALS)?;
        step(path, &mut written);
        #[cfg(feature = "html")]
        {
            let path = folder.join("atlas.html");
            self.write_atlas(&path, title)?;
            step(path, &mut written);
        }
        #[cfg(not(feature = "html"))]
        let _ = title;
        progress.end();
        Ok(written)
    }

    #[cfg(feature = "html")]
    fn write_atlas(&self, path: &Path, title: &str) -> Result<()> {
        use super::atlas_html::{ActorPoint, AtlasPage, LinkLine, MapLayer, write_atlas_html_file};
        use crate::model::{ActorKind, LinkClass};

        let study = self.study;
        // Coarse levels first, the base last.
        let mut levels: Vec<_> = study.atlas().levels().iter().filter(|l| l.geometry().is_some()).collect();
        levels.sort_by_key(|l| l.territories().len());
        let texts: Vec<(Vec<String>, Vec<String>)> = levels
            .iter()
            .map(|l| l.territories().iter().map(|t| (t.code.to_string(), t.name.clone())).unzip())
            .collect();
        let mut page = AtlasPage::new(title);
        page.subtitle =
            "Rural–urban cooperation: who is tied to whom, what is where, how far it is.".to_owned();
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
                measures: measure_columns(self.of(level.level())?),
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
            let commune =
                place.base.map_or("", |b| study.atlas().base().territories()[b as usize].name.as_str());
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
        let mut sources: Vec<&str> =
            actors.iter().map(|a| a.source.as_str()).filter(|s| !s.is_empty()).collect();
        sources.sort_unstable();
        sources.dedup();
        page.sources = sources.into_iter().map(source_title).collect();
        write_atlas_html_file(path, &page)
    }
}

/// Title of a data set of the embedded France; other names stand for themselves.
#[cfg(feature = "html")]
fn source_title(key: &str) -> String {
    match key {
        "ror" => "Research Organization Registry 2026-06, CC0",
        "interreg" => "keep.eu, closed Interreg projects 2000–2018",
        "h2020" => "CORDIS, Horizon 2020 organisations 2017",
        "fablabs" => "fablabs.io 2017",
        "fabriques" => "ANCT, fabriques de territoire 2024, Licence Ouverte 2.0",
        "manufactures" => "ANCT, manufactures de proximité 2024, Licence Ouverte 2.0",
        "france_services" => "ANCT, France services 2024, Licence Ouverte 2.0",
        "contracts" => "CGET/ANCT, contrats de ruralité 2016–2019, Licence Ouverte 2.0",
        "reciprocity" => "contrats de réciprocité, public pages",
        "clusters" => "pôles de compétitivité, hand-made list",
        "clusters (unverified)" => "pôles de compétitivité, hand-made list, entries no source attests",
        other => other,
    }
    .to_owned()
}

#[cfg(feature = "html")]
fn count(n: usize) -> String {
    super::report::integer(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The measures the atlas shows.
#[cfg(feature = "html")]
fn measure_columns(rows: &[TerritoryMeasures]) -> Vec<super::atlas_html::MeasureColumn<'_>> {
    use super::atlas_html::{MeasureColumn, Scale};
    use crate::model::{ActorKind, LinkClass, Rurality};

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

/// Features without geometry, for levels that have no outlines.
fn without_outlines(n: usize) -> Layer {
    let mut layer = Layer::new();
    for _ in 0..n {
        layer.end_feature();
    }
    layer
}
