//! Who is a member of several networks, and which networks share more members than chance gives.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Study;
use crate::error::{Error, Result};
use crate::model::CooperationKind;
use crate::multiple_testing::benjamini_hochberg;
use crate::network::{Overlap, overlap};

/// A network, consortium or programme with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberGroup {
    /// Its name.
    pub name: String,
    /// Its members, by position in the inventory; repeated ones count once.
    pub members: Vec<u32>,
}

/// Two groups and the members they share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroupOverlap {
    /// Position of one group.
    pub first: usize,
    /// Position of the other.
    pub second: usize,
    /// What they share, against chance.
    pub overlap: Overlap,
    /// The p-value adjusted for the number of pairs (Benjamini and Hochberg).
    pub q: f64,
}

/// Groups, what they share, and how many each actor is in. From [`Study::memberships`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct MembershipReport {
    /// The groups, in order.
    pub groups: Vec<MemberGroup>,
    /// Actors that could be members: those that are in some group.
    pub eligible: usize,
    /// All pairs of groups.
    pub pairs: Vec<GroupOverlap>,
    /// How many actors are in 1, 2, … groups.
    pub memberships: Vec<usize>,
}

impl Study {
    /// The cooperation kinds of the study as groups: the members are the actors with such a tie.
    #[must_use]
    pub fn groups_by_kind(&self) -> Vec<MemberGroup> {
        CooperationKind::ALL
            .into_iter()
            .filter_map(|kind| {
                let links = self.links.iter().filter(|l| l.kind == kind);
                let members: BTreeSet<u32> = links.flat_map(|l| [l.a, l.b]).collect();
                (!members.is_empty())
                    .then(|| MemberGroup { name: kind.to_string(), members: members.into_iter().collect() })
            })
            .collect()
    }

    /// Which groups share more members than chance gives, and how many groups each actor is in.
    ///
    /// Chance: each group draws its members at random from the actors that are in some group, so that
    /// actors who never take part anywhere do not make every overlap look strong.
    ///
    /// # Formula
    /// See [`overlap`]; `q` by Benjamini and Hochberg over all pairs.
    ///
    /// # Undefined
    /// Without a pair of groups the list is empty.
    ///
    /// # Errors
    /// [`Error::Value`] when a member is not in the inventory.
    ///
    /// # Complexity
    /// O(groups² × members).
    ///
    /// # References
    /// Tumminello, Miccichè, Lillo, Piilo & Mantegna (2011), doi:10.1371/journal.pone.0017994.
    pub fn memberships(&self, groups: Vec<MemberGroup>) -> Result<MembershipReport> {
        let actors = self.inventory.actors().len();
        let mut of = vec![0_usize; actors];
        let mut sets: Vec<BTreeSet<u32>> = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            if let Some(bad) = group.members.iter().find(|&&m| m as usize >= actors) {
                let must = "members must be actors of the inventory";
                return Err(Error::Value { what: "groups", index, value: bad.to_string(), must });
            }
            sets.push(group.members.iter().copied().collect());
            sets[index].iter().for_each(|&m| of[m as usize] += 1);
        }
        let eligible = of.iter().filter(|n| **n > 0).count();
        let most = of.iter().copied().max().unwrap_or(0);
        let memberships = (1..=most).map(|k| of.iter().filter(|n| **n == k).count()).collect();
        let mut pairs = Vec::new();
        for (first, a) in sets.iter().enumerate() {
            for (second, b) in sets.iter().enumerate().skip(first + 1) {
                let common = a.intersection(b).count();
                let overlap = overlap(a.len(), b.len(), common, eligible)?;
                pairs.push(GroupOverlap { first, second, overlap, q: f64::NAN });
            }
        }
        let p: Vec<f64> = pairs.iter().map(|pair| pair.overlap.p).collect();
        let q = benjamini_hochberg(&p)?;
        pairs.iter_mut().zip(q).for_each(|(pair, q)| pair.q = q);
        Ok(MembershipReport { groups, eligible, pairs, memberships })
    }
}
