//! Research structures, and who works with whom in ANR, Horizon 2020 and i-Lab projects.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rurban::france::names::{firm_key, plain, without_department};

use crate::{Dictionary, Fallible, Record, records, write};

/// Actors that the other tables know, to which participants are joined.
pub struct Known {
    /// ROR by plain name and commune, where only one organisation has them.
    ror: HashMap<(String, String), String>,
    /// ROR by plain name and département, where only one organisation has them.
    ror_near: HashMap<(String, String), String>,
    /// Horizon 2020 firms by key and commune.
    firms: HashMap<(String, String), String>,
}

impl Known {
    pub fn read(data: &Path) -> Fallible<Self> {
        let mut ror: HashMap<_, BTreeSet<String>> = HashMap::new();
        let mut ror_near: HashMap<_, BTreeSet<String>> = HashMap::new();
        for r in records(&data.join("actors/research-organisations-ror-2026.csv"))? {
            if r["status"] == "active" && !r["insee"].is_empty() {
                let id = format!("ror:{}", r["ror"]);
                ror.entry((plain(&r["name"]), r["insee"].clone())).or_default().insert(id.clone());
                ror_near.entry((plain(&r["name"]), departement(&r["insee"]))).or_default().insert(id);
            }
        }
        let mut firms: HashMap<_, BTreeSet<String>> = HashMap::new();
        for r in records(&data.join("actors/h2020-organisations-2017.csv"))? {
            if r["activityType"] == "PRC" && !r["insee"].is_empty() {
                let id = format!("h2020:{}", r["orgId"]);
                firms.entry((firm_key(&r["name"]), r["insee"].clone())).or_default().insert(id);
            }
        }
        Ok(Self { ror: single(ror), ror_near: single(ror_near), firms: single(firms) })
    }

    fn organisation(&self, name: &str, commune: &str) -> Option<&String> {
        self.ror.get(&(plain(name), commune.to_owned()))
    }
}

/// Keys with one value only: two candidates decide nothing.
fn single(map: HashMap<(String, String), BTreeSet<String>>) -> HashMap<(String, String), String> {
    map.into_iter()
        .filter_map(
            |(key, values)| if values.len() == 1 { Some((key, values.into_iter().next()?)) } else { None },
        )
        .collect()
}

fn departement(commune: &str) -> String {
    commune.get(..if commune.starts_with("97") { 3 } else { 2 }).unwrap_or_default().to_owned()
}

fn joined(indices: impl Iterator<Item = String>) -> String {
    indices.filter(|i| !i.is_empty()).collect::<Vec<_>>().join(";")
}

