//! Text files of unknown encoding as UTF-8, streaming.

use std::io::{Error, Read, Result};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// The encoding a text was found to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark (ASCII too).
    #[default]
    Utf8,
    /// UTF-16, by its byte order mark.
    Utf16,
    /// Windows-1252, because it is not UTF-8.
    Windows1252,
}

/// Gives the bytes of `source` as UTF-8.
///
/// Text is UTF-8 until it proves otherwise; if nothing but ASCII came before the first offending
/// byte, the rest is Windows-1252, else only the offending bytes are.
pub(super) struct Utf8<'a> {
    source: Box<dyn Read + Send + 'a>,
    raw: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    /// For all but UTF-8.
    decoder: Option<Decoder>,
    started: bool,
    ended: bool,
    ascii_only: bool,
    pub(super) encoding: Encoding,
    /// Bytes in UTF-8 text that were read as Windows-1252.
    pub(super) mended: usize,
}

impl<'a> Utf8<'a> {
    pub(super) fn new(source: Box<dyn Read + Send + 'a>) -> Self {
        Self {
            source,
            raw: Vec::new(),
            out: Vec::new(),
            given: 0,
            decoder: None,
            started: false,
            ended: false,
            ascii_only: true,
            encoding: Encoding::Utf8,
            mended: 0,
        }
    }

    fn refill(&mut self) -> Result<()> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.ended {
            let before = self.raw.len();
            let got = self.source.by_ref().take(CHUNK as u64).read_to_end(&mut self.raw)?;
            self.ended = got < CHUNK;
            debug_assert!(before < 4);
            if !self.started {
                self.started = true;
                let (bom, encoding) = match self.raw.as_slice() {
                    [0xEF, 0xBB, 0xBF, ..] => (3, None),
                    [0xFF, 0xFE, ..] => (2, Some(UTF_16LE)),
                    [0xFE, 0xFF, ..] => (2, Some(UTF_16BE)),
                    _ => (0, None),
                };
                self.raw.drain(..bom);
                if let Some(encoding) = encoding {
                    self.decoder = Some(encoding.new_decoder_without_bom_handling());
                    self.encoding = Encoding::Utf16;
                }
            }
            self.decode()?;
        }
        Ok(())
    }

    fn decode(&mut self) -> Result<()> {
        let mut raw = std::mem::take(&mut self.raw);
        let mut done = 0;
        while done < raw.len() && self.decoder.is_none() {
            let rest = &raw[done..];
            let error = std::str::from_utf8(rest).err();
            let valid = error.map_or(rest.len(), |e| e.valid_up_to());
            self.ascii_only &= rest[..valid].is_ascii();
            self.out.extend_from_slice(&rest[..valid]);
            done += valid;
            let Some(error) = error else { break };
            if error.error_len().is_none() && !self.ended {
                break;
            }
            if self.ascii_only {
                self.decoder = Some(WINDOWS_1252.new_decoder_without_bom_handling());
                self.encoding = Encoding::Windows1252;
            } else {
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(&raw[done..=done]);
                self.out.extend_from_slice(text.as_bytes());
                self.mended += 1;
                done += 1;
            }
        }
        if let Some(decoder) = &mut self.decoder {
            let rest = &raw[done..];
            let Some(room) = decoder.max_utf8_buffer_length(rest.len()) else {
                return Err(Error::other("text too long"));
            };
            let start = self.out.len();
            self.out.resize(start + room, 0);
            let (_, read, written, _) = decoder.decode_to_utf8(rest, &mut self.out[start..], self.ended);
            self.out.truncate(start + written);
            done += read;
        }
        raw.drain(..done);
        self.raw = raw;
        Ok(())
    }
}

impl Read for Utf8<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.given == self.out.len() {
            self.refill()?;
        }
        let n = buf.len().min(self.out.len() - self.given);
        buf[..n].copy_from_slice(&self.out[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, Encoding, usize) {
        let mut text = String::new();
        let mut utf8 = Utf8::new(Box::new(bytes));
        utf8.read_to_string(&mut text).unwrap();
        (text, utf8.encoding, utf8.mended)
    }

    #[test]
    fn encodings_are_told_apart() {
        let plain = "a".repeat(CHUNK - 1);
        for text in ["Nièvre", "", "x", &format!("{plain}è")] {
            assert_eq!(decoded(text.as_bytes()), (text.to_owned(), Encoding::Utf8, 0));
            let latin = WINDOWS_1252.encode(text).0;
            let want = if text.is_ascii() { Encoding::Utf8 } else { Encoding::Windows1252 };
            assert_eq!(decoded(&latin), (text.to_owned(), want, 0));
            let mut utf16 = vec![0xFF, 0xFE];
            utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            assert_eq!(decoded(&utf16), (text.to_owned(), Encoding::Utf16, 0));
            assert_eq!(decoded(format!("\u{FEFF}{text}").as_bytes()).0, text);
        }
        assert_eq!(decoded(b"\xC3\xA9t\xE9"), ("été".to_owned(), Encoding::Utf8, 1));
    }
}
