//! How far people are from facilities and how much is there for each of them: tables, sentences and
//! pictures.

#[cfg(feature = "france-data")]
mod request;

use std::collections::BTreeSet;

use geo_types::Coord;
#[cfg(feature = "france-data")]
pub use request::{AccessRequest, FacilityKinds, Travel};

use super::maps::{Over, close_up, contours, frame, value_map};
use super::output::capital;
use super::{Language, Part, Wording};
use crate::atlas::{Atlas, Territory};
use crate::error::Result;
use crate::labels::Labels;
use crate::model::{ActorKind, DensityLevel, Level, Rurality};
use crate::space::Layer;
use crate::study::{AccessMethod, AccessReport, AccessSummary, Study};
use crate::write::Table;
use crate::write::report::{Align, TextTable};
use crate::write::svg::{Axis, Marks, Plot, Series, Svg};

/// What costs are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum CostUnit {
    /// Kilometres, of costs in metres.
    #[default]
    Kilometres,
    /// Minutes, of costs in minutes.
    Minutes,
}

impl CostUnit {
    /// Its symbol.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Kilometres => "km",
            Self::Minutes => "min",
        }
    }

    /// Costs of the study in one of these.
    #[must_use]
    pub const fn size(self) -> f64 {
        match self {
            Self::Kilometres => 1_000.0,
            Self::Minutes => 1.0,
        }
    }
}

/// The one territory that is looked at closely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    name: String,
    /// Whether each base territory is in it.
    inside: Vec<bool>,
}

impl Focus {
    /// The territory of a level with this name or code.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when there is no such level or territory.
    pub fn of(atlas: &Atlas, level: &Level, text: &str) -> Result<Self> {
        let found = atlas.level(level)?.search(text)?;
        let mut inside = vec![false; atlas.base().territories().len()];
        for (base, territory) in atlas.level(level)?.memberships().iter() {
            inside[base as usize] |= territory as usize == found;
        }
        Ok(Self { name: atlas.level(level)?.territories()[found].name.clone(), inside })
    }
}

/// What an access report is about and how it is shown.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessView {
    /// Kinds of facilities.
    pub kinds: Vec<ActorKind>,
    /// How access was scored.
    pub method: AccessMethod,
    /// How far people go, in `unit`.
    pub reach: f64,
    /// What costs are shown in.
    pub unit: CostUnit,
    /// Level of the maps.
    pub by: Level,
    /// The territory whose base territories are listed and drawn, instead of the whole.
    pub focus: Option<Focus>,
}

impl AccessView {
    /// The whole, with maps by EPCI.
    #[must_use]
    pub const fn new(kinds: Vec<ActorKind>, method: AccessMethod, reach: f64, unit: CostUnit) -> Self {
        Self { kinds, method, reach, unit, by: Level::Epci, focus: None }
    }

    /// Sets the level of the maps.
    #[must_use]
    pub fn by(mut self, level: Level) -> Self {
        self.by = level;
        self
    }

    /// Sets the territory that is looked at closely.
    #[must_use]
    pub fn focus(mut self, focus: Option<Focus>) -> Self {
        self.focus = focus;
        self
    }

    fn inside(&self, base: usize) -> bool {
        self.focus.as_ref().is_none_or(|f| f.inside[base])
    }

    fn facilities(&self, l: Language) -> String {
        if self.kinds.len() == ActorKind::ALL.len() {
            return l.pick("acteurs de tous types", "actors of all kinds").to_owned();
        }
        self.kinds.iter().map(|k| l.actor_kinds(*k)).collect::<Vec<_>>().join(", ")
    }

