//! Partners on the embedded data, and how well the scores foresee real ties.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests may panic")]

use std::collections::BTreeMap;

use rurban::evidence::Measured;
use rurban::france::EmbeddedFrance;
use rurban::matching::{
    DatedProject, Evaluation, EvaluationOptions, Pairs, ProximityDimension, ScoreModel, Scorer, Term,
    TiedPairs, evaluate, random_hold_out,
};
use rurban::model::{Contours, CooperationKind, DensityLevel, Level};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::report::Language;
use rurban::report::partners::{
    PartnerGround, judged_text, recommendations_map, recommendations_table, recommendations_text, region_map,
};
use rurban::space::Layer;
use rurban::study::{
    ActivitySource, Counting, JudgeOptions, JudgedScore, PartnerHistory, PartnerUnit, PartnerUnits,
    PartnersOptions, Study, StudyOptions,
};

fn france() -> Study {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
}

fn value(m: &Measured<Evaluation>) -> &Evaluation {
    m.value().unwrap()
}

/// Figures of an independent program on the same sample: AUC, AUPR, recall and MRR within the rounding
/// of the points of EPCI.
fn near(e: &Evaluation, want: [f64; 4]) {
    let got = [e.auc.value, e.aupr.value, e.recall.value, e.mrr.value];
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() < 0.02, "{got} against {want}");
    }
}

#[test]
fn interreg_by_epci_is_foreseen() {
    let study = france();
    let mut history = study.partner_history(&PartnerUnits::Territories(Level::Epci)).unwrap();
    let options = JudgeOptions::new(2006, 2013).resamples(200);
    let all = history.judge(&options, None, &Silent).unwrap();
    eprintln!("{}", judged_text(&all, Language::English));
    // Newcomers: a third of the new ties nobody can predict.
    assert_eq!((all.unpredicted.ties, all.unpredicted.all_ties), (64, 193));
    let default = all.of(JudgedScore::Default).unwrap();
    assert!(value(&default.all).aupr.value >= 0.10 && value(&default.all).auc.value >= 0.92);
    assert!(value(&default.mixed).aupr.value >= 0.10 && value(&default.mixed).recall.value >= 0.68);
    assert!(value(&default.all).aupr.interval.unwrap().low > 0.05);
    assert!(all.fitted.value().unwrap().model.coefficients[3].value < 0.0);

    // The sample of the independent figures: partners whose commune is known by its code alone.
    let actors = study.inventory().actors();
    let coded: Vec<bool> = actors.iter().map(|a| a.commune.is_some()).collect();
    let epci = study.atlas().level(&Level::Epci).unwrap().membership();
    let projects = study.inventory().projects().iter().filter_map(|p| {
        let of =
            |x: u32| coded[x as usize].then(|| epci.get(study.places()[x as usize].base? as usize)).flatten();
        let participants = p.participants.iter().filter_map(|x| of(x.0)).map(|e| e as u32).collect();
        Some(DatedProject { year: i32::from(p.period?.from), participants })
    });
    history.projects = projects.collect();
    let judged = history.judge(&options, None, &Silent).unwrap();
    eprintln!("{}", judged_text(&judged, Language::English));
    let of = |score| judged.of(score).unwrap();
    let chance = value(&of(JudgedScore::Chance).all);
    assert_eq!((judged.active, chance.new_ties, chance.pairs), (252, 104, 31_368));
    assert_eq!(value(&of(JudgedScore::Chance).mixed).new_ties, 21);
    near(value(&of(JudgedScore::Gravity { exponent: 1.0 }).all), [0.925, 0.088, 0.50, 0.64]);
    near(value(&of(JudgedScore::Gravity { exponent: 1.5 }).all), [0.931, 0.096, 0.53, 0.68]);
    near(value(&of(JudgedScore::Participations).all), [0.881, 0.039, 0.32, 0.27]);
    let default = of(JudgedScore::Default);
    assert!(value(&default.all).aupr.value >= 0.10 && value(&default.all).auc.value >= 0.92);
    assert!(value(&default.mixed).aupr.value >= 0.10 && value(&default.mixed).recall.value >= 0.70);
}

