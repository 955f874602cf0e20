//! Figures by territory: establishments, jobs, access, moves, grants, postcodes, kinds of EPCI, GAL.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::{Dictionary, Fallible, Record, records, write};

/// Communes of today by the codes they have had.
struct Codes {
    today: BTreeSet<String>,
    renamed: HashMap<String, String>,
}

impl Codes {
    fn of(data: &Path, communes: &[Record]) -> Fallible<Self> {
        let renamed = records(&data.join("communes/commune-code-history-2025.csv"))?
            .into_iter()
            .map(|r| (r["DEPCOM_HIST"].clone(), r["DEPCOM"].clone()))
            .collect();
        Ok(Self { today: communes.iter().map(|c| c["insee"].clone()).collect(), renamed })
    }

    fn current<'a>(&'a self, code: &'a str) -> Option<&'a str> {
        if self.today.contains(code) {
            return Some(code);
        }
        self.renamed.get(code).map(String::as_str).filter(|c| self.today.contains(*c))
    }
}

/// A number without what adds no information: `12.0` is `12`.
fn short(text: &str, decimals: usize) -> String {
    let Ok(value) = text.parse::<f64>() else { return String::new() };
    let rounded = format!("{value:.decimals$}");
    if rounded.contains('.') {
        rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        rounded
    }
}

pub fn write_figures(data: &Path, out: &Path, communes: &[Record]) -> Fallible {
    let codes = Codes::of(data, communes)?;
    write_establishments(data, out, &codes)?;
    write_jobs(data, out)?;
    write_access(data, out, &codes)?;
    write_flows(data, out)?;
    write_grants(data, out, &codes)?;
    write_small(data, out)
}

/// Establishments by size class, summed where communes have merged.
fn write_establishments(data: &Path, out: &Path, codes: &Codes) -> Fallible {
    const CLASSES: [&str; 9] = [
        "employees_0_or_unknown",
        "e1_5",
        "e6_9",
        "e10_19",
        "e20_49",
        "e50_99",
        "e100_199",
        "e200_499",
        "e500_plus",
    ];
    let mut sums: BTreeMap<&str, [u64; 9]> = BTreeMap::new();
    let (mut merged, mut unknown) = (0, 0);
    let rows = records(&data.join("economy/establishments-by-size-commune-2014.csv"))?;
    for r in &rows {
        let Some(code) = codes.current(&r["insee_2015"]) else {
            unknown += 1;
            continue;
        };
        merged += usize::from(code != r["insee_2015"]);
        let sum = sums.entry(code).or_default();
        for (slot, class) in sum.iter_mut().zip(CLASSES) {
            *slot += r[class].parse::<f64>()? as u64;
        }
    }
    println!("establishments: {merged} rows of former communes added to today's, {unknown} unknown codes");
    // One cell, as many figures as are not zero to the end: most communes have two or three.
    write(
        out,
        "establishments_2014",
        &["commune", "counts"],
        sums.iter().map(|(code, counts)| {
            let last = counts.iter().rposition(|n| *n > 0).map_or(0, |i| i + 1);
            let cells: Vec<String> = counts[..last].iter().map(u64::to_string).collect();
            vec![(*code).to_owned(), cells.join(";")]
        }),
    )
}

fn write_jobs(data: &Path, out: &Path) -> Fallible {
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for r in records(&data.join("economy/communes-ze2010-overlay.csv"))? {
        members.entry(r["ze2010"].clone()).or_default().push(r["insee"].clone());
    }
    let rows = records(&data.join("economy/jobs-by-employment-zone-1998-2015.csv"))?;
    write(
        out,
        "employment_zones_2010",
        &["zone", "name", "jobs_1998_to_2015", "communes"],
        rows.iter().map(|r| {
            let jobs: Vec<String> = (1998..=2015).map(|y| r[&format!("jobs_{y}")].clone()).collect();
            let communes = members.get(&r["ze2010"]).map(|m| m.join(";")).unwrap_or_default();
            vec![r["ze2010"].clone(), r["name"].clone(), jobs.join(";"), communes]
        }),
    )
}

/// Access indicators of communes whose code is still in use; means of merged communes cannot be
/// made without their populations.
fn write_access(data: &Path, out: &Path, codes: &Codes) -> Fallible {
    const COLUMNS: [(&str, &str, usize); 9] = [
        ("workers_over_30min_pct", "workers_over_30min_pct", 1),
        ("gp_accessibility_apl", "gp_visits_per_inhabitant", 2),
        ("thd_coverage_pct", "very_fast_internet_pct", 1),
        ("neet_15_24_pct", "neet_pct", 1),
        ("minutes_to_cinema_or_theatre", "minutes_to_stage_or_screen", 0),
        ("employment_rate_15_64_pct", "employment_rate_pct", 1),
        ("vacant_housing_pct", "vacant_housing_pct", 1),
        ("turnout_pct", "turnout_pct", 1),
        ("median_income_eur", "median_income_eur", 0),
    ];
    let rows = records(&data.join("economy/access-indicators-commune-2017.csv"))?;
    let kept: Vec<&Record> = rows.iter().filter(|r| codes.today.contains(&r["insee_2018"])).collect();
    println!("access indicators: {} rows of former communes left out", rows.len() - kept.len());
    let header: Vec<&str> = ["commune"].into_iter().chain(COLUMNS.map(|(_, name, _)| name)).collect();
    write(
        out,
        "access_2017",
        &header,
        kept.iter().map(|r| {
            let cells = COLUMNS.iter().map(|(column, _, decimals)| short(&r[*column], *decimals));
            std::iter::once(r["insee_2018"].clone()).chain(cells).collect()
        }),
    )
}

