//! Files as people have them: exports, spreadsheets, lists made by hand. Each kind of quirk is read as it
//! is meant, or is a finding that says where it stands; every row is kept or dropped.

use rurban::Result;
use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::inventory::{Inventory, InventoryBuilder};
use rurban::model::{ActorKind, CommuneCode, CooperationKind, Level};
use rurban::read::{
    ActorReader, CodeBook, ColumnNames, Role, TerritoryReader, TieColumns, csv, read_cooperations,
    territory_values,
};

/// Reads a list of actors; all rows are accounted for.
fn actors(text: &str) -> Result<(InventoryBuilder, Diagnostics)> {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let found = ActorReader::new(ActorKind::Organisation, "a").read_str(text, "a.csv", &mut builder)?;
    assert_eq!(found.seen(), found.kept() + found.dropped(), "{found}");
    Ok((builder, found))
}

/// The first actor: its identifier, name, longitude rounded to tenths, commune.
fn first(text: &str) -> (String, String, Option<f64>, Option<String>) {
    let (builder, found) = actors(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let (inventory, _) = builder.finish();
    let actor = inventory.actors().first().unwrap_or_else(|| panic!("{text}: {found}"));
    (
        actor.id.to_string(),
        actor.name.clone(),
        actor.position.map(|p| (p.lon() * 10.0).round() / 10.0),
        actor.commune.map(|c| c.to_string()),
    )
}

#[test]
fn known_exports_are_read_as_they_are() {
    let opendatasoft = "id;nom;geo_point_2d;code_insee\nA1;Labo;43.6, 1.45;31555\n";
    let geo_shape = "id;nom;Geo Point;Geo Shape;insee\nA1;Labo;43.6, 1.45;\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [1.45, 43.6]}\";31555\n";
    let sirene = "siren,nic,siret,denominationUniteLegale,codeCommuneEtablissement,coordonneeLambertAbscisseEtablissement,coordonneeLambertOrdonneeEtablissement\n\
                  350123456,00012,35012345600012,Labo,31555,574357,6279642\n350123456,00020,35012345600020,B,32013,505400,6285600\n";
    let located = "siret;x;y;epsg;plg_code_commune;y_latitude;x_longitude\n35012345600012;574000;6279000;2154;31555;43.6;1.45\n";
    let post =
        "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;_geopoint\n31555;TOULOUSE;31000;43.6, 1.45\n";
    let banatic =
        "Commune siège;N° SIREN;Nom du groupement;Nature juridique\n31555 - Toulouse;200066926;CA Essai;CA\n";
    let facilities = "AN;DEP;DEPCOM;TYPEQU;LAMBERT_X;LAMBERT_Y;LONGITUDE;LATITUDE\n2023;31;31555;D201;574357;6279642;1.45;43.6\n";
    let survey =
        "\"Q1. Quel est le nom de votre structure ?\",\"Q2. Code INSEE de la commune\"\nLabo,31555\n";
    for (text, id, name, lon) in [
        (opendatasoft, "A1", "Labo", Some(1.5)),
        (geo_shape, "A1", "Labo", Some(1.5)),
        (sirene, "35012345600012", "Labo", Some(1.4)),
        (located, "35012345600012", "35012345600012", Some(1.5)),
        (post, "a:1", "TOULOUSE", Some(1.5)),
        (banatic, "200066926", "CA Essai", None),
        (facilities, "a:1", "a:1", Some(1.5)),
        (survey, "a:1", "Labo", None),
    ] {
        let (got_id, got_name, got_lon, commune) = first(text);
        assert_eq!(
            (got_id.as_str(), got_name.as_str(), commune.as_deref()),
            (id, name, Some("31555")),
            "{text}"
        );
        match (got_lon, lon) {
            (Some(got), Some(want)) => assert!((got - want).abs() < 0.11, "{text}: {got}"),
            (got, want) => assert_eq!(got, want, "{text}"),
        }
    }
}

#[test]
fn columns_are_taken_by_what_they_hold_and_that_is_said() {
    let text = "id;nom;commune;code_commune\nA1;Labo;Toulouse;31555\n";
    let (_, found) = actors(text).unwrap();
    let said = found.findings().iter().find(|f| f.kind == "columns").unwrap();
    assert!(said.message.contains("commune: `code_commune`"), "{said}");
    // Given by name, whatever it is called; one that is not there is refused with those that are.
    let text = "Numéro;Appellation;Où\n7;Labo;31555\n";
    let mut builder = Inventory::builder(Strictness::Lenient);
    let names = ColumnNames::parse(["id=Numéro", "name=appellation", "commune=Où"]).unwrap();
    ActorReader::new(ActorKind::Cluster, "a").columns(names).read_str(text, "a.csv", &mut builder).unwrap();
    let actor = builder.actor(0).unwrap();
    assert_eq!((actor.id.as_str(), actor.name.as_str(), actor.commune.is_some()), ("7", "Labo", true));
    let names = ColumnNames::default().with(Role::Commune, "Ville");
    let reader = ActorReader::new(ActorKind::Cluster, "a").columns(names);
    let error = reader.read_str(text, "a.csv", &mut builder).unwrap_err().to_string();
    assert!(error.contains("Ville") && error.contains("Appellation"), "{error}");
    // Neither coordinates nor codes: said.
    let (_, found) = actors("id;nom;ville\nA1;Labo;Toulouse\n").unwrap();
    assert_eq!(found.count("no_place_column"), 1, "{found}");
}

#[test]
fn codes_are_put_right_alike_for_actors_figures_and_territories() {
    let code = |c: &str| CommuneCode::new(c).unwrap();
    let features: Vec<String> = ["01033", "01053", "31555", "75056"]
        .iter()
        .map(|c| format!(r#"{{"type":"Feature","properties":{{"insee":"{c}"}},"geometry":null}}"#))
        .collect();
    let collection = |f: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, f.join(","));
    let text = collection(&features);
    let (atlas, _) = TerritoryReader::new(Level::Commune).read_from(text.as_bytes(), "t.geojson").unwrap();
    let book = CodeBook::new(&[(code("01091"), code("01033"))]);
    for (written, want, kind) in [
        ("=\"31555\"", "31555", "formula_cells"),
        ("31555.0", "31555", "code_unglued"),
        ("31\u{202f}555", "31555", "code_unglued"),
        ("1053", "01053", "lost_zero"),
        ("75103", "75056", "arrondissement"),
        ("01091", "01033", "former_code"),
        ("31555 - Toulouse", "31555", "code_among_words"),
    ] {
        let text = format!("id;nom;code_insee;n\nA;Labo;{written};1\nB;Fab;31555;1\n");
        let mut builder = Inventory::builder(Strictness::Lenient);
        let reader = ActorReader::new(ActorKind::Cluster, "a").codes(book.clone()).communes(atlas.base());
        let found = reader.read_str(&text, "a.csv", &mut builder).unwrap();
        assert_eq!(
            builder.actor(0).unwrap().commune.map(|c| c.to_string()).as_deref(),
            Some(want),
            "{found}"
        );
        assert_eq!(found.count(kind), 1, "{written}: {found}");
        let text = format!("codgeo;emplois\n{written};12\n");
        let table = csv::Reader::default().open_str(&text, "v.csv").unwrap();
        let (values, found) =
            rurban::read::territory_values_by(table, atlas.base(), "emplois", &ColumnNames::default(), &book)
                .unwrap();
        assert_eq!(values[atlas.base().find(want).unwrap()], 12.0, "{written}: {found}");
    }
    // As codes of territories, where it is not known which there are.
    for (written, want) in
        [("1053", "01053"), ("32013.0", "32013"), ("=\\\"32013\\\"", "32013"), ("2a004", "2A004")]
    {
        let feature = format!(r#"{{"type":"Feature","properties":{{"insee":"{written}"}},"geometry":null}}"#);
        let text = collection(&[feature]);
        let (atlas, found) =
            TerritoryReader::new(Level::Commune).read_from(text.as_bytes(), "t.geojson").unwrap();
        assert!(atlas.base().find(want).is_some(), "{written}: {found}");
    }
}

#[test]
fn territories_come_with_the_names_that_institutes_give() {
    let read = |level: Level, properties: &str| {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{properties},"geometry":null}}]}}"#
        );
        let (atlas, found) = TerritoryReader::new(level).read_from(text.as_bytes(), "t.geojson").unwrap();
        let t = &atlas.base().territories()[0];
        (t.code.to_string(), t.name.clone(), t.population, atlas.levels().len(), found)
    };
    let old = r#"{"ID":"COMMUNE_01","NOM":"Auch","INSEE_COM":"32013","POPULATION":22200,"INSEE_DEP":"32","SIREN_EPCI":"200066926"}"#;
    let (code, name, population, levels, _) = read(Level::Commune, old);
    assert_eq!((code.as_str(), name.as_str(), population, levels), ("32013", "Auch", Some(22200.0), 3));
    let new = r#"{"cleabs":"COMMUNE_01","code_insee":"32013","nom_officiel":"Auch","population":"22 200"}"#;
    let (code, name, population, ..) = read(Level::Commune, new);
    assert_eq!((code.as_str(), name.as_str(), population), ("32013", "Auch", Some(22200.0)));
    let epci = r#"{"ID":"EPCI____0001","CODE_SIREN":"200066926","NOM":"CA Essai","population":"beaucoup"}"#;
    let (code, _, population, _, found) = read(Level::Epci, epci);
    assert_eq!((code.as_str(), population, found.count("column_content")), ("200066926", None, 1), "{found}");
    let cut = r#"{"CODE_COMMU":"32013","NOM_COMMUN":"Auch"}"#;
    assert_eq!(read(Level::Commune, cut).1, "Auch");
}

