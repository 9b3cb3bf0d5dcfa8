//! Pull requests in their repositories: which landing each became, its reviews, and the work that answered them.
//!
//! - Only reviews by a person other than the author count; those of bots and the author's own comments do not.
//! - Work answers a review when its commit was written after the first review and before the merge. A rebase keeps the author
//!   time, so rebasing a branch in review is not an answer. When only the landing is known (squash merges), the time of the
//!   model request decides.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::company::pull_requests::Pull;
use crate::history::History;
use crate::model::work::Work;

/// Labels of a fix, whatever the message says; compared without case.
const BUG_LABELS: &[&str] = &["bug", "type: bug", "type:bug", "type/bug", "kind/bug", "bugfix", "regression", "hotfix"];

/// A pull request in its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Index of the repository.
    pub repository: usize,
    /// Its number.
    pub number: u64,
    /// Index of the landing; `None` when it was not merged.
    pub landing: Option<usize>,
    /// When it was opened.
    pub opened: Option<DateTime<Utc>>,
    /// When it was merged: by the export, else the time of the landing.
    pub merged: Option<DateTime<Utc>>,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether a bot made it.
    pub bot: bool,
    /// Whether the export has reviews.
    pub has_reviews: bool,
    /// The first review.
    pub first_review: Option<DateTime<Utc>>,
    /// The last approval before the merge.
    pub approved: Option<DateTime<Utc>>,
    /// Its commits except the landing, with when each was written, if known.
    written: HashMap<String, DateTime<Utc>>,
    head_branch: Option<String>,
    labels: Vec<String>,
}

impl Placed {
    /// How many of its commits are known, and how many of those answer a review.
    #[must_use]
    pub fn answering_commits(&self) -> (u64, u64) {
        let answers = self.written.values().filter(|at| self.is_answering(**at)).count();
        (self.written.len() as u64, answers as u64)
    }

    fn is_answering(&self, at: DateTime<Utc>) -> bool {
        self.first_review.is_some_and(|first| at > first) && self.merged.is_none_or(|merged| at <= merged)
    }

    fn has_label(&self, known: impl Fn(&str) -> bool) -> bool {
        self.labels.iter().any(|label| known(label))
    }
}

/// The pull requests of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// By repository, then number.
    pub pulls: Vec<Placed>,
    by_landing: BTreeMap<(usize, usize), usize>,
    /// Labels, and first parts of branch names, of work that is tried out and no waste.
    spikes: Vec<String>,
}

