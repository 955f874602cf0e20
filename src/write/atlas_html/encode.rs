//! Numbers and bytes as compact text: variable-length integers, deflate, base64. `assets/page.js`
//! holds the other half.

use std::fmt::Write as _;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

pub(super) fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Zigzag: small steps either way become small numbers.
pub(super) fn push_signed(bytes: &mut Vec<u8>, step: i64) {
    push_varint(bytes, ((step << 1) ^ (step >> 63)) as u64);
}

/// Adds values as a list of whole multiples of 10^-decimals, `null` where there is none.
pub(super) fn push_decimals(text: &mut String, values: &[f64], decimals: u8) {
    let unit = 10_f64.powi(i32::from(decimals));
    text.push('[');
    for (i, v) in values.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        if v.is_finite() {
            // Writing to a text does not fail.
            let _ = write!(text, "{}", (v * unit).round() as i64);
        } else {
            text.push_str("null");
        }
    }
    text.push(']');
}

/// Of deflate: the best one (9) takes twice as long for one part in fifty.
const LEVEL: u32 = 6;

/// Raw deflate in base64.
pub(super) fn packed(bytes: &[u8]) -> std::io::Result<String> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(LEVEL));
    encoder.write_all(bytes)?;
    Ok(base64(&encoder.finish()?))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, &b| (word << 8) | u32::from(b)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            text.push(if k <= chunk.len() {
                DIGITS[(word >> (18 - 6 * k)) as usize & 63] as char
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_everybody_writes_it() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }

    #[test]
    fn varints_and_zigzag() {
        let mut bytes = Vec::new();
        for value in [0, 127, 128, 300, u64::MAX] {
            push_varint(&mut bytes, value);
        }
        assert_eq!(bytes[..6], [0, 127, 0x80, 1, 0xac, 2]);
        assert_eq!(bytes.len(), 16);
        let mut bytes = Vec::new();
        for step in [-1, 1, 0, -64, 63] {
            push_signed(&mut bytes, step);
        }
        assert_eq!(bytes, [1, 2, 0, 127, 126]);
    }

    #[test]
    fn values_keep_their_decimals_and_their_gaps() {
        let mut coded = String::new();
        push_decimals(&mut coded, &[0.0, 12.345, f64::NAN, -0.06, f64::INFINITY], 1);
        assert_eq!(coded, "[0,123,null,-1,null]");
    }
}
