//! The evidence on rural–urban linkage, in words, tables and pictures.

mod files;
#[cfg(feature = "france-data")]
mod request;

use crate::evidence::Interval;
pub use files::LinkageFiles;
#[cfg(feature = "france-data")]
pub use request::{LinkageRequest, LinkageScope};

use std::collections::BTreeMap;
use std::fmt::Write as _;

use geo_types::Coord;

use super::Language;
use super::output::capital;
use crate::error::Result;
use crate::evidence::{Evidence, Measured};
use crate::matrix::Matrix;
use crate::model::{Contours, DensityLevel, Level, LinkClass, Rurality};
use crate::progress::Progress;
use crate::space::{Bounds, Layer};
use crate::study::{LinkageOptions, LinkagePart, LinkageReport, Study};
use crate::write::Table;
use crate::write::report::{Align, TextTable};
use crate::write::svg::{
    Axis, Background, Borders, Colours, Flow, FlowClass, FlowMap, FlowPoint, HeatMap, LineStyle, Marks, Plot,
    Series, Svg,
};

/// The cooperations a part is about.
fn title(part: &LinkagePart, language: Language) -> &'static str {
    part.kind.map_or(language.pick("toutes les coopérations", "all cooperations"), |k| {
        language.cooperation_kinds(k)
    })
}

/// What a test holds observed ties against, in the language. The study names its null models in English.
fn against(name: &str, language: Language) -> String {
    let french = match name {
        "labels dealt to all actors" => "étiquettes tirées au sort entre tous les acteurs",
        "labels dealt to tied actors" => "étiquettes tirées au sort entre les acteurs liés",
        "labels dealt within kinds of actor" => "étiquettes tirées au sort par type d’acteur",
        "degrees alone" => "à nombre de liens égal",
        "degrees alone, no double ties (swaps)" => "à nombre de liens égal, sans lien double (échanges)",
        "degrees and distance (main zone)" => "à nombre de liens et à distance égaux (métropole)",
        "participations dealt anew (project ties)" => "participations redistribuées (liens de projets)",
        other if other.starts_with("labels dealt within") => "étiquettes tirées au sort par territoire",
        other => other,
    };
    language.pick(french, name).to_owned()
}

