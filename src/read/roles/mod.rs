//! What columns tell, and what they may be called.

mod names;

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::read::names::{Content, fold};

/// What a column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Identifier of an actor or node.
    Id,
    /// Name of an actor or territory.
    Name,
    /// Code of the commune an actor is in.
    Commune,
    /// Name of the commune an actor is in.
    CommuneName,
    /// Postcode of an actor.
    Postcode,
    /// Département an actor is in: tells communes of the same name apart.
    Departement,
    /// Kind of an actor or a tie.
    Kind,
    /// Themes, several separated by `;` or `|`.
    Themes,
    /// Size of what an actor offers.
    Capacity,
    /// Longitude or easting.
    X,
    /// Latitude or northing.
    Y,
    /// A position in one cell: `43.6, 1.45`, `POINT (1.45 43.6)`, GeoJSON.
    Position,
    /// EPSG code of the coordinates of a row.
    Epsg,
    /// One end of a tie.
    Source,
    /// The other end of a tie.
    Target,
    /// Who takes part.
    Actor,
    /// In which project.
    Project,
    /// Whether the actor leads.
    Lead,
    /// How strong a tie is.
    Weight,
    /// From when, or when.
    Start,
    /// Until when.
    End,
    /// Code of a territory.
    Territory,
    /// Code of an activity.
    Activity,
    /// Name of an activity.
    ActivityName,
    /// A count or an amount.
    Figure,
    /// Where a way begins.
    Origin,
    /// Where a way ends.
    Destination,
    /// What a way costs.
    Cost,
    /// Inhabitants of a territory.
    Population,
    /// Density level of a territory.
    Density,
    /// A practice, by identifier or name.
    Practice,
    /// How far a practice has come.
    Maturity,
    /// Posts that a practice takes.
    Posts,
    /// Meetings a year.
    Meetings,
    /// Money a year.
    Funds,
    /// What made a practice work.
    SuccessFactors,
    /// What stood in its way.
    Pitfalls,
    /// Who took a practice up, perhaps with the year: `A (2019) ; B`.
    Adopters,
    /// A few words on it.
    Description,
    /// Programme that gives money.
    Programme,
    /// Measure, sub-measure or intervention of a programme.
    Measure,
    /// Whether money is planned, committed or paid.
    Status,
    /// When a figure was true.
    AsOf,
    /// Where money comes from.
    Money,
    /// Unit of an amount.
    Unit,
    /// Who gives money.
    Funder,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 46] = [
        Self::Id,
        Self::Name,
        Self::Commune,
        Self::CommuneName,
        Self::Postcode,
        Self::Departement,
        Self::Kind,
        Self::Themes,
        Self::Capacity,
        Self::X,
        Self::Y,
        Self::Position,
        Self::Epsg,
        Self::Source,
        Self::Target,
        Self::Actor,
        Self::Project,
        Self::Lead,
        Self::Weight,
        Self::Start,
        Self::End,
        Self::Territory,
        Self::Activity,
        Self::ActivityName,
        Self::Figure,
        Self::Origin,
        Self::Destination,
        Self::Cost,
        Self::Population,
        Self::Density,
        Self::Practice,
        Self::Maturity,
        Self::Posts,
        Self::Meetings,
        Self::Funds,
        Self::SuccessFactors,
        Self::Pitfalls,
        Self::Adopters,
        Self::Description,
        Self::Programme,
        Self::Measure,
        Self::Status,
        Self::AsOf,
        Self::Money,
        Self::Unit,
        Self::Funder,
    ];

    /// Short stable key, as in `role=column`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Commune => "commune",
            Self::CommuneName => "commune_name",
            Self::Postcode => "postcode",
            Self::Departement => "departement",
            Self::Kind => "kind",
            Self::Themes => "themes",
            Self::Capacity => "capacity",
            Self::X => "x",
            Self::Y => "y",
            Self::Position => "position",
            Self::Epsg => "epsg",
            Self::Source => "source",
            Self::Target => "target",
            Self::Actor => "actor",
            Self::Project => "project",
            Self::Lead => "lead",
            Self::Weight => "weight",
            Self::Start => "start",
            Self::End => "end",
            Self::Territory => "territory",
            Self::Activity => "activity",
            Self::ActivityName => "activity_name",
            Self::Figure => "figure",
            Self::Origin => "origin",
            Self::Destination => "destination",
            Self::Cost => "cost",
            Self::Population => "population",
            Self::Density => "density",
            Self::Practice => "practice",
            Self::Maturity => "maturity",
            Self::Posts => "posts",
            Self::Meetings => "meetings",
            Self::Funds => "funds",
            Self::SuccessFactors => "success_factors",
            Self::Pitfalls => "pitfalls",
            Self::Adopters => "adopters",
            Self::Description => "description",
            Self::Programme => "programme",
            Self::Measure => "measure",
            Self::Status => "status",
            Self::AsOf => "as_of",
            Self::Money => "money",
            Self::Unit => "unit",
            Self::Funder => "funder",
        }
    }

    /// Usual names of such a column without case, accents and punctuation, best first.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        names::names(self)
    }

    /// What the cells of such a column hold.
    pub(in crate::read) const fn content(self) -> Content {
        match self {
            Self::Commune => Content::CommuneCode,
            Self::Capacity
            | Self::Weight
            | Self::Figure
            | Self::Cost
            | Self::Population
            | Self::Epsg
            | Self::Posts
            | Self::Meetings
            | Self::Funds => Content::Number,
            Self::Id => Content::Distinct,
            Self::Territory => Content::Code,
            _ => Content::Any,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}

impl FromStr for Role {
    type Err = Error;

    /// The role of this key; `code` is the territory's and `value` the figure's.
    fn from_str(text: &str) -> Result<Self> {
        let key = fold(text);
        let found = match key.as_str() {
            "code" => Some(Self::Territory),
            "value" | "count" => Some(Self::Figure),
            "lon" | "longitude" => Some(Self::X),
            "lat" | "latitude" => Some(Self::Y),
            _ => Self::ALL.into_iter().find(|r| fold(r.key()) == key),
        };
        found.ok_or_else(|| Error::Unknown {
            kind: "role of a column",
            value: text.to_owned(),
            hint: Some(format!("roles are {}", Self::ALL.map(Self::key).join(", "))),
        })
    }
}