fn write_flows(data: &Path, out: &Path) -> Fallible {
    for (file, name, column) in [
        ("residential-moves-departement-2020", "residential_moves_2020", "people"),
        ("commuting-departement-2016", "commuting_2016", "commuters"),
    ] {
        // One row for each origin: destination and people.
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for r in records(&data.join(format!("economy/{file}.csv")))? {
            let flow = format!("{}:{}", r["to_departement"], short(&r[column], 1));
            of.entry(r["from_departement"].clone()).or_default().push(flow);
        }
        write(out, name, &["from", "to"], of.iter().map(|(from, to)| vec![from.clone(), to.join(";")]))?;
    }
    Ok(())
}

/// State grants by territory and category: projects, cost, grant.
fn write_grants(data: &Path, out: &Path, codes: &Codes) -> Fallible {
    // The labels vary by a letter and by capitals.
    let category = |label: &str| -> String {
        let text = label.split_once(" - ").map_or(label, |(_, text)| text);
        text.replace("Services publics", "services publics")
            .replace("urbanisme et transports", "urbanisme et transport")
    };
    let mut categories = Dictionary::default();
    let mut sums: BTreeMap<(String, String, String), (u64, f64, f64)> = BTreeMap::new();
    let mut bad = 0;
    for r in records(&data.join("funding/state-investment-grants-2019.csv"))? {
        let amounts = (r["total_cost_eur"].parse::<f64>(), r["grant_eur"].parse::<f64>());
        let (Ok(cost), Ok(grant)) = amounts else {
            bad += 1;
            continue;
        };
        if cost <= 0.0 || grant <= 0.0 {
            bad += 1;
            continue;
        }
        let (level, code) = match r["level"].as_str() {
            "commune" => ("commune", codes.current(&r["territory"]).unwrap_or(&r["territory"]).to_owned()),
            "epci" => ("epci", r["territory"].clone()),
            _ => ("departement", r["territory"].clone()),
        };
        let key = (level.to_owned(), code, categories.index(&category(&r["category"])));
        let sum = sums.entry(key).or_default();
        *sum = (sum.0 + 1, sum.1 + cost, sum.2 + grant);
    }
    println!("state grants: {bad} rows without a positive amount left out");
    write(
        out,
        "state_grants_2019",
        &["level", "territory", "category", "projects", "cost_eur", "grant_eur"],
        sums.iter().map(|((level, territory, category), (n, cost, grant))| {
            let level = if level == "commune" { String::new() } else { level.clone() };
            vec![
                level,
                territory.clone(),
                category.clone(),
                n.to_string(),
                format!("{cost:.0}"),
                format!("{grant:.0}"),
            ]
        }),
    )?;
    write(
        out,
        "state_grant_categories",
        &["index", "label"],
        categories.0.iter().enumerate().map(|(i, l)| vec![i.to_string(), l.clone()]),
    )
}

fn write_small(data: &Path, out: &Path) -> Fallible {
    let mut postcodes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for r in records(&data.join("communes/postal-codes-2025.csv"))? {
        postcodes.entry(r["postcode"].clone()).or_default().insert(r["insee_2026"].clone());
    }
    write(
        out,
        "postcodes",
        &["postcode", "communes"],
        postcodes.iter().map(|(p, c)| vec![p.clone(), c.iter().cloned().collect::<Vec<_>>().join(";")]),
    )?;
    let kinds = records(&data.join("territories/epci-2025.csv"))?;
    write(
        out,
        "epci_kinds",
        &["epci", "nature", "tax_regime"],
        kinds.iter().map(|r| vec![r["epci"].clone(), r["nature"].clone(), r["tax_regime"].clone()]),
    )?;
    let groups = records(&data.join("funding/leader-gal-counts-curated.csv"))?;
    write(
        out,
        "leader_groups",
        &["region", "groups_2014_2020", "groups_2023_2027", "coverage", "evidence"],
        groups.iter().filter(|r| r["region"] != "FR").map(|r| {
            ["region", "gal_2014_2020", "gal_2023_2027", "coverage_of_2023_2027", "source"]
                .map(|k| r[k].clone())
                .to_vec()
        }),
    )
}