/// One part of the evidence as text: coverage, tests against every null model, exposure, lengths, brokers,
/// communities and gravity. What is undefined keeps its reason.
///
/// # Errors
/// None on a report of a study.
pub fn linkage_text(part: &LinkagePart, language: Language) -> Result<String> {
    let n = |v: usize| language.integer(v);
    let d = |v: f64, decimals| language.decimal(v, decimals);
    let mut out = String::new();
    let mut say = |line: String| {
        let _ = writeln!(out, "{line}");
    };
    let c = &part.coverage;
    say(format!("\n{}", title(part, language).to_uppercase()));
    let (actors, tied, isolates) = (n(c.actors), n(c.tied), n(c.isolates));
    let (ties, labelled, unlabelled) = (n(c.ties), n(c.labelled_ties), n(c.tied_unlabelled));
    say(language.pick(
        format!(
            "{actors} acteurs, dont {tied} liés et {isolates} isolés\u{202f}; {ties} liens, dont {labelled} entre \
             acteurs de ruralité connue (elle est inconnue pour {unlabelled} acteurs liés)"
        ),
        format!(
            "{actors} actors, {tied} tied, {isolates} isolates; {ties} ties, {labelled} between actors of known \
             rurality ({unlabelled} tied actors have none)"
        ),
    ));
    let columns = language.pick(
        [
            "liens rural–urbain, attendus si…",
            "observé",
            "attendu",
            "rapport",
            "z",
            "p",
            "E-I",
            "n",
            "hors test",
        ],
        ["rural–urban ties against", "observed", "expected", "ratio", "z", "p", "E-I", "n", "left out"],
    );
    let align = |i| if i == 0 { Align::Left } else { Align::Right };
    let mut table = TextTable::new(columns.iter().enumerate().map(|(i, c)| (*c, align(i))));
    for t in &part.tests {
        let name = against(&t.against, language);
        let Some(e) = t.cross.value() else {
            say(format!(
                "  {name}{}{}",
                language.colon(),
                language.reason(t.cross.reason().unwrap_or_default())
            ));
            continue;
        };
        let shown = |v: Option<f64>, decimals| d(v.unwrap_or(f64::NAN), decimals);
        let small = |p: f64| if p < 1e-4 { format!("<{}", d(1e-4, 4)) } else { d(p, 4) };
        table.row([
            name,
            d(e.observed, 0),
            d(e.expected, 1),
            shown(t.ratio, 2),
            shown(e.z, 2),
            e.p.map_or_else(|| "–".to_owned(), small),
            shown(t.ei.value().map(|e| e.observed), 3),
            n(e.n),
            n(t.left_out),
        ])?;
    }
    say(table.to_string().trim_end().to_owned());
    say(match &part.rural_exposure {
        Measured::Value(x) => {
            let (index, share) = (d(x.index, 3), language.percent(x.share_with_any, 1));
            let (nodes, isolates) = (n(x.nodes), n(x.isolates));
            language.pick(
                format!(
                    "Exposition urbaine des acteurs ruraux\u{a0}: {index}\u{202f}; {share} des {nodes} acteurs ruraux \
                     ont un lien urbain ({isolates} n’ont aucun lien)"
                ),
                format!(
                    "Urban exposure of rural actors {index}; {share} of {nodes} rural actors have an urban tie \
                     ({isolates} have none at all)"
                ),
            )
        }
        Measured::Undefined(why) => language.reason(why),
    });
    say(match &part.rurality_assortativity {
        Measured::Value(r) => format!(
            "{} {} ({} {})",
            language.pick("Assortativité par ruralité", "Assortativity by rurality"),
            d(r.r, 3),
            language.pick("erreur type", "s.e."),
            d(r.standard_error, 3)
        ),
        Measured::Undefined(why) => language.reason(why),
    });
    for l in part.lengths.iter().filter(|l| l.ties > 0) {
        let km = |m: Option<f64>| language.kilometres(m.unwrap_or(f64::NAN));
        let (median, mean, ties) = (km(l.median_m), km(l.mean_m), n(l.ties));
        say(format!(
            "{}{}{}",
            language.link_class(l.class),
            language.colon(),
            language.pick(
                format!("{ties} liens, longueur médiane {median}, moyenne {mean}"),
                format!("{ties} ties, median {median}, mean {mean}")
            )
        ));
    }
    for b in part.brokers.iter().take(5) {
        let side = b.rurality.map_or(language.missing(), |r| language.rurality(r));
        let between = n((b.roles.total - b.roles.coordinator) as usize);
        say(format!(
            "{}{}{} ({side}), {between} {}",
            language.pick("passeur", "broker"),
            language.colon(),
            b.name,
            language.pick("paires mises en relation", "brokered pairs")
        ));
    }
    match &part.communities {
        Measured::Value(m) => {
            say(format!(
                "{}, {} {}",
                language.count(
                    m.communities,
                    "communauté de coopération",
                    "communautés de coopération",
                    "community",
                    "communities"
                ),
                language.pick("modularité", "modularity"),
                d(m.modularity, 3)
            ));
            for b in &m.borders {
                say(format!(
                    "  {} {}{}AMI {}, NMI {}",
                    language.pick("concordance avec les", "against"),
                    language.levels(&b.level),
                    language.colon(),
                    d(b.agreement.ami, 3),
                    d(b.agreement.nmi, 3)
                ));
            }
        }
        Measured::Undefined(why) => say(language.reason(why)),
    }
    match &part.gravity {
        Measured::Value(g) => {
            for t in &g.terms {
                let Interval { low, high } = t.interval;
                say(format!(
                    "{} {}{}{} ({} {} {} {})",
                    language.pick("gravité,", "gravity,"),
                    gravity_term(&t.name, language),
                    language.colon(),
                    d(t.coefficient, 3),
                    language.pick("à 95\u{202f}%, de", "95%"),
                    d(low, 3),
                    language.pick("à", "to"),
                    d(high, 3)
                ));
            }
        }
        Measured::Undefined(why) => say(language.reason(why)),
    }
    Ok(out)
}

