//! What the answers of a survey say: who answered, and which answers go with being rural.

use serde::Serialize;

use super::Study;
use crate::categorical::{Proportion, chi_squared, fisher, wilson};
use crate::check::check_len;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::model::{ActorKind, Rurality};
use crate::multiple_testing::benjamini_hochberg;
use crate::read::surveys::{Answer, Survey};

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
    /// Respondents.
    pub respondents: usize,
    /// Respondents of unknown rurality (no actor found, or one without a place): not compared.
    pub unclassed: usize,
}

impl Study {
    /// Response rates by kind and rurality of the actors `asked` (all actors of the kinds that
    /// answered when `None`), and each option of each question by rural and urban respondents.
    ///
    /// `actors` is the actor of each respondent, from [`Survey::match_actors`]. Options of one
    /// question are not exclusive, so each is tested chosen or not; where one side has no respondent
    /// the shares of the other are given without a test. O(respondents · options).
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one entry for each respondent, [`Error::Value`] when an
    /// actor is none of the study.
    pub fn answers(
        &self,
        survey: &Survey,
        actors: &[Option<u32>],
        asked: Option<&[u32]>,
    ) -> Result<AnswersReport> {
        check_len("actors of respondents", actors.len(), survey.respondents.len())?;
        let all = actors.iter().flatten().chain(asked.unwrap_or_default());
        if let Some((index, actor)) = all.enumerate().find(|(_, a)| **a as usize >= self.places().len()) {
            return Err(Error::Value {
                what: "actors",
                index,
                value: actor.to_string(),
                must: "must be actors of the study",
            });
        }
        let side = |actor: Option<u32>| actor.and_then(|a| self.places()[a as usize].rurality());
        let sides: Vec<Option<Rurality>> = actors.iter().map(|a| side(*a)).collect();
        let mut options = Vec::new();
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
                options.push(by_rurality(&question.name, option, counts)?);
            }
        }
        let p: Vec<f64> = options.iter().map(|o| o.p.unwrap_or(f64::NAN)).collect();
        for (option, adjusted) in options.iter_mut().zip(benjamini_hochberg(&p)) {
            option.p_adjusted = Some(adjusted).filter(|a| !a.is_nan());
        }
        Ok(AnswersReport {
            response: self.response(actors, asked)?,
            family: p.iter().filter(|p| !p.is_nan()).count(),
            options,
            respondents: survey.respondents.len(),
            unclassed: sides.iter().filter(|s| s.is_none()).count(),
        })
    }

    fn response(&self, actors: &[Option<u32>], asked: Option<&[u32]>) -> Result<Vec<ResponseRate>> {
        let inventory = self.inventory().actors();
        let mut answered = vec![false; inventory.len()];
        actors.iter().flatten().for_each(|a| answered[*a as usize] = true);
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

fn by_rurality(question: &str, option: &str, counts: [[u64; 2]; 2]) -> Result<OptionByRurality> {
    let share = |[with, without]: [u64; 2]| {
        let n = (with + without) as usize;
        (n > 0).then(|| wilson(with as usize, n, None)).transpose()
    };
    let (rural, urban) = (share(counts[0])?, share(counts[1])?);
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