    /// What scores are shown in.
    fn score_name(&self, l: Language) -> &'static str {
        match self.method {
            AccessMethod::Opportunities | AccessMethod::Potential => l.pick("à portée", "within reach"),
            AccessMethod::RationalAgents => l.pick("trajet et affluence", "travel and crowding"),
            // Shares of what facilities offer add up over communes, not over heads.
            AccessMethod::Balanced => l.pick("part de l’offre × 10⁶", "share of offers × 10⁶"),
            _ => l.pick("pour 100\u{202f}000 hab.", "per 100,000 inh."),
        }
    }

    const fn score_factor(&self) -> f64 {
        match self.method {
            AccessMethod::Opportunities | AccessMethod::Potential | AccessMethod::RationalAgents => 1.0,
            AccessMethod::Balanced => 1e6,
            _ => 1e5,
        }
    }

    fn cost(&self, value: Option<f64>, l: Language) -> String {
        l.decimal(value.map_or(f64::NAN, |v| v / self.unit.size()), 1)
    }

    fn score(&self, value: Option<f64>, l: Language) -> String {
        l.decimal(value.map_or(f64::NAN, |v| v * self.score_factor()), 2)
    }

    /// A cost with its unit.
    fn way(&self, value: Option<f64>, l: Language) -> String {
        format!("{}\u{a0}{}", self.cost(value, l), self.unit.symbol())
    }
}

fn percent(share: Option<f64>, l: Language) -> String {
    l.percent(share.unwrap_or(f64::NAN), 1)
}

/// All of an access report: coverage, rural and urban people, then one territory closely, or the ends of
/// the country and inequality; tables of all levels, two maps (where there are outlines) and the curve of
/// people by way.
///
/// # Errors
/// [`Error::Unknown`](crate::Error::Unknown) when the study lacks the level of the maps;
/// [`Error::Shape`](crate::Error::Shape) for a report of another study.
pub fn access<'a>(
    study: &Study,
    report: &AccessReport,
    view: &AccessView,
    wording: &Wording,
) -> Result<Part<'a>> {
    let l = wording.language;
    let wording = &facility_sources(study, report, wording);
    let mut part = Part::new();
    let reach = l.decimal(view.reach, usize::from(view.reach.fract() != 0.0));
    let (head, unit) = (l.pick("ACCÈS", "ACCESS TO"), view.unit.symbol());
    let what = view.facilities(l);
    part.say(format!("{head}{}{what} ({}, {reach}\u{a0}{unit})", l.colon(), view.method));
    coverage(&mut part, report, l);
    part.show(sides(study, report, view, l)?);
    if let Some(focus) = &view.focus {
        part.show(listing(study, report, view, focus, l)?);
        close_maps(&mut part, study, report, (view, focus), wording)?;
    } else {
        for level in [Level::PetrPays, Level::Departement] {
            if study.atlas().level(&level).is_ok() {
                ends(&mut part, study, report, (&level, view), l)?;
            }
        }
        part.show(inequality(study, report, l)?);
        maps(&mut part, study, report, view, wording)?;
    }
    part.picture("nearest_shares.svg", curve(report, view, wording)?);
    part.table("communes.csv", base_table(study, report)?);
    for level in study.atlas().levels().iter().skip(1) {
        part.table(format!("{}.csv", level.level().key()), level_table(study, report, level.level())?);
    }
    part.say(l.pick(
        "Chaque habitant est situé au point de sa commune, et chaque organisme de recherche à celui de sa ville\u{202f};",
        "Everybody is taken to live at one point of the commune, and research organisations to be at",
    ));
    part.say(l.pick(
        "les cartes montrent la métropole, les tables tout ce qui a un point.",
        "the point of their city; maps show the mainland and Corsica, tables all that has a point.",
    ));
    Ok(part)
}

/// The wording with the sources of the facilities.
fn facility_sources(study: &Study, report: &AccessReport, wording: &Wording) -> Wording {
    let source = |actor: u32| study.inventory().actors()[actor as usize].source.as_str();
    let keys: BTreeSet<&str> = report.facilities.iter().map(|f| source(f.actor)).collect();
    let titles = keys
        .into_iter()
        .filter(|key| !key.is_empty())
        .map(|key| wording.language.source(study.inventory(), key).to_owned());
    titles.fold(wording.clone(), Wording::source)
}

