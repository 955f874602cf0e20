//! The rural development programmes of 2014–2020 and the régions that ran them.

use crate::atlas::Atlas;
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::Result;
use crate::model::{FundingLine, Level, TerritoryCode};

/// The régions as they were until 2015, which ran the rural development programmes of 2014–2020: code,
/// name, départements.
pub const REGIONS_2015: [(&str, &str, &[&str]); 27] = [
    ("01", "Guadeloupe", &["971"]),
    ("02", "Martinique", &["972"]),
    ("03", "Guyane", &["973"]),
    ("04", "La Réunion", &["974"]),
    ("06", "Mayotte", &["976"]),
    ("11", "Île-de-France", &["75", "77", "78", "91", "92", "93", "94", "95"]),
    ("21", "Champagne-Ardenne", &["08", "10", "51", "52"]),
    ("22", "Picardie", &["02", "60", "80"]),
    ("23", "Haute-Normandie", &["27", "76"]),
    ("24", "Centre", &["18", "28", "36", "37", "41", "45"]),
    ("25", "Basse-Normandie", &["14", "50", "61"]),
    ("26", "Bourgogne", &["21", "58", "71", "89"]),
    ("31", "Nord-Pas-de-Calais", &["59", "62"]),
    ("41", "Lorraine", &["54", "55", "57", "88"]),
    ("42", "Alsace", &["67", "68"]),
    ("43", "Franche-Comté", &["25", "39", "70", "90"]),
    ("52", "Pays de la Loire", &["44", "49", "53", "72", "85"]),
    ("53", "Bretagne", &["22", "29", "35", "56"]),
    ("54", "Poitou-Charentes", &["16", "17", "79", "86"]),
    ("72", "Aquitaine", &["24", "33", "40", "47", "64"]),
    ("73", "Midi-Pyrénées", &["09", "12", "31", "32", "46", "65", "81", "82"]),
    ("74", "Limousin", &["19", "23", "87"]),
    ("82", "Rhône-Alpes", &["01", "07", "26", "38", "42", "69", "73", "74"]),
    ("83", "Auvergne", &["03", "15", "43", "63"]),
    ("91", "Languedoc-Roussillon", &["11", "30", "34", "48", "66"]),
    ("93", "Provence-Alpes-Côte d'Azur", &["04", "05", "06", "13", "83", "84"]),
    ("94", "Corse", &["2A", "2B"]),
];

/// The level that [`add_regions_2015`] adds.
#[must_use]
pub fn region_2015_level() -> Level {
    Level::Custom("region_2015".to_owned())
}

/// Code of the région of 2015 that runs the programme of a line; `None` for national programmes.
///
/// ```
/// use rurban::france::programmes::region_of_programme;
/// assert_eq!(region_of_programme("2014FR06RDRP073"), Some("73"));
/// assert_eq!(region_of_programme("2014FR06RDNP001"), None);
/// ```
#[must_use]
pub fn region_of_programme(programme_id: &str) -> Option<&'static str> {
    let code = programme_id.split_once("RDRP")?.1.strip_prefix('0')?;
    REGIONS_2015.iter().map(|r| r.0).find(|c| *c == code)
}

/// Adds the régions of 2015 as a level, from the départements of an atlas; their members are the base
/// territories of these.
///
/// # Errors
/// [`crate::Error::Unknown`] when the atlas has no départements.
pub fn add_regions_2015(atlas: &mut Atlas) -> Result<Diagnostics> {
    let departements = atlas.level(&Level::Departement)?;
    let mut region_of = vec![None; departements.territories().len()];
    for (code, _, members) in REGIONS_2015 {
        for departement in members.iter().filter_map(|d| departements.find(d)) {
            region_of[departement] = Some(code);
        }
    }
    let base = atlas.base().territories();
    let member = |b: usize| {
        let region = region_of[departements.membership().get(b)?]?;
        Some((base[b].code.to_string(), region))
    };
    let members: Vec<(String, &str)> = (0..base.len()).filter_map(member).collect();
    let groups: Vec<(TerritoryCode, String)> = REGIONS_2015
        .iter()
        .map(|(code, name, _)| Ok((TerritoryCode::new(code)?, (*name).to_owned())))
        .collect::<Result<_>>()?;
    let pairs = members.iter().map(|(b, r)| (b.as_str(), *r));
    atlas.add_level(region_2015_level(), groups, pairs, Strictness::Lenient)
}

/// European money by région of 2015, in euros and in their order, of the lines that `keep` takes; and
/// what goes to national programmes.
#[must_use]
pub fn funding_by_region_2015<'a>(
    lines: impl IntoIterator<Item = &'a FundingLine>,
    keep: impl Fn(&FundingLine) -> bool,
) -> (Vec<f64>, f64) {
    let mut sums = vec![0.0; REGIONS_2015.len()];
    let mut national = 0.0;
    for line in lines.into_iter().filter(|l| keep(l)) {
        let region = region_of_programme(&line.programme_id);
        match region.and_then(|code| REGIONS_2015.iter().position(|r| r.0 == code)) {
            Some(at) => sums[at] += line.eu_eur,
            None => national += line.eu_eur,
        }
    }
    (sums, national)
}
