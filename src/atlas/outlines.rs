//! Outlines of territories: approximate ones where there are none, and those of the upper levels
//! from their members.

use std::collections::BTreeSet;
use std::sync::Arc;

use geo_types::{Coord, MultiPolygon};

use super::Atlas;
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::GeometryQuality;
use crate::model::{Level, TerritoryCode};
use crate::progress::Progress;
use crate::space::Layer;
use crate::space::crs::{Crs, Zones, projector};
use crate::space::dissolve::dissolve;
use crate::space::locate::Locator;
use crate::space::overlay::{Overlay, overlay_areas};
use crate::space::tessellation::{TessellationOptions, tessellate};

/// Half the side, in metres, of the square that stands for a territory without land on the outline
/// (small islands on a small-scale map).
const ISLAND_HALF_SIDE_M: f64 = 1_500.0;

/// Rounding of Thiessen cells in metres.
const GRID_M: f64 = 0.1;

impl Atlas {
    /// Gives every level approximate outlines: Thiessen cells of the base territories' points, in
    /// the metres of each zone, clipped to a land outline in longitude and latitude, and joined
    /// upwards along the levels. Territories without a point, or outside all zones, stay without
    /// an outline and are reported. About a second for all communes of France.
    ///
    /// # Errors
    /// [`Error::Crs`] when a zone's CRS is not known to the backend.
    pub fn draw_approximate_outlines(
        &mut self,
        land: &MultiPolygon<f64>,
        zones: &Zones,
        progress: &dyn Progress,
    ) -> Result<Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let base = self.base().territories();
        let place = |i: usize| Place::file("outlines").record(i);
        progress.begin("draw Thiessen cells", Some(zones.as_slice().len() as u64));
        let mut cells: Vec<MultiPolygon<f64>> = vec![MultiPolygon(Vec::new()); base.len()];
        let zone_of: Vec<_> = base.iter().map(|t| t.point.and_then(|p| zones.zone_of(p.into()))).collect();
        for zone in zones.as_slice() {
            let (members, mut points): (Vec<usize>, Vec<Coord<f64>>) = (0..base.len())
                .filter(|&i| zone_of[i] == Some(zone))
                .filter_map(|i| Some((i, Coord::from(base[i].point?))))
                .unzip();
            // A polygon of the land belongs to the zone its outer ring begins in.
            let inside = land
                .iter()
                .filter(|p| p.exterior().0.first().is_some_and(|&c| zones.zone_of(c) == Some(zone)));
            let outline = MultiPolygon(inside.cloned().collect());
            if members.is_empty() || outline.0.is_empty() {
                progress.advance(1);
                continue;
            }
            let there = projector(Crs::LON_LAT, zone.crs)?;
            there.project(&mut points)?;
            let mut outline = Layer::from_features([&outline]);
            there.project(outline.coords_mut())?;
            let options = TessellationOptions::default().grid(GRID_M).offshore_half_side(ISLAND_HALF_SIDE_M);
            let mut found = tessellate(&points, &outline.to_multi_polygon(0), &options)?;
            projector(zone.crs, Crs::LON_LAT)?.project(found.layer.coords_mut())?;
            for (p, &i) in members.iter().enumerate() {
                cells[i] = found.layer.to_multi_polygon(p);
            }
            for &p in &found.without_land {
                let i = members[p as usize];
                let message = format!(
                    "{} {}: no land of the outline is nearest to it; a square stands for it",
                    base[i].code, base[i].name
                );
                diagnostics.remark("no_land", place(i), message);
            }
            for &(p, first) in &found.coincident {
                let (i, j) = (members[p as usize], members[first as usize]);
                let message =
                    format!("{} has the point of {}, which keeps the cell", base[i].code, base[j].code);
                diagnostics.remark("coincident_points", place(i), message);
            }
            progress.advance(1);
        }
        progress.end();
        for (i, cell) in cells.iter().enumerate() {
            if cell.0.is_empty() {
                let message = format!("{} {} has no outline", base[i].code, base[i].name);
                diagnostics.remark("no_outline", place(i), message);
            }
        }
        let level = self.base().level().clone();
        self.set_geometry(&level, Arc::new(Layer::from_features(&cells)), GeometryQuality::Approximate)?;
        self.join_outlines(progress)?;
        Ok(diagnostics)
    }

    /// Finds the territories that hold points: a locator over the outlines of a level. Which
    /// territories of the other levels a base territory is in is told by [`AtlasLevel::memberships`](super::AtlasLevel::memberships).
    ///
    /// # Errors
    /// [`Error::Unknown`] when the level is not there or has no outlines.
    pub fn locator(&self, level: &Level) -> Result<Locator> {
        let layer = self.level(level)?.geometry().ok_or_else(|| Error::Unknown {
            kind: "geometry of level",
            value: level.to_string(),
            hint: Some("read outlines, or draw approximate ones".to_owned()),
        })?;
        Locator::new(layer)
    }

    /// Adds a level of which only the outlines are given: a base territory belongs to the units that
    /// hold at least `least_share` of its area, first to the one that holds most of it (ties: the
    /// first one). Returns the shares by base territory and unit.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the base level has no outlines, [`Error::Shape`] when there is not one
    /// outline per unit, [`Error::Parameter`] when the share is not in (0, 1].
    pub fn add_level_by_overlay(
        &mut self,
        level: Level,
        units: &[(TerritoryCode, String)],
        outlines: Arc<Layer>,
        least_share: f64,
    ) -> Result<(Overlay, Diagnostics)> {
        if !(least_share > 0.0 && least_share <= 1.0) {
            let value = least_share.to_string();
            return Err(Error::Parameter {
                name: "least_share",
                value,
                must: "must be above 0 and at most 1",
            });
        }
        if outlines.len() != units.len() {
            return Err(Error::Shape { what: "outlines", expected: units.len(), got: outlines.len() });
        }
        let base = self.base();
        let Some(cells) = base.geometry() else {
            return Err(Error::Unknown {
                kind: "geometry of level",
                value: base.level.to_string(),
                hint: Some("an overlay needs the outlines of the base level".to_owned()),
            });
        };
        let overlay = overlay_areas(cells, &outlines)?;
        let mut held: Vec<_> = overlay.shares.iter().filter(|s| s.of_a >= least_share).collect();
        held.sort_by(|s, t| s.a.cmp(&t.a).then(t.of_a.total_cmp(&s.of_a)).then(s.b.cmp(&t.b)));
        let codes: Vec<String> = base.territories.iter().map(|t| t.code.to_string()).collect();
        let members: Vec<(&str, &str)> =
            held.iter().map(|s| (codes[s.a as usize].as_str(), units[s.b as usize].0.as_str())).collect();
        let diagnostics =
            self.add_level(level.clone(), units.iter().cloned(), members, Strictness::Lenient)?;
        if self.level(&level)?.territories.len() == outlines.len() {
            self.set_geometry(&level, outlines, GeometryQuality::Given)?;
        }
        Ok((overlay, diagnostics))
    }

    /// Replaces the outlines of the base level by `change` of them and forgets those of the levels
    /// above, which [`Atlas::join_outlines`] makes anew.
    pub(crate) fn change_outlines(&mut self, change: impl Fn(&Layer) -> Result<Layer>) -> Result<()> {
        for level in &mut self.levels[1..] {
            level.geometry = None;
        }
        if let Some((layer, quality)) = &self.levels[0].geometry {
            let (changed, quality, level) = (change(layer)?, *quality, self.levels[0].level.clone());
            self.set_geometry(&level, Arc::new(changed), quality)?;
        }
        Ok(())
    }

    /// Gives every level that has no outlines the union of its members' outlines, those of further
    /// memberships (overlapping perimeters) included. O(vertices log vertices) for each level.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the base level has no outlines.
    pub fn join_outlines(&mut self, progress: &dyn Progress) -> Result<()> {
        let base = self.base();
        let (Some(cells), Some(quality)) =
            (base.geometry.as_ref().map(|(l, _)| Arc::clone(l)), base.geometry_quality())
        else {
            return Err(Error::Unknown {
                kind: "geometry of level",
                value: base.level.to_string(),
                hint: Some("read outlines, or draw approximate ones".to_owned()),
            });
        };
        let levels: Vec<_> =
            self.levels[1..].iter().filter(|l| l.geometry.is_none()).map(|l| l.level.clone()).collect();
        progress.begin("join outlines upwards", Some(levels.len() as u64));
        for level in levels {
            let units = self.level(&level)?;
            let mut joined = dissolve(&cells, units.membership())?.layer;
            // Where perimeters overlap, a unit also holds members that belong first to another one:
            // those few units are joined one by one.
            let further = |(base, unit): (u32, u32)| {
                (units.membership.get(base as usize) != Some(unit as usize)).then_some(unit)
            };
            let shared: BTreeSet<u32> = units.memberships.iter().filter_map(further).collect();
            if !shared.is_empty() {
                let mut features: Vec<MultiPolygon<f64>> =
                    (0..joined.len()).map(|i| joined.to_multi_polygon(i)).collect();
                for unit in shared {
                    let mut of = vec![Labels::NONE; cells.len()];
                    for (member, _) in units.memberships.iter().filter(|(_, u)| *u == unit) {
                        of[member as usize] = 0;
                    }
                    features[unit as usize] =
                        dissolve(&cells, &Labels::new(of, 1)?)?.layer.to_multi_polygon(0);
                }
                joined = Layer::from_features(&features);
            }
            self.set_geometry(&level, Arc::new(joined), quality)?;
            progress.advance(1);
        }
        progress.end();
        Ok(())
    }
}
