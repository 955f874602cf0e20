//! Actors by what people write of them.

use std::collections::HashMap;

use super::vocabulary::folded;
use crate::model::{Actor, ActorKind, CommuneCode};

/// Words that every PETR and Pays has in its name, folded.
const TERRITORY_WORDS: [&str; 7] = ["petr", "pay", "pole", "equilibre", "territorial", "rural", "syndicat"];

/// Whom a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// This actor.
    One(u32),
    /// As many as this have the name.
    Several(usize),
    /// Nobody known.
    Nobody,
}

impl Found {
    pub(super) const fn one(self) -> Option<u32> {
        if let Self::One(actor) = self { Some(actor) } else { None }
    }
}

/// Finds actors by identifier, SIREN of the territory they speak for, or a name that one actor has.
#[derive(Debug, Clone, Default)]
pub(super) struct ActorFinder {
    by_id: HashMap<String, u32>,
    by_code: HashMap<String, u32>,
    by_name: HashMap<String, Vec<u32>>,
    communes: Vec<Option<CommuneCode>>,
}

impl ActorFinder {
    pub(super) fn new(actors: &[Actor]) -> Self {
        let mut finder = Self::default();
        actors.iter().for_each(|a| finder.add(a));
        finder
    }

    /// Adds the actor that has the next index.
    pub(super) fn add(&mut self, actor: &Actor) {
        let index = self.communes.len() as u32;
        self.communes.push(actor.commune);
        self.by_id.entry(actor.id.to_string()).or_insert(index);
        if let Some((_, code)) = &actor.territory {
            self.by_code.entry(code.to_string()).or_insert(index);
        }
        let name = folded(&actor.name);
        if actor.kind == ActorKind::PetrPays {
            self.by_name.entry(territory_key(&name)).or_default().push(index);
        }
        self.by_name.entry(name).or_default().push(index);
    }

    pub(super) fn by_id(&self, id: &str) -> Option<u32> {
        self.by_id.get(id.trim()).copied()
    }

    pub(super) fn by_siren(&self, siren: &str) -> Option<u32> {
        self.by_code.get(siren).or_else(|| self.by_id.get(siren)).copied()
    }

    /// By name, in the same commune where both name one; a PETR or Pays by its proper name too.
    pub(super) fn by_name(&self, name: &str, commune: Option<&str>) -> Found {
        let name = folded(name);
        let named = |key: &str| self.by_name.get(key).map_or(&[][..], Vec::as_slice);
        let mut all = named(&name);
        let key;
        if all.is_empty() && name.split(' ').any(|w| w == "petr" || w == "pay") {
            key = territory_key(&name);
            all = named(&key);
        }
        let fits = |i: &&u32| match (self.communes[**i as usize], commune) {
            // A commune given by name cannot be compared with a code.
            (Some(own), Some(c)) if c.len() == 5 => own.as_str() == c,
            _ => true,
        };
        let mut fitting = all.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Found::One(*one),
            (None, _) => Found::Nobody,
            (Some(_), Some(_)) => Found::Several(all.len()),
        }
    }

    /// By identifier, else by name.
    pub(super) fn find(&self, text: &str, commune: Option<&str>) -> Found {
        let exact = self.by_id(text).or_else(|| self.by_siren(text.trim()));
        exact.map_or_else(|| self.by_name(text, commune), Found::One)
    }
}

/// The proper name of a PETR or Pays: `PETR/Pays Sundgau` and `Pôle d'équilibre territorial et rural
/// du Sundgau` are the same; marked, so that it is no other actor's name.
fn territory_key(folded: &str) -> String {
    let words = folded.split(' ').filter(|w| !TERRITORY_WORDS.contains(w));
    std::iter::once("petr:").chain(words).collect::<Vec<_>>().join(" ")
}
