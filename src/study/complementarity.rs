//! What each side has that the other lacks and could use.

use std::collections::BTreeMap;
use std::ops::Range;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::{Measured, Study};
use crate::complementarity::complexity::Parts;
use crate::complementarity::composite::{
    Shuffle, gravity_sets, tied_complementarity_evidence, tied_complementarity_evidence_from,
};
use crate::complementarity::interregional::{Between, DirectedGain, Partner, Ties};
use crate::complementarity::relatedness::{MultipleTesting, validated_projection};
use crate::complementarity::specialisation::{
    Reference, hachman, herfindahl, krugman, location_quotient_interval, shannon, shrunken_location_quotient,
};
use crate::complementarity::{
    ActivityTable, Interregional, Normalisation, Presence, SelfInclusion, economic_complexity,
    location_quotient, proximity, relatedness, relatedness_density,
};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null};
use crate::france::zones::ZONES;
use crate::labels::Labels;
use crate::matrix::{Csr, Matrix};
use crate::model::Rurality;
use crate::network::{Direction, Network, SwapOptions, degree_preserving};
use crate::profiles::{Activity, ProfileRows, Profiles};
use crate::progress::Progress;
use crate::random::Seed;
use crate::space::LonLat;
use crate::space::distance::Places;

const MEASURE: &str = "complementarity";

/// Rural and urban, as classes.
const RURAL: usize = 0;
const URBAN: usize = 1;

/// When a row has an activity.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceRule {
    /// Its location quotient is at least 1, as in most of the literature.
    #[default]
    LocationQuotient,
    /// Its location quotient, shrunken for small counts, is at least 1.
    Shrunken,
    /// The lower bound of the confidence interval of its location quotient is at least 1.
    Confident {
        /// Level of the interval, such as 0.95.
        level: f64,
    },
    /// It has any of it at all.
    Any,
}

/// How related two activities are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelatednessRule {
    /// The lesser of the two conditional probabilities of having one with the other (Hidalgo et al.
    /// 2007).
    #[default]
    Proximity,
    /// Co-occurrences, normalised.
    CoOccurrence(Normalisation),
    /// Proximity of the pairs that are together more often than chance at this rate of false
    /// discoveries; 0 for all others.
    Validated {
        /// Share of false discoveries, such as 0.05.
        level: f64,
    },
    /// The caller's own, activities × activities (from input–output tables, patents …).
    Given(Matrix),
}

/// How complementarity is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComplementarityOptions {
    /// When a row has an activity.
    pub presence: PresenceRule,
    /// How related two activities are.
    pub relatedness: RelatednessRule,
    /// Random permutations of labels and of profiles; none when 0.
    pub permutations: usize,
    /// Rewired graphs and sets of ties drawn by gravity; none when 0.
    pub draws: usize,
    /// Width of the bins of distance of the gravity null, in metres.
    pub bin_m: f64,
    /// Seed of all that is random.
    pub seed: Seed,
}

impl Default for ComplementarityOptions {
    /// Location quotient of at least 1, proximity, 999 permutations, 199 draws, bins of 25 km.
    fn default() -> Self {
        Self {
            presence: PresenceRule::default(),
            relatedness: RelatednessRule::default(),
            permutations: 999,
            draws: 199,
            bin_m: 25_000.0,
            seed: Seed::default(),
        }
    }
}

impl ComplementarityOptions {
    /// Sets when a row has an activity.
    #[must_use]
    pub const fn presence(mut self, rule: PresenceRule) -> Self {
        self.presence = rule;
        self
    }

    /// Sets how related activities are.
    #[must_use]
    pub fn relatedness(mut self, rule: RelatednessRule) -> Self {
        self.relatedness = rule;
        self
    }

    /// Sets the number of permutations.
    #[must_use]
    pub const fn permutations(mut self, permutations: usize) -> Self {
        self.permutations = permutations;
        self
    }

    /// Sets the number of rewired graphs and of sets drawn by gravity.
    #[must_use]
    pub const fn draws(mut self, draws: usize) -> Self {
        self.draws = draws;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub const fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }
}

/// A territory or an actor whose profile is compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfiledRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it is: for a territory above the base level, its most populous part.
    pub point: Option<LonLat>,
    /// Rural or urban.
    pub rurality: Option<Rurality>,
}

