//! Whether cooperation follows perimeters, in words and as a map.

mod request;

use std::collections::BTreeMap;

use geo_types::Coord;
pub use request::BelongingRequest;

use super::Language;
use super::partners::PartnerGround;
use crate::error::Result;
use crate::evidence::{Evidence, Measured};
use crate::study::{BelongingChange, BelongingReport, MembershipReport, Perimeters, Study};
use crate::write::svg::{Background, Flow, FlowClass, FlowMap, FlowPoint, LineStyle, Svg};

/// Fewest actors that a verdict is given on.
const FEW: usize = 5;

/// What the ties of a perimeter say against distance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    More,
    Less,
    Unclear,
    Few,
}

impl Verdict {
    fn of(e: &Evidence) -> Self {
        match (e.n < FEW, e.p.is_some_and(|p| p < 0.05), e.observed > e.expected) {
            (true, _, _) => Self::Few,
            (false, true, true) => Self::More,
            (false, true, false) => Self::Less,
            (false, false, _) => Self::Unclear,
        }
    }

    const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::More, Language::French) => "plus que la distance ne le donne",
            (Self::More, Language::English) => "more than distance gives",
            (Self::Less, Language::French) => "moins que la distance ne le donne",
            (Self::Less, Language::English) => "less than distance gives",
            (Self::Unclear, Language::French) => "pas d’écart net avec la distance",
            (Self::Unclear, Language::English) => "no clear difference from distance",
            (Self::Few, Language::French) => "effectif faible, à lire avec prudence",
            (Self::Few, Language::English) => "few actors, to be read with care",
        }
    }
}

fn sentence(name: &str, e: &Evidence, language: Language) -> String {
    let z = e.z.map_or("–".to_owned(), |z| language.decimal(z, 1));
    let expected = language.decimal(e.expected, 1);
    let ties = e.observed as usize;
    let verdict = Verdict::of(e).words(language);
    match language {
        Language::French => format!(
            "{name}\u{a0}: {} à l’intérieur, {expected} attendus à nombre de liens et à distance égaux (écart \
             réduit {z}, n\u{a0}= {})\u{202f}; {verdict}.",
            language.count(ties, "lien", "liens", "tie", "ties"),
            language.count(e.n, "acteur", "acteurs", "actor", "actors")
        ),
        Language::English => format!(
            "{name}: {} inside, {expected} expected at equal degrees and distance (z = {z}, n = {}); {verdict}.",
            language.count(ties, "lien", "liens", "tie", "ties"),
            language.count(e.n, "acteur", "acteurs", "actor", "actors")
        ),
    }
}

/// The whole, then the perimeters with ties inside or expected, most ties first.
#[must_use]
pub fn belonging_text(report: &BelongingReport, most: usize, language: Language) -> String {
    let mut lines = Vec::new();
    let name = level_name(&report.perimeters, language);
    match &report.beyond_distance {
        Measured::Value(e) => lines.push(sentence(&name, e, language)),
        Measured::Undefined(why) => lines.push(format!("{name}{}{}", language.colon(), language.reason(why))),
    }
    let mut rows: Vec<_> =
        report.territories.iter().filter_map(|t| Some((t, t.beyond_distance.value()?))).collect();
    rows.sort_by(|a, b| {
        b.1.observed.total_cmp(&a.1.observed).then(a.0.perimeter.code.cmp(&b.0.perimeter.code))
    });
    lines.extend(
        rows.iter().take(most).map(|(t, e)| format!("  {}", sentence(&t.perimeter.name, e, language))),
    );
    lines.join("\n")
}

/// What a level is called; a name of the user's own stays.
fn level_name(perimeters: &str, language: Language) -> String {
    let Ok(level) = perimeters.parse::<crate::model::Level>();
    language.levels(&level).to_owned()
}

