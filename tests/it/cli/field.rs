//! Commands do what they were told, or say no, and say what they did.

use tollgate::clock::Clock;
use tollgate::messages::{self, Locale};
use tollgate::store::{Cursor, Happened};

use super::Installation;
use crate::db::Db;

/// A release task that runs nothing on the server.
const SOAK: &str = "phases: [{name: Soak, tasks: [{name: soak, type: wait, for: 1s}]}]\n";

impl Installation {
    /// A file of that text, and its path.
    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

async fn with_places(db: &Db) -> Installation {
    let tx = db.store.begin_write().await.unwrap();
    for team in ["shop", "web"] {
        tx.insert_team(team, Clock::system().now()).await.unwrap();
    }
    for region in ["eu-west", "us-east"] {
        tx.insert_region(region, Clock::system().now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    Installation::on(Some(db.url.clone()))
}

pub(super) async fn f22_a_release_task_in_another_region_or_team_than_was_said_is_a_refusal(db: Db) {
    let here = with_places(&db).await;
    let plain = here.file("plain.yaml", format!("name: landing-page\n{SOAK}"));
    let there = here.file("there.yaml", format!("name: landing-page\nregion: us-east\n{SOAK}"));
    let owned = here.file("owned.yaml", format!("name: landing-page\nteam: web\nregion: eu-west\n{SOAK}"));
    let eu = ["--team", "shop", "--region", "eu-west"];
    let with = |files: &[&str], options: &[&str]| here.run(&[&["import"], files, options].concat(), "");
    with(&[&plain], &eu).succeeds("created landing-page\n");

    let in_eu = "The team has landing-page in eu-west already";
    with(&[&plain], &["--team", "shop", "--region", "us-east"]).fails(in_eu);
    with(&[&there], &["--team", "shop"]).fails(in_eu);
    with(&[&there], &["--team", "shop", "--dry-run"]).fails(in_eu);
    with(&[&there], &eu).fails("landing-page: its file says region us-east, and the command was told eu-west");
    with(&[&owned], &eu).fails("landing-page: its file says team web, and the command was told shop");
    let both = with(&[&there, &owned], &eu);
    both.fails("2 problems; nothing was brought in");
    both.fails("says region us-east");
    both.fails("says team web");
    with(&[&plain, &plain], &eu).fails("landing-page: it is there twice");
    with(&[&plain], &["--team", "shop"]).fails("its file names no region: say which with --region");

    // Nothing was changed by all that, and another team may have the name in any region.
    with(&[&plain], &eu).succeeds("unchanged landing-page\n");
    with(&[&owned], &[]).succeeds("created landing-page\n");
    with(&[&owned], &["--team", "web", "--region", "eu-west"]).succeeds("unchanged landing-page\n");
    assert_eq!(here.run(&["export"], "").out.matches("name: landing-page").count(), 2);

    here.run(&["export", "--team", "shp"], "").fails("there is no team \"shp\"");
    here.run(&["export", "--region", "eu-wst"], "").fails("there is no region \"eu-wst\"");
    here.run(&["export", "landing-page", "--region", "us-east"], "")
        .fails("there is no release task landing-page in us-east; nothing was written");
    here.run(&["export", "one", "landing-page", "two", "--team", "shop"], "").fails(
        "there is no release task one of the team shop here; there is no release task two of the team shop here",
    );
    assert_eq!(here.run(&["export", "--region", "us-east"], "").out, "");
}

pub(super) async fn f26_an_import_says_what_changed_and_so_does_activity(db: Db) {
    let here = with_places(&db).await;
    let file = |text: &str| here.file("soak.yaml", format!("name: landing-page\n{text}{SOAK}"));
    let options = ["--team", "shop", "--region", "eu-west"];
    let run = |path: &str, more: &[&str]| here.run(&[&["import", path], &options[..], more].concat(), "");
    run(&file(""), &[]).succeeds("created landing-page\n");
    let path = file("description: A page\n");
    run(&path, &["--dry-run"]).succeeds("would change the description of landing-page\n");
    run(&path, &[]).succeeds("changed the description of landing-page\n");
    run(&path, &[]).succeeds("unchanged landing-page\n");
    run(&file("bestEffort: true\n"), &[]).succeeds("updated landing-page to version 2 and changed its description\n");

    let team = db.store.teams().await.unwrap().into_iter().find(|team| team.name == "shop").unwrap();
    let release = db.store.begin_write().await.unwrap().release_named(team.id, "landing-page").await.unwrap().unwrap();
    let told = |row: tollgate::store::Activity| match row.happened {
        Happened::Release(event) => messages::release_event(&event, Locale::default()),
        other => panic!("{other:?}"),
    };
    let rows = db.store.activity_of(release, Cursor::Newest, 10).await.unwrap().rows;
    let said: Vec<_> = rows.into_iter().map(told).collect();
    assert_eq!(
        said,
        [
            "saved version 2 and changed the description",
            "changed the description",
            "created the release task landing-page"
        ]
    );
}

pub(super) async fn f4_f17_f19_an_import_tells_what_is_wrong_with_a_file_before_anything_is_done(db: Db) {
    let here = with_places(&db).await;
    let owner = "team: shop\nregion: eu-west\n";
    let with = |script: &str| {
        format!(
            "name: landing-page\n{owner}phases:\n  - name: Build\n    tasks:\n      - name: build\n        script: {script}\n"
        )
    };
    let imports = |name: &str, text: &[u8]| here.run(&["import", &here.file(name, text)], "");
    let said = imports("tag.yaml", with("!include deploy.sh").as_bytes());
    said.fails("tag.yaml:8: The tag !include is not known here");
    said.fails("nothing was brought in");
    let latin: Vec<u8> = with("echo Gr\u{fc}\u{df}e").chars().map(|letter| u8::try_from(letter).unwrap()).collect();
    imports("latin.yaml", &latin)
        .fails("latin.yaml:8: Line 8 is not UTF-8; the file looks like Latin-1: save it as UTF-8.");
    let near = imports("near.yaml", with("echo \"${ tasks.build.outputs.n }\"").as_bytes());
    near.fails("near.yaml:8: phases[0].groups[0].tasks[0].script: The reference ${ tasks.build.outputs.n } in build");
    near.fails("did you mean ${tasks.build.outputs.n}?");
    assert_eq!(here.run(&["export"], "").out, "");

    let soak = format!("name: landing-page\n{owner}{SOAK}");
    let utf16: Vec<u8> = format!("\u{feff}{soak}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    imports("utf16.yaml", &utf16).succeeds("created landing-page\n");
    imports("marked.yaml", format!("\u{feff}{soak}").as_bytes()).succeeds("unchanged landing-page\n");
    let checked = soak.replace("for: 1s}", "for: 1s}, {name: go, type: manual-trigger, check: \"{{ release.name }}\"}");
    let said = imports("template.yaml", checked.as_bytes());
    said.succeeds("updated landing-page to version 2\n");
    let warned = "warning: landing-page: go: {{ release.name }} is no reference, and stays as it is; did you mean ${release.name}?";
    assert!(said.err.contains(warned), "{}", said.err);
}

#[test]
fn f29_only_a_server_the_demo_and_a_migration_make_a_folder() {
    let here = Installation::on(None);
    let soak = here.file("soak.yaml", format!("name: landing-page\n{SOAK}"));
    let missing = here.folder.path().join("none.tgz").display().to_string();
    for words in [
        &["import", &soak][..],
        &["export"],
        &["user", "list"],
        &["user", "add", "ann"],
        &["team", "list"],
        &["region", "add", "eu-west"],
        &["release-task", "deleted"],
        &["workspace", "list"],
        &["check"],
        &["prune"],
        &["prune", "--dry-run"],
        &["backup", "b.tgz"],
    ] {
        here.run(words, "correct horse\n").fails(&format!("there is no Tollgate in {}", here.data().display()));
        assert!(!here.data().exists(), "{words:?} made the folder");
    }
    here.run(&["restore", &missing], "").fails("none.tgz cannot be restored");
    assert!(!here.data().exists(), "what cannot be restored makes no folder");
    std::fs::create_dir(here.data()).unwrap();
    here.run(&["team", "list"], "").fails("Say --data, or make it with `tollgate serve` or `tollgate migrate`");
    assert_eq!(std::fs::read_dir(here.data()).unwrap().count(), 0);
    here.run(&["migrate"], "").succeeds("up to date");
    here.run(&["team", "list"], "").succeeds("");
}

#[test]
fn f29_a_folder_of_another_account_names_its_owner() {
    use std::os::unix::process::CommandExt as _;

    let here = Installation::on(None);
    here.run(&["migrate"], "").succeeds("up to date");
    let me = rustix::process::geteuid();
    if !me.is_root() {
        // Only root can be somebody else.
        return;
    }
    std::fs::set_permissions(here.folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let by_another = |words: &[&str]| {
        let mut command = here.command(words);
        command.uid(65_534).gid(65_534);
        crate::answer::Answer::of(command.output().unwrap())
    };
    for words in
        [&["team", "list"][..], &["serve", "--listen", "127.0.0.1:0"], &["migrate"], &["backup", "/tmp/none.tgz"]]
    {
        by_another(words).fails("it belongs to root, and this is nobody: run it as root");
    }
}

#[test]
fn f34_settings_that_cannot_work_say_what_they_should_be() {
    let here = Installation::on(None);
    let serve = |more: &[&str]| here.run(&[&["serve", "--listen", "127.0.0.1:0"], more].concat(), "");
    serve(&["--public-url", "releases.example"])
        .fails("it must begin with https:// or http://, as in https://releases.example");
    serve(&["--public-url", "https://u:p@x.example/"]).fails("no name and no password");
    serve(&["--public-url", "https://1.2.3"]).fails("its host 1.2.3 would be taken for 1.2.0.3");
    serve(&["--hsts-subdomains"]).fails("--hsts-subdomains needs --public-url https://");
    serve(&["--hsts-subdomains", "--public-url", "http://x.example"]).fails("--hsts-subdomains needs");
    assert!(!here.data().exists(), "nothing was made");
    let away = here.run(&["team", "list", "--database-url", "postgres://u:p@127.0.0.1:1/x"], "");
    away.fails("PostgreSQL at 127.0.0.1:1 cannot be used");
    assert_eq!(away.err.matches("nothing listens there").count(), 1, "{}", away.err);
    here.run(&["team", "list", "--database-url", "sqlite://"], "")
        .fails("sqlite:// names no file: write sqlite://FILE");
    let nowhere = here.folder.path().join("nowhere").display().to_string();
    let gone = here.run(&["migrate", "--database-url", &format!("sqlite://{nowhere}/x.db")], "");
    gone.fails(&format!("the folder {nowhere} is not there: make it"));
    assert!(!gone.err.contains("is away"), "{}", gone.err);
    let folder = here.folder.path().display().to_string();
    here.run(&["migrate", "--database-url", &format!("sqlite://{folder}")], "").fails("is a folder: name a file");
    let file = here.file("afile", "x");
    here.run(&["export", "--data", &file], "").fails("afile cannot be used: it is no folder; say another with --data");
    here.run(&["export", "--database-url", &format!("sqlite://{file}/x.db")], "")
        .fails("cannot be read: a part of its path is a file and no folder");
    here.run(&["import", "none.yaml"], "").fails("none.yaml cannot be read: there is no such file or folder");
    let backup = here.run(&["backup", "x", "--database-url", "postgres://u:p@127.0.0.1:1/x"], "");
    backup.fails("use pg_dump; logs are in the database. If scripts keep something in workspace, copy that folder");
}

pub(super) async fn f22_names_that_differ_in_case_only_are_not_made_side_by_side(db: Db) {
    let here = with_places(&db).await;
    let eu = ["--team", "shop", "--region", "eu-west"];
    let file = |name: &str, text: &str| here.file(name, format!("{text}\n{SOAK}"));
    let (one, other) = (file("one.yaml", "name: landing-page"), file("other.yaml", "name: Landing-Page"));
    let with = |files: &[&str], options: &[&str]| here.run(&[&["import"], files, options].concat(), "");
    with(&[&one, &other], &eu).fails("Landing-Page: it is there twice, be it in another case");
    with(&[&one], &eu).succeeds("created landing-page\n");
    with(&[&other], &eu).fails("The team has landing-page already, and names that differ in upper and lower case only");
    // In another team it is another name.
    with(&[&other], &["--team", "web", "--region", "eu-west"]).succeeds("created Landing-Page\n");
    here.run(&["region", "add", "US-East"], "")
        .fails("There is us-east already, which differs in upper and lower case only");
    here.run(&["team", "add", "Shop"], "").fails("There is shop already");
    with(&[&one], &["--team", "SHOP", "--region", "US-EAST"]).fails("there is no team \"SHOP\"; did you mean shop?");
    with(&[&one], &["--team", "shop", "--region", "US-EAST"])
        .fails("there is no region \"US-EAST\"; did you mean us-east?");
    here.run(&["export", "--region", "US-EAST"], "").fails("there is no region \"US-EAST\"; did you mean us-east?");
    here.run(&["export", "--team", "shop", "--region", "us-east"], "")
        .fails("there is no release task of the team shop in us-east; nothing was written");
    here.run(&["export", "landing-pag"], "")
        .fails("there is no release task landing-pag here; did you mean landing-page?");
    here.run(&["region", "retention", "EU-west"], "").fails("there is no region \"EU-west\"; did you mean eu-west?");
    here.run(&["workspace", "give", "x", "shopp"], "").fails("there is no team \"shopp\"; did you mean shop?");
    here.run(&["user", "add", "viewer"], "Correct horse 7 battery").succeeds("");
    here.run(&["user", "grant", "viever", "shop:operator"], "")
        .fails("there is no user \"viever\"; did you mean viewer?");
    here.run(&["user", "grant", "viewer", "shop:oprator"], "").fails("did you mean operator?");
}

pub(super) async fn f22_of_several_release_tasks_none_is_brought_in_where_one_cannot_be(db: Db) {
    let here = with_places(&db).await;
    let eu = ["--team", "shop", "--region", "eu-west"];
    let plain = here.file("plain.yaml", format!("name: landing-page\n{SOAK}"));
    here.run(&[&["import", &plain][..], &["--team", "shop", "--region", "us-east"]].concat(), "").succeeds("created");
    let first = here.file("first.yaml", format!("name: first\n{SOAK}"));
    let both = here.run(&[&["import", &first, &plain][..], &eu].concat(), "");
    both.fails("landing-page: The team has landing-page in us-east already");
    both.fails("nothing was brought in");
    assert!(!here.run(&["export"], "").out.contains("name: first"));
}

#[test]
fn f34_what_keeps_a_command_from_its_files_is_said_once_and_in_words() {
    let here = Installation::on(None);
    let out = here.run(&["check"], "");
    out.fails("1 of what was looked at is not sound");
    assert_eq!(out.out.matches("FAULT").count(), 1, "one cause is told once: {}", out.out);
    here.run(&["migrate"], "").succeeds("up to date");
    let nowhere = here.folder.path().join("nowhere");
    let file = nowhere.join("monday.tgz").display().to_string();
    let refused = here.run(&["backup", &file], "");
    refused.fails(&format!("there is no folder {} to write it into", nowhere.display()));
    assert!(!refused.err.contains("os error"), "{}", refused.err);
    std::fs::write(
        here.data().join("tollgate.db"),
        "no database, but a text that is long enough to be read as one".repeat(40),
    )
    .unwrap();
    for words in [&["export"][..], &["user", "list"], &["check"]] {
        let refused = here.run(words, "");
        assert!(!refused.status.success(), "{words:?}");
        let said = format!("{}{}", refused.out, refused.err);
        assert!(said.contains("the file is no SQLite database"), "{words:?}: {said}");
        assert!(!said.contains("is away"), "{words:?}: {said}");
    }
}
