//! Who lives in what kind of territory, how much thresholds decide, do like territories lie side
//! by side, and how unequally are they endowed?
//!
//! `cargo run --release --example rurality -- --level petr_pays --value link_density`

#![allow(clippy::print_stdout, reason = "an example shows its results")]
#![allow(clippy::cast_possible_wrap, reason = "counts are far below 2^63")]

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Fallible, file, known_level, replicates};
use rurban::autocorrelation::{LocalInference, Test};
use rurban::evidence::Evidence;
use rurban::evidence::Measured;
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::region_of_programme;
use rurban::labels::Labels;
use rurban::model::Contours;
use rurban::model::{DensityLevel, Level};
use rurban::random::Seed;
use rurban::read::csv::Reader;
use rurban::read::{ColumnNames, Role, territory_values_by};
use rurban::space::Bounds;
use rurban::study::{
    Amounts, RuralityRules, SpatialClass, SpatialOptions, SpatialStructure, Spread, Study, StudyOptions,
    TerritoryClasses, TerritoryScore, Typology,
};
use rurban::typology::RegionRules;
use rurban::write::Table;
use rurban::write::csv::{CsvStyle, write_csv_file};
use rurban::write::report::{Align, TextTable, integer, number};
use rurban::write::svg::{Axis, ClassColours, ClassMap, Coordinates, Marks, Plot, Series};

/// Rurality, spatial structure and inequality of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Level whose spatial structure is measured: commune, epci, `petr_pays`, departement …
    #[arg(long, default_value = "epci", value_parser = known_level)]
    level: Level,
    /// What is measured of its territories: `population_density`, `rural_share`, `actor_density`,
    /// `link_density`, `urban_rural_link_share`, `urban_exposure`, `research_distance` or
    /// `innovation_distance`.
    #[arg(long, default_value = "research_distance")]
    value: TerritoryScore,
    /// CSV file with territory codes and figures of your own to measure instead.
    #[arg(long, requires = "column", value_parser = file)]
    table: Option<PathBuf>,
    /// Its column of figures, or another one by what it tells (territory=NAME); may be given several times.
    #[arg(long, requires = "table", value_name = "NAME")]
    column: Vec<String>,
    /// The figures are amounts: count them per 10,000 inhabitants.
    #[arg(long, requires = "table")]
    per_inhabitant: bool,
    /// Random replicates of each global test.
    #[arg(long, default_value_t = 999, value_parser = replicates, allow_negative_numbers = true)]
    permutations: usize,
    /// Random replicates of the test of each territory.
    #[arg(long, default_value_t = 9_999, value_parser = replicates, allow_negative_numbers = true)]
    local_permutations: usize,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/rurality")]
    out: PathBuf,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let bar = common::Bar::default();
    let mut france = EmbeddedFrance::load()?;
    france.atlas.level(&arguments.level)?;
    france.draw_approximate_outlines(&bar)?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    let out = common::output(&arguments.out)?;

    typologies(&study, &out)?;
    what_if(&study, &out)?;
    let (label, values) = if let Some(table) = &arguments.table {
        own_values(&study, &arguments, table)?
    } else {
        let measures = study.territory_measures(&arguments.level, &study.reach(&bar)?)?;
        let score = arguments.value;
        (score.label().to_owned(), measures.iter().map(|m| score.of(m)).collect())
    };
    structure(&study, &arguments, &label, &values, &out)?;
    if values.iter().any(|v| *v < 0.0) {
        say!("\nInequality is not measured: some values are negative");
    } else {
        inequality(&study, &arguments.level, &label, &values, &out)?;
    }
    eafrd(&study)?;
    say!("\nTables and pictures are in {}", out.display());
    Ok(())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |s| format!("{:.1} %", 100.0 * s))
}

