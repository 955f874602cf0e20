//! The public items of the crate, as committed in `tests/api.txt`: what changes there changes for users.

#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.file_stem().is_some_and(|n| n == "tests") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Items, fields and variants' enums that begin with `pub`, each as one line without its body.
fn items(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut owner = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        // What is tested only is not public.
        if line == "#[cfg(test)]" {
            break;
        }
        let code = line.trim();
        if line.starts_with("impl") || line.starts_with("pub ") {
            owner = line.split(" {").next().unwrap_or(line).to_owned();
        }
        if code == "setters! {" {
            let fields = lines.by_ref().map(str::trim).take_while(|l| *l != "}");
            found.extend(fields.map(|f| format!("{} :: setter {}", name(&owner), f.trim_end_matches(','))));
        }
        if !code.starts_with("pub ") {
            continue;
        }
        let mut item = code.to_owned();
        while !item.contains(['{', ';', '}']) && (!item.ends_with(',') || item.contains('(')) {
            let Some(next) = lines.next() else { break };
            item = format!("{item} {}", next.trim());
        }
        // The whole list of what is re-exported counts, the body of an item does not.
        let whole = item.starts_with("pub use");
        while whole && !item.contains(';') {
            let Some(next) = lines.next() else { break };
            item = format!("{item} {}", next.trim());
        }
        if !whole {
            item = item.split(" {").next().unwrap_or_default().to_owned();
        }
        let item = item.trim_end_matches([',', ';']).to_owned();
        let inside = line.starts_with(' ') && !owner.is_empty();
        found.push(if inside { format!("{} :: {item}", name(&owner)) } else { item });
    }
    found
}

/// The owner of a field or method, without generics' bounds.
fn name(owner: &str) -> &str {
    owner.trim_start_matches("pub ").trim_end_matches(" {")
}

#[test]
fn the_public_api_is_the_committed_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut listing = String::new();
    for file in files {
        let items = items(&std::fs::read_to_string(&file).unwrap());
        if !items.is_empty() {
            writeln!(listing, "{}", file.strip_prefix(root).unwrap().display()).unwrap();
            items.iter().for_each(|i| writeln!(listing, "  {i}").unwrap());
        }
    }
    let committed = root.join("tests/api.txt");
    if std::env::var_os("RURBAN_WRITE").is_some() {
        std::fs::write(&committed, &listing).unwrap();
    }
    let before = std::fs::read_to_string(&committed).unwrap_or_default();
    let gone: Vec<&str> = before.lines().filter(|l| !listing.lines().any(|x| x == *l)).take(20).collect();
    let new: Vec<&str> = listing.lines().filter(|l| !before.lines().any(|x| x == *l)).take(20).collect();
    assert!(
        before == listing,
        "the public API changed, which users must be told (gone {gone:#?}, new {new:#?}); \
         RURBAN_WRITE=1 cargo test --test api writes tests/api.txt"
    );
}
