//! What the answers of a survey say: who answered, and which answers go with being rural.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{ActorPlace, Study};
use crate::categorical::{Proportion, chi_squared, fisher, wilson};
use crate::check::check_len;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::model::{ActorKind, Rurality};
use crate::multiple_testing::benjamini_hochberg;
use crate::read::surveys::{Answer, RespondentMatch, Survey};
use crate::read::vocabulary::Vocabulary;

/// How many of those asked answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseRate {
    /// Kind of actor.
    pub kind: ActorKind,
    /// Rural or urban; `None` when not known.
    pub rurality: Option<Rurality>,
    /// Answers of those asked, with interval over the population asked.
    pub rate: Proportion,
}

/// Which test a comparison used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerTest {
    /// Fisher's exact test, as an expected count is below 5.
    Fisher,
    /// χ² without correction.
    ChiSquared,
}

/// One option, chosen or not, by rural and urban respondents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionByRurality {
    /// The question.
    pub question: String,
    /// The option.
    pub option: String,
    /// Share of the rural respondents that chose it; `None` when none answered the question.
    pub rural: Option<Proportion>,
    /// Share of the urban respondents that chose it.
    pub urban: Option<Proportion>,
    /// Rural share less urban share.
    pub difference: Option<f64>,
    /// The test; `None` when one side did not answer, or all or nobody chose the option.
    pub test: Option<AnswerTest>,
    /// Its p-value.
    pub p: Option<f64>,
    /// p-value adjusted over all options tested together (Benjamini–Hochberg).
    pub p_adjusted: Option<f64>,
    /// Cramér's V.
    pub v: Option<f64>,
    /// Cramér's V corrected for small tables.
    pub v_corrected: Option<f64>,
    /// Respondents counted: of known rurality, and who answered the question.
    pub n: usize,
}

/// What the answers of a survey say.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct AnswersReport {
    /// Response rates, read before all else.
    pub response: Vec<ResponseRate>,
    /// Each option by rurality.
    pub options: Vec<OptionByRurality>,
    /// Number of tests adjusted together.
    pub family: usize,
    /// Free texts, question by question.
    pub texts: Vec<TextAnswers>,
    /// Respondents.
    pub respondents: usize,
    /// Rural ones.
    pub rural: usize,
    /// Urban ones.
    pub urban: usize,
    /// Respondents of unknown rurality (neither an actor with a place nor a commune): not compared.
    pub unclassed: usize,
    /// Respondents that are no actor of the study: they count in the shares, not in the response rates.
    pub without_actor: usize,
}

/// What is compared, and against whom.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AnswersOptions {
    /// The actors that were asked; all actors of the kinds that answered when `None`.
    pub asked: Option<Vec<u32>>,
    /// Whether the intervals of shares take into account that those asked are all there are: an answer
    /// from everybody then leaves no uncertainty.
    pub finite_population: bool,
    /// Terms that free texts are counted by; the texts themselves when `None`.
    pub vocabulary: Option<Vocabulary>,
}

impl AnswersOptions {
    /// Sets who was asked.
    #[must_use]
    pub fn asked(mut self, actors: Vec<u32>) -> Self {
        self.asked = Some(actors);
        self
    }

    /// Sets whether those asked are all there are.
    #[must_use]
    pub const fn finite_population(mut self, finite: bool) -> Self {
        self.finite_population = finite;
        self
    }

    /// Sets the terms that free texts are counted by.
    #[must_use]
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = Some(vocabulary);
        self
    }
}

/// A term in the free texts of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextTerm {
    /// The term, or the text where no term was taken for it.
    pub term: String,
    /// Whether it is a term of the vocabulary.
    pub is_known: bool,
    /// Rural respondents that wrote it.
    pub rural: usize,
    /// Urban respondents that wrote it.
    pub urban: usize,
    /// Respondents of unknown rurality that wrote it.
    pub unclassed: usize,
}

impl TextTerm {
    /// Respondents that wrote it.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.rural + self.urban + self.unclassed
    }
}

/// The free texts of a question, counted by term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextAnswers {
    /// The question.
    pub question: String,
    /// Respondents that wrote something.
    pub n: usize,
    /// Terms, the most frequent first, those equally frequent by the alphabet.
    pub terms: Vec<TextTerm>,
}