fn gravity_term(name: &str, language: Language) -> String {
    let french = match name {
        "ln distance" => "logarithme de la distance".to_owned(),
        "difference in rural share" => "différence de part rurale".to_owned(),
        other => other.replacen("same", "même", 1),
    };
    language.pick(french, name.to_owned())
}

/// What the numbers do not say, to be read with every part.
#[must_use]
pub fn linkage_limits(language: Language) -> &'static str {
    language.pick(
        "Les liens d’un projet naissent ensemble et non un à un\u{a0}: le z à nombre de liens et à distance égaux est\n\
         surestimé. Là où il y a des projets, redistribuer des participations entières est le test équitable.\n\
         Interreg surreprésente les régions frontalières, les unités mixtes sont celles qu’un répertoire liste, et\n\
         les types d’acteurs sont en partie lus dans leurs noms.",
        "Ties within a project come together, not one by one, so that z against degrees and distance is\n\
         overstated; dealing whole participations is the fair test, where there are projects.\n\
         Interreg over-represents border regions, joint units\n\
         are those a registry lists, and kinds of actors are partly read from their names.",
    )
}

/// Every test of every part, one row each.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn linkage_evidence_table(report: &LinkageReport) -> Result<Table<'static>> {
    let tests: Vec<_> = report.parts.iter().flat_map(|p| p.tests.iter().map(move |t| (p, t))).collect();
    let of = |f: &dyn Fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        tests.iter().map(|(_, t)| t.cross.value().and_then(f)).collect()
    };
    let text = |f: &dyn Fn(usize) -> String| (0..tests.len()).map(f).collect::<Vec<String>>();
    let counts = |f: &dyn Fn(usize) -> usize| (0..tests.len()).map(|i| f(i) as i64).collect::<Vec<i64>>();
    let kind = |p: &LinkagePart| p.kind.map_or("all cooperations".to_owned(), |k| k.key().replace('_', " "));
    Table::new()
        .with("cooperations", text(&|i| kind(tests[i].0)))?
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
        .with("undefined", text(&|i| tests[i].1.cross.reason().unwrap_or_default().to_owned()))
}

/// Positions of all actors in the network, one row each.
///
/// # Errors
/// Those of [`Study::actor_linkage`].
pub fn actor_linkage_table(
    study: &Study,
    options: &LinkageOptions,
    progress: &dyn Progress,
) -> Result<Table<'static>> {
    let rows = study.actor_linkage(options, progress)?;
    let all = study.inventory().actors();
    let text = |f: &dyn Fn(usize) -> String| (0..rows.len()).map(f).collect::<Vec<String>>();
    Table::new()
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
        .with("community", rows.iter().map(|r| r.community.map(f64::from)).collect::<Vec<_>>())
}

/// Linkage of every territory of a level, one row each.
///
/// # Errors
/// Those of [`Study::linkage_by`].
pub fn territory_linkage_table(study: &Study, level: &Level) -> Result<Table<'static>> {
    let rows = study.linkage_by(level)?;
    let cross = |f: fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        rows.iter().map(|r| r.cross.value().and_then(f)).collect()
    };
    Table::new()
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
        .with("bridging", rows.iter().map(|r| r.bridging.map(|b| b.bridging)).collect::<Vec<_>>())
}

