//! The numbers of the page as tables.

use crate::error::Result;
use crate::evidence::Evidence;
use crate::study::{FirmsAndLaboratories, Study};
use crate::write::Table;

fn column<'r, T, R>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

const fn km(metres: Option<f64>) -> Option<f64> {
    match metres {
        Some(m) => Some(m / 1e3),
        None => None,
    }
}

/// One row per territory of the level, those without a firm too.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn research_territory_table(found: &FirmsAndLaboratories) -> Result<Table<'_>> {
    let rows = &found.territories;
    Table::new()
        .with("code", column(rows, |t| t.code.as_str()))?
        .with("name", column(rows, |t| t.name.as_str()))?
        .with("rurality", column(rows, |t| t.rurality.map(|r| r.to_string())))?
        .with("population", column(rows, |t| t.population))?
        .with("ground", column(rows, |t| t.ground))?
        .with("firms", column(rows, |t| t.firms))?
        .with("rural_firms", column(rows, |t| t.rural_firms))?
        .with("laboratories", column(rows, |t| t.laboratories))?
        .with("pairs", column(rows, |t| t.pairs))?
        .with("pairs_elsewhere", column(rows, |t| t.elsewhere))?
        .with("rural_pairs", column(rows, |t| t.rural_pairs))?
        .with("pairs_with_rural_firms", column(rows, |t| t.pairs_with_rural))?
        .with("rural_partners", column(rows, |t| t.rural_partners))?
        .with("median_km", column(rows, |t| km(t.median_m)))
}

/// Name of the base territory of an actor.
fn commune(study: &Study, actor: u32) -> Option<String> {
    let base = study.places()[actor as usize].base?;
    Some(study.atlas().base().territories()[base as usize].name.clone())
}

fn territory(found: &FirmsAndLaboratories, index: Option<u32>) -> Option<String> {
    Some(found.territories[index? as usize].name.clone())
}

/// One row per rural firm.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn research_firm_table<'a>(study: &'a Study, found: &FirmsAndLaboratories) -> Result<Table<'a>> {
    let (rows, actors) = (&found.firms, study.inventory().actors());
    let actor = |i: u32| &actors[i as usize];
    Table::new()
        .with("id", column(rows, |f| actor(f.actor).id.as_str()))?
        .with("name", column(rows, |f| actor(f.actor).name.as_str()))?
        .with("size", column(rows, |f| actor(f.actor).size.map(crate::model::EnterpriseSize::key)))?
        .with(study.atlas().base().level().key().to_owned(), column(rows, |f| commune(study, f.actor)))?
        .with("territory", column(rows, |f| territory(found, f.territory)))?
        .with("projects", column(rows, |f| f.projects))?
        .with("laboratories", column(rows, |f| f.laboratories))?
        .with("laboratories_in_territory", column(rows, |f| f.near))?
        .with("nearest_km", column(rows, |f| km(f.nearest_m)))?
        .with("median_km", column(rows, |f| km(f.median_m)))?
        .with("from_year", column(rows, |f| f.years.map(|y| i64::from(y.from))))?
        .with("to_year", column(rows, |f| f.years.map(|y| i64::from(y.to))))?
        .with("source", column(rows, |f| actor(f.actor).source.as_str()))
}

/// One row per laboratory that works with a rural firm.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn research_laboratory_table<'a>(study: &'a Study, found: &FirmsAndLaboratories) -> Result<Table<'a>> {
    let (rows, actors) = (&found.laboratories, study.inventory().actors());
    let actor = |i: u32| &actors[i as usize];
    Table::new()
        .with("id", column(rows, |l| actor(l.actor).id.as_str()))?
        .with("name", column(rows, |l| actor(l.actor).name.as_str()))?
        .with(study.atlas().base().level().key().to_owned(), column(rows, |l| commune(study, l.actor)))?
        .with("territory", column(rows, |l| territory(found, l.territory)))?
        .with("rural_firms", column(rows, |l| l.rural_firms))?
        .with("rural_projects", column(rows, |l| l.rural_projects))?
        .with("rural_pairs", column(rows, |l| l.rural_pairs))?
        .with("pairs", column(rows, |l| l.pairs))?
        .with("themes", column(rows, |l| actor(l.actor).themes.join(";")))?
        .with("source", column(rows, |l| actor(l.actor).source.as_str()))
}

/// One row per year, all sources first (an empty source), then each.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn research_year_table(found: &FirmsAndLaboratories) -> Result<Table<'_>> {
    let rows = &found.years;
    Table::new()
        .with("source", column(rows, |y| y.source.as_deref()))?
        .with("year", column(rows, |y| i64::from(y.year)))?
        .with("whole_year", column(rows, |y| y.whole))?
        .with("projects", column(rows, |y| y.projects))?
        .with("projects_with_rural_firm", column(rows, |y| y.rural_projects))?
        .with("firm_participations", column(rows, |y| y.participations))?
        .with("rural_firm_participations", column(rows, |y| y.rural_participations))?
        .with("rural_pairs", column(rows, |y| y.rural_pairs))
}

/// The key under which a value of a closed list is written.
pub(super) fn key(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Everything held against chance.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn research_test_table(found: &FirmsAndLaboratories) -> Result<Table<'static>> {
    let rows = &found.tests;
    let of = |f: fn(&Evidence) -> Option<f64>| column(rows, |t| t.evidence.value().and_then(f));
    Table::new()
        .with("statistic", column(rows, |t| key(&t.statistic)))?
        .with("null", column(rows, |t| t.evidence.value().map(|e| key(&e.null))))?
        .with("observed", of(|e| Some(e.observed)))?
        .with("expected", of(|e| Some(e.expected)))?
        .with("sd", of(|e| e.sd))?
        .with("z", of(|e| e.z))?
        .with("p", of(|e| e.p))?
        .with("n", column(rows, |t| t.evidence.value().map(|e| e.n as f64)))?
        .with("undefined", column(rows, |t| t.evidence.reason().map(str::to_owned)))
}
