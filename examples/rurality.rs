//! What is rural by which typology, what changes when a threshold does, where a score gathers, and how
//! unequally it is shared.
//!
//! `cargo run --release --example rurality -- --level epci --value urban_exposure`

#![allow(clippy::print_stdout, reason = "an example shows its results")]
#![allow(clippy::cast_possible_wrap, reason = "counts are far below 2^63")]

mod common;

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use common::Fallible;
use rurban::autocorrelation::{Islands, JoinCounts};
use rurban::evidence::Evidence;
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::{add_regions_2015, funding_by_region_2015, region_2015_level};
use rurban::labels::Labels;
use rurban::model::{Level, Rurality};
use rurban::random::Seed;
use rurban::space::Bounds;
use rurban::space::contiguity::Rule;
use rurban::study::{
    ClusterClass, InequalityReport, Measured, Neighbourhood, SpatialOptions, SpatialStructure, Study,
    StudyOptions, Typology, TypologyRules,
};
use rurban::typology::RegionRules;
use rurban::write::csv::{CsvStyle, write_csv_file};
use rurban::write::report::{Align, TextTable, integer, number};
use rurban::write::svg::{Axis, Choropleth, ClassColour, Colours, Coordinates, Marks, Plot, Series};
use rurban::write::{Contours, Table};

/// Blues for towns, greens for the country; colour-blind safe.
const DENSITY: [[u8; 3]; 7] = [
    [8, 48, 107],
    [33, 113, 181],
    [107, 174, 214],
    [198, 219, 239],
    [217, 240, 163],
    [120, 198, 121],
    [35, 132, 67],
];
const THREE: [[u8; 3]; 3] = [DENSITY[0], DENSITY[2], DENSITY[5]];
const TWO: [[u8; 3]; 2] = [DENSITY[0], DENSITY[5]];
/// In the order of [`ClusterClass::ALL`].
const CLUSTERS: [[u8; 3]; 7] = [
    [178, 24, 43],
    [33, 102, 172],
    [244, 165, 130],
    [146, 197, 222],
    [238, 238, 238],
    [204, 204, 204],
    [170, 170, 170],
];

#[derive(Clone, Copy, PartialEq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Value {
    /// Share of people in rural communes.
    RuralShare,
    /// Inhabitants per km².
    Density,
    /// Share of the ties of rural actors that go to urban ones.
    UrbanExposure,
    /// Ties of actors with those of other territories, per 10,000 inhabitants.
    Ties,
    /// Distance to the nearest research organisation.
    ResearchDistance,
    /// Distance to the nearest innovation place.
    InnovationDistance,
    /// Actors per 10,000 inhabitants.
    Actors,
}