fn typologies(study: &Study, out: &Path) -> Fallible {
    let rules = RuralityRules::default();
    let of = |t: Typology| study.typology(&t, &rules);
    let communes = of(Typology::Rurality(Level::Commune))?;
    say!("\n{} of people live in rural communes", percent(communes.shares[0].population_share));
    let areas = study.atlas().level(&Level::AttractionArea)?;
    let population = |inside: bool| -> f64 {
        let base = study.atlas().base().territories().iter().enumerate();
        base.filter(|(i, _)| !inside || areas.membership().get(*i).is_some())
            .filter_map(|(_, t)| t.population)
            .sum()
    };
    let share = percent(Some(population(true) / population(false)));
    say!("{share} live in one of {} attraction areas", areas.territories().len());

    let all = [
        ("Density level of communes", "density", of(Typology::Density)?),
        ("Communes", "degree", of(Typology::Degree3)?),
        ("Rural communes and cities", "setting", of(Typology::Setting)?),
        ("INSEE's rural typology of communes", "insee", of(Typology::Attribute("rural typology".into()))?),
        ("EPCI", "epci", of(Typology::Intermunicipal(Level::Epci))?),
        ("PETR/Pays, by majority", "petr_pays", of(Typology::Rurality(Level::PetrPays))?),
        ("Départements", "departements", of(Typology::Regional(Level::Departement))?),
    ];
    let mut rows: Vec<(&str, &rurban::study::ClassShare)> = Vec::new();
    for (title, key, classes) in &all {
        let mut table = TextTable::new([
            (*title, Align::Left),
            ("territories", Align::Right),
            ("population", Align::Right),
            ("share", Align::Right),
            ("km²", Align::Right),
        ]);
        for s in classes.shares.iter().filter(|s| s.territories > 0) {
            table.row([
                s.class.clone(),
                integer(s.territories as i64),
                integer(s.population as i64),
                percent(s.population_share),
                integer(s.area_km2 as i64),
            ])?;
            rows.push((key, s));
        }
        say!("\n{table}");
        class_map(study, classes, title, &out.join(format!("typology_{key}.svg")))?;
    }
    let ours = &all[2].2;
    let crossed = ours.compare(&all[3].2, study.atlas().base().territories())?;
    say!(
        "Communes by setting against INSEE's rural typology: adjusted mutual information {:.3} ({} left out)",
        crossed.agreement.ami,
        crossed.left_out
    );
    let table = Table::new()
        .with("typology", rows.iter().map(|r| r.0).collect::<Vec<_>>())?
        .with("class", rows.iter().map(|r| r.1.class.as_str()).collect::<Vec<_>>())?
        .with("territories", rows.iter().map(|r| r.1.territories).collect::<Vec<_>>())?
        .with("population", rows.iter().map(|r| r.1.population).collect::<Vec<_>>())?
        .with("population_share", rows.iter().map(|r| r.1.population_share).collect::<Vec<_>>())?
        .with("area_km2", rows.iter().map(|r| r.1.area_km2).collect::<Vec<_>>())?;
    write_csv_file(out.join("typologies.csv"), &table, CsvStyle::Standard)?;
    Ok(())
}

fn what_if(study: &Study, out: &Path) -> Fallible {
    let official = RuralityRules::default();
    let regions = RegionRules::default();
    let cases = [
        ("PETR/Pays rural above 40 %", Typology::Rurality(Level::PetrPays), official.rural_above(0.4)),
        ("PETR/Pays rural above 60 %", Typology::Rurality(Level::PetrPays), official.rural_above(0.6)),
        (
            "small towns are rural, PETR/Pays",
            Typology::Rurality(Level::PetrPays),
            official.rural_from(DensityLevel::SmallTown),
        ),
        ("periurban from poles of 20,000", Typology::Setting, official.periurban_pole(20_000.0)),
        (
            "départements rural above 60 %",
            Typology::Regional(Level::Departement),
            official.regions(regions.bounds(regions.urban_below, 0.6)),
        ),
    ];
    say!("\nWHAT IF");
    let mut rows = Vec::new();
    for (name, typology, changed) in &cases {
        let switched = study.typology_what_if(typology, &official, changed)?;
        let people: f64 = switched.iter().filter_map(|s| s.population).sum();
        say!("{name}: {} switch, {} inhabitants", switched.len(), integer(people as i64));
        let shown = |c: &Option<String>| c.clone().unwrap_or_else(|| "–".into());
        for s in switched.iter().take(2) {
            say!("  {} ({}): {} to {}", s.name, s.code, shown(&s.from), shown(&s.to));
        }
        rows.extend(switched.into_iter().map(|s| (*name, s)));
    }
    let table = Table::new()
        .with("change", rows.iter().map(|r| r.0).collect::<Vec<_>>())?
        .with("code", rows.iter().map(|r| r.1.code.as_str()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.1.name.as_str()).collect::<Vec<_>>())?
        .with("population", rows.iter().map(|r| r.1.population).collect::<Vec<_>>())?
        .with("from", rows.iter().map(|r| r.1.from.clone()).collect::<Vec<_>>())?
        .with("to", rows.iter().map(|r| r.1.to.clone()).collect::<Vec<_>>())?;
    write_csv_file(out.join("what_if.csv"), &table, CsvStyle::Standard)?;
    Ok(())
}

