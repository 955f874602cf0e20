//! What a territory or actor lacks, who has it, and whom it suits as a partner.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::quotients::{beside_rest, quotient};
use super::{Complementarity, ProfiledRow};
use crate::complementarity::interregional::Partner;
use crate::complementarity::specialisation::location_quotient_interval;
use crate::error::{Error, Result};
use crate::evidence::Interval;
use crate::model::Rurality;
use crate::progress::Progress;

/// Which side may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giving {
    /// Urban to rural, rural to urban; anyone to those of unknown rurality.
    #[default]
    OtherSide,
    /// Anyone.
    Anyone,
    /// This side.
    Side(Rurality),
}

/// Whom a search for partners considers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Search {
    /// Which side may give.
    pub giving: Giving,
    /// How far away, in metres; infinite for anywhere.
    pub radius_m: f64,
    /// Activities reported.
    pub activities: usize,
    /// Holders reported for each activity.
    pub holders: usize,
    /// Partners reported.
    pub partners: usize,
}

impl Default for Search {
    /// The other side, anywhere; ten activities, three holders of each, ten partners.
    fn default() -> Self {
        Self { giving: Giving::OtherSide, radius_m: f64::INFINITY, activities: 10, holders: 3, partners: 10 }
    }
}

impl Search {
    /// Sets which side may give.
    #[must_use]
    pub const fn giving(mut self, giving: Giving) -> Self {
        self.giving = giving;
        self
    }

    /// Sets how far away partners may be, in metres.
    #[must_use]
    pub const fn radius_m(mut self, radius_m: f64) -> Self {
        self.radius_m = radius_m;
        self
    }

    /// Sets how many activities, holders of each, and partners are reported.
    #[must_use]
    pub const fn limits(mut self, activities: usize, holders: usize, partners: usize) -> Self {
        self.activities = activities;
        self.holders = holders;
        self.partners = partners;
        self
    }
}

/// An activity a row is specialised in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strength {
    /// Index of the activity.
    pub activity: usize,
    /// How much of it there is.
    pub count: f64,
    /// Location quotient.
    pub location_quotient: f64,
    /// Its 95 % confidence interval, counts taken as independent units.
    pub interval: Interval,
}

/// An activity a row lacks, and who has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Need {
    /// Index of the activity.
    pub activity: usize,
    /// How much of it there is.
    pub count: f64,
    /// Location quotient, below the threshold of presence.
    pub location_quotient: f64,
    /// How well it fits what the row does: relatedness density in [0, 100]; NaN when it is related to
    /// nothing.
    pub fit: f64,
    /// Rows the search considers that have it.
    pub holders_within: usize,
    /// The nearest of them.
    pub holders: Vec<Holder>,
}

/// A row that has what another lacks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holder {
    /// Index of the giving row.
    pub row: usize,
    /// Distance in metres; `None` where a position is unknown.
    pub distance_m: Option<f64>,
    /// How much of the activity it has.
    pub count: f64,
    /// Location quotient there.
    pub location_quotient: f64,
    /// Indices of the study's links with it.
    pub links: Vec<u32>,
    /// The actors behind the count, where the amounts are counts of actors.
    pub actors: Vec<u32>,
}

/// A row to cooperate with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplementaryPartner {
    /// Index of the giving row.
    pub row: usize,
    /// What is gained from it, in [0, 100].
    pub score: f64,
    /// What it gains in return, in [0, 100]; NaN when it lacks nothing.
    pub returned: f64,
    /// Distance in metres; `None` where a position is unknown.
    pub distance_m: Option<f64>,
    /// Indices of the study's links with it.
    pub links: Vec<u32>,
    /// Activities gained with their part of the score, largest first.
    pub gained: Vec<ActivityPart>,
    /// Activities it brings with their part of the score, largest first.
    pub brought: Vec<ActivityPart>,
}

/// What an activity adds to a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ActivityPart {
    /// Index of the activity.
    pub activity: usize,
    /// Its part of the score.
    pub part: f64,
}

/// What one row has, lacks, and could gain from whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Needs {
    /// The row.
    pub row: ProfiledRow,
    /// What it is specialised in, strongest first.
    pub has: Vec<Strength>,
    /// What it lacks, best fit first (equal fit: nearest holder first).
    pub lacks: Vec<Need>,
    /// Activities whose amount is under statistical secrecy: not known to be lacking.
    pub unknown: Vec<usize>,
    /// With whom to cooperate, highest score first.
    pub partners: Vec<ComplementaryPartner>,
    /// Rows that the search considers.
    pub considered: usize,
}

/// Where one giving row stands among all that could give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rank {
    /// 1 + the number of rows that score higher, + half of those that score the same.
    pub rank: f64,
    /// Rows ranked.
    pub of: usize,
}

