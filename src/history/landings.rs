//! Mainline commits → their changes and the lives of their lines, on all threads of the pool.
//!
//! Three passes: `trees` compares trees and finds renames; `pairs` compares each pair of versions of a path once; `fold`
//! replays the differences in order. Work is cut into pieces by position alone and collected in order, so any number of
//! threads gives the same result.

mod fold;
mod pairs;
mod trees;

use std::collections::HashMap;

use self::fold::Fold;
pub(super) use self::fold::Scope;
use self::pairs::{ComparedChanges, Pairs};
use super::blob_diff::Difference;
use super::contributions::Contributions;
use super::graph::Graph;
use super::mainline::MainlineStep;
use super::merged::{self, MergeAuthors, MergedLanding};
use super::meter::Meter;
use super::objects::Store;
use super::paths::Paths;
use super::reformat::Reformat;
use super::reverts::Reverts;
use crate::error::Result;
use crate::model::contribution::Contribution;
use crate::model::line_life::LineLife;

/// What the differences of a mainline show beside the changes of its commits.
#[derive(Default)]
pub(super) struct MainlineLines {
    /// The lives of the lines, in the order of their births.
    pub(super) lives: Vec<LineLife>,
    /// Paths, which lives name by index.
    pub(super) paths: Vec<String>,
    /// Lines in the files that were read; all files when the mainline was read from its root.
    pub(super) alive: u64,
    /// The commits behind the lines: those of the mainline in order, then the merged ones.
    pub(super) contributions: Vec<Contribution>,
    /// Whether the lines of every merged commit were followed.
    pub(super) follows_all: bool,
    /// Commits with too many deleted and added files to look for edited renames.
    pub(super) over_rename_limit: Vec<usize>,
    /// Commits that a formatter wrote; their lines are treated as those of ignored commits.
    pub(super) reformats: Vec<(usize, Reformat)>,
}

/// Fills in the changes of every step from the first one on, and follows the lines.
///
/// # Errors
/// Fails when a commit or tree is missing or corrupt, or most files of a partial clone are.
pub(super) fn read(
    store: &Store,
    steps: &mut [MainlineStep],
    graph: &Graph,
    scope: &Scope<'_>,
    meter: &Meter<'_>,
) -> Result<MainlineLines> {
    let Some(tip) = steps.last().map(|step| step.tree) else { return Ok(MainlineLines::default()) };
    meter.expect(steps.len() - scope.from);
    let trees = trees::compare(store, steps, scope.from, meter)?;
    let paths = Paths::new(store, tip, &trees)?;
    let pairs = Pairs::new(&paths, &trees);
    meter.expect(pairs.count());
    let differences = pairs.compare(store, &paths, meter);
    let missing = store.missing_files();
    if let Some((id, _)) = missing.first().filter(|_| store.partial && missing.len() * 2 > pairs.contents()) {
        return Err(store.unreadable(id, &"most files are missing"));
    }
    let compared = ComparedChanges { from: scope.from, trees: &trees, pairs: &pairs, differences: &differences };

    let contributions = Contributions::new(steps, graph, scope.from, scope.follow_all);
    let authors = authors_of_merges(store, steps, graph, &contributions, &paths, compared)?;
    let no_difference = Difference::default();
    let reverts = Reverts::new(steps, graph, &contributions, scope.from);
    let mut fold = Fold::new(scope, &paths, compared, &contributions, &reverts, &no_difference);
    fold.all(steps, authors)?;
    let Fold { replay, over_rename_limit, reformats, .. } = fold;
    Ok(MainlineLines {
        alive: replay.alive(),
        lives: replay.into_lives(),
        paths: paths.into_names(),
        follows_all: contributions.follows_all,
        contributions: contributions.all,
        over_rename_limit,
        reformats,
    })
}

/// Who wrote the lines of the landings that merged something, by the landing's index.
fn authors_of_merges(
    store: &Store,
    steps: &[MainlineStep],
    graph: &Graph,
    contributions: &Contributions,
    paths: &Paths<'_>,
    compared: ComparedChanges<'_>,
) -> Result<HashMap<usize, MergeAuthors>> {
    let merges = compared.landings().filter(|(at, ..)| steps[*at].parents.len() > 1);
    let merges: Vec<MergedLanding<'_>> = merges
        .map(|(at, landing, paired)| {
            let edits = landing.changes.iter().zip(paired);
            let edits = edits.filter_map(|(change, paired)| Some((change, compared.difference(paired)?))).collect();
            MergedLanding { at, edits }
        })
        .collect();
    let authors = merged::authors(store, graph, contributions, paths, &merges)?;
    Ok(merges.iter().map(|merge| merge.at).zip(authors).collect())
}
