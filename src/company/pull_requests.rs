//! Exports of pull requests → what a merge commit does not say: head branches, squashes without a number, reviews, labels.
//!
//! - `gh pr list --state all --json number,url,headRefName,mergeCommit,state,createdAt,mergedAt,isDraft,author,labels,reviews,commits`:
//!   an array with those keys; every key but the number may be missing.
//! - GitHub REST `GET /repos/{owner}/{repo}/pulls?state=all`, and beside it `…/pulls/{number}/reviews` and `…/pulls/comments`,
//!   whose `pull_request_url` names the pull request.
//! - GitLab `GET /projects/:id/merge_requests`, and beside it `…/:iid/notes` and `…/:iid/approvals`.
//!
//! Pages may be joined: one array after another, or one object per line. No text is kept; only the beginning of a GitLab note is
//! read, because GitLab writes an approval as a note.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::history::{History, is_program_account, may_name, normalise_remote};
use crate::model::work::{Work, WorkCommit};

/// A pull or merge request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Pull {
    /// Its number in its repository.
    pub number: u64,
    /// `host/owner/repository`, when the export has it.
    pub repository: Option<String>,
    /// The branch that it was made from.
    pub head_branch: Option<String>,
    /// Full id of the commit that merged it; `None` when it was not merged.
    pub landed_by: Option<String>,
    /// When it was opened.
    pub opened: Option<DateTime<Utc>>,
    /// When it was merged.
    pub merged: Option<DateTime<Utc>>,
    /// Whether it is a draft.
    pub draft: bool,
    /// Its author; never shown.
    pub author: Option<Account>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Its commits, with when each was written.
    pub commits: Vec<(String, Option<DateTime<Utc>>)>,
    /// Its reviews in order of time; `None` when the export has no reviews.
    pub reviews: Option<Vec<Review>>,
}

/// An account on a forge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    login: String,
    /// Whether it belongs to a program.
    pub bot: bool,
}

/// A review, or a comment on code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Review {
    /// When it was given.
    pub at: DateTime<Utc>,
    /// Its author; never shown.
    pub author: Option<Account>,
    /// Whether it approves.
    pub approves: bool,
}

impl Account {
    fn new(login: &str, is_bot: Option<bool>) -> Self {
        let login = login.trim_start_matches("app/").to_ascii_lowercase();
        let plain = login.strip_suffix("[bot]").unwrap_or(&login);
        let bot = is_bot == Some(true) || plain != login || is_program_account(plain);
        Self { login: plain.to_owned(), bot }
    }
}

/// The content of one file: pull requests, and reviews that name theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Pull requests.
    pub pulls: Vec<Pull>,
    /// Repository and number of a pull request, with a review of it.
    pub reviews: Vec<(Option<String>, u64, Review)>,
}

/// An instant. Anything else counts as missing: it is not worth refusing a file for.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

#[derive(Deserialize, Default)]
struct Raw {
    number: Option<u64>,
    iid: Option<u64>,
    url: Option<String>,
    html_url: Option<String>,
    web_url: Option<String>,
    #[serde(rename = "headRefName")]
    head_ref_name: Option<String>,
    head: Option<Head>,
    source_branch: Option<String>,
    #[serde(rename = "mergeCommit")]
    merge_commit: Option<Oid>,
    merge_commit_sha: Option<String>,
    squash_commit_sha: Option<String>,
    #[serde(default, deserialize_with = "instant", alias = "mergedAt")]
    merged_at: Option<DateTime<Utc>>,
    #[serde(default, deserialize_with = "instant", alias = "createdAt")]
    created_at: Option<DateTime<Utc>>,
    #[serde(alias = "isDraft")]
    draft: Option<bool>,
    state: Option<String>,
    #[serde(alias = "user")]
    author: Option<RawAccount>,
    labels: Option<Vec<RawLabel>>,
    commits: Option<RawCommits>,
    reviews: Option<Vec<RawReview>>,
    approved_by: Option<Vec<RawReview>>,
    // A review or a comment on its own.
    pull_request_url: Option<String>,
    #[serde(default, deserialize_with = "instant")]
    submitted_at: Option<DateTime<Utc>>,
    noteable_type: Option<String>,
    noteable_iid: Option<u64>,
    system: Option<bool>,
    body: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "ref")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Oid {
    oid: Option<String>,
}

