//! The portrait of a territory: one page that can be sent as it is.
//!
//! [`Portraits`] holds what is the same for all territories of a level, so that a thousand pages cost
//! little more than one.

mod numbers;
mod overview;
mod pictures;
mod sections;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use geo_types::Coord;

use super::{Language, Outlet};
use crate::atlas::AtlasLevel;
use crate::error::{Error, Result};
use crate::france::MAINLAND;
use crate::model::{ActorKind, Level};
use crate::progress::Progress;
use crate::space::Layer;
use crate::space::simplify::simplify;
use crate::study::{
    ActivitySource, BelongingOptions, BelongingReport, ComplementarityOptions, Counting, FundingOptions,
    FundingReport, LinkSummary, NEAR_M, Needs, PartnerUnits, Partners, PartnersOptions, Perimeters,
    Recommendations, Search, Study, TerritoryMeasures, TieChance,
};
use crate::write::page::Page;
use numbers::{Figure, Peers};

/// How portraits are made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PortraitOptions {
    /// The language.
    pub language: Language,
    /// Width of the bins of distance of the comparisons with chance, in metres.
    pub bin_m: f64,
    /// What the profiles of lacks and partners are made of: the prefix of themes that name an activity.
    pub themes: String,
    /// Recommended partners.
    pub partners: usize,
    /// How far practices are near, in metres.
    pub near_m: f64,
    /// The date of the page, as it is to be shown; nothing when empty.
    pub date: String,
}

impl Default for PortraitOptions {
    /// French, bins of 25 km, fields of research, five partners, practices within 50 km, no date.
    fn default() -> Self {
        Self {
            language: Language::French,
            bin_m: 25_000.0,
            themes: "field".to_owned(),
            partners: 5,
            near_m: 50_000.0,
            date: String::new(),
        }
    }
}

impl PortraitOptions {
    setters! {
        language: Language,
        bin_m: f64,
        partners: usize,
        near_m: f64,
    }

    /// Sets the prefix of the themes that name an activity.
    #[must_use]
    pub fn themes(mut self, prefix: impl Into<String>) -> Self {
        self.themes = prefix.into();
        self
    }

    /// Sets the date that is shown.
    #[must_use]
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = date.into();
        self
    }
}

/// Something a territory lacks, with the names of those that have it.
struct Lack {
    name: String,
    count: f64,
    quotient: f64,
    holders_within: usize,
    holders: Vec<(String, Option<f64>, Vec<String>)>,
}

/// Money of one programme and purpose that goes to the territory or a part of it.
struct Grant {
    programme: String,
    purpose: String,
    amount_eur: f64,
    lines: usize,
}

/// Portraits of all territories of one level. From [`Portraits::new`].
pub struct Portraits<'a> {
    study: &'a Study,
    level: Level,
    options: PortraitOptions,
    measures: Vec<TerritoryMeasures>,
    regions: Vec<TerritoryMeasures>,
    /// Région of each territory.
    region_of: Vec<Option<usize>>,
    /// Base territories of each territory.
    members: Vec<Vec<u32>>,
    /// Actors in each territory.
    actors: Vec<Vec<u32>>,
    /// Links that touch each territory.
    links: Vec<Vec<u32>>,
    /// EPCI of each base territory.
    epci_of: Vec<Option<u32>>,
    chances: Vec<TieChance>,
    belonging: BelongingReport,
    recommendations: Vec<Recommendations>,
    lacks: Vec<Option<(Vec<Lack>, usize)>>,
    /// Metres from each base territory to the nearest innovation place, research centre and public service.
    reach_m: [Vec<f64>; 3],
    funding: FundingReport,
    /// Money below the level of régions, by territory.
    grants: Vec<Vec<Grant>>,
    peers: Vec<Peers>,
    background: Option<Layer>,
}

impl std::fmt::Debug for Portraits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portraits")
            .field("level", &self.level)
            .field("territories", &self.len())
            .finish_non_exhaustive()
    }
}

/// Kinds whose distance is told.
const REACHED: [ActorKind; 3] =
    [ActorKind::InnovationPlace, ActorKind::ResearchCentre, ActorKind::PublicService];

