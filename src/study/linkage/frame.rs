//! The ground that all parts of the linkage of a study stand on.

use geo_types::Coord;

use super::super::Study;
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::model::Level;
use crate::network::{Communities, CommunityOptions, Network, leiden};
use crate::random::Seed;
use crate::space::LonLat;
use crate::space::distance::Places;

/// Tied actors whose pairs are weighed by their distance, at most: above (in a continent's enterprises, say)
/// what follows distance is undefined in the answers of a study, and says so. Who can wait asks
/// [`mixing_evidence`](crate::linkage::mixing_evidence) or [`deterrence`](crate::linkage::deterrence), which
/// go through the pairs of any number.
pub const MOST_PAIRED: usize = 50_000;

/// Whether the pairs of so many places may be gone through.
pub(in super::super) const fn check_paired(measure: &'static str, places: usize) -> Result<()> {
    if places > MOST_PAIRED {
        return Err(Error::undefined(measure, Undefined::TooManyPairs { places, most: MOST_PAIRED }));
    }
    Ok(())
}

/// Ties above which communities are looked for once: those of large graphs hardly differ.
pub(super) const MANY_TIES: usize = 250_000;

/// Communities of actors: the best of five runs, a single short one in a large graph. `place` says where each
/// node is.
pub(in super::super) fn communities(
    network: &Network,
    seed: Seed,
    place: impl Fn(usize) -> Option<LonLat>,
) -> Result<Communities> {
    let options = CommunityOptions::default().seed(seed);
    if network.edges() <= MANY_TIES {
        return leiden(network, &options.runs(5));
    }
    // Who is near is tied more often: with near nodes beside each other the graph is gone through in the cache.
    let mut order: Vec<(u64, u32)> =
        (0..network.nodes()).map(|i| (place(i).map_or(u64::MAX, along_a_curve), i as u32)).collect();
    order.sort_unstable();
    let order: Vec<u32> = order.into_iter().map(|(_, i)| i).collect();
    let found = leiden(&network.reordered(&order), &options.runs(1).passes(1))?;
    let mut of = vec![None; network.nodes()];
    order.iter().enumerate().for_each(|(k, &i)| of[i as usize] = found.of.get(k));
    let numbers = in_order_of_appearance(of.into_iter().flatten(), found.of.classes());
    Ok(Communities { of: Labels::new(numbers, found.of.classes())?, modularity: found.modularity })
}

/// Classes numbered anew by their first member.
fn in_order_of_appearance(of: impl Iterator<Item = usize>, classes: usize) -> Vec<u32> {
    let mut number = vec![u32::MAX; classes];
    let mut next = 0;
    of.map(|c| {
        if number[c] == u32::MAX {
            number[c] = next;
            next += 1;
        }
        number[c]
    })
    .collect()
}

/// How far along a curve that goes through near places one after the other (Z-order) a place is.
fn along_a_curve(place: LonLat) -> u64 {
    let part = |x: f64| ((x * f64::from(1 << 20)) as u64).min((1 << 20) - 1);
    let (x, y) = (part((place.lon() + 180.0) / 360.0), part((place.lat() + 90.0) / 180.0));
    (0..20).fold(0, |key, bit| key | ((x >> bit & 1) << (2 * bit)) | ((y >> bit & 1) << (2 * bit + 1)))
}

/// The tied actors of a part, renumbered.
pub(super) struct Ground {
    pub(super) network: Network,
    /// Actor of each node.
    pub(super) actors: Vec<u32>,
}

impl Ground {
    pub(super) fn of(network: &Network, keep: impl Fn(usize) -> bool) -> Self {
        let (network, actors) = network.restricted(keep);
        Self { network, actors }
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

    /// Why nothing is said of a level.
    pub(super) fn no_level(&self, level: &Level) -> String {
        let levels: Vec<_> = self.study.atlas.levels().iter().map(|l| l.level().key()).collect();
        format!("there is no level `{}` in this atlas, which has {}", level.key(), levels.join(", "))
    }

    pub(super) fn level(&self, level: &Level) -> Result<Option<Labels>> {
        match self.study.territory_labels(level) {
            Ok(labels) => Ok(Some(labels)),
            Err(Error::Unknown { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }
}
