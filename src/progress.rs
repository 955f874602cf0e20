//! Progress of long calls, reported to an observer of the caller's choosing.

/// Receives the progress of a long call.
///
/// The library never prints: a command-line tool shows a bar, a service logs, a test passes
/// [`Silent`]. Methods may be called from several threads.
pub trait Progress: Sync {
    /// A task begins; `steps` is how many steps it has, when that is known.
    fn begin(&self, task: &str, steps: Option<u64>);
    /// `steps` more steps of the current task are done.
    fn advance(&self, steps: u64);
    /// The current task is done.
    fn end(&self);
}

/// An observer that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _task: &str, _steps: Option<u64>) {}
    fn advance(&self, _steps: u64) {}
    fn end(&self) {}
}
