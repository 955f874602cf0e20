//! What territories or actors do: weights over the activities of a nomenclature, by row.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

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

    setters! {
        codes: Codes,
        strictness: Strictness,
    }
}

/// One figure: so much of an activity in a territory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfileCell<'a> {
    /// Code of the territory.
    pub territory: &'a str,
    /// Code of the activity.
    pub activity: &'a str,
    /// Name of the activity, when the source gives one.
    pub name: Option<&'a str>,
    /// How much; `None` under statistical secrecy, which is not zero.
    pub count: Option<f64>,
    /// Line of the source, from 1, where it has lines.
    pub line: Option<u64>,
}

/// Collects the figures of [`Profiles`]: 24 bytes each.
#[derive(Debug)]
pub struct ProfileBuilder<'a> {
    unit: String,
    level: &'a AtlasLevel,
    rules: ProfileRules,
    file: String,
    codes: HashMap<String, u32>,
    /// Code and name of each activity met.
    met: Vec<(String, Option<String>)>,
    cells: Vec<Cell>,
    found: Diagnostics,
}

/// A figure whose territory and activity are known; NaN under statistical secrecy.
#[derive(Debug, Clone, Copy)]
struct Cell {
    row: u32,
    code: u32,
    count: f64,
    line: Option<NonZeroU64>,
}

fn place(file: &str, line: Option<NonZeroU64>) -> Place {
    let place = Place::file(file);
    match line {
        Some(line) => place.line(line.get()),
        None => place,
    }
}

