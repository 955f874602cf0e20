//! The house: every room of `src` imports only from the floors below its own, or from its own floor, and
//! never in a circle. Tests and comments may name any room.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the ground up. A new room gets its floor here.
const FLOORS: &[&[&str]] = &[
    &["finding"],
    &["error"],
    &[
        "check",
        "diagnostics",
        "evidence",
        "labels",
        "likeness",
        "macros",
        "matrix",
        "parallel",
        "progress",
        "random",
    ],
    &["categorical", "multiple_testing", "trend"],
    &["space"],
    &["autocorrelation", "complementarity", "inequality", "network", "typology"],
    &["model"],
    &["accessibility", "diffusion", "linkage", "matching", "siting"],
    &["write"],
    &["atlas", "inventory", "profiles"],
    &["read"],
    &["study"],
    &["france"],
    &["report"],
    &["guide"],
];

/// Rooms that still import from a higher one (who, from whom). The list may only get shorter: an entry
/// that no longer holds fails the test.
const STILL_CLIMBING: &[(&str, &str)] = &[];

/// What the root of the crate re-exports, and from where.
const ROOT: &[(&str, &str)] = &[("Error", "error"), ("Result", "error"), ("Undefined", "error")];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|f| f.contains(&room))
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.file_stem().is_some_and(|n| n == "tests") {
            continue;
        }
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The code without comments and the contents of strings.
fn code_only(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_string(rest) {
            length
        } else if c == '"' {
            let mut end = 1;
            while !rest[end..].starts_with('"') {
                end += usize::from(rest[end..].starts_with('\\'));
                end += rest[end..].chars().next().map_or(0, char::len_utf8);
            }
            end + 1
        } else if let Some(length) = quoted_char(rest) {
            length
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        rest = &rest[skipped..];
    }
    out
}

/// Length of the raw string that starts here.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    body.find(&end).map(|at| 1 + hashes + 1 + at + end.len())
}

/// Length of the character literal that starts here (a lifetime is none).
fn quoted_char(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    if body.starts_with('\\') {
        return body[2..].find('\'').map(|end| end + 4);
    }
    let c = body.chars().next()?;
    body[c.len_utf8()..].starts_with('\'').then(|| c.len_utf8() + 2)
}

/// The code without items that exist only in tests.
fn without_tests(code: &str) -> String {
    let (mut out, mut rest) = (String::new(), code);
    let start = |text: &str| ["#[cfg(test)]", "#[cfg(all(test,"].iter().filter_map(|s| text.find(s)).min();
    while let Some(at) = start(rest) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (open, semicolon) = (rest.find('{').unwrap_or(rest.len()), rest.find(';').unwrap_or(rest.len()));
        if semicolon < open {
            rest = &rest[semicolon + 1..];
            continue;
        }
        let mut depth = 0_usize;
        let end = rest.char_indices().skip_while(|(i, _)| *i < open).find(|(_, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        rest = end.map_or("", |(i, _)| &rest[i + 1..]);
    }
    out + rest
}

/// First names of the paths that start with `prefix`, as in `crate::a::B` and `crate::{a::B, c}`.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let name = |s: &str| -> String {
        s.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        // `supercrate::` is another word, `$crate::` is ours.
        if code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "_:".contains(c)) {
            continue;
        }
        let rest = code[at + prefix.len()..].trim_start();
        let Some(group) = rest.strip_prefix('{') else {
            names.push(name(rest));
            continue;
        };
        let (mut depth, mut start) = (0_usize, 0);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    names.push(name(&group[start..i]));
                    start = i + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    names.retain(|n| !n.is_empty());
    names
}

/// Which room imports from which, and a file that does.
fn imports() -> BTreeMap<(String, String), String> {
    let mut files = Vec::new();
    rust_files(&source(), &mut files);
    let mut found = BTreeMap::new();
    for path in files {
        let inside = path.strip_prefix(source()).unwrap();
        let parts: Vec<String> =
            inside.with_extension("").iter().map(|p| p.to_string_lossy().into_owned()).collect();
        if parts == ["lib"] {
            continue;
        }
        let code = without_tests(&code_only(&std::fs::read_to_string(&path).unwrap()));
        let mut names = names_after(&code, "crate::");
        // Above the first module of a room is the root.
        if parts.len() == 1 || parts[1..] == ["mod"] {
            names.extend(names_after(&code, "super::"));
        }
        for name in names {
            let room = ROOT.iter().find(|(n, _)| *n == name).map_or(name.as_str(), |(_, room)| room);
            if room != parts[0] {
                found.entry((parts[0].clone(), room.to_owned())).or_insert(inside.display().to_string());
            }
        }
    }
    found
}

