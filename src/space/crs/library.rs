use std::cell::RefCell;

use geo_types::Coord;
use proj::Proj;

use super::{Crs, Projector};
use crate::error::{Error, Result};

/// PROJ itself as the backend: every system of its registry (feature `proj`).
///
/// PROJ's own objects belong to one thread and take milliseconds to make, so each thread keeps
/// those it has made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProjLibrary {
    source: Crs,
    target: Crs,
}

thread_local! {
    static MADE: RefCell<Vec<(ProjLibrary, Proj)>> = const { RefCell::new(Vec::new()) };
}

/// Transformations a thread keeps.
const KEPT: usize = 16;

impl ProjLibrary {
    /// Prepares the transformation, on this thread.
    ///
    /// # Errors
    /// [`Error::Crs`] when PROJ does not know a system or no way between them.
    pub fn new(source: Crs, target: Crs) -> Result<Self> {
        let this = Self { source, target };
        this.with(|_| ()).map_err(|message| Error::Crs { crs: format!("{source} → {target}"), message })?;
        Ok(this)
    }

    fn with<T>(&self, f: impl FnOnce(&Proj) -> T) -> Result<T, String> {
        MADE.with_borrow_mut(|made| {
            let at = match made.iter().position(|(key, _)| key == self) {
                Some(at) => at,
                None => {
                    let made_now = Proj::new_known_crs(&name(self.source), &name(self.target), None)
                        .map_err(|e| e.to_string())?;
                    if made.len() == KEPT {
                        made.remove(0);
                    }
                    made.push((*self, made_now));
                    made.len() - 1
                }
            };
            Ok(f(&made[at].1))
        })
    }
}

/// What PROJ calls the system. It comes from a number or from our own formatting, never from input.
fn name(crs: Crs) -> String {
    match crs {
        Crs::Epsg(code) => code.to_string(),
        Crs::Local(local) => format!("{local} +type=crs"),
    }
}

impl Projector for ProjLibrary {
    fn source(&self) -> Crs {
        self.source
    }

    fn target(&self) -> Crs {
        self.target
    }

    fn transform(&self, coords: &mut [Coord<f64>]) -> Result<(), (usize, String)> {
        self.with(|proj| {
            for (i, c) in coords.iter_mut().enumerate() {
                let (x, y) = proj.convert((c.x, c.y)).map_err(|e| (i, e.to_string()))?;
                *c = Coord { x, y };
            }
            Ok(())
        })
        .unwrap_or_else(|e| Err((0, e)))
    }
}