/// Ties between density levels against what degrees alone give, as a heat map of log₂ ratios.
///
/// # Errors
/// None on a report of a study.
pub fn mixing_picture(part: &LinkagePart, language: Language) -> Result<Svg> {
    let mixing = &part.density_mixing;
    let mut labels: Vec<String> = DensityLevel::ALL.iter().map(|d| language.density(*d).to_owned()).collect();
    labels.resize(mixing.classes(), language.pick("sans étiquette", "unlabelled").to_owned());
    let k = labels.len();
    // log2 of ties over those that degrees alone give; nothing where there is no tie.
    let margins = mixing.margins().from;
    let total = mixing.total();
    let ratio = |r: usize, c: usize| {
        let sides = if r == c { 4.0 } else { 2.0 };
        let log = (mixing.ties(r, c) * sides * total / (margins[r] * margins[c])).log2();
        if log.is_finite() { log } else { f64::NAN }
    };
    let values = Matrix::from_rows(k, k, (0..k * k).map(|i| ratio(i / k, i % k)).collect())?;
    // The strongest cell with enough ties to tell.
    let most = (0..k * k)
        .filter(|i| i / k <= i % k && i % k < DensityLevel::ALL.len() && mixing.ties(i / k, i % k) >= 5.0)
        .filter(|&i| ratio(i / k, i % k).is_finite())
        .max_by(|&a, &b| ratio(a / k, a % k).total_cmp(&ratio(b / k, b % k)));
    let of = capital(title(part, language));
    let title = match most {
        Some(i) => {
            let (r, c) = (i / k, i % k);
            let times = language.decimal(ratio(r, c).exp2(), 1);
            let (a, b) = (labels[r].to_lowercase(), labels[c].to_lowercase());
            let n = language.integer(mixing.ties(r, c) as i64);
            language.pick(
                format!("{of}\u{a0}: entre «\u{a0}{a}\u{a0}» et «\u{a0}{b}\u{a0}», {times} fois les liens attendus à nombre de liens égal (n = {n}\u{202f}; log2 du rapport)"),
                format!("{of}: between “{a}” and “{b}”, {times} times the ties expected at equal degrees (n = {n}; log2 of the ratio)"),
            )
        }
        None => language.pick(
            format!("{of}\u{a0}: liens par rapport à un nombre de liens égal (log2)"),
            format!("{of}: ties against equal degrees (log2)"),
        ),
    };
    HeatMap {
        title: &title,
        rows: &labels,
        columns: &labels,
        values: &values,
        colours: Colours::Diverging { centre: 0.0 },
    }
    .render_in(language.pictures())
}

/// How ties fall off with distance at equal degrees; `None` where that is undefined.
///
/// # Errors
/// None on a report of a study.
pub fn decay_picture(part: &LinkagePart, language: Language) -> Result<Option<Svg>> {
    let Some(decay) = part.decay.value() else { return Ok(None) };
    let (x, y): (Vec<f64>, Vec<f64>) =
        decay.curve.iter().filter(|b| b.f > 0.0).map(|b| (b.distance_m / 1e3, b.f)).unzip();
    let series = [Series { name: "", x: &x, y: &y, marks: Marks::Dots }];
    // The first bin against the one nearest to ten times as far.
    let far = |i: &usize| (x[*i] / x[0] / 10.0).ln().abs();
    let other = (1..x.len()).min_by(|a, b| far(a).total_cmp(&far(b)));
    let title = match other {
        Some(i) if y[i] > 0.0 && y[0] > y[i] => {
            let (near, far) = (language.kilometres(x[0] * 1e3), language.kilometres(x[i] * 1e3));
            let times = language.decimal(y[0] / y[i], 1);
            language.pick(
                format!("À nombre de liens égal, {times} fois plus de liens à {near} qu’à {far}"),
                format!("At equal degrees, {times} times as many ties at {near} as at {far}"),
            )
        }
        _ => language
            .pick("Liens selon la distance, à nombre de liens égal", "Ties by distance, at equal degrees")
            .to_owned(),
    };
    let plot = Plot {
        title: &title,
        x_label: language.pick("distance en km", "distance in km"),
        y_label: language.pick("liens par produit des nombres de liens", "ties per product of degrees"),
        x_axis: Axis::Log,
        y_axis: Axis::Log,
        series: &series,
    };
    plot.render_in(language.pictures()).map(Some)
}