#[derive(Deserialize)]
struct RawAccount {
    #[serde(alias = "username")]
    login: Option<String>,
    is_bot: Option<bool>,
    bot: Option<bool>,
    r#type: Option<String>,
}

impl From<RawAccount> for Option<Account> {
    fn from(raw: RawAccount) -> Self {
        let typed = raw.r#type.is_some_and(|kind| kind == "Bot").then_some(true);
        Some(Account::new(&raw.login?, typed.or(raw.is_bot).or(raw.bot)))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawLabel {
    Text(String),
    Named { name: String },
}

/// GitHub REST has a count of commits where `gh` has a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawCommits {
    Listed(Vec<RawCommit>),
    Counted(IgnoredAny),
}

#[derive(Deserialize)]
struct RawCommit {
    oid: String,
    #[serde(rename = "authoredDate", default, deserialize_with = "instant")]
    authored: Option<DateTime<Utc>>,
    #[serde(rename = "committedDate", default, deserialize_with = "instant")]
    committed: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct RawReview {
    #[serde(default, deserialize_with = "instant")]
    #[serde(alias = "submittedAt", alias = "approved_at", alias = "created_at", alias = "createdAt")]
    submitted_at: Option<DateTime<Utc>>,
    #[serde(alias = "user")]
    author: Option<RawAccount>,
    state: Option<String>,
}

impl RawReview {
    /// A submitted review; a pending one has no time.
    fn submitted(self, approves: bool) -> Option<Review> {
        let approves = approves || self.state.is_some_and(|state| state.eq_ignore_ascii_case("approved"));
        Some(Review { at: self.submitted_at?, author: self.author.and_then(Option::from), approves })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Page {
    Many(Vec<Raw>),
    One(Box<Raw>),
}

/// The repository and the number in the URL of a pull request.
fn address(url: &str) -> Option<(String, u64)> {
    let url = url.replacen("://api.github.com/repos/", "://github.com/", 1).replacen("/api/v3/repos/", "/", 1);
    let mut cuts = ["/-/merge_requests/", "/merge_requests/", "/pulls/", "/pull/"].into_iter();
    let (place, rest) = cuts.find_map(|cut| url.split_once(cut))?;
    let number = rest.split(['/', '#', '?']).next()?.parse().ok()?;
    Some((normalise_remote(place)?, number))
}

impl Export {
    fn add(&mut self, raw: Raw) {
        if let Some((repository, number)) = raw.pull_request_url.as_deref().and_then(address) {
            let at = raw.submitted_at.or(raw.created_at);
            let approves = raw.state.is_some_and(|state| state.eq_ignore_ascii_case("approved"));
            let author = raw.author.and_then(Option::from);
            self.reviews.extend(at.map(|at| (Some(repository), number, Review { at, author, approves })));
            return;
        }
        if let Some(number) = raw.noteable_iid {
            let system = raw.system == Some(true);
            let approves = system && raw.body.is_some_and(|text| text.starts_with("approved this merge request"));
            let is_review = raw.noteable_type.as_deref() == Some("MergeRequest") && (approves || !system);
            let author = raw.author.and_then(Option::from);
            let at = raw.created_at.filter(|_| is_review);
            self.reviews.extend(at.map(|at| (None, number, Review { at, author, approves })));
            return;
        }
        self.pulls.extend(Option::<Pull>::from(raw));
    }
}

impl From<Raw> for Option<Pull> {
    fn from(raw: Raw) -> Self {
        // REST has a test merge for open pull requests, so a commit counts only when the pull request was merged.
        let state = raw.state.as_deref().unwrap_or_default().to_ascii_lowercase();
        let merged = raw.merged_at.is_some() || state == "merged" || raw.merge_commit.is_some();
        let commit = raw.merge_commit.and_then(|commit| commit.oid);
        let commit = commit.or(raw.squash_commit_sha).or(raw.merge_commit_sha).filter(|_| merged);
        let place = [&raw.html_url, &raw.web_url, &raw.url].into_iter().flatten().find_map(|url| address(url));
        let label = |label: RawLabel| match label {
            RawLabel::Text(name) | RawLabel::Named { name } => name,
        };
        let commits = match raw.commits {
            Some(RawCommits::Listed(all)) => all,
            _ => Vec::new(),
        };
        let written = |one: RawCommit| (one.oid.to_ascii_lowercase(), one.authored.or(one.committed));
        let approved =
            raw.approved_by.map(|all| all.into_iter().filter_map(|one| one.submitted(true)).collect::<Vec<_>>());
        let reviews = raw.reviews.map(|all| all.into_iter().filter_map(|one| one.submitted(false)).collect());
        Some(Pull {
            number: raw.number.or(raw.iid)?,
            repository: place.map(|(repository, _)| repository),
            head_branch: raw.head_ref_name.or(raw.head.and_then(|head| head.name)).or(raw.source_branch),
            landed_by: commit.map(|id| id.to_ascii_lowercase()),
            opened: raw.created_at,
            merged: raw.merged_at,
            draft: raw.draft.unwrap_or(false),
            author: raw.author.and_then(Option::from),
            labels: raw.labels.into_iter().flatten().map(label).collect(),
            commits: commits.into_iter().map(written).collect(),
            // GitLab's approvals without times only say that there were some.
            reviews: reviews.or(approved.filter(|all| !all.is_empty())),
        })
    }
}

/// Reads an export.
///
/// # Errors
/// The reason, if it is not JSON or has neither a pull request nor a review.
pub fn parse(bytes: &[u8]) -> Result<Export, String> {
    let mut export = Export::default();
    for page in serde_json::Deserializer::from_slice(bytes).into_iter::<Page>() {
        match page.map_err(|err| err.to_string())? {
            Page::Many(all) => all.into_iter().for_each(|raw| export.add(raw)),
            Page::One(one) => export.add(*one),
        }
    }
    // An empty list is a valid export: the repository has no pull requests.
    let is_empty_list = bytes.trim_ascii() == b"[]";
    let empty = export.pulls.is_empty() && export.reviews.is_empty();
    if empty && !is_empty_list { Err("it has no pull request".to_owned()) } else { Ok(export) }
}

/// Joins the files of a run: each pull request once, with everything that any file says about it.
#[must_use]
pub fn join(exports: Vec<Export>) -> Vec<Pull> {
    let mut by_key: BTreeMap<(Option<String>, u64), Pull> = BTreeMap::new();
    let mut reviews = Vec::new();
    for export in exports {
        reviews.extend(export.reviews);
        for pull in export.pulls {
            let key = (pull.repository.clone().map(|name| name.to_lowercase()), pull.number);
            match by_key.entry(key) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(pull);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().merge(pull),
            }
        }
    }
    // Pages of reviews cover all pull requests, so one without any was not reviewed.
    let has_pages = !reviews.is_empty();
    for (repository, number, review) in reviews {
        let is_it = |(known, own): &(Option<String>, u64)| {
            *own == number
                && (known.is_none() || repository.as_ref().is_none_or(|name| Some(name.to_lowercase()) == *known))
        };
        for (_, pull) in by_key.iter_mut().filter(|(key, _)| is_it(key)) {
            pull.reviews.get_or_insert_default().push(review.clone());
        }
    }
    let mut pulls: Vec<Pull> = by_key.into_values().collect();
    for pull in &mut pulls {
        if has_pages {
            pull.reviews.get_or_insert_default();
        }
        if let Some(reviews) = &mut pull.reviews {
            reviews.sort();
            reviews.dedup();
        }
    }
    pulls
}

impl Pull {
    /// Adds what another export says about the same pull request.
    fn merge(&mut self, other: Self) {
        self.head_branch = self.head_branch.take().or(other.head_branch);
        self.landed_by = self.landed_by.take().or(other.landed_by);
        self.opened = self.opened.or(other.opened);
        self.merged = self.merged.or(other.merged);
        self.draft |= other.draft;
        self.author = self.author.take().or(other.author);
        self.labels.extend(other.labels);
        self.labels.sort();
        self.labels.dedup();
        if self.commits.is_empty() {
            self.commits = other.commits;
        }
        if let Some(reviews) = other.reviews {
            self.reviews.get_or_insert_default().extend(reviews);
        }
    }

