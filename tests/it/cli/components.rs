//! `tollgate environment` and `tollgate component` on the server.

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
        .fails("The name must start with a letter. The description must have");
    set("prod", &["--timeout", "soon"]).fails("--timeout takes a time such as");
    let near = ["environment", "set", "prod", "--team", "shpo", "--region", "eu-west", "--deploy", file];
    here.run(&near, "").fails("there is no team shpo; did you mean shop?");
    let regions = db.store.regions().await.unwrap();
    let teams: Vec<_> = db.store.teams().await.unwrap().iter().map(|team| team.id).collect();
    let kept = db.store.environments(regions[0].id, &teams).await.unwrap();
    let tollgate::domain::environment::EnvironmentSettings::Command(scripts) = &kept[0].settings;
    assert_eq!(scripts.deploy, "set -eu\ntrue\n");
}
