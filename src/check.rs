//! What kernels ask of the numbers they are given.

use geo_types::Coord;

use crate::error::{Error, Result};

/// Refuses a list of another length than a measure needs.
pub(crate) fn check_len(what: &'static str, got: usize, expected: usize) -> Result<()> {
    if got == expected { Ok(()) } else { Err(Error::Shape { what, expected, got }) }
}

/// Refuses values that are not finite and ≥ 0.
pub(crate) fn check_weights(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|v| !v.is_finite() || *v < 0.0) {
        Some(index) => Err(Error::Value {
            what,
            index,
            value: values[index].to_string(),
            must: "must be finite and not negative",
        }),
        None => Ok(()),
    }
}

/// Refuses amounts whose sum is beyond the largest number.
pub(crate) fn check_sum(what: &'static str, values: &[f64]) -> Result<()> {
    let mut sum = 0.0;
    for (index, v) in values.iter().enumerate() {
        sum += v.abs();
        if sum == f64::INFINITY {
            let must = "takes the sum beyond the largest number: use a larger unit";
            return Err(Error::Value { what, index, value: format!("{v:e}"), must });
        }
    }
    Ok(())
}

/// Refuses coordinates that are not finite, or so large that products of their differences are not.
pub(crate) fn check_coords(what: &'static str, coords: &[Coord<f64>]) -> Result<()> {
    coords.iter().enumerate().try_for_each(|(index, &c)| check_coord(what, index, c))
}

/// As [`check_coords`], for the one at `index`.
pub(crate) fn check_coord(what: &'static str, index: usize, c: Coord<f64>) -> Result<()> {
    if c.x.abs() <= LARGEST_COORDINATE && c.y.abs() <= LARGEST_COORDINATE {
        return Ok(());
    }
    let value = format!("({}, {})", c.x, c.y);
    Err(Error::Value { what, index, value, must: "must be finite (and below 1e100)" })
}

/// Largest coordinate of which areas and crossings can be computed.
const LARGEST_COORDINATE: f64 = 1e100;

/// Refuses a list of another length, and values that are not finite and ≥ 0.
pub(crate) fn check_amounts(what: &'static str, values: &[f64], expected: usize) -> Result<()> {
    check_len(what, values.len(), expected)?;
    check_weights(what, values)
}
