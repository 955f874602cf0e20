//! What territories or actors do: weights over the activities of a nomenclature, by row.

use std::collections::HashMap;

use serde::Serialize;

use crate::atlas::{Atlas, AtlasLevel};
use crate::complementarity::ActivityTable;
use crate::complementarity::nomenclature::{MaskedCells, mixed_levels};
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::{Level, SectorCode};

/// An activity of a nomenclature: a sector, a research field, a theme, a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// Its code.
    pub code: SectorCode,
    /// Its name; the code where none is known.
    pub name: String,
}

impl Activity {
    /// An activity of this code and name.
    ///
    /// # Errors
    /// [`Error::Code`] for an empty code.
    pub fn new(code: impl AsRef<str>, name: impl Into<String>) -> Result<Self> {
        Ok(Self { code: SectorCode::new(code)?, name: name.into() })
    }
}

/// What the rows of profiles are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileRows {
    /// The territories of a level, in the order of the atlas.
    Territories(Level),
    /// The actors, in the order of the inventory.
    Actors,
}

/// How codes of activities relate to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum Codes {
    /// They are names: nothing follows from one beginning like another.
    #[default]
    Flat,
    /// A code is part of those it begins with (NAF, NACE: `10.71` is part of `10`). In each territory
    /// the finest rows are kept and subtotals are dropped.
    Prefixes,
    /// As [`Codes::Prefixes`], cut to this many characters: in each territory the coarsest rows that
    /// are fine enough are kept, what is coarser and what is already in a kept row is dropped.
    PrefixesOf(usize),
}

/// How cells become profiles.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ProfileRules {
    /// The nomenclature; cells of other activities are dropped. `None`: all activities that occur,
    /// by code.
    pub nomenclature: Option<Vec<Activity>>,
    /// How codes relate.
    pub codes: Codes,
    /// What to do at the first error-level finding.
    pub strictness: Strictness,
}

impl ProfileRules {
    /// Sets the nomenclature.
    #[must_use]
    pub fn nomenclature(mut self, activities: Vec<Activity>) -> Self {
        self.nomenclature = Some(activities);
        self
    }

    /// Sets how codes relate.
    #[must_use]
    pub const fn codes(mut self, codes: Codes) -> Self {
        self.codes = codes;
        self
    }

    /// Sets what to do at the first error-level finding.
    #[must_use]
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }
}

/// One figure: so much of an activity in a territory.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileCell {
    /// Code of the territory.
    pub territory: String,
    /// Code of the activity.
    pub activity: String,
    /// Name of the activity, when the source gives one.
    pub name: Option<String>,
    /// How much; `None` under statistical secrecy, which is not zero.
    pub count: Option<f64>,
    /// Where the figure stands.
    pub place: Place,
}

/// Weights of activities by territory or actor.
///
/// A cell that no source gives is zero; one under statistical secrecy is masked: it is in no total and
/// counts as absent, but it is never taken for a zero (see [`ActivityTable`]).
///
/// ```
/// use rurban::atlas::{Atlas, Territory};
/// use rurban::diagnostics::{Place, Strictness};
/// use rurban::model::{Level, TerritoryCode};
/// use rurban::profiles::{Codes, ProfileCell, ProfileRules, Profiles};
/// # fn main() -> rurban::Result<()> {
/// let mut builder = Atlas::builder(Level::Commune, Strictness::Lenient);
/// builder.add(Territory::new(TerritoryCode::new("32013")?, "Auch"), Place::file("communes"))?;
/// let (atlas, _) = builder.finish()?;
/// let cell = |activity: &str, count| ProfileCell {
///     territory: "32013".into(), activity: activity.into(), name: None, count, place: Place::file("jobs"),
/// };
/// // `10` is the sum of the two others and would count them twice.
/// let cells = [cell("10", Some(30.0)), cell("10.51", Some(20.0)), cell("10.71", Some(10.0))];
/// let rules = ProfileRules::default().codes(Codes::Prefixes);
/// let (jobs, found) = Profiles::from_cells("jobs", atlas.base(), cells.clone(), &rules)?;
/// assert_eq!((jobs.table().total(), jobs.activities().len(), found.count("subtotal")), (30.0, 2, 1));
/// let (divisions, _) = Profiles::from_cells("jobs", atlas.base(), cells, &rules.codes(Codes::PrefixesOf(2)))?;
/// assert_eq!(divisions.activities()[0].code.as_str(), "10");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profiles {
    unit: String,
    rows: ProfileRows,
    activities: Vec<Activity>,
    table: ActivityTable,
    /// `(row, activity, actor)` where cells are counts of actors; sorted.
    #[serde(skip)]
    actors: Vec<(u32, u32, u32)>,
}

