//! Rights: who may decide is one question with one answer, whatever route it is asked by and whenever.

use std::time::{Duration, Instant};

use reqwest::Method;
use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::decide::Selection;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{DecisionAuthority, Execution, TaskState, Verdict};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;
use tollgate::pages::components::release_urls::ReleaseUrls;
use tollgate::store::{Cursor, Happened};
use uuid::Uuid;

use crate::db::Db;
use crate::web::app::{PASSWORD, REGION, TestApp};
use crate::web::browser::Browser;
use crate::web::releases::scene::Scene;
use crate::web::routes;

on_both!(
    row_12_approving_is_a_right_of_its_own_for_each_checkpoint,
    row_13_nobody_approves_their_own_release_by_any_route,
    row_14_rejecting_needs_the_same_right_and_an_override_is_an_act_of_its_own,
    row_16_who_may_decide_is_looked_up_at_the_click,
);

/// Somebody more in the team, with these roles.
async fn joins(app: &TestApp, name: &str, administrator: bool, roles: &[Role]) {
    let roles = roles.iter().map(|role| TeamRole { team: "storefront".to_owned(), role: *role }).collect();
    let user = NewUser { name: name.to_owned(), password: PASSWORD.to_owned(), administrator, roles };
    app.app.add_user(&Caller::CommandLine, user).await.unwrap();
}

const AGREE: [(&str, &str); 3] = [("verdict", "agree"), ("comment", "fine"), ("round", "1")];
const REJECT: [(&str, &str); 3] = [("verdict", "reject"), ("comment", "no"), ("round", "1")];

const TWO_GATES: &str = "
name: shop-web
phases:
  - name: Ask
    groups:
      - [{name: by-name, type: manual-approval, approvers: [approver]}]
      - [{name: by-role, type: manual-approval, roles: [manager]}]
";

