//! The line ledger: the birth and death of every line on the mainline.
//!
//! - A line is born in the first landing that has it, and dies in the landing that deletes or replaces it.
//! - A line stays the same line when its file is renamed, when only its white space changes, when a landing moves it in a
//!   block of three or more lines, and when a commit of `.git-blame-ignore-revs` rewrites it.
//! - A line comes back to life when a file returns to an earlier content, and when a revert restores what the reverted
//!   commit deleted.
//! - Which lines a landing deleted and added is git's histogram diff, with hunks placed as git places them.
//! - Nothing is read here, and times play no part; ages and ratios are computed from the lives.

mod moves;
pub(super) mod replay;
