//! The files of a user: actors, ties, participations.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::kinds::actor_kind;
use super::names::{ColumnNames, Role, nearest};
use super::{ActorReader, CodeBook, TieColumns, read_cooperations, read_participations};
use crate::atlas::Atlas;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};
use crate::inventory::InventoryBuilder;
use crate::model::{ActorKind, CooperationKind};

/// A file of actors, and the kind of those whose kind it does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorFile {
    /// The file.
    pub path: PathBuf,
    /// The kind.
    pub kind: ActorKind,
}

impl FromStr for ActorFile {
    type Err = Error;

    /// `FILE` or `FILE=KIND`, the kind being a key or French or English words.
    fn from_str(text: &str) -> Result<Self> {
        let whole = |path: &str| Self { path: path.into(), kind: ActorKind::Organisation };
        let Some((path, key)) = text.rsplit_once('=').filter(|_| !Path::new(text).exists()) else {
            return Ok(whole(text));
        };
        // `an=2024/a.csv` is a path.
        if key.contains(['/', '\\', '.']) {
            return Ok(whole(text));
        }
        let kind = actor_kind(key).ok_or_else(|| {
            let keys = ActorKind::ALL.map(ActorKind::key);
            let near = nearest(key, keys).map(|k| format!("; did you mean {k}?")).unwrap_or_default();
            Error::Unknown {
                kind: "kind of actor",
                value: key.to_owned(),
                hint: Some(format!("kinds are {}{near}", keys.join(", "))),
            }
        })?;
        Ok(Self { path: path.into(), kind })
    }
}

/// The files of a user, to be read into an inventory. Columns are found by their usual names, in French and
/// English ([`Role::names`]), and by what they hold:
///
/// | file | columns that count |
/// |---|---|
/// | actors | `id`, `name`; `lon` and `lat`, or `commune` (its code or name, with `postcode` or `departement`); `kind`, `themes`, `capacity` |
/// | cooperations | `source`, `target` (identifiers or names of actors), `weight`, `kind`, `start`, `end` |
/// | participations | `project`, `actor`, `lead`, `kind`, `start`, `end` |
///
/// Ties whose file states no kind are [`CooperationKind::Other`], participations
/// [`CooperationKind::TerritorialProject`].
///
/// ```
/// use rurban::diagnostics::Strictness;
/// use rurban::inventory::Inventory;
/// use rurban::model::ActorKind;
/// use rurban::read::{ActorFile, CodeBook, OwnFiles};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let [actors, projects] = ["actors.csv", "projects.csv"].map(|name| folder.path().join(name));
/// std::fs::write(&actors, "id,name,lon,lat\na,Atelier,0.6,43.6\nb,Laboratoire,1.4,43.6\n")?;
/// std::fs::write(&projects, "project,actor\nP1,a\nP1,b\n")?;
/// let own = OwnFiles {
///     actors: vec![ActorFile { path: actors, kind: ActorKind::Organisation }],
///     participations: vec![projects],
///     ..OwnFiles::default()
/// };
/// let mut inventory = Inventory::builder(Strictness::Lenient);
/// // Codes are those of the data as they are; `EmbeddedFrance::code_book` knows former ones.
/// let ties = own.read(&mut inventory, None, &CodeBook::default(), &mut |_, _, found| {
///     assert_eq!(found.dropped(), 0);
/// })?;
/// assert_eq!((ties.seen, ties.kept), (2, 2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct OwnFiles {
    /// Files of actors.
    pub actors: Vec<ActorFile>,
    /// Files of ties between two actors.
    pub cooperations: Vec<PathBuf>,
    /// Files of participations in projects.
    pub participations: Vec<PathBuf>,
    /// Columns given by name.
    pub columns: ColumnNames,
}

/// What is called for each file that was read: what it holds, the file, its account.
pub type OnFile<'a> = &'a mut dyn FnMut(&str, &Path, &Diagnostics);

/// How many ties the files named, and how many of them are in the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TieCount {
    /// Rows of the files of cooperations and participations.
    pub seen: usize,
    /// Those that are in the inventory.
    pub kept: usize,
}

