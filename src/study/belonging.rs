//! Whether cooperation follows the perimeters people are told they belong to.

use std::collections::BTreeMap;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Study;
use super::linkage::{check_paired, communities};
use crate::atlas::Atlas;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Measured, Null};
use crate::labels::Labels;
use crate::linkage::{Weighting, deterrence};
use crate::model::{Level, Rurality};
use crate::network::{
    Agreement, CoreMeasure, CoreNull, Direction, Network, TieWeights, agreement, core_evidence, lip_core,
    modularity, participation_coefficient,
};
use crate::progress::Progress;
use crate::random::Seed;
use crate::read::Records;
use crate::space::distance::Places;

/// Perimeters over the base territories of a study: those of a level, or of another year or source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Perimeters {
    /// What they are (a level, a year).
    pub name: String,
    /// Code and name of each.
    pub territories: Vec<PerimeterName>,
    /// Perimeters of each base territory; more than one where they overlap.
    pub of_base: Vec<Vec<u32>>,
}

/// Code and name of a perimeter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerimeterName {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl Perimeters {
    /// Those of a level of the atlas.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no such level.
    pub fn of_level(atlas: &Atlas, level: &Level) -> Result<Self> {
        let mut of_base = vec![Vec::new(); atlas.base().territories().len()];
        for (b, t) in atlas.level(level)?.memberships().iter() {
            of_base[b as usize].push(t);
        }
        let names = atlas.level(level)?.territories().iter();
        let territories =
            names.map(|t| PerimeterName { code: t.code.to_string(), name: t.name.clone() }).collect();
        Ok(Self { name: level.to_string(), territories, of_base })
    }

    /// Those of a table whose first columns are the code of a base territory, the code of its perimeter and the
    /// name of that, in this order and under any name; its file names them. The codes that are not in the atlas
    /// come back with it.
    ///
    /// # Errors
    /// [`Error::Shape`] for a table of fewer columns, those of [`Records::for_each`].
    pub fn from_table(atlas: &Atlas, table: Records<'_>) -> Result<(Self, Vec<String>)> {
        let (name, columns) = (table.file().to_owned(), table.header().len());
        if columns < 3 {
            return Err(Error::Shape {
                what: "columns of the table of perimeters",
                expected: 3,
                got: columns,
            });
        }
        let mut rows = Vec::new();
        table.for_each(|row, found| {
            let perimeter = PerimeterName { code: row.get(1).to_owned(), name: row.get(2).to_owned() };
            rows.push((row.get(0).to_owned(), perimeter));
            found.keep();
            Ok(())
        })?;
        let rows = rows.iter().map(|(code, perimeter)| (code.as_str(), perimeter.clone()));
        Ok(Self::from_rows(atlas, name, rows))
    }

    /// Those of a table of the user's own, base code → perimeter: another year, before and after a law.
    /// The codes that are not in the atlas come back with it.
    #[must_use]
    pub fn from_rows<'a>(
        atlas: &Atlas,
        name: impl Into<String>,
        rows: impl IntoIterator<Item = (&'a str, PerimeterName)>,
    ) -> (Self, Vec<String>) {
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); atlas.base().territories().len()];
        let mut index: BTreeMap<String, u32> = BTreeMap::new();
        let (mut territories, mut unknown) = (Vec::new(), Vec::new());
        for (code, perimeter) in rows {
            let Some(b) = atlas.base().find(code) else {
                unknown.push(code.to_owned());
                continue;
            };
            let at = *index.entry(perimeter.code.clone()).or_insert_with(|| {
                territories.push(perimeter);
                territories.len() as u32 - 1
            });
            if !of_base[b].contains(&at) {
                of_base[b].push(at);
            }
        }
        (Self { name: name.into(), territories, of_base }, unknown)
    }
}

/// How belonging is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BelongingOptions {
    /// Width of the bins of distance, in metres.
    pub bin_m: f64,
    /// Random graphs that the core is held against; none when 0.
    pub replicates: usize,
    /// Seed of the communities and of the random graphs.
    pub seed: Seed,
}

