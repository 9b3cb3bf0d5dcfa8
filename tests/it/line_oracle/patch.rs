//! What `git log -p` prints → the changes of each commit.

/// The options that the ledger says it agrees with.
pub(super) const LOG: &[&str] =
    &["log", "main", "--first-parent", "-m", "--reverse", "--histogram", "-M50%", "-l1000", "--no-color"];
/// Beside them, for [`parse`]. Without context git would look at less of a file than it does for its counts.
pub(super) const PATCH: &[&str] = &["-p", WHOLE, "--full-index", "--no-ext-diff", "--format=commit %H%n%B%n%x00"];
/// All lines around a change.
pub(super) const WHOLE: &str = "-U1000000";

/// A commit of the mainline.
pub(super) struct Patch {
    pub(super) id: String,
    pub(super) message: String,
    pub(super) changes: Vec<Change>,
}

/// One path of it.
#[derive(Default)]
pub(super) struct Change {
    pub(super) from: String,
    pub(super) to: String,
    /// Names of the old and the new content, all zeros for no file; not told when they are the same.
    pub(super) contents: Option<(String, String)>,
    pub(super) hunks: Vec<Hunk>,
}

/// Lines without their ends; places are counted from 0.
pub(super) struct Hunk {
    pub(super) old_start: usize,
    pub(super) old: Vec<Vec<u8>>,
    pub(super) new_start: usize,
    pub(super) new: Vec<Vec<u8>>,
}

pub(super) fn parse(log: &[u8]) -> Vec<Patch> {
    let mut patches: Vec<Patch> = Vec::new();
    let mut rest = log.strip_suffix(b"\n").unwrap_or(log).split(|byte| *byte == b'\n').peekable();
    while let Some(line) = rest.next() {
        let text = String::from_utf8_lossy(line);
        if let Some(id) = text.strip_prefix("commit ") {
            let message: Vec<_> =
                rest.by_ref().take_while(|line| *line != b"\0").map(String::from_utf8_lossy).collect();
            patches.push(Patch { id: id.to_owned(), message: message.join("\n"), changes: Vec::new() });
            continue;
        }
        let Some(patch) = patches.last_mut() else { continue };
        if let Some(paths) = text.strip_prefix("diff --git a/") {
            // Two equal paths with ` b/` between them, unless the file was renamed, which is told below.
            let path = paths.get(..paths.len().saturating_sub(3) / 2).unwrap_or_default().to_owned();
            patch.changes.push(Change { from: path.clone(), to: path, ..Change::default() });
            continue;
        }
        let Some(change) = patch.changes.last_mut() else { continue };
        if let Some(path) = text.strip_prefix("rename from ") {
            path.clone_into(&mut change.from);
        } else if let Some(path) = text.strip_prefix("rename to ") {
            path.clone_into(&mut change.to);
        } else if let Some(index) = text.strip_prefix("index ") {
            let (old, new) = index.split(' ').next().and_then(|ids| ids.split_once("..")).expect("two ids");
            change.contents = Some((old.to_owned(), new.to_owned()));
        } else if let Some(places) = text.strip_prefix("@@ -") {
            let (old, new) = places.split(" @@").next().and_then(|it| it.split_once(" +")).expect("two places");
            let ((old_start, old_count), (new_start, new_count)) = (place(old), place(new));
            let (old_end, new_end) = (old_start + old_count, new_start + new_count);
            let (mut old, mut new) = (old_start, new_start);
            let mut open = false;
            while old < old_end || new < new_end {
                let line = rest.next().expect("a line of the hunk");
                let (sign, text) = line.split_first().expect("a sign");
                let changed = matches!(sign, b'-' | b'+');
                if changed && !open {
                    change.hunks.push(Hunk { old_start: old, old: Vec::new(), new_start: new, new: Vec::new() });
                }
                open = changed;
                let hunk = change.hunks.last_mut().filter(|_| changed);
                match (sign, hunk) {
                    (b'-', Some(hunk)) => hunk.old.push(text.to_vec()),
                    (b'+', Some(hunk)) => hunk.new.push(text.to_vec()),
                    (b' ', None) => {}
                    _ => panic!("a line that neither stays nor comes nor goes"),
                }
                old += usize::from(*sign != b'+');
                new += usize::from(*sign != b'-');
                rest.next_if(|line| line.starts_with(b"\\"));
            }
        }
    }
    patches
}

/// The hunks of a comparison of two files.
pub(super) fn hunks(diff: &[u8]) -> Vec<Hunk> {
    let patches = parse(&[b"commit none\n\0\n", diff].concat());
    patches.into_iter().flat_map(|patch| patch.changes).flat_map(|change| change.hunks).collect()
}

/// `first[,count]` → start counted from 0, and count.
fn place(text: &str) -> (usize, usize) {
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let (first, count) = text.split_once(',').map_or_else(|| (number(text), 1), |(a, b)| (number(a), number(b)));
    // Of no lines, git names the line before them.
    (if count == 0 { first } else { first - 1 }, count)
}