impl Value {
    const fn label(self) -> &'static str {
        match self {
            Self::RuralShare => "share of people in rural communes",
            Self::Density => "inhabitants per km²",
            Self::UrbanExposure => "urban exposure of rural actors",
            Self::Ties => "external ties per 10,000 inhabitants",
            Self::ResearchDistance => "metres to the nearest research organisation",
            Self::InnovationDistance => "metres to the nearest innovation place",
            Self::Actors => "actors per 10,000 inhabitants",
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Near {
    /// The eight nearest points.
    Nearest,
    /// Outlines that share a border or a point.
    Queen,
}

/// Typologies, spatial structure and inequality of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Level whose territories are compared: `epci`, `petr_pays`, `departement`, `attraction_area` …
    #[arg(long, default_value = "epci")]
    level: Level,
    /// The score.
    #[arg(long, value_enum, default_value = "innovation_distance")]
    value: Value,
    /// Whose neighbour a territory is.
    #[arg(long, value_enum, default_value = "nearest")]
    neighbours: Near,
    /// What if a territory were rural above this share of rural people?
    #[arg(long, default_value_t = 0.6)]
    rural_share: f64,
    /// What if only poles of more inhabitants made rural communes periurban?
    #[arg(long, default_value_t = 100_000.0)]
    periurban_pole: f64,
    /// Permutations of each test.
    #[arg(long, default_value_t = 999)]
    permutations: usize,
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
    add_regions_2015(&mut france.atlas)?;
    france.draw_approximate_outlines(&bar)?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    let out = common::output(&arguments.out)?;

    let rules = TypologyRules::default();
    let typologies = study.typologies(&rules)?;
    credibility(&study, &typologies)?;
    print_typologies(&typologies)?;
    what_if(&study, &rules, &arguments)?;
    write_csv_file(out.join("typologies.csv"), &typology_table(&typologies)?, CsvStyle::Standard)?;
    for (name, title, file, colours) in [
        ("density level", "Communes by density", "density", &DENSITY[..]),
        ("rural setting", "Urban, periurban and other rural communes", "setting", &THREE[..]),
        ("EPCI by density", "EPCI by density", "epci", &THREE[..]),
        ("OECD–Eurostat regions", "Départements by the typology of regions", "departements", &THREE[..]),
    ] {
        if let Some(typology) = typologies.iter().find(|t| t.name == name) {
            map_classes(&study, typology, title, colours, &out.join(format!("{file}.svg")))?;
        }
    }

    let values = score(&study, &arguments, &bar)?;
    let neighbourhood = match arguments.neighbours {
        Near::Nearest => Neighbourhood::Nearest(8),
        Near::Queen => Neighbourhood::Contiguity(Rule::Queen),
    };
    let options = SpatialOptions::default()
        .neighbourhood(neighbourhood)
        .permutations(arguments.permutations)
        .islands(Islands::Exclude)
        .seed(Seed(arguments.seed));
    let structure = study.spatial_structure(&arguments.level, &values, &options)?;
    print_structure(&structure, &arguments)?;
    let rural = typologies.iter().find(|t| t.name == "share of rural people" && t.level == arguments.level);
    if let Some(rural) = rural {
        print_joins(&study.spatial_classes(&arguments.level, &rural.labels, &options)?)?;
    }
    let shares: Vec<f64> =
        study.atlas().rurality(&arguments.level)?.iter().map(|r| r.1.unwrap_or(f64::NAN)).collect();
    let pair = study.spatial_association(&arguments.level, &values, &shares, &options)?;
    for (name, measured) in [("bivariate Moran's I", &pair.moran), ("Lee's L", &pair.lee)] {
        println!("with the share of rural people next door, {name}: {}", evidence(measured));
    }
    let table = structure_table(&study, &structure, &values, &arguments.level)?;
    write_csv_file(out.join("clusters.csv"), &table, CsvStyle::Standard)?;
    structure_pictures(&study, &structure, &arguments)?;

    inequality(&study, &arguments)?;
    println!("\nTables and pictures are in {}", out.display());
    Ok(())
}

fn credibility(study: &Study, typologies: &[Typology]) -> Fallible {
    let people = |t: &Typology, classes: std::ops::Range<usize>| -> f64 {
        t.classes[classes].iter().map(|c| c.population).sum()
    };
    let density = typologies.first().ok_or("the atlas has no density levels")?;
    let all = people(density, 0..7);
    let areas = study.atlas().level(&Level::AttractionArea)?;
    let base = study.atlas().base().territories();
    let inside: f64 = (0..base.len())
        .filter(|&i| areas.membership().get(i).is_some())
        .filter_map(|i| base[i].population)
        .sum();
    let everyone: f64 = base.iter().filter_map(|t| t.population).sum();
    println!(
        "{} of {} people live in rural communes ({} in communes without a density level); {} attraction areas\n\
         hold {} of all",
        percent(people(density, 4..7) / everyone),
        integer(everyone as i64),
        integer((everyone - all) as i64),
        areas.territories().len(),
        percent(inside / everyone)
    );
    Ok(())
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn print_typologies(typologies: &[Typology]) -> Fallible {
    let mut table = TextTable::new([
        ("typology", Align::Left),
        ("level", Align::Left),
        ("class", Align::Left),
        ("territories", Align::Right),
        ("people", Align::Right),
        ("share", Align::Right),
    ]);
    for t in typologies {
        for (k, c) in t.classes.iter().enumerate() {
            let first = |text: &str| if k == 0 { text.to_owned() } else { String::new() };
            table.row([
                first(&t.name),
                first(&t.level.to_string()),
                c.name.clone(),
                integer(c.territories as i64),
                integer(c.population as i64),
                percent(c.share),
            ])?;
        }
        if t.unclassed.0 > 0 {
            table.row([
                String::new(),
                String::new(),
                "unclassed".to_owned(),
                integer(t.unclassed.0 as i64),
                integer(t.unclassed.1 as i64),
                String::new(),
            ])?;
        }
    }
    println!("\n{table}");
    Ok(())
}

fn what_if(study: &Study, rules: &TypologyRules, arguments: &Arguments) -> Fallible {
    let changed = TypologyRules::default()
        .rural_share(arguments.rural_share)
        .periurban_pole(arguments.periurban_pole)
        .regions(RegionRules::default().bounds(0.15, 0.5));
    println!(
        "What if territories were rural above {} of rural people, poles counted above {} inhabitants,\n\
         and regions were urban below 15 % of rural people?",
        percent(arguments.rural_share),
        integer(arguments.periurban_pole as i64)
    );
    for s in study.typology_what_if(rules, &changed)? {
        if s.switches.is_empty() {
            continue;
        }
        let territories = study.atlas().level(&s.level)?.territories();
        let mut largest: Vec<_> = s.switches.iter().collect();
        let people = |unit: usize| territories[unit].population.unwrap_or(0.0);
        largest.sort_by(|a, b| people(b.unit).total_cmp(&people(a.unit)).then(a.unit.cmp(&b.unit)));
        let class = |c: Option<usize>| c.map_or("unclassed", |c| s.classes[c].as_str());
        let named: Vec<String> = largest
            .iter()
            .take(3)
            .map(|w| format!("{} ({} → {})", territories[w.unit].name, class(w.from), class(w.to)))
            .collect();
        println!(
            "  {} ({}): {} switch, {} people: {}{}",
            s.name,
            s.level,
            s.switches.len(),
            integer(s.population as i64),
            named.join(", "),
            if s.switches.len() > 3 { " …" } else { "" }
        );
    }
    Ok(())
}

/// The score of each territory of the level; NaN where it is not defined.
fn score(study: &Study, arguments: &Arguments, bar: &common::Bar) -> Fallible<Vec<f64>> {
    let measures = study.territory_measures(&arguments.level, &study.reach(bar)?)?;
    let per_head =
        |count: usize, people: Option<f64>| people.filter(|p| *p > 0.0).map(|p| 1e4 * count as f64 / p);
    let of = |m: &rurban::study::TerritoryMeasures| match arguments.value {
        Value::RuralShare => m.rural_population_share,
        Value::Density => m.territory.population.zip(m.territory.area_km2).map(|(p, a)| p / a),
        Value::UrbanExposure => m.urban_exposure,
        Value::Ties => per_head(m.external_links, m.territory.population),
        Value::ResearchDistance => m.research_distance_m,
        Value::InnovationDistance => m.innovation_distance_m,
        Value::Actors => per_head(m.actor_count(), m.territory.population),
    };
    Ok(measures.iter().map(|m| of(m).filter(|v| v.is_finite()).unwrap_or(f64::NAN)).collect())
}

fn evidence(measured: &Measured<Evidence>) -> String {
    match measured {
        Measured::Undefined(why) => why.clone(),
        Measured::Value(e) => {
            let shown = |v: Option<f64>, digits| v.map_or_else(|| "–".to_owned(), |v| number(v, digits));
            format!(
                "{} (expected {}, z {}, p {})",
                number(e.observed, 3),
                number(e.expected, 3),
                shown(e.z, 1),
                shown(e.p, 3)
            )
        }
    }
}

fn print_structure(structure: &SpatialStructure, arguments: &Arguments) -> Fallible {
    let c = &structure.coverage;
    println!(
        "\nWHERE IT GATHERS: {} by {}\n{} territories, {} without value, {} without place, {} without neighbours; {} \
         neighbours on average",
        arguments.value.label(),
        arguments.level,
        c.territories,
        c.without_value,
        c.without_place,
        c.islands,
        number(c.mean_neighbours, 1)
    );
    for (name, measured) in [
        ("Moran's I", &structure.moran),
        ("Geary's C", &structure.geary),
        ("general G", &structure.general_g),
    ] {
        println!("{name}: {}", evidence(measured));
    }
    let mut table =
        TextTable::new([("class (5 % false discoveries)", Align::Left), ("territories", Align::Right)]);
    for class in ClusterClass::ALL {
        table.row([class.label().to_owned(), integer(structure.count(class) as i64)])?;
    }
    let hot = |side| structure.local.iter().filter(|l| l.hot == Some(side)).count() as i64;
    table.row(["hot spot (Gi*)".to_owned(), integer(hot(true))])?;
    table.row(["cold spot (Gi*)".to_owned(), integer(hot(false))])?;
    println!("{table}");
    Ok(())
}

fn print_joins(joins: &JoinCounts) -> Fallible {
    let mut table = TextTable::new([
        ("neighbours", Align::Left),
        ("observed", Align::Right),
        ("expected", Align::Right),
        ("z", Align::Right),
    ]);
    let mut row = |name: &str, e: &Evidence| {
        let z = e.z.map_or_else(|| "–".to_owned(), |z| number(z, 1));
        table.row([name.to_owned(), number(e.observed, 0), number(e.expected, 1), z])
    };
    for (name, e) in ["both urban", "both rural"].into_iter().zip(&joins.same) {
        row(name, e)?;
    }
    for (.., e) in &joins.different {
        row("one of each", e)?;
    }
    println!("{table}");
    Ok(())
}

fn inequality(study: &Study, arguments: &Arguments) -> Fallible {
    println!("\nHOW UNEQUAL");
    let level = &arguments.level;
    let rurality = |level: &Level| -> Fallible<Labels> {
        let of = study.atlas().rurality(level)?.into_iter().map(|(r, _)| match r {
            Some(Rurality::Rural) => 0,
            Some(Rurality::Urban) => 1,
            None => Labels::NONE,
        });
        Ok(Labels::new(of.collect(), 2)?)
    };
    let mut table = TextTable::new([
        ("what", Align::Left),
        ("by", Align::Left),
        ("n", Align::Right),
        ("left out", Align::Right),
        ("per 10,000 heads", Align::Right),
        ("Gini", Align::Right),
        ("Theil", Align::Right),
        ("between rural and urban", Align::Right),
        ("rural / urban", Align::Right),
    ]);
    let mut row = |what: &str, by: &str, r: &InequalityReport| {
        let theil = r.by.first().map(|g| &g.theil);
        let means = theil.map(|t| t.groups[0].mean / t.groups[1].mean);
        table.row([
            what.to_owned(),
            by.to_owned(),
            r.territories.to_string(),
            r.left_out.to_string(),
            number(1e4 * r.mean, 2),
            number(r.gini, 3),
            number(r.theil_t, 3),
            theil.map_or_else(String::new, |t| percent(t.between / t.total)),
            means.filter(|m| m.is_finite()).map_or_else(|| "–".to_owned(), |m| number(m, 2)),
        ])
    };
    let measures = study.territory_measures(level, &study.reach(&rurban::progress::Silent)?)?;
    let groups = rurality(level)?;
    let actors: Vec<f64> = measures.iter().map(|m| m.actor_count() as f64).collect();
    let own = study.inequality(level, &actors, None, &[("rural or urban", &groups)])?;
    row("actors", &level.to_string(), &own)?;
    let ties: Vec<f64> = measures.iter().map(|m| m.external_links as f64).collect();
    if let Ok(ties) = study.inequality(level, &ties, None, &[("rural or urban", &groups)]) {
        row("external ties", &level.to_string(), &ties)?;
    }

    // European money of the measures outside farming (business, villages, cooperation, LEADER) for
    // each rural inhabitant of the région that runs the programme.
    let regions = region_2015_level();
    let base = study.atlas().base().territories();
    let mut rural = vec![0.0; study.atlas().level(&regions)?.territories().len()];
    for (b, r) in study.atlas().memberships(&regions)? {
        let commune = &base[b as usize];
        if commune.density.map(rurban::model::DensityLevel::rurality) == Some(Rurality::Rural) {
            rural[r as usize] += commune.population.unwrap_or(0.0);
        }
    }
    let overseas = Labels::new((0..rural.len()).map(|r| u32::from(r < 5)).collect(), 2)?;
    for measure in ["M06", "M07", "M16", "M19"] {
        let measure = rurban::model::Measure::new(measure)?;
        let (sums, national) =
            funding_by_region_2015(study.inventory().funding(), |l| l.measure == Some(measure));
        let r = study.inequality(&regions, &sums, Some(&rural), &[("mainland or overseas", &overseas)])?;
        let t = &r.by[0].theil;
        println!(
            "EAFRD {measure}: {} € per rural inhabitant, Gini {}, Theil {} ({} between mainland and overseas); {} € national",
            number(r.mean, 2),
            number(r.gini, 3),
            number(r.theil_t, 3),
            percent(t.between / t.total),
            integer(national as i64)
        );
    }
    println!("{table}");

    let lorenz = &own.lorenz;
    let diagonal = [0.0, 1.0];
    Plot {
        title: &format!("Actors among inhabitants, by {level}"),
        x_label: "share of inhabitants, those with fewest actors first",
        y_label: "share of actors",
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &[
            Series { name: "Lorenz curve", x: &lorenz.population, y: &lorenz.value, marks: Marks::Line },
            Series { name: "equality", x: &diagonal, y: &diagonal, marks: Marks::Line },
        ],
    }
    .render()?
    .write_file(arguments.out.join("lorenz.svg"))?;
    Ok(())
}

fn typology_table(typologies: &[Typology]) -> Fallible<Table<'static>> {
    let rows: Vec<_> = typologies.iter().flat_map(|t| t.classes.iter().map(move |c| (t, c))).collect();
    Ok(Table::new()
        .with("typology", rows.iter().map(|r| r.0.name.clone()).collect::<Vec<_>>())?
        .with("level", rows.iter().map(|r| r.0.level.key().to_owned()).collect::<Vec<_>>())?
        .with("class", rows.iter().map(|r| r.1.name.clone()).collect::<Vec<_>>())?
        .with("territories", rows.iter().map(|r| r.1.territories as i64).collect::<Vec<_>>())?
        .with("population", rows.iter().map(|r| r.1.population).collect::<Vec<_>>())?
        .with("share", rows.iter().map(|r| r.1.share).collect::<Vec<_>>())?)
}

fn structure_table(
    study: &Study,
    structure: &SpatialStructure,
    values: &[f64],
    level: &Level,
) -> Fallible<Table<'static>> {
    let territories = study.atlas().level(level)?.territories();
    let of = |f: &dyn Fn(&rurban::study::LocalStructure) -> f64| {
        structure.local.iter().map(f).collect::<Vec<f64>>()
    };
    let hot = |l: &rurban::study::LocalStructure| match l.hot {
        Some(true) => "hot".to_owned(),
        Some(false) => "cold".to_owned(),
        None => String::new(),
    };
    Ok(Table::new()
        .with("code", territories.iter().map(|t| t.code.to_string()).collect::<Vec<_>>())?
        .with("name", territories.iter().map(|t| t.name.clone()).collect::<Vec<_>>())?
        .with("value", values.to_vec())?
        .with("standardised", of(&|l| l.standardised))?
        .with("lag", of(&|l| l.lag))?
        .with("local_moran", of(&|l| l.moran))?
        .with("local_moran_p", of(&|l| l.moran_p))?
        .with("class", structure.local.iter().map(|l| l.class.label().to_owned()).collect::<Vec<_>>())?
        .with("gi_star_z", of(&|l| l.gi_star_z))?
        .with("gi_star_p", of(&|l| l.gi_star_p))?
        .with("hot", structure.local.iter().map(hot).collect::<Vec<_>>())?)
}

