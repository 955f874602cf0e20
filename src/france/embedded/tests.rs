use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::atlas::Territory;
use crate::model::{DensityLevel, Level, Measure, MoneySource, Rurality};

#[test]
fn credibility_of_the_embedded_communes() {
    let france = EmbeddedFrance::load().unwrap();
    let communes = france.atlas.base();
    assert_eq!(communes.territories().len(), 34_969);
    assert_eq!(france.diagnostics.count("no_point"), 101);
    assert_eq!(france.diagnostics.count("no_population"), 6);
    assert_eq!(france.diagnostics.seen(), france.diagnostics.kept() + france.diagnostics.dropped());
    let population = |test: &dyn Fn(usize, &Territory) -> bool| -> f64 {
        communes
            .territories()
            .iter()
            .enumerate()
            .filter(|(i, t)| test(*i, t))
            .filter_map(|(_, t)| t.population)
            .sum()
    };
    let all = population(&|_, _| true);
    let rural = population(&|_, t| t.density.map(DensityLevel::rurality) == Some(Rurality::Rural));
    assert_eq!((rural / all * 1e3).round(), 318.0);
    // 699 attraction areas hold 92.7 % of the population of the table.
    let areas = france.atlas.level(&Level::AttractionArea).unwrap();
    assert_eq!(areas.territories().len(), 699);
    let inside = population(&|i, _| areas.membership().get(i).is_some());
    assert_eq!((inside / all * 1e3).round(), 927.0, "{}", inside / all);
}

#[test]
fn levels_nest_and_nothing_is_lost() {
    let france = EmbeddedFrance::load().unwrap();
    let count = |level: &Level| france.atlas.level(level).unwrap().territories().len();
    assert_eq!(count(&Level::Epci), 1_255);
    assert_eq!(count(&Level::PetrPays), 124);
    assert_eq!(count(&Level::Departement), 109);
    assert_eq!(count(&Level::Region), 26);
    for unknown in ["unknown_member", "unknown_group", "duplicate_code", "impossible_value"] {
        assert_eq!(france.diagnostics.count(unknown), 0, "{unknown}");
    }
    assert_eq!(france.atlas.level(&Level::Region).unwrap().membership().unlabelled(), 0);
}

#[test]
fn totals_of_the_eafrd_match_the_published_ones() {
    let france = EmbeddedFrance::load().unwrap();
    let total = |m: Measure| {
        let lines = france.inventory.funding().iter().filter(|l| l.measure() == Some(m));
        let lines = lines.filter(|l| l.money == MoneySource::EuropeanUnion);
        (lines.map(|l| l.amount_eur).sum::<f64>() / 1e5).round() / 10.0
    };
    assert_eq!(total(Measure::BUSINESS_DEVELOPMENT), 861.4);
    assert_eq!(total(Measure::VILLAGE_RENEWAL), 568.9);
    assert_eq!(total(Measure::COOPERATION), 169.1);
    assert_eq!(total(Measure::LEADER), 712.9);
}

#[test]
fn actors_and_ties_are_counted() {
    let france = EmbeddedFrance::load().unwrap();
    let d = &france.diagnostics;
    assert_eq!(d.count("closed_organisation"), 370);
    assert_eq!(d.count("contract_not_signed"), 3);
    assert_eq!(france.inventory.actors().len(), 11_316 - 370);
    assert_eq!(france.inventory.projects().len(), 1_818);
}

/// EPCI and rurality of communes by code.
struct Ground<'a> {
    atlas: &'a Atlas,
}

impl Ground<'_> {
    fn epci(&self, commune: Option<CommuneCode>) -> Option<usize> {
        let base = self.atlas.base().find(commune?.as_str())?;
        self.atlas.level(&Level::Epci).unwrap().membership().get(base)
    }

    fn is_rural(&self, commune: Option<CommuneCode>) -> bool {
        let base = commune.and_then(|c| self.atlas.base().find(c.as_str()));
        let density = base.and_then(|b| self.atlas.base().territories()[b].density);
        density.map(DensityLevel::rurality) == Some(Rurality::Rural)
    }
}