#[test]
fn every_room_has_a_floor() {
    let mut unknown = BTreeSet::new();
    for (from, to) in imports().into_keys() {
        unknown.extend([from, to].into_iter().filter(|room| floor(room).is_none()));
    }
    assert!(unknown.is_empty(), "no floor in tests/rooms.rs for {unknown:?}");
}

#[test]
fn no_import_climbs() {
    let known: BTreeSet<_> = STILL_CLIMBING.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let climbs: BTreeMap<_, _> =
        imports().into_iter().filter(|((from, to), _)| floor(from) < floor(to)).collect();
    let new: Vec<_> = climbs.iter().filter(|(pair, _)| !known.contains(*pair)).collect();
    assert!(new.is_empty(), "imports from a higher floor (who, from whom), and a file: {new:#?}");
    let gone: Vec<_> = known.iter().filter(|pair| !climbs.contains_key(*pair)).collect();
    assert!(gone.is_empty(), "no longer so, to be taken off the list: {gone:?}");
}

#[test]
fn no_circle_of_rooms() {
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in imports().into_keys() {
        if !STILL_CLIMBING.contains(&(from.as_str(), to.as_str())) {
            below.entry(from).or_default().insert(to);
        }
    }
    // Rooms that import from no room that is left, and those that no room imports from, are taken away;
    // a circle is what remains.
    loop {
        let wanted: BTreeSet<String> = below.values().flatten().cloned().collect();
        let ends: Vec<String> = below
            .iter()
            .filter(|(room, to)| !wanted.contains(*room) || to.iter().all(|room| !below.contains_key(room)))
            .map(|(room, _)| room.clone())
            .collect();
        if ends.is_empty() {
            break;
        }
        below.retain(|room, _| !ends.contains(room));
    }
    assert!(below.is_empty(), "rooms in a circle: {below:#?}");
}

/// Lines that a file of `src`, and an example, may have.
const LONGEST_FILE: usize = 700;
const LONGEST_EXAMPLE: usize = 60;

/// Files that are longer still, and how long they may be. The list may only get shorter, and so may they.
const STILL_LONG: &[(&str, usize)] = &[];

/// Lines that a file the examples share may have.
const LONGEST_COMMON: usize = 100;

/// Files longer than allowed, and entries of the list that have more room than they need.
fn lengths(folder: &str, longest: usize, known: &[(&str, usize)]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    rust_files(&root.join(folder), &mut files);
    // Examples that are programs of several files have no limit of their own.
    files.retain(|f| folder == "src" || f.parent() == Some(&root.join(folder)));
    let mut wrong = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        let most = known.iter().find(|(n, _)| *n == name).map_or(longest, |(_, most)| *most);
        if lines > most || (most > longest && lines < most) {
            wrong.push(format!("{name}: {lines} lines, {most} in tests/rooms.rs"));
        }
    }
    wrong
}

#[test]
fn no_file_is_too_long() {
    let wrong = lengths("src", LONGEST_FILE, STILL_LONG);
    assert!(wrong.is_empty(), "split these into rooms with one job each, or correct the list: {wrong:#?}");
}

#[test]
fn no_example_is_too_long() {
    let wrong = lengths("examples", LONGEST_EXAMPLE, &[]);
    assert!(wrong.is_empty(), "move what these compose into `report`: {wrong:#?}");
    let wrong = lengths("examples/common", LONGEST_COMMON, &[]);
    assert!(wrong.is_empty(), "move what these compose into `read` or `report`: {wrong:#?}");
}

/// Headings in the documentation of a measure, in this order.
const HEADINGS: &[&str] =
    &["Formula", "Range", "Direction", "Undefined", "Errors", "Complexity", "References", "Example"];

