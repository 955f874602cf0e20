//! What a file is, by its first bytes: names lie.

use std::fmt;
use std::io::{Cursor, Read, Result};

use flate2::read::MultiGzDecoder;

/// What the first bytes of a file show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Text, and none of the others.
    Text,
    /// GeoJSON, or JSON of another kind for maps.
    GeoJson,
    /// Another JSON object or array: perhaps a list of records.
    Json,
    /// An XML or HTML page.
    Markup,
    /// A workbook of a spreadsheet program: Excel, `OpenDocument`.
    Workbook,
    Gzip,
    Zip,
    Parquet,
    Sqlite,
    Pdf,
    /// The few lines that stand for a large file in a Git repository.
    GitPointer,
    /// Other bytes that are no text.
    Binary,
}

impl Format {
    pub(super) fn of(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let has = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
        let start = text.iter().position(|b| !b.is_ascii_whitespace()).map_or(text, |i| &text[i..]);
        let begins = |s: &[u8]| start.len() >= s.len() && start[..s.len()].eq_ignore_ascii_case(s);
        if head.starts_with(b"\x1f\x8b") {
            Self::Gzip
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            // The entries that come first in workbooks.
            let names: [&[u8]; 4] =
                [b"[Content_Types].xml", b"xl/", b"_rels/", b"mimetypeapplication/vnd.oasis"];
            if names.iter().any(|n| has(n)) { Self::Workbook } else { Self::Zip }
        } else if head.starts_with(b"\xD0\xCF\x11\xE0") {
            Self::Workbook
        } else if head.starts_with(b"PAR1") {
            Self::Parquet
        } else if head.starts_with(b"SQLite format 3") {
            Self::Sqlite
        } else if head.starts_with(b"%PDF") {
            Self::Pdf
        } else if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
            Self::Text
        } else if begins(b"version https://git-lfs") {
            Self::GitPointer
        } else if begins(b"<!doctype") || begins(b"<html") || begins(b"<?xml") {
            Self::Markup
        } else if is_json(start) {
            if is_geojson(start) { Self::GeoJson } else { Self::Json }
        } else if is_binary(head) {
            Self::Binary
        } else {
            Self::Text
        }
    }

    /// What to do about it.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::Markup => "it is perhaps the page of an error: download the file again",
            Self::Workbook => "save the sheet as CSV, or build with the feature `xlsx`",
            Self::Zip => "take the file out of the archive first",
            Self::GitPointer => "fetch the file itself (git lfs pull)",
            _ => "save the table as CSV",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::GeoJson => "GeoJSON",
            Self::Json => "JSON",
            Self::Markup => "an HTML or XML page",
            Self::Workbook => "the workbook of a spreadsheet program",
            Self::Gzip => "a file compressed with gzip",
            Self::Zip => "a zip archive",
            Self::Parquet => "a Parquet file",
            Self::Sqlite => "a database (GeoPackage, SQLite)",
            Self::Pdf => "a PDF document",
            Self::GitPointer => "a pointer to a large file in a Git repository",
            Self::Binary => "a binary file",
        })
    }
}

/// Whether text begins as a JSON object or an array of objects does: no header of a table does.
fn is_json(start: &[u8]) -> bool {
    // RFC 8142 puts a record separator before each text.
    let start = start.strip_prefix(b"\x1e").unwrap_or(start);
    let mut rest = start.iter().copied().filter(|b| !b.is_ascii_whitespace());
    matches!((rest.next(), rest.next()), (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b']')))
}

/// Whether the members of the first object are those of a map: a `type` of GeoJSON or `TopoJSON`, or what
/// programs of Esri write.
fn is_geojson(start: &[u8]) -> bool {
    let mut depth = 0_usize;
    let top = usize::from(start.iter().find(|b| matches!(b, b'{' | b'[')) == Some(&b'[')) + 1;
    let (mut text, mut key) = (None, Vec::new());
    let mut i = 0;
    while let Some(&byte) = start.get(i) {
        match byte {
            b'"' => {
                let from = i + 1;
                i = from;
                while start.get(i).is_some_and(|b| *b != b'"') {
                    i += if start[i] == b'\\' { 2 } else { 1 };
                }
                let word = start.get(from..i.min(start.len())).unwrap_or_default();
                if key == b"type" && depth == top && text.is_none() {
                    return MAP_TYPES.iter().any(|t| t.as_bytes() == word);
                }
                text = Some(word);
            }
            b':' if depth == top => {
                key = text.take().unwrap_or_default().to_vec();
                if matches!(key.as_slice(), b"features" | b"geometryType" | b"spatialReference") {
                    return true;
                }
            }
            b',' if depth == top => {
                key.clear();
                text = None;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth < top {
                    return false;
                }
            }
            _ => {}
        }
        i += 1;
    }
    false
}

