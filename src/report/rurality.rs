//! Who lives in what kind of territory, how much thresholds decide, whether like territories lie side by
//! side, and how unequally they are endowed: tables, sentences and pictures.

#[cfg(feature = "france-data")]
mod request;

#[cfg(feature = "france-data")]
pub use request::{FigureKind, FigureTable, RuralityRequest};

use super::maps::class_map;
use super::output::capital;
use super::{Language, Part, Wording};
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Measured};
use crate::france::programmes::region_of_programme;
use crate::labels::Labels;
use crate::model::{DensityLevel, Level, MoneySource};
use crate::study::{
    Amounts, ClassShare, Neighbourhood, RuralityRules, SpatialClass, SpatialOptions, SpatialStructure,
    Spread, Study, TerritoryClasses, TerritoryScore, Typology,
};
use crate::typology::RegionRules;
use crate::write::Table;
use crate::write::report::{Align, TextTable};
use crate::write::svg::{Axis, ClassColours, Marks, Plot, Series};

/// A class of a typology, as people read it; classes of other people's typologies stand for themselves.
#[must_use]
pub fn class_name(class: &str, language: Language) -> &str {
    let (french, english) = match class {
        "intermediate" => ("intermédiaire", class),
        "urban" => ("urbain", class),
        "non-periurban rural" => ("rural non périurbain", class),
        "periurban rural" => ("rural périurbain", class),
        "without a class" => ("sans classe", class),
        other => {
            let density = DensityLevel::ALL.into_iter().find(|d| d.label() == other);
            return density.map_or(other, |d| language.density(d));
        }
    };
    language.pick(french, english)
}

/// What a score of territories is, with its unit.
#[must_use]
pub const fn score_name(score: TerritoryScore, language: Language) -> &'static str {
    let french = match score {
        TerritoryScore::PopulationDensity => "habitants au km²",
        TerritoryScore::RuralShare => "part de la population rurale",
        TerritoryScore::ActorDensity => "acteurs pour 10\u{202f}000 habitants",
        TerritoryScore::LinkDensity => "liens pour 10\u{202f}000 habitants",
        TerritoryScore::UrbanRuralLinkShare => "part des liens rural–urbain",
        TerritoryScore::UrbanExposure => "exposition urbaine des acteurs ruraux",
        TerritoryScore::ResearchDistance => "mètres jusqu’à la recherche",
        TerritoryScore::InnovationDistance => "mètres jusqu’à un lieu d’innovation",
    };
    match language {
        Language::French => french,
        Language::English => score.label(),
    }
}

/// What a territory is to its neighbours, as people read it.
#[must_use]
pub const fn spatial_class(class: SpatialClass, language: Language) -> &'static str {
    let french = match class {
        SpatialClass::HighHigh => "foyer (haut-haut)",
        SpatialClass::LowLow => "creux (bas-bas)",
        SpatialClass::HighLow => "isolé (haut-bas)",
        SpatialClass::LowHigh => "isolé (bas-haut)",
        SpatialClass::NotSignificant => "non significatif",
        SpatialClass::Island => "sans voisin",
        SpatialClass::NoValue => "donnée absente",
    };
    match language {
        Language::French => french,
        Language::English => class.label(),
    }
}

fn neighbourhood(n: Neighbourhood, l: Language) -> String {
    match (n, l) {
        (_, Language::English) => n.to_string(),
        (Neighbourhood::Contiguity(_), _) => "contours qui se touchent".to_owned(),
        (Neighbourhood::Nearest { k, reach_m }, _) => {
            format!("les {k} plus proches à moins de {}", l.kilometres(reach_m))
        }
        (Neighbourhood::Within { radius_m }, _) => format!("à moins de {}", l.kilometres(radius_m)),
    }
}

/// A share with one decimal and the people it is of.
fn people_share(part: f64, whole: f64, l: Language) -> String {
    let people = |n: f64| l.integer(n as i64);
    let of = l.pick("sur", "of");
    format!("{} ({} {of} {})", l.percent(part / whole, 1), people(part), people(whole))
}