impl Rank {
    /// Share of the other rows that score lower (ties half), in [0, 1]: ½ by chance.
    #[must_use]
    pub fn percentile(self) -> f64 {
        if self.of < 2 { f64::NAN } else { 1.0 - (self.rank - 1.0) / (self.of - 1) as f64 }
    }
}

impl Complementarity<'_> {
    /// What a receiving row has and lacks, who has it, and with whom cooperation would bring most.
    ///
    /// Giving rows that share ground with it (its own parts, the territory it is part of) are not
    /// considered. O(giving rows × activities).
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such row or the radius is not above zero.
    pub fn needs(&self, receiving: usize, search: Search) -> Result<Needs> {
        let row = self.check(receiving, search.radius_m)?;
        let r = self.offset() + receiving;
        let table = self.receiving().table();
        let others = self.considered(receiving, search);
        let whole = self.giving.table();
        let quotient_of = |i: usize| quotient(table, whole, receiving, i);
        let interval =
            location_quotient_interval(&beside_rest(table, receiving..receiving + 1, whole)?, 0.95)?;
        let activities = 0..self.activities().len();
        let mut has: Vec<Strength> = activities
            .clone()
            .filter(|&i| self.presence.has(r, i))
            .map(|i| Strength {
                activity: i,
                count: table.count(receiving, i).unwrap_or(f64::NAN),
                location_quotient: quotient_of(i),
                interval: Interval { low: interval.lower[(0, i)], high: interval.upper[(0, i)] },
            })
            .collect();
        has.sort_by(|a, b| {
            b.location_quotient.total_cmp(&a.location_quotient).then(a.activity.cmp(&b.activity))
        });
        let unknown: Vec<usize> = activities.clone().filter(|&i| table.is_masked(receiving, i)).collect();
        let lacking = activities.filter(|i| !self.presence.has(r, *i) && !unknown.contains(i));
        let mut lacks: Vec<Need> = lacking
            .map(|i| {
                let mut holders: Vec<&(u32, Option<f64>)> =
                    others.iter().filter(|(s, _)| self.presence.has(*s as usize, i)).collect();
                holders.sort_by(|a, b| nearer(a.1, b.1).then(a.0.cmp(&b.0)));
                Need {
                    activity: i,
                    count: table.count(receiving, i).unwrap_or(f64::NAN),
                    location_quotient: quotient_of(i),
                    fit: self.density[(r, i)],
                    holders_within: holders.len(),
                    holders: holders
                        .into_iter()
                        .take(search.holders)
                        .map(|&(s, distance_m)| self.holder(r, s as usize, i, distance_m))
                        .collect(),
                }
            })
            .collect();
        // Undefined fit comes last; where nothing is near, the activity is no use.
        let fit = |n: &Need| if n.fit.is_nan() { -1.0 } else { n.fit };
        let near = |n: &Need| n.holders.first().and_then(|h| h.distance_m);
        lacks.sort_by(|a, b| {
            let nothing = a.holders.is_empty().cmp(&b.holders.is_empty());
            fit(b)
                .total_cmp(&fit(a))
                .then(nothing)
                .then(nearer(near(a), near(b)))
                .then(a.activity.cmp(&b.activity))
        });
        lacks.truncate(search.activities);
        let considered = others.len();
        let mut best: Vec<(u32, Option<f64>, f64)> = others
            .into_iter()
            .map(|(s, d)| (s, d, self.linkages.score(r, s as usize)))
            .filter(|b| b.2 > 0.0)
            .collect();
        best.sort_by(|a, b| b.2.total_cmp(&a.2).then(nearer(a.1, b.1)).then(a.0.cmp(&b.0)));
        best.truncate(search.partners);
        let partners = best.into_iter().map(|(s, d, score)| self.partner(r, s as usize, d, score)).collect();
        Ok(Needs { row: row.clone(), has, lacks, unknown, partners, considered })
    }

    /// Where a giving row stands among those a search considers, by what the receiving row could gain
    /// from each; `None` when it is not among them or the row lacks nothing.
    ///
    /// # Errors
    /// As [`Complementarity::needs`].
    pub fn rank(&self, receiving: usize, giving: usize, search: Search) -> Result<Option<Rank>> {
        self.check(receiving, search.radius_m)?;
        let others = self.considered(receiving, search);
        if !others.iter().any(|o| o.0 as usize == giving) {
            return Ok(None);
        }
        let own = self.score(receiving, giving);
        if own.is_nan() {
            return Ok(None);
        }
        let mut rank = 1.0;
        for &(s, _) in others.iter().filter(|o| o.0 as usize != giving) {
            let score = self.score(receiving, s as usize);
            rank += if score > own {
                1.0
            } else if score == own {
                0.5
            } else {
                0.0
            };
        }
        Ok(Some(Rank { rank, of: others.len() }))
    }

    /// The best partners of every receiving row within a radius, highest score first; only pairs in one
    /// zone of projection (overseas départements are never partners of the mainland). For all
    /// communes at once: no matrix of pairs is made.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the radius is not above zero or finite, or no partner is asked for.
    pub fn partners(&self, search: Search, progress: &dyn Progress) -> Result<Vec<Vec<Partner>>> {
        if !search.radius_m.is_finite() {
            let must = "must be finite; `needs` searches anywhere for one row";
            return Err(Error::Parameter { name: "radius_m", value: search.radius_m.to_string(), must });
        }
        let zone = |i: u32| self.place_of[i as usize].and_then(|p| self.places.zones()[p]);
        let planar: Vec<Coord<f64>> = self
            .place_of
            .iter()
            .map(|p| p.and_then(|p| self.places.planar(p)).unwrap_or(Coord { x: 0.0, y: 0.0 }))
            .collect();
        let (givers, offset) = (self.givers(), self.offset());
        let accept = |r: u32, s: u32| {
            (r as usize) >= offset
                && (s as usize) < givers
                && zone(r).is_some()
                && zone(r) == zone(s)
                && self.may_give(r as usize, s as usize, search.giving)
                && self.shared[r as usize - offset].binary_search(&s).is_err()
        };
        let mut found =
            self.linkages.partners(&planar, search.radius_m, search.partners, accept, progress)?;
        Ok(found.split_off(offset))
    }

    fn check(&self, receiving: usize, radius_m: f64) -> Result<&ProfiledRow> {
        if radius_m.is_nan() || radius_m <= 0.0 {
            let must = "must be above zero";
            return Err(Error::Parameter { name: "radius_m", value: radius_m.to_string(), must });
        }
        self.receiving_row(receiving).ok_or_else(|| Error::Parameter {
            name: "receiving",
            value: receiving.to_string(),
            must: "must be a row of the receiving profiles",
        })
    }

    fn may_give(&self, r: usize, s: usize, giving: Giving) -> bool {
        let side = self.rows[s].rurality;
        match giving {
            Giving::Anyone => true,
            Giving::Side(wanted) => side == Some(wanted),
            Giving::OtherSide => {
                self.rows[r].rurality.is_none_or(|own| side.is_some_and(|other| other != own))
            }
        }
    }

    /// Giving rows a search considers for a receiving row, with their distance.
    fn considered(&self, receiving: usize, search: Search) -> Vec<(u32, Option<f64>)> {
        let r = self.offset() + receiving;
        (0..self.givers() as u32)
            .filter(|s| self.shared[receiving].binary_search(s).is_err())
            .filter(|&s| self.may_give(r, s as usize, search.giving))
            .map(|s| (s, self.stacked_distance_m(r, s as usize)))
            .filter(|(_, d)| search.radius_m.is_infinite() || d.is_some_and(|d| d <= search.radius_m))
            .collect()
    }

    fn links(&self, r: usize, s: usize) -> Vec<u32> {
        self.links.get(&(r as u32, s as u32)).cloned().unwrap_or_default()
    }

    fn holder(&self, r: usize, s: usize, activity: usize, distance_m: Option<f64>) -> Holder {
        let table = self.giving.table();
        Holder {
            row: s,
            distance_m,
            count: table.count(s, activity).unwrap_or(f64::NAN),
            location_quotient: quotient(table, table, s, activity),
            links: self.links(r, s),
            actors: self.giving.actors(s, activity).collect(),
        }
    }

    fn partner(&self, r: usize, s: usize, distance_m: Option<f64>, score: f64) -> ComplementaryPartner {
        let parts = self.linkages.contributions(r, s);
        let ordered = |values: Vec<f64>| {
            let parts =
                values.into_iter().enumerate().map(|(activity, part)| ActivityPart { activity, part });
            let mut list: Vec<ActivityPart> = parts.filter(|p| p.part > 0.0).collect();
            list.sort_by(|a, b| b.part.total_cmp(&a.part).then(a.activity.cmp(&b.activity)));
            list
        };
        ComplementaryPartner {
            row: s,
            score,
            returned: self.linkages.score(s, r),
            distance_m,
            links: self.links(r, s),
            gained: ordered(parts.gained),
            brought: ordered(parts.brought),
        }
    }
}

/// Known distances first, in increasing order.
fn nearer(a: Option<f64>, b: Option<f64>) -> std::cmp::Ordering {
    a.unwrap_or(f64::INFINITY).total_cmp(&b.unwrap_or(f64::INFINITY))
}
