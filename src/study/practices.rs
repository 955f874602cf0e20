//! What a census of practices says: what there is for whom, who took it up from whom, how far.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Study;
use crate::error::Result;
use crate::model::{PracticeForm, Rurality, Year};
use crate::read::vocabulary::folded;
use crate::space::distance::geodesic_m;

/// Which practices are looked at; everything when empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PracticeFilter {
    /// One of these themes.
    pub themes: Vec<String>,
    /// One of these forms.
    pub forms: Vec<PracticeForm>,
    /// An origin of this rurality.
    pub origin: Option<Rurality>,
    /// At least one adopter of this rurality.
    pub adopter: Option<Rurality>,
    /// Words that its name, description, themes, success factors or pitfalls hold, all of them, case,
    /// accents and plurals aside.
    pub text: String,
}

impl PracticeFilter {
    /// Sets the themes.
    #[must_use]
    pub fn themes(mut self, themes: Vec<String>) -> Self {
        self.themes = themes;
        self
    }

    /// Sets the forms.
    #[must_use]
    pub fn forms(mut self, forms: Vec<PracticeForm>) -> Self {
        self.forms = forms;
        self
    }

    /// Sets the rurality of the origin.
    #[must_use]
    pub const fn origin(mut self, rurality: Rurality) -> Self {
        self.origin = Some(rurality);
        self
    }

    /// Sets the rurality that one adopter has at least.
    #[must_use]
    pub const fn adopter(mut self, rurality: Rurality) -> Self {
        self.adopter = Some(rurality);
        self
    }

    /// Sets the words to search for.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}

/// What is asked of a census.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PracticesOptions {
    /// Which practices are listed and counted. Gaps are those of the whole census.
    pub filter: PracticeFilter,
    /// Themes that a census might have, besides those it has: of these, too, it is said when no rural
    /// territory has them.
    pub themes: Vec<String>,
}

impl PracticesOptions {
    /// Sets the filter.
    #[must_use]
    pub fn filter(mut self, filter: PracticeFilter) -> Self {
        self.filter = filter;
        self
    }

    /// Sets the themes that a census might have.
    #[must_use]
    pub fn themes(mut self, themes: Vec<String>) -> Self {
        self.themes = themes;
        self
    }
}

/// Numbers by rurality.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BySide {
    /// Rural.
    pub rural: usize,
    /// Urban.
    pub urban: usize,
    /// Rurality not known.
    pub unclassed: usize,
}

impl BySide {
    /// All together.
    #[must_use]
    pub const fn total(self) -> usize {
        self.rural + self.urban + self.unclassed
    }

    const fn add(&mut self, side: Option<Rurality>) {
        match side {
            Some(Rurality::Rural) => self.rural += 1,
            Some(Rurality::Urban) => self.urban += 1,
            None => self.unclassed += 1,
        }
    }
}

/// Which side had a practice first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstSide {
    /// Rural actors.
    Rural,
    /// Urban actors.
    Urban,
    /// Both in the same year.
    SameYear,
    /// Only rural actors have it.
    OnlyRural,
    /// Only urban actors have it.
    OnlyUrban,
    /// Dates or places are missing.
    NotKnown,
}

/// Rural after urban, or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PracticeOrder {
    /// Which side had it first.
    pub first: FirstSide,
    /// First dated year of a rural actor, the origin included.
    pub rural_year: Option<Year>,
    /// First dated year of an urban actor, the origin included.
    pub urban_year: Option<Year>,
}

impl PracticeOrder {
    /// Years from the first urban actor to the first rural one; negative when the rural one was first.
    #[must_use]
    pub fn rural_lag_years(&self) -> Option<i32> {
        Some(i32::from(self.rural_year?) - i32::from(self.urban_year?))
    }
}

/// One practice of the census.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PracticeRow {
    /// Index in [`Inventory::practices`](crate::inventory::Inventory::practices).
    pub practice: usize,
    /// Index of the actor it began with.
    pub origin: Option<u32>,
    /// Rurality of the origin.
    pub rurality: Option<Rurality>,
    /// Its adopters.
    pub adopters: BySide,
    /// Adoptions without a date.
    pub undated: usize,
    /// Mean distance of its adopters from the origin, metres, of those with a place.
    pub mean_distance_m: Option<f64>,
    /// Greatest distance of an adopter from the origin, metres.
    pub greatest_distance_m: Option<f64>,
    /// Rural after urban or before.
    pub order: PracticeOrder,
}