#[test]
fn parts_of_one_territory_are_one() {
    let feature = |x: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"32013","nom":"Auch"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},43],[{},43],[{},43.1],[{x},43]]]}}}}"#,
            x + 0.1,
            x + 0.1
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
        feature(0.5),
        feature(0.7),
        feature(0.5)
    );
    let (atlas, found) =
        TerritoryReader::new(Level::Commune).read_from(text.as_bytes(), "t.geojson").unwrap();
    assert_eq!((found.seen(), found.kept(), found.dropped()), (3, 2, 1), "{found}");
    assert_eq!((found.count("part"), found.count("duplicate_code")), (1, 1));
    assert_eq!(atlas.base().geometry().unwrap().polygons(0).count(), 2);
}

#[test]
fn actors_of_geojson_follow_the_rules_of_tables() {
    let text = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":"way/2","properties":{"Libellé":"Labo","Type":"Tiers-lieu"},
         "geometry":{"type":"Polygon","coordinates":[[[1,43],[1.2,43],[1.2,43.2],[1,43.2],[1,43]]]}},
        {"type":"Feature","id":"node/1","properties":{"Libellé":"Fab","Code INSEE":"1053"},"geometry":null}]}"#;
    let (builder, found) = actors(text).unwrap();
    let (a, b) = (builder.actor(0).unwrap(), builder.actor(1).unwrap());
    assert_eq!(
        (a.id.as_str(), a.name.as_str(), a.kind),
        ("way/2", "Labo", ActorKind::InnovationPlace),
        "{found}"
    );
    assert!(a.position.is_some_and(|p| (p.lon() - 1.1).abs() < 0.1), "{found}");
    assert_eq!(b.commune.map(|c| c.to_string()).as_deref(), Some("01053"));
}

