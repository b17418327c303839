//! `tollgate workspace`: the folders from before each team had its own, and whose they are from then on.

use tollgate::domain::status::ReleaseStatus;

use super::{Installation, address};
use crate::db::Db;
use crate::until::until;
use crate::web::browser::Browser;

/// A release task of that team, whose script works in a folder that another team names too.
fn works_in_both(team: &str) -> String {
    format!(
        "name: {team}-works\nteam: {team}\nregion: eu-west\nphases: [{{name: Work, tasks: [{{name: work, workingFolder: \
         both/site, script: echo here > made}}]}}]\n"
    )
}

pub async fn old_folders_are_listed_and_given_to_one_team_from_its_next_script_on(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    here.run(&["migrate"], "").succeeds("up to date");
    here.run(&["region", "add", "eu-west"], "").succeeds("added region");
    let file = here.folder.path().join("works.yaml");
    for team in ["shop", "bank"] {
        here.run(&["team", "add", team, "--allow-scripts"], "").succeeds("added team");
        std::fs::write(&file, works_in_both(team)).unwrap();
        here.run(&["import", file.to_str().unwrap()], "").succeeds("created");
    }
    here.run(&["user", "add", "ann", "--team", "shop:operator"], "correct horse\n").succeeds("added user");
    let workspace = here.data().join("workspace");
    for folder in ["both", "forgotten"] {
        std::fs::create_dir_all(workspace.join(folder)).unwrap();
    }
    // Until a server has looked whose they are, there is nothing to settle.
    here.run(&["workspace", "list"], "").succeeds("every folder belongs to one team\n");
    here.run(&["workspace", "give", "both", "shop"], "").fails("there is no folder from before");

    let (server, said) = here.starts(&["serve", "--listen", "127.0.0.1:0"], "listens on");
    let listed = here.run(&["workspace", "list"], "");
    listed.succeeds("");
    assert_eq!(listed.out, "both       of bank, shop\nforgotten  of no team\n");
    here.run(&["workspace", "give", "both", "nobody"], "").fails("there is no team \"nobody\"");
    here.run(&["workspace", "give", "new", "shop"], "").fails("there is no folder from before");
    here.run(&["workspace", "give", "both", "bank"], "").succeeds("gave the folder both to the team bank\n");
    here.run(&["workspace", "give", "both", "shop"], "").succeeds("gave the folder both to the team shop\n");
    let listed = here.run(&["workspace", "list"], "");
    listed.succeeds("");
    assert_eq!(listed.out, "forgotten  of no team\n");
    here.run(&["workspace", "give", "forgotten", "bank"], "").succeeds("gave the folder forgotten to the team bank\n");
    here.run(&["workspace", "list"], "").succeeds("every folder belongs to one team\n");

    // The server that runs already goes by it.
    let team = db.store.teams().await.unwrap().into_iter().find(|team| team.name == "shop").unwrap().id;
    let release = db.store.begin_write().await.unwrap().release_named(team, "shop-works").await.unwrap().unwrap();
    let ann = Browser::new(address(&said).strip_prefix("http://").unwrap().parse().unwrap());
    assert_eq!(ann.signs_in("ann", "correct horse").await.status, 303);
    let form = [("task", "work"), ("execution", "0")];
    let executes = ann.post(&format!("/regions/eu-west/release-tasks/{release}/execute"), &form).await;
    assert_eq!(executes.status, 303, "{}", executes.text);
    until("the release is successful", async || {
        let execution = db.store.execution_numbered(release, 1).await.unwrap();
        execution.is_some_and(|execution| execution.status() == ReleaseStatus::Successful)
    })
    .await;
    assert_eq!(std::fs::read_to_string(workspace.join("both/site/made")).unwrap(), "here\n");
    server.is_told_to_stop();
}
