//! Interreg projects, joint research units, money of programmes, employees by sector.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Dictionary, Fallible, records, write};

pub fn write_cooperations(data: &Path, out: &Path) -> Fallible {
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

pub fn write_money_and_sectors(data: &Path, out: &Path) -> Fallible {
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
            vec![d.clone(), s.clone(), employees.to_string(), establishments.to_string()]
        }),
    )
}
