//! Travel times of the user, from a table or computed on roads.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rurban::accessibility::{CostTable, Roads};
use rurban::diagnostics::Diagnostics;
use rurban::network::Direction;
use rurban::read::{CostColumns, CostEnds, csv, roads, travel_costs};
use rurban::study::{AccessCosts, Study};

use super::{Account, Fallible};

/// What the destinations of travel times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Destination {
    Commune,
    Actor,
}

/// Where travel times come from.
#[derive(clap::Args, Debug)]
pub struct Travel {
    /// Travel times: CSV with origin, destination, minutes, or Parquet (`--features parquet`).
    #[arg(long, conflicts_with = "roads", value_parser = super::file)]
    costs: Option<PathBuf>,
    /// What the destinations of the travel times are: communes, or actors by identifier; found out when not
    /// given.
    #[arg(long, value_enum)]
    to: Option<Destination>,
    /// Roads, both ways: CSV with from, to, minutes.
    #[arg(long, requires = "nodes", value_parser = super::file)]
    roads: Option<PathBuf>,
    /// Their nodes: CSV with id and coordinates.
    #[arg(long, requires = "roads", value_parser = super::file)]
    nodes: Option<PathBuf>,
    /// How far people go when travel times are given, in minutes.
    #[arg(long, default_value_t = 30.0, value_parser = super::positive, allow_negative_numbers = true)]
    pub reach_minutes: f64,
    /// How far from a road node communes and actors may be, in kilometres.
    #[arg(long, default_value_t = 10.0, value_parser = super::positive, allow_negative_numbers = true)]
    snap_km: f64,
    /// How fast people get to the nearest road node, in a straight line, in kilometres per hour.
    #[arg(long, default_value_t = 30.0, value_parser = super::positive, allow_negative_numbers = true)]
    off_road_km_per_hour: f64,
}

/// Travel times that were read.
pub enum Times {
    ToCommunes(CostTable),
    ToActors(CostTable),
    Roads(Roads),
}

impl Travel {
    /// The travel times, where there are any.
    pub fn read(&self, study: &Study, account: &mut Account) -> Fallible<Option<Times>> {
        let columns = CostColumns::default();
        if let Some(path) = &self.costs {
            let read = |to| times_of(path, &columns, study, to);
            let title = format!("TRAVEL TIMES {}", path.display());
            let (mut to, mut answer) = match self.to {
                Some(to) => (to, read(to)),
                None => (Destination::Commune, read(Destination::Commune)),
            };
            let none = |answer: &Fallible<(CostTable, Diagnostics)>| matches!(answer, Ok((_, found)) if found.kept() == 0);
            // Nothing leads to a commune: do they lead to the actors?
            if self.to.is_none() && none(&answer) {
                let other = read(Destination::Actor);
                if matches!(&other, Ok((_, found)) if found.kept() > 0) {
                    (to, answer) = (Destination::Actor, other);
                }
            }
            let (times, found) = answer?;
            account.add(&title, &found);
            if found.kept() == 0 {
                return Err(format!(
                    "NO TRAVEL TIME WAS KEPT of {}: origins must be codes of communes, destinations codes of \
                     communes or (`--to actor`) identifiers of actors. See the findings above",
                    path.display()
                )
                .into());
            }
            return Ok(Some(match to {
                Destination::Commune => Times::ToCommunes(times),
                Destination::Actor => Times::ToActors(times),
            }));
        }
        let (Some(sections), Some(nodes)) = (&self.roads, &self.nodes) else { return Ok(None) };
        let open = |path| csv::Reader::default().open_path(path);
        let (times, found) = roads(open(nodes)?, open(sections)?, &columns, Direction::Undirected)?;
        account.add(&format!("ROADS {}", sections.display()), &found);
        Ok(Some(Times::Roads(times)))
    }

    /// What it costs to get anywhere: straight lines without travel times.
    pub fn costs<'a>(&self, times: Option<&'a Times>) -> AccessCosts<'a> {
        match times {
            Some(Times::ToActors(table)) => AccessCosts::ToActors(table),
            Some(Times::ToCommunes(table)) => AccessCosts::BetweenTerritories { table, own: Some(0.0) },
            Some(Times::Roads(roads)) => AccessCosts::Roads {
                roads,
                snap_m: self.snap_km * 1e3,
                off_road_cost_per_m: 60.0 / (self.off_road_km_per_hour * 1e3),
            },
            None => AccessCosts::StraightLine,
        }
    }
}

/// The travel times of a file whose destinations are of one kind.
fn times_of(
    path: &Path,
    columns: &CostColumns<'_>,
    study: &Study,
    to: Destination,
) -> Fallible<(CostTable, Diagnostics)> {
    let communes = CostEnds::territories(study.atlas().base());
    let ends = match to {
        Destination::Commune => CostEnds::territories(study.atlas().base()),
        Destination::Actor => CostEnds::actors(study.inventory()),
    };
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
        read_parquet(path, columns, &communes, &ends)
    } else {
        Ok(travel_costs(csv::Reader::default().open_path(path)?, columns, &communes, &ends)?)
    }
}

#[cfg(feature = "parquet")]
fn read_parquet(
    path: &Path,
    columns: &CostColumns<'_>,
    origins: &CostEnds<'_>,
    destinations: &CostEnds<'_>,
) -> Fallible<(CostTable, Diagnostics)> {
    let strictness = rurban::diagnostics::Strictness::Lenient;
    Ok(rurban::read::travel_costs_parquet(path, columns, origins, destinations, strictness)?)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(
    path: &Path,
    _: &CostColumns<'_>,
    _: &CostEnds<'_>,
    _: &CostEnds<'_>,
) -> Fallible<(CostTable, Diagnostics)> {
    Err(format!("{}: run with --features parquet to read Parquet", path.display()).into())
}