fn map_classes(study: &Study, typology: &Typology, title: &str, rgb: &[[u8; 3]], path: &Path) -> Fallible {
    let names: Vec<String> =
        typology.classes.iter().map(|c| format!("{} ({})", c.name, percent(c.share))).collect();
    let rgb = if typology.classes.len() == 2 { &TWO[..] } else { rgb };
    let key: Vec<ClassColour<'_>> =
        names.iter().zip(rgb).map(|(name, &rgb)| ClassColour { name, rgb }).collect();
    let n = typology.labels.len();
    let values: Vec<f64> = (0..n).map(|i| typology.labels.get(i).map_or(f64::NAN, |c| c as f64)).collect();
    draw(study, &typology.level, title, ("share of people", &values), &key, path)
}

fn draw(
    study: &Study,
    level: &Level,
    title: &str,
    (value_label, values): (&str, &[f64]),
    key: &[ClassColour<'_>],
    path: &Path,
) -> Fallible {
    let level = study.atlas().level(level)?;
    let (Some(layer), Some(quality)) = (level.geometry(), level.geometry_quality()) else { return Ok(()) };
    Choropleth {
        title,
        value_label,
        layer,
        contours: Contours::from(quality),
        values,
        colours: Colours::Classes(key),
        lines: &[],
        points: &[],
        coordinates: Coordinates::Degrees,
        bounds: Some(Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] }),
    }
    .render()?
    .write_file(path)?;
    Ok(())
}

