//! The level that rural contracts make of communes, by overlay alone, against the membership derived
//! from it independently.

use std::collections::HashSet;
use std::sync::Arc;

use rurban::model::{Level, TerritoryCode};
use rurban::read::TerritoryReader;

use crate::common::real_data;

#[test]
#[ignore = "needs RURBAN_DATA: contours/communes-2022-1000m.geojson, territories/rural-contracts-2019*"]
fn rural_contracts_hold_the_communes_they_should() {
    let (mut atlas, _) = TerritoryReader::new(Level::Commune)
        .read_path(real_data("contours/communes-2022-1000m.geojson"))
        .unwrap();
    let contracts = real_data("territories/rural-contracts-2019.geojson");
    let (table, _) = rurban::read::geojson::Reader::default().read_path(contracts).unwrap();
    let text = |i: usize, name: &str| table.property(i, name).unwrap().as_text().unwrap().to_owned();
    // One identifier names two contracts: the second one needs a code of its own.
    let mut seen = HashSet::new();
    let units: Vec<(TerritoryCode, String)> = (0..table.len())
        .map(|i| {
            let id = text(i, "id");
            let code = if seen.insert(id.clone()) { id } else { format!("{id}-{i}") };
            (TerritoryCode::new(code).unwrap(), text(i, "lib"))
        })
        .collect();
    let level = Level::Custom("contrat de ruralité".to_owned());
    let layer = Arc::new(table.into_layer());
    let (overlay, found) = atlas.add_level_by_overlay(level.clone(), &units, layer, 0.5).unwrap();
    assert_eq!(found.dropped(), 0, "{found}");
    let odd: Vec<_> = overlay.shares.iter().filter(|s| !(s.of_a > 0.0 && s.of_a <= 1.0)).collect();
    assert!(odd.is_empty(), "{odd:?}");

    let mut ours: HashSet<(String, String)> = HashSet::new();
    for (member, unit) in atlas.level(&level).unwrap().memberships().iter() {
        let code = atlas.base().territories()[member as usize].code.to_string();
        ours.insert((code, units[unit as usize].1.clone()));
    }
    let mut theirs: HashSet<(String, String)> = HashSet::new();
    let mut reader =
        csv::Reader::from_path(real_data("territories/rural-contracts-2019-communes.csv")).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        theirs.insert((record[3].to_owned(), record[1].to_owned()));
    }
    // The published table put communes in by a point; by area, those on the border may differ, and
    // codes differ by four vintages.
    let both = ours.intersection(&theirs).count();
    println!("overlay {}, published {}, both {both}", ours.len(), theirs.len());
    assert!(both as f64 > 0.97 * theirs.len() as f64, "{both} of {}", theirs.len());
    assert!(both as f64 > 0.97 * ours.len() as f64, "{both} of {}", ours.len());
}
