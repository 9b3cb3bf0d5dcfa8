//! Files that are checked in and written by the program: they are compared, and written anew on demand.

use std::path::Path;

/// Asserts that a checked-in file holds this text. With `BLESS=1` the file is written; CI never writes.
pub(crate) fn assert_kept(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, text).expect("a file");
    }
    let Ok(kept) = std::fs::read_to_string(&file) else {
        panic!("{path} is missing: run with BLESS=1 to write it, and read it");
    };
    if kept != text {
        let changed = kept.lines().zip(text.lines()).position(|(kept, new)| kept != new);
        let at = changed.unwrap_or_else(|| kept.lines().count().min(text.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").chars().take(300).collect::<String>();
        panic!(
            "{path} differs from line {} on: run with BLESS=1 to write it, and read what changed\n- {}\n+ {}",
            at + 1,
            line(&kept),
            line(text)
        );
    }
}