#[test]
fn joint_units_hidden_at_random_are_found() {
    let study = france();
    let network = study.network(|l| l.kind == CooperationKind::JointUnit).unwrap();
    let none = |_: usize, _: usize| f64::NAN;
    let model = ScoreModel::of(Term::ResourceAllocation { gamma: 1.0 }, 1.0);
    let (mut sum, mut low) = (0.0, 0.0);
    for seed in 0..3 {
        let hidden = random_hold_out(&network, 0.2, Seed(seed)).unwrap();
        let scorer = Scorer::new(Pairs::of(&hidden, &none), &model).unwrap();
        let options = EvaluationOptions::default().resamples(50);
        let e = evaluate(&hidden, |_, _| true, |i, row| scorer.fill(i, row), &options, &Silent).unwrap();
        eprintln!("joint units: {} of {} {:?} {:?}", e.new_ties, e.pairs, e.auc, e.aupr);
        sum += e.aupr.value / 3.0;
        low += e.aupr.interval.unwrap().low / 3.0;
    }
    assert!(sum >= 0.32 && low > 0.2, "{sum} {low}");
}

/// Records of a CSV file of the folder that `RURBAN_DATA` names.
fn records(file: &str) -> Vec<BTreeMap<String, String>> {
    let path = std::path::Path::new(&std::env::var("RURBAN_DATA").unwrap()).join(file);
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn raw(file: &str, project: &str, node: &str, year: &str) -> PartnerHistory {
    let study = france();
    let base = study.atlas().base();
    let mut nodes = BTreeMap::new();
    let mut projects: BTreeMap<String, (i32, Vec<u32>)> = BTreeMap::new();
    let mut units: Vec<PartnerUnit> = Vec::new();
    let rows = records(file);
    // As in the independent figures: bodies whose commune is known from some row.
    let mut located = BTreeMap::new();
    for r in &rows {
        if let Some(b) = base.find(&r["insee"]) {
            located.entry(r[node].as_str()).or_insert(&base.territories()[b]);
        }
    }
    for r in &rows {
        let Ok(began) = r[year].parse::<i32>() else { continue };
        let Some(commune) = located.get(r[node].as_str()).filter(|_| !r[node].is_empty()) else { continue };
        let id = *nodes.entry(r[node].clone()).or_insert_with(|| {
            let rurality = commune.density.map(DensityLevel::rurality);
            units.push(PartnerUnit::new(&r[node], "").at(commune.point).rurality(rurality));
            units.len() as u32 - 1
        });
        projects.entry(r[project].clone()).or_insert_with(|| (began, vec![])).1.push(id);
    }
    let projects = projects.into_values().map(|(year, mut participants)| {
        participants.sort_unstable();
        participants.dedup();
        DatedProject { year, participants }
    });
    PartnerHistory { projects: projects.collect(), units, undated: 0, outside: 0 }
}

#[test]
#[ignore = "needs RURBAN_DATA"]
fn horizon_2020_by_actor() {
    let history =
        raw("cooperations/h2020-participations-2020.csv", "project_rcn", "organisation", "start_year");
    let options = JudgeOptions::new(2015, 2017).largest_project(30).resamples(40);
    let judged = history.judge(&options, None, &Silent).unwrap();
    eprintln!("{}", judged_text(&judged, Language::English));
    let chance = value(&judged.of(JudgedScore::Chance).unwrap().all);
    assert_eq!((judged.active, chance.new_ties, chance.pairs), (1_315, 1_222, 860_523));
    let fitted = judged.of(JudgedScore::Fitted).unwrap();
    assert!(value(&fitted.all).aupr.value >= 0.080 && value(&fitted.all).auc.value >= 0.915);
}

#[test]
#[ignore = "needs RURBAN_DATA"]
fn anr_by_unit() {
    let history = raw("cooperations/anr-participations-2010-2022.csv", "project", "rnsr", "year");
    let mut options = JudgeOptions::new(2015, 2018).largest_project(30).resamples(20);
    options.terms.push(Term::LocalPath);
    let judged = history.judge(&options, None, &Silent).unwrap();
    eprintln!("{}", judged_text(&judged, Language::English));
    let fitted = judged.of(JudgedScore::Fitted).unwrap();
    assert!(value(&fitted.all).aupr.value >= 0.038 && value(&fitted.all).auc.value >= 0.865);
    // One index alone orders the top better than the fit.
    assert!(value(&judged.of(JudgedScore::LocalPath).unwrap().all).aupr.value >= 0.043);
}

#[test]
fn windows_that_cannot_be_judged_say_so() {
    let unit = |k: usize| PartnerUnit::new(k.to_string(), "");
    let project = |year, participants: &[u32]| DatedProject { year, participants: participants.to_vec() };
    let mut history = PartnerHistory {
        units: (0..4).map(unit).collect(),
        projects: vec![project(2000, &[0, 1]), project(2001, &[2]), project(2002, &[3])],
        undated: 0,
        outside: 0,
    };
    // No new ties anywhere, no distance known.
    let judged = history.judge(&JudgeOptions::new(2001, 2005), None, &Silent).unwrap();
    assert!(judged.scores.iter().all(|s| s.all.reason().is_some() && s.mixed.reason().is_some()));
    assert!(judged.fitted.reason().is_some() && judged.unpredicted.share().is_none());
    assert!(history.judge(&JudgeOptions::new(2005, 2005), None, &Silent).is_err());
    assert!(judged_text(&judged, Language::French).contains("Toutes les paires"));
    history.projects.push(project(2010, &[1, 2]));
    let judged = history.judge(&JudgeOptions::new(2001, 2005), None, &Silent).unwrap();
    assert_eq!(value(&judged.of(JudgedScore::Chance).unwrap().all).new_ties, 1);
}

#[test]
fn real_partners_have_ranks_and_profiles_bring_themes_near() {
    let study = france();
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::Epci)).tied(TiedPairs::Shown);
    let partners = study.partners(&options.clone(), None).unwrap();
    let first = partners.recommend(partners.find("200066926").unwrap_or(0)).unwrap();
    let pairs: Vec<(usize, usize)> = [0, 4].map(|k| (first.seeker, first.partners[k].candidate)).into();
    let ranks = partners.rank_known(&pairs, Seed(1)).unwrap();
    assert_eq!([ranks.pairs[0].by_score, ranks.pairs[1].by_score], [1.0, 5.0]);
    assert!((ranks.by_score.unwrap().mean - 0.6).abs() < 1e-12);
    // Nobody is its own partner.
    let own = partners.rank_known(&[(first.seeker, first.seeker)], Seed(1)).unwrap();
    assert!(own.left_out == 1 && own.by_score.is_none());
    assert!(partners.rank_known(&[(0, 1_000_000)], Seed(1)).is_err());

    let cognitive = Term::Proximity(ProximityDimension::Cognitive);
    let institutional = Term::Proximity(ProximityDimension::Institutional);
    let model = ScoreModel::of(cognitive, 1.0).with(institutional, 0.1);
    let (fields, _) = study.profiles(&Level::Epci, ActivitySource::Themes("field"), Counting::Full).unwrap();
    let partners =
        study.partners(&options.model(model), None).unwrap().with_profiles(&fields, &fields).unwrap();
    for r in &partners.recommend(first.seeker).unwrap().partners {
        for t in &r.reasons {
            assert!((0.0..=1.0 + 1e-12).contains(&t.contribution.number));
        }
    }
    let (pays, _) =
        study.profiles(&Level::PetrPays, ActivitySource::Themes("field"), Counting::Full).unwrap();
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::Epci));
    assert!(study.partners(&options, None).unwrap().with_profiles(&pays, &fields).is_err());
}