    /// Adds its number and branch to one of its commits.
    fn mark(&self, one: &mut WorkCommit) {
        if let Some(branch) = self.head_branch.as_ref().filter(|branch| !one.branches.contains(branch)) {
            one.branches.push(branch.clone());
            one.branches.sort();
        }
        if !one.pull_requests.contains(&self.number) {
            one.pull_requests.push(self.number);
            one.pull_requests.sort_unstable();
        }
    }

    /// Whether it may belong to a repository, judged by the remotes.
    #[must_use]
    pub fn is_of(&self, history: &History) -> bool {
        may_name(self.repository.as_deref(), &history.remotes)
    }

    /// Reviews by people other than its author.
    pub fn by_others(&self) -> impl Iterator<Item = &Review> {
        let is_others =
            |review: &&Review| review.author.as_ref().is_none_or(|by| !by.bot && Some(by) != self.author.as_ref());
        self.reviews.iter().flatten().filter(is_others)
    }
}

/// Adds what the exports say to the commits of a repository; pull requests of other repositories match no commit there.
pub fn apply(pulls: &[Pull], history: &mut History, work: &mut Work) {
    if pulls.is_empty() {
        return;
    }
    let landings: HashMap<String, usize> =
        history.commits.iter().enumerate().map(|(at, commit)| (commit.id.clone(), at)).collect();
    let mut landed: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut open: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, one) in work.commits.iter().enumerate() {
        match one.landing {
            Some(landing) => landed.entry(landing as usize).or_default().push(at),
            None => one.pull_requests.iter().for_each(|number| open.entry(*number).or_default().push(at)),
        }
    }
    let by_id: HashMap<String, usize> =
        work.commits.iter().enumerate().map(|(at, one)| (one.commit.id.clone(), at)).collect();
    for pull in pulls {
        if !pull.is_of(history) {
            continue;
        }
        let landing = pull.landed_by.as_ref().and_then(|id| landings.get(id).copied());
        if let Some(at) = landing {
            history.commits[at].pull_request.get_or_insert(pull.number);
            let begun = pull.commits.iter().filter_map(|(_, written)| *written).chain(pull.opened).min();
            work.begun.extend(begun.and_then(|begun| Some((u32::try_from(at).ok()?, begun))));
        }
        let own = match landing {
            Some(at) => landed.get(&at),
            None => open.get(&pull.number),
        };
        own.into_iter().flatten().for_each(|&at| pull.mark(&mut work.commits[at]));
        for (id, _) in &pull.commits {
            match (by_id.get(id), landing) {
                // Squashed: the clone may still have its branch.
                (Some(&at), _) if work.commits[at].landing.is_none() => pull.mark(&mut work.commits[at]),
                (None, Some(landing)) => work.merged_ids.extend(u32::try_from(landing).map(|at| (id.clone(), at))),
                _ => {}
            }
        }
    }
    work.begun.sort_unstable();
    work.merged_ids.sort();
    work.merged_ids.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(number: u64, branch: &str, by: Option<&str>) -> Pull {
        let landed_by = by.map(str::to_owned);
        Pull { number, head_branch: Some(branch.to_owned()), landed_by, ..Pull::default() }
    }

