//! What it costs to get from territories to facilities.

use super::{AccessOptions, Covered};
use crate::accessibility::{CostTable, Nearest, Roads, nearest_k, nearest_k_geodesic};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::space::LonLat;
use crate::space::neighbours::Neighbour;
use crate::study::Study;

/// What it costs to get from the base territories to the facilities.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub enum AccessCosts<'a> {
    /// Geodesic metres from the point of the territory to that of the actor
    /// ([`crate::study::ActorPlace::point`]): the same rule
    /// on the mainland, overseas and between them.
    #[default]
    StraightLine,
    /// A table with the base territories as origins and all actors of the study as facilities.
    ToActors(&'a CostTable),
    /// A table from base territory to base territory; actors are where [`Study::places`] puts them.
    BetweenTerritories {
        /// The table.
        table: &'a CostTable,
        /// Cost within a territory where the table gives none; `None` when it cannot be travelled.
        own: Option<f64>,
    },
    /// Shortest paths over roads, from and to the nearest nodes.
    Roads {
        /// The roads.
        roads: &'a Roads,
        /// How far from a node a territory or an actor may be, in metres; those farther off are left
        /// out and counted.
        snap_m: f64,
        /// Cost of a metre in a straight line to or from the nearest node, in the unit of the roads per
        /// metre; zero when that way is to cost nothing.
        off_road_cost_per_m: f64,
    },
}

impl AccessCosts<'_> {
    pub(super) const fn is_straight(&self) -> bool {
        matches!(self, Self::StraightLine)
    }
}

/// The costs between the territories and facilities that can be measured.
pub(super) struct Reach {
    /// Base territory of each row.
    pub rows: Vec<u32>,
    /// Position in the supply of each column.
    pub facilities: Vec<u32>,
    pub costs: CostTable,
    pub nearest: Nearest,
    /// Why base territories are in no row.
    pub left_out: Vec<Option<Covered>>,
    pub without_place: usize,
    pub facilities_off_roads: usize,
}

pub(super) fn find(study: &Study, options: &AccessOptions<'_>, progress: &dyn Progress) -> Result<Reach> {
    match options.costs {
        AccessCosts::StraightLine => straight(study, options, progress),
        AccessCosts::ToActors(table) => {
            check_size(table, study.atlas().base().territories().len(), study.places().len())?;
            given(study, options, [table, table], &|actor| Some(actor))
        }
        AccessCosts::BetweenTerritories { table, own } => {
            let n = study.atlas().base().territories().len();
            check_size(table, n, n)?;
            let column = |actor: u32| study.places()[actor as usize].base;
            match own {
                Some(cost) => given(study, options, [table, &table.with_own_costs(cost)?], &column),
                None => given(study, options, [table, table], &column),
            }
        }
        AccessCosts::Roads { roads, snap_m, off_road_cost_per_m } => {
            over_roads(study, options, roads, snap_m, off_road_cost_per_m, progress)
        }
    }
}

fn check_size(table: &CostTable, origins: usize, facilities: usize) -> Result<()> {
    let shape = |what, expected, got| Err(Error::Shape { what, expected, got });
    if table.origins() != origins {
        return shape("origins of the cost table (one per base territory)", origins, table.origins());
    }
    if table.facilities() != facilities {
        return shape("facilities of the cost table", facilities, table.facilities());
    }
    Ok(())
}

/// Splits items into those with a place, by index, and the number of those without.
fn placed<P>(items: impl Iterator<Item = Option<P>>) -> (Vec<u32>, Vec<P>, usize) {
    let (mut of, mut places, mut without) = (Vec::new(), Vec::new(), 0);
    for (i, place) in items.enumerate() {
        match place {
            Some(place) => {
                of.push(i as u32);
                places.push(place);
            }
            None => without += 1,
        }
    }
    (of, places, without)
}

fn points(study: &Study) -> impl Iterator<Item = Option<LonLat>> {
    study.atlas().base().territories().iter().map(|t| t.point)
}

/// The facilities of the supply that `place` knows a place of, and how many there are without.
fn facilities<P>(
    options: &AccessOptions<'_>,
    place: impl Fn(u32) -> Option<P>,
    lacks: &str,
) -> Result<(Vec<u32>, Vec<P>, usize)> {
    let actors = options.supply.actors();
    located(actors.iter().map(|&a| place(a)), lacks)
}

