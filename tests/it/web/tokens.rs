//! Tokens: made, shown once, renewed and revoked on their page; what they do is less than their owner may, never more.

use chrono::TimeDelta;
use reqwest::Method;
use tollgate::app::Caller;
use tollgate::app::accounts::TeamRole;
use tollgate::app::tokens::{NewToken, TokenError};
use tollgate::domain::people::Role;
use tollgate::domain::tokens::{TokenFault, TokenScope};
use tollgate::store::Store;
use tollgate_testing::browser::{Browser, Page};

use super::api::word_of;
use super::app::{REGION, TestApp};
use super::audit;
use super::stories::Story;
use crate::db::Db;

on_both!(
    a_token_is_made_used_and_revoked,
    what_is_wrong_with_a_token_comes_back_as_it_was_typed,
    a_manager_makes_tokens_for_services_of_their_team_alone,
    c1_a_token_ends_with_its_owner,
    c2_a_token_makes_no_token_and_changes_no_account,
    the_api_lists_the_tokens_of_its_caller_and_makes_none,
    c3_a_401_says_whether_a_token_is_unknown_expired_or_revoked,
    whoever_made_or_renewed_a_token_counts_as_a_starter_of_what_a_service_starts,
);

/// The secret on the page that a new token is on.
fn secret(page: &Page) -> String {
    let (_, rest) = page.text.split_once("<code id=\"token\" tabindex=\"0\">").expect("the page shows a secret");
    rest.split('<').next().unwrap().to_owned()
}

async fn make(browser: &Browser, fields: &[(&str, &str)]) -> String {
    let page = browser.post("/tokens", fields).await;
    assert_eq!(page.status, 201, "{}", page.text);
    secret(&page)
}

async fn list(browser: &Browser, header: (&str, &str)) -> Page {
    browser.json(Method::GET, &format!("/v3/{REGION}/pipeline/pipelines"), &[header], None).await
}

/// The address of a dialog about the only token on the page.
async fn dialog(browser: &Browser, word: &str) -> String {
    let page = browser.get("/tokens").await.text;
    let (_, rest) = page.split_once("href=\"/tokens/").expect("there is a token");
    let id = rest.split('/').next().unwrap();
    format!("/tokens/{id}/{word}")
}

async fn a_token_is_made_used_and_revoked(db: Db) {
    let app = TestApp::start(&db).await;
    let (viewer, program) = (app.signed_in_as("viewer").await, app.browser());
    viewer.get("/tokens").await.says("No tokens yet");
    let key = make(&viewer, &[("name", "laptop"), ("lasts", "30")]).await;
    assert!(key.starts_with("tgp_") && key.len() == 68, "{key}");
    let page = viewer.get("/tokens").await;
    page.says("laptop").says("Mine").says(&format!("{}…", &key[..8])).says(">never<").says_nothing_of(&key);
    for header in [("x-auth-token", key.as_str()), ("authorization", &format!("Bearer {key}"))] {
        assert_eq!(list(&program, header).await.status, 200);
    }
    viewer.get("/tokens").await.says("from 127.0.0.1").says_nothing_of(">never<");
    let revoke = dialog(&viewer, "revoke").await;
    viewer.get(&revoke).await.says("Revoke laptop?");
    assert_eq!(list(&program, ("x-auth-token", &key)).await.status, 200, "a dialog changes nothing");
    let done = viewer.post(&revoke, &[]).await;
    assert_eq!((done.status, done.location()), (303, "/tokens"));
    viewer.get("/tokens").await.says("laptop is revoked.").says("No tokens yet");
    assert_eq!(word_of("revoked", &list(&program, ("x-auth-token", &key)).await, 401), "token_revoked");
    let written: Vec<_> = audit(&db).await.into_iter().filter(|(who, ..)| who == "viewer").map(|row| row.1).collect();
    assert_eq!(written, ["signed_in", "token_made", "token_revoked"]);
    app.stops().await;
}