impl ProfileBuilder<'_> {
    /// Adds a figure, or counts why it is left out: a territory that the atlas does not have, no
    /// activity, an amount that is negative or not finite.
    ///
    /// # Errors
    /// In strict mode, the finding itself.
    pub fn add(&mut self, cell: ProfileCell<'_>) -> Result<()> {
        let activity = cell.activity.trim();
        let row = self.level.find(cell.territory.trim());
        let bad = cell.count.filter(|c| !(c.is_finite() && *c >= 0.0));
        let (kind, message) = match (activity.is_empty(), bad, row) {
            (true, ..) => ("no_activity", "no activity is named".to_owned()),
            (_, Some(bad), _) => {
                ("bad_count", format!("{bad} is no amount: it must be finite and not negative"))
            }
            (.., None) => {
                let message = format!("{:?} is no {} of the atlas", cell.territory, self.level.level());
                ("unknown_territory", message)
            }
            (false, None, Some(row)) => {
                let code = self.codes.get(activity).copied().unwrap_or_else(|| {
                    self.met.push((activity.to_owned(), None));
                    let code = self.met.len() as u32 - 1;
                    self.codes.insert(activity.to_owned(), code);
                    code
                });
                let name = &mut self.met[code as usize].1;
                if let (None, Some(given)) = (&name, cell.name) {
                    *name = Some(given.to_owned());
                }
                let count = cell.count.unwrap_or(f64::NAN);
                let line = cell.line.and_then(NonZeroU64::new);
                self.cells.push(Cell { row: row as u32, code, count, line });
                return Ok(());
            }
        };
        let place = place(&self.file, cell.line.and_then(NonZeroU64::new));
        self.found.drop_record(kind, place, message)
    }

    /// The account so far: for what a reader wants to add.
    pub const fn diagnostics(&mut self) -> &mut Diagnostics {
        &mut self.found
    }

    /// The profiles and the account of all figures added.
    ///
    /// Figures of the same territory and activity are added up (`repeated_cell`, also where codes are
    /// cut). Dropped and counted: activities outside the nomenclature, and what [`Codes`] leaves out
    /// (`subtotal`, `coarser_than_asked`, `part_of_a_total`). Codes that look like parts of others and
    /// stay are remarked on (`mixed_levels`): a nomenclature of mixed levels counts twice.
    /// O(cells log cells).
    ///
    /// # Errors
    /// In strict mode the first error-level finding; [`Error::Parameter`] for a cut of 0 characters.
    pub fn finish(mut self) -> Result<(Profiles, Diagnostics)> {
        let cut = match self.rules.codes {
            Codes::Flat => None,
            Codes::Prefixes => {
                self.keep_finest()?;
                None
            }
            Codes::PrefixesOf(0) => {
                let must = "must keep at least one character of a code";
                return Err(Error::Parameter { name: "codes", value: "0".to_owned(), must });
            }
            Codes::PrefixesOf(length) => {
                self.keep_coarsest(length)?;
                Some(length)
            }
        };
        let Self { unit, level, rules, file, met, cells, mut found, .. } = self;
        // The code that each one met stands for, and its name where it is its own.
        let shown = |code: u32| -> (&str, Option<&str>) {
            let (text, name) = &met[code as usize];
            match cut.and_then(|length| text.char_indices().nth(length)) {
                Some((end, _)) => (&text[..end], None),
                None => (text, name.as_deref()),
            }
        };
        let activities: Vec<Activity> = if let Some(list) = rules.nomenclature {
            list
        } else {
            let mut used = vec![false; met.len()];
            for cell in &cells {
                used[cell.code as usize] = true;
            }
            let mut names: BTreeMap<&str, Option<&str>> = BTreeMap::new();
            for (code, name) in (0..met.len() as u32).filter(|&c| used[c as usize]).map(shown) {
                let known = names.entry(code).or_default();
                *known = known.or(name);
            }
            names.into_iter().map(|(c, n)| Activity::new(c, n.unwrap_or(c))).collect::<Result<_>>()?
        };
        let index: HashMap<&str, u32> =
            activities.iter().enumerate().map(|(i, a)| (a.code.as_str(), i as u32)).collect();
        let activity_of: Vec<Option<u32>> =
            (0..met.len() as u32).map(|c| index.get(shown(c).0).copied()).collect();
        let mut counts = Vec::with_capacity(cells.len());
        let mut lines = Vec::with_capacity(cells.len());
        for cell in &cells {
            if let Some(activity) = activity_of[cell.code as usize] {
                found.keep();
                counts.push((cell.row, activity, Some(cell.count).filter(|c| !c.is_nan())));
                lines.push(cell.line);
            } else {
                let message = format!("{:?} is no activity of the nomenclature", shown(cell.code).0);
                found.drop_record("unknown_activity", place(&file, cell.line), message)?;
            }
        }
        let key = |k: usize| (counts[k].0, counts[k].1);
        let mut order: Vec<u32> = (0..counts.len() as u32).collect();
        order.sort_by_key(|&k| key(k as usize));
        for pair in order.windows(2).filter(|p| key(p[0] as usize) == key(p[1] as usize)) {
            let (row, activity) = key(pair[1] as usize);
            let (territory, code) = (&level.territories()[row as usize], &activities[activity as usize].code);
            let message = format!("{} {code} is given again: added up", territory.code);
            found.repaired("repeated_cell", place(&file, lines[pair[1] as usize]), message);
        }
        let codes: Vec<&str> = activities.iter().map(|a| a.code.as_str()).collect();
        for (ancestor, part) in mixed_levels(&codes) {
            // Words may well begin alike; codes have digits.
            if codes[ancestor].contains(|c: char| c.is_ascii_digit()) {
                let message = format!(
                    "{} may be a part of {}: if so, say how codes relate, or it counts twice",
                    codes[part], codes[ancestor]
                );
                found.remark("mixed_levels", Place::file(file.as_str()).field(codes[part]), message);
            }
        }
        let table = ActivityTable::from_cells(level.territories().len(), activities.len(), &counts)?;
        let rows = ProfileRows::Territories(level.level().clone());
        Ok((Profiles { unit, rows, activities, table, actors: Vec::new() }, found))
    }

    /// Cells by territory, then code: a code comes right before those that begin with it.
    fn sort(&mut self) {
        let mut order: Vec<u32> = (0..self.met.len() as u32).collect();
        order.sort_by(|&a, &b| self.met[a as usize].0.cmp(&self.met[b as usize].0));
        let mut rank = vec![0_u32; order.len()];
        for (k, &code) in order.iter().enumerate() {
            rank[code as usize] = k as u32;
        }
        self.cells.sort_by_key(|c| (c.row, rank[c.code as usize]));
    }

    /// Whether one code begins with the other and is longer.
    fn is_part(&self, part: u32, whole: u32) -> bool {
        part != whole && self.met[part as usize].0.starts_with(&self.met[whole as usize].0)
    }

    fn leave_out(&mut self, kind: &'static str, cell: Cell, what: &str) -> Result<()> {
        let territory = &self.level.territories()[cell.row as usize].code;
        let message = format!("{territory} {} {what}", self.met[cell.code as usize].0);
        self.found.drop_record(kind, place(&self.file, cell.line), message)
    }

    fn keep_finest(&mut self) -> Result<()> {
        self.sort();
        let cells = std::mem::take(&mut self.cells);
        for (k, &cell) in cells.iter().enumerate() {
            let next = cells[k + 1..].iter().take_while(|c| c.row == cell.row).find(|c| c.code != cell.code);
            if next.is_some_and(|next| self.is_part(next.code, cell.code)) {
                self.leave_out("subtotal", cell, "is the sum of finer rows")?;
            } else {
                self.cells.push(cell);
            }
        }
        Ok(())
    }

    fn keep_coarsest(&mut self, length: usize) -> Result<()> {
        self.sort();
        let mut whole: Option<Cell> = None;
        for cell in std::mem::take(&mut self.cells) {
            if self.met[cell.code as usize].0.chars().count() < length {
                self.leave_out("coarser_than_asked", cell, "is coarser than asked")?;
            } else if whole.is_some_and(|w| w.row == cell.row && self.is_part(cell.code, w.code)) {
                self.leave_out("part_of_a_total", cell, "is part of a row that is given")?;
            } else {
                whole = Some(cell);
                self.cells.push(cell);
            }
        }
        Ok(())
    }
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
/// let read = |codes| {
///     let mut jobs = Profiles::builder("jobs", atlas.base(), &ProfileRules::default().codes(codes), "jobs.csv");
///     // `10` is the sum of the two others and would count them twice.
///     for (line, (activity, count)) in [("10", 30.0), ("10.51", 20.0), ("10.71", 10.0)].into_iter().enumerate() {
///         let line = Some(line as u64 + 2);
///         jobs.add(ProfileCell { territory: "32013", activity, name: None, count: Some(count), line })?;
///     }
///     jobs.finish()
/// };
/// let (jobs, found) = read(Codes::Prefixes)?;
/// assert_eq!((jobs.table().total(), jobs.activities().len(), found.count("subtotal")), (30.0, 2, 1));
/// let (divisions, _) = read(Codes::PrefixesOf(2))?;
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
    /// Starts profiles of the territories of a level; `unit` is what is counted, `file` where the
    /// figures come from.
    #[must_use]
    pub fn builder<'a>(
        unit: impl Into<String>,
        level: &'a AtlasLevel,
        rules: &ProfileRules,
        file: impl Into<String>,
    ) -> ProfileBuilder<'a> {
        ProfileBuilder {
            unit: unit.into(),
            level,
            found: Diagnostics::new(rules.strictness),
            rules: rules.clone(),
            file: file.into(),
            codes: HashMap::new(),
            met: Vec::new(),
            cells: Vec::new(),
        }
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
    let to = atlas.level(to)?.memberships();
    let add = |sum: &mut Tally, b: usize| {
        sum[0] += base[b].population.unwrap_or(0.0);
        sum[1] += 1.0;
    };
    let rows = atlas.level(from)?.territories().len();
    let mut inside: Vec<Vec<(u32, Tally)>> = vec![Vec::new(); rows];
    let (mut outside, mut all) = (vec![[0.0; 2]; rows], vec![[0.0; 2]; rows]);
    for (b, row) in atlas.level(from)?.memberships().iter() {
        let (b, row) = (b as usize, row as usize);
        add(&mut all[row], b);
        if to.of(b).is_empty() {
            add(&mut outside[row], b);
        }
        for &t in to.of(b) {
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
