//! A list of people as a file: read as if it had been typed.

use super::app::TestApp;
use crate::db::Db;

on_both!(c5_a_list_of_people_is_a_file_too);

const TYPE: &str = "multipart/form-data; boundary=----list";

/// The form with that typed, and that file.
fn form(typed: &str, file: &str, content: &[u8]) -> Vec<u8> {
    let part = |about: &str| format!("------list\r\nContent-Disposition: form-data; {about}\r\n\r\n").into_bytes();
    let parts: [&[u8]; 5] = [
        &part("name=\"people\""),
        typed.as_bytes(),
        &[b"\r\n", &part(&format!("name=\"file\"; filename=\"{file}\""))[..]].concat(),
        content,
        b"\r\n------list--\r\n",
    ];
    parts.concat()
}

async fn c5_a_list_of_people_is_a_file_too(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let url = format!("/teams/{}/invitations/import", app.team);
    manager.get(&url).await.says("enctype=\"multipart/form-data\"").says("type=\"file\"");
    let sends = async |body: Vec<u8>| manager.posts_bytes(&url, TYPE, body).await.unwrap();
    let shown = sends(form("", "team.csv", b"name,roles\nann,viewer\nben,operator\n")).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    shown.says("Invite 2 People").says(">ben<").says("ann,viewer");
    let mark = shown.text.split_once("name=\"shown\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    // As a browser sends what it was shown.
    let people = "name,roles\r\nann,viewer\r\nben,operator\r\n";
    let made = manager.post(&url, &[("people", people), ("shown", &mark)]).await;
    made.says("Send These 2 Links");
    assert_eq!(db.store.invitations_of(app.team).await.unwrap().len(), 2);
    // Typed, and no file chosen.
    let typed = sends(form("name,roles\r\ncarl,viewer\r\n", "", b"")).await;
    typed.says("Invite 1 Person").says("carl,viewer");
    let wrong = sends(form("", "team.csv", b"name,roles\ndora,owner\n")).await;
    assert_eq!(wrong.status, 422);
    wrong.says("Line 2: &#34;owner&#34; is no role").says("dora,owner");
    let latin = sends(form("", "team.csv", b"name,roles\nJ\xf6rg,viewer\n")).await;
    assert_eq!(latin.status, 422, "{}", latin.text);
    latin.says("UTF-8");
    assert_eq!(sends(form("", "team.csv", &b"x".repeat(70_000))).await.status, 413);
    // A form that has no file takes none.
    let elsewhere = format!("/teams/{}/invitations/new", app.team);
    assert_eq!(manager.posts_bytes(&elsewhere, TYPE, form("", "a", b"")).await.unwrap().status, 415);
    app.stops().await;
}
