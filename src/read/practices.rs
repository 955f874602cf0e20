//! Practices and their adoptions from tables and GeoJSON into an inventory.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use serde::Serialize;

use super::codes::CodeBook;
use super::coordinates::to_lon_lat;
use super::csv::{self, CoordinateColumns};
use super::finder::{ActorFinder, Found};
use super::geojson::{self, FeatureTable};
use super::kinds::actor_kind;
use super::names::{ColumnNames, Role};
use super::number::Number;
use super::records::{Records, Row, warning};
use super::sniff::{Format, opened};
use super::vocabulary::{Match, Normalised, Term, Vocabulary};
use crate::diagnostics::{Diagnostics, Place, Strictness, printable};
use crate::error::{Error, Result};
use crate::inventory::InventoryBuilder;
use crate::model::{
    Actor, ActorId, ActorKind, Adoption, CommuneCode, Maturity, Means, Period, Practice, PracticeForm,
    PracticeId,
};
use crate::space::LonLat;

/// What is done with an origin or adopter that is no actor of the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownActors {
    /// It becomes an actor when the row names its commune or position, which is reported.
    #[default]
    AddPlaced,
    /// It is left out and reported.
    LeaveOut,
}

/// What became of the words of a census, field by field.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CensusWords {
    /// Themes, when there is a vocabulary of them.
    pub themes: Normalised,
    /// Forms.
    pub forms: Normalised,
    /// Stages of maturity.
    pub maturity: Normalised,
    /// Success factors, when there is a vocabulary of them.
    pub success_factors: Normalised,
    /// Pitfalls, when there is a vocabulary of them.
    pub pitfalls: Normalised,
}

/// Reads a census of practices from any table or from GeoJSON; columns that are not named are looked
/// for under their usual names, in French and English.
///
/// Cells with several values separate them by `;` or `|`; adopters are written `name or identifier
/// (year)`. Themes, success factors and pitfalls are brought to the terms of a vocabulary where one is
/// given; what is not taken stays as it is written and is reported.
///
/// ```
/// use rurban::diagnostics::Strictness;
/// use rurban::inventory::Inventory;
/// use rurban::model::PracticeForm;
/// use rurban::read::PracticeReader;
///
/// let mut inventory = Inventory::builder(Strictness::Lenient);
/// let text = "id;pratique;origine;commune;themes;forme;debut;adoptants\n\
///             1;Atelier partagé;Les Ateliers;32013;Bois | Formation;tiers lieu;2015;\n";
/// let (words, _) = PracticeReader::new("census").read_str(text, "census.csv", &mut inventory)?;
/// let (inventory, _) = inventory.finish();
/// let practice = &inventory.practices()[0];
/// assert_eq!((practice.form, practice.themes.len()), (Some(PracticeForm::ThirdPlace), 2));
/// assert_eq!(inventory.actors()[0].name, "Les Ateliers");
/// assert_eq!(words.forms.counts(), [1, 0, 0]);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct PracticeReader {
    source: String,
    columns: ColumnNames,
    codes: CodeBook,
    themes: Option<Vocabulary>,
    success_factors: Option<Vocabulary>,
    pitfalls: Option<Vocabulary>,
    unknown: UnknownActors,
    strictness: Strictness,
}

