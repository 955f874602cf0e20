//! Are rural and urban actors tied, through whom, how far, and more or less than chance, degree
//! and distance would give?
//!
//! `cargo run --release --example linkage_evidence -- --kind interreg --out linkage`

#![allow(clippy::print_stdout, reason = "an example shows its results")]
#![allow(clippy::cast_possible_wrap, reason = "counts are far below 2^63")]

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use common::Fallible;
use geo_types::Coord;
use rurban::evidence::Evidence;
use rurban::evidence::Measured;
use rurban::france::EmbeddedFrance;
use rurban::matrix::Matrix;
use rurban::model::Contours;
use rurban::model::{CooperationKind, DensityLevel, Level, LinkClass};
use rurban::random::Seed;
use rurban::space::{Bounds, Layer};
use rurban::study::{LinkageOptions, LinkagePart, LinkageReport, Study, StudyOptions};
use rurban::write::Table;
use rurban::write::csv::{CsvStyle, write_csv_file};
use rurban::write::report::{Align, TextTable, number};
use rurban::write::svg::{Axis, Choropleth, Colours, Coordinates, HeatMap, Marks, Plot, Series};

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    Interreg,
    JointUnit,
    All,
}

/// Rural–urban ties of the embedded France against chance.
#[derive(Parser)]
struct Arguments {
    /// Which cooperations.
    #[arg(long, value_enum, default_value = "all")]
    kind: Kind,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/linkage_evidence")]
    out: PathBuf,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let bar = common::Bar::default();
    let france = EmbeddedFrance::load()?;
    let mut options = StudyOptions::default();
    options.kinds = match arguments.kind {
        Kind::Interreg => Some(vec![CooperationKind::TerritorialProject]),
        Kind::JointUnit => Some(vec![CooperationKind::JointUnit]),
        Kind::All => None,
    };
    let (study, _) = Study::new(france.atlas, france.inventory, options, &bar)?;
    let options = LinkageOptions::default()
        .seed(Seed(arguments.seed))
        .vintage("communes of 2026; cooperations as embedded (see fixtures/README.md)");
    let report = study.linkage(&options, &bar)?;
    let evidence = evidence(&report)?;
    for part in &report.parts {
        print(part)?;
    }
    say!("Ties within a project come together, not one by one, so that z against degrees and distance is");
    say!("overstated; dealing whole participations is the fair test, where there are projects.");
    say!("Interreg over-represents border regions, joint units");
    say!("are those a registry lists, and kinds of actors are partly read from their names.");

    let out = common::output(&arguments.out)?;
    write_csv_file(out.join("evidence.csv"), &evidence, CsvStyle::Standard)?;
    let actors = actors(&study, &options, &bar)?;
    write_csv_file(out.join("actors.csv"), &actors, CsvStyle::Standard)?;
    for level in [Level::Region, Level::Departement, Level::PetrPays, Level::Epci] {
        let name = format!("territories_{}.csv", level.key());
        write_csv_file(out.join(name), &territories(&study, &level)?, CsvStyle::Standard)?;
    }
    std::fs::write(out.join("report.json"), serde_json::to_string_pretty(&report)?)?;
    pictures(&study, &report.parts[0], &out)?;
    say!("\nTables and pictures are in {}", out.display());
    Ok(())
}

fn title(part: &LinkagePart) -> String {
    part.kind.map_or_else(|| "all cooperations".to_owned(), |k| k.key().replace('_', " "))
}

