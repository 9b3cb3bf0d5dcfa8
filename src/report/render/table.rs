//! The terminal page: aligned tables, small bars, colour only where the terminal has it.

use std::borrow::Cow;
use std::io::{self, Write};

use comfy_table::{Attribute, CellAlignment, Color, Table as Grid};
use unicode_width::UnicodeWidthStr;

use super::{Look, Renderer};
use crate::diagnostics::Severity;
use crate::model::sanitise::sanitise;
use crate::report::Report;
use crate::report::alarms::Alarm;
use crate::report::page::{Cell, Column, Note, Page, Part, Section, Table, dollars, grouped};

/// The renderer of `--format table`.
pub(super) struct TableRenderer;

impl Renderer for TableRenderer {
    fn id(&self) -> &'static str {
        "table"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn describe(&self) -> &'static str {
        "a page for the terminal"
    }

    fn shows_notes(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut painter = Painter { look, out };
        match &report.story {
            Some(story) if !look.only.is_all() => {
                painter.heading(story, &report.document.alarms)?;
                painter.parts(&report.page)
            }
            Some(story) if !look.details => painter.screen(story, &report.document.alarms),
            _ => painter.page(&report.page, &report.document.alarms),
        }
    }
}

/// Columns that a bar takes.
const BAR: u16 = 12;
/// A text that needs more than its room gets at least this many columns, at the cost of spare ones.
const LEAST_TEXT: usize = 14;

/// The signs for the eight blocks of a small chart where only ASCII can be shown.
const LEVELS: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];

/// Takes a column out of a table.
fn remove(table: &mut Table, at: usize) {
    table.columns.remove(at);
    for row in &mut table.rows {
        row.remove(at);
    }
}

/// The colours of the table's library are of 256; terminals of sixteen know these.
fn sixteen(line: &str) -> String {
    line.replace("\x1b[38;5;14m", "\x1b[36m").replace("\x1b[38;5;11m", "\x1b[33m")
}

pub(super) struct Painter<'a> {
    pub(super) look: &'a Look,
    pub(super) out: &'a mut dyn Write,
}

