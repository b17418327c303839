//! Pages while the database is away: the sentence is clear, and nothing typed is lost.

use std::time::{Duration, Instant};

use reqwest::Method;
use tollgate::app::sessions::cookie_key;
use tollgate::domain::execution::Verdict;
use tollgate::domain::status::ReleaseStatus;

use super::proxy::{Manner, Proxy};
use super::{TIMEOUT, on_postgres};
use crate::by_hand;
use crate::db::Db;
use crate::web::app::PASSWORD;
use crate::web::browser::{Browser, Page, signed};
use crate::web::releases::scene::Scene;

on_postgres!(
    a_page_says_that_the_database_is_away_and_gives_back_what_was_typed,
    nobody_is_signed_out_and_no_password_is_shown,
    what_no_form_declares_is_never_given_back,
    a_frozen_database_is_told_and_forgotten_when_it_thaws,
    connections_that_a_firewall_forgot_are_replaced,
    a_short_absence_is_waited_for,
    connections_that_were_ended_are_replaced_unnoticed,
    what_holds_a_release_task_for_long_is_told_as_busy,
    a_slow_network_only_takes_longer,
    an_answer_that_was_lost_is_no_failure_and_no_second_time,
);

const COMMENT: &str = "The pages look right,\nand the \"shop\" opens.";

fn is_away(page: &Page, title: &str) {
    assert_eq!(page.status, 503, "{}", page.text);
    assert_eq!(page.header("retry-after"), "5");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    page.says(title);
}

async fn timed(asks: impl Future<Output = Page>) -> Page {
    let asked = Instant::now();
    let page = tokio::time::timeout(TIMEOUT, asks).await.expect("it is answered");
    println!("answered with {} after {:?}", page.status, asked.elapsed());
    page
}

/// Asks until the page is there again.
async fn is_back(browser: &Browser, path: &str) -> Page {
    let asked = Instant::now();
    loop {
        let page = browser.get(path).await;
        if page.status == 200 {
            return page;
        }
        assert_eq!(page.status, 503, "{}", page.text);
        assert!(asked.elapsed() < TIMEOUT, "it does not come back");
    }
}

/// The form in a page, as a browser without script would send it.
fn form_of(page: &Page) -> (String, Vec<(String, String)>) {
    let (_, form) =
        page.text.split_once("<form class=\"form panel\" method=\"post\" action=\"").expect("there is a form");
    let (action, form) = form.split_once('"').unwrap();
    let form = form.split_once("</form>").unwrap().0;
    let mut fields = Vec::new();
    for part in form.split('<') {
        let attribute = |name: &str| {
            let (_, value) = part.split_once(&format!(" {name}=\""))?;
            Some(unescaped(value.split('"').next()?))
        };
        if part.starts_with("input") {
            fields.push((attribute("name").unwrap(), attribute("value").unwrap_or_default()));
        } else if part.starts_with("textarea") {
            fields.push((attribute("name").unwrap(), unescaped(part.split_once('>').unwrap().1)));
        }
    }
    (unescaped(action), fields)
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&")
}

async fn sends_again(browser: &Browser, page: &Page) -> Page {
    let (action, fields) = form_of(page);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&action, &fields).await
}

async fn at_the_gate(db: &Db) -> (Proxy, Scene, Browser) {
    let proxy = Proxy::before(db);
    let (scene, _) = Scene::at_the_gate(&proxy.db().await).await;
    let approver = scene.browser("approver").await;
    assert_eq!(approver.get(&scene.gate()).await.status, 200);
    (proxy, scene, approver)
}

const AGREES: [(&str, &str); 3] = [("round", "1"), ("verdict", "agree"), ("comment", COMMENT)];

