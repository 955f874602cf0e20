//! What does a rural territory lack that fits what it does, who has it, how far, and do those that
//! cooperate already complement each other?
//!
//! `cargo run --release --example complementarity -- --territory "Portes de Gascogne" --nomenclature fields`

#![allow(clippy::print_stdout, reason = "an example shows its results")]
#![allow(clippy::cast_possible_wrap, reason = "counts are far below 2^63")]

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use common::{Fallible, file, known_level, positive, replicates};
use geo_types::Coord;
use rurban::complementarity::nomenclature::MaskedCells;
use rurban::diagnostics::Diagnostics;
use rurban::evidence::{Evidence, Measured, Null};
use rurban::france::{EmbeddedFrance, ReciprocityContract, SectorCount, SectorTable};
use rurban::matrix::Matrix;
use rurban::model::{Contours, Level, Rurality};
use rurban::profiles::{Codes, ProfileRules, Profiles};
use rurban::random::Seed;
use rurban::read::{ColumnNames, ProfileReader};
use rurban::space::Bounds;
use rurban::study::{
    ActivitySource, Complementarity, ComplementarityOptions, ComplementarityReport, Counting, Giving, Needs,
    PresenceRule, Search, Study, StudyOptions,
};
use rurban::write::Table;
use rurban::write::csv::{CsvStyle, write_csv_file};
use rurban::write::report::{Align, TextTable, number};
use rurban::write::svg::{Choropleth, Colours, Coordinates, HeatMap};

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Nomenclature {
    /// Employment by sector: a proxy by département.
    Sectors,
    /// Fields of research organisations, read from their names.
    Fields,
    /// What fablabs can do.
    Capabilities,
    /// Kinds of bodies: research centres, innovation places, public services …
    Bodies,
}

impl Nomenclature {
    const fn key(self) -> &'static str {
        match self {
            Self::Sectors => "sectors",
            Self::Fields => "fields",
            Self::Capabilities => "capabilities",
            Self::Bodies => "bodies",
        }
    }

    /// What the figures are not.
    const fn limits(self) -> &'static str {
        match self {
            Self::Sectors => {
                "Limits: employees concerned by applications for short-time work in July 2020, 17 groups by\n\
                 département: a proxy, not a census. It under-counts farming, finance and public services, and\n\
                 a territory has the profile of its département. Bring better figures with --table."
            }
            Self::Fields => {
                "Limits: fields are read from words of the names of organisations in ROR (six in ten have one),\n\
                 which are placed by city. An organisation counts 1 whatever its size."
            }
            Self::Capabilities => {
                "Limits: fablabs of 2017 as they describe themselves; later ones are missing."
            }
            Self::Bodies => {
                "Limits: bodies as the embedded lists have them; kinds of Interreg partners are read from names."
            }
        }
    }
}

/// What a territory lacks, who has it, and whether ties are complementary.
#[derive(Parser)]
struct Arguments {
    /// Name or code of the territory.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Its level: `petr_pays`, `epci`, `departement`, `region`, `attraction_area`.
    #[arg(long, default_value = "petr_pays", value_parser = known_level)]
    level: Level,
    /// What is compared; several with commas.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "sectors,fields,capabilities")]
    nomenclature: Vec<Nomenclature>,
    /// Column of the table by what it tells, as ROLE=NAME: territory, activity, `activity_name`, figure.
    #[arg(long = "column", value_name = "ROLE=NAME", requires = "table")]
    columns: Vec<String>,
    /// Your own figures by territory and activity (CSV, long or wide) in place of the embedded ones.
    #[arg(long, value_parser = file)]
    table: Option<PathBuf>,
    /// Level of the territories in your table.
    #[arg(long, default_value = "epci", requires = "table", value_parser = known_level)]
    table_level: Level,
    /// Cut the codes of your table to this many characters (NAF divisions: 2).
    #[arg(long, requires = "table")]
    digits: Option<usize>,
    /// How far away partners may be.
    #[arg(long, default_value_t = 300.0, value_parser = positive, allow_negative_numbers = true)]
    radius_km: f64,
    /// An activity is present where the location quotient, shrunken for small counts, is at least 1.
    #[arg(long)]
    shrunken: bool,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/complementarity")]
    out: PathBuf,
    /// Permutations of each test.
    #[arg(long, default_value_t = 999, value_parser = replicates, allow_negative_numbers = true)]
    permutations: usize,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let bar = common::Bar::default();
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(&bar)?;
    let (sectors, contracts) = (france.sectors, france.reciprocity_contracts);
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    let row = study.atlas().level(&arguments.level)?.search(&arguments.territory)?;
    let out = common::output(&arguments.out)?;

