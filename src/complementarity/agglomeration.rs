//! Whether activities cluster more than their plants' sizes explain, and which cluster together.

use serde::{Deserialize, Serialize};

use super::supply_demand::pairs;
use super::table::ActivityTable;
use crate::check::check_len;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

/// Agglomeration of each activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Agglomeration {
    /// Raw concentration `G_i = Σ_r (s_ri − x_r)²`; NaN for activities without any count.
    pub raw: Vec<f64>,
    /// Ellison–Glaeser γ: 0 as if plants had fallen at random, above 0.05 strongly agglomerated by
    /// the authors' reading, negative when dispersed. NaN also where the activity is a single plant.
    pub gamma: Vec<f64>,
}

/// Whether each activity is more concentrated in few regions than the sizes of its plants explain
/// (Ellison–Glaeser index).
///
/// # Formula
/// `γ_i = (G_i − (1 − Σ x_r²) H_i) / ((1 − Σ x_r²)(1 − H_i))`, `G_i = Σ_r (s_ri − x_r)²`, with `s_ri` the
/// region's share of the activity, `x_r` its share of everything and `H_i` the Herfindahl index of the
/// activity's plant sizes (`plant_herfindahl`, one for each activity). Both γ and G have one value for each
/// activity.
///
/// # Range
/// G in [0, 2); γ has no fixed bounds and is negative where dispersed.
///
/// # Direction
/// High where agglomerated: 0 as if plants had fallen at random, above 0.05 strongly agglomerated by the
/// authors' reading.
///
/// # Undefined
/// NaN for activities without any count; γ also where `H_i` is 1 (a single plant), and everywhere when one
/// region has everything.
///
/// # Errors
/// [`Error::Shape`] when `plant_herfindahl` has not one entry per activity; [`Error::Value`] when one is
/// outside [0, 1], unless its activity has no count (give NaN there).
///
/// # Complexity
/// O(stored cells + regions × activities).
///
/// # References
/// Ellison & Glaeser (1997), Journal of Political Economy, <https://doi.org/10.1086/262098>. From the
/// definition, not checked against a peer.
pub fn ellison_glaeser(table: &ActivityTable, plant_herfindahl: &[f64]) -> Result<Agglomeration> {
    check_len("plant_herfindahl", plant_herfindahl.len(), table.activities())?;
    let outside = |i: usize| table.activity_totals()[i] > 0.0 && !(0.0..=1.0).contains(&plant_herfindahl[i]);
    if let Some(index) = (0..table.activities()).find(|&i| outside(i)) {
        let value = plant_herfindahl[index].to_string();
        return Err(Error::Value { what: "plant_herfindahl", index, value, must: "must be within 0 and 1" });
    }
    let Departures { by_activity, room } = Departures::of(table);
    let raw: Vec<f64> = by_activity.iter().map(|d| d.iter().map(|v| v * v).sum()).collect();
    let gamma = raw.iter().zip(plant_herfindahl).map(|(g, h)| {
        let denominator = room * (1.0 - h);
        if denominator > 0.0 { (g - room * h) / denominator } else { f64::NAN }
    });
    Ok(Agglomeration { gamma: gamma.collect(), raw })
}

/// Which pairs of activities are over-represented in the same regions (pairwise co-agglomeration).
///
/// # Formula
/// `Σ_r (s_ri − x_r)(s_rj − x_r) / (1 − Σ x_r²)`, with `s_ri` the region's share of activity i and `x_r` its
/// share of everything. Shape activities × activities, symmetric.
///
/// # Direction
/// Positive when the two activities are over-represented in the same regions, negative when they avoid each
/// other.
///
/// # Undefined
/// NaN for activities without any count, and everywhere when one region has everything.
///
/// # Complexity
/// O(activities² · regions).
///
/// # References
/// Ellison, Glaeser & Kerr (2010), American Economic Review, <https://doi.org/10.1257/aer.100.3.1195>. From
/// the definition, not checked against a peer.
#[must_use]
pub fn coagglomeration(table: &ActivityTable) -> Matrix {
    let Departures { by_activity, room } = Departures::of(table);
    let room = if room > 0.0 { room } else { f64::NAN };
    let n = table.activities();
    pairs(n, n, |i, j| by_activity[i].iter().zip(&by_activity[j]).map(|(a, b)| a * b).sum::<f64>() / room)
}

/// Departure of each activity's regional shares from those of everything.
struct Departures {
    /// `s_ri − x_r` by activity and region; NaN for activities without any count.
    by_activity: Vec<Vec<f64>>,
    /// `1 − Σ x_r²`.
    room: f64,
}

impl Departures {
    fn of(table: &ActivityTable) -> Self {
        let x: Vec<f64> = table.region_totals().iter().map(|t| t / table.total()).collect();
        let counts = table.counts().transposed();
        let departures = |(i, total): (usize, &f64)| -> Vec<f64> {
            let mut d: Vec<f64> = x.iter().map(|x| if *total > 0.0 { -x } else { f64::NAN }).collect();
            for (r, count) in counts.row(i) {
                d[r as usize] += count / total;
            }
            d
        };
        let by_activity = table.activity_totals().iter().enumerate().map(departures).collect();
        Self { by_activity, room: 1.0 - x.iter().map(|x| x * x).sum::<f64>() }
    }
}
