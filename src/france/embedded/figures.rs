//! Figures by territory, each behind its own loader: a study that does not ask does not pay.

use serde::{Deserialize, Serialize};

use super::EmbeddedFrance;
use super::table::{Table, number, table};
use crate::atlas::Atlas;
use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::inventory::SourceTitle;
use crate::model::{CommuneCode, FundingLine, FundingStatus, Level, MoneySource, TerritoryCode};
use crate::profiles::{Activity, ProfileCell, ProfileRules, Profiles};
use crate::study::FirmGround;

/// Establishments of a commune by number of employees, at the end of 2014, on communes of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Establishments {
    /// The commune.
    pub commune: CommuneCode,
    /// Numbers in the classes [`Establishments::CLASSES`].
    pub by_size: [u32; 9],
}

impl Establishments {
    /// Employees of each class; the first one holds those without employees and those not known.
    pub const CLASSES: [&'static str; 9] =
        ["0 or unknown", "1–5", "6–9", "10–19", "20–49", "50–99", "100–199", "200–499", "500 or more"];

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.by_size.iter().sum()
    }
}

/// Jobs of an employment zone of 2010 and its communes, which were found by overlay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmploymentZone {
    /// Code of 2010 (not that of the zones of 2020).
    pub code: String,
    /// Name.
    pub name: String,
    /// Employees and self-employed of each year from 1998 to 2015; `NaN` where not known.
    pub jobs: Vec<f64>,
    /// Its communes; empty for 17 zones overseas.
    pub communes: Vec<CommuneCode>,
}

/// Access figures of a commune, 2014–2017; `None` where the source has none. Communes that have
/// merged since 2018 have those of the commune whose code they keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AccessIndicators {
    /// The commune.
    pub commune: CommuneCode,
    /// Workers who live over 30 minutes from work, %.
    pub workers_over_30min_pct: Option<f64>,
    /// Visits to a general practitioner within reach, by inhabitant and year (APL).
    pub gp_visits_per_inhabitant: Option<f64>,
    /// Premises with very fast internet, %.
    pub very_fast_internet_pct: Option<f64>,
    /// Of those aged 15 to 24, neither in employment nor in education, %.
    pub neet_pct: Option<f64>,
    /// Minutes to the nearest cinema or theatre.
    pub minutes_to_stage_or_screen: Option<f64>,
    /// Employment rate at 15 to 64, %.
    pub employment_rate_pct: Option<f64>,
    /// Vacant dwellings, %.
    pub vacant_housing_pct: Option<f64>,
    /// Turnout, %.
    pub turnout_pct: Option<f64>,
    /// Median income by consumption unit, euros.
    pub median_income_eur: Option<f64>,
}

/// People from one département to another; within one there is no figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Where they come from (98: overseas collectivities, 99: abroad).
    pub from: String,
    /// Where they go.
    pub to: String,
    /// How many; census weights make fractions.
    pub people: f64,
}

/// State grants (DETR, DSIL, DSID) of 2019 to a territory in one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateGrant {
    /// Commune, EPCI or département.
    pub level: Level,
    /// Its code.
    pub territory: TerritoryCode,
    /// Category of the investment.
    pub category: String,
    /// Rows of the source; a project with two grants has two.
    pub projects: u32,
    /// Cost of the projects, euros.
    pub cost_eur: f64,
    /// Grants, euros.
    pub grant_eur: f64,
}

/// A postcode and the communes it serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postcode {
    /// Five digits.
    pub code: String,
    /// Communes, by code.
    pub communes: Vec<CommuneCode>,
}

/// What kind of EPCI, and how it raises taxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpciKind {
    /// The EPCI.
    pub epci: TerritoryCode,
    /// CC, CA, CU, METRO or MET69.
    pub nature: String,
    /// FPU (business tax shared) or FA (taxes of its own beside the communes').
    pub tax_regime: String,
}

/// Number of LEADER local action groups of a région.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderGroups {
    /// The région.
    pub region: TerritoryCode,
    /// Groups of 2014–2020.
    pub groups_2014_2020: Option<u32>,
    /// Groups of 2023–2027.
    pub groups_2023_2027: Option<u32>,
    /// Whether the later count is of all waves.
    pub coverage: String,
    /// Page that attests it.
    pub evidence: String,
}

/// The rows of a table, each made by `row`.
fn rows<T>(table: &Table, row: impl Fn(&csv::StringRecord) -> Result<T>) -> Result<Vec<T>> {
    table.read()?.rows.iter().map(row).collect()
}

