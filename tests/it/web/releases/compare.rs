//! The comparison of two versions of a release task.

use std::fmt::Write;
use std::time::Duration;

use tokio::time::timeout;
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::release::ReleaseOwner;
use tollgate::format;
use tollgate::pages::components::release_urls::{TabName, with_query};

use super::scene::Scene;
use crate::db::Db;

on_both!(
    s4_versions_that_are_long_and_unlike_are_compared_in_short,
    versions_are_compared_as_a_structure_and_an_old_one_is_restored,
    f33_a_comparison_folds_what_did_not_change_and_shows_nothing_twice,
);

/// The shortest way from one to the other is looked for much longer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Scripts of so many lines of one letter each; `seed` chooses the letters.
fn long(seed: usize) -> String {
    let mut yaml = "name: shop-web\nphases:\n  - name: Build\n    tasks:\n".to_owned();
    for task in 0..50 {
        write!(yaml, "      - name: task{task}\n        script: \"").unwrap();
        for line in 0..6_200 {
            let letter = char::from(b'a' + u8::try_from((line * line * seed + line / 7 + task) % 26).unwrap());
            write!(yaml, "{letter}\\n").unwrap();
        }
        yaml.push_str("\"\n");
    }
    yaml
}

async fn s4_versions_that_are_long_and_unlike_are_compared_in_short(db: Db) {
    let scene = Scene::with(&db, &long(3)).await;
    let document = format::parse(&long(5)).unwrap().remove(0);
    let draft =
        ReleaseContent { name: document.name, description: document.description, definition: document.definition };
    let app = &scene.app;
    let imported = app
        .app
        .import(&Caller::CommandLine, ReleaseOwner { team: app.team, region: app.region }, &draft)
        .await
        .unwrap();
    assert!(!matches!(imported, Imported::Created(_)), "a second version");
    let operator = scene.browser("operator").await;
    let tab = scene.urls.tab(TabName::Definition);
    let alone = operator.get(&tab).await;
    let compare = with_query(&tab, &[("from", "1"), ("to", "2")]);
    let compared = timeout(TIMEOUT, operator.get(&compare)).await.unwrap();
    assert_eq!((alone.status, compared.status), (200, 200));
    compared.says("Version 1 to version 2").says("more lines are not shown: download both versions");
    let bytes = compared.text.len();
    assert!(bytes < 700_000, "{bytes} bytes for the comparison");
    let same = operator.get(&with_query(&tab, &[("from", "2"), ("to", "2")])).await;
    same.says(" lines are the same");
    scene.app.stops().await;
}

async fn f33_a_comparison_folds_what_did_not_change_and_shows_nothing_twice(db: Db) {
    let mut yaml = "name: shop-web\nphases:\n  - name: Build\n    tasks:\n".to_owned();
    for task in 0..40 {
        writeln!(yaml, "      - {{name: task{task}, script: echo the-script-of-{task}-ends}}").unwrap();
    }
    let scene = Scene::with(&db, &yaml).await;
    let document = format::parse(&yaml.replace("of-30-ends", "of-30-has-changed")).unwrap().remove(0);
    scene.imports(document.definition).await;
    let operator = scene.browser("operator").await;
    let page = operator.get(&with_query(&scene.urls.tab(TabName::Definition), &[("from", "1"), ("to", "2")])).await;
    page.says("lines are the same").says("the-script-of-30-has-changed");
    assert!(!page.text.contains("the-script-of-5-ends"), "what did not change is folded");
    // In the list of changes and in the lines: nowhere else.
    assert!(page.text.matches("the-script-of-30-has-changed").count() <= 2, "it is shown once");
    scene.app.stops().await;
}

const FIRST: &str =
    "name: shop-web\nphases:\n  - name: Build\n    tasks:\n      - {name: build, script: make, timeout: 5m}\n";
const SECOND: &str = "name: shop-web\nphases:\n  - name: Build\n    tasks:\n      - {name: build, script: make, timeout: 10m}\n      - {name: pause, type: wait, for: 1m}\n";

async fn versions_are_compared_as_a_structure_and_an_old_one_is_restored(db: Db) {
    let scene = Scene::with(&db, FIRST).await;
    let app = &scene.app;
    let document = format::parse(SECOND).unwrap().remove(0);
    let content =
        ReleaseContent { name: document.name, description: document.description, definition: document.definition };
    let owner = ReleaseOwner { team: app.team, region: app.region };
    app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();

    let operator = scene.browser("operator").await;
    let tab = scene.urls.tab(TabName::Definition);
    let compared = operator.get(&with_query(&tab, &[("from", "1"), ("to", "2")])).await;
    compared.says("Task build changed").says("timeout: 5m → 10m").says("Task pause added at Build, group 1, place 2");
    let restore = scene.urls.operation("restore");
    let old = with_query(&restore, &[("version", "1")]);
    assert!(!operator.get(&scene.urls.version(2)).await.text.contains(&restore), "it is the newest");
    assert!(operator.get(&scene.urls.version(1)).await.text.contains("restore?version=1"));
    assert!(!scene.browser("viewer").await.get(&scene.urls.version(1)).await.text.contains(&restore));
    operator.get(&old).await.says("Restore version 1?").says("saved again as version 3");
    let stale = operator.post(&restore, &[("version", "1"), ("newest", "1")]).await;
    assert_eq!(stale.status, 409);
    assert_eq!(operator.post(&restore, &[("version", "1"), ("newest", "2")]).await.status, 303);
    let restored = app.app.store.release(scene.id).await.unwrap().unwrap();
    assert_eq!((restored.version, restored.edited_by.name()), (3, "operator"));
    assert_eq!(restored.definition, app.app.store.definition(scene.id, 1).await.unwrap());
    operator.get(&format!("{}/activity", scene.urls.show())).await.says("saved version 1 again as version 3");
    operator.get(&with_query(&tab, &[("from", "1"), ("to", "3")])).await.says("Both versions are the same.");
    let unknown = operator.post(&restore, &[("version", "9"), ("newest", "3")]).await;
    assert_eq!(unknown.status, 404);
    scene.app.stops().await;
}