fn print(part: &LinkagePart) -> Fallible {
    let c = &part.coverage;
    say!("\n{}", title(part).to_uppercase());
    say!(
        "{} actors, {} tied, {} isolates; {} ties, {} between actors of known rurality ({} tied actors have none)",
        c.actors,
        c.tied,
        c.isolates,
        c.ties,
        c.labelled_ties,
        c.tied_unlabelled
    );
    let right = |name| (name, Align::Right);
    let mut table = TextTable::new([
        ("rural–urban ties against", Align::Left),
        right("observed"),
        right("expected"),
        right("ratio"),
        right("z"),
        right("p"),
        right("E-I"),
        right("n"),
        right("left out"),
    ]);
    for t in &part.tests {
        let Some(e) = t.cross.value() else {
            say!("  {}: {}", t.against, t.cross.reason().unwrap_or_default());
            continue;
        };
        let shown = |v: Option<f64>, d| number(v.unwrap_or(f64::NAN), d);
        table.row([
            t.against.clone(),
            number(e.observed, 0),
            number(e.expected, 1),
            shown(t.ratio, 2),
            shown(e.z, 2),
            e.p.map_or_else(|| "–".to_owned(), |p| if p < 1e-4 { "<0.0001".into() } else { number(p, 4) }),
            shown(t.ei.value().map(|e| e.observed), 3),
            e.n.to_string(),
            t.left_out.to_string(),
        ])?;
    }
    say!("{table}");
    match &part.rural_exposure {
        Measured::Value(x) => say!(
            "Urban exposure of rural actors {:.3}; {:.1} % of {} rural actors have an urban tie ({} have none at all)",
            x.index,
            100.0 * x.share_with_any,
            x.nodes,
            x.isolates
        ),
        Measured::Undefined(why) => say!("{why}"),
    }
    match &part.rurality_assortativity {
        Measured::Value(r) => say!("Assortativity by rurality {:.3} (s.e. {:.3})", r.r, r.standard_error),
        Measured::Undefined(why) => say!("{why}"),
    }
    for l in part.lengths.iter().filter(|l| l.ties > 0) {
        let km = |m: Option<f64>| number(m.unwrap_or(f64::NAN) / 1e3, 0);
        say!("{}: {} ties, median {} km, mean {} km", l.class, l.ties, km(l.median_m), km(l.mean_m));
    }
    for b in part.brokers.iter().take(5) {
        let side = b.rurality.map_or_else(|| "unknown".to_owned(), |r| r.to_string());
        let between = b.roles.total - b.roles.coordinator;
        say!("broker: {} ({}, {side}), {between} brokered pairs", b.name, b.kind.key());
    }
    match &part.communities {
        Measured::Value(m) => {
            say!("{} communities, modularity {:.3}", m.communities, m.modularity);
            for b in &m.borders {
                say!("  against {}: AMI {:.3}, NMI {:.3}", b.level, b.agreement.ami, b.agreement.nmi);
            }
        }
        Measured::Undefined(why) => say!("{why}"),
    }
    match &part.gravity {
        Measured::Value(g) => {
            for t in &g.terms {
                let (low, high) = t.interval;
                say!("gravity, {}: {:.3} (95 % {low:.3} to {high:.3})", t.name, t.coefficient);
            }
        }
        Measured::Undefined(why) => say!("{why}"),
    }
    Ok(())
}

fn evidence(report: &LinkageReport) -> Fallible<Table<'static>> {
    let tests: Vec<_> = report.parts.iter().flat_map(|p| p.tests.iter().map(move |t| (p, t))).collect();
    let of = |f: &dyn Fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        tests.iter().map(|(_, t)| t.cross.value().and_then(f)).collect()
    };
    let text = |f: &dyn Fn(usize) -> String| (0..tests.len()).map(f).collect::<Vec<String>>();
    let counts = |f: &dyn Fn(usize) -> usize| (0..tests.len()).map(|i| f(i) as i64).collect::<Vec<i64>>();
    Ok(Table::new()
        .with("cooperations", text(&|i| title(tests[i].0)))?
        .with("against", text(&|i| tests[i].1.against.clone()))?
        .with("cross_ties", of(&|e| Some(e.observed)))?
        .with("expected", of(&|e| Some(e.expected)))?
        .with("sd", of(&|e| e.sd))?
        .with("z", of(&|e| e.z))?
        .with("p", of(&|e| e.p))?
        .with("ratio", tests.iter().map(|(_, t)| t.ratio).collect::<Vec<_>>())?
        .with("ei", tests.iter().map(|(_, t)| t.ei.value().map(|e| e.observed)).collect::<Vec<_>>())?
        .with("ties", counts(&|i| tests[i].0.coverage.labelled_ties))?
        .with("isolates", counts(&|i| tests[i].0.coverage.isolates))?
        .with("unlabelled", counts(&|i| tests[i].0.coverage.unlabelled))?
        .with("left_out", counts(&|i| tests[i].1.left_out))?
        .with("undefined", text(&|i| tests[i].1.cross.reason().unwrap_or_default().to_owned()))?)
}

fn actors(study: &Study, options: &LinkageOptions, bar: &common::Bar) -> Fallible<Table<'static>> {
    let rows = study.actor_linkage(options, bar)?;
    let all = study.inventory().actors();
    let text = |f: &dyn Fn(usize) -> String| (0..rows.len()).map(f).collect::<Vec<String>>();
    Ok(Table::new()
        .with("id", text(&|i| all[i].id.as_str().to_owned()))?
        .with("name", text(&|i| all[i].name.clone()))?
        .with("kind", text(&|i| all[i].kind.key().to_owned()))?
        .with("degree", rows.iter().map(|r| r.degree as i64).collect::<Vec<_>>())?
        .with("strength", rows.iter().map(|r| r.strength).collect::<Vec<_>>())?
        .with("constraint", rows.iter().map(|r| r.constraint).collect::<Vec<_>>())?
        .with("effective_size", rows.iter().map(|r| r.effective_size).collect::<Vec<_>>())?
        .with("coordinator", rows.iter().map(|r| r.roles.map(|r| r.coordinator)).collect::<Vec<_>>())?
        .with("itinerant", rows.iter().map(|r| r.roles.map(|r| r.itinerant)).collect::<Vec<_>>())?
        .with("gatekeeper", rows.iter().map(|r| r.roles.map(|r| r.gatekeeper)).collect::<Vec<_>>())?
        .with("betweenness", rows.iter().map(|r| r.betweenness).collect::<Vec<_>>())?
        .with("participation", rows.iter().map(|r| r.participation).collect::<Vec<_>>())?
        .with("community", rows.iter().map(|r| r.community.map(f64::from)).collect::<Vec<_>>())?)
}

