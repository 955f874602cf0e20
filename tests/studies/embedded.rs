//! The walk on the embedded France, against the tables' own derivation.

#![cfg(feature = "france-data")]

use rurban::atlas::Atlas;
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::model::CooperationKind;
use rurban::progress::Silent;
use rurban::study::{LinkSummary, PlacedBy, Study, StudyOptions};

fn study() -> Study {
    let france = EmbeddedFrance::load().unwrap();
    let (study, diagnostics) =
        Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    assert_eq!(diagnostics.kept(), study.places().len());
    println!("{diagnostics}");
    study
}

#[test]
fn interreg_links_reproduce_the_published_projection() {
    let study = study();
    let of_interreg = |l: &&rurban::study::Link| l.kind == CooperationKind::TerritorialProject;
    let links: Vec<_> = study.links().iter().filter(of_interreg).collect();
    assert_eq!(links.len(), 1_309);
    let multi = study.inventory().projects().iter().filter(|p| p.participants.len() > 1).count();
    assert_eq!(multi, 314);

    // The published classes use only the commune codes that the source states.
    let by_code = |actor: u32| matches!(study.places()[actor as usize].placed_by, Some(PlacedBy::Code));
    let stated = links.iter().filter(|l| by_code(l.a) && by_code(l.b)).copied();
    let s = LinkSummary::of(stated);
    assert_eq!((s.urban_urban, s.urban_rural, s.rural_rural), (958, 177, 62));
    assert_eq!(links.len() - s.total() + s.unclassed, 112);

    // Positions class most of the others.
    let s = LinkSummary::of(links.iter().copied());
    println!("{s:?}");
    assert_eq!(s.total(), 1_309);
    assert!(s.unclassed < 40, "{s:?}");
}

#[test]
fn every_commune_point_is_in_its_own_territory_at_every_level() {
    let mut france = EmbeddedFrance::load().unwrap();
    france.draw_approximate_outlines(&Silent).unwrap();
    let base = france.atlas.base().territories();
    // Points off the coarse coast are in no cell; all others are in their own.
    let mut off = 0;
    for level in france.atlas.levels() {
        let locator = france.atlas.locator(level.level()).unwrap();
        let of = level.membership();
        for (i, t) in base.iter().enumerate() {
            let (Some(point), Some(own)) = (t.point, of.get(i)) else { continue };
            match locator.locate_all(point.into()) {
                none if none.is_empty() => off += 1,
                found => assert!(found.contains(&(own as u32)), "{} {} {:?}", level.level(), t.code, found),
            }
        }
    }
    assert!(off < 1_000, "{off}");
}

#[test]
fn inputs_of_a_study_are_written_and_read_back() {
    let mut france = EmbeddedFrance::load().unwrap();
    france.draw_approximate_outlines(&Silent).unwrap();
    let atlas = serde_json::to_string(&france.atlas).unwrap();
    let read: Atlas = serde_json::from_str(&atlas).unwrap();
    assert_eq!(read, france.atlas);
    let inventory = serde_json::to_string(&france.inventory).unwrap();
    let read: Inventory = serde_json::from_str(&inventory).unwrap();
    assert_eq!(read, france.inventory);
    assert_eq!(read.find(read.actors()[7].id.as_str()), Some(7));
    let options = serde_json::to_string(&StudyOptions::default()).unwrap();
    assert_eq!(serde_json::from_str::<StudyOptions>(&options).unwrap(), StudyOptions::default());

    let refused = |text: &str| serde_json::from_str::<Inventory>(text).unwrap_err().to_string();
    let tie = r#"{"from":0,"to":9,"kind":"other","weight":1,"period":null,"themes":[],"funding_eur":null,"source":""}"#;
    assert!(refused(&format!(r#"{{"ties":[{tie}]}}"#)).contains("position of an actor"));
    assert!(
        serde_json::from_str::<Atlas>(r#"{"levels":[],"attributes":[],"zones":null,"rurality":null}"#)
            .is_err()
    );
}
