//! The command line: the real program, as people start it.

mod activity;
mod components;
mod field;
mod notifications;
mod people;
mod remote;
mod room;
mod tokens;
mod workspace;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tollgate::clock::Clock;
use tollgate::format::MAX_FILE_LEN;

use self::activity::the_activity_is_written_to_a_file;
use self::components::an_environment_is_set_changed_and_listed;
use self::field::{
    f4_f17_f19_an_import_tells_what_is_wrong_with_a_file_before_anything_is_done,
    f22_a_release_task_in_another_region_or_team_than_was_said_is_a_refusal,
    f22_names_that_differ_in_case_only_are_not_made_side_by_side,
    f22_of_several_release_tasks_none_is_brought_in_where_one_cannot_be,
    f26_an_import_says_what_changed_and_so_does_activity,
};
use self::notifications::what_could_not_be_delivered_is_listed_and_sent_again_on_the_command_line;
use self::people::{
    f12_import_warns_of_approvers_and_roles_that_nobody_can_fill, people_are_invited_on_the_command_line,
    who_administers_is_said_on_the_command_line,
};
use self::room::retention_and_deleted_release_tasks_from_the_command_line;
use self::tokens::tokens_are_made_listed_renewed_and_revoked_on_the_command_line;
use self::workspace::old_folders_are_listed_and_given_to_one_team_from_its_next_script_on;
use crate::answer::Answer;
use crate::by_hand::one_to;
use crate::client;
use crate::db::Db;
use crate::program::{self, ANYWHERE, Program};
use crate::web::browser::Browser;

on_both!(
    an_environment_is_set_changed_and_listed,
    the_activity_is_written_to_a_file,
    an_installation_is_set_up_from_the_command_line,
    release_tasks_are_brought_in,
    retention_and_deleted_release_tasks_from_the_command_line,
    old_folders_are_listed_and_given_to_one_team_from_its_next_script_on,
    f12_import_warns_of_approvers_and_roles_that_nobody_can_fill,
    people_are_invited_on_the_command_line,
    who_administers_is_said_on_the_command_line,
    tokens_are_made_listed_renewed_and_revoked_on_the_command_line,
    what_could_not_be_delivered_is_listed_and_sent_again_on_the_command_line,
    s21_a_server_that_others_reach_without_https_says_so,
    f22_a_release_task_in_another_region_or_team_than_was_said_is_a_refusal,
    f22_names_that_differ_in_case_only_are_not_made_side_by_side,
    f22_of_several_release_tasks_none_is_brought_in_where_one_cannot_be,
    f26_an_import_says_what_changed_and_so_does_activity,
    f4_f17_f19_an_import_tells_what_is_wrong_with_a_file_before_anything_is_done,
);

/// The program in a data folder of its own, on a database.
struct Installation {
    folder: TempDir,
    url: Option<String>,
}

