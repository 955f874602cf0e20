//! The measures of `sql/` without an engine: the library's functions over slices.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int32Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rurban::complementarity::{ActivityTable, location_quotient};
use rurban::france::EmbeddedFrance;
use rurban::geo_types::Coord;
use rurban::labels::Labels;
use rurban::linkage::{MixingMatrix, Weighting};
use rurban::model::{Level, Rurality};
use rurban::network::{Direction, Network};
use rurban::space::distance::distance_m;
use rurban::space::index::PlaceIndex;

use crate::Fallible;
use crate::functions::{position, reference};
use crate::points::ACTIVITIES;

/// A tie between the communes of two actors.
pub struct Tie {
    pub source: String,
    pub target: String,
    pub weight: f64,
}

/// The ties of the embedded France between actors whose communes are known.
pub fn ties(france: &EmbeddedFrance) -> Vec<Tie> {
    let actors = france.inventory.actors();
    let commune = |i: u32| actors[i as usize].commune.map(|c| c.to_string());
    let known = |t: &rurban::inventory::Tie| {
        Some(Tie { source: commune(t.from)?, target: commune(t.to)?, weight: t.weight })
    };
    france.inventory.ties().iter().filter_map(known).collect()
}

/// What the queries must give.
pub struct Measures {
    /// Points and jobs by commune (or none) and activity.
    counts: HashMap<(Option<u32>, i32), (i64, f64)>,
}

impl Measures {
    /// Measures a file of points.
    pub fn of(file: &Path) -> Fallible<Self> {
        let held = reference()?;
        let mut counts: HashMap<(Option<u32>, i32), (i64, f64)> = HashMap::new();
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?.with_batch_size(1 << 19).build()?;
        for batch in reader {
            let batch = batch?;
            let column = |name: &str| batch.column_by_name(name).ok_or(format!("the points have no {name}"));
            let points = column("geometry")?.as_binary::<i32>().iter();
            let nowhere = Coord { x: f64::NAN, y: f64::NAN };
            let places: Vec<Coord<f64>> =
                points.map(|p| p.map_or(Ok(nowhere), position)).collect::<Result<_, _>>()?;
            let activities = column("activity")?.as_primitive::<Int32Type>();
            let jobs = column("jobs")?.as_primitive::<Float64Type>();
            for (i, commune) in held.locator.locate_many(&places)?.into_iter().enumerate() {
                let cell = counts.entry((commune, activities.value(i))).or_default();
                cell.0 += 1;
                cell.1 += jobs.value(i);
            }
        }
        Ok(Self { counts })
    }

    /// Compares the answer of a query; how many numbers are equal.
    pub fn compare(&self, query: &str, batches: &[RecordBatch]) -> Fallible<usize> {
        let rows = match query {
            "counts" => self.counts(batches)?,
            "location quotients" => self.location_quotients(batches)?,
            "access" => self.access(batches)?,
            _ => mixing(batches)?,
        };
        if rows == 0 { Err(format!("{query}: nothing to compare").into()) } else { Ok(rows) }
    }

    fn counts(&self, batches: &[RecordBatch]) -> Fallible<usize> {
        let base = reference()?.atlas.base();
        let mut rows = 0;
        for batch in batches {
            let communes = batch.column(0).as_string_view();
            let activities = batch.column(1).as_primitive::<Int32Type>();
            let points = batch.column(2).as_primitive::<datafusion::arrow::datatypes::Int64Type>();
            let jobs = batch.column(3).as_primitive::<Float64Type>();
            for i in 0..batch.num_rows() {
                let commune = communes.is_valid(i).then(|| base.find(communes.value(i))).flatten();
                let key = (commune.map(|c| c as u32), activities.value(i));
                let wanted = self.counts.get(&key).copied();
                if wanted != Some((points.value(i), jobs.value(i))) {
                    return Err(
                        format!("counts of {key:?}: {wanted:?} in memory, {}", points.value(i)).into()
                    );
                }
                rows += 1;
            }
        }
        if rows != self.counts.len() {
            return Err(format!("counts: {rows} rows, {} in memory", self.counts.len()).into());
        }
        Ok(2 * rows)
    }