/// Profiles summed up to other territories.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Summed {
    /// The profiles of the other territories.
    pub profiles: Profiles,
    /// What lies in none of them, in the unit of the profiles.
    pub unassigned: f64,
    /// Known amounts that disappeared because their sum is masked.
    pub hidden: f64,
    /// Rows that lie in several of the other territories, or only partly in any, and were split by
    /// population: their parts are estimates.
    pub split: usize,
}

impl Profiles {
    /// Profiles of the territories of a level from single figures.
    ///
    /// Cells of the same territory and activity are added up (`repeated_cell`, also where a code is
    /// cut). Dropped and counted: unknown territories and activities, missing codes, amounts that are
    /// negative or not finite, and what [`Codes`] leaves out (`subtotal`, `coarser_than_asked`,
    /// `part_of_a_total`). Codes that look like parts of others and stay are remarked on
    /// (`mixed_levels`): a nomenclature of mixed levels counts twice. O(cells log cells).
    ///
    /// # Errors
    /// In strict mode the first error-level finding; [`Error::Parameter`] for a cut of 0 characters.
    pub fn from_cells(
        unit: impl Into<String>,
        level: &AtlasLevel,
        cells: impl IntoIterator<Item = ProfileCell>,
        rules: &ProfileRules,
    ) -> Result<(Self, Diagnostics)> {
        if rules.codes == Codes::PrefixesOf(0) {
            let must = "must keep at least one character of a code";
            return Err(Error::Parameter { name: "codes", value: "0".to_owned(), must });
        }
        let mut found = Diagnostics::new(rules.strictness);
        let known: Option<HashMap<&str, u32>> = rules
            .nomenclature
            .as_ref()
            .map(|list| list.iter().enumerate().map(|(i, a)| (a.code.as_str(), i as u32)).collect());
        let mut sound: Vec<(u32, ProfileCell)> = Vec::new();
        for mut cell in cells {
            let ProfileCell { territory, activity, count, place, .. } = &mut cell;
            *activity = activity.trim().to_owned();
            let problem = if activity.is_empty() {
                Some(("no_activity", "no activity is named".to_owned()))
            } else if let Some(bad) = count.filter(|c| !(c.is_finite() && *c >= 0.0)) {
                Some(("bad_count", format!("{bad} is no amount: it must be finite and not negative")))
            } else if level.find(territory.trim()).is_none() {
                Some(("unknown_territory", format!("{territory:?} is no {} of the atlas", level.level())))
            } else {
                None
            };
            match (problem, level.find(territory.trim())) {
                (None, Some(row)) => sound.push((row as u32, cell)),
                (Some((kind, message)), _) => found.drop_record(kind, place.clone(), message)?,
                (None, None) => {}
            }
        }
        let sound = by_codes(sound, rules.codes, &mut found)?;

        let mut activities: Vec<Activity> = rules.nomenclature.clone().unwrap_or_default();
        if known.is_none() {
            let mut occurring: Vec<(&str, Option<&str>)> =
                sound.iter().map(|(_, c)| (c.activity.as_str(), c.name.as_deref())).collect();
            // A name before none, so that it is the first of its code.
            occurring.sort_by(|a, b| a.0.cmp(b.0).then(b.1.is_some().cmp(&a.1.is_some())));
            occurring.dedup_by(|later, first| later.0 == first.0);
            activities =
                occurring.iter().map(|(c, n)| Activity::new(c, n.unwrap_or(c))).collect::<Result<_>>()?;
        }
        let find = |code: &str| match &known {
            Some(known) => known.get(code).copied(),
            None => activities.binary_search_by(|a| a.code.as_str().cmp(code)).ok().map(|i| i as u32),
        };
        let mut met: HashMap<(u32, u32), u32> = HashMap::new();
        let mut counts = Vec::with_capacity(sound.len());
        for (row, cell) in sound {
            let Some(activity) = find(&cell.activity) else {
                let message = format!("{:?} is no activity of the nomenclature", cell.activity);
                found.drop_record("unknown_activity", cell.place, message)?;
                continue;
            };
            if *met.entry((row, activity)).and_modify(|n| *n += 1).or_insert(1) == 2 {
                let message = format!("{} {} is given again: added up", cell.territory, cell.activity);
                found.repaired("repeated_cell", cell.place, message);
            }
            found.keep();
            counts.push((row, activity, cell.count));
        }
        let codes: Vec<&str> = activities.iter().map(|a| a.code.as_str()).collect();
        for (ancestor, part) in mixed_levels(&codes) {
            // Words may well begin alike; codes have digits.
            if codes[ancestor].contains(|c: char| c.is_ascii_digit()) {
                let message = format!(
                    "{} may be a part of {}: if so, say how codes relate, or it counts twice",
                    codes[part], codes[ancestor]
                );
                found.remark("mixed_levels", Place::file("nomenclature").field(codes[part]), message);
            }
        }
        let table = ActivityTable::from_cells(level.territories().len(), activities.len(), &counts)?;
        let rows = ProfileRows::Territories(level.level().clone());
        Ok((Self { unit: unit.into(), rows, activities, table, actors: Vec::new() }, found))
    }