async fn a_page_says_that_the_database_is_away_and_gives_back_what_was_typed(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    proxy.is(Manner::Gone);
    let page = timed(approver.get(&scene.urls.show())).await;
    is_away(&page, "The database does not answer");
    page.says(&format!("href=\"{}\">Try Again", scene.urls.show()));
    let page = timed(approver.post(&scene.gate(), &AGREES)).await;
    is_away(&page, "nothing was done");
    page.says("The pages look right,\nand the &#34;shop&#34; opens.");
    // The script shows it beside the form, which stays where it is.
    let headers = [("sec-fetch-site", "same-origin"), ("hx-request", "true")];
    let fragment = timed(approver.send(Method::POST, &scene.gate(), &headers, "round=1&verdict=agree")).await;
    is_away(&fragment, "<div class=\"notice is-bad\">");
    assert!(!fragment.text.contains("<html"), "{}", fragment.text);
    // A page that refreshes itself is told too.
    let seen = format!("{}?seen=1", scene.urls.show());
    is_away(&timed(approver.htmx(&seen, &scene.urls.show())).await, "The database does not answer");
    proxy.is(Manner::Through);
    is_back(&approver, &scene.urls.show()).await;
    assert!(scene.last().await.tasks[1].decisions.is_empty(), "nothing was done");
    let sent = sends_again(&approver, &page).await;
    assert_eq!((sent.status, sent.location()), (303, scene.urls.show().as_str()), "{}", sent.text);
    scene.is(ReleaseStatus::Successful).await;
    let decisions = &scene.last().await.tasks[1].decisions;
    assert_eq!(decisions.len(), 1);
    assert_eq!((decisions[0].verdict, decisions[0].comment.as_str()), (Verdict::Agree, COMMENT));
    scene.app.stops().await;
}

async fn nobody_is_signed_out_and_no_password_is_shown(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    let unseen = signed(&cookie_key(&db.store).await.unwrap(), "0123456789abcdef");
    proxy.is(Manner::Gone);
    let nobody = scene.app.browser();
    assert_eq!((nobody.get("/healthz").await.status, nobody.get("/login").await.status), (200, 200));
    is_away_plainly(&timed(nobody.get("/readyz")).await);
    let form = [("name", "approver"), ("password", PASSWORD), ("next", "/approvals")];
    let sign_in = timed(nobody.post("/login", &form)).await;
    is_away(&sign_in, "value=\"approver\"");
    let change = [("current", PASSWORD), ("password", "another horse"), ("again", "another horse")];
    let changed = timed(approver.post("/account/password", &change)).await;
    is_away(&changed, "type=\"password\"");
    for page in [&sign_in, &changed] {
        assert!(!page.text.contains("horse"), "{}", page.text);
    }
    let fields = form_of(&sign_in).1;
    let named: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(named, [("name", "approver"), ("password", ""), ("next", "/approvals")]);
    // Who comes with a session that this server has not seen is not told to sign in either.
    let stranger = scene.app.browser();
    stranger.holds("tollgate", &unseen);
    is_away(&timed(stranger.get("/approvals")).await, "The database does not answer");
    proxy.is(Manner::Through);
    is_back(&approver, &scene.urls.show()).await;
    assert_eq!(nobody.get("/readyz").await.status, 200);
    assert!(approver.is_signed_in().await);
    assert_eq!(stranger.get("/approvals").await.status, 303, "nobody has that session");
    scene.app.stops().await;
}

async fn what_no_form_declares_is_never_given_back(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    proxy.is(Manner::Gone);
    let nobody = scene.app.browser();
    let undeclared = ["name2", "pin", "Password", "password2", "secret", "api_token"];
    let secret = ["password", "current", "again"].into_iter().chain(undeclared).map(|name| (name, PASSWORD));
    let plain = [("name", "shop-copy"), ("token", "x"), ("comment", COMMENT), ("execution", "1")];
    let sent: Vec<(&str, &str)> = plain.into_iter().chain(secret).collect();
    for (browser, path, given_back) in [
        (&nobody, "/login", "name"),
        (&nobody, "/setup", "token"),
        (&approver, "/account/password", "current"),
        (&approver, &scene.gate(), "comment"),
        (&approver, &scene.urls.operation("clone"), "name"),
        (&approver, &scene.urls.operation("pause"), "execution"),
        (&approver, &scene.urls.operation("delete"), ""),
        (&approver, "/nothing", ""),
    ] {
        let page = timed(browser.post(path, &sent)).await;
        is_away(&page, "nothing was done");
        assert!(!page.text.contains("horse"), "in the answer of {path}: {}", page.text);
        let has = |name: &str| page.text.contains(&format!(" name=\"{name}\""));
        assert!(given_back.is_empty() || has(given_back), "{given_back} in the answer of {path}: {}", page.text);
        assert!(!undeclared.into_iter().any(has), "in the answer of {path}: {}", page.text);
        assert!(given_back == "comment" || !has("comment"), "in the answer of {path}: {}", page.text);
    }
    proxy.is(Manner::Through);
    scene.app.stops().await;
}

fn is_away_plainly(page: &Page) {
    assert_eq!((page.status, page.text.as_str(), page.header("retry-after")), (503, "no database\n", "5"));
}

