//! Every finding of a reading, as a table.

use std::path::Path;

use super::csv::{CsvStyle, write_csv_file};
use super::table::Table;
use crate::diagnostics::{Diagnostics, Finding};
use crate::error::Result;

/// Writes all findings held in full to a CSV file, replacing it: severity, kind, file, line, record,
/// field, outcome, message; then a row for each kind of which more were counted.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io), naming the path.
pub fn write_findings_file(path: impl AsRef<Path>, found: &Diagnostics) -> Result<()> {
    let findings = found.findings();
    let more: Vec<(&str, usize)> = found
        .counts()
        .iter()
        .map(|(kind, count)| (*kind, count - findings.iter().filter(|f| f.kind == *kind).count().min(*count)))
        .filter(|(_, left)| *left > 0)
        .collect();
    let column = |of: &dyn Fn(&Finding) -> String, rest: &dyn Fn(&(&str, usize)) -> String| -> Vec<String> {
        findings.iter().map(of).chain(more.iter().map(rest)).collect()
    };
    let none = |_: &(&str, usize)| String::new();
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let table = Table::new()
        .with("severity", column(&|f| format!("{:?}", f.severity).to_lowercase(), &none))?
        .with("kind", column(&|f| f.kind.to_owned(), &|(kind, _)| (*kind).to_owned()))?
        .with("file", column(&|f| f.place.file.clone(), &none))?
        .with("line", column(&|f| number(f.place.line), &none))?
        .with("record", column(&|f| number(f.place.record.map(|r| r as u64)), &none))?
        .with("field", column(&|f| f.place.field.clone().unwrap_or_default(), &none))?
        .with("outcome", column(&|f| format!("{:?}", f.outcome).to_lowercase(), &none))?
        .with(
            "message",
            column(&|f| f.message.clone(), &|(_, left)| format!("… and {left} more of this kind")),
        )?;
    write_csv_file(path, &table, CsvStyle::Standard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Place;

    #[test]
    fn every_finding_is_a_row() {
        let mut found = Diagnostics::default();
        for i in 0..300 {
            found.repaired("bad_weight", Place::file("c.csv").line(i + 2), "odd, \"very\"");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("findings.csv");
        write_findings_file(&path, &found).unwrap();
        let rows: Vec<_> =
            csv::Reader::from_path(&path).unwrap().records().map(std::result::Result::unwrap).collect();
        assert_eq!((rows.len(), &rows[299][3], &rows[0][7]), (300, "301", "odd, \"very\""));
    }
}