    fn read(bytes: &[u8]) -> Vec<Pull> {
        join(vec![parse(bytes).expect("an export")])
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn each_export_is_read_by_its_own_keys() {
        let gh = br#"[{"number":7,"headRefName":"a","mergeCommit":{"oid":"AB"},"state":"MERGED","title":"x"},
                      {"number":8,"headRefName":"b","mergeCommit":null,"state":"CLOSED"}]"#;
        assert_eq!(read(gh), vec![pull(7, "a", Some("ab")), pull(8, "b", None)]);
        let rest = br#"[{"number":7,"head":{"ref":"a"},"merge_commit_sha":"ab","merged_at":"2026-05-01T00:00:00Z"}]
                       [{"number":9,"head":{"ref":"c"},"merge_commit_sha":"cd","merged_at":null,"state":"open"}]"#;
        let merged = Some(at("2026-05-01T00:00:00Z"));
        assert_eq!(read(rest), vec![Pull { merged, ..pull(7, "a", Some("ab")) }, pull(9, "c", None)]);
        let gitlab =
            br#"{"iid":7,"source_branch":"a","squash_commit_sha":"ab","merge_commit_sha":"ef","state":"merged"}"#;
        assert_eq!(read(gitlab), vec![pull(7, "a", Some("ab"))]);
        assert!(read(b"[]").is_empty() && parse(b"[{}]").is_err() && parse(b"number,title").is_err());
    }