/// Which side may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giving {
    /// Urban to rural, rural to urban; anyone to those of unknown rurality.
    #[default]
    OtherSide,
    /// Anyone.
    Anyone,
    /// This side.
    Side(Rurality),
}

/// Whom a search for partners considers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Search {
    /// Which side may give.
    pub giving: Giving,
    /// How far away, in metres; infinite for anywhere.
    pub radius_m: f64,
    /// Activities reported.
    pub activities: usize,
    /// Holders reported for each activity.
    pub holders: usize,
    /// Partners reported.
    pub partners: usize,
}

impl Default for Search {
    /// The other side, anywhere; ten activities, three holders of each, ten partners.
    fn default() -> Self {
        Self { giving: Giving::OtherSide, radius_m: f64::INFINITY, activities: 10, holders: 3, partners: 10 }
    }
}

impl Search {
    /// Sets which side may give.
    #[must_use]
    pub const fn giving(mut self, giving: Giving) -> Self {
        self.giving = giving;
        self
    }

    /// Sets how far away partners may be, in metres.
    #[must_use]
    pub const fn radius_m(mut self, radius_m: f64) -> Self {
        self.radius_m = radius_m;
        self
    }

    /// Sets how many activities, holders of each, and partners are reported.
    #[must_use]
    pub const fn limits(mut self, activities: usize, holders: usize, partners: usize) -> Self {
        self.activities = activities;
        self.holders = holders;
        self.partners = partners;
        self
    }
}

/// What the numbers stand on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplementarityCoverage {
    /// Rows: territories or actors.
    pub rows: usize,
    /// Those without any activity, which lack everything.
    pub empty_rows: usize,
    /// Those of unknown rurality, which neither receive nor give between the sides.
    pub unlabelled: usize,
    /// Those without a position, which have no distance.
    pub without_point: usize,
    /// Activities.
    pub activities: usize,
    /// Those that nobody has.
    pub empty_activities: usize,
    /// Cells under statistical secrecy: neither had nor lacked.
    pub masked: usize,
    /// Links between two rows.
    pub links: usize,
    /// Links with both ends in one row.
    pub links_within: usize,
    /// Links with an end in no row.
    pub links_outside: usize,
}

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

/// An activity a row is specialised in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Strength {
    /// Index of the activity.
    pub activity: usize,
    /// How much of it there is.
    pub count: f64,
    /// Location quotient.
    pub location_quotient: f64,
    /// Its 95 % confidence interval, counts taken as independent units.
    pub interval: (f64, f64),
}

/// An activity a row lacks, and who has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Need {
    /// Index of the activity.
    pub activity: usize,
    /// How much of it there is.
    pub count: f64,
    /// Location quotient, below the threshold of presence.
    pub location_quotient: f64,
    /// How well it fits what the row does: relatedness density in [0, 100]; NaN when it is related to
    /// nothing.
    pub fit: f64,
    /// Rows the search considers that have it.
    pub holders_within: usize,
    /// The nearest of them.
    pub holders: Vec<Holder>,
}

/// A row that has what another lacks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Holder {
    /// Index of the giving row.
    pub row: usize,
    /// Distance in metres; `None` where a position is unknown.
    pub distance_m: Option<f64>,
    /// How much of the activity it has.
    pub count: f64,
    /// Location quotient there.
    pub location_quotient: f64,
    /// Indices of the study's links with it.
    pub links: Vec<u32>,
    /// The actors behind the count, where the amounts are counts of actors.
    pub actors: Vec<u32>,
}

/// A row to cooperate with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplementaryPartner {
    /// Index of the giving row.
    pub row: usize,
    /// What is gained from it, in [0, 100].
    pub score: f64,
    /// What it gains in return, in [0, 100]; NaN when it lacks nothing.
    pub returned: f64,
    /// Distance in metres; `None` where a position is unknown.
    pub distance_m: Option<f64>,
    /// Indices of the study's links with it.
    pub links: Vec<u32>,
    /// Activities gained with their part of the score, largest first.
    pub gained: Vec<(usize, f64)>,
    /// Activities it brings with their part of the score, largest first.
    pub brought: Vec<(usize, f64)>,
}

/// What one row has, lacks, and could gain from whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Needs {
    /// The row.
    pub row: ProfiledRow,
    /// What it is specialised in, strongest first.
    pub has: Vec<Strength>,
    /// What it lacks, best fit first (equal fit: nearest holder first).
    pub lacks: Vec<Need>,
    /// Activities whose amount is under statistical secrecy: not known to be lacking.
    pub unknown: Vec<usize>,
    /// With whom to cooperate, highest score first.
    pub partners: Vec<ComplementaryPartner>,
    /// Rows that the search considers.
    pub considered: usize,
}

