//! `.git-blame-ignore-revs` of the mainline's tip: commits that rewrote lines but are not their authors.

use super::mainline::MainlineStep;
use super::objects::Objects;
use super::tree_diff;
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::Result;

/// The file that code hosts read. `blame.ignoreRevsFile` is a setting of one machine and ignored here.
const FILE: &[u8] = b".git-blame-ignore-revs";

/// By commit of the mainline: whether the file lists it.
///
/// # Errors
/// Fails when the tip's tree cannot be read.
pub(super) fn marks(objects: &Objects, steps: &[MainlineStep], diagnostics: &mut Diagnostics) -> Result<Vec<bool>> {
    let mut marks = vec![false; steps.len()];
    let Some(tip) = steps.last() else { return Ok(marks) };
    let Some(file) = tree_diff::root_file(objects, tip.tree, FILE)? else { return Ok(marks) };
    let text = objects.read_file(file, FILE).unwrap_or_default();
    for line in String::from_utf8_lossy(&text).lines() {
        let id = line.split('#').next().unwrap_or_default().trim().to_ascii_lowercase();
        if id.is_empty() {
            continue;
        }
        match steps.iter().position(|step| step.commit.id == id) {
            Some(at) => marks[at] = true,
            None => {
                let text = "a commit of .git-blame-ignore-revs is not on the mainline, so it is not ignored";
                diagnostics.add(Severity::Note, "ignored-commit-elsewhere", text, id);
            }
        }
    }
    Ok(marks)
}
