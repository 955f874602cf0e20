//! What kernels ask of the numbers they are given.

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

/// Refuses a list of another length, and values that are not finite and ≥ 0.
pub(crate) fn check_amounts(what: &'static str, values: &[f64], expected: usize) -> Result<()> {
    check_len(what, values.len(), expected)?;
    check_weights(what, values)
}