    if let Some(path) = &arguments.table {
        let mut rules = ProfileRules::default();
        if let Some(digits) = arguments.digits {
            rules = rules.codes(Codes::PrefixesOf(digits));
        }
        let reader = ProfileReader::new(arguments.table_level.clone(), "as in the table")
            .rules(rules)
            .columns(ColumnNames::parse(&arguments.columns)?)
            .renamed(&EmbeddedFrance::commune_code_history()?);
        let (giving, found) = reader.read_path(path, study.atlas())?;
        say!("\nTABLE {}\n{found}", path.display());
        let receiving = summed(&study, &giving, &arguments.level)?;
        let title = path.file_stem().map_or("table".into(), |s| s.to_string_lossy().into_owned());
        let subject = Subject { title: &title, limits: "", row, contracts: &contracts };
        examine(&study, &subject, &giving, receiving.as_ref(), &found, &arguments, &bar)?;
    } else {
        for &nomenclature in &arguments.nomenclature {
            let (giving, found) = profiles(&study, &sectors, nomenclature, None)?;
            let receiving = match nomenclature {
                Nomenclature::Sectors => summed(&study, &giving, &arguments.level)?,
                _ if *giving.level()? == arguments.level => None,
                _ => Some(profiles(&study, &sectors, nomenclature, Some(&arguments.level))?.0),
            };
            let subject = Subject {
                title: nomenclature.key(),
                limits: nomenclature.limits(),
                row,
                contracts: &contracts,
            };
            examine(&study, &subject, &giving, receiving.as_ref(), &found, &arguments, &bar)?;
        }
    }
    say!("\nTables and pictures are in {}", out.display());
    Ok(())
}

/// Profiles of the territories that could give, or of those of a level.
fn profiles(
    study: &Study,
    sectors: &SectorTable,
    nomenclature: Nomenclature,
    level: Option<&Level>,
) -> Fallible<(Profiles, Diagnostics)> {
    let source = match nomenclature {
        Nomenclature::Sectors => return Ok(sectors.profiles(study.atlas(), SectorCount::Employees)?),
        Nomenclature::Fields => ActivitySource::Themes("field"),
        Nomenclature::Capabilities => ActivitySource::Themes("capability"),
        Nomenclature::Bodies => ActivitySource::Kinds,
    };
    Ok(study.profiles(level.unwrap_or(&Level::Epci), source, Counting::Full)?)
}

/// The same figures for the territories of another level.
fn summed(study: &Study, giving: &Profiles, level: &Level) -> Fallible<Option<Profiles>> {
    if giving.level()? == level {
        return Ok(None);
    }
    let sum = giving.to_level(study.atlas(), level, MaskedCells::Propagate)?;
    if sum.split > 0 {
        say!(
            "{} of {} {} lie in several {level} or partly in one: their figures are split by population",
            sum.split,
            giving.table().regions(),
            giving.level()?
        );
    }
    Ok(Some(sum.profiles))
}

/// What is asked of one set of profiles.
struct Subject<'a> {
    title: &'a str,
    limits: &'a str,
    row: usize,
    contracts: &'a [ReciprocityContract],
}

