//! Kinds of actors and cooperations as people write them, in French and English.

use super::names::{fold, nearest};
use crate::model::{ActorKind, CooperationKind};

/// Folded words that stand for a kind; the short ones only alone, the long ones within a text too.
const ACTORS: [(ActorKind, &[&str]); 10] = [
    (
        ActorKind::Cluster,
        &[
            "cluster",
            "poledecompetitivite",
            "polecompetitivite",
            "competitivite",
            "pole",
            "ptce",
            "grappe",
            "spl",
            "polededeveloppement",
            "poleterritorialdecooperation",
            "filiere",
        ],
    ),
    (ActorKind::PetrPays, &["petr", "pays", "petrpays", "poledequilibre", "syndicatmixtedepays"]),
    (ActorKind::Gal, &["gal", "groupedactionlocale", "localactiongroup", "leader", "lag"]),
    (
        ActorKind::Epci,
        &[
            "epci",
            "communautedecommunes",
            "communautedagglomeration",
            "communauteurbaine",
            "metropole",
            "intercommunalite",
            "agglomeration",
            "agglo",
            "communautedagglo",
            "comdagglo",
            "comagglo",
            "comcom",
            "cc",
            "ca",
            "cu",
        ],
    ),
    (
        ActorKind::ResearchCentre,
        &[
            "researchcentre",
            "researchcenter",
            "laboratoire",
            "labo",
            "universite",
            "university",
            "recherche",
            "umr",
            "laboratory",
            "cnrs",
            "inrae",
            "enseignementsuperieur",
            "grandeecole",
            "ecoledingenieurs",
            "facility",
            "ctt",
            "critt",
            "plateformetechnologique",
            "plateformedetechnologie",
            "pft",
            "centretechnique",
        ],
    ),
    (
        ActorKind::InnovationPlace,
        &[
            "innovationplace",
            "tierslieu",
            "tierslieux",
            "thirdplace",
            "fablab",
            "livinglab",
            "incubateur",
            "incubator",
            "pepiniere",
            "coworking",
            "makerspace",
            "hackerspace",
            "technopole",
            "accelerateur",
            "hoteldentreprises",
            "telecentre",
        ],
    ),
    (
        ActorKind::Enterprise,
        &[
            "enterprise",
            "entreprise",
            "societe",
            "company",
            "startup",
            "pme",
            "tpe",
            "eti",
            "sarl",
            "sas",
            "sa",
            "scop",
            "scic",
            "exploitationagricole",
            "exploitation",
            "gaec",
            "earl",
            "scea",
            "gie",
            "ent",
            "agriculteur",
            "agricultrice",
            "eleveur",
            "maraicher",
            "viticulteur",
            "ferme",
            "business",
            "firm",
            "artisan",
        ],
    ),
    (ActorKind::Network, &["network", "reseau", "federation"]),
    (
        ActorKind::PublicService,
        &[
            "publicservice",
            "servicepublic",
            "franceservices",
            "maisonfranceservices",
            "msap",
            "maisondesante",
            "mairie",
            "service",
        ],
    ),
    (
        ActorKind::Organisation,
        &[
            "organisation",
            "organization",
            "organisme",
            "association",
            "asso",
            "amap",
            "autre",
            "other",
            "fondation",
            "collectivite",
            "commune",
            "departement",
            "region",
            "chambredagriculture",
            "chambreconsulaire",
            "cci",
            "cma",
            "chambredemetiers",
            "chambredesmetiers",
            "chambredecommerce",
            "cuma",
            "pnr",
            "parcnaturelregional",
            "parcnaturel",
            "lyceeagricole",
            "lycee",
            "cfa",
            "mfr",
            "maisonfamilialerurale",
            "eplefpa",
            "cfppa",
            "centredeformation",
            "organismedeformation",
            "cooperative",
            "syndicat",
            "etablissementpublic",
        ],
    ),
];