async fn what_is_wrong_with_a_token_comes_back_as_it_was_typed(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let team = app.team.to_string();
    let sent = [("name", " "), ("owner", team.as_str()), ("scope", "approve"), ("until", "2020-01-31")];
    let page = manager.post("/tokens", &sent).await;
    assert_eq!(page.status, 422);
    page.says("Say what uses the token").says("A token of a service cannot approve").says("That day is over");
    page.says("value=\"2020-01-31\"").says(&format!("value=\"{team}\" selected"));
    let page = manager.post("/tokens", &[("name", "ci <deploy>"), ("until", "tomorrow")]).await;
    assert_eq!(page.status, 422);
    page.says("That is no day").says("value=\"ci &#60;deploy&#62;\"");
    let far = (app.app.clock.now() + TimeDelta::days(400)).date_naive().to_string();
    manager.post("/tokens", &[("name", "ci"), ("until", &far)]).await.says("366 days at most");
    manager.get("/tokens").await.says("No tokens yet");
    app.stops().await;
}

async fn a_manager_makes_tokens_for_services_of_their_team_alone(db: Db) {
    let app = TestApp::start(&db).await;
    let (manager, operator, program) =
        (app.signed_in_as("manager").await, app.signed_in_as("operator").await, app.browser());
    let team = app.team.to_string();
    operator.get("/tokens").await.says_nothing_of("Services of a team");
    assert_eq!(operator.post("/tokens", &[("name", "ci"), ("owner", &team)]).await.status, 404);
    let key = make(&manager, &[("name", "ci"), ("owner", &team), ("scope", "operate")]).await;
    assert!(key.starts_with("tgs_"), "{key}");
    manager.get("/tokens").await.says("Service of storefront").says("Read").says("Operate");
    operator.get("/tokens").await.says("No tokens yet");
    let release = app.release(Story::Done).await;
    let path = format!("/v3/{REGION}/pipeline/pipelines/{}/action?action_id=start", release.id);
    let started = program.json(Method::POST, &path, &[("x-auth-token", &key)], Some("{}")).await;
    assert_eq!(started.status, 200, "{}", started.text);
    let execution = app.app.store.release(release.id).await.unwrap().unwrap().last.unwrap();
    assert_eq!(execution.started_by.name(), "ci");
    // A service is nobody: no list of people has it, and nobody signs in as it.
    let everybody = db.store.everybody().await.unwrap();
    assert!(everybody.iter().all(|person| person.user.name != "ci"), "{everybody:?}");
    assert_eq!(db.store.credentials("ci").await.unwrap(), None);
    // With whom the role goes, goes what they may do with the tokens.
    let manager_role = vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    let revoke = dialog(&manager, "revoke").await;
    app.app.revoke_roles(&Caller::CommandLine, "manager", manager_role).await.unwrap();
    assert_eq!(manager.post(&revoke, &[]).await.status, 404);
    let administrator = app.signed_in_as("administrator").await;
    assert_eq!(administrator.post(&revoke, &[]).await.status, 303);
    assert_eq!(word_of("revoked", &list(&program, ("x-auth-token", &key)).await, 401), "token_revoked");
    app.stops().await;
}

async fn c1_a_token_ends_with_its_owner(db: Db) {
    let app = TestApp::start(&db).await;
    let (operator, program) = (app.signed_in_as("operator").await, app.browser());
    let key = make(&operator, &[("name", "laptop"), ("scope", "operate")]).await;
    let release = app.release(Story::New).await;
    let start = format!("/v3/{REGION}/pipeline/pipelines/{}/action?action_id=start", release.id);
    // Their role goes, and with it what the token may do.
    let role = vec![TeamRole { team: "storefront".to_owned(), role: Role::Operator }];
    app.app.revoke_roles(&Caller::CommandLine, "operator", role.clone()).await.unwrap();
    let refused = program.json(Method::POST, &start, &[("x-auth-token", &key)], Some("{}")).await;
    assert_eq!(word_of("without a role", &refused, 404), "not_found");
    app.app.grant_roles(&Caller::CommandLine, "operator", role).await.unwrap();
    app.app.disable_user(&Caller::CommandLine, "operator").await.unwrap();
    assert_eq!(word_of("disabled", &list(&program, ("x-auth-token", &key)).await, 401), "token_owner_gone");
    app.stops().await;
}

