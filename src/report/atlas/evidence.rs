//! What no map of ties shows by itself: who could complement whom, partners worth exploring, brokers.

use std::collections::BTreeMap;

use super::both;
use crate::atlas::AtlasLevel;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::linkage::brokerage;
use crate::model::Level;
use crate::progress::Silent;
use crate::report::Language;
use crate::report::complementarity::activity_name;
use crate::report::partners::reasons;
use crate::study::{
    ActivitySource, Complementarity, ComplementarityOptions, Counting, PartnerUnits, PartnersOptions, Search,
    Study, TieChance,
};
use crate::write::atlas_html::{Broker, Suggestion, SuggestionKind};

/// How far a territory is looked for that has what another lacks.
const RADIUS_M: f64 = 150_000.0;

/// Complements and partners of each territory.
const EACH: usize = 2;

/// Brokers named.
const BROKERS: usize = 100;

/// Width of the bins of distance.
const BIN_M: f64 = 25_000.0;

/// Levels fine enough to have pairs of rural and urban territories, coarse enough to look at all of them.
pub(super) fn compared(level: &AtlasLevel) -> bool {
    ![Level::Commune, Level::Region].contains(level.level())
        && (2..=super::measures::MOST_FOR_EVIDENCE).contains(&level.territories().len())
}

/// Ties against chance of the levels that are compared.
pub(super) fn chances(study: &Study, levels: &[&AtlasLevel]) -> Result<BTreeMap<Level, Vec<TieChance>>> {
    let known: Vec<Level> = levels.iter().filter(|l| compared(l)).map(|l| l.level().clone()).collect();
    let found = study.tie_chances_by(&known, BIN_M, &Silent)?;
    Ok(known.into_iter().zip(found).collect())
}

/// Who could complement whom, and partners worth exploring, level by level.
pub(super) fn suggestions(study: &Study, levels: &[&AtlasLevel]) -> Result<Vec<Suggestion>> {
    let mut all = Vec::new();
    // Attraction areas cut across everything that could sign a contract.
    let asked = |l: &AtlasLevel| compared(l) && *l.level() != Level::AttractionArea;
    for (at, level) in levels.iter().enumerate().filter(|(_, l)| asked(l)) {
        let (profiles, _) = study.profiles(level.level(), ActivitySource::Themes("field"), Counting::Full)?;
        // Actors without known fields are no error: there is nothing to complement.
        let complementarity = match study.complementarity(
            &profiles,
            None,
            &ComplementarityOptions::default().permutations(0),
        ) {
            Ok(found) => Some(found),
            Err(Error::Undefined { .. }) => None,
            Err(other) => return Err(other),
        };
        if let Some(found) = &complementarity {
            complements(found, at, &mut all)?;
        }
        let units = PartnerUnits::Territories(level.level().clone());
        let options = PartnersOptions::new(units.clone()).candidates(units).top(EACH);
        let found = study.partners(&options, complementarity.as_ref())?.recommend_all(&Silent)?;
        for (from, partners) in found.iter().enumerate() {
            all.extend(partners.partners.iter().map(|r| Suggestion {
                layer: at,
                kind: SuggestionKind::Partner,
                from: from as u32,
                to: r.candidate as u32,
                why: both(|l| reasons(r, l)),
            }));
        }
    }
    Ok(all)
}

/// Pairs of one rural and one urban territory, those that gain most first.
fn complements(found: &Complementarity<'_>, layer: usize, all: &mut Vec<Suggestion>) -> Result<()> {
    let search = Search::default().radius_m(RADIUS_M).limits(EACH, 1, EACH);
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (from, partners) in found.partners(search, &Silent)?.into_iter().enumerate() {
        pairs.extend(partners.iter().filter(|p| p.score > 0.0).map(|p| (p.score, from, p.region as usize)));
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    all.extend(pairs.into_iter().map(|(score, from, to)| {
        let gained = found.linkages().contributions(from, to).gained;
        let has = |i: usize| found.giving().table().count(to, i).is_some_and(|n| n > 0.0);
        let mut lacked: Vec<(usize, f64)> =
            gained.into_iter().enumerate().filter(|g| g.1 > 0.0 && has(g.0)).collect();
        lacked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let why = |l: Language| {
            let names: Vec<&str> =
                lacked.iter().take(3).map(|g| activity_name(&found.activities()[g.0], l)).collect();
            let gain = l.pick("gain potentiel", "potential gain");
            let gain = format!("{gain}{}{}/100", l.colon(), l.decimal(score, 0));
            if names.is_empty() {
                return gain;
            }
            let head = l.pick("ce qui manque et s’y trouve", "what is lacked and found there");
            format!("{head}{}{}{}{gain}", l.colon(), names.join(", "), l.semicolon())
        };
        let (from, to) = (from as u32, to as u32);
        Suggestion { layer, kind: SuggestionKind::Complementarity, from, to, why: both(why) }
    }));
    Ok(())
}

/// The actors that stand between most pairs of others, one of them at least of the other side.
pub(super) fn brokers(study: &Study) -> Result<Vec<Broker>> {
    let network = study.network(|_| true)?;
    let sides: Labels = study.rurality_labels();
    let roles = brokerage(&network, &sides)?;
    // Both directions of a tie are counted: each pair twice.
    let mut found: Vec<(f64, usize)> = roles
        .nodes
        .iter()
        .enumerate()
        .filter(|(i, r)| sides.get(*i).is_some() && r.total > r.coordinator)
        .map(|(i, r)| ((r.total - r.coordinator) / 2.0, i))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(BROKERS);
    let broker = |(rank, (pairs, actor)): (usize, (f64, usize))| Broker {
        actor: actor as u32,
        why: both(|l| {
            let (rank, pairs) = (l.rank(rank + 1), l.integer(pairs as i64));
            l.pick(
                format!(
                    "{rank} passeur\u{a0}: entre {pairs} paires de partenaires sans lien connu entre eux, dont l’un \
                     au moins n’est pas de son côté (rural ou urbain)"
                ),
                format!(
                    "{rank} broker: between {pairs} pairs of partners without a known tie, one of whom at least \
                     is not of its side (rural or urban)"
                ),
            )
        }),
    };
    Ok(found.into_iter().enumerate().map(broker).collect())
}
