//! People on the command line: whom a definition that is brought in asks in vain.

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
