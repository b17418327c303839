//! Logs in the database: what is added twice is there once, and any part of it can be read.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use tollgate::domain::ids::ReleaseId;
use tollgate::store::{AppendResult, AttemptKey, LogChunk, LogEnd, LogKey};

use super::scene::Scene;
use crate::db::Db;

on_both!(
    a_piece_added_twice_is_there_once,
    any_part_of_a_log_can_be_read,
    what_cannot_be_is_empty,
    many_pieces_are_one_write,
    many_logs_are_asked_for_with_few_statements,
);

struct Log {
    of: LogKey,
    release: ReleaseId,
}

/// The log of another attempt at the same task.
fn of_attempt(number: u32, log: LogKey) -> LogKey {
    AttemptKey { number, ..log.attempt }.into()
}

impl Log {
    fn piece(&self, at: usize, bytes: &[u8]) -> LogChunk {
        LogChunk { of: self.of, release: self.release, at: at as u64, bytes: bytes.to_vec(), dropped: None }
    }
}

/// The logs of two tasks.
async fn logs(db: &Db) -> [Log; 2] {
    let scene = Scene::set(&db.store).await;
    let execution = scene.executed(1).await;
    let key = |task: usize| LogKey::from(AttemptKey { task_run_id: execution.tasks[task].id, number: 1 });
    [0, 1].map(|task| Log { of: key(task), release: scene.release.id })
}

async fn a_piece_added_twice_is_there_once(db: Db) {
    let [log, other] = logs(&db).await;
    let store = &db.store;
    let add = async |pieces: Vec<LogChunk>| store.add_to_logs(pieces).await.unwrap();
    assert_eq!(add(vec![log.piece(0, b"one "), other.piece(0, b"else")]).await, AppendResult::All);
    assert_eq!(add(vec![log.piece(0, b"one ")]).await, AppendResult::NotAll);
    // An answer was lost, and the log has grown meanwhile: what is there is asked before more is added.
    assert_eq!(add(vec![log.piece(0, b"one two")]).await, AppendResult::NotAll);
    assert_eq!(store.log_lengths(&[log.of]).await.unwrap()[&log.of], 4);
    assert_eq!(add(vec![log.piece(4, b"two")]).await, AppendResult::All);
    assert_eq!(store.log_bytes(log.of, 0, 100).await.unwrap(), b"one two");
    assert_eq!(store.log_bytes(other.of, 0, 100).await.unwrap(), b"else");
}

async fn any_part_of_a_log_can_be_read(db: Db) {
    let [log, other] = logs(&db).await;
    let whole: Vec<u8> = (0..20_000_u32).flat_map(|number| format!("{number}\n").into_bytes()).collect();
    let mut pieces = vec![other.piece(0, b"short")];
    let mut at: usize = 0;
    for length in [1, 7, 5_000, 30_000, usize::MAX] {
        let end = at.saturating_add(length).min(whole.len());
        pieces.push(log.piece(at, &whole[at..end]));
        at = end;
    }
    db.store.add_to_logs(pieces).await.unwrap();
    let step = 4_999;
    for from in (0..whole.len() + step).step_by(step) {
        for most in [1, 6, 8, 20_000, whole.len()] {
            let read = db.store.log_bytes(log.of, from as u64, most as u64).await.unwrap();
            let end = (from + most).min(whole.len());
            assert!(read == whole.get(from..end).unwrap_or_default(), "{most} bytes from {from}");
        }
    }
    let ends = db.store.log_ends(&[log.of, other.of], 70_000).await.unwrap();
    let at = whole.len() - 70_000;
    assert_eq!(ends[&log.of], LogEnd { at: at as u64, bytes: whole[at..].to_vec() });
    assert_eq!(ends[&other.of], LogEnd { at: 0, bytes: b"short".to_vec() });
}

async fn what_cannot_be_is_empty(db: Db) {
    let [log, _] = logs(&db).await;
    let never = of_attempt(u32::MAX, log.of);
    assert!(db.store.log_lengths(&[never, log.of]).await.unwrap().is_empty());
    assert!(db.store.log_lengths(&[]).await.unwrap().is_empty());
    assert!(db.store.log_ends(&[log.of], 10).await.unwrap().is_empty());
    assert!(db.store.log_bytes(never, u64::MAX, u64::MAX).await.unwrap().is_empty());
}

async fn many_pieces_are_one_write(db: Db) {
    let [log, _] = logs(&db).await;
    let number = |number: usize| format!("{number:04}").into_bytes();
    let pieces = |from: usize, until: usize| (from..until).map(|of| log.piece(of * 4, &number(of))).collect();
    assert_eq!(db.store.add_to_logs(pieces(0, 199)).await.unwrap(), AppendResult::All);
    assert_eq!(
        db.store.add_to_logs(pieces(198, 300)).await.unwrap(),
        AppendResult::NotAll,
        "one of them is there already"
    );
    let whole: Vec<u8> = (0..300).flat_map(number).collect();
    assert_eq!(db.store.log_bytes(log.of, 0, u64::MAX).await.unwrap(), whole);
}

/// Each connection keeps what it has prepared.
async fn many_logs_are_asked_for_with_few_statements(db: Db) {
    let [log, _] = logs(&db).await;
    let asked: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let ear = Arc::clone(&asked);
    let store = db.store.heard_by(move |statement| {
        ear.lock().unwrap().insert(statement.sql.clone());
    });
    db.store.add_to_logs(vec![log.piece(0, b"something")]).await.unwrap();
    let mut keys = vec![log.of];
    for number in 2..=64 {
        keys.push(of_attempt(number, log.of));
        assert_eq!(store.log_lengths(&keys).await.unwrap(), HashMap::from([(log.of, 9)]));
    }
    assert_eq!(asked.lock().unwrap().len(), 6, "for 2, 4 … 64");
}