fn coverage(part: &mut Part<'_>, report: &AccessReport, l: Language) {
    let c = &report.coverage;
    let [all, at_commune, no_place, off, no_capacity, unreached] = [
        c.facilities,
        c.facilities_without_position,
        c.facilities_without_place,
        c.facilities_off_roads,
        c.facilities_without_capacity,
        c.facilities_unreached,
    ]
    .map(|n| l.integer(n));
    part.say(match l {
        Language::French => format!(
            "{all} équipements (au point de leur commune\u{a0}: {at_commune})\u{202f}; écartés\u{a0}: {no_place} sans \
             lieu, {off} hors des routes, {no_capacity} sans capacité\u{202f}; {unreached} que personne n’atteint"
        ),
        Language::English => format!(
            "{all} facilities ({at_commune} at the point of their commune); left out: {no_place} without \
             place, {off} off roads, {no_capacity} without capacity; {unreached} reached by nobody"
        ),
    });
    let [measured, all, no_point, off, no_costs, empty, unknown] = [
        c.measured,
        c.territories,
        c.without_point,
        c.off_roads,
        c.without_costs,
        c.without_population,
        c.unknown_rurality,
    ]
    .map(|n| l.integer(n));
    let [people, left_out, beyond] =
        [c.population, c.population_left_out, c.population_uncovered].map(|n| l.integer(n as i64));
    part.say(match l {
        Language::French => format!(
            "{measured} communes sur {all}, {people} habitants\u{202f}; écartées\u{a0}: {no_point} sans point, {off} hors \
             des routes, {no_costs} sans temps de trajet ({left_out} habitants)\u{202f}; {empty} sans population, \
             {unknown} de ruralité inconnue"
        ),
        Language::English => format!(
            "{measured} of {all} communes with {people} inhabitants; left out: {no_point} without point, {off} \
             off roads, {no_costs} without travel times ({left_out} inhabitants); {empty} without population, \
             {unknown} of unknown rurality"
        ),
    });
    let uncovered = l.integer(c.uncovered);
    part.say(match l {
        Language::French => format!("hors de portée\u{a0}: {uncovered} communes, {beyond} habitants"),
        Language::English => format!("out of reach: {uncovered} communes with {beyond} inhabitants"),
    });
    part.say("");
}

fn sides(study: &Study, report: &AccessReport, view: &AccessView, l: Language) -> Result<TextTable> {
    let unit = view.unit.symbol();
    let right = |name: String| (name, Align::Right);
    let mut columns = vec![
        (l.pick("habitants de", "people in").to_owned(), Align::Left),
        right(l.pick("habitants", "inhabitants").to_owned()),
        right(format!("{} {unit}", l.pick("plus proche, moyenne", "nearest, mean"))),
        right(l.pick("médiane", "median").to_owned()),
    ];
    let bands = report.bands.iter().map(|b| format!("≤ {} {unit}", l.decimal(b / view.unit.size(), 0)));
    columns.extend(bands.map(right));
    columns.push(right(l.pick("aucun proche", "none near").to_owned()));
    columns.push(right(view.score_name(l).to_owned()));
    let mut table = TextTable::new(columns);
    let base = study.atlas().base().territories();
    let mut rows = vec![(l.pick("ensemble", "all communes").to_owned(), report.overall())];
    if let Some(focus) = &view.focus {
        rows.push((focus.name.clone(), report.summary(|i, _| focus.inside[i])));
    }
    let sides = [
        (Rurality::Rural, l.pick("communes rurales", "rural communes")),
        (Rurality::Urban, l.pick("communes urbaines", "urban communes")),
    ];
    rows.extend(sides.map(|(side, name)| {
        let summary = report.summary(|i, t| view.inside(i) && t.rurality == Some(side));
        (if view.focus.is_some() { format!("  {name}") } else { name.to_owned() }, summary)
    }));
    rows.extend(DensityLevel::ALL.map(|d| {
        let summary = report.summary(|i, _| view.inside(i) && base[i].density == Some(d));
        (format!("  {}", l.density(d)), summary)
    }));
    rows.retain(|(_, summary)| summary.territories > 0);
    for (name, s) in rows {
        let mut row = vec![name, l.integer(s.population as i64)];
        row.extend([view.cost(s.nearest_mean, l), view.cost(s.nearest_median, l)]);
        row.extend(s.within.iter().map(|w| percent(*w, l)));
        row.push(percent((s.population > 0.0).then(|| s.population_without_nearest / s.population), l));
        row.push(view.score(s.score_mean, l));
        table.row(row)?;
    }
    Ok(table)
}

