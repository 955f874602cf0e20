//! The measures the atlas shows, level by level.

use super::super::files::StudyFiles;
use crate::atlas::AtlasLevel;
use crate::autocorrelation::LocalInference;
use crate::error::Result;
use crate::evidence::Evidence;
use crate::model::{ActorKind, Level, LinkClass, Rurality};
use crate::random::Seed;
use crate::study::{
    Neighbourhood, SpatialClass, SpatialOptions, Study, TerritoryLinkage, TerritoryMeasures, TerritoryScore,
    TieChance,
};
use crate::write::atlas_html::{ClassColour, MeasureColumn, Scale, Text};

/// Territories a level may have for measures that compare each with its neighbours or with chance.
pub(super) const MOST_FOR_EVIDENCE: usize = 3_000;

/// What a column is called and how it is read.
struct Head {
    key: &'static str,
    group: [&'static str; 2],
    name: [&'static str; 2],
    unit: [&'static str; 2],
    description: [&'static str; 2],
    decimals: u8,
}

impl Head {
    fn column(self, values: Vec<f64>, scale: Scale) -> MeasureColumn<'static> {
        let text = |[french, english]: [&str; 2]| Text::new(french, english);
        MeasureColumn {
            key: self.key.to_owned(),
            group: text(self.group),
            name: text(self.name),
            unit: text(self.unit),
            description: text(self.description),
            values: values.into(),
            decimals: self.decimals,
            scale,
            cases: None,
            whole: None,
        }
    }
}

const RURALITY: [&str; 2] = ["Ruralité et population", "Rurality and population"];
const COOPERATION: [&str; 2] = ["Coopérations", "Cooperation"];
const ACTORS: [&str; 2] = ["Acteurs", "Actors"];
const ACCESS: [&str; 2] = ["Accès", "Access"];
const EVIDENCE: [&str; 2] = ["Comparé au hasard et aux voisins", "Against chance and neighbours"];
const PERCENT: [&str; 2] = ["%", "%"];
const NO_UNIT: [&str; 2] = ["", ""];

/// Values of the whole study, by key.
pub(super) struct Wholes {
    rural_share: Option<f64>,
    population: f64,
    cross_share: Option<f64>,
    exposure: Option<f64>,
    research_km: Option<f64>,
    innovation_km: Option<f64>,
    actors_per_10k: Option<f64>,
    links_per_10k: Option<f64>,
}

impl Wholes {
    pub(super) fn of(files: &StudyFiles<'_>) -> Result<Self> {
        let study = files.study;
        let rows = files.of(study.atlas().base().level())?;
        let mean = |value: &dyn Fn(&TerritoryMeasures) -> Option<f64>| {
            let known = || rows.iter().filter_map(|m| Some((value(m)?, m.territory.population?)));
            let people: f64 = known().map(|(_, p)| p).sum();
            (people > 0.0).then(|| known().map(|(v, p)| v * p).sum::<f64>() / people)
        };
        let near =
            |score: TerritoryScore| mean(&|m| Some(score.of(m)).filter(|v| v.is_finite()).map(|v| v / 1e3));
        let population: f64 = rows.iter().filter_map(|m| m.territory.population).sum();
        let per_10k = |n: usize| (population > 0.0).then(|| 1e4 * n as f64 / population);
        let links = crate::study::LinkSummary::of(study.links());
        let classed = links.total() - links.unclassed;
        let (mut to_urban, mut all) = (0.0, 0.0);
        for (_, weight, urban) in rural_ends(study) {
            all += weight;
            to_urban += if urban { weight } else { 0.0 };
        }
        Ok(Self {
            rural_share: mean(&|m| m.rural_population_share).map(|s| s * 100.0),
            population,
            cross_share: (classed > 0).then(|| 100.0 * links.urban_rural as f64 / classed as f64),
            exposure: (all > 0.0).then(|| 100.0 * to_urban / all),
            research_km: near(TerritoryScore::ResearchDistance),
            innovation_km: near(TerritoryScore::InnovationDistance),
            actors_per_10k: per_10k(study.inventory().actors().len()),
            links_per_10k: per_10k(links.total()),
        })
    }
}

/// Ends of classed ties at rural actors: the actor, the weight, whether the other end is urban.
fn rural_ends(study: &Study) -> impl Iterator<Item = (usize, f64, bool)> + '_ {
    study.links().iter().flat_map(|link| {
        let side = |actor: u32| study.places()[actor as usize].rurality();
        [(link.a, link.b), (link.b, link.a)].into_iter().filter_map(move |(own, other)| {
            let (Some(Rurality::Rural), Some(other)) = (side(own), side(other)) else { return None };
            Some((own as usize, link.weight, other == Rurality::Urban))
        })
    })
}

/// The measures of a level, in the order of the list the reader chooses from.
pub(super) fn columns(
    files: &StudyFiles<'_>,
    level: &AtlasLevel,
    wholes: &Wholes,
    chances: Option<&Vec<TieChance>>,
) -> Result<Vec<MeasureColumn<'static>>> {
    let rows = files.of(level.level())?;
    let values = |value: &dyn Fn(&TerritoryMeasures) -> f64| rows.iter().map(value).collect::<Vec<_>>();
    let or_nan = |v: Option<f64>| v.unwrap_or(f64::NAN);
    let kind = |k: ActorKind| values(&|m| m.actors[k as usize] as f64);
    let class = |m: &TerritoryMeasures, c: LinkClass| m.links[c as usize];
    let all_links = |m: &TerritoryMeasures| m.links.iter().sum::<usize>();
    let sequential = |head: Head, values, whole| {
        let mut column = head.column(values, Scale::Sequential);
        column.whole = whole;
        column
    };
    let mut columns = vec![
        sequential(
            Head {
                key: "rural_share",
                group: RURALITY,
                name: ["Population en communes rurales", "Population in rural communes"],
                unit: PERCENT,
                description: [
                    "Part des habitants qui vivent dans une commune rurale\u{202f}; \
                     une valeur élevée veut dire rural.",
                    "Share of the inhabitants who live in a rural commune; the higher, the more rural.",
                ],
                decimals: 1,
            },
            values(&|m| or_nan(m.rural_population_share) * 100.0),
            wholes.rural_share,
        ),
        Head {
            key: "side",
            group: RURALITY,
            name: ["Rural ou urbain", "Rural or urban"],
            unit: NO_UNIT,
            description: [
                "Là où vit plus de la moitié de la population.",
                "Where more than half of the population lives.",
            ],
            decimals: 0,
        }
        .column(
            values(&|m| match m.rurality {
                Some(Rurality::Rural) => 0.0,
                Some(Rurality::Urban) => 1.0,
                None => f64::NAN,
            }),
            Scale::Classes {
                labels: vec![Text::same("rural"), Text::new("urbain", "urban")],
                colours: vec![ClassColour::Rural, ClassColour::Urban],
            },
        ),
        Head {
            key: "population",
            group: RURALITY,
            name: ["Population", "Population"],
            unit: ["habitants", "inhabitants"],
            description: ["Habitants (population municipale).", "Inhabitants."],
            decimals: 0,
        }
        .column(values(&|m| or_nan(m.territory.population)), Scale::Total),
    ];
    columns[2].whole = Some(wholes.population);
    let cross = Head {
        key: "cross_links",
        group: COOPERATION,
        name: ["Liens rural–urbain", "Rural–urban ties"],
        unit: ["liens", "ties"],
        description: [
            "Liens qui touchent le territoire et joignent un acteur rural et un acteur urbain (sans filtre).",
            "Ties that touch the territory and join a rural and an urban actor (not filtered).",
        ],
        decimals: 0,
    };
    columns.push(cross.column(values(&|m| class(m, LinkClass::UrbanRural) as f64), Scale::Total));
    let all = Head {
        key: "links",
        group: COOPERATION,
        name: ["Tous les liens", "All ties"],
        unit: ["liens", "ties"],
        description: ["Liens qui touchent le territoire (sans filtre).", "Ties that touch the territory."],
        decimals: 0,
    };
    columns.push(all.column(values(&|m| all_links(m) as f64), Scale::Total));
    let mut share = sequential(
        Head {
            key: "cross_share",
            group: COOPERATION,
            name: ["Part des liens rural–urbain", "Share of rural–urban ties"],
            unit: PERCENT,
            description: [
                "Part des liens rural–urbain parmi les liens classés qui touchent le territoire\u{202f}; plus elle est haute, plus le territoire relie les deux côtés.",
                "Share of rural–urban ties among the classed ties that touch the territory; the higher, the more it ties the two sides.",
            ],
            decimals: 1,
        },
        values(&|m| or_nan(m.urban_rural_link_share) * 100.0),
        wholes.cross_share,
    );
    share.cases = Some(rows.iter().map(|m| (all_links(m) - class(m, LinkClass::Unclassed)) as u32).collect());
    columns.push(share);
    let mut exposure = sequential(
        Head {
            key: "exposure",
            group: COOPERATION,
            name: ["Exposition urbaine des acteurs ruraux", "Urban exposure of rural actors"],
            unit: PERCENT,
            description: [
                "Part (pondérée) des liens des acteurs ruraux du territoire qui vont vers des acteurs \
                 urbains\u{202f}; plus elle est haute, plus ils sont tournés vers la ville.",
                "Weighted share of the ties of its rural actors that go to urban actors; the higher, the more they turn to the city.",
            ],
            decimals: 1,
        },
        values(&|m| or_nan(m.urban_exposure) * 100.0),
        wholes.exposure,
    );
    exposure.cases = Some(rural_tie_counts(files.study, level));
    columns.push(exposure);
    columns.push(sequential(
        Head {
            key: "links_per_10k",
            group: COOPERATION,
            name: ["Liens pour 10\u{202f}000 habitants", "Ties per 10,000 inhabitants"],
            unit: NO_UNIT,
            description: [
                "Liens qui touchent le territoire, rapportés à sa population.",
                "Ties that touch the territory, per inhabitant.",
            ],
            decimals: 2,
        },
        values(&|m| TerritoryScore::LinkDensity.of(m)),
        wholes.links_per_10k,
    ));
    columns.push(
        Head {
            key: "actors",
            group: ACTORS,
            name: ["Acteurs", "Actors"],
            unit: ["acteurs", "actors"],
            description: ["Acteurs de tous types (sans filtre).", "Actors of all kinds (not filtered)."],
            decimals: 0,
        }
        .column(values(&|m| m.actor_count() as f64), Scale::Total),
    );
    for (key, name, of) in [
        (
            "research",
            ["Laboratoires et organismes de recherche", "Research centres"],
            ActorKind::ResearchCentre,
        ),
        ("innovation", ["Lieux d’innovation", "Innovation places"], ActorKind::InnovationPlace),
        ("enterprises", ["Entreprises", "Enterprises"], ActorKind::Enterprise),
        ("clusters", ["Pôles et clusters", "Clusters"], ActorKind::Cluster),
    ] {
        let head = Head {
            key,
            group: ACTORS,
            name,
            unit: ["acteurs", "actors"],
            description: ["Nombre dans le territoire.", "Number in the territory."],
            decimals: 0,
        };
        columns.push(head.column(kind(of), Scale::Total));
    }
    columns.push(sequential(
        Head {
            key: "actors_per_10k",
            group: ACTORS,
            name: ["Acteurs pour 10\u{202f}000 habitants", "Actors per 10,000 inhabitants"],
            unit: NO_UNIT,
            description: ["Acteurs de tous types, rapportés à la population.", "Actors per inhabitant."],
            decimals: 2,
        },
        values(&|m| TerritoryScore::ActorDensity.of(m)),
        wholes.actors_per_10k,
    ));
    let km = |score: TerritoryScore| values(&|m| score.of(m) / 1e3);
    columns.push(sequential(
        Head {
            key: "research_km",
            group: ACCESS,
            name: ["Distance à la recherche", "Distance to research"],
            unit: ["km", "km"],
            description: [
                "Distance à vol d’oiseau au laboratoire ou organisme de recherche le plus proche, moyenne des \
                 habitants\u{202f}; une valeur élevée veut dire loin.",
                "Distance as the crow flies to the nearest research centre, mean over inhabitants; the higher, the farther.",
            ],
            decimals: 1,
        },
        km(TerritoryScore::ResearchDistance),
        wholes.research_km,
    ));
    columns.push(sequential(
        Head {
            key: "innovation_km",
            group: ACCESS,
            name: ["Distance à un lieu d’innovation", "Distance to an innovation place"],
            unit: ["km", "km"],
            description: [
                "Distance à vol d’oiseau au lieu d’innovation le plus proche, moyenne des habitants\u{202f}; une valeur élevée veut dire \
                 loin.",
                "Distance as the crow flies to the nearest innovation place, mean over inhabitants; the higher, the farther.",
            ],
            decimals: 1,
        },
        km(TerritoryScore::InnovationDistance),
        wholes.innovation_km,
    ));
    if *level.level() != Level::Commune && rows.len() <= MOST_FOR_EVIDENCE {
        columns.extend(evidence(files.study, level, rows, chances)?);
    }
    Ok(columns)
}

/// Classed ties of the rural actors of each territory: what the exposure stands on.
fn rural_tie_counts(study: &Study, level: &AtlasLevel) -> Vec<u32> {
    let mut counts = vec![0; level.territories().len()];
    for (actor, _, _) in rural_ends(study) {
        let Some(base) = study.places()[actor].base else { continue };
        level.territories_of(base as usize).for_each(|u| counts[u] += 1);
    }
    counts
}

/// Ties against chance, and clusters of neighbours.
fn evidence(
    study: &Study,
    level: &AtlasLevel,
    rows: &[TerritoryMeasures],
    chances: Option<&Vec<TieChance>>,
) -> Result<Vec<MeasureColumn<'static>>> {
    let linkage = study.linkage_by(level.level())?;
    let ratio = |t: &TerritoryLinkage| t.cross.value().and_then(Evidence::ratio).unwrap_or(f64::NAN);
    let mut observed = Head {
        key: "observed_expected",
        group: EVIDENCE,
        name: ["Liens rural–urbain\u{a0}: observé / attendu", "Rural–urban ties: observed / expected"],
        unit: NO_UNIT,
        description: [
            "Nombre de liens rural–urbain rapporté à celui attendu si les étiquettes rural et urbain étaient \
             tirées au sort entre les acteurs liés ; au-dessus de 1\u{a0}: plus que le hasard.",
            "Rural–urban ties over those expected if the labels rural and urban were dealt at random to the \
             tied actors; above 1: more than chance.",
        ],
        decimals: 2,
    }
    .column(linkage.iter().map(ratio).collect(), Scale::Diverging { centre: 1.0 });
    observed.cases = Some(linkage.iter().map(|t| t.ties as u32).collect());
    let mut columns = vec![observed];
    columns.extend(chances.into_iter().flat_map(|c| against_chance(c)));
    let mut bridging = Head {
        key: "bridging",
        group: EVIDENCE,
        name: ["Rôle de pont du territoire", "Bridging by the territory"],
        unit: NO_UNIT,
        description: [
            "De 0 à 1\u{a0}: plus les liens du territoire sortent et se répartissent entre d’autres territoires, \
             plus son rôle de pont est grand.",
            "From 0 to 1: the more its ties go out and spread over other territories, the more it bridges.",
        ],
        decimals: 2,
    }
    .column(
        linkage
            .iter()
            .map(|t| t.bridging.as_ref().map_or(f64::NAN, |b| b.outward * (1.0 - b.herfindahl)))
            .collect(),
        Scale::Sequential,
    );
    bridging.cases = Some(linkage.iter().map(|t| t.ties as u32).collect());
    columns.push(bridging);
    for (score, key, name) in [
        (
            TerritoryScore::LinkDensity,
            "lisa_links",
            ["Foyers et creux\u{a0}: liens par habitant", "Clusters: ties per inhabitant"],
        ),
        (
            TerritoryScore::InnovationDistance,
            "lisa_innovation",
            [
                "Foyers et creux\u{a0}: distance à un lieu d’innovation",
                "Clusters: distance to innovation places",
            ],
        ),
    ] {
        if let Some(column) = clusters(study, level, rows, score, key, name)? {
            columns.push(column);
        }
    }
    Ok(columns)
}

