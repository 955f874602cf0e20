//! How far are rural and urban people from research, innovation places or public services, and how
//! much is there for each of them?
//!
//! `cargo run --release --example accessibility -- --kind public_service --measure e2sfca`
//!
//! `--actors services.csv` takes your own list, and `--by petr_pays --territory Gimont` looks at one
//! territory, commune by commune.
//! `--costs times.csv` (origin, destination, minutes; or Parquet with `--features parquet`) takes travel
//! times instead of straight lines: origins are communes, destinations communes or, with `--to actor`,
//! actors by identifier.
//! `--roads sections.csv --nodes nodes.csv` (from, to, minutes; id, lon, lat) computes them on roads.

#![allow(clippy::print_stdout, reason = "an example shows its results")]

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use common::{Account, Fallible, Reading, check_use, file, known_level, positive};
use geo_types::Coord;
use rurban::accessibility::{AgentOptions, Catchment, Choice, CostTable, Decay, Roads};
use rurban::atlas::Atlas;
use rurban::diagnostics::Diagnostics;
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::labels::Labels;
use rurban::model::Contours;
use rurban::model::{ActorKind, DensityLevel, Level, Rurality};
use rurban::network::Direction;
use rurban::read::{ActorFile, CostColumns, CostEnds, OwnFiles, TieCount, csv, roads, travel_costs};
use rurban::space::{Bounds, Layer};
use rurban::study::{
    AccessCosts, AccessMeasure, AccessOptions, AccessReport, AccessSummary, Capacity, Study, StudyOptions,
};
use rurban::write::Table;
use rurban::write::csv::{CsvStyle, write_csv_file};
use rurban::write::report::{Align, TextTable, integer, number};
use rurban::write::svg::{Axis, Choropleth, Colours, Coordinates, Marks, Plot, Series};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measure {
    /// Supply within reach.
    Opportunities,
    /// Supply within reach, near counting more.
    Potential,
    /// Supply per head.
    #[value(name = "2sfca")]
    TwoStep,
    /// Supply per head, near counting more.
    #[value(name = "e2sfca")]
    Enhanced,
    /// Supply per head, near counting more, with a choice of facilities.
    #[value(name = "3sfca")]
    ThreeStep,
    /// Balanced supply, near counting more.
    #[value(name = "bfca")]
    Balanced,
    /// Travel plus crowding once nobody can do better elsewhere; a low score is good.
    #[value(name = "raam")]
    RationalAgents,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Destination {
    Commune,
    Actor,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Counted {
    /// One.
    One,
    /// What its column `capacity` (`capacite`, `effectif` …) says.
    Capacity,
}

/// Access of rural and urban people to the actors of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Kind of actor (`research_centre`, `innovation_place`, `public_service` …), several separated by
    /// commas, or `any`; `research_centre` when not given, `any` with your own actors.
    #[arg(long)]
    kind: Option<String>,
    /// CSV or GeoJSON file of your own actors instead of the embedded ones, as FILE or FILE=KIND; may be
    /// given several times.
    #[arg(long)]
    actors: Vec<ActorFile>,
    #[command(flatten)]
    reading: Reading,
    /// What each actor counts for.
    #[arg(long, value_enum, default_value = "one")]
    supply: Counted,
    /// How access is scored.
    #[arg(long, value_enum, default_value = "2sfca")]
    measure: Measure,
    /// How far people go, in kilometres.
    #[arg(long, default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    reach_km: f64,
    /// How far people go when travel times are given, in minutes.
    #[arg(long, default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    reach_minutes: f64,
    /// Level of the maps, and of `--territory`.
    #[arg(long, default_value = "epci", value_parser = known_level)]
    by: Level,
    /// Name or code of the one territory to look at, whose communes are listed and drawn.
    #[arg(long)]
    territory: Option<String>,
    /// Travel times: CSV with origin, destination, minutes, or Parquet (`--features parquet`).
    #[arg(long, conflicts_with = "roads", value_parser = file)]
    costs: Option<PathBuf>,
    /// What the destinations of the travel times are.
    #[arg(long, value_enum, default_value = "commune")]
    to: Destination,
    /// Roads, both ways: CSV with from, to, minutes.
    #[arg(long, requires = "nodes", value_parser = file)]
    roads: Option<PathBuf>,
    /// Their nodes: CSV with id and coordinates.
    #[arg(long, requires = "roads", value_parser = file)]
    nodes: Option<PathBuf>,
    /// How far from a road node communes and actors may be, in kilometres.
    #[arg(long, default_value_t = 10.0, value_parser = positive, allow_negative_numbers = true)]
    snap_km: f64,
    /// How fast people get to the nearest road node, in a straight line, in kilometres per hour.
    #[arg(long, default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    off_road_km_per_hour: f64,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/accessibility")]
    out: PathBuf,
}

/// What costs are counted in.
#[derive(Clone, Copy)]
struct Unit {
    name: &'static str,
    /// Costs of the study in one of these.
    size: f64,
}

/// What scores are shown in.
#[derive(Clone, Copy)]
struct Score {
    name: &'static str,
    factor: f64,
}

/// The one territory to look at.
struct Focus {
    name: String,
    /// Whether each base territory is in it.
    inside: Vec<bool>,
}

impl Focus {
    fn of(atlas: &Atlas, level: &Level, text: &str) -> Fallible<Self> {
        let found = atlas.level(level)?.search(text)?;
        let mut inside = vec![false; atlas.base().territories().len()];
        for (base, territory) in atlas.memberships(level)? {
            inside[base as usize] |= territory as usize == found;
        }
        Ok(Self { name: atlas.level(level)?.territories()[found].name.clone(), inside })
    }
}

struct Shown {
    /// The facilities, in words.
    facilities: String,
    measure: String,
    unit: Unit,
    score: Score,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let mut account = Account::default();
    let outcome = run(&arguments, &mut account);
    account.finish(&arguments.reading, outcome)
}

fn run(arguments: &Arguments, account: &mut Account) -> Fallible {
    let own = OwnFiles {
        actors: arguments.actors.clone(),
        columns: arguments.reading.columns()?,
        ..OwnFiles::default()
    };
    own.check()?;
    let bar = common::Bar::default();
    let mut france = EmbeddedFrance::load()?;
    let by = arguments.by.clone();
    let focus = match &arguments.territory {
        Some(text) => Some(Focus::of(&france.atlas, &by, text)?),
        None => None,
    };
    france.atlas.level(&by)?;
    france.draw_approximate_outlines(&bar)?;
    let (inventory, kind) = if arguments.actors.is_empty() {
        (france.inventory, "research_centre")
    } else {
        let mut builder = Inventory::builder(arguments.reading.strictness());
        let book = EmbeddedFrance::code_book()?;
        let mut on_file = |what: &str, path: &Path, found: &_| {
            account.add(&format!("{} {}", what.to_uppercase(), path.display()), found);
        };
        own.read(&mut builder, Some(france.atlas.base()), &book, &mut on_file)?;
        let (inventory, found) = builder.finish();
        account.add("INVENTORY", &found);
        (inventory, "any")
    };
    let (study, found) = Study::new(france.atlas, inventory, StudyOptions::default(), &bar)?;
    if !own.is_empty() {
        account.add("PLACING", &found);
        check_use(&study, TieCount::default(), |_| true)?;
    }

    let kinds = kinds(arguments.kind.as_deref().unwrap_or(kind))?;
    let times = arguments.costs.as_deref().map(|path| read_times(&study, path, arguments.to)).transpose()?;
    let roads = match (&arguments.roads, &arguments.nodes) {
        (Some(sections), Some(nodes)) => Some(read_roads(sections, nodes)?),
        _ => None,
    };
    let costs = match (&times, &roads, arguments.to) {
        (Some(table), _, Destination::Actor) => AccessCosts::ToActors(table),
        (Some(table), _, Destination::Commune) => AccessCosts::BetweenTerritories { table, own: Some(0.0) },
        (None, Some(roads), _) => AccessCosts::Roads {
            roads,
            snap_m: arguments.snap_km * 1e3,
            off_road_cost_per_m: 60.0 / (arguments.off_road_km_per_hour * 1e3),
        },
        (None, None, _) => AccessCosts::StraightLine,
    };
    let (unit, reach) = match costs {
        AccessCosts::StraightLine => (Unit { name: "km", size: 1_000.0 }, arguments.reach_km),
        _ => (Unit { name: "min", size: 1.0 }, arguments.reach_minutes),
    };
    let capacity = match arguments.supply {
        Counted::One => Capacity::One,
        Counted::Capacity => Capacity::Stated,
    };
    let options = AccessOptions::new(study.supply(&kinds, capacity)?)
        .costs(costs)
        .measure(measure(arguments.measure, reach * unit.size))
        .catchment(catchment(arguments.measure, reach * unit.size))
        .bands([10.0, 20.0, 30.0, 60.0].map(|b| b * unit.size).to_vec());
    let report = study.access(&options, &bar)?;

    let shown = Shown {
        facilities: match &kinds[..] {
            all if all.len() == ActorKind::ALL.len() => "actor".to_owned(),
            some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        },
        measure: arguments
            .measure
            .to_possible_value()
            .map_or_else(String::new, |v| v.get_name().to_uppercase()),
        unit,
        score: match arguments.measure {
            Measure::Opportunities | Measure::Potential => Score { name: "within reach", factor: 1.0 },
            Measure::RationalAgents => Score { name: "travel and crowding", factor: 1.0 },
            // Shares of what facilities offer add up over communes, not over heads.
            Measure::Balanced => Score { name: "share of offers × 10⁶", factor: 1e6 },
            _ => Score { name: "per 100,000 inh.", factor: 1e5 },
        },
    };
    say!("\nACCESS TO: {} ({}, reach {reach} {})", shown.facilities, shown.measure, unit.name);
    print_coverage(&report);
    print_sides(&study, &report, &shown, focus.as_ref())?;
    if let Some(focus) = &focus {
        print_communes(&study, &report, &shown, focus)?;
    } else {
        for level in [Level::PetrPays, Level::Departement] {
            print_ends(&study, &report, &level, &shown)?;
        }
        print_inequality(&study, &report)?;
    }

    let out = common::output(&arguments.out)?;
    write_csv_file(out.join("communes.csv"), &communes(&study, &report)?, CsvStyle::Standard)?;
    for level in study.atlas().levels().iter().skip(1) {
        let name = format!("{}.csv", level.level().key());
        write_csv_file(out.join(name), &units(&study, &report, level.level())?, CsvStyle::Standard)?;
    }
    match &focus {
        Some(focus) => map_of_communes(&study, &report, &shown, focus, &out)?,
        None => maps(&study, &report, &by, &shown, &out)?,
    }
    curve(&report, &shown, focus.as_ref(), &out)?;
    say!("Everybody is taken to live at one point of the commune, and research organisations to be at");
    say!("the point of their city; maps show the mainland and Corsica, tables all that has a point.");
    say!("\nTables and pictures are in {}", out.display());
    Ok(())
}

fn kinds(text: &str) -> Fallible<Vec<ActorKind>> {
    let kind = |key: &str| {
        let known = ActorKind::ALL.map(ActorKind::key).join(", ");
        ActorKind::from_key(key)
            .ok_or_else(|| format!("{key:?} is no kind of actor; there are {known}").into())
    };
    if text == "any" {
        return Ok(ActorKind::ALL.to_vec());
    }
    text.split(',').map(kind).collect()
}

fn read_times(study: &Study, path: &Path, to: Destination) -> Fallible<CostTable> {
    let communes = CostEnds::territories(study.atlas().base());
    let ends = match to {
        Destination::Commune => CostEnds::territories(study.atlas().base()),
        Destination::Actor => CostEnds::actors(study.inventory()),
    };
    let columns = CostColumns::default();
    let (costs, found) = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
        read_parquet(path, &columns, &communes, &ends)?
    } else {
        travel_costs(csv::Reader::default().open_path(path)?, &columns, &communes, &ends)?
    };
    say!("\nTRAVEL TIMES {}\n{found}", path.display());
    if found.kept() == 0 {
        return Err("ALL TRAVEL TIMES WERE DROPPED: are their destinations actors (--to actor)?".into());
    }
    Ok(costs)
}

