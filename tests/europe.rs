//! A country that is not France: nothing French in what is said of it.

use std::fmt::Write as _;
use std::path::Path;

use rurban::diagnostics::{Place, Strictness};
use rurban::inventory::Inventory;
use rurban::linkage::NullModel;
use rurban::model::{Actor, ActorId, ActorKind, Cooperation, CooperationKind, Level, Rurality};
use rurban::progress::Silent;
use rurban::read::{ActorFile, ActorReader, CodeBook, OwnFiles, TerritoryTable, csv};
use rurban::report::{ExportFormat, Language, StudyFiles, study_summary};
use rurban::space::LonLat;
use rurban::study::{LinkageOptions, PlacedBy, RuralityDefinition, Study, StudyOptions};
use rurban::{Error, Undefined};

fn level(name: &str) -> Level {
    Level::Custom(name.to_owned())
}

/// Belgium and its neighbours, with levels above or without.
fn study(levels: bool, rurality: RuralityDefinition) -> Study {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/europe");
    let mut table = TerritoryTable::new(level("lau"), "lau").classes("degurba");
    if levels {
        table = table.parent(level("nuts3"), "nuts3").parent_prefix(level("country"), "nuts3", 2);
    }
    let rows = csv::Reader::default().open_path(folder.join("territories.csv")).unwrap();
    let (atlas, found) = table.read(rows).unwrap();
    assert_eq!((found.seen(), found.kept()), (4537, 4537), "{found}");
    let own = OwnFiles {
        actors: vec![ActorFile { path: folder.join("actors.csv"), kind: ActorKind::Organisation }],
        participations: vec![folder.join("participations.csv")],
        ..OwnFiles::default()
    };
    let mut builder = Inventory::builder(Strictness::Lenient);
    let ties = own.read(&mut builder, None, &CodeBook::default(), &mut |_, _, _| {}).unwrap();
    assert_eq!((ties.seen, ties.kept), (328, 328));
    Study::new(atlas, builder.finish().0, &StudyOptions::default().rurality(rurality), &Silent).unwrap().0
}

/// Words of the French administration and of the embedded France.
const FRENCH: [&str; 14] = [
    "commune",
    "epci",
    "petr",
    "pays",
    "gal",
    "département",
    "departement",
    "région",
    "insee",
    "lambert",
    "bourg",
    "habitant",
    "aire d’attraction",
    "territoires",
];

/// Words of a text that are French, outside names and codes of the data.
fn french(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '’').map(str::to_lowercase);
    words.filter(|w| FRENCH.contains(&w.as_str())).collect()
}

#[test]
fn nothing_french_is_said_of_another_country() {
    let study = study(true, "class:degurba=3".parse().unwrap());
    let countries = study.atlas().level(&level("country")).unwrap();
    assert_eq!(countries.territories().iter().map(|t| t.code.as_str()).collect::<Vec<_>>(), ["BE", "FR"]);
    // Ties over the border, and both sides of both countries.
    let labels = study.territory_labels(&level("country")).unwrap();
    let over = study.links().iter().filter(|l| labels.get(l.a as usize) != labels.get(l.b as usize)).count();
    assert!(over > 50, "{over}");
    let rural = study.places().iter().filter(|p| p.rurality() == Some(Rurality::Rural)).count();
    assert!(rural > 0 && rural < study.places().len() / 2, "{rural}");

    let files = StudyFiles::measure(&study, &Silent).unwrap();
    let summary = study_summary(&files, Language::English).unwrap();
    assert_eq!(french(&summary), Vec::<String>::new(), "{summary}");
    let folder = tempfile::tempdir().unwrap();
    let mut written = files.write_tables(folder.path(), &level("nuts3"), &Silent).unwrap();
    let formats = [ExportFormat::Gexf, ExportFormat::GraphMl, ExportFormat::NodeLink];
    written.extend(files.export(folder.path(), &level("nuts3"), &formats, &Silent).unwrap().0);
    assert_eq!(written.len(), 7);
    for path in written {
        let text = std::fs::read_to_string(&path).unwrap();
        let head = if path.extension().is_some_and(|e| e == "csv") {
            text.lines().next().unwrap().replace('_', " ")
        } else {
            // Attributes are declared in the first lines of graphs; names of bodies come after.
            text.lines().take(20).filter(|l| l.contains("attr")).collect()
        };
        assert_eq!(french(&head), Vec::<String>::new(), "{}: {head}", path.display());
    }
}

