//! Texts of other languages anywhere in a message.

use super::*;
use crate::history::commit_object::CommitObject;
use crate::model::commit::Identity;

/// Everything that is asked of a message.
fn read_all(text: &str) {
    let parsed = message::parse(text);
    assist::assistance(None, bots::Account::Author, &parsed);
    imports::imported_folder(&parsed.subject, &parsed.trailers);
    message::copied(text.as_bytes());
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
                read_all(&message::decode(read.message, read.encoding));
            }
        }
    }
}
