//! Words on the terminal: what is said, and errors.

use std::fmt;
use std::io::Write;

use rurban::diagnostics::printable;

/// As `println!`, but without a panic when nobody reads on (`… | head`): the files are still written.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Errors of an example: printed as they read, not handled.
pub type Fallible<T = ()> = Result<T, Failure>;

/// Any error, which `main` prints in words and not as code.
pub struct Failure(Box<dyn std::error::Error>);

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let lines: Vec<_> = text.lines().map(|line| printable(line, 2000)).collect();
        f.write_str(&lines.join("\n"))
    }
}
