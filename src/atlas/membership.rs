//! Which territories of a level the base territories lie in.

use serde::{Deserialize, Serialize};

use crate::check::check_len;
use crate::error::{Error, Result};

/// The territories of a level that each base territory lies in: a row of positions for each, increasing.
/// Perimeters may overlap, and a base territory may lie in none.
///
/// ```
/// use rurban::atlas::Memberships;
/// let of = Memberships::from_pairs(3, &[(2, 0), (0, 1), (0, 0)])?;
/// assert_eq!((of.of(0), of.of(1), of.len()), (&[0, 1][..], &[][..], 3));
/// assert_eq!(of.iter().collect::<Vec<_>>(), [(0, 0), (0, 1), (2, 0)]);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Memberships {
    /// Where the row of each base territory begins, and the end of the last.
    starts: Vec<u32>,
    territories: Vec<u32>,
}

impl Memberships {
    /// From `(base territory, territory)` pairs in any order; repeated ones count once. O(pairs log pairs).
    ///
    /// # Errors
    /// [`Error::Value`] for a base territory not below `base`.
    pub fn from_pairs(base: usize, pairs: &[(u32, u32)]) -> Result<Self> {
        if let Some(index) = pairs.iter().position(|&(b, _)| b as usize >= base) {
            let must = "must be below the number of base territories";
            return Err(Error::Value { what: "members", index, value: pairs[index].0.to_string(), must });
        }
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        pairs.dedup();
        let starts = (0..=base).map(|b| pairs.partition_point(|p| (p.0 as usize) < b) as u32).collect();
        Ok(Self { starts, territories: pairs.into_iter().map(|p| p.1).collect() })
    }

    /// Every base territory in the territory of its own position.
    pub(super) fn identity(base: usize) -> Self {
        Self { starts: (0..=base as u32).collect(), territories: (0..base as u32).collect() }
    }

    /// The territories that a base territory lies in; none for one that does not exist.
    #[must_use]
    pub fn of(&self, base: usize) -> &[u32] {
        match self.starts.get(base..base + 2) {
            Some(&[from, to]) => &self.territories[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The rows of all base territories, in their order.
    pub fn rows(&self) -> impl Iterator<Item = &[u32]> + '_ {
        self.starts.windows(2).map(|row| &self.territories[row[0] as usize..row[1] as usize])
    }

    /// Number of `(base territory, territory)` pairs.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.territories.len()
    }

    /// Whether no base territory lies in any territory.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.territories.is_empty()
    }

    /// All `(base territory, territory)` pairs, in order of the base territory.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.rows().zip(0..).flat_map(|(row, b)| row.iter().map(move |&t| (b, t)))
    }

    /// How many base territories each of so many territories has.
    pub(super) fn counts(&self, territories: usize) -> Vec<u32> {
        let mut counts = vec![0; territories];
        self.territories.iter().for_each(|&t| counts[t as usize] += 1);
        counts
    }

    /// What was read fits a level of so many territories over so many base territories.
    pub(super) fn check(&self, base: usize, territories: usize) -> Result<()> {
        check_len("rows of the members of a level", self.starts.len(), base + 1)?;
        let ends = (self.starts.first(), self.starts.last().map(|&s| s as usize));
        let sound = ends == (Some(&0), Some(self.territories.len())) && self.starts.is_sorted();
        let out = self.territories.iter().position(|&t| t as usize >= territories);
        if sound && out.is_none() {
            return Ok(());
        }
        let (index, must) = (out.unwrap_or_default(), "must be positions that there are");
        let value = self.territories.get(index).map_or_else(String::new, u32::to_string);
        Err(Error::Value { what: "members of a level", index, value, must })
    }
}