/// The base territories of one territory, the farthest first.
fn listing(
    study: &Study,
    report: &AccessReport,
    view: &AccessView,
    focus: &Focus,
    l: Language,
) -> Result<TextTable> {
    let base = study.atlas().base().territories();
    let actors = study.inventory().actors();
    let mut table = TextTable::new([
        ("commune", Align::Left),
        (l.pick("habitants", "inhabitants"), Align::Right),
        (view.unit.symbol(), Align::Right),
        (view.score_name(l), Align::Right),
        (l.pick("le plus proche", "nearest"), Align::Left),
    ]);
    let rows = &report.territories;
    let cost = |i: usize| rows[i].nearest_cost().unwrap_or(f64::INFINITY);
    let mut order: Vec<usize> = (0..base.len()).filter(|&i| focus.inside[i]).collect();
    order.sort_by(|&a, &b| cost(b).total_cmp(&cost(a)).then(a.cmp(&b)));
    for i in order {
        let nearest = rows[i].nearest.first();
        table.row([
            base[i].name.clone(),
            base[i].population.map_or_else(String::new, |p| l.integer(p as i64)),
            view.cost(rows[i].nearest_cost(), l),
            view.score(rows[i].score, l),
            nearest.map_or_else(String::new, |n| actors[n.actor as usize].name.clone()),
        ])?;
    }
    Ok(table)
}

/// The farthest and the nearest territories of a level.
fn ends(
    part: &mut Part<'_>,
    study: &Study,
    report: &AccessReport,
    (level, view): (&Level, &AccessView),
    l: Language,
) -> Result<()> {
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
        right(l.pick("habitants", "inhabitants")),
        right(&format!("{} {}", l.pick("plus proche, moyenne", "nearest, mean"), view.unit.symbol())),
        right(l.pick("à portée", "in reach")),
        right(view.score_name(l)),
    ]);
    let mut add = |i: usize| {
        let s = &summaries[i];
        table.row([
            territories[i].name.clone(),
            l.integer(s.population as i64),
            view.cost(s.nearest_mean, l),
            percent(s.covered_share, l),
            view.score(s.score_mean, l),
        ])
    };
    let ends = 5.min(order.len() / 2);
    order[..ends].iter().try_for_each(|&i| add(i))?;
    order[order.len() - ends..].iter().try_for_each(|&i| add(i))?;
    let (levels, n) = (l.levels(level), l.integer(order.len()));
    part.say(match l {
        Language::French => format!("Les plus éloignés et les plus proches, sur {n} {levels}"),
        Language::English => format!("Farthest and nearest of {n} {levels}"),
    });
    part.show(table);
    if !without.is_empty() {
        let head = l.pick("Aucun équipement proche", "No facility near");
        part.say(format!("{head}{}{}", l.colon(), without.join(", ")));
        part.say("");
    }
    Ok(())
}

fn inequality(study: &Study, report: &AccessReport, l: Language) -> Result<TextTable> {
    let right = |french, english| (l.pick(french, english), Align::Right);
    let mut table = TextTable::new([
        (l.pick("inégalité du score, selon", "inequality of the score, by"), Align::Left),
        right("Gini", "Gini"),
        right("Theil", "Theil"),
        right("entre les groupes", "between"),
        right("à l’intérieur", "within"),
    ]);
    let density = |t: &Territory| t.density.map_or(Labels::NONE, |d| d.rank() as u32);
    let density = study.atlas().base().territories().iter().map(density).collect();
    let mut groupings = vec![
        (l.pick("rural ou urbain", "rural or urban"), report.rurality_labels()),
        (l.pick("niveau de densité", "density level"), Labels::new(density, DensityLevel::ALL.len())?),
    ];
    for (name, level) in [("région", Level::Region), ("département", Level::Departement)] {
        if let Ok(level) = study.atlas().level(&level) {
            groupings.push((name, level.membership().clone()));
        }
    }
    for (name, groups) in groupings {
        let i = match report.inequality(&groups) {
            Ok(i) => i,
            // Nothing to share.
            Err(e) if e.as_undefined().is_some() => {
                table.row([name, "–", "–", "–", "–"])?;
                continue;
            }
            Err(e) => return Err(e),
        };
        let of = |p: f64| percent((i.theil.total > 0.0).then(|| p / i.theil.total), l);
        table.row([
            name.to_owned(),
            l.decimal(i.gini, 3),
            l.decimal(i.theil.total, 3),
            of(i.theil.between),
            of(i.theil.within),
        ])?;
    }
    Ok(table)
}