/// Ties between rural and urban actors over a land outline, and the top brokers. `bounds` is what is
/// shown, in degrees.
///
/// # Errors
/// None on a report of a study.
pub fn brokers_picture(
    study: &Study,
    part: &LinkagePart,
    land: &Layer,
    bounds: Bounds,
    language: Language,
) -> Result<Svg> {
    let actors = study.inventory().actors();
    let at = |i: u32| actors[i as usize].position.map(Coord::from).filter(|c| bounds.contains(*c));
    // Brokers first, by how often they stand between; then the ends of ties, each place once.
    let class = |side: Option<Rurality>| u32::from(side != Some(Rurality::Rural));
    let mut points: Vec<FlowPoint> = part
        .brokers
        .iter()
        .filter_map(|b| {
            let between = (b.roles.total - b.roles.coordinator).max(1.0);
            Some(FlowPoint::new(at(b.actor)?, class(b.rurality), &b.name).size(between.sqrt()).labelled())
        })
        .collect();
    let named = points.len();
    let least = 0.1 * points.iter().map(|p| p.size).fold(1.0, f64::min);
    let mut place: BTreeMap<[u64; 2], u32> = BTreeMap::new();
    let mut arcs: BTreeMap<[u32; 2], usize> = BTreeMap::new();
    for link in study.links().iter().filter(|l| l.class == LinkClass::UrbanRural) {
        let (Some(a), Some(b)) = (at(link.a), at(link.b)) else { continue };
        let mut end = |c: Coord<f64>| {
            *place.entry([c.x.to_bits(), c.y.to_bits()]).or_insert_with(|| {
                points.push(FlowPoint::new(c, 2, "").size(least));
                points.len() as u32 - 1
            })
        };
        let ends = [end(a), end(b)];
        *arcs.entry([ends[0].min(ends[1]), ends[0].max(ends[1])]).or_default() += 1;
    }
    let ties: usize = arcs.values().sum();
    let flows: Vec<Flow> = arcs.into_iter().map(|([a, b], n)| Flow::new(a, b, 0).weight(n as f64)).collect();
    let rural = part.brokers.iter().filter(|b| b.rurality == Some(Rurality::Rural)).count();
    let (ties, brokers) = (language.integer(ties), part.brokers.len());
    let title = language.pick(
        format!("{ties} liens rural–urbain\u{202f}; {rural} des {brokers} premiers passeurs sont ruraux"),
        format!("{ties} rural–urban ties; {rural} of the top {brokers} brokers are rural"),
    );
    let classes = [
        language.pick("passeur rural", "rural broker"),
        language.pick("passeur urbain ou non classé", "urban or unclassed broker"),
        language.pick("lieu d’un acteur lié", "place of a tied actor"),
    ]
    .map(str::to_owned);
    let kind = [FlowClass::new(
        language.pick("liens rural–urbain entre deux lieux", "rural–urban ties between two places"),
        LineStyle::Solid,
    )];
    let notes = [language
        .pick(
            format!("Plus un des {named} passeurs est grand, plus il se tient entre de paires d’acteurs. Largeur\u{a0}: nombre de liens."),
            format!("The larger one of the {named} brokers, the more pairs of actors it stands between. Width: number of ties."),
        )];
    FlowMap::new(&title)
        .background(Background::new(land, Contours::Surveyed).borders(Borders::Hidden))
        .points(&classes, &points)
        .flows(&kind, &flows)
        .notes(&notes)
        .bounds(bounds)
        .render_in(language.pictures())
}
