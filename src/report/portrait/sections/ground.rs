//! The territory itself: who lives and works there.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::model::{ActorKind, DensityLevel, Level};
use crate::report::portrait::numbers::{Figure, classed, of_kind};
use crate::report::portrait::pictures::{self};
use crate::study::TerritoryMeasures;
use crate::write::page::{KeyFigure, PageTable, Section};
use crate::write::report::Align;

use super::{Asked, right};

impl Asked<'_, '_> {
    pub(super) fn identity(&self, section: &mut Section) -> Result<()> {
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

    pub(super) fn figures(&self, section: &mut Section) {
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

    pub(super) fn who(&self, section: &mut Section) {
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
}
