//! Where actors of a list lie that has names of communes, postcodes and départements, and codes for some:
//! what is written together is held together, and never is another place taken.

use std::sync::OnceLock;

use rurban::atlas::Atlas;
use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::model::ActorKind;
use rurban::read::{ActorFile, ActorReader, CodeBook, OwnFiles, ParticipantReader};

fn france() -> &'static (Atlas, CodeBook) {
    static FRANCE: OnceLock<(Atlas, CodeBook)> = OnceLock::new();
    FRANCE.get_or_init(|| (EmbeddedFrance::load().unwrap().atlas, EmbeddedFrance::code_book().unwrap()))
}

/// The communes of the actors of a file, blank where there is none; all rows are kept.
fn read_with(book: &CodeBook, name: &str, text: &str) -> (Vec<String>, Diagnostics) {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let reader = ActorReader::new(ActorKind::Organisation, "a").codes(book.clone()).places(&france().0);
    let found = reader.read_str(text, name, &mut builder).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(found.seen(), found.kept() + found.dropped(), "{found}");
    let of = |a: &rurban::model::Actor| a.commune.as_ref().map_or(String::new(), ToString::to_string);
    (builder.finish().0.actors().iter().map(of).collect(), found)
}

fn read(text: &str) -> (Vec<String>, Diagnostics) {
    read_with(&france().1, "a.csv", text)
}

/// Reads rows under `header`, each with the code it must get.
fn rows(header: &str, want: &[(&str, &str)]) -> Diagnostics {
    let lines: Vec<String> = want.iter().map(|(cells, _)| format!("A;{cells}\n")).collect();
    let (codes, found) = read(&format!("Nom;{header}\n{}", lines.concat()));
    assert_eq!(codes.len(), want.len(), "{found}");
    for ((cells, code), got) in want.iter().zip(&codes) {
        assert_eq!(got, code, "{cells}: {found}");
    }
    found
}

fn counts<const N: usize>(found: &Diagnostics, want: [(&str, usize); N]) {
    for (kind, count) in want {
        assert_eq!(found.count(kind), count, "{kind}: {found}");
    }
}