impl Default for BelongingOptions {
    /// Bins of 25 km, 199 random graphs.
    fn default() -> Self {
        Self { bin_m: 25_000.0, replicates: 199, seed: Seed::default() }
    }
}

impl BelongingOptions {
    setters! {
        replicates: usize,
        bin_m: f64,
        seed: Seed,
    }
}

/// Belonging of one perimeter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TerritoryBelonging {
    /// Code and name.
    pub perimeter: PerimeterName,
    /// Tied actors in it.
    pub actors: usize,
    /// Ties inside.
    pub inside: usize,
    /// Ties that leave it.
    pub leaving: usize,
    /// Share of its ties that stay inside; `None` without ties.
    pub share: Option<f64>,
    /// E–I index `(leaving − inside) / (leaving + inside)`; `None` without ties.
    pub ei: Option<f64>,
    /// Conductance `leaving / min(volume, volume of the rest)`; `None` when either is 0.
    pub conductance: Option<f64>,
    /// Ties inside against as many ties as strengths and distance give.
    pub beyond_distance: Measured<Evidence>,
}

/// How one actor belongs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActorBelonging {
    /// Index of the actor.
    pub actor: u32,
    /// Share of its ties that stay in its perimeters.
    pub embeddedness: f64,
    /// How its ties spread over perimeters (participation coefficient; those in none are one more).
    pub openness: f64,
}

/// A tie and whether a perimeter holds both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TieSide {
    /// One actor.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Whether some perimeter holds both.
    pub inside: bool,
}

/// A core of actors that work with everyone, and a periphery that works with the core.
///
/// Held against chance at equal density and at equal distance, never at equal degrees: a single core is
/// what degrees alone give, so that such a test says nothing (Kojaku & Masuda 2018).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BelongingCore {
    /// Actors of the core, by falling number of partners.
    pub actors: Vec<u32>,
    /// Those of them that are rural.
    pub rural: usize,
    /// Those of them whose rurality is known.
    pub classed: usize,
    /// Ties missing in the core and ties inside the periphery, against as many ties between any actors;
    /// `None` when no random graphs were asked for.
    pub against_density: Option<Evidence>,
    /// The same against as many ties at each distance.
    pub against_distance: Option<Evidence>,
}

/// Whether cooperation follows some perimeters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct BelongingReport {
    /// The perimeters.
    pub perimeters: String,
    /// Actors with ties, in the zone of projection that has most of them.
    pub actors: usize,
    /// Actors with ties left out: in another zone or without position.
    pub left_out: usize,
    /// Base territories in more than one perimeter.
    pub overlapping: usize,
    /// Ties inside some perimeter against distance.
    pub beyond_distance: Measured<Evidence>,
    /// Communities of cooperation against the perimeters (the first one where they overlap).
    pub agreement: Measured<Agreement>,
    /// Modularity of the perimeters.
    pub modularity: Measured<f64>,
    /// Their modularity beyond distance.
    pub spatial_modularity: Measured<f64>,
    /// The core of the ties, whatever the perimeters.
    pub core: Measured<BelongingCore>,
    /// Each perimeter, in order.
    pub territories: Vec<TerritoryBelonging>,
    /// Each actor with ties.
    pub embeddedness: Vec<ActorBelonging>,
    /// Each tie.
    pub ties: Vec<TieSide>,
}

/// What changes from one set of perimeters to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BelongingChange {
    /// Ties inside before that are not any more.
    pub now_outside: Vec<TieSide>,
    /// Ties inside now that were not before.
    pub now_inside: Vec<TieSide>,
    /// Share of ties inside, before and after; `None` without ties.
    pub shares: Option<[f64; 2]>,
    /// Whether "more inside than distance gives" (p < .05, more than expected) holds, before and after;
    /// `None` where it is undefined.
    pub conclusions: [Option<bool>; 2],
}

