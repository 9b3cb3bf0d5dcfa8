//! Hunks compared with those of git, with a forced hash collision, and with a comparison that reuses nothing.

use super::part::push_line_ends;
use super::*;
use gix::ObjectId;

/// Hunks of each pair of texts as git prints them.
fn hunks_of_git(pairs: &[(String, String)]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (side, at) in [("old", 0), ("new", 1)] {
        std::fs::create_dir(folder.path().join(side)).expect("a new folder");
        for (number, pair) in pairs.iter().enumerate() {
            let text = [&pair.0, &pair.1][at];
            std::fs::write(folder.path().join(side).join(format!("{number:04}")), text).expect("a new file");
        }
    }
    let mut git = std::process::Command::new("git");
    git.current_dir(folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let printed = git.args(["diff", "--no-index", "--histogram", "-U0", "--no-color", "old", "new"]).output();
    let printed = String::from_utf8(printed.expect("git runs").stdout).expect("UTF-8");
    let mut hunks = vec![Vec::new(); pairs.len()];
    let mut at = 0;
    for line in printed.lines() {
        if let Some(path) = line.strip_prefix("+++ b/new/") {
            at = path.parse().expect("a number");
        } else if let Some(places) = line.strip_prefix("@@ -") {
            hunks[at].push(places.split(" @@").next().expect("places").to_owned());
        }
    }
    hunks
}

#[test]
fn hunks_are_those_of_git() {
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut pairs = Vec::new();
    for number in 0..600 {
        // Few different lines that occur often, some so often that git falls back to the classic algorithm.
        let (most, kinds) = if number % 20 == 0 { (500, 3) } else { (30, 2 + random(20)) };
        let mut text = |side: &str| {
            let lines = (0..random(most)).map(|_| {
                let indent = ["", "", "    ", "        "][usize::try_from(random(4)).expect("small")];
                match random(kinds) {
                    0 => "\n".to_owned(),
                    kind => format!("{indent}{kind}\n"),
                }
            });
            // With common first or last lines, git may keep other lines in place.
            format!("begin {side}\n{}end {side}\n", lines.collect::<String>())
        };
        pairs.push((text("old"), text("new")));
    }
    let place = |range: &std::ops::Range<u32>| match range.len() {
        0 => format!("{},0", range.start),
        1 => (range.start + 1).to_string(),
        count => format!("{},{count}", range.start + 1),
    };
    let mut differ = LineDiffer::default();
    for ((old, new), expected) in pairs.iter().zip(hunks_of_git(&pairs)) {
        let hunks = differ.compare(text(old.as_bytes()), text(new.as_bytes())).hunks;
        let hunks: Vec<String> =
            hunks.iter().map(|hunk| format!("{} +{}", place(&hunk.before), place(&hunk.after))).collect();
        assert_eq!(hunks, expected, "{old:?} {new:?}");
    }
}

#[test]
fn line_ends_are_found_at_every_position() {
    let mut ends = Vec::new();
    push_line_ends(b"..a\n\n12345678\n123456\nlast", 2..24, &mut ends);
    assert_eq!(ends.iter().map(|end| end.at()).collect::<Vec<_>>(), [4, 5, 14, 21, 24]);
}

#[test]
fn different_lines_with_one_hash_are_not_equal() {
    let mut differ = LineDiffer::default();
    differ.ids.hash = |line| u64::from(line.len() > 99);
    let texts: [&[u8]; 3] = [b"a\nb\nc\n", b"a\nx\nc\n", b"a\nx\nd\n"];
    let known = |at: usize| Text { id: Some(id(at)), bytes: texts[at] };
    for (old, new, expected) in [(1, 2, 2..3), (0, 1, 1..2), (0, 2, 1..3)] {
        let hunks = differ.compare(known(old), known(new)).hunks;
        assert_eq!(hunks, [Hunk { before: expected.clone(), after: expected }], "{old} {new}");
    }
}

fn id(number: usize) -> ObjectId {
    ObjectId::from_bytes_or_panic(&[u8::try_from(number).expect("a small number"); 20])
}

fn text(bytes: &[u8]) -> Text<'_> {
    Text { id: None, bytes }
}

#[test]
fn ids_taken_over_from_a_neighbour_change_nothing() {
    let mut state = 11_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for round in 0..200 {
        // Consecutive versions of a text: lines are added, deleted and moved, and the last line end is lost.
        let kinds = 2 + random(60);
        let mut lines: Vec<String> = (0..random(300)).map(|_| format!("{}\n", random(kinds))).collect();
        let mut versions = Vec::new();
        for _ in 0..12 {
            for _ in 0..random(4) {
                let at = random(lines.len() + 1);
                let until = (at + random(6)).min(lines.len());
                let gone: Vec<String> = lines.drain(at..until).collect();
                let to = random(lines.len() + 1);
                match random(3) {
                    0 => lines.splice(to..to, gone).for_each(drop),
                    1 => lines.splice(at..at, (0..random(6)).map(|_| format!("{}\n", random(kinds)))).for_each(drop),
                    _ => {}
                }
            }
            let whole = lines.concat();
            let cut = if random(4) == 0 { whole.trim_end() } else { &whole };
            versions.push(cut.to_owned());
        }
        let known = |at: usize| Text { id: Some(id(at)), bytes: versions[at].as_bytes() };
        let mut differ = LineDiffer::default();
        // Backward in time, forward in time, and from any version to any other.
        let back = (1..versions.len()).rev().map(|at| (at - 1, at));
        let on = (1..versions.len()).map(|at| (at - 1, at));
        let any: Vec<(usize, usize)> = (0..12).map(|_| (random(12), random(12))).collect();
        for (old, new) in back.chain(on).chain(any) {
            let (old, new) = (known(old), known(new));
            let found = differ.compare(old, new);
            let alone = LineDiffer::default().compare(text(old.bytes), text(new.bytes));
            assert_eq!(found.hunks, alone.hunks, "round {round}: {old:?} {new:?}");
            assert_eq!((found.old_lines, found.new_lines), (count(old.bytes), count(new.bytes)));
            for hunk in found.hunks {
                let lines = |range: &Range<u32>, bytes| {
                    let part = range.start as usize..range.end as usize;
                    crate::history::effective::lines(bytes).collect::<Vec<_>>()[part].to_vec()
                };
                assert!(differ.old_lines(old.bytes, hunk.before.clone()).eq(lines(&hunk.before, old.bytes)));
                assert!(differ.new_lines(new.bytes, hunk.after.clone()).eq(lines(&hunk.after, new.bytes)));
            }
        }
    }
}