    /// Profiles from counts of actors: `(row, activity, actor, amount)`.
    pub(crate) fn of_actors(
        unit: String,
        rows: (ProfileRows, usize),
        activities: Vec<Activity>,
        counts: &[(u32, u32, u32, f64)],
    ) -> Result<Self> {
        let cells: Vec<_> = counts.iter().map(|&(r, i, _, x)| (r, i, Some(x))).collect();
        let table = ActivityTable::from_cells(rows.1, activities.len(), &cells)?;
        let mut actors: Vec<_> = counts.iter().map(|&(r, i, a, _)| (r, i, a)).collect();
        actors.sort_unstable();
        actors.dedup();
        Ok(Self { unit, rows: rows.0, activities, table, actors })
    }

    /// What the amounts are: jobs, establishments, actors …
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// What the rows are.
    #[must_use]
    pub const fn rows(&self) -> &ProfileRows {
        &self.rows
    }

    /// The activities: the columns.
    #[must_use]
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// The amounts, rows × activities.
    #[must_use]
    pub const fn table(&self) -> &ActivityTable {
        &self.table
    }

    /// Indices of the actors behind a cell; empty where the amounts are not counts of actors.
    pub fn actors(&self, row: usize, activity: usize) -> impl Iterator<Item = u32> + '_ {
        let key = (row as u32, activity as u32);
        let from = self.actors.partition_point(|&(r, i, _)| (r, i) < key);
        self.actors[from..].iter().take_while(move |&&(r, i, _)| (r, i) == key).map(|&(.., actor)| actor)
    }

    /// The level of the territories that are the rows.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the rows are actors.
    pub fn level(&self) -> Result<&Level> {
        match &self.rows {
            ProfileRows::Territories(level) => Ok(level),
            ProfileRows::Actors => Err(Error::Parameter {
                name: "profiles",
                value: "actors".to_owned(),
                must: "must be profiles of territories; sum actors up by `Study::profiles`",
            }),
        }
    }

    /// The profiles of the territories of another level: every row gives each of them the share of
    /// its population that lives there.
    ///
    /// Where rows nest in the other level that is plain summing; where they do not (PETR/Pays from
    /// départements) it is an estimate, which gives every part the profile of its whole; see
    /// [`Summed::split`]. Overlapping perimeters each get their whole part. A row whose people are not
    /// known is split by number of base territories. O(cells × parts).
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks a level; [`Error::Parameter`] when the rows are actors;
    /// [`Error::Shape`] when the profiles are those of another atlas.
    pub fn to_level(&self, atlas: &Atlas, level: &Level, masked: MaskedCells) -> Result<Summed> {
        let from = self.level()?;
        let rows = atlas.level(from)?.territories().len();
        if rows != self.table.regions() {
            return Err(Error::Shape { what: "profiles", expected: rows, got: self.table.regions() });
        }
        let target = atlas.level(level)?;
        let shares = shares(atlas, from, level)?;
        let mut cells = Vec::with_capacity(self.table.counts().entries());
        let (mut unassigned, mut split) = (0.0, 0);
        for (row, (parts, outside)) in shares.iter().enumerate() {
            split += usize::from(parts.iter().any(|p| p.1 < 1.0));
            for (i, x) in self.table.counts().row(row) {
                unassigned += x * outside;
                cells.extend(parts.iter().map(|&(t, share)| (t, i, Some(x * share))));
            }
        }
        if masked == MaskedCells::Propagate {
            for &(row, i) in self.table.masked() {
                cells.extend(shares[row as usize].0.iter().map(|&(t, _)| (t, i, None)));
            }
        }
        let table = ActivityTable::from_cells(target.territories().len(), self.activities.len(), &cells)?;
        let hides = |c: &&(u32, u32, Option<f64>)| table.is_masked(c.0 as usize, c.1 as usize);
        let hidden = cells.iter().filter(hides).filter_map(|c| c.2).sum();
        let mut actors: Vec<_> = self
            .actors
            .iter()
            .flat_map(|&(row, i, a)| shares[row as usize].0.iter().map(move |&(t, _)| (t, i, a)))
            .collect();
        actors.sort_unstable();
        actors.dedup();
        let profiles = Self {
            unit: self.unit.clone(),
            rows: ProfileRows::Territories(level.clone()),
            activities: self.activities.clone(),
            table,
            actors,
        };
        Ok(Summed { profiles, unassigned, hidden, split })
    }

    /// The same rows over coarser activities: `classes` gives the class of each activity, such as
    /// [`Nomenclature::parents`](crate::complementarity::nomenclature::Nomenclature::parents), `names`
    /// the classes.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one label for each activity or one name for each class.
    pub fn group_activities(
        &self,
        classes: &Labels,
        names: Vec<Activity>,
        masked: MaskedCells,
    ) -> Result<Summed> {
        if names.len() != classes.classes() {
            return Err(Error::Shape { what: "names", expected: classes.classes(), got: names.len() });
        }
        let sum = crate::complementarity::nomenclature::aggregate_activities(&self.table, classes, masked)?;
        let class = |i: u32| classes.get(i as usize).map(|c| c as u32);
        let mut actors: Vec<_> =
            self.actors.iter().filter_map(|&(row, i, a)| Some((row, class(i)?, a))).collect();
        actors.sort_unstable();
        actors.dedup();
        let profiles = Self {
            unit: self.unit.clone(),
            rows: self.rows.clone(),
            activities: names,
            table: sum.table,
            actors,
        };
        Ok(Summed { profiles, unassigned: sum.unassigned, hidden: sum.hidden, split: 0 })
    }
}