impl Painter<'_> {
    fn page(&mut self, page: &Page, alarms: &[Alarm]) -> io::Result<()> {
        let title = self.plain(&page.title);
        let title = self.paint(&title, "1");
        writeln!(self.out, "{title}")?;
        for alarm in alarms {
            let text = self.plain(&alarm.text);
            for (at, line) in self.wrapped(&text, 2).into_iter().enumerate() {
                let line = self.paint(&format!("{} {line}", if at == 0 { "!" } else { " " }), "1;33");
                writeln!(self.out, "{line}")?;
            }
        }
        self.facts(page)?;
        for section in &page.sections {
            self.section(section)?;
        }
        if !page.notes.is_empty() {
            writeln!(self.out)?;
        }
        for note in &page.notes {
            self.note(note)?;
        }
        Ok(())
    }

    /// The parts of the page that were asked for.
    fn parts(&mut self, page: &Page) -> io::Result<()> {
        if self.look.only.has(Part::Figures) {
            self.facts(page)?;
        }
        let wanted = |section: &&Section| self.look.only.has(section.id.part());
        let sections: Vec<&Section> = page.sections.iter().filter(wanted).collect();
        sections.into_iter().try_for_each(|section| self.section(section))
    }

    fn facts(&mut self, page: &Page) -> io::Result<()> {
        let label_width = page.facts.iter().map(|fact| fact.label().width()).max().unwrap_or(0);
        let value_width = page.facts.iter().map(|fact| fact.value.width()).max().unwrap_or(0);
        let indent = label_width + value_width + 4;
        for fact in &page.facts {
            let label = format!("{:label_width$}", fact.label());
            let value = format!("{:>value_width$}", fact.value);
            let (label, value) = (self.paint(&label, "2"), self.paint(&value, "1;36"));
            let detail = self.plain(&fact.detail);
            let mut lines = self.wrapped(&detail, indent).into_iter();
            writeln!(self.out, "{label}  {value}  {}", lines.next().unwrap_or_default())?;
            for line in lines {
                writeln!(self.out, "{:indent$}{line}", "")?;
            }
        }
        Ok(())
    }

    fn section(&mut self, section: &Section) -> io::Result<()> {
        writeln!(self.out)?;
        let title = self.plain(&section.title);
        let title = self.paint(&title, "1");
        writeln!(self.out, "{title}")?;
        let table = self.fitted(&section.table);
        let mut grid = Grid::new();
        grid.load_style(comfy_table::presets::NOTHING);
        if self.look.color {
            grid.enforce_styling();
        }
        grid.set_header(table.columns.iter().map(|column| {
            let cell = comfy_table::Cell::new(column.title);
            if self.look.color { cell.add_attribute(Attribute::Dim) } else { cell }
        }));
        let (rooms, _) = self.text_rooms(&table);
        for row in &table.rows {
            grid.add_row(row.iter().zip(&rooms).map(|(cell, room)| self.cell(cell, *room)));
        }
        for (at, column) in grid.column_iter_mut().enumerate() {
            column.set_padding((if at == 0 { 0 } else { 1 }, 1));
            let first = table.rows.first().and_then(|row| row.get(at));
            if let Some(Cell::Count(_) | Cell::Money(_) | Cell::Number(_) | Cell::Figure(..)) = first {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for line in grid.lines() {
            writeln!(self.out, "{}", sixteen(line.trim_end()))?;
        }
        for rest in section.rest.iter().flat_map(|rest| rest.lines()) {
            let rest = self.plain(rest);
            for line in self.wrapped(&rest, 0) {
                let line = self.paint(&line, "2");
                writeln!(self.out, "{line}")?;
            }
        }
        Ok(())
    }

    /// The table, without its bar where a text would be cut, and without as many of its spare columns as it takes to give the
    /// texts their room.
    fn fitted<'t>(&self, table: &'t Table) -> Cow<'t, Table> {
        let mut fitted = Cow::Borrowed(table);
        let is_bar = |column: &Column| column.name.is_empty();
        if let Some(bar) = table.columns.iter().position(is_bar).filter(|_| self.is_cut(table, usize::MAX)) {
            remove(fitted.to_mut(), bar);
        }
        while self.is_cut(&fitted, LEAST_TEXT)
            && let Some(spare) = fitted.columns.iter().position(|column| column.spare)
        {
            remove(fitted.to_mut(), spare);
        }
        fitted
    }

    /// Whether a text with less room than this is cut, or the table is too wide as a whole.
    fn is_cut(&self, table: &Table, below: usize) -> bool {
        let (rooms, total) = self.text_rooms(table);
        let is_cut = |(cell, room): (&Cell, &usize)| matches!(cell, Cell::Text(Some(text)) if *room < below && text.width() > *room);
        total > usize::from(self.look.width) || table.rows.iter().any(|row| row.iter().zip(&rooms).any(is_cut))
    }

    /// Columns for each text, when figures and bars have theirs: short texts get what they need, long ones share the
    /// rest. With them, the width of the whole table.
    fn text_rooms(&self, table: &Table) -> (Vec<usize>, usize) {
        let mut rooms = vec![usize::MAX; table.columns.len()];
        let mut left = usize::from(self.look.width);
        let mut total = 0;
        let mut texts = Vec::new();
        for (at, column) in table.columns.iter().enumerate() {
            let cells = table.rows.iter().filter_map(|row| row.get(at));
            let is_text = cells.clone().all(|cell| matches!(cell, Cell::Text(_)));
            let widest = cells.map(|cell| self.cell(cell, usize::MAX).content().width()).max();
            let need = widest.unwrap_or(0).max(column.title.width()) + 2;
            if is_text {
                texts.push((need, at));
            } else {
                left = left.saturating_sub(need);
                total += need;
            }
        }
        texts.sort_unstable();
        let mut waiting = texts.len();
        for (need, at) in texts {
            let given = need.min(left / waiting.max(1)).max(10);
            rooms[at] = given.saturating_sub(2);
            total += given;
            left = left.saturating_sub(given);
            waiting -= 1;
        }
        (rooms, total)
    }

    /// A text that is too long loses its middle: paths and branches differ at both ends.
    pub(super) fn shortened(&self, text: &str, room: usize) -> String {
        if text.width() <= room {
            return text.to_owned();
        }
        let mark = if self.look.ascii { "..." } else { "…" };
        let keep = room.saturating_sub(mark.width());
        let (mut head, mut tail) = (String::new(), Vec::new());
        for c in text.chars() {
            head.push(c);
            if head.width() > keep.div_ceil(2) {
                head.pop();
                break;
            }
        }
        for c in text.chars().rev() {
            tail.push(c);
            if tail.iter().rev().collect::<String>().width() > keep / 2 {
                tail.pop();
                break;
            }
        }
        head + mark + &tail.into_iter().rev().collect::<String>()
    }

    fn cell(&self, cell: &Cell, room: usize) -> comfy_table::Cell {
        let faint = |cell: comfy_table::Cell| if self.look.color { cell.add_attribute(Attribute::Dim) } else { cell };
        match cell {
            Cell::Text(Some(text)) => comfy_table::Cell::new(self.shortened(&self.plain(text), room)),
            Cell::Text(None) => faint(comfy_table::Cell::new("(unknown)")),
            Cell::Count(Some(count)) => comfy_table::Cell::new(grouped(*count)),
            Cell::Money(Some(money)) => comfy_table::Cell::new(dollars(*money)),
            Cell::Money(None) => {
                let cell = comfy_table::Cell::new("no price");
                if self.look.color { cell.fg(Color::Yellow) } else { cell }
            }
            Cell::Number(Some(number)) | Cell::Figure(number, _) => comfy_table::Cell::new(self.plain(number)),
            Cell::Count(None) | Cell::Number(None) => faint(comfy_table::Cell::new("-")),
            Cell::Bar(mille) => {
                let cell = comfy_table::Cell::new(self.bar(*mille));
                if self.look.color { cell.fg(Color::Cyan) } else { cell }
            }
        }
    }

    /// A bar of eighths of a block; in ASCII, of whole signs.
    fn bar(&self, mille: u16) -> String {
        if self.look.ascii {
            return "#".repeat(usize::from((mille.min(1000) * BAR).div_ceil(1000)));
        }
        let eighths = (u32::from(mille.min(1000)) * u32::from(BAR) * 8).div_ceil(1000);
        let mut bar = "█".repeat((eighths / 8) as usize);
        bar.push_str(["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][(eighths % 8) as usize]);
        bar
    }

    fn note(&mut self, note: &Note) -> io::Result<()> {
        let (mark, code) = match note.severity {
            Severity::Error => ("error", "1;31"),
            Severity::Warning => ("warning", "33"),
            Severity::Note => ("note", "2"),
        };
        let mark = format!("{mark:>7}");
        let mark = self.paint(&mark, code);
        let text = self.plain(&note.text);
        for (at, line) in self.wrapped(&text, 9).into_iter().enumerate() {
            if at == 0 { writeln!(self.out, "{mark}  {line}")? } else { writeln!(self.out, "{:9}{line}", "")? }
        }
        Ok(())
    }

    pub(super) fn paint(&self, text: &str, code: &str) -> String {
        if self.look.color && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A text from a log must not move the cursor, change colours or turn the direction of writing; ASCII terminals get
    /// plain signs.
    pub(super) fn plain(&self, text: &str) -> String {
        let visible = sanitise(text);
        if !self.look.ascii {
            return visible.into_owned();
        }
        visible
            .chars()
            .map(|c| match c {
                '·' => '|',
                '×' => 'x',
                '¢' => 'c',
                '–' | '…' => '-',
                '▁'..='█' => LEVELS[(u32::from(c) - u32::from('▁')) as usize],
                c if c.is_ascii() => c,
                _ => '?',
            })
            .collect()
    }

    /// Breaks a text between words to what is left of the width behind an indentation.
    pub(super) fn wrapped(&self, text: &str, indent: usize) -> Vec<String> {
        let room = usize::from(self.look.width).saturating_sub(indent).max(24);
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            // A path may be wider than the page, so that it can be copied; other texts may not.
            let word = self.shortened(word, room * 4);
            let line = lines.last_mut().expect("there is always a line");
            if line.is_empty() {
                line.push_str(&word);
            } else if line.width() + 1 + word.width() <= room {
                line.push(' ');
                line.push_str(&word);
            } else {
                lines.push(word);
            }
        }
        lines
    }
}
