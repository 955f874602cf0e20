//! Its ties, with whom, and whether chance explains them.

use geo_types::Coord;

use crate::error::Result;
use crate::evidence::{Evidence, Measured};
use crate::model::LinkClass;
use crate::report::portrait::numbers::{link_count, of_class};
use crate::report::portrait::pictures::{self};
use crate::space::distance::haversine_m;
use crate::write::page::{PageTable, Section};
use crate::write::report::Align;

use super::{Asked, FEWEST, right};

impl Asked<'_, '_> {
    pub(super) fn ties(&self, section: &mut Section) -> Result<()> {
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
}