impl Installation {
    fn on(url: Option<String>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(crate::PROGRAM, &self.data(), self.url.as_deref());
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Answer {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that does not ask closes its input unread.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Answer::of(child.wait_with_output().unwrap())
    }

    /// A server, and what it says up to the line that is waited for.
    fn starts(&self, arguments: &[&str], last: &str) -> (Server, Vec<String>) {
        let mut server = Server(self.command(arguments).stderr(Stdio::null()).spawn().unwrap());
        let mut said: Vec<String> = Vec::new();
        let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
        while said.last().is_none_or(|line| !line.contains(last)) {
            said.push(lines.next().unwrap_or_else(|| panic!("it ended after saying {said:?}")).unwrap());
        }
        (server, said)
    }
}

/// A server that does not outlive its test.
struct Server(Child);

impl Server {
    fn is_told_to_stop(&self) {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has usually ended in order before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn address(said: &[String]) -> String {
    said[0].strip_prefix("Tollgate listens on ").unwrap().to_owned()
}

async fn an_installation_is_set_up_from_the_command_line(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    here.run(&["migrate"], "").succeeds("up to date");
    here.run(&["check"], "").fails("there is no administrator");
    here.run(&["region", "add", "eu-west"], "").succeeds("added region eu-west");
    here.run(&["region", "add", "eu west"], "").fails("beginning with a letter");
    here.run(&["team", "add", "shop"], "").succeeds("added team shop");
    here.run(&["team", "add", "shop"], "").fails("taken");
    let ann = ["user", "add", "ann", "--team", "shop:operator", "--team", "shop:approver"];
    here.run(&ann, "short\n").fails("at least 8 characters");
    here.run(&ann, "").fails("nothing was given");
    here.run(&ann, "password1\n").fails("one of those that many people use");
    here.run(&ann, "ann12345\n").fails("is the name of the account");
    here.run(&ann, "correct horse\n").succeeds("added user ann");
    here.run(&["user", "passwd", "ann"], "12345678\n").fails("one of those that many people use");
    here.run(&ann, "correct horse\n").fails("taken");
    here.run(&["user", "add", "ben", "--team", "shop:boss"], "").fails("viewer, operator, approver, manager");
    here.run(&["user", "add", "ben", "--team", "none:viewer"], "correct horse\n").fails("tollgate team add");
    here.run(&["user", "passwd", "ann"], "battery staple\n").succeeds("changed the password of ann");
    here.run(&["user", "passwd", "ben"], "battery staple\n").fails("there is no user");
    here.run(&["user", "grant", "ann", "shop:manager"], "").succeeds("granted");
    here.run(&["user", "add", "zoe", "--team", "shop:viewer"], "correct horse\n").succeeds("added user zoe");
    here.run(&["user", "revoke", "zoe", "shop:viewer", "shop:operator"], "").fails("does not have the role operator");
    here.run(&["user", "list"], "").succeeds("zoe  enabled  shop:viewer\n");
    here.run(&["user", "revoke", "zoe", "shop:viewer"], "").succeeds("revoked");
    here.run(&["user", "disable", "nobody"], "").fails("there is no user");
    here.run(&["user", "disable", "zoe"], "").succeeds("disabled user zoe\n");
    here.run(&["user", "disable", "zoe"], "").succeeds("disabled user zoe\n");
    here.run(&["user", "list"], "").succeeds("zoe  disabled since ");
    here.run(&["user", "enable", "zoe"], "").succeeds("enabled user zoe\n");
    here.run(&["user", "list"], "").succeeds("ann  enabled  shop:approver shop:manager shop:operator\nzoe  enabled\n");
    here.run(&["team", "list"], "").succeeds("shop  may not run scripts on the server\n");
    here.run(&["team", "allow-scripts", "shop"], "").succeeds("team shop may run scripts on the server\n");
    here.run(&["team", "allow-scripts", "shop"], "").succeeds("team shop may run scripts on the server\n");
    here.run(&["team", "allow-scripts", "none"], "").fails("there is no team \"none\"");
    here.run(&["team", "add", "web", "--allow-scripts"], "").succeeds("added team web\n");
    here.run(&["team", "forbid-scripts", "shop"], "").succeeds("team shop may not run scripts on the server any more");
    let listed = "shop  may not run scripts on the server\nweb   may run scripts on the server\n";
    here.run(&["team", "list"], "").succeeds(listed);
    here.run(&["region", "list"], "").succeeds("eu-west\n");
    here.run(&["check"], "").fails("there is no administrator");
    here.run(&["user", "add", "root", "--administrator"], "correct horse\n").succeeds("added user root");
    here.run(&["check"], "").succeeds("This installation is sound.");
    let known = db.store.credentials("ann").await.unwrap().unwrap();
    assert_eq!(db.store.user(known.id).await.unwrap().unwrap().roles.len(), 3);
    assert!(tollgate::app::passwords::is_right("battery staple".into(), Some(known.password_hash)).await.unwrap());
}

async fn s21_a_server_that_others_reach_without_https_says_so(db: Db) {
    let home = tempfile::tempdir().unwrap();
    for (number, (listen, more, warns)) in [
        ("0.0.0.0:0", &[][..], true),
        ("0.0.0.0:0", &["--public-url", "http://a.example"], true),
        ("0.0.0.0:0", &["--public-url", "https://a.example"], false),
        (ANYWHERE, &[], false),
    ]
    .into_iter()
    .enumerate()
    {
        let (data, log) = (home.path().join("data"), home.path().join(format!("log{number}")));
        let mut command = program::command(crate::PROGRAM, &data, Some(&db.url));
        command.args(["demo", "--listen", listen]).args(more);
        let program = tokio::task::spawn_blocking({
            let log = log.clone();
            move || Program::launch(&mut command, &log).unwrap()
        });
        drop(program.await.unwrap());
        let said = std::fs::read_to_string(log).unwrap();
        assert_eq!(said.contains("without https"), warns, "{listen} {more:?}: {said}");
    }
}

async fn release_tasks_are_brought_in(db: Db) {
    let here = Installation::on(Some(db.url.clone()));
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let file = |name: &str| demo.join(name).display().to_string();
    let files = ["import", &file("go-live-trigger.yaml"), &file("two-approvers.yaml")];
    here.run(&files, "").fails("there is no team \"Storefront\"");
    let tx = db.store.begin_write().await.unwrap();
    let team = tx.insert_team("Storefront", Clock::system().now()).await.unwrap();
    assert!(tx.permit_scripts(team, true).await.unwrap());
    tx.insert_region("eu-west", Clock::system().now()).await.unwrap();
    tx.commit().await.unwrap();
    here.run(&files, "").succeeds("created go-live-trigger\ncreated two-approvers\n");
    here.run(&files, "").succeeds("unchanged go-live-trigger\nunchanged two-approvers\n");
    a14_exported_and_imported_again_is_the_same(&here);

    let wrong = here.folder.path().join("wrong.yaml");
    std::fs::write(&wrong, "name: 9\nphases: []\nteem: x\n").unwrap();
    let answer = here.run(&["import", wrong.to_str().unwrap(), &file("two-approvers.yaml")], "");
    answer.fails("nothing was brought in");
    for line in ["wrong.yaml:1: name: ", "wrong.yaml:2: phases: ", "wrong.yaml:3: "] {
        assert!(answer.err.contains(line), "{line:?} is not said by: {}", answer.err);
    }
    // The letter at the limit is cut in two: the size is told all the same.
    std::fs::write(&wrong, format!("x{}", "é".repeat(MAX_FILE_LEN / 2))).unwrap();
    here.run(&["import", wrong.to_str().unwrap()], "").fails("wrong.yaml cannot be read: it is larger than 1 MiB");
}

/// What is written out is what was brought in; what an import would do is said before anything is done.
fn a14_exported_and_imported_again_is_the_same(here: &Installation) {
    let exported = here.run(&["export"], "");
    exported.succeeds("name: go-live-trigger");
    let file = here.folder.path().join("exported.yaml");
    std::fs::write(&file, &exported.out).unwrap();
    let path = file.to_str().unwrap();
    here.run(&["import", path], "").succeeds("unchanged go-live-trigger\nunchanged two-approvers\n");
    assert_eq!(here.run(&["export"], "").out, exported.out);
    let one = here.run(&["export", "two-approvers", "--team", "Storefront", "--region", "eu-west"], "");
    one.succeeds("name: two-approvers");
    assert!(!one.out.contains("go-live-trigger"));
    here.run(&["export", "nothing"], "").fails("there is no release task nothing here");

    let (changed, more) = (one.out.replace("required: 2", "required: 1"), one.out.replace("two-approvers", "one-more"));
    assert_ne!(changed, one.out);
    std::fs::write(&file, format!("{changed}---\n{more}")).unwrap();
    let said = here.run(&["import", "--dry-run", path], "");
    for line in ["would update two-approvers to version 2\n", "required: 2 → 1", "would create one-more\n"] {
        said.succeeds(line);
    }
    assert_eq!(here.run(&["export"], "").out, exported.out, "nothing was changed");

    // As somebody wrote it, with comments; exported with where it belongs.
    let by_hand = "# Ours\nname: by-hand # so it is\nphases:\n  - name: one\n    tasks:\n      - name: rest # a while\n        type: wait\n        for: 5m\n";
    std::fs::write(&file, format!("{changed}---\n{by_hand}")).unwrap();
    here.run(&["import", path, "--team", "Storefront", "--region", "eu-west"], "").succeeds("created by-hand");
    let one = here.run(&["export", "by-hand"], "").out;
    assert_eq!(one, by_hand.replace("so it is\n", "so it is\nteam: Storefront\nregion: eu-west\n"));
    let later = one.replace("5m", "10m # longer");
    std::fs::write(&file, &later).unwrap();
    here.run(&["import", path], "").succeeds("updated by-hand to version 2");
    assert_eq!(here.run(&["export", "by-hand"], "").out, later);
}

#[test]
fn every_subcommand_explains_itself() {
    let here = Installation::on(None);
    for words in [&["--help"][..], &["serve", "--help"], &["demo", "--help"], &["user", "add", "--help"]] {
        here.run(words, "").succeeds("Usage: tollgate");
    }
    let help = here.run(&["serve", "--help"], "").out;
    for flag in ["--listen", "--data", "--database-url", "--migrate", "TOLLGATE_LISTEN", "TOLLGATE_DATABASE_URL"] {
        assert!(help.contains(flag), "{flag} is not in: {help}");
    }
}

#[tokio::test]
async fn a_new_server_prints_its_link_and_stops_in_order_though_somebody_watches() {
    let here = Installation::on(None);
    let (mut server, said) = here.starts(&["serve", "--listen", "127.0.0.1:0"], "/setup?token=");
    let mode = std::fs::metadata(here.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "the data folder is private");
    let url = address(&said);
    let watcher = client::builder().build().unwrap();
    let watches = async || watcher.get(format!("{url}/healthz")).send().await.is_ok();
    assert!(watches().await);
    server.is_told_to_stop();
    let told = Instant::now();
    while server.0.try_wait().unwrap().is_none() {
        assert!(told.elapsed() < Duration::from_mins(1), "a watcher holds it up");
        watches().await;
    }
    assert!(server.0.wait().unwrap().success());
}

#[tokio::test]
async fn a_server_does_not_start_over_a_database_that_lags_behind() {
    let here = Installation::on(None);
    here.run(&["migrate"], "").succeeds("applied: m20261122_000001_people");
    let url = format!("sqlite://{}", here.data().join("tollgate.db").display());
    let db = Database::connect(one_to(url)).await.unwrap();
    db.execute_unprepared("DELETE FROM seaql_migrations WHERE version = (SELECT max(version) FROM seaql_migrations)")
        .await
        .unwrap();
    db.close().await.unwrap();
    here.run(&["serve", "--listen", "127.0.0.1:0"], "").fails("start with --migrate");
    here.run(&["check"], "").fails("1 migration is missing");
}

#[test]
fn the_demo_tells_its_accounts_at_every_start() {
    let here = Installation::on(None);
    let start = || {
        let (mut demo, said) = here.starts(&["demo", "--listen", "127.0.0.1:0"], "(administrator)");
        demo.is_told_to_stop();
        assert!(demo.0.wait().unwrap().success());
        said.into_iter().filter(|line| line.starts_with("account: ")).collect::<Vec<_>>()
    };
    let first = start();
    let names: Vec<_> = first.iter().map(|line| line.split("  password: ").next().unwrap()).collect();
    assert_eq!(
        names,
        [
            "account: operator",
            "account: approver",
            "account: approver2",
            "account: viewer",
            "account: manager",
            "account: admin"
        ]
    );
    assert!(first[0].ends_with("  (operator)"), "{}", first[0]);
    assert_eq!(start(), first);
}

#[test]
fn s10_a_folder_that_is_not_ours_keeps_its_mode_and_is_refused_when_others_may_write_into_it() {
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    for writable in [0o1777, 0o770] {
        let here = Installation::on(None);
        std::fs::create_dir(here.data()).unwrap();
        set(&here.data(), writable);
        here.run(&["migrate"], "").fails("other accounts may write into it");
        here.run(&["serve", "--listen", "127.0.0.1:0"], "").fails("other accounts may write into it");
        assert_eq!(mode(&here.data()), writable);
        assert!(std::fs::read_dir(here.data()).unwrap().next().is_none(), "nothing was made in it");
    }
    let here = Installation::on(None);
    here.run(&["team", "list"], "").fails("there is no Tollgate in");
    assert!(!here.data().exists(), "a command that fails makes nothing");
    std::fs::create_dir(here.data()).unwrap();
    set(&here.data(), 0o755);
    let tool = here.data().join("tool");
    std::fs::write(&tool, "").unwrap();
    set(&tool, 0o755);
    here.run(&["migrate"], "").succeeds("up to date");
    assert_eq!(mode(&tool), 0o755, "what is not ours stays as it is");
    here.run(&["migrate", "--data", tool.to_str().unwrap()], "").fails("it is no folder");
    assert_eq!(mode(&tool), 0o755);
    set(&here.data().join("tollgate.db"), 0o644);
    here.run(&["check"], "").fails("others may read");
    here.run(&["team", "list"], "").succeeds("");
    assert_eq!((mode(&here.data()), mode(&here.data().join("tollgate.db"))), (0o755, 0o600));
}

#[tokio::test]
async fn two_servers_do_not_share_a_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Program::start(crate::PROGRAM, &data, None, ANYWHERE);
    let second = program::command(crate::PROGRAM, &data, None).args(["serve", "--listen", ANYWHERE]).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert!(said.contains(&format!("another Tollgate serves this data folder: {}", data.display())), "{said}");
    let browser = Browser::new(first.url.strip_prefix("http://").unwrap().parse().unwrap());
    assert_eq!(browser.signs_in("viewer", &first.passwords["viewer"]).await.status, 303, "the first goes on");
}

#[test]
fn s9_a_database_that_a_subcommand_makes_is_for_our_own_eyes_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("t.db");
    let program = env!("CARGO_BIN_EXE_tollgate");
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", "umask 022; exec \"$0\" migrate", program])
        .env_clear()
        .env("TOLLGATE_DATA", folder.path().join("data"));
    shell.env("TOLLGATE_DATABASE_URL", format!("sqlite://{}", database.display()));
    assert!(shell.output().unwrap().status.success());
    assert_eq!(std::fs::metadata(&database).unwrap().permissions().mode() & 0o777, 0o600);
}
