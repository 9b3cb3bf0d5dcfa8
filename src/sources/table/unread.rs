//! Columns of usage or money that a table has and its format does not read.

use crate::sources::Batch;
use crate::sources::figures::known::Known;
use crate::sources::figures::words;

/// The columns of one table whose names look like usage or money, and that nothing reads.
pub(in crate::sources) struct UnreadColumns {
    format: &'static str,
    columns: Vec<(usize, String)>,
    /// How many columns had been asked for when they were last compared.
    asked: usize,
}

impl UnreadColumns {
    pub(in crate::sources) fn new(format: &'static str) -> Self {
        Self { format, columns: Vec::new(), asked: 0 }
    }

    /// Takes the names of the columns as they are written.
    pub(in crate::sources) fn set_header<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        let known = Known::of(self.format);
        let names = names.map(|name| name.trim_start_matches('\u{feff}').trim()).enumerate();
        let unread = names.filter(|(_, name)| words::is_figure(name) && !known.is_left(&name.to_lowercase()));
        self.columns = unread.map(|(at, name)| (at, name.to_owned())).collect();
    }

    /// Leaves only columns that are not read; what was found in the others is forgotten. `asked` is how many are read so far:
    /// nothing is compared while it stays the same.
    pub(in crate::sources) fn keep(&mut self, asked: usize, is_read: impl Fn(usize, &str) -> bool, out: &mut Batch) {
        if self.asked == asked || self.columns.is_empty() {
            return;
        }
        self.asked = asked;
        let format = self.format;
        self.columns.retain(|(at, name)| {
            let is_read = is_read(*at, name);
            if is_read {
                out.figures.found.forget(format, name);
            }
            !is_read
        });
    }

    /// Adds the cells of an accepted row.
    pub(in crate::sources) fn add_row<'a>(&self, cell: impl Fn(usize) -> Option<&'a str>, line: u64, out: &mut Batch) {
        for (at, name) in &self.columns {
            if let Some(text) = cell(*at) {
                out.figures.found.add_cell(self.format, name, text, line);
            }
        }
    }
}
