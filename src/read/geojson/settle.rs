//! Whether the coordinates are what they were declared to be.

use super::table::FeatureTable;
use super::walk::Walked;
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity};
use crate::error::{Error, Result};
use crate::read::coordinates::{DeclaredCrs, Spot, declared_crs};

/// Checks the coordinates against what they were declared to be.
pub(super) fn settle(mut walked: Walked, given: Option<DeclaredCrs>) -> Result<(FeatureTable, Diagnostics)> {
    if let Some(crs) = given {
        walked.table.crs = crs;
    } else if let Some(text) = &walked.crs {
        walked.table.crs = member(text)?;
    }
    if walked.table.crs != DeclaredCrs::LonLat {
        return Ok(finish(walked));
    }
    let count = |spot| walked.spots.iter().filter(|&&s| s == spot).count();
    let (lambert, outside, swapped) = (count(Spot::Lambert93), count(Spot::Outside), count(Spot::Swapped));
    let bad = lambert + outside;
    let located = walked.spots.len() - count(Spot::Nowhere);
    let is_bad = |s: &Spot| matches!(s, Spot::Lambert93 | Spot::Outside);
    if let Some(first) = walked.spots.iter().position(is_bad)
        && 2 * bad >= located
    {
        let c = walked.table.layer.rings(first).flatten().chain(walked.table.points(first)).next();
        let (x, y) = c.map_or((f64::NAN, f64::NAN), |c| (c.x, c.y));
        let what = if lambert > outside {
            "they look like Lambert-93 (EPSG:2154): say so with `Reader::epsg(2154)` or a \"crs\" member"
        } else {
            "say which system they are in with `Reader::epsg` or a \"crs\" member"
        };
        return Err(Error::Crs {
            crs: "WGS 84 longitude/latitude".to_owned(),
            message: format!(
                "{}: {bad} of {located} located features have coordinates out of range, the first one \
                 feature {} with ({x}, {y}); {what}",
                walked.file,
                walked.table.record(first)
            ),
        });
    }
    if swapped > 0 {
        let all = 10 * swapped >= 9 * located;
        for i in (0..walked.spots.len()).filter(|&i| walked.spots[i] == Spot::Swapped) {
            let place = Place::file(walked.file.as_str());
            walked.diagnostics.report(Finding {
                severity: Severity::Warning,
                kind: "swapped_axes",
                place: if all { place } else { place.record(walked.table.record(i)) },
                message: if all {
                    format!(
                        "{swapped} of {located} located features lie in France if latitude and longitude are \
                         swapped; read again with `AxisOrder::LatLon` if that is so"
                    )
                } else {
                    "the feature lies in France if latitude and longitude are swapped".to_owned()
                },
                outcome: Outcome::Kept,
            })?;
            if all {
                break;
            }
        }
    }
    if bad > 0 {
        for i in (0..walked.spots.len()).filter(|&i| is_bad(&walked.spots[i])) {
            walked.diagnostics.drop_record(
                "out_of_range",
                Place::file(walked.file.as_str()).record(walked.table.record(i)),
                "its coordinates are no longitudes and latitudes in degrees, unlike those of most features",
            )?;
        }
        walked.table = walked.table.select(|i| !is_bad(&walked.spots[i]));
    }
    Ok(finish(walked))
}

/// Counts what is kept, now that it is certain.
fn finish(mut walked: Walked) -> (FeatureTable, Diagnostics) {
    for _ in 0..walked.table.len() {
        walked.diagnostics.keep();
    }
    (walked.table, walked.diagnostics)
}

/// The system a file's `crs` member names.
fn member(text: &str) -> Result<DeclaredCrs> {
    let crs: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    if crs.is_null() {
        return Ok(DeclaredCrs::LonLat);
    }
    declared_crs(&crs).ok_or_else(|| Error::Crs {
        crs: text.to_owned(),
        message:
            "the \"crs\" member is none that is understood; name it as \"EPSG:2154\", or say which it is \
                  with `Reader::epsg`"
                .to_owned(),
    })
}
