//! `VALIDATION.md`: every comparison of the golden cases, written by running them.

#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{LOG, golden, text};

/// Cases kept to show a convention that this crate does not follow.
const NOT_REPRODUCED: [(&str, &str); 1] = [(
    "G09",
    "spdep's default leaves isolated nodes out of n but in the sizes of the classes, so its moments belong to \
     no permutation of the labels; a test holds that ours differ. With `adjust.n=FALSE` (G09b) they agree.",
)];

/// What one place of the tests compared, over all its calls for one case.
struct Row {
    what: String,
    values: usize,
    ours: f64,
    theirs: f64,
    allowed: String,
}

impl Row {
    /// Relative above 1, absolute below; the noise of a machine is none.
    fn off(&self) -> f64 {
        let off = (self.ours - self.theirs).abs() / self.theirs.abs().max(1.0);
        if off > 1e-12 { off } else { 0.0 }
    }
}

/// What is compared at a line of a test: the words of the comment `// =` above it, else the names that the
/// peer's case gives its values.
fn what(source: &str, line: usize) -> String {
    let above = source.lines().nth(line.saturating_sub(2)).unwrap_or_default().trim();
    if let Some(words) = above.strip_prefix("// = ") {
        return words.to_owned();
    }
    let mut statement = String::new();
    for l in source.lines().skip(line - 1) {
        statement += l.trim();
        if l.trim_end().ends_with(';') {
            break;
        }
    }
    let quoted: Vec<&str> = statement.split('"').skip(1).step_by(2).filter(|q| !q.contains("{}")).collect();
    assert!(!quoted.is_empty(), "`{statement}` compares what? Say it above in a comment `// = …`");
    quoted.join(" ").replace('|', "/")
}

/// A number as it is printed on the page: ten digits, so that the last bits of a machine do not show.
fn shown(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let rounded: f64 = format!("{value:.9e}").parse().unwrap();
    if (1e-4..1e9).contains(&rounded.abs()) { rounded.to_string() } else { format!("{rounded:e}") }
}

fn difference(off: f64) -> String {
    match off {
        0.0 => "< 1e-12".to_owned(),
        o => format!("{o:.0e}"),
    }
}

/// Runs the golden tests and reads what they compared: rows by case, in the order of the sources.
fn compared() -> BTreeMap<String, Vec<Row>> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--skip", "validation"])
        .env(LOG, log.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut rows: BTreeMap<(String, String, usize), Row> = BTreeMap::new();
    for line in std::fs::read_to_string(log.path()).unwrap().lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let (file, at) = (cells[1].to_owned(), cells[2].parse::<usize>().unwrap());
        let new = Row {
            what: what(&std::fs::read_to_string(root.join(&file)).unwrap(), at),
            values: cells[3].parse().unwrap(),
            ours: cells[4].parse().unwrap(),
            theirs: cells[5].parse().unwrap(),
            allowed: cells[6].to_owned(),
        };
        // Cases of one number are compared by the same lines, and tables of a case carry its number.
        let case = cells[0].split('_').next().unwrap();
        rows.entry((case.to_owned(), file, at))
            .and_modify(|row| {
                row.values += new.values;
                let farther = (new.off(), &new.what) > (row.off(), &row.what);
                if farther || (new.off() == row.off() && new.ours < row.ours) {
                    (row.ours, row.theirs) = (new.ours, new.theirs);
                    row.allowed.clone_from(&new.allowed);
                }
            })
            .or_insert(new);
    }
    let mut cases: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for ((case, ..), row) in rows {
        cases.entry(case).or_default().push(row);
    }
    cases
}

/// The script that makes the peer's values of a case again.
fn script(case: &str) -> Option<String> {
    let number = case.split('_').next().unwrap();
    let mut files: Vec<_> =
        std::fs::read_dir(golden("scripts")).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let names = ["_", "\"", "'"].map(|end| [format!("\"{number}{end}"), format!("'{number}{end}")]);
    files.iter().find_map(|f| {
        let source = std::fs::read_to_string(f).unwrap();
        let file = f.file_name().unwrap().to_string_lossy().into_owned();
        names.iter().flatten().any(|n| source.contains(n)).then_some(file)
    })
}

