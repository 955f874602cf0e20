//! Classes of nodes or regions: rural/urban, density level, kind of actor, territory, community.

use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A class for each of n items, or none.
///
/// Items without a class are kept and counted, never dropped: measures either give them a class of
/// their own (the last one, see [`Labels::with_unlabelled_class`]) or leave them out and say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    of: Vec<u32>,
    classes: usize,
}

impl Labels {
    /// Stands for "no class" in [`Labels::as_slice`].
    pub const NONE: u32 = u32::MAX;

    /// Labels from dense class indices `0..classes`, [`Labels::NONE`] for none.
    ///
    /// # Errors
    /// [`Error::Value`] when an index is neither below `classes` nor [`Labels::NONE`].
    pub fn new(of: Vec<u32>, classes: usize) -> Result<Self> {
        match of.iter().position(|&c| c != Self::NONE && c as usize >= classes) {
            Some(index) => Err(Error::Value {
                what: "labels",
                index,
                value: of[index].to_string(),
                must: "must be below the number of classes",
            }),
            None => Ok(Self { of, classes }),
        }
    }

    /// Labels from indices known to be below `classes` or [`Labels::NONE`].
    pub(crate) fn from_dense(of: Vec<u32>, classes: usize) -> Self {
        debug_assert!(of.iter().all(|&c| c == Self::NONE || (c as usize) < classes));
        Self { of, classes }
    }

    /// Labels from any keys, with the keys in increasing order (class 0 is the smallest key).
    pub fn from_keys<K: Ord + Hash + Clone>(keys: impl IntoIterator<Item = Option<K>>) -> (Self, Vec<K>) {
        let keys: Vec<Option<K>> = keys.into_iter().collect();
        let mut names: Vec<K> = keys.iter().flatten().cloned().collect();
        names.sort_unstable();
        names.dedup();
        let class: HashMap<&K, u32> = names.iter().enumerate().map(|(c, k)| (k, c as u32)).collect();
        let of = keys
            .iter()
            .map(|k| k.as_ref().and_then(|k| class.get(k).copied()).unwrap_or(Self::NONE))
            .collect();
        let classes = names.len();
        (Self { of, classes }, names)
    }

    /// Number of items.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Number of classes, empty ones included.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.classes
    }

    /// Class of item `i`.
    #[inline]
    #[must_use]
    pub fn get(&self, i: usize) -> Option<usize> {
        self.of.get(i).filter(|&&c| c != Self::NONE).map(|&c| c as usize)
    }

    /// Class index of every item, [`Labels::NONE`] for none.
    #[must_use]
    pub fn as_slice(&self) -> &[u32] {
        &self.of
    }

    /// Number of items in each class.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.classes];
        for &c in &self.of {
            if c != Self::NONE {
                sizes[c as usize] += 1;
            }
        }
        sizes
    }

    /// Number of items without a class.
    #[must_use]
    pub fn unlabelled(&self) -> usize {
        self.of.iter().filter(|&&c| c == Self::NONE).count()
    }

    /// The same labels with a further, last class for the items that had none. Unchanged when all
    /// items have a class.
    #[must_use]
    pub fn with_unlabelled_class(&self) -> Self {
        if self.unlabelled() == 0 {
            return self.clone();
        }
        let extra = self.classes as u32;
        let of = self.of.iter().map(|&c| if c == Self::NONE { extra } else { c }).collect();
        Self { of, classes: self.classes + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_classes_in_order() {
        let (l, names) = Labels::from_keys([Some("urban"), None, Some("rural"), Some("urban")]);
        assert_eq!(names, ["rural", "urban"]);
        assert_eq!(l.as_slice(), [1, Labels::NONE, 0, 1]);
        assert_eq!((l.unlabelled(), l.sizes()), (1, vec![1, 2]));
        assert_eq!(l.with_unlabelled_class().sizes(), [1, 2, 1]);
        assert!(Labels::new(vec![3], 3).is_err());
    }
}
