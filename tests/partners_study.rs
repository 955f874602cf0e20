//! Partners on the embedded data, and how well the scores foresee real ties.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests may panic")]

use std::collections::BTreeMap;

use geo_types::Coord;
use rurban::france::EmbeddedFrance;
use rurban::matching::{
    DatedProject, Evaluation, EvaluationOptions, FitOptions, HoldOut, Measure, Pairs, ScoreModel, Scorer,
    TemporalSplit, Term, evaluate, fit_score, random_hold_out, temporal_hold_out,
};
use rurban::model::{CooperationKind, Level, Rurality};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::distance::haversine_m;
use rurban::study::{PartnerUnits, PartnersOptions, Study, StudyOptions};

const RA: Term = Term::ResourceAllocation { gamma: 10.0 };

fn show(name: &str, e: &Evaluation) {
    let m = |m: &Measure| {
        m.interval
            .map_or(format!("{:.4}", m.value), |i| format!("{:.4} [{:.4}, {:.4}]", m.value, i.low, i.high))
    };
    eprintln!(
        "{name:28} {} of {}: AUC {} dc {} AUPR {} recall {} MRR {}",
        e.new_ties,
        e.pairs,
        m(&e.auc),
        e.degree_corrected_auc.as_ref().map_or("–".into(), m),
        m(&e.aupr),
        m(&e.recall),
        m(&e.mrr)
    );
}

fn models() -> Vec<(&'static str, ScoreModel)> {
    let gravity = |b: f64| ScoreModel::of(Term::Participations, 1.0).with(Term::Distance, -b);
    vec![
        ("random", ScoreModel::of(Term::Participations, 0.0)),
        ("distance", ScoreModel::of(Term::Distance, -1.0)),
        ("degrees", ScoreModel::of(Term::Degrees, 1.0)),
        ("participations", ScoreModel::of(Term::Participations, 1.0)),
        ("Adamic–Adar", ScoreModel::of(Term::AdamicAdar, 1.0)),
        ("resource allocation", ScoreModel::of(RA, 1.0)),
        ("length three", ScoreModel::of(Term::LengthThree, 1.0)),
        ("gravity .5", gravity(0.5)),
        ("gravity 1", gravity(1.0)),
        ("gravity 1.5", gravity(1.5)),
        ("gravity 1 × RA", gravity(1.0).with(RA, 1.0)),
        ("default", ScoreModel::default()),
    ]
}

struct Ground {
    hold_out: HoldOut,
    points: Vec<Option<Coord<f64>>>,
    rural: Vec<Option<bool>>,
}

impl Ground {
    fn distance_m(&self, i: usize, j: usize) -> f64 {
        self.points[i].zip(self.points[j]).map_or(f64::NAN, |(a, b)| haversine_m(a, b).unwrap())
    }

    fn mixed(&self, i: usize, j: usize) -> bool {
        self.rural[i].zip(self.rural[j]).is_some_and(|(a, b)| a != b)
    }

    fn judge(&self, model: &ScoreModel, mixed: bool, resamples: usize) -> Evaluation {
        let distance = |i: usize, j: usize| self.distance_m(i, j);
        let scorer = Scorer::new(Pairs::of(&self.hold_out, &distance), model).unwrap();
        let options = EvaluationOptions::default().resamples(resamples);
        let keep = |i: usize, j: usize| !mixed || self.mixed(i, j);
        evaluate(&self.hold_out, keep, |i, row| scorer.fill(i, row), options, &Silent).unwrap()
    }
}

fn france() -> Study {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent).unwrap().0
}

fn interreg(study: &Study, until: i32, end: Option<i32>) -> Ground {
    let history = study.partner_history(&PartnerUnits::Territories(Level::Epci)).unwrap();
    let split = end.map_or(TemporalSplit::after(until), |end| TemporalSplit::after(until).test_until(end));
    Ground {
        hold_out: temporal_hold_out(&history.projects, history.units.len(), split).unwrap(),
        points: history.units.iter().map(|u| u.point.map(Coord::from)).collect(),
        rural: history.units.iter().map(|u| u.rurality.map(|r| r == Rurality::Rural)).collect(),
    }
}

