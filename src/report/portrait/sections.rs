//! The sections of a portrait, in the order they are read.

use std::collections::{BTreeMap, BTreeSet};

use geo_types::Coord;

use super::super::Language;
use super::numbers::{Figure, classed, link_count, of_class, of_kind};
use super::pictures::{self, Outside};
use super::{Portraits, REACHED};
use crate::error::Result;
use crate::evidence::{Evidence, Measured};
use crate::matching::Term;
use crate::model::{ActorKind, DensityLevel, Level, LinkClass};
use crate::report::funding::measure_name;
use crate::report::partners::reasons;
use crate::space::distance::haversine_m;
use crate::study::{Basis, Recommendation, TerritoryMeasures};
use crate::write::page::{KeyFigure, Page, PageTable, PageWords, Section};
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

pub(super) fn page(p: &Portraits<'_>, t: usize) -> Result<Page> {
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

    fn identity(&self, section: &mut Section) -> Result<()> {
        let (l, m) = (self.l, self.m);
        let missing = || l.missing().to_owned();
        let people = m.territory.population.map_or_else(missing, |v| l.decimal(v, 0));
        let area = m.territory.area_km2.map_or_else(missing, |v| l.decimal(v, 0));
        let per_km2 = m.territory.population.zip(m.territory.area_km2).filter(|(_, a)| *a > 0.0);
        let density = per_km2.map_or_else(missing, |(p, a)| l.decimal(p / a, 0));
        let region = self.region_name().unwrap_or(l.missing());
        let communes = l.count(m.members, "commune", "communes", "commune", "communes");
        section.paragraph(l.pick(
            format!(
                "{} (code {})\u{a0}: {communes}, {people} habitants, {area} km² ({density} habitants par km²). Région\u{a0}: \
                 {region}.",
                m.shown_name(), m.territory.code
            ),
            format!(
                "{} (code {}): {communes}, {people} inhabitants, {area} km² ({density} inhabitants per km²). Région: \
                 {region}.",
                m.shown_name(), m.territory.code
            ),
        ));
        if let Some(share) = m.rural_population_share {
            let rank = self.ranked(1).unwrap_or_default();
            let country = l.percent(self.p.peers[1].country, 0);
            section.paragraph(l.pick(
                format!(
                    "{} des habitants vivent en commune rurale (France\u{a0}: {country})\u{202f}; de la part la plus forte à la \
                     plus faible, {rank}.",
                    l.percent(share, 0)
                ),
                format!(
                    "{} of the people live in rural communes (France: {country}); from the highest share to the lowest, \
                     {rank}.",
                    l.percent(share, 0)
                ),
            ));
        }
        if let Some(map) = pictures::locator(self.p, self.t)? {
            section.picture(map, l.pick("Situation du territoire", "Where the territory is"), None);
        }
        match pictures::own_map(self.p, self.t)? {
            Some(map) => section.picture(
                map,
                l.pick(
                    "Communes du territoire par niveau de densité (EPCI au-delà de 400 communes)",
                    "Communes of the territory by level of density (EPCI beyond 400 communes)",
                ),
                None,
            ),
            None => section.remark(l.pick(
                "Contours absents\u{a0}: pas de carte du territoire.",
                "No outlines: no map of the territory.",
            )),
        };
        section.table(self.density_table());
        let names = self.epci_names();
        if names.len() > 1 && names.len() <= 40 {
            section.paragraph(format!("{}{}.", l.pick("EPCI\u{a0}: ", "EPCI: "), l.list(&names)));
        }
        Ok(())
    }

    fn epci_names(&self) -> Vec<String> {
        let Ok(epci) = self.p.study.atlas().level(&Level::Epci) else { return Vec::new() };
        let of: BTreeSet<u32> =
            self.p.members[self.t].iter().filter_map(|&b| self.p.epci_of[b as usize]).collect();
        of.into_iter().map(|e| epci.territories()[e as usize].name.clone()).collect()
    }

    fn density_table(&self) -> PageTable {
        let l = self.l;
        let communes = self.p.study.atlas().base().territories();
        let mut table = PageTable::new(
            l.pick(
                "Communes et habitants par niveau de densité",
                "Communes and inhabitants by level of density",
            ),
            right(
                l.pick("niveau de densité", "level of density"),
                [l.pick("communes", "communes"), l.pick("habitants", "inhabitants"), l.pick("part", "share")],
            ),
        );
        let all: f64 = self.p.members[self.t].iter().filter_map(|&b| communes[b as usize].population).sum();
        let classes = DensityLevel::ALL.into_iter().map(Some).chain([None]);
        for class in classes {
            let members = self.p.members[self.t].iter().filter(|&&b| communes[b as usize].density == class);
            let (mut count, mut people) = (0, 0.0);
            for &b in members {
                count += 1;
                people += communes[b as usize].population.unwrap_or(0.0);
            }
            if count > 0 {
                let name = class.map_or_else(|| l.missing(), |d| l.density(d));
                let share = if all > 0.0 { l.percent(people / all, 0) } else { "–".to_owned() };
                table.push([name.to_owned(), l.integer(count), l.decimal(people, 0), share]);
            }
        }
        table
    }

    fn figures(&self, section: &mut Section) {
        let l = self.l;
        let cards = Figure::ALL.into_iter().enumerate().map(|(i, figure)| {
            let peers = &self.p.peers[i];
            let value = peers.values[self.t];
            let mut parts = Vec::new();
            match self.ranked(i) {
                Some(rank) => parts.push(rank),
                None => parts.push(l.pick("pas de rang", "no rank").to_owned()),
            }
            parts.push(format!("{}{}", l.pick("médiane ", "median "), figure.shown(peers.median(), l)));
            if figure != Figure::Population {
                if let Some(r) = self.p.region_of[self.t].filter(|_| self.p.level != Level::Region) {
                    parts.push(format!(
                        "{} {}",
                        self.p.regions[r].territory.name,
                        figure.shown(figure.of(&self.p.regions[r]), l)
                    ));
                }
                parts.push(format!("France {}", figure.shown(peers.country, l)));
            }
            if figure == Figure::RuralUrban {
                parts.push(self.certainty(classed(self.m)));
            }
            KeyFigure::new(figure.label(l), figure.shown(value, l), parts.join(l.semicolon()))
                .picture(pictures::strip(self.p, i, self.t))
        });
        section.figures(cards.collect::<Vec<_>>());
        let rank = l.pick(
            "Rangs du plus grand au plus petit. Trait rouge\u{a0}: le territoire\u{202f}; traits gris\u{a0}: les autres du même \
             échelon\u{202f}; tirets\u{a0}: la région\u{202f}; pointillé\u{a0}: la France.",
            "Ranks from the largest to the smallest. Red: the territory; grey: the others of its level; dashes: the région; \
             dots: France.",
        );
        section.paragraph(rank);
    }

    fn who(&self, section: &mut Section) {
        let (l, m) = (self.l, self.m);
        let count = m.actor_count();
        if count == 0 {
            section.paragraph(l.pick(
                "Aucun acteur connu dans les données\u{202f}: cela ne veut pas dire qu’il n’y en a pas.",
                "No actor is known in the data; that does not mean that there is none.",
            ));
            return;
        }
        let known = l.count(count, "acteur connu", "acteurs connus", "known actor", "known actors");
        let rank = self.ranked(2).map_or_else(String::new, |r| {
            l.pick(
                format!("\u{202f}; pour 10\u{202f}000 habitants, {r}"),
                format!("; per 10,000 inhabitants, {r}"),
            )
        });
        section.paragraph(format!("{known}{rank}."));
        let mut table = PageTable::new(
            l.pick(
                "Acteurs par type, pour 10\u{202f}000 habitants",
                "Actors by kind, per 10,000 inhabitants",
            ),
            right(
                l.pick("type", "kind"),
                [
                    l.pick("nombre", "number"),
                    l.pick("ici", "here"),
                    l.pick("région", "région"),
                    l.pick("France", "France"),
                ],
            ),
        );
        let per = |n: usize, people: f64| {
            if people > 0.0 { l.decimal(n as f64 / people * 1e4, 2) } else { "–".to_owned() }
        };
        let people = |m: &TerritoryMeasures| m.territory.population.unwrap_or(0.0);
        let region = self.p.region_of[self.t].map(|r| &self.p.regions[r]);
        for kind in ActorKind::ALL.into_iter().filter(|k| of_kind(m, *k) > 0) {
            let country: usize = self.p.regions.iter().map(|r| of_kind(r, kind)).sum();
            table.push([
                l.actor_kinds(kind).to_owned(),
                l.integer(of_kind(m, kind)),
                per(of_kind(m, kind), people(m)),
                region.map_or_else(|| "–".to_owned(), |r| per(of_kind(r, kind), people(r))),
                per(country, self.p.regions.iter().map(people).sum()),
            ]);
        }
        section.table(table);
        self.who_by_epci(section);
        let communes = self.p.study.atlas().base().territories();
        let mut names = PageTable::new(
            l.pick("Les acteurs (60 au plus)", "The actors (60 at most)"),
            [
                (l.pick("nom", "name"), Align::Left),
                (l.pick("type", "kind"), Align::Left),
                (l.pick("commune", "commune"), Align::Left),
            ],
        );
        for &a in self.p.actors[self.t].iter().take(60) {
            let actor = &self.p.study.inventory().actors()[a as usize];
            let base = self.p.study.places()[a as usize].base;
            names.push([
                actor.name.clone(),
                l.actor_kinds(actor.kind).to_owned(),
                base.map_or_else(String::new, |b| communes[b as usize].name.clone()),
            ]);
        }
        section.folded_table(names);
    }

    fn who_by_epci(&self, section: &mut Section) {
        let l = self.l;
        let Ok(epci) = self.p.study.atlas().level(&Level::Epci) else { return };
        let mut rows: BTreeMap<u32, [usize; 3]> = BTreeMap::new();
        for &b in &self.p.members[self.t] {
            if let Some(e) = self.p.epci_of[b as usize] {
                rows.entry(e).or_default();
            }
        }
        if rows.len() < 2 {
            return;
        }
        for &a in &self.p.actors[self.t] {
            let of = self.p.study.places()[a as usize].base.and_then(|b| self.p.epci_of[b as usize]);
            if let Some(row) = of.and_then(|e| rows.get_mut(&e)) {
                let kind = self.p.study.inventory().actors()[a as usize].kind;
                row[0] += 1;
                row[1] += usize::from(kind == ActorKind::ResearchCentre);
                row[2] += usize::from(kind == ActorKind::InnovationPlace);
            }
        }
        let mut list: Vec<_> = rows.into_iter().collect();
        list.sort_by(|a, b| b.1[0].cmp(&a.1[0]).then(a.0.cmp(&b.0)));
        let caption = l.pick("Acteurs par EPCI membre (20 au plus)", "Actors by member EPCI (20 at most)");
        let mut table = PageTable::new(
            caption,
            right(
                "EPCI",
                [
                    l.pick("habitants", "inhabitants"),
                    l.pick("acteurs", "actors"),
                    l.pick("laboratoires", "research centres"),
                    l.pick("lieux d’innovation", "innovation places"),
                ],
            ),
        );
        for (e, [all, research, places]) in list.into_iter().take(20) {
            let unit = &epci.territories()[e as usize];
            table.push([
                unit.name.clone(),
                unit.population.map_or_else(|| "–".to_owned(), |p| l.decimal(p, 0)),
                l.integer(all),
                l.integer(research),
                l.integer(places),
            ]);
        }
        section.table(table);
    }

    fn ties(&self, section: &mut Section) -> Result<()> {
        let (l, m) = (self.l, self.m);
        let n = link_count(m);
        if n == 0 {
            section.paragraph(l.pick(
                "Aucun lien connu dans les données\u{a0}: pas assez de liens pour conclure (n\u{a0}=\u{a0}0).",
                "No tie is known in the data: too few ties to conclude (n\u{a0}=\u{a0}0).",
            ));
            return Ok(());
        }
        let ties = l.count(n, "lien connu", "liens connus", "known tie", "known ties");
        section.paragraph(l.pick(
            format!(
                "{ties}, dont {} à l’intérieur et {} avec l’extérieur\u{202f}; {}.",
                l.integer(m.internal_links),
                l.integer(m.external_links),
                self.certainty(n)
            ),
            format!(
                "{ties}, {} of them inside and {} with the outside; {}.",
                l.integer(m.internal_links),
                l.integer(m.external_links),
                self.certainty(n)
            ),
        ));
        let mut table = PageTable::new(
            l.pick("Liens par nature", "Ties by class"),
            right(l.pick("nature", "class"), [l.pick("liens", "ties")]),
        );
        for class in LinkClass::ALL.into_iter().filter(|c| of_class(m, *c) > 0) {
            table.push([l.link_class(class).to_owned(), l.integer(of_class(m, class))]);
        }
        section.table(table);
        if let Some(map) = pictures::ego_map(self.p, self.t, &self.outside)? {
            let first = &self.outside[0];
            let reading = l.pick(
                format!("{} avec {}.", l.count(first.ties, "lien", "liens", "tie", "ties"), first.name),
                format!("{} with {}.", l.count(first.ties, "lien", "liens", "tie", "ties"), first.name),
            );
            section.picture(
                map,
                l.pick("Liens avec d’autres EPCI (60 au plus)", "Ties with other EPCI (60 at most)"),
                Some(reading),
            );
        }
        section.table(self.partner_table());
        self.chance(section);
        Ok(())
    }

    fn partner_table(&self) -> PageTable {
        let l = self.l;
        let study = self.p.study;
        let actors = study.inventory().actors();
        let mut rows: Vec<_> = self.p.links[self.t].iter().map(|&k| &study.links()[k as usize]).collect();
        rows.sort_by(|a, b| b.weight.total_cmp(&a.weight).then((a.a, a.b).cmp(&(b.a, b.b))));
        let all = rows.len();
        let mut table = PageTable::new(
            l.pick("Qui est lié à qui (20 liens au plus)", "Who is tied to whom (20 ties at most)"),
            [
                (l.pick("acteur du territoire", "actor of the territory"), Align::Left),
                (l.pick("partenaire", "partner"), Align::Left),
                (l.pick("coopération", "cooperation"), Align::Left),
                (l.pick("années", "years"), Align::Left),
                (l.pick("distance", "distance"), Align::Right),
            ],
        );
        for link in rows.into_iter().take(20) {
            let own_first = self.p.actors[self.t].binary_search(&link.a).is_ok();
            let (own, other) = if own_first { (link.a, link.b) } else { (link.b, link.a) };
            let at = |i: u32| study.places()[i as usize].point.map(Coord::from);
            let metres = at(own).zip(at(other)).and_then(|(a, b)| haversine_m(a, b).ok());
            table.push([
                actors[own as usize].name.clone(),
                actors[other as usize].name.clone(),
                l.cooperation_kinds(link.kind).to_owned(),
                link.period.map_or_else(|| l.missing().to_owned(), |p| p.to_string()),
                metres.map_or_else(|| "–".to_owned(), |d| l.kilometres(d)),
            ]);
        }
        table.note(
            l.pick(format!("{} liens en tout.", l.integer(all)), format!("{} ties in all.", l.integer(all))),
        )
    }

    fn chance(&self, section: &mut Section) {
        let l = self.l;
        let c = &self.p.chances[self.t];
        let mut table = PageTable::new(
            l.pick("Liens rural–urbain, observés et attendus", "Rural–urban ties, observed and expected"),
            right(
                l.pick("attendu si…", "expected if…"),
                [
                    l.pick("liens", "ties"),
                    l.pick("observé", "observed"),
                    l.pick("attendu", "expected"),
                    l.pick("écart réduit (z)", "z"),
                    "p",
                ],
            ),
        );
        let nulls = [
            (l.pick("les étiquettes étaient tirées au sort", "labels were dealt at random"), &c.labels),
            (l.pick("à nombre de liens égal", "at equal numbers of ties"), &c.degrees),
            (
                l.pick("à nombre de liens et à distance égaux", "at equal numbers of ties and distance"),
                &c.distance,
            ),
        ];
        let mut clear = [0_usize; 2];
        for (name, evidence) in nulls {
            match evidence {
                Measured::Value(e) => {
                    if e.p.is_some_and(|p| p < 0.05) {
                        clear[usize::from(e.observed > e.expected)] += 1;
                    }
                    table.push(self.evidence_row(name, e));
                }
                Measured::Undefined(_) => table.push([name, "–", "–", "–", "–", "–"]),
            }
        }
        section.table(table);
        let n = c.ties;
        let verdict = if n < FEWEST {
            self.certainty(n)
        } else {
            match clear {
                [0, 3] => l
                    .pick(
                        "plus de liens rural–urbain que le hasard n’en donnerait, quel que soit le tirage",
                        "more rural–urban ties than chance would give, whatever the draw",
                    )
                    .to_owned(),
                [3, 0] => l
                    .pick(
                        "moins de liens rural–urbain que le hasard n’en donnerait, quel que soit le tirage",
                        "fewer rural–urban ties than chance would give, whatever the draw",
                    )
                    .to_owned(),
                [0, 0] => {
                    l.pick("pas d’écart net avec le hasard", "no clear difference from chance").to_owned()
                }
                _ => l
                    .pick(
                        "l’écart avec le hasard dépend du tirage retenu",
                        "the difference from chance depends on the draw",
                    )
                    .to_owned(),
            }
        };
        let pairs = l.integer(n);
        section.paragraph(l.pick(
            format!(
                "Sur {pairs} paires d’acteurs liés, {} relient rural et urbain\u{a0}: {verdict}.",
                l.integer(c.rural_urban)
            ),
            format!(
                "Of {pairs} tied pairs of actors, {} join rural and urban: {verdict}.",
                l.integer(c.rural_urban)
            ),
        ));
    }

    fn evidence_row(&self, name: &str, e: &Evidence) -> [String; 6] {
        let l = self.l;
        let dash = || "–".to_owned();
        [
            name.to_owned(),
            l.integer(e.n),
            l.decimal(e.observed, 0),
            l.decimal(e.expected, 1),
            e.z.map_or_else(dash, |z| l.decimal(z, 1)),
            e.p.map_or_else(dash, |p| {
                if p < 0.001 { format!("<\u{a0}{}", l.decimal(0.001, 3)) } else { l.decimal(p, 3) }
            }),
        ]
    }

    fn lacks(&self, section: &mut Section) {
        let l = self.l;
        let none = l.pick(
            "Aucun domaine de recherche connu ici ni besoin établi\u{a0}: donnée absente.",
            "No field of research is known here and no need established: not known.",
        );
        let Some((lacks, considered)) = self.p.lacks[self.t].as_ref().filter(|x| !x.0.is_empty()) else {
            section.paragraph(none);
            return;
        };
        let mut table = PageTable::new(
            l.pick(
                "Domaines rares ici au regard de ce qui s’y trouve déjà, et qui les a le plus près",
                "Fields that are rare here, given what is there, and who has them nearest",
            ),
            [
                (l.pick("domaine", "field"), Align::Left),
                (l.pick("ici", "here"), Align::Right),
                (l.pick("part nationale = 1", "national share = 1"), Align::Right),
                (l.pick("EPCI qui l’ont", "EPCI that have it"), Align::Right),
                (l.pick("les plus proches", "the nearest"), Align::Left),
            ],
        );
        for lack in lacks {
            let holders: Vec<String> = lack
                .holders
                .iter()
                .map(|(name, distance, actors)| {
                    let km = distance.map_or_else(String::new, |d| format!(", {}", l.kilometres(d)));
                    let who =
                        if actors.is_empty() { String::new() } else { format!(" ({})", actors.join(", ")) };
                    format!("{name}{who}{km}")
                })
                .collect();
            table.push([
                l.field(&lack.name).map_or_else(|| lack.name.clone(), str::to_owned),
                l.decimal(lack.count, 0),
                l.decimal(lack.quotient, 2),
                l.integer(lack.holders_within),
                holders.join(l.semicolon()),
            ]);
        }
        let considered = l.integer(*considered);
        section.table(table.note(l.pick(
            format!("{considered} EPCI de l’autre côté (urbain pour un territoire rural, et l’inverse) ont été examinés."),
            format!("{considered} EPCI of the other side (urban for a rural territory, and the reverse) were considered."),
        )));
    }

    fn partners(&self, section: &mut Section) {
        let l = self.l;
        let found = &self.p.recommendations[self.t];
        let considered = l.integer(found.considered);
        section.paragraph(match found.basis {
            Basis::Cooperations => l.pick(
                format!("{considered} EPCI examinés, ceux déjà liés ({}) mis à part.", l.integer(found.tied)),
                format!("{considered} EPCI considered, those tied already ({}) set aside.", l.integer(found.tied)),
            ),
            Basis::DistanceAndComplementarity => l.pick(
                format!(
                    "Aucune coopération connue\u{a0}: la distance, les participations des candidats et la complémentarité \
                     décident seules ({considered} EPCI examinés)."
                ),
                format!(
                    "No known cooperation: distance, the candidates’ participations and complementarity decide alone \
                     ({considered} EPCI considered)."
                ),
            ),
        });
        if found.partners.is_empty() {
            section.paragraph(l.pick(
                "Aucun candidat à moins de 1\u{202f}000 km ne reste.",
                "No candidate within 1,000 km is left.",
            ));
            return;
        }
        let mut table = PageTable::new(
            l.pick(
                "Partenaires à explorer, et ce qui parle pour eux",
                "Partners worth exploring, and what speaks for them",
            ),
            right(
                "EPCI",
                [
                    l.pick("distance", "distance"),
                    l.pick("participations", "participations"),
                    l.pick("proximité", "nearness"),
                    l.pick("réseau", "network"),
                    l.pick("complémentarité", "complementarity"),
                ],
            ),
        );
        for r in &found.partners {
            table.push([
                r.partner.name.clone(),
                r.distance_m.map_or_else(|| "–".to_owned(), |d| l.kilometres(d)),
                self.factor(r, |t| matches!(t, Term::Participations)),
                self.factor(r, |t| matches!(t, Term::Distance)),
                self.factor(r, |t| {
                    matches!(
                        t,
                        Term::AdamicAdar
                            | Term::ResourceAllocation { .. }
                            | Term::LengthThree
                            | Term::CommonPartner
                    )
                }),
                self.factor(r, |t| matches!(t, Term::Complementarity { .. })),
            ]);
        }
        let first = &found.partners[0];
        section.table(table.reading(l.pick(
            format!(
                "chaque colonne compare au candidat médian (×\u{a0}1)\u{202f}; {}\u{a0}: {}.",
                first.partner.name,
                reasons(first, l)
            ),
            format!(
                "each column compares with the median candidate (× 1); {}: {}.",
                first.partner.name,
                reasons(first, l)
            ),
        )));
    }

    /// How many times the median candidate's a term of the score is.
    fn factor(&self, r: &Recommendation, wanted: impl Fn(Term) -> bool) -> String {
        match r.reasons.iter().find(|t| wanted(t.contribution.term)) {
            Some(t) => format!("×\u{a0}{}", self.l.decimal(t.advantage().exp(), 1)),
            None => "–".to_owned(),
        }
    }

    fn access(&self, section: &mut Section) {
        let l = self.l;
        let communes = self.p.study.atlas().base().territories();
        let members = &self.p.members[self.t];
        let mut means = PageTable::new(
            l.pick("Distance à vol d’oiseau au plus proche", "Distance to the nearest, as the crow flies"),
            right(
                l.pick("type", "kind"),
                [
                    l.pick("moyenne par habitant", "mean per inhabitant"),
                    l.pick("commune la plus loin", "furthest commune"),
                ],
            ),
        );
        for (kind, reach) in REACHED.into_iter().zip(&self.p.reach_m) {
            let (mut sum, mut people, mut most) = (0.0, 0.0, f64::NAN);
            for &b in members {
                let (d, p) = (reach[b as usize], communes[b as usize].population.unwrap_or(0.0));
                if d.is_finite() {
                    sum += d * p;
                    people += p;
                    most = d.max(most);
                }
            }
            let mean = if people > 0.0 { sum / people } else { f64::NAN };
            means.push([l.actor_kinds(kind).to_owned(), l.kilometres(mean), l.kilometres(most)]);
        }
        section.table(means.note(
            l.pick("Un tiret\u{a0}: aucun à moins de 1\u{202f}000 km.", "A dash: none within 1,000 km."),
        ));
        // People times kilometres: where most are far.
        let burden = |b: u32| {
            let d = self.p.reach_m[0][b as usize];
            let people = communes[b as usize].population?;
            (d.is_finite() && people > 0.0).then_some((d * people, b))
        };
        let mut worst: Vec<(f64, u32)> = members.iter().filter_map(|&b| burden(b)).collect();
        worst.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        if worst.is_empty() {
            section.paragraph(l.pick(
                "Population ou position des communes inconnue.",
                "Population or position of the communes is not known.",
            ));
            return;
        }
        let mut table = PageTable::new(
            l.pick(
                "Les cinq communes les moins bien desservies\u{a0}: habitants × distance au lieu d’innovation",
                "The five least served communes: inhabitants × distance to an innovation place",
            ),
            right(
                l.pick("commune", "commune"),
                [
                    l.pick("habitants", "inhabitants"),
                    l.pick("lieu d’innovation", "innovation place"),
                    l.pick("laboratoire", "research centre"),
                    l.pick("service public", "public service"),
                ],
            ),
        );
        for &(_, b) in worst.iter().take(5) {
            let b = b as usize;
            table.push([
                communes[b].name.clone(),
                communes[b].population.map_or_else(|| "–".to_owned(), |p| l.decimal(p, 0)),
                l.kilometres(self.p.reach_m[0][b]),
                l.kilometres(self.p.reach_m[1][b]),
                l.kilometres(self.p.reach_m[2][b]),
            ]);
        }
        section.table(table);
    }

    fn practices(&self, section: &mut Section) {
        let l = self.l;
        let study = self.p.study;
        let place = |id: &str| study.inventory().find(id).and_then(|i| Some((i, study.places()[i].point?)));
        let own = self.m.territory.point.map(Coord::from);
        let mut rows = Vec::new();
        for practice in study.inventory().practices() {
            let ids = practice.origin.iter().chain(practice.adoptions.iter().map(|a| &a.actor));
            let nearest = ids
                .filter_map(|id| {
                    let (i, at) = place(id.as_str())?;
                    let inside = self.p.actors[self.t].binary_search(&(i as u32)).is_ok();
                    let metres = if inside { 0.0 } else { haversine_m(own?, at.into()).ok()? };
                    Some((metres, i))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let Some((metres, i)) = nearest.filter(|n| n.0 <= self.p.options.near_m) {
                rows.push((metres, practice, i));
            }
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
        if study.inventory().practices().is_empty() {
            section.paragraph(l.pick(
                "Aucune pratique dans les données\u{a0}: donnée absente. Un recensement peut être ajouté à l’étude.",
                "There are no practices in the data: not known. A census can be added to the study.",
            ));
            return;
        }
        if rows.is_empty() {
            let km = l.kilometres(self.p.options.near_m);
            section.paragraph(l.pick(format!("Aucune à moins de {km}."), format!("None within {km}.")));
            return;
        }
        let mut themes: BTreeMap<&str, usize> = BTreeMap::new();
        rows.iter().flat_map(|r| &r.1.themes).for_each(|t| *themes.entry(t).or_default() += 1);
        let mut table = PageTable::new(
            l.pick("Pratiques à proximité (15 au plus)", "Practices near by (15 at most)"),
            [
                (l.pick("pratique", "practice"), Align::Left),
                (l.pick("thèmes", "themes"), Align::Left),
                (l.pick("acteur le plus proche", "nearest actor"), Align::Left),
                (l.pick("distance", "distance"), Align::Right),
            ],
        );
        for (metres, practice, i) in rows.iter().take(15) {
            let actor = study.inventory().actors()[*i].name.clone();
            table.push([practice.name.clone(), practice.themes.join(", "), actor, l.kilometres(*metres)]);
        }
        section.table(table);
        let listed: Vec<String> = themes.iter().map(|(t, n)| format!("{t} ({n})")).collect();
        section.paragraph(format!("{}{}.", l.pick("Thèmes\u{a0}: ", "Themes: "), listed.join(", ")));
    }

    fn funds(&self, section: &mut Section) {
        let l = self.l;
        let euros = |v: f64| format!("{}\u{a0}€", l.decimal(v, 0));
        let grants = &self.p.grants[self.t];
        if grants.is_empty() {
            section.paragraph(l.pick(
                "Aucun financement connu à l’échelle du territoire\u{a0}: donnée absente.",
                "No money is known at the scale of the territory: not known.",
            ));
        } else {
            let total: f64 = grants.iter().map(|g| g.amount_eur).sum();
            let lines: usize = grants.iter().map(|g| g.lines).sum();
            let each =
                self.m.territory.population.filter(|p| *p > 0.0).map_or_else(
                    || l.missing().to_owned(),
                    |p| format!("{}\u{a0}€", l.decimal(total / p, 1)),
                );
            section.paragraph(l.pick(
                format!("{} ({} lignes), soit {each} par habitant.", euros(total), l.integer(lines)),
                format!("{} ({} lines), {each} per inhabitant.", euros(total), l.integer(lines)),
            ));
            let mut table = PageTable::new(
                l.pick(
                    "Financements vers le territoire ou ses parties",
                    "Money to the territory or its parts",
                ),
                [
                    (l.pick("programme", "programme"), Align::Left),
                    (l.pick("objet", "purpose"), Align::Left),
                    (l.pick("lignes", "lines"), Align::Right),
                    (l.pick("montant", "amount"), Align::Right),
                ],
            );
            for g in grants.iter().take(12) {
                table.push([g.programme.clone(), g.purpose.clone(), l.integer(g.lines), euros(g.amount_eur)]);
            }
            section.table(table);
        }
        let region = self.p.region_of[self.t];
        let Some(funding) = self.p.funding.territories.iter().find(|f| Some(f.territory) == region) else {
            return;
        };
        let report = &self.p.funding;
        let mut table = PageTable::new(
            l.pick(
                "Feader 2014–2020 prévu pour toute la région (non réparti sur le territoire)",
                "EAFRD 2014–2020 planned for the whole région (not spread over the territory)",
            ),
            right(
                l.pick("mesure", "measure"),
                [
                    l.pick("région, M€", "région, M€"),
                    l.pick("part dans la région", "share in the région"),
                    l.pick("part en France", "share in France"),
                ],
            ),
        );
        for (i, measure) in report.measures.iter().enumerate() {
            if measure.code.is_some_and(|c| report.options.measures.contains(&c)) {
                let amount = funding.by_measure_eur[i];
                table.push([
                    measure_name(measure.code, &measure.name, l),
                    l.decimal(amount / 1e6, 1),
                    if funding.total_eur > 0.0 {
                        l.percent(amount / funding.total_eur, 1)
                    } else {
                        "–".to_owned()
                    },
                    measure.share.map_or_else(|| "–".to_owned(), |s| l.percent(s, 1)),
                ]);
            }
        }
        section.table(table.note(format!("{}{}.", l.pick("Région\u{a0}: ", "Région: "), funding.name)));
    }

    fn belonging(&self, section: &mut Section) {
        let l = self.l;
        let b = &self.p.belonging.territories[self.t];
        let n = b.inside + b.leaving;
        let Some(share) = b.share.filter(|_| n >= FEWEST) else {
            section.paragraph(format!(
                "{}.",
                l.pick(
                    format!("Pas assez de liens pour conclure (n\u{a0}=\u{a0}{})", l.integer(n)),
                    format!("Too few ties to conclude (n\u{a0}=\u{a0}{})", l.integer(n)),
                )
            ));
            return;
        };
        let verdict = match &b.beyond_distance {
            Measured::Value(e) => {
                let clear = e.p.is_some_and(|p| p < 0.05);
                let words = match (clear, e.observed > e.expected) {
                    (true, true) => l.pick("plus que la distance n’en donne", "more than distance gives"),
                    (true, false) => l.pick("moins que la distance n’en donne", "fewer than distance gives"),
                    _ => l.pick("pas d’écart net avec la distance", "no clear difference from distance"),
                };
                l.pick(
                    format!(
                        "{} attendus à nombre de liens et à distance égaux (z\u{a0}=\u{a0}{})\u{a0}: {words}",
                        l.decimal(e.expected, 1),
                        e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1))
                    ),
                    format!(
                        "{} expected at equal numbers of ties and distance (z = {}): {words}",
                        l.decimal(e.expected, 1),
                        e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1))
                    ),
                )
            }
            Measured::Undefined(_) => l.missing().to_owned(),
        };
        section.paragraph(l.pick(
            format!(
                "{} des liens de ses acteurs ({} sur {}) restent à l’intérieur, {verdict}. Indice E-I\u{a0}: {} (−1 entre soi, \
                 +1 tourné vers l’autre).",
                l.percent(share, 0),
                l.integer(b.inside),
                l.integer(n),
                b.ei.map_or_else(|| "–".to_owned(), |v| l.decimal(v, 2))
            ),
            format!(
                "{} of its actors’ ties ({} of {}) stay inside, {verdict}. E-I index: {} (−1 among themselves, +1 turned to \
                 others).",
                l.percent(share, 0),
                l.integer(b.inside),
                l.integer(n),
                b.ei.map_or_else(|| "–".to_owned(), |v| l.decimal(v, 2))
            ),
        ));
    }

    fn unknown(&self, section: &mut Section) {
        let l = self.l;
        let communes = self.p.study.atlas().base().territories();
        let without =
            self.p.members[self.t].iter().filter(|&&b| communes[b as usize].population.is_none()).count();
        let undated = self.p.links[self.t]
            .iter()
            .filter(|&&k| self.p.study.links()[k as usize].period.is_none())
            .count();
        let mut items = vec![
            l.pick(
                "Les données couvrent des projets achevés ou publiés\u{a0}: les coopérations locales, informelles ou récentes n’y \
                 sont pas.",
                "The data cover projects that are closed or published: local, informal or recent cooperation is not in them.",
            )
            .to_owned(),
            l.pick(
                "Un acteur est placé à son siège ou à sa ville\u{202f}; un grand organisme apparaît donc dans une seule commune.",
                "An actor is placed at its seat or city; a large body therefore shows in one commune only.",
            )
            .to_owned(),
            l.pick(
                "L’absence de lien connu n’est pas l’absence de lien.",
                "That no tie is known does not mean that there is none.",
            )
            .to_owned(),
        ];
        if without > 0 {
            let n = l.count(without, "commune", "communes", "commune", "communes");
            items.push(
                l.pick(format!("Population inconnue\u{a0}: {n}."), format!("Population not known: {n}.")),
            );
        }
        if undated > 0 {
            let n = l.count(undated, "lien", "liens", "tie", "ties");
            items.push(l.pick(format!("Sans date\u{a0}: {n}."), format!("Without a date: {n}.")));
        }
        if self.p.level == Level::PetrPays {
            items.push(
                l.pick(
                    "Le périmètre est celui du contrat de ruralité 2016–2019\u{202f}; il a pu changer depuis.",
                    "The perimeter is that of the rural contract of 2016–2019; it may have changed since.",
                )
                .to_owned(),
            );
        }
        section.list(items);
    }

    fn sources(&self, page: &mut Page) {
        let l = self.l;
        let study = self.p.study;
        page.source(l.pick(
            "Territoires\u{a0}: Insee et ANCT, codes de 2026\u{202f}; ruralité\u{a0}: Insee, grille communale de densité.",
            "Territories: INSEE and ANCT, codes of 2026; rurality: INSEE density grid.",
        ));
        let mut keys: BTreeSet<&str> = BTreeSet::new();
        for &a in &self.p.actors[self.t] {
            keys.insert(&study.inventory().actors()[a as usize].source);
        }
        for &k in &self.p.links[self.t] {
            keys.insert(&study.links()[k as usize].source);
        }
        for key in keys.into_iter().filter(|k| !k.is_empty()) {
            let title = study.inventory().source_title(key);
            page.source(title.map_or(key, |t| l.pick(t.french.as_str(), t.english.as_str())));
        }
        let bin = l.kilometres(self.p.options.bin_m);
        page.source(l.pick(
            format!(
                "Méthode\u{a0}: liens entre paires d’acteurs (projection des projets)\u{202f}; hasards\u{a0}: partenaire tiré au sort, \
                 selon son nombre de liens, selon son nombre de liens et la distance (classes de {bin}, Expert et al. 2011)\u{202f}; \
                 distances à vol d’oiseau."
            ),
            format!(
                "Method: ties between pairs of actors (projects projected); chance: partners drawn evenly, by number of ties, \
                 by number of ties and distance (bins of {bin}, Expert et al. 2011); distances as the crow flies."
            ),
        ));
    }
}