/// Where the people of a territory live: the territories of another level with their share, and the
/// share in none of them.
type Shares = (Vec<(u32, f64)>, f64);

/// People and number of base territories.
type Tally = [f64; 2];

fn shares(atlas: &Atlas, from: &Level, to: &Level) -> Result<Vec<Shares>> {
    let base = atlas.base().territories();
    let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); base.len()];
    for (b, t) in atlas.memberships(to)? {
        of_base[b as usize].push(t);
    }
    let add = |sum: &mut Tally, b: usize| {
        sum[0] += base[b].population.unwrap_or(0.0);
        sum[1] += 1.0;
    };
    let rows = atlas.level(from)?.territories().len();
    let mut inside: Vec<Vec<(u32, Tally)>> = vec![Vec::new(); rows];
    let (mut outside, mut all) = (vec![[0.0; 2]; rows], vec![[0.0; 2]; rows]);
    for (b, row) in atlas.memberships(from)? {
        let (b, row) = (b as usize, row as usize);
        add(&mut all[row], b);
        if of_base[b].is_empty() {
            add(&mut outside[row], b);
        }
        for &t in &of_base[b] {
            let at = inside[row].iter().position(|p| p.0 == t).unwrap_or_else(|| {
                inside[row].push((t, [0.0; 2]));
                inside[row].len() - 1
            });
            add(&mut inside[row][at].1, b);
        }
    }
    Ok((0..rows)
        .map(|row| {
            let by = usize::from(all[row][0] <= 0.0);
            // Nobody and nothing is a member: all of it is outside.
            let share = |part: Tally| if all[row][by] > 0.0 { part[by] / all[row][by] } else { 1.0 };
            let mut parts: Vec<(u32, f64)> = inside[row].iter().map(|&(t, p)| (t, share(p))).collect();
            parts.retain(|p| p.1 > 0.0);
            parts.sort_unstable_by_key(|p| p.0);
            (parts, share(outside[row]))
        })
        .collect())
}

