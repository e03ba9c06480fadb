use std::{
    ffi::OsString,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hmac_sha256::Hash;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{BoxError, StoredToken, TokenStore, clock::unix_millis};
use crate::secret::{Secret, hex};

/// Tokens in files, one each, for several processes on one machine.
///
/// A file's name is a hash of account and kind of token; it is written whole or not at all, and readable by its owner only (on Unix). A lock file beside it holds
/// the lease. The folder should be the user's own and on a local disk. Reads and writes are of a few hundred bytes, rare, and block the thread for their time.
#[derive(Clone, Debug)]
pub struct FileStore {
    folder: PathBuf,
}

impl FileStore {
    /// Keeps the tokens in this folder, which is made when the first token is saved.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        FileStore { folder: folder.into() }
    }

    fn path(&self, key: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", hex(&Hash::hash(key.as_bytes())[..16])))
    }

    fn read(&self, key: &str) -> io::Result<Option<StoredToken>> {
        Ok(read_if_there(&self.path(key, "token"))?.and_then(|text| parse(&text)))
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)
    }
}

#[async_trait]
impl TokenStore for FileStore {
    async fn load(&self, key: &str) -> Result<Option<StoredToken>, BoxError> {
        Ok(self.read(key)?)
    }

    async fn save(&self, key: &str, token: &StoredToken) -> Result<(), BoxError> {
        self.make_folder()?;
        let kept = self.read(key)?;
        if kept.is_some_and(|kept| kept.fetched_at > token.fetched_at && kept.expires_at > unix_millis()) {
            return Ok(());
        }
        let text = json!({ "token": token.value.expose(), "expires_at": token.expires_at, "fetched_at": token.fetched_at }).to_string();
        Ok(write_whole(&self.path(key, "token"), &Zeroizing::new(text))?)
    }

    async fn remove_if(&self, key: &str, value: &Secret) -> Result<(), BoxError> {
        if self.read(key)?.is_some_and(|kept| kept.value == *value) {
            remove_if_there(&self.path(key, "token"))?;
        }
        Ok(())
    }

    async fn lease(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, BoxError> {
        self.make_folder()?;
        let path = self.path(key, "lock");
        if create_lock(&path, owner, ttl)? {
            return Ok(true);
        }
        let Some(lock) = Lock::read(&path)? else { return Ok(create_lock(&path, owner, ttl)?) };
        if lock.owner == owner {
            write_whole(&path, &lock_text(owner, ttl))?;
            return Ok(true);
        }
        if !lock.stale(ttl) {
            return Ok(false);
        }
        // One of those who see the stale lock moves it away; were it replaced just before, it is put back.
        let moved = beside(&path, owner);
        if fs::rename(&path, &moved).is_err() {
            return Ok(false);
        }
        let caught = Lock::read(&moved)?.is_some_and(|lock| !lock.stale(ttl));
        if caught {
            let _ = fs::hard_link(&moved, &path);
        }
        remove_if_there(&moved)?;
        Ok(!caught && create_lock(&path, owner, ttl)?)
    }

    async fn release(&self, key: &str, owner: &str) -> Result<(), BoxError> {
        let path = self.path(key, "lock");
        if Lock::read(&path)?.is_some_and(|lock| lock.owner == owner) {
            remove_if_there(&path)?;
        }
        Ok(())
    }
}

/// What a lock file says.
struct Lock {
    owner: String,
    /// In milliseconds since 1970; `None`, if its writer did not get so far.
    until: Option<u64>,
    written: Option<SystemTime>,
}

impl Lock {
    fn read(path: &Path) -> io::Result<Option<Self>> {
        let Some(text) = read_if_there(path)? else { return Ok(None) };
        let (owner, until) = text.split_once('\n').unwrap_or_default();
        let written = fs::metadata(path).and_then(|data| data.modified()).ok();
        Ok(Some(Lock { owner: owner.to_owned(), until: until.trim().parse().ok(), written }))
    }

    fn stale(&self, ttl: Duration) -> bool {
        match (self.until, self.written) {
            (Some(until), _) => until <= unix_millis(),
            (None, Some(written)) => written.elapsed().is_ok_and(|age| age > ttl),
            (None, None) => false,
        }
    }
}

fn lock_text(owner: &str, ttl: Duration) -> String {
    let until = unix_millis().saturating_add(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
    format!("{owner}\n{until}\n")
}

/// `false`: there is one.
fn create_lock(path: &Path, owner: &str, ttl: Duration) -> io::Result<bool> {
    match private(path) {
        Ok(mut file) => file.write_all(lock_text(owner, ttl).as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn parse(text: &str) -> Option<StoredToken> {
    let value: Value = serde_json::from_str(text).ok()?;
    let number = |name: &str| value.get(name)?.as_u64();
    let token = value.get("token")?.as_str()?;
    Some(StoredToken { value: Secret::new(token), expires_at: number("expires_at")?, fetched_at: number("fetched_at")? })
}

fn read_if_there(path: &Path) -> io::Result<Option<Zeroizing<String>>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A new file for its owner only.
fn private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// Readers see the old text or the new one, also after a crash.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let temporary = beside(path, &format!("{:016x}", fastrand::u64(..)));
    let written = private(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    written
}
