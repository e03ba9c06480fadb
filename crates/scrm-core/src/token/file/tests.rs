//! What a folder of token files may meet on a real disk.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::PathBuf,
    process::Command,
    time::Duration,
};

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn store() -> (tempfile::TempDir, FileStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path()).unwrap();
    (folder, store)
}

fn token(name: &str) -> StoredToken {
    let now = unix_millis();
    StoredToken { value: Secret::new(name), expires_at: now + 7_200_000, fetched_at: now }
}

fn files(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn folders_in_which_others_can_put_tokens_are_refused() {
    assert_eq!(FileStore::new("").unwrap_err().kind(), ErrorKind::InvalidInput);
    let (folder, store) = store();
    store.save("key", &token("mine")).await.unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    for error in [FileStore::new(folder.path()).unwrap_err().to_string(), store.load("key").await.unwrap_err().to_string()] {
        assert!(error.contains("can be written by every user"), "{error}");
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(store.path("key", "token"), fs::Permissions::from_mode(0o666)).unwrap();
    assert!(store.load("key").await.is_err(), "the token file itself");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(FileStore::new(file).unwrap_err().to_string().contains("is no folder"));
    // Only root can give a folder away; only then this can be tried.
    if std::os::unix::fs::chown(folder.path(), Some(4242), None).is_ok() {
        assert!(FileStore::new(folder.path()).unwrap_err().to_string().contains("belongs to another user"));
    }
}

#[tokio::test]
async fn links_and_pipes_are_no_token_files() {
    let (folder, store) = store();
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, token("planted").to_json().expose()).unwrap();
    let pipe = |path: &PathBuf| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    for ending in ["token", "lock"] {
        for made in [0, 1, 2] {
            let path = store.path("key", ending);
            match made {
                0 => symlink(&elsewhere, &path).unwrap(),
                1 => pipe(&path),
                _ => fs::create_dir(&path).unwrap(),
            }
            let error = match ending {
                "token" => store.load("key").await.unwrap_err(),
                _ => store.lease("key", "me", MINUTE).await.unwrap_err(),
            };
            assert!(error.to_string().contains("is no plain file"), "{error}");
            if made == 2 { fs::remove_dir(&path).unwrap() } else { fs::remove_file(&path).unwrap() }
        }
    }
}

/// What an older program wrote into its lock files means nothing.
#[tokio::test]
async fn a_lock_file_without_a_lock_blocks_nobody() {
    let (_folder, store) = store();
    fs::write(store.path("key", "lock"), format!("dead-owner\n{}\n", unix_millis() + 3_600_000)).unwrap();
    assert!(store.lease("key", "me", MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_lease_is_the_systems_lock_and_free_when_its_holder_ends() {
    let (folder, first) = store();
    let second = FileStore::new(folder.path()).unwrap();
    assert!(first.lease("key", "first", MINUTE).await.unwrap());
    assert!(!second.lease("key", "second", MINUTE).await.unwrap());
    assert!(second.lease("another key", "second", MINUTE).await.unwrap());
    // As when its process is killed: nobody releases it.
    drop(first);
    assert!(second.lease("key", "second", MINUTE).await.unwrap());
    second.release("key", "first").await.unwrap();
    assert!(!FileStore::new(folder.path()).unwrap().lease("key", "third", MINUTE).await.unwrap(), "released by its owner only");
}

#[tokio::test]
async fn what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_stays() {
    let (folder, store) = store();
    let temporary = |end: char| store.path("key", "token").with_extension(format!("token.{}", end.to_string().repeat(16)));
    fs::write(temporary('a'), token("left behind").to_json().expose()).unwrap();
    let living = File::create(temporary('b')).unwrap();
    living.lock().unwrap();
    fs::write(folder.path().join("my.token.notes"), "not ours").unwrap();
    store.save("another key", &token("new")).await.unwrap();
    let left = files(&folder);
    assert!(!temporary('a').exists() && temporary('b').exists(), "{left:?}");
    assert!(left.contains(&"my.token.notes".to_owned()), "{left:?}");
    // not by closing it alone: a process that another test starts at this moment has it open until it runs its own program
    living.unlock().unwrap();
    FileStore::new(folder.path()).unwrap();
    assert!(!temporary('b').exists(), "and at the start");
}

#[tokio::test]
async fn a_token_from_the_future_gives_way() {
    let (_folder, store) = store();
    let now = unix_millis();
    let future = StoredToken { fetched_at: now + 86_400_000, expires_at: now + 2 * 86_400_000, ..token("from the future") };
    fs::write(store.path("key", "token"), future.to_json().expose()).unwrap();
    assert_eq!(store.load("key").await.unwrap(), None);
    store.save("key", &token("mine")).await.unwrap();
    assert_eq!(store.load("key").await.unwrap().unwrap().value.expose(), "mine");
}

/// As on a file system that became read-only: what cannot be written is an error at once, and what can be read is read.
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error_and_no_wait() {
    let (folder, store) = store();
    store.save("key", &token("mine")).await.unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // To root nothing is forbidden.
    if File::create(folder.path().join("probe")).is_err() {
        assert!(store.lease("key", "me", MINUTE).await.is_err());
        assert!(store.save("another key", &token("mine")).await.is_err());
    }
    assert!(store.load("key").await.unwrap().is_some());
}
