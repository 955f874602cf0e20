use std::collections::HashMap;

use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};

use crate::atlas::{Atlas, Attribute, Territory};
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::france::zones::ZONES;
use crate::inventory::{Inventory, InventoryBuilder};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, DensityLevel, FundingLine, Level,
    Measure, Participation, Period, ProjectId, ProjectRole, TerritoryCode,
};
use crate::profiles::{Activity, ProfileCell, ProfileRules, Profiles};
use crate::progress::Progress;
use crate::read::CodeBook;
use crate::space::LonLat;

/// One embedded table: its file name and text.
struct Table(&'static str, &'static str);

macro_rules! table {
    ($name:literal) => {
        Table(concat!($name, ".csv"), include_str!(concat!("../../fixtures/france/", $name, ".csv")))
    };
}

/// The records of an embedded table.
struct Records {
    file: &'static str,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn read(&self) -> Result<Records> {
        let Self(file, text) = self;
        let format = |e: csv::Error| Error::Format {
            path: file.into(),
            line: e.position().map_or(1, csv::Position::line),
            message: e.to_string(),
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().map_err(format)?.clone();
        let rows = reader.records().collect::<Result<_, _>>().map_err(format)?;
        Ok(Records { file, header, rows })
    }
}

impl Records {
    /// The position of each of these columns.
    fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N]> {
        let mut at = [0; N];
        for (slot, name) in at.iter_mut().zip(names) {
            *slot = self.header.iter().position(|h| h == name).ok_or_else(|| Error::Format {
                path: self.file.into(),
                line: 1,
                message: format!("no column {name:?}"),
            })?;
        }
        Ok(at)
    }

    fn place(&self, row: usize) -> Place {
        Place::file(self.file).line(row as u64 + 2)
    }
}

/// Number in a cell; `None` when it is empty.
fn number(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

fn position(lon: &str, lat: &str) -> Option<LonLat> {
    LonLat::new(number(lon)?, number(lat)?).ok()
}

/// Employees and establishments by département and sector: a proxy for the structure of employment
/// (applications for short-time work in 2020), not a census. It under-counts farming, finance and
/// public services.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectorTable {
    /// Département codes: the rows.
    pub departements: Vec<String>,
    /// Sector codes (NACE rev. 2, 17 groups): the columns.
    pub sectors: Vec<String>,
    /// Sector names.
    pub sector_names: Vec<String>,
    /// Employees; `NaN` where the source has no cell.
    pub employees: Matrix,
    /// Establishments; `NaN` where the source has no cell.
    pub establishments: Matrix,
}

/// What [`SectorTable::profiles`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectorCount {
    /// Employees.
    Employees,
    /// Establishments.
    Establishments,
}

impl SectorTable {
    /// The table as profiles of the départements. Cells that the source does not have are masked: it
    /// does not say whether they are zero.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no départements.
    pub fn profiles(&self, atlas: &Atlas, count: SectorCount) -> Result<(Profiles, Diagnostics)> {
        let (unit, values) = match count {
            SectorCount::Employees => ("employees", &self.employees),
            SectorCount::Establishments => ("establishments", &self.establishments),
        };
        let activities: Vec<Activity> = self
            .sectors
            .iter()
            .zip(&self.sector_names)
            .map(|(code, name)| Activity::new(code, name))
            .collect::<Result<_>>()?;
        let rules = ProfileRules::default().nomenclature(activities);
        let level = atlas.level(&Level::Departement)?;
        let mut profiles = Profiles::builder(unit, level, rules, "employees_by_departement.csv");
        for (d, territory) in self.departements.iter().enumerate() {
            for (s, activity) in self.sectors.iter().enumerate() {
                let count = Some(values[(d, s)]).filter(|v| !v.is_nan());
                profiles.add(ProfileCell { territory, activity, name: None, count, line: None })?;
            }
        }
        profiles.finish()
    }
}

/// A *contrat de réciprocité* between a city and a rural territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReciprocityContract {
    /// The city.
    pub urban: ActorId,
    /// The rural territory.
    pub rural: ActorId,
    /// Whether it was signed.
    pub signed: bool,
    /// What the source says of its state.
    pub status: String,
    /// Date, as precise as the source.
    pub date: String,
    /// Themes.
    pub themes: Vec<String>,
    /// What attests it.
    pub evidence: String,
}