impl BelongingReport {
    /// What changes when the perimeters become those of `after`, over the same ties.
    ///
    /// # Errors
    /// [`Error::Shape`] when the reports are not of the same ties.
    pub fn change(&self, after: &Self) -> Result<BelongingChange> {
        let same = self.ties.len() == after.ties.len()
            && self.ties.iter().zip(&after.ties).all(|(x, y)| (x.a, x.b) == (y.a, y.b));
        if !same {
            return Err(Error::Shape { what: "ties", expected: self.ties.len(), got: after.ties.len() });
        }
        let pairs = || self.ties.iter().zip(&after.ties);
        let side = |from: bool| {
            pairs().filter(|(x, y)| x.inside == from && y.inside != from).map(|(_, y)| *y).collect()
        };
        let share = |ties: &[TieSide]| ties.iter().filter(|t| t.inside).count() as f64 / ties.len() as f64;
        let holds =
            |r: &Self| r.beyond_distance.value().and_then(|e| Some(e.p? < 0.05 && e.observed > e.expected));
        Ok(BelongingChange {
            now_outside: side(true),
            now_inside: side(false),
            shares: (!self.ties.is_empty()).then(|| [share(&self.ties), share(&after.ties)]),
            conclusions: [holds(self), holds(after)],
        })
    }
}

/// The tied actors that one plane holds, and the ties among them, each counted once.
pub(super) struct InMainZone {
    /// Actor of each node.
    pub(super) actors: Vec<usize>,
    /// Where each node is, in metres.
    pub(super) at: Vec<Coord<f64>>,
    pub(super) network: Network,
}

impl Study {
    /// The part of a network over all actors that lies in the main zone of the atlas, of those to keep.
    pub(super) fn tied_in_main_zone(
        &self,
        whole: &Network,
        keep: impl Fn(usize) -> bool,
    ) -> Result<InMainZone> {
        let located: Vec<(usize, Coord<f64>)> = (0..whole.nodes())
            .filter(|&i| whole.degree(i) > 0 && keep(i))
            .filter_map(|i| Some((i, Coord::from(self.places[i].point?))))
            .collect();
        let places = Places::new(&self.atlas.zones(), located.iter().map(|l| l.1).collect())?;
        let (mut actors, mut at) = (Vec::new(), Vec::new());
        for (k, &(i, _)) in located.iter().enumerate() {
            if let (Some(c), true) = (places.planar(k), places.zones()[k] == Some(0)) {
                actors.push(i);
                at.push(c);
            }
        }
        let mut node = vec![u32::MAX; whole.nodes()];
        actors.iter().enumerate().for_each(|(k, &i)| node[i] = k as u32);
        let edges: Vec<(u32, u32, f64)> = whole
            .edge_list()
            .map(|(a, b, _)| (node[a as usize], node[b as usize], 1.0))
            .filter(|e| e.0 != u32::MAX && e.1 != u32::MAX)
            .collect();
        let (network, _) = Network::from_edges(actors.len(), &edges, Direction::Undirected)?;
        Ok(InMainZone { actors, at, network })
    }
}

