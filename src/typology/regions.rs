//! Typologies of larger areas: statistical regions, intermunicipal groups, rural communes by attraction.

use serde::{Deserialize, Serialize};

use crate::check::check_weights;
use crate::error::{Error, Result};

/// Class of a region or of an intermunicipal group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegionClass {
    /// (Predominantly) rural.
    Rural,
    /// Intermediate.
    Intermediate,
    /// (Predominantly) urban, dense.
    Urban,
}

/// What the regional typology needs to know of a region (NUTS 3: a *département*).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RegionPopulation {
    /// Population of the region.
    pub total: f64,
    /// Of which in rural cells or units.
    pub rural: f64,
    /// Population of the largest urban centre that lies in the region, the parts in other regions
    /// included; 0 when there is none.
    pub largest_centre: f64,
    /// Population of that centre within the region.
    pub largest_centre_within: f64,
}

/// Thresholds of the regional typology; the default is that of OECD and Eurostat.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RegionRules {
    /// Predominantly rural above this share of rural population: 0.5.
    pub rural_above: f64,
    /// Predominantly urban below this share: 0.2.
    pub urban_below: f64,
    /// A rural region with a centre of more inhabitants becomes intermediate: 200,000.
    pub intermediate_centre: f64,
    /// An intermediate region with a centre of more inhabitants becomes urban: 500,000.
    pub urban_centre: f64,
    /// Promotion needs at least this share of the region to live in the centre: 0.25.
    pub centre_share: f64,
}

impl Default for RegionRules {
    fn default() -> Self {
        Self {
            rural_above: 0.5,
            urban_below: 0.2,
            intermediate_centre: 200_000.0,
            urban_centre: 500_000.0,
            centre_share: 0.25,
        }
    }
}

impl RegionRules {
    setters! {
        rural_above: f64,
        urban_below: f64,
        intermediate_centre: f64,
        urban_centre: f64,
        centre_share: f64,
    }

    /// Sets the shares of rural population that bound intermediate regions.
    #[must_use]
    pub const fn bounds(mut self, urban_below: f64, rural_above: f64) -> Self {
        (self.urban_below, self.rural_above) = (urban_below, rural_above);
        self
    }

    /// Sets the sizes of centres that promote to intermediate and to urban, and their least share.
    #[must_use]
    pub const fn promotion(mut self, intermediate: f64, urban: f64, share: f64) -> Self {
        (self.intermediate_centre, self.urban_centre, self.centre_share) = (intermediate, urban, share);
        self
    }

    fn check(&self) -> Result<()> {
        let share = |v: f64| (0.0..=1.0).contains(&v);
        if !(share(self.urban_below) && share(self.rural_above) && self.urban_below <= self.rural_above) {
            return Err(Error::Parameter {
                name: "urban_below, rural_above",
                value: format!("{}, {}", self.urban_below, self.rural_above),
                must: "must be shares in this order",
            });
        }
        for (name, v) in [
            ("intermediate_centre", self.intermediate_centre),
            ("urban_centre", self.urban_centre),
            ("centre_share", self.centre_share),
        ] {
            if v.is_nan() || v < 0.0 {
                return Err(Error::Parameter { name, value: v.to_string(), must: "must not be negative" });
            }
        }
        Ok(())
    }
}

