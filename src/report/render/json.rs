//! JSON: the document as it is, two spaces of indentation, a line break at the end.

use std::io::{self, Write};

use super::{Look, Renderer};
use crate::report::Report;

/// The renderer of `--format json`.
pub(super) struct JsonRenderer;

impl Renderer for JsonRenderer {
    fn id(&self) -> &'static str {
        "json"
    }

    fn describe(&self) -> &'static str {
        "one document with a schema version, for programs"
    }

    fn render(&self, report: &Report, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, &report.document)?;
        out.write_all(b"\n")
    }
}
