//! Activity over all teams and regions, on its page and as a file.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Database};
use serde_json::Value;
use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::app::tokens::NewToken;
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::decide::Command;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::tokens::TokenScope;
use tollgate::format;

use super::app::{PASSWORD, TestApp};
use super::browser::{Browser, Page};
use super::stories::Story;
use crate::by_hand::one_to;
use crate::db::Db;
use crate::until::until;

on_both!(
    the_activity_is_read_by_everybody_for_their_teams_and_of_accounts_by_administrators,
    what_happened_to_a_team_is_read_by_its_managers_and_by_nobody_of_another,
    the_activity_is_chosen_by_what_its_address_says,
    c12_an_exported_event_has_person_credential_and_road_when_none_of_them_is_there_any_more,
    c17_the_activity_is_turned_by_cursor_while_events_are_added_and_removed,
);

/// The activity with these parameters.
fn with(parameters: &str) -> String {
    format!("/activity?{parameters}")
}

/// How many events a page shows.
fn rows(page: &Page) -> usize {
    page.text.matches("data-row").count()
}

/// What an export with these parameters has, line by line.
async fn exported(browser: &Browser, parameters: &str) -> Vec<Value> {
    let page = browser.get(&format!("/activity/export?format=json-lines&{parameters}")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "application/jsonl; charset=utf-8"), "{}", page.text);
    page.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A release task of a further team, which has a manager called `elsewhere`.
async fn of_another_team(app: &TestApp) -> ReleaseId {
    let team = app.app.add_team(&Caller::CommandLine, "other", true).await.unwrap();
    let elsewhere = NewUser {
        name: "elsewhere".to_owned(),
        password: PASSWORD.to_owned(),
        administrator: false,
        roles: vec![TeamRole { team: "other".to_owned(), role: Role::Manager }],
    };
    app.app.add_user(&Caller::CommandLine, elsewhere).await.unwrap();
    let yaml = "name: theirs\nphases:\n  - {name: only, tasks: [{name: work, script: 'true'}]}\n";
    let document = format::parse(yaml).unwrap().remove(0);
    let content = ReleaseContent { name: document.name, description: String::new(), definition: document.definition };
    let owner = ReleaseOwner { team, region: app.region };
    let imported = app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();
    let Imported::Created(id) = imported else { panic!("{imported:?}") };
    id
}

async fn the_activity_is_read_by_everybody_for_their_teams_and_of_accounts_by_administrators(db: Db) {
    let app = TestApp::start(&db).await;
    let theirs = of_another_team(&app).await;
    let ours = app.release(Story::Done).await;
    let deleted = app.release(Story::Deleted).await;
    let viewer = app.signed_in_as("viewer").await;
    let page = viewer.get("/activity").await;
    page.says("executed version 1 as execution 1")
        .says("storefront · eu-west")
        .says("on the command line of the server");
    page.says(&format!("/regions/eu-west/release-tasks/{}/executions/1", ours.id));
    // Of other teams, of accounts and of what is deleted: nothing, on the page and in the file; nor from where people came.
    page.says_nothing_of("theirs").says_nothing_of("signed in").says_nothing_of(&deleted.id.to_string());
    page.says_nothing_of("value=\"accounts\"");
    let file = exported(&viewer, "").await;
    assert_eq!(file.len(), rows(&page));
    let (ours, theirs) = (Value::from(ours.id.to_string()), Value::from(theirs.to_string()));
    assert!(file.iter().all(|event| event["release_task_id"] == ours && event["address"] == Value::Null), "{file:#?}");
    viewer.get(&with("kind=accounts")).await.says("Nothing matches");
    let elsewhere = app.signed_in_as("elsewhere").await;
    let of_accounts = |event: &Value| event["about"] == "account" && event["team"] == "other";
    let file = exported(&elsewhere, "").await;
    assert!(file.iter().all(|event| event["release_task_id"] == theirs || of_accounts(event)), "{file:#?}");
    let outsider = app.signed_in_as("outsider").await;
    outsider.get("/activity").await.says("Nothing happened yet");
    let administrator = app.signed_in_as("administrator").await;
    let all = administrator.get("/activity").await;
    all.says("signed in").says("theirs").says(&deleted.id.to_string());
    // Whoever takes it away is written down, with what they took.
    exported(&administrator, "team=other&kind=release-tasks").await;
    let page = administrator.get(&with("kind=accounts&who=ADMINISTRATOR")).await;
    page.says("exported the activity as JSON lines: of the team other, about release tasks");
    assert!(exported(&administrator, "kind=accounts").await.iter().any(|event| event["address"] == "127.0.0.1"));
    app.stops().await;
}

