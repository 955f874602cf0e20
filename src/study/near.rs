//! Who is near a place.

use geo_types::Coord;

use super::{ActorPlace, Study};
use crate::error::Result;
use crate::model::Actor;
use crate::space::LonLat;
use crate::space::index::PlaceIndex;

/// The located actors of a study in an R-tree ([`PlaceIndex`]), for many questions of who is near.
#[derive(Debug, Clone)]
pub struct ActorIndex<'a> {
    study: &'a Study,
    index: PlaceIndex,
    /// Actor of each indexed place.
    of: Vec<u32>,
}

/// An actor near a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearActor {
    /// Index of the actor.
    pub actor: usize,
    /// Geodesic distance in metres.
    pub distance_m: f64,
}

impl Study {
    /// Indexes the actors that have a place ([`ActorPlace::point`]). O(actors log actors).
    ///
    /// # Errors
    /// None on the positions of a study.
    pub fn actor_index(&self) -> Result<ActorIndex<'_>> {
        let (of, places): (Vec<u32>, Vec<Coord<f64>>) = self
            .places()
            .iter()
            .enumerate()
            .filter_map(|(i, p)| Some((i as u32, Coord::from(p.point?))))
            .unzip();
        Ok(ActorIndex { study: self, index: PlaceIndex::new(&places)?, of })
    }
}

impl ActorIndex<'_> {
    /// The `k` actors nearest to a place of those that `accept` takes (by kind, rurality …),
    /// nearest first, ties in the order of the actors. Distances are geodesic, so they are right
    /// from one part of France to another too. O(log actors) for each actor passed.
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::{ActorKind, Rurality};
    /// use rurban::progress::Silent;
    /// use rurban::space::LonLat;
    /// use rurban::study::{Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let near = study.actor_index()?;
    /// let auch = LonLat::new(0.586, 43.646)?;
    /// let rural_places = near.nearest(auch, 3, |actor, place| {
    ///     actor.kind == ActorKind::InnovationPlace && place.rurality() == Some(Rurality::Rural)
    /// })?;
    /// assert_eq!(rural_places.len(), 3);
    /// assert!(rural_places[0].distance_m <= rural_places[1].distance_m);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// None on a valid position.
    pub fn nearest(
        &self,
        at: LonLat,
        k: usize,
        mut accept: impl FnMut(&Actor, &ActorPlace) -> bool,
    ) -> Result<Vec<NearActor>> {
        let (actors, places) = (self.study.inventory().actors(), self.study.places());
        let found = self.index.nearest(at.into(), k, |id| {
            let actor = self.of[id as usize] as usize;
            accept(&actors[actor], &places[actor])
        })?;
        Ok(found.into_iter().map(|n| self.found(n.id, n.distance_m)).collect())
    }

    /// All actors at most `radius_m` from a place, nearest first.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) when the radius is negative or not finite.
    pub fn within(&self, at: LonLat, radius_m: f64) -> Result<Vec<NearActor>> {
        let found = self.index.within(at.into(), radius_m)?;
        Ok(found.into_iter().map(|n| self.found(n.id, n.distance_m)).collect())
    }

    fn found(&self, id: u32, distance_m: f64) -> NearActor {
        NearActor { actor: self.of[id as usize] as usize, distance_m }
    }
}
