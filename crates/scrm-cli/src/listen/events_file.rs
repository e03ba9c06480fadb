//! A file of events, one line of JSON each: each stands there once, and is there to stay before it is answered.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Deserialize;

use crate::{failure::Failure, language::both, sink::files};

/// How long it is known which events stand in the file, in seconds: longer than any request is accepted.
const KNOWN: i64 = 40 * 24 * 3600;
/// Keys that are known before it is looked which are too old.
const FEW: usize = 10_000;

/// A line is no longer: bodies are bounded, and so is what is told of them.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
/// How a line begins.
const BEGINNING: &[u8] = b"{\"received\":\"";

/// A file of events.
pub(crate) struct EventsFile {
    path: PathBuf,
    file: File,
    /// A half of a line could not be taken back: nothing can be written behind it.
    spoilt: bool,
    /// What tells events, and when they came, in seconds since 1970.
    known: HashMap<String, i64>,
    prune_at: usize,
    _lock: files::Lock,
}

/// What a line must say to be known.
#[derive(Deserialize)]
struct Line {
    received: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    sender: Option<String>,
    #[serde(default)]
    signature: Option<String>,
}

/// What tells an event from others.
pub(crate) fn keys(id: Option<&str>, sender: Option<&str>, signature: Option<&str>) -> Vec<String> {
    let id = id.map(|id| format!("{} {id}", sender.unwrap_or_default()));
    id.into_iter().chain(signature.map(str::to_owned)).collect()
}

impl EventsFile {
    /// Opens a file that this program wrote, or a new one. A half of a line at its end was never answered, and goes.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let lock = files::Lock::of(path)?;
        let broken = |error: io::Error| files::broken(path, &error);
        let file = growing(path).map_err(broken)?;
        let mut events = EventsFile { path: path.to_owned(), file, spoilt: false, known: HashMap::new(), prune_at: FEW, _lock: lock };
        let (mut reader, mut whole, mut number, mut line) = (BufReader::new(&events.file), 0, 1_u64, Vec::new());
        let foreign = |number: u64| {
            let shown = path.display();
            Failure::wrong_use(both!(
                "{shown}: line {number} is no event; name another file",
                "{shown}：第 {number} 行不是事件；请换一个文件"
            ))
        };
        let now = Timestamp::now().as_second();
        loop {
            line.clear();
            let length = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(broken)?;
            if !line.ends_with(b"\n") {
                break;
            }
            let Line { received, id, sender, signature } = serde_json::from_slice(&line).map_err(|_| foreign(number))?;
            let received: Timestamp = received.parse().map_err(|_| foreign(number))?;
            (whole, number) = (whole + length as u64, number + 1);
            if received.as_second() > now - KNOWN {
                let keys = keys(id.as_deref(), sender.as_deref(), signature.as_deref());
                events.known.extend(keys.into_iter().map(|key| (key, received.as_second())));
            }
        }
        let half = line.starts_with(BEGINNING) || BEGINNING.starts_with(&line);
        if !half || line.len() as u64 >= LONGEST_LINE {
            return Err(foreign(number));
        }
        events.file.set_len(whole).map_err(broken)?;
        events.prune_at = (events.known.len() * 2).max(FEW);
        Ok(events)
    }

    /// Writes a line, unless the event stands there already, and makes it last.
    pub(crate) fn append(&mut self, keys: &[String], line: &str) -> io::Result<()> {
        if self.spoilt {
            return Err(io::Error::other("a line was written by half and could not be taken back"));
        }
        if keys.iter().any(|key| self.known.contains_key(key)) {
            return Ok(());
        }
        // moved away, as a rotation of logs does
        if !files::is_still_there(&self.file, &self.path) {
            self.file = growing(&self.path)?;
        }
        let before = self.file.metadata()?.len();
        if let Err(error) = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data()) {
            self.spoilt = self.file.set_len(before).is_err();
            return Err(error);
        }
        let now = Timestamp::now().as_second();
        self.known.extend(keys.iter().map(|key| (key.clone(), now)));
        if self.known.len() > self.prune_at {
            self.known.retain(|_, came| *came > now - KNOWN);
            self.prune_at = (self.known.len() * 2).max(FEW);
        }
        Ok(())
    }
}

fn growing(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    files::sync_folder(path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::language::Language;

    fn line(id: &str) -> (Vec<String>, String) {
        (keys(Some(id), Some("shop"), None), format!("{{\"received\":\"{}\",\"id\":\"{id}\",\"sender\":\"shop\"}}\n", Timestamp::now()))
    }

    fn ids(path: &Path) -> Vec<String> {
        let value = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        fs::read_to_string(path).unwrap().lines().map(|line| value(line)["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_event_stands_there_once_whatever_happened_to_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        let mut events = EventsFile::open(&path).unwrap();
        for id in ["1", "2", "1"] {
            let (keys, line) = line(id);
            events.append(&keys, &line).unwrap();
        }
        assert!(EventsFile::open(&path).err().unwrap().text(Language::English).contains("listener into it is running"));
        drop(events);
        let mut text = fs::read(&path).unwrap();
        text.extend(b"{\"received\":\"2026-");
        fs::write(&path, text).unwrap();
        let mut events = EventsFile::open(&path).unwrap();
        for id in ["2", "3"] {
            let (keys, line) = line(id);
            events.append(&keys, &line).unwrap();
        }
        assert_eq!(ids(&path), ["1", "2", "3"]);
        // a rotation: the new file begins anew, what was written is known still
        let old = folder.path().join("events.1.jsonl");
        fs::rename(&path, &old).unwrap();
        for id in ["3", "4"] {
            let (keys, line) = line(id);
            events.append(&keys, &line).unwrap();
        }
        assert_eq!((ids(&old), ids(&path)), (vec!["1".to_owned(), "2".to_owned(), "3".to_owned()], vec!["4".to_owned()]));
    }

    #[test]
    fn another_programs_file_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        for text in ["some notes\n", "{\"received\":1}\n", "[]\n", "notes without an end", "{\"a\":1}"] {
            fs::write(&path, text).unwrap();
            assert!(EventsFile::open(&path).err().unwrap().text(Language::English).contains("line 1 is no event"));
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