#[test]
fn no_levels_and_no_rurality_are_a_study_too() {
    let study = study(false, RuralityDefinition::default());
    assert_eq!(study.atlas().levels().len(), 1);
    assert!(study.places().iter().all(|p| p.rurality().is_none()));
    let files = StudyFiles::measure(&study, &Silent).unwrap();
    let summary = study_summary(&files, Language::English).unwrap();
    assert!(summary.contains("ACTORS"), "{summary}");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(files.write_tables(folder.path(), &level("lau"), &Silent).unwrap().len(), 4);
    let err = files.write_tables(folder.path(), &level("nuts3"), &Silent).unwrap_err();
    assert!(matches!(err, Error::Unknown { kind: "level", .. }) && err.to_string().contains("lau"), "{err}");
}

/// Eight municipalities with codes of two letters and a number.
fn small_country() -> rurban::atlas::Atlas {
    let mut text = "code,name,province,lon,lat\n".to_owned();
    for i in 1..=8 {
        writeln!(text, "M{i},Place {i},P{},{},47", i % 2, 10.0 + 0.1 * f64::from(i)).unwrap();
    }
    let table = TerritoryTable::new(level("municipality"), "code").parent(level("province"), "province");
    table.read(csv::Reader::default().open_str(&text, "municipalities.csv").unwrap()).unwrap().0
}

#[test]
fn actors_are_placed_by_codes_and_names_of_any_form() {
    let atlas = small_country();
    for (column, written) in [("commune", "M3"), ("commune", "Place 3"), ("code_commune", "M3")] {
        let text = format!("id,name,{column}\na,Atelier,{written}\n");
        let mut builder = Inventory::builder(Strictness::Lenient);
        let mut reader = ActorReader::new(ActorKind::Organisation, "own").places(&atlas);
        // A column that is called a code of communes must look like it, or be named.
        if column == "code_commune" {
            reader = reader.commune(column);
        }
        let found = reader.read_str(&text, "actors.csv", &mut builder).unwrap();
        assert!(
            found.findings().iter().all(|f| ["columns", "commune_by_name"].contains(&f.kind)),
            "{column} {written}: {found}"
        );
        let inventory = builder.finish().0;
        let (study, _) = Study::new(atlas.clone(), inventory, &StudyOptions::default(), &Silent).unwrap();
        let place = study.places()[0];
        assert_eq!((place.base, place.placed_by), (Some(2), Some(PlacedBy::Code)), "{column} {written}");
        assert!(place.point.is_some());
    }
}

#[test]
fn without_rural_and_urban_nothing_is_said_of_them() {
    let mut builder = Inventory::builder(Strictness::Lenient);
    for (id, lon) in [("a", 10.1), ("b", 10.801)] {
        let mut actor = Actor::new(ActorId::new(id).unwrap(), id, ActorKind::Organisation);
        actor.position = Some(LonLat::new(lon, 47.002).unwrap());
        builder.add_actor(actor, Place::file("actors")).unwrap();
    }
    let [a, b] = ["a", "b"].map(|id| ActorId::new(id).unwrap());
    let tie = Cooperation::new(a, b, CooperationKind::Other);
    builder.add_cooperation(tie, Place::file("ties")).unwrap();
    let inventory = builder.finish().0;
    // The density grid, which is the default, is not in these data.
    let (study, found) = Study::new(small_country(), inventory, &StudyOptions::default(), &Silent).unwrap();
    assert!(found.findings().iter().any(|f| f.kind == "no_rurality"), "{found}");
    let error = study.rurality_evidence(None, NullModel::Configuration).unwrap_err();
    assert_eq!(error.as_undefined(), Some(Undefined::NoTies), "{error}");
    let report = study.linkage(&LinkageOptions::default(), &Silent).unwrap();
    let why = report.parts[0].gravity.reason().unwrap();
    assert!(why.contains("no level `departement`") && why.contains("province"), "{why}");
    // Both are inside the plane of the data, a little beside the points of their municipalities.
    assert!(study.places().iter().all(|p| study.atlas().zones().zone_of(p.point.unwrap().into()).is_some()));
}
