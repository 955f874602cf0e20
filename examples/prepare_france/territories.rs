//! Communes, their levels and the perimeters of PETR and Pays.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::{Dictionary, Fallible, Record, degrees, records, write};

pub fn write_communes(data: &Path, out: &Path, communes: &[Record]) -> Fallible {
    let (mut density, mut typology, mut centrality, mut mountain) =
        (Dictionary::default(), Dictionary::default(), Dictionary::default(), Dictionary::default());
    let (mut epci, mut areas, mut departements) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut rows = Vec::new();
    for c in communes {
        let get = |k: &str| c[k].as_str();
        if !get("epci_2026").is_empty() {
            epci.insert(get("epci_2026"), (get("epci_nom"), get("epci_type")));
        }
        if !get("aav2020").is_empty() && get("aav2020") != "000" {
            areas.insert(get("aav2020"), get("lib_aav2020"));
        }
        departements.insert(get("departement"), get("region"));
        rows.push(vec![
            get("insee").into(),
            get("nom").into(),
            get("departement").into(),
            get("population").into(),
            get("population_municipale").into(),
            get("superficie_km2").into(),
            degrees(get("lon")),
            degrees(get("lat")),
            density.index(get("densite7")),
            typology.index(get("ruralite_acadie")),
            centrality.index(get("centralite")),
            mountain.index(get("montagne")),
            get("epci_2026").into(),
            get("ze2020").into(),
            get("uu2020").into(),
            if get("aav2020") == "000" { String::new() } else { get("aav2020").into() },
            get("cateaav2020").into(),
            get("taav2017").into(),
            get("bv2022").into(),
            get("zrr2018_overlay").into(),
        ]);
    }
    let header = [
        "code",
        "name",
        "departement",
        "population",
        "municipal_population",
        "area_km2",
        "lon",
        "lat",
        "density",
        "typology",
        "centrality",
        "mountain",
        "epci",
        "employment_zone",
        "urban_unit",
        "attraction_area",
        "attraction_category",
        "attraction_size",
        "living_area",
        "zrr",
    ];
    write(out, "communes", &header, rows)?;
    let labels =
        [("density", density), ("typology", typology), ("centrality", centrality), ("mountain", mountain)];
    write(
        out,
        "labels",
        &["table", "index", "label"],
        labels.iter().flat_map(|(table, d)| {
            d.0.iter().enumerate().map(|(i, l)| vec![(*table).to_owned(), i.to_string(), l.clone()])
        }),
    )?;
    write(
        out,
        "epci",
        &["code", "name", "type"],
        epci.iter()
            .map(|(code, (name, kind))| vec![(*code).to_owned(), (*name).to_owned(), (*kind).to_owned()]),
    )?;
    write(
        out,
        "attraction_areas",
        &["code", "name"],
        areas.iter().map(|(code, name)| vec![(*code).to_owned(), (*name).to_owned()]),
    )?;

    let names = |file: &str, code: &str, name: &str| -> Fallible<HashMap<String, String>> {
        let text = std::fs::read_to_string(data.join("contours").join(file))?;
        let document: serde_json::Value = serde_json::from_str(&text)?;
        let features = document["features"].as_array().cloned().unwrap_or_default();
        Ok(features
            .iter()
            .map(|f| {
                let text = |k: &str| f["properties"][k].as_str().unwrap_or_default().to_owned();
                (text(code), text(name))
            })
            .collect())
    };
    // The overseas collectivities have no contour in the sources; their names are constant.
    let collectivities = [
        ("975", "Saint-Pierre-et-Miquelon"),
        ("977", "Saint-Barthélemy"),
        ("978", "Saint-Martin"),
        ("984", "Terres australes et antarctiques françaises"),
        ("986", "Wallis-et-Futuna"),
        ("987", "Polynésie française"),
        ("988", "Nouvelle-Calédonie"),
        ("989", "Île de Clipperton"),
    ];
    let named = |map: &HashMap<String, String>, code: &str| -> String {
        let fallback = collectivities.iter().find(|(c, _)| *c == code).map_or(code, |(_, n)| n);
        map.get(code).cloned().unwrap_or_else(|| fallback.to_owned())
    };
    let departement_names = names("departements-2025.geojson", "insee_dep", "lib_dep")?;
    let region_names = names("regions-2025.geojson", "insee_reg", "lib_reg")?;
    // Collectivities are their own region.
    let region_of = |d: &str, r: &str| if r.is_empty() { d.to_owned() } else { r.to_owned() };
    write(
        out,
        "departements",
        &["code", "name", "region"],
        departements
            .iter()
            .map(|(d, r)| vec![(*d).to_owned(), named(&departement_names, d), region_of(d, r)]),
    )?;
    let regions: BTreeSet<String> = departements.iter().map(|(d, r)| region_of(d, r)).collect();
    write(
        out,
        "regions",
        &["code", "name"],
        regions.iter().map(|r| vec![r.clone(), named(&region_names, r)]),
    )?;

    let history = records(&data.join("communes/commune-code-history-2025.csv"))?;
    let mut changed: Vec<Vec<String>> = history
        .iter()
        .filter(|h| h["DEPCOM_HIST"] != h["DEPCOM"])
        .map(|h| vec![h["DEPCOM_HIST"].clone(), h["DEPCOM"].clone()])
        .collect();
    changed.sort();
    write(out, "commune_code_history", &["old", "code_2025"], changed)
}