impl<'a> Portraits<'a> {
    /// Prepares the portraits of a level's territories.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks the level, EPCI or régions; [`Error::Parameter`] on options out
    /// of their domain.
    ///
    /// # Complexity
    /// O(tied actors² + territories · EPCI · activities).
    pub fn new(
        study: &'a Study,
        level: Level,
        options: &PortraitOptions,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let atlas = study.atlas();
        let reach = study.reach(progress)?;
        let measures = study.territory_measures(&level, &reach)?;
        let regions = study.territory_measures(&Level::Region, &reach)?;
        let memberships = atlas.level(&level)?.memberships();
        let mut members = vec![Vec::new(); measures.len()];
        memberships.iter().for_each(|(b, t)| members[t as usize].push(b));
        let region = atlas.level(&Level::Region)?;
        let largest = |list: &[u32]| {
            let people = |b: u32| atlas.base().territories()[b as usize].population.unwrap_or(0.0);
            list.iter().copied().max_by(|a, b| people(*a).total_cmp(&people(*b)).then(b.cmp(a)))
        };
        let region_of =
            members.iter().map(|m| largest(m).and_then(|b| region.membership().get(b as usize))).collect();
        let epci = atlas.level(&Level::Epci)?;
        let epci_of = (0..atlas.base().territories().len())
            .map(|b| epci.membership().get(b).map(|e| e as u32))
            .collect();
        let units =
            |actor: u32| study.places()[actor as usize].base.map_or(&[][..], |b| memberships.of(b as usize));
        let mut actors = vec![Vec::new(); measures.len()];
        for i in 0..study.places().len() as u32 {
            units(i).iter().for_each(|&t| actors[t as usize].push(i));
        }
        let mut links = vec![Vec::new(); measures.len()];
        for (k, link) in study.links().iter().enumerate() {
            let touched: BTreeSet<u32> = units(link.a).iter().chain(units(link.b)).copied().collect();
            touched.into_iter().for_each(|t| links[t as usize].push(k as u32));
        }
        let chances = study.tie_chances(&level, options.bin_m, progress)?;
        let belonging_options = BelongingOptions { bin_m: options.bin_m, ..BelongingOptions::default() };
        let belonging =
            study.belonging(&Perimeters::of_level(atlas, &level)?, &belonging_options, progress)?;
        let (recommendations, lacks) = partners(study, &level, options, progress)?;
        let reach_m = [
            study.nearest_actor_m(REACHED[0])?,
            study.nearest_actor_m(REACHED[1])?,
            study.nearest_actor_m(REACHED[2])?,
        ];
        let funding = study.funding(&FundingOptions::default(), None)?;
        let grants = grants(study, &level, measures.len());
        let summary = LinkSummary::of(study.links());
        let peers = Figure::ALL.map(|f| Peers::of(f, &measures, &regions, summary)).into();
        Ok(Self {
            study,
            options: options.clone(),
            measures,
            regions,
            region_of,
            members,
            actors,
            links,
            epci_of,
            chances,
            belonging,
            recommendations,
            lacks,
            reach_m,
            funding,
            grants,
            peers,
            background: background(study)?,
            level,
        })
    }

