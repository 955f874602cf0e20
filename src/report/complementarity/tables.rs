//! Its tables.

use crate::error::Result;
use crate::evidence::Evidence;
use crate::profiles::Activity;
use crate::progress::Progress;
use crate::report::Language;
use crate::study::ActivityPart;
use crate::study::{
    Complementarity, ComplementarityReport, Holder, Need, Needs, ProfileMeasures, Search, SideGain,
};
use crate::write::Table;

pub(super) fn needs_table<'a>(compared: &Complementarity<'_>, needs: &Needs) -> Result<Table<'a>> {
    let actors = compared.study().inventory().actors();
    let mut rows: Vec<(&Need, Option<&Holder>)> = Vec::new();
    for need in &needs.lacks {
        let none = need.holders.is_empty().then_some(None);
        rows.extend(need.holders.iter().map(Some).chain(none).map(|holder| (need, holder)));
    }
    let giver = |h: &Holder| compared.giving_row(h.row);
    let activity = |need: &Need| &compared.activities()[need.activity];
    let text = |f: &dyn Fn(&Need, Option<&Holder>) -> String| -> Vec<String> {
        rows.iter().map(|r| f(r.0, r.1)).collect()
    };
    let figure = |f: &dyn Fn(&Need, Option<&Holder>) -> Option<f64>| -> Vec<Option<f64>> {
        rows.iter().map(|r| f(r.0, r.1)).collect()
    };
    Table::new()
        .with("activity", text(&|n, _| activity(n).code.to_string()))?
        .with("name", text(&|n, _| activity(n).name.clone()))?
        .with("count", figure(&|n, _| Some(n.count)))?
        .with("location_quotient", figure(&|n, _| Some(n.location_quotient)))?
        .with("fit", figure(&|n, _| Some(n.fit)))?
        .with("holders", rows.iter().map(|r| r.0.holders_within as i64).collect::<Vec<_>>())?
        .with("holder_code", text(&|_, h| h.and_then(giver).map_or_else(String::new, |g| g.code.clone())))?
        .with("holder", text(&|_, h| h.and_then(giver).map_or_else(String::new, |g| g.name.clone())))?
        .with("distance_m", figure(&|_, h| h.and_then(|h| h.distance_m)))?
        .with("holder_count", figure(&|_, h| h.map(|h| h.count)))?
        .with("holder_quotient", figure(&|_, h| h.map(|h| h.location_quotient)))?
        .with("links", rows.iter().map(|r| r.1.map_or(0, |h| h.links.len() as i64)).collect::<Vec<_>>())?
        .with(
            "actors",
            text(&|_, h| {
                let names = h.iter().flat_map(|h| &h.actors).take(5);
                names.map(|&a| actors[a as usize].name.as_str()).collect::<Vec<_>>().join("; ")
            }),
        )
}

pub(super) fn partners_table<'a>(compared: &Complementarity<'_>, needs: &Needs) -> Result<Table<'a>> {
    let all = &needs.partners;
    let parts = |list: &[ActivityPart]| {
        let part = |p: &ActivityPart| {
            format!("{} {}", compared.activities()[p.activity].name, Language::English.decimal(p.part, 1))
        };
        list.iter().take(5).map(part).collect::<Vec<_>>().join("; ")
    };
    let row = |r: usize| compared.giving_row(r);
    let code = |r: usize| row(r).map_or_else(String::new, |r| r.code.clone());
    let name = |r: usize| row(r).map_or_else(String::new, |r| r.name.clone());
    Table::new()
        .with("code", all.iter().map(|p| code(p.row)).collect::<Vec<_>>())?
        .with("name", all.iter().map(|p| name(p.row)).collect::<Vec<_>>())?
        .with("gained", all.iter().map(|p| Some(p.score)).collect::<Vec<_>>())?
        .with("returned", all.iter().map(|p| Some(p.returned)).collect::<Vec<_>>())?
        .with("distance_m", all.iter().map(|p| p.distance_m).collect::<Vec<_>>())?
        .with("links", all.iter().map(|p| p.links.len() as i64).collect::<Vec<_>>())?
        .with("gained_in", all.iter().map(|p| parts(&p.gained)).collect::<Vec<_>>())?
        .with("brought_by", all.iter().map(|p| parts(&p.brought)).collect::<Vec<_>>())
}

