//! Its funds and belonging, what is not known, and where the figures come from.

use std::collections::BTreeSet;

use crate::evidence::Measured;
use crate::model::Level;
use crate::report::funding::measure_name;
use crate::write::page::{Page, PageTable, Section};
use crate::write::report::Align;

use super::{Asked, FEWEST, right};

impl Asked<'_, '_> {
    pub(super) fn funds(&self, section: &mut Section) {
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

    pub(super) fn belonging(&self, section: &mut Section) {
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

    pub(super) fn unknown(&self, section: &mut Section) {
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

    pub(super) fn sources(&self, page: &mut Page) {
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