fn typology_title(key: &str, l: Language) -> &'static str {
    let (french, english) = match key {
        "density" => ("Niveau de densité des communes", "Density level of communes"),
        "degree" => ("Communes en trois niveaux", "Communes in three levels"),
        "setting" => ("Communes rurales et villes", "Rural communes and cities"),
        "insee" => ("Typologie rurale des communes (Insee)", "INSEE’s rural typology of communes"),
        "epci" => ("EPCI", "EPCI"),
        "petr_pays" => ("PETR et Pays, à la majorité", "PETR and Pays, by majority"),
        _ => ("Départements", "Départements"),
    };
    l.pick(french, english)
}

/// People and area by class of the official typologies, with `typologies.csv` and one map for each.
/// Typologies that need a level or an attribute the atlas lacks are left out, and said to be.
///
/// # Errors
/// [`Error::Undefined`] when no territory has a class in both typologies that are compared.
pub fn typologies<'a>(study: &Study, wording: &Wording) -> Result<Part<'a>> {
    let l = wording.language;
    let rules = RuralityRules::default();
    let mut part = Part::new();
    let base = study.atlas().base();
    let communes = study.typology(&Typology::Rurality(base.level().clone()), &rules)?;
    let all: f64 = communes.shares.iter().map(|s| s.population).sum();
    let rural = people_share(communes.shares[0].population, all, l);
    part.say(match l {
        Language::French => format!("{rural} des habitants vivent dans une commune rurale."),
        Language::English => format!("{rural} of people live in rural communes."),
    });
    if let Ok(areas) = study.atlas().level(&Level::AttractionArea) {
        let of = base.territories().iter().enumerate();
        let inside = of.filter(|(i, _)| areas.membership().get(*i).is_some());
        let share = people_share(inside.filter_map(|(_, t)| t.population).sum(), all, l);
        let n = l.integer(areas.territories().len());
        part.say(match l {
            Language::French => format!("{share} vivent dans l’une des {n} aires d’attraction."),
            Language::English => format!("{share} live in one of {n} attraction areas."),
        });
    }
    let mut found: Vec<(&str, TerritoryClasses)> = Vec::new();
    for (key, typology) in [
        ("density", Typology::Density),
        ("degree", Typology::Degree3),
        ("setting", Typology::Setting),
        ("insee", Typology::Attribute("rural typology".into())),
        ("epci", Typology::Intermunicipal(Level::Epci)),
        ("petr_pays", Typology::Rurality(Level::PetrPays)),
        ("departements", Typology::Regional(Level::Departement)),
    ] {
        match study.typology(&typology, &rules) {
            Ok(classes) => found.push((key, classes)),
            Err(Error::Unknown { .. }) => {
                let lacking = l.pick("non calculable sur ces données", "not to be had from these data");
                part.say(format!("{}{}{lacking}", typology_title(key, l), l.colon()));
            }
            Err(e) => return Err(e),
        }
    }
    let mut rows: Vec<(&str, ClassShare)> = Vec::new();
    for (key, classes) in &found {
        part.show(class_table(typology_title(key, l), classes, l)?);
        rows.extend(classes.shares.iter().filter(|s| s.territories > 0).map(|s| (*key, s.clone())));
        let colours = match classes.typology {
            Typology::Attribute(_) => ClassColours::Unordered,
            _ => ClassColours::Ordered,
        };
        let names: Vec<String> = classes.classes.iter().map(|c| class_name(c, l).to_owned()).collect();
        let legend = l.pick("classe (territoires)", "class (territories)");
        let (title, level) = (class_finding(key, classes, l), study.atlas().level(&classes.level)?);
        let labels = (&classes.labels, &names[..]);
        if let Some(map) = class_map([&title, legend], level, labels, colours, wording)? {
            part.picture(format!("typology_{key}.svg"), map);
        }
    }
    let of = |key: &str| found.iter().find(|f| f.0 == key).map(|f| &f.1);
    if let (Some(ours), Some(theirs)) = (of("setting"), of("insee")) {
        let crossed = ours.compare(theirs, base.territories())?;
        let (ami, out) = (l.decimal(crossed.agreement.ami, 3), l.integer(crossed.left_out));
        part.say(match l {
            Language::French => format!(
                "Communes rurales et villes face à la typologie de l’Insee\u{a0}: information mutuelle \
                 ajustée (AMI) {ami} ({out} hors comparaison)"
            ),
            Language::English => format!(
                "Communes by setting against INSEE’s rural typology: adjusted mutual information {ami} \
                 ({out} left out)"
            ),
        });
    }
    let own = |f: &dyn Fn(&ClassShare) -> String| rows.iter().map(|r| f(&r.1)).collect::<Vec<_>>();
    let table = Table::new()
        .with("typology", rows.iter().map(|r| r.0).collect::<Vec<_>>())?
        .with("class", own(&|s| s.class.clone()))?
        .with("territories", rows.iter().map(|r| r.1.territories).collect::<Vec<_>>())?
        .with("population", rows.iter().map(|r| r.1.population).collect::<Vec<_>>())?
        .with("population_share", rows.iter().map(|r| r.1.population_share).collect::<Vec<_>>())?
        .with("area_km2", rows.iter().map(|r| r.1.area_km2).collect::<Vec<_>>())?;
    part.table("typologies.csv", table);
    Ok(part)
}

