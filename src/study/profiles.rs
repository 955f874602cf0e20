//! What the actors of each territory do.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::Study;
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::model::Level;
use crate::profiles::{Activity, ProfileRows, Profiles};

/// Where the activities of actors are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActivitySource<'a> {
    /// Themes of a family, `field` for `field:health`; the activity is what follows the colon.
    Themes(&'a str),
    /// What kind of body the actor is.
    Kinds,
    /// Kinds of the links it has, each link counting once.
    LinkKinds,
    /// Themes of the cooperations it has part in.
    CooperationThemes,
    /// Themes of the practices it began or took up.
    Practices,
}

/// How an actor with several activities counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// 1 for each of them.
    #[default]
    Full,
    /// 1 in all, shared equally.
    Fractional,
}

impl Study {
    /// Profiles of the territories of a level: how many of their actors have each activity.
    ///
    /// An actor counts in every perimeter of the level that its place is in. Actors without a
    /// territory (`unplaced_actor`) and without an activity of the source (`no_activity`) are counted
    /// as dropped. All profiles of one source have the same activities, by code, whatever the level.
    /// O(actors × their activities).
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the atlas has no such level; in strict mode the first actor
    /// without a place or an activity.
    pub fn profiles(
        &self,
        level: &Level,
        source: ActivitySource<'_>,
        counting: Counting,
    ) -> Result<(Profiles, Diagnostics)> {
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); self.atlas().base().territories().len()];
        for (b, t) in self.atlas().level(level)?.memberships().iter() {
            of_base[b as usize].push(t);
        }
        let rows = self.atlas().level(level)?.territories().len();
        self.count(source, counting, (ProfileRows::Territories(level.clone()), rows), |actor| {
            self.places()[actor].base.map_or(&[][..], |b| &of_base[b as usize])
        })
    }

    /// Profiles of the actors themselves, in the order of the inventory.
    ///
    /// # Errors
    /// In strict mode the first actor without an activity.
    pub fn actor_profiles(
        &self,
        source: ActivitySource<'_>,
        counting: Counting,
    ) -> Result<(Profiles, Diagnostics)> {
        let all: Vec<u32> = (0..self.places().len() as u32).collect();
        self.count(source, counting, (ProfileRows::Actors, all.len()), |actor| &all[actor..=actor])
    }

    fn count<'a>(
        &self,
        source: ActivitySource<'_>,
        counting: Counting,
        rows: (ProfileRows, usize),
        rows_of: impl Fn(usize) -> &'a [u32],
    ) -> Result<(Profiles, Diagnostics)> {
        let of = self.activities(source);
        let codes: BTreeSet<&str> = of.iter().flatten().map(|(code, _)| code.as_str()).collect();
        let index: HashMap<&str, u32> = codes.iter().enumerate().map(|(i, c)| (*c, i as u32)).collect();
        let mut found = Diagnostics::new(self.options().strictness);
        let mut counts = Vec::new();
        for (actor, activities) in of.iter().enumerate() {
            let place = || Place::file("inventory").record(actor);
            let name = || &self.inventory().actors()[actor].name;
            let rows = rows_of(actor);
            if activities.is_empty() {
                found.drop_record("no_activity", place(), format!("{} has no activity", name()))?;
            } else if rows.is_empty() {
                found.drop_record("unplaced_actor", place(), format!("{} is in no territory", name()))?;
            } else {
                found.keep();
                let all: f64 = activities.iter().map(|a| a.1).sum();
                let scale = if counting == Counting::Fractional { 1.0 / all } else { 1.0 };
                for &row in rows {
                    let cells =
                        activities.iter().filter_map(|(code, n)| Some((index.get(code.as_str())?, n)));
                    counts.extend(cells.map(|(&i, n)| (row, i, actor as u32, n * scale)));
                }
            }
        }
        let activities =
            codes.iter().map(|c| Activity::new(c, c.replace('_', " "))).collect::<Result<_>>()?;
        let unit = match source {
            ActivitySource::LinkKinds => "links",
            ActivitySource::CooperationThemes => "cooperations",
            ActivitySource::Practices => "practices",
            _ => "actors",
        };
        Ok((Profiles::of_actors(unit.to_owned(), rows, activities, &counts)?, found))
    }

    /// For each actor its activities with their number, each once, by code.
    fn activities(&self, source: ActivitySource<'_>) -> Vec<Vec<(String, f64)>> {
        let actors = self.inventory().actors();
        let mut of: Vec<Vec<(String, f64)>> = vec![Vec::new(); actors.len()];
        let mut add = |actor: usize, code: &str| {
            let code = code.trim();
            match of[actor].iter_mut().find(|a| a.0 == code) {
                Some(known) => known.1 += 1.0,
                None if code.is_empty() => {}
                None => of[actor].push((code.to_owned(), 1.0)),
            }
        };
        match source {
            ActivitySource::Themes(family) => {
                for (i, actor) in actors.iter().enumerate() {
                    let themes: BTreeSet<&str> = actor
                        .themes
                        .iter()
                        .filter_map(|t| t.strip_prefix(family)?.strip_prefix(':'))
                        .collect();
                    for theme in themes {
                        add(i, theme);
                    }
                }
            }
            ActivitySource::Kinds => actors.iter().enumerate().for_each(|(i, a)| add(i, a.kind.key())),
            ActivitySource::LinkKinds => {
                for link in self.links() {
                    for end in [link.a, link.b] {
                        add(end as usize, link.kind.key());
                    }
                }
            }
            ActivitySource::CooperationThemes => {
                for tie in self.inventory().ties() {
                    for end in [tie.from, tie.to] {
                        tie.themes.iter().for_each(|theme| add(end as usize, theme));
                    }
                }
            }
            ActivitySource::Practices => {
                for practice in self.inventory().practices() {
                    let takers: BTreeSet<usize> = practice
                        .origin
                        .iter()
                        .chain(practice.adoptions.iter().map(|a| &a.actor))
                        .filter_map(|id| self.inventory().find(id.as_str()))
                        .collect();
                    for actor in takers {
                        practice.themes.iter().for_each(|theme| add(actor, theme));
                    }
                }
            }
        }
        for list in &mut of {
            list.sort_by(|a, b| a.0.cmp(&b.0));
        }
        of
    }
}
