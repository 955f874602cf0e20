//! The sections of a portrait, in the order they are read.

mod ground;
mod needs;
mod standing;
mod ties;

use crate::error::Result;
use crate::report::Language;
use crate::report::portrait::Portraits;
use crate::report::portrait::pictures::{self, Outside};
use crate::study::TerritoryMeasures;
use crate::write::page::{Page, PageWords};
use crate::write::report::Align;

/// Below so many cases a share is told with a warning; below [`FEWEST`] nothing is concluded.
const FEW: usize = 30;
const FEWEST: usize = 10;

/// What is asked about one territory.
struct Asked<'p, 'a> {
    p: &'p Portraits<'a>,
    t: usize,
    m: &'p TerritoryMeasures,
    l: Language,
    outside: Vec<Outside>,
}

pub(in crate::report::portrait) fn page(p: &Portraits<'_>, t: usize) -> Result<Page> {
    let m = p.of(t)?;
    let l = p.options.language;
    let asked = Asked { p, t, m, l, outside: pictures::outside(p, t) };
    let kind = l.levels(&p.level);
    let mut page = Page::new(
        format!("{} – {}", m.shown_name(), l.pick("portrait de territoire", "portrait of a territory")),
        l.pick(PageWords::french(), PageWords::english()),
    )
    .lead(l.pick(
        format!(
            "Ce que les données ouvertes disent de ses coopérations, parmi {} {kind}.",
            l.integer(p.len())
        ),
        format!("What open data say of its cooperation, among {} {kind}.", l.integer(p.len())),
    ));
    if !p.options.date.is_empty() {
        page = page.footer(format!("rurban {} – {}", env!("CARGO_PKG_VERSION"), p.options.date));
    }
    asked.identity(page.section(l.pick("Identité", "Identity")))?;
    asked.figures(page.section(l.pick("Chiffres clés", "Key figures")));
    asked.who(page.section(l.pick("Qui est là", "Who is there")));
    asked.ties(page.section(l.pick("Les liens", "Ties")))?;
    asked.lacks(page.section(l.pick("Ce qui manque, qui l’a", "What is lacking, and who has it")));
    asked.partners(page.section(l.pick("Partenaires à explorer", "Partners worth exploring")));
    asked.access(page.section(l.pick("Accès", "Access")));
    asked.practices(page.section(l.pick("Pratiques innovantes à proximité", "Innovative practices near by")));
    asked.funds(page.section(l.pick("Fonds", "Funds")));
    asked.belonging(page.section(l.pick("Appartenance", "Belonging")));
    asked.unknown(page.section(l.pick("Ce que nous ne savons pas", "What we do not know")));
    asked.sources(&mut page);
    Ok(page)
}

fn right<const N: usize>(first: &str, others: [&str; N]) -> Vec<(String, Align)> {
    std::iter::once((first.to_owned(), Align::Left))
        .chain(others.into_iter().map(|h| (h.to_owned(), Align::Right)))
        .collect()
}

impl Asked<'_, '_> {
    fn region_name(&self) -> Option<&str> {
        self.p.region_of[self.t].map(|r| self.p.regions[r].territory.name.as_str())
    }

    /// What its ties allow to say: nothing, or with a warning.
    fn certainty(&self, n: usize) -> String {
        let shown = self.l.integer(n);
        if n < FEWEST {
            self.l.pick(
                format!("pas assez de liens pour conclure (n\u{a0}=\u{a0}{shown})"),
                format!("too few ties to conclude (n\u{a0}=\u{a0}{shown})"),
            )
        } else if n < FEW {
            self.l.pick(
                format!("effectif faible (n\u{a0}=\u{a0}{shown})\u{a0}: à lire avec prudence"),
                format!("few cases (n\u{a0}=\u{a0}{shown}): to be read with care"),
            )
        } else {
            format!("n\u{a0}=\u{a0}{shown}")
        }
    }

    fn ranked(&self, figure: usize) -> Option<String> {
        let peers = &self.p.peers[figure];
        let r = peers.rank(peers.values[self.t])?;
        Some(self.l.pick(
            format!("{} sur {}", self.l.rank(r.rank), self.l.integer(r.of)),
            format!("{} of {}", self.l.rank(r.rank), self.l.integer(r.of)),
        ))
    }
}