/// What a table of the user's own says of the territories, and what to call it.
fn own_values(study: &Study, arguments: &Arguments, path: &Path) -> Fallible<(String, Vec<f64>)> {
    let level = study.atlas().level(&arguments.level)?;
    let roles: Vec<&String> = arguments.column.iter().filter(|c| c.contains('=')).collect();
    let names = ColumnNames::parse(&roles)?;
    let plain = arguments.column.iter().find(|c| !c.contains('='));
    let column = plain
        .map(String::as_str)
        .or(names.get(Role::Figure))
        .ok_or("--column: name the column of figures")?;
    let table = Reader::default().open_path(path)?;
    let book = EmbeddedFrance::code_book()?;
    let (mut values, found) = territory_values_by(table, level, column, &names, &book)?;
    say!("\nFIGURES {}\n{found}", path.display());
    if !arguments.per_inhabitant {
        return Ok((column.to_owned(), values));
    }
    for (value, territory) in values.iter_mut().zip(level.territories()) {
        *value *= 10_000.0 / territory.population.filter(|p| *p > 0.0).unwrap_or(f64::NAN);
    }
    Ok((format!("{column} per 10,000 inhabitants"), values))
}

fn structure(study: &Study, arguments: &Arguments, label: &str, values: &[f64], out: &Path) -> Fallible {
    let (level, permutations, seed) = (&arguments.level, arguments.permutations, Seed(arguments.seed));
    let local = LocalInference::ConditionalPermutation { permutations: arguments.local_permutations, seed };
    let options = SpatialOptions::default().test(Test::Permutation { permutations, seed }).local(local);
    let found = study.spatial_structure(level, values, &options)?;
    let c = &found.coverage;
    say!("\nDO LIKE TERRITORIES LIE SIDE BY SIDE? {}, {level}", label);
    say!(
        "neighbours: {} ({:.1} on average); {} territories, {} without a value, {} without a neighbour",
        c.neighbourhood,
        c.mean_neighbours,
        c.territories,
        c.without_value,
        c.islands
    );
    let mut table = TextTable::new([
        ("measure", Align::Left),
        ("observed", Align::Right),
        ("expected", Align::Right),
        ("z", Align::Right),
        ("p", Align::Right),
    ]);
    let mut row = |name: &str, e: &Evidence| {
        let shown = |v: Option<f64>, d| v.map_or_else(|| "–".to_owned(), |v| number(v, d));
        table.row([name.into(), number(e.observed, 4), number(e.expected, 4), shown(e.z, 2), shown(e.p, 4)])
    };
    row("Moran's I", &found.moran)?;
    row("Geary's c", &found.geary)?;
    if let Some(g) = found.general_g.value() {
        row("general G", g)?;
    }
    let sides = study.typology(&Typology::Rurality(level.clone()), &RuralityRules::default())?;
    let joins = study.class_joins(level, &sides.labels, &options)?.joins;
    row("rural–rural joins", &joins.same[0])?;
    row("urban–urban joins", &joins.same[1])?;
    if let Some((.., e)) = joins.different.first() {
        row("rural–urban joins", e)?;
    }
    say!("{table}");
    for (class, n) in SpatialClass::ALL.iter().zip(found.class_counts()) {
        say!("  {}: {n}", class.label());
    }
    let (hot, cold) = found.spots();
    say!("{hot} hot spots and {cold} cold spots at a false discovery rate of 5 %");
    write_csv_file(out.join("spatial.csv"), &spatial_table(study, level, &found)?, CsvStyle::Standard)?;

    let of =
        found.territories.iter().map(|t| t.class).map(|class| {
            SpatialClass::ALL.iter().position(|c| *c == class).map_or(Labels::NONE, |c| c as u32)
        });
    let labels = Labels::new(of.collect(), SpatialClass::ALL.len())?;
    let classes: Vec<String> = SpatialClass::ALL.iter().map(|c| c.label().to_owned()).collect();
    let title = format!("Clusters and outliers: {label}, {level}");
    map(study, level, &labels, &classes, &title, ClassColours::Clusters, &out.join("clusters.svg"))?;

    let pairs = found.territories.iter().filter_map(|t| Some((t.value?, t.lag?)));
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let title = format!("Moran scatter plot, I = {:.3}", found.moran.observed);
    Plot {
        title: &title,
        x_label: label,
        y_label: "mean of the neighbours",
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &[Series { name: "", x: &x, y: &y, marks: Marks::Dots }],
    }
    .render()?
    .write_file(out.join("moran.svg"))?;
    Ok(())
}

fn spatial_table<'a>(study: &'a Study, level: &Level, found: &SpatialStructure) -> Fallible<Table<'a>> {
    let territories = study.atlas().level(level)?.territories();
    let rows = &found.territories;
    Ok(Table::new()
        .with("code", territories.iter().map(|t| t.code.as_str()).collect::<Vec<_>>())?
        .with("name", territories.iter().map(|t| t.name.as_str()).collect::<Vec<_>>())?
        .with("value", rows.iter().map(|r| r.value).collect::<Vec<_>>())?
        .with("neighbours", rows.iter().map(|r| r.neighbours).collect::<Vec<_>>())?
        .with("neighbours_mean", rows.iter().map(|r| r.lag).collect::<Vec<_>>())?
        .with("local_moran", rows.iter().map(|r| r.local_moran).collect::<Vec<_>>())?
        .with("local_moran_q", rows.iter().map(|r| r.local_moran_q).collect::<Vec<_>>())?
        .with("class", rows.iter().map(|r| r.class.label()).collect::<Vec<_>>())?
        .with("gi_star_z", rows.iter().map(|r| r.gi_star_z).collect::<Vec<_>>())?
        .with("gi_star_q", rows.iter().map(|r| r.gi_star_q).collect::<Vec<_>>())?)
}