impl Study {
    /// Whether the ties of the study stay inside some perimeters more than strengths and distance give.
    ///
    /// # Formula
    /// Ties expected inside: `Σ s_i s_j f(d_ij)` over the pairs inside, f the deterrence by bins of
    /// distance (Expert et al. 2011); variance `Σ_b E_b (1 − E_b / T_b)`, `T_b` the ties of bin b. Each tied
    /// pair of actors counts once.
    ///
    /// # Undefined
    /// Without ties; the reason stands in place of the numbers.
    ///
    /// # Errors
    /// [`Error::Shape`] when the perimeters are those of another atlas; [`Error::Parameter`] on a bin
    /// that does not serve.
    ///
    /// # Complexity
    /// O(tied actors²) for what is held against distance, which is undefined above [`super::MOST_PAIRED`] of
    /// them; otherwise O(territories × actors + ties).
    ///
    /// # References
    /// Expert, Evans, Blondel & Lambiotte (2011), doi:10.1073/pnas.1018962108.
    pub fn belonging(
        &self,
        perimeters: &Perimeters,
        options: &BelongingOptions,
        progress: &dyn Progress,
    ) -> Result<BelongingReport> {
        crate::check::check_len(
            "perimeters",
            perimeters.of_base.len(),
            self.atlas.base().territories().len(),
        )?;
        let whole = self.network(|_| true)?;
        let tied: Vec<usize> = (0..whole.nodes()).filter(|&i| whole.degree(i) > 0).collect();
        let InMainZone { actors, at, network } = self.tied_in_main_zone(&whole, |_| true)?;
        let empty: &[u32] = &[];
        let of: Vec<&[u32]> = actors
            .iter()
            .map(|&i| self.places[i].base.map_or(empty, |b| &perimeters.of_base[b as usize]))
            .collect();
        let first = Labels::new(
            of.iter().map(|l| l.first().copied().unwrap_or(Labels::NONE)).collect(),
            perimeters.territories.len(),
        )?;
        let share = |i: usize, j: usize| of[i].iter().any(|t| of[j].contains(t));
        let sums = Sums::of(&network, &at, &of, perimeters.territories.len(), options.bin_m, progress);
        let sums = Measured::of(sums)?;
        let ties: Vec<TieSide> = network
            .edge_list()
            .map(|(a, b, _)| TieSide {
                a: actors[a as usize] as u32,
                b: actors[b as usize] as u32,
                inside: share(a as usize, b as usize),
            })
            .collect();
        let inside = ties.iter().filter(|t| t.inside).count();
        let volume = 2.0 * network.edges() as f64;
        let mut members = vec![Vec::new(); perimeters.territories.len()];
        for (i, inside) in of.iter().enumerate() {
            for &t in *inside {
                let list: &mut Vec<u32> = &mut members[t as usize];
                if list.last() != Some(&(i as u32)) {
                    list.push(i as u32);
                }
            }
        }
        let place = |i: usize| self.places[actors[i]].point;
        let (communities, (territories, openness, within)) = crate::parallel::join(
            || communities(&network, options.seed, place),
            || {
                let territory = |t: usize| {
                    Self::territory(t, &perimeters.territories[t], &network, &of, &members[t], volume, &sums)
                };
                let territories: Vec<_> = (0..perimeters.territories.len()).map(territory).collect();
                let openness = participation_coefficient(&network, &first, TieWeights::Ignored);
                (territories, openness, modularity(&network, &first, 1.0, TieWeights::Ignored))
            },
        );
        let openness = openness?;
        let embeddedness = (0..actors.len())
            .filter(|&k| network.degree(k) > 0)
            .map(|k| ActorBelonging {
                actor: actors[k] as u32,
                embeddedness: network.neighbours(k).iter().filter(|&&j| share(k, j as usize)).count() as f64
                    / network.degree(k) as f64,
                openness: openness[k],
            })
            .collect();
        Ok(BelongingReport {
            perimeters: perimeters.name.clone(),
            actors: actors.len(),
            left_out: tied.len() - actors.len(),
            overlapping: perimeters.of_base.iter().filter(|l| l.len() > 1).count(),
            beyond_distance: match &sums {
                Measured::Value(s) => Measured::Value(s.evidence(inside, &s.any, actors.len())),
                Measured::Undefined(why) => Measured::Undefined(why.clone()),
            },
            agreement: Measured::of(communities.and_then(|c| agreement(&c.of, &first)))?,
            modularity: Measured::of(within)?,
            spatial_modularity: Measured::of(
                check_paired("modularity beyond distance", at.len())
                    .and_then(|()| {
                        deterrence(&network, &first, Weighting::Edges, &at, options.bin_m, progress)
                    })
                    .map(|d| d.spatial_modularity),
            )?,
            core: Measured::of(self.core(&network, &actors, &at, options, progress))?,
            territories,
            embeddedness,
            ties,
        })
    }

    fn core(
        &self,
        network: &Network,
        actors: &[usize],
        at: &[Coord<f64>],
        options: &BelongingOptions,
        progress: &dyn Progress,
    ) -> Result<BelongingCore> {
        let core = lip_core(network)?;
        let test = |null| {
            let (measure, r) = (CoreMeasure::LipErrors, options.replicates);
            (r > 0).then(|| core_evidence(network, measure, null, r, options.seed, progress)).transpose()
        };
        let of: Vec<u32> = core.core.iter().map(|&k| actors[k as usize] as u32).collect();
        let classes = || of.iter().filter_map(|&i| self.places[i as usize].rurality());
        Ok(BelongingCore {
            rural: classes().filter(|r| *r == Rurality::Rural).count(),
            classed: classes().count(),
            against_density: test(CoreNull::Density)?,
            against_distance: test(CoreNull::Distance { positions_m: at, bin_m: options.bin_m })?,
            actors: of,
        })
    }

