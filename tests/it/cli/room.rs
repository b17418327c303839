//! `tollgate prune`, `tollgate region retention` and `tollgate release-task`: what is kept, removed and restored.

use sea_orm::{ConnectionTrait, Database};
use tollgate::app::{App, Caller};
use tollgate::clock::Clock;
use tollgate::domain::event::ReleaseEvent;
use tollgate::domain::release::Release;
use tollgate::store::{Stamp, Store};

use super::Installation;
use crate::by_hand::one_to;
use crate::db::Db;

const WAITS: &str = "name: NAME\nteam: shop\nregion: eu-west\n\
                     phases: [{name: Only, tasks: [{name: wait, type: wait, for: 1s}]}]\n";

fn prepared(here: &Installation) {
    here.run(&["migrate"], "").succeeds("up to date");
    here.run(&["region", "add", "eu-west"], "").succeeds("added region");
    here.run(&["team", "add", "shop"], "").succeeds("added team");
}

fn imports(here: &Installation, name: &str) {
    let file = here.folder.path().join("release.yaml");
    std::fs::write(&file, WAITS.replace("NAME", name)).unwrap();
    here.run(&["import", file.to_str().unwrap()], "").succeeds("created");
}

/// As somebody does it on the page; the command line deletes nothing.
async fn is_deleted(store: &Store, name: &str) -> Release {
    let team = store.teams().await.unwrap()[0].id;
    let tx = store.begin_write().await.unwrap();
    let id = tx.release_named(team, name).await.unwrap().unwrap();
    let before = tx.release(id).await.unwrap().unwrap();
    let stamp = Stamp::tollgate(Clock::system().now());
    let after = Release { deleted_at: Some(stamp.at), ..before.clone() };
    tx.save_release(&before, &after, &stamp, &ReleaseEvent::Deleted).await.unwrap();
    tx.commit().await.unwrap();
    after
}

pub async fn retention_and_deleted_release_tasks_from_the_command_line(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    prepared(&here);
    let retention = |more: &[&str]| here.run(&[&["region", "retention", "eu-west"], more].concat(), "");
    let kept = "successful executions: 90 days, and the last 50\nother executions: 90 days, and the last 50\n";
    assert_eq!(retention(&[]).out, kept);
    let changed = retention(&["--successful-days", "0", "--unsuccessful-executions", "1"]);
    changed.succeeds("successful executions: 0 days, and the last 50\nother executions: 90 days, and the last one\n");
    let wrong = retention(&["--successful-days", "3651", "--unsuccessful-executions", "10001"]);
    wrong.fails("Days that successful executions are kept: must be a whole number from 0 to 3650");
    wrong.fails("Last other executions of each release task: must be a whole number from 0 to 10000");
    here.run(&["region", "retention", "mars"], "").fails("there is no region \"mars\"");

    here.run(&["release-task", "deleted"], "").succeeds("no release task is deleted\n");
    imports(&here, "shop-web");
    let first = is_deleted(&db.store, "shop-web").await;
    imports(&here, "shop-web");
    here.run(&["release-task", "restore", "shop-web"], "").fails("has another release task called shop-web by now");
    let second = is_deleted(&db.store, "shop-web").await;
    let listed = here.run(&["release-task", "deleted"], "");
    listed.succeeds(&format!("{}  shop-web  shop  eu-west  deleted ", first.id));
    listed.succeeds(" by Tollgate  until ");
    let ambiguous = here.run(&["release-task", "restore", "shop-web"], "");
    ambiguous.fails("2 deleted release tasks are called shop-web");
    ambiguous.fails(&second.id.to_string());
    here.run(&["release-task", "restore", &first.id.to_string()], "")
        .succeeds("restored shop-web of the team shop in eu-west");
    here.run(&["release-task", "restore", "no-such"], "").fails("no deleted release task is no-such");
    assert_eq!(db.store.release(first.id).await.unwrap().unwrap().deleted_at, None);

    let would = here.run(&["prune", "--dry-run"], "");
    would.succeeds("would remove logs and run folders of 0 executions: 0 folders here (0 files, 0 bytes)");
    would.succeeds("would remove 0 folders that nothing in the database refers to");
    let done = here.run(&["prune"], "");
    done.succeeds("removed logs and run folders of 0 executions");
    done.succeeds("database: ");
    here.run(&["prune", "--data", "/no/such/folder"], "").fails("");
}

/// How many bytes the database has on the disk.
fn size(here: &Installation) -> u64 {
    std::fs::metadata(here.data().join("tollgate.db")).unwrap().len()
}

/// A database with much in it that goes again.
async fn filled_and_emptied(here: &Installation) {
    let hand =
        Database::connect(one_to(format!("sqlite:{}", here.data().join("tollgate.db").display()))).await.unwrap();
    for statement in [
        "INSERT INTO settings (key, value) VALUES ('much', hex(randomblob(4000000)))",
        "DELETE FROM settings WHERE key = 'much'",
        "PRAGMA wal_checkpoint(TRUNCATE)",
    ] {
        hand.execute_unprepared(statement).await.unwrap();
    }
    hand.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn d12_a_new_database_gives_room_back_in_small_steps() {
    let here = Installation::on(None);
    prepared(&here);
    let before = size(&here);
    filled_and_emptied(&here).await;
    let full = size(&here);
    assert!(full > before + 7_000_000, "{before} {full}");
    let store = Store::connect(&format!("sqlite:{}", here.data().join("tollgate.db").display())).await.unwrap();
    let found = store.size().await.unwrap();
    assert!(found.gives_back && found.total == full && found.free.unwrap() > 7_000_000, "{found:?}");
    assert!(store.give_back(256).await.unwrap(), "there is more to give");
    let after = store.size().await.unwrap();
    assert_eq!(found.total - after.total, 256 * 4096, "a step is small");
    let app = App::new(store.clone(), Clock::system());
    let report = app.storage(&Caller::CommandLine).await.unwrap().database;
    assert_eq!(report, after, "the page shows it");
    store.close().await.unwrap();
    here.run(&["prune"], "").succeeds("of the database back to the disk");
    assert!(size(&here) < before + 100_000, "{} {before}", size(&here));
}

#[tokio::test(flavor = "multi_thread")]
async fn d12_a_database_of_an_earlier_version_is_written_anew_once() {
    let here = Installation::on(None);
    std::fs::create_dir(here.data()).unwrap();
    let url = format!("sqlite:{}?mode=rwc", here.data().join("tollgate.db").display());
    let hand = Database::connect(one_to(url)).await.unwrap();
    hand.execute_unprepared("CREATE TABLE earlier (version TEXT); DROP TABLE earlier").await.unwrap();
    hand.close().await.unwrap();
    prepared(&here);
    let before = size(&here);
    filled_and_emptied(&here).await;
    let full = size(&here);
    let (server, _) = here.starts(&["serve", "--listen", "127.0.0.1:0"], "listens on");
    let served = here.run(&["prune"], "");
    served.succeeds("database: ");
    assert!(!served.out.contains("anew") && size(&here) >= full, "nobody rewrites what is served: {}", served.out);
    server.is_told_to_stop();
    drop(server);
    let alone = here.run(&["prune"], "");
    alone.succeeds("wrote the database anew: from now on it gives room back step by step");
    assert!(size(&here) < before + 100_000, "{} {before}", size(&here));
    let again = here.run(&["prune"], "");
    again.succeeds("");
    assert!(!again.out.contains("anew"), "once is enough: {}", again.out);
    here.run(&["team", "list"], "").succeeds("shop");
}
