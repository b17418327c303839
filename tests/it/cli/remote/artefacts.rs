//! Artefacts by the command line: what is written is what was kept, and `check` finds what is not.

use sea_orm::{ConnectionTrait as _, Database};
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::tokens::TokenScope;
use tollgate::store::Backend;

use super::{Machine, document};
use crate::by_hand::one_to;
use crate::db::Db;
use crate::program;
use crate::web::releases::scene::Scene;

on_both!(an_artefact_is_downloaded_whole_or_not_at_all_and_check_finds_what_is_damaged);

const LEAVES: &str = r"
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        type: build
        artefacts: [dist/, notes]
        script: |
          mkdir -p dist
          head -c 1500000 /dev/zero | tr '\0' x > dist/big
          echo some > notes
      - {name: other, script: 'true'}
";

async fn an_artefact_is_downloaded_whole_or_not_at_all_and_check_finds_what_is_damaged(db: Db) {
    let scene = Scene::with(&db, LEAVES).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let machine = Machine::of(&scene.app, "viewer", &[TokenScope::Read]).await;
    let home = machine.home.path();
    let listed = machine.run(&["artefact", "list", "shop-web"]).await;
    listed.succeeds("dist/big");
    let found = document(&machine.run(&["artefact", "list", "shop-web#1", "build", "--json"]).await);
    assert_eq!((&found["artefacts"][0]["size"], &found["artefacts"][1]["path"]), (&1_500_000.into(), &"notes".into()));
    machine.run(&["artefact", "list", "shop-web", "other"]).await.succeeds("shop-web#1 has left no artefacts.");
    machine.run(&["artefact", "list", "shop-web", "biuld"]).await.fails("did you mean build?");

    machine.run(&["artefact", "download", "shop-web", "build", "--into", "to"]).await.succeeds("to/dist/big");
    assert_eq!(std::fs::read(home.join("to/dist/big")).unwrap(), vec![b'x'; 1_500_000]);
    assert_eq!(std::fs::read(home.join("to/notes")).unwrap(), b"some\n");
    machine.run(&["artefact", "download", "shop-web", "build", "note"]).await.fails("did you mean notes?");
    machine.run(&["artefact", "download", "shop-web", "other"]).await.fails("has left no artefacts");

    // What is there already stays, and nothing else is left beside it.
    let hand = Database::connect(one_to(&db.url)).await.unwrap();
    let bytes = if db.store.backend() == Backend::Postgres { "decode('736f6d6521', 'hex')" } else { "x'736f6d6521'" };
    let damage = format!("UPDATE artefact_chunks SET data = {bytes} WHERE position = 1");
    hand.execute_unprepared(&damage).await.unwrap();
    let damaged = machine.run(&["artefact", "download", "shop-web", "build", "notes", "--into", "to"]).await;
    damaged.fails("what came of notes is not what was kept");
    assert_eq!(std::fs::read(home.join("to/notes")).unwrap(), b"some\n");
    assert_eq!(std::fs::read_dir(home.join("to")).unwrap().count(), 2);
    let cut = "DELETE FROM artefact_chunks WHERE position = 0 AND begins_at > 0";
    hand.execute_unprepared(cut).await.unwrap();
    let cut_off = machine.run(&["artefact", "download", "shop-web", "build", "dist/big", "--into", "new"]).await;
    assert!(!cut_off.status.success());
    assert_eq!(std::fs::read_dir(home.join("new/dist")).unwrap().count(), 0);

    hand.execute_unprepared("DELETE FROM artefacts WHERE position = 1").await.unwrap();
    hand.close().await.unwrap();
    let data = tempfile::tempdir().unwrap();
    // Another program opens the file of SQLite only when this one has closed it: its locks are the process's.
    scene.app.stops().await;
    let output = program::command(crate::PROGRAM, data.path(), Some(&db.url)).arg("check").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("FOUND dist/big is not as it was kept: shop-web#1, build, attempt 1\n"), "{said}");
    assert!(said.contains("FOUND parts of artefacts that belong to none: shop-web#1, build, attempt 1\n"), "{said}");
    assert!(said.contains("FAULT artefacts: 2 findings in 1 artefact"), "{said}");
}
