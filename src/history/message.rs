//! Commit message → subject, trailers, pull request, reverts, footers; no other text is kept.

use std::collections::HashSet;

use gix::ObjectId;

use super::footer::assistance_in_footer;
use super::landed::{self, Landed};
use super::revert_names::{self, RevertName};
use crate::model::assist::Assistance;
use crate::model::commit::Trailer;

/// What a message contains beside prose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Message {
    pub(super) subject: String,
    pub(super) trailers: Vec<Trailer>,
    /// The pull request that it landed.
    pub(super) landed: Landed,
    /// What it takes back.
    pub(super) reverts: Vec<RevertName>,
    /// The tools that lines such as `Generated with …` name.
    pub(super) footers: Vec<Assistance>,
}

/// Decodes the bytes of a message or a name by the commit's `encoding` header.
///
/// ISO-8859-1 is decoded as such; anything else as UTF-8, with replacement characters where it is invalid.
pub(super) fn decode(bytes: &[u8], encoding: Option<&[u8]>) -> String {
    let latin1 = |name: &[u8]| {
        [&b"iso-8859-1"[..], b"iso8859-1", b"latin1", b"latin-1"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    if encoding.is_some_and(latin1) {
        return bytes.iter().map(|&byte| char::from(byte)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Parses a whole message.
///
/// - Subject: the lines of the first paragraph joined by a space, as git prints it.
/// - Trailers: every `Key: value` line after the subject, because squash merges leave them in the middle of the body; each
///   records whether it is in the last paragraph, where git itself looks.
/// - Source: git-interpret-trailers(1).
pub(super) fn parse(text: &str) -> Message {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let end = lines[start..].iter().position(|line| line.is_empty()).map_or(lines.len(), |gap| start + gap);
    let subject = lines[start..end].iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let body = &lines[end..];
    let mut trailers = trailers(body);
    // A tool may put its trailer right below the subject without a blank line; git counts it to the subject.
    let glued = lines[start..end].iter().skip(1).filter_map(|line| key_and_value(line));
    let glued = glued.filter(|(key, value)| key.contains('-') && !value.is_empty());
    trailers.splice(
        ..0,
        glued.map(|(key, value)| Trailer { key: key.to_owned(), value: value.to_owned(), in_last_paragraph: false }),
    );
    let footers = body.iter().filter_map(|line| assistance_in_footer(line)).collect();
    // Gitee writes its own words right below the title.
    let landed = match lines[start..].split_first() {
        Some((first, below)) if first.starts_with('!') => landed::parse(first, below),
        _ => landed::parse(&subject, body),
    };
    Message { landed, trailers, reverts: revert_names::parse(text, &subject, body), footers, subject }
}

fn trailers(body: &[&str]) -> Vec<Trailer> {
    let filled = body.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let last_paragraph = body[..filled].iter().rposition(|line| line.is_empty()).map_or(0, |gap| gap + 1);
    let mut found: Vec<Trailer> = Vec::new();
    let mut continues = false;
    for (at, line) in body[..filled].iter().enumerate() {
        if let Some((key, value)) = key_and_value(line) {
            found.push(Trailer {
                key: key.to_owned(),
                value: value.to_owned(),
                in_last_paragraph: at >= last_paragraph,
            });
            continues = true;
        } else if continues && line.starts_with([' ', '\t']) {
            // A value may continue on lines that begin with white space.
            if let Some(trailer) = found.last_mut() {
                trailer.value.push(' ');
                trailer.value.push_str(line.trim());
            }
        } else {
            continues = false;
        }
    }
    found
}

/// Splits `Key: value`. Indented lines count, because `git merge --squash` indents the messages that it quotes.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim_start().split_once(':')?;
    let key = key.trim_end();
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    // In `https://…` and `path:12`, no space follows the colon, so these are not trailers.
    (is_key && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| (key, value.trim()))
}

/// The originals that a message names (`git cherry-pick -x`).
pub(super) fn copied(message: &[u8]) -> HashSet<ObjectId> {
    const BEFORE: &[u8] = b"(cherry picked from commit ";
    let ids = memchr::memmem::find_iter(message, BEFORE).filter_map(|at| {
        let rest = &message[at + BEFORE.len()..];
        let end = rest.iter().position(|byte| !byte.is_ascii_hexdigit())?;
        ObjectId::from_hex(&rest[..end]).ok()
    });
    ids.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<(String, String, bool)> {
        parse(text).trailers.into_iter().map(|t| (t.key, t.value, t.in_last_paragraph)).collect()
    }

    #[test]
    fn trailers_are_found_mid_body_and_in_the_last_paragraph() {
        let text =
            "Add a (#7)\n\n* one\n\nCo-authored-by: A <a@x>\n\n* two\n\nsigned-off-by: B <b@x>\nFolded: x\n  y\n\n";
        let expected =
            [("Co-authored-by", "A <a@x>", false), ("signed-off-by", "B <b@x>", true), ("Folded", "x y", true)];
        assert_eq!(keys(text), expected.map(|(k, v, last)| (k.to_owned(), v.to_owned(), last)));
    }

    #[test]
    fn a_trailer_right_below_the_subject_counts_and_a_wrapped_subject_does_not() {
        let found = keys("fix: x\nEntire-Checkpoint: e032154c0b18");
        assert_eq!(found, [("Entire-Checkpoint".to_owned(), "e032154c0b18".to_owned(), false)]);
        assert!(keys("fix: x\nand note: y\nNote: z\n").is_empty());
    }

    #[test]
    fn the_subject_urls_and_prose_are_not_trailers() {
        assert!(keys("fix: a subject").is_empty());
        assert!(keys("s\n\nhttps://example.org/x\nsrc/a.rs:12 is wrong\ntwo words: no\n12: no\n").is_empty());
    }

    #[test]
    fn the_subject_is_the_first_paragraph_on_one_line() {
        assert_eq!(parse("\n\n a\n b \n\nbody").subject, "a b");
        assert_eq!(parse("").subject, "");
    }

    #[test]
    fn a_latin_1_message_is_decoded_by_its_header() {
        assert_eq!(decode(b"gr\xf6\xdfe", Some(b"ISO-8859-1")), "größe");
        assert_eq!(decode("größe".as_bytes(), None), "größe");
        assert_eq!(decode(b"\xff", None), "\u{fffd}");
    }

    #[test]
    fn a_copy_names_its_original() {
        let id = "0123456789012345678901234567890123456789";
        let message = format!("Fix\n\n(cherry picked from commit {id})\n(cherry picked from commit 0123)\n");
        assert_eq!(copied(message.as_bytes()), HashSet::from([id.parse().expect("an id")]));
        assert_eq!(copied(b"Fix (cherry picked from commit "), HashSet::new());
    }
}