fn class_table(title: &str, classes: &TerritoryClasses, l: Language) -> Result<TextTable> {
    let mut table = TextTable::new([
        (title, Align::Left),
        (l.pick("territoires", "territories"), Align::Right),
        (l.pick("habitants", "population"), Align::Right),
        (l.pick("part", "share"), Align::Right),
        ("km²", Align::Right),
    ]);
    for s in classes.shares.iter().filter(|s| s.territories > 0) {
        table.row([
            class_name(&s.class, l).to_owned(),
            l.integer(s.territories),
            l.integer(s.population as i64),
            l.percent(s.population_share.unwrap_or(f64::NAN), 1),
            l.integer(s.area_km2 as i64),
        ])?;
    }
    Ok(table)
}

/// The class most people live in, as the title of the map.
fn class_finding(key: &str, classes: &TerritoryClasses, l: Language) -> String {
    let title = typology_title(key, l);
    let most = classes.shares.iter().max_by(|a, b| a.population.total_cmp(&b.population));
    let Some((most, share)) = most.and_then(|s| Some((s, s.population_share?))) else {
        return title.to_owned();
    };
    let (share, class) = (l.percent(share, 0), l.quote(class_name(&most.class, l)));
    let n = format!(
        "{} {} {}",
        l.integer(most.territories),
        l.pick("sur", "of"),
        l.integer(classes.labels.len())
    );
    let colon = l.colon();
    match l {
        Language::French => format!("{title}{colon}{share} des habitants en {class} ({n} territoires)"),
        Language::English => format!("{title}{colon}{share} of people in {class} ({n} territories)"),
    }
}