/// One row per base territory, with its three nearest facilities.
fn base_table<'a>(study: &Study, report: &AccessReport) -> Result<Table<'a>> {
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

/// One row per territory of a level.
fn level_table<'a>(study: &Study, report: &AccessReport, level: &Level) -> Result<Table<'a>> {
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

/// A picture, its title, and the values of its territories.
type MapValues<'a> = (&'a str, [String; 2], Vec<f64>);

fn maps(
    part: &mut Part<'_>,
    study: &Study,
    report: &AccessReport,
    view: &AccessView,
    wording: &Wording,
) -> Result<()> {
    let l = wording.language;
    let level = study.atlas().level(&view.by)?;
    let Some(layer) = level.geometry() else {
        let (levels, colon) = (l.levels(&view.by), l.colon());
        part.say(format!("{levels}{colon}{}", l.pick("aucun contour à dessiner", "no outline to draw")));
        return Ok(());
    };
    let summaries = study.access_by(&view.by, report)?;
    let value = |f: &dyn Fn(&AccessSummary) -> Option<f64>| -> Vec<f64> {
        summaries.iter().map(|s| f(s).unwrap_or(f64::NAN)).collect()
    };
    let [rural, urban] = [Rurality::Rural, Rurality::Urban].map(|side| report.of_rurality(side));
    let what = view.facilities(l);
    let both = |rural: String, urban: String| match l {
        Language::French => format!("{rural} pour les ruraux, {urban} pour les urbains"),
        Language::English => format!("{rural} for rural people, {urban} for urban"),
    };
    let ways = both(view.way(rural.nearest_mean, l), view.way(urban.nearest_mean, l));
    let scores = both(view.score(rural.score_mean, l), view.score(urban.score_mean, l));
    let (nearest, colon) = (l.pick("au plus proche", "to the nearest"), l.colon());
    let pictures: [MapValues<'_>; 2] = [
        (
            "nearest.svg",
            [format!("{what}, {nearest}{colon}{ways}"), view.unit.symbol().to_owned()],
            value(&|s| s.nearest_mean.map(|m| m / view.unit.size())),
        ),
        (
            "score.svg",
            [
                format!("{what}, {} {}{colon}{scores}", view.method, view.score_name(l)),
                view.score_name(l).to_owned(),
            ],
            value(&|s| s.score_mean.map(|m| m * view.score_factor())),
        ),
    ];
    for (file, [title, label], values) in pictures {
        let (values, cap) = capped(values);
        let (levels, cap) = (l.levels(&view.by), l.decimal(cap, 1));
        let note = match l {
            Language::French => {
                format!(
                    "Lecture\u{a0}: moyenne par habitant, {levels}\u{202f}; teinte la plus foncée\u{a0}: {cap} et plus."
                )
            }
            Language::English => {
                format!("How to read: mean of the people, {levels}; darkest: {cap} and more.")
            }
        };
        let over = Over { note: &note, ..Over::default() };
        let place = (layer, contours(level), frame(layer));
        part.picture(file, value_map([&title, &label], place, &values, &over, wording)?);
    }
    Ok(())
}

/// The base territories of one territory and the facilities in and around it.
fn close_maps(
    part: &mut Part<'_>,
    study: &Study,
    report: &AccessReport,
    (view, focus): (&AccessView, &Focus),
    wording: &Wording,
) -> Result<()> {
    let l = wording.language;
    let level = study.atlas().base();
    let name = &focus.name;
    let sight = level.geometry().and_then(|layer| Some((layer, close_up(layer, |i| focus.inside[i])?)));
    let Some((layer, (bounds, drawn))) = sight else {
        let none = l.pick("aucun contour à dessiner", "no outline to draw");
        part.say(format!("{name}{}{none}", l.colon()));
        return Ok(());
    };
    let layer = Layer::from_features(&drawn.iter().map(|&i| layer.to_multi_polygon(i)).collect::<Vec<_>>());
    let points: Vec<Coord<f64>> = (report.facilities.iter())
        .filter_map(|f| study.places()[f.actor as usize].point.map(Coord::from))
        .filter(|p| bounds.contains(*p))
        .collect();
    let value = |f: &dyn Fn(usize) -> Option<f64>| -> Vec<f64> {
        drawn.iter().map(|&i| Some(i).filter(|&i| focus.inside[i]).and_then(f).unwrap_or(f64::NAN)).collect()
    };
    let rows = &report.territories;
    let (what, colon) = (view.facilities(l), l.colon());
    let mean = report.summary(|i, _| focus.inside[i]);
    let (way, score) = (view.way(mean.nearest_mean, l), view.score(mean.score_mean, l));
    let to = l.pick("en moyenne jusqu’au plus proche", "on average to the nearest");
    let pictures: [MapValues<'_>; 2] = [
        (
            "nearest.svg",
            [format!("{name}{colon}{way} {to} ({what})"), view.unit.symbol().to_owned()],
            value(&|i| rows[i].nearest_cost().map(|c| c / view.unit.size())),
        ),
        (
            "score.svg",
            [
                format!("{name}{colon}{score} {} ({what}, {})", view.score_name(l), view.method),
                view.score_name(l).to_owned(),
            ],
            value(&|i| rows[i].score.map(|s| s * view.score_factor())),
        ),
    ];
    for (file, [title, label], values) in pictures {
        let over = Over { points: &points, ..Over::default() };
        let place = (&layer, contours(level), Some(bounds));
        part.picture(file, value_map([&title, &label], place, &values, &over, wording)?);
    }
    Ok(())
}

/// Rural and urban people by their way to the nearest facility.
fn curve(report: &AccessReport, view: &AccessView, wording: &Wording) -> Result<Svg> {
    const FAR: f64 = 80.0;
    let l = wording.language;
    let sides = [Rurality::Rural, Rurality::Urban];
    let shares =
        sides.map(|side| report.cumulative_shares(|i, t| t.rurality == Some(side) && view.inside(i)));
    let lines = [0, 1].map(|k| {
        let (mut x, mut y) = (vec![0.0], vec![0.0]);
        for reached in &shares[k] {
            let (cost, share) = (reached.cost / view.unit.size(), 100.0 * reached.share);
            if cost > FAR {
                break;
            }
            // Steps of a tenth of a per cent are all that a picture shows.
            if share - y[y.len() - 1] >= 0.1 {
                x.extend([cost, cost]);
                y.extend([y[y.len() - 1], share]);
            }
        }
        x.push(FAR);
        y.push(y[y.len() - 1]);
        (x, y)
    });
    let names = [l.pick("rural", "rural"), l.pick("urbain", "urban")];
    let series =
        [0, 1].map(|k| Series { name: names[k], x: &lines[k].0, y: &lines[k].1, marks: Marks::Line });
    let within = |k: usize| {
        let near = shares[k].iter().take_while(|r| r.cost <= view.reach * view.unit.size());
        let known = !shares[k].is_empty();
        l.percent(near.last().map_or(if known { 0.0 } else { f64::NAN }, |r| r.share), 0)
    };
    let place = view.focus.as_ref().map_or_else(String::new, |f| format!("{}{}", f.name, l.colon()));
    let (rural, urban, what) = (within(0), within(1), view.facilities(l));
    let reach = format!(
        "{}\u{a0}{}",
        l.decimal(view.reach, usize::from(view.reach.fract() != 0.0)),
        view.unit.symbol()
    );
    let title = match l {
        Language::French => {
            format!("{place}{rural} des ruraux et {urban} des urbains à {reach} au plus ({what})")
        }
        Language::English => {
            format!("{place}{rural} of rural and {urban} of urban people within {reach} ({what})")
        }
    };
    let [n, m] = sides.map(|side| {
        let people = report.summary(|i, t| t.rurality == Some(side) && view.inside(i)).population;
        l.integer(people as i64)
    });
    let note = match l {
        Language::French => format!("n\u{a0}= {n} ruraux, {m} urbains."),
        Language::English => format!("n = {n} rural, {m} urban people."),
    };
    let plot = Plot {
        title: &capital(&title),
        x_label: view.unit.symbol(),
        y_label: l.pick("% de la population rurale ou urbaine", "% of the rural or urban population within"),
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &series,
    };
    Ok(plot.render_in(l.pictures())?.captioned(&format!("{note} {}", wording.source_line())))
}
