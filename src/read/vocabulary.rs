//! Words as people write them, brought to the terms of a vocabulary.
//!
//! Nothing is changed in silence: every distinct text comes out as taken, proposed or unknown, with how
//! it was found, and a user's own decisions go before all rules.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::records::Records;
use crate::diagnostics::Diagnostics;
use crate::error::Result;

/// A score from which a term is taken.
const TAKEN: f64 = 0.92;
/// A score from which a term is proposed.
const PROPOSED: f64 = 0.80;
/// How far ahead of the next term a taken one is.
const AHEAD: f64 = 0.05;
/// Texts of this many letters or fewer are taken when they are the same only.
const SHORT: usize = 4;
/// Articles and link words, which say nothing about a theme.
const LINK_WORDS: [&str; 22] = [
    "de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "pour", "aux", "a", "au", "un", "une",
    "dans", "the", "of", "and", "for", "in",
];

/// A term of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The label it goes by.
    pub label: String,
    /// Other words for it.
    pub aliases: Vec<String>,
}

/// How a text was brought to a term.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// A decision of the user's.
    Decided {
        /// Index of the term; `None` when the text was decided to be no term.
        term: Option<usize>,
    },
    /// The label or an alias, case, accents, link words and plurals aside.
    Same {
        /// Index of the term.
        term: usize,
    },
    /// The same words in another order.
    SameWords {
        /// Index of the term.
        term: usize,
    },
    /// So close, and to one term only, that it is taken.
    Near {
        /// Index of the term.
        term: usize,
        /// Similarity, 0.92 … 1.
        score: f64,
    },
    /// Close; not taken, proposed to the user.
    Proposed {
        /// Index of the term.
        term: usize,
        /// Similarity.
        score: f64,
    },
    /// Like no term.
    Unknown,
}

impl Match {
    /// Index of the term, when the text was taken for one.
    #[must_use]
    pub const fn taken(self) -> Option<usize> {
        match self {
            Self::Same { term } | Self::SameWords { term } | Self::Near { term, .. } => Some(term),
            Self::Decided { term } => term,
            Self::Proposed { .. } | Self::Unknown => None,
        }
    }

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Decided { .. } => "decided",
            Self::Same { .. } => "same",
            Self::SameWords { .. } => "same_words",
            Self::Near { .. } => "near",
            Self::Proposed { .. } => "proposed",
            Self::Unknown => "unknown",
        }
    }
}

/// A name by which a term is known, prepared for comparison.
#[derive(Debug, Clone)]
struct Name {
    term: usize,
    folded: Folded,
}

/// A text without what does not count.
#[derive(Debug, Clone)]
struct Folded {
    text: String,
    /// Its words, sorted, each once.
    words: Vec<String>,
    letters: usize,
    /// How often each letter and digit is there.
    bag: [u8; 36],
    /// The first characters.
    head: [char; 4],
}

/// Terms with their other names and a user's decisions.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    terms: Vec<Term>,
    names: Vec<Name>,
    same: HashMap<String, usize>,
    same_words: HashMap<Vec<String>, usize>,
    decided: HashMap<String, Option<usize>>,
}

impl Vocabulary {
    /// A vocabulary of terms. Where two terms share a name the first one has it.
    ///
    /// ```
    /// use rurban::read::vocabulary::{Match, Term, Vocabulary};
    /// let terms = ["Circuits courts", "Mobilité"].map(|l| Term { label: l.to_owned(), aliases: Vec::new() });
    /// let vocabulary = Vocabulary::new(terms.to_vec());
    /// assert_eq!(vocabulary.find("le circuit court"), Match::Same { term: 0 });
    /// assert!(matches!(vocabulary.find("Mobiltié"), Match::Near { term: 1, .. }));
    /// assert_eq!(vocabulary.find("Fiscalité"), Match::Unknown);
    /// ```
    #[must_use]
    pub fn new(terms: Vec<Term>) -> Self {
        let mut vocabulary = Self::default();
        for (term, t) in terms.iter().enumerate() {
            for name in std::iter::once(&t.label).chain(&t.aliases) {
                let folded = Folded::of(name);
                if folded.text.is_empty() {
                    continue;
                }
                vocabulary.same.entry(folded.text.clone()).or_insert(term);
                vocabulary.same_words.entry(folded.words.clone()).or_insert(term);
                vocabulary.names.push(Name { term, folded });
            }
        }
        vocabulary.terms = terms;
        vocabulary
    }