/// Which territories change class when thresholds do, with `what_if.csv`.
///
/// # Errors
/// None on a study whose atlas has the levels; [`Error::Unknown`] where it lacks one.
pub fn what_if<'a>(study: &Study, wording: &Wording) -> Result<Part<'a>> {
    let l = wording.language;
    let official = RuralityRules::default();
    let regions = RegionRules::default();
    let pays = || Typology::Rurality(Level::PetrPays);
    let cases = [
        ["PETR/Pays rural above 40 %", "PETR et Pays ruraux au-delà de 40\u{202f}%"],
        ["PETR/Pays rural above 60 %", "PETR et Pays ruraux au-delà de 60\u{202f}%"],
        ["small towns are rural, PETR/Pays", "petites villes comptées rurales, PETR et Pays"],
        ["periurban from poles of 20,000", "périurbain à partir de pôles de 20\u{202f}000"],
        ["départements rural above 60 %", "départements ruraux au-delà de 60\u{202f}%"],
    ];
    let changes = [
        (pays(), official.rural_above(0.4)),
        (pays(), official.rural_above(0.6)),
        (pays(), official.rural_from(DensityLevel::SmallTown)),
        (Typology::Setting, official.periurban_pole(20_000.0)),
        (Typology::Regional(Level::Departement), official.regions(regions.bounds(regions.urban_below, 0.6))),
    ];
    let mut part = Part::new();
    part.say(l.pick("ET SI LES SEUILS CHANGEAIENT\u{202f}?", "WHAT IF"));
    let mut rows = Vec::new();
    for ([key, french], (typology, changed)) in cases.into_iter().zip(&changes) {
        let switched = study.typology_what_if(typology, &official, changed)?;
        let people = l.integer(switched.iter().filter_map(|s| s.population).sum::<f64>() as i64);
        let (name, colon) = (l.pick(french, key), l.colon());
        let n = l.count(switched.len(), "change de classe", "changent de classe", "switch", "switch");
        part.say(format!("{name}{colon}{n}, {people} {}", l.pick("habitants", "inhabitants")));
        let shown =
            |c: &Option<String>| c.as_deref().map_or("–".to_owned(), |c| class_name(c, l).to_owned());
        for s in switched.iter().take(2) {
            let to = l.pick("→", "to");
            part.say(format!("  {} ({}){colon}{} {to} {}", s.name, s.code, shown(&s.from), shown(&s.to)));
        }
        rows.extend(switched.into_iter().map(|s| (key, s)));
    }
    let table = Table::new()
        .with("change", rows.iter().map(|r| r.0).collect::<Vec<_>>())?
        .with("code", rows.iter().map(|r| r.1.code.clone()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.1.name.clone()).collect::<Vec<_>>())?
        .with("population", rows.iter().map(|r| r.1.population).collect::<Vec<_>>())?
        .with("from", rows.iter().map(|r| r.1.from.clone()).collect::<Vec<_>>())?
        .with("to", rows.iter().map(|r| r.1.to.clone()).collect::<Vec<_>>())?;
    part.table("what_if.csv", table);
    Ok(part)
}

/// Whether like territories lie side by side, with `spatial.csv`, a map of clusters and a Moran scatter
/// plot. `label` says what the values are, in the language of the report.
///
/// # Errors
/// Those of [`Study::spatial_structure`].
pub fn structure<'a>(
    study: &'a Study,
    level: &Level,
    (label, values): (&str, &[f64]),
    options: &SpatialOptions,
    wording: &Wording,
) -> Result<Part<'a>> {
    let l = wording.language;
    let found = study.spatial_structure(level, values, options)?;
    let mut part = Part::new();
    let question = l
        .pick("LES TERRITOIRES SEMBLABLES SE TOUCHENT-ILS\u{202f}?", "DO LIKE TERRITORIES LIE SIDE BY SIDE?");
    part.say(format!("{question} {label}, {}", l.levels(level)));
    part.say(coverage_text(&found, l));
    part.show(structure_table(study, level, &found, options, l)?);
    for (class, n) in SpatialClass::ALL.iter().zip(found.class_counts()) {
        part.say(format!("  {}{}{}", spatial_class(*class, l), l.colon(), l.integer(n)));
    }
    let spots = found.spots();
    let (hot, cold, rate) =
        (l.integer(spots.hot), l.integer(spots.cold), l.percent(options.false_discovery_rate, 0));
    part.say(match l {
        Language::French => {
            format!(
                "points chauds\u{a0}: {hot}, points froids\u{a0}: {cold}, à {rate} de fausses découvertes"
            )
        }
        Language::English => {
            format!("{hot} hot spots and {cold} cold spots at a false discovery rate of {rate}")
        }
    });
    part.table("spatial.csv", spatial_table(study, level, &found)?);

    let class =
        |c: SpatialClass| SpatialClass::ALL.iter().position(|x| *x == c).map_or(Labels::NONE, |c| c as u32);
    let labels =
        Labels::new(found.territories.iter().map(|t| class(t.class)).collect(), SpatialClass::ALL.len())?;
    let classes: Vec<String> = SpatialClass::ALL.iter().map(|c| spatial_class(*c, l).to_owned()).collect();
    let [high, low] = [0, 1].map(|k| l.integer(found.class_counts()[k]));
    let of = format!("{} {}", l.integer(found.coverage.territories), l.levels(level));
    let title = match l {
        Language::French => format!("{label}\u{a0}: {high} en foyer et {low} en creux sur {of}"),
        Language::English => format!("{label}: {high} high among high and {low} low among low of {of}"),
    };
    let legend = l.pick("classe (territoires)", "class (territories)");
    let names = (&labels, &classes[..]);
    let units = study.atlas().level(level)?;
    if let Some(map) = class_map([&title, legend], units, names, ClassColours::Clusters, wording)? {
        part.picture("clusters.svg", map);
    }
    part.picture("moran.svg", moran_plot(&found, label, wording)?);
    Ok(part)
}

