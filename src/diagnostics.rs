//! The account of a reading: how many records, which findings.
//!
//! Every reader returns `(value, Diagnostics)`. Counts always balance: [`Diagnostics::seen`] equals
//! [`Diagnostics::kept`] plus [`Diagnostics::dropped`].

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::finding::LONGEST_MESSAGE;
pub use crate::finding::{Finding, Outcome, Place, Severity, Strictness, printable};

/// The account a reader gives of its input: every record counted, every problem counted by kind,
/// the first ones of each kind in full.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Diagnostics {
    seen: usize,
    kept: usize,
    dropped: usize,
    counts: BTreeMap<&'static str, usize>,
    findings: Vec<Finding>,
    #[serde(skip)]
    strictness: Strictness,
}

impl Diagnostics {
    /// Findings kept in full for each kind; further ones are only counted, so that ten million bad
    /// lines cost no more memory than ten thousand.
    pub const FULL_FINDINGS_PER_KIND: usize = 10_000;

    /// An empty account.
    #[must_use]
    pub fn new(strictness: Strictness) -> Self {
        Self { strictness, ..Self::default() }
    }

    /// What is done at an error-level finding.
    #[must_use]
    pub const fn strictness(&self) -> Strictness {
        self.strictness
    }

    /// Counts a record that is in the result.
    pub const fn keep(&mut self) {
        self.seen += 1;
        self.kept += 1;
    }

    /// Counts a record that is not in the result, with the finding that says why.
    ///
    /// # Errors
    /// In strict mode, the finding itself.
    pub fn drop_record(
        &mut self,
        kind: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> Result<()> {
        self.seen += 1;
        self.dropped += 1;
        self.report(Finding {
            severity: Severity::Error,
            kind,
            place,
            message: message.into(),
            outcome: Outcome::Dropped,
        })
    }

    /// Adds a finding about a record that stays.
    ///
    /// # Errors
    /// In strict mode, the finding itself if it is error-level.
    pub fn report(&mut self, finding: Finding) -> Result<()> {
        let count = self.counts.entry(finding.kind).or_default();
        *count += 1;
        if self.strictness == Strictness::Strict && finding.severity == Severity::Error {
            return Err(Error::Data(Box::new(finding)));
        }
        if *count <= Self::FULL_FINDINGS_PER_KIND {
            self.findings.push(finding);
        }
        Ok(())
    }

    /// Adds a warning about a record that was repaired and kept.
    pub fn repaired(&mut self, kind: &'static str, place: Place, message: impl Into<String>) {
        self.push(Severity::Warning, kind, place, message.into(), Outcome::Repaired);
    }

    /// Adds a remark about a record that was kept as it is.
    pub fn remark(&mut self, kind: &'static str, place: Place, message: impl Into<String>) {
        self.push(Severity::Info, kind, place, message.into(), Outcome::Kept);
    }

    fn push(
        &mut self,
        severity: Severity,
        kind: &'static str,
        place: Place,
        message: String,
        outcome: Outcome,
    ) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= Self::FULL_FINDINGS_PER_KIND {
            self.findings.push(Finding { severity, kind, place, message, outcome });
        }
    }

    /// Takes in the account of another reader.
    pub fn merge(&mut self, other: Self) {
        self.seen += other.seen;
        self.kept += other.kept;
        self.dropped += other.dropped;
        let mut held: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in &self.findings {
            *held.entry(finding.kind).or_default() += 1;
        }
        for finding in other.findings {
            let held = held.entry(finding.kind).or_default();
            if *held < Self::FULL_FINDINGS_PER_KIND {
                *held += 1;
                self.findings.push(finding);
            }
        }
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
    }

    /// Takes in the account of a later step that went over the records kept so far: what it
    /// dropped is no longer kept, its findings are added.
    pub fn refine(&mut self, later: Self) {
        self.drop_kept(later.dropped);
        self.merge(Self { seen: 0, kept: 0, dropped: 0, ..later });
    }

    /// Takes in the account of a later step that made finer records of those kept so far (cells of
    /// rows): they count in their place.
    pub fn unfold(&mut self, later: Self) {
        self.seen -= self.kept;
        self.kept = 0;
        self.merge(later);
    }

