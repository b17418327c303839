//! Release tasks as code over the network: brought in, compared, written out.

use tollgate::domain::tokens::TokenScope;

use super::{Machine, applied};
use crate::db::Db;
use crate::web::app::TestApp;

on_both!(release_tasks_are_applied_compared_and_exported_over_the_network);

const SOAK: &str = "# Ours\nname: soak # so it is\nphases:\n  - name: Soak\n    tasks:\n      - name: rest\n        type: wait\n        for: 5m\n";

async fn release_tasks_are_applied_compared_and_exported_over_the_network(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let apply = async |text: &str, more: &[&str]| {
        operator.run_with(&[&["release", "apply", "-f", "-"], more].concat(), text).await
    };
    apply(SOAK, &["--dry-run"]).await.succeeds("would create soak\n");
    operator.run(&["release", "show", "soak"]).await.fails("there is no release task soak");
    applied(&operator, SOAK).await;
    apply(SOAK, &[]).await.succeeds("unchanged soak\n");
    let exported = operator.run(&["release", "export", "soak"]).await;
    let placed = SOAK.replace("so it is\n", "so it is\nteam: storefront\nregion: eu-west\n");
    assert_eq!(exported.out, placed, "with its comments, and where it belongs");
    let longer = placed.replace("5m", "10m # longer");
    let tried = apply(&longer, &["--dry-run"]).await;
    tried.succeeds("would update soak to version 2\n");
    assert!(tried.out.contains("→"), "{}", tried.out);
    apply(&longer, &[]).await.succeeds("updated soak to version 2\n");
    assert_eq!(operator.run(&["release", "export", "soak"]).await.out, longer);
    operator.run(&["release", "diff", "soak"]).await.succeeds("soak: version 1 → 2\n");
    operator.run(&["release", "diff", "soak", "1", "1"]).await.succeeds("Nothing differs.");
    operator.run(&["release", "diff", "soak", "3"]).await.fails("soak has no version 3: the newest is 2");
    operator.run(&["release", "export", "soak", "--of-version", "9"]).await.fails("the newest is 2");
    apply(&longer.replace("name: soak # so it is", "name: soak # so it is\ndescription: A rest"), &[])
        .await
        .succeeds("changed the description of soak\n");

    // Every problem with its line, and nothing is changed unless all of it can be.
    let wrong = apply("name: 9\nphases: []\nteem: x\n", &[]).await;
    for line in ["-:1: name: ", "-:2: phases: ", "-:3: "] {
        assert!(wrong.err.contains(line), "{line:?} is not said by: {}", wrong.err);
    }
    let elsewhere = "name: there\nteam: strfront\nphases: [{name: Soak, tasks: [{name: rest, type: wait, for: 1s}]}]\n";
    let both = apply(&format!("{}---\n{elsewhere}", SOAK.replace("soak", "another")), &[]).await;
    both.fails("there: ");
    both.fails("nothing was changed");
    operator.run(&["release", "show", "another"]).await.fails("there is no release task another");
    apply(&placed, &["--region", "us-east"])
        .await
        .fails("its file says region eu-west, and the command was told us-east");
    apply(SOAK, &["--region", "us-east"]).await.fails("nothing was changed");
    let viewer = Machine::of(&app, "viewer", &[TokenScope::Operate]).await;
    viewer.run_with(&["release", "apply", "-f", "-"], &SOAK.replace("5m", "1m")).await.fails("nothing was changed");
    viewer.run(&["release", "export", "soak"]).await.succeeds("name: soak");
    app.stops().await;
}
