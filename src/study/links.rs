use serde::{Deserialize, Serialize};

use super::{ActorPlace, StudyOptions};
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::model::{CooperationKind, LinkClass, Period};
use crate::network::{Participation, project};
use crate::progress::Progress;

/// A tie between two actors, of one kind and from one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Index of one actor; below `b`.
    pub a: u32,
    /// Index of the other actor.
    pub b: u32,
    /// What the cooperation consists of.
    pub kind: CooperationKind,
    /// How strong it is: joint projects under the projection rule, joint units, contracts …
    pub weight: f64,
    /// From the first to the last year of what makes it up, when dated.
    pub period: Option<Period>,
    /// Where its ends are.
    pub class: LinkClass,
    /// Data set it comes from.
    pub source: String,
}

/// Numbers of links by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkSummary {
    /// Both ends urban.
    pub urban_urban: usize,
    /// One end of each.
    pub urban_rural: usize,
    /// Both ends rural.
    pub rural_rural: usize,
    /// An end of unknown rurality.
    pub unclassed: usize,
}

impl LinkSummary {
    /// Counts links.
    pub fn of<'a>(links: impl IntoIterator<Item = &'a Link>) -> Self {
        let mut s = Self::default();
        for link in links {
            *match link.class {
                LinkClass::UrbanUrban => &mut s.urban_urban,
                LinkClass::UrbanRural => &mut s.urban_rural,
                LinkClass::RuralRural => &mut s.rural_rural,
                LinkClass::Unclassed => &mut s.unclassed,
            } += 1;
        }
        s
    }

    /// All links.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.urban_urban + self.urban_rural + self.rural_rural + self.unclassed
    }
}

/// A cooperation on its way into a link.
#[derive(Clone, Copy)]
struct Part {
    a: u32,
    b: u32,
    kind: CooperationKind,
    /// Rank of its source among all sources.
    source: u32,
    weight: f64,
    period: Option<Period>,
}

impl Part {
    /// What makes a link: its ends, kind and source, in the order of links.
    fn key(&self) -> (u64, u64) {
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        (pair(self.a, self.b), pair(self.kind as u32, self.source))
    }
}

/// Ties the graph: given ties as they are, projects by the projection rule.
pub(super) fn tie(
    inventory: &Inventory,
    places: &[ActorPlace],
    options: &StudyOptions,
    progress: &dyn Progress,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Link>> {
    let (ties, projects) = (inventory.ties(), inventory.projects());
    progress.begin("tie cooperations", Some((ties.len() + projects.len()) as u64));
    let mut undated = 0;
    let mut takes = |kind, period: Option<Period>| {
        undated += usize::from(is_wanted(options, kind) && options.period.is_some() && period.is_none());
        is_taken(options, kind, period)
    };

    let mut sources: Vec<&str> = Vec::new();
    let named = ties.iter().map(|t| &t.source).chain(projects.iter().map(|p| &p.source));
    for source in named {
        // Neighbours mostly come from the same source.
        if sources.last() != Some(&source.as_str()) {
            sources.push(source);
        }
    }
    sources.sort_unstable();
    sources.dedup();
    let rank = |source: &str| sources.binary_search(&source).map_or(u32::MAX, |rank| rank as u32);
    let mut parts: Vec<Part> = Vec::with_capacity(ties.len());
    let mut add = |a: u32, b: u32, kind, source: &str, weight: f64, period| {
        parts.push(Part { a: a.min(b), b: a.max(b), kind, source: rank(source), weight, period });
    };
    for tie in ties {
        if takes(tie.kind, tie.period) {
            add(tie.from, tie.to, tie.kind, &tie.source, tie.weight, tie.period);
        }
    }
    progress.advance(ties.len() as u64);
    let mut lone = 0;
    for p in projects {
        if !takes(p.kind, p.period) {
            continue;
        }
        let members: Vec<Participation> =
            p.participants.iter().map(|&(actor, _)| Participation { actor, project: 0 }).collect();
        let projection = project(&members, None, options.projection)?;
        lone += projection.single_participant_projects;
        for (a, b, weight) in projection.edges {
            add(a, b, p.kind, &p.source, weight, p.period);
        }
    }
    progress.advance(projects.len() as u64);
    progress.end();

    if undated > 0 {
        let message = format!("{undated} cooperations without a date are not in a study of one period");
        diagnostics.remark("undated_cooperation", Place::file("inventory"), message);
    }
    if lone > 0 {
        let message = format!("{lone} projects have one participant of the inventory and make no tie");
        diagnostics.remark("lone_participant", Place::file("inventory"), message);
    }
    // What makes up one link keeps its order, so that sums are the same bytes whatever the threads.
    crate::parallel::sort_by_key(&mut parts, Part::key);
    let same = parts.chunk_by(|a, b| a.key() == b.key());
    let link = |of: &[Part]| {
        let Part { a, b, kind, source, .. } = of[0];
        Link {
            a,
            b,
            kind,
            weight: of.iter().map(|p| p.weight).sum(),
            period: of.iter().fold(None, |all, p| span(all, p.period)),
            class: LinkClass::of(places[a as usize].rurality(), places[b as usize].rurality()),
            source: sources[source as usize].to_owned(),
        }
    };
    Ok(same.map(link).collect())
}

fn is_wanted(options: &StudyOptions, kind: CooperationKind) -> bool {
    options.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
}

/// Whether a study takes in a cooperation or project of this kind and time.
pub(super) fn is_taken(options: &StudyOptions, kind: CooperationKind, period: Option<Period>) -> bool {
    let in_period = options.period.is_none_or(|wanted| period.is_some_and(|p| wanted.overlaps(p)));
    is_wanted(options, kind) && in_period
}

/// The span that holds both periods.
fn span(a: Option<Period>, b: Option<Period>) -> Option<Period> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Period { from: a.from.min(b.from), to: a.to.max(b.to) }),
        (a, b) => a.or(b),
    }
}
