//! A country that is not France: nothing French in what is said of it.

use std::path::Path;

use rurban::Error;
use rurban::diagnostics::Strictness;
use rurban::inventory::Inventory;
use rurban::model::{ActorKind, Level, Rurality};
use rurban::progress::Silent;
use rurban::read::{ActorFile, CodeBook, OwnFiles, TerritoryTable, csv};
use rurban::report::{ExportFormat, Language, StudyFiles, study_summary};
use rurban::study::{RuralityDefinition, Study, StudyOptions};

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
