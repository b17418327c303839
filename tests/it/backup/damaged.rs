//! Damaged backups and databases: what is no whole backup changes nothing, and a restore that was cut off is finished by the next start.

use std::path::Path;

use crate::by_hand;
use crate::here::Here;

async fn changed(database: &Path, sql: &str) {
    by_hand::does(format!("sqlite://{}", database.display()), sql).await.unwrap();
}

/// Every file of a folder with what is in it.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_file() && entry.file_name() != "restore.lock" {
            found.push((entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()));
        } else if entry.path().is_dir() {
            found.push((entry.file_name().into_string().unwrap(), Vec::new()));
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn what_is_not_whole_changes_nothing() {
    let here = Here::new(crate::PROGRAM);
    here.runs(&["migrate"]).succeeds("up to date");
    here.runs(&["region", "add", "eu-west"]).succeeds("added");
    let file = here.backed_up(&[]);
    let whole = std::fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    // One bit alone can be one that says nothing.
    flipped[middle..middle + 64].iter_mut().for_each(|byte| *byte ^= 0x10);
    let before = everything(&here.data());
    let broken = [&whole[..whole.len() - 1], &whole[..whole.len() / 2], &whole[..20], &flipped, b"no archive", b""];
    for (number, bytes) in broken.into_iter().enumerate() {
        std::fs::write(&file, bytes).unwrap();
        let refused = here.runs(&["restore", "--replace", file.to_str().unwrap()]);
        refused.fails("cannot be restored");
        assert_eq!(everything(&here.data()), before, "broken in way {number}");
    }
    std::fs::write(&file, &whole).unwrap();
    here.runs(&["restore", "--replace", file.to_str().unwrap()]).succeeds("Restored the backup of");
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_an_earlier_one_waits_for_its_migration() {
    let here = Here::new(crate::PROGRAM);
    here.runs(&["migrate"]).succeeds("up to date");
    here.runs(&["region", "add", "eu-west"]).succeeds("added");
    changed(
        &here.database(),
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_later', 0)",
    )
    .await;
    let newer = here.backed_up(&[]);
    let there = Here::new(crate::PROGRAM);
    there
        .runs(&["restore", newer.to_str().unwrap()])
        .fails("made by a newer Tollgate, which knows m29991231_000001_later");
    assert!(!there.database().exists());
    changed(&here.database(), "DELETE FROM seaql_migrations WHERE version = 'm29991231_000001_later'").await;
    changed(&here.database(), "DROP TABLE log_chunks").await;
    changed(&here.database(), "DELETE FROM seaql_migrations WHERE version LIKE '%logs'").await;
    let earlier = here.backed_up(&["--overwrite"]);
    there.runs(&["restore", earlier.to_str().unwrap()]).succeeds("start with `tollgate serve --migrate`");
    there.runs(&["serve", "--listen", "127.0.0.1:0"]).fails("start with --migrate");
    there.runs(&["restore", "--replace", "--migrate", earlier.to_str().unwrap()]).succeeds("Restored");
    there.runs(&["check"]).fails("there is no administrator");
}

#[tokio::test]
async fn a_restore_that_was_cut_off_is_finished_by_the_next_start() {
    let here = Here::new(crate::PROGRAM);
    here.runs(&["migrate"]).succeeds("up to date");
    here.runs(&["region", "add", "old-region"]).succeeds("added");
    let file = here.backed_up(&[]);
    here.runs(&["region", "add", "new-region"]).succeeds("added");
    // As it is laid before anything is touched, and as it is when the database is in its place already.
    for cut_off in ["restore.ready", "restore.taken"] {
        let laid = here.data().join(cut_off);
        std::fs::create_dir(&laid).unwrap();
        let unpacked = std::process::Command::new("tar").arg("xzf").arg(&file).arg("-C").arg(&laid).status().unwrap();
        assert!(unpacked.success());
        std::fs::create_dir_all(laid.join("workspace/site")).unwrap();
        std::fs::write(laid.join("workspace/site/page"), "restored").unwrap();
        let wanted = r#"{"id":"01a2064c-de12-71dd-a05a-b72ec36b8d82","kept_as":"before"}"#;
        std::fs::write(laid.join("wanted.json"), wanted).unwrap();
        if cut_off == "restore.taken" {
            std::fs::rename(laid.join("tollgate.db"), here.database()).unwrap();
        }
        drop(here.serves());
        assert!(!laid.exists());
        assert_eq!(std::fs::read_to_string(here.data().join("workspace/site/page")).unwrap(), "restored");
        std::fs::remove_dir_all(here.data().join("workspace")).unwrap();
    }
    here.runs(&["region", "add", "new-region"]).succeeds("added");
    here.runs(&["region", "add", "old-region"]).fails("taken");
    assert!(here.data().join("tollgate.db.before").exists());
}

#[tokio::test]
async fn what_outlived_a_database_that_somebody_took_away_is_not_written_into_the_new_one() {
    let there = Here::new(crate::PROGRAM);
    there.runs(&["migrate"]).succeeds("up to date");
    there.runs(&["region", "add", "old-region"]).succeeds("added");
    let file = there.backed_up(&[]);
    let here = Here::new(crate::PROGRAM);
    drop(here.serves());
    let left = here.data().join("tollgate.db-wal");
    assert!(std::fs::metadata(&left).unwrap().len() > 0, "it was killed, and its last changes are in there");
    std::fs::remove_file(here.database()).unwrap();
    let restored = here.runs(&["restore", file.to_str().unwrap()]);
    restored.succeeds("What was there is kept: ");
    assert!(restored.out.contains("-wal"), "{}", restored.out);
    here.runs(&["region", "add", "old-region"]).fails("taken");
    here.backed_up(&[]);
}

#[tokio::test]
async fn a_backup_takes_the_place_of_a_database_that_is_damaged() {
    let here = Here::new(crate::PROGRAM);
    here.runs(&["migrate"]).succeeds("up to date");
    here.runs(&["region", "add", "old-region"]).succeeds("added");
    let file = here.backed_up(&[]);
    let whole = std::fs::read(here.database()).unwrap();
    let mut no_tables = whole.clone();
    no_tables[100..4000].fill(0xff);
    let mut no_pages = whole.clone();
    no_pages[4096..].fill(0xff);
    for (number, damaged) in [vec![0xff; whole.len()], no_tables, no_pages].into_iter().enumerate() {
        std::fs::write(here.database(), &damaged).unwrap();
        let restored = here.runs(&["restore", "--replace", file.to_str().unwrap()]);
        restored.succeeds("What was there is kept: ");
        let kept = restored.out.lines().find_map(|line| line.strip_prefix("What was there is kept: ")).unwrap();
        // SQLite may have said in its first page how it was closed.
        assert_eq!(std::fs::read(kept).unwrap()[4096..], damaged[4096..], "damaged in way {number}");
        here.runs(&["region", "add", "old-region"]).fails("taken");
        here.backed_up(&["--overwrite"]);
    }
}

#[tokio::test]
async fn run_folders_on_another_file_system_are_told_of_before_anything_is_done() {
    let here = Here::new(crate::PROGRAM);
    drop(here.serves());
    let file = here.backed_up(&[]);
    let elsewhere = tempfile::tempdir_in("/dev/shm").expect("a folder on another file system, in /dev/shm");
    let runs = here.data().join("runs");
    if runs.exists() {
        std::fs::remove_dir(&runs).unwrap();
    }
    std::os::unix::fs::symlink(elsewhere.path(), &runs).unwrap();
    let restore = ["restore", "--replace", file.to_str().unwrap()];
    here.runs(&restore).fails("is on another file system than");
    here.runs(&["check"]).succeeds("This installation is sound.");
    std::fs::remove_file(&runs).unwrap();
    here.runs(&restore).succeeds("Restored the backup of");
}