/// Who executes may not judge, who judges one gate may not judge the other, and who judges may not execute.
async fn row_12_approving_is_a_right_of_its_own_for_each_checkpoint(db: Db) {
    let scene = Scene::with(&db, TWO_GATES).await;
    let operator = scene.browser("operator").await;
    let approver = scene.browser("approver").await;
    assert_eq!(scene.executes(&approver).await.status, 403);
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    let (by_name, by_role) = (scene.urls.decision(1, "by-name"), scene.urls.decision(1, "by-role"));
    let manager = scene.browser("manager").await;
    let strangers: [(&str, &[&String]); 5] = [
        ("operator", &[&by_name, &by_role]),
        ("viewer", &[&by_name, &by_role]),
        // An approver too, but not one whom the gate names.
        ("second", &[&by_name, &by_role]),
        ("approver", &[&by_role]),
        ("manager", &[&by_name]),
    ];
    for (who, gates) in strangers {
        let browser = scene.browser(who).await;
        let page = browser.get(&scene.urls.show()).await;
        for gate in gates {
            for form in [AGREE, REJECT] {
                assert_eq!(browser.post(gate, &form).await.status, 403, "{who} at {gate}");
            }
            assert_eq!(browser.get(gate).await.status, 403, "{who} at {gate}");
            assert!(!page.text.contains(gate.as_str()), "{who} is offered {gate}");
        }
    }
    for word in ["pause", "terminate", "retry", "roll-back", "delete"] {
        for browser in [&approver, &manager] {
            let form = [("execution", "1")];
            assert_eq!(browser.post(&scene.urls.operation(word), &form).await.status, 403, "{word}");
        }
    }
    assert!(scene.last().await.tasks.iter().all(|task| task.decisions.is_empty()));
    approver.get("/approvals").await.says("by-name").says("<span class=\"count\">1");
    manager.get("/approvals").await.says("by-role").says("<span class=\"count\">1");
    assert_eq!(approver.post(&by_name, &AGREE).await.status, 303);
    assert_eq!(manager.post(&by_role, &AGREE).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

/// Names everybody who could be wanted, and the starter above all.
const OWN: &str = "
name: NAME
phases:
  - name: Ask
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [starter, boss, approver]
        roles: [approver, operator, manager]
  - name: Deploy
    tasks:
      - name: deploy
        script: 'true'
";

/// A release task that somebody has executed, at its gate.
async fn started_by(app: &TestApp, who: &str) -> ReleaseId {
    let name = format!("release-{}", Uuid::now_v7().simple());
    let document = format::parse(&OWN.replace("NAME", &name)).unwrap().remove(0);
    let draft = ReleaseContent { name, description: String::new(), definition: document.definition };
    let imported = app
        .app
        .import(&Caller::CommandLine, ReleaseOwner { team: app.team, region: app.region }, &draft)
        .await
        .unwrap();
    let Imported::Created(release) = imported else { panic!("{imported:?}") };
    app.app.execute(&app.caller(who).await, release, &Selection::All).await.unwrap();
    app.becomes(release, ReleaseStatus::ToBeApproved).await;
    release
}

async fn last(app: &TestApp, release: ReleaseId) -> Execution {
    app.app.store.release(release).await.unwrap().unwrap().last.unwrap()
}

/// Everything that a decision could be hidden in.
const BODIES: [&str; 4] = [
    "verdict=agree&comment=fine&round=1&execution=1&version=1&task=go-live&name=a-copy",
    "verdict=agree&comment=fine&round=1&back=approvals",
    "verdict=agree&comment=fine&task=deploy",
    "verdict=reject&comment=no&round=1",
];

/// Sends the route everything, and answers whether the gate was decided by it.
async fn tries(app: &TestApp, browser: &Browser, route: &str, release: ReleaseId) -> bool {
    let (method, pattern) = route.split_once(' ').unwrap();
    for (task, body) in ["go-live", "deploy"].into_iter().flat_map(|task| BODIES.map(|body| (task, body))) {
        let path = pattern.replace("{region}", REGION).replace("{id}", &release.to_string()).replace("{number}", "1");
        let path = path.replace("{task}", task);
        for htmx in ["false", "true"] {
            let headers = [("sec-fetch-site", "same-origin"), ("hx-request", htmx)];
            if method == "GET" {
                browser.send(Method::GET, &format!("{path}?{body}"), &headers, "").await;
            } else {
                browser.send(Method::POST, &path, &headers, body).await;
            }
        }
    }
    let Some(release) = app.app.store.release(release).await.unwrap() else { return true };
    let last = release.last.unwrap();
    let passed = matches!(last.tasks[0].state, TaskState::Successful { .. } | TaskState::Skipped { .. });
    passed || !last.tasks[0].decisions.is_empty() || last.tasks[1].attempt > 0
}

/// A second endpoint let the starter approve in one system, and then a third: here every route of the router is walked, by
/// a starter who is an operator, an approver and a manager, named by the gate and by their roles, and by one who is an
/// administrator besides.
async fn row_13_nobody_approves_their_own_release_by_any_route(db: Db) {
    let app = TestApp::start(&db).await;
    let every = [Role::Operator, Role::Approver, Role::Manager];
    joins(&app, "starter", false, &every).await;
    joins(&app, "boss", true, &every).await;
    // The routes that only sign in and out are of no interest, and would sign the starter out.
    let routes: Vec<String> =
        routes::all().into_iter().filter(|route| route.contains("{id}/") || route.ends_with("{id}")).collect();
    let decisions = routes.iter().filter(|route| route.contains("decision")).count();
    assert!(routes.len() > 25 && decisions == 2, "the routes are read: {routes:#?}");
    for who in ["starter", "boss"] {
        let browser = app.signed_in_as(who).await;
        let mut shared = started_by(&app, who).await;
        for route in &routes {
            assert!(!tries(&app, &browser, route, shared).await, "{who} got past the gate by {route}");
            let now = app.app.store.release(shared).await.unwrap().unwrap();
            if now.status() != ReleaseStatus::ToBeApproved || now.deleted_at.is_some() {
                shared = started_by(&app, who).await;
            }
        }
        let urls = ReleaseUrls::new(REGION, shared);
        let gate = urls.decision(1, "go-live");
        for form in [AGREE, REJECT] {
            let refused = browser.post(&gate, &form).await;
            assert_eq!(refused.status, 403);
            refused.says("You started this release");
        }
        assert!(!browser.get(&urls.show()).await.text.contains(&gate), "it is not offered");
        assert!(!browser.get("/approvals").await.text.contains(&gate), "it does not wait for its starter");

        // Not by leaving the gate out, nor by going round it in two steps, nor by skipping it, nor by a new version.
        let end = browser.post(&urls.operation("terminate"), &[("execution", "1")]).await;
        assert_eq!(end.status, 303);
        app.becomes(shared, ReleaseStatus::ReleaseFailed).await;
        assert_eq!(browser.post(&urls.skip(1, "go-live"), &[("comment", "x")]).await.status, 409);
        assert_eq!(browser.post(&urls.operation("execute"), &[("task", "deploy")]).await.status, 422);
        assert_eq!(browser.post(&urls.operation("retry"), &[("execution", "1")]).await.status, 303);
        app.becomes(shared, ReleaseStatus::ToBeApproved).await;
        let again = [("verdict", "agree"), ("comment", "fine"), ("round", "2")];
        assert_eq!(browser.post(&gate, &again).await.status, 403);
        // Nor by having somebody else retry what they started.
        let other = app.signed_in_as("operator").await;
        other.post(&urls.operation("terminate"), &[("execution", "1")]).await;
        app.becomes(shared, ReleaseStatus::ReleaseFailed).await;
        assert_eq!(other.post(&urls.operation("retry"), &[("execution", "1")]).await.status, 303);
        app.becomes(shared, ReleaseStatus::ToBeApproved).await;
        let again = [("verdict", "agree"), ("comment", "fine"), ("round", "3")];
        assert_eq!(browser.post(&gate, &again).await.status, 403);
        assert_eq!(last(&app, shared).await.tasks[0].decisions, []);
        // What somebody else started they may judge: it was no blank wall.
        let theirs = started_by(&app, "operator").await;
        let gate = ReleaseUrls::new(REGION, theirs).decision(1, "go-live");
        assert_eq!(browser.post(&gate, &AGREE).await.status, 303);
        app.becomes(theirs, ReleaseStatus::Successful).await;
    }
    app.stops().await;
}

async fn row_14_rejecting_needs_the_same_right_and_an_override_is_an_act_of_its_own(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let before = scene.release().await;
    for who in ["operator", "viewer", "manager"] {
        let browser = scene.browser(who).await;
        for form in [REJECT, AGREE] {
            let refused = browser.post(&scene.gate(), &form).await;
            assert_eq!(refused.status, 403, "{who}");
            refused.says("go-live does not ask you");
        }
    }
    assert_eq!(scene.browser("outsider").await.post(&scene.gate(), &REJECT).await.status, 404);
    assert_eq!(scene.app.browser().post(&scene.gate(), &REJECT).await.status, 401);
    assert_eq!(scene.release().await, before, "nothing of it is left");

    // An administrator is not silently an approver: nothing waits for them, the button has another name, and each verdict
    // needs a reason.
    let administrator = scene.browser("administrator").await;
    administrator.get("/approvals").await.says("Nothing waits for you");
    let page = administrator.get(&scene.urls.show()).await;
    page.says(">Override</a>");
    for verdict in ["reject", "agree"] {
        let refused = administrator.post(&scene.gate(), &[("verdict", verdict), ("round", "1")]).await;
        assert_eq!(refused.status, 422);
        refused.says("Write in Comments why you decide as an administrator");
    }
    assert_eq!(scene.release().await, before);
    let form = [("verdict", "reject"), ("comment", "the data centre burns"), ("round", "1")];
    assert_eq!(administrator.post(&scene.gate(), &form).await.status, 303);
    let failed = scene.is(ReleaseStatus::ReleaseFailed).await.last.unwrap();
    assert_eq!(failed.tasks[1].decisions[0].standing, DecisionAuthority::Override);
    let said = "administrator rejected in place of the approvers: the data centre burns";
    operator.get(&scene.urls.show()).await.says(said);
    let activity = operator.get(&format!("{}/activity", scene.urls.show())).await;
    activity.says("rejected go-live, overriding its approvers as an administrator").says("the data centre burns");
    let audit = db.store.audit(Cursor::Newest, 50).await.unwrap();
    let overrides: Vec<_> = audit
        .rows
        .iter()
        .filter(|row| {
            matches!(&row.happened, Happened::Execution(Event::Decided { decision, .. })
                if decision.standing == DecisionAuthority::Override && decision.verdict == Verdict::Reject)
        })
        .collect();
    assert_eq!(overrides.len(), 1);
    assert_eq!((overrides[0].actor.name(), overrides[0].address.as_deref()), ("administrator", Some("127.0.0.1")));

    // Terminate is the operator's own act, and is told as one: it is no verdict.
    operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    assert_eq!(operator.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await.status, 303);
    let ended = scene.is(ReleaseStatus::ReleaseFailed).await.last.unwrap();
    assert_eq!(ended.tasks[1].decisions.len(), 1);
    assert!(matches!(ended.tasks[1].state, TaskState::Cancelled { .. }));
    operator.get(&format!("{}/activity", scene.urls.show())).await.says("terminated it");
    scene.app.stops().await;
}

const BY_ROLE: &str = "
name: shop-web
phases:
  - name: Ask
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [viewer, second]
        roles: [manager]
        required: 3
";

async fn row_16_who_may_decide_is_looked_up_at_the_click(db: Db) {
    let scene = Scene::with(&db, BY_ROLE).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    let (second, viewer, outsider) =
        (scene.browser("second").await, scene.browser("viewer").await, scene.browser("outsider").await);
    // What is shown follows; what may be done, at once.
    let waits = async |browser: &Browser, expected: usize| {
        let asked = Instant::now();
        while browser.get("/approvals").await.text.matches("class=\"ask\"").count() != expected {
            assert!(asked.elapsed() < Duration::from_mins(1), "there are not {expected}");
        }
    };
    let change = async |name: &str, role, joins: bool| {
        let id = db.store.credentials(name).await.unwrap().unwrap().id;
        let tx = db.store.begin_write().await.unwrap();
        let changed = if joins {
            tx.grant(id, scene.app.team, role).await.unwrap()
        } else {
            tx.revoke(id, scene.app.team, role).await.unwrap()
        };
        assert!(changed, "{name}");
        tx.set_setting(tollgate::app::sessions::PEOPLE_MARK, &Uuid::now_v7().to_string()).await.unwrap();
        tx.commit().await.unwrap();
    };
    // Named by the gate, but no approver in the team yet; and nobody in the team at all.
    for (browser, expected) in [(&second, 1), (&viewer, 0), (&outsider, 0)] {
        waits(browser, expected).await;
    }
    assert_eq!(viewer.post(&scene.gate(), &AGREE).await.status, 403);
    assert_eq!(outsider.post(&scene.gate(), &AGREE).await.status, 404);
    let dialog = second.get(&scene.gate()).await;
    dialog.says(">Agree</button>");

    // Who left with the dialog open cannot send it; who joined while it waited can.
    change("second", Role::Approver, false).await;
    assert!(matches!(second.post(&scene.gate(), &AGREE).await.status, 403 | 404));
    assert!(matches!(second.post(&scene.gate(), &REJECT).await.status, 403 | 404));
    waits(&second, 0).await;
    change("viewer", Role::Approver, true).await;
    change("outsider", Role::Manager, true).await;
    assert_eq!(viewer.post(&scene.gate(), &AGREE).await.status, 303);
    waits(&outsider, 1).await;
    assert_eq!(outsider.post(&scene.gate(), &AGREE).await.status, 303);

    // What was said stays said, though who said it leaves; and who comes back decides.
    change("viewer", Role::Approver, false).await;
    change("outsider", Role::Manager, false).await;
    assert_eq!(scene.last().await.tasks[0].agreed(), 2);
    let asked = Instant::now();
    while outsider.get(&scene.urls.show()).await.status != 404 {
        assert!(asked.elapsed() < Duration::from_mins(1), "who left reads on");
    }
    change("second", Role::Approver, true).await;
    assert_eq!(second.post(&scene.gate(), &AGREE).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    operator.get(&scene.urls.show()).await.says("outsider agreed").says("viewer agreed").says("second agreed");
    scene.app.stops().await;
}