pub(super) fn sides_table<'a>(report: &ComplementarityReport) -> Result<Table<'a>> {
    let rows: Vec<(&SideGain, usize, &Activity)> = (report.sides.iter())
        .flat_map(|s| report.activities.iter().enumerate().map(move |(i, a)| (s, i, a)))
        .collect();
    let text = |f: &dyn Fn(&SideGain, &Activity) -> String| -> Vec<String> {
        rows.iter().map(|r| f(r.0, r.2)).collect()
    };
    let part = |f: &dyn Fn(&SideGain) -> &[f64]| -> Vec<Option<f64>> {
        rows.iter().map(|r| f(r.0).get(r.1).copied()).collect()
    };
    Table::new()
        .with("receiving", text(&|s, _| s.receiving.to_string()))?
        .with("giving", text(&|s, _| s.giving.to_string()))?
        .with("activity", text(&|_, a| a.code.to_string()))?
        .with("name", text(&|_, a| a.name.clone()))?
        .with("potential", part(&|s| &s.potential_by_activity))?
        .with("realised", part(&|s| &s.realised_by_activity))
}

pub(super) fn evidence_table<'a>(report: &ComplementarityReport) -> Result<Table<'a>> {
    let of = |f: &dyn Fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        report.tests.iter().map(|t| t.evidence.value().and_then(f)).collect()
    };
    Table::new()
        .with("against", report.tests.iter().map(|t| t.against.clone()).collect::<Vec<_>>())?
        .with("observed", of(&|e| Some(e.observed)))?
        .with("expected", of(&|e| Some(e.expected)))?
        .with("sd", of(&|e| e.sd))?
        .with("z", of(&|e| e.z))?
        .with("p", of(&|e| e.p))?
        .with("ratio", report.tests.iter().map(|t| t.ratio).collect::<Vec<_>>())
}

pub(super) fn measures_table<'a>(compared: &Complementarity<'_>) -> Result<Table<'a>> {
    let rows = compared.profile_measures()?;
    let value = |f: &dyn Fn(&ProfileMeasures) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
    Table::new()
        .with("code", rows.iter().map(|r| r.row.code.clone()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.row.name.clone()).collect::<Vec<_>>())?
        .with("total", value(&|r| r.total))?
        .with("diversity", rows.iter().map(|r| i64::from(r.diversity)).collect::<Vec<_>>())?
        .with("herfindahl", value(&|r| r.herfindahl))?
        .with("shannon", value(&|r| r.shannon))?
        .with("hachman", value(&|r| r.hachman))?
        .with("krugman", value(&|r| r.krugman))?
        .with("complexity", value(&|r| r.complexity))
}

/// The three best partners of every receiving row within 150 km.
pub(super) fn pairs_table<'a>(compared: &Complementarity<'_>, progress: &dyn Progress) -> Result<Table<'a>> {
    let partners = compared.partners(Search::default().radius_m(150e3).limits(0, 0, 3), progress)?;
    let rows: Vec<_> =
        partners.iter().enumerate().flat_map(|(r, list)| list.iter().map(move |p| (r, p))).collect();
    let names = |row: &dyn Fn(usize) -> String| (0..rows.len()).map(row).collect::<Vec<String>>();
    let receiver = |i: usize| compared.receiving_row(rows[i].0);
    let giver = |i: usize| compared.giving_row(rows[i].1.region as usize);
    Table::new()
        .with("receiving_code", names(&|i| receiver(i).map_or_else(String::new, |r| r.code.clone())))?
        .with("receiving", names(&|i| receiver(i).map_or_else(String::new, |r| r.name.clone())))?
        .with("giving_code", names(&|i| giver(i).map_or_else(String::new, |r| r.code.clone())))?
        .with("giving", names(&|i| giver(i).map_or_else(String::new, |r| r.name.clone())))?
        .with("score", rows.iter().map(|r| r.1.score).collect::<Vec<_>>())?
        .with("distance_m", rows.iter().map(|r| r.1.distance_m).collect::<Vec<_>>())
}