    /// Reads a table with a column `terme` (`theme`, `label`) and, if there is one, a column
    /// `alias` of other names separated by `|` or `;`. Several rows of one term add up.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when there is no column of terms; those of
    /// [`Records::for_each`].
    pub fn read(table: Records<'_>) -> Result<(Self, Diagnostics)> {
        let label = table.require(&["terme", "theme", "thème", "label", "libelle", "term"])?;
        let alias = table.column(&["alias", "aliases", "synonymes", "synonyms"]);
        let mut terms: Vec<Term> = Vec::new();
        let found = table.for_each(|row, found| {
            if row.get(label).is_empty() {
                return found.drop_record("blank_term", row.place_of(label), "the term is empty");
            }
            let at = terms.iter().position(|t| t.label == row.get(label)).unwrap_or_else(|| {
                terms.push(Term { label: row.get(label).to_owned(), aliases: Vec::new() });
                terms.len() - 1
            });
            let names = row.optional(alias).unwrap_or_default().split(['|', ';']).map(str::trim);
            terms[at].aliases.extend(names.filter(|n| !n.is_empty()).map(str::to_owned));
            found.keep();
            Ok(())
        })?;
        Ok((Self::new(terms), found))
    }

    /// Adds a decision: `raw` is `label`, or no term when `label` is empty. Gives whether the label is
    /// one of the vocabulary (an unknown one decides nothing).
    pub fn decide(&mut self, raw: &str, label: &str) -> bool {
        let term = self.terms.iter().position(|t| t.label == label.trim());
        let known = term.is_some() || label.trim().is_empty();
        if known {
            self.decided.insert(Folded::of(raw).text, term);
        }
        known
    }

    /// Reads decisions from a table with the columns `raw` (`brut`) and `theme` (`terme`).
    ///
    /// # Errors
    /// As [`Vocabulary::read`].
    pub fn read_decisions(&mut self, table: Records<'_>) -> Result<Diagnostics> {
        let raw = table.require(&["raw", "brut", "texte"])?;
        let theme = table.require(&["theme", "thème", "terme", "label"])?;
        table.for_each(|row, found| {
            if self.decide(row.get(raw), row.get(theme)) {
                found.keep();
                return Ok(());
            }
            let message = format!("{:?} is no term of the vocabulary", row.get(theme));
            found.drop_record("unknown_term", row.place_of(theme), message)
        })
    }

    /// The terms.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Label of a term.
    #[must_use]
    pub fn label(&self, term: usize) -> Option<&str> {
        self.terms.get(term).map(|t| t.label.as_str())
    }

    /// The term of a text, by the first that holds: a decision; the same label or alias; the same
    /// words; max(Jaro–Winkler, Sørensen–Dice of words) ≥ 0.92 and 0.05 ahead of the next term. From
    /// 0.80 on a term is proposed. Four letters or fewer must be the same.
    #[must_use]
    pub fn find(&self, raw: &str) -> Match {
        let folded = Folded::of(raw);
        if let Some(&term) = self.decided.get(&folded.text) {
            return Match::Decided { term };
        }
        if folded.text.is_empty() {
            return Match::Unknown;
        }
        if let Some(&term) = self.same.get(&folded.text) {
            return Match::Same { term };
        }
        if let Some(&term) = self.same_words.get(&folded.words) {
            return Match::SameWords { term };
        }
        if folded.letters <= SHORT {
            return Match::Unknown;
        }
        let (mut best, mut second): (Option<(usize, f64)>, f64) = (None, 0.0);
        for name in &self.names {
            let score = folded.likeness(&name.folded);
            match best {
                Some((term, top)) if term == name.term => best = Some((term, top.max(score))),
                Some((_, top)) if score <= top => second = second.max(score),
                _ => {
                    second = best.map_or(second, |(_, top)| second.max(top));
                    best = Some((name.term, score));
                }
            }
        }
        match best {
            Some((term, score)) if score >= TAKEN && score - second >= AHEAD => Match::Near { term, score },
            Some((term, score)) if score >= PROPOSED => Match::Proposed { term, score },
            _ => Match::Unknown,
        }
    }
}

