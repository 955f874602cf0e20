use super::*;

const HOSTILE: &str = "</style><script>alert(1)</script>\"'&\u{202e}\0";

fn page() -> Page {
    let mut page = Page::new(HOSTILE, PageWords::french()).lead(HOSTILE).footer(HOSTILE);
    for i in 0..3 {
        let section = page.section(format!("{i}{HOSTILE}"));
        section
            .heading(HOSTILE)
            .paragraph(HOSTILE)
            .remark(HOSTILE)
            .list([HOSTILE])
            .list(Vec::<String>::new());
        section.link(HOSTILE, "autre.html", HOSTILE).link("script", "javascript:alert(1)", "");
        section.figures([KeyFigure::new(HOSTILE, "12", HOSTILE)]);
        section.table(PageTable::new(HOSTILE, [(HOSTILE, Align::Left), ("n", Align::Right)]).row([HOSTILE]));
        section.folded_table(PageTable::new("longue", [("a", Align::Left)]).reading(HOSTILE).note(HOSTILE));
    }
    page.source(HOSTILE);
    page
}

#[test]
fn hostile_texts_are_inert() {
    let html = page().to_html().unwrap();
    assert!(!html.contains("<script") && !html.contains("href=\"javascript"), "{html}");
    assert_eq!((html.matches("</style>").count(), html.matches('\0').count()), (1, 0));
    let markdown = page().to_markdown();
    assert!(!markdown.replace("\\<", "").contains("<script") && !markdown.contains("(<javascript"));
}

#[test]
fn headings_captions_and_scopes_are_in_order() {
    let html = page().to_html().unwrap();
    assert_eq!((html.matches("<h1>").count(), html.matches("<main").count()), (1, 1));
    assert_eq!(html.matches("<caption>").count(), 6);
    assert!(html.contains("<html lang=\"fr\">") && html.contains("Tableau 5."));
    assert_eq!(html.matches("scope=\"col\"").count(), 9);
    // A row with a missing cell still has one cell per column.
    assert_eq!(html.matches("<td class=\"n\"></td>").count(), 3);
}

#[test]
fn files_are_written_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("page.html");
    page().write_html(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page().to_html().unwrap());
    let error = page().write_markdown(dir.path().join("none/page.md")).unwrap_err();
    assert!(error.to_string().contains("page.md"));
}

#[test]
fn every_cell_is_in_the_table() {
    let mut page = Page::new("t", PageWords::french());
    page.section("s").paragraph("3 liens").table(
        PageTable::new("c", [("a", Align::Left), ("b", Align::Right)]).row(["x", "1\u{202f}234,5\u{a0}€"]),
    );
    let table = page.to_table().unwrap();
    assert_eq!(table.rows(), 5);
    let mut csv = Vec::new();
    crate::write::csv::write_csv(&mut csv, &table, CsvStyle::default()).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains("table 1,x,b,") && csv.contains(",1234.5\n"), "{csv}");
    for (shown, value) in [("86\u{202f}%", 0.86), ("\u{2212}0,2", -0.2), ("24\u{a0}km", 24.0), ("7", 7.0)] {
        assert_eq!(shown_number(shown, ','), Some(value));
    }
    assert_eq!(shown_number("3 liens", ','), None);
    assert_eq!(shown_number("2016–2019", ','), None);
    assert_eq!(shown_number("1,234.5", '.'), Some(1234.5));
}
