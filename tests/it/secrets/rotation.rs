//! Another key for every secret, while servers use them, and whatever ends the command that does it.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tollgate::app::secrets::SecretError;
use tollgate::app::{App, Caller};
use tollgate::domain::isolation::Isolation;
use tollgate::domain::secrets::{KeyId, SecretFault, SecretPurpose, SecretSlot};
use tollgate::keyring::{KeyFile, Keyring, Plaintext};
use tollgate::store::{Backend, ReplicaInfo};

use super::machine::{Machine, revealed, set, smtp};
use crate::answer::Answer;
use crate::by_hand::does;
use crate::db::Db;

on_both!(
    every_secret_is_encrypted_anew_while_a_server_sets_and_reads_them,
    b27_a_rotation_that_is_killed_anywhere_goes_on,
    of_two_rotations_at_once_nothing_is_lost,
    a_key_encrypts_only_when_every_replica_has_it,
    what_does_not_open_is_told_and_keeps_its_key,
);

/// More than are encrypted anew in one transaction.
const MANY: usize = 103;

fn hook(number: usize, team: tollgate::domain::ids::TeamId) -> SecretSlot {
    SecretSlot::of_team(team, SecretPurpose::WebhookKey, format!("hook-{number}"))
}

/// Keeps so many secrets of a team; answers which.
async fn fills(app: &App, many: usize) -> Vec<SecretSlot> {
    let tx = app.store.begin_write().await.unwrap();
    let team = tx.insert_team("shop", app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let slots: Vec<_> = (0..many).map(|number| hook(number, team)).collect();
    for slot in &slots {
        app.set_secret(&Caller::CommandLine, slot, &Plaintext::new(slot.name.clone())).await.unwrap();
    }
    slots
}

async fn opens_all(app: &App, slots: &[SecretSlot]) -> bool {
    for slot in slots {
        match app.reveal(slot).await {
            Ok(value) => assert_eq!(value.unwrap().expose(), slot.name),
            Err(SecretError::Fault(SecretFault::NoKey { .. })) => return false,
            Err(other) => panic!("{other:?}"),
        }
    }
    true
}

async fn used(db: &Db) -> Vec<KeyId> {
    db.store.secrets_by_key().await.unwrap().into_keys().collect()
}

fn has(machine: &Machine) -> Vec<KeyId> {
    Keyring::of_file(machine.keys()).unwrap().ids().unwrap()
}

async fn every_secret_is_encrypted_anew_while_a_server_sets_and_reads_them(db: Db) {
    let machine = Machine::new(&db);
    let app = machine.starts().await;
    let slots = fills(&app, MANY).await;
    let before = has(&machine);
    let (done, server) = (Arc::new(AtomicBool::new(false)), app.clone());
    let told = Arc::clone(&done);
    let sets = tokio::spawn(async move {
        let mut times = 0;
        while !told.load(Ordering::SeqCst) {
            set(&server).await.unwrap();
            assert_eq!(revealed(&server).await.as_deref(), Some("swordfish"));
            times += 1;
        }
        times
    });
    let command = machine.command(&["secret", "rotate"], None);
    let rotated = tokio::task::spawn_blocking(move || Answer::of({ command }.output().unwrap())).await.unwrap();
    rotated.succeeds("encrypted anew with the key");
    done.store(true, Ordering::SeqCst);
    assert!(sets.await.unwrap() > 0);
    let after = has(&machine);
    assert_eq!((after.len(), used(&db).await), (1, after.clone()));
    assert_ne!(after, before);
    assert!(opens_all(&app, &slots).await && opens_all(&machine.starts().await, &slots).await);
    machine.runs(&["secret", "list"], None).succeeds(&format!("key {}", after[0]));
    machine.runs(&["secret", "rotate", "--keep"], None).succeeds(&format!("{} secrets encrypted anew", MANY + 1));
    assert_eq!(has(&machine)[1..], after, "the one before is kept");
    assert_eq!(revealed(&app).await.as_deref(), Some("swordfish"));
}

async fn b27_a_rotation_that_is_killed_anywhere_goes_on(db: Db) {
    let machine = Machine::new(&db);
    let app = machine.starts().await;
    let slots = fills(&app, MANY).await;
    for point in ["added:1", "begun:1", "first:1", "switched:1", "batch:1", "batch:2", "dropped:1"] {
        let before = has(&machine)[0];
        let killed = machine.runs(&["secret", "rotate"], Some(&format!("secret.rotate.{point}")));
        killed.fails("killed for a test");
        assert!(opens_all(&app, &slots).await, "{point}: a server that runs reads them");
        assert!(opens_all(&machine.starts().await, &slots).await, "{point}: and so does one that starts");
        set(&app).await.unwrap();
        machine.runs(&["secret", "rotate"], None).succeeds("encrypted anew");
        let after = has(&machine);
        assert_eq!((after.len(), used(&db).await), (1, after.clone()), "{point}");
        assert_ne!(after[0], before, "{point}");
        assert!(opens_all(&app, &slots).await && revealed(&app).await.is_some(), "{point}");
    }
}

async fn of_two_rotations_at_once_nothing_is_lost(db: Db) {
    let (one, two) = (Machine::new(&db), Machine::new(&db));
    let app = one.starts().await;
    let slots = fills(&app, MANY).await;
    std::fs::create_dir(two.config.data.folder.as_path()).unwrap();
    std::fs::copy(one.keys(), two.keys()).unwrap();
    // The same file twice, and the same file of another machine.
    let commands = [&one, &one, &two].map(|machine| {
        let mut command = machine.command(&["secret", "rotate", "--keep"], None);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    let ended = commands.map(|child| Answer::of(child.wait_with_output().unwrap()));
    assert!(ended.iter().any(|answer| answer.status.success()), "one of them ends well");
    let mut opened = false;
    for machine in [&one, &two] {
        let keyring = Keyring::of_file(machine.keys()).unwrap();
        opened |= opens_all(&App { keyring, ..app.clone() }, &slots).await;
    }
    assert!(opened, "whoever went over can read everything");
}

async fn a_key_encrypts_only_when_every_replica_has_it(db: Db) {
    if db.store.backend() == Backend::Sqlite {
        // It has no other replicas.
        return;
    }
    let machine = Machine::new(&db);
    let app = machine.starts().await;
    set(&app).await.unwrap();
    let before = has(&machine)[0];
    let other = ReplicaInfo {
        id: "other".to_owned(),
        name: "release-2".to_owned(),
        version: "0.1.0".to_owned(),
        isolation: Isolation::default(),
    };
    db.store.enroll(&other, app.clock.now()).await.unwrap();
    db.store.report_keys("other", &[before]).await.unwrap();
    let file = KeyFile::take(&machine.keys()).unwrap().unwrap();
    let next = app.begin_rotation(&file).await.unwrap();
    let lacking = app.replicas_without(next, Some("own")).await.unwrap();
    assert_eq!(lacking.iter().map(|replica| replica.name.as_str()).collect::<Vec<_>>(), ["release-2"]);
    set(&app).await.unwrap();
    assert_eq!(used(&db).await, [before], "the new key does not encrypt yet");
    db.store.report_keys("other", &[before, next]).await.unwrap();
    assert_eq!(app.begin_rotation(&file).await.unwrap(), next, "begun once");
    assert_eq!(app.replicas_without(next, None).await.unwrap(), []);
    app.finish_rotation(&file, next, false).await.unwrap();
    assert_eq!((used(&db).await, has(&machine)), (vec![next], vec![next]));
    // A machine that was not told.
    let late = Machine::new(&db);
    assert!(late.refuses().await.contains(&next.to_string()));
    db.store.enroll(&other, app.clock.now()).await.unwrap();
    assert_eq!(db.store.replica_keys().await.unwrap()[0].keys, [before, next], "what was said stays");
}

async fn what_does_not_open_is_told_and_keeps_its_key(db: Db) {
    let machine = Machine::new(&db);
    let app = machine.starts().await;
    let slots = fills(&app, 2).await;
    does(db.url.as_str(), "UPDATE secrets SET name = 'moved' WHERE name = 'hook-0'").await.unwrap();
    let before = has(&machine)[0];
    machine.runs(&["secret", "rotate"], None).fails("1 secret does not open");
    let both = has(&machine);
    assert_eq!((both.len(), both[1]), (2, before), "its key is kept");
    assert!(opens_all(&app, &slots[1..]).await);
    let moved = SecretSlot { name: "moved".to_owned(), ..slots[0].clone() };
    assert!(app.forget_secret(&Caller::CommandLine, &moved).await.unwrap());
    machine.runs(&["secret", "rotate"], None).succeeds("0 secrets encrypted anew");
    assert_eq!(has(&machine), both[..1]);

    // The key file is lost.
    set(&app).await.unwrap();
    std::fs::remove_file(machine.keys()).unwrap();
    assert!(machine.refuses().await.contains(&both[0].to_string()));
    machine.runs(&["secret", "rotate"], None).fails("there is no key file");
    machine.runs(&["secret", "forget-unreadable"], None).succeeds("2 secrets forgotten");
    let anew = machine.starts().await;
    assert_eq!(revealed(&anew).await, None);
    set(&anew).await.unwrap();
    assert_eq!(anew.reveal(&smtp()).await.unwrap().unwrap().expose(), "swordfish");
}
