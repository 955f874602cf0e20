//! Travel times of a user: a table, or roads to compute them on.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::{CostColumns, CostEnds, OnFile, csv, roads, travel_costs};
use crate::accessibility::{CostTable, Roads};
use crate::atlas::Atlas;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};
use crate::inventory::Inventory;
use crate::network::Direction;

/// What the destinations of a table of travel times are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TravelEnd {
    /// Base territories, by code.
    Commune,
    /// Actors, by identifier.
    Actor,
}

impl FromStr for TravelEnd {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_lowercase().as_str() {
            "commune" => Ok(Self::Commune),
            "actor" => Ok(Self::Actor),
            other => Err(Error::Unknown {
                kind: "end of travel times",
                value: other.to_owned(),
                hint: Some("there are commune, actor".to_owned()),
            }),
        }
    }
}

/// Files of travel times.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TravelFiles {
    /// A table of origin, destination and minutes (CSV; Parquet with the feature `parquet`).
    Times {
        /// The table.
        path: PathBuf,
        /// What its destinations are; found out when `None`.
        to: Option<TravelEnd>,
    },
    /// Roads, both ways.
    Roads {
        /// Table of from, to and minutes.
        sections: PathBuf,
        /// Table of their nodes: id and coordinates.
        nodes: PathBuf,
    },
}

/// Travel times that were read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TravelTimes {
    /// From base territory to base territory.
    ToCommunes(CostTable),
    /// From base territory to actor.
    ToActors(CostTable),
    /// Roads to compute them on.
    Roads(Roads),
}

impl TravelFiles {
    /// Reads them; each file's account goes to `on_file`.
    ///
    /// # Errors
    /// Those of [`travel_costs`] and [`roads`]; [`Error::Request`] when no row of a table could be used, and for
    /// a Parquet file in a build without the feature.
    pub fn read(&self, atlas: &Atlas, inventory: &Inventory, on_file: OnFile<'_>) -> Result<TravelTimes> {
        match self {
            Self::Times { path, to } => times(path, *to, atlas, inventory, on_file),
            Self::Roads { sections, nodes } => {
                let open = |path| csv::Reader::default().open_path(path);
                let (nodes, rows, columns) = (open(nodes)?, open(sections)?, CostColumns::default());
                let (found_roads, found) = roads(nodes, rows, &columns, Direction::Undirected)?;
                on_file("roads", sections, &found);
                Ok(TravelTimes::Roads(found_roads))
            }
        }
    }
}

fn times(
    path: &Path,
    to: Option<TravelEnd>,
    atlas: &Atlas,
    inventory: &Inventory,
    on_file: OnFile<'_>,
) -> Result<TravelTimes> {
    let read = |to| {
        let ends = match to {
            TravelEnd::Commune => CostEnds::territories(atlas.base()),
            TravelEnd::Actor => CostEnds::actors(inventory),
        };
        table(path, &CostEnds::territories(atlas.base()), &ends).map(|(costs, found)| match to {
            TravelEnd::Commune => (TravelTimes::ToCommunes(costs), found),
            TravelEnd::Actor => (TravelTimes::ToActors(costs), found),
        })
    };
    let mut answer = read(to.unwrap_or(TravelEnd::Commune));
    // Nothing leads to a commune: do they lead to the actors?
    if to.is_none() && matches!(&answer, Ok((_, found)) if found.kept() == 0) {
        let other = read(TravelEnd::Actor);
        if matches!(&other, Ok((_, found)) if found.kept() > 0) {
            answer = other;
        }
    }
    let (times, found) = answer?;
    on_file("travel times", path, &found);
    if found.kept() == 0 {
        return Err(Error::Request(format!(
            "NO TRAVEL TIME WAS KEPT of {}: origins must be codes of communes, destinations codes of communes or \
             (`--to actor`) identifiers of actors. See the findings above",
            path.display()
        )));
    }
    Ok(times)
}

fn table(
    path: &Path,
    origins: &CostEnds<'_>,
    destinations: &CostEnds<'_>,
) -> Result<(CostTable, Diagnostics)> {
    let columns = CostColumns::default();
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
        return travel_costs(csv::Reader::default().open_path(path)?, &columns, origins, destinations);
    }
    #[cfg(feature = "parquet")]
    return super::travel_costs_parquet(
        path,
        &columns,
        origins,
        destinations,
        crate::diagnostics::Strictness::Lenient,
    );
    #[cfg(not(feature = "parquet"))]
    Err(Error::Request(format!("{}: run with --features parquet to read Parquet", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Place, Strictness};
    use crate::model::{Actor, ActorId, ActorKind, Level};
    use crate::read::TerritoryTable;

    fn read(rows: &str, to: Option<TravelEnd>) -> Result<(TravelTimes, usize)> {
        let table = csv::Reader::default().open_str("code,name\nA,A\nB,B\n", "territories.csv")?;
        let (atlas, _) = TerritoryTable::new(Level::Commune, "code").read(table)?;
        let mut inventory = Inventory::builder(Strictness::Lenient);
        let actor = Actor::new(ActorId::new("lab")?, "Lab", ActorKind::ResearchCentre);
        inventory.add_actor(actor, Place::file("actors.csv"))?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("times.csv");
        std::fs::write(&path, format!("origin,destination,minutes\n{rows}")).unwrap();
        let mut kept = 0;
        let mut on_file = |what: &str, _: &Path, found: &Diagnostics| {
            assert_eq!(what, "travel times");
            kept += found.kept();
        };
        let files = TravelFiles::Times { path, to };
        let times = files.read(&atlas, &inventory.finish().0, &mut on_file)?;
        Ok((times, kept))
    }

    #[test]
    fn destinations_are_found_out() {
        assert!(matches!(read("A,B,5\nB,A,6\n", None).unwrap(), (TravelTimes::ToCommunes(_), 2)));
        assert!(matches!(read("A,lab,5\nB,nobody,6\n", None).unwrap(), (TravelTimes::ToActors(_), 1)));
        assert!(matches!(
            read("A,lab,5\nB,lab,6\n", Some(TravelEnd::Actor)).unwrap(),
            (TravelTimes::ToActors(_), 2)
        ));
    }

    #[test]
    fn times_that_lead_nowhere_are_an_error() {
        for (rows, to) in [("A,lab,5\n", Some(TravelEnd::Commune)), ("X,Y,5\n", None)] {
            let error = read(rows, to).unwrap_err().to_string();
            assert!(error.starts_with("NO TRAVEL TIME WAS KEPT of "), "{error}");
        }
        assert!("train".parse::<TravelEnd>().unwrap_err().to_string().contains("commune, actor"));
    }
}