    #[test]
    fn reviews_are_read_from_a_pull_request_or_from_their_own_pages() {
        let gh = br#"[{"number":7,"url":"https://github.com/acme/shop/pull/7","author":{"login":"dana","is_bot":false},
            "createdAt":"2026-05-01T08:00:00Z","isDraft":false,"labels":[{"name":"bug"}],
            "commits":[{"oid":"AA","authoredDate":"2026-05-01T07:00:00Z","committedDate":"2026-05-01T09:00:00Z"}],
            "reviews":[{"author":{"login":"coderabbitai"},"state":"COMMENTED","submittedAt":"2026-05-01T08:01:00Z"},
                       {"author":{"login":"dana"},"state":"COMMENTED","submittedAt":"2026-05-01T08:30:00Z"},
                       {"author":{"login":"eve"},"state":"APPROVED","submittedAt":"2026-05-01T09:00:00Z"},
                       {"author":{"login":"finn"},"state":"PENDING","submittedAt":null}]}]"#;
        let found = &read(gh)[0];
        assert_eq!(found.repository.as_deref(), Some("github.com/acme/shop"));
        assert_eq!((found.labels.as_slice(), found.draft), (&["bug".to_owned()][..], false));
        assert_eq!(found.commits, [("aa".to_owned(), Some(at("2026-05-01T07:00:00Z")))]);
        // Neither the bot's review nor the author's own comment is another person's.
        let theirs: Vec<_> = found.by_others().map(|review| (review.at, review.approves)).collect();
        assert_eq!((found.reviews.as_ref().map(Vec::len), theirs), (Some(3), vec![(at("2026-05-01T09:00:00Z"), true)]));

        let rest =
            br#"[{"number":7,"html_url":"https://github.com/acme/shop/pull/7","user":{"login":"dana","type":"User"},
                         "labels":[],"commits":3},{"number":8,"html_url":"https://github.com/acme/shop/pull/8"}]
            [{"pull_request_url":"https://api.github.com/repos/acme/shop/pulls/7","state":"CHANGES_REQUESTED",
              "submitted_at":"2026-05-01T09:00:00Z","user":{"login":"eve","type":"User"}}]
            [{"pull_request_url":"https://api.github.com/repos/acme/shop/pulls/7","created_at":"2026-05-01T08:59:00Z",
              "user":{"login":"renovate[bot]","type":"Bot"}}]"#;
        let found = read(rest);
        assert_eq!(found[0].by_others().count(), 1);
        assert_eq!(
            (found[0].reviews.as_ref().map(Vec::len), found[1].reviews.as_ref().map(Vec::len)),
            (Some(2), Some(0))
        );

        let gitlab =
            br#"[{"iid":7,"web_url":"https://gitlab.com/acme/shop/-/merge_requests/7","author":{"username":"dana"}}]
            [{"noteable_type":"MergeRequest","noteable_iid":7,"system":true,"body":"approved this merge request",
              "author":{"username":"eve"},"created_at":"2026-05-01T09:00:00Z"},
             {"noteable_type":"MergeRequest","noteable_iid":7,"system":true,"body":"added 1 commit",
              "author":{"username":"dana"},"created_at":"2026-05-01T09:30:00Z"}]"#;
        let found = read(gitlab);
        assert_eq!(found[0].by_others().map(|review| review.approves).collect::<Vec<_>>(), [true]);
    }

    #[test]
    fn an_export_without_reviews_does_not_say_that_there_were_none() {
        assert_eq!(read(br#"[{"number":7,"headRefName":"a"}]"#)[0].reviews, None);
        assert_eq!(read(br#"[{"number":7,"headRefName":"a","reviews":[]}]"#)[0].reviews, Some(Vec::new()));
        // An invalid time does not affect the rest.
        let odd = &read(
            br#"[{"number":7,"headRefName":"a","createdAt":"soon","mergedAt":"","reviews":[{"submittedAt":"x"}]}]"#,
        )[0];
        assert_eq!((odd.opened, odd.merged, odd.reviews.as_ref().map(Vec::len)), (None, None, Some(0)));
    }
}
