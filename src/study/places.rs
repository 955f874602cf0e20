use std::collections::BTreeMap;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::StudyOptions;
use crate::atlas::{Atlas, AtlasLevel, Territory};
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::model::{Actor, DensityLevel, Level, Rurality};
use crate::progress::Progress;
use crate::space::LonLat;
use crate::space::distance::haversine_m;
use crate::space::index::PlaceIndex;
use crate::space::locate::Locator;

/// How an actor was put into its territory.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacedBy {
    /// The source names a commune (a base territory) of the atlas.
    Code,
    /// Its position is inside the outline.
    Outline,
    /// Its position is outside all outlines; the nearest one is this far.
    Snapped {
        /// Distance in metres.
        distance_m: f64,
    },
    /// The atlas has no outlines; this territory's point is the nearest one.
    NearestPoint {
        /// Distance in metres.
        distance_m: f64,
    },
}

/// Where an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ActorPlace {
    /// Index of its base territory, when it is in one.
    pub base: Option<u32>,
    /// Where it is taken to be: at its own position, else at the point of its base territory.
    pub point: Option<LonLat>,
    /// How its base territory was found.
    pub placed_by: Option<PlacedBy>,
    /// Density level of the base territory.
    pub density: Option<DensityLevel>,
    /// Rural or urban by the base territory it is in, as the study defines it.
    pub base_rurality: Option<Rurality>,
    /// Rural or urban by the territory it speaks for, when it speaks for one of the atlas: where
    /// more than half of that territory's population lives.
    pub territory_rurality: Option<Rurality>,
}

impl ActorPlace {
    /// Rural or urban: by the territory the actor speaks for, else by the base territory it is in.
    #[must_use]
    pub fn rurality(&self) -> Option<Rurality> {
        self.territory_rurality.or(self.base_rurality)
    }
}

/// Puts every actor into a base territory: by the commune its source names, else by its position
/// inside an outline, else by the nearest one within the snapping distance. Where the atlas has no
/// outlines the nearest territory point decides, which is what a Thiessen tessellation would say.
pub(super) fn place(
    atlas: &Atlas,
    inventory: &Inventory,
    options: &StudyOptions,
    progress: &dyn Progress,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<ActorPlace>> {
    let actors = inventory.actors();
    progress.begin("place actors", Some(actors.len() as u64));
    let base = atlas.base();
    let finder = Finder::new(atlas)?;
    let found: Vec<Option<(u32, PlacedBy)>> = crate::parallel::map(actors.len(), |i| {
        let by_position = || actors[i].position.and_then(|p| finder.find(p, options.snap_m));
        match named(&actors[i], base) {
            Some(b) if !far_apart(actors[i].position, base.territories()[b].point) => {
                Some((b as u32, PlacedBy::Code))
            }
            Some(b) => by_position().or(Some((b as u32, PlacedBy::Code))),
            None => by_position(),
        }
    });
    progress.advance(actors.len() as u64);
    progress.end();

    let territories = TerritoryRurality::new(atlas, actors)?;
    let mut places = Vec::with_capacity(actors.len());
    for (i, (actor, found)) in actors.iter().zip(found).enumerate() {
        let place = Place::file("inventory").record(i);
        if let Some((b, placed_by)) = found {
            diagnostics.keep();
            if let PlacedBy::Snapped { distance_m } = placed_by {
                let message = format!(
                    "{} is outside all territories; put into {}, {distance_m:.0} m away",
                    actor.id,
                    base.territories()[b as usize].code
                );
                diagnostics.repaired("snapped_actor", place, message);
            } else if placed_by == PlacedBy::Code
                && is_elsewhere(actor.position, &base.territories()[b as usize])
            {
                let message = format!(
                    "{}: its position is far from {}, the commune it names; placed by the commune",
                    actor.id,
                    base.territories()[b as usize].code
                );
                diagnostics.remark("code_position_conflict", place, message);
            } else if actor.commune.is_some() && placed_by != PlacedBy::Code {
                let (kind, why) = match actor.commune.and_then(|c| base.find(c.as_str())) {
                    Some(_) => ("code_position_conflict", "its position is over 100 km from its commune"),
                    None => ("unknown_commune", "its commune is not in the atlas"),
                };
                diagnostics.remark(kind, place, format!("{}: {why}; placed by position", actor.id));
            }
            places.push(ActorPlace {
                base: Some(b),
                point: actor.position.or(base.territories()[b as usize].point),
                placed_by: Some(placed_by),
                density: base.territories()[b as usize].density,
                base_rurality: atlas.base_rurality(b as usize),
                territory_rurality: territories.of(actor),
            });
        } else {
            diagnostics.keep();
            let (kind, message) = why_unplaced(actor);
            diagnostics.remark(kind, place, message);
            let territory_rurality = territories.of(actor);
            places.push(ActorPlace {
                base: None,
                point: actor.position,
                placed_by: None,
                density: None,
                base_rurality: None,
                territory_rurality,
            });
        }
    }
    Ok(places)
}

/// The base territory that the source names: the commune, or what takes its place in another country.
fn named(actor: &Actor, base: &AtlasLevel) -> Option<usize> {
    let speaks_for = || actor.territory.as_ref().filter(|(level, _)| level == base.level());
    match actor.commune {
        Some(commune) => base.find(commune.as_str()),
        None => speaks_for().and_then(|(_, code)| base.find(code.as_str())),
    }
}

/// Whether a position cannot be in the commune of this point: no commune is 100 km across but
/// those of Guyane, whose points are in their middle.
fn far_apart(position: Option<LonLat>, point: Option<LonLat>) -> bool {
    let (Some(a), Some(b)) = (position, point) else { return false };
    haversine_m(a.into(), b.into()).is_ok_and(|d| d > 100_000.0)
}

/// Whether a position is far outside a territory of this size round its point.
fn is_elsewhere(position: Option<LonLat>, territory: &Territory) -> bool {
    let (Some(a), Some(b)) = (position, territory.point) else { return false };
    let reach_m = 20_000.0_f64.max(3e3 * territory.area_km2.unwrap_or(0.0).sqrt());
    haversine_m(a.into(), b.into()).is_ok_and(|d| d > reach_m)
}

/// Rurality of the territories that actors speak for.
struct TerritoryRurality<'a> {
    atlas: &'a Atlas,
    levels: BTreeMap<&'a Level, Vec<Option<Rurality>>>,
}