/// The cells that stay under a rule on codes, codes cut where it says so.
fn by_codes(
    mut cells: Vec<(u32, ProfileCell)>,
    codes: Codes,
    found: &mut Diagnostics,
) -> Result<Vec<(u32, ProfileCell)>> {
    if codes == Codes::Flat {
        return Ok(cells);
    }
    // A code comes right before those that begin with it.
    cells.sort_by(|a, b| (a.0, &a.1.activity).cmp(&(b.0, &b.1.activity)));
    let mut kept: Vec<(u32, ProfileCell)> = Vec::with_capacity(cells.len());
    let is_part = |whole: &(u32, ProfileCell), part: &(u32, ProfileCell)| {
        whole.0 == part.0
            && whole.1.activity != part.1.activity
            && part.1.activity.starts_with(&whole.1.activity)
    };
    let Codes::PrefixesOf(length) = codes else {
        let mut finer: Vec<bool> = vec![false; cells.len()];
        // Rows of the same code are next to each other: look past them.
        let mut next: Option<usize> = None;
        for i in (0..cells.len()).rev() {
            if let Some(after) = next {
                let same = cells[i].0 == cells[after].0 && cells[i].1.activity == cells[after].1.activity;
                finer[i] = if same { finer[after] } else { is_part(&cells[i], &cells[after]) };
            }
            next = Some(i);
        }
        for (cell, finer) in cells.into_iter().zip(finer) {
            if finer {
                let message = format!("{} {} is the sum of finer rows", cell.1.territory, cell.1.activity);
                found.drop_record("subtotal", cell.1.place, message)?;
            } else {
                kept.push(cell);
            }
        }
        return Ok(kept);
    };
    let mut whole: Option<(u32, String)> = None;
    for (row, mut cell) in cells {
        let code = cell.activity.clone();
        if code.chars().count() < length {
            let message = format!("{} {code} is coarser than {length} characters", cell.territory);
            found.drop_record("coarser_than_asked", cell.place, message)?;
            continue;
        }
        if let Some((of, total)) = &whole
            && *of == row
            && code != *total
            && code.starts_with(total.as_str())
        {
            let message = format!("{} {code} is in {total} already", cell.territory);
            found.drop_record("part_of_a_total", cell.place, message)?;
            continue;
        }
        cell.activity = code.chars().take(length).collect();
        if cell.activity != code {
            cell.name = None;
        }
        whole = Some((row, code));
        kept.push((row, cell));
    }
    Ok(kept)
}
