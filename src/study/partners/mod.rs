//! Who should work with whom, and why.

mod judge;
mod nearness;
mod options;
mod recommend;
mod region;
mod units;

pub use judge::{JudgeOptions, JudgedScore, JudgedScores, Judgement, KnownRanks, PairRank, ReciprocalRank};
pub use options::{Constraint, PartnerConstraints, PartnersOptions, Sides};
pub use recommend::{Basis, CommonPartner, Lack, Recommendation, Recommendations, Removal, TermReason};
pub use region::{RegionMatching, RegionPair};
pub use units::{PartnerHistory, PartnerUnit, PartnerUnits};

use nearness::Nearness;
use units::UnitTable;

use super::{Complementarity, Study};
use crate::error::{Error, Result};
use crate::matching::{Pairs, Scorer, Term};
use crate::network::{Direction, Network};
use crate::profiles::{ProfileRows, Profiles};
use crate::read::names::{alike, meant};
use crate::space::distance::Places;

/// Minutes from a seeker to a candidate, by their positions among their units; `None` when out of
/// reach.
pub type PartnerTimes<'a> = &'a (dyn Fn(usize, usize) -> Option<f64> + Sync + Send);

/// Partners worth exploring for every actor or territory of a study. From [`Study::partners`].
pub struct Partners<'a> {
    study: &'a Study,
    options: PartnersOptions,
    seekers: UnitTable,
    candidates: UnitTable,
    /// Whether seekers and candidates are the same units.
    same: bool,
    /// Ties among the candidates.
    network: Network,
    /// Ties of each seeker with candidates that share no ground with it, by candidate.
    ties: Vec<Vec<(u32, f64)>>,
    /// Candidates that share ground with each seeker, itself included; sorted.
    shared: Vec<Vec<u32>>,
    /// Participations of the candidates.
    participations: Vec<f64>,
    places: Places,
    seeker_place: Vec<Option<usize>>,
    candidate_place: Vec<Option<usize>>,
    complementarity: Option<&'a Complementarity<'a>>,
    /// Group of each candidate for one partner per territory.
    group: Option<Vec<Vec<u32>>>,
    times: Option<PartnerTimes<'a>>,
    nearness: Option<Nearness>,
}

impl std::fmt::Debug for Partners<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Partners")
            .field("options", &self.options)
            .field("seekers", &self.seekers.list.len())
            .field("candidates", &self.candidates.list.len())
            .finish_non_exhaustive()
    }
}

impl Study {
    /// Prepares partners for every actor or territory: a score that is a sum of terms, each of which is
    /// its own explanation.
    ///
    /// Network proximity goes over the ties of the candidates with each other and with the seeker;
    /// candidates that share ground with it (its own parts, the territory it is part of) are never
    /// proposed. `complementarity` must have the seekers as receiving rows and the candidates as giving
    /// ones; without it that term is 0 for everyone.
    ///
    /// # Formula
    /// See [`ScoreModel`](crate::matching::ScoreModel).
    ///
    /// # Direction
    /// Higher scores first; they order the candidates of one seeker and mean nothing by themselves.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks a level; [`Error::Parameter`] on options out of their
    /// domain, a term that needs numbers a study does not have ([`Term::Own`],
    /// [`Term::RecentParticipations`]), or a complementarity of other rows.
    ///
    /// # Complexity
    /// O(actors + links) here; O(candidates) and the ties two steps away for each seeker later.
    ///
    /// # Example
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::Level;
    /// use rurban::progress::Silent;
    /// use rurban::study::{PartnerUnits, PartnersOptions, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let options = PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays));
    /// let partners = study.partners(&options, None)?;
    /// let found = partners.recommend(partners.find("Portes de Gascogne")?)?;
    /// assert_eq!(found.partners.len(), 10);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn partners<'a>(
        &'a self,
        options: &PartnersOptions,
        complementarity: Option<&'a Complementarity<'a>>,
    ) -> Result<Partners<'a>> {
        options.check()?;
        let candidates = UnitTable::of(self, &options.candidates)?;
        let same = options.seekers == options.candidates;
        let seekers = if same { candidates.clone() } else { UnitTable::of(self, &options.seekers)? };
        if let Some(c) = complementarity {
            let matches = |rows: &ProfileRows, units: &PartnerUnits| match (rows, units) {
                (ProfileRows::Actors, PartnerUnits::Actors) => true,
                (ProfileRows::Territories(a), PartnerUnits::Territories(b)) => a == b,
                _ => false,
            };
            if !std::ptr::eq(c.study(), self)
                || !matches(c.receiving().rows(), &options.seekers)
                || !matches(c.giving().rows(), &options.candidates)
            {
                let must = "must be of this study, with the seekers receiving and the candidates giving";
                return Err(Error::Parameter {
                    name: "complementarity",
                    value: "other rows".to_owned(),
                    must,
                });
            }
        }
        let shared = shared_ground(&seekers, &candidates, same);
        let (network, ties) = tie(self, &seekers, &candidates, &shared)?;
        let (seeker_place, mut points) = seekers.points();
        let (mut candidate_place, further) = candidates.points();
        candidate_place.iter_mut().flatten().for_each(|p| *p += points.len());
        points.extend(further);
        let group = (options.constraints.one_per.as_ref())
            .map(|level| UnitTable::of(self, &PartnerUnits::Territories(level.clone())))
            .transpose()?
            .map(|groups| group_of(&candidates, &groups));
        let partners = Partners {
            study: self,
            participations: candidates.list.iter().map(|u| u.participations).collect(),
            places: Places::new(&self.atlas.zones(), points)?,
            options: options.clone(),
            seekers,
            candidates,
            same,
            network,
            ties,
            shared,
            seeker_place,
            candidate_place,
            complementarity,
            group,
            times: None,
            nearness: None,
        };
        partners.scorer().map(|_| ())?;
        Ok(partners)
    }
}