/// The national directory of research structures; returns the commune of each.
pub fn write_structures(data: &Path, out: &Path, known: &Known) -> Fallible<HashMap<String, String>> {
    let structures = records(&data.join("actors/research-structures-rnsr-2022.csv"))?;
    let mut same: HashMap<(String, String), usize> = HashMap::new();
    for r in &structures {
        *same.entry((plain(&r["name"]), departement(&r["insee"]))).or_default() += 1;
    }
    let (mut types, mut domains, mut supervisors) =
        (Dictionary::default(), Dictionary::default(), Dictionary::default());
    let mut siren: BTreeMap<String, String> = BTreeMap::new();
    let (mut rows, mut with_ror) = (Vec::new(), 0);
    for r in &structures {
        let names: Vec<&str> = r["supervisors"].split('|').filter(|n| !n.is_empty()).collect();
        // A list that lacks a number does not say whose it is.
        let numbers: Vec<&str> = r["supervisors_siret"].split('|').collect();
        for (name, siret) in names.iter().zip(&numbers).filter(|_| names.len() == numbers.len()) {
            let number = siret.get(..9).unwrap_or_default();
            siren.entry((*name).to_owned()).or_insert_with(|| number.to_owned());
        }
        let near = (plain(&r["name"]), departement(&r["insee"]));
        let ror = known
            .organisation(&r["name"], &r["insee"])
            .or_else(|| known.ror_near.get(&near))
            .filter(|_| !r["insee"].is_empty() && same[&near] == 1);
        with_ror += usize::from(ror.is_some());
        rows.push(vec![
            r["rnsr"].clone(),
            r["name"].split_whitespace().collect::<Vec<_>>().join(" "),
            r["acronym"].clone(),
            r["insee"].clone(),
            types.index(&r["type"]),
            joined(r["domain"].split(';').map(|d| domains.index(d))),
            joined(names.iter().map(|n| supervisors.index(n))),
            ror.cloned().unwrap_or_default(),
        ]);
    }
    println!("research structures: {with_ror} of {} joined to ROR by name and place", rows.len());
    let communes = structures.iter().map(|r| (r["rnsr"].clone(), r["insee"].clone())).collect();
    let header = ["code", "name", "acronym", "commune", "type", "domains", "supervisors", "ror"];
    write(out, "research_structures", &header, rows)?;

    // Supervisors: by SIREN through the list of higher-education institutions, else by their name.
    let of_siren: HashMap<String, String> =
        records(&data.join("actors/higher-education-institutions-2024.csv"))?
            .iter()
            .filter(|r| !r["siren"].is_empty() && !r["ror"].is_empty())
            .map(|r| (r["siren"].clone(), format!("ror:{}", r["ror"])))
            .collect();
    let mut of_name: HashMap<String, BTreeSet<&String>> = HashMap::new();
    for ((name, _), id) in &known.ror {
        of_name.entry(name.clone()).or_default().insert(id);
    }
    let siren_of = |name: &str| siren.get(name).cloned().unwrap_or_default();
    let ror_of = |name: &str| -> String {
        of_siren
            .get(&siren_of(name))
            .or_else(|| of_name.get(&plain(name)).filter(|ids| ids.len() == 1)?.iter().next().copied())
            .cloned()
            .unwrap_or_default()
    };
    let tables = [("type", types), ("domain", domains), ("supervisor", supervisors)];
    write(
        out,
        "research_labels",
        &["table", "index", "label", "siren", "ror"],
        tables.iter().flat_map(|(table, d)| {
            d.0.iter().enumerate().map(|(i, label)| {
                let supervisor = *table == "supervisor";
                let siren = if supervisor { siren_of(label) } else { String::new() };
                let ror = if supervisor { ror_of(label) } else { String::new() };
                vec![(*table).to_owned(), i.to_string(), label.clone(), siren, ror]
            })
        }),
    )?;
    Ok(communes)
}

/// What a participant is, as the ANR sorts them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Class {
    Research,
    Firm,
    Other,
    Unknown,
}

impl Class {
    fn of(kind: &str) -> Self {
        match kind {
            "research" => Self::Research,
            "SME" | "micro firm" | "large firm" | "firm" => Self::Firm,
            "other" => Self::Other,
            _ => Self::Unknown,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Research => "research",
            Self::Firm => "firm",
            Self::Other => "other",
            Self::Unknown => "",
        }
    }
}

/// One line of the table of participants: an actor as one class at one commune.
struct Participant {
    actor: String,
    class: Class,
    commune: String,
    /// Index of its actor among the new ones, whose first participant carries name and size.
    new: Option<usize>,
}

/// An actor that no other table knows: its spellings and sizes, counted.
#[derive(Default)]
struct NewActor {
    spellings: BTreeMap<String, usize>,
    sizes: BTreeMap<&'static str, usize>,
}

impl NewActor {
    /// The most frequent spelling; among equals one that is not all capitals.
    fn name(&self) -> String {
        let shouted = |s: &str| s == s.to_uppercase();
        self.spellings
            .iter()
            .max_by(|a, b| a.1.cmp(b.1).then(shouted(b.0).cmp(&shouted(a.0))).then(b.0.cmp(a.0)))
            .map(|(name, _)| name.clone())
            .unwrap_or_default()
    }

    fn size(&self) -> &'static str {
        self.sizes.iter().max_by_key(|(_, n)| **n).map_or("", |(size, _)| size)
    }
}