#[test]
fn firms_and_laboratories_of_the_anr_are_those_of_the_source() {
    let france = EmbeddedFrance::load().unwrap();
    let ground = Ground { atlas: &france.atlas };
    let anr = EmbeddedFrance::anr_projects().unwrap();
    assert_eq!(anr.projects.len(), 18_319);
    assert_eq!(anr.projects.iter().map(|p| p.shares.len()).sum::<usize>(), 50_357);
    let pairs = anr.firm_laboratory_pairs();
    assert_eq!(pairs.len(), 12_814);
    assert_eq!(pairs.iter().map(|p| p.project).collect::<BTreeSet<_>>().len(), 2_457);

    let commune = |participant: u32| anr.participants[participant as usize].commune;
    let located: Vec<_> = pairs
        .iter()
        .filter_map(|p| Some((p, ground.epci(commune(p.firm))?, ground.epci(commune(p.laboratory))?)))
        .collect();
    assert_eq!(located.len(), 12_130);
    let firms: BTreeSet<usize> = located.iter().map(|(_, firm, _)| *firm).collect();
    assert_eq!(firms.len(), 361);
    let apart: BTreeSet<(usize, usize)> =
        located.iter().filter(|(_, a, b)| a != b).map(|(_, a, b)| (*a, *b)).collect();
    assert_eq!(apart.len(), 2_632);

    let rural: Vec<_> = located.iter().filter(|(p, _, _)| ground.is_rural(commune(p.firm))).collect();
    let epci: BTreeSet<usize> = rural.iter().map(|(_, firm, _)| *firm).collect();
    assert_eq!((rural.len(), epci.len()), (947, 177));
    // 934 of 947: 98.6 %.
    assert_eq!(rural.iter().filter(|(_, a, b)| a != b).count(), 934);
    let mut partners: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, _, laboratory) in &rural {
        *partners.entry(*laboratory).or_default() += 1;
    }
    let of = |siren: &str| partners[&france.atlas.level(&Level::Epci).unwrap().find(siren).unwrap()];
    let found = ["200054781", "243400017", "200046977", "247800584"].map(of);
    assert_eq!(found, [109, 59, 59, 59]);
}

#[test]
fn horizon_2020_ties_are_those_of_the_source() {
    let france = EmbeddedFrance::load().unwrap();
    let ground = Ground { atlas: &france.atlas };
    let h2020 = EmbeddedFrance::h2020_projects().unwrap();
    assert_eq!((h2020.projects.len(), h2020.participants.len()), (7_019, 2_934));
    let (mut pairs, mut all) = (BTreeSet::new(), BTreeSet::new());
    for project in &h2020.projects {
        let epci: BTreeSet<usize> = project
            .shares
            .iter()
            .filter_map(|s| ground.epci(h2020.participants[s.participant as usize].commune))
            .collect();
        for a in &epci {
            pairs.extend(epci.range(a + 1..).map(|b| (*a, *b)));
        }
        all.extend(epci);
    }
    // 206 EPCI have a participant; 176 of them share a project with another one.
    assert_eq!((pairs.len(), all.len()), (754, 206));
    let tied: BTreeSet<usize> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    assert_eq!(tied.len(), 176);
}

#[test]
fn agreements_tie_pairs_of_epci() {
    let france =
        EmbeddedFrance::load_with(&FranceOptions::default().agreements(AgreementScope::Tied)).unwrap();
    assert_eq!(france.agreements.len(), 52);
    let signed: Vec<_> = france.agreements.iter().filter(|a| a.is_signed()).collect();
    let pairs: BTreeSet<_> = signed.iter().flat_map(|a| a.pairs()).collect();
    assert_eq!((signed.len(), pairs.len()), (43, 63));
    assert_eq!(signed.iter().filter(|a| a.is_with_medium_city()).count(), 5);
    let ties = |source: &str| france.inventory.ties().iter().filter(|t| t.source == source).count();
    assert_eq!((ties("agreements"), ties("reciprocity")), (63, 5));
    assert_eq!(france.diagnostics.count("agreement_not_signed"), 9);
}

#[test]
fn research_is_loaded_by_scope() {
    let france =
        EmbeddedFrance::load_with(&FranceOptions::default().research(ResearchScope::FirmsWithLaboratories))
            .unwrap();
    let projects = |source: &str| france.inventory.projects().iter().filter(|p| p.source == source).count();
    assert_eq!(projects("interreg"), 1_818);
    assert_eq!(projects("anr") + projects("pia"), 2_457);
    assert_eq!(projects("h2020"), 1_393);
    let d = &france.diagnostics;
    assert_eq!(d.seen(), d.kept() + d.dropped());
    // Joint units of organisations that ROR lists as closed or does not hold; none from research projects.
    assert_eq!(d.count("unknown_actor"), 104);
    let undated = |p: &&crate::inventory::Project| p.source != "interreg" && p.period.is_none();
    assert_eq!(france.inventory.projects().iter().filter(undated).count(), 0);
    let domains = |a: &&crate::model::Actor| a.themes.iter().any(|t| t.starts_with("domain:"));
    assert!(france.inventory.actors().iter().filter(domains).count() > 3_500);
    let sized = france.inventory.actors().iter().filter(|a| a.size.is_some()).count();
    assert!(sized > 1_500, "{sized}");
}