/// PETR and Pays with the commune to stand for their seat.
pub struct Perimeter {
    pub code: String,
    pub name: String,
    pub seat: String,
}

pub fn write_perimeters(data: &Path, out: &Path, communes: &[Record]) -> Fallible<Vec<Perimeter>> {
    // One identifier of the source names two contracts; the second one by name gets a suffix.
    let rows = records(&data.join("territories/petr-pays-2019-epci.csv"))?;
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for r in &rows {
        labels.entry(&r["id_contrat"]).or_default().insert(&r["lib"]);
    }
    let code = |r: &Record| {
        let at = labels[r["id_contrat"].as_str()].iter().position(|l| *l == r["lib"]).unwrap_or(0);
        if at == 0 { r["id_contrat"].clone() } else { format!("{}-{}", r["id_contrat"], at + 1) }
    };
    let mut members = BTreeMap::new();
    for r in &rows {
        members.insert(
            (code(r), r["siren_epci_2026"].clone()),
            (r["lib"].clone(), r["n_communes_in"].clone(), r["n_communes_epci"].clone()),
        );
    }
    println!("PETR/Pays memberships: {} repeated rows left out", rows.len() - members.len());
    write(
        out,
        "petr_pays_epci",
        &["petr_pays", "epci", "communes_inside", "communes"],
        members
            .iter()
            .map(|((p, e), (_, inside, all))| vec![p.clone(), e.clone(), inside.clone(), all.clone()]),
    )?;

    let official = records(&data.join("territories/petr-banatic-contract-match.csv"))?;
    let mut best: HashMap<(&str, &str), &Record> = HashMap::new();
    for r in &official {
        best.insert((&r["id_contrat"], &r["contrat_lib"]), r);
    }
    let names: BTreeMap<String, (String, String)> = members
        .iter()
        .map(|((p, _), (lib, _, _))| {
            let id = p.split('-').next().unwrap_or(p);
            let siren = best.get(&(id, lib.as_str())).map(|r| r["siren"].clone()).unwrap_or_default();
            (p.clone(), (lib.clone(), siren))
        })
        .collect();
    write(
        out,
        "petr_pays",
        &["code", "name", "siren"],
        names.iter().map(|(c, (n, s))| vec![c.clone(), n.clone(), s.clone()]),
    )?;

    // The most populous commune stands for the seat, which the sources do not give.
    let of_epci: HashMap<&str, Vec<&str>> = members.keys().fold(HashMap::new(), |mut map, (p, e)| {
        map.entry(e.as_str()).or_insert_with(Vec::new).push(p.as_str());
        map
    });
    let mut seat: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for c in communes.iter().filter(|c| !c["lon"].is_empty()) {
        let population: u64 = c["population"].parse().unwrap_or(0);
        for p in of_epci.get(c["epci_2026"].as_str()).into_iter().flatten() {
            let entry = seat.entry(p).or_insert((population, &c["insee"]));
            if population > entry.0 {
                *entry = (population, &c["insee"]);
            }
        }
    }
    Ok(names
        .iter()
        .map(|(c, (name, _))| Perimeter {
            code: c.clone(),
            name: name.clone(),
            seat: seat.get(c.as_str()).map(|(_, s)| (*s).to_owned()).unwrap_or_default(),
        })
        .collect())
}
