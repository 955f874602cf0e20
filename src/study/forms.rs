//! What places, or the bodies that animate territories, are like: what near ones share, and what they lack.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Study;
use crate::complementarity::{ActivityTable, Presence, SelfInclusion, proximity, relatedness_density};
use crate::error::{Error, Result, Undefined};
use crate::space::index::PlaceIndex;

/// Something a place has: a service, its form, a member, a factor of its success.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Feature {
    /// What family it is of: `service`, `form`, `member`, `success`, `capability` …
    pub family: String,
    /// What it is.
    pub name: String,
}

/// A feature that places near by have and this one lacks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LackedFeature {
    /// The feature.
    pub feature: Feature,
    /// Places near by that have it, by index of the actor, nearest first.
    pub holders: Vec<u32>,
    /// How near the feature is to what the place has, over all places compared: relatedness density, in
    /// [0, 100]; NaN when it goes with no other feature.
    pub density: f64,
}

/// One place beside those near by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlaceForm {
    /// The actor.
    pub actor: u32,
    /// What it has, by family and name.
    pub features: Vec<Feature>,
    /// Places compared that are near by, nearest first, with what they are known to have.
    pub near: Vec<u32>,
    /// What it shares with at least one of them.
    pub shared: Vec<Feature>,
    /// What none of them has.
    pub alone: Vec<Feature>,
    /// What they have and it lacks: nearest to what it has first.
    pub lacks: Vec<LackedFeature>,
}

/// Places and what they are like.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct PlaceForms {
    /// Places with at least one feature and a place on the map, in the order asked for.
    pub places: Vec<PlaceForm>,
    /// How many of the places have each feature, most first.
    pub features: Vec<(Feature, usize)>,
    /// Actors left out as nothing is known of them.
    pub without_features: usize,
    /// Actors left out as they have no place.
    pub without_place: usize,
}

impl Study {
    /// What each of some places has, what it shares with those within `radius_m`, and what it lacks that they
    /// have.
    ///
    /// Features are the themes of the given families (`service:impression 3D` is the service *impression 3D*).
    /// The same serves any actors: third places by services, PETR by forms of animation. What nobody wrote
    /// down is not known to be lacking: a lack says that the data name it for others near by only.
    ///
    /// # Formula
    /// Lacks are ordered by relatedness density ([`relatedness_density`]) over the proximity of features
    /// ([`proximity`]) in all places compared.
    ///
    /// # Range
    /// Density in [0, 100].
    ///
    /// # Direction
    /// A high density: places that are like this one have the feature.
    ///
    /// # Undefined
    /// When no place has a feature of these families.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a radius that is negative or not finite; [`Error::Undefined`] as above.
    ///
    /// # Complexity
    /// O(places × (near places + features)).
    ///
    /// # Example
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::ActorKind;
    /// use rurban::progress::Silent;
    /// use rurban::study::{Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let places = study.actors_of(&[ActorKind::InnovationPlace]);
    /// let forms = study.place_forms(&places, &["capability"], 50_000.0)?;
    /// assert!(forms.places.iter().any(|p| !p.lacks.is_empty()));
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn place_forms(&self, places: &[u32], families: &[&str], radius_m: f64) -> Result<PlaceForms> {
        if !(radius_m.is_finite() && radius_m >= 0.0) {
            let must = "must be finite and not negative";
            return Err(Error::Parameter { name: "radius_m", value: radius_m.to_string(), must });
        }
        let (mut without_features, mut without_place) = (0, 0);
        let mut kept = Vec::new();
        for &a in places {
            let Some(actor) = self.inventory().actors().get(a as usize) else { continue };
            let of: BTreeSet<Feature> = (actor.themes.iter())
                .filter_map(|t| t.split_once(':'))
                .filter(|(family, name)| families.contains(family) && !name.trim().is_empty())
                .map(|(family, name)| Feature { family: family.to_owned(), name: name.trim().to_owned() })
                .collect();
            match self.places()[a as usize].point {
                _ if of.is_empty() => without_features += 1,
                None => without_place += 1,
                Some(point) => kept.push((a, point, of)),
            }
        }
        let mut count: BTreeMap<&Feature, usize> = BTreeMap::new();
        kept.iter().flat_map(|k| &k.2).for_each(|f| *count.entry(f).or_default() += 1);
        if count.is_empty() {
            return Err(Error::undefined("forms of places", Undefined::Empty));
        }
        let names: Vec<&Feature> = count.keys().copied().collect();
        let at = |f: &Feature| names.binary_search(&f).ok();
        let cells: Vec<(u32, u32, Option<f64>)> = (kept.iter().enumerate())
            .flat_map(|(r, k)| k.2.iter().filter_map(at).map(move |i| (r as u32, i as u32, Some(1.0))))
            .collect();
        let presence = Presence::of(&ActivityTable::from_cells(kept.len(), names.len(), &cells)?);
        let density = relatedness_density(&presence, &proximity(&presence), SelfInclusion::Excluded)?;
        let index = PlaceIndex::of(&kept.iter().map(|k| k.1).collect::<Vec<_>>())?;
        let mut found = Vec::with_capacity(kept.len());
        for (r, (actor, point, of)) in kept.iter().enumerate() {
            let near: Vec<usize> = (index.within((*point).into(), radius_m)?.into_iter())
                .map(|n| n.id as usize)
                .filter(|&n| n != r)
                .collect();
            let has = |f: &Feature| -> Vec<u32> {
                near.iter().filter(|&&n| kept[n].2.contains(f)).map(|&n| kept[n].0).collect()
            };
            let (shared, alone) = of.iter().cloned().partition(|f| !has(f).is_empty());
            let mut lacks: Vec<LackedFeature> = (names.iter().enumerate())
                .filter(|(_, f)| !of.contains(**f))
                .map(|(i, f)| LackedFeature {
                    feature: (*f).clone(),
                    holders: has(f),
                    density: density[(r, i)],
                })
                .filter(|l| !l.holders.is_empty())
                .collect();
            // Undefined densities last.
            let rank = |l: &LackedFeature| if l.density.is_nan() { -1.0 } else { l.density };
            lacks.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.feature.cmp(&b.feature)));
            found.push(PlaceForm {
                actor: *actor,
                features: of.iter().cloned().collect(),
                near: near.iter().map(|&n| kept[n].0).collect(),
                shared,
                alone,
                lacks,
            });
        }
        let mut features: Vec<(Feature, usize)> = count.iter().map(|(f, n)| ((*f).clone(), *n)).collect();
        features.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Ok(PlaceForms { places: found, features, without_features, without_place })
    }
}
