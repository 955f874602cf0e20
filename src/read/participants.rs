//! Participants of research projects as funders publish them: one row says who takes part, as what, where
//! and in which project.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::codes::CodeBook;
use super::commune_names::by_postcode;
use super::coordinates::to_lon_lat;
use super::csv::{self, CoordinateColumns};
use super::kinds::{actor_kind, near_actor_kind};
use super::names::{ColumnNames, Role, fold, no_column};
use super::number::Number;
use super::records::{Records, Row};
use crate::atlas::AtlasLevel;
use crate::diagnostics::{Diagnostics, Place, Strictness, printable};
use crate::error::Result;
use crate::inventory::InventoryBuilder;
use crate::model::{
    Actor, ActorId, ActorKind, CommuneCode, CooperationKind, EnterpriseSize, Participation, Period,
    ProjectId, ProjectRole,
};
use crate::space::LonLat;

/// Columns as CORDIS and the ANR call them, folded; other files' usual names follow from [`Role`].
const PROJECT: [&str; 4] = ["projectid", "projetcodedecision", "projetcodedecisionanr", "codedecisionanr"];
const ID: [&str; 3] = ["organisationid", "pic", "idorganisme"];
const RNSR: [&str; 4] = ["projetpartenairecodernsr", "coderesultatrnsr", "codernsr", "rnsr"];
const NAME: [&str; 3] = ["name", "projetpartenairenomorganisme", "nomorganisme"];
const KIND: [&str; 4] =
    ["activitytype", "projetpartenairecategorieorganisme", "categorieorganisme", "category"];
const SME: [&str; 2] = ["sme", "pme"];
const CITY: [&str; 4] = ["city", "projetpartenaireadresseville", "ville", "nomdelaville"];
const COUNTRY: [&str; 3] = ["country", "projetpartenaireadressepays", "pays"];
const LEAD: [&str; 3] = ["role", "projetpartenaireestcoordinateur", "estcoordinateur"];
const AMOUNT: [&str; 4] =
    ["eccontribution", "neteccontribution", "projetpartenaireaidealloueeanr", "aideallouee"];
const THEMES: [&str; 2] = ["programmepart", "topics"];

/// Reads participations with the participants themselves: the organisations file of CORDIS, the partners
/// file of the ANR, or a table of the user's own with the same things in it.
///
/// A participant is the body of its identifier (`source:PIC`), else of its RNSR code (`rnsr:…`), else of its
/// name and commune: spellings are not merged. It is where its position or commune code says, else in the
/// one commune that has the name of its city (a `CEDEX` left out) and lies where the postcode says, if there
/// is one; a name that several communes have places nobody and is counted. An actor that the inventory has
/// already stays as it is.
///
/// ```
/// use rurban::diagnostics::Strictness;
/// use rurban::inventory::Inventory;
/// use rurban::read::ParticipantReader;
/// let text = "projectID,organisationID,name,SME,activityType,country,geolocation,role,ecContribution
/// 7,1,Moulins du Vallon,True,PRC,FR,\"47.8,4.8\",participant,1000.5
/// 7,2,Institut des grains,False,REC,FR,\"48.8,2.3\",coordinator,2000
/// ";
/// let mut inventory = Inventory::builder(Strictness::Lenient);
/// let found = ParticipantReader::new("cordis").read_str(text, "organization.csv", &mut inventory)?;
/// assert_eq!((found.kept(), inventory.actors().len()), (2, 2));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ParticipantReader {
    source: String,
    kind: CooperationKind,
    country: Option<String>,
    columns: ColumnNames,
    codes: CodeBook,
    communes: Option<Communes>,
    strictness: Strictness,
}

/// The communes there are, and those of each name.
#[derive(Debug, Clone, Default)]
struct Communes {
    codes: HashMap<String, CommuneCode>,
    named: HashMap<String, Vec<CommuneCode>>,
}

struct Fields {
    project: usize,
    id: Option<usize>,
    rnsr: Option<usize>,
    name: Option<usize>,
    kind: Option<usize>,
    sme: Option<usize>,
    commune: Option<usize>,
    city: Option<usize>,
    postcode: Option<usize>,
    country: Option<usize>,
    lead: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    amount: Option<usize>,
    themes: Option<usize>,
    position: Option<CoordinateColumns>,
}