#[cfg(feature = "parquet")]
fn read_parquet(
    path: &Path,
    columns: &CostColumns<'_>,
    origins: &CostEnds<'_>,
    destinations: &CostEnds<'_>,
) -> Fallible<(CostTable, Diagnostics)> {
    let strictness = rurban::diagnostics::Strictness::Lenient;
    Ok(rurban::read::travel_costs_parquet(path, columns, origins, destinations, strictness)?)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(
    path: &Path,
    _: &CostColumns<'_>,
    _: &CostEnds<'_>,
    _: &CostEnds<'_>,
) -> Fallible<(CostTable, Diagnostics)> {
    Err(format!("{}: run with --features parquet to read Parquet", path.display()).into())
}

fn read_roads(sections: &Path, nodes: &Path) -> Fallible<Roads> {
    let open = |path| csv::Reader::default().open_path(path);
    let columns = CostColumns::default();
    let (roads, found) = roads(open(nodes)?, open(sections)?, &columns, Direction::Undirected)?;
    say!("\nROADS {}\n{found}", sections.display());
    Ok(roads)
}

fn measure(chosen: Measure, reach: f64) -> AccessMeasure {
    match chosen {
        Measure::Opportunities => AccessMeasure::Opportunities,
        Measure::Potential => AccessMeasure::Potential,
        Measure::TwoStep | Measure::Enhanced => AccessMeasure::TwoStep,
        Measure::ThreeStep => AccessMeasure::ThreeStep(Choice::WithinCutoff),
        Measure::Balanced => AccessMeasure::Balanced,
        Measure::RationalAgents => AccessMeasure::RationalAgents(AgentOptions::default().tau(reach)),
    }
}

/// Where near counts more, weights fall in the steps of Luo & Qi, at each third of the reach.
fn catchment(chosen: Measure, reach: f64) -> Catchment {
    let all = Catchment::within(reach);
    match chosen {
        Measure::Opportunities | Measure::TwoStep => all,
        _ => all.decay(Decay::Steps(vec![(reach / 3.0, 1.0), (reach / 1.5, 0.68), (reach, 0.22)])),
    }
}

fn print_coverage(report: &AccessReport) {
    let c = &report.coverage;
    say!(
        "{} facilities ({} at the point of their commune); left out: {} without place, {} off roads, {} without capacity; {} reached by nobody",
        integer(c.facilities as i64),
        c.facilities_without_position,
        c.facilities_without_place,
        c.facilities_off_roads,
        c.facilities_without_capacity,
        c.facilities_unreached
    );
    say!(
        "{} of {} communes with {} inhabitants; left out: {} without point, {} off roads, {} without travel \
         times ({} inhabitants); {} without population, {} of unknown rurality",
        integer(c.measured as i64),
        integer(c.territories as i64),
        integer(c.population as i64),
        c.without_point,
        c.off_roads,
        c.without_costs,
        integer(c.population_left_out as i64),
        c.without_population,
        c.unknown_rurality
    );
    say!(
        "out of reach: {} communes with {} inhabitants\n",
        integer(c.uncovered as i64),
        integer(c.population_uncovered as i64)
    );
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |s| format!("{:.1} %", 100.0 * s))
}

