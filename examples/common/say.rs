//! What an example says.

/// As `println!`, but without a panic when nobody reads on (`… | head`): the files are still written.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($argument)*);
    }};
}
