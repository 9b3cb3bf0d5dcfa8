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
    use crate::history::commit_object::CommitObject;
    use crate::history::{assist, bots, imports, landed};
    use crate::model::commit::Identity;

    /// Everything that is asked of a message.
    fn read_all(text: &str) {
        let parsed = parse(text);
        assist::assistance(None, bots::Account::Author, &parsed);
        imports::imported_folder(&parsed.subject, &parsed.trailers);
        copied(text.as_bytes());
        for line in text.lines() {
            revert_names::of_branch(line);
            landed::parse(line, &[]);
            let who = Identity { name: line.to_owned(), email: line.to_owned() };
            assist::assistance(assist::signed(&who).as_ref(), bots::account(&who), &parsed);
        }
    }

    #[test]
    fn letters_of_several_bytes_may_be_anywhere_in_a_message() {
        let texts = [
            "Merge pull request 'Add (five)' (#305) from ann/shop:five into main",
            "Merge pull request #12 from ann/fix/login\n\nMend the login\n\nReviewed-on: https://forge.example/pulls/34",
            "Merged in feat/9 (pull request #309)\n\nNine",
            "Auto merge of #303 - ann:three, r=bo\n\nAdd three",
            "Merge #304 #305\n\n304: Add four r=bo a=ann",
            "!310 Ten\nMerge pull request !310 from ann/ten",
            "Pull request #307: Seven\n\nMerge in SHOP/till from feat/7 to master",
            "Add x (pull request #34) [skip ci]\n\nPull request: 34\nCloses #34 from ann/x.",
            "Merge remote-tracking branch 'origin/b'\n\nA title\n\nSee merge request g/p!77",
            "Reapply \"Add x (#1)\" (#2)\n\nThis partially reverts commits 0123abc, 1234bcd.\nReverts acme/shop#1",
            "Revert \"Add x\" (#2)\n\nRefs: 676104e\nReverts https://github.com/acme/shop/pull/7.",
            "revert(till)!: add x\n\nBacked out changeset 0123456789ab (bug 5)\nOriginal commit changeset: 0123456789ab",
            "Partial revert of #3\n\nrevert-pr-6-ann/six\nann/revert_0123abcd",
            "Add x\n\n* Generated with [Claude Code](https://claude.ai/code) (opus 4.6)\nMade with Cursor (gpt-5)",
            "Add x\n\nhttps://claude.ai/code/session_0123\nCo-authored-by: Claude Opus 4.6 (1M) <noreply@anthropic.com>",
            "Add x\n\nAssisted-by: Opus 4.6 via Claude Code [sparse]\nAI-model: codex: gpt-5\n  more of it",
            "Squash\n\ngit-subtree-dir: ext/lib/\ngit-subtree-split: 0123456\n(cherry picked from commit 0123456)",
        ];
        for text in texts {
            for letter in ["à", "修", "🤖"] {
                for at in 0..=text.len() {
                    let (before, after) = text.split_at(at);
                    read_all(&format!("{before}{letter}{after}"));
                    read_all(&format!("{before}{letter}"));
                    read_all(&format!("{letter}{after}"));
                    let over = after.get(1..).unwrap_or_default();
                    read_all(&format!("{before}{letter}{over}"));
                }
            }
        }
    }

    #[test]
    fn a_commit_cut_anywhere_is_read_or_refused() {
        let id = "0123456789012345678901234567890123456789";
        let whole = format!(
            "tree {id}\nparent {id}\nauthor Änn <ä@b> 1777885200 +0000\ncommitter 修 <b@\nb> 2 +0000\nencoding à\n\n修復 (#1)"
        );
        for at in 0..=whole.len() {
            let bytes = whole.as_bytes();
            for text in [&bytes[..at], &[&bytes[..at], b"\xe4\xbf", &bytes[at..]].concat()] {
                if let Some(read) = CommitObject::parse(text) {
                    read_all(&decode(read.message, read.encoding));
                }
            }
        }
    }

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
