use std::fmt;
use std::sync::Mutex;

use geo_types::Coord;
use proj4rs::Proj;
use proj4rs::transform::{Transform, TransformClosure, transform};

use super::Crs;
use super::lambert::{Lambert, Parameters};
use crate::error::{Error, Result};
use crate::parallel;
use crate::space::Layer;

/// Points projected by one task.
const CHUNK: usize = 16_384;

/// A transformation from one coordinate reference system to another, prepared once and usable from
/// any thread. Backends give the same coordinates within 10⁻⁶ m (2 mm from equal-area metres back to
/// degrees).
pub trait Projector: fmt::Debug + Send + Sync {
    /// The system coordinates come from.
    fn source(&self) -> Crs;

    /// The system coordinates go to.
    fn target(&self) -> Crs;

    /// Transforms checked coordinates in place; the index of the first that has no image is the
    /// error. [`Projector::project`] is what callers want.
    ///
    /// # Errors
    /// The position of the first coordinate outside the domain of the transformation, and why.
    fn transform(&self, coords: &mut [Coord<f64>]) -> Result<(), (usize, String)>;

    /// Transforms all coordinates in place, on all threads. After an error the contents of
    /// `coords` are unspecified.
    ///
    /// # Errors
    /// [`Error::Value`] for the first coordinate that is not finite or, when the source is in
    /// degrees, outside ±180 and ±90; [`Error::Crs`] for one that has no image in the target.
    fn project(&self, coords: &mut [Coord<f64>]) -> Result<()> {
        check(&self.source(), coords)?;
        let failure: Mutex<Option<(usize, String)>> = Mutex::new(None);
        parallel::for_each_chunk(coords, CHUNK, |i, chunk| {
            let result = self.transform(chunk).and_then(|()| match chunk.iter().position(|c| !finite(*c)) {
                None => Ok(()),
                Some(at) => Err((at, "the point has no image".into())),
            });
            if let (Err((at, why)), Ok(mut failure)) = (result, failure.lock()) {
                let at = i * CHUNK + at;
                if failure.as_ref().is_none_or(|f| f.0 > at) {
                    *failure = Some((at, why));
                }
            }
        });
        match failure.into_inner() {
            Ok(None) => Ok(()),
            Ok(Some((at, why))) => Err(Error::Crs {
                crs: self.target().to_string(),
                message: format!("coordinate {at} cannot be projected from {}: {why}", self.source()),
            }),
            Err(_) => Err(Error::Crs { crs: self.target().to_string(), message: "projection failed".into() }),
        }
    }

    /// Transforms one coordinate.
    ///
    /// # Errors
    /// As [`Projector::project`].
    fn point(&self, c: Coord<f64>) -> Result<Coord<f64>> {
        let mut coords = [c];
        self.project(&mut coords)?;
        Ok(coords[0])
    }

    /// Transforms a layer.
    ///
    /// # Errors
    /// As [`Projector::project`]; the index counts the coordinates of the layer.
    fn layer(&self, mut layer: Layer) -> Result<Layer> {
        self.project(layer.coords_mut())?;
        Ok(layer)
    }
}

/// The transformation from `source` to `target`, by the pure-Rust backend where it knows both systems, else
/// by PROJ when the feature `proj` is on.
///
/// # Errors
/// [`Error::Crs`] for a system that no backend at hand knows.
///
/// # Complexity
/// O(1); milliseconds for a system of PROJ that the thread has not met.
pub fn projector(source: Crs, target: Crs) -> Result<Box<dyn Projector>> {
    #[cfg(feature = "proj")]
    if source.proj_string().is_none() || target.proj_string().is_none() {
        return Ok(Box::new(super::ProjLibrary::new(source, target)?));
    }
    Ok(Box::new(PureRust::new(source, target)?))
}

/// The default backend, in pure Rust: an own Lambert conformal conic for Lambert-93 and the French
/// conic zones, `proj4rs` for the rest.
#[derive(Debug)]
pub struct PureRust {
    source: Crs,
    target: Crs,
    steps: Steps,
}

enum Steps {
    Identity,
    FromDegrees(Lambert),
    ToDegrees(Lambert),
    General(Box<[Proj; 2]>),
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "Identity",
            Self::FromDegrees(_) => "FromDegrees",
            Self::ToDegrees(_) => "ToDegrees",
            Self::General(_) => "General",
        })
    }
}

