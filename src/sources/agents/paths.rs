//! Sessions that are named only by the path of their file.

/// The file's name up to its first dot.
pub(in crate::sources) fn file_stem(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?;
    name.split('.').next().filter(|stem| !stem.is_empty())
}

/// The folder of a file with one of these names.
pub(in crate::sources) fn folder_of<'a>(path: &'a str, names: &[&str]) -> Option<&'a str> {
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next()?;
    names.contains(&name).then(|| parts.next()).flatten()
}

/// The folder of a file with one of these names; of a file under another name, which may be a copy, its own name.
pub(in crate::sources) fn folder_or_stem<'a>(path: &'a str, names: &[&str]) -> Option<&'a str> {
    folder_of(path, names).or_else(|| file_stem(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_named_by_files_and_folders() {
        assert_eq!(file_stem("/home/dana/.factory/sessions/ab-1.settings.json"), Some("ab-1"));
        assert_eq!(folder_of("tasks/17/ui_messages.json", &["ui_messages.json"]), Some("17"));
        assert_eq!(folder_of("tasks/17/x.json", &["ui_messages.json"]), None);
        assert_eq!(folder_or_stem("tasks/17/x.json", &["ui_messages.json"]), Some("x"));
    }
}