impl Shown {
    fn cost(&self, value: Option<f64>) -> String {
        number(value.map_or(f64::NAN, |v| v / self.unit.size), 1)
    }

    fn score(&self, value: Option<f64>) -> String {
        number(value.map_or(f64::NAN, |v| v * self.score.factor), 2)
    }
}

fn print_sides(study: &Study, report: &AccessReport, shown: &Shown, focus: Option<&Focus>) -> Fallible {
    let unit = shown.unit.name;
    let bands = report.bands.iter().map(|b| format!("≤ {} {unit}", number(b / shown.unit.size, 0)));
    let mut columns = vec![("people in".to_owned(), Align::Left), ("inhabitants".to_owned(), Align::Right)];
    columns.extend([format!("nearest, mean {unit}"), "median".to_owned()].map(|c| (c, Align::Right)));
    columns.extend(bands.map(|b| (b, Align::Right)));
    columns.push(("none near".to_owned(), Align::Right));
    columns.push((shown.score.name.to_owned(), Align::Right));
    let mut table = TextTable::new(columns);
    let base = study.atlas().base().territories();
    let mut rows = vec![("all communes".to_owned(), report.overall())];
    if let Some(focus) = focus {
        rows.push((focus.name.clone(), report.summary(|i, _| focus.inside[i])));
    }
    let inside = |i: usize| focus.is_none_or(|f| f.inside[i]);
    let its = if focus.is_some() { "its " } else { "" };
    rows.extend([Rurality::Rural, Rurality::Urban].map(|side| {
        (format!("{its}{side} communes"), report.summary(|i, t| inside(i) && t.rurality == Some(side)))
    }));
    rows.extend(
        DensityLevel::ALL
            .map(|d| (format!("  {d}"), report.summary(|i, _| inside(i) && base[i].density == Some(d)))),
    );
    rows.retain(|(_, summary)| summary.territories > 0);
    for (name, s) in rows {
        let mut row = vec![name, integer(s.population as i64)];
        row.extend([shown.cost(s.nearest_mean), shown.cost(s.nearest_median)]);
        row.extend(s.within.iter().map(|w| percent(*w)));
        row.push(percent((s.population > 0.0).then(|| s.population_without_nearest / s.population)));
        row.push(shown.score(s.score_mean));
        table.row(row)?;
    }
    say!("{table}");
    Ok(())
}