impl PureRust {
    /// Prepares the transformation.
    ///
    /// # Errors
    /// [`Error::Crs`] for a system that is not built in (see [`Crs::proj_string`]).
    pub fn new(source: Crs, target: Crs) -> Result<Self> {
        let lambert = |crs: Crs| match crs {
            Crs::Epsg(code) => Parameters::of(code).map(|p| Lambert::new(&p)),
            Crs::Local(_) => None,
        };
        let steps = if source == target || (source.is_geographic() && target.is_geographic()) {
            Steps::Identity
        } else if let (true, Some(lambert)) = (source.is_geographic(), lambert(target)) {
            Steps::FromDegrees(lambert)
        } else if let (Some(lambert), true) = (lambert(source), target.is_geographic()) {
            Steps::ToDegrees(lambert)
        } else {
            Steps::General(Box::new([definition(source)?, definition(target)?]))
        };
        if matches!(steps, Steps::Identity) {
            definition(source)?;
        }
        Ok(Self { source, target, steps })
    }
}

fn definition(crs: Crs) -> Result<Proj> {
    let text = crs.proj_string().ok_or_else(|| Error::Crs {
        crs: crs.to_string(),
        message: "not built in; use the feature `proj`, or reproject the data to EPSG:4326 or EPSG:2154"
            .into(),
    })?;
    Proj::from_proj_string(&text)
        .map_err(|e| Error::Crs { crs: crs.to_string(), message: format!("cannot be set up: {e}") })
}

impl Projector for PureRust {
    fn source(&self) -> Crs {
        self.source
    }

    fn target(&self) -> Crs {
        self.target
    }

    fn transform(&self, coords: &mut [Coord<f64>]) -> Result<(), (usize, String)> {
        match &self.steps {
            Steps::Identity => {}
            Steps::FromDegrees(lambert) => {
                for c in coords {
                    *c = lambert.forward(*c);
                }
            }
            Steps::ToDegrees(lambert) => {
                for (i, c) in coords.iter_mut().enumerate() {
                    *c = lambert
                        .inverse(*c)
                        .ok_or_else(|| (i, "not on the cone of the projection".to_owned()))?;
                }
            }
            Steps::General(ends) => {
                let mut batch = Batch {
                    coords,
                    at: 0,
                    degrees: [self.source.is_geographic(), self.target.is_geographic()],
                };
                batch.turn(0, f64::to_radians);
                if let Err(e) = transform(&ends[0], &ends[1], &mut batch) {
                    return Err((batch.at, e.to_string()));
                }
                batch.turn(1, f64::to_degrees);
            }
        }
        Ok(())
    }
}

/// Coordinates as `proj4rs` takes them: angles in radians, and which one it stopped at.
struct Batch<'a> {
    coords: &'a mut [Coord<f64>],
    at: usize,
    degrees: [bool; 2],
}

impl Batch<'_> {
    fn turn(&mut self, end: usize, f: impl Fn(f64) -> f64) {
        if self.degrees[end] {
            for c in self.coords.iter_mut() {
                *c = Coord { x: f(c.x), y: f(c.y) };
            }
        }
    }
}

impl Transform for Batch<'_> {
    fn transform_coordinates<F: TransformClosure>(&mut self, f: &mut F) -> proj4rs::errors::Result<()> {
        for (i, c) in self.coords.iter_mut().enumerate() {
            self.at = i;
            let (x, y, _) = f(c.x, c.y, 0.0)?;
            *c = Coord { x, y };
        }
        Ok(())
    }
}

fn finite(c: Coord<f64>) -> bool {
    c.x.is_finite() && c.y.is_finite()
}

fn check(source: &Crs, coords: &[Coord<f64>]) -> Result<()> {
    if source.is_geographic() {
        return check_lon_lat("coordinates", coords);
    }
    match coords.iter().position(|c| !finite(*c)) {
        None => Ok(()),
        Some(index) => Err(bad("coordinates", coords, index, "must be finite")),
    }
}

/// Refuses what is no longitude and latitude.
pub(crate) fn check_lon_lat(what: &'static str, coords: &[Coord<f64>]) -> Result<()> {
    // NaN fails both comparisons.
    match coords.iter().position(|c| !(c.x.abs() <= 180.0 && c.y.abs() <= 90.0)) {
        None => Ok(()),
        Some(index) => {
            let must =
                "must be longitude in ±180 then latitude in ±90; are the axes swapped, or is it metres?";
            Err(bad(what, coords, index, must))
        }
    }
}

fn bad(what: &'static str, coords: &[Coord<f64>], index: usize, must: &'static str) -> Error {
    let c = coords[index];
    Error::Value { what, index, value: format!("({}, {})", c.x, c.y), must }
}