/// The core of the ties as a sentence; why there is none otherwise.
#[must_use]
pub fn core_text(report: &BelongingReport, language: Language) -> String {
    let core = match &report.core {
        Measured::Value(core) => core,
        Measured::Undefined(why) => return language.reason(why),
    };
    let n = language.count(core.actors.len(), "acteur", "acteurs", "actor", "actors");
    let rural = language.share(core.rural, core.classed);
    let z = |e: &Option<Evidence>| {
        e.as_ref().and_then(|e| e.z).map_or("–".to_owned(), |z| language.decimal(z, 1))
    };
    let (density, distance) = (z(&core.against_density), z(&core.against_distance));
    language.pick(
        format!(
            "Cœur du réseau\u{a0}: {n}, dont ruraux {rural}. Erreurs du partage cœur–périphérie, écart réduit \
             {density} si les liens étaient tirés au sort, {distance} à distance égale (négatif\u{a0}: un cœur plus \
             net que le hasard)."
        ),
        format!(
            "Core of the network: {n}, rural {rural}. Errors of the split into core and periphery, z = {density} \
             against ties at random, {distance} at equal distance (negative: a clearer core than chance gives)."
        ),
    )
}

/// What changes from one set of perimeters to another, as a sentence.
#[must_use]
pub fn change_text(change: &BelongingChange, language: Language) -> String {
    let ties = |n: usize| language.count(n, "lien", "liens", "tie", "ties");
    let (out, into) = (ties(change.now_outside.len()), ties(change.now_inside.len()));
    let shares = change.shares.map_or("–".to_owned(), |s| {
        format!("{} → {}", language.percent(s[0], 1), language.percent(s[1], 1))
    });
    let same = change.conclusions[0] == change.conclusions[1];
    language.pick(
        format!(
            "D’un périmètre à l’autre\u{a0}: {out} sortent, {into} rentrent\u{202f}; part à l’intérieur {shares}\u{202f}; la \
             conclusion {}.",
            if same { "reste" } else { "change" }
        ),
        format!(
            "From one perimeter to the other: {out} go out, {into} come in; share inside {shares}; the conclusion {}.",
            if same { "stays" } else { "changes" }
        ),
    )
}

/// Networks that share more members than chance gives, those most sure first, and how many actors are
/// in several.
#[must_use]
pub fn membership_text(m: &MembershipReport, language: Language) -> String {
    let several: usize = m.memberships.iter().skip(1).sum();
    let share = language.share(several, m.eligible);
    let mut lines = vec![language.pick(
        format!("Acteurs dans plusieurs réseaux\u{a0}: {share}"),
        format!("Actors in several networks: {share}"),
    )];
    let mut pairs: Vec<_> = m.pairs.iter().filter(|p| p.q < 0.05).collect();
    pairs.sort_by(|a, b| a.q.total_cmp(&b.q).then((a.first, a.second).cmp(&(b.first, b.second))));
    for p in pairs {
        let (a, b) = (&m.groups[p.first].name, &m.groups[p.second].name);
        let (common, expected) =
            (language.integer(p.overlap.common), language.decimal(p.overlap.expected, 1));
        lines.push(language.pick(
            format!("  {a} et {b}\u{a0}: {common} membres en commun, {expected} attendus au hasard"),
            format!("  {a} and {b}: {common} members in common, {expected} expected by chance"),
        ));
    }
    lines.join("\n")
}

