//! The line ledger: the birth and death of every line on the mainline.
//!
//! - A line is born by the first landing that has it, and dies by the landing that deletes or replaces it.
//! - Still the same line: in a renamed file; with other white space; in a block of three lines or more that the same
//!   landing moved; rewritten by a commit of `.git-blame-ignore-revs`.
//! - Back to life: where a file returns to a content it had before, and where a commit that says what it reverts
//!   brings back what that had deleted.
//! - Which lines a landing took and brought is git's histogram difference, hunks placed as git places them.
//! - Not here: reading anything, and any time; ages and ratios are made from the lives.

mod moves;
pub(super) mod replay;
