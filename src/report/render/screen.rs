//! The first screen of an audit on a terminal: at most 24 lines at 80 columns, richer where there is more room.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::table::Painter;
use crate::model::money::Money;
use crate::report::alarms::Alarm;
use crate::report::page::dollars;
use crate::report::story::{Became, Outcome, Story};

/// Columns of the label of a row, of a bar, and of the figures behind it.
const LABEL: usize = 29;
const BAR: usize = 20;
/// The same where a terminal has less than 80 columns.
const SHORT_BAR: usize = 12;
/// Columns before the text of a line with a label.
const INDENT: usize = 11;
/// From this width on there is room for what a figure is made of.
const RICH: u16 = 110;
/// Alarms that the screen shows; `--details` has all.
const MOST_ALARMS: usize = 3;

impl Painter<'_> {
    /// The first screen.
    pub(super) fn screen(&mut self, story: &Story, alarms: &[Alarm]) -> io::Result<()> {
        self.heading(story, alarms)?;
        if !story.spent.is_empty() {
            self.labelled("Spent", &story.spent)?;
        }
        if !story.became.is_empty() {
            self.became(&story.became)?;
        }
        self.models(&story.models)?;
        if !story.became.is_empty() {
            let (head, text) = &story.better;
            self.labelled("Better?", &format!("{head} · {text}"))?;
        }
        if !story.to_save.is_empty() {
            self.actions(story)?;
        }
        let mut label = "How sure";
        for line in &story.sure {
            self.labelled(label, line)?;
            label = "";
        }
        if !story.costliest.is_empty() {
            self.labelled("Costliest", &story.costliest)?;
        }
        writeln!(self.out)?;
        let more = self.plain("More: --details · --only savings,changes,… · --format html --out report.html");
        for line in self.wrapped(&more, 0) {
            let line = self.paint(&line, "2");
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// The title, the sentence that says it all, and what must be known before any figure.
    pub(super) fn heading(&mut self, story: &Story, alarms: &[Alarm]) -> io::Result<()> {
        let width = usize::from(self.look.width);
        let period = self.plain(&story.period);
        let left = self.shortened(
            &self.plain(&format!("AI spend report   {}", story.scope)),
            width.saturating_sub(period.width() + 2),
        );
        let gap = width.saturating_sub(left.width() + period.width()).max(2);
        let title = self.paint(&format!("{left}{:gap$}{period}", ""), "2");
        writeln!(self.out, "{}\n", title.trim_end())?;
        let sentence = self.plain(&story.heading);
        for line in self.wrapped(&sentence, 2) {
            let line = self.paint(&line, "1");
            writeln!(self.out, "  {line}")?;
        }
        for alarm in alarms.iter().take(MOST_ALARMS) {
            let text = self.plain(&alarm.text);
            for (at, line) in self.wrapped(&text, 4).into_iter().enumerate() {
                let line = self.paint(&format!("{} {line}", if at == 0 { "!" } else { " " }), "33");
                writeln!(self.out, "  {line}")?;
            }
        }
        if alarms.len() > MOST_ALARMS {
            let more = format!("  ! and {} more: --details", alarms.len() - MOST_ALARMS);
            let more = self.paint(&more, "33");
            writeln!(self.out, "{more}")?;
        }
        writeln!(self.out)
    }

    /// Columns of a bar.
    fn bar_width(&self) -> usize {
        if self.look.width < 80 { SHORT_BAR } else { BAR }
    }

    fn labelled(&mut self, label: &str, text: &str) -> io::Result<()> {
        let text = self.plain(text);
        for (at, line) in self.wrapped(&text, INDENT).into_iter().enumerate() {
            let label = format!("{:INDENT$}", if at == 0 { label } else { "" });
            let label = self.paint(&label, "2");
            writeln!(self.out, "{label}{line}")?;
        }
        Ok(())
    }

    fn became(&mut self, rows: &[Became]) -> io::Result<()> {
        let has_cents = rows.iter().any(|row| row.cents.is_some());
        let most = rows.iter().map(|row| row.cost).max().unwrap_or_default();
        let per_dollar = if has_cents { "   per $1" } else { "" };
        let head = format!("{:width$}{:>11}  of all{per_dollar}", "Became", "$", width = LABEL + self.bar_width());
        let head = self.paint(&head, "2");
        writeln!(self.out, "{head}")?;
        for row in rows {
            let bar = self.share_bar(row, most);
            let cents = match (has_cents, row.cents) {
                (false, _) => String::new(),
                (true, Some(cents)) => self.plain(&format!("{:>9}", format!("{cents}¢"))),
                (true, None) => self.plain(&format!("{:>9}", "–")),
            };
            let cost = self.paint(&format!("{:>11}", dollars(row.cost)), "1");
            let label = format!("  {:width$}", row.outcome.title(), width = LABEL - 2);
            let line = format!("{label}{bar}{cost}{:>8}{cents}", row.of_all);
            let rest = self.classes(row, LABEL + self.bar_width() + 11 + 8 + if has_cents { 9 } else { 0 });
            writeln!(self.out, "{line}{rest}")?;
        }
        Ok(())
    }

    /// What an outcome is made of, as far as there is room behind `used` columns.
    fn classes(&self, row: &Became, used: usize) -> String {
        if self.look.width < RICH || row.classes.len() < 2 {
            return String::new();
        }
        let room = usize::from(self.look.width).saturating_sub(used + 3);
        let mut text = String::new();
        for (name, cost) in &row.classes {
            let more = format!("{}{name} {}", if text.is_empty() { "" } else { " · " }, dollars(*cost));
            if text.width() + more.width() > room {
                break;
            }
            text += &more;
        }
        if text.is_empty() { text } else { self.paint(&format!("   {}", self.plain(&text)), "2") }
    }

    /// A bar of the width of [`BAR`]; what is not judged has another pattern.
    fn share_bar(&self, row: &Became, most: Money) -> String {
        let (most, width) = (most.nanos().max(1), self.bar_width());
        let eighths = usize::try_from((row.cost.nanos().max(0) * width as i128 * 8 + most - 1) / most).unwrap_or(0);
        let (full, rest) = (eighths / 8, eighths % 8);
        let bar = match (self.look.ascii, row.outcome.is_judged()) {
            (true, true) => "#".repeat(full + usize::from(rest > 0)),
            (true, false) => ".".repeat(full + usize::from(rest > 0)),
            (false, true) => "█".repeat(full) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][rest],
            (false, false) => "░".repeat(full + usize::from(rest > 0)),
        };
        let blank = " ".repeat(width.saturating_sub(bar.width()));
        let code = match row.outcome {
            Outcome::Lasted => "36",
            Outcome::Job => "",
            Outcome::Rework => "33",
            Outcome::Early | Outcome::Untraced => "2",
        };
        if code.is_empty() { bar + &blank } else { self.paint(&bar, code) + &blank }
    }

    /// Spend by model, where nothing says what it became.
    fn models(&mut self, models: &[(String, Money)]) -> io::Result<()> {
        let most = models.iter().map(|(_, cost)| *cost).max().unwrap_or_default();
        for (at, (model, cost)) in models.iter().enumerate() {
            if at == 0 {
                let head = self.paint("By model", "2");
                writeln!(self.out, "{head}")?;
            }
            let row =
                Became { outcome: Outcome::Job, cost: *cost, of_all: String::new(), cents: None, classes: Vec::new() };
            let bar = self.share_bar(&row, most);
            let name = self.shortened(&self.plain(model), LABEL - 3);
            let blank = " ".repeat((LABEL - 2).saturating_sub(name.width()));
            let cost = self.paint(&format!("{:>11}", dollars(*cost)), "1");
            writeln!(self.out, "  {name}{blank}{bar}{cost}")?;
        }
        Ok(())
    }

    fn actions(&mut self, story: &Story) -> io::Result<()> {
        self.labelled("To do", &story.to_save)?;
        for (at, action) in story.actions.iter().enumerate() {
            let what = lowered(action.what);
            let saves = self.plain(&action.saves);
            let line = format!("  {}  {what:width$}{saves}", at + 1, width = LABEL + self.bar_width() - 3);
            let room = usize::from(self.look.width).saturating_sub(line.width() + 3);
            let how = if self.look.width >= RICH && room > 20 {
                let how = self.wrapped(&self.plain(&action.how), usize::from(self.look.width).saturating_sub(room));
                how.into_iter().next().unwrap_or_default()
            } else {
                String::new()
            };
            let how = if how.is_empty() { how } else { self.paint(&format!("   {how}"), "2") };
            writeln!(self.out, "{line}{how}")?;
        }
        Ok(())
    }
}

/// The text with a small first letter, for the middle of a line.
fn lowered(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
