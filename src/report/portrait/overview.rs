//! The list of all portraits, and two of them side by side.

use std::collections::BTreeMap;

use super::Portraits;
use super::numbers::{Figure, Peers, link_count, of_kind};
use crate::error::Result;
use crate::model::ActorKind;
use crate::write::page::{Page, PageTable, PageWords};
use crate::write::report::Align;

pub(super) fn index(p: &Portraits<'_>) -> Result<Page> {
    let l = p.options.language;
    let mut page = Page::new(
        format!(
            "{}{}{}",
            l.pick("Portraits de territoire", "Portraits of territories"),
            l.colon(),
            l.levels(&p.level)
        ),
        l.pick(PageWords::french(), PageWords::english()),
    )
    .lead(l.pick(format!("{} pages.", l.integer(p.len())), format!("{} pages.", l.integer(p.len()))));
    let mut by_region: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for t in 0..p.len() {
        let region = p.region_of[t].map_or(l.missing(), |r| p.regions[r].territory.name.as_str());
        by_region.entry(region).or_default().push(t);
    }
    page.search(l.pick("Chercher un territoire", "Search for a territory"));
    for (region, mut list) in by_region {
        list.sort_by(|a, b| p.measures[*a].territory.name.cmp(&p.measures[*b].territory.name).then(a.cmp(b)));
        let section = page.section(region);
        for t in list {
            let m = &p.measures[t];
            let people = Figure::Population.shown(Figure::Population.of(m), l);
            let note = format!(
                "– {people} {}, {}",
                l.pick("habitants", "inhabitants"),
                l.count(link_count(m), "lien connu", "liens connus", "known tie", "known ties")
            );
            section.link(&m.territory.name, format!("{}.html", p.file_name(t)?), note);
        }
    }
    Ok(page)
}

pub(super) fn comparison(p: &Portraits<'_>, first: usize, second: usize) -> Result<Page> {
    let l = p.options.language;
    let [a, b] = [p.of(first)?, p.of(second)?];
    let mut page = Page::new(
        format!("{} – {}", a.territory.name, b.territory.name),
        l.pick(PageWords::french(), PageWords::english()),
    )
    .lead(l.pick("Deux territoires côte à côte.", "Two territories side by side."));
    let header = || {
        [
            (l.pick("mesure", "measure").to_owned(), Align::Left),
            (a.territory.name.clone(), Align::Right),
            (b.territory.name.clone(), Align::Right),
            (l.pick("médiane", "median").to_owned(), Align::Right),
            ("France".to_owned(), Align::Right),
        ]
    };
    let section = page.section(l.pick("Chiffres clés", "Key figures"));
    let mut table = PageTable::new(l.pick("Chiffres clés et rangs", "Key figures and ranks"), header());
    let with_rank = |peers: &Peers, t: usize| {
        let shown = peers.figure.shown(peers.values[t], l);
        peers.rank(peers.values[t]).map_or_else(|| shown.clone(), |r| format!("{shown} ({})", l.rank(r.rank)))
    };
    for peers in &p.peers {
        table.push([
            peers.figure.label(l).to_owned(),
            with_rank(peers, first),
            with_rank(peers, second),
            peers.figure.shown(peers.median(), l),
            if peers.country.is_nan() { "–".to_owned() } else { peers.figure.shown(peers.country, l) },
        ]);
    }
    section.table(table);
    let section = page.section(l.pick("Qui est là", "Who is there"));
    let mut table =
        PageTable::new(l.pick("Acteurs par type", "Actors by kind"), header().into_iter().take(3));
    for kind in ActorKind::ALL {
        if of_kind(a, kind) + of_kind(b, kind) > 0 {
            table.push([
                l.actor_kinds(kind).to_owned(),
                l.integer(of_kind(a, kind)),
                l.integer(of_kind(b, kind)),
            ]);
        }
    }
    section.table(table);
    let section = page.section(l.pick("Les liens", "Ties"));
    let shared = p.links[first].iter().filter(|k| p.links[second].binary_search(k).is_ok()).count();
    let mut table = PageTable::new(l.pick("Liens", "Ties"), header().into_iter().take(3));
    table.push([
        l.pick("à l’intérieur", "inside").to_owned(),
        l.integer(a.internal_links),
        l.integer(b.internal_links),
    ]);
    table.push([
        l.pick("avec l’extérieur", "with the outside").to_owned(),
        l.integer(a.external_links),
        l.integer(b.external_links),
    ]);
    section.table(table);
    section.paragraph(l.pick(
        format!("Liens directs entre les deux\u{a0}: {}.", l.integer(shared)),
        format!("Ties between the two: {}.", l.integer(shared)),
    ));
    let section = page.section(l.pick("Partenaires à explorer", "Partners worth exploring"));
    for t in [first, second] {
        let found = &p.recommendations[t];
        let names: Vec<&str> = found.partners.iter().map(|r| r.partner.name.as_str()).collect();
        section.paragraph(format!("{}{}{}.", p.measures[t].territory.name, l.colon(), l.list(&names)));
    }
    for t in [first, second] {
        page.section(p.measures[t].territory.name.clone()).link(
            l.pick("Le portrait", "The portrait"),
            format!("{}.html", p.file_name(t)?),
            "",
        );
    }
    Ok(page)
}
