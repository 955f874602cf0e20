//! A study as files of other programs: graphs, layers, workbooks.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use geo_types::Coord;

use super::StudyFiles;
use super::tables::actor_table;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};
use crate::model::Level;
use crate::network::Direction;
use crate::progress::Progress;
use crate::space::crs::{Crs, Epsg, projector};
use crate::study::Study;
use crate::write::{GraphDocument, Table, gexf, graphml, node_link};

/// A format that other programs open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExportFormat {
    /// `cooperations.gexf`: actors and their ties for Gephi, with positions, weights, kinds and dates.
    Gexf,
    /// `cooperations.graphml`: the same for igraph, `NetworkX`, Cytoscape.
    GraphMl,
    /// `cooperations.json`: the same as node-link JSON, for `NetworkX` and D3.
    NodeLink,
    /// `territories.parquet` and `actors.parquet`: layers for GIS and databases (feature `parquet`).
    GeoParquet,
    /// `tables.xlsx`: territories, actors and links as sheets (feature `xlsx`).
    Xlsx,
}

impl ExportFormat {
    /// All formats, also those this build does not have.
    pub const ALL: [Self; 5] = [Self::Gexf, Self::GraphMl, Self::NodeLink, Self::GeoParquet, Self::Xlsx];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Gexf => "gexf",
            Self::GraphMl => "graphml",
            Self::NodeLink => "json",
            Self::GeoParquet => "geoparquet",
            Self::Xlsx => "xlsx",
        }
    }

    /// The feature that writes it, where this build lacks it.
    const fn lacking(self) -> Option<&'static str> {
        match self {
            Self::GeoParquet if !cfg!(feature = "parquet") => Some("parquet"),
            Self::Xlsx if !cfg!(feature = "xlsx") => Some("xlsx"),
            _ => None,
        }
    }

    fn lacks(self, feature: &str) -> Error {
        let hint = Some(format!("this build has no {feature}: run with --features {feature}"));
        Error::Unknown { kind: "format", value: self.key().to_owned(), hint }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}

impl FromStr for ExportFormat {
    type Err = Error;

    /// The format of this key, when this build has it.
    fn from_str(text: &str) -> Result<Self> {
        let key = text.trim().to_lowercase();
        let found = Self::ALL.into_iter().find(|f| f.key() == key).ok_or_else(|| Error::Unknown {
            kind: "format",
            value: text.to_owned(),
            hint: Some(format!("there are {}", Self::ALL.map(Self::key).join(", "))),
        })?;
        found.lacking().map_or(Ok(found), |feature| Err(found.lacks(feature)))
    }
}

impl StudyFiles<'_> {
    /// Writes the study in formats of other programs into a folder that exists; gives what it wrote and the
    /// account of nodes, ties and rows in which something had to be replaced.
    ///
    /// Graphs have every actor as a node, isolates too, and every link as a tie of its own; nodes are drawn
    /// where they are in Web Mercator, in kilometres, so that a map fits under them. `level` is that of
    /// the territories.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the study has no such level or this build no such format, [`Error::Io`] when a
    /// file cannot be written.
    pub fn export(
        &self,
        folder: &Path,
        level: &Level,
        formats: &[ExportFormat],
        progress: &dyn Progress,
    ) -> Result<(Vec<PathBuf>, Diagnostics)> {
        progress.begin("export", Some(formats.len() as u64));
        let (mut written, mut found) = (Vec::new(), Diagnostics::default());
        let graph = StudyGraph::of(self.study);
        for format in formats {
            let path = match format {
                ExportFormat::Gexf => folder.join("cooperations.gexf"),
                ExportFormat::GraphMl => folder.join("cooperations.graphml"),
                ExportFormat::NodeLink => folder.join("cooperations.json"),
                ExportFormat::GeoParquet => {
                    written.extend(self.layers(folder, level)?);
                    progress.advance(1);
                    continue;
                }
                ExportFormat::Xlsx => {
                    let path = folder.join("tables.xlsx");
                    found.merge(self.workbook(&path, level)?);
                    written.push(path);
                    progress.advance(1);
                    continue;
                }
            };
            let document = graph.document(self.study)?;
            found.merge(match format {
                ExportFormat::Gexf => gexf::write_gexf_file(&path, &document)?,
                ExportFormat::GraphMl => graphml::write_graphml_file(&path, &document)?,
                _ => node_link::write_node_link_file(&path, &document)?,
            });
            written.push(path);
            progress.advance(1);
        }
        progress.end();
        Ok((written, found))
    }

    #[cfg(feature = "parquet")]
    fn layers(&self, folder: &Path, level: &Level) -> Result<Vec<PathBuf>> {
        use super::files::outlines;
        use super::tables::territory_table_of;
        use crate::write::geojson::Shapes;
        use crate::write::geoparquet::write_geoparquet_file;

        let paths = ["territories.parquet", "actors.parquet"].map(|name| folder.join(name));
        let (layer, contours) = outlines(self.study.atlas().level(level)?);
        let shapes = Shapes::Polygons(&layer, contours);
        write_geoparquet_file(&paths[0], shapes, &territory_table_of(self.study, self.of(level)?)?)?;
        let places: Vec<Option<Coord<f64>>> =
            self.study.places().iter().map(|p| p.point.map(Coord::from)).collect();
        write_geoparquet_file(&paths[1], Shapes::Places(&places), &actor_table(self.study)?)?;
        Ok(paths.into())
    }

    #[cfg(not(feature = "parquet"))]
    #[expect(clippy::unused_self, reason = "written with the feature parquet")]
    fn layers(&self, _: &Path, _: &Level) -> Result<Vec<PathBuf>> {
        Err(ExportFormat::GeoParquet.lacks("parquet"))
    }

    #[cfg(feature = "xlsx")]
    fn workbook(&self, path: &Path, level: &Level) -> Result<Diagnostics> {
        use super::tables::{link_table, territory_table_of};
        use crate::write::xlsx::{Sheet, write_xlsx_file};

        let sheets = [
            Sheet::new("territories", territory_table_of(self.study, self.of(level)?)?),
            Sheet::new("actors", actor_table(self.study)?),
            Sheet::new("links", link_table(self.study)?),
        ];
        write_xlsx_file(path, &sheets)
    }

    #[cfg(not(feature = "xlsx"))]
    #[expect(clippy::unused_self, reason = "written with the feature xlsx")]
    fn workbook(&self, _: &Path, _: &Level) -> Result<Diagnostics> {
        Err(ExportFormat::Xlsx.lacks("xlsx"))
    }
}

