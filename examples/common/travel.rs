//! Travel times of the user, from a table or computed on roads.

use std::path::PathBuf;

use rurban::read::{TravelEnd, TravelFiles};
use rurban::report::access::Travel;

use super::values::{file, positive};

/// Where travel times come from.
#[derive(clap::Args)]
pub struct TravelOptions {
    /// Travel times: CSV with origin, destination, minutes, or Parquet (`--features parquet`).
    #[arg(long, conflicts_with = "roads", value_parser = file)]
    costs: Option<PathBuf>,
    /// What the destinations of the travel times are: commune, or actor (by identifier); found out when not
    /// given.
    #[arg(long)]
    to: Option<TravelEnd>,
    /// Roads, both ways: CSV with from, to, minutes.
    #[arg(long, requires = "nodes", value_parser = file)]
    roads: Option<PathBuf>,
    /// Their nodes: CSV with id and coordinates.
    #[arg(long, requires = "roads", value_parser = file)]
    nodes: Option<PathBuf>,
    /// How far people go when travel times are given, in minutes.
    #[arg(long, default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    reach_minutes: f64,
    /// How far from a road node communes and actors may be, in kilometres.
    #[arg(long, default_value_t = 10.0, value_parser = positive, allow_negative_numbers = true)]
    snap_km: f64,
    /// How fast people get to the nearest road node, in a straight line, in kilometres per hour.
    #[arg(long, default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    off_road_km_per_hour: f64,
}

impl TravelOptions {
    pub fn travel(self) -> Option<Travel> {
        let files = match (self.costs, self.roads, self.nodes) {
            (Some(path), _, _) => TravelFiles::Times { path, to: self.to },
            (None, Some(sections), Some(nodes)) => TravelFiles::Roads { sections, nodes },
            _ => return None,
        };
        let travel = Travel::new(files).reach_minutes(self.reach_minutes).snap_km(self.snap_km);
        Some(travel.off_road_km_per_hour(self.off_road_km_per_hour))
    }
}