impl<'a> Partners<'a> {
    /// Sets the travel times that [`PartnerConstraints::max_minutes`] is held against.
    #[must_use]
    pub fn with_times(mut self, minutes: PartnerTimes<'a>) -> Self {
        self.times = Some(minutes);
        self
    }

    /// Tells the score what seekers and candidates do and where they belong, for
    /// [`Term::Proximity`](crate::matching::Term::Proximity): the cognitive one is the cosine of their
    /// profiles, the institutional one the share of the same kind, département and région.
    ///
    /// # Errors
    /// [`Error::Shape`] when the profiles are not of the seekers and of the candidates.
    pub fn with_profiles(mut self, seekers: &Profiles, candidates: &Profiles) -> Result<Self> {
        self.nearness =
            Some(Nearness::new(self.study, [&self.seekers, &self.candidates], [seekers, candidates])?);
        Ok(self)
    }

    /// Those who look for partners.
    #[must_use]
    pub fn seekers(&self) -> &[PartnerUnit] {
        &self.seekers.list
    }

    /// Those who may be found.
    #[must_use]
    pub fn candidates(&self) -> &[PartnerUnit] {
        &self.candidates.list
    }

    /// The study.
    #[must_use]
    pub const fn study(&self) -> &'a Study {
        self.study
    }

    /// The options.
    #[must_use]
    pub const fn options(&self) -> &PartnersOptions {
        &self.options
    }

    /// Position of a seeker by its code or identifier, or by a name that only one has (accents and case
    /// do not count).
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none or more than one, with those that come near.
    pub fn find(&self, text: &str) -> Result<usize> {
        if let Some(at) = self.seekers.list.iter().position(|u| u.code == text) {
            return Ok(at);
        }
        if let PartnerUnits::Territories(level) = &self.options.seekers {
            return self.study.atlas().level(level)?.search(text);
        }
        let names: Vec<&str> = self.seekers.list.iter().map(|u| u.name.as_str()).collect();
        let found = meant(text, &names);
        if let [one] = found[..] {
            return Ok(one);
        }
        let shown = |rows: &[usize]| -> String {
            let name = |&i: &usize| format!("{} ({})", names[i], self.seekers.list[i].code);
            rows.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let mut near = alike(text, &names, |_| 0.0);
        near.truncate(3);
        let hint = match (found.len(), near.is_empty()) {
            (0, true) => None,
            (0, false) => Some(format!("did you mean {}?", shown(&near))),
            (n, _) => Some(format!("{n} have it: {} …", shown(&found[..n.min(5)]))),
        };
        Err(Error::Unknown { kind: "actor", value: text.to_owned(), hint })
    }

    /// The score over the candidates, ready for any seeker.
    fn scorer(&self) -> Result<Scorer<'_>> {
        Scorer::new(
            Pairs {
                network: &self.network,
                participations: &self.participations,
                recent: &[],
                distance_m: &|_, _| f64::NAN,
                unknown_distance_m: self.options.unknown_distance_m,
                complementarity: None,
                proximity: None,
                own: &[],
            },
            &self.options.model,
        )
    }

    fn distance_m(&self, seeker: usize, candidate: usize) -> Option<f64> {
        let (a, b) = (self.seeker_place[seeker]?, self.candidate_place[candidate]?);
        self.places.distance_m(a, b).ok()
    }

    /// What the seeker could gain from the candidate, in [0, 1].
    fn complementarity_of(&self, seeker: usize, candidate: usize) -> f64 {
        self.complementarity.map_or(f64::NAN, |c| c.score(seeker, candidate) / 100.0)
    }

    fn has(&self, test: impl Fn(Term) -> bool) -> bool {
        self.options.model.coefficients.iter().any(|c| test(c.term))
    }
}