/// Rural–urban ties over those that partners drawn by their number of ties, and by distance too, would give.
fn against_chance(chances: &[TieChance]) -> [MeasureColumn<'static>; 2] {
    let column = |key, name, description, of: fn(&TieChance) -> Option<&Evidence>| {
        let head = Head { key, group: EVIDENCE, name, unit: NO_UNIT, description, decimals: 2 };
        let ratio = |t: &TieChance| of(t).and_then(Evidence::ratio).unwrap_or(f64::NAN);
        let mut column = head.column(chances.iter().map(ratio).collect(), Scale::Diverging { centre: 1.0 });
        column.cases = Some(chances.iter().map(|t| of(t).map_or(0, |e| e.n as u32)).collect());
        column
    };
    [
        column(
            "observed_degrees",
            ["Observé / attendu à nombre de liens égal", "Observed / expected at equal degrees"],
            [
                "Nombre de liens rural–urbain rapporté à celui attendu si chaque partenaire était tiré au sort selon \
                 son nombre de liens\u{202f}; au-dessus de 1\u{a0}: plus que le hasard.",
                "Rural–urban ties over those expected if each partner were drawn by its number of ties; above 1: \
                 more than chance.",
            ],
            |t| t.degrees.value(),
        ),
        column(
            "observed_distance",
            [
                "Observé / attendu à nombre de liens et à distance égaux",
                "Observed / expected at equal degrees and distance",
            ],
            [
                "Le même rapport si chaque partenaire était tiré au sort selon son nombre de liens et la \
                 distance (classes de 25 km)\u{202f}; au-dessus de 1\u{a0}: plus que ne le veut la proximité.",
                "The same ratio if each partner were drawn by its number of ties and the distance (bins of \
                 25 km); above 1: more than nearness would give.",
            ],
            |t| t.distance.value(),
        ),
    ]
}