    /// How many territories there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.measures.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.measures.is_empty()
    }

    /// The level.
    #[must_use]
    pub const fn level(&self) -> &Level {
        &self.level
    }

    /// Position of a territory by code or name.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none or more than one, with those that come near.
    pub fn find(&self, text: &str) -> Result<usize> {
        self.study.atlas().level(&self.level)?.search(text)
    }

    /// The name of a page's files, without ending: the code, made safe.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such territory.
    pub fn file_name(&self, territory: usize) -> Result<String> {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        Ok(self.of(territory)?.territory.code.as_str().chars().map(safe).collect())
    }

    fn of(&self, territory: usize) -> Result<&TerritoryMeasures> {
        self.measures.get(territory).ok_or_else(|| Error::Parameter {
            name: "territory",
            value: territory.to_string(),
            must: "must be the position of a territory of the level",
        })
    }

    /// The portrait of a territory.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such territory.
    pub fn page(&self, territory: usize) -> Result<Page> {
        sections::page(self, territory)
    }

    /// A page of two territories side by side.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such territory.
    pub fn comparison(&self, first: usize, second: usize) -> Result<Page> {
        overview::comparison(self, first, second)
    }

    /// Writes all portraits as HTML, Markdown and CSV, and `index.html`, into a folder that exists; gives the
    /// path of the index.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be written.
    pub fn write_all(&self, folder: &Path) -> Result<PathBuf> {
        let index = folder.join("index.html");
        self.index()?.write_html(&index)?;
        for t in 0..self.len() {
            self.page(t)?.write_files(folder, &self.file_name(t)?)?;
        }
        Ok(index)
    }

    /// The list of all portraits, with a search field, by région.
    ///
    /// # Errors
    /// None on prepared portraits.
    pub fn index(&self) -> Result<Page> {
        overview::index(self)
    }
}

/// Which portraits are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortraitPages {
    /// That of one territory, by code or name.
    One(String),
    /// Two territories side by side, by code or name: `comparison.html`.
    Pair([String; 2]),
    /// All of the level, with an index.
    All,
}

/// Writes portraits as HTML, Markdown and CSV into the folder of the outlet, and says where the first page is.
/// Gives that page.
///
/// # Errors
/// Those of [`Portraits::new`] and [`Portraits::find`]; [`Error::Io`] when a file cannot be written.
pub fn deliver_portraits(
    study: &Study,
    level: Level,
    pages: &PortraitPages,
    options: &PortraitOptions,
    outlet: &mut Outlet<'_>,
) -> Result<PathBuf> {
    let (folder, start) = (outlet.folder()?, outlet.now());
    let portraits = Portraits::new(study, level, options, outlet.progress)?;
    outlet.say_seconds(outlet.language.pick("prêt", "prepared"), start);
    let page = match pages {
        PortraitPages::One(territory) => {
            let found = portraits.find(territory)?;
            portraits.page(found)?.write_files(&folder, &portraits.file_name(found)?)?
        }
        PortraitPages::Pair([first, second]) => {
            let page = portraits.comparison(portraits.find(first)?, portraits.find(second)?)?;
            page.write_files(&folder, "comparison")?
        }
        PortraitPages::All => {
            let index = portraits.write_all(&folder)?;
            outlet.say_seconds(&format!("{} pages", portraits.len()), start);
            index
        }
    };
    outlet.say(page.display().to_string());
    Ok(page)
}

/// The portrait of one territory of a study, by name or code. For many, prepare [`Portraits`] once.
///
/// # Errors
/// Those of [`Portraits::new`] and [`Portraits::find`].
pub fn portrait(
    study: &Study,
    level: Level,
    territory: &str,
    options: &PortraitOptions,
    progress: &dyn Progress,
) -> Result<Page> {
    let portraits = Portraits::new(study, level, options, progress)?;
    portraits.page(portraits.find(territory)?)
}

type LacksOf = Vec<Option<(Vec<Lack>, usize)>>;

