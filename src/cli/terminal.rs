//! Colour, width and character set, decided once and passed down; and what goes to standard error.

use std::io::{self, Write};

use super::args::{ColorChoice, RunArgs};
use crate::diagnostics::{Diagnostic, Severity};
use crate::model::sanitise::sanitise;
use crate::report::page::Parts;
use crate::report::render::Look;

/// Width of a page that goes to a file or a pipe.
const PIPED_WIDTH: u16 = 100;

/// How a page may look in its place.
pub(super) fn look(flags: &RunArgs, to_terminal: bool) -> Look {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let color = match flags.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => to_terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
    };
    // COLUMNS wins, so that a script can fix the width of a page it pipes.
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    // Some terminals report no width, or one that is too small for anything.
    let seen = || to_terminal.then(|| comfy_table::Table::new().width()).flatten().filter(|width| *width >= 40);
    let width = asked.or_else(seen).unwrap_or(PIPED_WIDTH).clamp(72, 160);
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    let ascii = locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        to_terminal && !locale.contains("utf-8") && !locale.contains("utf8")
    });
    let only = Parts::of(&flags.only);
    Look { width, color, ascii: ascii || flags.ascii, details: flags.details, only, csv: flags.csv() }
}

/// Prints on standard error what was noticed, unless the page on standard output already says it.
pub(super) fn notices(flags: &RunArgs, diagnostics: &[Diagnostic], on_page: bool) {
    let min = if flags.verbose {
        Severity::Note
    } else if flags.quiet || on_page {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut stderr = io::stderr().lock();
    for notice in diagnostics.iter().filter(|notice| notice.severity >= min) {
        let mark = match notice.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let examples =
            if notice.examples.is_empty() { String::new() } else { format!(" ({})", notice.examples.join(", ")) };
        let text = format!("{mark}: {} × {}{examples}", notice.count, notice.message);
        // Standard error may be closed; then nobody reads it.
        let _ = writeln!(stderr, "{}", sanitise(&text));
    }
}

/// Prints one warning on standard error.
pub(super) fn warn(warning: Option<&str>) {
    if let Some(warning) = warning {
        let _ = writeln!(io::stderr().lock(), "warning: {}", sanitise(warning));
    }
}
