//! The library's functions as functions of SQL. They hold nothing but their name, so that an engine can send
//! them to other processes; what they look up is the embedded France, read once per process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray, StringViewBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility,
};
use rurban::atlas::Atlas;
use rurban::france::EmbeddedFrance;
use rurban::geo_types::Coord;
use rurban::model::Level;
use rurban::progress::Silent;
use rurban::space::crs::Zones;
use rurban::space::distance::Places;
use rurban::space::locate::Locator;

/// What the functions look up.
pub struct Reference {
    pub atlas: Atlas,
    pub locator: Locator,
    pub zones: Zones,
}

/// The embedded France with its approximate outlines; read at the first call.
pub fn reference() -> Result<&'static Reference> {
    static REFERENCE: OnceLock<Result<Reference, String>> = OnceLock::new();
    let read = || -> rurban::Result<Reference> {
        let mut france = EmbeddedFrance::load()?;
        france.draw_approximate_outlines(&Silent)?;
        let atlas = france.atlas;
        let locator = Locator::new(atlas.base().geometry().unwrap_or(&rurban::space::Layer::new()))?;
        Ok(Reference { locator, zones: atlas.zones(), atlas })
    };
    let held = REFERENCE.get_or_init(|| read().map_err(|e| e.to_string()));
    held.as_ref().map_err(|e| DataFusionError::Execution(e.clone()))
}

/// The scalar functions.
pub fn scalars() -> [ScalarUDF; 6] {
    use Question::{CommuneOf, DistanceM, Lat, Lon, Rurality, TerritoryOf};
    [Lon, Lat, CommuneOf, TerritoryOf, Rurality, DistanceM].map(|q| ScalarUDF::from(Ask::new(q)))
}

/// The aggregate function.
pub fn mixing() -> AggregateUDF {
    AggregateUDF::from(Mixing::new())
}

/// Makes all functions known to an engine.
pub fn register(engine: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalars() {
        engine.register_udf(Arc::new(function))?;
    }
    engine.register_udaf(Arc::new(mixing())).map(drop)
}

/// What a scalar function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Question {
    /// `lon(geometry)`: degrees east of a point in WKB, as GeoParquet has it.
    Lon,
    /// `lat(geometry)`: its degrees north.
    Lat,
    /// `commune_of(lon, lat)`: code of the commune; null outside all of them.
    CommuneOf,
    /// `territory_of(code, level)`: code of the territory of a level that a commune is in.
    TerritoryOf,
    /// `rurality(code)`: `rural` or `urban`, by the density grid.
    Rurality,
    /// `distance_m(lon, lat, lon, lat)`: metres between two places.
    DistanceM,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Ask {
    question: Question,
    signature: Signature,
}