fn coverage_text(found: &SpatialStructure, l: Language) -> String {
    let c = &found.coverage;
    let (near, mean) = (neighbourhood(c.neighbourhood, l), l.decimal(c.mean_neighbours, 1));
    let [all, without, islands] = [c.territories, c.without_value, c.islands].map(|n| l.integer(n));
    match l {
        Language::French => format!(
            "voisins\u{a0}: {near} ({mean} en moyenne)\u{202f}; {all} territoires, {without} sans valeur, {islands} \
             sans voisin"
        ),
        Language::English => format!(
            "neighbours: {near} ({mean} on average); {all} territories, {without} without a value, {islands} \
             without a neighbour"
        ),
    }
}

fn structure_table(
    study: &Study,
    level: &Level,
    found: &SpatialStructure,
    options: &SpatialOptions,
    l: Language,
) -> Result<TextTable> {
    let right = |french, english| (l.pick(french, english), Align::Right);
    let mut table = TextTable::new([
        (l.pick("mesure", "measure"), Align::Left),
        right("observé", "observed"),
        right("attendu au hasard", "expected by chance"),
        right("écart réduit (z)", "z"),
        right("p", "p"),
    ]);
    let mut row = |name: &str, e: &Evidence| {
        let shown = |v: Option<f64>, d| l.decimal(v.unwrap_or(f64::NAN), d);
        table.row([
            name.into(),
            l.decimal(e.observed, 4),
            l.decimal(e.expected, 4),
            shown(e.z, 2),
            shown(e.p, 4),
        ])
    };
    row(l.pick("I de Moran", "Moran’s I"), &found.moran)?;
    row(l.pick("c de Geary", "Geary’s c"), &found.geary)?;
    if let Some(g) = found.general_g.value() {
        row(l.pick("G général", "general G"), g)?;
    }
    let sides = study.typology(&Typology::Rurality(level.clone()), &RuralityRules::default())?;
    match study.class_joins(level, &sides.labels, options) {
        Ok(joins) => {
            row(l.pick("voisinages rural–rural", "rural–rural joins"), &joins.joins.same[0])?;
            row(l.pick("voisinages urbain–urbain", "urban–urban joins"), &joins.joins.same[1])?;
            if let Some(pair) = joins.joins.different.first() {
                row(l.pick("voisinages rural–urbain", "rural–urban joins"), &pair.joins)?;
            }
        }
        // All of one class: nothing to join.
        Err(Error::Undefined { .. }) => {}
        Err(e) => return Err(e),
    }
    Ok(table)
}

fn spatial_table<'a>(study: &'a Study, level: &Level, found: &SpatialStructure) -> Result<Table<'a>> {
    let territories = study.atlas().level(level)?.territories();
    let rows = &found.territories;
    Table::new()
        .with("code", territories.iter().map(|t| t.code.as_str()).collect::<Vec<_>>())?
        .with("name", territories.iter().map(|t| t.name.as_str()).collect::<Vec<_>>())?
        .with("value", rows.iter().map(|r| r.value).collect::<Vec<_>>())?
        .with("neighbours", rows.iter().map(|r| r.neighbours).collect::<Vec<_>>())?
        .with("neighbours_mean", rows.iter().map(|r| r.lag).collect::<Vec<_>>())?
        .with("local_moran", rows.iter().map(|r| r.local_moran).collect::<Vec<_>>())?
        .with("local_moran_q", rows.iter().map(|r| r.local_moran_q).collect::<Vec<_>>())?
        .with("class", rows.iter().map(|r| r.class.label()).collect::<Vec<_>>())?
        .with("gi_star_z", rows.iter().map(|r| r.gi_star_z).collect::<Vec<_>>())?
        .with("gi_star_q", rows.iter().map(|r| r.gi_star_q).collect::<Vec<_>>())
}