/// Projects of the ANR with their French participants. Firms are one when their keys and communes
/// agree, laboratories when their RNSR code agrees, others when plain name and commune agree. The
/// pairs of spellings that became one firm are written to `merged`, when asked for.
pub fn write_anr(
    data: &Path,
    out: &Path,
    known: &Known,
    structures: &HashMap<String, String>,
    merged: Option<&Path>,
) -> Fallible<Vec<(String, String, String)>> {
    let rows = records(&data.join("cooperations/anr-participations-2010-2022.csv"))?;
    let mut participants: Vec<Participant> = Vec::new();
    let mut at: HashMap<(Class, String, String), usize> = HashMap::new();
    let mut new: Vec<NewActor> = Vec::new();
    let mut new_at: HashMap<(bool, String, String), usize> = HashMap::new();
    let mut joins = [0_usize; 3];
    let mut projects: Vec<(String, &Record, Vec<String>)> = Vec::new();
    let mut project_at: HashMap<&str, usize> = HashMap::new();
    for r in &rows {
        let class = Class::of(&r["kind"]);
        let commune = r["insee"].clone();
        let firm = class == Class::Firm;
        let name = if firm { without_department(&r["organisation"]) } else { r["organisation"].trim() };
        let key = if firm { firm_key(name) } else { plain(name) };
        let structure = Some(&r["rnsr"]).filter(|code| structures.contains_key(*code) && !firm);
        let listed = if firm {
            known.firms.get(&(key.clone(), commune.clone())).cloned()
        } else if let Some(code) = structure {
            Some(format!("rnsr:{code}"))
        } else {
            known.organisation(name, &commune).cloned()
        };
        // A structure that the directory no longer has is still one by its code.
        let identity = match (&listed, r["rnsr"].as_str()) {
            (Some(id), _) => id.clone(),
            (None, "") => key.clone(),
            (None, code) => code.to_owned(),
        };
        let place = if r["rnsr"].is_empty() || firm { commune.clone() } else { String::new() };
        let actor_new = listed.is_none().then(|| {
            *new_at.entry((firm, identity.clone(), place)).or_insert_with(|| {
                new.push(NewActor::default());
                new.len() - 1
            })
        });
        if let Some(n) = actor_new {
            *new[n].spellings.entry(name.split_whitespace().collect::<Vec<_>>().join(" ")).or_default() += 1;
            let size = match r["kind"].as_str() {
                "SME" => Some("sme"),
                "micro firm" => Some("micro"),
                "large firm" => Some("large"),
                _ => None,
            };
            if let Some(size) = size {
                *new[n].sizes.entry(size).or_default() += 1;
            }
        }
        let index = *at.entry((class, identity.clone(), commune.clone())).or_insert_with(|| {
            joins[0] += usize::from(structure.is_some());
            joins[1] += usize::from(structure.is_none() && !firm && listed.is_some());
            joins[2] += usize::from(firm && listed.is_some());
            let actor = listed.unwrap_or_else(|| format!("anr:{}", actor_new.unwrap_or_default()));
            participants.push(Participant { actor, class, commune, new: actor_new });
            participants.len() - 1
        });
        let p = *project_at.entry(&r["project"]).or_insert_with(|| {
            projects.push((r["project"].clone(), r, Vec::new()));
            projects.len() - 1
        });
        let lead = if r["coordinator"] == "1" { "*" } else { "" };
        projects[p].2.push(format!("{index}{lead}"));
    }
    println!(
        "ANR: {} participations, {} actors of their own; at {} sites joined to a research structure, {} to ROR, \
         {} firms to Horizon 2020",
        rows.len(),
        new.len(),
        joins[0],
        joins[1],
        joins[2]
    );
    report_merged(&rows, merged)?;

    let mut named = BTreeSet::new();
    let located: Vec<(String, String, String)> = participants
        .iter()
        .filter(|p| p.class == Class::Firm && !p.commune.is_empty())
        .filter_map(|p| Some((firm_key(&new[p.new?].name()), p.commune.clone(), p.actor.clone())))
        .collect();
    write(
        out,
        "anr_participants",
        &["actor", "kind", "commune", "size", "name"],
        participants.iter().map(|p| {
            let first = p.new.filter(|n| named.insert(*n));
            let text = |f: &dyn Fn(&NewActor) -> String| first.map(|n| f(&new[n])).unwrap_or_default();
            vec![
                p.actor.clone(),
                p.class.key().to_owned(),
                p.commune.clone(),
                text(&|n| n.size().to_owned()),
                text(&NewActor::name),
            ]
        }),
    )?;
    write(
        out,
        "anr_projects",
        &["project", "year", "programme", "acronym", "participants"],
        projects.iter().map(|(id, r, list)| {
            vec![id.clone(), r["year"].clone(), r["programme"].clone(), r["acronym"].clone(), list.join(";")]
        }),
    )?;
    Ok(located)
}