/// The communes of one territory, the farthest first.
fn print_communes(study: &Study, report: &AccessReport, shown: &Shown, focus: &Focus) -> Fallible {
    let base = study.atlas().base().territories();
    let actors = study.inventory().actors();
    let mut table = TextTable::new([
        ("commune", Align::Left),
        ("inhabitants", Align::Right),
        (shown.unit.name, Align::Right),
        (shown.score.name, Align::Right),
        ("nearest", Align::Left),
    ]);
    let rows = &report.territories;
    let cost = |i: usize| rows[i].nearest_cost().unwrap_or(f64::INFINITY);
    let mut order: Vec<usize> = (0..base.len()).filter(|&i| focus.inside[i]).collect();
    order.sort_by(|&a, &b| cost(b).total_cmp(&cost(a)).then(a.cmp(&b)));
    for i in order {
        let nearest = rows[i].nearest.first();
        table.row([
            base[i].name.clone(),
            base[i].population.map_or_else(String::new, |p| integer(p as i64)),
            shown.cost(rows[i].nearest_cost()),
            shown.score(rows[i].score),
            nearest.map_or_else(String::new, |n| actors[n.actor as usize].name.clone()),
        ])?;
    }
    say!("{table}");
    Ok(())
}

fn print_ends(study: &Study, report: &AccessReport, level: &Level, shown: &Shown) -> Fallible {
    let territories = study.atlas().level(level)?.territories();
    let summaries = study.access_by(level, report)?;
    let cost = |i: usize| summaries[i].nearest_mean.unwrap_or(f64::NAN);
    let mut order: Vec<usize> = (0..summaries.len()).filter(|&i| cost(i).is_finite()).collect();
    let without: Vec<&str> = (0..summaries.len())
        .filter(|&i| summaries[i].population > 0.0 && !cost(i).is_finite())
        .map(|i| territories[i].name.as_str())
        .collect();
    order.sort_by(|&a, &b| cost(b).total_cmp(&cost(a)).then(a.cmp(&b)));
    let right = |name: &str| (name.to_owned(), Align::Right);
    let mut table = TextTable::new([
        (level.to_string(), Align::Left),
        right("inhabitants"),
        right(&format!("nearest, mean {}", shown.unit.name)),
        right("in reach"),
        right(shown.score.name),
    ]);
    let mut add = |i: usize| {
        let s = &summaries[i];
        table.row([
            territories[i].name.clone(),
            integer(s.population as i64),
            shown.cost(s.nearest_mean),
            percent(s.covered_share),
            shown.score(s.score_mean),
        ])
    };
    let ends = 5.min(order.len() / 2);
    order[..ends].iter().try_for_each(|&i| add(i))?;
    order[order.len() - ends..].iter().try_for_each(|&i| add(i))?;
    say!("Farthest and nearest {level} of {}\n{table}", order.len());
    if !without.is_empty() {
        say!("No facility near: {}\n", without.join(", "));
    }
    Ok(())
}