async fn c2_a_token_makes_no_token_and_changes_no_account(db: Db) {
    let app = TestApp::start(&db).await;
    let (administrator, program) = (app.signed_in_as("administrator").await, app.browser());
    let key = make(&administrator, &[("name", "all"), ("scope", "operate"), ("scope", "approve")]).await;
    let caller = app.app.caller_with(&key, None).await.unwrap().unwrap();
    let new = NewToken {
        name: "wider".to_owned(),
        owner: None,
        service_of: None,
        scopes: TokenScope::ALL.into(),
        only: None,
        expires_at: app.app.clock.now() + TimeDelta::days(1),
    };
    let refused = app.app.make_token(&caller, &new).await;
    assert!(matches!(refused, Err(TokenError::App(tollgate::app::AppError::NotSignedIn))), "{refused:?}");
    assert!(app.app.tokens(&caller).await.is_err() && app.app.disable_user(&caller, "viewer").await.is_err());
    assert!(app.app.add_team(&caller, "theirs", false).await.is_err());
    // No page takes it either.
    for path in ["/tokens", "/users", "/account", "/"] {
        let page = program.send(Method::GET, path, &[("x-auth-token", &key)], "").await;
        assert_eq!((page.status, page.location().starts_with("/login")), (303, true), "{path}");
    }
    let service = NewToken { service_of: Some(app.team), ..new };
    let refused = app.app.make_token(&app.caller("manager").await, &service).await;
    assert!(
        matches!(&refused, Err(TokenError::Invalid(faults)) if *faults == [TokenFault::ServiceApproves]),
        "{refused:?}"
    );
    app.stops().await;
}

async fn c3_a_401_says_whether_a_token_is_unknown_expired_or_revoked(db: Db) {
    let app = TestApp::start(&db).await;
    let (viewer, program) = (app.signed_in_as("viewer").await, app.browser());
    let key = make(&viewer, &[("name", "laptop"), ("lasts", "30")]).await;
    for unknown in ["", "tgp_", "nonsense", &key[..67], &format!("{key}0")] {
        let answer = list(&program, ("x-auth-token", unknown)).await;
        assert_eq!(word_of(unknown, &answer, 401), "token_unknown");
        let answer = list(&viewer, ("x-auth-token", unknown)).await;
        assert_eq!(word_of("a session beside it", &answer, 401), "token_unknown", "the token counts, not the session");
    }
    assert_eq!(word_of("none", &list(&program, ("x-other", "1")).await, 401), "signed_out");
    app.passes(TimeDelta::days(17));
    let viewer = app.signed_in_as("viewer").await;
    viewer.get("/tokens").await.says("Expires soon");
    viewer.get("/account").await.says("A token expires soon.").says("laptop: ");
    app.signed_in_as("operator").await.get("/account").await.says_nothing_of("expires soon");
    app.passes(TimeDelta::days(14));
    let answer = list(&program, ("x-auth-token", &key)).await;
    assert_eq!(word_of("expired", &answer, 401), "token_expired");
    answer.says("The token expired at").says("Renew it under Tokens");
    let viewer = app.signed_in_as("viewer").await;
    viewer.get("/tokens").await.says("Expired");
    let renew = dialog(&viewer, "renew").await;
    viewer.get(&renew).await.says("Renew laptop?");
    assert_eq!(viewer.post(&renew, &[]).await.status, 303);
    assert_eq!(list(&program, ("x-auth-token", &key)).await.status, 200);
    // Forgotten when it was over for long, as somebody signs in.
    app.passes(TimeDelta::days(182));
    app.signed_in_as("viewer").await;
    assert_eq!(word_of("forgotten", &list(&program, ("x-auth-token", &key)).await, 401), "token_unknown");
    app.stops().await;
}

async fn starters(store: &Store, release: tollgate::domain::ids::ReleaseId) -> Vec<String> {
    let last = store.release(release).await.unwrap().unwrap().last.unwrap();
    last.starters.iter().map(|starter| starter.who.name().to_owned()).collect()
}