async fn what_happened_to_a_team_is_read_by_its_managers_and_by_nobody_of_another(db: Db) {
    let app = TestApp::start(&db).await;
    of_another_team(&app).await;
    app.release(Story::Done).await;
    let manager = app.signed_in_as("manager").await;
    let team = format!("/teams/{}", app.team);
    let does = async |path: &str, form: &[(&str, &str)]| {
        let page = manager.post(path, form).await;
        assert!(page.status < 400, "{path}: {} {}", page.status, page.text);
    };
    does(&format!("{team}/invitations/new"), &[("name", "ann"), ("role", "viewer")]).await;
    let caller = app.caller("manager").await;
    let service = NewToken {
        owner: None,
        name: "ci".to_owned(),
        scopes: [TokenScope::Operate].into(),
        service_of: Some(app.team),
        only: None,
        expires_at: app.app.clock.now() + TimeDelta::days(30),
    };
    let token = app.app.make_token(&caller, &service).await.unwrap().token;
    app.app.renew_token(&caller, token.id, token.expires_at + TimeDelta::days(30)).await.unwrap();
    app.app.revoke_token(&caller, token.id).await.unwrap();
    let channel = "name=builds&kind=webhook&address=https%3A%2F%2Fexample.org%2Fhook&event=release_failed&enabled=on";
    let form = [("sec-fetch-site", "same-origin")];
    let made = manager.send(Method::POST, &format!("{team}/channels/new?kind=webhook"), &form, channel).await;
    assert_eq!(made.status, 201, "{}", made.text);
    app.environment().await;
    let viewer = |team: &str| vec![TeamRole { team: team.to_owned(), role: Role::Viewer }];
    app.app.grant_roles(&Caller::CommandLine, "outsider", viewer("storefront")).await.unwrap();
    let told = [
        "invited ann to the team storefront",
        "made the token ci",
        "renewed the token ci",
        "revoked the token ci",
        "set the signing key",
        "made the channel builds of the team storefront",
        "gave outsider the role viewer in the team storefront",
    ];
    let page = manager.get("/activity").await;
    page.says("value=\"accounts\"").says("executed version 1");
    let of_accounts = manager.get(&with("kind=accounts")).await;
    for sentence in told {
        page.says(sentence);
        of_accounts.says(sentence).says_nothing_of("executed version 1");
    }
    // What is the person's own, and where they came from, is not the team's.
    page.says_nothing_of("signed in").says_nothing_of("127.0.0.1");
    let events = exported(&manager, "kind=accounts").await;
    assert!(events.iter().all(|event| event["team"] == "storefront" && event["address"] == Value::Null), "{events:#?}");
    for other in ["viewer", "operator", "approver", "outsider", "elsewhere"] {
        let reader = app.signed_in_as(other).await;
        for parameters in ["", "kind=accounts", "team=storefront", "team=storefront&kind=accounts"] {
            let page = reader.get(&with(parameters)).await;
            for sentence in told {
                assert!(!page.text.contains(sentence), "{other} reads {sentence:?} with {parameters:?}");
            }
        }
    }
    // Whoever manages one of their teams and is a member of another reads of each what is theirs.
    app.app.grant_roles(&Caller::CommandLine, "manager", viewer("other")).await.unwrap();
    let both = app.signed_in_as("manager").await;
    for parameters in ["", "kind=accounts"] {
        let page = both.get(&with(parameters)).await;
        page.says("invited ann to the team storefront").says_nothing_of("in the team other");
    }
    both.get(&with("kind=release-tasks")).await.says("theirs");
    let administrator = app.signed_in_as("administrator").await.get(&with("team=storefront&kind=accounts")).await;
    administrator.says("invited ann to the team storefront").says_nothing_of("in the team other");
    app.stops().await;
}

