//! Whether the coordinates are what they were declared to be, and taking them to degrees.

use std::ops::Range;

use geo_types::Coord;

use super::table::{FeatureTable, GeometryKind};
use super::walk::Walked;
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity};
use crate::error::{Error, Result};
use crate::parallel;
use crate::read::coordinates::{AxisOrder, DeclaredCrs, Fits, Reading, Tally, declared_crs};
use crate::read::shown::shown;
use crate::space::crs::{Crs, Epsg, Projector, projector};

/// Positions converted by one task.
const CHUNK: usize = 4096;

/// What the caller says of the coordinates.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::read) struct Said {
    pub(super) crs: Option<DeclaredCrs>,
    pub(in crate::read) axes: Option<AxisOrder>,
    pub(super) output: Output,
}

/// The system in which the table is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Output {
    #[default]
    LonLat,
    AsDeclared,
}

/// Checks the coordinates against what they were declared to be and takes them to degrees.
pub(in crate::read) fn settle(mut walked: Walked, said: Said) -> Result<(FeatureTable, Diagnostics)> {
    if said.axes == Some(AxisOrder::LatLon) {
        turn(walked.table.layer.coords_mut());
        turn(&mut walked.table.points);
    }
    let declared = match (said.crs, &walked.crs) {
        (Some(crs), _) => Some(crs),
        (None, Some(member)) => declared(member, &mut walked.diagnostics, &walked.table.file),
        (None, None) => None,
    };
    walked.table.crs = declared.unwrap_or_default();
    if said.output == Output::AsDeclared && walked.table.crs != DeclaredCrs::LonLat {
        return Ok(finish(walked));
    }
    leave_out_null_island(&mut walked);
    let fits = extents(&walked.table);
    let mut tally = Tally::default();
    fits.iter().for_each(|&f| tally.add(f));
    let lost = match walked.table.crs {
        DeclaredCrs::Epsg(code) => from_declared(&mut walked, Epsg(code), &fits, &tally)?,
        DeclaredCrs::LonLat => by_numbers(&mut walked, said.axes.is_none(), &fits, &tally)?,
    };
    walked.table.crs = DeclaredCrs::LonLat;
    if !lost.is_empty() {
        let mut keep = vec![true; walked.table.len()];
        for &i in &lost {
            keep[i] = false;
            walked.diagnostics.drop_record(
                "out_of_range",
                walked.table.place(i),
                "its coordinates are no longitudes and latitudes, unlike those of most features",
            )?;
        }
        walked.table = walked.table.select(|i| keep[i]);
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

/// The system a file's `crs` member names; none when it cannot be understood.
fn declared(member: &str, found: &mut Diagnostics, file: &str) -> Option<DeclaredCrs> {
    let crs: serde_json::Value = serde_json::from_str(member).unwrap_or_default();
    let declared = declared_crs(&crs);
    if declared.is_none() && !crs.is_null() {
        let message = format!(
            "the system {} is not known; the coordinates are taken for what their numbers show",
            shown(member)
        );
        found.repaired("unknown_crs", Place::file(file).field("crs"), message);
    }
    declared
}

/// What the numbers of every feature may be.
fn extents(table: &FeatureTable) -> Vec<Fits> {
    parallel::map(table.len(), |i| {
        let mut extent = table.layer.bounds(i);
        table.points(i).iter().for_each(|&c| extent.include(c));
        Fits::of(&extent)
    })
}

/// Takes a table in a declared system to degrees; the rows that cannot be.
fn from_declared(walked: &mut Walked, code: Epsg, fits: &[Fits], tally: &Tally) -> Result<Vec<usize>> {
    let contradicted = |f: &Fits| f.is_somewhere() && f.has(Reading::Degrees);
    let back = projector(code.crs(), Crs::LON_LAT).map_err(|_| Error::Crs {
        crs: code.to_string(),
        message: format!(
            "{} is in this system, which is not known here; reproject the file to EPSG:4326 (longitude and \
             latitude) or EPSG:2154 (Lambert-93)",
            walked.table.file
        ),
    })?;
    if code.crs().is_geographic() {
        return by_numbers(walked, true, fits, tally);
    }
    let degrees = fits.iter().filter(|f| contradicted(f)).count();
    if degrees > 0 && 10 * degrees >= 9 * tally.places() {
        let message =
            format!("the file says {code}, but its coordinates are degrees; they are taken as such");
        walked.diagnostics.repaired(
            "crs_contradicted",
            Place::file(&walked.table.file).field("crs"),
            message,
        );
        return by_numbers(walked, true, fits, tally);
    }
    let turned = fits.iter().filter(|f| f.has(Reading::SwappedLambert93)).count();
    if code == Epsg::LAMBERT_93 && turned > 0 && 10 * turned >= 9 * tally.places() {
        return by_numbers(walked, true, fits, tally);
    }
    convert(&*back, walked.table.layer.coords_mut());
    convert(&*back, &mut walked.table.points);
    let table = &walked.table;
    let lost: Vec<usize> = (0..table.len())
        .filter(|&i| {
            let sound = |c: &Coord<f64>| c.x.is_finite() && c.y.is_finite();
            !(table.layer.rings(i).flatten().all(sound) && table.points(i).iter().all(sound))
        })
        .collect();
    if 2 * lost.len() > tally.places() {
        return Err(Error::Crs {
            crs: code.to_string(),
            message: format!(
                "{}: {} of {} located features cannot be converted to longitude and latitude; is this the \
                 system they are in?",
                table.file,
                lost.len(),
                tally.places()
            ),
        });
    }
    Ok(lost)
}

/// Takes coordinates that should be degrees for what their numbers show; the rows that fit nothing.
fn by_numbers(walked: &mut Walked, swaps: bool, fits: &[Fits], tally: &Tally) -> Result<Vec<usize>> {
    let verdict = tally.verdict();
    let reading = |f: Fits| if swaps { verdict.reading(f) } else { verdict.unswapped(f) };
    let lost: Vec<usize> = (0..fits.len()).filter(|&i| reading(fits[i]).is_none()).collect();
    if let Some(&first) = lost.first()
        && 2 * lost.len() >= tally.places()
    {
        return Err(no_degrees(&walked.table, first, lost.len(), tally.places()));
    }
    for wanted in Reading::repairs() {
        let rows: Vec<usize> = (0..fits.len()).filter(|&i| reading(fits[i]) == Some(wanted)).collect();
        let (Some((kind, message)), false) = (wanted.repair(), rows.is_empty()) else { continue };
        read_as(&mut walked.table, wanted, &rows)?;
        if 10 * rows.len() >= 9 * tally.places() {
            let message = format!("{message} ({} of {} located features)", rows.len(), tally.places());
            walked.diagnostics.repaired(kind, Place::file(&walked.table.file), message);
        } else {
            for &i in &rows {
                walked.diagnostics.repaired(kind, walked.table.place(i), message);
            }
        }
    }
    for i in 0..fits.len() {
        if fits[i].has(Reading::SwappedDegrees) && reading(fits[i]) == Some(Reading::Degrees) {
            walked.diagnostics.report(Finding {
                severity: Severity::Warning,
                kind: "swapped_axes",
                place: walked.table.place(i),
                message: "the feature lies in France if latitude and longitude are swapped; kept as it is"
                    .to_owned(),
                outcome: Outcome::Kept,
            })?;
        }
    }
    Ok(lost)
}

fn no_degrees(table: &FeatureTable, first: usize, bad: usize, places: usize) -> Error {
    let c = table.layer.rings(first).flatten().chain(table.points(first)).next();
    let (x, y) = c.map_or((f64::NAN, f64::NAN), |c| (c.x, c.y));
    Error::Crs {
        crs: "WGS 84 longitude/latitude".to_owned(),
        message: format!(
            "{}: {bad} of {places} located features have coordinates that are no degrees, nor Lambert-93 in \
             France, the first one feature {} with ({x}, {y}); say which system they are in with a \"crs\" \
             member, or reproject the file to EPSG:4326 (longitude and latitude)",
            table.file,
            table.record(first)
        ),
    }
}

/// Takes rows from the system in which they were found to be to degrees.
fn read_as(table: &mut FeatureTable, reading: Reading, rows: &[usize]) -> Result<()> {
    let back = projector(reading.epsg().crs(), Crs::LON_LAT)?;
    let mend = |coords: &mut [Coord<f64>]| {
        if reading.is_swapped() {
            turn(coords);
        }
        if reading.epsg() != Epsg::WGS84 {
            convert(&*back, coords);
        }
    };
    if rows.len() == table.len() {
        mend(table.layer.coords_mut());
        mend(&mut table.points);
        return Ok(());
    }
    for &i in rows {
        let rings = table.layer.ring_range(i);
        if let Some(last) = rings.clone().next_back() {
            let end = table.layer.ring_start(last) + table.layer.ring(last).len();
            let coords = table.layer.ring_start(rings.start)..end;
            mend(&mut table.layer.coords_mut()[coords]);
        }
        let points = point_range(table, i);
        mend(&mut table.points[points]);
    }
    Ok(())
}

fn point_range(table: &FeatureTable, i: usize) -> Range<usize> {
    let start = if i == 0 { 0 } else { table.point_ends[i - 1] };
    start as usize..table.point_ends[i] as usize
}

fn turn(coords: &mut [Coord<f64>]) {
    for c in coords {
        *c = Coord { x: c.y, y: c.x };
    }
}

/// Converts in place; what has no image becomes NaN.
fn convert(back: &dyn Projector, coords: &mut [Coord<f64>]) {
    parallel::for_each_chunk(coords, CHUNK, |_, chunk| {
        for c in chunk {
            let mut one = [*c];
            let image = back.transform(&mut one).ok().map(|()| one[0]);
            let on_earth = |c: &Coord<f64>| c.x.abs() <= 180.000_001 && c.y.abs() <= 90.000_001;
            *c = image.filter(on_earth).unwrap_or(Coord { x: f64::NAN, y: f64::NAN });
        }
    });
}

/// Leaves out points at 0, 0, which stand for no coordinates.
fn leave_out_null_island(walked: &mut Walked) {
    let zero = Coord { x: 0.0, y: 0.0 };
    if !walked.table.points.contains(&zero) {
        return;
    }
    let table = &mut walked.table;
    let before = std::mem::take(&mut table.points);
    let mut start = 0;
    for i in 0..table.point_ends.len() {
        let end = table.point_ends[i] as usize;
        table.points.extend(before[start..end].iter().filter(|&&c| c != zero));
        let left_out = before[start..end].contains(&zero);
        start = end;
        table.point_ends[i] = table.points.len() as u32;
        if left_out {
            if table.points(i).is_empty() && table.layer.ring_range(i).is_empty() {
                table.kinds[i] = GeometryKind::None;
            }
            walked.diagnostics.repaired("null_island", table.place(i), "0, 0 stands for no coordinates");
        }
    }
}