/// What the member `type` of a map is.
const MAP_TYPES: [&str; 10] = [
    "FeatureCollection",
    "Feature",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
    "Topology",
];

/// Whether bytes are no text: control characters that no text has, but for the zeros of UTF-16.
fn is_binary(head: &[u8]) -> bool {
    if head.is_empty() {
        return false;
    }
    let odd = head.iter().filter(|b| **b < 9 || (14..27).contains(*b) || (28..32).contains(*b)).count();
    let zeros = head.iter().filter(|b| **b == 0).count();
    let utf16 = zeros * 10 >= head.len() * 3 && zeros * 10 <= head.len() * 6;
    !utf16 && odd * 20 > head.len()
}

/// A source with what it is: one compressed with gzip is unpacked, and is what is in it.
pub(super) fn opened<'a>(
    mut source: Box<dyn Read + Send + 'a>,
) -> Result<(Format, Box<dyn Read + Send + 'a>)> {
    let first = head(&mut source)?;
    let format = Format::of(&first);
    let whole = Cursor::new(first).chain(source);
    if format != Format::Gzip {
        return Ok((format, Box::new(whole)));
    }
    let mut unpacked = MultiGzDecoder::new(whole);
    let first = head(&mut unpacked)?;
    Ok((Format::of(&first), Box::new(Cursor::new(first).chain(unpacked))))
}

/// The first bytes of a source.
fn head(source: &mut dyn Read) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// Length of a first line `sep=;`, and the delimiter it declares.
pub(super) fn separator_line(text: &[u8]) -> (usize, Option<u8>) {
    let line = text.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(text.len());
    let Some(body) = text.get(..line).filter(|l| l.len() <= 12) else { return (0, None) };
    let body: Vec<u8> = body.iter().copied().filter(|b| !matches!(b, b'"' | b' ')).collect();
    let Some(rest) = body.get(..4).filter(|b| b.eq_ignore_ascii_case(b"sep=")).and(body.get(4..)) else {
        return (0, None);
    };
    let end = if text[line..].starts_with(b"\r\n") { line + 2 } else { (line + 1).min(text.len()) };
    // `sep=,` in a file of commas may be followed by commas of padding.
    (end, rest.first().copied().filter(u8::is_ascii))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell() {
        let cases: [(&[u8], Format); 15] = [
            (b"id;nom\n", Format::Text),
            (b"", Format::Text),
            (b" {\"type\": \"FeatureCollection\"", Format::GeoJson),
            (b"{\"name\":\"a\",\"crs\":{\"type\":\"name\"},\"type\":\"Feature\"", Format::GeoJson),
            (b"[{\"properties\":{\"type\":\"labo\"},\"type\":\"Feature\"}]", Format::GeoJson),
            (b"{\"total\":1,\"results\":[{\"geo\":{\"type\":\"Feature\"}}]}", Format::Json),
            (b"[{\"a\":1}]", Format::Json),
            (b"{code};nom", Format::Text),
            (b"\x1f\x8b\x08", Format::Gzip),
            (b"PK\x03\x04....[Content_Types].xml", Format::Workbook),
            (b"PK\x03\x04....a.csv", Format::Zip),
            (b"<!DOCTYPE html>", Format::Markup),
            (b"i\0d\0;\0n\0o\0m\0\n\0", Format::Text),
            (b"\x01\x02\x03\x00\x05\x06", Format::Binary),
            (b"version https://git-lfs.github.com/spec/v1\n", Format::GitPointer),
        ];
        for (bytes, want) in cases {
            assert_eq!(Format::of(bytes), want, "{bytes:?}");
        }
    }

    #[test]
    fn spreadsheets_declare_their_delimiter() {
        assert_eq!(separator_line(b"sep=;\r\nid;nom"), (7, Some(b';')));
        assert_eq!(separator_line(b"\"sep=,\"\nid,nom"), (8, Some(b',')));
        assert_eq!(separator_line(b"SEP=\t\nid"), (6, Some(b'\t')));
        assert_eq!(separator_line(b"separateur;x\n"), (0, None));
    }
}