fn examine(
    study: &Study,
    subject: &Subject<'_>,
    giving: &Profiles,
    receiving: Option<&Profiles>,
    found: &Diagnostics,
    arguments: &Arguments,
    bar: &common::Bar,
) -> Fallible {
    let mut options =
        ComplementarityOptions::default().permutations(arguments.permutations).seed(Seed(arguments.seed));
    if arguments.shrunken {
        options = options.presence(PresenceRule::Shrunken);
    }
    let compared = study.complementarity(giving, receiving, options)?;
    let search = Search::default().radius_m(arguments.radius_km * 1e3);
    let needs = compared.needs(subject.row, search)?;
    let report = compared.report(bar)?;
    say!("\n=== {} ===", subject.title.to_uppercase());
    let kinds: Vec<String> = found.counts().iter().map(|(kind, n)| format!("; {kind} {n}")).collect();
    say!("{} figures kept, {} left out{}", found.kept(), found.dropped(), kinds.concat());
    print_needs(&compared, &needs, arguments)?;
    print_report(&report)?;
    print_contracts(&compared, subject.contracts, study)?;
    say!("{}", subject.limits);

    let write = |name: &str, table: &Table<'_>| {
        write_csv_file(arguments.out.join(format!("{}_{name}.csv", subject.title)), table, CsvStyle::Standard)
    };
    write("needs", &needs_table(&compared, &needs)?)?;
    write("partners", &partners_table(&compared, &needs)?)?;
    write("sides", &sides_table(&report)?)?;
    write("evidence", &evidence_table(&report)?)?;
    write("profiles", &measures_table(&compared)?)?;
    write("pairs", &pairs_table(&compared, bar)?)?;
    pictures(&compared, &needs, subject, arguments)
}

fn km(distance_m: Option<f64>) -> String {
    distance_m.map_or_else(|| "–".to_owned(), |d| format!("{} km", number(d / 1e3, 0)))
}

/// Names of sectors are long.
fn short(name: &str) -> String {
    if name.chars().count() <= 56 {
        return name.to_owned();
    }
    name.chars().take(55).chain(['…']).collect()
}

fn print_needs(compared: &Complementarity<'_>, needs: &Needs, arguments: &Arguments) -> Fallible {
    let name = |i: usize| short(&compared.activities()[i].name);
    let giver = |row: usize| compared.giving_row(row).map_or("", |r| r.name.as_str());
    say!(
        "{} ({}, {}), against {} rows ({}) of the other side within {} km",
        needs.row.name,
        arguments.level,
        needs.row.rurality.map_or_else(|| "of unknown rurality".to_owned(), |r| r.to_string()),
        needs.considered,
        compared.giving().level()?,
        arguments.radius_km
    );
    if needs.has.is_empty() && !needs.unknown.is_empty() {
        say!("None of the figures known of it is above zero: nothing tells what would fit.");
    } else if needs.has.is_empty() {
        say!("It has none of these activities: it lacks everything, and nothing tells what would fit.");
    } else {
        let mut table = TextTable::new([
            ("what it is specialised in", Align::Left),
            (compared.giving().unit(), Align::Right),
            ("location quotient", Align::Right),
            ("95 % interval", Align::Right),
        ]);
        for s in needs.has.iter().take(6) {
            let interval = format!("{} to {}", number(s.interval.0, 2), number(s.interval.1, 2));
            table.row([name(s.activity), number(s.count, 0), number(s.location_quotient, 2), interval])?;
        }
        say!("{table}");
    }
    let mut table = TextTable::new([
        ("what it lacks", Align::Left),
        ("location quotient", Align::Right),
        ("fit %", Align::Right),
        ("who has it", Align::Right),
        ("nearest", Align::Left),
    ]);
    for need in needs.lacks.iter().take(8) {
        let nearest: Vec<String> = need
            .holders
            .iter()
            .map(|h| {
                let links = match h.links.len() {
                    0 => String::new(),
                    1 => ", 1 link".to_owned(),
                    n => format!(", {n} links"),
                };
                format!("{} ({}{links})", giver(h.row), km(h.distance_m))
            })
            .collect();
        table.row([
            name(need.activity),
            number(need.location_quotient, 2),
            number(need.fit, 0),
            need.holders_within.to_string(),
            nearest.join("; "),
        ])?;
    }
    say!("{table}");
    if !needs.unknown.is_empty() {
        let unknown: Vec<String> = needs.unknown.iter().map(|&i| name(i)).collect();
        say!("Not known (withheld or not in the source): {}", unknown.join("; "));
    }
    let mut table = TextTable::new([
        ("partner", Align::Left),
        ("gained", Align::Right),
        ("given back", Align::Right),
        ("distance", Align::Right),
        ("links", Align::Right),
        ("mostly", Align::Left),
    ]);
    for p in needs.partners.iter().take(8) {
        let mostly: Vec<String> = p.gained.iter().take(2).map(|g| name(g.0)).collect();
        table.row([
            giver(p.row).to_owned(),
            number(p.score, 1),
            number(p.returned, 1),
            km(p.distance_m),
            p.links.len().to_string(),
            mostly.join("; "),
        ])?;
    }
    say!("{table}");
    if let (Some(need), Some(best)) = (needs.lacks.first(), needs.partners.first()) {
        let fits = if need.fit > 0.0 {
            format!(", which fits what it does at {} %", number(need.fit, 0))
        } else {
            String::new()
        };
        say!("In short: {} lacks {:?}{fits}.", needs.row.name, name(need.activity));
        let near: Vec<String> =
            need.holders.iter().map(|h| format!("{} at {}", giver(h.row), km(h.distance_m))).collect();
        say!("Those that have it: {}.", if near.is_empty() { "none".to_owned() } else { near.join(", ") });
        let pointing: Vec<u32> = need.holders.iter().flat_map(|h| h.links.iter().copied()).collect();
        say!("Cooperations that point there already: {}.", cooperations(compared.study(), &pointing));
        say!("All in all it could gain most from {} ({}).", giver(best.row), km(best.distance_m));
    }
    Ok(())
}