#[test]
fn interreg_by_epci_is_foreseen() {
    let study = france();
    let ground = interreg(&study, 2013, None);
    // Newcomers: a third of the new ties nobody can predict.
    assert_eq!((ground.hold_out.unpredicted.ties, ground.hold_out.unpredicted.all_ties), (64, 193));
    let all = ground.judge(&ScoreModel::default(), false, 200);
    let mixed = ground.judge(&ScoreModel::default(), true, 200);
    show("default", &all);
    show("default, rural–urban", &mixed);
    assert!(all.aupr.value >= 0.10 && all.auc.value >= 0.92);
    assert!(mixed.aupr.value >= 0.10 && mixed.recall.value >= 0.68);
    assert!(all.aupr.interval.unwrap().low > 0.05);
    for (name, model) in models() {
        let other = ground.judge(&model, false, 0);
        assert!(other.aupr.value <= all.aupr.value, "{name}");
    }
    // Fitted on the window before only.
    let earlier = interreg(&study, 2006, Some(2013));
    let distance = |i: usize, j: usize| earlier.distance_m(i, j);
    let terms = [Term::Participations, Term::Degrees, Term::Distance, RA];
    let pairs = Pairs::of(&earlier.hold_out, &distance);
    let fitted =
        fit_score(&earlier.hold_out, pairs, &terms, |_, _| true, FitOptions::default(), &Silent).unwrap();
    eprintln!("{:?}", fitted.model.coefficients);
    show("fitted", &ground.judge(&fitted.model, false, 0));
    assert!(fitted.model.coefficients[2].value < 0.0);
}

#[test]
fn joint_units_hidden_at_random_are_found() {
    let study = france();
    let network = study.network(|l| l.kind == CooperationKind::JointUnit).unwrap();
    let none = |_: usize, _: usize| f64::NAN;
    let mut sum = 0.0;
    for seed in 0..3 {
        let hidden = random_hold_out(&network, 0.2, Seed(seed)).unwrap();
        let scorer = Scorer::new(Pairs::of(&hidden, &none), &ScoreModel::of(RA, 1.0)).unwrap();
        let options = EvaluationOptions::default().resamples(20);
        let e = evaluate(&hidden, |_, _| true, |i, row| scorer.fill(i, row), options, &Silent).unwrap();
        show("resource allocation", &e);
        sum += e.aupr.value / 3.0;
    }
    assert!(sum >= 0.28, "{sum}");
}