fn print_inequality(study: &Study, report: &AccessReport) -> Fallible {
    let mut table = TextTable::new([
        ("inequality of the score, by", Align::Left),
        ("Gini", Align::Right),
        ("Theil", Align::Right),
        ("between", Align::Right),
        ("within", Align::Right),
    ]);
    let level = |level| study.atlas().level(&level).map(|l| l.membership().clone());
    let density = |t: &rurban::atlas::Territory| t.density.map_or(Labels::NONE, |d| d.rank() as u32);
    let density = study.atlas().base().territories().iter().map(density).collect();
    for (name, groups) in [
        ("rural or urban", report.rurality_labels()),
        ("density level", Labels::new(density, DensityLevel::ALL.len())?),
        ("région", level(Level::Region)?),
        ("département", level(Level::Departement)?),
    ] {
        let i = report.inequality(&groups)?;
        let part = |p: f64| percent((i.theil.total > 0.0).then(|| p / i.theil.total));
        let figures =
            [number(i.gini, 3), number(i.theil.total, 3), part(i.theil.between), part(i.theil.within)];
        table.row(std::iter::once(name.to_owned()).chain(figures))?;
    }
    say!("{table}");
    Ok(())
}

fn communes(study: &Study, report: &AccessReport) -> Fallible<Table<'static>> {
    let base = study.atlas().base().territories();
    let actors = study.inventory().actors();
    let text = |f: &dyn Fn(usize) -> String| (0..base.len()).map(f).collect::<Vec<String>>();
    let figure = |f: &dyn Fn(usize) -> Option<f64>| (0..base.len()).map(f).collect::<Vec<Option<f64>>>();
    let rows = &report.territories;
    let mut table = Table::new()
        .with("code", text(&|i| base[i].code.to_string()))?
        .with("name", text(&|i| base[i].name.clone()))?
        .with("population", figure(&|i| base[i].population))?
        .with("rurality", text(&|i| rows[i].rurality.map_or(String::new(), |r| r.to_string())))?
        .with("covered", text(&|i| rows[i].covered.key().to_owned()))?
        .with("score", figure(&|i| rows[i].score))?
        .with("opportunities", figure(&|i| rows[i].opportunities))?;
    for k in 0..3 {
        let near = |i: usize| rows[i].nearest.get(k);
        let name = |i| near(i).map_or(String::new(), |n| actors[n.actor as usize].id.to_string());
        table = table
            .with(format!("nearest_{}", k + 1), text(&name))?
            .with(format!("cost_{}", k + 1), figure(&|i| near(i).map(|n| n.cost)))?;
    }
    Ok(table)
}

