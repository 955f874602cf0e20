//! What options take, and the day.

use std::path::PathBuf;

use rurban::random::Seed;
use rurban::report::Language;

/// Reads a number above zero, for options that take one.
pub fn positive(text: &str) -> Result<f64, String> {
    let number = text.replace(',', ".").parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
    number.ok_or_else(|| "must be a number above 0".to_owned())
}

/// Reads how many random replicates a test takes.
pub fn replicates(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n: &usize| (1..=10_000_000).contains(n));
    number.ok_or_else(|| "must be a whole number from 1 to 10000000; 999 is usual".to_owned())
}

/// A file that is there, for options that take one.
pub fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => Err("this is a folder; give a file".to_owned()),
        Ok(_) => Ok(path),
        Err(e) => Err(e.to_string()),
    }
}

/// The day in French and in English; that of `SOURCE_DATE_EPOCH` where it is set, for builds that are to give
/// the same bytes again.
pub fn today() -> [String; 2] {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|s| s.parse::<i64>().ok());
    let seconds = set.unwrap_or_else(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0))
    });
    Language::ALL.map(|language| language.day(seconds))
}

/// What is random.
#[derive(clap::Args)]
pub struct Chance {
    /// Permutations of each test.
    #[arg(long, default_value_t = 999, value_parser = replicates, allow_negative_numbers = true)]
    pub permutations: usize,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
}

impl Chance {
    pub const fn seed(&self) -> Seed {
        Seed(self.seed)
    }
}