async fn the_activity_is_chosen_by_what_its_address_says(db: Db) {
    let app = TestApp::start(&db).await;
    of_another_team(&app).await;
    let waits = app.release(Story::Waiting).await;
    let name = app.app.store.release(waits.id).await.unwrap().unwrap().name;
    app.passes(TimeDelta::hours(13));
    app.asks("operator", waits.id, &Command::Pause).await;
    let administrator = app.signed_in_as("administrator").await;
    let told = async |parameters: &str| {
        let told = exported(&administrator, parameters).await;
        let page = administrator.get(&with(parameters)).await;
        assert_eq!(rows(&page), told.len(), "{parameters}: the page has what the file has");
        told.iter().map(|event| event["event"]["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of = format!("what={}", name.to_uppercase());
    assert_eq!(told(&of).await, ["pause_asked", "checkpoint_opened", "executed", "created"]);
    assert_eq!(told(&format!("{of}&who=Operator")).await, ["pause_asked", "executed"]);
    assert_eq!(told(&format!("{of}&kind=checkpoints")).await, ["checkpoint_opened"]);
    assert_eq!(told(&format!("{of}&kind=operations&who=tollgate")).await, [""; 0]);
    assert_eq!(told("kind=release-tasks&team=other").await, ["created"]);
    assert_eq!(told("kind=release-tasks&region=us-east").await, [""; 0]);
    assert_eq!(told("kind=executions&region=eu-west&team=storefront").await, ["executed"]);
    assert_eq!(told("what=%25").await, [""; 0], "it is taken letter by letter");
    // It is 01:00 of the 23rd in UTC, and still the 22nd in Chicago.
    assert_eq!(told(&format!("{of}&from=2026-11-23")).await, ["pause_asked"]);
    assert_eq!(told(&format!("{of}&from=2026-11-23&zone=America/Chicago")).await, [""; 0]);
    assert_eq!(told(&format!("{of}&from=2026-11-22&until=2026-11-22&zone=America/Chicago")).await.len(), 4);
    assert_eq!(told(&format!("{of}&until=2026-11-22")).await.len(), 3);
    // What is wrong is told beside its field, all at once, and what was typed comes back.
    let wrong = administrator.get(&with("from=then&until=2026-02-30&who=ann")).await;
    assert_eq!((wrong.status, wrong.text.matches("A day is written as").count()), (422, 2), "{}", wrong.text);
    wrong.says("value=\"ann\"").says_nothing_of("Export");
    assert_eq!(administrator.get("/activity/export?format=csv&from=then").await.status, 404);
    assert_eq!(administrator.get("/activity/export?format=xml").await.status, 404);
    assert_eq!(administrator.get(&with("who=%00&team=%00")).await.status, 200);
    app.stops().await;
}

async fn c12_an_exported_event_has_person_credential_and_road_when_none_of_them_is_there_any_more(db: Db) {
    let app = TestApp::start(&db).await;
    let release = app.release(Story::New).await;
    let new = NewToken {
        name: "ci".to_owned(),
        owner: None,
        service_of: None,
        scopes: [TokenScope::Operate].into(),
        only: None,
        expires_at: app.app.clock.now() + TimeDelta::days(1),
    };
    let operator = app.caller("operator").await;
    let made = app.app.make_token(&operator, &new).await.unwrap();
    let program = app.browser();
    let start = format!("/v3/eu-west/pipeline/pipelines/{}/action?action_id=start", release.id);
    let key = [("x-auth-token", made.secret.as_str())];
    assert_eq!(program.json(reqwest::Method::POST, &start, &key, Some("{}")).await.status, 200);
    // The token is gone, the account has another name: the event keeps what was true.
    let hand = Database::connect(one_to(db.url.as_str())).await.unwrap();
    hand.execute_unprepared("DELETE FROM tokens").await.unwrap();
    hand.execute_unprepared("UPDATE users SET name = 'gone', name_folded = 'gone' WHERE name = 'operator'")
        .await
        .unwrap();
    hand.close().await.unwrap();
    let viewer = app.signed_in_as("viewer").await;
    let events = exported(&viewer, "kind=executions").await;
    let started = events.iter().find(|event| event["event"]["event"] == "executed").unwrap();
    let credential = started["credential"].as_str().unwrap();
    assert_eq!((&started["who"], &started["road"]), (&"operator".into(), &"token".into()));
    assert!(credential.starts_with("ci"), "{credential}");
    viewer.get("/activity").await.says("operator").says(credential);
    let administrator = app.signed_in_as("administrator").await;
    let roads = async || -> BTreeSet<String> {
        let events = exported(&administrator, "").await;
        let road = |event: &Value| {
            format!("{} {}", event["event"]["event"].as_str().unwrap(), event["road"].as_str().unwrap())
        };
        events.iter().map(road).collect()
    };
    for road in ["created command_line", "executed token", "attempt_started tollgate", "signed_in page"] {
        until(road, async || roads().await.contains(road)).await;
    }
    // The execution may go on meanwhile: what counts is a file before and after which there was the same.
    let (csv, count) = loop {
        let before = exported(&viewer, "kind=executions").await.len();
        let csv = viewer.get("/activity/export?format=csv&kind=executions").await;
        if exported(&viewer, "kind=executions").await.len() == before {
            break (csv, before);
        }
    };
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.header("content-disposition").contains("activity.csv"));
    assert_eq!(csv.text.split("\r\n").count(), count + 2, "a head, the events, an end");
    app.stops().await;
}

async fn c17_the_activity_is_turned_by_cursor_while_events_are_added_and_removed(db: Db) {
    let app = TestApp::start(&db).await;
    let release = app.release(Story::Waiting).await;
    // More than two pages, and more than the file reads at once.
    for _ in 0..260 {
        app.asks("operator", release.id, &Command::Pause).await;
        app.asks("operator", release.id, &Command::Continue).await;
    }
    let viewer = app.signed_in_as("viewer").await;
    let all: Vec<String> = ids(&exported(&viewer, "who=operator").await);
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (521, 521));
    assert!(all.windows(2).all(|pair| pair[0] > pair[1]), "newest first");
    let mut page = viewer.get(&with("who=operator")).await;
    let mut seen = rows(&page);
    while let Some(older) = link(&page, "next") {
        // While one reads, others go on, and the audit of accounts is thinned out.
        app.asks("operator", release.id, &Command::Pause).await;
        app.asks("operator", release.id, &Command::Continue).await;
        app.app.store.sweep_audit(app.app.clock.now() + TimeDelta::hours(1)).await.unwrap();
        page = viewer.get(&older).await;
        page.says("value=\"operator\"");
        seen += rows(&page);
    }
    assert_eq!(seen, all.len(), "nothing twice, and nothing left out");
    let newer = viewer.get(&link(&page, "prev").unwrap()).await;
    assert_eq!(rows(&newer), 50);
    app.stops().await;
}

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

/// Where a link of that relation leads.
fn link(page: &Page, rel: &str) -> Option<String> {
    let before =
        page.text.split(&format!("\" rel=\"{rel}\"")).next().filter(|before| before.len() < page.text.len())?;
    Some(before.rsplit("href=\"").next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
}