fn units(study: &Study, report: &AccessReport, level: &Level) -> Fallible<Table<'static>> {
    let territories = study.atlas().level(level)?.territories();
    let rows = study.access_by(level, report)?;
    let figure = |f: &dyn Fn(&AccessSummary) -> Option<f64>| rows.iter().map(f).collect::<Vec<_>>();
    let count = |f: &dyn Fn(&AccessSummary) -> usize| rows.iter().map(f).collect::<Vec<_>>();
    let mut table = Table::new()
        .with("code", territories.iter().map(|t| t.code.to_string()).collect::<Vec<_>>())?
        .with("name", territories.iter().map(|t| t.name.clone()).collect::<Vec<_>>())?
        .with("communes", count(&|s| s.territories))?
        .with("measured", count(&|s| s.measured))?
        .with("population", figure(&|s| Some(s.population)))?
        .with("population_left_out", figure(&|s| Some(s.population_left_out)))?
        .with("covered_share", figure(&|s| s.covered_share))?
        .with("nearest_mean", figure(&|s| s.nearest_mean))?
        .with("nearest_median", figure(&|s| s.nearest_median))?
        .with("opportunities_mean", figure(&|s| s.opportunities_mean))?
        .with("score_mean", figure(&|s| s.score_mean))?;
    for (k, band) in report.bands.iter().enumerate() {
        table = table.with(format!("share_within_{band}"), figure(&|s| s.within[k]))?;
    }
    Ok(table)
}

