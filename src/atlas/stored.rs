//! The atlas as it is written and read back.

use serde::Deserialize;

use super::{Atlas, AtlasLevel, Attribute};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::Rurality;
use crate::space::crs::Zones;

/// An atlas as it is written.
#[derive(Deserialize)]
pub(super) struct Stored {
    levels: Vec<AtlasLevel>,
    attributes: Vec<Attribute>,
    zones: Option<Zones>,
    rurality: Option<Vec<Option<Rurality>>>,
}

impl TryFrom<Stored> for Atlas {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let Stored { mut levels, attributes, zones, rurality } = stored;
        let base = levels.first().map_or(0, |l| l.territories.len());
        if base == 0 {
            let hint = Some("an atlas needs a base level with territories".to_owned());
            return Err(Error::Unknown { kind: "level", value: "base".to_owned(), hint });
        }
        let fits = |what: &'static str, labels: &Labels, classes: usize| {
            crate::check::check_len(what, labels.len(), base)?;
            Labels::new(labels.as_slice().to_vec(), classes).map(|_| ())
        };
        for level in &mut levels {
            let count = level.territories.len();
            fits("members of a level", &level.membership, count)?;
            if let Some((layer, _)) = &level.geometry {
                crate::check::check_len("outlines of a level", layer.len(), count)?;
            }
            level.memberships.check(base, count)?;
            let codes = level.territories.iter().zip(0..);
            level.index = codes.map(|(t, i)| (t.code.clone(), i)).collect();
            crate::check::check_len("codes of a level, each once", level.index.len(), count)?;
        }
        for attribute in &attributes {
            fits("labels of a classification", &attribute.labels, attribute.classes.len())?;
        }
        let mut atlas = Self { levels, attributes, zones, rurality: None };
        if let Some(rurality) = rurality {
            atlas.set_rurality(rurality)?;
        }
        Ok(atlas)
    }
}

/// Outlines, which several owners share in memory and a file holds once.
pub(super) mod outlines {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::GeometryQuality;
    use crate::space::Layer;

    type Outlines = Option<(Arc<Layer>, GeometryQuality)>;

    pub(in crate::atlas) fn serialize<S: Serializer>(outlines: &Outlines, to: S) -> Result<S::Ok, S::Error> {
        outlines.as_ref().map(|(layer, quality)| (&**layer, quality)).serialize(to)
    }

    pub(in crate::atlas) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Outlines, D::Error> {
        let found = Option::<(Layer, GeometryQuality)>::deserialize(from)?;
        Ok(found.map(|(layer, quality)| (Arc::new(layer), quality)))
    }
}