fn inequality(study: &Study, level: &Level, label: &str, values: &[f64], out: &Path) -> Fallible {
    let spread = study.spread(level, values, Amounts::PerInhabitant)?;
    say!("\nHOW UNEQUALLY? {}, {level}, each inhabitant counted once", label);
    print_spread(&spread);
    let sides = study.typology(&Typology::Rurality(level.clone()), &RuralityRules::default())?.labels;
    for (name, groups) in [("rural and urban", sides), ("régions", study.containing(level, &Level::Region)?)]
    {
        match &spread.by(&groups)?.theil_t {
            Measured::Value(d) => say!(
                "  {name}: {} of Theil's T between groups, {} within",
                percent(Some(d.between / d.total)),
                percent(Some(d.within / d.total))
            ),
            Measured::Undefined(why) => say!("  {name}: {why}"),
        }
    }
    if let Some(curve) = spread.lorenz.value() {
        let equal = [0.0, 1.0];
        let title = format!("Lorenz curve: {label}");
        Plot {
            title: &title,
            x_label: "share of inhabitants, least endowed first",
            y_label: "share of what there is",
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                Series { name: "", x: &curve.population, y: &curve.value, marks: Marks::Line },
                Series { name: "", x: &equal, y: &equal, marks: Marks::Line },
            ],
        }
        .render()?
        .write_file(out.join("lorenz.svg"))?;
    }
    Ok(())
}

fn print_spread(spread: &Spread) {
    let shown = |m: &Measured<f64>| m.value().map_or_else(|| "–".to_owned(), |v| number(*v, 3));
    say!(
        "  mean {}, Gini {}, Theil T {}, Theil L {}; {} territories, {} without a value, {} without people",
        number(spread.mean, 2),
        shown(&spread.gini),
        shown(&spread.theil_t),
        shown(&spread.theil_l),
        spread.counted,
        spread.without_value,
        spread.without_population
    );
}

/// EAFRD of the regional programmes for each rural inhabitant.
fn eafrd(study: &Study) -> Fallible {
    let regions = study.atlas().level(&Level::Region)?;
    let mut euros = vec![f64::NAN; regions.territories().len()];
    let mut elsewhere = 0.0;
    for line in study.inventory().funding() {
        match region_of_programme(&line.programme_id).and_then(|code| regions.find(code)) {
            Some(r) if euros[r].is_nan() => euros[r] = line.eu_eur,
            Some(r) => euros[r] += line.eu_eur,
            None => elsewhere += line.eu_eur,
        }
    }
    let rural = study.atlas().rurality(&Level::Region)?;
    let per_head = |i: usize| {
        let rural_people = regions.territories()[i].population? * rural[i].1?;
        (rural_people > 0.0).then(|| euros[i] / rural_people)
    };
    say!("\nEAFRD 2014–2020, EU EUROS PLANNED FOR EACH RURAL INHABITANT");
    for (i, t) in regions.territories().iter().enumerate().filter(|(i, _)| euros[*i].is_finite()) {
        say!("  {:30} {:>9}", t.name, per_head(i).map_or_else(|| "–".to_owned(), |v| number(v, 0)));
    }
    say!("  {} million euros are of programmes without a région", number(elsewhere / 1e6, 0));
    print_spread(&study.spread(&Level::Region, &euros, Amounts::Total)?);
    Ok(())
}

fn class_map(study: &Study, classes: &TerritoryClasses, title: &str, path: &Path) -> Fallible {
    let colours = if matches!(classes.typology, Typology::Attribute(_)) {
        ClassColours::Unordered
    } else {
        ClassColours::Ordered
    };
    map(study, &classes.level, &classes.labels, &classes.classes, title, colours, path)
}

/// Mainland France and Corsica.
fn map(
    study: &Study,
    level: &Level,
    labels: &Labels,
    classes: &[String],
    title: &str,
    colours: ClassColours,
    path: &Path,
) -> Fallible {
    let Some(layer) = study.atlas().level(level)?.geometry() else { return Ok(()) };
    ClassMap {
        title,
        legend: "class (territories)",
        layer,
        contours: Contours::Approximate,
        classes,
        labels,
        colours,
        coordinates: Coordinates::Degrees,
        bounds: Some(Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] }),
    }
    .render()?
    .write_file(path)?;
    Ok(())
}