/// Values above the one that 95 % stay below are drawn as that one: a few outliers would leave the
/// rest in one colour.
fn capped(mut values: Vec<f64>) -> (Vec<f64>, f64) {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let cap = sorted.get(sorted.len() * 95 / 100).copied().unwrap_or(f64::INFINITY);
    for value in values.iter_mut().filter(|v| **v > cap) {
        *value = cap;
    }
    (values, cap)
}

fn maps(study: &Study, report: &AccessReport, by: &Level, shown: &Shown, out: &Path) -> Fallible {
    let level = study.atlas().level(by)?;
    let layer = level.geometry().ok_or("the level has no outlines")?;
    let summaries = study.access_by(by, report)?;
    let value = |f: &dyn Fn(&AccessSummary) -> Option<f64>| -> Vec<f64> {
        summaries.iter().map(|s| f(s).unwrap_or(f64::NAN)).collect()
    };
    let unit = shown.unit;
    let pictures = [
        (
            "nearest.svg",
            format!("Way to the nearest {}, mean of each {by}", shown.facilities),
            unit.name,
            value(&|s| s.nearest_mean.map(|m| m / unit.size)),
        ),
        (
            "score.svg",
            format!("Access to {} ({}), mean of each {by}", shown.facilities, shown.measure),
            shown.score.name,
            value(&|s| s.score_mean.map(|m| m * shown.score.factor)),
        ),
    ];
    for (file, title, label, values) in pictures {
        let (values, cap) = capped(values);
        Choropleth {
            title: &format!("{title} (darkest: {} and more)", number(cap, 1)),
            value_label: label,
            layer,
            contours: Contours::Approximate,
            values: &values,
            colours: Colours::Sequential,
            lines: &[],
            points: &[],
            coordinates: Coordinates::Degrees,
            bounds: Some(Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] }),
        }
        .render()?
        .write_file(out.join(file))?;
    }
    Ok(())
}

