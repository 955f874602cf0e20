//! Complementarity of the embedded France, against formulas written out anew, and of small studies.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use geo::Distance;
use rurban::atlas::{Atlas, Territory};
use rurban::complementarity::nomenclature::MaskedCells;
use rurban::diagnostics::{Place, Strictness};
use rurban::error::Undefined;
use rurban::evidence::Null;
use rurban::france::{EmbeddedFrance, SectorCount};
use rurban::inventory::Inventory;
use rurban::matrix::Matrix;
use rurban::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, DensityLevel, Level, Rurality,
    TerritoryCode,
};
use rurban::profiles::{ProfileCell, ProfileRules, Profiles};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::LonLat;
use rurban::study::{
    ActivitySource, ComplementarityOptions, Counting, Giving, PresenceRule, RelatednessRule, Search, Study,
    StudyOptions,
};

fn france() -> (Study, Profiles) {
    let france = EmbeddedFrance::load().unwrap();
    let (sectors, found) = france.sectors.profiles(&france.atlas, SectorCount::Employees).unwrap();
    assert_eq!(found.seen(), found.kept() + found.dropped());
    (Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0, sectors)
}

fn fields(study: &Study, level: &Level) -> Profiles {
    study.profiles(level, ActivitySource::Themes("field"), Counting::Full).unwrap().0
}

fn quick() -> ComplementarityOptions {
    ComplementarityOptions::default().permutations(99).draws(19).seed(Seed(7))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + b.abs())
}

#[test]
fn profiles_add_up_over_levels() {
    let (study, sectors) = france();
    let by_epci = fields(&study, &Level::Epci);
    for level in [Level::Departement, Level::Region] {
        let (direct, found) =
            study.profiles(&level, ActivitySource::Themes("field"), Counting::Full).unwrap();
        assert_eq!(found.seen(), study.inventory().actors().len());
        // Every actor has the same fields in all profiles, at whatever level it is counted.
        assert_eq!(direct.activities(), by_epci.activities());
        let actor_fields: usize = study
            .inventory()
            .actors()
            .iter()
            .zip(study.places())
            .filter(|(_, p)| p.base.is_some())
            .map(|(a, _)| a.themes.iter().filter(|t| t.starts_with("field:")).count())
            .sum();
        assert_eq!(direct.table().total(), actor_fields as f64);
    }
    let fractional =
        study.profiles(&Level::Region, ActivitySource::Themes("field"), Counting::Fractional).unwrap();
    assert!(near(fractional.0.table().total(), fractional.1.kept() as f64));
    // The actors behind a cell are as many as it counts.
    for row in 0..by_epci.table().regions() {
        for (i, x) in by_epci.table().counts().row(row) {
            assert_eq!(by_epci.actors(row, i as usize).count() as f64, x);
        }
    }

    // Départements nest in régions: nothing is split, nothing lost.
    let atlas = study.atlas();
    let sum = sectors.to_level(atlas, &Level::Region, MaskedCells::LowerBound).unwrap();
    assert_eq!((sum.split, sum.hidden), (0, 0.0));
    assert!(near(sum.profiles.table().total() + sum.unassigned, sectors.table().total()));
    let strict = sectors.to_level(atlas, &Level::Region, MaskedCells::Propagate).unwrap();
    assert!(!strict.profiles.table().masked().is_empty());
    assert!(near(
        strict.profiles.table().total() + strict.unassigned + strict.hidden,
        sectors.table().total()
    ));
    // A PETR inside one département has its profile, in proportion to its people.
    let petr = sectors.to_level(atlas, &Level::PetrPays, MaskedCells::Propagate).unwrap();
    assert!(petr.split > 60);
    let gers = atlas.level(&Level::Departement).unwrap().find("32").unwrap();
    let gascogne = atlas.level(&Level::PetrPays).unwrap().search("Portes de Gascogne").unwrap();
    let share = |t: &Profiles, r: usize, i| t.table().count(r, i).map(|x| x / t.table().region_totals()[r]);
    for i in 0..17 {
        match (share(&petr.profiles, gascogne, i), share(&sectors, gers, i)) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-12),
            (a, b) => assert_eq!(a, b),
        }
    }
}

