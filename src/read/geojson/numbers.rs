//! Numbers of JSON as `f64`, fast where they are written plainly.

/// Powers of ten that are exact in an `f64`.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// First place from `at` that is not white space.
#[inline]
pub(super) fn blank(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// The number at `at` and where it ends, when it ends inside `text`.
#[allow(clippy::inline_always, reason = "two calls, and a third of the time of reading")]
#[inline(always)]
pub(super) fn plain_number(text: &[u8], at: usize) -> Option<(f64, usize)> {
    // Coordinates are a few digits, a point, a few digits: known bounds make that fast.
    let near: &[u8; 24] = text.get(at..)?.first_chunk()?;
    let negative = near[0] == b'-';
    let first = usize::from(negative);
    let mut i = first;
    let mut mantissa = 0u64;
    let mut digits = |i: &mut usize| {
        while *i < near.len() {
            let d = near[*i].wrapping_sub(b'0');
            if d > 9 {
                break;
            }
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(d));
            *i += 1;
        }
    };
    digits(&mut i);
    let whole = i - first;
    let mut fraction = 0;
    let pointed = i < near.len() && near[i] == b'.';
    if pointed {
        i += 1;
        let point = i;
        digits(&mut i);
        fraction = i - point;
    }
    let odd = whole == 0 || (whole > 1 && near[first] == b'0') || (pointed && fraction == 0);
    if odd || i == near.len() || near[i] | 0x20 == b'e' || whole + fraction > 19 || mantissa > 1 << 53 {
        return any_number(text, at);
    }
    let value = mantissa as f64 / EXACT_POWERS[fraction];
    Some((if negative { -value } else { value }, at + i))
}

#[cold]
fn any_number(text: &[u8], at: usize) -> Option<(f64, usize)> {
    let (value, len) = parse_number(text.get(at..)?)?;
    // A number that touches the end of the window may go on behind it.
    (at + len < text.len()).then_some((value, at + len))
}

/// The JSON number at the start of `text` and its length: the same bits as [`str::parse`] gives.
#[inline]
pub(super) fn parse_number(text: &[u8]) -> Option<(f64, usize)> {
    let negative = text.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let first = at;
    let mut mantissa = 0u64;
    while let Some(d) = digit(text, at) {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(d);
        at += 1;
    }
    let whole = at - first;
    if whole == 0 || (whole > 1 && text[first] == b'0') {
        return None;
    }
    let mut digits = whole;
    let mut power = 0i32;
    if text.get(at) == Some(&b'.') {
        at += 1;
        let point = at;
        while let Some(d) = digit(text, at) {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(d);
            at += 1;
        }
        if at == point {
            return None;
        }
        digits += at - point;
        power = -i32::try_from(at - point).ok()?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        let down = text.get(at) == Some(&b'-');
        at += usize::from(matches!(text.get(at), Some(b'-' | b'+')));
        let start = at;
        let mut exponent = 0i32;
        while let Some(d) = digit(text, at) {
            exponent = (exponent * 10 + d as i32).min(1_000_000);
            at += 1;
        }
        if at == start {
            return None;
        }
        power += if down { -exponent } else { exponent };
    }
    // Clinger's fast path: both the digits and the power of ten are exact, so one rounding is right.
    if digits <= 19 && mantissa <= 1 << 53 && (power.unsigned_abs() as usize) < EXACT_POWERS.len() {
        let exact = EXACT_POWERS[power.unsigned_abs() as usize];
        let value = if power < 0 { mantissa as f64 / exact } else { mantissa as f64 * exact };
        return Some((if negative { -value } else { value }, at));
    }
    std::str::from_utf8(&text[..at]).ok()?.parse().ok().map(|value| (value, at))
}

#[inline]
fn digit(text: &[u8], at: usize) -> Option<u64> {
    let d = text.get(at)?.wrapping_sub(b'0');
    (d < 10).then_some(u64::from(d))
}

/// Bytes at the start of `text` that can be part of a number.
pub(super) fn number_length(text: &[u8]) -> usize {
    text.iter()
        .position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_the_standard_library(text in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?") {
            let want: f64 = text.parse().unwrap();
            let (got, len) = parse_number(text.as_bytes()).unwrap();
            prop_assert_eq!(len, text.len());
            prop_assert_eq!(got.to_bits(), want.to_bits());
            let padded = format!("{text},                        ");
            let (got, end) = plain_number(padded.as_bytes(), 0).unwrap();
            prop_assert_eq!((got.to_bits(), end), (want.to_bits(), text.len()));
        }

        #[test]
        fn every_number_is_read_back(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let (got, _) = parse_number(format!("{value:e}").as_bytes()).unwrap();
            prop_assert_eq!(got.to_bits(), value.to_bits());
            let plain = format!("{value}");
            let (got, _) = parse_number(plain.as_bytes()).unwrap();
            prop_assert_eq!(got.to_bits(), value.to_bits());
        }
    }
}
