//! A made-up Europe: how each step of a study grows from 35,000 to 100,000 units and from 10 thousand
//! to a million actors with ten ties each.
//!
//! `cargo bench --bench europe [-- UNITS ACTORS]` prints one table (or that of one size). Bars of the largest
//! size: all steps together 60 s and 6 GB on two cores. Memory is that of the process (Linux only).

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "benches may panic and print"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

use geo_types::{LineString, MultiPolygon, Polygon};
use rurban::accessibility::Catchment;
use rurban::atlas::{Atlas, Attribute, Territory};
use rurban::autocorrelation::LocalInference;
use rurban::diagnostics::{Place, Strictness};
use rurban::inventory::{Inventory, Tie};
use rurban::labels::Labels;
use rurban::linkage::NullModel;
use rurban::model::{Actor, ActorId, ActorKind, CooperationKind, Level, Period, TerritoryCode};
use rurban::progress::Silent;
use rurban::random::{Seed, Stream};
use rurban::space::crs::{Crs, Epsg, Zone, Zones};
use rurban::space::{Bounds, LonLat};
use rurban::study::{
    AccessOptions, ActivitySource, BelongingOptions, Capacity, ComplementarityOptions, Counting,
    LinkageOptions, PartnerUnits, PartnersOptions, Perimeters, RuralityRules, SpatialOptions, Study,
    StudyOptions, TerritoryScore, Typology,
};

/// Corners of the land, in degrees.
const LAND: [[f64; 2]; 2] = [[-9.0, 36.0], [31.0, 66.0]];
/// The plane of European statistics: no local one keeps distances over a continent.
static EUROPE: [Zone; 1] = [Zone {
    name: std::borrow::Cow::Borrowed("Europe"),
    crs: Crs::Epsg(Epsg::LAEA_EUROPE),
    bounds: Bounds { min: LAND[0], max: LAND[1] },
}];
/// Ties of an actor, on average one end.
const TIES: usize = 10;
/// Activities.
const DIVISIONS: u32 = 88;

fn lau() -> Level {
    Level::Custom("lau".to_owned())
}

fn nuts3() -> Level {
    Level::Custom("nuts3".to_owned())
}

fn nuts2() -> Level {
    Level::Custom("nuts2".to_owned())
}

fn normal(s: &mut Stream) -> f64 {
    (-2.0 * (1.0 - s.unit()).ln()).sqrt() * (std::f64::consts::TAU * s.unit()).cos()
}

/// Units of a country before they are an atlas.
struct Units {
    points: Vec<LonLat>,
    population: Vec<f64>,
    /// Classes of DEGURBA, from 0 (cities).
    degurba: Vec<u32>,
    /// City each gathers around: its NUTS 3.
    region: Vec<u32>,
    cities: Vec<LonLat>,
}

/// A jittered grid whose units gather around a city for every seventy of them.
fn units(n: usize, s: &mut Stream) -> Units {
    let [[west, south], [east, north]] = LAND;
    let columns = (n as f64 * (east - west) / (north - south)).sqrt().round();
    let step = ((east - west) / columns, (north - south) / (n as f64 / columns).ceil());
    let points: Vec<LonLat> = (0..n)
        .map(|i| {
            let (x, y) = (i as f64 % columns, (i as f64 / columns).floor());
            let mut at = |low: f64, cell: f64, step: f64| low + step * (cell + 0.1 + 0.8 * s.unit());
            LonLat::new(at(west, x, step.0), at(south, y, step.1)).unwrap()
        })
        .collect();
    let cities: Vec<(LonLat, f64)> = (0..n / 70)
        .map(|_| (points[s.below(n as u32) as usize], (1.0 - s.unit()).powf(-1.0 / 1.1).min(100.0)))
        .collect();
    // Cities by cell of two degrees, so that the nearest one is among a few.
    let cell = |p: LonLat| ((p.lon() / 2.0).floor() as i32, (p.lat() / 2.0).floor() as i32);
    let mut near: BTreeMap<(i32, i32), Vec<u32>> = BTreeMap::new();
    for (c, (at, _)) in cities.iter().enumerate() {
        let (x, y) = cell(*at);
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            near.entry((x + dx, y + dy)).or_default().push(c as u32);
        }
    }
    let all: Vec<u32> = (0..cities.len() as u32).collect();
    let (mut population, mut region) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for p in &points {
        let away = |c: u32| {
            let at = cities[c as usize].0;
            ((p.lon() - at.lon()) * p.lat().to_radians().cos()).hypot(p.lat() - at.lat())
        };
        let around = near.get(&cell(*p)).unwrap_or(&all);
        let city = *around.iter().min_by(|a, b| away(**a).total_cmp(&away(**b))).unwrap();
        let pull = 1.0 + 60.0 * cities[city as usize].1 * (-away(city) / 0.12).exp();
        population.push((6.0 + normal(s)).exp().mul_add(pull, 10.0).round());
        region.push(city);
    }
    let mut sorted = population.clone();
    sorted.sort_by(f64::total_cmp);
    let bars = [0.96, 0.84].map(|share| sorted[(n as f64 * share) as usize]);
    let degurba = population.iter().map(|p| bars.iter().filter(|bar| p < bar).count() as u32).collect();
    Units { points, population, degurba, region, cities: cities.into_iter().map(|c| c.0).collect() }
}