impl OwnFiles {
    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actors.is_empty() && self.cooperations.is_empty() && self.participations.is_empty()
    }

    /// Fails for a file that is not there, before any work.
    ///
    /// # Errors
    /// [`Error::Io`] for the first one that cannot be opened.
    pub fn check(&self) -> Result<()> {
        let all = self.actors.iter().map(|a| &a.path).chain(&self.cooperations).chain(&self.participations);
        for path in all {
            std::fs::metadata(path).map_err(|source| Error::Io { path: path.clone(), source })?;
        }
        Ok(())
    }

    /// Reads all files into an inventory, actors first; commune codes are put right by the book, codes and
    /// names looked for among the `communes` of an atlas. Each file's account goes to `on_file`.
    ///
    /// # Errors
    /// As [`ActorReader::read_path`] and [`read_cooperations`].
    pub fn read(
        &self,
        inventory: &mut InventoryBuilder,
        communes: Option<&Atlas>,
        book: &CodeBook,
        on_file: OnFile<'_>,
    ) -> Result<TieCount> {
        let strictness = inventory.diagnostics().strictness();
        let roles = [
            Role::Id,
            Role::Name,
            Role::Commune,
            Role::CommuneName,
            Role::Postcode,
            Role::Departement,
            Role::Kind,
            Role::Themes,
            Role::Capacity,
            Role::X,
            Role::Y,
            Role::Position,
            Role::Epsg,
        ];
        for file in &self.actors {
            let source = source_of(&file.path, inventory);
            let mut reader = ActorReader::new(file.kind, source)
                .columns(self.columns.only(&roles))
                .codes(book.clone())
                .strictness(strictness);
            if let Some(atlas) = communes {
                reader = reader.places(atlas);
            }
            let found = reader.read_path(&file.path, inventory)?;
            on_file("actors", &file.path, &found);
        }
        let mut count = TieCount::default();
        let mut add = |found: &Diagnostics| {
            count.seen += found.seen();
            count.kept += found.kept();
        };
        let roles = [Role::Source, Role::Target, Role::Weight, Role::Start, Role::End];
        let columns = TieColumns::default().given(self.columns.only(&roles));
        for path in &self.cooperations {
            let source = source_of(path, inventory);
            let found = read_cooperations(path, &columns, CooperationKind::Other, &source, inventory)?;
            add(&found);
            on_file("cooperations", path, &found);
        }
        let roles = [Role::Actor, Role::Project, Role::Lead, Role::Start, Role::End];
        let columns = TieColumns::default().given(self.columns.only(&roles));
        for path in &self.participations {
            let kind = CooperationKind::TerritorialProject;
            let source = source_of(path, inventory);
            let found = read_participations(path, &columns, kind, &source, inventory)?;
            add(&found);
            on_file("participations", path, &found);
        }
        Ok(count)
    }
}

/// The name of a file without its ending, or with it where a data set of that name is there already: a
/// file of the user is never credited to another producer.
fn source_of(path: &Path, inventory: &InventoryBuilder) -> String {
    let text = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    inventory.free_source(&[text(path.file_stem()), text(path.file_name())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_with_or_without_a_kind() {
        let file = |text: &str| text.parse::<ActorFile>().map(|f| (f.path.display().to_string(), f.kind));
        assert_eq!(file("a.csv").unwrap(), ("a.csv".to_owned(), ActorKind::Organisation));
        assert_eq!(file("a.csv=cluster").unwrap(), ("a.csv".to_owned(), ActorKind::Cluster));
        assert_eq!(file("a.csv=laboratoire").unwrap(), ("a.csv".to_owned(), ActorKind::ResearchCentre));
        assert_eq!(file("/an=2024/a.csv").unwrap(), ("/an=2024/a.csv".to_owned(), ActorKind::Organisation));
        let error = file("a.csv=entreprize2").unwrap_err().to_string();
        assert!(error.contains("research_centre") && error.contains("enterprise"), "{error}");
    }
}