impl Study {
    /// Rural or urban for each respondent: by its actor, else by its commune.
    fn sides(&self, respondents: &[RespondentMatch]) -> Result<Vec<Option<Rurality>>> {
        respondents
            .iter()
            .enumerate()
            .map(|(index, r)| {
                let actor = match r.actor {
                    Some(a) => Some(self.places().get(a as usize).ok_or_else(|| bad_actor(index, a))?),
                    None => None,
                };
                let commune = r.base.and_then(|b| self.atlas().base_rurality(b as usize));
                Ok(actor.and_then(ActorPlace::rurality).or(commune))
            })
            .collect()
    }

    /// Response rates by kind and rurality, each option of each question by rural and urban
    /// respondents, and free texts by term.
    ///
    /// `respondents` is who each respondent is, from [`Survey::match_respondents`]. Options of one
    /// question are not exclusive, so each is tested chosen or not; where one side has no respondent
    /// the shares of the other are given without a test. O(respondents · options).
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one entry for each respondent, [`Error::Value`] when an
    /// actor is none of the study.
    pub fn answers(
        &self,
        survey: &Survey,
        respondents: &[RespondentMatch],
        options: &AnswersOptions,
    ) -> Result<AnswersReport> {
        check_len("respondents", respondents.len(), survey.respondents.len())?;
        let asked = options.asked.as_deref();
        let outside = |a: &&u32| **a as usize >= self.places().len();
        if let Some((index, actor)) = asked.unwrap_or_default().iter().enumerate().find(|(_, a)| outside(a)) {
            return Err(bad_actor(index, *actor));
        }
        let sides = self.sides(respondents)?;
        let response = self.response(respondents, asked)?;
        let population = |side: Rurality| {
            let of_side = response.iter().filter(|r| r.rurality == Some(side));
            options.finite_population.then(|| of_side.map(|r| r.rate.n).sum::<usize>())
        };
        let population = [population(Rurality::Rural), population(Rurality::Urban)];
        let mut shares = Vec::new();
        let mut texts = Vec::new();
        for (q, question) in survey.questions.iter().enumerate() {
            for (o, option) in question.options.iter().enumerate() {
                // [rural, urban] × [chosen, not chosen]
                let mut counts = [[0_u64; 2]; 2];
                for (respondent, side) in survey.respondents.iter().zip(&sides) {
                    if let (Some(Answer::Options(chosen)), Some(side)) = (respondent.answers.get(q), side) {
                        let without = usize::from(!chosen.contains(&(o as u32)));
                        counts[usize::from(*side == Rurality::Urban)][without] += 1;
                    }
                }
                shares.push(by_rurality(&question.name, option, counts, population)?);
            }
            if question.options.is_empty() {
                texts.push(by_term(survey, q, &sides, options.vocabulary.as_ref()));
            }
        }
        texts.retain(|t| t.n > 0);
        let p: Vec<f64> = shares.iter().map(|o| o.p.unwrap_or(f64::NAN)).collect();
        for (option, adjusted) in shares.iter_mut().zip(benjamini_hochberg(&p)?) {
            option.p_adjusted = Some(adjusted).filter(|a| !a.is_nan());
        }
        Ok(AnswersReport {
            response,
            family: p.iter().filter(|p| !p.is_nan()).count(),
            options: shares,
            texts,
            respondents: survey.respondents.len(),
            rural: sides.iter().filter(|s| **s == Some(Rurality::Rural)).count(),
            urban: sides.iter().filter(|s| **s == Some(Rurality::Urban)).count(),
            unclassed: sides.iter().filter(|s| s.is_none()).count(),
            without_actor: respondents.iter().filter(|r| r.actor.is_none()).count(),
        })
    }