/// Location quotients of at least 1, by the formula.
fn has(profiles: &Profiles, whole: &Profiles) -> Vec<Vec<bool>> {
    let (t, w) = (profiles.table().to_matrix(), whole.table().to_matrix());
    let sum = |v: &mut dyn Iterator<Item = f64>| v.filter(|x| !x.is_nan()).sum::<f64>();
    let all = sum(&mut w.as_slice().iter().copied());
    (0..t.rows())
        .map(|r| {
            let size = sum(&mut t.row(r).iter().copied());
            (0..t.columns())
                .map(|i| {
                    let total = sum(&mut (0..w.rows()).map(|s| w[(s, i)]));
                    t[(r, i)] > 0.0 && t[(r, i)] / size / (total / all) >= 1.0
                })
                .collect()
        })
        .collect()
}

#[test]
fn scores_and_fits_are_those_of_the_formulas() {
    let (study, _) = france();
    let (cities, pays) = (fields(&study, &Level::Epci), fields(&study, &Level::PetrPays));
    let c = study.complementarity(&cities, Some(&pays), &quick()).unwrap();
    let (give, take) = (has(&cities, &cities), has(&pays, &cities));
    let k = cities.activities().len();
    let both = |i: usize, j: usize| give.iter().filter(|x| x[i] && x[j]).count() as f64;
    let phi = |i: usize, j: usize| both(i, j) / both(i, i).max(both(j, j));
    let sum: Vec<f64> = (0..k).map(|i| (0..k).filter(|&j| j != i).map(|j| phi(i, j)).sum()).collect();
    let mut compared = 0;
    for (r, x) in take.iter().enumerate() {
        for (i, all) in sum.iter().enumerate() {
            let fit: f64 = (0..k).filter(|&j| j != i && x[j]).map(|j| phi(i, j)).sum();
            assert!(near(c.fit(r)[i], 100.0 * fit / all), "{r} {i}");
        }
        let lacks: Vec<usize> = (0..k).filter(|&i| !x[i]).collect();
        for (s, y) in give.iter().enumerate().filter(|(_, y)| y.iter().any(|b| *b)).step_by(11) {
            let added = |i: usize| {
                let brings = (0..k).filter(|&j| j != i && y[j] && !x[j]);
                100.0 * brings.map(|j| phi(i, j)).sum::<f64>() / sum[i]
            };
            let score = lacks.iter().map(|&i| added(i)).sum::<f64>() / lacks.len() as f64;
            assert!(near(c.score(r, s), score), "{r} {s}: {} {score}", c.score(r, s));
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
    assert_eq!(c.fit(take.len()).len(), 0);
    assert!(c.score(0, give.len()).is_nan());
}

#[test]
fn needs_name_the_nearest_that_have_it() {
    let (study, _) = france();
    let (cities, pays) = (fields(&study, &Level::Epci), fields(&study, &Level::PetrPays));
    let c = study.complementarity(&cities, Some(&pays), &quick()).unwrap();
    let give = has(&cities, &cities);
    let take = has(&pays, &cities);
    let epci_of = study.atlas().level(&Level::Epci).unwrap().membership().clone();
    let inside = |r: usize| -> Vec<usize> {
        let members = study.atlas().level(&Level::PetrPays).unwrap().memberships();
        members.iter().filter(|m| m.1 as usize == r).filter_map(|m| epci_of.get(m.0 as usize)).collect()
    };
    for r in (0..pays.table().regions()).step_by(9) {
        let needs = c.needs(r, Search::default().limits(99, 2, 5)).unwrap();
        let own = inside(r);
        let row = c.receiving_row(r).unwrap();
        assert_eq!(needs.lacks.len(), take[r].iter().filter(|h| !**h).count());
        assert_eq!(needs.has.len(), take[r].iter().filter(|h| **h).count());
        assert!(needs.has.iter().all(|s| s.location_quotient >= 1.0 - 1e-12));
        assert!(needs.has.iter().all(|s| s.interval.low < s.location_quotient && s.interval.high > 1.0));
        assert!(needs.lacks.windows(2).all(|w| w[0].fit >= w[1].fit || w[1].fit.is_nan()));
        for need in needs.lacks.iter().filter(|n| !n.holders.is_empty()) {
            // Nearest on the ellipsoid among all EPCI of the other side that have it.
            let at = |p: Option<LonLat>| geo_types::Point::from(geo_types::Coord::from(p.unwrap()));
            let best = (0..give.len())
                .filter(|&s| give[s][need.activity] && !own.contains(&s))
                .filter(|&s| c.giving_row(s).unwrap().rurality.is_some_and(|x| Some(x) != row.rurality))
                .filter(|&s| c.giving_row(s).unwrap().point.is_some())
                .map(|s| geo::Geodesic.distance(at(row.point), at(c.giving_row(s).unwrap().point)))
                .fold(f64::INFINITY, f64::min);
            let got = need.holders[0].distance_m.unwrap();
            // Lambert-93 stretches by a few parts in a thousand.
            assert!((got - best).abs() <= 4e-3 * best + 1.0, "{} {got} {best}", row.name);
            let actors = &need.holders[0].actors;
            assert_eq!(actors.len() as f64, need.holders[0].count);
            let theme = format!("field:{}", c.activities()[need.activity].code);
            assert!(actors.iter().all(|&a| study.inventory().actors()[a as usize].themes.contains(&theme)));
        }
        for p in &needs.partners {
            assert!(near(p.gained.iter().map(|g| g.part).sum(), p.score));
            assert!(near(p.brought.iter().map(|g| g.part).sum(), p.score));
            assert!(!own.contains(&p.row));
        }
    }
    // The contract of Toulouse with the Portes de Gascogne is among the links.
    let level = |l: &Level| study.atlas().level(l).unwrap().clone();
    let gascogne = level(&Level::PetrPays).search("Portes de Gascogne").unwrap();
    let toulouse = level(&Level::Epci).find("243100518").unwrap();
    let needs = c.needs(gascogne, Search::default().limits(99, 9, 9)).unwrap();
    let with_toulouse = needs.lacks.iter().flat_map(|n| &n.holders).find(|h| h.row == toulouse).unwrap();
    let kinds = |l: &u32| study.links()[*l as usize].kind == CooperationKind::ReciprocityContract;
    assert!(with_toulouse.links.iter().any(kinds));
    let search = Search::default().giving(Giving::Side(Rurality::Urban)).radius_m(200e3);
    let rank = c.rank(gascogne, toulouse, search).unwrap().unwrap();
    assert!(rank.rank <= 5.0 && rank.of > 40, "{rank:?}");
    assert!(rank.percentile() > 0.9);
    assert_eq!(c.rank(gascogne, toulouse, search.giving(Giving::Side(Rurality::Rural))).unwrap(), None);
}

#[test]
fn the_report_decomposes_and_is_tested_four_ways() {
    let (study, sectors) = france();
    let c = study.complementarity(&sectors, None, &quick()).unwrap();
    let report = c.report(&Silent).unwrap();
    assert_eq!(report, c.report(&Silent).unwrap());
    assert_eq!(report.coverage.rows, 109);
    let links = &report.coverage;
    assert_eq!(links.links + links.links_within + links.links_outside, study.links().len());
    for side in &report.sides {
        let (potential, realised) = (side.potential.value().unwrap(), side.realised.value().unwrap());
        assert!(near(side.potential_by_activity.iter().sum(), *potential));
        assert!(near(side.realised_by_activity.iter().sum(), *realised));
        assert!((0.0..=100.0).contains(potential) && (0.0..=100.0).contains(realised));
    }
    // The composite over ties between the sides is the mean of its two directions.
    let nulls: Vec<Null> = report.tests.iter().map(|t| t.evidence.value().unwrap().null).collect();
    assert_eq!(
        nulls,
        [Null::LabelPermutation, Null::LabelPermutation, Null::DegreePreservingSwaps, Null::Gravity]
    );
    let value = |i: usize| *report.sides[i].realised.value().unwrap();
    let both = f64::midpoint(value(0), value(1));
    assert!(near(report.tests[0].evidence.value().unwrap().observed, both));

    let measures = c.profile_measures().unwrap();
    let paris = measures.iter().find(|m| m.row.code == "75").unwrap();
    assert!(paris.diversity < 17 && paris.krugman > 0.2 && paris.krugman <= 2.0);
    let complexity: Vec<f64> = measures.iter().map(|m| m.complexity).filter(|c| !c.is_nan()).collect();
    assert!(near(complexity.iter().sum::<f64>() / complexity.len() as f64, 0.0));
}

#[test]
fn partners_of_all_communes_need_no_matrix_of_pairs() {
    let (study, _) = france();
    let bodies = study.profiles(&Level::Commune, ActivitySource::Kinds, Counting::Full).unwrap().0;
    let options = quick().presence(PresenceRule::Any);
    let c = study.complementarity(&bodies, None, &options).unwrap();
    let search = Search::default().radius_m(100e3).limits(0, 0, 10);
    let partners = c.partners(search, &Silent).unwrap();
    assert_eq!(partners.len(), 34_969);
    for r in (0..partners.len()).step_by(4_001) {
        let found = c.needs(r, search).unwrap().partners;
        let scores = |i: usize| (partners[r][i].score, found[i].score);
        assert_eq!(partners[r].len(), found.len());
        assert!((0..found.len()).all(|i| near(scores(i).0, scores(i).1)));
        assert!(partners[r].iter().all(|p| p.distance_m <= 100e3));
    }
    assert!(partners.iter().filter(|p| p.len() == 10).count() > 30_000);
    assert!(c.partners(search.radius_m(f64::INFINITY), &Silent).is_err());
}

#[test]
fn actors_have_profiles_too() {
    let (study, _) = france();
    let (actors, found) = study.actor_profiles(ActivitySource::Themes("field"), Counting::Full).unwrap();
    assert_eq!(found.seen(), actors.table().regions());
    let c = study.complementarity(&actors, None, &quick()).unwrap();
    let report = c.report(&Silent).unwrap();
    assert_eq!(report.coverage.links, study.links().len());
    assert!(report.tests.iter().all(|t| t.evidence.value().is_some()));
    assert!(actors.to_level(study.atlas(), &Level::Epci, MaskedCells::Propagate).is_err());
}

/// Four communes in a row, two of them urban, with a firm each; a tie between the first two firms.
fn hamlet() -> Study {
    let mut builder = Atlas::builder(Level::Commune, Strictness::Strict);
    let mut inventory = Inventory::builder(Strictness::Strict);
    let levels = [
        DensityLevel::DispersedRural,
        DensityLevel::LargeUrbanCentre,
        DensityLevel::RuralTown,
        DensityLevel::LargeUrbanCentre,
    ];
    for (i, density) in levels.into_iter().enumerate() {
        let code = format!("0100{i}");
        let mut t = Territory::new(TerritoryCode::new(&code).unwrap(), &code);
        (t.population, t.density) = (Some(100.0), Some(density));
        t.point = Some(LonLat::new(2.0 + 0.1 * i as f64, 47.0).unwrap());
        builder.add(t, Place::file("atlas")).unwrap();
        let mut actor = Actor::new(ActorId::new(format!("a{i}")).unwrap(), "firm", ActorKind::Enterprise);
        actor.commune = Some(CommuneCode::new(&code).unwrap());
        inventory.add_actor(actor, Place::file("actors")).unwrap();
    }
    let id = |i: usize| ActorId::new(format!("a{i}")).unwrap();
    let tie = Cooperation::new(id(0), id(1), CooperationKind::Membership);
    inventory.add_cooperation(tie, Place::file("ties")).unwrap();
    let (inventory, _) = inventory.finish();
    Study::new(builder.finish().unwrap().0, inventory, &StudyOptions::default(), &Silent).unwrap().0
}

fn cells(study: &Study, of: &[(usize, &str, Option<f64>)]) -> Profiles {
    let rules = ProfileRules::default().strictness(Strictness::Strict);
    let mut profiles = Profiles::builder("jobs", study.atlas().base(), &rules, "cells");
    for (line, &(row, activity, count)) in of.iter().enumerate() {
        let (territory, line) = (format!("0100{row}"), Some(line as u64 + 1));
        profiles.add(ProfileCell { territory: &territory, activity, name: None, count, line }).unwrap();
    }
    profiles.finish().unwrap().0
}

#[test]
fn what_is_withheld_is_neither_had_nor_lacked() {
    let study = hamlet();
    let some = Some(1.0);
    let open = [
        (0, "a", some),
        (0, "b", some),
        (1, "b", some),
        (1, "c", some),
        (2, "a", some),
        (2, "c", some),
        (3, "c", Some(2.0)),
        (3, "d", some),
    ];
    let mut withheld = open.to_vec();
    withheld.push((0, "c", None));
    let options = || quick().presence(PresenceRule::Any);
    let (open, secret) = (cells(&study, &open), cells(&study, &withheld));
    let c = study.complementarity(&open, None, &options()).unwrap();
    let s = study.complementarity(&secret, None, &options()).unwrap();
    let (plain, kept) = (c.needs(0, Search::default()).unwrap(), s.needs(0, Search::default()).unwrap());
    let lacked = |n: &rurban::study::Needs| {
        let mut list: Vec<usize> = n.lacks.iter().map(|l| l.activity).collect();
        list.sort_unstable();
        list
    };
    assert_eq!((lacked(&plain), plain.unknown.len()), (vec![2, 3], 0));
    assert_eq!((lacked(&kept), kept.unknown), (vec![3], vec![2]));
    assert_eq!((c.linkages().missing()[0], s.linkages().missing()[0]), (2, 1));
    // c is not brought to row 0 either: only row 3 has d, and brings nothing related but c.
    assert!(c.score(0, 3) > 0.0);
    assert!(s.linkages().added_density(0, 3)[2].is_nan());
    assert_eq!(s.report(&Silent).unwrap().coverage.masked, 1);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let study = hamlet();
    let some = Some(1.0);
    let profiles = cells(&study, &[(0, "a", some), (1, "b", some), (2, "a", some), (3, "b", some)]);
    let zero = cells(&study, &[(0, "a", Some(0.0))]);
    let reason = study.complementarity(&zero, None, &quick()).unwrap_err().as_undefined();
    assert_eq!(reason, Some(Undefined::ZeroTotal));
    let other = cells(&study, &[(0, "a", some), (1, "z", some)]);
    let message = study.complementarity(&profiles, Some(&other), &quick()).unwrap_err().to_string();
    assert!(message.contains("same order"), "{message}");
    let wrong = quick().relatedness(RelatednessRule::Given(Matrix::filled(3, 3, 1.0)));
    assert!(study.complementarity(&profiles, None, &wrong).is_err());
    let wrong = quick().presence(PresenceRule::Confident { level: 2.0 });
    assert!(study.complementarity(&profiles, None, &wrong).is_err());
    assert!(france().0.complementarity(&profiles, None, &quick()).is_err());

    // Two activities that never meet: nothing is related, so nothing fits and there is no score.
    let c = study.complementarity(&profiles, None, &quick()).unwrap();
    assert!(c.fit(0).iter().all(|f| f.is_nan()) && c.score(0, 1).is_nan());
    assert!(c.needs(4, Search::default()).is_err());
    assert!(c.needs(0, Search::default().radius_m(0.0)).is_err());
    assert!(c.needs(0, Search::default()).unwrap().partners.is_empty());
    let report = c.report(&Silent).unwrap();
    assert!(report.sides.iter().all(|s| s.realised.value().is_none()));
    assert!(report.tests.iter().all(|t| t.evidence.reason().is_some()));
    // One row, one activity.
    let one = cells(&study, &[(0, "a", some)]);
    let c = study.complementarity(&one, None, &quick()).unwrap();
    assert!(c.needs(0, Search::default()).unwrap().lacks.is_empty());
    // Of unknown presence rule variants, shrunken and confident are stricter than the plain one.
    let jobs =
        cells(&study, &[(0, "a", Some(2.0)), (0, "b", some), (1, "b", Some(40.0)), (1, "a", Some(30.0))]);
    let count = |rule| {
        let c = study.complementarity(&jobs, None, &quick().presence(rule)).unwrap();
        (0..4).map(|r| c.needs(r, Search::default()).unwrap().has.len()).sum::<usize>()
    };
    assert!(count(PresenceRule::Confident { level: 0.95 }) < count(PresenceRule::LocationQuotient));
    assert!(count(PresenceRule::Shrunken) <= count(PresenceRule::Any));
}
