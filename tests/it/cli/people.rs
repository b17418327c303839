//! People on the command line: who is invited, who administers, and whom a definition that is brought in asks in vain.

use tollgate::domain::ids::UserId;
use tollgate::domain::people::{Role, User};
use tollgate::store::new_id;

use super::Installation;
use crate::db::Db;

pub async fn f12_import_warns_of_approvers_and_roles_that_nobody_can_fill(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    let now = tollgate::clock::Clock::system().now();
    let tx = db.store.begin_write().await.unwrap();
    let team = tx.insert_team("shop", now).await.unwrap();
    tx.insert_region("eu-west", now).await.unwrap();
    let mut users = Vec::new();
    for (name, role) in [("Approver", Some(Role::Approver)), ("viewer", Some(Role::Viewer)), ("stranger", None)] {
        let user = User { id: new_id::<UserId>(), name: name.to_owned(), administrator: false, roles: Vec::new() };
        tx.insert_user(&user, "hash", now).await.unwrap();
        if let Some(role) = role {
            tx.grant(user.id, team, role).await.unwrap();
        }
        users.push(user);
    }
    tx.commit().await.unwrap();
    let file = here.folder.path().join("gate.yaml");
    let gate = |who: &str| {
        format!(
            "name: gate\nphases:\n  - name: Go\n    tasks:\n      - name: go\n        type: manual-approval\n        {who}\n"
        )
    };
    let imports = |who: &str, more: &[&str]| {
        std::fs::write(&file, gate(who)).unwrap();
        here.run(&[&["import", file.to_str().unwrap()], more].concat(), "")
    };
    let tried =
        imports("approvers: [nobody-here, viewer, Stranger, approver]\n        roles: [manager]", &["--dry-run"]);
    let done = imports("approvers: [nobody-here, viewer, Stranger, approver]\n        roles: [manager]", &[]);
    tried.succeeds("would create gate");
    done.succeeds("created gate");
    for said in [
        "warning: gate: go: nobody-here has no account.",
        "warning: gate: go: viewer may not approve in this team.",
        "warning: gate: go: stranger is not in the team.",
        "warning: gate: go: nobody in the team holds the role manager.",
    ] {
        assert!(tried.err.contains(said) && done.err.contains(said), "{said:?}: {} {}", tried.err, done.err);
    }
    assert!(!done.err.contains("pprover has") && !done.err.contains("override"), "{}", done.err);
    let stuck = imports("approvers: [nobody-here]", &[]);
    assert!(stuck.err.contains("Only an administrator's override would let it pass."), "{}", stuck.err);
    let fine = imports("approvers: [APPROVER]", &[]);
    assert_eq!(fine.err, "", "a name in another case is the same name");
}

pub async fn people_are_invited_on_the_command_line(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    here.run(&["team", "add", "shop"], "").succeeds("added team shop");
    let add = |name: &str, roles: &[&str]| here.run(&[&["invitation", "add", name], roles].concat(), "");
    add("ann", &["shop:viewer", "other:viewer"]).fails("shop and other are two");
    add("ann", &["other:viewer"]).fails("there is no team");
    let f22 = add("ann", &["Shop:viewer"]);
    f22.fails("there is no team \"Shop\"; did you mean shop?");
    add("ann lee", &["shop:viewer"]).fails("1 to 64 letters");
    let link = add("ann", &["shop:operator", "shop:viewer", "--public-url", "https://releases.example/below/"]);
    link.succeeds("ann  https://releases.example/below/invitations/join?token=");
    let first = link.out.trim().rsplit('=').next().unwrap().to_owned();
    assert_eq!(first.len(), 64, "{first}");
    add("ben", &["shop:manager"]).succeeds("ben  /invitations/join?token=");
    let list = here.run(&["invitation", "list", "shop"], "");
    list.succeeds("ann  viewer,operator  by Tollgate  open until ");
    assert_eq!(list.out.lines().count(), 2, "{}", list.out);
    assert!(!list.out.contains(&first), "a link is shown once");
    here.run(&["invitation", "revoke", "cleo", "shop"], "").fails("nobody named cleo is invited to shop");
    here.run(&["invitation", "revoke", "ANN", "shop"], "").succeeds("revoked the invitation of ann to shop");
    let list = here.run(&["invitation", "list", "shop"], "");
    list.succeeds("ben");
    assert!(!list.out.contains("ann"), "{}", list.out);
    here.run(&["user", "add", "ann", "--team", "shop:viewer"], "correct horse\n").succeeds("added user ann");
    add("ann", &["shop:viewer"]).fails("They are in the team already");
    let list = |text: &str, more: &[&str]| here.run(&[&["invitation", "import", "shop", "-"], more].concat(), text);
    list("name,roles\nann,viewer\ndora,owner\n", &[]).fails("Line 2: They are in the team already");
    list("name,roles\nann,viewer\ndora,owner\n", &[]).fails("Line 3: \"owner\" is no role");
    list("name,roles\ndora,viewer operator\n", &["--dry-run"]).succeeds("dora  viewer,operator");
    assert!(!here.run(&["invitation", "list", "shop"], "").out.contains("dora"), "it was only tried");
    list("name,roles\ndora,viewer\nemil,viewer\n", &[]).succeeds("emil  /invitations/join?token=");
    here.run(&["invitation", "list", "shop"], "").succeeds("dora");
    let reset = here.run(&["user", "reset-link", "Ann", "--public-url", "https://releases.example"], "");
    reset.succeeds("https://releases.example/reset?token=");
    here.run(&["user", "reset-link", "cleo"], "").fails("there is no user");
    here.run(&["user", "disable", "ann"], "").succeeds("disabled user ann");
    here.run(&["user", "reset-link", "ann"], "").fails("ann is disabled");
}

pub async fn who_administers_is_said_on_the_command_line(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    let user = |word: &str, name: &str| here.run(&["user", word, name], "");
    here.run(&["user", "add", "ann"], "correct horse\n").succeeds("added user ann");
    here.run(&["user", "add", "ben"], "correct horse\n").succeeds("added user ben");
    user("promote", "cleo").fails("there is no user");
    user("promote", "ann").succeeds("ann is an administrator");
    user("promote", "ann").succeeds("ann is an administrator");
    user("demote", "ANN").fails("ann is the last administrator who may sign in");
    user("disable", "ann").fails("ann is the last administrator who may sign in");
    user("promote", "ben").succeeds("ben is an administrator");
    user("demote", "ann").succeeds("ann is no administrator");
    user("demote", "ann").succeeds("ann is no administrator");
    user("demote", "ben").fails("ben is the last administrator who may sign in");
    here.run(&["user", "list"], "").succeeds("ben  enabled  administrator");
}