/// As [`placed`], where there must be some with a place.
fn located<P>(
    items: impl ExactSizeIterator<Item = Option<P>>,
    lacks: &str,
) -> Result<(Vec<u32>, Vec<P>, usize)> {
    let all = items.len();
    let found = placed(items);
    if found.0.is_empty() {
        return Err(Error::Unknown {
            kind: "located facility",
            value: "of this supply".to_owned(),
            hint: Some(format!("none of the {all} facilities {lacks}")),
        });
    }
    Ok(found)
}

fn with_point(study: &Study, options: &AccessOptions<'_>) -> Result<(Vec<u32>, Vec<LonLat>, usize)> {
    let point = |a: u32| study.places()[a as usize].point;
    facilities(options, point, "has a position or a commune with a point; give longitudes and latitudes")
}

fn straight(study: &Study, options: &AccessOptions<'_>, progress: &dyn Progress) -> Result<Reach> {
    let (facilities, to, without_place) = with_point(study, options)?;
    let (rows, from, _) = placed(points(study));
    progress.begin("measure distances", Some(2));
    let costs = CostTable::geodesic(&from, &to, options.catchment.cutoff())?;
    progress.advance(1);
    let nearest = nearest_k_geodesic(&from, &to, options.nearest)?;
    progress.advance(1);
    progress.end();
    let left_out = points(study).map(|p| p.is_none().then_some(Covered::NoPoint)).collect();
    Ok(Reach { rows, facilities, costs, nearest, left_out, without_place, facilities_off_roads: 0 })
}

/// Costs of the table `filled`, in which `column` finds an actor; territories without any cost in the
/// table as it was given are left out.
fn given(
    study: &Study,
    options: &AccessOptions<'_>,
    [table, filled]: [&CostTable; 2],
    column: &dyn Fn(u32) -> Option<u32>,
) -> Result<Reach> {
    let lacks = "is in a territory; give positions or communes";
    let (facilities, columns, without_place) = facilities(options, column, lacks)?;
    let n = study.atlas().base().territories().len();
    let known = |b: usize| table.as_csr().row_len(b) > 0;
    let rows: Vec<u32> = (0..n as u32).filter(|&b| known(b as usize)).collect();
    let costs = filled.select(&rows, &columns)?;
    let nearest = nearest_k(&costs, options.nearest)?;
    let left_out = (0..n).map(|b| (!known(b)).then_some(Covered::NoCosts)).collect();
    Ok(Reach { rows, facilities, costs, nearest, left_out, without_place, facilities_off_roads: 0 })
}

fn over_roads(
    study: &Study,
    options: &AccessOptions<'_>,
    roads: &Roads,
    snap_m: f64,
    off_road_cost_per_m: f64,
    progress: &dyn Progress,
) -> Result<Reach> {
    let (with_place, to, without_place) = with_point(study, options)?;
    let (with_point, from, _) = placed(points(study));
    let (at, from, _) = placed(roads.nearest_nodes(&from, snap_m)?.into_iter());
    let rows: Vec<u32> = at.iter().map(|&i| with_point[i as usize]).collect();
    let near = roads.nearest_nodes(&to, snap_m)?;
    let (at, to, facilities_off_roads) =
        located(near.into_iter(), "is near a road; allow a longer way to it")?;
    let facilities: Vec<u32> = at.iter().map(|&i| with_place[i as usize]).collect();
    let nodes = |near: &[Neighbour]| near.iter().map(|n| n.id).collect::<Vec<_>>();
    let ways =
        |near: &[Neighbour]| near.iter().map(|n| n.distance_m * off_road_cost_per_m).collect::<Vec<_>>();
    let costs =
        CostTable::over_roads(roads.network(), &nodes(&from), &nodes(&to), options.farthest(), progress)?
            .with_end_costs(&ways(&from), &ways(&to))?
            .within(options.farthest());
    let nearest = nearest_k(&costs, options.nearest)?;
    let mut left_out: Vec<Option<Covered>> =
        points(study).map(|p| Some(p.map_or(Covered::NoPoint, |_| Covered::OffRoads))).collect();
    for &b in &rows {
        left_out[b as usize] = None;
    }
    Ok(Reach { rows, facilities, costs, nearest, left_out, without_place, facilities_off_roads })
}