impl<'a> TerritoryRurality<'a> {
    fn new(atlas: &'a Atlas, actors: &'a [Actor]) -> Result<Self> {
        let mut levels = BTreeMap::new();
        for (level, _) in actors.iter().filter_map(|a| a.territory.as_ref()) {
            if !levels.contains_key(level) && atlas.level(level).is_ok() {
                levels.insert(level, atlas.rurality(level)?.into_iter().map(|r| r.class).collect());
            }
        }
        Ok(Self { atlas, levels })
    }

    fn of(&self, actor: &Actor) -> Option<Rurality> {
        let (level, code) = actor.territory.as_ref()?;
        let at = self.atlas.level(level).ok()?.find(code.as_str())?;
        self.levels.get(level)?[at]
    }
}

fn why_unplaced(actor: &Actor) -> (&'static str, String) {
    if actor.position.is_none() {
        (
            "no_position",
            format!("{} has no position and no commune of the atlas; it stays unlabelled", actor.id),
        )
    } else {
        ("outside_territories", format!("{} is in no territory; it stays unlabelled", actor.id))
    }
}

/// Finds the base territory of a position.
struct Finder {
    outlines: Option<Locator>,
    points: PlaceIndex,
    /// Base territory of each indexed point.
    of: Vec<u32>,
}

impl Finder {
    fn new(atlas: &Atlas) -> Result<Self> {
        let (of, points): (Vec<u32>, Vec<Coord<f64>>) = atlas
            .base()
            .territories()
            .iter()
            .enumerate()
            .filter_map(|(i, t)| Some((i as u32, Coord::from(t.point?))))
            .unzip();
        let outlines = atlas.base().geometry().map(Locator::new).transpose()?;
        Ok(Self { outlines, points: PlaceIndex::new(&points)?, of })
    }

    fn find(&self, p: LonLat, snap_m: f64) -> Option<(u32, PlacedBy)> {
        if let Some(b) = self.outlines.as_ref().and_then(|o| o.locate(p.into())) {
            return Some((b, PlacedBy::Outline));
        }
        let nearest = self.points.nearest(p.into(), 1, |_| true).ok()?;
        let (at, distance_m) = nearest.first().map(|n| (self.of[n.id as usize], n.distance_m))?;
        if self.outlines.is_some() {
            (distance_m <= snap_m).then_some((at, PlacedBy::Snapped { distance_m }))
        } else {
            (distance_m <= snap_m.max(MAX_CELL_M)).then_some((at, PlacedBy::NearestPoint { distance_m }))
        }
    }
}

/// No commune point is further than this from a place of its own commune (the largest communes, of
/// Guyane, reach about 150 km), but abroad the nearest French commune means nothing: mainland
/// communes reach about 20 km.
const MAX_CELL_M: f64 = 20_000.0;
