use std::{
    collections::HashMap,
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use hmac_sha256::Hash;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{BoxError, StoredToken, TokenStore, clock::unix_millis};
use crate::secret::{Secret, hex};

mod trust;

/// No token file is longer.
const LONGEST_FILE: u64 = 64 * 1024;

/// Tokens in files, one each, for several processes on one machine.
///
/// A file's name is a hash of account and kind of token; it is written whole or not at all, and readable by its owner only (on Unix). A lock of the system's on a file
/// beside it is the lease: it is free when its holder ends, however it ends. The folder must be the user's own and not writable for all (on Unix), and should be on a local
/// disk; what stands in it and is no file of the user's own is an error, what is a file and no token is replaced. Reads and writes are of a few hundred bytes, rare, and
/// block the thread for their time.
#[derive(Clone, Debug)]
pub struct FileStore {
    folder: PathBuf,
    /// The leases that this process holds.
    leases: Arc<Mutex<HashMap<PathBuf, Lease>>>,
}

#[derive(Debug)]
struct Lease {
    owner: String,
    until: Instant,
    /// Locked as long as it is open.
    _lock: File,
}

impl FileStore {
    /// Keeps the tokens in this folder, which is made when the first token is saved.
    ///
    /// # Errors
    /// An empty path, and a folder whose tokens cannot be trusted: writable for all, or another user's.
    pub fn new(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        if folder.as_os_str().is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the folder of a token store must have a name"));
        }
        let store = FileStore { folder, leases: Arc::default() };
        if store.folder_is_there()? {
            remove_leftovers(&store.folder);
        }
        Ok(store)
    }

    fn path(&self, key: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", hex(&Hash::hash(key.as_bytes())[..16])))
    }

    fn folder_is_there(&self) -> io::Result<bool> {
        match fs::metadata(&self.folder) {
            Ok(folder) => trust::folder(&self.folder, &folder).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn make_folder(&self) -> io::Result<()> {
        if self.folder_is_there()? {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        self.folder_is_there().map(|_| ())
    }

    fn read(&self, key: &str) -> io::Result<Option<StoredToken>> {
        if !self.folder_is_there()? {
            return Ok(None);
        }
        let path = self.path(key, "token");
        if !trust::file(&path)? {
            return Ok(None);
        }
        let mut bytes = Zeroizing::new(Vec::new());
        match File::open(&path) {
            Ok(file) => file.take(LONGEST_FILE).read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let stored = std::str::from_utf8(&bytes).ok().and_then(StoredToken::from_json);
        Ok(stored.filter(|stored| stored.is_plausible(unix_millis())))
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<PathBuf, Lease>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl TokenStore for FileStore {
    async fn load(&self, key: &str) -> Result<Option<StoredToken>, BoxError> {
        Ok(self.read(key)?)
    }

    async fn save(&self, key: &str, token: &StoredToken) -> Result<(), BoxError> {
        self.make_folder()?;
        if self.read(key)?.is_some_and(|kept| !token.replaces(&kept, unix_millis())) {
            return Ok(());
        }
        remove_leftovers(&self.folder);
        let (path, text) = (self.path(key, "token"), token.to_json());
        match write_whole(&path, text.expose()) {
            // Another process took the new file for one that was left behind, in the moment before it was locked.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(write_whole(&path, text.expose())?),
            written => Ok(written?),
        }
    }

    async fn remove_if(&self, key: &str, value: &Secret) -> Result<(), BoxError> {
        if self.read(key)?.is_some_and(|kept| kept.value == *value) {
            remove_if_there(&self.path(key, "token"))?;
        }
        Ok(())
    }

    async fn lease(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, BoxError> {
        self.make_folder()?;
        let (path, until) = (self.path(key, "lock"), Instant::now() + ttl);
        let mut leases = self.leases();
        if let Some(lease) = leases.get_mut(&path) {
            let free = lease.owner == owner || lease.until <= Instant::now();
            if free {
                (lease.owner, lease.until) = (owner.to_owned(), until);
            }
            return Ok(free);
        }
        let Some(lock) = lock(&path)? else { return Ok(false) };
        leases.insert(path, Lease { owner: owner.to_owned(), until, _lock: lock });
        Ok(true)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError> {
        let path = self.path(key, "lock");
        let mut leases = self.leases();
        if leases.get(&path).is_some_and(|lease| lease.owner == owner) {
            leases.remove(&path);
        }
        Ok(())
    }
}

/// The lock file, locked; `None`: another has it. It stays when the lock is gone: were it removed, two could hold locks on two files of one name.
fn lock(path: &Path) -> io::Result<Option<File>> {
    trust::file(path)?;
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = private(&mut options).open(path)?;
    try_lock(&file).map(|locked| locked.then_some(file))
}

fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A new file is for its owner only.
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Readers see the old text or the new one, also after a crash.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let temporary = path.with_extension(format!("token.{:016x}", fastrand::u64(..)));
    let written = private(fs::OpenOptions::new().write(true).create_new(true)).open(&temporary).and_then(|mut file| {
        // Locked as long as its writer lives, so that others know what was left behind. Where locks cannot be had, it is written all the same.
        let _ = file.try_lock();
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    written
}

/// Removes what writers left behind that were killed: temporary files which nobody has locked.
fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if is_temporary(name)
            && trust::file(&path).is_ok_and(|there| there)
            && let Ok(file) = File::open(&path)
            && try_lock(&file).unwrap_or(false)
        {
            let _ = fs::remove_file(&path);
        }
    }
}

/// `<32 hex digits>.token.<16 hex digits>`: what [`write_whole`] calls its files, and nobody else.
fn is_temporary(name: &str) -> bool {
    let hexadecimal = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split_once(".token.").is_some_and(|(key, end)| hexadecimal(key, 32) && hexadecimal(end, 16))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
