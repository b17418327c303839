//! The link that makes the first administrator.

use chrono::TimeDelta;
use tollgate::app::Caller;
use tollgate::app::accounts::NewUser;

use super::app::TestApp;
use crate::db::Db;

on_both!(
    the_link_makes_the_first_administrator_once,
    a_start_makes_a_new_link_and_ends_the_old,
    a_server_with_accounts_has_no_link,
    f25_accounts_without_an_administrator_leave_the_link_good_and_offered,
    f25_the_name_of_an_account_that_there_is_is_told_at_the_field,
    what_will_not_do_is_told_and_the_link_still_works,
    s21_the_link_is_good_for_an_hour,
    s14_the_first_administrator_has_no_common_password,
);

fn path_of(link: &str) -> String {
    let url = url::Url::parse(link).unwrap();
    url[url::Position::BeforePath..].to_owned()
}

fn form(link: &str) -> Vec<(String, String)> {
    let token = url::Url::parse(link).unwrap().query_pairs().next().unwrap().1.into_owned();
    [("token", token.as_str()), ("name", "ann"), ("password", "correct horse"), ("again", "correct horse")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

fn pairs(form: &[(String, String)]) -> Vec<(&str, &str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn the_link_makes_the_first_administrator_once(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().unwrap();
    let ann = app.browser();
    assert_eq!(ann.get("/setup").await.status, 404);
    assert_eq!(ann.get("/setup?token=0123").await.status, 404);
    assert_eq!(ann.get(&path_of(&link)).await.status, 200);
    let made = ann.post("/setup", &pairs(&form(&link))).await;
    assert_eq!((made.status, made.location()), (303, "/"));
    ann.get("/account").await.says("Administrator");
    ann.get("/").await.says("There is no region yet");

    let eve = app.browser();
    assert_eq!(eve.get(&path_of(&link)).await.status, 404);
    eve.post("/setup", &pairs(&form(&link))).await.says("This link is not valid any more");
    let told: Vec<_> = super::audit(&db).await.into_iter().map(|(who, what, _)| (who, what)).collect();
    assert_eq!(told, [("Tollgate".into(), "user_added".into()), ("ann".into(), "signed_in".into())]);
    app.stops().await;
}

async fn a_start_makes_a_new_link_and_ends_the_old(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let old = app.setup_link.clone().unwrap();
    app.stops().await;
    let app = TestApp::start_empty(&db).await;
    assert_eq!(app.browser().get(&path_of(&old)).await.status, 404);
    assert_eq!(app.browser().get(&path_of(&app.setup_link.clone().unwrap())).await.status, 200);
    app.stops().await;
}

async fn a_server_with_accounts_has_no_link(db: Db) {
    let app = TestApp::start(&db).await;
    assert_eq!(app.setup_link, None);
    assert_eq!(app.browser().get("/setup?token=").await.status, 404);
    app.stops().await;
}

async fn f25_accounts_without_an_administrator_leave_the_link_good_and_offered(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().unwrap();
    app.browser().get(&path_of(&link)).await.says_nothing_of("tollgate user promote");
    adds(&app, "ben", false).await;
    let page = app.browser().get(&path_of(&link)).await;
    page.says("This Tollgate has no administrator yet.").says("`tollgate user promote NAME` makes one of them");
    app.stops().await;
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().expect("a start says the way out");
    let made = app.browser().post("/setup", &pairs(&form(&link))).await;
    assert_eq!((made.status, made.location()), (303, "/"));
    app.stops().await;
    let app = TestApp::start_empty(&db).await;
    assert_eq!(app.setup_link, None, "somebody administers");
    app.stops().await;
}

async fn f25_the_name_of_an_account_that_there_is_is_told_at_the_field(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().unwrap();
    adds(&app, "Ann", false).await;
    let reply = app.browser().post("/setup", &pairs(&form(&link))).await;
    assert_eq!(reply.status, 422);
    reply.says("There is an account of this name already");
    adds(&app, "root", true).await;
    assert_eq!(app.browser().post("/setup", &pairs(&form(&link))).await.status, 404, "somebody administers by now");
    app.stops().await;
}

async fn adds(app: &TestApp, name: &str, administrator: bool) {
    let user =
        NewUser { name: name.to_owned(), password: "correct horse".to_owned(), administrator, roles: Vec::new() };
    app.app.add_user(&Caller::CommandLine, user).await.unwrap();
}

async fn s21_the_link_is_good_for_an_hour(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let (link, ann) = (app.setup_link.clone().unwrap(), app.browser());
    app.passes(TimeDelta::minutes(59));
    assert_eq!(ann.get(&path_of(&link)).await.status, 200);
    app.passes(TimeDelta::minutes(1));
    let page = ann.get(&path_of(&link)).await;
    assert_eq!(page.status, 410);
    page.says("<h1>This link is too old</h1>").says("Stop the server and start it again: it prints a new link.");
    assert_eq!(ann.post("/setup", &pairs(&form(&link))).await.status, 410);
    assert_eq!(ann.get("/setup?token=0123").await.status, 404, "a stranger is told nothing");
    app.stops().await;
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().unwrap();
    assert_eq!(app.browser().post("/setup", &pairs(&form(&link))).await.status, 303);
    app.stops().await;
}

async fn s14_the_first_administrator_has_no_common_password(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().unwrap();
    for (password, told) in
        [("password1", "many people use"), ("ann12345", "name of the account"), ("tollgate1", "program")]
    {
        let mut form = form(&link);
        (form[2].1, form[3].1) = (password.to_owned(), password.to_owned());
        let reply = app.browser().post("/setup", &pairs(&form)).await;
        assert_eq!(reply.status, 422, "{password}");
        reply.says(told);
    }
    app.stops().await;
}

async fn what_will_not_do_is_told_and_the_link_still_works(db: Db) {
    let app = TestApp::start_empty(&db).await;
    let link = app.setup_link.clone().unwrap();
    let ann = app.browser();
    let cases =
        [(1, "ann lee", "1 to 64 letters"), (2, "short", "This is not the same"), (3, "x", "This is not the same")];
    for (field, value, told) in cases {
        let mut form = form(&link);
        form[field].1 = value.into();
        let reply = ann.post("/setup", &pairs(&form)).await;
        assert_eq!(reply.status, 422);
        reply.says(told);
    }
    assert_eq!(ann.post("/setup", &pairs(&form(&link))).await.status, 303);
    app.stops().await;
}