#[test]
fn ties_by_name_and_what_cannot_be_read_are_said() {
    let (mut builder, _) =
        actors("siret;nom;code_insee\n350 123 456 00012;Labo d'Été;31555\nB;Fablab;32013\nC;Double;32013\nD;double;32013\n")
            .unwrap();
    let folder = std::env::temp_dir().join(format!("rurban-own-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("c.csv");
    let text = "Acteur 1;Acteur 2;Type;Date;Poids\nlabo d'ete;FABLAB;Convention;43709;1\n35012345600012;B;Adhésion;19;\n\
                Double;B;;2019;1\nB;ZZ;;2019;1\nC;D;;01/09/2019;forte\n";
    std::fs::write(&path, text).unwrap();
    let columns = TieColumns::default();
    let found = read_cooperations(&path, &columns, CooperationKind::Other, "c", &mut builder).unwrap();
    assert_eq!((found.seen(), found.kept(), found.dropped()), (5, 2, 3), "{found}");
    for (kind, count) in [
        ("matched_by_name", 3),
        ("unknown_kind", 1),
        ("serial_date", 1),
        ("bad_period", 1),
        ("ambiguous_name", 1),
        ("unknown_actor", 1),
        ("bad_weight", 1),
    ] {
        assert_eq!(found.count(kind), count, "{kind}: {found}");
    }
    let (inventory, _) = builder.finish();
    assert_eq!(inventory.ties()[1].kind, CooperationKind::Membership);
    // Strict inventories stop at the first of them.
    let mut strict = Inventory::builder(Strictness::Strict);
    ActorReader::new(ActorKind::Cluster, "a")
        .read_str("id;nom;insee\nB;Fablab;32013\n", "a.csv", &mut strict)
        .unwrap();
    let error = read_cooperations(&path, &columns, CooperationKind::Other, "c", &mut strict).unwrap_err();
    assert!(error.to_string().contains("c.csv:2"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn identifiers_that_a_spreadsheet_spoilt_lose_no_actor() {
    let (builder, found) = actors("siret;nom;insee\n3,50E+13;Labo;31555\n3,50E+13;Fab;32013\n").unwrap();
    assert_eq!((builder.actors().len(), found.count("rounded_id")), (2, 2), "{found}");
    let (builder, _) = actors("id;nom;insee\n1.0;Labo;31555\nTotal;;\n").unwrap();
    assert_eq!((builder.actors().len(), builder.actor(0).unwrap().id.as_str()), (1, "1"));
    // Two lists that both number from 1: said.
    let (mut builder, _) = actors("id;nom;insee\n1;Labo;31555\n").unwrap();
    let found = ActorReader::new(ActorKind::Cluster, "b").read_str(
        "id;nom;insee\n1;Usine;31555\n",
        "b.csv",
        &mut builder,
    );
    assert_eq!(found.unwrap().dropped(), 1);
    assert!(builder.finish().1.to_string().contains("name another column"));
}

#[test]
fn figures_are_read_with_the_whole_column_in_view() {
    let feature = |c: &str| format!(r#"{{"type":"Feature","properties":{{"code":"{c}"}},"geometry":null}}"#);
    let all = ["01", "02", "03", "2A"].map(feature).join(",");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{all}]}}"#);
    let (atlas, _) =
        TerritoryReader::new(Level::Departement).read_from(text.as_bytes(), "t.geojson").unwrap();
    let read = |text: &str| {
        let table = csv::Reader::default().open_str(text, "v.csv").unwrap();
        territory_values(table, atlas.base(), "Emplois").unwrap()
    };
    let (values, found) = read(
        "Code;Département;Emplois\n1;Ain;164.189\n02;Aisne;67.863\n2023-DEP-03;Allier;950\n2a;Corse;1.234\n",
    );
    assert_eq!(values, [164_189.0, 67_863.0, 950.0, 1234.0], "{found}");
    assert_eq!((found.count("grouped_thousands"), found.count("lost_zero")), (1, 1), "{found}");
    let (values, _) =
        read("Code;Département;Emplois\n01;Ain;0.189\n02;Aisne;67.863\n03;Allier;95.125\n2A;Corse;1.234\n");
    assert_eq!(values, [0.189, 67.863, 95.125, 1.234]);
    let (_, found) = read("dep;Emplois\nAin;3\n20;3\n01;NC\n");
    assert_eq!((found.count("unknown_territory"), found.count("blank_value")), (2, 1), "{found}");
}

#[test]
fn a_reading_that_fails_gives_its_account_too() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"polygon","coordinates":[]}}]}"#;
    let error =
        TerritoryReader::new(Level::Commune).read_from(text.as_bytes(), "t.geojson").unwrap_err().to_string();
    assert!(error.contains("0 kept, 1 dropped") && error.contains("unknown_geometry_type"), "{error}");
}