async fn a_frozen_database_is_told_and_forgotten_when_it_thaws(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    let path = scene.urls.show();
    proxy.is(Manner::Frozen);
    // More than there are connections.
    let asked = (0..20).map(|_| timed(approver.get(&path)));
    for page in futures_util::future::join_all(asked).await {
        assert_eq!(page.status, 503, "{}", page.text);
    }
    proxy.is(Manner::Through);
    is_back(&approver, &path).await;
    let sent = approver.post(&scene.gate(), &AGREES).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn connections_that_a_firewall_forgot_are_replaced(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    // A page that each request reads: one that is remembered is read once for all of them.
    let path = scene.gate();
    let many = || futures_util::future::join_all((0..20).map(|_| timed(approver.get(&path))));
    assert!(many().await.iter().all(|page| page.status == 200));
    proxy.is(Manner::Forgotten);
    // Some are told, while their connection is given up.
    assert!(many().await.iter().all(|page| matches!(page.status, 200 | 503)));
    is_back(&approver, &path).await;
    assert!(many().await.iter().all(|page| page.status == 200), "no connection of the pool is lost");
    assert_eq!(approver.post(&scene.gate(), &AGREES).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn a_short_absence_is_waited_for(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    proxy.is(Manner::Gone);
    let (gate, asks) = (scene.gate(), approver.clone());
    let asked = tokio::spawn(async move { asks.post(&gate, &AGREES).await });
    for _ in 0..25 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!asked.is_finished(), "it does not wait");
    }
    proxy.is(Manner::Through);
    assert_eq!(timed(async { asked.await.unwrap() }).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn connections_that_were_ended_are_replaced_unnoticed(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    for round in 0..5 {
        // Several connections of the pool are in use just before.
        let looked = (0..8).map(|_| approver.get("/account"));
        assert!(futures_util::future::join_all(looked).await.iter().all(|page| page.status == 200));
        by_hand::does(&db.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await.unwrap();
        if round == 4 {
            let sent = approver.post(&scene.gate(), &AGREES).await;
            assert_eq!(sent.status, 303, "{}", sent.text);
        } else {
            let looked = (0..12).map(|_| approver.get("/account"));
            for page in futures_util::future::join_all(looked).await {
                assert_eq!(page.status, 200, "{}", page.text);
            }
        }
    }
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn what_holds_a_release_task_for_long_is_told_as_busy(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let holder = db.store.begin_write().await.unwrap();
    holder.release(scene.id).await.unwrap();
    let held = Instant::now();
    let (path, asks) = (scene.urls.operation("pause"), operator.clone());
    let asked = tokio::spawn(async move { timed(asks.post(&path, &[("execution", "1")])).await });
    // It says something now and then, as who works for long does, so that it is not taken for dead.
    let page = loop {
        holder.release(scene.id).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(held.elapsed() < TIMEOUT, "who waits is not told");
        if asked.is_finished() {
            break asked.await.unwrap();
        }
    };
    is_away(&page, "The database has no time");
    drop(holder);
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToBeApproved, "nothing was done");
    assert_eq!(sends_again(&operator, &page).await.status, 303);
    scene.is(ReleaseStatus::Paused).await;
    scene.app.stops().await;
}

async fn a_slow_network_only_takes_longer(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    proxy.is(Manner::Slow);
    assert_eq!(timed(approver.get(&scene.urls.show())).await.status, 200);
    let sent = timed(approver.post(&scene.gate(), &AGREES)).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    scene.is(ReleaseStatus::Successful).await;
    scene.app.stops().await;
}

async fn an_answer_that_was_lost_is_no_failure_and_no_second_time(db: Db) {
    let (proxy, scene, approver) = at_the_gate(&db).await;
    // Nobody else commits: everything waits for the approver.
    proxy.is(Manner::LosesTheAnswerToACommit);
    let page = timed(approver.post(&scene.gate(), &AGREES)).await;
    is_away(&page, "It is not known whether this was done");
    page.says("It may have been done");
    scene.is(ReleaseStatus::Successful).await;
    let again = sends_again(&approver, &page).await;
    assert_eq!(again.status, 409, "{}", again.text);
    again.says("go-live is decided already: approver agreed on");
    let last = scene.last().await;
    assert_eq!(last.tasks[1].decisions.len(), 1);
    assert_eq!(last.tasks[2].attempt, 1, "what followed was started once");
    scene.app.stops().await;
}