/// Who is tied to whom by these links.
fn cooperations(study: &Study, links: &[u32]) -> String {
    let name = |actor: u32| study.inventory().actors()[actor as usize].name.as_str();
    let mut shown: Vec<String> = links
        .iter()
        .take(3)
        .map(|&l| &study.links()[l as usize])
        .map(|l| format!("{} – {} ({})", name(l.a), name(l.b), l.kind))
        .collect();
    match links.len() {
        0 => shown.push("none".to_owned()),
        n if n > 3 => shown.push(format!("{} more", n - 3)),
        _ => {}
    }
    shown.join("; ")
}

fn print_report(report: &ComplementarityReport) -> Fallible {
    let c = &report.coverage;
    say!(
        "\nOver all: {} rows ({} without any activity, {} of unknown rurality), {} activities, {} cells withheld,\n\
         {} links between rows, {} within one, {} with an end in none",
        c.rows,
        c.empty_rows,
        c.unlabelled,
        c.activities,
        c.masked,
        c.links,
        c.links_within,
        c.links_outside
    );
    let mut table = TextTable::new([
        ("who gains", Align::Left),
        ("from", Align::Left),
        ("all pairs", Align::Right),
        ("tied pairs", Align::Right),
        ("ratio", Align::Right),
        ("ties", Align::Right),
        ("most gained over ties", Align::Left),
    ]);
    for s in &report.sides {
        let value = |m: &Measured<f64>| m.value().map_or_else(|| "–".to_owned(), |v| number(*v, 1));
        let most = s
            .realised_by_activity
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
            .map_or_else(String::new, |(i, _)| short(&report.activities[i].name));
        table.row([
            s.receiving.to_string(),
            s.giving.to_string(),
            value(&s.potential),
            value(&s.realised),
            s.ratio.map_or_else(|| "–".to_owned(), |r| number(r, 2)),
            s.ties.to_string(),
            most,
        ])?;
    }
    say!("{table}");
    let mut table = TextTable::new([
        ("rural–urban ties against", Align::Left),
        ("observed", Align::Right),
        ("expected", Align::Right),
        ("ratio", Align::Right),
        ("z", Align::Right),
        ("p", Align::Right),
    ]);
    for t in &report.tests {
        let Some(e) = t.evidence.value() else {
            say!("  {}: {}", t.against, t.evidence.reason().unwrap_or_default());
            continue;
        };
        let shown = |v: Option<f64>, digits| v.map_or_else(|| "–".to_owned(), |v| number(v, digits));
        table.row([
            t.against.clone(),
            number(e.observed, 2),
            number(e.expected, 2),
            shown(t.ratio, 2),
            shown(e.z, 2),
            shown(e.p, 3),
        ])?;
    }
    say!("{table}");
    Ok(())
}

