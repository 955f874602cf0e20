//! Who stands between rural and urban actors: brokers, communities, bridges.

use std::collections::BTreeMap;

use super::LinkageOptions;
use super::frame::{Frame, Ground, used};
use super::report::{BorderAgreement, Broker, CommunityReport, KindBrokerage};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::linkage::{MixingMatrix, Roles, TerritoryBridging, Weighting, brokerage, territory_bridging};
use crate::model::ActorKind;
use crate::network::{
    Network, TieWeights, agreement, modularity, participation_coefficient, structural_holes_of,
};

impl Frame<'_> {
    pub(super) fn brokers(
        &self,
        tied: &Ground,
        rurality: &Labels,
        top: usize,
    ) -> Result<(Vec<KindBrokerage>, Vec<Broker>)> {
        let roles = brokerage(&tied.network, rurality)?;
        let kinds = tied.labels(&self.kinds)?;
        let sizes = kinds.sizes();
        let by_kind = ActorKind::ALL
            .into_iter()
            .zip(sizes)
            .zip(roles.by_kind(&kinds)?)
            .filter(|((_, actors), _)| *actors > 0)
            .map(|((kind, actors), roles)| KindBrokerage { kind, actors, roles })
            .collect();
        let between = |r: &Roles| r.total - r.coordinator;
        let mut order: Vec<usize> =
            (0..tied.actors.len()).filter(|&i| between(&roles.nodes[i]) > 0.0).collect();
        order.sort_by(|&i, &j| between(&roles.nodes[j]).total_cmp(&between(&roles.nodes[i])).then(i.cmp(&j)));
        order.truncate(top);
        let shown: Vec<u32> = order.iter().map(|&i| i as u32).collect();
        let holes = structural_holes_of(&tied.network, TieWeights::Used, &shown)?;
        let brokers = order
            .into_iter()
            .enumerate()
            .map(|(k, i)| {
                let actor = &self.study.inventory.actors()[tied.actors[i] as usize];
                Broker {
                    actor: tied.actors[i],
                    name: actor.name.clone(),
                    kind: actor.kind,
                    rurality: self.study.places[tied.actors[i] as usize].rurality(),
                    roles: roles.nodes[i],
                    z: roles.z[i],
                    constraint: holes.constraint[k],
                    effective_size: holes.effective_size[k],
                }
            })
            .collect();
        Ok((by_kind, brokers))
    }

    pub(super) fn communities(
        &self,
        tied: &Ground,
        of: &Labels,
        q: f64,
        options: &LinkageOptions,
    ) -> Result<CommunityReport> {
        let mut borders = Vec::new();
        for level in [&options.units, &options.grouping] {
            let Some(labels) = self.level(level)? else { continue };
            let labels = tied.labels(&labels)?;
            let spread = participation_coefficient(&tied.network, &labels, TieWeights::Used)?;
            borders.push(BorderAgreement {
                level: level.clone(),
                agreement: agreement(of, &labels)?,
                modularity: modularity(&tied.network, &labels, 1.0, TieWeights::Used)?,
                participation: spread.iter().sum::<f64>() / spread.len() as f64,
            });
        }
        Ok(CommunityReport { communities: of.classes(), modularity: q, borders })
    }
}

/// Bridging of the classes in use of some labels, by class.
pub(super) fn bridging(
    network: &Network,
    labels: &Labels,
    weighting: Weighting,
) -> Result<BTreeMap<u32, TerritoryBridging>> {
    const MOST: usize = 8_192;
    let tied = Ground::of(network, |i| network.degree(i) > 0);
    let (labels, classes) = used(&tied.labels(labels)?);
    if classes.len() > MOST {
        return Err(Error::Parameter {
            name: "level",
            value: format!("{} territories with ties", classes.len()),
            must: "must have at most 8192 of them; take a coarser level",
        });
    }
    let mixing = MixingMatrix::new(&tied.network, &labels, weighting)?;
    Ok(classes.into_iter().zip(territory_bridging(&mixing)).collect())
}