/// A map of perimeters: marks by verdict and by ties inside, dashed arcs for the ties that leave them
/// (the `most` strongest).
///
/// # Errors
/// As [`FlowMap::render`].
pub fn belonging_map(
    study: &Study,
    perimeters: &Perimeters,
    report: &BelongingReport,
    most: usize,
    ground: Option<PartnerGround<'_>>,
    language: Language,
) -> Result<Svg> {
    let n = report.territories.len();
    let mut sums = vec![(Coord { x: 0.0, y: 0.0 }, 0.0_f64); n];
    for (list, base) in perimeters.of_base.iter().zip(study.atlas().base().territories()) {
        let Some(p) = base.point.map(Coord::from) else { continue };
        for &t in list {
            let sum = &mut sums[t as usize];
            *sum = (Coord { x: sum.0.x + p.x, y: sum.0.y + p.y }, sum.1 + 1.0);
        }
    }
    let verdicts = [Verdict::More, Verdict::Unclear, Verdict::Less, Verdict::Few];
    let (mut points, mut at) = (Vec::new(), vec![None; n]);
    for (t, territory) in report.territories.iter().enumerate() {
        let (Some(e), (sum, k)) = (territory.beyond_distance.value(), sums[t]) else { continue };
        // Overseas places have ties of their own and lie off this map.
        if k == 0.0 || !(-10.0..=15.0).contains(&(sum.x / k)) || sum.y / k < 35.0 {
            continue;
        }
        let class = verdicts.iter().position(|v| *v == Verdict::of(e)).unwrap_or(0) as u32;
        at[t] = Some(points.len() as u32);
        let p = FlowPoint::new(Coord { x: sum.x / k, y: sum.y / k }, class, &territory.perimeter.name);
        points.push(p.size(territory.inside as f64 + 0.5));
    }
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[b].size.total_cmp(&points[a].size));
    order.iter().take(12).for_each(|&i| points[i].label = crate::write::svg::PointLabel::Beside);
    let mut between: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let of = |actor: u32| study.places()[actor as usize].base.map(|b| &perimeters.of_base[b as usize]);
    for tie in report.ties.iter().filter(|t| !t.inside) {
        let (Some(a), Some(b)) = (of(tie.a), of(tie.b)) else { continue };
        if let (Some(&a), Some(&b)) = (a.first(), b.first())
            && let (Some(x), Some(y)) = (at[a as usize], at[b as usize])
        {
            *between.entry((x.min(y), x.max(y))).or_default() += 1;
        }
    }
    let mut strongest: Vec<((u32, u32), usize)> = between.into_iter().collect();
    strongest.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    strongest.truncate(most);
    let flows: Vec<Flow> = strongest
        .into_iter()
        .map(|((a, b), ties)| {
            let n = language.count(ties, "lien", "liens", "tie", "ties");
            let names = format!("{} – {}", points[a as usize].name, points[b as usize].name);
            Flow::new(a, b, 0).weight(ties as f64).detail(format!("{names}{}{n}", language.colon()))
        })
        .collect();
    let classes: Vec<String> = verdicts.iter().map(|v| v.words(language).to_owned()).collect();
    let kinds = [FlowClass::new(
        language.pick("liens qui sortent des périmètres, les plus forts", "ties that leave, the strongest"),
        LineStyle::Dashed,
    )];
    let more = report
        .territories
        .iter()
        .filter_map(|t| t.beyond_distance.value())
        .filter(|e| Verdict::of(e) == Verdict::More)
        .count();
    let tested = report.territories.iter().filter(|t| t.beyond_distance.value().is_some()).count();
    let (name, share) = (level_name(&report.perimeters, language), language.share(more, tested));
    let title = language.pick(
        format!("{name}\u{a0}: la coopération y reste plus que la distance ne le donne dans {share}"),
        format!("{name}: cooperation stays inside more than distance gives in {share}"),
    );
    let notes = [language
        .pick(
            "Taille\u{a0}: liens à l’intérieur. Largeur\u{a0}: liens d’un périmètre à l’autre.",
            "Size: ties inside. Width: ties from one perimeter to another.",
        )
        .to_owned()];
    let mut map = FlowMap::new(&title).points(&classes, &points).flows(&kinds, &flows).notes(&notes).source(
        language.pick(
            "Sources\u{a0}: Insee\u{202f}; keep.eu, ROR, ANCT\u{202f}; calculs rurban.",
            "Sources: Insee; keep.eu, ROR, ANCT; computed by rurban.",
        ),
    );
    let mut bounds = crate::space::Bounds::EMPTY;
    points.iter().for_each(|p| bounds.include(p.at));
    if !bounds.is_empty() {
        let room = 0.6;
        map = map.bounds(crate::space::Bounds {
            min: bounds.min.map(|v| v - room),
            max: bounds.max.map(|v| v + room),
        });
    }
    if let Some(g) = ground {
        map = map.background(Background::new(g.layer, g.contours));
    }
    map.render_in(language.pictures())
}