impl Ask {
    fn new(question: Question) -> Self {
        let types = match question {
            Question::Lon | Question::Lat => vec![DataType::BinaryView],
            Question::CommuneOf => vec![DataType::Float64; 2],
            Question::TerritoryOf => vec![DataType::Utf8View; 2],
            Question::Rurality => vec![DataType::Utf8View],
            Question::DistanceM => vec![DataType::Float64; 4],
        };
        Self { question, signature: Signature::exact(types, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Ask {
    fn name(&self) -> &str {
        match self.question {
            Question::Lon => "lon",
            Question::Lat => "lat",
            Question::CommuneOf => "commune_of",
            Question::TerritoryOf => "territory_of",
            Question::Rurality => "rurality",
            Question::DistanceM => "distance_m",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.question {
            Question::Lon | Question::Lat | Question::DistanceM => DataType::Float64,
            Question::CommuneOf | Question::TerritoryOf | Question::Rurality => DataType::Utf8View,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let answer = match self.question {
            Question::Lon => axis(&columns, |c| c.x)?,
            Question::Lat => axis(&columns, |c| c.y)?,
            Question::CommuneOf => communes(reference()?, &columns)?,
            Question::TerritoryOf => territories(reference()?, &columns)?,
            Question::Rurality => ruralities(reference()?, &columns),
            Question::DistanceM => distances(reference()?, &columns)?,
        };
        Ok(ColumnarValue::Array(answer))
    }
}

/// The place of a point in WKB.
pub fn position(wkb: &[u8]) -> Result<Coord<f64>> {
    let number = |at: usize| -> Option<[u8; 8]> { wkb.get(at..at + 8)?.try_into().ok() };
    let kind = wkb.get(1..5).and_then(|k| <[u8; 4]>::try_from(k).ok());
    match (wkb.first(), kind, number(5), number(13)) {
        (Some(1), Some([1, 0, 0, 0]), Some(x), Some(y)) => {
            Ok(Coord { x: f64::from_le_bytes(x), y: f64::from_le_bytes(y) })
        }
        (Some(0), Some([0, 0, 0, 1]), Some(x), Some(y)) => {
            Ok(Coord { x: f64::from_be_bytes(x), y: f64::from_be_bytes(y) })
        }
        _ => exec_err!("the geometry is no point in WKB"),
    }
}

fn axis(columns: &[ArrayRef], of: fn(Coord<f64>) -> f64) -> Result<ArrayRef> {
    let points = columns[0].as_binary_view();
    let read: Result<Float64Array> =
        points.iter().map(|p| p.map(|p| position(p).map(of)).transpose()).collect();
    Ok(Arc::new(read?))
}

fn ruralities(held: &Reference, columns: &[ArrayRef]) -> ArrayRef {
    let codes = columns[0].as_string_view();
    let mut out = StringViewBuilder::with_capacity(codes.len());
    for code in codes {
        let base = code.and_then(|code| held.atlas.base().find(code));
        out.append_option(base.and_then(|b| held.atlas.base_rurality(b)).map(|r| r.to_string()));
    }
    Arc::new(out.finish())
}

fn distances(held: &Reference, columns: &[ArrayRef]) -> Result<ArrayRef> {
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| columns[i].as_primitive::<Float64Type>());
    // Each place is projected once: a join repeats them.
    let (mut number, mut places) = (HashMap::new(), Vec::new());
    let mut end = |x: f64, y: f64| {
        *number.entry((x.to_bits(), y.to_bits())).or_insert_with(|| {
            places.push(Coord { x, y });
            places.len() - 1
        })
    };
    let pairs: Vec<Option<(usize, usize)>> = (0..a.len())
        .map(|i| {
            let all = [a, b, c, d].iter().all(|column| column.is_valid(i));
            all.then(|| (end(a.value(i), b.value(i)), end(c.value(i), d.value(i))))
        })
        .collect();
    let failed = |e: rurban::Error| DataFusionError::Execution(e.to_string());
    let places = Places::new(&held.zones, places).map_err(failed)?;
    let metres = pairs.into_iter().map(|p| p.map(|(i, j)| places.distance_m(i, j)).transpose());
    Ok(Arc::new(metres.collect::<rurban::Result<Float64Array>>().map_err(failed)?))
}

fn communes(held: &Reference, columns: &[ArrayRef]) -> Result<ArrayRef> {
    let [lon, lat] = [0, 1].map(|i| columns[i].as_primitive::<Float64Type>());
    let place = |i: usize| {
        let known = lon.is_valid(i) && lat.is_valid(i);
        if known { Coord { x: lon.value(i), y: lat.value(i) } } else { Coord { x: f64::NAN, y: f64::NAN } }
    };
    let mut out = StringViewBuilder::with_capacity(lon.len());
    let territories = held.atlas.base().territories();
    // The engine has a thread per partition already.
    for i in 0..lon.len() {
        out.append_option(held.locator.locate(place(i)).map(|b| territories[b as usize].code.as_str()));
    }
    Ok(Arc::new(out.finish()))
}

fn territories(held: &Reference, columns: &[ArrayRef]) -> Result<ArrayRef> {
    let [codes, levels] = [0, 1].map(|i| columns[i].as_string_view());
    let mut out = StringViewBuilder::with_capacity(codes.len());
    let mut last: Option<(&str, &rurban::atlas::AtlasLevel)> = None;
    for (code, key) in codes.iter().zip(levels) {
        let (Some(code), Some(key)) = (code, key) else {
            out.append_null();
            continue;
        };
        let level = match last {
            Some((name, level)) if name == key => level,
            _ => {
                let Ok(wanted) = key.parse::<Level>();
                held.atlas.level(&wanted).map_err(|e| DataFusionError::Execution(e.to_string()))?
            }
        };
        last = Some((key, level));
        let of = held.atlas.base().find(code).and_then(|base| level.membership().get(base));
        out.append_option(of.map(|unit| level.territories()[unit].code.as_str()));
    }
    Ok(Arc::new(out.finish()))
}

/// `mixing(class_a, class_b, weight)`: the weights of ties by the classes of their ends, as JSON. A tie with
/// an end without class does not count.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Mixing {
    signature: Signature,
}

impl Mixing {
    fn new() -> Self {
        let types = vec![DataType::Utf8View, DataType::Utf8View, DataType::Float64];
        Self { signature: Signature::exact(types, Volatility::Immutable) }
    }
}

/// Columns of the state: classes of both ends, and the weight between them.
const STATE: [(&str, DataType); 3] =
    [("from", DataType::Utf8), ("to", DataType::Utf8), ("weight", DataType::Float64)];

impl AggregateUDFImpl for Mixing {
    fn name(&self) -> &str {
        "mixing"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Cells::default()))
    }

    fn state_fields(&self, _: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |(name, kind)| Arc::new(Field::new_list(name, Field::new_list_field(kind, true), true));
        Ok(STATE.map(list).to_vec())
    }
}

/// Weights by the classes of two ends: sums, so that parts of the data can be added up in any order.
#[derive(Debug, Default)]
struct Cells(BTreeMap<(String, String), f64>);

impl Cells {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let [from, to] = [cast(&columns[0], &DataType::Utf8)?, cast(&columns[1], &DataType::Utf8)?];
        let (from, to) = (from.as_string::<i32>(), to.as_string::<i32>());
        let weights = columns[2].as_primitive::<Float64Type>();
        for ((from, to), weight) in from.iter().zip(to).zip(weights) {
            if let (Some(from), Some(to), Some(weight)) = (from, to, weight) {
                *self.0.entry((from.to_owned(), to.to_owned())).or_default() += weight;
            }
        }
        Ok(())
    }
}

impl Accumulator for Cells {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for row in 0..states[0].len() {
            let lists: Option<Vec<&ListArray>> = states.iter().map(|s| s.as_list_opt::<i32>()).collect();
            let Some(lists) = lists else { return exec_err!("the state of mixing is no list") };
            let columns: Vec<ArrayRef> = lists.iter().map(|list| list.value(row)).collect();
            self.add(&columns)?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let text = |of: fn(&(String, String)) -> &String| -> Vec<ScalarValue> {
            self.0.keys().map(|key| ScalarValue::from(of(key).as_str())).collect()
        };
        let weights: Vec<ScalarValue> = self.0.values().map(|w| ScalarValue::from(*w)).collect();
        let columns = [text(|k| &k.0), text(|k| &k.1), weights];
        let list = |(values, (_, kind)): (Vec<ScalarValue>, (&str, DataType))| {
            ScalarValue::List(ScalarValue::new_list(&values, &kind, true))
        };
        Ok(columns.into_iter().zip(STATE).map(list).collect())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let cells: Vec<String> = self
            .0
            .iter()
            .map(|((a, b), w)| format!("{{\"from\":{a:?},\"to\":{b:?},\"weight\":{w}}}"))
            .collect();
        Ok(ScalarValue::from(format!("[{}]", cells.join(","))))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.len() * 64
    }
}