async fn whoever_made_or_renewed_a_token_counts_as_a_starter_of_what_a_service_starts(db: Db) {
    let app = TestApp::start(&db).await;
    let (manager, administrator) = (app.signed_in_as("manager").await, app.signed_in_as("administrator").await);
    let team = app.team.to_string();
    let key = make(&manager, &[("name", "ci"), ("owner", &team), ("scope", "operate")]).await;
    let renew = dialog(&administrator, "renew").await;
    administrator.get(&renew).await.says("You then count as a starter");
    assert_eq!(administrator.post(&renew, &[]).await.status, 303);
    let release = app.release(Story::Waiting).await;
    let action = |word: &str| format!("/v3/{REGION}/pipeline/pipelines/{}/action?action_id={word}", release.id);
    let program = app.browser();
    let headers = [("x-auth-token", key.as_str())];
    let stopped = program.json(Method::POST, &action("terminate"), &headers, None).await;
    assert_eq!(stopped.status, 200, "{}", stopped.text);
    let nobody = program.json(Method::POST, &action("start"), &headers, Some(r#"{"caused_by": "nobody"}"#)).await;
    assert_eq!(word_of("nobody", &nobody, 400), "refused");
    let started = program.json(Method::POST, &action("start"), &headers, Some(r#"{"caused_by": "Approver"}"#)).await;
    assert_eq!(started.status, 200, "{}", started.text);
    let mut who = starters(&db.store, release.id).await;
    who.sort();
    assert_eq!(who, ["administrator", "approver", "manager"]);
    app.becomes(release.id, tollgate::domain::status::ReleaseStatus::ToBeApproved).await;
    // Four eyes keep them all away, and no token of a service decides.
    let decide = r#"{"task_name": "go-live", "approval_type": "agree"}"#;
    let refused = program.json(Method::POST, &action("approval"), &headers, Some(decide)).await;
    assert_eq!(word_of("a service", &refused, 403), "refused");
    refused.says("needs the scope approve");
    let approver = app.signed_in_as("approver").await;
    let key = make(&approver, &[("name", "phone"), ("scope", "approve")]).await;
    let refused = program.json(Method::POST, &action("approval"), &[("x-auth-token", &key)], Some(decide)).await;
    assert_eq!(word_of("the cause", &refused, 403), "refused");
    refused.says("are named as the cause");
    app.stops().await;
}

async fn the_api_lists_the_tokens_of_its_caller_and_makes_none(db: Db) {
    let app = TestApp::start(&db).await;
    let (operator, program) = (app.signed_in_as("operator").await, app.browser());
    let team = app.team.to_string();
    let whole = make(&operator, &[("name", "laptop"), ("scope", "operate"), ("lasts", "30")]).await;
    let narrow = make(&operator, &[("name", "phone"), ("only", &team)]).await;
    make(&app.signed_in_as("viewer").await, &[("name", "elsewhere")]).await;
    let own = async |key: &str| {
        let page = program.json(Method::GET, "/v3/caller/tokens", &[("x-auth-token", key)], None).await;
        assert_eq!(page.status, 200, "{}", page.text);
        page.says_nothing_of(key);
        let body: serde_json::Value = serde_json::from_str(&page.text).unwrap();
        body["tokens"].as_array().unwrap().clone()
    };
    let all = own(&whole).await;
    let names: Vec<_> = all.iter().map(|token| token["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["phone", "laptop"]);
    assert_eq!((&all[0]["team"], &all[1]["team"]), (&"storefront".into(), &serde_json::Value::Null));
    assert_eq!(all[1]["scopes"], serde_json::json!(["read", "operate"]));
    assert_eq!((all[1]["prefix"].as_str(), all[1]["expires_soon"].as_bool()), (whole.get(..8), Some(false)));
    let few: Vec<_> = own(&narrow).await.iter().map(|token| token["name"].clone()).collect();
    assert_eq!(few, ["phone"], "a token of one team tells of no other's");
    let headers = [("x-auth-token", whole.as_str())];
    let made = program.json(Method::POST, "/v3/caller/tokens", &headers, Some(r#"{"name": "wider"}"#)).await;
    assert!(matches!(made.status, 404 | 405), "{}", made.status);
    assert_eq!(own(&whole).await.len(), 2);
    app.stops().await;
}
