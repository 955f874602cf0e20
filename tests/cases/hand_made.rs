//! Tables made by hand: numbered partners, lists in a cell, subtotals and headings among the rows. No tie
//! is made up, and what is no actor, tie or activity is told.

use std::path::PathBuf;

use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::inventory::{Inventory, InventoryBuilder};
use rurban::model::{ActorKind, CooperationKind, ProjectRole};
use rurban::read::{ActorReader, TieColumns, read_cooperations, read_participations};

/// Reads a list of actors; all rows are accounted for.
fn actors(text: &str) -> (InventoryBuilder, Diagnostics) {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let reader = ActorReader::new(ActorKind::Organisation, "a");
    let found = reader.read_str(text, "a.csv", &mut builder).unwrap();
    assert_eq!(found.seen(), found.kept() + found.dropped(), "{found}");
    (builder, found)
}

/// Actors called A to E.
fn letters() -> InventoryBuilder {
    actors("id;nom\nA;Alpha\nB;Beta\nC;Gamma\nD;Delta\nE;Epsilon\n").0
}

fn file(name: &str, text: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rurban-hand-made-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The ties of a table as pairs of letters, and the account.
fn ties(name: &str, text: &str) -> rurban::Result<(Vec<String>, Inventory, Diagnostics)> {
    let mut builder = letters();
    let path = file(name, text);
    let columns = TieColumns::default();
    let found = read_cooperations(path, &columns, CooperationKind::Other, "c", &mut builder)?;
    assert_eq!(found.seen(), found.kept() + found.dropped(), "{found}");
    let (inventory, _) = builder.finish();
    let id = |i: u32| inventory.actors()[i as usize].id.to_string();
    let pairs = inventory.ties().iter().map(|t| id(t.from) + &id(t.to)).collect();
    Ok((pairs, inventory, found))
}

/// The participations of a table as `project:letter`, a star for leaders, and the account.
fn parts(name: &str, text: &str) -> (Vec<String>, Diagnostics) {
    let mut builder = letters();
    let path = file(name, text);
    let kind = CooperationKind::TerritorialProject;
    let found = read_participations(path, &TieColumns::default(), kind, "p", &mut builder).unwrap();
    assert_eq!(found.seen(), found.kept() + found.dropped(), "{found}");
    let (inventory, _) = builder.finish();
    let mut out = Vec::new();
    for project in inventory.projects() {
        for (actor, role) in &project.participants {
            let star = if *role == ProjectRole::Lead { "*" } else { "" };
            out.push(format!("{}:{}{star}", project.id, inventory.actors()[*actor as usize].id));
        }
    }
    (out, found)
}

#[test]
fn numbered_partners_are_partners_of_the_other_column() {
    let text =
        "Structure;Partenaire 1;Partenaire 2;Partenaire 3\nAlpha;Beta;Gamma;\nDelta;;;Epsilon\nBeta;;;\n";
    let (pairs, _, found) = ties("numbered.csv", text).unwrap();
    assert_eq!(pairs, ["AB", "AC", "DE"], "{found}");
    assert_eq!((found.kept(), found.dropped(), found.count("no_actor")), (3, 1, 1), "{found}");
    // Two partners and nobody else are each other's; more are not.
    for rest in ["Année\nA;B;2020", "Financeur\nA;B;C", "Source\nA;B;C", "Nom\nA;B;Projet 1"] {
        let (pairs, _, found) = ties("pair.csv", &format!("Partenaire 1;Partenaire 2;{rest}\n")).unwrap();
        assert_eq!(pairs, ["AB"], "{rest}{found}");
    }
    // Under whatever name an actor stands before its partners, or after them under a usual one.
    for text in [
        "Laboratoire;Partenaire 1;Partenaire 2\nA;B;C\n",
        "Partenaire 1;Partenaire 2;Chef de file\nB;C;A\n",
        "Année;Nom;Partenaire 1;Partenaire 2\n2020;A;B;C\n",
        "Structure;Partenaire;Partenaire;Financeur\nA;B;C;D\n",
    ] {
        assert_eq!(ties("before.csv", text).unwrap().0, ["AB", "AC"], "{text}");
    }
    let (pairs, _, found) = ties("unknown.csv", "Structure;Partenaire 1;Partenaire 2\nZeta;B;C\n").unwrap();
    assert_eq!((pairs.len(), found.count("unknown_actor")), (0, 1), "{found}");
    let text = "Projet;Partenaire 1;Partenaire 2;Partenaire 3\nEau;A;B;C\n";
    let error = ties("nobody.csv", text).unwrap_err().to_string();
    assert!(error.contains("numbered") && error.contains("source=COLUMN"), "{error}");
    let (got, _) = parts("projects.csv", text);
    assert_eq!(got, ["Eau:A", "Eau:B", "Eau:C"]);
    let text = "Projet;Porteur;Partenaire 1;Partenaire 2\nEau;A;B;C\nBois;D;A;\nSeul;E;;\n";
    let (got, found) = parts("led.csv", text);
    assert_eq!(got, ["Eau:A*", "Eau:B", "Eau:C", "Bois:D*", "Bois:A", "Seul:E*"], "{found}");
}

#[test]
fn lists_in_a_cell_are_taken_apart() {
    let text = "Porteur;Partenaires\nA;Beta / Gamma\nD;\"B, Zeta\"\nE;Alpha\n";
    let (pairs, _, found) = ties("lists.csv", text).unwrap();
    assert_eq!(pairs, ["AB", "AC", "DB", "EA"], "{found}");
    assert_eq!((found.count("several_in_cell"), found.count("unknown_actor")), (2, 1), "{found}");
    let (pairs, ..) = ties("plural.csv", "Structure;Partenaires;Financeur\nA;B;C\nD;\"B\nE\";C\n").unwrap();
    assert_eq!(pairs, ["AB", "DB", "DE"]);
    let (_, _, found) = ties("no.csv", "Porteur;Partenaire\nA;B\nA;\"Y, Z\"\n").unwrap();
    assert!(found.to_string().contains("several actors in one cell"), "{found}");
    let (got, found) = parts("p.csv", "Projet;Partenaires\nEau;\"A ; B\"\nBois;\"Alpha, Delta\"\n");
    assert_eq!(got, ["Eau:A", "Eau:B", "Bois:A", "Bois:D"], "{found}");
    let (got, found) = parts("both.csv", "Projet;Porteur;Partenaires\nEau;A;B / C\nBois;D;Alpha\n");
    assert_eq!(got, ["Eau:A*", "Eau:B", "Eau:C", "Bois:D*", "Bois:A"], "{found}");
    // Who leads may be named in every row.
    let text = "Projet;Acteur;Porteur\nEau;B;A\nEau;C;A\nEau;A;A\n";
    assert_eq!(parts("rows.csv", text).0, ["Eau:A*", "Eau:B", "Eau:C"]);
}

#[test]
fn a_weight_in_words_and_an_open_period_keep_the_tie() {
    let text =
        "source;target;poids;date;statut\nA;B;2;2019;\nA;C;3;depuis 2015;\nA;D;forte;09/2017;en cours\n";
    let (pairs, inventory, found) = ties("weights.csv", text).unwrap();
    assert_eq!(pairs, ["AB", "AC", "AD"], "{found}");
    let weights: Vec<f64> = inventory.ties().iter().map(|t| t.weight).collect();
    let years: Vec<_> = inventory.ties().iter().filter_map(|t| t.period).map(|p| (p.from, p.to)).collect();
    assert_eq!((weights, years), (vec![2.0, 3.0, 1.0], vec![(2019, 2019), (2015, 2015), (2017, 2017)]));
    assert_eq!(
        (found.count("bad_weight"), found.count("open_period"), found.dropped()),
        (1, 2, 0),
        "{found}"
    );
    assert_eq!(found.count("bad_period"), 0, "{found}");
    let (_, inventory, found) = ties("since.csv", "source;target;depuis\nA;B;2012\nA;C;\n").unwrap();
    assert_eq!(inventory.ties()[0].period.map(|p| p.to), Some(2012));
    assert_eq!(found.count("open_period"), 1, "{found}");
}

#[test]
fn projects_are_the_same_however_they_are_spelt() {
    let text = "projet;acteur\nCircuit court;A\ncircuit  court;B\nCIRCUIT COURT;C\nCircuit-court;D\n";
    let (got, found) = parts("spelt.csv", text);
    assert_eq!(got, ["Circuit court:A", "Circuit court:B", "Circuit court:C", "Circuit-court:D"]);
    assert_eq!(found.count("project_spelling"), 2, "{found}");
}

#[test]
fn a_matrix_ties_each_marked_pair_once() {
    let text = ";Alpha;Beta;Gamma;Delta\nAlpha;x;1;0;\nBeta;1;x;x;\nGamma;0;;x;3\nDelta;;;2;x\n";
    let (pairs, inventory, found) = ties("matrix.csv", text).unwrap();
    assert_eq!(pairs, ["AB", "BC", "CD"], "{found}");
    let weights: Vec<f64> = inventory.ties().iter().map(|t| t.weight).collect();
    assert_eq!((weights, found.kept(), found.dropped()), (vec![1.0, 1.0, 3.0], 3, 0), "{found}");
    assert_eq!((found.count("tie_matrix"), found.count("lopsided_matrix")), (1, 1), "{found}");
    // Below the diagonal only, by identifier, with an actor that is not there.
    let text = "id;A;B;C;Z\nA;;;;\nB;oui;;;\nC;non;Adhésion;;\nZ;1;;;\n";
    let (pairs, inventory, found) = ties("half.csv", text).unwrap();
    assert_eq!((pairs, found.count("unknown_actor")), (vec!["BA".to_owned(), "CB".to_owned()], 2), "{found}");
    assert_eq!(inventory.ties()[1].kind, CooperationKind::Membership);
}

#[test]
fn totals_and_headings_are_no_actors() {
    let text = "Type;Nom;INSEE;Effectif\n;Laboratoires;;\nLabo;L1;31555;4\nLabo;L2;31555;5\nLabo;L3;32013;6\n\
                ;Sous-total laboratoires : 3;;\n;Pôles et clusters;;\nPôle;P1;31555;4\nPôle;P2;31555;5\n\
                Pôle;P3;32013;6\n;Total pôles;;15\n;Total général;;30\nEnt.;TotalEnergies;31555;\n";
    let (builder, found) = actors(text);
    let names: Vec<&str> = builder.actors().iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["L1", "L2", "L3", "P1", "P2", "P3", "TotalEnergies"], "{found}");
    assert_eq!((found.count("total_row"), found.count("section_row"), found.dropped()), (3, 2, 5), "{found}");
    // The figure of a total may stand under the identifiers.
    let (builder, found) =
        actors("Nom;INSEE;id\nL1;31555;a\nL2;31555;b\nTotal général;;15\nEnsemble;31555;c\n");
    assert_eq!((builder.actors().len(), found.count("total_row")), (3, 1), "{found}");
    let (builder, found) = actors("id;nom\n1;Ensemble\n2;Ensemble scolaire du Gers\n3;Total Énergies\n");
    assert_eq!((builder.actors().len(), found.dropped()), (3, 0), "{found}");
    // Where a name is often all there is, it makes an actor; and so does one that no others follow.
    for text in [
        "Nom;Type;INSEE;Effectif\nL1;Labo;31555;1\nL2;;;\nL3;Labo;31555;1\nL4;;;\nL5;Labo;31555;1\nL6;;;\nL7;Labo;32013;2\n",
        "Type;Nom;INSEE\nL;L1;31555\nL;L2;31555\nL;L3;31555\nL;L4;31555\nL;L5;31555\nL;L6;31555\n;L7;\n",
        "nom;commune\nL1;31555\nL2;31555\nL3;31555\nL4;31555\nL5;31555\nL6;\nL7;32013\n",
    ] {
        let (builder, found) = actors(text);
        assert_eq!((builder.actors().len(), found.dropped()), (7, 0), "{text}{found}");
    }
}
