//! Nomenclatures of activities, and sums up their levels.

use serde::{Deserialize, Serialize};

use super::table::ActivityTable;
use crate::check::check_len;
use crate::error::{Error, Result};
use crate::labels::Labels;

/// A hierarchy of activities: level 0 is the finest, each item has at most one parent a level up.
///
/// ```
/// use rurban::complementarity::nomenclature::Nomenclature;
/// # fn main() -> rurban::Result<()> {
/// // NAF classes, groups and divisions.
/// let (naf, names) = Nomenclature::from_prefixes(&["10.11", "10.12", "10.71", "25.11"], &[4, 2])?;
/// assert_eq!(names[2], ["10", "25"]);
/// assert_eq!(naf.parents(0, 2)?.as_slice(), [0, 0, 0, 1]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nomenclature {
    levels: Vec<Labels>,
    size: usize,
}

impl Nomenclature {
    /// From the parent of every item: `levels[k]` gives, for each item of level k, its parent in level k + 1
    /// ([`Labels::NONE`] for none).
    ///
    /// # Errors
    /// [`Error::Shape`] when a level has not as many items as the level below has classes.
    ///
    /// # Complexity
    /// O(levels).
    pub fn new(items: usize, levels: Vec<Labels>) -> Result<Self> {
        let mut size = items;
        for level in &levels {
            check_len("items of a level", level.len(), size)?;
            size = level.classes();
        }
        Ok(Self { levels, size: items })
    }

    /// From codes whose first characters name their parents. `lengths` are the numbers of characters kept at
    /// levels 1, 2 …, decreasing; the second value names the items of each level (level 0 in the order given,
    /// the others in increasing order).
    ///
    /// # Errors
    /// [`Error::Parameter`] when the lengths do not decrease or one is 0; [`Error::Code`] when a code is
    /// shorter than the longest prefix, or given twice: list codes of one level only, see [`mixed_levels`].
    ///
    /// # Complexity
    /// O(levels · codes log codes).
    pub fn from_prefixes(codes: &[&str], lengths: &[usize]) -> Result<(Self, Vec<Vec<String>>)> {
        if lengths.contains(&0) || !lengths.is_sorted_by(|a, b| a > b) {
            let must = "must decrease and be above 0";
            return Err(Error::Parameter { name: "lengths", value: format!("{lengths:?}"), must });
        }
        let longest = lengths.first().copied().unwrap_or(0);
        let refuse = |code: &str, must| Error::Code { kind: "activity code", value: code.to_owned(), must };
        if let Some(code) = codes.iter().find(|c| c.chars().count() < longest) {
            return Err(refuse(code, "must be as long as the longest prefix asked for"));
        }
        let mut sorted = codes.to_vec();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(refuse(pair[0], "must be given once"));
        }
        let mut names: Vec<Vec<String>> = vec![codes.iter().map(|&c| c.to_owned()).collect()];
        let mut levels = Vec::with_capacity(lengths.len());
        for (level, &length) in lengths.iter().enumerate() {
            let prefix = |code: &String| Some(code.chars().take(length).collect::<String>());
            let (parents, keys) = Labels::from_keys(names[level].iter().map(prefix));
            levels.push(parents);
            names.push(keys);
        }
        Ok((Self::new(codes.len(), levels)?, names))
    }

    /// Number of levels, the finest included.
    pub const fn depth(&self) -> usize {
        self.levels.len() + 1
    }

    /// Number of items of a level; `None` when there is no such level.
    pub fn items(&self, level: usize) -> Option<usize> {
        match level {
            0 => Some(self.size),
            k => self.levels.get(k - 1).map(Labels::classes),
        }
    }

    /// Ancestor at level `to` of every item of level `from`, none where the chain breaks.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `to` is below `from` or is no level.
    ///
    /// # Complexity
    /// O(items · levels).
    pub fn parents(&self, from: usize, to: usize) -> Result<Labels> {
        let (Some(items), Some(classes), true) = (self.items(from), self.items(to), from <= to) else {
            let must = "must be levels of the nomenclature, the finer one first";
            return Err(Error::Parameter { name: "levels", value: format!("{from}, {to}"), must });
        };
        let up = |item: u32, level: &Labels| level.get(item as usize).map(|c| c as u32);
        let ancestor = |i: u32| self.levels[from..to].iter().try_fold(i, up).unwrap_or(Labels::NONE);
        Labels::new((0..items as u32).map(ancestor).collect(), classes)
    }
}

/// Codes that stand beside a code of which they are a part, as `(ancestor, descendant)` positions.
///
/// A table with both `10` and `10.71` counts the latter twice. A code is an ancestor of those that begin with
/// it; the nearest ancestor is reported, in order of the descendants' codes. Equal codes are reported too
/// (the later one as the descendant).
///
/// # Complexity
/// O(codes log codes).
///
/// # Example
/// ```
/// use rurban::complementarity::nomenclature::mixed_levels;
/// assert_eq!(mixed_levels(&["25", "10.71", "10"]), [(2, 1)]);
/// ```
#[must_use]
pub fn mixed_levels(codes: &[&str]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..codes.len()).collect();
    order.sort_by_key(|&k| (codes[k], k));
    let mut open: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for at in order {
        while open.last().is_some_and(|&k| !codes[at].starts_with(codes[k])) {
            open.pop();
        }
        found.extend(open.last().map(|&k| (k, at)));
        open.push(at);
    }
    found
}

/// What becomes of a sum in which a cell is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskedCells {
    /// The sum is masked too: its value is not known.
    #[default]
    Propagate,
    /// The sum is that of the known cells, a lower bound.
    LowerBound,
}

