//! The ground that all parts of the linkage of a study stand on.

use geo_types::Coord;

use super::super::Study;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::Level;
use crate::network::{Direction, Network};
use crate::space::distance::Places;

/// The tied actors of a part, renumbered.
pub(super) struct Ground {
    pub(super) network: Network,
    /// Actor of each node.
    pub(super) actors: Vec<u32>,
}

impl Ground {
    pub(super) fn of(network: &Network, keep: impl Fn(usize) -> bool) -> Result<Self> {
        let mut new = vec![u32::MAX; network.nodes()];
        let mut actors = Vec::new();
        for i in (0..network.nodes()).filter(|&i| keep(i)) {
            new[i] = actors.len() as u32;
            actors.push(i as u32);
        }
        let edges: Vec<(u32, u32, f64)> = network
            .edge_list()
            .map(|(a, b, w)| (new[a as usize], new[b as usize], w))
            .filter(|&(a, b, _)| a != u32::MAX && b != u32::MAX)
            .collect();
        Ok(Self { network: Network::from_edges(actors.len(), &edges, Direction::Undirected)?.0, actors })
    }

    pub(super) fn labels(&self, labels: &Labels) -> Result<Labels> {
        Labels::new(self.actors.iter().map(|&a| labels.as_slice()[a as usize]).collect(), labels.classes())
    }
}

/// Numbers classes anew so that only those in use count.
pub(super) fn used(labels: &Labels) -> (Labels, Vec<u32>) {
    Labels::from_keys(labels.as_slice().iter().map(|&c| Some(c).filter(|&c| c != Labels::NONE)))
}

/// What a study needs of itself to measure linkage, worked out once.
pub(super) struct Frame<'a> {
    pub(super) study: &'a Study,
    pub(super) rurality: Labels,
    pub(super) density: Labels,
    pub(super) kinds: Labels,
    /// Position of each actor among `places`.
    pub(super) place_of: Vec<Option<usize>>,
    pub(super) places: Places,
}

impl<'a> Frame<'a> {
    pub(super) fn new(study: &'a Study) -> Result<Self> {
        let mut points: Vec<Coord<f64>> = Vec::new();
        let place_of = (study.places.iter())
            .map(|p| {
                points.push(p.point?.into());
                Some(points.len() - 1)
            })
            .collect();
        Ok(Self {
            study,
            rurality: study.rurality_labels(),
            density: study.density_labels(),
            kinds: study.kind_labels(),
            place_of,
            places: Places::new(&study.atlas.zones(), points)?,
        })
    }

    /// Position in metres of an actor in the main zone of the atlas.
    pub(super) fn in_main_zone(&self, actor: usize) -> Option<Coord<f64>> {
        let at = self.place_of[actor]?;
        (self.places.zones()[at] == Some(0)).then(|| self.places.planar(at)).flatten()
    }

    pub(super) fn level(&self, level: &Level) -> Result<Option<Labels>> {
        match self.study.territory_labels(level) {
            Ok(labels) => Ok(Some(labels)),
            Err(Error::Unknown { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }
}
