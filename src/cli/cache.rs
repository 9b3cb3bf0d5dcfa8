//! The folder where finished histories are cached for the next run.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The folder, and a name for this build of the program; `None` when either cannot be found.
pub(super) fn place(chosen: Option<&Path>) -> Option<(PathBuf, String)> {
    let folder = chosen.map(Path::to_owned).or_else(|| default_folder().map(|folder| folder.join("tokaudit")))?;
    Some((folder, program()?))
}

fn default_folder() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return absolute("LOCALAPPDATA");
    }
    absolute("XDG_CACHE_HOME").or_else(|| {
        let home = std::env::home_dir()?;
        Some(home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
    })
}

/// Size and time of the executable: a rebuilt program may compute other results under the same version.
fn program() -> Option<String> {
    let about = std::fs::metadata(std::env::current_exe().ok()?).ok()?;
    let built = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", about.len(), built.as_nanos()))
}
