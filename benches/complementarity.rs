//! Complementarity over synthetic seeded tables, and of a study of the embedded France.
#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]
#![allow(clippy::unwrap_used, reason = "a bench may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use geo_types::Coord;
use rurban::complementarity::complexity::Parts;
use rurban::complementarity::interregional::{Cells, Ties};
use rurban::complementarity::{
    ActivityTable, Interregional, Presence, SelfInclusion, economic_complexity, location_quotient, proximity,
    relatedness_density,
};
use rurban::france::EmbeddedFrance;
use rurban::matrix::Matrix;
use rurban::model::Level;
use rurban::profiles::{ProfileCell, ProfileRules, Profiles};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::study::{ActivitySource, ComplementarityOptions, Counting, Search, Study, StudyOptions};

type Cell = (u32, u32, Option<f64>);

/// Counts with specialised regions and rare activities, about half of the cells empty.
fn synthetic(regions: usize, activities: usize) -> Vec<Cell> {
    let mut random = Seed(7).stream(0);
    let mut cells = Vec::new();
    for r in 0..regions {
        let size = 10.0 + 2_000.0 * random.unit().powi(6);
        for i in 0..activities {
            let taste = (4.0 * (random.unit() + random.unit() + random.unit() - 1.5)).exp();
            let count = (size * taste / (1.0 + i as f64 / 4.0) * 0.1 * random.unit()).floor();
            if count > 0.0 {
                cells.push((r as u32, i as u32, Some(count)));
            }
        }
    }
    cells
}

fn table(regions: usize, activities: usize) -> ActivityTable {
    ActivityTable::from_cells(regions, activities, &synthetic(regions, activities)).unwrap()
}

fn kernel(presence: &Presence) -> Interregional {
    Interregional::new(presence, &proximity(presence)).unwrap()
}

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("complementarity");
    group.sample_size(10);

    let small = table(320, 88);
    let presence = Presence::of(&small);
    group.bench_function("interregional all pairs 320x88", |b| {
        b.iter(|| black_box(kernel(&presence).all_pairs()));
    });
    let everything = Matrix::filled(320, 320, 1.0);
    group.bench_function("interregional linkages over dense ties 320x88", |b| {
        b.iter(|| kernel(&presence).linkages(Ties::Dense(&everything), None, Cells::All).unwrap());
    });

    let medium = Presence::of(&table(1_255, 732));
    group.bench_function("interregional all pairs 1255x732", |b| {
        b.iter(|| black_box(kernel(&medium).all_pairs()));
    });

    let counts = table(2_000, 200).to_matrix();
    group.bench_function("LQ + proximity + density + ECI/PCI 2000x200", |b| {
        b.iter(|| {
            let table = ActivityTable::from_matrix(&counts).unwrap();
            let lq = location_quotient(&table);
            let presence = Presence::of(&table);
            let density =
                relatedness_density(&presence, &proximity(&presence), SelfInclusion::Excluded).unwrap();
            black_box((lq, density, economic_complexity(&presence, Parts::Refuse).unwrap()))
        });
    });

    let long = synthetic(35_000, 88);
    group.bench_function("LQ + density from long format 35kx88", |b| {
        b.iter(|| {
            let table = ActivityTable::from_cells(35_000, 88, &long).unwrap();
            let presence = Presence::of(&table);
            let lq = location_quotient(&table);
            black_box((
                lq,
                relatedness_density(&presence, &proximity(&presence), SelfInclusion::Excluded).unwrap(),
            ))
        });
    });

    let communes = Presence::of(&ActivityTable::from_cells(35_000, 88, &long).unwrap());
    let mut random = Seed(11).stream(0);
    // As many communes on as much land as metropolitan France.
    let places: Vec<Coord<f64>> =
        (0..35_000).map(|_| Coord { x: 741_000.0 * random.unit(), y: 741_000.0 * random.unit() }).collect();
    group.bench_function("ten partners within 100 km 35kx88", |b| {
        b.iter(|| kernel(&communes).partners(&places, 100_000.0, 10, |_, _| true, &Silent).unwrap());
    });
    group.finish();
}

/// The domain side on the embedded France: profiles, needs of one PETR, the whole report, and every
/// commune with a table of 88 activities.
fn study(c: &mut Criterion) {
    let mut group = c.benchmark_group("complementarity of a study");
    group.sample_size(10);
    let france = EmbeddedFrance::load().unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full).unwrap().0;
    group.bench_function("fields by EPCI", |b| b.iter(|| fields(&Level::Epci)));
    let (cities, pays) = (fields(&Level::Epci), fields(&Level::PetrPays));
    let options = ComplementarityOptions::default();
    let compared = study.complementarity(&cities, Some(&pays), &options.clone()).unwrap();
    group.bench_function("compare 124 PETR with 1,255 EPCI", |b| {
        b.iter(|| study.complementarity(&cities, Some(&pays), &options.clone()).unwrap());
    });
    group.bench_function("needs of one PETR", |b| {
        b.iter(|| compared.needs(0, Search::default()).unwrap());
    });
    group.bench_function("report with 999 permutations and 199 draws", |b| {
        b.iter(|| compared.report(&Silent).unwrap());
    });

    let base = study.atlas().base();
    let long = synthetic(35_000, 88);
    let codes: Vec<String> = base.territories().iter().map(|t| t.code.to_string()).collect();
    let names: Vec<String> = (0..88).map(|i| format!("A{i:02}")).collect();
    let jobs = || {
        let mut profiles = Profiles::builder("jobs", base, &ProfileRules::default(), "jobs");
        for &(r, i, count) in &long {
            let (territory, activity) = (&codes[r as usize % codes.len()], &names[i as usize]);
            profiles.add(ProfileCell { territory, activity, name: None, count, line: None }).unwrap();
        }
        profiles.finish().unwrap().0
    };
    group.bench_function("profiles of all communes from cells 35kx88", |b| b.iter(jobs));
    let jobs = jobs();
    group.bench_function("ten partners within 100 km of every commune, from profiles", |b| {
        b.iter(|| {
            let compared = study.complementarity(&jobs, None, &options.clone()).unwrap();
            compared.partners(Search::default().radius_m(100_000.0).limits(0, 0, 10), &Silent).unwrap()
        });
    });
    group.finish();
}

criterion_group!(complementarity, benches, study);
criterion_main!(complementarity);
