//! Words of names: what kind of body, and which fields of research they tell.

use rurban::france::names::plain;

/// Kind of an Interreg partner from words of its name; the source does not say it.
pub fn kind_from_name(name: &str) -> &'static str {
    let name = format!(" {} ", plain(name));
    let has = |words: &[&str]| words.iter().any(|w| name.contains(&format!(" {w} ")));
    if has(&["petr", "syndicat mixte du pays"]) || (name.starts_with(" pays ") && !has(&["agricole"])) {
        "petr_pays"
    } else if has(&["groupe d action locale", "gal"]) {
        "gal"
    } else if has(&["pole de competitivite", "cluster", "competitiveness"]) {
        "cluster"
    } else if has(&[
        "universite",
        "university",
        "universitaire",
        "cnrs",
        "inra",
        "inrae",
        "irstea",
        "cemagref",
        "ifremer",
        "brgm",
        "inserm",
        "cirad",
        "ecole",
        "institut",
        "institute",
        "laboratoire",
        "laboratory",
        "recherche",
        "research",
        "insa",
        "cea",
    ]) {
        "research_centre"
    } else if has(&[
        "communaute de communes",
        "communaute d agglomeration",
        "communaute urbaine",
        "metropole",
        "communaute des communes",
        "agglomeration",
        "eurometropole",
    ]) {
        "epci"
    } else if has(&["incubateur", "pepiniere", "technopole", "living lab", "fablab"]) {
        "innovation_place"
    } else if has(&["sarl", "sas", "sa", "ltd", "gmbh", "societe"]) {
        "enterprise"
    } else if has(&["reseau", "network", "federation"]) {
        "network"
    } else {
        "organisation"
    }
}

/// Research fields and the word beginnings that name them, in French and English.
const FIELDS: [(&str, &[&str]); 16] = [
    ("mathematics", &["mathem", "statisti", "probabilit"]),
    (
        "computing",
        &[
            "informati",
            "comput",
            "numeri",
            "digital",
            "robot",
            "software",
            "algorith",
            "automati",
            "signal",
            "data",
            "cyber",
            "telecom",
            "network",
        ],
    ),
    (
        "physics",
        &[
            "physi",
            "optic",
            "photon",
            "astro",
            "laser",
            "plasma",
            "quant",
            "particle",
            "accelerat",
            "synchrotron",
            "nuclear",
            "nucleaire",
        ],
    ),
    ("chemistry", &["chemi", "chimi", "cataly", "polym", "molecul", "electrochem"]),
    (
        "materials and engineering",
        &[
            "material",
            "materiau",
            "mechani",
            "mecani",
            "engineer",
            "ingenierie",
            "genie",
            "process",
            "procede",
            "nano",
            "metal",
            "textile",
            "manufactur",
            "microelectronic",
            "electronic",
        ],
    ),
    (
        "earth and climate",
        &[
            "earth", "terre", "geolog", "geoscien", "geophys", "climat", "atmosph", "glaci", "volcan",
            "mineral", "mining", "meteo",
        ],
    ),
    ("marine", &["marin", "ocean", "sea", "mer", "littoral", "coast", "fish", "pech", "maritim", "aquacult"]),
    (
        "ecology and water",
        &[
            "ecolog",
            "environ",
            "biodivers",
            "ecosyst",
            "water",
            "eau",
            "hydro",
            "evolution",
            "faune",
            "flore",
            "wildlife",
        ],
    ),
    (
        "agronomy, food and forest",
        &[
            "agro",
            "agri",
            "plant",
            "veget",
            "crop",
            "animal",
            "food",
            "aliment",
            "vine",
            "vign",
            "wine",
            "oenolog",
            "forest",
            "foret",
            "wood",
            "bois",
            "soil",
            "rural",
            "veterin",
            "livestock",
            "elevage",
            "lait",
            "dairy",
            "horticult",
            "fruit",
        ],
    ),
    (
        "biology",
        &[
            "biolog",
            "genom",
            "genet",
            "cell",
            "biochem",
            "bioinfo",
            "biotech",
            "microbio",
            "protein",
            "structural",
        ],
    ),
    (
        "health",
        &[
            "health",
            "sante",
            "hospital",
            "hopit",
            "hospitalier",
            "clinic",
            "cliniq",
            "medic",
            "cancer",
            "pharma",
            "immun",
            "infect",
            "epidem",
            "surg",
            "neuro",
            "cardio",
            "vascul",
            "therap",
            "diabet",
            "brain",
            "cerveau",
            "nutrition",
            "patholog",
            "disease",
            "maladie",
            "vision",
            "handicap",
        ],
    ),
    (
        "energy",
        &["energ", "solar", "solair", "batter", "hydrogen", "petrol", "combust", "thermi", "electrique"],
    ),
    (
        "economics and management",
        &["econom", "manage", "business", "gestion", "financ", "commerce", "market", "entrepr", "innovation"],
    ),
    (
        "social sciences",
        &[
            "socio",
            "social",
            "politi",
            "law",
            "droit",
            "jurid",
            "education",
            "geograph",
            "territ",
            "urban",
            "demograph",
            "psycholog",
            "anthropol",
            "ethnolog",
            "migration",
        ],
    ),
    (
        "humanities and arts",
        &[
            "histor",
            "histoir",
            "archeo",
            "archaeo",
            "litter",
            "litera",
            "langu",
            "lingu",
            "philoso",
            "art",
            "arts",
            "music",
            "musee",
            "museum",
            "cultur",
            "theolog",
            "patrimoin",
            "heritage",
            "architect",
            "orient",
            "medieval",
            "humanit",
        ],
    ),
    (
        "transport and space",
        &[
            "aerospa",
            "aeronaut",
            "space",
            "spatial",
            "transport",
            "mobilit",
            "automob",
            "automotive",
            "aviation",
            "railway",
            "ferrovi",
        ],
    ),
];

/// Research fields that the words of a name tell, as `field:` themes.
pub fn fields_from_name(name: &str) -> Vec<String> {
    let name = plain(name);
    let words: Vec<&str> = name.split(' ').collect();
    // Short stems are whole words: "mer" is no "mercure".
    let told = |stem: &&str| {
        words.iter().any(|w| {
            if stem.len() <= 4 && !["agro", "agri", "nano"].contains(stem) {
                w == stem
            } else {
                w.starts_with(*stem)
            }
        })
    };
    FIELDS.iter().filter(|(_, stems)| stems.iter().any(told)).map(|(f, _)| format!("field:{f}")).collect()
}

/// Themes of one family, as `family:theme`.
pub fn prefixed<'a>(family: &str, themes: impl Iterator<Item = &'a str>) -> String {
    themes.filter(|t| !t.is_empty()).map(|t| format!("{family}:{t}")).collect::<Vec<_>>().join(";")
}
