//! Tags and deployments → when each landing was first released.
//!
//! - A repository with rows in an export of deployments goes by these, any other by its tags. With neither, nothing says what was
//!   released, which is not the same as nothing released.

use chrono::{DateTime, Utc};

use super::deployments::Deployment;
use crate::diagnostics::{Diagnostics, Severity};
use crate::error::Result;
use crate::history::{History, Opened, Release};

/// When the landings of one repository were first released.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Released {
    /// By landing; `None` where neither tags nor deployments say it.
    first: Option<Vec<Option<DateTime<Utc>>>>,
}

impl Released {
    /// Finds the releases of each repository, up to the clock; landings before `from` are not asked for.
    ///
    /// # Errors
    /// When the references of a repository cannot be read.
    pub fn find(
        repositories: &[(&Opened, &History)],
        deployments: &[Deployment],
        (from, as_of): (DateTime<Utc>, DateTime<Utc>),
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<Self>> {
        let mut is_found = vec![false; deployments.len()];
        let mut found = Vec::with_capacity(repositories.len());
        for (opened, history) in repositories {
            let tags = opened.tags(history, from)?;
            let name = history.name();
            let is_of = |one: &Deployment| one.is_of(&history.remotes, &name);
            let own: Vec<usize> = (0..deployments.len()).filter(|&at| is_of(&deployments[at])).collect();
            let ids: Vec<&str> = own.iter().map(|&at| deployments[at].commit.as_deref().unwrap_or_default()).collect();
            let landings = opened.newest_landings(history, from, &ids);
            let mut deployed = Vec::new();
            for (&at, of_commit) in own.iter().zip(landings) {
                let row = &deployments[at];
                let tag = || tags.iter().find(|tag| row.tag.as_ref() == Some(&tag.name)).map(|tag| tag.landing);
                if let Some(landing) = of_commit.or_else(tag) {
                    is_found[at] = true;
                    deployed.push(Release { name: String::new(), at: row.at, landing });
                }
            }
            deployed.sort_by_key(|one| one.at);
            let releases = if deployed.is_empty() { &tags } else { &deployed };
            found.push(Self::new(releases, history.commits.len(), as_of));
        }
        for (row, _) in deployments.iter().zip(is_found).filter(|(_, is_found)| !is_found) {
            let message = "deployments name a commit or tag that no repository has; they release nothing";
            let name = row.commit.as_ref().or(row.tag.as_ref());
            diagnostics.add(Severity::Warning, "unknown-deployment", message, name.map_or("", String::as_str));
        }
        Ok(found)
    }

    /// The first release of each landing, from releases in order of time.
    fn new(releases: &[Release], landings: usize, as_of: DateTime<Utc>) -> Self {
        let mut until_now = releases.iter().filter(|release| release.at <= as_of).peekable();
        if until_now.peek().is_none() {
            return Self::default();
        }
        let mut first = vec![None; landings];
        let mut next = 0;
        for release in until_now {
            let end = release.landing.map_or(0, |landing| (landing + 1).min(landings));
            first[next.min(end)..end].fill(Some(release.at));
            next = next.max(end);
        }
        Self { first: Some(first) }
    }

    /// When a landing was first released; `None` where nothing says what was released, `Some(None)` if it was not.
    #[must_use]
    pub fn of(&self, landing: usize) -> Option<Option<DateTime<Utc>>> {
        self.first.as_ref().map(|first| first.get(landing).copied().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_landing_is_released_by_the_first_release_that_has_it() {
        let day = |day: i64| DateTime::from_timestamp(day * 86_400, 0).expect("an instant");
        let release = |at, landing| Release { name: String::new(), at: day(at), landing };
        let releases =
            [release(1, None), release(2, Some(1)), release(3, Some(0)), release(4, Some(2)), release(9, Some(3))];
        let found = Released::new(&releases, 4, day(8));
        let first: Vec<_> = (0..4).map(|landing| found.of(landing)).collect();
        assert_eq!(first, [Some(Some(day(2))), Some(Some(day(2))), Some(Some(day(4))), Some(None)]);
        assert_eq!(Released::new(&releases, 4, day(0)).of(0), None);
    }
}
