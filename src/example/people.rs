//! The people of the company: how git names them and where their agents run. All made up.

use super::repo::Repo;

/// A person or an account that commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Actor {
    Dana,
    /// Dana from another laptop, with another address; the mailmap joins the two.
    DanaAtHome,
    Jonas,
    Priya,
    Marek,
    Sofia,
    /// Works by hand: commits without sessions.
    Ines,
    /// The dependency bot.
    Dependabot,
    /// The committer of merges that are made on the forge's web page.
    Forge,
}

impl Actor {
    /// Name and address in commits.
    pub(super) fn identity(self) -> (&'static str, &'static str) {
        match self {
            Self::Dana => ("Dana Reyes", "dana@acme.example"),
            Self::DanaAtHome => ("dana", "dana.reyes@home.example"),
            Self::Jonas => ("Jonas Lindqvist", "jonas@acme.example"),
            Self::Priya => ("Priya Raman", "priya@acme.example"),
            Self::Marek => ("Marek Dvorak", "marek@acme.example"),
            Self::Sofia => ("Sofia Conti", "sofia@acme.example"),
            Self::Ines => ("Ines Falk", "ines@acme.example"),
            Self::Dependabot => ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
            Self::Forge => ("GitHub", "noreply@github.com"),
        }
    }

    /// The login on the forge, which is also the name of the folder of the person's logs.
    pub(super) fn login(self) -> &'static str {
        match self {
            Self::Dana | Self::DanaAtHome => "dana",
            Self::Jonas => "jonas",
            Self::Priya => "priya",
            Self::Marek => "marek",
            Self::Sofia => "sofia",
            Self::Ines => "ines",
            Self::Dependabot => "dependabot[bot]",
            Self::Forge => "web-flow",
        }
    }

    /// The time zone of the person's commits, in seconds east of UTC.
    pub(super) fn utc_offset(self) -> i32 {
        match self {
            Self::Dana | Self::DanaAtHome | Self::Jonas | Self::Marek | Self::Sofia => 7_200,
            Self::Priya => 19_800,
            Self::Ines | Self::Dependabot | Self::Forge => 0,
        }
    }

    /// Where the person's machine keeps its files.
    pub(super) fn home(self) -> String {
        match self {
            Self::Priya => "/Users/priya".to_owned(),
            other => format!("/home/{}", other.login()),
        }
    }

    /// The person's clone of a repository; `None` is the home folder, outside any repository.
    pub(super) fn clone_of(self, repo: Option<Repo>) -> String {
        match repo {
            Some(repo) if self == Self::Priya => format!("{}/code/{}", self.home(), repo.name()),
            Some(repo) => format!("{}/src/{}", self.home(), repo.name()),
            None => self.home(),
        }
    }
}