/// Says how many spellings of firms became one, and writes the pairs.
fn report_merged(rows: &[Record], merged: Option<&Path>) -> Fallible {
    let mut groups: BTreeMap<(String, &str), BTreeSet<&str>> = BTreeMap::new();
    for r in rows.iter().filter(|r| Class::of(&r["kind"]) == Class::Firm) {
        groups.entry((firm_key(&r["organisation"]), &r["insee"])).or_default().insert(&r["organisation"]);
    }
    let spellings: usize = groups.values().map(BTreeSet::len).sum();
    println!("ANR firms: {spellings} spellings by commune are {} firms", groups.len());
    if let Some(path) = merged {
        let mut writer = csv::Writer::from_path(path)?;
        writer.write_record(["commune", "spelling", "merged_with"])?;
        for ((_, commune), names) in &groups {
            let mut names = names.iter();
            let first = names.next().copied().unwrap_or_default();
            for other in names {
                writer.write_record([commune, first, other])?;
            }
        }
        writer.flush()?;
    }
    Ok(())
}

/// Projects of Horizon 2020 with their French participants.
pub fn write_h2020(data: &Path, out: &Path, known: &Known) -> Fallible {
    let listed: BTreeSet<String> = records(&data.join("actors/h2020-organisations-2017.csv"))?
        .iter()
        .filter(|r| !matches!(r["activityType"].as_str(), "HES" | "REC"))
        .map(|r| r["orgId"].clone())
        .collect();
    let rows = records(&data.join("cooperations/h2020-participations-2020.csv"))?;
    let mut participants: Vec<Vec<String>> = Vec::new();
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut projects: Vec<(&Record, Vec<String>)> = Vec::new();
    let mut project_at: HashMap<&str, usize> = HashMap::new();
    let (mut joined_ror, mut without) = (0, 0);
    for r in &rows {
        let index = *at.entry(&r["organisation"]).or_insert_with(|| {
            let research = matches!(r["type"].as_str(), "HES" | "REC");
            let ror = known.organisation(&r["organisation_name"], &r["insee"]).filter(|_| research);
            joined_ror += usize::from(ror.is_some());
            without += usize::from(r["organisation_name"].is_empty());
            let given = listed.contains(&r["organisation"]) || ror.is_some();
            participants.push(vec![
                r["organisation"].clone(),
                ror.cloned().unwrap_or_default(),
                r["type"].clone(),
                r["insee"].clone(),
                if given { String::new() } else { r["organisation_name"].clone() },
            ]);
            participants.len() - 1
        });
        let p = *project_at.entry(&r["project_rcn"]).or_insert_with(|| {
            projects.push((r, Vec::new()));
            projects.len() - 1
        });
        let lead = if r["role"] == "coordinator" { "*" } else { "" };
        let euros = r["ec_contribution"].parse::<f64>().map(|e| format!(":{e:.0}")).unwrap_or_default();
        projects[p].1.push(format!("{index}{lead}{euros}"));
    }
    println!(
        "Horizon 2020: {} participations; of {} organisations {joined_ror} joined to ROR, {without} without name \
         and place",
        rows.len(),
        participants.len()
    );
    write(out, "h2020_participants", &["pic", "ror", "type", "commune", "name"], participants)?;
    write(
        out,
        "h2020_projects",
        &["project", "from", "to", "parts", "partners", "countries", "participants"],
        projects.iter().map(|(r, list)| {
            vec![
                r["project_rcn"].clone(),
                r["start_year"].clone(),
                r["end_year"].clone(),
                r["programme_part"].replace('|', ";"),
                r["n_partners"].clone(),
                r["n_countries"].clone(),
                list.join(";"),
            ]
        }),
    )
}