impl Reviewed {
    /// Finds the place of each request; `spikes` are labels of what was tried out on purpose.
    #[must_use]
    pub fn of(pulls: &[Pull], histories: &[History], works: &[Work], spikes: &[String]) -> Self {
        let mut found = Self { spikes: spikes.to_vec(), ..Self::default() };
        for (repository, (history, work)) in histories.iter().zip(works).enumerate() {
            let landings: HashMap<&str, usize> =
                history.commits.iter().enumerate().map(|(at, commit)| (commit.id.as_str(), at)).collect();
            let mut by_number: HashMap<u64, usize> = HashMap::new();
            for (at, commit) in history.commits.iter().enumerate() {
                if let Some(number) = commit.pull_request {
                    by_number.entry(number).or_insert(at);
                }
            }
            // Commits by the landing that brought them, and by the requests whose heads hold them.
            let mut by_landing: HashMap<usize, Vec<usize>> = HashMap::new();
            let mut by_head: HashMap<u64, Vec<usize>> = HashMap::new();
            for (at, one) in work.commits.iter().enumerate().filter(|(_, one)| !one.is_merge() && !one.on_mainline) {
                one.landing.iter().for_each(|landing| by_landing.entry(*landing as usize).or_default().push(at));
                one.pull_requests.iter().for_each(|number| by_head.entry(*number).or_default().push(at));
            }
            for pull in pulls.iter().filter(|pull| pull.is_of(history)) {
                let by_id = pull.landed_by.as_deref().and_then(|id| landings.get(id).copied());
                // A number alone is that of another repository where the export does not name one and merged nothing here.
                let is_known = pull.repository.is_some() && !history.remotes.is_empty() || histories.len() == 1;
                let by_number = || by_number.get(&pull.number).copied().filter(|_| is_known && pull.merged.is_some());
                let landing = by_id.or_else(by_number);
                if landing.is_none() && !is_known {
                    continue;
                }
                let own =
                    landing.and_then(|at| by_landing.get(&at)).into_iter().chain(by_head.get(&pull.number)).flatten();
                let commits = own.map(|at| &work.commits[*at].commit);
                let mut written: HashMap<String, DateTime<Utc>> =
                    commits.map(|commit| (commit.id.clone(), commit.author_time)).collect();
                written.extend(pull.commits.iter().filter_map(|(id, at)| Some((id.clone(), (*at)?))));
                let merged = pull.merged.or(landing.map(|at| history.commits[at].commit_time));
                let in_time = |at: &DateTime<Utc>| merged.is_none_or(|merged| *at <= merged);
                let reviews = || pull.by_others().map(|review| (review.at, review.approves));
                if let Some(at) = landing {
                    found.by_landing.entry((repository, at)).or_insert(found.pulls.len());
                }
                found.pulls.push(Placed {
                    repository,
                    number: pull.number,
                    landing,
                    opened: pull.opened,
                    merged,
                    draft: pull.draft,
                    bot: pull.author.as_ref().is_some_and(|author| author.bot),
                    has_reviews: pull.reviews.is_some(),
                    first_review: reviews().map(|(at, _)| at).filter(in_time).min(),
                    approved: reviews().filter(|(_, approves)| *approves).map(|(at, _)| at).filter(in_time).max(),
                    written,
                    head_branch: pull.head_branch.clone(),
                    labels: pull.labels.clone(),
                });
            }
        }
        found
    }

    /// The pull request that a landing merged.
    #[must_use]
    pub fn landed(&self, repository: usize, landing: usize) -> Option<&Placed> {
        self.by_landing.get(&(repository, landing)).map(|at| &self.pulls[*at])
    }

    /// Whether any export has reviews.
    #[must_use]
    pub fn has_reviews(&self) -> bool {
        self.pulls.iter().any(|pull| pull.has_reviews)
    }

    /// Whether work on a landing answers a review: by its commit if known, else by the time of the model request.
    #[must_use]
    pub fn answers(&self, repository: usize, landing: usize, commit: Option<&str>, at: DateTime<Utc>) -> bool {
        let Some(pull) = self.landed(repository, landing) else { return false };
        pull.is_answering(commit.and_then(|id| pull.written.get(id)).copied().unwrap_or(at))
    }

    /// Whether the labels of a landing's pull request call it a fix.
    #[must_use]
    pub fn is_labelled_bug(&self, repository: usize, landing: usize) -> bool {
        let is_bug = |label: &str| BUG_LABELS.iter().any(|known| known.eq_ignore_ascii_case(label.trim()));
        self.landed(repository, landing).is_some_and(|pull| pull.has_label(is_bug))
    }

    /// The labels of the pull request that a landing merged.
    #[must_use]
    pub fn labels(&self, repository: usize, landing: usize) -> &[String] {
        self.landed(repository, landing).map_or(&[], |pull| &pull.labels)
    }

    /// Whether unmerged work, named by its branch or commit, was a deliberate experiment.
    #[must_use]
    pub fn is_spike(&self, repository: usize, name: &str) -> bool {
        let is_spike = |label: &str| self.spikes.iter().any(|known| known.eq_ignore_ascii_case(label.trim()));
        let first_part = name.split_once('/').map(|(first, _)| first);
        let is_its = |pull: &&Placed| {
            pull.repository == repository
                && (pull.head_branch.as_deref() == Some(name)
                    || pull.written.contains_key(name)
                    || name.strip_prefix('#').and_then(|number| number.parse().ok()) == Some(pull.number))
        };
        first_part.is_some_and(is_spike) || self.pulls.iter().filter(is_its).any(|pull| pull.has_label(is_spike))
    }
}
