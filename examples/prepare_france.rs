//! Writes the embedded France (`fixtures/france/*.csv`) from the public tables it is derived from.
//!
//! `cargo run --example prepare_france -- DATA_FOLDER [OUT_FOLDER]`
//!
//! Only facts and figures are selected and joined; no contour is copied or derived. What was left
//! out, and why, is printed with its count. `fixtures/README.md` gives sources and licences.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Parser;

type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Derive the embedded France from the public tables.
#[derive(Parser)]
struct Arguments {
    /// Folder with the public tables (communes/, territories/, actors/, cooperations/ …).
    data: PathBuf,
    /// Where to write.
    #[arg(default_value = "fixtures/france")]
    out: PathBuf,
}

/// A record of a source table, by column name.
type Record = HashMap<String, String>;

fn records(path: &Path) -> Fallible<Vec<Record>> {
    let mut reader = csv::Reader::from_path(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

/// Writes a table; returns nothing but says how many rows it has.
fn write(out: &Path, name: &str, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Fallible {
    let path = out.join(format!("{name}.csv"));
    let mut writer = csv::Writer::from_path(&path)?;
    writer.write_record(header)?;
    let mut count = 0;
    for row in rows {
        writer.write_record(&row)?;
        count += 1;
    }
    writer.flush()?;
    println!("{name}: {count} rows, {} kB", std::fs::metadata(&path)?.len() / 1000);
    Ok(())
}

/// Index of each label in order of first use, so that long labels are written once.
#[derive(Default)]
struct Dictionary(Vec<String>);

impl Dictionary {
    fn index(&mut self, label: &str) -> String {
        if label.is_empty() || label.starts_with("- ") {
            return String::new();
        }
        let at = self.0.iter().position(|l| l == label).unwrap_or_else(|| {
            self.0.push(label.to_owned());
            self.0.len() - 1
        });
        at.to_string()
    }
}

/// Lower case without accents and punctuation, for matching names.
fn plain(name: &str) -> String {
    let mut text = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'à' | 'â' | 'ä' | 'á' => text.push('a'),
            'é' | 'è' | 'ê' | 'ë' => text.push('e'),
            'î' | 'ï' | 'í' => text.push('i'),
            'ô' | 'ö' | 'ó' => text.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => text.push('u'),
            'ç' => text.push('c'),
            c if c.is_alphanumeric() => text.push(c),
            _ => text.push(' '),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Kind of an Interreg partner from words of its name; the source does not say it.
fn kind_from_name(name: &str) -> &'static str {
    let name = format!(" {} ", plain(name));
    let has = |words: &[&str]| words.iter().any(|w| name.contains(&format!(" {w} ")));
    if has(&["petr", "syndicat mixte du pays"]) || (name.starts_with(" pays ") && !has(&["agricole"])) {
        "petr_pays"
    } else if has(&["groupe d action locale", "gal"]) {
        "gal"
    } else if has(&["pole de competitivite", "cluster", "competitiveness"]) {
        "cluster"
    } else if has(&[
        "universite",
        "university",
        "universitaire",
        "cnrs",
        "inra",
        "inrae",
        "irstea",
        "cemagref",
        "ifremer",
        "brgm",
        "inserm",
        "cirad",
        "ecole",
        "institut",
        "institute",
        "laboratoire",
        "laboratory",
        "recherche",
        "research",
        "insa",
        "cea",
    ]) {
        "research_centre"
    } else if has(&[
        "communaute de communes",
        "communaute d agglomeration",
        "communaute urbaine",
        "metropole",
        "communaute des communes",
        "agglomeration",
        "eurometropole",
    ]) {
        "epci"
    } else if has(&["incubateur", "pepiniere", "technopole", "living lab", "fablab"]) {
        "innovation_place"
    } else if has(&["sarl", "sas", "sa", "ltd", "gmbh", "societe"]) {
        "enterprise"
    } else if has(&["reseau", "network", "federation"]) {
        "network"
    } else {
        "organisation"
    }
}

/// Research fields and the word beginnings that name them, in French and English.
const FIELDS: [(&str, &[&str]); 16] = [
    ("mathematics", &["mathem", "statisti", "probabilit"]),
    (
        "computing",
        &[
            "informati",
            "comput",
            "numeri",
            "digital",
            "robot",
            "software",
            "algorith",
            "automati",
            "signal",
            "data",
            "cyber",
            "telecom",
            "network",
        ],
    ),
    (
        "physics",
        &[
            "physi",
            "optic",
            "photon",
            "astro",
            "laser",
            "plasma",
            "quant",
            "particle",
            "accelerat",
            "synchrotron",
            "nuclear",
            "nucleaire",
        ],
    ),
    ("chemistry", &["chemi", "chimi", "cataly", "polym", "molecul", "electrochem"]),
    (
        "materials and engineering",
        &[
            "material",
            "materiau",
            "mechani",
            "mecani",
            "engineer",
            "ingenierie",
            "genie",
            "process",
            "procede",
            "nano",
            "metal",
            "textile",
            "manufactur",
            "microelectronic",
            "electronic",
        ],
    ),
    (
        "earth and climate",
        &[
            "earth", "terre", "geolog", "geoscien", "geophys", "climat", "atmosph", "glaci", "volcan",
            "mineral", "mining", "meteo",
        ],
    ),
    ("marine", &["marin", "ocean", "sea", "mer", "littoral", "coast", "fish", "pech", "maritim", "aquacult"]),
    (
        "ecology and water",
        &[
            "ecolog",
            "environ",
            "biodivers",
            "ecosyst",
            "water",
            "eau",
            "hydro",
            "evolution",
            "faune",
            "flore",
            "wildlife",
        ],
    ),
    (
        "agronomy, food and forest",
        &[
            "agro",
            "agri",
            "plant",
            "veget",
            "crop",
            "animal",
            "food",
            "aliment",
            "vine",
            "vign",
            "wine",
            "oenolog",
            "forest",
            "foret",
            "wood",
            "bois",
            "soil",
            "rural",
            "veterin",
            "livestock",
            "elevage",
            "lait",
            "dairy",
            "horticult",
            "fruit",
        ],
    ),
    (
        "biology",
        &[
            "biolog",
            "genom",
            "genet",
            "cell",
            "biochem",
            "bioinfo",
            "biotech",
            "microbio",
            "protein",
            "structural",
        ],
    ),
    (
        "health",
        &[
            "health",
            "sante",
            "hospital",
            "hopit",
            "hospitalier",
            "clinic",
            "cliniq",
            "medic",
            "cancer",
            "pharma",
            "immun",
            "infect",
            "epidem",
            "surg",
            "neuro",
            "cardio",
            "vascul",
            "therap",
            "diabet",
            "brain",
            "cerveau",
            "nutrition",
            "patholog",
            "disease",
            "maladie",
            "vision",
            "handicap",
        ],
    ),
    (
        "energy",
        &["energ", "solar", "solair", "batter", "hydrogen", "petrol", "combust", "thermi", "electrique"],
    ),
    (
        "economics and management",
        &["econom", "manage", "business", "gestion", "financ", "commerce", "market", "entrepr", "innovation"],
    ),
    (
        "social sciences",
        &[
            "socio",
            "social",
            "politi",
            "law",
            "droit",
            "jurid",
            "education",
            "geograph",
            "territ",
            "urban",
            "demograph",
            "psycholog",
            "anthropol",
            "ethnolog",
            "migration",
        ],
    ),
    (
        "humanities and arts",
        &[
            "histor",
            "histoir",
            "archeo",
            "archaeo",
            "litter",
            "litera",
            "langu",
            "lingu",
            "philoso",
            "art",
            "arts",
            "music",
            "musee",
            "museum",
            "cultur",
            "theolog",
            "patrimoin",
            "heritage",
            "architect",
            "orient",
            "medieval",
            "humanit",
        ],
    ),
    (
        "transport and space",
        &[
            "aerospa",
            "aeronaut",
            "space",
            "spatial",
            "transport",
            "mobilit",
            "automob",
            "automotive",
            "aviation",
            "railway",
            "ferrovi",
        ],
    ),
];

/// Research fields that the words of a name tell, as `field:` themes.
fn fields_from_name(name: &str) -> Vec<String> {
    let name = plain(name);
    let words: Vec<&str> = name.split(' ').collect();
    // Short stems are whole words: "mer" is no "mercure".
    let told = |stem: &&str| {
        words.iter().any(|w| {
            if stem.len() <= 4 && !["agro", "agri", "nano"].contains(stem) {
                w == stem
            } else {
                w.starts_with(*stem)
            }
        })
    };
    FIELDS.iter().filter(|(_, stems)| stems.iter().any(told)).map(|(f, _)| format!("field:{f}")).collect()
}

/// Themes of one family, as `family:theme`.
fn prefixed<'a>(family: &str, themes: impl Iterator<Item = &'a str>) -> String {
    themes.filter(|t| !t.is_empty()).map(|t| format!("{family}:{t}")).collect::<Vec<_>>().join(";")
}

/// One row of `actors.csv`.
struct ActorRow {
    id: String,
    name: String,
    kind: &'static str,
    lon: String,
    lat: String,
    commune: String,
    /// The territory it speaks for, as `level:code`.
    territory: String,
    themes: String,
    capacity: String,
    status: String,
    source: &'static str,
}

/// Coordinates to five decimals: a metre.
fn degrees(text: &str) -> String {
    text.parse::<f64>().map(|v| format!("{}", (v * 1e5).round() / 1e5)).unwrap_or_default()
}

fn main() -> Fallible {
    let Arguments { data, out } = Arguments::parse();
    std::fs::create_dir_all(&out)?;
    let communes = records(&data.join("communes/communes-2026.csv"))?;
    write_communes(&data, &out, &communes)?;
    let perimeters = write_perimeters(&data, &out, &communes)?;
    write_actors(&data, &out, &communes, &perimeters)?;
    write_cooperations(&data, &out)?;
    write_money_and_sectors(&data, &out)?;
    std::fs::copy(data.join("embeddable/france-land-naturalearth-10m.geojson"), out.join("land.geojson"))?;
    Ok(())
}

fn write_communes(data: &Path, out: &Path, communes: &[Record]) -> Fallible {
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
struct Perimeter {
    code: String,
    name: String,
    seat: String,
}

fn write_perimeters(data: &Path, out: &Path, communes: &[Record]) -> Fallible<Vec<Perimeter>> {
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

fn write_actors(data: &Path, out: &Path, communes: &[Record], perimeters: &[Perimeter]) -> Fallible {
    let mut actors: Vec<ActorRow> = Vec::new();
    let actor = |id: String, name: &str, kind: &'static str, source: &'static str| ActorRow {
        id,
        name: name.split_whitespace().collect::<Vec<_>>().join(" "),
        kind,
        lon: String::new(),
        lat: String::new(),
        commune: String::new(),
        territory: String::new(),
        themes: String::new(),
        capacity: String::new(),
        status: String::new(),
        source,
    };
    let actors_dir = data.join("actors");

    for r in records(&actors_dir.join("research-organisations-ror-2026.csv"))? {
        actors.push(ActorRow {
            lon: degrees(&r["lng"]),
            lat: degrees(&r["lat"]),
            commune: r["insee"].clone(),
            themes: r["types"]
                .split('|')
                .map(|t| format!("type:{t}"))
                .chain(fields_from_name(&r["name"]))
                .collect::<Vec<_>>()
                .join(";"),
            status: if r["status"] == "active" { String::new() } else { r["status"].clone() },
            ..actor(format!("ror:{}", r["ror"]), &r["name"], "research_centre", "ror")
        });
    }
    for (i, r) in records(&actors_dir.join("fablabs-2017.csv"))?.iter().enumerate() {
        actors.push(ActorRow {
            lon: degrees(&r["lon"]),
            lat: degrees(&r["lat"]),
            themes: prefixed("capability", r["capabilities"].split(';')),
            ..actor(format!("fablab:{}", i + 1), &r["name"], "innovation_place", "fablabs")
        });
    }
    for (file, kind, source) in [
        ("fabriques-de-territoire-2024", "innovation_place", "fabriques"),
        ("manufactures-de-proximite-2024", "innovation_place", "manufactures"),
        ("france-services-2024", "public_service", "france_services"),
    ] {
        let text = std::fs::read_to_string(actors_dir.join(format!("{file}.geojson")))?;
        let document: serde_json::Value = serde_json::from_str(&text)?;
        for f in document["features"].as_array().into_iter().flatten() {
            let text = |k: &str| f["properties"][k].as_str().unwrap_or_default();
            let coordinate = |i: usize| {
                f["geometry"]["coordinates"][i].as_f64().map(|v| degrees(&v.to_string())).unwrap_or_default()
            };
            // Several places of one commune share a feature: `fs-76; fs-1090`.
            let ids = text("id_territoire").split(';').map(str::trim);
            let names: Vec<&str> = text("lib_territoire").split(';').map(str::trim).collect();
            for (i, id) in ids.enumerate() {
                actors.push(ActorRow {
                    lon: coordinate(0),
                    lat: coordinate(1),
                    commune: text("id_geo").to_owned(),
                    ..actor(id.to_owned(), names.get(i).copied().unwrap_or(names[0]), kind, source)
                });
            }
        }
    }
    for (i, r) in records(&actors_dir.join("competitiveness-clusters-curated.csv"))?.iter().enumerate() {
        let unverified = r["evidence_for_existence_and_seat"] == "unverified";
        actors.push(ActorRow {
            lon: degrees(&r["lon"]),
            lat: degrees(&r["lat"]),
            commune: r["insee"].clone(),
            themes: prefixed("theme", r["theme"].split(", ")),
            status: if unverified { "unverified".into() } else { String::new() },
            ..actor(format!("pole:{}", i + 1), &r["name"], "cluster", "clusters")
        });
    }
    for r in records(&actors_dir.join("interreg-partners.csv"))? {
        actors.push(ActorRow {
            lon: degrees(&r["lon"]),
            lat: degrees(&r["lat"]),
            commune: r["insee"].clone(),
            capacity: r["n_projects"].clone(),
            ..actor(format!("interreg:{}", r["id"]), &r["name"], kind_from_name(&r["name"]), "interreg")
        });
    }
    let mut research = 0;
    for r in records(&actors_dir.join("h2020-organisations-2017.csv"))? {
        let kind = match r["activityType"].as_str() {
            "PRC" => "enterprise",
            "HES" | "REC" => {
                research += 1;
                continue;
            }
            _ => "organisation",
        };
        actors.push(ActorRow {
            lon: degrees(&r["lon"]),
            lat: degrees(&r["lat"]),
            commune: r["insee"].clone(),
            capacity: r["numProjects"].clone(),
            ..actor(format!("h2020:{}", r["orgId"]), &r["name"], kind, "h2020")
        });
    }
    println!("Horizon 2020: {research} universities and research bodies left out, they are in ROR");

    let by_code: HashMap<&str, &Record> = communes.iter().map(|c| (c["insee"].as_str(), c)).collect();
    for p in perimeters {
        let seat = by_code.get(p.seat.as_str());
        actors.push(ActorRow {
            lon: seat.map(|c| degrees(&c["lon"])).unwrap_or_default(),
            lat: seat.map(|c| degrees(&c["lat"])).unwrap_or_default(),
            commune: p.seat.clone(),
            territory: format!("petr_pays:{}", p.code),
            ..actor(format!("petr:{}", p.code), &format!("PETR/Pays {}", p.name), "petr_pays", "contracts")
        });
    }
    write_reciprocity(data, out, communes, perimeters, &mut actors, &actor)?;

    let mut seen = BTreeSet::new();
    let before = actors.len();
    actors.retain(|a| seen.insert(a.id.clone()));
    println!("actors: {} repeated identifiers left out", before - actors.len());
    let header = [
        "id",
        "name",
        "kind",
        "lon",
        "lat",
        "commune",
        "territory",
        "themes",
        "capacity",
        "status",
        "source",
    ];
    write(
        out,
        "actors",
        &header,
        actors.into_iter().map(|a| {
            vec![
                a.id,
                a.name,
                a.kind.into(),
                a.lon,
                a.lat,
                a.commune,
                a.territory,
                a.themes,
                a.capacity,
                a.status,
                a.source.into(),
            ]
        }),
    )
}

/// The page that attests a contract: what stands in brackets after an internal number, else all.
fn evidence(text: &str) -> String {
    match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
        Some((before, page)) if !before.contains("http") => page.to_owned(),
        _ => text.to_owned(),
    }
}

/// Most populous commune of parties that are neither an EPCI nor a PETR/Pays of the tables.
const LARGEST_COMMUNE: [(&str, &str); 3] =
    [("Pays Centre-Ouest Bretagne", "29024"), ("PETR Pays de Retz", "44131"), ("Pays d'Aurillac", "15014")];

/// The two parties of each *contrat de réciprocité*, found by name among EPCI and PETR/Pays; those
/// that are neither become actors without a place.
fn write_reciprocity(
    data: &Path,
    out: &Path,
    communes: &[Record],
    perimeters: &[Perimeter],
    actors: &mut Vec<ActorRow>,
    actor: &dyn Fn(String, &str, &'static str, &'static str) -> ActorRow,
) -> Fallible {
    let mut largest: BTreeMap<&str, (u64, &Record)> = BTreeMap::new();
    for c in communes.iter().filter(|c| !c["epci_2026"].is_empty() && !c["lon"].is_empty()) {
        let population = c["population"].parse().unwrap_or(0);
        let entry = largest.entry(&c["epci_2026"]).or_insert((population, c));
        if population > entry.0 {
            *entry = (population, c);
        }
    }
    let words = |name: &str| -> BTreeSet<String> {
        let skip = ["petr", "pays", "ca", "cc", "cu", "de", "du", "des", "d", "la", "le", "les", "en", "et"];
        plain(name).split(' ').filter(|w| !skip.contains(w)).map(str::to_owned).collect()
    };
    let mut added = BTreeSet::new();
    let mut party = |name: &str| -> String {
        let wanted = words(name);
        let mut found =
            perimeters.iter().find(|p| words(&p.name) == wanted).map(|p| format!("petr:{}", p.code));
        if found.is_none() {
            // The communauté urbaine carries a longer official name than the contract gives it.
            let same = |epci: &str| {
                words(epci) == wanted
                    || (name.starts_with("CU ") && epci.starts_with("CU ") && wanted.is_subset(&words(epci)))
            };
            found = largest.iter().find(|(_, (_, c))| same(&c["epci_nom"])).map(|(code, (_, seat))| {
                let id = format!("epci:{code}");
                if added.insert(id.clone()) {
                    actors.push(ActorRow {
                        lon: degrees(&seat["lon"]),
                        lat: degrees(&seat["lat"]),
                        commune: seat["insee"].clone(),
                        territory: id.clone(),
                        ..actor(id.clone(), &seat["epci_nom"], "epci", "reciprocity")
                    });
                }
                id
            });
        }
        found.unwrap_or_else(|| {
            let id = format!("party:{}", plain(name).replace(' ', "-"));
            let seat = LARGEST_COMMUNE
                .iter()
                .find(|(n, _)| *n == name)
                .and_then(|(_, code)| communes.iter().find(|c| c["insee"] == *code));
            if seat.is_none() {
                println!(
                    "reciprocity: {name:?} is no EPCI and no PETR/Pays of the tables; kept without a place"
                );
            }
            if added.insert(id.clone()) {
                let kind = if plain(name).contains("pays") { "petr_pays" } else { "organisation" };
                actors.push(ActorRow {
                    lon: seat.map(|c| degrees(&c["lon"])).unwrap_or_default(),
                    lat: seat.map(|c| degrees(&c["lat"])).unwrap_or_default(),
                    commune: seat.map(|c| c["insee"].clone()).unwrap_or_default(),
                    ..actor(id.clone(), name, kind, "reciprocity")
                });
            }
            id
        })
    };
    let mut rows = Vec::new();
    for r in records(&data.join("cooperations/reciprocity-contracts-curated.csv"))? {
        let concluded = r["status"].starts_with("signed");
        rows.push(vec![
            party(&r["urban_partner"]),
            party(&r["rural_partner"]),
            if concluded { "signed" } else { "not signed" }.to_owned(),
            r["status"].clone(),
            r["date"].clone(),
            if r["themes"].starts_with("not stated") {
                String::new()
            } else {
                r["themes"].replace("; ", ";")
            },
            evidence(&r["source_url"]),
        ]);
    }
    write(
        out,
        "reciprocity_contracts",
        &["urban", "rural", "state", "status", "date", "themes", "evidence"],
        rows,
    )
}

fn write_cooperations(data: &Path, out: &Path) -> Fallible {
    let rows = records(&data.join("cooperations/interreg-participations.csv"))?;
    let mut projects = Dictionary::default();
    let mut participations = Vec::new();
    for r in &rows {
        // Surrounding space in programme names is part of no identity.
        let key = format!("{}\t{}", r["programme"].trim(), r["acronym"].trim());
        participations.push(vec![
            projects.index(&key),
            format!("interreg:{}", r["node"]),
            if r["lead"] == "Yes" { "lead" } else { "partner" }.to_owned(),
        ]);
    }
    write(
        out,
        "projects",
        &["project", "programme", "acronym"],
        projects.0.iter().enumerate().map(|(i, key)| {
            let (programme, acronym) = key.split_once('\t').unwrap_or((key, ""));
            vec![i.to_string(), programme.to_owned(), acronym.to_owned()]
        }),
    )?;
    write(out, "participations", &["project", "actor", "role"], participations)?;
    let units = records(&data.join("cooperations/research-joint-units-ror.csv"))?;
    write(
        out,
        "joint_units",
        &["a", "b", "units"],
        units
            .iter()
            .map(|r| vec![format!("ror:{}", r["a"]), format!("ror:{}", r["b"]), r["n_joint_units"].clone()]),
    )
}

fn write_money_and_sectors(data: &Path, out: &Path) -> Fallible {
    let lines = records(&data.join("funding/eafrd-2014-2020-by-programme-measure.csv"))?;
    let header = ["programme_id", "programme", "measure", "measure_name", "eu_eur", "national_eur"];
    write(
        out,
        "eafrd_2014_2020",
        &header,
        lines.iter().map(|r| {
            ["cci", "programme", "measure", "measure_name", "eu_amount_eur", "national_amount_eur"]
                .map(|k| r[k].trim().to_owned())
                .to_vec()
        }),
    )?;
    let rows = records(&data.join("economy/employees-by-nace17-departement-2020.csv"))?;
    let mut names = BTreeMap::new();
    let mut cells: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for r in &rows {
        names.insert(r["code_section_nace17"].clone(), r["libelle_section_nace17"].clone());
        let number = |k: &str| -> Fallible<f64> {
            r[k].parse().map_err(|_| format!("{k} of {}: {:?}", r["dep"], r[k]).into())
        };
        let cell = cells.entry((r["dep"].clone(), r["code_section_nace17"].clone())).or_default();
        cell.0 += number("nombre_salaries_concernes")?;
        cell.1 += number("nombre_etablissements_concernes")?;
    }
    write(out, "sectors", &["code", "name"], names.iter().map(|(c, n)| vec![c.clone(), n.clone()]))?;
    write(
        out,
        "employees_by_departement",
        &["departement", "sector", "employees", "establishments"],
        cells.iter().map(|((d, s), (employees, establishments))| {
            let mut text = String::new();
            let _ = write!(text, "{employees}");
            vec![d.clone(), s.clone(), text, establishments.to_string()]
        }),
    )
}
