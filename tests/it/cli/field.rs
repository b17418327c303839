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