/// Where the city of each reciprocity contract stands for its rural partner: who knows the territory
/// chose it, so a measure that ranks it by chance would say little.
fn print_contracts(
    compared: &Complementarity<'_>,
    contracts: &[ReciprocityContract],
    study: &Study,
) -> Fallible {
    let territory = |id: &str| {
        let actor = &study.inventory().actors()[study.inventory().find(id)?];
        actor.territory.clone()
    };
    let (giving, receiving) = (compared.giving().level()?.clone(), compared.receiving().level()?.clone());
    let mut ranks = Vec::new();
    for contract in contracts {
        let (Some((urban, city)), Some((rural, pays))) =
            (territory(contract.urban.as_str()), territory(contract.rural.as_str()))
        else {
            continue;
        };
        if urban != giving || rural != receiving {
            continue;
        }
        let (Some(s), Some(r)) = (
            study.atlas().level(&giving)?.find(city.as_str()),
            study.atlas().level(&receiving)?.find(pays.as_str()),
        ) else {
            continue;
        };
        let search = Search::default().giving(Giving::Side(Rurality::Urban)).radius_m(200e3);
        if let Some(rank) = compared.rank(r, s, search)? {
            say!(
                "contract {} – {}: the city is number {} of {} urban {giving} within 200 km",
                compared.receiving_row(r).map_or("", |r| r.name.as_str()),
                compared.giving_row(s).map_or("", |r| r.name.as_str()),
                number(rank.rank, 0),
                rank.of
            );
            ranks.push(rank.percentile());
        }
    }
    if ranks.len() > 1 {
        // The mean of n uniform numbers.
        let n = ranks.len();
        let mean = ranks.iter().sum::<f64>() / n as f64;
        let e = Evidence::closed_form(Null::Model, mean, 0.5, Some(1.0 / (12.0 * n as f64)), n);
        say!(
            "mean percentile of {n} contracts {} (½ by chance, z {})",
            number(mean, 2),
            number(e.z.unwrap_or(f64::NAN), 2)
        );
    }
    Ok(())
}

