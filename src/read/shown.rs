//! Pieces of a file as messages show them: no control characters, no great length.

/// Characters of a piece that are shown.
const LONGEST: usize = 60;
/// Names of a list that are shown.
const MOST: usize = 20;

/// The start of a text, control characters replaced.
pub(super) fn shown(text: &str) -> String {
    let plain = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    let mut out: String = text.chars().take(LONGEST).map(plain).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// The first names of a list.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let first: Vec<String> = names.iter().take(MOST).map(|n| shown(n.as_ref())).collect();
    let rest = names.len() - first.len();
    if rest == 0 { first.join(", ") } else { format!("{} and {rest} more", first.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stay_short_and_plain() {
        assert_eq!(shown("a\u{1b}[2J\nb"), "a\u{FFFD}[2J\u{FFFD}b");
        assert_eq!(shown(&"é".repeat(400_000)).chars().count(), LONGEST + 1);
        assert_eq!(shown(&"é".repeat(LONGEST)).chars().count(), LONGEST);
        assert_eq!(listed(&["a", "b"]), "a, b");
        let many: Vec<String> = (0..50_000).map(|i| format!("column {i}")).collect();
        assert!(listed(&many).len() < 400 && listed(&many).ends_with("and 49980 more"));
    }
}