/// How rural each region (NUTS 3) is, by the urban–rural typology of OECD and Eurostat.
///
/// # Formula
/// Predominantly rural: > 50 % of people in rural cells; predominantly urban: < 20 %; intermediate between. A
/// rural region with a centre of > 200,000 inhabitants that makes up ≥ 25 % of the region is promoted to
/// intermediate, an intermediate one with a centre of > 500,000 likewise to urban; a region moves up one step
/// at most. The step that joins regions under 500 km² to their neighbours is the caller's.
///
/// # Range
/// The classes of [`RegionClass`], one for each region.
///
/// # Undefined
/// `None` for regions without population.
///
/// # Errors
/// [`Error::Value`] for populations that are negative, not finite or larger than the whole they are part of;
/// [`Error::Parameter`] for thresholds out of order.
///
/// # Complexity
/// O(regions).
///
/// # References
/// Eurostat (2010/2013), the published definition; not checked against a peer.
///
/// # Example
/// ```
/// use rurban::typology::{RegionClass, RegionPopulation, RegionRules, regional_typology};
/// let region = RegionPopulation { total: 8e5, rural: 4.4e5, largest_centre: 2.5e5, largest_centre_within: 2.2e5 };
/// let alone = RegionPopulation { largest_centre: 0.0, largest_centre_within: 0.0, ..region };
/// let classes = regional_typology(&[region, alone], &RegionRules::default())?;
/// assert_eq!(classes, [Some(RegionClass::Intermediate), Some(RegionClass::Rural)]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn regional_typology(
    regions: &[RegionPopulation],
    rules: &RegionRules,
) -> Result<Vec<Option<RegionClass>>> {
    rules.check()?;
    let class = |(index, r): (usize, &RegionPopulation)| {
        let all = [r.total, r.rural, r.largest_centre, r.largest_centre_within];
        // Sums over cells may be off by rounding.
        let most = r.total * (1.0 + 1e-9);
        let within = r.largest_centre_within <= r.largest_centre * (1.0 + 1e-9);
        if !all.iter().all(|v| v.is_finite() && *v >= 0.0)
            || r.rural > most
            || r.largest_centre_within > most
            || !within
        {
            return Err(Error::Value {
                what: "regions",
                index,
                value: format!("{r:?}"),
                must: "populations must be finite, not negative, and no part larger than its whole",
            });
        }
        if r.total == 0.0 {
            return Ok(None);
        }
        let promoted =
            |size: f64| r.largest_centre > size && r.largest_centre_within >= rules.centre_share * r.total;
        let rural = r.rural / r.total;
        Ok(Some(if rural > rules.rural_above {
            if promoted(rules.intermediate_centre) { RegionClass::Intermediate } else { RegionClass::Rural }
        } else if rural < rules.urban_below || promoted(rules.urban_centre) {
            RegionClass::Urban
        } else {
            RegionClass::Intermediate
        }))
    };
    regions.iter().enumerate().map(class).collect()
}

/// How rural an intermunicipal group (EPCI) is, by the density of its communes.
///
/// # Formula
/// `population` is by level of INSEE's seven-level density grid, *grands centres urbains* first; the first
/// four are urban. Urban (dense): > 50 % in *grands centres urbains*; intermediate: > 50 % in the four urban
/// levels; otherwise rural — an exact half too, on which the source is silent.
///
/// # Range
/// The classes of [`RegionClass`].
///
/// # Undefined
/// `None` without population.
///
/// # Errors
/// [`Error::Value`] for a population that is negative or not finite.
///
/// # Complexity
/// O(1).
///
/// # References
/// *Observatoire des territoires*. From the definition, not checked against a peer.
pub fn epci_typology(population: &[f64; 7]) -> Result<Option<RegionClass>> {
    check_weights("population", population)?;
    let total: f64 = population.iter().sum();
    if total == 0.0 {
        return Ok(None);
    }
    let urban: f64 = population[..4].iter().sum();
    Ok(Some(if population[0] > 0.5 * total {
        RegionClass::Urban
    } else if urban > 0.5 * total {
        RegionClass::Intermediate
    } else {
        RegionClass::Rural
    }))
}

/// Rural communes by the attraction of a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuralSetting {
    /// *Rural périurbain*: attracted by a large pole.
    Periurban,
    /// *Rural non périurbain*.
    NonPeriurban,
}

/// Inhabitants above which a pole makes the rural communes of its area periurban (INSEE 2024).
pub const PERIURBAN_POLE: f64 = 50_000.0;

/// Whether a rural commune is periurban: in the attraction area of a large pole.
///
/// # Formula
/// Periurban when the pole of its area has more than `threshold` inhabitants ([`PERIURBAN_POLE`]); `pole` is
/// the population of that pole, `None` outside any area.
///
/// # Range
/// The two of [`RuralSetting`].
///
/// # Errors
/// [`Error::Parameter`] when a population is negative or NaN.
///
/// # Complexity
/// O(1).
///
/// # References
/// INSEE (2024). From the definition, not checked against a peer.
///
/// # Example
/// ```
/// use rurban::typology::{PERIURBAN_POLE, RuralSetting, rural_setting};
/// assert_eq!(rural_setting(Some(120_000.0), PERIURBAN_POLE)?, RuralSetting::Periurban);
/// assert_eq!(rural_setting(None, PERIURBAN_POLE)?, RuralSetting::NonPeriurban);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn rural_setting(pole: Option<f64>, threshold: f64) -> Result<RuralSetting> {
    for (name, value) in [("pole", pole.unwrap_or(0.0)), ("threshold", threshold)] {
        if value.is_nan() || value < 0.0 {
            return Err(Error::Parameter { name, value: value.to_string(), must: "must not be negative" });
        }
    }
    let attracted = pole.is_some_and(|p| p > threshold);
    Ok(if attracted { RuralSetting::Periurban } else { RuralSetting::NonPeriurban })
}
