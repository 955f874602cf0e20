use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::super::codes::CodeBook;
use super::super::commune_names::{Beside, CommuneNames, Named};
use super::super::finder::{ActorFinder, Found};
use super::{Survey, folded, warning};
use crate::atlas::Atlas;
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::inventory::Inventory;

/// Who a respondent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RespondentMatch {
    /// Index of the actor in the inventory.
    pub actor: Option<u32>,
    /// Index of the commune answered, in the base level of the atlas.
    pub base: Option<u32>,
}

impl Survey {
    /// The actor and commune of each respondent. The actor: by identifier, else by SIREN (of the
    /// territory an actor speaks for, or as its identifier), else by a name that one actor has, in the
    /// same commune where both name one. The commune: by code, former codes put right by `codes`, else
    /// by a name that one commune has, or one in the département of the postcode. Those with neither are reported, and so are those whose name
    /// fits no actor. O(actors + communes + respondents).
    ///
    /// # Errors
    /// None in a lenient account.
    pub fn match_respondents(
        &self,
        inventory: &Inventory,
        atlas: &Atlas,
        codes: &CodeBook,
        file: &str,
    ) -> Result<(Vec<RespondentMatch>, Diagnostics)> {
        let mut found = Diagnostics::default();
        let finder = ActorFinder::new(inventory.actors());
        let mut communes: HashMap<String, Option<u32>> = HashMap::new();
        for (i, territory) in atlas.base().territories().iter().enumerate() {
            // A name that two communes have tells neither.
            let entry = communes.entry(folded(&territory.name));
            entry.and_modify(|c| *c = None).or_insert(Some(i as u32));
        }
        let written = CommuneNames::of(atlas);
        let commune_of = |text: &str, postcode: Option<&str>| {
            let code = codes.find(text, |c| atlas.base().find(c).is_some());
            let by_code = code.and_then(|c| atlas.base().find(&c.code)).map(|i| i as u32);
            by_code.or_else(|| match written.find(text, Beside { postcode, departement: None }, codes) {
                Named::One(code, _) => atlas.base().find(code.as_str()).map(|i| i as u32),
                Named::None(_) => communes.get(&folded(text)).copied().flatten(),
                Named::Several(_) | Named::NotThere(..) => None,
            })
        };
        let mut matched = Vec::with_capacity(self.respondents.len());
        for respondent in &self.respondents {
            let place = || Place::file(file).line(respondent.line);
            let base = respondent.commune.as_deref();
            let base = base.and_then(|text| commune_of(text, respondent.postcode.as_deref()));
            let code = base.map(|b| atlas.base().territories()[b as usize].code.as_str());
            if let (Some(text), None) = (&respondent.commune, base) {
                let message = format!("{text:?} is no commune code, nor the name of one commune only");
                found.report(warning("unmatched_commune", place(), message))?;
            }
            let by_id = respondent.id.as_deref().and_then(|id| finder.by_id(id));
            let by_siren = || respondent.siren.as_deref().and_then(|s| finder.by_siren(s));
            let name = respondent.organisation.as_deref();
            let named = name.map_or(Found::Nobody, |n| finder.by_name(n, code));
            let actor = by_id.or_else(by_siren).or(named.one());
            found.keep();
            if actor.is_none() {
                let message = match (name, named) {
                    (Some(n), Found::Several(_)) => {
                        format!("several actors are called {n:?}; give an identifier")
                    }
                    (Some(n), _) => format!("no actor is called {n:?}, and no identifier or SIREN is known"),
                    (None, _) => "the respondent names no organisation, identifier or SIREN".to_owned(),
                };
                let (kind, then) = match base {
                    Some(_) => ("respondent_by_commune", "it is placed by its commune"),
                    None => ("unmatched_respondent", "it is in no rural or urban class"),
                };
                found.report(warning(kind, place(), format!("{message}; {then}")))?;
            }
            matched.push(RespondentMatch { actor, base });
        }
        Ok((matched, found))
    }
}