/// How forms are written; the first word of each is its key.
const FORMS: [(PracticeForm, &[&str]); 9] = [
    (PracticeForm::Cluster, &["pôle de compétitivité", "grappe d'entreprises", "grappe", "filière", "SPL"]),
    (PracticeForm::Ptce, &["pôle territorial de coopération économique"]),
    (
        PracticeForm::Incubator,
        &[
            "incubateur",
            "pépinière",
            "pépinière d'entreprises",
            "couveuse",
            "accélérateur",
            "hôtel d'entreprises",
        ],
    ),
    (
        PracticeForm::ThirdPlace,
        &[
            "third place",
            "tiers-lieu",
            "fablab",
            "coworking",
            "espace de coworking",
            "fabrique de territoire",
        ],
    ),
    (
        PracticeForm::SharedPlace,
        &[
            "shared place",
            "lieu partagé",
            "atelier partagé",
            "équipement mutualisé",
            "service mutualisé",
            "groupement d'employeurs",
            "mutualisation",
        ],
    ),
    (PracticeForm::LivingLab, &["living lab", "laboratoire vivant", "expérimentation"]),
    (
        PracticeForm::TerritorialContract,
        &[
            "territorial contract",
            "contrat de réciprocité",
            "contrat ville-campagne",
            "convention de coopération",
            "accord entre territoires",
        ],
    ),
    (PracticeForm::Network, &["réseau", "réseau d'acteurs", "association"]),
    (PracticeForm::Other, &["autre", "autre forme"]),
];

/// How stages are written.
const STAGES: [(Maturity, &[&str]); 5] = [
    (Maturity::Idea, &["idée", "étude", "projet", "à l'étude", "émergence"]),
    (Maturity::Experiment, &["expérimentation", "expérimental", "test", "pilote", "en test", "démarrage"]),
    (
        Maturity::Established,
        &["en place", "établie", "installée", "régime de croisière", "pérenne", "active"],
    ),
    (Maturity::Transferred, &["transférée", "essaimée", "essaimage", "diffusée", "dupliquée"]),
    (Maturity::Ended, &["terminée", "arrêtée", "abandonnée", "close", "achevée"]),
];

fn words<T: Copy>(all: &[(T, &[&str])], key: impl Fn(T) -> &'static str) -> Vocabulary {
    let term = |(of, aliases): &(T, &[&str])| Term {
        label: key(*of).to_owned(),
        aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
    };
    Vocabulary::new(all.iter().map(term).collect())
}

/// The columns of a census.
struct Fields {
    id: Option<usize>,
    name: usize,
    origin: Option<usize>,
    commune: Option<usize>,
    themes: Option<usize>,
    form: Option<usize>,
    maturity: Option<usize>,
    means: [Option<usize>; 3],
    start: Option<usize>,
    end: Option<usize>,
    success_factors: Option<usize>,
    pitfalls: Option<usize>,
    adopters: Option<usize>,
    description: Option<usize>,
}

/// Texts met in one field, with what they were taken for.
struct Field<'a> {
    vocabulary: Option<&'a Vocabulary>,
    texts: BTreeMap<String, (Match, usize)>,
}

impl<'a> Field<'a> {
    fn new(vocabulary: Option<&'a Vocabulary>) -> Self {
        Self { vocabulary, texts: BTreeMap::new() }
    }

    /// The term of a text, when it is taken for one.
    fn take(&mut self, text: &str) -> Option<usize> {
        let vocabulary = self.vocabulary?;
        let entry = self.texts.entry(text.to_owned()).or_insert_with(|| (vocabulary.find(text), 0));
        entry.1 += 1;
        entry.0.taken()
    }

    /// The labels of the texts of a cell; those not taken as they are.
    fn labels(&mut self, cell: &str) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        for part in parts(cell) {
            let term = self.take(part);
            let label = term.and_then(|t| self.vocabulary?.label(t)).unwrap_or(part);
            // Decided to be no term.
            let dropped = matches!(self.texts.get(part), Some((Match::Decided { term: None }, _)));
            if !dropped && !labels.iter().any(|l| l == label) {
                labels.push(label.to_owned());
            }
        }
        labels
    }

    /// What was near, proposed and unknown, as findings; and all of it.
    fn finish(self, what: &str, file: &str, found: &mut Diagnostics) -> Result<Normalised> {
        let label = |term| self.vocabulary.and_then(|v| v.label(term)).unwrap_or_default();
        for (text, (how, n)) in &self.texts {
            let place = Place::file(file).field(what);
            let text = printable(text, 80);
            match how {
                Match::Near { term, score } => {
                    let message = format!("{text:?} ({n}) is taken for {:?}, {score:.2} alike", label(*term));
                    found.remark("word_taken", place, message);
                }
                Match::Proposed { term, score } => {
                    let message = format!(
                        "{text:?} ({n}) is kept as it is; {:?} is {score:.2} alike: decide it in the table of decisions",
                        label(*term)
                    );
                    found.report(warning("word_proposed", place, message))?;
                }
                Match::Unknown => {
                    let message = format!("{text:?} ({n}) is like no term of the vocabulary; kept as it is");
                    found.report(warning("word_unknown", place, message))?;
                }
                _ => {}
            }
        }
        Ok(Normalised { texts: self.texts })
    }
}