fn moran_plot(found: &SpatialStructure, label: &str, wording: &Wording) -> Result<crate::write::svg::Svg> {
    let l = wording.language;
    let pairs = found.territories.iter().filter_map(|t| Some((t.value?, t.lag?)));
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
    let e = &found.moran;
    let finding = match (e.p.is_some_and(|p| p < 0.05), e.observed > e.expected) {
        (true, true) => l.pick("les voisins se ressemblent", "neighbours are alike"),
        (true, false) => l.pick("les voisins diffèrent", "neighbours differ"),
        _ => l.pick("pas d’écart net avec le hasard", "no clear difference from chance"),
    };
    let p = e.p.map_or_else(String::new, |p| format!(", {}", l.p_value(p)));
    let moran = format!("{} = {}", l.pick("I de Moran", "Moran’s I"), l.decimal(e.observed, 3));
    let title = format!("{label}{}{finding} ({moran}{p}, n = {})", l.colon(), l.integer(e.n));
    let plot = Plot {
        title: &capital(&title),
        x_label: label,
        y_label: l.pick("moyenne des voisins", "mean of the neighbours"),
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &[Series { name: "", x: &x, y: &y, marks: Marks::Dots }],
    };
    Ok(plot.render_in(l.pictures())?.captioned(&wording.source_line()))
}

/// How unequally inhabitants are endowed, between and within the rural and the urban and régions, with a
/// Lorenz curve; said to be impossible where a value is negative. `label` says what the values are.
///
/// # Errors
/// Those of [`Study::spread`] for values that are not negative.
pub fn inequality<'a>(
    study: &Study,
    level: &Level,
    (label, values): (&str, &[f64]),
    wording: &Wording,
) -> Result<Part<'a>> {
    let l = wording.language;
    let mut part = Part::new();
    if values.iter().any(|v| *v < 0.0) {
        part.say(l.pick(
            "L’inégalité n’est pas mesurée\u{a0}: des valeurs sont négatives.",
            "Inequality is not measured: some values are negative.",
        ));
        return Ok(part);
    }
    let spread = study.spread(level, values, Amounts::PerInhabitant)?;
    part.say(match l {
        Language::French => {
            format!("QUELLE INÉGALITÉ\u{202f}? {label}, {}, chaque habitant compté une fois", l.levels(level))
        }
        Language::English => {
            format!("HOW UNEQUALLY? {label}, {}, each inhabitant counted once", l.levels(level))
        }
    });
    part.say(spread_text(&spread, l));
    let sides = study.typology(&Typology::Rurality(level.clone()), &RuralityRules::default())?.labels;
    let mut groups = vec![(l.pick("rural et urbain", "rural and urban"), sides)];
    if study.atlas().level(&Level::Region).is_ok() {
        groups.push(("régions", study.containing(level, &Level::Region)?));
    }
    for (name, groups) in groups {
        let colon = l.colon();
        part.say(match &spread.by(&groups)?.theil_t {
            Measured::Value(d) => {
                let n = l.integer(spread.counted);
                let (between, within) = (l.percent(d.between / d.total, 1), l.percent(d.within / d.total, 1));
                match l {
                    Language::French => format!(
                        "  {name}{colon}{between} du T de Theil entre les groupes, {within} à l’intérieur \
                         (n\u{a0}= {n} territoires)"
                    ),
                    Language::English => format!(
                        "  {name}{colon}{between} of Theil’s T between groups, {within} within \
                         (n = {n} territories)"
                    ),
                }
            }
            Measured::Undefined(why) => format!("  {name}{colon}{}", l.reason(why)),
        });
    }
    if let Some(curve) = spread.lorenz.value() {
        let equal = [0.0, 1.0];
        let gini = l.decimal(spread.gini.value().copied().unwrap_or(f64::NAN), 3);
        let n = l.integer(spread.counted);
        let title = match l {
            Language::French => {
                format!("{label}\u{a0}: Gini {gini} entre les habitants de {n} {}", l.levels(level))
            }
            Language::English => format!("{label}: Gini {gini} among the people of {n} {}", l.levels(level)),
        };
        let line = |x, y, name| Series { name, x, y, marks: Marks::Line };
        let plot = Plot {
            title: &capital(&title),
            x_label: l.pick(
                "part des habitants, les moins dotés d’abord",
                "share of inhabitants, least endowed first",
            ),
            y_label: l.pick("part de ce qu’il y a", "share of what there is"),
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                line(&curve.population, &curve.value, l.pick("observé", "observed")),
                line(&equal, &equal, l.pick("égalité", "equality")),
            ],
        };
        part.picture("lorenz.svg", plot.render_in(l.pictures())?.captioned(&wording.source_line()));
    }
    Ok(part)
}