/// France as the crate carries it: communes of 2026 with their levels, actors, cooperations, EAFRD
/// amounts and sectors by département. `fixtures/README.md` gives sources, licences and limits.
#[derive(Debug, Clone)]
pub struct EmbeddedFrance {
    /// Communes, EPCI, PETR/Pays, départements, régions, attraction areas.
    pub atlas: Atlas,
    /// Actors, ties, projects, funding.
    pub inventory: Inventory,
    /// Employees by département and sector.
    pub sectors: SectorTable,
    /// The *contrats de réciprocité*, those never signed included.
    pub reciprocity_contracts: Vec<ReciprocityContract>,
    /// What was kept and dropped, and why.
    pub diagnostics: Diagnostics,
}

impl EmbeddedFrance {
    /// Loads it.
    ///
    /// Research organisations that ROR lists as closed or withdrawn are dropped and counted;
    /// contracts that were not signed make no tie.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn load() -> Result<Self> {
        let mut diagnostics = Diagnostics::default();
        let atlas = read_atlas(&mut diagnostics)?;
        let mut builder = Inventory::builder(Strictness::Lenient);
        read_actors(&mut builder)?;
        let reciprocity_contracts = read_cooperations(&mut builder)?;
        read_funding(&mut builder)?;
        let (inventory, found) = builder.finish();
        diagnostics.merge(found);
        Ok(Self { atlas, inventory, sectors: read_sectors()?, reciprocity_contracts, diagnostics })
    }

    /// Gives every level approximate outlines (see [`Atlas::draw_approximate_outlines`]) within the
    /// embedded land outline, and takes their account into the diagnostics.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn draw_approximate_outlines(&mut self, progress: &dyn Progress) -> Result<()> {
        let found = self.atlas.draw_approximate_outlines(&Self::land()?, &ZONES, progress)?;
        self.diagnostics.merge(found);
        Ok(())
    }

    /// The land outline of France in longitude and latitude.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn land() -> Result<MultiPolygon<f64>> {
        let damaged = |message: String| Error::Format { path: "land.geojson".into(), line: 1, message };
        let document: geojson::FeatureCollection =
            Self::LAND_GEOJSON.parse().map_err(|e: geojson::Error| damaged(e.to_string()))?;
        let mut polygons = Vec::new();
        for geometry in document.features.into_iter().filter_map(|f| f.geometry) {
            match geo_types::Geometry::<f64>::try_from(geometry).map_err(|e| damaged(e.to_string()))? {
                geo_types::Geometry::Polygon(p) => polygons.push(p),
                geo_types::Geometry::MultiPolygon(m) => polygons.extend(m),
                _ => {}
            }
        }
        Ok(MultiPolygon(polygons))
    }

    /// The land outline of France (GeoJSON, longitude and latitude, 1:10 000 000, Natural Earth).
    pub const LAND_GEOJSON: &'static str = include_str!("../../fixtures/france/land.geojson");

    /// What puts commune codes right: those of the past become the present ones.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn code_book() -> Result<CodeBook> {
        Ok(CodeBook::new(&Self::commune_code_history()?))
    }

    /// Communes whose code has changed: `(old code, code in 2025)`.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn commune_code_history() -> Result<Vec<(CommuneCode, CommuneCode)>> {
        let history = table!("commune_code_history").read()?;
        history.rows.iter().map(|r| Ok((CommuneCode::new(&r[0])?, CommuneCode::new(&r[1])?))).collect()
    }
}

fn names_of(table: &Table) -> Result<Vec<(TerritoryCode, String)>> {
    table.read()?.rows.iter().map(|r| Ok((TerritoryCode::new(&r[0])?, r[1].to_owned()))).collect()
}