/// Partners and lacks of every territory, by EPCI that have what it lacks.
fn partners(
    study: &Study,
    level: &Level,
    options: &PortraitOptions,
    progress: &dyn Progress,
) -> Result<(Vec<Recommendations>, LacksOf)> {
    let wanted = PartnersOptions::new(PartnerUnits::Territories(level.clone()))
        .top(options.partners)
        .max_distance_m(NEAR_M);
    let profiles =
        |level: &Level| study.profiles(level, ActivitySource::Themes(&options.themes), Counting::Full);
    let (cities, own) = (profiles(&Level::Epci)?.0, profiles(level)?.0);
    let receiving = (*level != Level::Epci).then_some(&own);
    let complementarity = match study.complementarity(&cities, receiving, &ComplementarityOptions::default())
    {
        Ok(c) => c,
        // Nobody is profiled: partners rest on ties and distance.
        Err(Error::Undefined { .. }) => {
            let found = study.partners(&wanted, None)?.recommend_all(progress)?;
            let none = (0..found.len()).map(|_| None).collect();
            return Ok((found, none));
        }
        Err(e) => return Err(e),
    };
    let partners: Partners<'_> = study.partners(&wanted, Some(&complementarity))?;
    let found = partners.recommend_all(progress)?;
    let actors = study.inventory().actors();
    let lacks = crate::parallel::map(found.len(), |t| {
        let search = Search::default().limits(5, 3, 0).radius_m(NEAR_M);
        let needs: Needs = complementarity.needs(t, search).ok()?;
        let lacks = needs
            .lacks
            .iter()
            .map(|n| Lack {
                name: complementarity.activities()[n.activity].name.clone(),
                count: n.count,
                quotient: n.location_quotient,
                holders_within: n.holders_within,
                holders: n
                    .holders
                    .iter()
                    .filter_map(|h| {
                        let names =
                            h.actors.iter().take(2).map(|&a| actors[a as usize].name.clone()).collect();
                        Some((complementarity.giving_row(h.row)?.name.clone(), h.distance_m, names))
                    })
                    .collect(),
            })
            .collect();
        Some((lacks, needs.considered))
    });
    Ok((found, lacks))
}

/// Money that goes to territories or parts of them, below the régions: what is planned for a région is
/// read in its own table.
fn grants(study: &Study, level: &Level, territories: usize) -> Vec<Vec<Grant>> {
    let mut sums = vec![std::collections::BTreeMap::<(&str, &str), (f64, usize)>::new(); territories];
    let atlas = study.atlas();
    let memberships = atlas.level(level).map(AtlasLevel::memberships).ok();
    let of_base = |b: usize| memberships.map_or(&[][..], |m| m.of(b));
    for line in study.inventory().funding() {
        let Some((of, code)) = &line.territory else { continue };
        if *of == Level::Region {
            continue;
        }
        let Some(at) = atlas.level(of).ok().and_then(|l| l.find(code.as_str())) else { continue };
        let units: Vec<u32> = if of == level {
            vec![at as u32]
        } else if of == atlas.base().level() {
            of_base(at).to_vec()
        } else if *of == Level::Epci && *level != Level::Commune {
            // An EPCI counts where all of it lies.
            let Ok(epci) = atlas.level(of) else { continue };
            let mut parts =
                (0..atlas.base().territories().len()).filter(|&b| epci.membership().get(b) == Some(at));
            let Some(first) = parts.next() else { continue };
            let mut common = of_base(first).to_vec();
            parts.for_each(|b| common.retain(|t| of_base(b).contains(t)));
            common
        } else {
            continue;
        };
        let programme = if line.programme.is_empty() { &line.programme_id } else { &line.programme };
        for unit in units {
            let sum = sums[unit as usize].entry((programme, &line.code_name)).or_default();
            sum.0 += line.amount_eur;
            sum.1 += 1;
        }
    }
    sums.into_iter()
        .map(|s| {
            let mut list: Vec<Grant> = s
                .into_iter()
                .map(|((programme, purpose), (amount_eur, lines))| Grant {
                    programme: programme.to_owned(),
                    purpose: purpose.to_owned(),
                    amount_eur,
                    lines,
                })
                .collect();
            list.sort_by(|a, b| b.amount_eur.total_cmp(&a.amount_eur));
            list
        })
        .collect()
}

/// Outlines of the régions, coarse enough for a small map.
fn background(study: &Study) -> Result<Option<Layer>> {
    let Some(layer) = study.atlas().level(&Level::Region)?.geometry() else { return Ok(None) };
    let seen: Vec<_> = (0..layer.len())
        .filter(|&i| {
            let b = layer.bounds(i);
            let middle = [f64::midpoint(b.min[0], b.max[0]), f64::midpoint(b.min[1], b.max[1])];
            MAINLAND.contains(Coord { x: middle[0], y: middle[1] })
        })
        .map(|i| layer.to_multi_polygon(i))
        .collect();
    simplify(&Layer::from_features(&seen), 0.04).map(Some)
}
