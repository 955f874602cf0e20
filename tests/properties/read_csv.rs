//! The reader of delimited text against the `csv` crate, and on damaged text.

use proptest::prelude::*;
use rurban::read::csv::Reader;
use rurban::read::{TieColumns, edges, participations};

use crate::common::real_data;

/// All cells of all rows, blank rows left out.
fn ours(text: &[u8]) -> Option<Vec<Vec<String>>> {
    let table = Reader::default().delimiter(b',').open_from(text, "t").ok()?;
    let width = table.header().len();
    let mut rows = Vec::new();
    let found = table
        .for_each(|row, found| {
            assert!(row.line().is_some_and(|line| line > 0));
            rows.push((0..width).map(|c| row.get(c).to_owned()).collect());
            found.keep();
            Ok(())
        })
        .unwrap();
    assert_eq!(found.seen(), found.kept() + found.dropped());
    assert_eq!(found.kept(), rows.len());
    Some(rows)
}

#[test]
#[ignore = "needs RURBAN_DATA: its CSV files"]
fn real_tables_are_read_as_the_peer_reads_them() {
    for folder in ["communes", "cooperations", "actors", "funding", "economy", "territories"] {
        for path in std::fs::read_dir(real_data(folder)).unwrap().map(|e| e.unwrap().path()) {
            if path.extension().is_none_or(|e| e != "csv") {
                continue;
            }
            let text = std::fs::read(&path).unwrap();
            let mut peer = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_slice());
            let theirs: Vec<Vec<String>> =
                peer.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(ours(&text).unwrap(), theirs, "{}", path.display());
            assert_eq!(
                Reader::default().open_path(&path).unwrap().delimiter(),
                Some(b','),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
#[ignore = "needs RURBAN_DATA: cooperations/interreg-*.csv"]
fn real_cooperations_are_read() {
    let dir = real_data("cooperations");
    let resolve = |name: &str| name.strip_prefix('I')?.parse().ok();
    let open = |name: &str| Reader::default().open_path(dir.join(name)).unwrap();
    let columns = TieColumns::default();
    let (edges, found) = edges(open("interreg-copartnership-edges.csv"), &columns, &resolve).unwrap();
    assert_eq!((edges.len(), found.seen()), (1309, 1309), "{found}");
    let (all, found) = participations(open("interreg-participations.csv"), &columns, &resolve).unwrap();
    assert_eq!((all.records.len() + found.dropped(), found.seen()), (2457, 2457), "{found}");
    assert_eq!(found.count("unknown_actor") + found.count("bad_lead"), 0, "{found}");
    assert!(all.projects.len() > 500 && all.records.iter().all(|r| r.lead.is_some()));
}

fn table(cell: &'static str) -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell, 3), 1..8)
}

proptest! {
    // Delimiters within cells or line ends within cells, not both: a cell whose lines are rows by
    // themselves is taken for a quote that nobody closed.
    #[test]
    fn tables_written_by_the_peer_are_read_back(
        rows in prop_oneof![table("[a-c ,;\"é]{0,6}"), table("[a-c \"\n\ré]{0,6}")],
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["x", "y", "z"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = writer.into_inner().unwrap();
        let want: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|c| c.trim().to_owned()).collect::<Vec<_>>())
            .filter(|row| row.iter().any(|c| !c.is_empty()))
            .collect();
        prop_assert_eq!(ours(&text).unwrap(), want);
    }

    #[test]
    fn damaged_tables_never_panic(bytes in prop::collection::vec(
        prop_oneof![3 => prop::sample::select(b"a1,;\t|\"\n\r \xC3\xA9\xE9\xFF\xFE\0".to_vec()), 1 => any::<u8>()], 0..200,
    )) {
        ours(&bytes);
        let reader = Reader::default();
        if let Ok(table) = reader.open_from(bytes.as_slice(), "t") {
            let columns = TieColumns::default().source(&["a"]).target(&["a", "1"]);
            if let Ok((edges, found)) = edges(table, &columns, &|name| name.len().try_into().ok()) {
                prop_assert_eq!(found.kept(), edges.len());
                prop_assert_eq!(found.seen(), found.kept() + found.dropped());
            }
        }
    }
}