    fn location_quotients(&self, batches: &[RecordBatch]) -> Fallible<usize> {
        let level = reference()?.atlas.level(&Level::Epci)?;
        let cells: Vec<_> = (self.counts.iter())
            .filter_map(|(&(commune, activity), &(_, jobs))| {
                let unit = level.membership().get(commune? as usize)?;
                Some((unit as u32, activity as u32, Some(jobs)))
            })
            .collect();
        let jobs = ActivityTable::from_cells(level.territories().len(), ACTIVITIES as usize, &cells)?;
        let quotients = location_quotient(&jobs);
        let mut rows = 0;
        for batch in batches {
            let territories = batch.column(0).as_string_view();
            let activities = batch.column(1).as_primitive::<Int32Type>();
            let found = batch.column(2).as_primitive::<Float64Type>();
            for i in 0..batch.num_rows() {
                let unit = level.find(territories.value(i)).ok_or("a territory that is none")?;
                let wanted = quotients[(unit, activities.value(i) as usize)];
                if (found.value(i) - wanted).abs() > 1e-12 * wanted.abs() {
                    return Err(
                        format!("location quotient: {} and {wanted} in memory", found.value(i)).into()
                    );
                }
                rows += 1;
            }
        }
        Ok(rows)
    }

    fn access(&self, batches: &[RecordBatch]) -> Fallible<usize> {
        let territories = reference()?.atlas.base().territories();
        let mut supply = BTreeMap::new();
        for (&(commune, activity), &(_, jobs)) in &self.counts {
            if let (Some(commune), 1) = (commune, activity) {
                supply.insert(commune as usize, jobs);
            }
        }
        let there: Vec<(Coord<f64>, f64)> =
            supply.iter().filter_map(|(&c, &jobs)| Some((territories[c].point?.into(), jobs))).collect();
        let places: Vec<Coord<f64>> = there.iter().map(|(c, _)| *c).collect();
        let index = PlaceIndex::new(&places)?;
        let mut rows = 0;
        for batch in batches {
            let codes = cast(batch.column(0), &DataType::Utf8)?;
            let (codes, jobs) = (codes.as_string::<i32>(), batch.column(1).as_primitive::<Float64Type>());
            for i in 0..batch.num_rows() {
                let at = reference()?.atlas.base().find(codes.value(i)).ok_or("a commune that is none")?;
                let here: Coord<f64> = territories[at].point.ok_or("a commune without a point")?.into();
                let mut wanted = 0.0;
                // A little further than the plane's metres may differ from the sphere's.
                for near in index.within(here, 20_400.0)? {
                    let (place, amount) = there[near.id as usize];
                    let metres = distance_m(&reference()?.zones, here, place)?;
                    wanted += if metres <= 20_000.0 { amount } else { 0.0 };
                }
                if wanted != jobs.value(i) {
                    return Err(format!(
                        "access of {}: {} and {wanted} in memory",
                        codes.value(i),
                        jobs.value(i)
                    )
                    .into());
                }
                rows += 1;
            }
        }
        Ok(rows)
    }
}

/// The mixing of the ties between the communes, measured on a graph of communes.
fn mixing(batches: &[RecordBatch]) -> Fallible<usize> {
    let atlas = &reference()?.atlas;
    let found =
        batches.first().map(|b| b.column(0).as_string::<i32>().value(0).to_owned()).unwrap_or_default();
    let france = EmbeddedFrance::load()?;
    let actors = france.inventory.actors();
    let rurality = |code: &str| atlas.base_rurality(atlas.base().find(code)?);
    let classes = actors.iter().map(|a| match a.commune.and_then(|c| rurality(c.as_str())) {
        Some(Rurality::Rural) => 0,
        Some(Rurality::Urban) => 1,
        None => Labels::NONE,
    });
    let labels = Labels::new(classes.collect(), 2)?;
    let edges: Vec<_> = france.inventory.ties().iter().map(|t| (t.from, t.to, t.weight)).collect();
    let (network, _) = Network::from_edges(actors.len(), &edges, Direction::Directed)?;
    let matrix = MixingMatrix::new(&network, &labels, Weighting::Weights)?.cells();
    let names = ["rural", "urban"];
    let mut cells = Vec::new();
    for (a, from) in names.iter().enumerate() {
        for (b, to) in names.iter().enumerate() {
            let weight = matrix[(a, b)];
            if weight > 0.0 {
                cells.push(format!("{{\"from\":{from:?},\"to\":{to:?},\"weight\":{weight}}}"));
            }
        }
    }
    let wanted = format!("[{}]", cells.join(","));
    if found == wanted { Ok(cells.len()) } else { Err(format!("mixing: {found}; {wanted} in memory").into()) }
}
