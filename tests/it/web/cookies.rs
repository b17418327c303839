//! Cookies, and what a neighbouring site can do with them.

use reqwest::Method;
use reqwest::header::SET_COOKIE;
use tollgate::app::sessions::cookie_key;
use url::Url;

use super::app::{PASSWORD, TestApp};
use super::browser::{Browser, Page, signed};
use crate::db::Db;

on_both!(
    s13_over_https_every_cookie_is_of_this_host_alone,
    s13_a_sentence_of_a_neighbour_is_not_told,
    s13_a_second_cookie_of_a_neighbour_signs_nobody_in_or_out,
);

const HTTPS: [(&str, &str); 1] = [("origin", "https://releases.example")];

fn set(page: &Page) -> Vec<&str> {
    page.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
}

/// What a browser keeps of a cookie.
fn pair(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

async fn s13_over_https_every_cookie_is_of_this_host_alone(db: Db) {
    let app = TestApp::start_with(&db, |web| web.public_url = Url::parse("https://releases.example/").ok()).await;
    let (ann, password) = (app.browser(), PASSWORD.replace(' ', "+"));
    let body = format!("name=operator&password={password}");
    let signed_in = ann.send(Method::POST, "/login", &HTTPS, &body).await;
    let session = pair(set(&signed_in)[0]).to_owned();
    let list = ann.send(Method::GET, "/regions/eu-west/release-tasks", &[("cookie", &session)], "").await;
    let told = [HTTPS[0], ("cookie", &session)];
    let told = ann.send(Method::POST, "/account/sessions/end-others", &told, "").await;
    for (page, name) in [(&signed_in, "tollgate"), (&list, "tollgate_region"), (&told, "tollgate_flash")] {
        let [cookie] = set(page)[..] else { panic!("{name}: {:?}", set(page)) };
        assert!(cookie.starts_with(&format!("__Host-{name}=")), "{cookie}");
        for part in ["; Secure", "; Path=/", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let both = format!("{session}; {}", pair(set(&told)[0]));
    let account = ann.send(Method::GET, "/account", &[("cookie", &both)], "").await;
    account.says("There was no other session.");
    let forgets = set(&account)[0];
    assert!(forgets.starts_with("__Host-tollgate_flash=;") && forgets.contains("Secure"), "{forgets}");
    // Under its name without the prefix any neighbour could have set it.
    let plain = session.replace("__Host-", "");
    assert_eq!(ann.send(Method::GET, "/account", &[("cookie", &plain)], "").await.status, 303);
    app.stops().await;
}

async fn s13_a_sentence_of_a_neighbour_is_not_told(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, eve) = (app.signed_in_as("operator").await, app.signed_in_as("viewer").await);
    eve.post("/account/sessions/end-others", &[]).await;
    let of_eve = eve.cookie("tollgate_flash").unwrap();
    let (signature, told) = of_eve.split_once('.').unwrap();
    let unsigned = ["Your+password+expired", told, "\"PasswordChanged\"", "Deleted", "{\"Deleted\":\"x\"}"];
    let signed = format!("{signature}.%22PasswordChanged%22");
    for foreign in unsigned.into_iter().chain([of_eve.as_str(), &signed, ".", ""]) {
        ann.holds("tollgate_flash", foreign);
        let page = ann.get("/account").await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("id=\"flash\""), "{foreign}: {}", page.text);
    }
    ann.post("/account/sessions/end-others", &[]).await;
    ann.get("/account").await.says("There was no other session.");
    assert!(!ann.get("/account").await.text.contains("There was no other session."), "told once");
    eve.get("/account").await.says("There was no other session.");
    app.stops().await;
}

async fn s13_a_second_cookie_of_a_neighbour_signs_nobody_in_or_out(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, eve) = (app.signed_in_as("operator").await, app.signed_in_as("viewer").await);
    let key = |of: &Browser| of.cookie("tollgate").unwrap();
    let (ann, eve, nobody) = (key(&ann), key(&eve), app.browser());
    let status = async |cookies: &str| nobody.send(Method::GET, "/account", &[("cookie", cookies)], "").await.status;
    // Signed, and over: one that a neighbour had himself.
    let over = signed(&cookie_key(&db.store).await.unwrap(), &"0".repeat(64));
    for mine in [
        format!("tollgate={over}; tollgate={ann}"),
        format!("tollgate={ann}; tollgate={over}"),
        format!("tollgate={over}; a=é; tollgate={ann}"),
        format!("%74ollgate={eve}; tollgate={ann}"),
        format!("tollgate={ann}; tollgat%65={eve}"),
        format!("tollgate={ann}"),
        format!("tollgate=x; tollgate={ann}"),
        format!("tollgate={ann}; tollgate=x"),
        format!("tollgate={ann}; tollgate={ann}"),
    ] {
        assert_eq!(status(&mine).await, 200, "{mine}");
    }
    for confused in [
        format!("tollgate={ann}; tollgate={eve}"),
        format!("tollgate={eve}; tollgate={ann}"),
        format!("tollgate={eve}; a=é; tollgate={ann}"),
        format!("%74ollgate={eve}"),
        format!("tollgate=1; tollgate=2; tollgate=3; tollgate=4; tollgate={ann}"),
    ] {
        assert_eq!(status(&confused).await, 303, "{confused}");
    }
    app.stops().await;
}
