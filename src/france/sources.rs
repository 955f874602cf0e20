//! Titles of the data sets of the embedded France.

/// Title of a data set of the embedded France; other names stand for themselves.
#[must_use]
pub fn source_title(key: &str) -> String {
    match key {
        "ror" => "Research Organization Registry 2026-06, CC0",
        "interreg" => "keep.eu, closed Interreg projects 2000–2018",
        "h2020" => "CORDIS, Horizon 2020 organisations 2017",
        "fablabs" => "fablabs.io 2017",
        "fabriques" => "ANCT, fabriques de territoire 2024, Licence Ouverte 2.0",
        "manufactures" => "ANCT, manufactures de proximité 2024, Licence Ouverte 2.0",
        "france_services" => "ANCT, France services 2024, Licence Ouverte 2.0",
        "contracts" => "CGET/ANCT, contrats de ruralité 2016–2019, Licence Ouverte 2.0",
        "reciprocity" => "contrats de réciprocité, public pages",
        "clusters" => "pôles de compétitivité, hand-made list",
        "clusters (unverified)" => "pôles de compétitivité, hand-made list, entries no source attests",
        other => other,
    }
    .to_owned()
}

/// French title of a data set of the embedded France; other names stand for themselves.
#[must_use]
pub fn source_title_french(key: &str) -> String {
    match key {
        "ror" => "Research Organization Registry (ROR), juin 2026, CC0",
        "interreg" => "keep.eu, projets Interreg achevés 2000–2018",
        "h2020" => "CORDIS, organismes d’Horizon 2020, 2017",
        "fablabs" => "fablabs.io, 2017",
        "fabriques" => "ANCT, fabriques de territoire 2024, Licence Ouverte 2.0",
        "manufactures" => "ANCT, manufactures de proximité 2024, Licence Ouverte 2.0",
        "france_services" => "ANCT, France services 2024, Licence Ouverte 2.0",
        "contracts" => "CGET/ANCT, contrats de ruralité 2016–2019, Licence Ouverte 2.0",
        "reciprocity" => "contrats de réciprocité, pages publiques",
        "clusters" => "pôles de compétitivité, liste tenue à la main",
        "clusters (unverified)" => "pôles de compétitivité, liste tenue à la main, entrées sans source",
        other => other,
    }
    .to_owned()
}