/// All that was found of a kind, in words.
fn said(found: &Diagnostics, kind: &str) -> String {
    let of = found.findings().iter().filter(|f| f.kind == kind);
    of.map(|f| f.message.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_name_is_held_against_its_postcode() {
    let found = rows(
        "Ville;CP",
        &[
            ("Auch;32000", "32013"),
            ("Vitry s/Seine;94400", "94081"),
            ("TOULOUSE CEDEX 9;31059", "31555"),
            ("Château-Chinon (Ville);58120", "58062"),
            // New communes keep the old name in theirs.
            ("EVRY;91000", "91228"),
            ("EVRY CEDEX;91000", "91228"),
            ("VIRE;14500", "14762"),
            ("DOUE;49700", "49125"),
            ("CONDE;14770", "14174"),
            ("ST OUEN;93400", "93070"),
            ("HERBLAY;95220", "95306"),
            ("CHAMONIX;74400", "74056"),
            ("CHEMILLE;49120", "49092"),
            // The postcode has but one commune.
            ("LA DEFENSE;92400", "92026"),
            ("SOPHIA ANTIPOLIS;06560", "06152"),
            ("Mülhausen;68100", "68224"),
            ("Fourqueux;78112", "78551"),
            // A postcode of the neighbours in the same département.
            ("Auch;32550", "32013"),
            ("LE THEIL;61260", ""),
            ("EVRY;91025", ""),
            ("Auch;99999", ""),
        ],
    );
    let want = [
        ("commune_by_name", 4),
        ("commune_by_part_of_name", 9),
        ("commune_by_postcode", 4),
        ("commune_beside_postcode", 1),
        ("commune_not_there", 3),
        ("no_place", 3),
    ];
    counts(&found, want);
    let said = said(&found, "commune_not_there");
    for remedy in [
        "Ceton (61079), Val-au-Perche (61484); left out: give the code of the commune",
        "is it Évry-Courcouronnes (91228)?",
        "lies in the département of the postcode 99999",
    ] {
        assert!(said.contains(remedy), "{said}");
    }
    // The same in one cell.
    rows("CP Ville", &[("91000 EVRY", "91228"), ("45100 ORLEANS LA SOURCE", "45234")]);
}

#[test]
fn without_the_book_a_postcode_tells_the_departement() {
    let text = "Nom;Ville;CP\nA;EVRY;91000\nB;Auch;32550\nC;LA DEFENSE;92400\nD;;75012\n";
    let (codes, found) = read_with(&CodeBook::default(), "a.csv", text);
    assert_eq!(codes, ["", "32013", "", ""], "{found}");
    counts(&found, [("commune_not_there", 1), ("unknown_commune_name", 1)]);
}

#[test]
fn a_departement_that_has_no_such_commune_places_nobody() {
    let found = rows(
        "Ville;Département",
        &[
            ("VIRE;Calvados", ""),
            ("VIRE;14", ""),
            ("VIRE;14 - Calvados", ""),
            ("VIRE;Calvados (14)", ""),
            ("VIRE;014", ""),
            ("DOUE;Maine-et-Loire (49)", ""),
            ("Évry;91", ""),
            ("Évry (91);", ""),
            ("Évry, Essonne;", ""),
            ("Auch;1", ""),
            ("Caen;14 - Calvados", "14118"),
            ("Caen;014", "14118"),
            // Unknown words are no hint; a digit has lost its zero.
            ("Auch;à vérifier", "32013"),
            ("Bourg-en-Bresse;1", "01053"),
            ("Saint-Denis;Seine-St-Denis", "93066"),
            ("Bastia;20", "2B033"),
            ("Bastia;2b", "2B033"),
        ],
    );
    counts(&found, [("commune_not_there", 10), ("commune_by_name", 7)]);
    assert!(said(&found, "commune_not_there").contains("is it Vire Normandie (14762)?"), "{found}");
    // With both, each must agree; the border is known by the table of postcodes.
    let found = rows(
        "Ville;CP;Département",
        &[
            ("Claret;05110;04", "04058"),
            ("Claret;05110;05", "04058"),
            ("Claret;05110;32", ""),
            ("EVRY;91000;91", "91228"),
            ("EVRY;91000;75", ""),
            (";75012;75", "75056"),
            (";75012;Gers", ""),
        ],
    );
    counts(&found, [("commune_not_there", 3), ("commune_by_name", 2), ("commune_by_part_of_name", 1)]);
}

#[test]
fn postcodes_get_back_the_zero_that_a_spreadsheet_took() {
    let want = [
        ("9500;MIREPOIX", "09194"),
        ("6560;SOPHIA ANTIPOLIS", "06152"),
        ("1000.0;Bourg en Bresse", "01053"),
        ("F-75012;Paris", "75056"),
        ("75 012;Paris", "75056"),
    ];
    let found = rows("CP;Ville", &want);
    counts(&found, [("commune_by_name", 4), ("commune_by_postcode", 1)]);
    rows("CP Ville", &[("9500 Mirepoix", "09194")]);
}

#[test]
fn rows_without_a_code_are_placed_by_name_and_postcode() {
    let text = "Nom;Code INSEE;Code postal;Commune\nA;32013;32000;Auch\nB;;91000;EVRY\nC;#N/A;9500;Mirepoix\n\
                D;32600;32600;L'Isle Jourdain\nE;;78112;\nF;99999;32000;Auch\nG;99999;;Nulle-Part\nH;;;\nI;31555;31000;\n";
    let (codes, found) = read(text);
    assert_eq!(
        codes,
        ["32013", "91228", "09194", "32160", "78551", "32013", "99999", "", "31555"],
        "{found}"
    );
    for (kind, count) in [
        ("commune_by_name", 3),
        ("commune_by_part_of_name", 1),
        ("commune_by_postcode", 1),
        ("postcode_as_code", 1),
        ("bad_commune_code", 1),
        ("unknown_commune", 1),
        ("no_place", 1),
    ] {
        assert_eq!(found.count(kind), count, "{kind}: {found}");
    }
    assert!(!found.to_string().contains("not used"), "{found}");
    let json = r#"[{"id":"a","nom":"A","code_insee":"32013"},{"id":"b","nom":"B","commune":"Vire","code_postal":"14500"},
                   {"id":"c","nom":"C","code_insee":null,"code_postal":92400}]"#;
    let (codes, found) = read_with(&france().1, "a.json", json);
    assert_eq!(codes, ["32013", "14762", "92026"], "{found}");
    // Where all codes are postcodes, with the name in the cell or without.
    let (codes, found) = read("Nom;Commune\nA;32600 L'ISLE JOURDAIN\nB;75012 PARIS\nC;31000\nD;75012\n");
    assert_eq!(codes, ["32160", "75056", "31555", "75056"], "{found}");
    // A postcode that is the code of another commune too, and a name that tells.
    let (codes, found) = read(
        "Nom;Code INSEE;Commune\nA;14500;Vire\nB;14210;Évrecy\nC;14210;\nD;75012;Boulogne-Billancourt\n",
    );
    assert_eq!(codes, ["14762", "14257", "14371", "92012"], "{found}");
}

#[test]
fn a_postcode_of_one_commune_is_a_place() {
    let (codes, found) = read("Nom;CP\nA;78112\nB;92400\nC;75012\nD;32600\nE;99999\nF;x\nG;\nH;1090\n");
    assert_eq!(codes, ["78551", "92026", "75056", "", "", "", "", ""], "{found}");
    for (kind, count) in [("commune_by_postcode", 3), ("postcode_of_several", 2), ("unknown_postcode", 2)] {
        assert_eq!(found.count(kind), count, "{kind}: {found}");
    }
    assert!(said(&found, "postcode_of_several").contains("Auradé (32016)"), "{found}");
    // Actors with a position need none; lists without a place are told what places them.
    let (codes, found) = read("Nom;CP;lon;lat\nA;78112;2.1;48.9\n");
    assert_eq!((codes, found.count("commune_by_postcode")), (vec![String::new()], 0), "{found}");
    let (_, found) = read("Nom;Effectif\nA;1\n");
    assert!(found.to_string().contains("postcode="), "{found}");
}

#[test]
fn former_names_are_told_the_remedy() {
    let found = rows("Ville;Note", &[("Annecy-le-Vieux;x", ""), ("Cherbourg;y", "")]);
    counts(&found, [("unknown_commune_name", 2)]);
    let said = said(&found, "unknown_commune_name");
    for remedy in ["give its code or a postcode beside", "is it Cherbourg-en-Cotentin (50129)?"] {
        assert!(said.contains(remedy), "{said}");
    }
}

#[test]
fn own_files_know_postcodes_where_the_embedded_france_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "Nom;Ville;CP\nA;EVRY;91000\nB;;92400\n").unwrap();
    let own =
        OwnFiles { actors: vec![ActorFile { path, kind: ActorKind::Organisation }], ..OwnFiles::default() };
    let mut france = EmbeddedFrance::load().unwrap();
    let beside = rurban::france::OwnBeside::Nothing;
    france.read_own(&own, beside, Strictness::Lenient, &mut |_, _, _| {}).unwrap();
    let communes: Vec<_> = france.inventory.actors().iter().filter_map(|a| a.commune).collect();
    assert_eq!(
        communes.iter().map(rurban::model::CommuneCode::as_str).collect::<Vec<_>>(),
        ["91228", "92026"]
    );
}

#[test]
fn cities_of_participants_lie_where_their_postcodes_say() {
    let text = "projectID,organisationID,name,city,postCode\n7,1,A,EVRY,91000\n7,2,B,Auch,32000\n\
                7,3,C,ALENCON CEDEX,61014\n7,4,D,Saint-Martin,32300\n7,5,E,Saint-Martin,\n";
    let mut builder = Inventory::builder(Strictness::Lenient);
    let (atlas, book) = france();
    let reader = ParticipantReader::new("x").codes(book.clone()).communes(atlas.base());
    let found = reader.read_str(text, "organization.csv", &mut builder).unwrap();
    assert_eq!((found.kept(), found.dropped()), (5, 0), "{found}");
    let inventory = builder.finish().0;
    let communes: Vec<_> =
        inventory.actors().iter().map(|a| a.commune.map_or(String::new(), |c| c.to_string())).collect();
    assert_eq!(communes, ["", "32013", "61001", "32389", ""], "{found}");
    counts(&found, [("city_elsewhere", 1), ("homonym_city", 1), ("no_place", 2)]);
}