fn code(text: String) -> TerritoryCode {
    TerritoryCode::new(text).unwrap()
}

/// The units as LAU in NUTS 3 and NUTS 2, without outlines.
fn atlas(units: &Units) -> Atlas {
    let mut builder = Atlas::builder(lau(), Strictness::Strict);
    for (i, point) in units.points.iter().enumerate() {
        let mut unit = Territory::new(code(format!("{i:06}")), format!("Unit {i}"));
        (unit.point, unit.population) = (Some(*point), Some(units.population[i]));
        unit.area_km2 = Some(12e6 / units.points.len() as f64);
        builder.add(unit, Place::file("units").record(i)).unwrap();
    }
    let (mut atlas, _) = builder.finish().unwrap();
    let codes: Vec<String> = (0..units.points.len()).map(|i| format!("{i:06}")).collect();
    let small = |region: u32| format!("N{region:05}");
    let large = |region: u32| {
        let at = units.cities[region as usize];
        format!("M{:02}{:02}", ((at.lon() + 10.0) / 2.5) as u32, ((at.lat() - 35.0) / 2.0) as u32)
    };
    for (level, of) in [(nuts3(), &small as &dyn Fn(u32) -> String), (nuts2(), &large)] {
        let members: Vec<String> = units.region.iter().map(|&r| of(r)).collect();
        let groups: BTreeSet<&String> = members.iter().collect();
        let groups = groups.into_iter().map(|g| (code(g.clone()), format!("Region {g}")));
        let pairs = codes.iter().zip(&members).map(|(c, g)| (c.as_str(), g.as_str()));
        atlas.add_level(level, groups, pairs, Strictness::Strict).unwrap();
    }
    let classes = ["1", "2", "3"].map(String::from).to_vec();
    let labels = Labels::new(units.degurba.clone(), 3).unwrap();
    atlas.add_attribute(Attribute { name: "degurba".to_owned(), labels, classes }).unwrap();
    atlas
}

/// Actors by population, and ties: three in four within a NUTS 3, those between rural and urban rarer.
struct Drawn {
    actors: Vec<Actor>,
    ties: Vec<(u32, u32, CooperationKind, i16)>,
}