/// What a case is, whose values it holds, and how to make them again.
fn describe(out: &mut String, case: &str) {
    let peer: Value = serde_json::from_str(&text(&format!("outputs/{case}.json"))).unwrap();
    let say = |key: &str| peer[key].as_str().unwrap_or_default().to_owned();
    let versions: Vec<String> = peer["versions"]
        .as_object()
        .map(|v| v.iter().map(|(k, v)| format!("{k} {}", v.as_str().unwrap_or_default())).collect())
        .unwrap_or_default();
    let again = script(case).map_or_else(
        || "no script is kept; the case names inputs, functions and versions".to_owned(),
        |s| {
            let r = std::path::Path::new(&s).extension().is_some_and(|e| e == "R");
            let with = if r { "Rscript" } else { "python" };
            format!("`cd fixtures/golden/scripts && {with} {s}`")
        },
    );
    let (title, by, versions) = (say("title"), say("peer"), versions.join(", "));
    let title = title.trim_end_matches('.');
    write!(out, "\n`{case}`: {title}. Peer: {by} ({versions}). Again: {again}.\n").unwrap();
    for note in peer["notes"].as_array().into_iter().flatten() {
        write!(out, "\n> {}\n", note.as_str().unwrap_or_default()).unwrap();
    }
}

fn page() -> String {
    let rows = compared();
    let mut cases: Vec<String> = std::fs::read_dir(golden("outputs"))
        .unwrap()
        .filter_map(|f| f.unwrap().file_name().to_string_lossy().strip_suffix(".json").map(str::to_owned))
        .collect();
    cases.sort();
    let mut out = String::from(
        "# Validation\n\n\
         Values of `rurban` beside those that other programs, or formulas worked apart from it, give for the same \
         input. This page is written by a run of the golden cases (`RURBAN_WRITE=1 cargo test --test golden \
         validation`); the test fails when it is out of date. Where a line compares many values, those that \
         are farthest apart are shown. Differences, and what the test allows, are relative above 1 and absolute below; with ± it is the distance allowed to drawn or rounded values. Inputs, outputs and scripts are in \
         `fixtures/golden` of the repository, whose `README.md` says how to set the peers up.\n\n",
    );
    let total: usize = rows.values().flatten().map(|r| r.values).sum();
    let lines: usize = rows.values().map(Vec::len).sum();
    let exact = rows.values().flatten().filter(|r| r.off() == 0.0).count();
    writeln!(
        out,
        "{} cases, {lines} comparisons of {total} values; {exact} comparisons agree to 1e-12 in every value.",
        cases.len()
    )
    .unwrap();
    let mut numbers: Vec<&str> = cases.iter().map(|c| c.split('_').next().unwrap()).collect();
    numbers.dedup();
    for number in numbers {
        write!(out, "\n## {number}\n").unwrap();
        for case in cases.iter().filter(|c| c.split('_').next() == Some(number)) {
            describe(&mut out, case);
        }
        let Some(of_case) = rows.get(number) else {
            let not = NOT_REPRODUCED.iter().find(|n| n.0 == number);
            let (_, why) = not.unwrap_or_else(|| panic!("{number}: no test compares anything with it"));
            write!(out, "\nNot reproduced: {why}\n").unwrap();
            continue;
        };
        out += "\n| what | values | ours | the peer's | difference | allowed |\n|---|---:|---:|---:|---:|---:|\n";
        for r in of_case {
            let (ours, theirs) = (shown(r.ours), shown(r.theirs));
            let off = difference(r.off());
            writeln!(out, "| {} | {} | {ours} | {theirs} | {off} | {} |", r.what, r.values, r.allowed)
                .unwrap();
        }
    }
    out
}

#[test]
fn validation_page_is_what_the_cases_give() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("VALIDATION.md");
    let page = page();
    if std::env::var_os("RURBAN_WRITE").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = committed.lines().zip(page.lines()).find(|(a, b)| a != b);
    assert!(
        committed == page,
        "VALIDATION.md is out of date (first: {differs:?}); \
         RURBAN_WRITE=1 cargo test --test golden validation writes it"
    );
}
