//! Progress bars on standard error, hidden unless somebody watches.

use std::io::IsTerminal;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::Common;
use crate::options::Watcher;

/// One bar for the logs and one for the history.
pub(super) struct Bars {
    all: MultiProgress,
    logs: ProgressBar,
    history: ProgressBar,
}

impl Bars {
    pub(super) fn new(common: &Common) -> Self {
        let watched = std::io::stderr().is_terminal() && !common.run.quiet && !common.run.no_progress;
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
        }
    }

    /// Takes the bars away.
    pub(super) fn finish(&self) {
        self.logs.finish_and_clear();
        self.history.finish_and_clear();
        // A terminal that is gone needs no clearing.
        let _ = self.all.clear();
    }

    fn step(&self, bar: &ProgressBar, done: u64, total: u64) {
        if bar.length() != Some(total) || bar.position() == 0 {
            bar.set_length(total);
            self.all.add(bar.clone());
        }
        bar.set_position(done);
    }
}

impl Watcher for Bars {
    fn logs(&self, done: u64, total: u64) {
        self.step(&self.logs, done, total.max(done));
    }

    fn history(&self, done: u64, total: u64) {
        self.step(&self.history, done, total);
    }
}