fn structure_pictures(study: &Study, structure: &SpatialStructure, arguments: &Arguments) -> Fallible {
    let named = |class: ClusterClass| format!("{} ({})", class.label(), structure.count(class));
    let names: Vec<String> = ClusterClass::ALL.into_iter().map(named).collect();
    let key: Vec<ClassColour<'_>> =
        names.iter().zip(CLUSTERS).map(|(name, rgb)| ClassColour { name, rgb }).collect();
    let class =
        |c: ClusterClass| ClusterClass::ALL.iter().position(|k| *k == c).map_or(f64::NAN, |k| k as f64);
    let values: Vec<f64> = structure.local.iter().map(|l| class(l.class)).collect();
    let title = format!("Clusters and outliers: {}", arguments.value.label());
    let path = arguments.out.join("clusters.svg");
    draw(study, &arguments.level, &title, ("territories", &values), &key, &path)?;

    let points: Vec<(f64, f64)> =
        structure.local.iter().map(|l| (l.standardised, l.lag)).filter(|p| p.1.is_finite()).collect();
    let (x, y): (Vec<f64>, Vec<f64>) = points.into_iter().unzip();
    let Some(&e) = structure.moran.value() else { return Ok(()) };
    let reach = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let low = x.iter().copied().fold(f64::INFINITY, f64::min);
    let line = [low, reach];
    let slope = line.map(|v| v * e.observed);
    Plot {
        title: &format!("Moran scatter plot (slope {})", number(e.observed, 3)),
        x_label: &format!("{}, standardised", arguments.value.label()),
        y_label: "mean of the neighbours",
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &[
            Series { name: "territories", x: &x, y: &y, marks: Marks::Dots },
            Series { name: "Moran's I", x: &line, y: &slope, marks: Marks::Line },
        ],
    }
    .render()?
    .write_file(arguments.out.join("moran.svg"))?;
    Ok(())
}