fn draw(units: &Units, n: usize, s: &mut Stream) -> Drawn {
    let mut total = 0.0;
    let up_to: Vec<f64> = units
        .population
        .iter()
        .map(|p| {
            total += p.powf(0.8);
            total
        })
        .collect();
    let (mut actors, mut unit_of) = (Vec::with_capacity(n), Vec::with_capacity(n));
    let mut of_region: Vec<Vec<u32>> = vec![Vec::new(); units.cities.len()];
    for i in 0..n {
        let at = s.unit() * total;
        let unit = up_to.partition_point(|t| *t <= at).min(up_to.len() - 1);
        let kind = ActorKind::ALL[s.below(ActorKind::ALL.len() as u32) as usize];
        let mut actor = Actor::new(ActorId::new(format!("A{i:07}")).unwrap(), format!("Actor {i}"), kind);
        let (p, mut jitter) = (units.points[unit], || 0.04 * (s.unit() - 0.5));
        actor.position = LonLat::new(p.lon() + jitter(), p.lat() + jitter()).ok();
        actor.themes = vec![format!("field:{:02}", s.below(DIVISIONS))];
        actors.push(actor);
        unit_of.push(unit);
        of_region[units.region[unit] as usize].push(i as u32);
    }
    let urban = |i: u32| units.degurba[unit_of[i as usize]] < 2;
    let mut ties = Vec::with_capacity(TIES * n);
    while ties.len() < TIES * n {
        let a = s.below(n as u32);
        let own = &of_region[units.region[unit_of[a as usize]] as usize];
        let near = s.unit() < 0.75;
        let b = if near { own[s.below(own.len() as u32) as usize] } else { s.below(n as u32) };
        if a == b || (urban(a) != urban(b) && s.unit() > 0.55) {
            continue;
        }
        let kind = if s.unit() < 0.8 {
            CooperationKind::ResearchProject
        } else {
            CooperationKind::TerritorialProject
        };
        ties.push((a, b, kind, 2000 + s.below(25) as i16));
    }
    Drawn { actors, ties }
}

fn inventory(drawn: Drawn) -> Inventory {
    let mut builder = Inventory::builder(Strictness::Strict);
    for (i, actor) in drawn.actors.into_iter().enumerate() {
        builder.add_actor(actor, Place::file("actors").record(i)).unwrap();
    }
    for (i, (from, to, kind, year)) in drawn.ties.into_iter().enumerate() {
        let period = Period::new(year, year + 3).ok();
        let (themes, source) = (Vec::new(), String::new());
        let tie = Tie { from, to, kind, weight: 1.0, period, themes, funding_eur: None, source };
        builder.add_tie(tie, Place::file("ties").record(i)).unwrap();
    }
    builder.finish().0
}

/// What a step took.
struct Step {
    name: &'static str,
    seconds: f64,
    /// Of all threads together: what counts on a machine that others share.
    cpu_seconds: f64,
    /// The most memory the process had.
    peak_gb: f64,
}

#[derive(Default)]
struct Run(Vec<Step>);

impl Run {
    /// A step whose answer nothing asks for later.
    fn ask<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) {
        drop(black_box(self.step(name, work)));
    }

    fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        // Writing 5 starts the peak anew.
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let done = work();
        let (seconds, cpu_seconds) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let step = Step { name, seconds, cpu_seconds, peak_gb: peak_gb() };
        eprintln!("{seconds:8.2} s {cpu_seconds:8.2} s of CPU {:6.2} GB  {name}", step.peak_gb);
        self.0.push(step);
        done
    }
}

/// The most memory the process had since the peak was started anew; `NaN` where the system does not say.
fn peak_gb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<f64>().ok())
        .map_or(f64::NAN, |kb| kb / f64::from(1 << 20))
}

/// User and system time of the process so far; `NaN` where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    let ticks: Vec<f64> = fields.filter_map(|f| f.parse().ok()).collect();
    if ticks.len() == 2 { ticks.iter().sum::<f64>() / 100.0 } else { f64::NAN }
}

