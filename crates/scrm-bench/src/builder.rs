//! Cargo, as the groups that measure builds run it: offline, in a folder of its own, with a target folder of its own.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use crate::usage;

/// What a build took, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Of all processors, by cargo and what it started.
    pub(crate) processor: f64,
    /// By the clock on the wall.
    pub(crate) wall: f64,
}

/// Runs cargo in a folder.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Result<Cost, String> {
    let (before, begun) = (usage::children(), Instant::now());
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--quiet", "--target-dir", "target"])
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("{}: cargo {}: {}", folder.display(), arguments.join(" "), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(Cost { processor: usage::children() - before, wall: begun.elapsed().as_secs_f64() })
}

/// Writes a file below a folder.
pub(crate) fn write(folder: &Path, path: &str, text: &str) -> Result<(), String> {
    let path = folder.join(path);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).and_then(|()| fs::write(&path, text)).map_err(|error| format!("{}: {error}", path.display()))
}

/// Size of a file, in bytes.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn size(path: &Path) -> Result<f64, String> {
    fs::metadata(path).map(|metadata| metadata.len() as f64).map_err(|error| format!("{}: {error}", path.display()))
}
