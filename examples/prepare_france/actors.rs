//! The actors and the contracts between cities and rural territories.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rurban::france::names::plain;

use crate::territories::Perimeter;
use crate::words::{fields_from_name, kind_from_name, prefixed};
use crate::{Fallible, Record, degrees, records, write};

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

pub fn write_actors(data: &Path, out: &Path, communes: &[Record], perimeters: &[Perimeter]) -> Fallible {
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