impl ParticipantReader {
    /// A reader of research projects from the data set of this name.
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            kind: CooperationKind::ResearchProject,
            country: None,
            columns: ColumnNames::default(),
            codes: CodeBook::default(),
            communes: None,
            strictness: Strictness::Lenient,
        }
    }

    /// Sets the kind of ties that the projects make.
    pub const fn kind(mut self, kind: CooperationKind) -> Self {
        self.kind = kind;
        self
    }

    /// Takes in only participants of this country, as the file writes it; the others are counted.
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.country = Some(fold(&country.into()));
        self
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

    /// Says which communes there are, so that participants can be placed by the name of their city.
    pub fn communes(mut self, level: &AtlasLevel) -> Self {
        let mut communes = Communes::default();
        for t in level.territories() {
            let Ok(code) = CommuneCode::new(t.code.as_str()) else { continue };
            communes.codes.insert(t.code.to_string(), code);
            communes.named.entry(fold(&t.name)).or_default().push(code);
        }
        self.communes = Some(communes);
        self
    }

    /// Sets what to do at the first error-level finding.
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads a file into an inventory.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) and [`Error::Format`](crate::Error::Format) for a file that cannot be read, [`Error::Unknown`](crate::Error::Unknown) without a
    /// column of projects or without one of identifiers, RNSR codes or names, [`Error::Data`](crate::Error::Data) in strict mode.
    pub fn read_path(&self, path: impl AsRef<Path>, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        let path = path.as_ref();
        self.read(csv::Reader::default().strictness(self.strictness).open_path(path)?, inventory)
    }

    /// Reads text in memory; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`ParticipantReader::read_path`].
    pub fn read_str(&self, text: &str, name: &str, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        self.read_from(text.as_bytes(), name, inventory)
    }

    /// Reads bytes from anywhere; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`ParticipantReader::read_path`].
    pub fn read_from(
        &self,
        source: impl std::io::Read + Send,
        name: impl Into<PathBuf>,
        inventory: &mut InventoryBuilder,
    ) -> Result<Diagnostics> {
        let reader = csv::Reader::default().strictness(self.strictness);
        self.read(reader.open_from(source, name)?, inventory)
    }

    fn fields(&self, table: &mut Records<'_>) -> Result<Fields> {
        let mut of = |role: Role, first: &[&str]| -> Result<Option<usize>> {
            let names: Vec<&str> = first.iter().chain(role.names()).copied().collect();
            table.find(role, &names, &self.columns)
        };
        let (project, lead) = (of(Role::Project, &PROJECT)?, of(Role::Lead, &LEAD)?);
        let (name, kind) = (of(Role::Name, &NAME)?, of(Role::Kind, &KIND)?);
        let (commune, themes) = (of(Role::Commune, &[])?, of(Role::Themes, &THEMES)?);
        let (start, end) = (of(Role::Start, &[])?, of(Role::End, &[])?);
        let given = self.columns.get(Role::Id).map(str::to_owned);
        let id = match given {
            Some(_) => of(Role::Id, &[])?,
            None => table.column(&ID),
        };
        let Some(project) = project else { return Err(no_column(table.header(), &PROJECT, table.file())) };
        let rnsr = table.column(&RNSR);
        if id.is_none() && rnsr.is_none() && name.is_none() {
            let wanted: Vec<&str> = ID.iter().chain(&RNSR).chain(&NAME).copied().collect();
            return Err(no_column(table.header(), &wanted, table.file()));
        }
        let amount = table.column(&AMOUNT);
        if let Some(amount) = amount {
            table.judge_numbers(&[amount]);
        }
        Ok(Fields {
            project,
            id,
            rnsr,
            name,
            kind,
            sme: table.column(&SME),
            // The city of some files stands under a name that others give to the code.
            commune,
            city: table.column(&CITY),
            postcode: table.column(Role::Postcode.names()),
            country: table.column(&COUNTRY),
            lead,
            start,
            end,
            amount,
            themes,
            position: CoordinateColumns::find(table, &self.columns)?,
        })
    }

    fn read(&self, mut table: Records<'_>, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        let fields = self.fields(&mut table)?;
        let file = table.file().to_owned();
        let before = inventory.diagnostics().dropped();
        let mut elsewhere = 0;
        let mut found = table.for_each(|row, found| {
            let foreign = self.country.as_ref().zip(row.optional(fields.country));
            if foreign.is_some_and(|(wanted, country)| fold(country) != *wanted) {
                elsewhere += 1;
                return Ok(());
            }
            let Some(project) = row.optional(Some(fields.project)) else {
                return found.drop_record("no_project", row.place(), "no project: the row ties nobody");
            };
            let Some(actor) = self.participant(&fields, row, found)? else { return Ok(()) };
            let mut p = Participation::new(
                actor.id.clone(),
                ProjectId::new(format!("{}:{project}", self.source))?,
                self.kind,
            );
            let lead = row.optional(fields.lead).map(fold);
            if lead.is_some_and(|l| {
                matches!(l.as_str(), "coordinator" | "coordinateur" | "true" | "vrai" | "oui" | "1" | "lead")
            }) {
                p.role = ProjectRole::Lead;
            }
            p.period = years(row, &fields, project);
            p.themes = row.optional(fields.themes).map(split).unwrap_or_default();
            p.source.clone_from(&self.source);
            p.funding_eur = fields.amount.and_then(|c| match row.number(c) {
                Number::Value(euros) => Some(euros),
                Number::Blank | Number::Secret => None,
                Number::Invalid => {
                    let message = format!("{:?} is no amount; left out", printable(row.get(c), 60));
                    found.repaired("bad_amount", row.place_of(c), message);
                    None
                }
            });
            found.keep();
            if inventory.find(actor.id.as_str()).is_none() {
                inventory.add_actor(actor, row.place())?;
            }
            inventory.add_participation(p, row.place())
        })?;
        if elsewhere > 0 {
            let message = format!("{elsewhere} rows are of another country and not read");
            found.remark("other_country", Place::file(file), message);
        }
        found.drop_kept(inventory.diagnostics().dropped() - before);
        Ok(found)
    }

    /// Who takes part; `None` when the row names nobody and was dropped.
    fn participant(&self, fields: &Fields, row: &Row<'_>, found: &mut Diagnostics) -> Result<Option<Actor>> {
        let name = row.optional(fields.name);
        let position = fields.position.as_ref().and_then(|c| c.locate(row, &to_lon_lat, found));
        let position = position.and_then(|[lon, lat]| LonLat::new(lon, lat).ok());
        let commune = self.commune(fields, row, position.is_some(), found);
        let own = fields.id.map(|c| row.id(c)).filter(|id| !id.is_empty());
        let rnsr = row.optional(fields.rnsr).filter(|code| is_rnsr(code));
        let id = match (own, rnsr, name) {
            (Some(id), ..) => format!("{}:{id}", self.source),
            (None, Some(code), _) => format!("rnsr:{}", code.to_uppercase()),
            (None, None, Some(name)) => {
                let place = commune.map(|c| c.to_string()).unwrap_or_default();
                format!("{}:{}@{place}", self.source, fold(name))
            }
            (None, None, None) => {
                found.drop_record("no_participant", row.place(), "neither identifier nor name")?;
                return Ok(None);
            }
        };
        let (kind, mut size) = match row.optional(fields.kind) {
            Some(text) => participant_kind(text).unwrap_or_else(|| {
                let near = near_actor_kind(text);
                let message = format!("{:?} is no kind of participant{near}", printable(text, 60));
                found.remark("unknown_kind", row.place(), message);
                (ActorKind::Organisation, None)
            }),
            None => (ActorKind::Organisation, None),
        };
        let small = row.optional(fields.sme).map(fold);
        if kind == ActorKind::Enterprise && small.is_some_and(|s| matches!(s.as_str(), "true" | "1" | "oui"))
        {
            size = size.or(Some(EnterpriseSize::Sme));
        }
        let mut actor = Actor::new(ActorId::new(&id)?, name.unwrap_or(&id), kind);
        if position.is_none() && commune.is_none() {
            found.remark("no_place", row.place(), format!("{id} has neither a position nor a commune"));
        }
        actor.position = position;
        actor.commune = commune;
        actor.size = size;
        actor.source.clone_from(&self.source);
        Ok(Some(actor))
    }

    /// By its code, else by the name of the city where only one commune has it.
    fn commune(
        &self,
        fields: &Fields,
        row: &Row<'_>,
        placed: bool,
        found: &mut Diagnostics,
    ) -> Option<CommuneCode> {
        let known = |code: &str| self.communes.as_ref().is_none_or(|c| c.codes.contains_key(code));
        let written = row.optional(fields.commune);
        if let Some(code) = written.and_then(|w| self.codes.find(w, known).or_else(|| self.codes.commune(w)))
        {
            return CommuneCode::new(&code.code).ok();
        }
        let city = row.optional(fields.city)?;
        let communes = self.communes.as_ref()?;
        let upper = city.to_uppercase();
        let plain = upper.split("CEDEX").next().unwrap_or(&upper);
        let called = communes.named.get(&fold(plain)).map_or(&[][..], Vec::as_slice);
        let fitting = by_postcode(called, row.optional(fields.postcode), &self.codes);
        let city = printable(city, 60);
        let (kind, message) = match (&fitting[..], called.len()) {
            ([only], _) => return Some(*only),
            _ if placed => return None,
            (_, 0) => ("unknown_city", format!("no commune is called {city:?}; not placed")),
            ([], _) => {
                let message = format!("no commune called {city:?} lies where its postcode says; not placed");
                ("city_elsewhere", message)
            }
            (several, _) => {
                ("homonym_city", format!("{} communes are called {city:?}; not placed", several.len()))
            }
        };
        found.remark(kind, row.place(), message);
        None
    }
}

