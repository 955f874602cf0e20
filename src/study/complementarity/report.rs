//! Whether ties join what complements each other more than chance would, and the measures of each profile.

use serde::Serialize;

use super::{Complementarity, ComplementarityCoverage, PresenceRule, ProfiledRow, RURAL, URBAN};
use crate::complementarity::complexity::Parts;
use crate::complementarity::composite::{
    Shuffle, gravity_sets, tied_complementarity_evidence, tied_complementarity_evidence_from,
};
use crate::complementarity::interregional::{Between, DirectedGain, Ties};
use crate::complementarity::specialisation::{Reference, hachman, herfindahl, krugman, shannon};
use crate::complementarity::{Presence, economic_complexity};
use crate::error::Result;
use crate::evidence::Measured;
use crate::evidence::{Evidence, Null};
use crate::labels::Labels;
use crate::matrix::{Csr, Matrix};
use crate::model::Rurality;
use crate::network::{Direction, Network, SwapOptions, degree_preserving};
use crate::profiles::Activity;
use crate::progress::Progress;

/// What one side gains from the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideGain {
    /// Who gains.
    pub receiving: Rurality,
    /// From whom.
    pub giving: Rurality,
    /// Mean score of all pairs, in [0, 100]: what could be gained.
    pub potential: Measured<f64>,
    /// Mean score of the existing ties, weighted: what those that cooperate could gain.
    pub realised: Measured<f64>,
    /// Realised over potential: above 1, ties join complementary rows more than pairs at large.
    pub ratio: Option<f64>,
    /// Pairs of rows tied in this direction.
    pub ties: usize,
    /// Each activity's part of the potential, adding up to it; by activity.
    pub potential_by_activity: Vec<f64>,
    /// Each activity's part of what is realised, adding up to it; by activity.
    pub realised_by_activity: Vec<f64>,
}

/// The composite of existing ties against one meaning of chance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplementarityTest {
    /// What chance means here, in words.
    pub against: String,
    /// Mean score of the ties between rural and urban rows, both ways.
    pub evidence: Measured<Evidence>,
    /// Observed over expected.
    pub ratio: Option<f64>,
}

/// Complementarity of rural and urban rows over the whole study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplementarityReport {
    /// What the amounts are.
    pub unit: String,
    /// The activities, in the order of all lists by activity.
    pub activities: Vec<Activity>,
    /// What the numbers stand on.
    pub coverage: ComplementarityCoverage,
    /// Rural from urban, urban from rural, rural from rural, urban from urban.
    pub sides: Vec<SideGain>,
    /// Existing ties between the sides against chance.
    pub tests: Vec<ComplementarityTest>,
}

/// Measures of one row's profile; `NaN` where undefined (see the functions of
/// [`specialisation`](crate::complementarity::specialisation)).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileMeasures {
    /// The row.
    pub row: ProfiledRow,
    /// Its amounts, all activities together.
    pub total: f64,
    /// Number of activities it has.
    pub diversity: u32,
    /// Concentration on few activities, in [1 / activities, 1].
    pub herfindahl: f64,
    /// Entropy in bits.
    pub shannon: f64,
    /// Likeness to the whole, in (0, 1].
    pub hachman: f64,
    /// Difference from all other rows, in [0, 2].
    pub krugman: f64,
    /// Economic complexity, z-scored.
    pub complexity: f64,
}