const COOPERATIONS: [(CooperationKind, &[&str]); 10] = [
    (
        CooperationKind::ResearchProject,
        &[
            "researchproject",
            "recherche",
            "projetderecherche",
            "projetderetd",
            "projetderd",
            "projetretd",
            "projetrd",
            "rd",
            "retd",
            "anr",
            "h2020",
            "horizoneurope",
            "research",
            "these",
            "cifre",
        ],
    ),
    (
        CooperationKind::TerritorialProject,
        &[
            "territorialproject",
            "interreg",
            "projetterritorial",
            "projetdeterritoire",
            "cooperationterritoriale",
            "projet",
            "project",
        ],
    ),
    (CooperationKind::ReciprocityContract, &["reciprocitycontract", "contratdereciprocite", "reciprocite"]),
    (
        CooperationKind::JointUnit,
        &["jointunit", "unitemixte", "umr", "uniteconjointe", "laboratoirecommun", "labcom"],
    ),
    (CooperationKind::SharedPlace, &["sharedplace", "lieupartage", "locauxpartages", "mutualisation"]),
    (CooperationKind::Membership, &["membership", "member", "adhesion", "adherent", "membre"]),
    (CooperationKind::LeaderCooperation, &["leadercooperation", "cooperationleader", "leader"]),
    (CooperationKind::Workshop, &["workshop", "atelier", "seminaire", "rencontre"]),
    (
        CooperationKind::PracticeTransfer,
        &["practicetransfer", "transfert", "transfertdepratique", "essaimage", "transfer"],
    ),
    (CooperationKind::Other, &["other", "autre", "divers"]),
];

/// The kind of the words that a text is, or that come first in it.
fn find<K: Copy>(text: &str, words: &[(K, &[&str])]) -> Option<K> {
    let folded = fold(text);
    let all = || words.iter().flat_map(|(kind, words)| words.iter().map(move |w| (*kind, *w)));
    let singular = folded.strip_suffix('s').unwrap_or(&folded);
    if let Some((kind, _)) = all().find(|(_, w)| *w == folded || *w == singular) {
        return Some(kind);
    }
    // Words of one's own count alone: `UMR 1248`, `Pôle agroalimentaire`.
    let parts: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(fold).collect();
    let within = all().filter_map(|(kind, word)| {
        let at = if word.len() >= 7 { folded.find(word) } else { None };
        let as_word = parts
            .iter()
            .position(|p| p == word || p.strip_suffix('s') == Some(word))
            .map(|n| parts[..n].iter().map(String::len).sum::<usize>());
        at.into_iter().chain(as_word).min().map(|at| (at, std::cmp::Reverse(word.len()), kind))
    });
    within.min_by_key(|(at, longest, _)| (*at, *longest)).map(|(.., kind)| kind)
}