/// Writes the actors of a study and their ties as GraphML; control characters, which XML cannot hold, are
/// replaced.
pub(super) fn write_network(study: &Study, path: &Path) -> Result<()> {
    graphml::write_graphml_file(path, &StudyGraph::of(study).document(study)?).map(|_| ())
}

/// What a graph of a study borrows.
struct StudyGraph {
    nodes: Vec<String>,
    edges: Vec<(u32, u32)>,
    positions: Vec<Option<Coord<f64>>>,
}

impl StudyGraph {
    fn of(study: &Study) -> Self {
        let mercator = projector(Crs::LON_LAT, Crs::Epsg(Epsg::WEB_MERCATOR)).ok();
        // Beyond 85 degrees there is no Web Mercator.
        let on_map = |c: Coord<f64>| {
            let m = mercator.as_deref().filter(|_| c.y.abs() <= 85.05)?.point(c).ok()?;
            Some(Coord { x: m.x / 1e3, y: m.y / 1e3 })
        };
        Self {
            nodes: study.inventory().actors().iter().map(|a| a.id.to_string()).collect(),
            edges: study.links().iter().map(|l| (l.a, l.b)).collect(),
            positions: study.places().iter().map(|p| on_map(p.point?.into())).collect(),
        }
    }

    fn document<'a>(&'a self, study: &'a Study) -> Result<GraphDocument<'a>> {
        let links = || study.links().iter();
        let mut attributes = Table::new();
        for (name, column) in actor_table(study)?.columns() {
            if !matches!(&**name, "id" | "name" | "links" | "link_weight") {
                attributes.push(name.clone(), column.clone())?;
            }
        }
        let ties = Table::new()
            .with("class", links().map(|l| l.class.to_string()).collect::<Vec<_>>())?
            .with("data", links().map(|l| l.source.as_str()).collect::<Vec<_>>())?;
        let names = study.inventory().actors().iter().map(|a| Cow::Borrowed(a.name.as_str()));
        Ok(GraphDocument::new(Direction::Undirected, &self.nodes, &self.edges)
            .labels(names.collect())
            .positions(self.positions.clone())
            .weights(links().map(|l| l.weight).collect())
            .kinds(links().map(|l| Cow::Borrowed(l.kind.key())).collect())
            .periods(links().map(|l| l.period).collect())
            .node_attributes(attributes)
            .edge_attributes(ties))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_they_need() {
        assert_eq!(" GEXF".parse::<ExportFormat>().unwrap(), ExportFormat::Gexf);
        let err = "gefx".parse::<ExportFormat>().unwrap_err();
        assert!(err.to_string().contains("gexf, graphml, json, geoparquet, xlsx"), "{err}");
        for format in ExportFormat::ALL {
            assert_eq!(format.key().parse::<ExportFormat>().is_ok(), format.lacking().is_none());
        }
    }
}