/// The communes of one territory and the facilities in and around it.
fn map_of_communes(
    study: &Study,
    report: &AccessReport,
    shown: &Shown,
    focus: &Focus,
    out: &Path,
) -> Fallible {
    let layer = study.atlas().base().geometry().ok_or("the communes have no outlines")?;
    let mut bounds = Bounds::EMPTY;
    for part in (0..layer.len()).filter(|&i| focus.inside[i]).map(|i| layer.bounds(i)) {
        for [x, y] in [part.min, part.max] {
            bounds.include(Coord { x, y });
        }
    }
    if bounds.is_empty() {
        say!("{} has no outline to draw", focus.name);
        return Ok(());
    }
    let margin = 0.1 * (bounds.max[1] - bounds.min[1]);
    let bounds = Bounds { min: bounds.min.map(|v| v - margin), max: bounds.max.map(|v| v + margin) };
    let meets = |b: Bounds| (0..2).all(|k| b.min[k] <= bounds.max[k] && b.max[k] >= bounds.min[k]);
    let drawn: Vec<usize> = (0..layer.len()).filter(|&i| meets(layer.bounds(i))).collect();
    let layer = Layer::from_features(&drawn.iter().map(|&i| layer.to_multi_polygon(i)).collect::<Vec<_>>());
    let points: Vec<Coord<f64>> = (report.facilities.iter())
        .filter_map(|f| study.places()[f.actor as usize].point.map(Coord::from))
        .filter(|p| bounds.contains(*p))
        .collect();
    let value = |f: &dyn Fn(usize) -> Option<f64>| -> Vec<f64> {
        drawn.iter().map(|&i| Some(i).filter(|&i| focus.inside[i]).and_then(f).unwrap_or(f64::NAN)).collect()
    };
    let rows = &report.territories;
    for (file, title, label, values) in [
        (
            "nearest.svg",
            format!("{}: way to the nearest {}", focus.name, shown.facilities),
            shown.unit.name,
            value(&|i| rows[i].nearest_cost().map(|c| c / shown.unit.size)),
        ),
        (
            "score.svg",
            format!("{}: access to {} ({})", focus.name, shown.facilities, shown.measure),
            shown.score.name,
            value(&|i| rows[i].score.map(|s| s * shown.score.factor)),
        ),
    ] {
        Choropleth {
            title: &title,
            value_label: label,
            layer: &layer,
            contours: Contours::Approximate,
            values: &values,
            colours: Colours::Sequential,
            lines: &[],
            points: &points,
            coordinates: Coordinates::Degrees,
            bounds: Some(bounds),
        }
        .render()?
        .write_file(out.join(file))?;
    }
    Ok(())
}

fn curve(report: &AccessReport, shown: &Shown, focus: Option<&Focus>, out: &Path) -> Fallible {
    let far = 80.0;
    let lines = [Rurality::Rural, Rurality::Urban].map(|side| {
        let (mut x, mut y) = (vec![0.0], vec![0.0]);
        for (cost, share) in
            report.cumulative_shares(|i, t| t.rurality == Some(side) && focus.is_none_or(|f| f.inside[i]))
        {
            let (cost, share) = (cost / shown.unit.size, 100.0 * share);
            if cost > far {
                break;
            }
            // Steps of a tenth of a per cent are all that a picture shows.
            if share - y[y.len() - 1] >= 0.1 {
                x.extend([cost, cost]);
                y.extend([y[y.len() - 1], share]);
            }
        }
        x.push(far);
        y.push(y[y.len() - 1]);
        (x, y)
    });
    let names = ["rural", "urban"];
    let series =
        [0, 1].map(|k| Series { name: names[k], x: &lines[k].0, y: &lines[k].1, marks: Marks::Line });
    Plot {
        title: &format!(
            "{}: people by way to the nearest {}",
            focus.map_or("All communes", |f| f.name.as_str()),
            shown.facilities
        ),
        x_label: shown.unit.name,
        y_label: "% of the rural or urban population within",
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &series,
    }
    .render()?
    .write_file(out.join("nearest_shares.svg"))?;
    Ok(())
}
