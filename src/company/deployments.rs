//! Exports of deployments → what was deployed and when.
//!
//! - In: CSV with a header: `at` (or time, date), `commit` or `tag`, and `repository` where there are several.
//! - Out: [`Deployment`] for each row. A row that names neither commit nor tag, or has no readable time, is an error with its line.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::importance::plain;
use crate::history::may_name;
use crate::model::sanitise::described;

const AT: &[&str] =
    &["at", "time", "timestamp", "deployed_at", "date", "day", "finished_at", "completed_at", "created_at"];
const REPOSITORY: &[&str] = &["repository", "repo", "project"];
const COMMIT: &[&str] = &["commit", "sha", "commit_sha", "commit_id", "revision"];
const TAG: &[&str] = &["tag", "version", "release", "ref"];

/// A deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// When it was deployed.
    pub at: DateTime<Utc>,
    /// `owner/name`, an address, or a name; `None` is any.
    repository: Option<String>,
    /// The commit, full or abbreviated.
    pub commit: Option<String>,
    /// The tag.
    pub tag: Option<String>,
}

impl Deployment {
    /// Whether it may be of a repository, judged by its remotes and its name.
    #[must_use]
    pub fn is_of(&self, remotes: &[String], name: &str) -> bool {
        self.repository.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name))
            || may_name(self.repository.as_deref(), remotes) && (self.repository.is_none() || !remotes.is_empty())
    }
}

/// Reads an export.
///
/// # Errors
/// The reason with its line, when a column is missing or a cell cannot be read.
pub fn parse(bytes: &[u8]) -> Result<Vec<Deployment>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let occurrences = |byte: &u8| header.iter().filter(|other| *other == byte).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(occurrences).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    let names: Vec<String> = reader.headers().map_err(|err| err.to_string())?.iter().map(plain).collect();
    let column = |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| name == known));
    let at = column(AT).ok_or("it has no column `at` (or time, date)")?;
    let (repository, commit, tag) = (column(REPOSITORY), column(COMMIT), column(TAG));
    if commit.or(tag).is_none() {
        return Err("it has neither a column `commit` nor `tag`".to_owned());
    }
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|err| err.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|text| !text.is_empty());
        let when = cell(Some(at)).unwrap_or_default();
        let at = instant(when).ok_or_else(|| {
            format!("line {line}: {} is not a time. Use for example 2026-05-31T09:00:00Z", described(when))
        })?;
        let owned = |at: Option<usize>| cell(at).map(str::to_owned);
        let (commit, tag) = (owned(commit), owned(tag));
        if commit.is_none() && tag.is_none() {
            return Err(format!("line {line}: it names neither a commit nor a tag"));
        }
        let tag = tag.map(|tag| tag.trim_start_matches("refs/tags/").to_owned());
        found.push(Deployment { at, repository: owned(repository), commit, tag });
    }
    Ok(found)
}

/// RFC 3339, the same without a zone in UTC, or a day, which means its start.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S UTC"];
    let at = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    at.or_else(|| text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)).map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployments_name_commits_or_tags_of_a_repository() {
        let rows =
            parse(b"Time;Repository;SHA;Tag\n2026-05-31T09:00:00Z;acme/shop;abc1234;\n2026-05-30;;;refs/tags/v2\n");
        let rows = rows.expect("an export");
        assert_eq!((rows[0].commit.as_deref(), rows[1].tag.as_deref()), (Some("abc1234"), Some("v2")));
        let remotes = ["github.com/acme/shop".to_owned()];
        assert!(rows[0].is_of(&remotes, "github.com/acme/shop") && rows[1].is_of(&remotes, "github.com/acme/shop"));
        assert!(!rows[0].is_of(&["github.com/acme/site".to_owned()], "github.com/acme/site"));
        assert!(!rows[0].is_of(&[], "site"));
        assert!(parse(b"at,commit\nsoon,abc\n").is_err_and(|why| why.starts_with("line 2")));
        assert!(parse(b"at,commit\n2026-05-30,\n").is_err_and(|why| why.starts_with("line 2")));
        assert!(parse(b"at,size\n2026-05-30,3\n").is_err());
    }
}
