use std::fmt::Write as _;

use super::*;
use crate::diagnostics::Diagnostics;

/// All cells joined by `|`, with line numbers, and the account.
fn rows(reader: Reader, bytes: &[u8]) -> (Vec<String>, Diagnostics) {
    let mut out = Vec::new();
    let table = reader.open_from(bytes, "t.csv").unwrap();
    let width = table.header().len();
    let found = table
        .for_each(|row, found| {
            let cells: Vec<_> = (0..width).map(|c| row.get(c)).collect();
            out.push(format!("{}:{}", row.line().unwrap_or(0), cells.join("|")));
            found.keep();
            Ok(())
        })
        .unwrap();
    (out, found)
}

#[test]
fn delimiters_encodings_and_line_ends_make_no_difference() {
    for delimiter in [",", ";", "\t", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["code|Département|n", "01|\"Ni|\"\"è\"\"vre\nbis\"|1", "", "02|Ain|2"].join(end);
            let text = text.replace('|', delimiter);
            let mut utf16 = vec![0xFE, 0xFF];
            utf16.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
            let encoded = [
                text.clone().into_bytes(),
                format!("\u{FEFF}{text}").into_bytes(),
                encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
                utf16,
            ];
            for bytes in encoded {
                let (got, found) = rows(Reader::default(), &bytes);
                let want = [format!("2:01|Ni{delimiter}\"è\"vre\nbis|1"), "5:02|Ain|2".to_owned()];
                assert_eq!(got, want, "{delimiter:?} {end:?}");
                assert_eq!((found.seen(), found.kept()), (2, 2));
            }
        }
    }
}

#[test]
fn decimal_commas_do_not_hide_the_semicolons() {
    let table = Reader::default().open_str("a;b\n1,5;2,5\n3,5;4,5\n", "t").unwrap();
    assert_eq!(table.delimiter(), Some(b';'));
}

#[test]
fn ragged_and_blank_rows_follow_the_policy() {
    let text = b"a,b,c\n1,2\n1,2,3,4\n1,2,3,\n , ,\n4,5,6\n";
    let (got, found) = rows(Reader::default(), text);
    assert_eq!(got, ["2:1|2|", "3:1|2|3", "4:1|2|3", "6:4|5|6"]);
    assert_eq!((found.count("ragged_row"), found.count("blank_row"), found.seen()), (2, 1, 5));
    let (got, found) = rows(Reader::default().ragged(Ragged::Drop), text);
    assert_eq!((got.len(), found.dropped(), found.seen()), (2, 3, 5));
}

#[test]
fn columns_are_found_by_any_spelling_of_their_names() {
    let table = Reader::default().open_str(" Code INSEE ,Région,région,,x\n", "t").unwrap();
    assert_eq!(table.header(), ["Code INSEE", "Région", "région (2)", "column 4", "x"]);
    assert_eq!(table.column(&["insee", "code_insee"]), Some(0));
    assert_eq!(table.column(&["REGION"]), Some(1));
    let error = table.require(&["nom", "libellé"]).unwrap_err().to_string();
    assert_eq!(
        error,
        "no column \"nom or libellé\"; t has the columns Code INSEE, Région, région (2), column 4, x"
    );
}

#[test]
fn what_is_no_table_is_refused() {
    assert!(matches!(Reader::default().open_str("", "t"), Err(Error::Format { line: 1, .. })));
    assert!(matches!(Reader::default().open_path("no/such.csv"), Err(Error::Io { .. })));
    // A quote that is never closed, before endless text.
    let endless = &b"a,b\n1,2\n3,\""[..];
    let error = Reader::default().open_from(endless.chain(std::io::repeat(b'x')), "t");
    assert!(matches!(error, Err(Error::Format { line: 3, .. })), "{error:?}");
}

#[test]
fn millions_of_bad_rows_cost_no_memory() {
    let n = 200_000;
    let text = "a,b\n1,2\n".to_owned() + &"x,y,z\n".repeat(n);
    let (_, found) = rows(Reader::default().ragged(Ragged::Drop), text.as_bytes());
    let told = found.findings().iter().filter(|f| f.outcome == crate::finding::Outcome::Dropped).count();
    assert_eq!((found.dropped(), told), (n, Diagnostics::FULL_FINDINGS_PER_KIND));
}

/// A table of actors of four columns, its cells and its account.
fn four(text: &str) -> (Vec<String>, Diagnostics) {
    rows(Reader::default(), text.as_bytes())
}