/// A table summed up.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct Aggregated {
    /// The coarser table.
    pub table: ActivityTable,
    /// Counts of rows or columns without a class, which are in no sum.
    pub unassigned: f64,
    /// Known counts that disappeared because their sum is masked.
    pub hidden: f64,
}

/// Sums the activities of a table by class, such as [`Nomenclature::parents`].
///
/// The counts in are those of the new table, plus those unassigned, plus those hidden.
///
/// # Errors
/// [`Error::Shape`] when there is not one label per activity.
///
/// # Complexity
/// O(stored cells + regions + activities), with a logarithm of the masked cells.
pub fn aggregate_activities(
    table: &ActivityTable,
    classes: &Labels,
    masked: MaskedCells,
) -> Result<Aggregated> {
    check_len("classes", classes.len(), table.activities())?;
    let place = |r: usize, i: usize| classes.get(i).map(|c| (r as u32, c as u32));
    aggregate(table, table.regions(), classes.classes(), masked, place)
}

/// Sums the regions of a table by class (territory, density level, rural and urban).
///
/// # Errors
/// [`Error::Shape`] when there is not one label per region.
///
/// # Complexity
/// O(stored cells + regions + activities), with a logarithm of the masked cells.
pub fn aggregate_regions(table: &ActivityTable, classes: &Labels, masked: MaskedCells) -> Result<Aggregated> {
    check_len("classes", classes.len(), table.regions())?;
    let place = |r: usize, i: usize| classes.get(r).map(|c| (c as u32, i as u32));
    aggregate(table, classes.classes(), table.activities(), masked, place)
}

fn aggregate(
    table: &ActivityTable,
    regions: usize,
    activities: usize,
    masked: MaskedCells,
    place: impl Fn(usize, usize) -> Option<(u32, u32)>,
) -> Result<Aggregated> {
    let mut cells = Vec::with_capacity(table.counts().entries());
    let mut unassigned = 0.0;
    for r in 0..table.regions() {
        for (i, x) in table.counts().row(r) {
            match place(r, i as usize) {
                Some((r, i)) => cells.push((r, i, Some(x))),
                None => unassigned += x,
            }
        }
    }
    if masked == MaskedCells::Propagate {
        let secret = table.masked().iter().filter_map(|&(r, i)| place(r as usize, i as usize));
        cells.extend(secret.map(|(r, i)| (r, i, None)));
    }
    let coarse = ActivityTable::from_cells(regions, activities, &cells)?;
    let mut hidden = 0.0;
    for &(r, i, x) in &cells {
        if coarse.is_masked(r as usize, i as usize) {
            hidden += x.unwrap_or(0.0);
        }
    }
    Ok(Aggregated { table: coarse, unassigned, hidden })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_must_be_of_one_level() {
        assert_eq!(mixed_levels(&["01", "01.1", "01.11", "02", "01"]), [(0, 4), (4, 1), (1, 2)]);
        assert!(mixed_levels(&["01.1", "01.2", "02.1"]).is_empty());
        assert!(Nomenclature::from_prefixes(&["01.1", "02"], &[4, 2]).is_err());
        assert!(Nomenclature::from_prefixes(&["01.1", "01.1"], &[2]).is_err());
        assert!(Nomenclature::from_prefixes(&["01.1"], &[2, 4]).is_err());
        assert!(Nomenclature::new(3, vec![Labels::new(vec![0, 0], 1).unwrap()]).is_err());
    }

    #[test]
    fn levels_are_climbed_and_chains_may_break() {
        let up = vec![
            Labels::new(vec![0, 1, 1, 2], 3).unwrap(),
            Labels::new(vec![0, 1, Labels::NONE], 2).unwrap(),
        ];
        let n = Nomenclature::new(4, up).unwrap();
        assert_eq!((n.depth(), n.items(1), n.items(2), n.items(3)), (3, Some(3), Some(2), None));
        assert_eq!(n.parents(0, 2).unwrap().as_slice(), [0, 1, 1, Labels::NONE]);
        assert_eq!(n.parents(1, 1).unwrap().as_slice(), [0, 1, 2]);
        assert!(n.parents(2, 1).is_err() && n.parents(0, 3).is_err());
    }

    #[test]
    fn nothing_is_lost_in_sums() {
        let cells =
            [(0, 0, Some(3.0)), (0, 1, Some(4.0)), (0, 2, None), (1, 0, Some(5.0)), (1, 3, Some(6.0))];
        let t = ActivityTable::from_cells(2, 4, &cells).unwrap();
        let classes = Labels::new(vec![0, 1, 1, Labels::NONE], 2).unwrap();
        let strict = aggregate_activities(&t, &classes, MaskedCells::Propagate).unwrap();
        assert_eq!((strict.table.total(), strict.unassigned, strict.hidden), (8.0, 6.0, 4.0));
        assert_eq!(strict.table.count(0, 1), None);
        let lower = aggregate_activities(&t, &classes, MaskedCells::LowerBound).unwrap();
        assert_eq!((lower.table.count(0, 1), lower.hidden), (Some(4.0), 0.0));
        let whole =
            aggregate_regions(&t, &Labels::new(vec![0, 0], 1).unwrap(), MaskedCells::Propagate).unwrap();
        assert_eq!((whole.table.count(0, 0), whole.table.count(0, 2)), (Some(8.0), None));
        assert!(aggregate_regions(&t, &classes, MaskedCells::Propagate).is_err());
    }
}
