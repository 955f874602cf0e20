use std::collections::HashMap;

use super::{Survey, folded, warning};
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::inventory::Inventory;

impl Survey {
    /// The actor of each respondent: by identifier, else by SIREN (of the territory an actor speaks
    /// for, or as its identifier), else by a name that one actor has, in the same commune where both
    /// name one. Those without are reported. O(actors + respondents).
    ///
    /// # Errors
    /// None in a lenient account.
    pub fn match_actors(&self, inventory: &Inventory, file: &str) -> Result<(Vec<Option<u32>>, Diagnostics)> {
        let mut found = Diagnostics::default();
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        let mut by_siren: HashMap<&str, u32> = HashMap::new();
        for (i, actor) in inventory.actors().iter().enumerate() {
            by_name.entry(folded(&actor.name)).or_default().push(i as u32);
            if let Some((_, code)) = &actor.territory {
                by_siren.entry(code.as_str()).or_insert(i as u32);
            }
        }
        let mut matched = Vec::with_capacity(self.respondents.len());
        for respondent in &self.respondents {
            let by_id = respondent.id.as_deref().and_then(|id| inventory.find(id)).map(|i| i as u32);
            let siren = respondent.siren.as_deref();
            let by_siren =
                siren.and_then(|s| by_siren.get(s).copied().or_else(|| inventory.find(s).map(|i| i as u32)));
            let name = respondent.organisation.as_deref();
            let same_name = name.and_then(|n| by_name.get(&folded(n))).map_or(&[][..], Vec::as_slice);
            let fits = |i: &&u32| {
                let own = inventory.actors()[**i as usize].commune;
                match (own, respondent.commune.as_deref()) {
                    // A commune given by name cannot be compared with a code.
                    (Some(own), Some(c)) if c.len() == 5 => own.as_str() == c,
                    _ => true,
                }
            };
            let mut named = same_name.iter().filter(fits);
            let by_name = named.next().copied().filter(|_| named.next().is_none());
            let actor = by_id.or(by_siren).or(by_name);
            found.keep();
            if actor.is_none() {
                let message = match (name, same_name.len()) {
                    (Some(n), 2..) => format!("several actors are called {n:?}; give an identifier"),
                    (Some(n), _) => format!("no actor is called {n:?}, and no identifier or SIREN is known"),
                    (None, _) => "the respondent names no organisation, identifier or SIREN".to_owned(),
                };
                let place = Place::file(file).line(respondent.line);
                found.report(warning("unmatched_respondent", place, message))?;
            }
            matched.push(actor);
        }
        Ok((matched, found))
    }
}
