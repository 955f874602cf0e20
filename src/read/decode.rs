//! Text files of unknown encoding as UTF-8, streaming.

use std::io::{Error, Read, Result};

use encoding_rs::{Decoder, MACINTOSH, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// Bytes looked at to tell the one-byte encodings apart.
const VIEW: usize = 4 * 1024 * 1024;

/// The encoding a text was found to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark (ASCII too).
    #[default]
    Utf8,
    /// UTF-16, by its byte order mark or its zero bytes.
    Utf16,
    /// Windows-1252, because it is not UTF-8.
    Windows1252,
    /// Mac OS Roman, by the letters that it gives.
    MacRoman,
    /// The DOS code page 850, by the letters that it gives.
    Cp850,
}

impl Encoding {
    /// Its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
            Self::MacRoman => "Mac OS Roman",
            Self::Cp850 => "code page 850",
        }
    }
}

/// The upper half of code page 850.
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// A byte above 127 in a one-byte encoding.
fn letter(encoding: Encoding, byte: u8) -> char {
    let byte = [byte];
    let one = |e: &'static encoding_rs::Encoding| e.decode_without_bom_handling(&byte).0.chars().next();
    let found = match encoding {
        Encoding::MacRoman => one(MACINTOSH),
        Encoding::Cp850 => CP850.chars().nth(usize::from(byte[0].saturating_sub(128))),
        _ => one(WINDOWS_1252),
    };
    found.unwrap_or('\u{fffd}')
}