/// Where one giving row stands among all that could give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rank {
    /// 1 + the number of rows that score higher, + half of those that score the same.
    pub rank: f64,
    /// Rows ranked.
    pub of: usize,
}

impl Rank {
    /// Share of the other rows that score lower (ties half), in [0, 1]: ½ by chance.
    #[must_use]
    pub fn percentile(self) -> f64 {
        if self.of < 2 { f64::NAN } else { 1.0 - (self.rank - 1.0) / (self.of - 1) as f64 }
    }
}

/// Profiles compared: what each row has and lacks, and what it could gain from each giving row.
///
/// From [`Study::complementarity`].
#[derive(Debug)]
pub struct Complementarity<'a> {
    study: &'a Study,
    giving: &'a Profiles,
    receiving: Option<&'a Profiles>,
    options: ComplementarityOptions,
    /// Giving rows, then the receiving ones when they are others.
    rows: Vec<ProfiledRow>,
    quotients: Matrix,
    presence: Presence,
    relatedness: Matrix,
    density: Matrix,
    linkages: Interregional,
    places: Places,
    /// Place of each row with a point.
    place_of: Vec<Option<usize>>,
    /// Ties between giving rows, both ways.
    ties: Csr,
    /// Links of each receiving row with each giving row, by stacked index.
    links: BTreeMap<(u32, u32), Vec<u32>>,
    /// Giving rows that share ground with each receiving row, itself included; sorted.
    shared: Vec<Vec<u32>>,
    coverage: ComplementarityCoverage,
}

/// The rows of profiles in a study.
struct Rows {
    list: Vec<ProfiledRow>,
    /// Rows of each actor.
    of_actor: Vec<Vec<u32>>,
    /// Rows of each base territory; empty when rows are actors.
    of_base: Vec<Vec<u32>>,
}

impl Rows {
    fn of(study: &Study, profiles: &Profiles) -> Result<Self> {
        let (atlas, actors) = (study.atlas(), study.inventory().actors());
        let check = |rows: usize| {
            let got = profiles.table().regions();
            if got == rows { Ok(()) } else { Err(Error::Shape { what: "profiles", expected: rows, got }) }
        };
        match profiles.rows() {
            ProfileRows::Actors => {
                check(actors.len())?;
                let row = |(i, a): (usize, &crate::model::Actor)| ProfiledRow {
                    code: a.id.to_string(),
                    name: a.name.clone(),
                    point: study.places()[i].point,
                    rurality: study.places()[i].rurality(),
                };
                Ok(Self {
                    list: actors.iter().enumerate().map(row).collect(),
                    of_actor: (0..actors.len() as u32).map(|i| vec![i]).collect(),
                    of_base: Vec::new(),
                })
            }
            ProfileRows::Territories(level) => {
                let found = atlas.level(level)?;
                check(found.territories().len())?;
                let row = |(t, (rurality, _)): (&crate::atlas::Territory, _)| ProfiledRow {
                    code: t.code.to_string(),
                    name: t.name.clone(),
                    point: t.point,
                    rurality,
                };
                let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); atlas.base().territories().len()];
                for (b, t) in atlas.memberships(level)? {
                    of_base[b as usize].push(t);
                }
                // A body of a territory stands for it wherever its seat is.
                let own = |i: usize| {
                    let (of, code) = actors[i].territory.as_ref()?;
                    (of == level).then(|| found.find(code.as_str())).flatten().map(|t| vec![t as u32])
                };
                let seat = |i: usize| study.places()[i].base.map(|b| of_base[b as usize].clone());
                Ok(Self {
                    list: found.territories().iter().zip(atlas.rurality(level)?).map(row).collect(),
                    of_actor: (0..actors.len())
                        .map(|i| own(i).or_else(|| seat(i)).unwrap_or_default())
                        .collect(),
                    of_base,
                })
            }
        }
    }
}

