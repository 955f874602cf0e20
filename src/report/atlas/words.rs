//! Sentences of the atlas page.

use crate::model::{DensityLevel, Level};
use crate::report::Language;
use crate::study::{RuralityDefinition, Study};
use crate::write::atlas_html::Text;

pub(super) fn subtitle() -> Text {
    Text::new(
        "Qui est lié à qui, ce qui se trouve où, à quelle distance.",
        "Who is tied to whom, what is where, how far it is.",
    )
}

/// Program, version, and the day when the caller gives one.
pub(super) fn edition(date: &[String; 2]) -> Text {
    let version = concat!("rurban ", env!("CARGO_PKG_VERSION"));
    let with = |day: &str, before: &str| {
        if day.is_empty() { format!("{before} {version}") } else { format!("{before} {version}, {day}") }
    };
    Text::new(with(&date[0], "Calculs"), with(&date[1], "Computed by"))
}

pub(super) fn notes(study: &Study) -> Vec<Text> {
    let mut notes = vec![
        rural(&study.options().rurality),
        Text::new(
            "Un lien réunit toutes les coopérations d’un même type entre deux acteurs dans une même source\u{202f}; \
             «\u{a0}inconnu\u{a0}» n'est jamais 0.",
            "A tie stands for all cooperations of one kind between two actors in one source; unknown is never \
             0.",
        ),
        Text::new(
            "Les distances sont à vol d’oiseau depuis un point de chaque commune, en moyenne des habitants.",
            "Distances are as the crow flies from a point of each commune, mean over inhabitants.",
        ),
        Text::new(
            "Les partenaires de projets transfrontaliers (Interreg) dominent les liens des régions \
             frontalières\u{a0}: l’absence de lien peut venir des sources.",
            "Partners of cross-border projects (Interreg) dominate the ties of border regions: no tie may \
             only mean no source.",
        ),
    ];
    if study.atlas().level(&Level::PetrPays).is_ok() {
        notes.push(Text::new(
            "PETR et Pays\u{a0}: périmètres des contrats de ruralité 2016–2019\u{202f}; leurs communes membres sont \
             déduites par superposition et ne sont pas officielles.",
            "PETR and Pays: perimeters of the contrats de ruralité 2016–2019; their member communes are \
             derived by overlay and not official.",
        ));
    }
    notes
}

/// What is called rural on this page.
fn rural(definition: &RuralityDefinition) -> Text {
    let (french, english) = match definition {
        RuralityDefinition::DensityGrid { rural_from: DensityLevel::RuralTown } => (
            "bourgs ruraux, rural à habitat dispersé et très dispersé de la grille communale de densité en \
             sept niveaux"
                .to_owned(),
            "bourgs ruraux, rural à habitat dispersé and très dispersé of the seven-level density grid of \
             communes"
                .to_owned(),
        ),
        RuralityDefinition::DensityGrid { rural_from } => (
            format!(
                "communes de la grille de densité à partir de «\u{a0}{}\u{a0}»",
                Language::French.density(*rural_from).to_lowercase()
            ),
            format!(
                "communes of the density grid from “{}” on",
                Language::English.density(*rural_from).to_lowercase()
            ),
        ),
        RuralityDefinition::Outside(level) => (
            format!("communes hors des {}", Language::French.levels(level)),
            format!("communes outside all {}", Language::English.levels(level)),
        ),
        RuralityDefinition::Classes { attribute, rural } => {
            let classes = rural.join(", ");
            (format!("{attribute} = {classes}"), format!("{attribute} = {classes}"))
        }
        _ => ("communes désignées par l’utilisateur".to_owned(), "communes the user names".to_owned()),
    };
    Text::new(
        format!(
            "Rural\u{a0}: {french}\u{202f}; un territoire est rural quand plus de la moitié de ses habitants vit dans ces \
             communes."
        ),
        format!(
            "Rural: {english}; a territory is rural when more than half of its inhabitants live in such \
             communes."
        ),
    )
}

pub(super) fn sources(study: &Study) -> Vec<Text> {
    let mut keys: Vec<&str> = study.inventory().actors().iter().map(|a| a.source.as_str()).collect();
    keys.extend(study.links().iter().map(|l| l.source.as_str()));
    keys.retain(|k| !k.is_empty());
    keys.sort_unstable();
    keys.dedup();
    let territories = [
        (
            "Insee, grille communale de densité, populations et code officiel géographique 2026 (Licence \
             Ouverte 2.0)",
            "INSEE, density grid of communes, populations and official codes 2026 (Licence Ouverte 2.0)",
        ),
        (
            "ANCT, Observatoire des territoires\u{202f}; DGCL, Banatic 2025\u{202f}; Etalab, découpage administratif 2026 \
             (Licence Ouverte 2.0)",
            "ANCT, Observatoire des territoires; DGCL, Banatic 2025; Etalab, administrative divisions 2026 \
             (Licence Ouverte 2.0)",
        ),
        (
            "Natural Earth, traits de côte au 1:10 000 000 (domaine public)",
            "Natural Earth, coast 1:10,000,000",
        ),
    ];
    let title = |k: &str| {
        study.inventory().source_title(k).map_or_else(|| Text::same(k), |t| Text::new(&t.french, &t.english))
    };
    let data = keys.into_iter().map(title);
    territories.into_iter().map(|(french, english)| Text::new(french, english)).chain(data).collect()
}
