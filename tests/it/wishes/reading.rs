//! Pages as people read them: who decided, what failed how, who may decide, and logs of any size.

use std::fmt::Write as _;

use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::decide::Selection;
use tollgate::domain::event::Event;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::format;
use tollgate::store::{Cursor, Happened, Scope};

use crate::db::Db;
use crate::until::until;
use crate::web::app::{PASSWORD, REGION};
use crate::web::browser::Page;
use crate::web::releases::scene::Scene;

on_both!(
    row_11_who_decided_when_and_why_stands_on_card_page_activity_and_audit,
    row_18_who_must_decide_finds_it_among_many_and_who_waits_sees_for_whom,
    row_21_rejected_expired_terminated_and_failed_look_different_everywhere,
    row_28_a_log_of_any_size_is_shown_from_its_end_and_downloaded_whole,
);

const STEPS: &str = "
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        script: 'exit 3'
      - name: sign-off
        type: manual-approval
        roles: [approver]
        required: 2
  - name: Deploy
    tasks:
      - name: deploy
        script: sleep 600
        rollback: 'true'
";

/// Every operation by somebody else, so that a name in the wrong place is seen.
async fn row_11_who_decided_when_and_why_stands_on_card_page_activity_and_audit(db: Db) {
    let scene = Scene::with(&db, STEPS).await;
    let does = ["executor", "skipper", "pauser", "goer", "ender", "retrier", "undoer"];
    for name in does {
        let roles = vec![TeamRole { team: "storefront".to_owned(), role: Role::Operator }];
        let user = NewUser { name: name.to_owned(), password: PASSWORD.to_owned(), administrator: false, roles };
        scene.app.app.add_user(&Caller::CommandLine, user).await.unwrap();
    }
    let tie = [("execution", "1")];
    let click = async |who: &str, word: &str| {
        scene.app.passes(chrono::TimeDelta::minutes(1));
        assert_eq!(scene.browser(who).await.post(&scene.urls.operation(word), &tie).await.status, 303, "{word}");
    };
    scene.executes(&scene.browser("executor").await).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let skip = [("comment", "the build is flaky")];
    assert_eq!(scene.browser("skipper").await.post(&scene.urls.skip(1, "build"), &skip).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    click("pauser", "pause").await;
    scene.is(ReleaseStatus::Paused).await;
    click("goer", "continue").await;
    let gate = scene.urls.decision(1, "sign-off");
    let said = |comment| [("verdict", "agree"), ("comment", comment), ("round", "1")];
    scene.app.passes(chrono::TimeDelta::hours(3));
    assert_eq!(scene.browser("approver").await.post(&gate, &said("the budget is fine")).await.status, 303);
    scene.app.passes(chrono::TimeDelta::hours(5));
    assert_eq!(scene.browser("second").await.post(&gate, &said("legal agrees")).await.status, 303);
    scene.task_is("deploy", TaskStatus::Running).await;
    click("ender", "terminate").await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    click("retrier", "retry").await;
    scene.task_is("deploy", TaskStatus::Running).await;
    click("ender", "terminate").await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    click("undoer", "roll-back").await;
    scene.is(ReleaseStatus::RolledBack).await;

    let decided = scene.last().await.tasks[1].decisions.clone();
    assert_eq!((decided[1].at - decided[0].at).num_hours(), 5);
    let reader = scene.browser("viewer").await;
    let show = scene.urls.show();
    let page = reader.get(&show).await;
    let card = page.text.split("id=\"task-sign-off\"").nth(1).unwrap().split("</li>").next().unwrap();
    let task = reader.get(&scene.urls.task(1, "sign-off")).await;
    let activity = reader.get(&format!("{show}/activity")).await;
    for (decision, (who, why)) in decided.iter().zip([("approver", "the budget is fine"), ("second", "legal agrees")]) {
        let when = decision.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        for (place, text) in [("card", card), ("page", &task.text), ("activity", &activity.text)] {
            for word in [who, "agreed", why, &format!("datetime=\"{when}\"")] {
                assert!(text.contains(word), "{word} is missing on the {place}: {text}");
            }
        }
    }
    page.says("Skipped by skipper: the build is flaky");
    let audit = db.store.audit(Cursor::Newest, 200).await.unwrap();
    let who = |is: &dyn Fn(&Event) -> bool| -> Vec<(String, bool)> {
        let rows = audit.rows.iter().filter(|row| matches!(&row.happened, Happened::Execution(event) if is(event)));
        rows.map(|row| (row.actor.name().to_owned(), row.address.as_deref() == Some("127.0.0.1"))).collect()
    };
    let by = |names: &[&str]| -> Vec<(String, bool)> { names.iter().map(|name| ((*name).to_owned(), true)).collect() };
    assert_eq!(who(&|event| matches!(event, Event::Executed { .. })), by(&["executor"]));
    assert_eq!(who(&|event| matches!(event, Event::TaskSkipped { .. })), by(&["skipper"]));
    assert_eq!(who(&|event| matches!(event, Event::PauseAsked)), by(&["pauser"]));
    assert_eq!(who(&|event| matches!(event, Event::Continued)), by(&["goer"]));
    assert_eq!(who(&|event| matches!(event, Event::Decided { .. })), by(&["second", "approver"]));
    assert_eq!(who(&|event| matches!(event, Event::TerminateAsked)), by(&["ender", "ender"]));
    assert_eq!(who(&|event| matches!(event, Event::RetryAsked { .. })), by(&["retrier"]));
    assert_eq!(who(&|event| matches!(event, Event::RollBackAsked)), by(&["undoer"]));
    for name in does {
        activity.says(&format!("<b>{name}</b>"));
    }
    scene.app.stops().await;
}

/// As many gates as a phase may have side by side, for somebody else.
fn crowd(name: &str) -> String {
    let mut yaml = format!("name: {name}\nphases:\n  - name: Ask\n    groups:\n");
    for number in 1..=20 {
        writeln!(yaml, "      - [{{name: gate-{number}, type: manual-approval, approvers: [second]}}]").unwrap();
    }
    yaml
}

async fn imports(scene: &Scene, yaml: &str) -> ReleaseId {
    let document = format::parse(yaml).unwrap().remove(0);
    let draft = ReleaseContent { name: document.name, description: String::new(), definition: document.definition };
    let imported = scene
        .app
        .app
        .import(&Caller::CommandLine, ReleaseOwner { team: scene.app.team, region: scene.app.region }, &draft)
        .await
        .unwrap();
    let Imported::Created(release) = imported else { panic!("{imported:?}") };
    release
}

const MINE: &str = "
name: the-one
phases:
  - name: Ask
    groups:
      - [{name: mine, type: manual-approval, approvers: [approver], roles: [manager], check: Look at the prices.}]
";

async fn row_18_who_must_decide_finds_it_among_many_and_who_waits_sees_for_whom(db: Db) {
    let scene = Scene::with(&db, MINE).await;
    let operator = scene.browser("operator").await;
    // 400 gates of others wait, and 300 release tasks more are there.
    for number in 0..20 {
        let release = imports(&scene, &crowd(&format!("crowd-{number}"))).await;
        scene.app.app.execute(&scene.app.caller("operator").await, release, &Selection::All).await.unwrap();
    }
    for number in 0..300 {
        imports(&scene, &crowd(&format!("more-{number}"))).await;
    }
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    until("all of them wait", async || db.store.open_checkpoints(&Scope::All).await.unwrap().len() == 401).await;
    let approver = scene.browser("approver").await;
    // The number is on every page, wherever they are.
    approver.get(&format!("/regions/{REGION}/release-tasks")).await.says("<span class=\"count\">1");
    let inbox = approver.get("/approvals").await;
    assert_eq!(inbox.text.matches("class=\"ask\"").count(), 1, "what waits for others is not theirs");
    inbox.says("mine").says("the-one · execution #1").says("Look at the prices.").says("Waiting since");
    // Deep links: to the release, and to the question.
    let links: Vec<&str> = inbox.text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let gate = scene.urls.decision(1, "mine");
    let asks = links.iter().find(|link| link.starts_with(&gate)).expect("it links to the question");
    assert!(links.contains(&scene.urls.show().as_str()), "it links to the release");
    assert_eq!(approver.get(asks).await.status, 200);
    // A bookmark of the question leads there through the sign-in.
    let stranger = scene.app.browser();
    let asked = stranger.get(&gate).await;
    assert_eq!(asked.status, 303);
    let form = stranger.get(asked.location()).await;
    let next = form.text.split("name=\"next\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let signed_in = stranger.post("/login", &[("name", "approver"), ("password", PASSWORD), ("next", &next)]).await;
    assert_eq!(signed_in.location(), gate);

    // The requester sees who may approve, by their names, wherever they look.
    let page = operator.get(&scene.urls.show()).await;
    page.says("waits for one approval from approver or one manager of the team.");
    let now = |names: &str| format!("<dt>May decide it now</dt><dd>{names}</dd>");
    operator.get(&scene.urls.task(1, "mine")).await.says(&now("approver and manager"));
    let refused = operator.get(&gate).await;
    assert_eq!(refused.status, 403);
    refused.says("It is decided by approver or one manager of the team. May decide it now: approver and manager.");
    // Who joins is named from then on.
    let id = db.store.credentials("second").await.unwrap().unwrap().id;
    let tx = db.store.begin_write().await.unwrap();
    tx.grant(id, scene.app.team, Role::Manager).await.unwrap();
    tx.commit().await.unwrap();
    operator.get(&scene.urls.task(1, "mine")).await.says(&now("approver, manager and second"));
    scene.app.stops().await;
}

/// One way to fail each.
const WAYS: [(&str, &str); 4] = [
    ("rejected", "{name: gate, type: manual-approval, approvers: [approver], deadline: 1h}"),
    ("expired", "{name: gate, type: manual-approval, approvers: [approver], deadline: 1h}"),
    ("failed", "{name: gate, script: exit 3}"),
    ("terminated", "{name: gate, script: sleep 600}"),
];

async fn row_21_rejected_expired_terminated_and_failed_look_different_everywhere(db: Db) {
    let scene = Scene::with(&db, STEPS).await;
    let mut releases = Vec::new();
    for (way, task) in WAYS {
        let yaml = format!("name: was-{way}\nphases:\n  - name: Only\n    tasks: [{task}]\n");
        let release = imports(&scene, &yaml).await;
        scene.app.app.execute(&scene.app.caller("operator").await, release, &Selection::All).await.unwrap();
        let urls = tollgate::pages::components::release_urls::ReleaseUrls::new(REGION, release);
        match way {
            "rejected" => {
                scene.app.becomes(release, ReleaseStatus::ToBeApproved).await;
                let form = [("verdict", "reject"), ("comment", "not today"), ("round", "1")];
                let done = scene.browser("approver").await.post(&urls.decision(1, "gate"), &form).await;
                assert_eq!(done.status, 303);
            }
            "expired" => {
                scene.app.becomes(release, ReleaseStatus::ToBeApproved).await;
                scene.app.passes(chrono::TimeDelta::hours(2));
            }
            "terminated" => {
                let operator = scene.browser("operator").await;
                assert_eq!(operator.post(&urls.operation("terminate"), &[("execution", "1")]).await.status, 303);
            }
            _ => {}
        }
        scene.app.becomes(release, ReleaseStatus::ReleaseFailed).await;
        releases.push((way, release, urls));
    }
    let reader = scene.browser("viewer").await;
    let list = reader.get(&format!("/regions/{REGION}/release-tasks?q=was-")).await;
    let (mut cards, mut rows, mut records, mut tales) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (way, release, urls) in &releases {
        let page = reader.get(&urls.show()).await;
        cards.push((*way, look(&page, "id=\"task-gate\"", "</li>")));
        rows.push((*way, look(&list, &format!("id=\"release-{release}\""), "</tr>")));
        records.push((
            *way,
            look(&reader.get(&format!("{}/executions", urls.show())).await, "id=\"execution-1\"", "</tr>"),
        ));
        let activity = reader.get(&format!("{}/activity", urls.show())).await;
        tales.push((*way, activity.text.split("<main").nth(1).unwrap().to_owned()));
        // Each is Release failed all the same.
        assert!(rows.last().unwrap().1.1.contains("Release failed"), "{rows:?}");
    }
    for (place, seen) in [("card", &cards), ("list", &rows), ("records", &records)] {
        let icons: std::collections::BTreeSet<&str> = seen.iter().map(|(_, (icon, _))| icon.as_str()).collect();
        assert_eq!(icons.len(), WAYS.len(), "an icon of its own for each on the {place}: {seen:?}");
        for (way, (_, words)) in seen {
            let wanted = if *way == "terminated" && place == "card" { "Cancelled" } else { way };
            assert!(words.to_lowercase().contains(&wanted.to_lowercase()), "the {place} says {way}: {words}");
        }
    }
    for ((way, tale), icon) in tales.iter().zip(["#i-no", "#i-clock", "#i-bad", "#i-stop"]) {
        assert!(tale.contains(icon), "{way}: {icon}: {tale}");
    }
    scene.app.stops().await;
}

/// The icon and the words of the first status in that part of a page.
fn look(page: &Page, from: &str, to: &str) -> (String, String) {
    let part = page.text.split(from).nth(1).expect(from).split(to).next().unwrap();
    let icon = part.split("href=\"#i-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut words = String::new();
    let mut tag = true;
    for letter in part.chars() {
        match letter {
            '<' => tag = true,
            '>' => tag = false,
            letter if !tag => words.push(letter),
            _ => {}
        }
    }
    (icon, words.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// More lines than any page may show.
const LINES: usize = 110_000;
/// More than a page shows.
const FEWER: usize = 3_500;
/// The most bytes that a page of a log may have.
const PAGE_MOST: usize = 1024 * 1024;

async fn row_28_a_log_of_any_size_is_shown_from_its_end_and_downloaded_whole(db: Db) {
    let wide = "awk 'BEGIN { for (i = 1; i <= 60; i++) { s = \"wide \" i \" \"; while (length(s) < 16000) s = s \"\\\"<&>\\\"\"; print s } }'";
    let yaml = format!(
        "name: shop-web\nphases:\n  - name: Build\n    groups:\n      - [{{name: left, script: seq -f 'left %.0f' 1 {LINES}}}]\n      - [{{name: right, script: seq -f 'right %.0f' 1 {FEWER}}}]\n      - - name: wide\n          script: |\n            {wide}\n"
    );
    let scene = Scene::with(&db, &yaml).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    for (task, other, most) in [("left", "right", LINES), ("right", "left", FEWER)] {
        let page = operator.get(&scene.urls.task(1, task)).await;
        assert!(page.text.len() < PAGE_MOST, "{} bytes", page.text.len());
        page.says(&format!("id=\"L{most}\"")).says(&format!("{task} {most}</span>"));
        let shown = page.text.matches("class=\"l\"").count();
        assert!(shown <= 1000, "{shown} lines");
        assert!(!page.text.contains(&format!("{other} 1")), "the logs are kept apart");
        let file = operator.get(&scene.urls.log_download(1, task, 1)).await;
        let mut lines = file.text.lines();
        for number in 1..=most {
            let line = lines.next().unwrap();
            assert!(line.ends_with(&format!("{task} {number}")), "line {number}: {line}");
        }
        assert_eq!(lines.next(), None);
    }
    // Few lines, but each as long as a line may be, of letters that take six each in a page.
    let mut url = scene.urls.task(1, "wide");
    let mut seen = Vec::new();
    loop {
        let page = operator.get(&url).await;
        assert!(page.text.len() < PAGE_MOST, "{} bytes at {url}", page.text.len());
        let numbers =
            page.text.split("id=\"L").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<u32>().unwrap());
        let numbers: Vec<u32> = numbers.collect();
        assert!(!numbers.is_empty(), "there is always something to read");
        seen.splice(0..0, numbers);
        let Some(earlier) = page.text.split("lines before these").next().filter(|_| page.text.contains("before these"))
        else {
            break;
        };
        let link = earlier.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        link.replace("&#38;", "&").split('#').next().unwrap().clone_into(&mut url);
    }
    assert_eq!(
        seen,
        (1..=u32::try_from(seen.len()).unwrap()).collect::<Vec<_>>(),
        "page by page it is all there, once"
    );
    assert!(seen.len() >= 60, "{}", seen.len());
    scene.app.stops().await;
}
