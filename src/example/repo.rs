//! The two repositories of the company.

/// One of the company's repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Repo {
    /// The shop service and its web front.
    Shop,
    /// The public web pages.
    Site,
}

impl Repo {
    /// Its name, as in the remote `https://github.com/acme/<name>.git`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Site => "site",
        }
    }

    /// The address that its configuration and the agents' logs name.
    pub(super) fn remote(self) -> String {
        format!("https://github.com/acme/{}.git", self.name())
    }
}
