//! Progress bars on standard error, hidden unless it is a terminal.

use std::io::IsTerminal;
use std::sync::Once;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::RunArgs;
use crate::audit::Watcher;

/// One bar for the logs and one for the history.
pub(super) struct Bars {
    all: MultiProgress,
    logs: ProgressBar,
    history: ProgressBar,
    logs_shown: Once,
    history_shown: Once,
}

impl Bars {
    pub(super) fn new(flags: &RunArgs) -> Self {
        let watched = std::io::stderr().is_terminal() && !flags.quiet && !flags.no_progress;
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let all = MultiProgress::with_draw_target(target);
        let bar = |template: &str| {
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        };
        Self {
            all,
            logs: bar("logs     {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}"),
            history: bar("history  {wide_bar} {pos}/{len} commits"),
            logs_shown: Once::new(),
            history_shown: Once::new(),
        }
    }

    /// Removes the bars.
    pub(super) fn finish(&self) {
        self.logs.finish_and_clear();
        self.history.finish_and_clear();
        // A terminal that is gone needs no clearing.
        let _ = self.all.clear();
    }

    fn step(&self, bar: &ProgressBar, shown: &Once, done: u64, total: u64) {
        // A bar appears with its first step, so that work that never starts shows none.
        shown.call_once(|| {
            self.all.add(bar.clone());
        });
        bar.set_length(total);
        // Threads report out of order; a bar never moves backwards.
        bar.set_position(done.max(bar.position()));
    }
}

impl Watcher for Bars {
    fn logs(&self, done: u64, total: u64) {
        self.step(&self.logs, &self.logs_shown, done, total.max(done));
    }

    fn history(&self, done: u64, total: u64) {
        self.step(&self.history, &self.history_shown, done, total);
    }
}
