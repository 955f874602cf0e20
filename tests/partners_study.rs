//! Partners on the embedded data, and how well the scores foresee real ties.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests may panic")]

use std::collections::BTreeMap;

use geo_types::Coord;
use rurban::france::EmbeddedFrance;
use rurban::matching::{
    DatedProject, Evaluation, EvaluationOptions, FitOptions, HoldOut, Measure, Pairs, ScoreModel, Scorer, Term,
    TemporalSplit, evaluate, fit_score, random_hold_out, temporal_hold_out,
};
use rurban::model::{CooperationKind, Level, Rurality};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::distance::haversine_m;
use rurban::study::{PartnerUnits, Study, StudyOptions};

const RA: Term = Term::ResourceAllocation { gamma: 10.0 };

fn show(name: &str, e: &Evaluation) {
    let m = |m: &Measure| {
        m.interval.map_or(format!("{:.4}", m.value), |i| format!("{:.4} [{:.4}, {:.4}]", m.value, i.low, i.high))
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

#[allow(dead_code)]
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

fn interreg(study: &Study, from: i32, until: i32, end: Option<i32>) -> Ground {
    let history = study.partner_history(&PartnerUnits::Territories(Level::Epci)).unwrap();
    let split = end.map_or(TemporalSplit::after(until), |end| TemporalSplit::after(until).test_until(end));
    let _ = from;
    Ground {
        hold_out: temporal_hold_out(&history.projects, history.units.len(), split).unwrap(),
        points: history.units.iter().map(|u| u.point.map(Coord::from)).collect(),
        rural: history.units.iter().map(|u| u.rurality.map(|r| r == Rurality::Rural)).collect(),
    }
}

#[test]
fn interreg_by_epci_is_foreseen() {
    let ground = interreg(&france(), 2000, 2013, None);
    let h = &ground.hold_out;
    eprintln!("{:?} eligible {}", h.unpredicted, h.eligible.iter().filter(|e| **e).count());
    for (name, model) in models() {
        for mixed in [false, true] {
            show(name, &ground.judge(&model, mixed, 0));
        }
    }
}