/// Practices of one theme, form and rurality of the origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PracticeCount {
    /// Theme; `None` for practices that name none.
    pub theme: Option<String>,
    /// Form; `None` when not known.
    pub form: Option<PracticeForm>,
    /// Rurality of the origin.
    pub rurality: Option<Rurality>,
    /// How many. A practice of several themes counts in each.
    pub practices: usize,
    /// Their adopters.
    pub adopters: BySide,
}

/// A theme by who began and who took up practices of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ThemeGap {
    /// The theme.
    pub theme: String,
    /// Practices of it in the census.
    pub practices: usize,
    /// Where they began.
    pub origins: BySide,
    /// Who took them up.
    pub adopters: BySide,
}

impl ThemeGap {
    /// Whether no actor known to be rural has a practice of the theme, neither as origin nor as adopter.
    #[must_use]
    pub const fn is_without_rural(&self) -> bool {
        self.origins.rural + self.adopters.rural == 0
    }

    /// Whether rural actors took up practices of the theme and began none.
    #[must_use]
    pub const fn is_rural_by_adoption_only(&self) -> bool {
        self.origins.rural == 0 && self.adopters.rural > 0
    }
}

/// How it is known from whom an adopter has a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The census says so.
    Stated,
    /// Of those who had it in an earlier year, the one the adopter cooperates with most. Likely, not
    /// attested.
    Tied,
    /// Of those who had it in an earlier year, the nearest one. A guess.
    Nearest,
}

/// One adoption.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AdoptionStep {
    /// Index of the practice.
    pub practice: usize,
    /// Index of the adopter.
    pub actor: u32,
    /// Its rurality.
    pub rurality: Option<Rurality>,
    /// When.
    pub year: Option<Year>,
    /// Index of the actor it has it from, as far as can be told.
    pub from: Option<u32>,
    /// Rurality of that actor.
    pub from_rurality: Option<Rurality>,
    /// How that is known.
    pub known: Option<Known>,
    /// Distance from that actor, metres.
    pub distance_m: Option<f64>,
    /// Mean distance to all who had the practice in an earlier year, metres: what chance would give if
    /// the adopter had it from any of them.
    pub expected_distance_m: Option<f64>,
}

/// What a census of practices says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct PracticesReport {
    /// The practices that pass the filter, in the order of the census.
    pub practices: Vec<PracticeRow>,
    /// Theme × form × rurality of the origin, in this order; only those that occur.
    pub counts: Vec<PracticeCount>,
    /// All themes of the census and of the options, by the alphabet.
    pub themes: Vec<ThemeGap>,
    /// The adoptions of these practices, by practice, then year (undated ones last).
    pub steps: Vec<AdoptionStep>,
    /// Practices in the census.
    pub all: usize,
    /// Of those that pass the filter, how many have no known origin.
    pub without_origin: usize,
}

impl PracticesReport {
    /// Themes that no rural actor has.
    pub fn gaps(&self) -> impl Iterator<Item = &ThemeGap> {
        self.themes.iter().filter(|t| t.is_without_rural())
    }

    /// Practices by which side had them first.
    #[must_use]
    pub fn orders(&self) -> BTreeMap<FirstSide, usize> {
        let mut orders = BTreeMap::new();
        self.practices.iter().for_each(|p| *orders.entry(p.order.first).or_default() += 1);
        orders
    }
}

impl Study {
    /// Counts of practices by theme, form and rurality, the themes that no rural actor has, who took
    /// practices up from whom and how far, and whether rural actors came after urban ones or before.
    ///
    /// Who has a practice from whom is stated by the census for some adoptions; for the others it is
    /// the earlier adopter (or origin) the adopter has the strongest tie with, else the nearest one, and
    /// [`AdoptionStep::known`] says which. Without a year nothing earlier can be told.
    /// O(practices · adoptions²).
    ///
    /// # Errors
    /// None on a study.
    pub fn practices(&self, options: &PracticesOptions) -> Result<PracticesReport> {
        let census = self.inventory().practices();
        let mut themes: BTreeMap<String, ThemeGap> = BTreeMap::new();
        for theme in &options.themes {
            themes.entry(theme.clone()).or_insert_with(|| empty_gap(theme));
        }
        let mut counts: BTreeMap<(Option<String>, Option<PracticeForm>, u8), PracticeCount> = BTreeMap::new();
        let (mut rows, mut steps) = (Vec::new(), Vec::new());
        let ties = self.tie_weights();
        for (index, practice) in census.iter().enumerate() {
            let row = self.practice_row(index)?;
            for theme in &practice.themes {
                let gap = themes.entry(theme.clone()).or_insert_with(|| empty_gap(theme));
                gap.practices += 1;
                gap.origins.add(row.rurality);
                add_sides(&mut gap.adopters, row.adopters);
            }
            if !self.passes(&options.filter, &row) {
                continue;
            }
            let of_themes: Vec<Option<String>> = if practice.themes.is_empty() {
                vec![None]
            } else {
                practice.themes.iter().cloned().map(Some).collect()
            };
            for theme in of_themes {
                let side = match row.rurality {
                    Some(Rurality::Rural) => 0,
                    Some(Rurality::Urban) => 1,
                    None => 2,
                };
                let count = counts.entry((theme.clone(), practice.form, side)).or_insert(PracticeCount {
                    theme,
                    form: practice.form,
                    rurality: row.rurality,
                    practices: 0,
                    adopters: BySide::default(),
                });
                count.practices += 1;
                add_sides(&mut count.adopters, row.adopters);
            }
            steps.extend(self.steps_of(index, &ties)?);
            rows.push(row);
        }
        Ok(PracticesReport {
            without_origin: rows.iter().filter(|r| r.origin.is_none()).count(),
            practices: rows,
            counts: counts.into_values().collect(),
            themes: themes.into_values().collect(),
            steps,
            all: census.len(),
        })
    }