/// Clusters and outliers of a score among its neighbours; none where there is no variation.
fn clusters(
    study: &Study,
    level: &AtlasLevel,
    rows: &[TerritoryMeasures],
    score: TerritoryScore,
    key: &'static str,
    name: [&'static str; 2],
) -> Result<Option<MeasureColumn<'static>>> {
    let values: Vec<f64> = rows.iter().map(|m| score.of(m)).collect();
    let options = SpatialOptions::default()
        .neighbourhood(Neighbourhood::NEAREST)
        .local(LocalInference::ConditionalPermutation { permutations: 999, seed: Seed::default() })
        .false_discovery_rate(0.1);
    let found = match study.spatial_structure(level.level(), &values, &options) {
        Ok(found) => found,
        Err(crate::error::Error::Undefined { .. }) => return Ok(None),
        Err(other) => return Err(other),
    };
    let class = |c: SpatialClass| match c {
        SpatialClass::HighHigh => 0.0,
        SpatialClass::LowLow => 1.0,
        SpatialClass::HighLow => 2.0,
        SpatialClass::LowHigh => 3.0,
        SpatialClass::NotSignificant | SpatialClass::Island => 4.0,
        SpatialClass::NoValue => f64::NAN,
    };
    let head = Head {
        key,
        group: EVIDENCE,
        name,
        unit: NO_UNIT,
        description: [
            "Regroupements locaux (LISA, six plus proches voisins, 999 permutations, 10\u{202f}% de fausses \
             découvertes)\u{a0}: foyer, haut parmi des hauts\u{202f}; creux, bas parmi des bas.",
            "Local clusters (LISA, six nearest neighbours, 999 permutations, 10% of false discoveries).",
        ],
        decimals: 0,
    };
    Ok(Some(head.column(
        found.territories.iter().map(|t| class(t.class)).collect(),
        Scale::Classes {
            labels: vec![
                Text::new("foyer (haut parmi des hauts)", "high among high"),
                Text::new("creux (bas parmi des bas)", "low among low"),
                Text::new("haut parmi des bas", "high among low"),
                Text::new("bas parmi des hauts", "low among high"),
                Text::new("rien qui se distingue du hasard", "not told from chance"),
            ],
            colours: vec![
                ClassColour::HighHigh,
                ClassColour::LowLow,
                ClassColour::HighLow,
                ClassColour::LowHigh,
                ClassColour::Neutral,
            ],
        },
    )))
}