fn read_atlas(diagnostics: &mut Diagnostics) -> Result<Atlas> {
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

fn read_actors(builder: &mut InventoryBuilder) -> Result<()> {
    let actors = table!("actors").read()?;
    let [id, name, kind, lon, lat, commune, territory, themes, capacity, status, source] =
        actors.columns([
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
        ])?;
    for (i, r) in actors.rows.iter().enumerate() {
        let place = actors.place(i);
        if matches!(&r[status], "inactive" | "withdrawn") {
            let message = format!("{} is {} in the Research Organization Registry", &r[name], &r[status]);
            builder.diagnostics().drop_record("closed_organisation", place, message)?;
            continue;
        }
        let kind = ActorKind::from_key(&r[kind]).ok_or_else(|| Error::Format {
            path: actors.file.into(),
            line: i as u64 + 2,
            message: format!("no kind of actor {:?}", &r[kind]),
        })?;
        let mut actor = Actor::new(ActorId::new(&r[id])?, &r[name], kind);
        actor.position = position(&r[lon], &r[lat]);
        actor.commune = CommuneCode::new(&r[commune]).ok();
        actor.territory = match r[territory].split_once(':') {
            Some((level, code)) => {
                let Ok(level) = level.parse();
                Some((level, TerritoryCode::new(code)?))
            }
            None => None,
        };
        actor.themes = r[themes].split(';').filter(|t| !t.is_empty()).map(str::to_owned).collect();
        actor.capacity = number(&r[capacity]);
        actor.source = r[source].to_owned();
        if &r[status] == "unverified" {
            let message = format!("{}: hand-made list, not attested by a source", actor.name);
            builder.diagnostics().remark("unverified_actor", place.clone(), message);
            actor.source.push_str(" (unverified)");
        }
        builder.add_actor(actor, place)?;
    }
    Ok(())
}

fn read_cooperations(builder: &mut InventoryBuilder) -> Result<Vec<ReciprocityContract>> {
    let projects = table!("projects").read()?;
    let period: HashMap<&str, Option<Period>> =
        projects.rows.iter().map(|r| (&r[0], Period::find(&r[1]))).collect();
    let participations = table!("participations").read()?;
    for (i, r) in participations.rows.iter().enumerate() {
        let project = ProjectId::new(format!("interreg:{}", &r[0]))?;
        let mut p = Participation::new(ActorId::new(&r[1])?, project, CooperationKind::TerritorialProject);
        p.role = if &r[2] == "lead" { ProjectRole::Lead } else { ProjectRole::Partner };
        p.period = period.get(&r[0]).copied().flatten();
        p.source = "interreg".to_owned();
        builder.add_participation(p, participations.place(i))?;
    }
    let units = table!("joint_units").read()?;
    for (i, r) in units.rows.iter().enumerate() {
        let mut c = Cooperation::new(ActorId::new(&r[0])?, ActorId::new(&r[1])?, CooperationKind::JointUnit);
        c.weight = number(&r[2]).unwrap_or(f64::NAN);
        c.source = "ror".to_owned();
        builder.add_cooperation(c, units.place(i))?;
    }
    let contracts = table!("reciprocity_contracts").read()?;
    let mut list = Vec::new();
    for (i, r) in contracts.rows.iter().enumerate() {
        let contract = ReciprocityContract {
            urban: ActorId::new(&r[0])?,
            rural: ActorId::new(&r[1])?,
            signed: &r[2] == "signed",
            status: r[3].to_owned(),
            date: r[4].to_owned(),
            themes: r[5].split(';').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            evidence: r[6].to_owned(),
        };
        if contract.signed {
            let mut c = Cooperation::new(
                contract.urban.clone(),
                contract.rural.clone(),
                CooperationKind::ReciprocityContract,
            );
            c.period = Period::find(&contract.date);
            c.themes.clone_from(&contract.themes);
            c.source = "reciprocity".to_owned();
            builder.add_cooperation(c, contracts.place(i))?;
        } else {
            let message =
                format!("contract {} – {} makes no tie: {}", contract.urban, contract.rural, contract.status);
            builder.diagnostics().drop_record("contract_not_signed", contracts.place(i), message)?;
        }
        list.push(contract);
    }
    Ok(list)
}

fn read_funding(builder: &mut InventoryBuilder) -> Result<()> {
    let lines = table!("eafrd_2014_2020").read()?;
    for (i, r) in lines.rows.iter().enumerate() {
        let line = FundingLine {
            programme_id: r[0].to_owned(),
            programme: r[1].to_owned(),
            measure: if &r[2] == "VOID" { None } else { Some(Measure::new(&r[2])?) },
            measure_name: r[3].to_owned(),
            eu_eur: number(&r[4]).unwrap_or(f64::NAN),
            national_eur: number(&r[5]).unwrap_or(f64::NAN),
        };
        builder.add_funding(line, lines.place(i))?;
    }
    Ok(())
}

fn read_sectors() -> Result<SectorTable> {
    let names = table!("sectors").read()?;
    let cells = table!("employees_by_departement").read()?;
    let sectors: Vec<String> = names.rows.iter().map(|r| r[0].to_owned()).collect();
    let mut departements: Vec<String> = cells.rows.iter().map(|r| r[0].to_owned()).collect();
    departements.sort_unstable();
    departements.dedup();
    let mut employees = Matrix::filled(departements.len(), sectors.len(), f64::NAN);
    let mut establishments = employees.clone();
    for r in &cells.rows {
        if let (Ok(d), Some(s)) = (
            departements.binary_search_by(|x| x.as_str().cmp(&r[0])),
            sectors.iter().position(|s| *s == r[1]),
        ) {
            employees[(d, s)] = number(&r[2]).unwrap_or(f64::NAN);
            establishments[(d, s)] = number(&r[3]).unwrap_or(f64::NAN);
        }
    }
    let sector_names = names.rows.iter().map(|r| r[1].to_owned()).collect();
    Ok(SectorTable { departements, sectors, sector_names, employees, establishments })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rurality;

    #[test]
    fn credibility_of_the_embedded_communes() {
        let france = EmbeddedFrance::load().unwrap();
        let communes = france.atlas.base();
        assert_eq!(communes.territories().len(), 34_969);
        assert_eq!(france.diagnostics.count("no_point"), 101);
        assert_eq!(france.diagnostics.count("no_population"), 6);
        assert_eq!(france.diagnostics.seen(), france.diagnostics.kept() + france.diagnostics.dropped());
        let population = |test: &dyn Fn(usize, &Territory) -> bool| -> f64 {
            communes
                .territories()
                .iter()
                .enumerate()
                .filter(|(i, t)| test(*i, t))
                .filter_map(|(_, t)| t.population)
                .sum()
        };
        let all = population(&|_, _| true);
        let rural = population(&|_, t| t.density.map(DensityLevel::rurality) == Some(Rurality::Rural));
        assert_eq!((rural / all * 1e3).round(), 318.0);
        // 699 attraction areas hold 92.7 % of the population of the table.
        let areas = france.atlas.level(&Level::AttractionArea).unwrap();
        assert_eq!(areas.territories().len(), 699);
        let inside = population(&|i, _| areas.membership().get(i).is_some());
        assert_eq!((inside / all * 1e3).round(), 927.0, "{}", inside / all);
    }

    #[test]
    fn levels_nest_and_nothing_is_lost() {
        let france = EmbeddedFrance::load().unwrap();
        let count = |level: &Level| france.atlas.level(level).unwrap().territories().len();
        assert_eq!(count(&Level::Epci), 1_255);
        assert_eq!(count(&Level::PetrPays), 124);
        assert_eq!(count(&Level::Departement), 109);
        assert_eq!(count(&Level::Region), 26);
        for unknown in ["unknown_member", "unknown_group", "duplicate_code", "impossible_value"] {
            assert_eq!(france.diagnostics.count(unknown), 0, "{unknown}");
        }
        assert_eq!(france.atlas.level(&Level::Region).unwrap().membership().unlabelled(), 0);
    }

    #[test]
    fn totals_of_the_eafrd_match_the_published_ones() {
        let france = EmbeddedFrance::load().unwrap();
        let total = |m: Measure| {
            let lines = france.inventory.funding().iter().filter(|l| l.measure == Some(m));
            (lines.map(|l| l.eu_eur).sum::<f64>() / 1e5).round() / 10.0
        };
        assert_eq!(total(Measure::BUSINESS_DEVELOPMENT), 861.4);
        assert_eq!(total(Measure::VILLAGE_RENEWAL), 568.9);
        assert_eq!(total(Measure::COOPERATION), 169.1);
        assert_eq!(total(Measure::LEADER), 712.9);
    }

    #[test]
    fn actors_and_ties_are_counted() {
        let france = EmbeddedFrance::load().unwrap();
        let d = &france.diagnostics;
        assert_eq!(d.count("closed_organisation"), 370);
        assert_eq!(d.count("contract_not_signed"), 3);
        assert_eq!(france.inventory.actors().len(), 11_316 - 370);
        assert_eq!(france.inventory.projects().len(), 1_818);
        println!("{d}");
    }
}
