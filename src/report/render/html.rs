//! HTML: one file with everything in it, for people, printers and forwarding.
//!
//! Nothing is loaded, and a policy allows the one style and the one script of the file alone. Everything can be read without
//! the script, too; light, dark and on paper.

mod bars;
mod became;
mod changes;
mod columns;
mod curves;
mod defs;
mod dots;
mod draw;
mod flow;
mod health;
mod hero;
mod lasting;
mod page;
mod plain;
mod said;
mod savings;
mod spend;
mod story;
mod sure;
mod table;
mod trend;
mod words;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{Look, Renderer};
use crate::model::sanitise::sanitise;
use crate::report::Report;
use crate::report::document::Body;

/// The renderer of `--format html`.
pub(super) struct HtmlRenderer;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// A longer text is cut; the documents have it whole.
const LONGEST: usize = 300;

impl Renderer for HtmlRenderer {
    fn id(&self) -> &'static str {
        "html"
    }

    fn describe(&self) -> &'static str {
        "one self-contained page, for people and printers"
    }

    fn render(&self, report: &Report, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let page = match &report.document.body {
            Body::Audit(audit) => page::page(report, audit),
            _ => plain::page(report),
        };
        out.write_all(shell(&page).into_string().as_bytes())?;
        out.write_all(b"\n")
    }
}

/// A page before it is put into the shell.
struct Content {
    /// The title of the window.
    title: String,
    /// What it says, for those who list pages.
    description: String,
    /// Everything inside the body.
    body: Markup,
}

/// The whole file.
fn shell(page: &Content) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="description" content=(shown(&page.description));
                title { (shown(&page.title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "To the report" }
                (PATTERNS)
                (page.body)
                div id="tip" hidden {}
                div id="live" class="vh" aria-live="polite" {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// The fills for what is matched by content and for what is likely at most.
const PATTERNS: PreEscaped<&str> = PreEscaped(
    "<svg width=\"0\" height=\"0\" class=\"pat\" aria-hidden=\"true\"><defs>\
     <pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
     <rect width=\"5\" height=\"5\" class=\"pb\"/><rect width=\"2.2\" height=\"5\" class=\"pf\"/></pattern>\
     <pattern id=\"dots\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">\
     <rect width=\"5\" height=\"5\" class=\"pb2\"/><circle cx=\"2.5\" cy=\"2.5\" r=\"1\" class=\"pf\"/></pattern>\
     </defs></svg>",
);

/// Nothing may be loaded, and nothing may run but the style and the script of this file, which have these hashes.
fn policy() -> String {
    let hash = |text: &str| base64(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

/// Bytes in the letters of base64, as a policy wants a hash.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let group = three.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let six = usize::try_from(group >> (18 - 6 * at) & 63).unwrap_or(0);
            out.push(if at > three.len() { '=' } else { char::from(LETTERS[six]) });
        }
    }
    out
}

/// A text that is safe to show, and not too long.
fn shown(text: &str) -> String {
    let mut out: String = sanitise(text).chars().take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_in_base64() {
        assert_eq!(
            [b"".as_slice(), b"f", b"fo", b"foo", b"foob"].map(base64),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn style_and_script_cannot_end_their_element_and_load_nothing() {
        for text in [STYLE, SCRIPT] {
            for forbidden in ["</", "<!--", "http", "url(http", "@import", "\r", "eval("] {
                assert!(!text.contains(forbidden), "{forbidden}");
            }
        }
        assert!(SCRIPT.len() < 8 * 1024, "{} bytes", SCRIPT.len());
    }

    #[test]
    fn long_names_are_cut() {
        assert!(shown(&"x".repeat(10_000)).chars().count() <= LONGEST + 1);
    }
}
