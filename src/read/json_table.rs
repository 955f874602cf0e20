//! Lists of JSON objects as tables: what services of open data give besides CSV, and the properties of
//! GeoJSON where a plain table is asked for.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use super::csv::splitter::Record;
use crate::error::{Error, Result};

/// Members that hold the list of records of an answer.
const LISTS: [&str; 9] =
    ["features", "results", "records", "elements", "data", "items", "rows", "response", "hits"];
/// Members of a record whose own members are its fields.
const WRAPPERS: [&str; 6] = ["properties", "fields", "tags", "attributes", "record", "_source"];

/// The records of a text of JSON: a list of objects, an object that holds one, or an object in each line.
/// The first one given is the header; fields come in the order in which they are met.
pub(super) fn records(mut source: Box<dyn Read + Send + '_>, path: &Path) -> Result<Vec<Record>> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    let bad =
        |line: usize, message: String| Error::Format { path: path.to_owned(), line: line as u64, message };
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut rows: Vec<Vec<(usize, String)>> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut columns: HashMap<String, usize> = HashMap::new();
    for value in serde_json::Deserializer::from_slice(text).into_iter::<Value>() {
        let value = value.map_err(|e| bad(e.line(), format!("this is no JSON: {e}")))?;
        for object in objects(&value) {
            let mut fields = Vec::new();
            flatten(object, &mut |name, value| {
                let column = *columns.entry(name.to_owned()).or_insert_with(|| {
                    names.push(name.to_owned());
                    names.len() - 1
                });
                fields.push((column, value));
            });
            rows.push(fields);
        }
    }
    if names.is_empty() {
        return Err(bad(1, "this JSON holds no list of records; save the table as CSV".to_owned()));
    }
    let mut out = Vec::with_capacity(rows.len() + 1);
    let mut header = Record::default();
    names.iter().for_each(|n| header.cells.push(n));
    out.push(header);
    let mut cells = vec![String::new(); names.len()];
    for (i, fields) in rows.into_iter().enumerate() {
        cells.iter_mut().for_each(String::clear);
        for (column, value) in fields {
            cells[column] = value;
        }
        let mut record = Record { line: i as u64, ..Record::default() };
        cells.iter().for_each(|c| record.cells.push(c));
        out.push(record);
    }
    Ok(out)
}

/// The objects that a value lists.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_object).collect(),
        Value::Object(object) => {
            let list = LISTS.iter().find_map(|name| match object.get(*name)? {
                list @ Value::Array(_) => Some(objects(list)),
                inner @ Value::Object(_) if LISTS.iter().any(|n| inner.get(n).is_some()) => {
                    Some(objects(inner))
                }
                _ => None,
            });
            list.unwrap_or_else(|| vec![object])
        }
        _ => Vec::new(),
    }
}

/// Calls `each` with the fields of a record; those of its wrappers are its own.
fn flatten(object: &Map<String, Value>, each: &mut impl FnMut(&str, String)) {
    let wrapped = WRAPPERS.iter().any(|w| object.get(*w).is_some_and(Value::is_object));
    for (name, value) in object {
        match value {
            // What every feature says of itself.
            Value::String(text) if wrapped && name == "type" && text == "Feature" => {}
            Value::Object(inner) if WRAPPERS.contains(&name.as_str()) => flatten(inner, each),
            Value::Null => {}
            Value::String(text) => each(name, text.clone()),
            Value::Array(list) if list.iter().all(Value::is_string) => {
                let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                each(name, words.join("; "));
            }
            other => each(name, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Vec<String> {
        let records = records(Box::new(text.as_bytes()), Path::new("a.json")).unwrap();
        records.iter().map(|r| r.cells.iter().collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn lists_of_objects_are_tables() {
        let want = ["id|nom|themes", "A1|Labo|eau; bois", "2||"];
        let objects = r#"{"id":"A1","nom":"Labo","themes":["eau","bois"]},{"id":2,"nom":null}"#;
        assert_eq!(table(&format!("[{objects}]")), want);
        assert_eq!(table(&format!("{{\"total_count\":2,\"results\":[{objects}]}}")), want);
        assert_eq!(table(&objects.replace("},{", "}\n{")), want);
        let wrapped = r#"{"nhits":1,"records":[{"recordid":"x","fields":{"nom":"Labo","geo":[43.6,1.45]}}]}"#;
        assert_eq!(table(wrapped), ["recordid|nom|geo", "x|Labo|[43.6,1.45]"]);
        let error =
            |text: &str| records(Box::new(text.as_bytes()), Path::new("a.json")).unwrap_err().to_string();
        assert!(error("[1, 2]").contains("no list of records"));
        assert!(error("[{\"a\": }]").contains("a.json:1"));
    }
}