fn territories(study: &Study, level: &Level) -> Fallible<Table<'static>> {
    let rows = study.linkage_by(level)?;
    let cross = |f: fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        rows.iter().map(|r| r.cross.value().and_then(f)).collect()
    };
    Ok(Table::new()
        .with("code", rows.iter().map(|r| r.code.clone()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.name.clone()).collect::<Vec<_>>())?
        .with("actors", rows.iter().map(|r| r.actors as i64).collect::<Vec<_>>())?
        .with("isolates", rows.iter().map(|r| r.isolates as i64).collect::<Vec<_>>())?
        .with("unlabelled", rows.iter().map(|r| r.unlabelled as i64).collect::<Vec<_>>())?
        .with("ties", rows.iter().map(|r| r.ties).collect::<Vec<_>>())?
        .with("cross_ties", cross(|e| Some(e.observed)))?
        .with("expected", cross(|e| Some(e.expected)))?
        .with("z", cross(|e| e.z))?
        .with("ei", rows.iter().map(|r| r.ei.value().map(|e| e.observed)).collect::<Vec<_>>())?
        .with("urban_exposure", rows.iter().map(|r| r.urban_exposure).collect::<Vec<_>>())?
        .with("bridging", rows.iter().map(|r| r.bridging.map(|b| b.bridging)).collect::<Vec<_>>())?)
}

fn pictures(study: &Study, part: &LinkagePart, out: &std::path::Path) -> Fallible {
    let mixing = &part.density_mixing;
    let mut labels: Vec<String> = DensityLevel::ALL.iter().map(|d| d.label().to_owned()).collect();
    labels.resize(mixing.classes(), "unlabelled".to_owned());
    let k = labels.len();
    // log2 of ties over those that degrees alone give; nothing where there is no tie.
    let (margins, _) = mixing.margins();
    let total = mixing.total();
    let ratio = |r: usize, c: usize| {
        let sides = if r == c { 4.0 } else { 2.0 };
        let log = (mixing.ties(r, c) * sides * total / (margins[r] * margins[c])).log2();
        if log.is_finite() { log } else { f64::NAN }
    };
    let values = Matrix::from_rows(k, k, (0..k * k).map(|i| ratio(i / k, i % k)).collect())?;
    let heat_title = format!("Ties against equal degrees (log2): {}", title(part));
    HeatMap {
        title: &heat_title,
        rows: &labels,
        columns: &labels,
        values: &values,
        colours: Colours::Diverging { centre: 0.0 },
    }
    .render()?
    .write_file(out.join("mixing.svg"))?;

    if let Some(decay) = part.decay.value() {
        let (x, y): (Vec<f64>, Vec<f64>) =
            decay.curve.iter().filter(|b| b.f > 0.0).map(|b| (b.distance_m / 1e3, b.f)).unzip();
        let series = [Series { name: "", x: &x, y: &y, marks: Marks::Dots }];
        Plot {
            title: "Ties by distance, at equal degrees",
            x_label: "distance in km",
            y_label: "ties per product of degrees",
            x_axis: Axis::Log,
            y_axis: Axis::Log,
            series: &series,
        }
        .render()?
        .write_file(out.join("decay.svg"))?;
    }

    let land = EmbeddedFrance::land()?;
    let layer = Layer::from_features([&land]);
    let mainland = Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] };
    let inside = |c: Coord<f64>| {
        (mainland.min[0]..mainland.max[0]).contains(&c.x) && (mainland.min[1]..mainland.max[1]).contains(&c.y)
    };
    let at = |i: u32| study.inventory().actors()[i as usize].position.map(Coord::from).filter(|c| inside(*c));
    let crossing = study.links().iter().filter(|l| l.class == LinkClass::UrbanRural);
    let lines: Vec<[Coord<f64>; 2]> = crossing.filter_map(|l| Some([at(l.a)?, at(l.b)?])).collect();
    let points: Vec<Coord<f64>> = part.brokers.iter().filter_map(|b| at(b.actor)).collect();
    Choropleth {
        title: "Ties between rural and urban actors, and the top brokers",
        value_label: "",
        layer: &layer,
        contours: Contours::Surveyed,
        values: &[],
        colours: Colours::Sequential,
        lines: &lines,
        points: &points,
        coordinates: Coordinates::Degrees,
        bounds: Some(mainland),
    }
    .render()?
    .write_file(out.join("brokers.svg"))?;
    Ok(())
}
