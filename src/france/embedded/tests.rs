use super::*;
use crate::model::Rurality;

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
        let lines = france.inventory.funding().iter().filter(|l| l.measure == Some(m));
        (lines.map(|l| l.eu_eur).sum::<f64>() / 1e5).round() / 10.0
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
    println!("{d}");
}
