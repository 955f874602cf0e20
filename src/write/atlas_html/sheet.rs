//! The sheet the map is drawn on: metres of one projection, with insets at their own scale.

use geo_types::Coord;

use super::{AtlasPage, Frame};
use crate::error::{Error, Result};
use crate::space::crs::{Crs, Projector, projector};
use crate::space::{Bounds, Layer};

/// Steps the longer side of the sheet is divided into.
const STEPS: f64 = 60_000.0;

/// Steps that one step stands for where a level has more vertices than a browser draws with ease.
const COARSE: i32 = 5;

/// The most vertices that are kept at single steps.
const MANY_VERTICES: usize = 600_000;

pub(super) struct Sheet {
    frames: Vec<Placed>,
    /// Left and top in metres.
    corner: [f64; 2],
    metres: f64,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A frame where it lies on the sheet.
struct Placed {
    bounds: Bounds,
    to_metres: Box<dyn Projector>,
    scale: f64,
    offset: [f64; 2],
    /// Rectangle in steps, for insets.
    rectangle: Option<[i32; 4]>,
}

impl Sheet {
    pub(super) fn new(page: &AtlasPage<'_>) -> Result<Self> {
        let given: Vec<Frame> =
            if page.frames.is_empty() { vec![Frame::around(extent(page))?] } else { page.frames.clone() };
        let mut all = Bounds::EMPTY;
        let mut frames = Vec::new();
        let mut rectangles = Vec::new();
        for frame in &given {
            let to_metres = projector(Crs::LON_LAT, frame.crs)?;
            let own = projected(frame.bounds, &*to_metres)?;
            let (mut scale, mut offset) = (1.0, [0.0; 2]);
            if let Some(inset) = frame.inset {
                let side = |b: &Bounds, k: usize| b.max[k] - b.min[k];
                scale = (side(&inset, 0) / side(&own, 0)).min(side(&inset, 1) / side(&own, 1));
                for k in 0..2 {
                    offset[k] = inset.min[k].midpoint(inset.max[k]) - scale * own.min[k].midpoint(own.max[k]);
                }
            }
            let shown = frame.inset.unwrap_or(own);
            for [x, y] in [shown.min, shown.max] {
                all.include(Coord { x, y });
            }
            rectangles.push(frame.inset);
            frames.push(Placed { bounds: frame.bounds, to_metres, scale, offset, rectangle: None });
        }
        let longer = (all.max[0] - all.min[0]).max(all.max[1] - all.min[1]).max(1.0);
        let metres = longer / STEPS;
        let mut sheet = Self {
            frames,
            corner: [all.min[0], all.max[1]],
            metres,
            width: ((all.max[0] - all.min[0]) / metres).ceil() as i32,
            height: ((all.max[1] - all.min[1]) / metres).ceil() as i32,
        };
        for (i, rectangle) in rectangles.into_iter().enumerate() {
            let corner = |[x, y]: [f64; 2]| sheet.steps(Coord { x, y });
            sheet.frames[i].rectangle = rectangle.map(|r| {
                let ((left, bottom), (right, top)) = (corner(r.min), corner(r.max));
                [left, top, right, bottom]
            });
        }
        Ok(sheet)
    }

    /// Metres of the first frame that a step stands for.
    pub(super) const fn step_m(&self) -> f64 {
        self.metres
    }

    /// Rectangles of the insets, by frame.
    pub(super) fn rectangles(&self) -> impl Iterator<Item = Option<[i32; 4]>> + '_ {
        self.frames.iter().map(|f| f.rectangle)
    }

    /// How many times larger than the main map each frame is drawn.
    pub(super) fn scales(&self) -> impl Iterator<Item = f64> + '_ {
        self.frames.iter().map(|f| f.scale)
    }

    fn steps(&self, c: Coord<f64>) -> (i32, i32) {
        (
            ((c.x - self.corner[0]) / self.metres).round() as i32,
            ((self.corner[1] - c.y) / self.metres).round() as i32,
        )
    }

    /// Where a position in degrees lies; `None` outside all frames.
    pub(super) fn place(&self, position: Coord<f64>) -> Result<Option<(i32, i32)>> {
        let mut at = vec![position];
        Ok(self.place_all(&mut at)?.then(|| self.steps(at[0])))
    }

    /// Moves coordinates onto the sheet, in metres; `false` when the first is outside all frames.
    fn place_all(&self, coords: &mut [Coord<f64>]) -> Result<bool> {
        let Some(frame) = coords.first().and_then(|&c| self.frames.iter().find(|f| f.bounds.contains(c)))
        else {
            return Ok(false);
        };
        frame.to_metres.project(coords)?;
        for c in coords {
            c.x = c.x * frame.scale + frame.offset[0];
            c.y = c.y * frame.scale + frame.offset[1];
        }
        Ok(true)
    }

    /// Steps that one step of a layer stands for.
    pub(super) fn grain(layer: &Layer) -> i32 {
        if layer.coords().len() > MANY_VERTICES { COARSE } else { 1 }
    }

    /// The rings of every territory in steps of the layer's grain; those outside all frames, and those
    /// without an area at this grain, are left out.
    pub(super) fn rings(&self, layer: &Layer) -> Result<Vec<Vec<Vec<(i32, i32)>>>> {
        let grain = f64::from(Self::grain(layer));
        let mut all = Vec::with_capacity(layer.len());
        for i in 0..layer.len() {
            let mut kept = Vec::new();
            for ring in layer.rings(i) {
                let mut ring = ring.to_vec();
                if !self.place_all(&mut ring)? {
                    continue;
                }
                let coarse = |v: i32| (f64::from(v) / grain).round() as i32;
                let steps = ring.into_iter().map(|c| self.steps(c)).map(|(x, y)| (coarse(x), coarse(y)));
                kept.extend(super::topology::clean(steps));
            }
            all.push(kept);
        }
        Ok(all)
    }
}

/// Bounds of everything on the page in degrees.
fn extent(page: &AtlasPage<'_>) -> Bounds {
    let mut bounds = Bounds::EMPTY;
    for layer in &page.layers {
        layer.shapes.coords().iter().for_each(|&c| bounds.include(c));
        layer.points.iter().flatten().for_each(|&c| bounds.include(c));
    }
    page.actors.iter().filter_map(|a| a.position).for_each(|c| bounds.include(c));
    if bounds.is_empty() { Bounds { min: [0.0; 2], max: [1.0; 2] } } else { bounds }
}

/// Bounds in metres of bounds in degrees, their sides followed.
fn projected(degrees: Bounds, to_metres: &dyn Projector) -> Result<Bounds> {
    const PARTS: u32 = 16;
    let ([west, south], [east, north]) = (degrees.min, degrees.max);
    if west > east || south > north {
        return Err(Error::Parameter {
            name: "bounds",
            value: format!("{west} {south} … {east} {north}"),
            must: "must be west, south, east and north of a frame in degrees",
        });
    }
    let mut sides = Vec::new();
    for k in 0..=PARTS {
        let t = f64::from(k) / f64::from(PARTS);
        let (x, y) = (west + t * (east - west), south + t * (north - south));
        sides.extend([(x, south), (x, north), (west, y), (east, y)].map(|(x, y)| Coord { x, y }));
    }
    to_metres.project(&mut sides)?;
    let mut bounds = Bounds::EMPTY;
    sides.into_iter().for_each(|c| bounds.include(c));
    Ok(bounds)
}