impl PracticeReader {
    /// A reader for the census of this name, without vocabularies.
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            columns: ColumnNames::default(),
            codes: CodeBook::default(),
            themes: None,
            success_factors: None,
            pitfalls: None,
            unknown: UnknownActors::default(),
            strictness: Strictness::Lenient,
        }
    }

    /// Names columns by what they tell.
    pub fn columns(mut self, names: ColumnNames) -> Self {
        self.columns = names;
        self
    }

    /// Puts commune codes right by this book.
    pub fn codes(mut self, book: CodeBook) -> Self {
        self.codes = book;
        self
    }

    /// Brings themes to the terms of a vocabulary.
    pub fn themes(mut self, vocabulary: Vocabulary) -> Self {
        self.themes = Some(vocabulary);
        self
    }

    /// Brings success factors to the terms of a vocabulary.
    pub fn success_factors(mut self, vocabulary: Vocabulary) -> Self {
        self.success_factors = Some(vocabulary);
        self
    }

    /// Brings pitfalls to the terms of a vocabulary.
    pub fn pitfalls(mut self, vocabulary: Vocabulary) -> Self {
        self.pitfalls = Some(vocabulary);
        self
    }

    /// Sets what is done with origins and adopters that are no actors of the inventory.
    pub const fn unknown_actors(mut self, unknown: UnknownActors) -> Self {
        self.unknown = unknown;
        self
    }

    /// Sets what to do at the first error-level finding.
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads a census into an inventory.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Format`] for a file that cannot be read, [`Error::Unknown`] when there
    /// is no column of names, [`Error::Data`] in strict mode.
    pub fn read_path(
        &self,
        path: impl AsRef<Path>,
        inventory: &mut InventoryBuilder,
    ) -> Result<(CensusWords, Diagnostics)> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        self.read_from(file, path, inventory)
    }

    /// Reads text in memory; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`PracticeReader::read_path`].
    pub fn read_str(
        &self,
        text: &str,
        name: &str,
        inventory: &mut InventoryBuilder,
    ) -> Result<(CensusWords, Diagnostics)> {
        self.read_from(text.as_bytes(), name, inventory)
    }

    /// Reads bytes from anywhere; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`PracticeReader::read_path`].
    pub fn read_from(
        &self,
        source: impl Read + Send,
        name: impl AsRef<Path>,
        inventory: &mut InventoryBuilder,
    ) -> Result<(CensusWords, Diagnostics)> {
        let path = name.as_ref();
        let opened = opened(Box::new(source));
        let (format, source) = opened.map_err(|source| Error::Io { path: path.to_owned(), source })?;
        if format == Format::GeoJson {
            let reader = geojson::Reader::default().strictness(self.strictness);
            let (table, mut found) = reader.read_from(source, path)?;
            let records = Records::of_features(&table, path, self.strictness);
            let (words, later) = self.read(records, Some(&table), inventory).map_err(|e| e.after(&found))?;
            found.refine(later);
            return Ok((words, found));
        }
        let records = csv::Reader::default().strictness(self.strictness).open_from(source, path)?;
        self.read(records, None, inventory)
    }

    fn read(
        &self,
        mut table: Records<'_>,
        features: Option<&FeatureTable>,
        inventory: &mut InventoryBuilder,
    ) -> Result<(CensusWords, Diagnostics)> {
        let given = &self.columns;
        let mut find = |role: Role| table.find(role, role.names(), given);
        let (id, adopters) = (find(Role::Id)?, find(Role::Adopters)?);
        let (maturity, description) = (find(Role::Maturity)?, find(Role::Description)?);
        let means = [find(Role::Posts)?, find(Role::Meetings)?, find(Role::Funds)?];
        let (success_factors, pitfalls) = (find(Role::SuccessFactors)?, find(Role::Pitfalls)?);
        let (themes, start, end) = (find(Role::Themes)?, find(Role::Start)?, find(Role::End)?);
        let commune = find(Role::Commune)?;
        let of_origin =
            ["origine", "origin", "acteurdorigine", "acteurorigine", "porteur", "structure", "acteur"];
        let origin = table.find(Role::Origin, &of_origin, given)?;
        let form = table.find(Role::Kind, &["forme", "form", "type", "kind", "nature"], given)?;
        let names = ["nom", "name", "pratique", "practice", "intitule", "titre", "title", "libelle"];
        let name = table.need(Role::Name, &names, given)?;
        let fields = Fields {
            id,
            name,
            origin,
            commune,
            themes,
            form,
            maturity,
            means,
            start,
            end,
            success_factors,
            pitfalls,
            adopters,
            description,
        };
        let at = if features.is_some() { None } else { CoordinateColumns::find(&mut table, given)? };
        table.judge_numbers(&means.iter().flatten().copied().collect::<Vec<_>>());
        let file = table.file().to_owned();
        let (forms, stages) = (words(&FORMS, PracticeForm::key), words(&STAGES, Maturity::key));
        let (mut form_words, mut stage_words) = (Field::new(Some(&forms)), Field::new(Some(&stages)));
        let mut themes = Field::new(self.themes.as_ref());
        let mut successes = Field::new(self.success_factors.as_ref());
        let mut pitfalls = Field::new(self.pitfalls.as_ref());
        let mut finder = ActorFinder::new(inventory.actors());
        let before = inventory.diagnostics().dropped();
        let mut found = table.for_each(|row, found| {
            let name = row.get(fields.name);
            if name.is_empty() {
                return found.drop_record("unnamed_practice", row.place(), "the practice has no name");
            }
            let position = match features {
                Some(table) => table.points(row.record()).first().map(|c| [c.x, c.y]),
                None => at.as_ref().and_then(|c| c.locate(row, &to_lon_lat, found)),
            };
            let id = fields.id.map(|c| row.id(c)).filter(|id| !id.is_empty()).map(str::to_owned);
            let id = PracticeId::new(id.unwrap_or_else(|| format!("{}:{}", self.source, row.record() + 1)))?;
            let mut practice = Practice::new(id, name);
            if let Some(origin) = row.optional(fields.origin) {
                let commune = row.optional(fields.commune);
                let seat = Seat { commune, position };
                practice.origin = self.actor(origin, seat, row.place(), &mut finder, inventory, found)?;
            }
            let list = |column, field: &mut Field<'_>| {
                row.optional(column).map(|cell| field.labels(cell)).unwrap_or_default()
            };
            practice.themes = list(fields.themes, &mut themes);
            practice.success_factors = list(fields.success_factors, &mut successes);
            practice.pitfalls = list(fields.pitfalls, &mut pitfalls);
            practice.form = row.optional(fields.form).and_then(|t| form_words.take(t)).map(|t| FORMS[t].0);
            practice.maturity =
                row.optional(fields.maturity).and_then(|t| stage_words.take(t)).map(|t| STAGES[t].0);
            let [posts_fte, meetings_per_year, funds_eur] =
                fields.means.map(|column| amount(row, column?, found));
            practice.means = Means { posts_fte, meetings_per_year, funds_eur };
            practice.period = period(row, &fields, found);
            practice.description = row.optional(fields.description).unwrap_or_default().to_owned();
            for part in parts(row.optional(fields.adopters).unwrap_or_default()) {
                let (who, year) = dated(part);
                let actor = self.actor(who, Seat::default(), row.place(), &mut finder, inventory, found)?;
                practice.adoptions.extend(actor.map(|actor| Adoption { actor, year, from: None }));
            }
            found.keep();
            inventory.add_practice(practice, row.place())
        })?;
        // Whether the inventory kept them is settled by its own account.
        found.drop_kept(inventory.diagnostics().dropped() - before);
        let words = CensusWords {
            themes: themes.finish("themes", &file, &mut found)?,
            forms: form_words.finish("form", &file, &mut found)?,
            maturity: stage_words.finish("maturity", &file, &mut found)?,
            success_factors: successes.finish("success_factors", &file, &mut found)?,
            pitfalls: pitfalls.finish("pitfalls", &file, &mut found)?,
        };
        Ok((words, found))
    }

    /// Reads adoptions, one in a row: practice (identifier or name), adopter (identifier, SIREN or
    /// name), and if there are such columns its commune, the date, and from whom.
    ///
    /// # Errors
    /// As [`PracticeReader::read_path`], when there are no columns of practices and adopters.
    pub fn read_adoptions(
        &self,
        mut table: Records<'_>,
        inventory: &mut InventoryBuilder,
    ) -> Result<Diagnostics> {
        let given = &self.columns;
        let practice = table.need(Role::Practice, Role::Practice.names(), given)?;
        let adopters =
            ["adoptant", "adopter", "acteur", "actor", "idacteur", "structure", "organisme", "territoire"];
        let adopter = table.need(Role::Actor, &adopters, given)?;
        let commune = table.find(Role::Commune, Role::Commune.names(), given)?;
        let date = table.find(Role::Start, Role::Start.names(), given)?;
        let sources = ["depuis", "from", "source", "apprisde", "reprisde", "origine"];
        let source = table.find(Role::Source, &sources, given)?;
        let mut by_name: BTreeMap<String, PracticeId> = BTreeMap::new();
        for p in inventory.practices() {
            by_name.entry(super::vocabulary::folded(&p.name)).or_insert_with(|| p.id.clone());
            by_name.insert(format!("id:{}", p.id), p.id.clone());
        }
        let mut finder = ActorFinder::new(inventory.actors());
        table.for_each(|row, found| {
            let written = row.get(practice);
            let by_id = by_name.get(&format!("id:{}", row.id(practice)));
            let Some(id) = by_id.or_else(|| by_name.get(&super::vocabulary::folded(written))) else {
                let message = format!("{:?} is no practice of the census", printable(written, 80));
                return found.drop_record("unknown_practice", row.place_of(practice), message);
            };
            let seat = Seat { commune: row.optional(commune), position: None };
            let who = row.get(adopter);
            let Some(actor) = self.actor(who, seat, row.place(), &mut finder, inventory, found)? else {
                let message = format!("{:?} is no actor of the inventory", printable(who, 80));
                return found.drop_record("unknown_adopter", row.place_of(adopter), message);
            };
            let from = row.optional(source).map(|text| (text, finder.find(text, None)));
            if let Some((text, Found::Nobody | Found::Several(_))) = from {
                let message = format!("{:?} is no one actor; the source is left out", printable(text, 80));
                found.repaired("unknown_source", row.place_of(source.unwrap_or_default()), message);
            }
            let from = from.and_then(|(_, f)| inventory.actor(f.one()?)).map(|a| a.id.clone());
            let year = row.optional(date).and_then(|text| {
                let year = Period::find(text).map(|p| p.from);
                if year.is_none() {
                    let message = format!("{:?} is no date; left out", printable(text, 40));
                    found.repaired("bad_date", row.place_of(date.unwrap_or_default()), message);
                }
                year
            });
            if inventory.add_adoption(id, Adoption { actor, year, from }, row.place())? {
                found.keep();
                Ok(())
            } else {
                let message = "the adoption is left out; the account of the inventory says why";
                found.drop_record("refused_adoption", row.place(), message)
            }
        })
    }

    /// The actor that a text means; a new one where the row says where it is.
    fn actor(
        &self,
        text: &str,
        seat: Seat<'_>,
        place: Place,
        finder: &mut ActorFinder,
        inventory: &mut InventoryBuilder,
        found: &mut Diagnostics,
    ) -> Result<Option<ActorId>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let code = seat.commune.and_then(|c| self.codes.commune(c)).map(|c| c.code);
        match finder.find(text, code.as_deref()) {
            Found::One(actor) => return Ok(inventory.actor(actor).map(|a| a.id.clone())),
            Found::Several(n) => {
                let message =
                    format!("{n} actors are called {:?}; give an identifier or commune", printable(text, 80));
                found.report(warning("ambiguous_actor", place, message))?;
                return Ok(None);
            }
            Found::Nobody => {}
        }
        let commune = code.and_then(|c| CommuneCode::new(&c).ok());
        let position = seat.position.and_then(|[lon, lat]| LonLat::new(lon, lat).ok());
        if self.unknown == UnknownActors::LeaveOut || commune.is_none() && position.is_none() {
            let message = format!(
                "{:?} is no actor of the inventory, and the row gives no commune of it; left out",
                printable(text, 80)
            );
            found.report(warning("unknown_actor", place, message))?;
            return Ok(None);
        }
        let kind = actor_kind(text).unwrap_or(ActorKind::Organisation);
        let mut actor =
            Actor::new(ActorId::new(format!("{}:{}", self.source, text.trim()))?, text.trim(), kind);
        (actor.commune, actor.position) = (commune, position);
        actor.source.clone_from(&self.source);
        let message = format!("{:?} was no actor of the inventory; added as {kind}", printable(text, 80));
        found.remark("added_actor", place.clone(), message);
        finder.add(&actor);
        let id = actor.id.clone();
        inventory.add_actor(actor, place)?;
        Ok(Some(id))
    }
}

/// Where a row says an actor is.
#[derive(Debug, Clone, Copy, Default)]
struct Seat<'a> {
    commune: Option<&'a str>,
    position: Option<[f64; 2]>,
}

/// The values of a cell with several.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '|', '\n']).map(str::trim).filter(|p| !p.is_empty())
}

/// `name (2019)` as name and year.
fn dated(text: &str) -> (&str, Option<crate::model::Year>) {
    let split = text.trim_end().strip_suffix(')').and_then(|t| t.rsplit_once('('));
    match split.and_then(|(name, date)| Some((name.trim(), Period::find(date)?.from))) {
        Some((name, year)) => (name, Some(year)),
        None => (text, None),
    }
}

fn amount(row: &Row<'_>, column: usize, found: &mut Diagnostics) -> Option<f64> {
    match row.number(column) {
        Number::Value(v) if v >= 0.0 && v.is_finite() => Some(v),
        Number::Blank | Number::Secret => None,
        _ => {
            let message = format!("{:?} is no amount; left out", printable(row.get(column), 60));
            found.repaired("bad_amount", row.place_of(column), message);
            None
        }
    }
}

fn period(row: &Row<'_>, fields: &Fields, found: &mut Diagnostics) -> Option<Period> {
    let text = row.optional(fields.start)?;
    let Some(period) = Period::find(text) else {
        let message = format!("{:?} is no date; left out", printable(text, 40));
        found.repaired("bad_date", row.place_of(fields.start.unwrap_or_default()), message);
        return None;
    };
    let end = row.optional(fields.end).and_then(Period::find).map(|p| p.to);
    match end.map(|to| Period::new(period.from, to)) {
        Some(Err(_)) => {
            let message = "the practice ends before it begins; its end is left out";
            found.repaired("bad_period", row.place(), message);
            Some(period)
        }
        Some(Ok(whole)) => Some(whole),
        None => Some(period),
    }
}
