//! What is lacking, who could help, what is within reach.

use std::collections::BTreeMap;

use geo_types::Coord;

use crate::matching::Term;
use crate::report::partners::reasons;
use crate::report::portrait::REACHED;
use crate::space::distance::haversine_m;
use crate::study::{Basis, Recommendation};
use crate::write::page::{PageTable, Section};
use crate::write::report::Align;

use super::{Asked, right};

impl Asked<'_, '_> {
    pub(super) fn lacks(&self, section: &mut Section) {
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

    pub(super) fn partners(&self, section: &mut Section) {
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

    pub(super) fn access(&self, section: &mut Section) {
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

    pub(super) fn practices(&self, section: &mut Section) {
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
}