    /// Takes out the findings of which this is true, with their kinds counted anew; records stay counted here,
    /// and so do findings that are only counted.
    #[cfg(feature = "france-data")]
    pub(crate) fn take_findings(&mut self, of: impl Fn(&Finding) -> bool) -> Self {
        let mut taken = Self::new(self.strictness);
        let (own, rest) = std::mem::take(&mut self.findings).into_iter().partition(|f| of(f));
        (taken.findings, self.findings) = (own, rest);
        for finding in &taken.findings {
            *taken.counts.entry(finding.kind).or_default() += 1;
            if let Some(count) = self.counts.get_mut(finding.kind) {
                *count -= 1;
            }
        }
        self.counts.retain(|_, count| *count > 0);
        taken
    }

    /// Counts `records` kept so far as dropped, where another account says why.
    pub(crate) fn drop_kept(&mut self, records: usize) {
        let dropped = records.min(self.kept);
        self.kept -= dropped;
        self.dropped += dropped;
    }

    /// Records met in the input.
    #[must_use]
    pub const fn seen(&self) -> usize {
        self.seen
    }

    /// Records that are in the result.
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.kept
    }

    /// Records that are not in the result.
    #[must_use]
    pub const fn dropped(&self) -> usize {
        self.dropped
    }

    /// Number of findings of each kind, those not held in full included.
    #[must_use]
    pub const fn counts(&self) -> &BTreeMap<&'static str, usize> {
        &self.counts
    }

    /// Number of findings of one kind.
    #[must_use]
    pub fn count(&self, kind: &str) -> usize {
        self.counts.get(kind).copied().unwrap_or(0)
    }

    /// The findings held in full, in the order they were met.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.counts.is_empty() && self.dropped == 0
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records: {} kept, {} dropped", self.seen, self.kept, self.dropped)?;
        for (kind, count) in &self.counts {
            write!(f, "\n  {kind}: {count}")?;
            if let Some(first) = self.findings.iter().find(|x| x.kind == *kind) {
                write!(f, " (first: {}: {})", first.place, printable(&first.message, LONGEST_MESSAGE))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_balance_and_long_lists_stay_bounded() {
        let mut d = Diagnostics::new(Strictness::Lenient);
        for i in 0..1000 {
            if i % 2 == 0 {
                d.keep();
            } else {
                d.drop_record("bad", Place::file("x").record(i), "odd").unwrap();
            }
        }
        assert_eq!((d.seen(), d.kept(), d.dropped()), (1000, 500, 500));
        assert_eq!((d.count("bad"), d.findings().len()), (500, 500));
        for i in 0..2 * Diagnostics::FULL_FINDINGS_PER_KIND {
            d.repaired("odd", Place::file("x").record(i), "odd");
        }
        let held = 500 + Diagnostics::FULL_FINDINGS_PER_KIND;
        assert_eq!((d.count("odd"), d.findings().len()), (2 * Diagnostics::FULL_FINDINGS_PER_KIND, held));
        let mut e = d.clone();
        e.merge(d);
        assert_eq!((e.seen(), e.count("bad"), e.findings().len()), (2000, 1000, held + 500));
    }

    #[cfg(feature = "france-data")]
    #[test]
    fn findings_taken_out_are_counted_where_they_are() {
        let mut d = Diagnostics::default();
        for i in 0..5 {
            d.keep();
            d.repaired("odd", Place::file("x").record(i), "odd");
        }
        let taken = d.take_findings(|f| f.place.record >= Some(3));
        assert_eq!((taken.count("odd"), taken.findings().len(), taken.seen()), (2, 2, 0));
        assert_eq!((d.count("odd"), d.findings().len(), d.seen()), (3, 3, 5));
        let all = d.take_findings(|_| true);
        assert_eq!((all.count("odd"), d.counts().len(), d.kept()), (3, 0, 5));
    }

    #[test]
    fn strict_stops_at_the_first_error_and_not_at_a_repair() {
        let mut d = Diagnostics::new(Strictness::Strict);
        d.repaired("unclosed_ring", Place::file("a.geojson").record(3), "ring closed");
        let err =
            d.drop_record("bad", Place::file("a.csv").line(7).field("lat"), "not a number").unwrap_err();
        assert_eq!(err.to_string(), "a.csv:7, field \"lat\": not a number [bad]");
    }
}
