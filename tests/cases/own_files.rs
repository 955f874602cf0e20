//! Files as people have them: exports, spreadsheets, lists made by hand. Each kind of quirk is read as it
//! is meant, or is a finding that says where it stands; every row is kept or dropped.

use rurban::Result;
use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::inventory::{Inventory, InventoryBuilder};
use rurban::model::{ActorKind, CommuneCode, CooperationKind, Level};
use rurban::read::{
    ActorReader, CodeBook, ColumnNames, Role, TerritoryReader, TieColumns, csv, read_cooperations,
    read_participations, territory_values,
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
    assert_eq!((found.seen(), found.kept(), found.dropped()), (5, 3, 2), "{found}");
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

/// A square of 0.1° as a feature.
fn square(code: &str, x: f64, y: f64) -> String {
    let (e, n) = (x + 0.1, y + 0.1);
    format!(
        r#"{{"type":"Feature","properties":{{"code":"{code}","nom":"N{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}],[{x},{y}]]]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

#[test]
fn lists_of_objects_are_tables() {
    let objects = r#"{"id":"A1","nom":"Labo","lon":1.45,"lat":43.6,"type":"laboratoire"},{"id":"A2","nom":"Fab","lon":0.6,"lat":43.65}"#;
    let overpass =
        r#"{"version":0.6,"elements":[{"type":"node","id":1,"lat":43.6,"lon":1.45,"tags":{"name":"Labo"}}]}"#;
    let opendatasoft =
        r#"{"total_count":1,"results":[{"id":"A1","nom":"Labo","geo_point_2d":{"lon":1.45,"lat":43.6}}]}"#;
    for (text, id) in [
        (format!("[{objects}]"), "A1"),
        (objects.replace("},{", "}\n{"), "A1"),
        (format!("{{\"data\":[{objects}]}}"), "A1"),
        (overpass.to_owned(), "1"),
        (opendatasoft.to_owned(), "A1"),
    ] {
        let (got, name, lon, _) = first(&text);
        assert_eq!((got.as_str(), name.as_str(), lon), (id, "Labo", Some(1.5)), "{text}");
    }
    // Ties as GeoJSON: its properties are a table.
    let (mut builder, _) = actors("id;nom;insee\nA1;Labo;31555\nA2;Fab;32013\n").unwrap();
    let folder = std::env::temp_dir().join(format!("rurban-ties-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("c.geojson");
    let tie = r#"{"type":"Feature","properties":{"source":"A1","target":"A2","poids":2},"geometry":{"type":"LineString","coordinates":[[1,43],[2,44]]}}"#;
    std::fs::write(&path, collection(&[tie.to_owned()])).unwrap();
    let found =
        read_cooperations(&path, &TieColumns::default(), CooperationKind::Other, "c", &mut builder).unwrap();
    assert_eq!((found.kept(), found.count("unknown_kind")), (1, 0), "{found}");
    assert_eq!(builder.finish().0.ties()[0].weight, 2.0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn columns_are_known_by_the_words_that_tell() {
    for header in ["Code_INSEE_commune", "commune_insee_code", "com_code", "codeinsee_com", "N° INSEE"] {
        let (_, _, _, commune) = first(&format!("id;nom;code_postal;{header}\nA1;Labo;31000;31555\n"));
        assert_eq!(commune.as_deref(), Some("31555"), "{header}");
    }
    for (x, y) in [("adresse_lon", "adresse_lat"), ("result_longitude", "result_latitude"), ("Long.", "Lat.")]
    {
        let (_, _, lon, _) = first(&format!("id;nom;{y};{x}\nA1;Labo;43,6;1,45\n"));
        assert_eq!(lon, Some(1.5), "{x}");
    }
    for (x, y) in [("point_x", "point_y"), ("X_LAMBERT93", "Y_LAMBERT93"), ("abscisse", "ordonnee")] {
        let (_, _, lon, _) = first(&format!("id;nom;{x};{y}\nA1;Labo;574357;6279642\n"));
        assert_eq!(lon, Some(1.4), "{x}");
    }
    for name in ["Nom du tiers-lieu", "nom_complet", "Libellé long", "Établissement"] {
        let text = format!("id;{name};Nom du contact;lon;lat\nA1;Labo;Dupont;1,45;43,6\n");
        assert_eq!(first(&text).1, "Labo", "{name}");
    }
    // Ends of ties whose columns are called otherwise are known by the actors they hold.
    let (mut builder, _) = actors("id;nom;insee\nA1;Labo;31555\nA2;Ferme;32013\n").unwrap();
    let folder = std::env::temp_dir().join(format!("rurban-ends-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("c.csv");
    std::fs::write(&path, "Année;Laboratoire;Exploitation\n2020;Labo;Ferme\n").unwrap();
    let columns = TieColumns::default();
    let found = read_cooperations(&path, &columns, CooperationKind::Other, "c", &mut builder).unwrap();
    assert_eq!(found.kept(), 1, "{found}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn decimal_commas_in_a_file_of_commas_are_put_together() {
    let (got, _, lon, _) = first("id,nom,lon,lat\nA1,Labo,1,45,43,6\nA2,Fablab,0,6,43,65\n");
    assert_eq!((got.as_str(), lon), ("A1", Some(1.5)));
    let (builder, found) = actors("id,nom,lon,lat\nA1,Labo,-1,55,47,2\nA2,\"Fab, lab\",0,6,43,65\n").unwrap();
    assert_eq!(found.count("decimal_commas"), 1, "{found}");
    let position = builder.actor(0).unwrap().position.unwrap();
    assert!((position.lon() + 1.55).abs() < 1e-9 && (position.lat() - 47.2).abs() < 1e-9);
    assert_eq!(builder.actor(1).unwrap().name, "Fab, lab");
    // What cannot be told is said.
    let (_, found) = actors("id,nom,lon,lat\nA1,Labo,1,45,43\nA2,Fab,0,43,65\n").unwrap();
    assert_eq!(found.count("cells_too_many"), 1, "{found}");
    // A table with points is left alone.
    let (_, found) = actors("id,nom,lon,lat\nA1,Labo,1.45,43.6\n").unwrap();
    assert_eq!(found.count("decimal_commas") + found.count("cells_too_many"), 0);
}

#[test]
fn territories_that_overlap_are_reported() {
    let read = |features: &[String]| {
        let reader = TerritoryReader::new(Level::Commune).check_crossings();
        reader.read_from(collection(features).as_bytes(), "t.geojson").unwrap().1
    };
    // Side by side, and one with an enclave: no overlap.
    let apart = [square("32013", 0.5, 43.5), square("32107", 0.6, 43.5), square("32001", 0.5, 43.6)];
    assert_eq!(read(&apart).count("overlap"), 0);
    let found = read(&[square("32013", 0.5, 43.5), square("32107", 0.58, 43.58)]);
    assert_eq!(found.count("overlap"), 1, "{found}");
    assert!(
        found.to_string().contains("4.0 % of 32013") || found.to_string().contains("4.0 % of 32107"),
        "{found}"
    );
    // One drawn twice under two codes.
    assert_eq!(read(&[square("32013", 0.5, 43.5), square("32107", 0.5, 43.5)]).count("overlap"), 1);
    // Borders that were simplified apart are no overlap.
    let found = read(&[square("32013", 0.5, 43.5), square("32107", 0.5999, 43.5)]);
    assert_eq!(found.count("overlap"), 0, "{found}");
}

#[test]
fn what_is_mended_is_measured_and_points_are_no_outlines() {
    let parts = r#"{"type":"Feature","properties":{"code":"32013","nom":"Auch"},"geometry":{"type":"Polygon","coordinates":[
        [[0.5,43.5],[0.6,43.5],[0.6,43.6],[0.5,43.6],[0.5,43.5]],[[0.7,43.5],[0.8,43.5],[0.8,43.6],[0.7,43.6],[0.7,43.5]]]}}"#;
    let point = r#"{"type":"Feature","properties":{"code":"32107","nom":"Condom"},"geometry":{"type":"Point","coordinates":[0.37,43.95]}}"#;
    let text = collection(&[parts.to_owned(), point.to_owned(), square("32001", 0.5, 43.5)]);
    let reader = TerritoryReader::new(Level::Commune).check_crossings();
    let (atlas, found) = reader.read_from(text.as_bytes(), "t.geojson").unwrap();
    let area = |i: usize| atlas.base().territories()[i].area_km2;
    assert!((area(0).unwrap() / area(2).unwrap() - 2.0).abs() < 0.01, "{found}");
    assert_eq!((area(1), found.count("no_outline"), found.count("misplaced_ring")), (None, 1, 1), "{found}");
    assert!((atlas.base().territories()[1].point.unwrap().lat() - 43.95).abs() < 1e-9);
    // Nothing is left: the account says why.
    let text = collection(&[square("", 0.5, 43.5), square("", 0.7, 43.5)]);
    let error =
        TerritoryReader::new(Level::Commune).read_from(text.as_bytes(), "t.geojson").unwrap_err().to_string();
    assert!(error.contains("0 kept, 2 dropped") && error.contains("no_code"), "{error}");
}

#[test]
fn tables_and_geojson_judge_coordinates_alike() {
    // The same four places in several systems.
    let systems: [(&str, [[f64; 2]; 4]); 5] = [
        (
            "lambert_2",
            [
                [527_900.0, 1_845_600.0],
                [459_000.0, 1_851_000.0],
                [600_000.0, 2_428_000.0],
                [795_000.0, 2_087_000.0],
            ],
        ),
        (
            "lambert_93",
            [
                [574_357.0, 6_279_642.0],
                [505_400.0, 6_285_600.0],
                [652_000.0, 6_862_000.0],
                [1_179_000.0, 6_105_000.0],
            ],
        ),
        (
            "web_mercator",
            [
                [161_413.0, 5_403_000.0],
                [66_791.0, 5_410_700.0],
                [261_600.0, 6_250_500.0],
                [687_000.0, 6_295_000.0],
            ],
        ),
        (
            "conic_zone",
            [
                [1_700_000.0, 5_200_000.0],
                [1_690_000.0, 5_190_000.0],
                [1_710_000.0, 5_210_000.0],
                [1_750_000.0, 5_150_000.0],
            ],
        ),
        ("swapped_axes", [[43.6, 1.45], [43.65, 0.6], [48.85, 2.35], [49.1, 6.2]]),
    ];
    for (kind, places) in systems {
        let rows: Vec<String> = (0..).zip(places).map(|(i, [x, y])| format!("A{i};{x};{y}\n")).collect();
        let (table, by_table) = actors(&format!("id;x;y\n{}", rows.concat())).unwrap();
        let features: Vec<String> = (0..)
            .zip(places)
            .map(|(i, [x, y])| {
                format!(r#"{{"type":"Feature","properties":{{"id":"A{i}"}},"geometry":{{"type":"Point","coordinates":[{x},{y}]}}}}"#)
            })
            .collect();
        let (map, by_map) = actors(&collection(&features)).unwrap();
        assert!(by_table.count(kind) == 4 && by_map.count(kind) > 0, "{kind}: {by_table} {by_map}");
        for i in 0..4 {
            let at = |b: &InventoryBuilder| b.actor(i).unwrap().position.map(|p| [p.lon(), p.lat()]);
            let (Some(a), Some(b)) = (at(&table), at(&map)) else {
                panic!("{kind} {i}: {by_table} {by_map}")
            };
            assert!((a[0] - b[0]).abs() < 1e-9 && (a[1] - b[1]).abs() < 1e-9, "{kind} {a:?} {b:?}");
            assert!((-5.0..10.0).contains(&a[0]) && (41.0..51.2).contains(&a[1]), "{kind} {a:?}");
        }
    }
}

#[test]
fn a_programme_in_the_column_of_projects_is_said() {
    let rows: String = (0..600).map(|i| format!("A{i};LEADER")).collect::<Vec<_>>().join("\n");
    let ids: String = (0..600).map(|i| format!("A{i};N{i};32013")).collect::<Vec<_>>().join("\n");
    let (mut builder, _) = actors(&format!("id;nom;insee\n{ids}")).unwrap();
    let folder = std::env::temp_dir().join(format!("rurban-large-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("p.csv");
    std::fs::write(&path, format!("acteur;projet\n{rows}")).unwrap();
    let kind = CooperationKind::TerritorialProject;
    let found = read_participations(&path, &TieColumns::default(), kind, "p", &mut builder).unwrap();
    assert_eq!((found.kept(), found.count("large_project")), (600, 1), "{found}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(feature = "xlsx")]
#[test]
fn workbooks_are_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/actors.xlsx");
    let mut builder = Inventory::builder(Strictness::Lenient);
    let found = ActorReader::new(ActorKind::Organisation, "a").read_path(path, &mut builder).unwrap();
    let got: Vec<_> = builder
        .actors()
        .iter()
        .map(|a| (a.id.as_str(), a.commune.map(|c| c.to_string()).unwrap_or_default(), a.kind, a.capacity))
        .collect();
    let want = [
        ("1", "31555", ActorKind::ResearchCentre, Some(12.0)),
        ("2", "01053", ActorKind::InnovationPlace, Some(3.5)),
        ("3", "32013", ActorKind::Enterprise, None),
        ("4", "32107", ActorKind::Organisation, Some(1200.0)),
    ];
    let want = want.map(|(id, code, kind, capacity)| (id, code.to_owned(), kind, capacity));
    assert_eq!(got, want, "{found}");
    for kind in ["sheet", "header_line", "lost_zero", "note"] {
        assert_eq!(found.count(kind), 1, "{kind}: {found}");
    }
    assert_eq!(builder.actor(0).unwrap().name, "Labo d’été");
    assert_eq!(builder.actor(0).unwrap().position.map(|p| (p.lon(), p.lat())), Some((1.45, 43.6)));
}

#[cfg(feature = "france-data")]
#[test]
fn former_communes_are_rural_or_urban_and_parts_are_said() {
    use rurban::france::EmbeddedFrance;
    let france = EmbeddedFrance::load().unwrap();
    let renamed = EmbeddedFrance::commune_code_history()
        .unwrap()
        .into_iter()
        .map(|(old, new)| (old.to_string(), new.to_string()))
        .collect();
    // Two former communes of Valserhône, which are known by code only.
    let text = collection(&[square("01091", 5.8, 46.1), square("01205", 5.9, 46.1)]);
    let (mut atlas, _) =
        TerritoryReader::new(Level::Commune).read_from(text.as_bytes(), "t.geojson").unwrap();
    let found = atlas.fill_from(&france.atlas, &renamed, Strictness::Lenient).unwrap();
    assert!(
        atlas.rurality(&Level::Commune).unwrap().iter().all(|r| r.class.is_some() && r.rural_share.is_some())
    );
    assert_eq!(found.count("former_code"), 2, "{found}");
    // The département has many more.
    let ain = atlas.level(&Level::Departement).unwrap();
    let all = ain.territories()[ain.find("01").unwrap()].members_in_all;
    assert!(all.is_some_and(|n| n > 300), "{all:?} {found}");
    assert!(found.count("partial_territory") > 0 && found.to_string().contains("2 of its"), "{found}");
}

/// Régions have numbers that départements have too; a file of communes names their EPCI as well.
#[cfg(feature = "france-data")]
#[test]
fn outlines_go_to_the_level_they_are_of() {
    use rurban::france::EmbeddedFrance;
    let feature = |properties: &str, x: f64| {
        let (e, s, n) = (x + 0.1, 47.0, 47.1);
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{x},{s}],[{e},{s}],[{e},{n}],[{x},{n}],[{x},{s}]]]}}}}"
        )
    };
    let taken = |features: &[String]| {
        let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","));
        let reader = TerritoryReader::new(Level::Custom("contours".to_owned()));
        let (contours, found) = reader.read_from(text.as_bytes(), "t.geojson").unwrap();
        let mut atlas = EmbeddedFrance::load().unwrap().atlas;
        (atlas.take_outlines(&contours).unwrap().0, contours.base().territories().len(), found)
    };
    let regions = [("11", "Île-de-France"), ("24", "Centre-Val de Loire"), ("27", "Bourgogne-Franche-Comté")];
    let features: Vec<String> = regions
        .iter()
        .enumerate()
        .map(|(i, (code, name))| {
            feature(&format!("\"insee_reg\":\"{code}\",\"lib_reg\":\"{name}\""), i as f64)
        })
        .collect();
    assert_eq!(taken(&features).0, Level::Region);
    let communes = ["01001", "01002", "01004", "01005"];
    let features: Vec<String> = communes
        .iter()
        .enumerate()
        .map(|(i, code)| {
            let epci = ["200069193", "240100883"][i % 2];
            feature(&format!("\"epci\":\"{epci}\",\"code\":\"{code}\",\"nom\":\"n\""), i as f64)
        })
        .collect();
    let (level, kept, found) = taken(&features);
    assert_eq!((level, kept), (Level::Commune, 4), "{found}");
}

/// What a first run is given: a list from a spreadsheet, ties by name, outlines of EPCI in Lambert-93.
#[cfg(feature = "france-data")]
#[test]
fn a_first_run_of_three_files_ends_on_the_map() {
    use rurban::france::EmbeddedFrance;
    use rurban::progress::Silent;
    use rurban::read::OwnFiles;
    use rurban::study::{Study, StudyOptions};
    let file = |name: &str| {
        std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/first_run")).join(name)
    };
    let mut france = EmbeddedFrance::load().unwrap();
    france.draw_approximate_outlines(&Silent).unwrap();
    let (contours, found) =
        TerritoryReader::new(Level::Custom("contours".to_owned())).read_path(file("epci.geojson")).unwrap();
    assert_eq!(found.count("lambert_93"), 1, "{found}");
    let (level, found) = france.atlas.take_outlines(&contours).unwrap();
    assert_eq!((level, found.count("mixed_outlines")), (Level::Epci, 1), "{found}");
    let own = OwnFiles {
        actors: vec![file("acteurs.csv").display().to_string().parse().unwrap()],
        cooperations: vec![file("liens.csv")],
        ..OwnFiles::default()
    };
    let mut builder = Inventory::builder(Strictness::Lenient);
    let mut all = Diagnostics::new(Strictness::Lenient);
    let book = EmbeddedFrance::code_book().unwrap();
    let mut on_file = |_: &str, _: &std::path::Path, found: &Diagnostics| all.merge(found.clone());
    let ties = own.read(&mut builder, Some(&france.atlas), &book, &mut on_file).unwrap();
    assert_eq!((ties.seen, ties.kept), (4, 3), "{all}");
    for (kind, count) in
        [("lost_zero", 1), ("arrondissement", 1), ("windows_1252", 1), ("matched_by_name", 6)]
    {
        assert_eq!(all.count(kind), count, "{kind}: {all}");
    }
    let (inventory, _) = builder.finish();
    let kinds: Vec<ActorKind> = inventory.actors().iter().map(|a| a.kind).collect();
    assert_eq!(
        kinds[..5],
        [
            ActorKind::ResearchCentre,
            ActorKind::InnovationPlace,
            ActorKind::Enterprise,
            ActorKind::Cluster,
            ActorKind::Gal
        ]
    );
    assert!(inventory.ties().iter().any(|t| t.kind == CooperationKind::Membership), "{all}");
    let (study, _) = Study::new(france.atlas, inventory, &StudyOptions::default(), &Silent).unwrap();
    assert!(study.places().iter().all(|p| p.base.is_some()) && study.links().len() == 3);
}

/// Lists that people keep say the name of a commune and its département or postcode, not its code.
#[cfg(feature = "france-data")]
#[test]
fn communes_are_found_by_name() {
    use rurban::france::EmbeddedFrance;
    let atlas = EmbeddedFrance::load().unwrap().atlas;
    let list = "Nom;Type;Commune;Département\nA;Labo;Auch;32\nB;PME;L'Isle Jourdain;Gers\nC;PME;St-Clar;32\n\
                D;Université;TOULOUSE CEDEX 9;31\nE;GAL;Saint-Martin;\nF;GAL;Nulle-Part;32\n";
    let read = |text: &str| {
        let mut builder = Inventory::builder(Strictness::Lenient);
        let reader = ActorReader::new(ActorKind::Cluster, "a").places(&atlas);
        let found = reader.read_str(text, "a.csv", &mut builder).unwrap();
        let of = |a: &rurban::model::Actor| a.commune.as_ref().map_or(String::new(), ToString::to_string);
        (builder.finish().0.actors().iter().map(of).collect::<Vec<_>>(), found)
    };
    let (codes, found) = read(list);
    assert_eq!(codes, ["32013", "32160", "32370", "31555", "", ""], "{found}");
    for (kind, count) in [("commune_by_name", 4), ("ambiguous_commune", 1), ("unknown_commune_name", 1)] {
        assert_eq!(found.count(kind), count, "{kind}: {found}");
    }
    let (codes, found) = read("Dénomination;CP Ville\nLabo;31000 TOULOUSE\nUsine;32600 L ISLE JOURDAIN\n");
    assert_eq!(codes, ["31555", "32160"], "{found}");
    // Codes win over names.
    let (codes, found) = read("nom;commune;code_commune\nA;Auch;32160\n");
    assert_eq!((codes, found.count("commune_by_name")), (vec!["32160".to_owned()], 0), "{found}");
}
