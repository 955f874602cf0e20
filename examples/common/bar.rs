//! A progress bar.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use rurban::progress::Progress;

/// Shows the progress of the library as a bar on the terminal.
#[derive(Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Progress for Bar {
    fn begin(&self, task: &str, steps: Option<u64>) {
        let bar = match steps {
            Some(steps) => ProgressBar::new(steps).with_style(
                ProgressStyle::with_template("{msg:34} {bar:30} {pos:>9}/{len} {elapsed}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            ),
            None => ProgressBar::new_spinner(),
        };
        bar.set_message(task.to_owned());
        if let Ok(mut current) = self.0.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, steps: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.inc(steps);
        }
    }

    fn end(&self) {
        if let Ok(mut current) = self.0.lock()
            && let Some(bar) = current.take()
        {
            bar.finish();
        }
    }
}