#[test]
fn recommendations_read_well_in_both_languages() {
    let study = france();
    let partners =
        study.partners(&PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)), None).unwrap();
    let found = partners.recommend(partners.find("Portes de Gascogne").unwrap()).unwrap();
    for language in Language::ALL {
        let text = recommendations_text(&found, language);
        assert!(text.lines().count() >= 12 && !text.contains("NaN") && !text.contains("inf"), "{text}");
        let land = Layer::from_features([&EmbeddedFrance::land().unwrap()]);
        let ground = PartnerGround { layer: &land, contours: Contours::Surveyed };
        let map = recommendations_map(&found, Some(ground), language).unwrap();
        assert!(map.as_str().len() < 300_000 && map.as_str().contains("stroke-dasharray"));
        assert_eq!(recommendations_table(&found, language).unwrap().rows(), 10);
    }
    // A map of all of the country stays small.
    let matched = partners.match_region(&(0..partners.seekers().len()).collect::<Vec<_>>(), 1, 3).unwrap();
    let land = Layer::from_features([&EmbeddedFrance::land().unwrap()]);
    let ground = PartnerGround { layer: &land, contours: Contours::Surveyed };
    assert!(region_map(&matched, Some(ground), Language::French).unwrap().as_str().len() < 300_000);
}

#[test]
fn constraints_say_what_they_took_and_times_matter() {
    let study = france();
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)).max_minutes(60.0);
    let partners = study.partners(&options, None).unwrap();
    // Without times nobody is near enough.
    let found = partners.recommend(0).unwrap();
    assert!(found.partners.is_empty());
    let taken: usize = found.removals.iter().map(|r| r.removed).sum();
    assert_eq!(taken, found.candidates);
    let options =
        PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)).one_per(Level::Departement);
    let partners = study.partners(&options, None).unwrap();
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