    fn response(&self, respondents: &[RespondentMatch], asked: Option<&[u32]>) -> Result<Vec<ResponseRate>> {
        let inventory = self.inventory().actors();
        let mut answered = vec![false; inventory.len()];
        respondents.iter().filter_map(|r| r.actor).for_each(|a| answered[a as usize] = true);
        let mut was_asked = vec![asked.is_none(); inventory.len()];
        asked.unwrap_or_default().iter().for_each(|a| was_asked[*a as usize] = true);
        let mut rates = Vec::new();
        for kind in ActorKind::ALL {
            let of_kind: Vec<usize> = (0..inventory.len()).filter(|&i| inventory[i].kind == kind).collect();
            if !of_kind.iter().any(|&i| answered[i]) && asked.is_none() {
                continue;
            }
            for rurality in [Some(Rurality::Rural), Some(Rurality::Urban), None] {
                let group = |i: &&usize| was_asked[**i] && self.places()[**i].rurality() == rurality;
                let n = of_kind.iter().filter(group).count();
                if n > 0 {
                    let count = of_kind.iter().filter(group).filter(|i| answered[**i]).count();
                    rates.push(ResponseRate { kind, rurality, rate: wilson(count, n, None)? });
                }
            }
        }
        Ok(rates)
    }
}

fn bad_actor(index: usize, actor: u32) -> Error {
    Error::Value { what: "actors", index, value: actor.to_string(), must: "must be actors of the study" }
}

/// The free texts of a question by term: each respondent counts once for each term.
fn by_term(
    survey: &Survey,
    question: usize,
    sides: &[Option<Rurality>],
    vocabulary: Option<&Vocabulary>,
) -> TextAnswers {
    let mut terms: BTreeMap<(bool, String), [usize; 3]> = BTreeMap::new();
    let mut n = 0;
    for (respondent, side) in survey.respondents.iter().zip(sides) {
        let Some(Answer::Text(text)) = respondent.answers.get(question) else { continue };
        n += 1;
        let parts = text.split([',', ';', '\n', '•']).map(str::trim).filter(|p| !p.is_empty());
        let term = |part: &str| match vocabulary.and_then(|v| v.label(v.find(part).taken()?)) {
            Some(label) => (true, label.to_owned()),
            None => (false, part.trim_end_matches('.').to_lowercase()),
        };
        let own: BTreeSet<(bool, String)> = parts.map(term).collect();
        let at = match side {
            Some(Rurality::Rural) => 0,
            Some(Rurality::Urban) => 1,
            None => 2,
        };
        own.into_iter().for_each(|t| terms.entry(t).or_default()[at] += 1);
    }
    let mut terms: Vec<TextTerm> = terms
        .into_iter()
        .map(|((is_known, term), [rural, urban, unclassed])| TextTerm {
            term,
            is_known,
            rural,
            urban,
            unclassed,
        })
        .collect();
    terms.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.term.cmp(&b.term)));
    TextAnswers { question: survey.questions[question].name.clone(), n, terms }
}

fn by_rurality(
    question: &str,
    option: &str,
    counts: [[u64; 2]; 2],
    population: [Option<usize>; 2],
) -> Result<OptionByRurality> {
    let share = |[with, without]: [u64; 2], all: Option<usize>| {
        let n = (with + without) as usize;
        // More answers than were asked (from bodies that no list has): no finite population.
        let all = all.filter(|all| n <= *all);
        (n > 0).then(|| wilson(with as usize, n, all)).transpose()
    };
    let (rural, urban) = (share(counts[0], population[0])?, share(counts[1], population[1])?);
    let cells: Vec<f64> = counts.iter().flatten().map(|c| *c as f64).collect();
    // A side without answers, or an option that all or nobody chose, leaves nothing to test.
    let chi = match chi_squared(&Matrix::from_rows(2, 2, cells)?) {
        Ok(chi) => Some(chi),
        Err(e) if e.as_undefined().is_some() => None,
        Err(e) => return Err(e),
    };
    let (test, p) = match chi {
        Some(chi) if chi.least_expected < 5.0 => (Some(AnswerTest::Fisher), Some(fisher(counts)?.p)),
        Some(chi) => (Some(AnswerTest::ChiSquared), Some(chi.p)),
        None => (None, None),
    };
    Ok(OptionByRurality {
        question: question.to_owned(),
        option: option.to_owned(),
        difference: rural.zip(urban).map(|(r, u)| r.share - u.share),
        rural,
        urban,
        test,
        p,
        p_adjusted: None,
        v: chi.map(|c| c.v),
        v_corrected: chi.map(|c| c.v_corrected),
        n: counts.iter().flatten().sum::<u64>() as usize,
    })
}
