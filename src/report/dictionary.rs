//! What the columns of the tables mean, in French and in English.

use std::borrow::Cow;

use super::Language;
use crate::error::Result;
use crate::model::{LinkClass, Rurality};
use crate::write::{Column, Table};

/// A text in French and in English.
type Both = [Cow<'static, str>; 2];

/// A column: what it is called where people read it, what it means, in which unit, from where.
struct Entry {
    heading: Both,
    meaning: Both,
    unit: Both,
    source: Both,
}

const fn both(french: &'static str, english: &'static str) -> Both {
    [Cow::Borrowed(french), Cow::Borrowed(english)]
}

const NO_UNIT: Both = both("", "");
const PEOPLE: Both = both("habitants", "inhabitants");
const COUNT: Both = both("nombre", "number");
const SHARE: Both = both("part, de 0 à 1", "share, from 0 to 1");
const KM: Both = both("km", "km");

const INSEE: Both =
    both("Insee, code officiel géographique et populations", "INSEE, official codes and populations");
const ETALAB: Both = both("Etalab, découpage administratif", "Etalab, administrative divisions");
const DENSITY: Both = both(
    "Insee, grille communale de densité\u{202f}; calculs rurban",
    "INSEE, density grid of communes; computed by rurban",
);
const ACTORS: Both = both("source de l’acteur (colonne source)", "source of the actor (column source)");
const TIES: Both = both("source du lien (colonne data)", "source of the tie (column data)");
const COMPUTED: Both = both("calculs rurban", "computed by rurban");

/// What a column of a table is; `None` for one that the dictionary does not know.
fn entry(table: &str, column: &str) -> Option<Entry> {
    let made = |heading, meaning, unit, source| Some(Entry { heading, meaning, unit, source });
    if let Some(kind) = column.strip_prefix("actors_").and_then(|key| key.parse().ok()) {
        let names = [Language::French, Language::English].map(|l| l.actor_kinds(kind));
        return made(
            [format!("Acteurs\u{a0}: {}", names[0]).into(), format!("Actors: {}", names[1]).into()],
            [
                format!("Acteurs du type «\u{a0}{}\u{a0}» dans le territoire", names[0]).into(),
                format!("Actors of the kind “{}” in the territory", names[1]).into(),
            ],
            COUNT,
            ACTORS,
        );
    }
    if let Some(class) = LinkClass::ALL.into_iter().find(|c| column == link_column(*c)) {
        let names = [Language::French, Language::English].map(|l| l.link_class(class));
        return made(
            [format!("Liens\u{a0}: {}", names[0]).into(), format!("Ties: {}", names[1]).into()],
            [
                format!("Liens qui touchent le territoire, de la classe «\u{a0}{}\u{a0}»", names[0]).into(),
                format!("Ties that touch the territory, of the class “{}”", names[1]).into(),
            ],
            COUNT,
            TIES,
        );
    }
    let [heading, meaning, unit, source] = match (table, column) {
        ("territories", "code") => [
            both("Code", "Code"),
            both("Code officiel du territoire, du texte", "Official code of the territory, text"),
            NO_UNIT,
            INSEE,
        ],
        ("territories", "name") => {
            [both("Nom", "Name"), both("Nom du territoire", "Name of the territory"), NO_UNIT, INSEE]
        }
        ("territories", "population") => [
            both("Population (habitants)", "Population (inhabitants)"),
            both("Habitants", "Inhabitants"),
            PEOPLE,
            INSEE,
        ],
        ("territories", "area_km2") => {
            [both("Superficie (km²)", "Area (km²)"), both("Superficie", "Area"), both("km²", "km²"), ETALAB]
        }
        ("territories", "communes") => [
            both("Communes", "Communes"),
            both("Communes de l’étude dans le territoire", "Communes of the study in the territory"),
            COUNT,
            INSEE,
        ],
        ("territories", "communes_in_all") => [
            both("Communes en tout", "Communes in all"),
            both(
                "Communes du territoire, celles hors de l’étude comprises",
                "Communes of the territory, those outside the study included",
            ),
            COUNT,
            INSEE,
        ],
        ("territories", "rural_population_share") => [
            both(
                "Population en communes rurales (part, 0 à 1)",
                "Population in rural communes (share, 0 to 1)",
            ),
            both(
                "Part des habitants qui vivent dans une commune rurale",
                "Share of the inhabitants who live in a rural commune",
            ),
            SHARE,
            DENSITY,
        ],
        ("territories", "rurality") => [
            both("Ruralité", "Rurality"),
            both(
                "Rural ou urbain\u{a0}: où vit plus de la moitié de la population",
                "Rural or urban: where more than half of the population lives",
            ),
            NO_UNIT,
            DENSITY,
        ],
        ("territories", "actors") => [
            both("Acteurs", "Actors"),
            both("Acteurs de tous types dans le territoire", "Actors of all kinds in the territory"),
            COUNT,
            ACTORS,
        ],
        ("territories", "internal_links") => [
            both("Liens internes", "Internal ties"),
            both("Liens dont les deux bouts sont dans le territoire", "Ties with both ends in the territory"),
            COUNT,
            TIES,
        ],
        ("territories", "external_links") => [
            both("Liens vers l’extérieur", "External ties"),
            both("Liens dont un seul bout est dans le territoire", "Ties with one end in the territory"),
            COUNT,
            TIES,
        ],
        ("territories", "urban_rural_link_share") => [
            both("Liens rural–urbain (part, 0 à 1)", "Rural–urban ties (share, 0 to 1)"),
            both(
                "Part des liens rural–urbain parmi les liens classés qui touchent le territoire",
                "Share of rural–urban ties among the classed ties that touch the territory",
            ),
            SHARE,
            COMPUTED,
        ],
        ("territories", "urban_exposure") => [
            both(
                "Exposition urbaine des acteurs ruraux (part, 0 à 1)",
                "Urban exposure of rural actors (share, 0 to 1)",
            ),
            both(
                "Part pondérée des liens des acteurs ruraux du territoire qui vont vers des acteurs urbains",
                "Weighted share of the ties of its rural actors that go to urban actors",
            ),
            SHARE,
            COMPUTED,
        ],
        ("territories", "urban_exposure_ends") => [
            both("Exposition urbaine\u{a0}: n", "Urban exposure: n"),
            both(
                "Bouts de liens sur lesquels porte l’exposition urbaine\u{202f}; moins de 5\u{a0}: effectif faible",
                "Ends of ties that the urban exposure is of; fewer than 5: few cases",
            ),
            COUNT,
            COMPUTED,
        ],
        ("territories", "research_distance_km") => [
            both("Distance à la recherche (km)", "Distance to research (km)"),
            both(
                "Distance à vol d’oiseau au laboratoire ou organisme de recherche le plus proche, moyenne des habitants",
                "Distance as the crow flies to the nearest research centre, mean over inhabitants",
            ),
            KM,
            COMPUTED,
        ],
        ("territories", "innovation_distance_km") => [
            both("Distance à un lieu d’innovation (km)", "Distance to an innovation place (km)"),
            both(
                "Distance à vol d’oiseau au lieu d’innovation le plus proche, moyenne des habitants",
                "Distance as the crow flies to the nearest innovation place, mean over inhabitants",
            ),
            KM,
            COMPUTED,
        ],
        ("actors", "id") => {
            [both("Identifiant", "Identifier"), both("Identifiant", "Identifier"), NO_UNIT, ACTORS]
        }
        ("actors", "name") => {
            [both("Nom", "Name"), both("Nom de l’acteur", "Name of the actor"), NO_UNIT, ACTORS]
        }
        ("actors", "kind") => [both("Type", "Kind"), both("Type d’acteur", "Kind of actor"), NO_UNIT, ACTORS],
        ("actors", "lon") => [
            both("Longitude (degrés)", "Longitude (degrees)"),
            both("Longitude, WGS 84", "Longitude, WGS 84"),
            both("degrés", "degrees"),
            ACTORS,
        ],
        ("actors", "lat") => [
            both("Latitude (degrés)", "Latitude (degrees)"),
            both("Latitude, WGS 84", "Latitude, WGS 84"),
            both("degrés", "degrees"),
            ACTORS,
        ],
        ("actors", "territory") => [
            both("Commune (code)", "Commune (code)"),
            both("Code de la commune où il est placé", "Code of the commune it is placed in"),
            NO_UNIT,
            COMPUTED,
        ],
        ("actors", "placed_by") => [
            both("Placé par", "Placed by"),
            both(
                "Comment il est placé\u{a0}: par son code, par un contour, au plus près d’un contour ou d’un point",
                "How it is placed: by its code, by an outline, nearest to an outline or to a point",
            ),
            NO_UNIT,
            COMPUTED,
        ],
        ("actors", "density") => [
            both("Niveau de densité", "Density level"),
            both(
                "Niveau de sa commune dans la grille communale de densité",
                "Level of its commune on the density grid",
            ),
            NO_UNIT,
            both("Insee, grille communale de densité", "INSEE, density grid of communes"),
        ],
        ("actors", "rurality") => [
            both("Ruralité", "Rurality"),
            both("Rural ou urbain, d’après sa commune", "Rural or urban, by its commune"),
            NO_UNIT,
            DENSITY,
        ],
        ("actors", "links") => {
            [both("Liens", "Ties"), both("Liens de l’acteur", "Ties of the actor"), COUNT, COMPUTED]
        }
        ("actors", "link_weight") => [
            both("Poids des liens", "Weight of ties"),
            both(
                "Somme des poids de ses liens (nombre de coopérations)",
                "Weights of its ties added up (number of cooperations)",
            ),
            COUNT,
            COMPUTED,
        ],
        ("actors", "themes") => [
            both("Thèmes", "Themes"),
            both("Thèmes, séparés par des points-virgules", "Themes, separated by semicolons"),
            NO_UNIT,
            ACTORS,
        ],
        ("actors", "source") => {
            [both("Source", "Source"), both("Source de l’acteur", "Source of the actor"), NO_UNIT, ACTORS]
        }
        ("links", "source") => [
            both("Acteur A (identifiant)", "Actor A (identifier)"),
            both("Identifiant d’un bout du lien", "Identifier of one end of the tie"),
            NO_UNIT,
            TIES,
        ],
        ("links", "target") => [
            both("Acteur B (identifiant)", "Actor B (identifier)"),
            both("Identifiant de l’autre bout", "Identifier of the other end"),
            NO_UNIT,
            TIES,
        ],
        ("links", "source_name") => [
            both("Acteur A", "Actor A"),
            both("Nom d’un bout du lien", "Name of one end of the tie"),
            NO_UNIT,
            TIES,
        ],
        ("links", "target_name") => {
            [both("Acteur B", "Actor B"), both("Nom de l’autre bout", "Name of the other end"), NO_UNIT, TIES]
        }
        ("links", "kind") => {
            [both("Type", "Kind"), both("Type de coopération", "Kind of cooperation"), NO_UNIT, TIES]
        }
        ("links", "weight") => [
            both("Poids", "Weight"),
            both("Nombre de coopérations que le lien réunit", "Number of cooperations the tie stands for"),
            COUNT,
            TIES,
        ],
        ("links", "from_year") => [
            both("Première année", "First year"),
            both("Première année connue", "First known year"),
            both("année", "year"),
            TIES,
        ],
        ("links", "to_year") => [
            both("Dernière année", "Last year"),
            both("Dernière année connue", "Last known year"),
            both("année", "year"),
            TIES,
        ],
        ("links", "class") => [
            both("Classe", "Class"),
            both("Ce que le lien joint\u{a0}: rural ou urbain", "What the tie joins: rural or urban"),
            NO_UNIT,
            DENSITY,
        ],
        ("links", "data") => {
            [both("Source", "Source"), both("Source du lien", "Source of the tie"), NO_UNIT, TIES]
        }
        _ => return None,
    };
    made(heading, meaning, unit, source)
}

/// The column of the ties of a class.
pub(super) fn link_column(class: LinkClass) -> String {
    format!("links_{}", class.to_string().replace('–', "_"))
}

/// The table as people read it: headings with units, and classes by their names.
pub(super) fn in_words<'a>(name: &str, table: Table<'a>, l: Language) -> Table<'a> {
    let word = |column: &str, value: &str| -> Option<&'static str> {
        match (name, column) {
            ("actors", "kind") => value.parse().ok().map(|k| l.actor_kinds(k)),
            ("links", "kind") => value.parse().ok().map(|k| l.cooperation_kinds(k)),
            (_, "rurality") => [Rurality::Rural, Rurality::Urban]
                .into_iter()
                .find(|r| r.to_string() == value)
                .map(|r| l.rurality(r)),
            ("links", "class") => {
                LinkClass::ALL.into_iter().find(|c| c.to_string() == value).map(|c| l.link_class(c))
            }
            ("actors", "placed_by") => match value {
                "code" => Some(l.pick("code", "code")),
                "outline" => Some(l.pick("contour", "outline")),
                "snapped" => Some(l.pick("contour le plus proche", "nearest outline")),
                "nearest point" => Some(l.pick("point le plus proche", "nearest point")),
                _ => None,
            },
            _ => None,
        }
    };
    table.map(|column, mut values| {
        if let Column::Text(cells) = &mut values {
            for cell in cells.iter_mut().flatten() {
                if let Some(word) = word(column, cell) {
                    *cell = Cow::Borrowed(word);
                }
            }
        }
        let heading = entry(name, column).map(|e| l.pick(e.heading[0].clone(), e.heading[1].clone()));
        (heading.unwrap_or_else(|| Cow::Owned(column.to_owned())), values)
    })
}

