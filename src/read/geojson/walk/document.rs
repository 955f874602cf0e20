//! The outermost objects of a file and its features one by one.

use super::Walk;
use crate::diagnostics::Place;
use crate::error::{Error, Result};
use crate::read::geojson::rings::geometry_kind;
use crate::read::shown::shown;

impl Walk<'_> {
    /// Reads the whole text.
    pub(super) fn read(&mut self) -> Result<()> {
        if self.scan.skip_bom()? {
            self.diagnostics.remark(
                "byte_order_mark",
                Place::file(&self.table.file),
                "byte order mark skipped",
            );
        }
        match self.record_start()? {
            None => return Err(self.scan.error("the file is empty; expected a GeoJSON object")),
            Some(b'{') => {}
            Some(_) => return Err(self.scan.error("expected '{' at the start of a GeoJSON object")),
        }
        self.one()?;
        // A sequence of objects (RFC 8142, or one in a line), or something that does not belong here.
        while let Some(next) = self.record_start()? {
            if next != b'{' {
                let place = Place::file(&self.table.file).line(self.scan.line());
                self.diagnostics.repaired(
                    "trailing_text",
                    place,
                    "what follows the GeoJSON object is left out",
                );
                return Ok(());
            }
            self.draft.clear();
            self.scan.feature = Some(self.record);
            if let Err(error) = self.one()
                && !self.recover(error)?
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The next byte that is neither white space nor the mark of RFC 8142.
    fn record_start(&mut self) -> Result<Option<u8>> {
        while self.scan.peek()? == Some(0x1E) {
            self.scan.advance();
        }
        self.scan.peek()
    }

    /// Drops the feature in which the text is no JSON, and goes on to the next one; `false` when that was
    /// the last one.
    fn recover(&mut self, error: Error) -> Result<bool> {
        let Error::Format { line, message, .. } = &error else { return Err(error) };
        let place = Place::file(self.table.file.as_str()).line(*line).record(self.record);
        let last = self.scan.next_feature()?;
        if last.is_some_and(|byte| byte != b'}') {
            return Err(error);
        }
        self.record += 1;
        self.diagnostics.drop_record("malformed_feature", place, message.as_str())?;
        Ok(last.is_none())
    }

    /// Reads one object, whatever it is, that is not inside another one.
    fn one(&mut self) -> Result<()> {
        let line = self.scan.line();
        let members = self.object(true)?;
        match members.kind.as_deref() {
            Some("FeatureCollection") if members.features => Ok(()),
            Some("FeatureCollection") => {
                Err(self.scan.error("the FeatureCollection has no array \"features\""))
            }
            Some(kind) if members.features => Err(self.scan.error(format_args!(
                "an object with \"features\" must be a FeatureCollection, not {:?}",
                shown(kind)
            ))),
            Some("Feature") => self.commit(line),
            Some(kind) => {
                if geometry_kind(kind).is_none() {
                    return Err(self
                        .scan
                        .error(format_args!("{:?} is no type of GeoJSON object", shown(kind))));
                }
                self.draft.entries.clear();
                self.draft.has_properties = true;
                self.end_geometry(&members, 0);
                self.commit(line)
            }
            None => Err(self.scan.error("the object has no member \"type\"; is this GeoJSON?")),
        }
    }

    /// Reads the array of features; `false` when its end was lost in the last of them.
    pub(super) fn features(&mut self) -> Result<bool> {
        self.scan.advance();
        let mut first = true;
        loop {
            match self.scan.element(first) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) if self.scan.peek()? != Some(b'{') => return Err(error),
                Err(_) => {
                    let place =
                        Place::file(self.table.file.as_str()).line(self.scan.line()).record(self.record);
                    self.diagnostics.repaired("missing_comma", place, "there is no ',' before the feature");
                }
            }
            self.scan.feature = Some(self.record);
            let line = self.scan.line();
            self.draft.clear();
            let feature = self.feature();
            first = feature.is_err();
            match feature {
                Ok(()) => self.commit(line)?,
                Err(error) => {
                    if !self.recover(error)? {
                        return Ok(false);
                    }
                }
            }
        }
        self.scan.feature = None;
        Ok(true)
    }

    /// Drafts the element of the array of features that is next.
    fn feature(&mut self) -> Result<()> {
        let problem = if self.scan.token()? == b'{' {
            match self.object(false)?.kind.as_deref() {
                Some("Feature") => return Ok(()),
                Some(kind) => format!("its type is {:?}, not \"Feature\"", shown(kind)),
                None => "it has no member \"type\"".to_owned(),
            }
        } else {
            self.scan.skip()?;
            "it is not an object".to_owned()
        };
        self.draft.problem = Some(("not_a_feature", problem));
        Ok(())
    }
}