impl Study {
    /// Compares profiles: what each receiving row lacks, how well it would fit, which giving rows have
    /// it, and whether those that cooperate already complement each other.
    ///
    /// A row has an activity by [`PresenceRule`]; relatedness φ is taken over the giving rows; what r
    /// could gain from s is the mean over the activities r lacks of the relatedness density that s's
    /// activities would add ([`Interregional`]). `receiving` are rows of another kind (PETR/Pays beside
    /// EPCI, say) with the same activities; their location quotients are taken against the same whole.
    /// `None`: the giving rows themselves. O(rows × activities²).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::Level;
    /// use rurban::progress::Silent;
    /// use rurban::study::{ActivitySource, ComplementarityOptions, Counting, Search, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent)?;
    /// let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full);
    /// let (cities, pays) = (fields(&Level::Epci)?.0, fields(&Level::PetrPays)?.0);
    /// let options = ComplementarityOptions::default();
    /// let complementarity = study.complementarity(&cities, Some(&pays), options)?;
    /// let needs = complementarity.needs(study.atlas().level(&Level::PetrPays)?.search("Portes de Gascogne")?, Search::default())?;
    /// let nearest = &needs.lacks[0].holders[0];
    /// println!("{} has it, {:?} m away", complementarity.giving_row(nearest.row).unwrap().name, nearest.distance_m);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks a level; [`Error::Shape`] when profiles are those of
    /// another study; [`Error::Parameter`] when receiving and giving rows have different activities or
    /// an option is out of its domain; [`Error::Undefined`] when the giving rows have nothing at all.
    pub fn complementarity<'a>(
        &'a self,
        giving: &'a Profiles,
        receiving: Option<&'a Profiles>,
        options: ComplementarityOptions,
    ) -> Result<Complementarity<'a>> {
        if giving.table().total() <= 0.0 {
            return Err(Error::undefined(MEASURE, Undefined::ZeroTotal));
        }
        if let Some(other) = receiving
            && !other.activities().iter().map(|a| &a.code).eq(giving.activities().iter().map(|a| &a.code))
        {
            return Err(Error::Parameter {
                name: "receiving",
                value: format!("{} activities", other.activities().len()),
                must: "must have the activities of the giving profiles, in the same order",
            });
        }
        let ground = Rows::of(self, giving)?;
        let other = receiving.map(|p| Rows::of(self, p)).transpose()?;
        let n = ground.list.len();

        let mut quotients = quotients(giving.table(), options.presence)?;
        if let Some(profiles) = receiving {
            let seen = quotients_against(profiles.table(), giving.table(), options.presence)?;
            let mut all = quotients.as_slice().to_vec();
            all.extend_from_slice(seen.as_slice());
            quotients = Matrix::from_rows(n + seen.rows(), seen.columns(), all)?;
        }
        let threshold = match options.presence {
            PresenceRule::Any => f64::MIN_POSITIVE,
            _ => Presence::THRESHOLD,
        };
        let presence = Presence::at_least(&quotients, threshold)?;
        let own = if receiving.is_none() {
            presence.clone()
        } else {
            let width = quotients.columns();
            let rows = quotients.as_slice()[..n * width].to_vec();
            Presence::at_least(&Matrix::from_rows(n, width, rows)?, threshold)?
        };
        let relatedness = match &options.relatedness {
            RelatednessRule::Proximity => proximity(&own),
            RelatednessRule::CoOccurrence(by) => relatedness(&own.co_occurrence(), *by)?,
            RelatednessRule::Validated { level } => {
                validated_projection(&own, MultipleTesting::FalseDiscoveryRate, *level)?
                    .restrict(&proximity(&own))?
            }
            RelatednessRule::Given(matrix) => matrix.clone(),
        };
        let density = relatedness_density(&presence, &relatedness, SelfInclusion::Excluded)?;
        let mut unknown = giving.table().masked().to_vec();
        if let Some(profiles) = receiving {
            unknown.extend(profiles.table().masked().iter().map(|&(r, i)| (r + n as u32, i)));
        }
        let linkages = Interregional::with_unknown(&presence, &relatedness, &unknown)?;

        let (ties, mut coverage) = tie(self, &ground)?;
        let links = links_between(self, other.as_ref().unwrap_or(&ground), &ground, other.is_some());
        let shared = shared_ground(other.as_ref(), &ground);
        let mut rows = ground.list;
        coverage.rows = n;
        coverage.empty_rows = giving.table().empty_regions().len();
        coverage.unlabelled = rows.iter().filter(|r| r.rurality.is_none()).count();
        coverage.without_point = rows.iter().filter(|r| r.point.is_none()).count();
        coverage.activities = giving.activities().len();
        coverage.empty_activities = giving.table().empty_activities().len();
        coverage.masked = giving.table().masked().len();
        rows.extend(other.into_iter().flat_map(|o| o.list));
        let mut points = Vec::with_capacity(rows.len());
        let place_of = rows
            .iter()
            .map(|row| {
                points.push(Coord::from(row.point?));
                Some(points.len() - 1)
            })
            .collect();
        Ok(Complementarity {
            study: self,
            giving,
            receiving,
            options,
            rows,
            quotients,
            presence,
            relatedness,
            density,
            linkages,
            places: Places::new(&ZONES, points)?,
            place_of,
            ties,
            links,
            shared,
            coverage,
        })
    }
}

