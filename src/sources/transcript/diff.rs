//! Diffs that agents log of their edits → hashes of added lines: search and replace blocks, unified diffs, `apply_patch` texts.

use crate::model::activity::line_hash;
use crate::sources::transcript::replaced_lines;

/// The added lines of a diff of one file, as hashes, and the number of deleted lines.
pub(crate) fn changed_lines(diff: &str) -> (Vec<u64>, u32) {
    if is_blocks(diff) { of_blocks(diff) } else { of_unified(diff) }
}

/// Whether a text is search and replace blocks.
pub(crate) fn is_blocks(diff: &str) -> bool {
    diff.lines().any(is_search)
}

/// `<<<<<<< SEARCH`, in newer versions `------- SEARCH`.
fn is_search(line: &str) -> bool {
    line.starts_with(['<', '-']) && line.trim_start_matches(['<', '-']).trim() == "SEARCH"
}

/// `>>>>>>> REPLACE`, in newer versions `+++++++ REPLACE`.
fn is_replace(line: &str) -> bool {
    line.starts_with(['>', '+']) && line.trim_start_matches(['>', '+']).trim() == "REPLACE"
}

fn of_blocks(diff: &str) -> (Vec<u64>, u32) {
    let (mut added, mut deleted) = (Vec::new(), 0);
    let (mut old, mut new) = (String::new(), String::new());
    let mut side = None;
    for line in diff.lines() {
        if is_search(line) {
            side = Some(false);
        } else if side == Some(false) && line.trim_end() == "=======" {
            side = Some(true);
        } else if is_replace(line) {
            let (more, fewer) = replaced_lines(&std::mem::take(&mut old), &std::mem::take(&mut new));
            added.extend(more);
            deleted += fewer;
            side = None;
        } else if let Some(is_new) = side {
            // Some write where a block begins, and a rule, before its text.
            let is_head = !is_new && (line.starts_with(":start_line:") || line.trim_end() == "-------");
            if !is_head {
                let text = if is_new { &mut new } else { &mut old };
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    (added, deleted)
}

fn of_unified(diff: &str) -> (Vec<u64>, u32) {
    let (mut added, mut deleted) = (Vec::new(), 0);
    for line in diff.lines().filter(|line| !line.starts_with("+++ ") && !line.starts_with("--- ")) {
        if let Some(text) = line.strip_prefix('+') {
            added.extend(line_hash(text));
        } else if let Some(text) = line.strip_prefix('-') {
            deleted += u32::from(line_hash(text).is_some());
        }
    }
    (added, deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_diff_are_the_same_in_every_form() {
        let hashes: Vec<u64> = ["new();", "more();"].iter().filter_map(|line| line_hash(line)).collect();
        for diff in [
            "<<<<<<< SEARCH\n:start_line:3\n-------\nkept();\nold();\n=======\nkept();\nnew();\nmore();\n>>>>>>> REPLACE",
            "------- SEARCH\nkept();\nold();\n=======\nkept();\nnew();\nmore();\n+++++++ REPLACE\n",
            "--- a/x.rs\n+++ b/x.rs\n@@ -1,2 +1,3 @@\n kept();\n-old();\n+new();\n+more();\n",
            "*** Begin Patch\n*** Update File: x.rs\n@@\n kept();\n-old();\n+new();\n+more();\n*** End Patch",
        ] {
            assert_eq!(changed_lines(diff), (hashes.clone(), 1), "{diff}");
        }
    }
}