/// Candidates that share base territories with each seeker.
fn shared_ground(seekers: &UnitTable, candidates: &UnitTable, same: bool) -> Vec<Vec<u32>> {
    let n = seekers.list.len();
    let mut shared: Vec<Vec<u32>> =
        if same { (0..n as u32).map(|i| vec![i]).collect() } else { vec![Vec::new(); n] };
    if !seekers.of_base.is_empty() && !candidates.of_base.is_empty() {
        for (ours, theirs) in seekers.of_base.rows().zip(candidates.of_base.rows()) {
            for &r in ours {
                shared[r as usize].extend_from_slice(theirs);
            }
        }
    } else if !same {
        // An actor shares ground with the territories it stands for.
        for (ours, theirs) in seekers.of_actor.iter().zip(&candidates.of_actor) {
            for &r in ours {
                shared[r as usize].extend_from_slice(theirs);
            }
        }
    }
    for list in &mut shared {
        list.sort_unstable();
        list.dedup();
    }
    shared
}

/// For each seeker its ties with candidates, by weight.
type OwnTies = Vec<Vec<(u32, f64)>>;

/// Ties among candidates, and of each seeker with candidates it shares no ground with.
fn tie(
    study: &Study,
    seekers: &UnitTable,
    candidates: &UnitTable,
    shared: &[Vec<u32>],
) -> Result<(Network, OwnTies)> {
    let mut among = Vec::new();
    let mut own: OwnTies = vec![Vec::new(); seekers.list.len()];
    for link in study.links() {
        let ends = [link.a as usize, link.b as usize];
        for &a in &candidates.of_actor[ends[0]] {
            for &b in candidates.of_actor[ends[1]].iter().filter(|&&b| b != a) {
                among.push((a, b, link.weight));
            }
        }
        for (x, y) in [(ends[0], ends[1]), (ends[1], ends[0])] {
            for &r in &seekers.of_actor[x] {
                let near = &shared[r as usize];
                for &s in candidates.of_actor[y].iter().filter(|s| near.binary_search(s).is_err()) {
                    own[r as usize].push((s, link.weight));
                }
            }
        }
    }
    for list in &mut own {
        list.sort_by_key(|t| t.0);
        *list = list.chunk_by(|a, b| a.0 == b.0).map(|c| (c[0].0, c.iter().map(|t| t.1).sum())).collect();
    }
    let (network, _) = Network::from_edges(candidates.list.len(), &among, Direction::Undirected)?;
    Ok((network, own))
}

/// Territories each candidate lies in.
fn group_of(candidates: &UnitTable, groups: &UnitTable) -> Vec<Vec<u32>> {
    let mut of = vec![Vec::new(); candidates.list.len()];
    let pairs: Vec<(&[u32], &[u32])> = if candidates.of_base.is_empty() {
        candidates.of_actor.iter().map(Vec::as_slice).zip(groups.of_actor.iter().map(Vec::as_slice)).collect()
    } else {
        candidates.of_base.rows().zip(groups.of_base.rows()).collect()
    };
    for (ours, theirs) in pairs {
        for &c in ours {
            let list: &mut Vec<u32> = &mut of[c as usize];
            list.extend(theirs.iter().filter(|g| !list.contains(g)).collect::<Vec<_>>());
        }
    }
    of.iter_mut().for_each(|list| list.sort_unstable());
    of
}