fn suggestion<K: Copy>(
    text: &str,
    words: &[(K, &[&'static str])],
    key: impl Fn(K) -> &'static str,
) -> String {
    let all = words.iter().flat_map(|(kind, words)| words.iter().map(|w| (*kind, *w)));
    let near = nearest(text, all.clone().map(|(_, w)| w));
    // Short words are all like some other: one letter in five may differ.
    let folded = fold(text);
    let near = near.filter(|near| 5 * strsim::levenshtein(&folded, near) <= folded.chars().count());
    let near = near.and_then(|near| all.clone().find(|(_, w)| *w == near)).map(|(kind, _)| key(kind));
    near.map(|key| format!("; the nearest known is {key}")).unwrap_or_default()
}

/// The kind of actor that a text names: a key, or French or English words.
///
/// ```
/// use rurban::model::ActorKind;
/// use rurban::read::actor_kind;
/// assert_eq!(actor_kind("Tiers-lieu"), Some(ActorKind::InnovationPlace));
/// assert_eq!(actor_kind("Pôle de compétitivité"), Some(ActorKind::Cluster));
/// assert_eq!(actor_kind("Brasserie"), None);
/// ```
#[must_use]
pub fn actor_kind(text: &str) -> Option<ActorKind> {
    text.parse().ok().or_else(|| find(text, &ACTORS))
}

/// The kind of cooperation that a text names: a key, or French or English words.
#[must_use]
pub fn cooperation_kind(text: &str) -> Option<CooperationKind> {
    text.parse().ok().or_else(|| find(text, &COOPERATIONS))
}

/// What to say of a text that names no kind of actor.
pub(super) fn near_actor_kind(text: &str) -> String {
    suggestion(text, &ACTORS, ActorKind::key)
}

/// What to say of a text that names no kind of cooperation.
pub(super) fn near_cooperation_kind(text: &str) -> String {
    suggestion(text, &COOPERATIONS, CooperationKind::key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_words_name_kinds() {
        for (text, kind) in [
            ("Laboratoire", ActorKind::ResearchCentre),
            ("Laboratoires de recherche", ActorKind::ResearchCentre),
            ("UMR 1248 AGIR", ActorKind::ResearchCentre),
            ("Tiers-lieux", ActorKind::InnovationPlace),
            ("fablab", ActorKind::InnovationPlace),
            ("Innovation Place", ActorKind::InnovationPlace),
            ("Entreprises", ActorKind::Enterprise),
            ("PME", ActorKind::Enterprise),
            ("Pôle de compétitivité", ActorKind::Cluster),
            ("Pôle d'équilibre territorial et rural", ActorKind::PetrPays),
            ("PETR", ActorKind::PetrPays),
            ("GAL", ActorKind::Gal),
            ("Groupe d'action locale (LEADER)", ActorKind::Gal),
            ("Communauté de communes", ActorKind::Epci),
            ("Réseau de tiers-lieux", ActorKind::Network),
            ("Association", ActorKind::Organisation),
            ("Maison France Services", ActorKind::PublicService),
            ("Lycée agricole", ActorKind::Organisation),
            ("CFA", ActorKind::Organisation),
            ("CRITT", ActorKind::ResearchCentre),
            ("Plateforme technologique", ActorKind::ResearchCentre),
            ("GAEC", ActorKind::Enterprise),
            ("Agriculteur", ActorKind::Enterprise),
            ("Ent.", ActorKind::Enterprise),
            ("CUMA", ActorKind::Organisation),
            ("AMAP", ActorKind::Organisation),
            ("Asso", ActorKind::Organisation),
            ("Asso.", ActorKind::Organisation),
            ("PNR", ActorKind::Organisation),
            ("Parc naturel régional", ActorKind::Organisation),
            ("Chambre de métiers", ActorKind::Organisation),
            ("Chambre de métiers et de l’artisanat", ActorKind::Organisation),
            ("Coopérative agricole", ActorKind::Organisation),
            ("Communauté d'agglo", ActorKind::Epci),
            ("Communauté d’agglomération", ActorKind::Epci),
            ("Télécentre", ActorKind::InnovationPlace),
        ] {
            assert_eq!(actor_kind(text), Some(kind), "{text}");
        }
        for text in ["Brasserie", "", "x", "Salle"] {
            assert_eq!(actor_kind(text), None, "{text}");
        }
        for kind in ActorKind::ALL {
            assert_eq!(actor_kind(kind.key()), Some(kind));
        }
        for kind in CooperationKind::ALL {
            assert_eq!(cooperation_kind(kind.key()), Some(kind));
        }
        assert_eq!(cooperation_kind("Contrat de réciprocité"), Some(CooperationKind::ReciprocityContract));
        for text in ["Projet de R&D", "Projet de R et D", "R&D", "R et D", "Projet R&D"] {
            assert_eq!(cooperation_kind(text), Some(CooperationKind::ResearchProject), "{text}");
        }
        assert_eq!(cooperation_kind("Convention"), None);
        assert!(near_actor_kind("Labratoire").contains("research_centre"));
        // Nothing is near.
        for text in ["GIEC", "Gîte", "Brasserie"] {
            assert_eq!(near_actor_kind(text), "", "{text}");
        }
    }
}