/// Records of a CSV file of the folder that `RURBAN_DATA` names.
fn records(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = std::path::Path::new(&std::env::var("RURBAN_DATA").unwrap()).join(file);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn raw(file: &str, project: &str, node: &str, year: &str, splits: [TemporalSplit; 2]) -> [Ground; 2] {
    let study = france();
    let base = study.atlas().base();
    let (mut nodes, mut projects) = (BTreeMap::new(), BTreeMap::new());
    let (mut points, mut rural) = (Vec::new(), Vec::new());
    for r in records(file) {
        if r[node].is_empty() {
            continue;
        }
        let next = nodes.len() as u32;
        let id = *nodes.entry(r[node].clone()).or_insert(next);
        let commune = base.find(&r["insee"]).map(|b| &base.territories()[b]);
        if id == next {
            points.push(None);
            rural.push(None);
        }
        if points[id as usize].is_none() {
            points[id as usize] = commune.and_then(|t| t.point).map(Coord::from);
            rural[id as usize] = commune.and_then(|t| t.density).map(|d| d.rurality() == Rurality::Rural);
        }
        let entry = projects.entry(r[project].clone()).or_insert_with(|| (r[year].parse().unwrap(), vec![]));
        entry.1.push(id);
    }
    let projects: Vec<DatedProject> = projects
        .into_values()
        .map(|(year, mut participants): (i32, Vec<u32>)| {
            participants.sort_unstable();
            participants.dedup();
            DatedProject { year, participants }
        })
        .collect();
    splits.map(|split| Ground {
        hold_out: temporal_hold_out(&projects, nodes.len(), split).unwrap(),
        points: points.clone(),
        rural: rural.clone(),
    })
}

fn by_actor(grounds: &[Ground; 2]) -> [Evaluation; 2] {
    let [earlier, ground] = grounds;
    eprintln!("{:?}", ground.hold_out.unpredicted);
    for (name, model) in models() {
        show(name, &ground.judge(&model, false, 0));
    }
    let terms = [
        Term::Participations,
        Term::RecentParticipations,
        Term::Degrees,
        Term::Distance,
        Term::AdamicAdar,
        RA,
        Term::LengthThree,
        Term::CommonPartner,
    ];
    let distance = |i: usize, j: usize| earlier.distance_m(i, j);
    let pairs = Pairs::of(&earlier.hold_out, &distance);
    let fitted =
        fit_score(&earlier.hold_out, pairs, &terms, |_, _| true, FitOptions::default(), &Silent).unwrap();
    eprintln!("{:?}", fitted.model.coefficients);
    let judged = [false, true].map(|mixed| ground.judge(&fitted.model, mixed, 100));
    show("fitted", &judged[0]);
    show("fitted, rural–urban", &judged[1]);
    judged
}

#[test]
#[ignore = "reads the folder RURBAN_DATA"]
fn horizon_2020_by_actor() {
    let splits = [TemporalSplit::after(2015).test_until(2017), TemporalSplit::after(2017)];
    let splits = splits.map(|s| s.largest_project(30));
    let file = "cooperations/h2020-participations-2020.csv";
    let [all, _] = by_actor(&raw(file, "project_rcn", "organisation", "start_year", splits));
    assert!(all.aupr.value >= 0.075 && all.auc.value >= 0.91);
}

#[test]
#[ignore = "reads the folder RURBAN_DATA"]
fn anr_by_unit() {
    let splits = [TemporalSplit::after(2015).test_until(2018), TemporalSplit::after(2018)];
    let splits = splits.map(|s| s.largest_project(30));
    let file = "cooperations/anr-participations-2010-2022.csv";
    let [all, _] = by_actor(&raw(file, "project", "rnsr", "year", splits));
    assert!(all.aupr.value >= 0.038 && all.auc.value >= 0.86);
}

#[test]
fn constraints_say_what_they_took_and_times_matter() {
    let study = france();
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)).max_minutes(60.0);
    let partners = study.partners(options, None).unwrap();
    // Without times nobody is near enough.
    let found = partners.recommend(0).unwrap();
    assert!(found.partners.is_empty());
    let taken: usize = found.removals.iter().map(|r| r.removed).sum();
    assert_eq!(taken, found.candidates);
    let options =
        PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)).one_per(Level::Departement);
    let partners = study.partners(options, None).unwrap();
    let all = partners.recommend_all(&Silent).unwrap();
    assert_eq!(all.len(), partners.seekers().len());
    for r in &all {
        assert!(r.partners.windows(2).all(|w| w[0].score >= w[1].score));
        for p in &r.partners {
            let sum: f64 = p.reasons.iter().map(|t| t.contribution.value).sum();
            assert!((sum - p.score).abs() < 1e-9);
            assert_ne!(p.partner.rurality, r.unit.rurality);
        }
    }
    assert!(partners.recommend(100_000).is_err() && partners.find("nowhere at all").is_err());
    let m = partners.match_region(&[0, 1, 2, 3], 1, 1).unwrap();
    assert_eq!(m.best.len(), m.stable.len());
    assert!(m.best_total >= m.stable_total - 1e-9);
}
