//! Whether what stands on the disk can have been written by this program.

use std::{
    fs::{self, Metadata},
    io,
    path::Path,
};

/// Refuses a folder in which others can put tokens.
pub(super) fn folder(path: &Path, folder: &Metadata) -> io::Result<()> {
    if !folder.is_dir() {
        return Err(refused(path, "is no folder"));
    }
    owned(path, folder)
}

/// Whether there is a file; refuses what is none, or another user's. It is looked at before it is opened, since opening a pipe blocks; nobody else can change it
/// meanwhile, since the folder is the user's own.
pub(super) fn file(path: &Path) -> io::Result<bool> {
    let file = match fs::symlink_metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if !file.is_file() {
        return Err(refused(path, "is no plain file but a link, a pipe or the like; remove it"));
    }
    owned(path, &file).map(|()| true)
}

fn refused(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, format!("no token is kept here: {} {why}", path.display()))
}

#[cfg(not(unix))]
fn owned(_path: &Path, _what: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn owned(path: &Path, what: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    const WRITABLE_FOR_ALL: u32 = 0o002;
    const ROOT: u32 = 0;
    if what.mode() & WRITABLE_FOR_ALL != 0 {
        return Err(refused(path, "can be written by every user; take that right away (chmod o-w)"));
    }
    let foreign = user().is_some_and(|user| what.uid() != user && what.uid() != ROOT);
    if foreign { Err(refused(path, "belongs to another user")) } else { Ok(()) }
}

/// The user of this process, by what the system gives to it: its entry in `/proc`, or else a file that it makes.
#[cfg(unix)]
fn user() -> Option<u32> {
    use std::{os::unix::fs::MetadataExt as _, sync::OnceLock};

    static USER: OnceLock<Option<u32>> = OnceLock::new();
    *USER.get_or_init(|| {
        if let Ok(process) = fs::metadata("/proc/self") {
            return Some(process.uid());
        }
        let probe = std::env::temp_dir().join(format!("scrm-{:016x}", fastrand::u64(..)));
        let made = fs::OpenOptions::new().write(true).create_new(true).open(&probe).and_then(|file| file.metadata());
        let _ = fs::remove_file(&probe);
        made.ok().map(|file| file.uid())
    })
}
