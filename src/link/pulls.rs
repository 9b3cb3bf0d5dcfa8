//! Exports of pull requests → what a merge commit does not tell: head branches, and squashes without a number.
//!
//! - `gh pr list --state all --json number,headRefName,mergeCommit,state`: an array with those keys.
//! - GitHub REST `GET /repos/{owner}/{repo}/pulls?state=all`: `number`, `head.ref`, `merge_commit_sha`, `merged_at`.
//! - GitLab `GET /projects/:id/merge_requests`: `iid`, `source_branch`, `squash_commit_sha`, `merge_commit_sha`, `state`.
//!
//! Pages may be joined: one array after another, or one object a line. Nothing but these keys is read.

use serde::Deserialize;

use crate::history::History;
use crate::model::work::Work;

/// A pull or merge request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pull {
    /// Its number in its repository.
    pub number: u64,
    /// The branch that it was made from.
    pub head_branch: Option<String>,
    /// Full id of the commit that landed it; `None` when it did not land.
    pub landed_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
struct Raw {
    number: Option<u64>,
    iid: Option<u64>,
    #[serde(rename = "headRefName")]
    head_ref_name: Option<String>,
    head: Option<Head>,
    source_branch: Option<String>,
    #[serde(rename = "mergeCommit")]
    merge_commit: Option<Oid>,
    merge_commit_sha: Option<String>,
    squash_commit_sha: Option<String>,
    merged_at: Option<String>,
    state: Option<String>,
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
#[serde(untagged)]
enum Page {
    Many(Vec<Raw>),
    One(Box<Raw>),
}

impl From<Raw> for Option<Pull> {
    fn from(raw: Raw) -> Self {
        // REST names a test merge for open requests, so a commit counts only where the request was merged.
        let state = raw.state.as_deref().unwrap_or_default().to_ascii_lowercase();
        let merged = raw.merged_at.is_some() || state == "merged" || raw.merge_commit.is_some();
        let commit = raw.merge_commit.and_then(|commit| commit.oid);
        let commit = commit.or(raw.squash_commit_sha).or(raw.merge_commit_sha).filter(|_| merged);
        Some(Pull {
            number: raw.number.or(raw.iid)?,
            head_branch: raw.head_ref_name.or(raw.head.and_then(|head| head.name)).or(raw.source_branch),
            landed_by: commit.map(|id| id.to_ascii_lowercase()),
        })
    }
}

/// Reads an export.
///
/// # Errors
/// The reason, when it is not JSON or holds no pull request.
pub fn parse(bytes: &[u8]) -> Result<Vec<Pull>, String> {
    let mut pulls = Vec::new();
    for page in serde_json::Deserializer::from_slice(bytes).into_iter::<Page>() {
        match page.map_err(|err| err.to_string())? {
            Page::Many(all) => pulls.extend(all.into_iter().filter_map(Option::<Pull>::from)),
            Page::One(one) => pulls.extend(Option::<Pull>::from(*one)),
        }
    }
    pulls.sort();
    pulls.dedup();
    // A repository without pull requests lists none, and that is an answer.
    let is_empty_list = bytes.trim_ascii() == b"[]";
    if pulls.is_empty() && !is_empty_list { Err("it holds no pull request".to_owned()) } else { Ok(pulls) }
}

/// Writes what the exports tell onto the commits of a repository; numbers of another repository find no commit there.
pub fn apply(pulls: &[Pull], history: &mut History, work: &mut Work) {
    for pull in pulls {
        let by = pull.landed_by.as_deref();
        let landing = by.and_then(|id| history.commits.iter().position(|commit| commit.id == id));
        if let Some(at) = landing {
            history.commits[at].pull_request.get_or_insert(pull.number);
        }
        for one in &mut work.commits {
            let landed = one.landing.map(|at| at as usize);
            let is_its = match landing {
                Some(at) => landed == Some(at),
                None => landed.is_none() && one.pull_requests.contains(&pull.number),
            };
            if !is_its {
                continue;
            }
            if let Some(branch) = pull.head_branch.as_ref().filter(|branch| !one.branches.contains(branch)) {
                one.branches.push(branch.clone());
                one.branches.sort();
            }
            if !one.pull_requests.contains(&pull.number) {
                one.pull_requests.push(pull.number);
                one.pull_requests.sort_unstable();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(number: u64, branch: &str, by: Option<&str>) -> Pull {
        Pull { number, head_branch: Some(branch.to_owned()), landed_by: by.map(str::to_owned) }
    }

    #[test]
    fn each_export_is_read_by_its_own_keys() {
        let gh = br#"[{"number":7,"headRefName":"a","mergeCommit":{"oid":"AB"},"state":"MERGED","title":"x"},
                      {"number":8,"headRefName":"b","mergeCommit":null,"state":"CLOSED"}]"#;
        assert_eq!(parse(gh), Ok(vec![pull(7, "a", Some("ab")), pull(8, "b", None)]));
        let rest = br#"[{"number":7,"head":{"ref":"a"},"merge_commit_sha":"ab","merged_at":"2026-05-01T00:00:00Z"}]
                       [{"number":9,"head":{"ref":"c"},"merge_commit_sha":"cd","merged_at":null,"state":"open"}]"#;
        assert_eq!(parse(rest), Ok(vec![pull(7, "a", Some("ab")), pull(9, "c", None)]));
        let gitlab =
            br#"{"iid":7,"source_branch":"a","squash_commit_sha":"ab","merge_commit_sha":"ef","state":"merged"}"#;
        assert_eq!(parse(gitlab), Ok(vec![pull(7, "a", Some("ab"))]));
        assert!(parse(b"[]") == Ok(Vec::new()) && parse(b"[{}]").is_err() && parse(b"number,title").is_err());
    }
}
