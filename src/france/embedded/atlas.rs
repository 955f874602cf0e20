//! Communes and the levels above them.

use std::collections::HashMap;

use super::table::{Table, number, position, table};
use crate::atlas::{Atlas, Attribute, Territory};
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::Result;
use crate::labels::Labels;
use crate::model::{CommuneCode, DensityLevel, Level, TerritoryCode};

fn names_of(table: &Table) -> Result<Vec<(TerritoryCode, String)>> {
    table.read()?.rows.iter().map(|r| Ok((TerritoryCode::new(&r[0])?, r[1].to_owned()))).collect()
}

pub(super) fn read_atlas(diagnostics: &mut Diagnostics) -> Result<Atlas> {
    let communes = table!("communes").read()?;
    let labels = table!("labels").read()?;
    let classes = |name: &str| -> Vec<String> {
        labels.rows.iter().filter(|r| &r[0] == name).map(|r| r[2].to_owned()).collect()
    };
    let levels: Vec<Option<DensityLevel>> =
        classes("density").iter().map(|l| DensityLevel::from_label(l)).collect();
    let [code, name, departement, population, area, lon, lat, density, epci, area_code] =
        communes.columns([
            "code",
            "name",
            "departement",
            "population",
            "area_km2",
            "lon",
            "lat",
            "density",
            "epci",
            "attraction_area",
        ])?;

    let mut builder = Atlas::builder(Level::Commune, Strictness::Lenient);
    for (i, r) in communes.rows.iter().enumerate() {
        let mut t = Territory::new(CommuneCode::new(&r[code])?.into(), &r[name]);
        t.population = number(&r[population]);
        t.area_km2 = number(&r[area]);
        t.point = position(&r[lon], &r[lat]);
        t.density = r[density].parse::<usize>().ok().and_then(|l| levels.get(l).copied().flatten());
        for (kind, missing, what) in [
            ("no_point", t.point.is_none(), "has no point: it is in no spatial result"),
            (
                "no_population",
                t.population.is_none(),
                "has no population: it counts for nothing in weighted results",
            ),
            ("no_density", t.density.is_none(), "has no density level: it is unclassed"),
        ] {
            if missing {
                builder.diagnostics().remark(kind, communes.place(i), format!("{} {what}", t.name));
            }
        }
        builder.add(t, communes.place(i))?;
    }
    let (mut atlas, found) = builder.finish()?;
    diagnostics.merge(found);

    for (column, name) in
        [("typology", "rural typology"), ("centrality", "centrality"), ("mountain", "mountain range")]
    {
        let [at] = communes.columns([column])?;
        let classes = classes(column);
        let of = communes.rows.iter().map(|r| r[at].parse().unwrap_or(Labels::NONE)).collect();
        atlas.add_attribute(Attribute {
            name: name.to_owned(),
            labels: Labels::new(of, classes.len())?,
            classes,
        })?;
    }
    for (column, name) in [
        ("employment_zone", "employment zone"),
        ("urban_unit", "urban unit"),
        ("attraction_category", "attraction category"),
        ("attraction_size", "attraction size"),
        ("living_area", "living area"),
        ("zrr", "revitalisation zone (ZRR 2018)"),
    ] {
        let [at] = communes.columns([column])?;
        let keys = communes.rows.iter().map(|r| Some(&r[at]).filter(|c| !c.is_empty()));
        let (labels, classes) = Labels::from_keys(keys);
        let classes = classes.into_iter().map(str::to_owned).collect();
        atlas.add_attribute(Attribute { name: name.to_owned(), labels, classes })?;
    }

    let column =
        |at: usize| communes.rows.iter().filter(move |r| !r[at].is_empty()).map(move |r| (&r[code], &r[at]));
    let mut add = |atlas: &mut Atlas, level, table, members: Vec<(&str, &str)>| -> Result<()> {
        diagnostics.merge(atlas.add_level(level, names_of(&table)?, members, Strictness::Lenient)?);
        Ok(())
    };
    add(&mut atlas, Level::Epci, table!("epci"), column(epci).collect())?;

    // An EPCI that straddles two perimeters belongs first to the one with more of its communes.
    let links = table!("petr_pays_epci").read()?;
    let share = |r: &csv::StringRecord| number(&r[2]).unwrap_or(0.0) / number(&r[3]).unwrap_or(1.0);
    let mut of_epci: HashMap<&str, Vec<(f64, &str)>> = HashMap::new();
    for r in &links.rows {
        of_epci.entry(&r[1]).or_default().push((share(r), &r[0]));
    }
    for perimeters in of_epci.values_mut() {
        perimeters.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    }
    let members: Vec<(&str, &str)> = column(epci)
        .flat_map(|(commune, epci)| {
            of_epci.get(epci).into_iter().flatten().map(move |(_, perimeter)| (commune, *perimeter))
        })
        .collect();
    add(&mut atlas, Level::PetrPays, table!("petr_pays"), members)?;

    add(&mut atlas, Level::Departement, table!("departements"), column(departement).collect())?;
    let departements = table!("departements").read()?;
    let region_of: HashMap<&str, &str> = departements.rows.iter().map(|r| (&r[0], &r[2])).collect();
    let members = column(departement).filter_map(|(c, d)| Some((c, *region_of.get(d)?))).collect();
    add(&mut atlas, Level::Region, table!("regions"), members)?;
    add(&mut atlas, Level::AttractionArea, table!("attraction_areas"), column(area_code).collect())?;
    Ok(atlas)
}
