//! Files that are whole or not there, and files that grow up to a mark.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{failure::Failure, language::both};

/// The same path with something behind its name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// What is left of a pull that failed.
pub(super) const STANDS: (&str, &str) =
    ("nothing that was committed is lost, and the same command goes on from there", "已提交的不会丢失，重新运行同一命令即可继续");

/// What went wrong with a file, and what to do about it.
pub(crate) fn broken(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    let (advice, told) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            "the disk is full. Make room and run the same command again; nothing that was committed is lost",
            "磁盘已满。腾出空间后重新运行同一命令，已提交的不会丢失",
        ),
        io::ErrorKind::FileTooLarge => (
            "a file may not be as large as that here, by its file system or by ulimit -f",
            "文件超过了这里允许的大小（文件系统或 ulimit -f 的限制）",
        ),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ("the program may not write there", "程序没有那里的写权限"),
        io::ErrorKind::NotFound => ("the folder must be there", "目录必须先存在"),
        _ => STANDS,
    };
    Failure::failed(both!("{shown}: {error}; {advice}", "{shown}：{told}（{error}）"))
}

/// Nothing can be written at that place, which came out before anything was sent.
fn unusable(target: &Path, error: &io::Error) -> Failure {
    let failure = broken(target, error);
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Failure::wrong_use(failure.both()),
        _ => failure,
    }
}

/// A file was written by another version, or belongs to another pull.
pub(super) fn other_columns(path: &Path) -> Failure {
    let shown = path.display();
    Failure::wrong_use(both!(
        "{shown}: the columns are others than in this file; move it and its state away, and the pull begins anew",
        "{shown}：列和这个文件里的不同；把它连同状态移走，就会重新取数"
    ))
}

/// Writes a file so that it is there whole or as it was before. Only its owner can read it.
pub(crate) fn replace(path: &Path, text: &[u8]) -> Result<(), Failure> {
    let fresh = beside(path, ".new");
    let write = || -> io::Result<()> {
        let mut file = private(&fresh, true)?;
        file.write_all(text)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&fresh, path)?;
        sync_folder(path)
    };
    write().map_err(|error| {
        _ = fs::remove_file(&fresh);
        broken(path, &error)
    })
}

/// A file that only its owner can read; `empty`: without what stood in it.
pub(crate) fn private(path: &Path, empty: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(empty);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a rename last.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Puts a whole file in the place of another.
pub(crate) fn publish(fresh: &Path, path: &Path) -> Result<(), Failure> {
    fs::rename(fresh, path).and_then(|()| sync_folder(path)).map_err(|error| broken(path, &error))
}

/// Keeps other pulls into the same place out, as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    path: PathBuf,
}

impl Lock {
    pub(crate) fn of(target: &Path) -> Result<Lock, Failure> {
        let path = beside(target, ".scrm-lock");
        loop {
            let file = private(&path, false).map_err(|error| unusable(target, &error))?;
            match file.try_lock() {
                // a holder that ends takes its file away, perhaps this one
                Ok(()) if !is_still_there(&file, &path) => {}
                Ok(()) => return Ok(Lock { _file: file, path }),
                Err(fs::TryLockError::WouldBlock) => {
                    let shown = target.display();
                    return Err(Failure::failed(both!(
                        "{shown}: another pull or listener into it is running",
                        "{shown}：另一个取数或接收正在写入它"
                    )));
                }
                Err(fs::TryLockError::Error(error)) => return Err(broken(&path, &error)),
            }
        }
    }
}

/// Whether an open file is the one at this path.
#[cfg(unix)]
pub(crate) fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(there)) => (open.dev(), open.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Where an open file cannot be taken away, it is.
#[cfg(not(unix))]
pub(crate) fn is_still_there(_: &File, _: &Path) -> bool {
    true
}

impl Drop for Lock {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.path);
    }
}

/// How many bytes in front of a mark tell a file from another.
const TAIL: u64 = 4096;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// Its owner.
    Private,
    /// Whoever the user lets read new files.
    Usual,
}

/// A file that grows. What stands behind its mark was never committed.
pub(crate) struct Growing {
    path: PathBuf,
    file: io::BufWriter<File>,
    length: u64,
}

impl Growing {
    /// Opens it at its mark, or anew with 0; what stands behind the mark goes.
    pub(crate) fn open(path: &Path, mark: u64, secrecy: Secrecy) -> Result<Growing, Failure> {
        let open = || -> io::Result<(File, u64)> {
            let mut file = match secrecy {
                Secrecy::Private => private(path, false)?,
                Secrecy::Usual => OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?,
            };
            let length = file.metadata()?.len();
            if length > mark {
                file.set_len(mark)?;
            }
            file.seek(SeekFrom::Start(mark.min(length)))?;
            Ok((file, length))
        };
        let (file, length) = open().map_err(|error| broken(path, &error))?;
        if length < mark {
            let shown = path.display();
            return Err(Failure::failed(both!(
                "{shown} holds {length} bytes, and {mark} were committed: it was changed. Move it and its .scrm-state.json away, and the pull begins anew",
                "{shown} 有 {length} 字节，而提交过 {mark} 字节：它被改动了。把它和它的 .scrm-state.json 移走，就会重新取数"
            )));
        }
        Ok(Growing { path: path.to_owned(), file: io::BufWriter::with_capacity(1 << 16, file), length: mark })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| broken(&self.path, &error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Makes what was written last, and says how long it is.
    pub(crate) fn sync(&mut self) -> Result<u64, Failure> {
        self.file.flush().and_then(|()| self.file.get_ref().sync_data()).map_err(|error| broken(&self.path, &error))?;
        Ok(self.length)
    }
}

/// Hash of the last bytes in front of a mark; empty where the file is not there or shorter.
pub(crate) fn tail(path: &Path, mark: u64) -> String {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let from = mark.saturating_sub(TAIL);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(mark - from).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < mark - from {
            return Ok(String::new());
        }
        let mut hash = super::key::Hash::default();
        hash.write_all(&bytes)?;
        Ok(format!("{:032x}", hash.finish()))
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn what_stands_behind_the_mark_goes_and_what_is_missing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        let mut file = Growing::open(&path, 0, Secrecy::Usual).unwrap();
        file.write(b"one\n").unwrap();
        let mark = file.sync().unwrap();
        file.write(b"half of a li").unwrap();
        file.sync().unwrap();
        drop(file);
        let known = tail(&path, mark);
        let mut file = Growing::open(&path, mark, Secrecy::Usual).unwrap();
        file.write(b"two\n").unwrap();
        file.sync().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(tail(&path, mark), known);
        assert!(Growing::open(&path, 100, Secrecy::Usual).err().unwrap().text(Language::English).contains("begins anew"));
        fs::write(&path, "two\none\n").unwrap();
        assert_ne!(tail(&path, mark), known);
    }

    #[test]
    fn two_pulls_into_one_place_keep_each_other_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        let first = Lock::of(&path).unwrap();
        assert!(Lock::of(&path).unwrap_err().text(Language::English).contains("another pull"));
        drop(first);
        assert!(Lock::of(&path).is_ok());
    }
}
