//! Logging in: whose eyes the token is for, and where it is sent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tollgate::domain::tokens::TokenScope;

use super::{Machine, answer};
use crate::db::Db;
use crate::service::Service;
use crate::web::app::TestApp;
use crate::web::stories::Story;

on_both!(c20_a_login_is_for_its_owner_alone_and_looser_files_are_refused);

async fn c20_a_login_is_for_its_owner_alone_and_looser_files_are_refused(db: Db) {
    let app = TestApp::start(&db).await;
    app.release(Story::New).await;
    let machine = Machine::of(&app, "operator", &[TokenScope::Operate]).await;
    let url = machine.server.clone();
    let bare = |arguments: &[&str]| machine.bare(crate::PROGRAM, arguments);
    answer(bare(&["release", "list"]), "").await.fails("which server? Say --server, or `tollgate login` first");
    let login = ["login", "--server", &url];
    answer(bare(&login), "").await.fails("no token on standard input");
    answer(bare(&login), "two words\n").await.fails("that is no token");
    answer(bare(&login), "tgp_unknown\n").await.fails("There is no such token");
    assert!(!machine.login_file().exists(), "only a good token is kept");
    answer(bare(&[&login[..], &["--region", "eu-wst"]].concat()), &machine.token).await.fails("did you mean eu-west?");

    // Whatever the shell lets others do, and over a file that others could read.
    fs::create_dir_all(machine.login_file().parent().unwrap()).unwrap();
    fs::write(machine.login_file(), "{}").unwrap();
    fs::set_permissions(machine.login_file(), fs::Permissions::from_mode(0o644)).unwrap();
    let program = crate::PROGRAM;
    let script = format!("umask 000; exec {program} login --server {url} --region eu-west");
    let done = answer(machine.bare("/bin/sh", &["-c", &script]), &format!("{}\n", machine.token)).await;
    done.succeeds("as operator (read, operate)");
    assert!(!done.out.contains(&machine.token) && !done.err.contains(&machine.token), "{}{}", done.out, done.err);
    let mode = || fs::metadata(machine.login_file()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    let beside = fs::read_dir(machine.login_file().parent().unwrap()).unwrap().count();
    assert_eq!(beside, 1, "nothing is left beside it");
    answer(bare(&["release", "list"]), "").await.succeeds("To release");

    // Nobody else's server is sent the token, and no option takes it.
    let other = Service::answering(200, "{}");
    let there = other.url("");
    answer(bare(&["release", "list", "--server", &there]), "").await.fails("there is no token for http://127.0.0.1");
    assert_eq!(other.asked(), Vec::<String>::new());
    answer(bare(&["release", "list", "--token", &machine.token]), "").await.fails("unexpected argument '--token'");
    answer(bare(&["release", "list", "--server", "http://tollgate.example.com"]), "").await.fails("--insecure-http");

    for loose in [0o644, 0o640, 0o620] {
        fs::set_permissions(machine.login_file(), fs::Permissions::from_mode(loose)).unwrap();
        let refused = answer(bare(&["release", "list"]), "").await;
        refused.fails(&format!("its mode is {loose:o}"));
        assert!(!refused.err.contains(&machine.token));
    }
    let file = machine.home.path().join("token");
    fs::write(&file, &machine.token).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let by_file = ["release", "list", "--server", &url, "--region", "eu-west", "--token-file", "token"];
    answer(bare(&by_file), "").await.fails("its mode is 644");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(machine.login_file()).unwrap();
    answer(bare(&by_file), "").await.succeeds("To release");
    answer(bare(&["logout"]), "").await.succeeds("there is no login");
    app.stops().await;
}

#[tokio::test]
async fn a_token_follows_no_redirect_and_is_in_no_error() {
    let away = Service::answering(302, "");
    let machine = Machine::new(away.url(""), "tgp_secret");
    let said = machine.run(&["release", "list"]).await;
    said.fails("where the token is not sent");
    assert!(!said.err.contains("tgp_secret"), "{}", said.err);
    let other = Service::answering(200, "<html>");
    let said = Machine::new(other.url(""), "tgp_secret").run(&["release", "list"]).await;
    said.fails("is no Tollgate that has this operation");
    assert!(!said.err.contains("tgp_secret"), "{}", said.err);
}
