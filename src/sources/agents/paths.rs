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

/// The path that a name or a `file:` address stands for, with `%2F` for `/` and so on; `None` if it is no whole path.
pub(in crate::sources) fn percent_decoded_path(text: &str) -> Option<String> {
    let text = text.strip_prefix("file://").unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        match code {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    let has_drive = |path: &str| path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    match path.strip_prefix('/') {
        Some(below) if has_drive(below) => Some(below.to_owned()),
        Some(_) => Some(path),
        None => has_drive(&path).then_some(path),
    }
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
    #[test]
    fn folders_are_read_from_names_and_addresses_that_hold_them() {
        let path = |text: &str| percent_decoded_path(text);
        assert_eq!(path("%2Fsrv%2Fmy%20shop").as_deref(), Some("/srv/my shop"));
        assert_eq!(path("file:///srv/shop").as_deref(), Some("/srv/shop"));
        assert_eq!(path("file:///c%3A/Users/dana").as_deref(), Some("c:/Users/dana"));
        assert_eq!(path("C%3A%5CUsers%5Cdana").as_deref(), Some("C:\\Users\\dana"));
        assert_eq!(path("srv-shop-1f"), None);
        assert_eq!(path("%2Fsrv%zz%").as_deref(), Some("/srv%zz%"));
    }
}