/// What the rule of presence is applied to.
fn quotients(table: &ActivityTable, rule: PresenceRule) -> Result<Matrix> {
    Ok(match rule {
        PresenceRule::LocationQuotient => location_quotient(table),
        PresenceRule::Shrunken => shrunken_location_quotient(table).values,
        PresenceRule::Confident { level } => location_quotient_interval(table, level)?.lower,
        PresenceRule::Any => table.to_matrix(),
    })
}

/// [`quotients`] of rows that are not those of the whole, against the whole.
fn quotients_against(table: &ActivityTable, whole: &ActivityTable, rule: PresenceRule) -> Result<Matrix> {
    let (rows, columns) = (table.regions(), table.activities());
    let with_rest = quotients(&beside_rest(table, 0..rows, whole)?, rule)?;
    Matrix::from_rows(rows, columns, with_rest.as_slice()[..rows * columns].to_vec())
}

/// Some rows of a table and, as a last row, the rest of the whole: as if the country were made of
/// these, so that totals are those of the whole.
fn beside_rest(table: &ActivityTable, rows: Range<usize>, whole: &ActivityTable) -> Result<ActivityTable> {
    let from = rows.start;
    let slot = |r: usize| (r - from) as u32;
    let mut cells: Vec<(u32, u32, Option<f64>)> =
        rows.clone().flat_map(|r| table.counts().row(r).map(move |(i, x)| (slot(r), i, Some(x)))).collect();
    let mut rest = whole.activity_totals().to_vec();
    for &(_, i, x) in &cells {
        // Overlapping perimeters can add up to more than there is.
        rest[i as usize] = (rest[i as usize] - x.unwrap_or(0.0)).max(0.0);
    }
    let masked = table.masked().iter().filter(|(r, _)| rows.contains(&(*r as usize)));
    cells.extend(masked.map(|&(r, i)| (slot(r as usize), i, None)));
    let last = rows.len();
    cells.extend(rest.into_iter().enumerate().map(|(i, x)| (last as u32, i as u32, Some(x))));
    ActivityTable::from_cells(last + 1, table.activities(), &cells)
}

/// Ties between the rows, both ways, and how many links make them.
fn tie(study: &Study, ground: &Rows) -> Result<(Csr, ComplementarityCoverage)> {
    let mut coverage = ComplementarityCoverage {
        rows: 0,
        empty_rows: 0,
        unlabelled: 0,
        without_point: 0,
        activities: 0,
        empty_activities: 0,
        masked: 0,
        links: 0,
        links_within: 0,
        links_outside: 0,
    };
    let mut ties = Vec::new();
    for link in study.links() {
        let [a, b] = [link.a, link.b].map(|end| &ground.of_actor[end as usize]);
        let before = ties.len();
        for (&r, &s) in a.iter().flat_map(|r| b.iter().map(move |s| (r, s))).filter(|(r, s)| r != s) {
            ties.extend([(r, s, link.weight), (s, r, link.weight)]);
        }
        if a.is_empty() || b.is_empty() {
            coverage.links_outside += 1;
        } else if ties.len() > before {
            coverage.links += 1;
        } else {
            coverage.links_within += 1;
        }
    }
    let n = ground.list.len();
    Ok((Csr::from_triplets(n, n, &ties)?, coverage))
}

/// Links of each receiving row with each giving row, by stacked index.
fn links_between(
    study: &Study,
    receiving: &Rows,
    giving: &Rows,
    stacked: bool,
) -> BTreeMap<(u32, u32), Vec<u32>> {
    let offset = if stacked { giving.list.len() as u32 } else { 0 };
    let mut links: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (index, link) in study.links().iter().enumerate() {
        for (x, y) in [(link.a, link.b), (link.b, link.a)] {
            for &r in &receiving.of_actor[x as usize] {
                for &s in &giving.of_actor[y as usize] {
                    if stacked || r != s {
                        links.entry((r + offset, s)).or_default().push(index as u32);
                    }
                }
            }
        }
    }
    links
}