/// Every column of the tables: where it is, what it means, in which unit and from where.
///
/// # Errors
/// None: the columns have one row for each entry.
pub(super) fn dictionary(tables: &[(&'static str, Vec<String>)]) -> Result<Table<'static>> {
    let rows: Vec<(&str, &str, Option<Entry>)> = tables
        .iter()
        .flat_map(|(table, columns)| columns.iter().map(|c| (*table, c.as_str(), entry(table, c))))
        .collect();
    let of = |f: &dyn Fn(&Entry) -> &Both, k: usize| -> Vec<Option<String>> {
        rows.iter().map(|r| r.2.as_ref().map(|e| f(e)[k].to_string()).filter(|t| !t.is_empty())).collect()
    };
    Table::new()
        .with("table", rows.iter().map(|r| r.0.to_owned()).collect::<Vec<_>>())?
        .with("colonne", rows.iter().map(|r| r.1.to_owned()).collect::<Vec<_>>())?
        .with("intitulé", of(&|e| &e.heading, 0))?
        .with("signification", of(&|e| &e.meaning, 0))?
        .with("unité", of(&|e| &e.unit, 0))?
        .with("source", of(&|e| &e.source, 0))?
        .with("heading", of(&|e| &e.heading, 1))?
        .with("meaning", of(&|e| &e.meaning, 1))?
        .with("unit", of(&|e| &e.unit, 1))?
        .with("source (English)", of(&|e| &e.source, 1))
}