    fn territory(
        t: usize,
        perimeter: &PerimeterName,
        network: &Network,
        of: &[&[u32]],
        members: &[u32],
        volume: f64,
        sums: &Measured<Sums>,
    ) -> TerritoryBelonging {
        let within = |i: usize| of[i].contains(&(t as u32));
        let (mut twice, mut leaving) = (0, 0);
        for &i in members {
            for &j in network.neighbours(i as usize) {
                *(if within(j as usize) { &mut twice } else { &mut leaving }) += 1;
            }
        }
        let inside = twice / 2;
        let all = (inside + leaving) as f64;
        let own = (twice + leaving) as f64;
        let least = own.min(volume - own);
        let undefined = || Error::undefined("belonging", Undefined::NoTies).to_string();
        TerritoryBelonging {
            perimeter: perimeter.clone(),
            actors: members.len(),
            inside,
            leaving,
            share: (all > 0.0).then(|| inside as f64 / all),
            ei: (all > 0.0).then(|| (leaving as f64 - inside as f64) / all),
            conductance: (least > 0.0).then(|| leaving as f64 / least),
            beyond_distance: match sums {
                Measured::Value(s) if all > 0.0 => {
                    Measured::Value(s.evidence(inside, &s.by[t], members.len()))
                }
                Measured::Value(_) => Measured::Undefined(undefined()),
                Measured::Undefined(why) => Measured::Undefined(why.clone()),
            },
        }
    }
}

/// Ties expected by bin of distance.
struct Sums {
    ties: Vec<f64>,
    /// Inside each perimeter.
    by: Vec<Vec<f64>>,
    /// Inside any.
    any: Vec<f64>,
}

impl Sums {
    fn of(
        network: &Network,
        at: &[Coord<f64>],
        of: &[&[u32]],
        perimeters: usize,
        bin_m: f64,
        progress: &dyn Progress,
    ) -> Result<Self> {
        check_paired("belonging beyond distance", at.len())?;
        let one = Labels::new(vec![0; at.len()], 1)?;
        let f = deterrence(network, &one, Weighting::Edges, at, bin_m, progress)?.f;
        let bin = |i: usize, j: usize| {
            let (dx, dy) = (at[i].x - at[j].x, at[i].y - at[j].y);
            ((dx * dx + dy * dy).sqrt() * (1.0 / bin_m)) as usize
        };
        let mut ties = vec![0.0; f.len()];
        for (a, b, _) in network.edge_list() {
            if let Some(t) = ties.get_mut(bin(a as usize, b as usize)) {
                *t += 1.0;
            }
        }
        let mut by = vec![vec![0.0; f.len()]; perimeters];
        let mut any = vec![0.0; f.len()];
        for i in 0..at.len() {
            for j in i + 1..at.len() {
                let b = bin(i, j);
                let mut counted = false;
                for t in of[i].iter().filter(|t| of[j].contains(t)) {
                    let expected = network.degree(i) as f64
                        * network.degree(j) as f64
                        * f.get(b).copied().unwrap_or(0.0);
                    if expected > 0.0 {
                        by[*t as usize][b] += expected;
                        if !counted {
                            any[b] += expected;
                            counted = true;
                        }
                    }
                }
            }
        }
        Ok(Self { ties, by, any })
    }

    fn evidence(&self, observed: usize, expected: &[f64], n: usize) -> Evidence {
        let mean: f64 = expected.iter().sum();
        let variance: f64 =
            expected.iter().zip(&self.ties).filter(|(_, t)| **t > 0.0).map(|(e, t)| e * (1.0 - e / t)).sum();
        Evidence::closed_form(Null::Gravity, observed as f64, mean, Some(variance), n)
    }
}