/// The whole study of a made-up Europe.
fn study(units_in_all: usize, actors: usize) -> Run {
    let mut run = Run::default();
    let mut s = Seed(27).stream(0);
    let units = units(units_in_all, &mut s);
    let drawn = draw(&units, actors, &mut s);
    let mut atlas = run.step("atlas: units, NUTS 3, NUTS 2, DEGURBA", || atlas(&units));
    let [[west, south], [east, north]] = LAND;
    let ring = vec![(west, south), (east, south), (east, north), (west, north), (west, south)];
    let land = MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]);
    let zones = Zones::new(&EUROPE);
    atlas.set_zones(zones.clone());
    run.ask("Thiessen outlines, joined upwards", || {
        atlas.draw_approximate_outlines(&land, &zones, &Silent).unwrap()
    });
    let inventory = run.step("inventory: actors and ties", || inventory(drawn));
    let options = StudyOptions::default().rurality("class:degurba=3".parse().unwrap());
    let (study, _) = run.step("Study::new: place actors, tie them", || {
        Study::new(atlas, inventory, &options, &Silent).unwrap()
    });
    let s = &study;
    run.ask("rural–urban ties, labels dealt (exact)", || {
        s.rurality_evidence(None, NullModel::LabelPermutation).unwrap()
    });
    run.ask("rural–urban ties, degrees alone (exact)", || {
        s.rurality_evidence(None, NullModel::Configuration).unwrap()
    });
    run.ask("rural–urban ties, 99 permutations", || {
        let null =
            NullModel::LabelPermutationMonteCarlo { permutations: 99, seed: Seed::default(), strata: None };
        s.rurality_evidence(None, null).unwrap()
    });
    run.ask("linkage, all parts, closed forms", || {
        let options = LinkageOptions::default().permutations(0).swaps(0);
        s.linkage(&options.levels(nuts3(), nuts2()).bridges(vec![nuts3()]), &Silent).unwrap()
    });
    run.ask("linkage by NUTS 3", || s.linkage_by(&nuts3()).unwrap());
    let reach = run.step("nearest of each kind", || s.reach(&Silent).unwrap());
    let measures = run.step("measures of LAU", || s.territory_measures(&lau(), &reach).unwrap());
    let far: Vec<f64> = measures.iter().map(|m| TerritoryScore::InnovationDistance.of(m)).collect();
    run.ask("spatial structure of LAU, closed form", || {
        let options = SpatialOptions::default().local(LocalInference::ClosedForm);
        s.spatial_structure(&lau(), &far, &options).unwrap()
    });
    run.ask("typology of NUTS 3", || {
        s.typology(&Typology::Rurality(nuts3()), &RuralityRules::default()).unwrap()
    });
    let (profiles, _) = run.step("profiles of NUTS 2", || {
        s.profiles(&nuts2(), ActivitySource::Themes("field"), Counting::Full).unwrap()
    });
    run.ask("complementarity of NUTS 2, 99 permutations", || {
        let options = ComplementarityOptions::default().permutations(99).draws(0);
        s.complementarity(&profiles, None, &options).unwrap().report(&Silent).unwrap()
    });
    run.ask("access of LAU to places of innovation, 30 km", || {
        let supply = s.supply(&[ActorKind::InnovationPlace], Capacity::One).unwrap();
        s.access(&AccessOptions::new(supply).catchment(Catchment::within(30e3)), &Silent).unwrap()
    });
    run.ask("partners of NUTS 3", || {
        let options = PartnersOptions::new(PartnerUnits::Territories(nuts3()));
        s.partners(&options.candidates(PartnerUnits::Territories(nuts3())), None)
            .unwrap()
            .recommend_all(&Silent)
            .unwrap()
    });
    run.ask("belonging to NUTS 2", || {
        let perimeters = Perimeters::of_level(s.atlas(), &nuts2()).unwrap();
        s.belonging(&perimeters, &BelongingOptions::default().replicates(0), &Silent).unwrap()
    });
    run
}

fn main() {
    // `cargo test --benches` asks for a test run: there is none.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let asked: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = match asked[..] {
        [units, actors] => vec![(units, actors)],
        _ => vec![(35_000, 10_000), (100_000, 10_000), (100_000, 100_000), (100_000, 1_000_000)],
    };
    let runs: Vec<Run> = sizes
        .iter()
        .map(|&(units, actors)| {
            eprintln!("{units} units, {actors} actors, {} ties", TIES * actors);
            study(units, actors)
        })
        .collect();
    let heads = sizes.iter().map(|(u, a)| format!(" {}k × {}k |", u / 1000, a / 1000));
    println!("| s (of CPU; GB) by units × actors |{}", heads.collect::<String>());
    println!("|---|{}", "---:|".repeat(sizes.len()));
    for (row, step) in runs[0].0.iter().enumerate() {
        println!("| {} |{}", step.name, runs.iter().map(|r| cell(&r.0[row..=row])).collect::<String>());
    }
    println!("| all |{}", runs.iter().map(|r| cell(&r.0)).collect::<String>());
}

/// Steps together, as a cell of the table.
fn cell(steps: &[Step]) -> String {
    let sum = |of: fn(&Step) -> f64| steps.iter().map(of).sum::<f64>();
    let peak = steps.iter().map(|s| s.peak_gb).fold(0.0, f64::max);
    format!(" {:.1} ({:.1}; {peak:.1}) |", sum(|s| s.seconds), sum(|s| s.cpu_seconds))
}