fn needs_table(compared: &Complementarity<'_>, needs: &Needs) -> Fallible<Table<'static>> {
    let actors = compared.study().inventory().actors();
    let mut rows = Vec::new();
    for need in &needs.lacks {
        let none = need.holders.is_empty().then_some(None);
        rows.extend(need.holders.iter().map(Some).chain(none).map(|holder| (need, holder)));
    }
    let giver = |h: &rurban::study::Holder| compared.giving_row(h.row);
    let activity = |need: &rurban::study::Need| &compared.activities()[need.activity];
    Ok(Table::new()
        .with("activity", rows.iter().map(|r| activity(r.0).code.to_string()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| activity(r.0).name.clone()).collect::<Vec<_>>())?
        .with("count", rows.iter().map(|r| Some(r.0.count)).collect::<Vec<_>>())?
        .with("location_quotient", rows.iter().map(|r| Some(r.0.location_quotient)).collect::<Vec<_>>())?
        .with("fit", rows.iter().map(|r| Some(r.0.fit)).collect::<Vec<_>>())?
        .with("holders", rows.iter().map(|r| r.0.holders_within as i64).collect::<Vec<_>>())?
        .with(
            "holder_code",
            rows.iter()
                .map(|r| r.1.and_then(giver).map_or_else(String::new, |g| g.code.clone()))
                .collect::<Vec<_>>(),
        )?
        .with(
            "holder",
            rows.iter()
                .map(|r| r.1.and_then(giver).map_or_else(String::new, |g| g.name.clone()))
                .collect::<Vec<_>>(),
        )?
        .with("distance_m", rows.iter().map(|r| r.1.and_then(|h| h.distance_m)).collect::<Vec<_>>())?
        .with("holder_count", rows.iter().map(|r| r.1.map(|h| h.count)).collect::<Vec<_>>())?
        .with("holder_quotient", rows.iter().map(|r| r.1.map(|h| h.location_quotient)).collect::<Vec<_>>())?
        .with("links", rows.iter().map(|r| r.1.map_or(0, |h| h.links.len() as i64)).collect::<Vec<_>>())?
        .with(
            "actors",
            rows.iter()
                .map(|r| {
                    let names = r.1.iter().flat_map(|h| &h.actors).take(5);
                    names.map(|&a| actors[a as usize].name.as_str()).collect::<Vec<_>>().join("; ")
                })
                .collect::<Vec<_>>(),
        )?)
}

fn partners_table(compared: &Complementarity<'_>, needs: &Needs) -> Fallible<Table<'static>> {
    let all = &needs.partners;
    let parts = |list: &[(usize, f64)]| {
        let part = |p: &(usize, f64)| format!("{} {}", compared.activities()[p.0].name, number(p.1, 1));
        list.iter().take(5).map(part).collect::<Vec<_>>().join("; ")
    };
    let row = |r: usize| compared.giving_row(r);
    Ok(Table::new()
        .with(
            "code",
            all.iter().map(|p| row(p.row).map_or_else(String::new, |r| r.code.clone())).collect::<Vec<_>>(),
        )?
        .with(
            "name",
            all.iter().map(|p| row(p.row).map_or_else(String::new, |r| r.name.clone())).collect::<Vec<_>>(),
        )?
        .with("gained", all.iter().map(|p| Some(p.score)).collect::<Vec<_>>())?
        .with("returned", all.iter().map(|p| Some(p.returned)).collect::<Vec<_>>())?
        .with("distance_m", all.iter().map(|p| p.distance_m).collect::<Vec<_>>())?
        .with("links", all.iter().map(|p| p.links.len() as i64).collect::<Vec<_>>())?
        .with("gained_in", all.iter().map(|p| parts(&p.gained)).collect::<Vec<_>>())?
        .with("brought_by", all.iter().map(|p| parts(&p.brought)).collect::<Vec<_>>())?)
}

fn sides_table(report: &ComplementarityReport) -> Fallible<Table<'static>> {
    let rows: Vec<_> = report
        .sides
        .iter()
        .flat_map(|s| report.activities.iter().enumerate().map(move |(i, a)| (s, i, a)))
        .collect();
    Ok(Table::new()
        .with("receiving", rows.iter().map(|r| r.0.receiving.to_string()).collect::<Vec<_>>())?
        .with("giving", rows.iter().map(|r| r.0.giving.to_string()).collect::<Vec<_>>())?
        .with("activity", rows.iter().map(|r| r.2.code.to_string()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.2.name.clone()).collect::<Vec<_>>())?
        .with(
            "potential",
            rows.iter().map(|r| r.0.potential_by_activity.get(r.1).copied()).collect::<Vec<_>>(),
        )?
        .with(
            "realised",
            rows.iter().map(|r| r.0.realised_by_activity.get(r.1).copied()).collect::<Vec<_>>(),
        )?)
}

fn evidence_table(report: &ComplementarityReport) -> Fallible<Table<'static>> {
    let of = |f: &dyn Fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        report.tests.iter().map(|t| t.evidence.value().and_then(f)).collect()
    };
    Ok(Table::new()
        .with("against", report.tests.iter().map(|t| t.against.clone()).collect::<Vec<_>>())?
        .with("observed", of(&|e| Some(e.observed)))?
        .with("expected", of(&|e| Some(e.expected)))?
        .with("sd", of(&|e| e.sd))?
        .with("z", of(&|e| e.z))?
        .with("p", of(&|e| e.p))?
        .with("ratio", report.tests.iter().map(|t| t.ratio).collect::<Vec<_>>())?)
}

