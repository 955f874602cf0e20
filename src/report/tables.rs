//! A study as tables, GeoJSON and atlas page.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::Result;
use crate::model::{ActorKind, Level, LinkClass, Rurality};
use crate::study::{Link, PlacedBy, Study, TerritoryMeasures};
use crate::write::{Column, Table};

fn text<'a>(values: impl Iterator<Item = &'a str>) -> Column<'a> {
    Column::Text(values.map(|t| Some(t).filter(|t| !t.is_empty()).map(Cow::Borrowed)).collect())
}

fn owned<'a>(values: impl Iterator<Item = Option<String>>) -> Column<'a> {
    Column::Text(values.map(|t| t.map(Cow::Owned)).collect())
}

fn numbers<'a>(values: impl Iterator<Item = Option<f64>>) -> Column<'a> {
    Column::Number(values.map(|v| v.unwrap_or(f64::NAN)).collect())
}

fn counts<'a>(values: impl Iterator<Item = usize>) -> Column<'a> {
    Column::Integer(values.map(|v| i64::try_from(v).ok()).collect())
}

/// One row per territory, one column per measure; distances in kilometres. Empty cells have no value.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn territory_table(measures: &[TerritoryMeasures]) -> Result<Table<'_>> {
    territory_columns(measures, "communes", |_| true)
}

/// [`territory_table`] of a study: base territories are called as they are there, and outside France only
/// kinds of actors that there are have a column.
pub(super) fn territory_table_of<'a>(study: &Study, measures: &'a [TerritoryMeasures]) -> Result<Table<'a>> {
    if *study.atlas().base().level() == Level::Commune {
        return territory_table(measures);
    }
    territory_columns(measures, "members", |kind| measures.iter().any(|m| m.actors[kind] > 0))
}

fn territory_columns<'a>(
    measures: &'a [TerritoryMeasures],
    members: &str,
    shown: impl Fn(usize) -> bool,
) -> Result<Table<'a>> {
    let rows = || measures.iter();
    let mut table = Table::new()
        .with("code", text(rows().map(|m| m.territory.code.as_str())))?
        .with("name", text(rows().map(|m| m.territory.name.as_str())))?
        .with("population", numbers(rows().map(|m| m.territory.population)))?
        .with("area_km2", numbers(rows().map(|m| m.territory.area_km2)))?
        .with(members.to_owned(), counts(rows().map(|m| m.members)))?
        .with(
            format!("{members}_in_all"),
            counts(rows().map(|m| m.territory.members_in_all.map_or(m.members, |all| all as usize))),
        )?
        .with("rural_population_share", numbers(rows().map(|m| m.rural_population_share)))?
        .with("rurality", owned(rows().map(|m| m.rurality.map(|r| r.to_string()))))?
        .with("actors", counts(rows().map(TerritoryMeasures::actor_count)))?;
    for (i, kind) in ActorKind::ALL.iter().enumerate().filter(|(i, _)| shown(*i)) {
        table.push(format!("actors_{}", kind.key()), counts(rows().map(move |m| m.actors[i])))?;
    }
    table.push("internal_links", counts(rows().map(|m| m.internal_links)))?;
    table.push("external_links", counts(rows().map(|m| m.external_links)))?;
    for (i, class) in LinkClass::ALL.iter().enumerate() {
        table.push(super::dictionary::link_column(*class), counts(rows().map(move |m| m.links[i])))?;
    }
    let km = |m: Option<f64>| m.map(|m| m / 1e3);
    table
        .with("urban_rural_link_share", numbers(rows().map(|m| m.urban_rural_link_share)))?
        .with("urban_exposure", numbers(rows().map(|m| m.urban_exposure)))?
        .with("urban_exposure_ends", counts(rows().map(|m| m.urban_exposure_ends)))?
        .with("research_distance_km", numbers(rows().map(|m| km(m.research_distance_m))))?
        .with("innovation_distance_km", numbers(rows().map(|m| km(m.innovation_distance_m))))
}

/// One row per actor: who, where, how it was placed, how many ties.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn actor_table(study: &Study) -> Result<Table<'_>> {
    let n = study.inventory().actors().len();
    actor_rows(study, &degrees(study), 0..n)
}

/// Actors of one part of a table.
const PART: usize = 20_000;