/// A text without case, accents, punctuation, link words and plurals.
pub(crate) fn folded(text: &str) -> String {
    Folded::of(text).text
}

impl Folded {
    fn of(raw: &str) -> Self {
        let mut plain = String::with_capacity(raw.len());
        for c in raw.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            match c {
                'œ' => plain.push_str("oe"),
                'æ' => plain.push_str("ae"),
                c if c.is_alphanumeric() => plain.push(c),
                _ => plain.push(' '),
            }
        }
        let mut words: Vec<String> = plain
            .split_whitespace()
            .filter(|w| !LINK_WORDS.contains(w))
            .map(|w| {
                let plural = w.chars().count() > 3 && w.ends_with(['s', 'x']);
                w[..w.len() - usize::from(plural)].to_owned()
            })
            .collect();
        let text = words.join(" ");
        words.sort_unstable();
        words.dedup();
        let mut bag = [0_u8; 36];
        for c in text.chars() {
            if let Some(digit) = c.to_digit(36) {
                bag[digit as usize] = bag[digit as usize].saturating_add(1);
            }
        }
        let mut head = ['\0'; 4];
        text.chars().take(4).zip(&mut head).for_each(|(c, h)| *h = c);
        Self { letters: text.chars().filter(|c| *c != ' ').count(), words, bag, head, text }
    }

    /// max(Jaro–Winkler, Dice of words); 0 where it cannot come near what is proposed.
    fn likeness(&self, other: &Self) -> f64 {
        let shared = self.words.iter().filter(|w| other.words.binary_search(w).is_ok()).count();
        let dice = 2.0 * shared as f64 / (self.words.len() + other.words.len()) as f64;
        // No more characters can match than both have in common: an upper limit of Jaro–Winkler.
        let common: u32 = self.bag.iter().zip(&other.bag).map(|(a, b)| u32::from(*a.min(b))).sum();
        let (spaces, others) = (self.words.len(), other.words.len());
        let common = f64::from(common) + spaces.min(others) as f64;
        let (a, b) = ((self.letters + spaces) as f64, (other.letters + others) as f64);
        let jaro = ((common / a).min(1.0) + (common / b).min(1.0) + 1.0) / 3.0;
        let prefix = self.head.iter().zip(&other.head).take_while(|(x, y)| x == y).count() as f64;
        if jaro + 0.1 * prefix * (1.0 - jaro) < PROPOSED - AHEAD {
            return dice;
        }
        dice.max(strsim::jaro_winkler(&self.text, &other.text))
    }
}

/// What became of the distinct texts of a column.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Normalised {
    /// Each distinct text, with what it was taken for and how often it was met.
    pub texts: BTreeMap<String, (Match, usize)>,
}

impl Normalised {
    /// Finds the terms of texts, each distinct text once.
    #[must_use]
    pub fn of<'a>(vocabulary: &Vocabulary, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for text in texts {
            *counts.entry(text.trim()).or_default() += 1;
        }
        counts.remove("");
        let texts = counts.into_iter().map(|(t, n)| (t.to_owned(), (vocabulary.find(t), n)));
        Self { texts: texts.collect() }
    }

    /// The term of a text that was among those given.
    #[must_use]
    pub fn taken(&self, text: &str) -> Option<usize> {
        self.texts.get(text.trim()).and_then(|(m, _)| m.taken())
    }

    /// Number of distinct texts taken, proposed and unknown.
    #[must_use]
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for (found, _) in self.texts.values() {
            let at = match found {
                Match::Proposed { .. } => 1,
                Match::Unknown => 2,
                _ => 0,
            };
            counts[at] += 1;
        }
        counts
    }
}