/// Giving rows that share base territories with each receiving row.
fn shared_ground(receiving: Option<&Rows>, giving: &Rows) -> Vec<Vec<u32>> {
    let Some(receiving) = receiving else {
        return (0..giving.list.len() as u32).map(|r| vec![r]).collect();
    };
    let mut shared: Vec<Vec<u32>> = vec![Vec::new(); receiving.list.len()];
    for (ours, theirs) in receiving.of_base.iter().zip(&giving.of_base) {
        for &r in ours {
            shared[r as usize].extend_from_slice(theirs);
        }
    }
    for list in &mut shared {
        list.sort_unstable();
        list.dedup();
    }
    shared
}

impl<'a> Complementarity<'a> {
    /// The giving rows' profiles.
    #[must_use]
    pub const fn giving(&self) -> &'a Profiles {
        self.giving
    }

    /// The receiving rows' profiles: the giving ones where no others were given.
    #[must_use]
    pub fn receiving(&self) -> &'a Profiles {
        self.receiving.unwrap_or(self.giving)
    }

    /// A giving row.
    #[must_use]
    pub fn giving_row(&self, row: usize) -> Option<&ProfiledRow> {
        self.rows[..self.givers()].get(row)
    }

    /// A receiving row.
    #[must_use]
    pub fn receiving_row(&self, row: usize) -> Option<&ProfiledRow> {
        self.rows[self.offset()..].get(row)
    }

    /// The activities.
    #[must_use]
    pub fn activities(&self) -> &'a [Activity] {
        self.giving.activities()
    }

    /// Relatedness of the activities.
    #[must_use]
    pub const fn relatedness(&self) -> &Matrix {
        &self.relatedness
    }

    /// How well each activity fits each receiving row, in [0, 100]; NaN for an activity related to
    /// nothing. Empty when there is no such row.
    #[must_use]
    pub fn fit(&self, receiving: usize) -> &[f64] {
        if self.receiving_row(receiving).is_none() {
            return &[];
        }
        self.density.row(self.offset() + receiving)
    }

    /// The scores of all pairs: giving rows first, then the receiving ones where they are others.
    #[must_use]
    pub const fn linkages(&self) -> &Interregional {
        &self.linkages
    }

    /// Weights of the existing ties between giving rows, both ways.
    #[must_use]
    pub const fn ties(&self) -> &Csr {
        &self.ties
    }

    /// What a receiving row could gain from a giving row, in [0, 100]; NaN when it lacks nothing or
    /// there is no such row.
    #[must_use]
    pub fn score(&self, receiving: usize, giving: usize) -> f64 {
        if giving >= self.givers() {
            return f64::NAN;
        }
        self.linkages.score(self.offset() + receiving, giving)
    }

    /// Distance between a receiving and a giving row in metres, where both have a position.
    #[must_use]
    pub fn distance_m(&self, receiving: usize, giving: usize) -> Option<f64> {
        self.stacked_distance_m(self.offset() + receiving, giving)
    }

    fn stacked_distance_m(&self, r: usize, s: usize) -> Option<f64> {
        let place = |i: usize| self.place_of.get(i).copied().flatten();
        self.places.distance_m(place(r)?, place(s)?).ok()
    }

    fn givers(&self) -> usize {
        self.giving.table().regions()
    }

    fn offset(&self) -> usize {
        if self.receiving.is_some() { self.givers() } else { 0 }
    }

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
    /// [`Error::Parameter`] when an option is out of its domain.
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
            degree_preserving(&network, options, set, progress).into_iter().collect::<Result<_>>()?;
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

    /// What a receiving row has and lacks, who has it, and with whom cooperation would bring most.
    ///
    /// Giving rows that share ground with it (its own parts, the territory it is part of) are not
    /// considered. O(giving rows × activities).
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such row or the radius is not above zero.
    pub fn needs(&self, receiving: usize, search: Search) -> Result<Needs> {
        let row = self.check(receiving, search.radius_m)?;
        let r = self.offset() + receiving;
        let table = self.receiving().table();
        let others = self.considered(receiving, search);
        let whole = self.giving.table();
        let quotient_of = |i: usize| quotient(table, whole, receiving, i);
        let interval =
            location_quotient_interval(&beside_rest(table, receiving..receiving + 1, whole)?, 0.95)?;
        let activities = 0..self.activities().len();
        let mut has: Vec<Strength> = activities
            .clone()
            .filter(|&i| self.presence.has(r, i))
            .map(|i| Strength {
                activity: i,
                count: table.count(receiving, i).unwrap_or(f64::NAN),
                location_quotient: quotient_of(i),
                interval: (interval.lower[(0, i)], interval.upper[(0, i)]),
            })
            .collect();
        has.sort_by(|a, b| {
            b.location_quotient.total_cmp(&a.location_quotient).then(a.activity.cmp(&b.activity))
        });
        let unknown: Vec<usize> = activities.clone().filter(|&i| table.is_masked(receiving, i)).collect();
        let lacking = activities.filter(|i| !self.presence.has(r, *i) && !unknown.contains(i));
        let mut lacks: Vec<Need> = lacking
            .map(|i| {
                let mut holders: Vec<&(u32, Option<f64>)> =
                    others.iter().filter(|(s, _)| self.presence.has(*s as usize, i)).collect();
                holders.sort_by(|a, b| nearer(a.1, b.1).then(a.0.cmp(&b.0)));
                Need {
                    activity: i,
                    count: table.count(receiving, i).unwrap_or(f64::NAN),
                    location_quotient: quotient_of(i),
                    fit: self.density[(r, i)],
                    holders_within: holders.len(),
                    holders: holders
                        .into_iter()
                        .take(search.holders)
                        .map(|&(s, distance_m)| self.holder(r, s as usize, i, distance_m))
                        .collect(),
                }
            })
            .collect();
        // Undefined fit comes last; where nothing is near, the activity is no use.
        let fit = |n: &Need| if n.fit.is_nan() { -1.0 } else { n.fit };
        let near = |n: &Need| n.holders.first().and_then(|h| h.distance_m);
        lacks.sort_by(|a, b| {
            let nothing = a.holders.is_empty().cmp(&b.holders.is_empty());
            fit(b)
                .total_cmp(&fit(a))
                .then(nothing)
                .then(nearer(near(a), near(b)))
                .then(a.activity.cmp(&b.activity))
        });
        lacks.truncate(search.activities);
        let considered = others.len();
        let mut best: Vec<(u32, Option<f64>, f64)> = others
            .into_iter()
            .map(|(s, d)| (s, d, self.linkages.score(r, s as usize)))
            .filter(|b| b.2 > 0.0)
            .collect();
        best.sort_by(|a, b| b.2.total_cmp(&a.2).then(nearer(a.1, b.1)).then(a.0.cmp(&b.0)));
        best.truncate(search.partners);
        let partners = best.into_iter().map(|(s, d, score)| self.partner(r, s as usize, d, score)).collect();
        Ok(Needs { row: row.clone(), has, lacks, unknown, partners, considered })
    }

    /// Where a giving row stands among those a search considers, by what the receiving row could gain
    /// from each; `None` when it is not among them or the row lacks nothing.
    ///
    /// # Errors
    /// As [`Complementarity::needs`].
    pub fn rank(&self, receiving: usize, giving: usize, search: Search) -> Result<Option<Rank>> {
        self.check(receiving, search.radius_m)?;
        let others = self.considered(receiving, search);
        if !others.iter().any(|o| o.0 as usize == giving) {
            return Ok(None);
        }
        let own = self.score(receiving, giving);
        if own.is_nan() {
            return Ok(None);
        }
        let mut rank = 1.0;
        for &(s, _) in others.iter().filter(|o| o.0 as usize != giving) {
            let score = self.score(receiving, s as usize);
            rank += if score > own {
                1.0
            } else if score == own {
                0.5
            } else {
                0.0
            };
        }
        Ok(Some(Rank { rank, of: others.len() }))
    }

    /// The best partners of every receiving row within a radius, highest score first; only pairs in one
    /// zone of projection (overseas départements are never partners of the mainland). For all
    /// communes at once: no matrix of pairs is made.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the radius is not above zero or finite, or no partner is asked for.
    pub fn partners(&self, search: Search, progress: &dyn Progress) -> Result<Vec<Vec<Partner>>> {
        if !search.radius_m.is_finite() {
            let must = "must be finite; `needs` searches anywhere for one row";
            return Err(Error::Parameter { name: "radius_m", value: search.radius_m.to_string(), must });
        }
        let zone = |i: u32| self.place_of[i as usize].and_then(|p| self.places.zones()[p]);
        let planar: Vec<Coord<f64>> = self
            .place_of
            .iter()
            .map(|p| p.and_then(|p| self.places.planar(p)).unwrap_or(Coord { x: 0.0, y: 0.0 }))
            .collect();
        let (givers, offset) = (self.givers(), self.offset());
        let accept = |r: u32, s: u32| {
            (r as usize) >= offset
                && (s as usize) < givers
                && zone(r).is_some()
                && zone(r) == zone(s)
                && self.may_give(r as usize, s as usize, search.giving)
                && self.shared[r as usize - offset].binary_search(&s).is_err()
        };
        let mut found =
            self.linkages.partners(&planar, search.radius_m, search.partners, accept, progress)?;
        Ok(found.split_off(offset))
    }

    fn check(&self, receiving: usize, radius_m: f64) -> Result<&ProfiledRow> {
        if radius_m.is_nan() || radius_m <= 0.0 {
            let must = "must be above zero";
            return Err(Error::Parameter { name: "radius_m", value: radius_m.to_string(), must });
        }
        self.receiving_row(receiving).ok_or_else(|| Error::Parameter {
            name: "receiving",
            value: receiving.to_string(),
            must: "must be a row of the receiving profiles",
        })
    }

    fn may_give(&self, r: usize, s: usize, giving: Giving) -> bool {
        let side = self.rows[s].rurality;
        match giving {
            Giving::Anyone => true,
            Giving::Side(wanted) => side == Some(wanted),
            Giving::OtherSide => {
                self.rows[r].rurality.is_none_or(|own| side.is_some_and(|other| other != own))
            }
        }
    }

    /// Giving rows a search considers for a receiving row, with their distance.
    fn considered(&self, receiving: usize, search: Search) -> Vec<(u32, Option<f64>)> {
        let r = self.offset() + receiving;
        (0..self.givers() as u32)
            .filter(|s| self.shared[receiving].binary_search(s).is_err())
            .filter(|&s| self.may_give(r, s as usize, search.giving))
            .map(|s| (s, self.stacked_distance_m(r, s as usize)))
            .filter(|(_, d)| search.radius_m.is_infinite() || d.is_some_and(|d| d <= search.radius_m))
            .collect()
    }

    fn links(&self, r: usize, s: usize) -> Vec<u32> {
        self.links.get(&(r as u32, s as u32)).cloned().unwrap_or_default()
    }

    fn holder(&self, r: usize, s: usize, activity: usize, distance_m: Option<f64>) -> Holder {
        let table = self.giving.table();
        Holder {
            row: s,
            distance_m,
            count: table.count(s, activity).unwrap_or(f64::NAN),
            location_quotient: quotient(table, table, s, activity),
            links: self.links(r, s),
            actors: self.giving.actors(s, activity).collect(),
        }
    }

    fn partner(&self, r: usize, s: usize, distance_m: Option<f64>, score: f64) -> ComplementaryPartner {
        let parts = self.linkages.contributions(r, s);
        let ordered = |values: Vec<f64>| {
            let mut list: Vec<(usize, f64)> = values.into_iter().enumerate().filter(|p| p.1 > 0.0).collect();
            list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            list
        };
        ComplementaryPartner {
            row: s,
            score,
            returned: self.linkages.score(s, r),
            distance_m,
            links: self.links(r, s),
            gained: ordered(parts.gained),
            brought: ordered(parts.brought),
        }
    }

    /// The study the rows are of.
    #[must_use]
    pub const fn study(&self) -> &'a Study {
        self.study
    }
}

/// Known distances first, in increasing order.
fn nearer(a: Option<f64>, b: Option<f64>) -> std::cmp::Ordering {
    a.unwrap_or(f64::INFINITY).total_cmp(&b.unwrap_or(f64::INFINITY))
}

/// Location quotient of one cell against a whole.
fn quotient(table: &ActivityTable, whole: &ActivityTable, row: usize, activity: usize) -> f64 {
    let (size, total) = (table.region_totals()[row], whole.activity_totals()[activity]);
    table.count(row, activity).map_or(f64::NAN, |x| x * whole.total() / (size * total))
}