fn communes(cell: &str) -> Result<Vec<CommuneCode>> {
    cell.split(';').filter(|c| !c.is_empty()).map(CommuneCode::new).collect()
}

fn flows(table: &Table) -> Result<Vec<Flow>> {
    let mut flows = Vec::new();
    for r in &table.read()?.rows {
        for (to, people) in r[1].split(';').filter_map(|flow| flow.split_once(':')) {
            let Some(people) = number(people) else { continue };
            flows.push(Flow { from: r[0].to_owned(), to: to.to_owned(), people });
        }
    }
    Ok(flows)
}

impl EmbeddedFrance {
    /// Establishments by commune and size (INSEE, end of 2014), summed where communes merged.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn establishments() -> Result<Vec<Establishments>> {
        rows(&table!("establishments_2014"), |r| {
            let mut by_size = [0; 9];
            for (slot, count) in by_size.iter_mut().zip(r[1].split(';')) {
                *slot = count.parse().unwrap_or(0);
            }
            Ok(Establishments { commune: CommuneCode::new(&r[0])?, by_size })
        })
    }

    /// Establishments of each commune by size as profiles, for complementarity. A commune without a row
    /// has none.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged or the atlas has other communes.
    pub fn establishment_profiles(atlas: &Atlas) -> Result<(Profiles, Diagnostics)> {
        let activities: Vec<Activity> = Establishments::CLASSES
            .iter()
            .enumerate()
            .map(|(i, name)| Activity::new(format!("size{i}"), *name))
            .collect::<Result<_>>()?;
        let rules = ProfileRules::default().nomenclature(activities.clone());
        let mut profiles =
            Profiles::builder("establishments", atlas.base(), &rules, "establishments_2014.csv");
        for e in Self::establishments()? {
            for (activity, count) in activities.iter().zip(e.by_size) {
                profiles.add(ProfileCell {
                    territory: e.commune.as_str(),
                    activity: activity.code.as_str(),
                    name: None,
                    count: Some(f64::from(count)),
                    line: None,
                })?;
            }
        }
        profiles.finish()
    }

    /// What firms could come from: establishments with 10 employees or more of each commune, for
    /// [`Study::firms_and_laboratories`](crate::study::Study::firms_and_laboratories). A commune without a
    /// row has none.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn firm_ground(atlas: &Atlas) -> Result<FirmGround> {
        let base = atlas.base();
        let mut of_base = vec![0.0; base.territories().len()];
        for e in Self::establishments()? {
            if let Some(b) = base.find(e.commune.as_str()) {
                of_base[b] += f64::from(e.by_size[3..].iter().sum::<u32>());
            }
        }
        let title = SourceTitle {
            french: "établissements de 10 salariés et plus (Insee, fin 2014)".to_owned(),
            english: "establishments with 10 employees or more (INSEE, end of 2014)".to_owned(),
        };
        Ok(FirmGround { title, of_base })
    }

    /// Jobs by employment zone of 2010 (INSEE, 1998–2015), with its communes.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn employment_zones() -> Result<Vec<EmploymentZone>> {
        rows(&table!("employment_zones_2010"), |r| {
            Ok(EmploymentZone {
                code: r[0].to_owned(),
                name: r[1].to_owned(),
                jobs: r[2].split(';').map(|n| number(n).unwrap_or(f64::NAN)).collect(),
                communes: communes(&r[3])?,
            })
        })
    }

    /// Access figures by commune (Observatoire des territoires, 2014–2017).
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn access_indicators() -> Result<Vec<AccessIndicators>> {
        rows(&table!("access_2017"), |r| {
            Ok(AccessIndicators {
                commune: CommuneCode::new(&r[0])?,
                workers_over_30min_pct: number(&r[1]),
                gp_visits_per_inhabitant: number(&r[2]),
                very_fast_internet_pct: number(&r[3]),
                neet_pct: number(&r[4]),
                minutes_to_stage_or_screen: number(&r[5]),
                employment_rate_pct: number(&r[6]),
                vacant_housing_pct: number(&r[7]),
                turnout_pct: number(&r[8]),
                median_income_eur: number(&r[9]),
            })
        })
    }

    /// People who changed département within a year (census of 2020).
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn residential_moves() -> Result<Vec<Flow>> {
        flows(&table!("residential_moves_2020"))
    }

    /// Commuters between mainland départements (census of 2016), flows of 200 and more.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn commuting() -> Result<Vec<Flow>> {
        flows(&table!("commuting_2016"))
    }

    /// State grants for investment of 2019 by territory and category.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn state_grants() -> Result<Vec<StateGrant>> {
        let categories = rows(&table!("state_grant_categories"), |r| Ok(r[1].to_owned()))?;
        rows(&table!("state_grants_2019"), |r| {
            let level = match &r[0] {
                "" => Level::Commune,
                "epci" => Level::Epci,
                _ => Level::Departement,
            };
            let category = r[2].parse::<usize>().ok().and_then(|i| categories.get(i).cloned());
            Ok(StateGrant {
                level,
                territory: TerritoryCode::new(&r[1])?,
                category: category.unwrap_or_default(),
                projects: r[3].parse().unwrap_or(0),
                cost_eur: number(&r[4]).unwrap_or(f64::NAN),
                grant_eur: number(&r[5]).unwrap_or(f64::NAN),
            })
        })
    }

    /// The same as funding lines, committed, one for each territory and category: what an inventory can hold.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn state_grant_lines() -> Result<Vec<FundingLine>> {
        let line = |grant: StateGrant| {
            let mut line = FundingLine::new("DETR-DSIL-DSID", grant.grant_eur);
            "DETR, DSIL, DSID 2019".clone_into(&mut line.programme);
            line.code_name = grant.category;
            line.status = FundingStatus::Committed;
            line.year = Some(2019);
            line.money = MoneySource::National;
            line.territory = Some((grant.level, grant.territory));
            line
        };
        Ok(Self::state_grants()?.into_iter().map(line).collect())
    }

    /// Postcodes and their communes (2025); CEDEX codes are not among them.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn postcodes() -> Result<Vec<Postcode>> {
        rows(&table!("postcodes"), |r| Ok(Postcode { code: r[0].to_owned(), communes: communes(&r[1])? }))
    }

    /// Nature and tax regime of each EPCI (2025).
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn epci_kinds() -> Result<Vec<EpciKind>> {
        rows(&table!("epci_kinds"), |r| {
            Ok(EpciKind {
                epci: TerritoryCode::new(&r[0])?,
                nature: r[1].to_owned(),
                tax_regime: r[2].to_owned(),
            })
        })
    }

    /// Number of LEADER local action groups by région.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn leader_groups() -> Result<Vec<LeaderGroups>> {
        rows(&table!("leader_groups"), |r| {
            Ok(LeaderGroups {
                region: TerritoryCode::new(&r[0])?,
                groups_2014_2020: r[1].parse().ok(),
                groups_2023_2027: r[2].parse().ok(),
                coverage: r[3].to_owned(),
                evidence: r[4].to_owned(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Totals of the sources, so that no row was lost on the way.
    #[test]
    fn totals_are_those_of_the_sources() {
        let establishments = EmbeddedFrance::establishments().unwrap();
        assert_eq!(establishments.iter().map(|e| u64::from(e.total())).sum::<u64>(), 4_528_492);
        let zones = EmbeddedFrance::employment_zones().unwrap();
        assert_eq!(zones.len(), 321);
        let jobs: f64 = zones.iter().filter_map(|z| z.jobs.last()).sum();
        assert_eq!((jobs / 1e5).round(), 273.0);
        assert_eq!(zones.iter().filter(|z| z.communes.is_empty()).count(), 17);
        let moves: f64 = EmbeddedFrance::residential_moves().unwrap().iter().map(|f| f.people).sum();
        assert_eq!((moves / 1e4).round(), 331.0);
        let commuting = EmbeddedFrance::commuting().unwrap();
        assert_eq!(commuting.len(), 930);
        assert_eq!((commuting.iter().map(|f| f.people).sum::<f64>() / 1e4).round(), 424.0);
        let grants = EmbeddedFrance::state_grants().unwrap();
        assert_eq!((grants.iter().map(|g| g.grant_eur).sum::<f64>() / 1e6).round(), 1_708.0);
        assert!(grants.iter().all(|g| g.grant_eur > 0.0 && !g.category.is_empty()));
        let postcodes = EmbeddedFrance::postcodes().unwrap();
        assert_eq!(postcodes.len(), 6_201);
        assert_eq!(postcodes.iter().map(|p| p.communes.len()).sum::<usize>(), 35_613);
        assert_eq!(EmbeddedFrance::epci_kinds().unwrap().len(), 1_255);
        let groups = EmbeddedFrance::leader_groups().unwrap();
        assert_eq!(groups.iter().filter_map(|g| g.groups_2014_2020).sum::<u32>(), 315);
        let access = EmbeddedFrance::access_indicators().unwrap();
        assert_eq!(access.len(), 34_864);
        assert_eq!(access[0].minutes_to_stage_or_screen, Some(7.0));
    }
}
