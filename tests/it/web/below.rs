//! A site below a path, as a proxy has it beside others on one host.

use std::collections::{BTreeSet, VecDeque};

use reqwest::header::SET_COOKIE;
use url::Url;

use super::app::{PASSWORD, TestApp};
use super::browser::Page;
use super::releases::scene::Scene;
use crate::db::Db;

on_both!(
    f11_every_page_below_a_path_leads_to_pages_below_it,
    f11_cookies_are_for_the_path_and_a_redirect_leads_below_it
);

const DEFINITION: &str = "name: shop-web\nphases:\n  - name: Build\n    tasks:\n      - name: build\n        script: 'true'\n  \
                          - name: Approve\n    tasks:\n      - name: go-live\n        type: manual-approval\n        \
                          roles: [approver]\n";

/// Every address that a page has in its attributes.
fn addresses(page: &Page) -> impl Iterator<Item = &str> {
    page.text.match_indices("=\"/").filter_map(|(at, _)| {
        let name = page.text[..at].rsplit([' ', '\n', '<']).next().unwrap_or_default();
        // What one wanted to see is told as we know it, and led to below the path.
        (name != "value").then(|| page.text[at + 2..].split('"').next().unwrap_or_default())
    })
}

async fn f11_every_page_below_a_path_leads_to_pages_below_it(db: Db) {
    let public = "http://apps.example/tools/tollgate";
    let app = TestApp::start_with(&db, |web| web.public_url = Url::parse(public).ok()).await;
    let scene = Scene::on(app, DEFINITION).await;
    let browser = scene.app.browser();
    let signed_in = browser.post("/tools/tollgate/login", &[("name", "operator"), ("password", PASSWORD)]).await;
    assert_eq!((signed_in.status, signed_in.location()), (303, "/tools/tollgate/"));
    let executed = format!("/tools/tollgate{}/execute", scene.urls.show());
    let executed = browser.post(&executed, &[("task", "build"), ("task", "go-live")]).await;
    assert_eq!(executed.status, 303, "{}", executed.text);

    let (mut seen, mut left) = (BTreeSet::new(), VecDeque::from(["/tools/tollgate/".to_owned()]));
    while let Some(address) = left.pop_front() {
        let page = browser.get(&address).await;
        assert!(matches!(page.status, 200 | 204 | 303 | 304 | 405 | 422), "{address}: {} {}", page.status, page.text);
        let mut found: Vec<String> =
            addresses(&page).map(|found| found.replace("&amp;", "&").replace("&#38;", "&")).collect();
        found.extend(Some(page.location().to_owned()).filter(|to| !to.is_empty()));
        for found in found {
            assert!(found == "/tools/tollgate" || found.starts_with("/tools/tollgate/"), "{address} leads to {found}");
            let found = found.split('#').next().unwrap_or_default().to_owned();
            // A page is looked at once, whatever is asked of it.
            let kind = found.split('?').next().unwrap_or_default().to_owned();
            if !found.contains("/logout") && seen.len() < 80 && seen.insert(kind) {
                left.push_back(found);
            }
        }
    }
    for part in ["/definition", "/activity", "/static/", "/account", "/approvals"] {
        assert!(seen.iter().any(|address| address.contains(part)), "{part} in {seen:?}");
    }
    // A proxy that takes the path away asks for the same pages without it, and gets the same addresses.
    let bare = browser.get("/login").await;
    assert_eq!(bare.status, 200);
    bare.says("action=\"/tools/tollgate/login\"").says("href=\"/tools/tollgate/static/app.");
    let script = addresses(&bare).find(|address| address.contains("/static/app.")).unwrap().to_owned();
    assert_eq!(browser.get(script.strip_prefix("/tools/tollgate").unwrap()).await.status, 200);
    assert_eq!(browser.get("/tools/tollgate/healthz").await.status, 200);
    let nothing = browser.get("/tools/tollgate/no/such/page").await;
    assert_eq!(nothing.status, 404);
    assert!(addresses(&nothing).all(|address| address.starts_with("/tools/tollgate/")));
    let refused = browser.htmx("/tools/tollgate/regions/atlantis", "/tools/tollgate/account").await;
    refused.says("href=\"/tools/tollgate/account\"");
    let beside = browser.get("/tools/tollgatex/login").await;
    assert_eq!(beside.location(), "/tools/tollgate/login?next=%2Ftools%2Ftollgatex%2Flogin");
    scene.app.stops().await;
}

async fn f11_cookies_are_for_the_path_and_a_redirect_leads_below_it(db: Db) {
    let app = TestApp::start_with(&db, |web| web.public_url = Url::parse("https://apps.example/tollgate/").ok()).await;
    let ann = app.browser();
    let body = format!("name=operator&password={}&next=%2Faccount", PASSWORD.replace(' ', "+"));
    let https = [("origin", "https://apps.example")];
    for path in ["/tollgate/login", "/login"] {
        let signed_in = ann.send(reqwest::Method::POST, path, &https, &body).await;
        assert_eq!(signed_in.location(), "/tollgate/account");
        let cookie = signed_in.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
        for part in ["__Secure-tollgate=", "; Path=/tollgate;", "; Secure", "; HttpOnly"] {
            assert!(format!("{cookie};").contains(part), "{part} in {cookie}");
        }
        let session = cookie.split(';').next().unwrap();
        let account = ann.send(reqwest::Method::GET, "/tollgate/account", &[("cookie", session)], "").await;
        account.says("action=\"/tollgate/account/password\"").says("data-narrows=\"__Secure-tollgate_side\"");
        account.says("data-home=\"/tollgate/\"").says("data-login=\"/tollgate/login\"");
    }
    let away = app.browser().get("/tollgate/account").await;
    assert_eq!(away.location(), "/tollgate/login?next=%2Faccount");
    app.stops().await;
}