/// i-Lab laureates that name a firm and a laboratory. The source locates firms by région only: a
/// firm gets the commune of the one firm of that région with the same key in ANR or Horizon 2020.
pub fn write_ilab(
    data: &Path,
    out: &Path,
    communes: &[Record],
    known: &Known,
    anr: &[(String, String, String)],
) -> Fallible {
    let region: HashMap<&str, &str> =
        communes.iter().map(|c| (c["insee"].as_str(), c["region"].as_str())).collect();
    let mut firms: HashMap<(&str, &str), BTreeSet<&str>> = HashMap::new();
    let h2020 = known.firms.iter().map(|((key, commune), id)| (key, commune, id));
    for (key, commune, id) in h2020.chain(anr.iter().map(|(key, commune, id)| (key, commune, id))) {
        if let Some(region) = region.get(commune.as_str()) {
            firms.entry((key, region)).or_default().insert(id);
        }
    }
    let rows = records(&data.join("cooperations/ilab-laureates-1999-2025.csv"))?;
    let all = rows.len();
    let (mut kinds, mut domains) = (Dictionary::default(), Dictionary::default());
    let mut placed = 0;
    let table: Vec<Vec<String>> = rows
        .iter()
        .filter(|r| !r["firm"].is_empty() && !r["lab_rnsr"].is_empty())
        .map(|r| {
            let key = firm_key(&r["firm"]);
            let found = firms.get(&(key.as_str(), r["region"].as_str()));
            let actor = found.filter(|ids| ids.len() == 1).and_then(|ids| ids.iter().next());
            placed += usize::from(actor.is_some());
            vec![
                r["year"].clone(),
                kinds.index(&r["kind"]),
                domains.index(&r["domain"]),
                r["region"].clone(),
                r["siren"].clone(),
                r["firm"].clone(),
                actor.map(|a| (*a).to_owned()).unwrap_or_default(),
                r["lab_rnsr"].clone(),
            ]
        })
        .collect();
    println!("i-Lab: {} of {all} rows name firm and laboratory, {placed} of them placed", table.len());
    write(out, "ilab", &["year", "kind", "domain", "region", "siren", "firm", "actor", "laboratory"], table)?;
    let tables = [("kind", kinds), ("domain", domains)];
    write(
        out,
        "ilab_labels",
        &["table", "index", "label"],
        tables.iter().flat_map(|(table, d)| {
            d.0.iter().enumerate().map(|(i, l)| vec![(*table).to_owned(), i.to_string(), l.clone()])
        }),
    )
}

/// Agreements between cities and rural territories, by EPCI. One contract of the older list that
/// the newer one leaves out comes with them.
pub fn write_agreements(data: &Path, out: &Path) -> Fallible {
    let rows = records(&data.join("cooperations/urban-rural-agreements-curated.csv"))?;
    write(
        out,
        "agreements",
        &[
            "urban",
            "urban_epci",
            "rural",
            "rural_epci",
            "basis",
            "kind",
            "status",
            "date",
            "themes",
            "evidence",
        ],
        rows.iter().map(|r| {
            ["urban_partner", "urban_epci", "rural_partner", "rural_epcis", "rural_epcis_basis", "kind"]
                .into_iter()
                .chain(["status", "date", "themes", "source"])
                .map(|k| match k {
                    "rural_epcis" => r[k].replace('|', ";"),
                    "themes" => r[k].replace("; ", ";"),
                    _ => r[k].clone(),
                })
                .collect()
        }),
    )
}