#[test]
fn a_quote_that_is_not_closed_costs_no_row() {
    let mut text = "id;nom;lon;lat\nA1;\"Labo;1,45;43,6\n".to_owned();
    for i in 0..50 {
        writeln!(text, "B{i};Lieu {i};0,6;43,65").unwrap();
    }
    for last in
        ["A2;\"Fablab\";0,6;43,65\n", "A2;12\";0,6;43,65\n", "A2;le \"vert\";0,6;43,65\n", "A2;x;0,6;43,65\n"]
    {
        let (got, found) = four(&format!("{text}{last}"));
        assert_eq!((got.len(), found.seen(), found.count("unclosed_quote")), (52, 52, 1), "{last}: {found}");
        assert_eq!(got[0], "2:A1|Labo|1,45|43,6");
        assert_eq!(got[50], "52:B49|Lieu 49|0,6|43,65");
    }
    // In the last line, and with its closing quote in the very next line.
    let (got, found) = four("id;nom;lon;lat\nA1;\"Labo;1,45;43,6\nA2;Fab\";0,6;43,65\nA3;\"Fin;1;2");
    assert_eq!(got, ["2:A1|Labo|1,45|43,6", "3:A2|Fab\"|0,6|43,65", "4:A3|Fin|1|2"], "{found}");
    // Cells of several lines stay whole, also with the delimiter in them.
    let (got, found) = four("id;nom;lon;lat\nA1;\"Labo;\nde la; vallée\n\";1,45;43,6\nA2;F;0;1\n");
    assert_eq!(got, ["2:A1|Labo;\nde la; vallée|1,45|43,6", "5:A2|F|0|1"], "{found}");
}

#[test]
fn quotes_are_read_as_people_write_them() {
    let text = "id;nom;lon;lat\nA1;Le \"Labo\" vert;1;2\nA2;\"Le \"Fablab\" rouge\";1;2\n\
                A3;\"Le \\\"Tiers\\\" lieu\";1;2\nA4; \"Labo; atelier\" ;1;2\n";
    let (got, found) = four(text);
    let want = ["Le \"Labo\" vert", "Le \"Fablab\" rouge", "Le \"Tiers\" lieu", "Labo; atelier"];
    for (row, want) in got.iter().zip(want) {
        assert!(row.contains(&format!("|{want}|1|2")), "{row}");
    }
    assert_eq!((got.len(), found.count("inner_quotes")), (4, 2), "{found}");
}

#[test]
fn what_stands_before_and_after_a_table_is_left_out() {
    let table = "id;nom;lon;lat\nA1;Labo;1,45;43,6\nA2;Fablab;0,6;43,65\n";
    for (before, line) in [
        ("", 2),
        ("sep=;\n", 3),
        ("\u{feff}sep=;\r\n", 3),
        ("\"sep=;\"\n", 3),
        ("Liste des tiers-lieux\nMise à jour : 01/03/2024\n\n", 5),
        ("Liste des tiers-lieux;;;\nMise à jour : 01/03/2024;;;\n;;;\n", 5),
        ("# export du 01/01/2024\n# source : X\n", 4),
    ] {
        for after in ["", "Source : INSEE\n", "\nTotal\n", "Note : provisoire;;;\n", "\u{a9} IGN\n"] {
            let (got, found) = four(&format!("{before}{table}{after}"));
            let want = [format!("{line}:A1|Labo|1,45|43,6"), format!("{}:A2|Fablab|0,6|43,65", line + 1)];
            assert_eq!(got, want, "{before:?} {after:?} {found}");
            assert_eq!(found.seen(), found.kept() + found.dropped());
            assert_eq!(found.count("note"), usize::from(!after.is_empty()), "{after:?} {found}");
        }
    }
}

#[test]
fn two_lines_of_headers_are_one() {
    let open = |text: &'static str| Reader::default().open_str(text, "t.csv").unwrap();
    let table = open("id;nom;Coordonnées;\n;;lon;lat\nA1;Labo;1,45;43,6\nA2;Fab;0,6;43,65\n");
    assert_eq!(table.header(), ["id", "nom", "lon", "lat"]);
    let table =
        open("Code géographique;Libellé;Emplois 2020\nCODGEO;LIBGEO;P20_EMPLT\n01001;A;3\n01002;B;4\n");
    assert_eq!(table.header(), ["CODGEO", "LIBGEO", "P20_EMPLT"]);
    assert_eq!(table.column(&["Emplois 2020"]), Some(2));
    // A row that happens to hold such words is a row.
    let table = open("source;target;type\nlabo;commune;region\na;b;c\n");
    assert_eq!(table.header(), ["source", "target", "type"]);
}

#[test]
fn formulas_and_control_characters_are_taken_off() {
    let (got, found) = four("id;nom;lon;lat\n=\"A1\";La\0bo\u{1b}[31m;=\"1\";2\n");
    assert_eq!(got, ["2:A1|Labo[31m|1|2"]);
    assert_eq!((found.count("formula_cells"), found.count("control_characters")), (1, 1));
}

#[test]
fn other_formats_are_named() {
    let error = |bytes: &[u8]| Reader::default().open_from(bytes, "a.csv").unwrap_err().to_string();
    assert!(error(b"{\"type\": \"Feat").contains("JSON"));
    assert!(error(b"PK\x03\x04.....a.csv").contains("zip archive"));
    assert!(error(b"<!DOCTYPE html><html>").contains("HTML"));
    assert!(error(&[1, 2, 3, 200, 0, 5, 6, 7]).contains("binary"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"id;nom\nA;B\n").unwrap();
    let (got, _) = rows(Reader::default(), &packed.finish().unwrap());
    assert_eq!(got, ["2:A|B"]);
}