/// Rooms whose public functions are measures, but for those of the next list.
const KERNELS: &[&str] = &[
    "accessibility",
    "autocorrelation",
    "categorical",
    "complementarity",
    "diffusion",
    "inequality",
    "linkage",
    "matching",
    "multiple_testing",
    "network",
    "siting",
    "space",
    "trend",
    "typology",
];

/// Functions of these rooms that measure nothing: they build, convert, check, split or draw.
const NO_MEASURE: &[&str] = &[
    "accessibility::road_network",
    "complementarity::aggregate_activities",
    "complementarity::aggregate_regions",
    "complementarity::mixed_levels",
    "matching::blocking_pairs",
    "matching::random_hold_out",
    "matching::temporal_hold_out",
    "network::deal_participations",
    "network::degree_preserving",
    "network::k_core",
    "network::strong_components",
    "network::weak_components",
    "space::check",
    "space::dissolve",
    "space::overlapping_pairs",
    "space::projector",
    "space::simplify",
    "space::tessellate",
    "typology::switches",
];

/// The public functions of a file that are in no `impl`, and the headings of their documentation.
fn documented(text: &str) -> Vec<(&str, Vec<&str>)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let start = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn "));
        let Some(name) = start.and_then(|rest| rest.split(['(', '<']).next()) else { continue };
        // Attributes stand between the documentation and the function.
        let end =
            lines[..i].iter().rposition(|l| l.is_empty() || l.starts_with("///")).map_or(0, |at| at + 1);
        let first = lines[..end].iter().rposition(|l| !l.starts_with("///")).map_or(0, |at| at + 1);
        let (mut headings, mut example) = (Vec::new(), false);
        for text in lines[first..end].iter().map(|l| l.trim_start_matches('/').trim()) {
            if text.starts_with("```") {
                example = !example;
            } else if let Some(heading) = text.strip_prefix("# ")
                && !example
            {
                headings.push(heading);
            }
        }
        found.push((name, headings));
    }
    found
}

#[test]
fn measures_have_fixed_headings() {
    let (mut files, mut wrong, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    rust_files(&source(), &mut files);
    for path in files {
        let inside = path.strip_prefix(source()).unwrap().with_extension("");
        let room = inside.iter().next().unwrap().to_string_lossy();
        if !KERNELS.contains(&&*room) {
            continue;
        }
        for (name, found) in documented(&std::fs::read_to_string(&path).unwrap()) {
            let name = format!("{room}::{name}");
            let known: Vec<&str> = HEADINGS.iter().copied().filter(|h| found.contains(h)).collect();
            if found != known {
                wrong.push(format!("{name} has {found:?}"));
            }
            if !found.contains(&"Complexity") {
                wrong.push(format!("{name} has no Complexity"));
            }
            if !found.contains(&"Formula") && !NO_MEASURE.contains(&name.as_str()) {
                wrong.push(format!("{name} has no Formula"));
            }
            seen.insert(name);
        }
    }
    assert!(wrong.is_empty(), "headings are some of {HEADINGS:?}, in that order: {wrong:#?}");
    let gone: Vec<_> = NO_MEASURE.iter().filter(|name| !seen.contains(**name)).collect();
    assert!(gone.is_empty(), "no such function, to be taken off the list: {gone:?}");
}

#[test]
fn the_parser_sees_code_and_nothing_else() {
    let text = r##"
        //! See crate::report.
        use crate::{space::{Layer, crs}, Error};
        const S: &str = "crate::study \" { "; const R: &str = r#"crate::france"#; const C: char = '"';
        fn f<'a>(x: &'a crate::matrix::Matrix) -> crate::Result<()> { /* crate::read */ $crate::model::x() }
        #[cfg(test)]
        mod tests { use crate::write; fn g() {} }
        use super::labels;
    "##;
    let code = without_tests(&code_only(text));
    let mut names = names_after(&code, "crate::");
    names.sort();
    assert_eq!(names, ["Error", "Result", "matrix", "model", "space"]);
    assert_eq!(names_after(&code, "super::"), ["labels"]);
}