impl Complementarity<'_> {
    /// Rural, urban or none of the giving rows; receiving rows of another kind have no class, so that
    /// no total counts them.
    fn labels(&self) -> Result<Labels> {
        let class = |row: &ProfiledRow| match row.rurality {
            Some(Rurality::Rural) => RURAL as u32,
            Some(Rurality::Urban) => URBAN as u32,
            None => Labels::NONE,
        };
        let mut of: Vec<u32> = self.rows[..self.givers()].iter().map(class).collect();
        of.resize(self.rows.len(), Labels::NONE);
        Labels::new(of, 2)
    }

    /// What each side could gain and what those that cooperate could gain, by activity; and existing
    /// ties between the sides against chance: labels dealt, profiles dealt, ties rewired with degrees
    /// kept, ties drawn by strength and distance.
    ///
    /// Over the giving rows. O(permutations × ties × activities + rows² × activities).
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) when an option is out of its domain.
    pub fn report(&self, progress: &dyn Progress) -> Result<ComplementarityReport> {
        let labels = self.labels()?;
        // The kernels take square ties over all rows.
        let (n, all) = (self.givers(), self.rows.len());
        let triplets: Vec<_> =
            (0..n).flat_map(|r| self.ties.row(r).map(move |(s, w)| (r as u32, s, w))).collect();
        let ties = Csr::from_triplets(all, all, &triplets)?;
        let mut sides = Vec::new();
        for (receiving, giving) in [(RURAL, URBAN), (URBAN, RURAL), (RURAL, RURAL), (URBAN, URBAN)] {
            let side = |class| if class == RURAL { Rurality::Rural } else { Rurality::Urban };
            let between = Between { labels: &labels, receiving, giving };
            let gain = |ties| Measured::of(self.linkages.directed_gain(ties, between));
            let (potential, realised) = (gain(Ties::Potential)?, gain(Ties::Sparse(&ties))?);
            let parts = |m: &Measured<DirectedGain>| {
                m.value().map_or_else(Vec::new, |g| g.by_activity.iter().map(|v| v / g.weight).collect())
            };
            let mean = |m: &Measured<DirectedGain>| match m {
                Measured::Value(g) => Measured::Value(g.mean),
                Measured::Undefined(why) => Measured::Undefined(why.clone()),
            };
            sides.push(SideGain {
                receiving: side(receiving),
                giving: side(giving),
                ratio: realised
                    .value()
                    .zip(potential.value())
                    .filter(|(_, p)| p.mean > 0.0)
                    .map(|(r, p)| r.mean / p.mean),
                ties: realised.value().map_or(0, |g| g.ties),
                potential_by_activity: parts(&potential),
                realised_by_activity: parts(&realised),
                potential: mean(&potential),
                realised: mean(&realised),
            });
        }
        Ok(ComplementarityReport {
            unit: self.giving.unit().to_owned(),
            activities: self.activities().to_vec(),
            coverage: self.coverage.clone(),
            sides,
            tests: self.tests(progress)?,
        })
    }

    fn tests(&self, progress: &dyn Progress) -> Result<Vec<ComplementarityTest>> {
        let n = self.givers();
        let labels = Labels::new(self.labels()?.as_slice()[..n].to_vec(), 2)?;
        let score = |r: usize, s: usize| self.linkages.score(r, s);
        let options = &self.options;
        let mut tests = Vec::new();
        let mut add = |against: &str, result: Result<Evidence>| -> Result<()> {
            let evidence = Measured::of(result)?;
            let ratio = evidence.value().and_then(Evidence::ratio);
            tests.push(ComplementarityTest { against: against.to_owned(), evidence, ratio });
            Ok(())
        };
        if options.permutations > 0 {
            for (tag, against, shuffle) in [
                (1, "labels dealt to rows", Shuffle::Labels),
                (2, "profiles dealt to rows", Shuffle::Portfolios),
            ] {
                let (count, seed) = (options.permutations, options.seed.child(tag));
                let result =
                    tied_complementarity_evidence(&self.ties, &labels, score, shuffle, count, seed, progress);
                add(against, result)?;
            }
        }
        if options.draws > 0 {
            add("tied pairs rewired, degrees kept", self.rewired(&labels, score, progress))?;
            let distance = |r: usize, s: usize| self.stacked_distance_m(r, s).unwrap_or(f64::NAN);
            let drawn =
                gravity_sets(&self.ties, distance, options.bin_m, options.draws, options.seed.child(4));
            let result = drawn.and_then(|sets| {
                tied_complementarity_evidence_from(&self.ties, &labels, score, Null::Gravity, &sets)
            });
            add("ties drawn by strength and distance", result)?;
        }
        Ok(tests)
    }

    /// The composite of tied pairs, each counting once, on graphs rewired with degrees kept.
    fn rewired(
        &self,
        labels: &Labels,
        score: impl Fn(usize, usize) -> f64 + Sync + Send,
        progress: &dyn Progress,
    ) -> Result<Evidence> {
        let n = self.givers();
        let pairs: Vec<(u32, u32, f64)> = (0..n)
            .flat_map(|r| self.ties.row(r).map(move |(s, _)| (r as u32, s, 1.0)))
            .filter(|p| p.0 < p.1)
            .collect();
        let set = |pairs: &[(u32, u32)]| {
            let both: Vec<_> = pairs.iter().flat_map(|&(r, s)| [(r, s, 1.0), (s, r, 1.0)]).collect();
            Csr::from_triplets(n, n, &both)
        };
        let (network, _) = Network::from_edges(n, &pairs, Direction::Undirected)?;
        let options = SwapOptions::default().replicates(self.options.draws).seed(self.options.seed.child(3));
        let sets: Vec<Csr> =
            degree_preserving(&network, &options, set, progress).into_iter().collect::<Result<_>>()?;
        let observed = set(&pairs.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>())?;
        tied_complementarity_evidence_from(&observed, labels, score, Null::DegreePreservingSwaps, &sets)
    }

    /// Measures of the giving rows' profiles.
    ///
    /// Complexity is taken on the largest connected part of the presence matrix, NaN elsewhere and
    /// where it is undefined.
    ///
    /// # Errors
    /// None on the rows of a study.
    pub fn profile_measures(&self) -> Result<Vec<ProfileMeasures>> {
        let table = self.giving.table();
        let n = self.givers();
        let width = self.quotients.columns();
        let own = Matrix::from_rows(n, width, self.quotients.as_slice()[..n * width].to_vec())?;
        let threshold =
            if self.options.presence == PresenceRule::Any { f64::MIN_POSITIVE } else { Presence::THRESHOLD };
        let presence = Presence::at_least(&own, threshold)?;
        let complexity = match Measured::of(economic_complexity(&presence, Parts::Largest))? {
            Measured::Value(c) => c.regions,
            Measured::Undefined(_) => vec![f64::NAN; n],
        };
        let (concentration, entropy) = (herfindahl(table), shannon(table));
        let (likeness, difference) = (hachman(table), krugman(table, Reference::Rest));
        let diversity = presence.diversity();
        let row = |r: usize| ProfileMeasures {
            row: self.rows[r].clone(),
            total: table.region_totals()[r],
            diversity: diversity[r],
            herfindahl: concentration[r],
            shannon: entropy[r],
            hachman: likeness[r],
            krugman: difference[r],
            complexity: complexity[r],
        };
        Ok((0..n).map(row).collect())
    }
}
