//! Titles of the data sets of the embedded France.

/// A data set: its key among the sources, its title in French and in English.
type Source = (&'static str, &'static str, &'static str);

/// The data sets of actors and ties. Titles go to the inventory with the data
/// ([`Inventory::source_title`](crate::inventory::Inventory::source_title)), so that a user's file of the
/// same name is not credited to them.
pub(super) const SOURCES: [Source; 16] = [
    (
        "ror",
        "Research Organization Registry (ROR), juin 2026, CC0",
        "Research Organization Registry 2026-06, CC0",
    ),
    (
        "interreg",
        "keep.eu, projets Interreg achevés 2000–2018",
        "keep.eu, closed Interreg projects 2000–2018",
    ),
    (
        "h2020",
        "CORDIS, Horizon 2020\u{a0}: organismes de 2017, participations de décembre 2020",
        "CORDIS, Horizon 2020: organisations of 2017, participations of December 2020",
    ),
    (
        "anr",
        "ANR, projets financés 2010–2022 (état de mai 2022), Licence Ouverte 2.0",
        "ANR, funded projects 2010–2022 (as of May 2022), Licence Ouverte 2.0",
    ),
    (
        "pia",
        "ANR, Investissements d’avenir 2010–2022 (état de mai 2022), Licence Ouverte 2.0",
        "ANR, Investissements d’avenir 2010–2022 (as of May 2022), Licence Ouverte 2.0",
    ),
    (
        "rnsr",
        "MESR, répertoire national des structures de recherche (RNSR), février 2022, Licence Ouverte 2.0",
        "MESR, national directory of research structures (RNSR), February 2022, Licence Ouverte 2.0",
    ),
    (
        "ilab",
        "MESR, lauréats du concours i-Lab 1999–2025, Licence Ouverte 2.0",
        "MESR, laureates of the i-Lab competition 1999–2025, Licence Ouverte 2.0",
    ),
    (
        "agreements",
        "accords de coopération ville–campagne 2015–2025, pages publiques",
        "agreements between cities and rural territories 2015–2025, public pages",
    ),
    ("fablabs", "fablabs.io, 2017", "fablabs.io 2017"),
    (
        "fabriques",
        "ANCT, fabriques de territoire 2024, Licence Ouverte 2.0",
        "ANCT, fabriques de territoire 2024, Licence Ouverte 2.0",
    ),
    (
        "manufactures",
        "ANCT, manufactures de proximité 2024, Licence Ouverte 2.0",
        "ANCT, manufactures de proximité 2024, Licence Ouverte 2.0",
    ),
    (
        "france_services",
        "ANCT, France services 2024, Licence Ouverte 2.0",
        "ANCT, France services 2024, Licence Ouverte 2.0",
    ),
    (
        "contracts",
        "CGET/ANCT, contrats de ruralité 2016–2019, Licence Ouverte 2.0",
        "CGET/ANCT, contrats de ruralité 2016–2019, Licence Ouverte 2.0",
    ),
    ("reciprocity", "contrats de réciprocité, pages publiques", "contrats de réciprocité, public pages"),
    ("clusters", "pôles de compétitivité, liste tenue à la main", "pôles de compétitivité, hand-made list"),
    (
        "clusters (unverified)",
        "pôles de compétitivité, liste tenue à la main, entrées sans source",
        "pôles de compétitivité, hand-made list, entries no source attests",
    ),
];
