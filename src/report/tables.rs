//! A study as tables, GeoJSON and atlas page.

use std::borrow::Cow;

use crate::error::Result;
use crate::model::{ActorKind, LinkClass, Rurality};
use crate::study::{PlacedBy, Study, TerritoryMeasures};
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
    let rows = || measures.iter();
    let mut table = Table::new()
        .with("code", text(rows().map(|m| m.territory.code.as_str())))?
        .with("name", text(rows().map(|m| m.territory.name.as_str())))?
        .with("population", numbers(rows().map(|m| m.territory.population)))?
        .with("area_km2", numbers(rows().map(|m| m.territory.area_km2)))?
        .with("communes", counts(rows().map(|m| m.members)))?
        .with("rural_population_share", numbers(rows().map(|m| m.rural_population_share)))?
        .with("rurality", owned(rows().map(|m| m.rurality.map(|r| r.to_string()))))?
        .with("actors", counts(rows().map(TerritoryMeasures::actor_count)))?;
    for (i, kind) in ActorKind::ALL.iter().enumerate() {
        table.push(format!("actors_{}", kind.key()), counts(rows().map(move |m| m.actors[i])))?;
    }
    table.push("internal_links", counts(rows().map(|m| m.internal_links)))?;
    table.push("external_links", counts(rows().map(|m| m.external_links)))?;
    for (i, class) in LinkClass::ALL.iter().enumerate() {
        let name = format!("links_{}", class.to_string().replace('–', "_"));
        table.push(name, counts(rows().map(move |m| m.links[i])))?;
    }
    let km = |m: Option<f64>| m.map(|m| m / 1e3);
    table
        .with("urban_rural_link_share", numbers(rows().map(|m| m.urban_rural_link_share)))?
        .with("urban_exposure", numbers(rows().map(|m| m.urban_exposure)))?
        .with("research_distance_km", numbers(rows().map(|m| km(m.research_distance_m))))?
        .with("innovation_distance_km", numbers(rows().map(|m| km(m.innovation_distance_m))))
}

/// One row per actor: who, where, how it was placed, how many ties.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn actor_table(study: &Study) -> Result<Table<'_>> {
    let actors = study.inventory().actors();
    let base = study.atlas().base().territories();
    let places = || study.places().iter();
    let mut ties = vec![0; actors.len()];
    let mut weight = vec![0.0; actors.len()];
    for link in study.links() {
        for end in [link.a as usize, link.b as usize] {
            ties[end] += 1;
            weight[end] += link.weight;
        }
    }
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
        .with("links", counts(ties.into_iter()))?
        .with("link_weight", numbers(weight.into_iter().map(Some)))?
        .with("themes", owned(actors.iter().map(|a| Some(a.themes.join(";")).filter(|t| !t.is_empty()))))?
        .with("source", text(actors.iter().map(|a| a.source.as_str())))
}

/// One row per link: both ends, kind, weight, period, class, length.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn link_table(study: &Study) -> Result<Table<'_>> {
    let actors = study.inventory().actors();
    let links = || study.links().iter();
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
