//! Commits that bring another repository's files → the folder that they bring them into.
//!
//! What such a commit adds below that folder was written elsewhere; what later commits change there counts.
//!
//! Source: git-subtree(1), `git-subtree.sh` (2.47): `add` and `pull` write `git-subtree-dir` and `git-subtree-split` into
//! the merge, or with `--squash` into the commit that is merged. `split --rejoin` writes them, too, and brings nothing.

use crate::model::commit::Trailer;

/// The folder that a commit imported, without a slash at its end.
pub(super) fn imported_folder<'a>(subject: &str, trailers: &'a [Trailer]) -> Option<&'a str> {
    let value = |key: &str| trailers.iter().find(|one| one.key.eq_ignore_ascii_case(key)).map(|one| one.value.as_str());
    let folder = value("git-subtree-dir")?.trim_matches('/');
    let is_import = value("git-subtree-split").is_some() && !subject.starts_with("Split '");
    (is_import && !folder.is_empty() && folder != ".").then_some(folder)
}

/// Whether a path is in a folder.
pub(super) fn is_inside(path: &[u8], folder: &str) -> bool {
    path.strip_prefix(folder.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::message;

    #[test]
    fn only_what_a_subtree_command_brought_is_an_import() {
        let body = "git-subtree-dir: ext/lib/\ngit-subtree-split: 0123456789012345678901234567890123456789";
        for (text, folder) in [
            (format!("Squashed 'ext/lib/' content from commit 0123456\n\n{body}"), Some("ext/lib")),
            (format!("Squashed 'ext/lib/' changes from 012..345\n\n345 Fix\n\n{body}"), Some("ext/lib")),
            (format!("Add 'ext/lib/' from commit '0123'\n\ngit-subtree-mainline: 01\n{body}"), Some("ext/lib")),
            (format!("Take the library (#7)\n\n* Squashed 'ext/lib/' content\n\n{body}\n\n* More"), Some("ext/lib")),
            (format!("Split 'ext/lib/' into commit '0123'\n\ngit-subtree-mainline: 01\n{body}"), None),
            ("Add x\n\ngit-subtree-dir: ext/lib\n".to_owned(), None),
            ("Add x\n\ngit-subtree-dir: /\ngit-subtree-split: 01\n".to_owned(), None),
        ] {
            let parsed = message::parse(&text);
            assert_eq!(imported_folder(&parsed.subject, &parsed.trailers), folder, "{text}");
        }
        assert!(is_inside(b"ext/lib/a.c", "ext/lib") && !is_inside(b"ext/library/a.c", "ext/lib"));
    }
}