fn spread_text(spread: &Spread, l: Language) -> String {
    let shown = |m: &Measured<f64>| l.decimal(m.value().copied().unwrap_or(f64::NAN), 3);
    let (mean, gini) = (l.decimal(spread.mean, 2), shown(&spread.gini));
    let (t, mld) = (shown(&spread.theil_t), shown(&spread.theil_l));
    let [n, without, empty] =
        [spread.counted, spread.without_value, spread.without_population].map(|n| l.integer(n));
    match l {
        Language::French => format!(
            "  moyenne {mean}, Gini {gini}, T de Theil {t}, L de Theil {mld}\u{202f}; {n} territoires, {without} sans \
             valeur, {empty} sans habitants"
        ),
        Language::English => format!(
            "  mean {mean}, Gini {gini}, Theil T {t}, Theil L {mld}; {n} territories, {without} without a value, \
             {empty} without people"
        ),
    }
}

/// EAFRD of the regional programmes for each rural inhabitant of their régions.
///
/// # Errors
/// [`Error::Unknown`] when the atlas has no régions; [`Error::Undefined`] without a programme of a région.
pub fn rural_funding<'a>(study: &Study, wording: &Wording) -> Result<Part<'a>> {
    let l = wording.language;
    let regions = study.atlas().level(&Level::Region)?;
    let mut euros = vec![f64::NAN; regions.territories().len()];
    let mut elsewhere = 0.0;
    for line in study.inventory().funding().iter().filter(|l| l.money == MoneySource::EuropeanUnion) {
        match region_of_programme(&line.programme_id).and_then(|code| regions.find(code)) {
            Some(r) if euros[r].is_nan() => euros[r] = line.amount_eur,
            Some(r) => euros[r] += line.amount_eur,
            None => elsewhere += line.amount_eur,
        }
    }
    let rural = study.atlas().rurality(&Level::Region)?;
    let per_head = |i: usize| {
        let rural_people = regions.territories()[i].population? * rural[i].rural_share?;
        (rural_people > 0.0).then(|| euros[i] / rural_people)
    };
    let mut part = Part::new();
    part.say(l.pick(
        "FEADER 2014–2020, EUROS DE L’UNION PRÉVUS PAR HABITANT RURAL",
        "EAFRD 2014–2020, EU EUROS PLANNED FOR EACH RURAL INHABITANT",
    ));
    let mut table = TextTable::new([("région", Align::Left), (l.pick("euros", "euros"), Align::Right)]);
    for (i, t) in regions.territories().iter().enumerate().filter(|(i, _)| euros[*i].is_finite()) {
        table.row([t.name.clone(), l.decimal(per_head(i).unwrap_or(f64::NAN), 0)])?;
    }
    part.show(table);
    let millions = l.decimal(elsewhere / 1e6, 0);
    part.say(match l {
        Language::French => format!("  {millions} millions d’euros relèvent de programmes sans région"),
        Language::English => format!("  {millions} million euros are of programmes without a région"),
    });
    part.say(spread_text(&study.spread(&Level::Region, &euros, Amounts::Total)?, l));
    Ok(part)
}