/// Nine digits and a letter.
fn is_rnsr(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 10 && bytes[..9].iter().all(u8::is_ascii_digit) && bytes[9].is_ascii_alphabetic()
}

fn split(text: &str) -> Vec<String> {
    text.split([';', '|']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

/// The dates of the row, else the year that an ANR code states (`ANR-22-…`).
fn years(row: &Row<'_>, fields: &Fields, project: &str) -> Option<Period> {
    let of = |column| row.optional(column).and_then(Period::find);
    let stated = of(fields.start).or_else(|| of(fields.end));
    if let Some(from) = stated {
        let to = of(fields.end).map_or(from.to, |p| p.to);
        return Some(Period::new(from.from, to).unwrap_or(from));
    }
    let year = project.strip_prefix("ANR-")?.split('-').next()?.parse::<i16>().ok()?;
    (0..100).contains(&year).then(|| Period { from: 2000 + year, to: 2000 + year })
}

/// The kind of a participant, and the size of a firm, from the words of CORDIS and of the ANR, else as
/// [`actor_kind`].
#[must_use]
pub fn participant_kind(text: &str) -> Option<(ActorKind, Option<EnterpriseSize>)> {
    use ActorKind::{Enterprise, Organisation, ResearchCentre};
    let folded = fold(text);
    let begins = |words: &[&str]| words.iter().any(|w| folded.starts_with(w));
    Some(match folded.as_str() {
        "prc" => (Enterprise, None),
        "rec" | "hes" => (ResearchCentre, None),
        "pub" | "oth" => (Organisation, None),
        "tpe" => (Enterprise, Some(EnterpriseSize::Micro)),
        "pme" => (Enterprise, Some(EnterpriseSize::Sme)),
        "eti" => (Enterprise, Some(EnterpriseSize::Large)),
        _ if begins(&["entrepriseautre", "grandeentreprise"]) => (Enterprise, Some(EnterpriseSize::Large)),
        _ if begins(&["entreprise"]) => (Enterprise, None),
        _ if begins(&[
            "laboratoire",
            "universite",
            "organismesdetypeep",
            "organismederecherche",
            "grandesecoles",
            "ensetgrands",
            "comue",
            "iep",
            "observatoire",
        ]) =>
        {
            (ResearchCentre, None)
        }
        _ if begins(&[
            "divers",
            "fondation",
            "association",
            "autre",
            "organismes",
            "epagip",
            "gie",
            "etablissementsdesante",
            "ministere",
            "collectivite",
            "etranger",
        ]) =>
        {
            (Organisation, None)
        }
        _ => (actor_kind(text)?, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_funders() {
        use ActorKind::{Enterprise, Organisation, ResearchCentre};
        for (text, kind, size) in [
            ("PRC", Enterprise, None),
            ("HES", ResearchCentre, None),
            ("OTH", Organisation, None),
            ("Laboratoire public", ResearchCentre, None),
            ("Entreprise autre que TPE ou PME", Enterprise, Some(EnterpriseSize::Large)),
            ("Entreprises Privées", Enterprise, None),
            ("TPE", Enterprise, Some(EnterpriseSize::Micro)),
            ("Universités, INSA et INP", ResearchCentre, None),
            ("Organismes de type EPST", ResearchCentre, None),
            ("Organismes Médicaux (Hôpitaux)", Organisation, None),
            ("Fondation de recherche", Organisation, None),
        ] {
            assert_eq!(participant_kind(text), Some((kind, size)), "{text}");
        }
        assert_eq!(participant_kind("zzz"), None);
        assert!(is_rnsr("200611689J") && !is_rnsr("20061168J"));
    }
}