fn measures_table(compared: &Complementarity<'_>) -> Fallible<Table<'static>> {
    let rows = compared.profile_measures()?;
    let value = |f: &dyn Fn(&rurban::study::ProfileMeasures) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
    Ok(Table::new()
        .with("code", rows.iter().map(|r| r.row.code.clone()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.row.name.clone()).collect::<Vec<_>>())?
        .with("total", value(&|r| r.total))?
        .with("diversity", rows.iter().map(|r| i64::from(r.diversity)).collect::<Vec<_>>())?
        .with("herfindahl", value(&|r| r.herfindahl))?
        .with("shannon", value(&|r| r.shannon))?
        .with("hachman", value(&|r| r.hachman))?
        .with("krugman", value(&|r| r.krugman))?
        .with("complexity", value(&|r| r.complexity))?)
}

/// The three best partners of every receiving row within 150 km.
fn pairs_table(compared: &Complementarity<'_>, bar: &common::Bar) -> Fallible<Table<'static>> {
    let partners = compared.partners(Search::default().radius_m(150e3).limits(0, 0, 3), bar)?;
    let rows: Vec<_> =
        partners.iter().enumerate().flat_map(|(r, list)| list.iter().map(move |p| (r, p))).collect();
    let names = |row: &dyn Fn(usize) -> String| (0..rows.len()).map(row).collect::<Vec<String>>();
    let receiver = |i: usize| compared.receiving_row(rows[i].0);
    let giver = |i: usize| compared.giving_row(rows[i].1.region as usize);
    Ok(Table::new()
        .with("receiving_code", names(&|i| receiver(i).map_or_else(String::new, |r| r.code.clone())))?
        .with("receiving", names(&|i| receiver(i).map_or_else(String::new, |r| r.name.clone())))?
        .with("giving_code", names(&|i| giver(i).map_or_else(String::new, |r| r.code.clone())))?
        .with("giving", names(&|i| giver(i).map_or_else(String::new, |r| r.name.clone())))?
        .with("score", rows.iter().map(|r| r.1.score).collect::<Vec<_>>())?
        .with("distance_m", rows.iter().map(|r| r.1.distance_m).collect::<Vec<_>>())?)
}

fn pictures(
    compared: &Complementarity<'_>,
    needs: &Needs,
    subject: &Subject<'_>,
    arguments: &Arguments,
) -> Fallible {
    let file = |name: &str| -> PathBuf { arguments.out.join(format!("{}_{name}.svg", subject.title)) };
    heat_map(compared, needs, subject.row, &file("heatmap"))?;

    let level = compared.study().atlas().level(compared.giving().level()?)?;
    let Some(layer) = level.geometry() else { return Ok(()) };
    let search = Search::default();
    let scores: Vec<f64> = (0..layer.len())
        .map(|s| {
            let shown = compared.rank(subject.row, s, search).ok().flatten().is_some();
            if shown { compared.score(subject.row, s) } else { f64::NAN }
        })
        .collect();
    let point = |p: Option<rurban::space::LonLat>| p.map(Coord::from);
    let mainland = Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] };
    let own = point(needs.row.point);
    let lines: Vec<[Coord<f64>; 2]> = needs
        .partners
        .iter()
        .filter_map(|p| Some([own?, point(compared.giving_row(p.row)?.point)?]))
        .collect();
    let title = format!("What {} could gain: {}", needs.row.name, subject.title);
    Choropleth {
        title: &title,
        value_label: "gain in [0, 100]",
        layer,
        contours: level.geometry_quality().map_or(Contours::Surveyed, Contours::from),
        values: &scores,
        colours: Colours::Sequential,
        lines: &lines,
        points: own.as_slice(),
        coordinates: Coordinates::Degrees,
        bounds: Some(mainland),
    }
    .render()?
    .write_file(file("map"))?;
    Ok(())
}

/// What each of the best partners adds to each activity that is lacking.
fn heat_map(compared: &Complementarity<'_>, needs: &Needs, row: usize, path: &Path) -> Fallible {
    if needs.lacks.is_empty() || needs.partners.is_empty() {
        return Ok(());
    }
    let stacked = compared.linkages().regions() - compared.receiving().table().regions() + row;
    let activities: Vec<String> =
        needs.lacks.iter().map(|n| short(&compared.activities()[n.activity].name)).collect();
    let partners: Vec<String> = needs
        .partners
        .iter()
        .map(|p| compared.giving_row(p.row).map_or_else(String::new, |r| r.name.clone()))
        .collect();
    let added: Vec<Vec<f64>> =
        needs.partners.iter().map(|p| compared.linkages().added_density(stacked, p.row)).collect();
    let values =
        needs.lacks.iter().flat_map(|n| added.iter().map(move |column| column[n.activity])).collect();
    HeatMap {
        title: &format!("What partners add to what {} lacks (relatedness density, %)", needs.row.name),
        rows: &activities,
        columns: &partners,
        values: &Matrix::from_rows(activities.len(), partners.len(), values)?,
        colours: Colours::Sequential,
    }
    .render()?
    .write_file(path)?;
    Ok(())
}
