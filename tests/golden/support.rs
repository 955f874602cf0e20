use std::cell::RefCell;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::panic::Location;
use std::path::PathBuf;

use serde_json::Value;

/// A file of the golden cases.
pub(crate) fn golden(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden").join(file)
}

/// Names the file to which comparisons are written for the page of `validation.rs`.
pub(crate) const LOG: &str = "RURBAN_VALIDATION_LOG";

thread_local! {
    /// The case whose values the running test read last.
    static CASE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Writes a comparison down for the validation page, when asked to: the entry that is farthest off.
fn note(got: &[f64], want: &[f64], allowed: &str, at: &Location<'_>) {
    let Some(log) = std::env::var_os(LOG) else { return };
    let off = |i: usize| {
        if got[i] == want[i] || (got[i].is_nan() && want[i].is_nan()) {
            0.0
        } else {
            (got[i] - want[i]).abs()
        }
    };
    let mut worst = got.iter().position(|g| g.is_finite()).unwrap_or(0);
    for i in 0..got.len() {
        if off(i) > off(worst) {
            worst = i;
        }
    }
    let [ours, theirs] = [got, want].map(|v| v.get(worst).copied().unwrap_or(f64::NAN).to_string());
    let case = CASE.with_borrow(String::clone);
    let (file, line, n) = (at.file(), at.line(), got.len());
    let text = format!("{case}\t{file}\t{line}\t{n}\t{ours}\t{theirs}\t{allowed}\n");
    OpenOptions::new().create(true).append(true).open(log).unwrap().write_all(text.as_bytes()).unwrap();
}

/// The text of a file of the golden cases.
pub(crate) fn text(file: &str) -> String {
    if let Some(case) = file.strip_prefix("outputs/") {
        CASE.set(case.split('.').next().unwrap_or_default().to_owned());
    }
    let path = golden(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The `values` of a case.
pub(crate) fn values(case: &str) -> Value {
    let mut case: Value = serde_json::from_str(&text(&format!("outputs/{case}.json"))).unwrap();
    case["values"].take()
}

/// Records of a CSV file, as text by column name.
pub(crate) struct Input {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// An input of the golden cases.
pub(crate) fn input(name: &str) -> Input {
    records(&format!("inputs/{name}"))
}

/// A CSV file of the golden cases.
pub(crate) fn records(file: &str) -> Input {
    let text = text(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    Input { header, rows }
}

impl Input {
    pub fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|r| r[at].as_str()).collect()
    }

    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.column(name).iter().map(|v| v.parse().unwrap_or(f64::NAN)).collect()
    }
}

/// A number of a golden file: `null` is NaN, `"inf"` and `"-inf"` the infinities.
pub(crate) fn number(value: &Value) -> f64 {
    match value {
        Value::Null => f64::NAN,
        Value::String(s) => s.parse().unwrap_or_else(|_| panic!("no number: {s}")),
        v => v.as_f64().unwrap_or_else(|| panic!("no number: {v}")),
    }
}

/// A list of numbers of a golden file.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}")).iter().map(number).collect()
}

/// Asserts equality to a relative (or, near zero, absolute) tolerance; NaN equals NaN.
#[track_caller]
pub(crate) fn close(got: f64, want: f64, tolerance: f64) {
    let same = (got.is_nan() && want.is_nan())
        || got == want
        || (got - want).abs() <= tolerance * want.abs().max(1.0);
    assert!(same, "got {got}, want {want} (tolerance {tolerance})");
    note(&[got], &[want], &format!("{tolerance:e}"), Location::caller());
}

/// Asserts that two lists are close, entry by entry.
#[track_caller]
pub(crate) fn all_close(got: &[f64], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "lengths differ");
    note(got, want, &format!("{tolerance:e}"), Location::caller());
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let same = (g.is_nan() && w.is_nan()) || g == w || (g - w).abs() <= tolerance * w.abs().max(1.0);
        assert!(same, "entry {i}: got {g}, want {w} (tolerance {tolerance})");
    }
}

/// Asserts that a drawn or rounded value is within `allowed` of the peer's.
#[track_caller]
pub(crate) fn within(got: f64, want: f64, allowed: f64) {
    assert!((got - want).abs() <= allowed, "got {got}, want {want} (within {allowed})");
    note(&[got], &[want], &format!("±{allowed:.2e}"), Location::caller());
}
