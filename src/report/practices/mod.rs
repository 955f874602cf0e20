//! What people read of surveys and of the census of practices: one page each, and tables.

mod census;
mod files;
#[cfg(feature = "france-data")]
mod request;
mod survey;
mod words;

pub use census::{adoption_table, census_page, practice_table};
pub use files::{AskedKinds, SurveyFile, write_census};
#[cfg(feature = "france-data")]
pub use request::PracticesRequest;
pub use survey::{answer_table, survey_page};
pub use words::word_table;

use super::Language;
use crate::space::Layer;
use crate::study::{RuralityDefinition, Study};
use crate::write::page::{Page, PageWords};

/// What stands round the content of a page.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PageFrame<'a> {
    /// Heading; one of the page's own when empty.
    pub title: String,
    /// A warning set apart at the top: that answers are made up, that a page is a draft.
    pub notice: String,
    /// Where data come from.
    pub sources: Vec<String>,
    /// Last line: program, version, date.
    pub footer: String,
    /// Land under the points of maps, longitude and latitude.
    pub land: Option<&'a Layer>,
}

impl<'a> PageFrame<'a> {
    /// Sets the heading.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets the warning.
    #[must_use]
    pub fn notice(mut self, notice: impl Into<String>) -> Self {
        self.notice = notice.into();
        self
    }

    /// Adds a source.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.sources.push(source.into());
        self
    }

    /// Sets the last line.
    #[must_use]
    pub fn footer(mut self, footer: impl Into<String>) -> Self {
        self.footer = footer.into();
        self
    }

    /// Sets the land under the points of maps.
    #[must_use]
    pub const fn land(mut self, land: &'a Layer) -> Self {
        self.land = Some(land);
        self
    }

    /// An empty page with this frame; `title` stands in for one that is not given.
    pub(in crate::report) fn page(&self, title: &str, lead: String, language: Language) -> Page {
        let words = language.pick(PageWords::french(), PageWords::english());
        let title = if self.title.is_empty() { title } else { &self.title };
        let mut page = Page::new(title, words).lead(lead).footer(self.footer.as_str());
        self.sources.iter().for_each(|s| page.source(s.as_str()));
        page
    }
}

/// What the study counts as rural, as a remark on method.
pub(super) fn what_is_rural(study: &Study, l: Language) -> String {
    let definition = &study.options().rurality;
    if *definition != RuralityDefinition::default() {
        let shown = l.quote(&definition.to_string());
        return l.pick(
            format!("Rural et urbain selon la définition {shown} de l’étude."),
            format!("Rural and urban by the study’s definition {shown}."),
        );
    }
    l.pick(
        "Rural\u{a0}: bourgs ruraux, rural à habitat dispersé et très dispersé de la grille communale de densité (Insee)\u{202f}; un \
         territoire est rural quand plus de la moitié de sa population vit dans de telles communes.",
        "Rural: bourgs ruraux, rural à habitat dispersé and très dispersé of INSEE’s density grid; a territory is rural when \
         more than half of its population lives in such municipalities.",
    )
    .to_owned()
}
