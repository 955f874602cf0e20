use crate::error::Result;
use crate::model::{Maturity, PracticeForm};
use crate::read::CensusWords;
use crate::read::vocabulary::{Match, Normalised, Vocabulary};
use crate::report::Language;
use crate::study::FirstSide;
use crate::write::Table;

pub(super) const fn form(form: PracticeForm, language: Language) -> &'static str {
    let (french, english) = match form {
        PracticeForm::Cluster => ("pôle ou cluster", "cluster"),
        PracticeForm::Ptce => ("PTCE", "PTCE"),
        PracticeForm::Incubator => ("pépinière ou incubateur", "incubator"),
        PracticeForm::ThirdPlace => ("tiers-lieu", "third place"),
        PracticeForm::SharedPlace => ("lieu ou service partagé", "shared place or service"),
        PracticeForm::LivingLab => ("living lab ou expérimentation", "living lab or experiment"),
        PracticeForm::TerritorialContract => ("contrat entre territoires", "contract between territories"),
        PracticeForm::Network => ("réseau", "network"),
        PracticeForm::Other => ("autre forme", "other form"),
    };
    match language {
        Language::French => french,
        Language::English => english,
    }
}

pub(super) const fn maturity(stage: Maturity, language: Language) -> &'static str {
    let (french, english) = match stage {
        Maturity::Idea => ("à l’étude", "idea"),
        Maturity::Experiment => ("en expérimentation", "experiment"),
        Maturity::Established => ("en place", "established"),
        Maturity::Transferred => ("transférée", "transferred"),
        Maturity::Ended => ("terminée", "ended"),
    };
    match language {
        Language::French => french,
        Language::English => english,
    }
}

pub(super) const fn first_side(first: FirstSide, language: Language) -> &'static str {
    let (french, english) = match first {
        FirstSide::Rural => ("rural d’abord", "rural first"),
        FirstSide::Urban => ("urbain d’abord", "urban first"),
        FirstSide::SameYear => ("la même année", "the same year"),
        FirstSide::OnlyRural => ("rural seulement", "rural only"),
        FirstSide::OnlyUrban => ("urbain seulement", "urban only"),
        FirstSide::NotKnown => ("ordre inconnu", "order not known"),
    };
    match language {
        Language::French => french,
        Language::English => english,
    }
}

/// What became of the words of a census: field, text, how it was found, the term taken or proposed,
/// how alike, how often. Decide what is proposed or unknown in a table `raw;theme`.
///
/// `themes` is the vocabulary of the themes, for the names of their terms.
///
/// # Errors
/// None on the words of a census.
pub fn word_table(words: &CensusWords, themes: Option<&Vocabulary>) -> Result<Table<'static>> {
    let fields: [(&str, &Normalised); 5] = [
        ("themes", &words.themes),
        ("form", &words.forms),
        ("maturity", &words.maturity),
        ("success_factors", &words.success_factors),
        ("pitfalls", &words.pitfalls),
    ];
    let (mut field, mut raw, mut how, mut term) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut score, mut times) = (Vec::new(), Vec::new());
    for (name, normalised) in fields {
        for (text, (found, n)) in &normalised.texts {
            let (index, alike) = match *found {
                Match::Near { term, score } | Match::Proposed { term, score } => (Some(term), score),
                other => (other.taken(), f64::NAN),
            };
            let label = |t: usize| match name {
                "form" => PracticeForm::ALL.get(t).map(|f| f.key().to_owned()),
                "maturity" => Maturity::ALL.get(t).map(|m| m.key().to_owned()),
                "themes" => themes.and_then(|v| v.label(t)).map(str::to_owned),
                _ => None,
            };
            field.push(name);
            raw.push(text.clone());
            how.push(found.key());
            term.push(index.and_then(label));
            score.push(alike);
            times.push(*n as i64);
        }
    }
    Table::new()
        .with("field", field)?
        .with("raw", raw)?
        .with("how", how)?
        .with("theme", term)?
        .with("alike", score)?
        .with("times", times)
}
