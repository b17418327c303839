//! `tollgate environment` and `tollgate component` on the server.

use tollgate::domain::component::{Component, ComponentStatus, RevisionState};
use tollgate::store::{Revision, new_id};

use super::Installation;
use crate::db::Db;

pub async fn an_environment_is_set_changed_and_listed(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    here.run(&["migrate"], "").succeeds("up to date");
    here.run(&["region", "add", "eu-west"], "").succeeds("added region");
    here.run(&["team", "add", "shop", "--allow-scripts"], "").succeeds("added team");
    let file = here.folder.path().join("deploy.sh");
    std::fs::write(&file, "set -eu\r\ntrue\r\n").unwrap();
    let file = file.to_str().unwrap();
    let set = |name, more: &[&str]| {
        let of = ["environment", "set", name, "--team", "shop", "--region", "eu-west", "--deploy", file];
        here.run(&[&of[..], more].concat(), "")
    };
    set("prod", &[]).succeeds("environment prod is saved: version 1");
    set("prod", &["--timeout", "20m"]).succeeds("environment prod is saved: version 2");
    set("prod", &["--timeout", "20m"]).succeeds("environment prod is saved: version 2");
    let listed = here.run(&["environment", "list"], "");
    listed.succeeds("");
    assert_eq!(listed.out, "prod  eu-west  shop  Version 2  0 components\n");
    here.run(&["component", "list"], "").succeeds("");
    set("1prod", &["--description", &"d".repeat(129)])
        .fails("The name must start with a letter.\nThe description must have");
    set("prod", &["--timeout", "soon"]).fails("--timeout takes a time such as");
    let near = ["environment", "set", "prod", "--team", "shpo", "--region", "eu-west", "--deploy", file];
    here.run(&near, "").fails("there is no team \"shpo\"; did you mean shop?");
    let regions = db.store.regions().await.unwrap();
    let teams: Vec<_> = db.store.teams().await.unwrap().iter().map(|team| team.id).collect();
    let kept = db.store.environments(regions[0].id, &teams).await.unwrap();
    let scripts = kept[0].settings.scripts();
    assert_eq!(scripts.deploy, "set -eu\ntrue\n");

    here.run(&["team", "add", "tills"], "").succeeds("added team");
    let options = |more: &[&str]| {
        let of = ["environment", "options", "prod", "--team", "shop", "--region", "eu-west"];
        here.run(&[&of[..], more].concat(), "")
    };
    options(&["--lock", "let-go", "--required", "2", "--role", "approver", "--lend", "tills"]).succeeds(
        "releases: One at a time; while a checkpoint of it waits others may release here\n\
         approval: At least 2 of the approvers of the team must agree before the first task here. Whoever took part in starting \
         the release may not.\nother teams: tills",
    );
    options(&["--lock", "both"]).fails("possible values: shared, kept, let-go");
    options(&["--required", "many", "--lend", "shop"]).fails("required: Must be a number from 1 to 50");
    options(&["--take-back", "tills", "--required", "0", "--lock", "shared"]).succeeds("other teams: None.");

    applications_are_made_and_what_runs_is_released_again(&db, &here).await;
}

async fn applications_are_made_and_what_runs_is_released_again(db: &Db, here: &Installation) {
    let regions = db.store.regions().await.unwrap();
    let team = db.store.teams().await.unwrap()[0].id;
    let create =
        |name, more: &[&str]| here.run(&[&["application", "create", name, "--team", "shop"], more].concat(), "");
    create("web-shop", &["--description", "Sells things"]).succeeds("created the application web-shop");
    create("Web-Shop", &[]).fails("The team has an application named web-shop already.");
    create("empty-one", &[]).succeeds("created the application empty-one");
    let environments = db.store.environments(regions[0].id, &[team]).await.unwrap();
    let application = db.store.applications(&[team]).await.unwrap().remove(1);
    let component = Component {
        id: new_id(),
        application: application.id,
        environment: environments[0].id,
        name: "api".to_owned(),
        status: ComponentStatus::Healthy,
        current: Some(1),
        last: 1,
    };
    let revision = Revision {
        number: 1,
        version: "1.4".to_owned(),
        specification: [("image".to_owned(), "shop:1".to_owned())].into(),
        state: RevisionState::Current,
        execution_id: None,
        task: "deploy".to_owned(),
        made_at: chrono::DateTime::UNIX_EPOCH,
    };
    let tx = db.store.begin_write().await.unwrap();
    tx.insert_component(&component, revision.made_at).await.unwrap();
    tx.insert_revision(component.id, &revision).await.unwrap();
    tx.commit().await.unwrap();

    let listed = here.run(&["application", "list"], "");
    listed.succeeds("");
    let rows = "empty-one  shop  0 components\nweb-shop   shop  1 component   Sells things\n";
    assert_eq!(listed.out, rows);
    let delete = |name| here.run(&["application", "delete", name, "--team", "shop"], "");
    delete("empty-one").succeeds("deleted the application empty-one");
    delete("web-shop").fails("web-shop still has components.");
    let place = ["--team", "shop", "--region", "eu-west"];
    let shown = here.run(&[&["environment", "show", "prod"][..], &place].concat(), "");
    shown.succeeds("Version 2, 1 component\nweb-shop/api  1.4  Healthy\n\nDeploy:\nset -eu\ntrue");
    here.run(&[&["environment", "delete", "prod"][..], &place].concat(), "").fails("prod still has components.");
    let again = ["component", "deploy-again", "web-shop/api", "--team", "shop", "--name", "once-more"];
    let made = here.run(&again, "");
    made.succeeds(
        "made the release task once-more, which deploys web-shop/api 1.4 in prod\n/regions/eu-west/release-tasks/",
    );
    here.run(&again, "").fails("once-more");
    let near = ["component", "deploy-again", "web-shop/apu", "--team", "shop"];
    here.run(&near, "").fails("there is no component \"web-shop/apu\"; did you mean web-shop/api?");
    let itself = ["component", "promote", "web-shop/api", "--to", "web-shop/api", "--team", "shop"];
    here.run(&itself, "").fails("another environment");
}