/// Gives the bytes of `source` as UTF-8.
///
/// What is UTF-8 stays as it is; bytes that are not are read in the one-byte encoding that makes the
/// most French letters of those in view, so that a stray byte spoils nothing but itself.
pub(super) struct Utf8<'a> {
    source: Box<dyn Read + Send + 'a>,
    raw: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    /// For UTF-16.
    decoder: Option<Decoder>,
    /// For bytes that are not UTF-8, once there is one.
    bytes: Option<Encoding>,
    started: bool,
    ended: bool,
    /// Characters above 127 met in UTF-8.
    sound: bool,
    /// Bytes that are not UTF-8.
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
            bytes: None,
            started: false,
            ended: false,
            sound: false,
            mended: 0,
        }
    }

    /// The encoding of what was read so far.
    pub(super) fn encoding(&self) -> Encoding {
        match self.bytes {
            _ if self.decoder.is_some() => Encoding::Utf16,
            Some(encoding) if !self.sound => encoding,
            _ => Encoding::Utf8,
        }
    }

    /// The encoding in which bytes that are not UTF-8 were read.
    pub(super) fn of_strays(&self) -> Encoding {
        self.bytes.unwrap_or(Encoding::Windows1252)
    }

    fn refill(&mut self) -> Result<()> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.ended {
            self.more(CHUNK)?;
            if !self.started {
                self.started = true;
                self.begin();
            }
            self.decode()?;
        }
        Ok(())
    }

    fn more(&mut self, bytes: usize) -> Result<()> {
        let got = self.source.by_ref().take(bytes as u64).read_to_end(&mut self.raw)?;
        self.ended = got < bytes;
        Ok(())
    }

    /// Looks at the first bytes: a byte order mark, or the zeros of UTF-16 without one.
    fn begin(&mut self) {
        let head = &self.raw[..self.raw.len().min(4096)];
        let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
        let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
        let (bom, encoding) = match head {
            [0xEF, 0xBB, 0xBF, ..] => (3, None),
            [0xFF, 0xFE, ..] => (2, Some(UTF_16LE)),
            [0xFE, 0xFF, ..] => (2, Some(UTF_16BE)),
            // Most letters of a French text are ASCII: one of their two bytes is zero.
            _ if half >= 4 && odd * 10 >= half * 7 && even * 10 < half => (0, Some(UTF_16LE)),
            _ if half >= 4 && even * 10 >= half * 7 && odd * 10 < half => (0, Some(UTF_16BE)),
            _ => (0, None),
        };
        self.raw.drain(..bom);
        self.decoder = encoding.map(encoding_rs::Encoding::new_decoder_without_bom_handling);
    }

    /// The one-byte encoding that makes the most French letters of what is not UTF-8.
    fn guess(&mut self, from: usize) -> Result<Encoding> {
        if !self.ended {
            self.more(VIEW)?;
        }
        let mut scores = [0_i64; 3];
        let kinds = [Encoding::Windows1252, Encoding::MacRoman, Encoding::Cp850];
        let mut rest = &self.raw[from..];
        while let Some(error) = std::str::from_utf8(rest).err() {
            let at = error.valid_up_to();
            let Some(&byte) = rest.get(at) else { break };
            for (score, kind) in scores.iter_mut().zip(kinds) {
                *score += match letter(kind, byte) {
                    'é' | 'è' | 'ê' | 'ë' | 'à' | 'â' | 'ç' | 'î' | 'ï' | 'ô' | 'ù' | 'û' | 'ü' | 'œ' => {
                        4
                    }
                    'É' | 'È' | 'Ê' | 'À' | 'Â' | 'Ç' | 'Î' | 'Ô' | '’' | '«' | '»' | '°' | '–' | '€'
                    | '\u{a0}' | '…' | 'Œ' => 2,
                    c if c.is_alphabetic() => 0,
                    _ => -1,
                };
            }
            rest = &rest[at + 1..];
        }
        let best = (0..3).max_by_key(|&i| (scores[i], std::cmp::Reverse(i))).unwrap_or(0);
        Ok(kinds[best])
    }

    fn decode(&mut self) -> Result<()> {
        let mut done = 0;
        while done < self.raw.len() && self.decoder.is_none() {
            let rest = &self.raw[done..];
            let error = std::str::from_utf8(rest).err();
            let valid = error.map_or(rest.len(), |e| e.valid_up_to());
            self.sound |= !rest[..valid].is_ascii();
            self.out.extend_from_slice(&rest[..valid]);
            done += valid;
            let Some(error) = error else { break };
            if error.error_len().is_none() && !self.ended {
                break;
            }
            let encoding = match self.bytes {
                Some(encoding) => encoding,
                None => self.guess(done)?,
            };
            self.bytes = Some(encoding);
            let mut utf8 = [0; 4];
            let c = letter(encoding, self.raw[done]);
            self.out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            self.mended += 1;
            done += 1;
        }
        if let Some(decoder) = &mut self.decoder {
            let rest = &self.raw[done..];
            let Some(room) = decoder.max_utf8_buffer_length(rest.len()) else {
                return Err(Error::other("text too long"));
            };
            let start = self.out.len();
            self.out.resize(start + room, 0);
            let (_, read, written, _) = decoder.decode_to_utf8(rest, &mut self.out[start..], self.ended);
            self.out.truncate(start + written);
            done += read;
        }
        self.raw.drain(..done);
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
        (text, utf8.encoding(), utf8.mended)
    }

    #[test]
    fn encodings_are_told_apart() {
        let plain = "a".repeat(CHUNK - 1);
        for text in ["Nièvre", "", "x", &format!("{plain}è")] {
            assert_eq!(decoded(text.as_bytes()), (text.to_owned(), Encoding::Utf8, 0));
            let latin = WINDOWS_1252.encode(text).0;
            let want = if text.is_ascii() { Encoding::Utf8 } else { Encoding::Windows1252 };
            let (got, encoding, _) = decoded(&latin);
            assert_eq!((got.as_str(), encoding), (text, want));
            let mut utf16 = vec![0xFF, 0xFE];
            utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            assert_eq!(decoded(&utf16), (text.to_owned(), Encoding::Utf16, 0));
            assert_eq!(decoded(format!("\u{FEFF}{text}").as_bytes()).0, text);
        }
        assert_eq!(decoded(b"\xC3\xA9t\xE9"), ("été".to_owned(), Encoding::Utf8, 1));
        // A stray byte before sound text spoils nothing but itself.
        let stray = decoded(b"\xE9t\xC3\xA9 \xC3\xA0 No\xC3\xABl");
        assert_eq!(stray, ("été à Noël".to_owned(), Encoding::Utf8, 1));
    }

    #[test]
    fn utf16_needs_no_mark() {
        let text = "id\tnom\nA1\tLabo d'été\n";
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let raw: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            assert_eq!(decoded(&raw), (text.to_owned(), Encoding::Utf16, 0));
        }
    }

    #[test]
    fn old_macs_and_dos_are_known_by_their_letters() {
        assert_eq!(decoded(b"Labo d'\x8et\x8e"), ("Labo d'été".to_owned(), Encoding::MacRoman, 2));
        assert_eq!(decoded(b"Labo d'\x82t\x82 \x85 c\x93t\x82").0, "Labo d'été à côté");
        assert_eq!(CP850.chars().count(), 128);
    }
}