    fn number_of(&self, id: &crate::model::ActorId) -> Option<u32> {
        self.inventory().find(id.as_str()).map(|i| i as u32)
    }

    fn side_of(&self, actor: u32) -> Option<Rurality> {
        self.places().get(actor as usize).and_then(super::ActorPlace::rurality)
    }

    /// Geodesic metres between two actors that have a place.
    fn apart_m(&self, a: u32, b: u32) -> Result<Option<f64>> {
        let at = |i: u32| self.places()[i as usize].point.map(Coord::from);
        at(a).zip(at(b)).map(|(a, b)| geodesic_m(a, b)).transpose()
    }

    fn tie_weights(&self) -> HashMap<(u32, u32), f64> {
        let mut ties = HashMap::new();
        for link in self.links() {
            *ties.entry((link.a.min(link.b), link.a.max(link.b))).or_default() += link.weight;
        }
        ties
    }

    fn practice_row(&self, index: usize) -> Result<PracticeRow> {
        let practice = &self.inventory().practices()[index];
        let origin = practice.origin.as_ref().and_then(|id| self.number_of(id));
        let rurality = origin.and_then(|o| self.side_of(o));
        let mut adopters = BySide::default();
        let (mut sum_m, mut placed, mut greatest_m) = (0.0, 0_usize, None::<f64>);
        let mut first = [None::<Year>; 2];
        let mut has = [false; 2];
        // Whoever is not placed might be rural or urban.
        let mut unplaced = false;
        let mut note = |side: Option<Rurality>, year: Option<Year>| match side {
            Some(side) => {
                let at = usize::from(side == Rurality::Urban);
                has[at] = true;
                first[at] = match (first[at], year) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            None => unplaced = true,
        };
        if origin.is_some() {
            note(rurality, practice.period.map(|p| p.from));
        }
        for adoption in &practice.adoptions {
            let Some(actor) = self.number_of(&adoption.actor) else { continue };
            let side = self.side_of(actor);
            adopters.add(side);
            note(side, adoption.year);
            if let Some(origin) = origin
                && let Some(distance_m) = self.apart_m(origin, actor)?
            {
                sum_m += distance_m;
                placed += 1;
                greatest_m = Some(greatest_m.map_or(distance_m, |g| g.max(distance_m)));
            }
        }
        let order = match (has, first) {
            ([true, true], [Some(rural), Some(urban)]) if rural < urban => FirstSide::Rural,
            ([true, true], [Some(rural), Some(urban)]) if rural > urban => FirstSide::Urban,
            ([true, true], [Some(_), Some(_)]) => FirstSide::SameYear,
            ([true, false], _) if !unplaced => FirstSide::OnlyRural,
            ([false, true], _) if !unplaced => FirstSide::OnlyUrban,
            _ => FirstSide::NotKnown,
        };
        Ok(PracticeRow {
            practice: index,
            origin,
            rurality,
            adopters,
            undated: practice.adoptions.iter().filter(|a| a.year.is_none()).count(),
            mean_distance_m: (placed > 0).then(|| sum_m / placed as f64),
            greatest_distance_m: greatest_m,
            order: PracticeOrder { first: order, rural_year: first[0], urban_year: first[1] },
        })
    }

    fn passes(&self, filter: &PracticeFilter, row: &PracticeRow) -> bool {
        let practice = &self.inventory().practices()[row.practice];
        let same = |a: &str, b: &str| folded(a) == folded(b);
        let has_theme = || practice.themes.iter().any(|t| filter.themes.iter().any(|f| same(f, t)));
        let has_adopter = |side| match side {
            Rurality::Rural => row.adopters.rural > 0,
            Rurality::Urban => row.adopters.urban > 0,
        };
        let has_words = || {
            let texts = [&practice.name, &practice.description];
            let lists = practice.themes.iter().chain(&practice.success_factors).chain(&practice.pitfalls);
            let all: Vec<String> = texts.into_iter().chain(lists).map(|t| folded(t)).collect();
            folded(&filter.text).split(' ').all(|word| all.iter().any(|text| text.contains(word)))
        };
        (filter.themes.is_empty() || has_theme())
            && (filter.forms.is_empty() || practice.form.is_some_and(|f| filter.forms.contains(&f)))
            && filter.origin.is_none_or(|side| row.rurality == Some(side))
            && filter.adopter.is_none_or(has_adopter)
            && has_words()
    }

    fn steps_of(&self, index: usize, ties: &HashMap<(u32, u32), f64>) -> Result<Vec<AdoptionStep>> {
        let practice = &self.inventory().practices()[index];
        let origin = practice.origin.as_ref().and_then(|id| self.number_of(id));
        let mut adoptions: Vec<(u32, Option<Year>, Option<u32>)> = Vec::new();
        for adoption in &practice.adoptions {
            let Some(actor) = self.number_of(&adoption.actor) else { continue };
            let from = adoption.from.as_ref().and_then(|id| self.number_of(id));
            adoptions.push((actor, adoption.year, from));
        }
        // Undated ones last; those of one year in the order of the census.
        adoptions.sort_by_key(|(_, year, _)| (year.is_none(), *year));
        let mut steps = Vec::with_capacity(adoptions.len());
        for &(actor, year, stated) in &adoptions {
            // The origin has had it all along.
            let mut earlier: Vec<u32> = origin.into_iter().collect();
            if let Some(year) = year {
                let before = adoptions.iter().filter(|(a, y, _)| *a != actor && y.is_some_and(|y| y < year));
                earlier.extend(before.map(|(a, ..)| *a));
            }
            let distances: Vec<Option<f64>> =
                earlier.iter().map(|e| self.apart_m(*e, actor)).collect::<Result<_>>()?;
            let tied = || {
                let weight = |e: &u32| ties.get(&(actor.min(*e), actor.max(*e))).copied();
                let of = earlier.iter().filter_map(|e| Some((weight(e)?, *e)));
                // The strongest tie; the first one of equals.
                of.reduce(|best, next| if next.0 > best.0 { next } else { best })
                    .map(|(_, e)| (e, Known::Tied))
            };
            let nearest = || {
                let of = earlier.iter().zip(&distances).filter_map(|(e, d)| Some(((*d)?, *e)));
                let nearest = of.reduce(|best, next| if next.0 < best.0 { next } else { best });
                nearest.filter(|_| year.is_some()).map(|(_, e)| (e, Known::Nearest))
            };
            let source = stated.map(|s| (s, Known::Stated)).or_else(tied).or_else(nearest);
            let from = source.map(|s| s.0);
            let known: Vec<f64> = distances.iter().flatten().copied().collect();
            steps.push(AdoptionStep {
                practice: index,
                actor,
                rurality: self.side_of(actor),
                year,
                from,
                from_rurality: from.and_then(|f| self.side_of(f)),
                known: source.map(|s| s.1),
                distance_m: from.map(|f| self.apart_m(f, actor)).transpose()?.flatten(),
                expected_distance_m: (!known.is_empty())
                    .then(|| known.iter().sum::<f64>() / known.len() as f64),
            });
        }
        Ok(steps)
    }

    /// All the actors that have a practice, the origin first.
    pub(super) fn holders(&self, index: usize) -> Vec<u32> {
        let practice = &self.inventory().practices()[index];
        let all = practice.origin.iter().chain(practice.adoptions.iter().map(|a| &a.actor));
        let mut met = BTreeSet::new();
        all.filter_map(|id| self.number_of(id)).filter(|a| met.insert(*a)).collect()
    }
}

fn empty_gap(theme: &str) -> ThemeGap {
    ThemeGap {
        theme: theme.to_owned(),
        practices: 0,
        origins: BySide::default(),
        adopters: BySide::default(),
    }
}

const fn add_sides(to: &mut BySide, other: BySide) {
    to.rural += other.rural;
    to.urban += other.urban;
    to.unclassed += other.unclassed;
}
