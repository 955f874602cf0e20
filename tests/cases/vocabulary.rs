//! The vocabulary matcher on variants made by hand.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests stop on failure")]

use std::path::PathBuf;

use rurban::read::csv::Reader;
use rurban::read::vocabulary::{Match, Normalised, Vocabulary};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/surveys").join(name)
}

fn vocabulary() -> Vocabulary {
    Vocabulary::read(Reader::default().open_path(fixture("themes.csv")).unwrap()).unwrap().0
}

/// `(text, label of its theme or "")`.
fn variants() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let table = Reader::default().open_path(fixture("variants.csv")).unwrap();
    table
        .for_each(|row, found| {
            out.push((row.get(0).to_owned(), row.get(1).to_owned()));
            found.keep();
            Ok(())
        })
        .unwrap();
    out
}

#[test]
fn variants_are_brought_to_their_themes() {
    let (vocabulary, variants) = (vocabulary(), variants());
    assert_eq!(vocabulary.terms().len(), 25);
    let themed = variants.iter().filter(|v| !v.1.is_empty()).count();
    assert!(themed >= 200, "{themed}");
    let (mut taken, mut right, mut missed) = (0, 0, Vec::new());
    for (raw, want) in &variants {
        let found = vocabulary.find(raw);
        if let Some(term) = found.taken() {
            taken += 1;
            if vocabulary.label(term) == Some(want) {
                right += 1;
            } else {
                missed.push(format!("WRONG {raw} → {:?}", vocabulary.label(term)));
            }
        } else if !want.is_empty() {
            missed.push(format!("missed {raw}: {found:?}"));
        }
    }
    let precision = f64::from(right) / f64::from(taken);
    let recall = f64::from(right) / themed as f64;
    println!(
        "{themed} variants, {taken} taken, precision {precision:.3}, recall {recall:.3}\n{}",
        missed.join("\n")
    );
    assert!(precision >= 0.98 && recall >= 0.90, "{precision} {recall}\n{}", missed.join("\n"));
}

#[test]
fn nothing_is_silent() {
    let (vocabulary, variants) = (vocabulary(), variants());
    let normalised = Normalised::of(&vocabulary, variants.iter().map(|v| v.0.as_str()));
    let distinct: std::collections::BTreeSet<&str> = variants.iter().map(|v| v.0.trim()).collect();
    assert_eq!(normalised.counts().iter().sum::<usize>(), distinct.len());
    assert_eq!(normalised.texts.values().map(|t| t.1).sum::<usize>(), variants.len());
}

#[test]
fn decisions_go_first_and_unknown_ones_are_reported() {
    let mut vocabulary = vocabulary();
    let text = "brut;theme\nFiscalité locale;Services publics\ntourisme;\nsport;Sport\n";
    let found = vocabulary.read_decisions(Reader::default().open_str(text, "d.csv").unwrap()).unwrap();
    assert_eq!((found.kept(), found.count("unknown_term")), (2, 1));
    assert!(vocabulary.find("fiscalites locales").taken().is_some());
    assert_eq!(vocabulary.find("Tourisme"), Match::Decided { term: None });
    assert_eq!(vocabulary.find("sport"), Match::Unknown);
    assert_eq!(vocabulary.find("… !"), Match::Unknown);
}