/// [`actor_table`] in parts, none of which is large.
pub(super) fn actor_parts(study: &Study) -> impl Iterator<Item = Result<Table<'_>>> {
    let n = study.inventory().actors().len();
    let degrees = degrees(study);
    // One part when there is no actor, so that there is a header.
    (0..n.div_ceil(PART).max(1)).map(move |i| actor_rows(study, &degrees, i * PART..((i + 1) * PART).min(n)))
}

/// [`actor_table`] without a row.
pub(super) fn no_actors(study: &Study) -> Result<Table<'_>> {
    actor_rows(study, &[], 0..0)
}

/// How many ties an actor has, and how strong they are together.
#[derive(Debug, Clone, Copy, Default)]
struct Degree {
    ties: usize,
    weight: f64,
}

fn degrees(study: &Study) -> Vec<Degree> {
    let mut degrees = vec![Degree::default(); study.inventory().actors().len()];
    for link in study.links() {
        for end in [link.a as usize, link.b as usize] {
            degrees[end].ties += 1;
            degrees[end].weight += link.weight;
        }
    }
    degrees
}

fn actor_rows<'a>(study: &'a Study, degrees: &[Degree], rows: Range<usize>) -> Result<Table<'a>> {
    let actors = &study.inventory().actors()[rows.clone()];
    let base = study.atlas().base().territories();
    let places = || study.places()[rows.clone()].iter();
    let degrees = || degrees[rows.clone()].iter();
    Table::new()
        .with("id", text(actors.iter().map(|a| a.id.as_str())))?
        .with("name", text(actors.iter().map(|a| a.name.as_str())))?
        .with("kind", text(actors.iter().map(|a| a.kind.key())))?
        .with("lon", numbers(actors.iter().map(|a| a.position.map(crate::space::LonLat::lon))))?
        .with("lat", numbers(actors.iter().map(|a| a.position.map(crate::space::LonLat::lat))))?
        .with("territory", text(places().map(|p| p.base.map_or("", |b| base[b as usize].code.as_str()))))?
        .with(
            "placed_by",
            text(places().map(|p| match p.placed_by {
                None => "",
                Some(PlacedBy::Code) => "code",
                Some(PlacedBy::Outline) => "outline",
                Some(PlacedBy::Snapped { .. }) => "snapped",
                Some(PlacedBy::NearestPoint { .. }) => "nearest point",
            })),
        )?
        .with("density", text(places().map(|p| p.density.map_or("", crate::model::DensityLevel::label))))?
        .with("rurality", owned(places().map(|p| p.rurality().map(|r: Rurality| r.to_string()))))?
        .with("links", counts(degrees().map(|d| d.ties)))?
        .with("link_weight", numbers(degrees().map(|d| Some(d.weight))))?
        .with("themes", owned(actors.iter().map(|a| Some(a.themes.join(";")).filter(|t| !t.is_empty()))))?
        .with("source", text(actors.iter().map(|a| a.source.as_str())))
}

/// One row per link: both ends, kind, weight, period, class, length.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn link_table(study: &Study) -> Result<Table<'_>> {
    link_table_of(study, study.links())
}

/// [`link_table`] of some links.
pub(super) fn link_table_of<'a>(study: &'a Study, list: &'a [Link]) -> Result<Table<'a>> {
    let actors = study.inventory().actors();
    let links = || list.iter();
    Table::new()
        .with("source", text(links().map(|l| actors[l.a as usize].id.as_str())))?
        .with("target", text(links().map(|l| actors[l.b as usize].id.as_str())))?
        .with("source_name", text(links().map(|l| actors[l.a as usize].name.as_str())))?
        .with("target_name", text(links().map(|l| actors[l.b as usize].name.as_str())))?
        .with("kind", text(links().map(|l| l.kind.key())))?
        .with("weight", numbers(links().map(|l| Some(l.weight))))?
        .with("from_year", Column::Integer(links().map(|l| l.period.map(|p| p.from.into())).collect()))?
        .with("to_year", Column::Integer(links().map(|l| l.period.map(|p| p.to.into())).collect()))?
        .with("class", owned(links().map(|l| Some(l.class.to_string()))))?
        .with("data", text(links().map(|l| l.source.as_str())))
}
