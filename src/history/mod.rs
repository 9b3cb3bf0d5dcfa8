//! git → commits.
