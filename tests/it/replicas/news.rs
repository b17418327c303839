//! Notifications: a change through one replica is seen on another at once, whatever becomes of the connection.

use std::time::Instant;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::blanking::UnwantedValue;
use tollgate::domain::definition::Definition;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;

use super::pipe::Pipe;
use crate::by_hand::one_to;
use crate::db::{self, Db, Kind};
use crate::until::until;
use crate::web::app::TestApp;
use crate::web::releases::scene::{GATED, Scene};

on_postgres!(
    a_watcher_sees_what_was_done_on_another_replica,
    a_lost_connection_loses_no_news,
    a_connection_that_fell_silent_is_noticed,
    the_command_line_is_heard,
    a19_a_value_that_was_blanked_is_forgotten_on_another_replica,
);

#[test]
fn nobody_listens_on_sqlite() {
    db::run(Kind::Sqlite, async |db: Db| assert!(db.store.listen().await.unwrap().is_none()));
}

/// Saves a new version, which says its number.
async fn says(app: &TestApp, owner: ReleaseOwner, number: u32) -> u32 {
    let yaml = GATED.replace("pages go live", &format!("pages go live with {number}"));
    let document = format::parse(&yaml).unwrap().remove(0);
    let draft =
        ReleaseContent { name: document.name, description: document.description, definition: document.definition };
    match app.app.import(&Caller::CommandLine, owner, &draft).await.unwrap() {
        Imported::Updated(_, version) | Imported::Replaced(_, version) | Imported::Described(_, version) => version,
        other => panic!("{other:?}"),
    }
}

/// Somebody who looks at a release task as pages do: they read again only when its mark moves.
struct Watcher<'a> {
    at: &'a TestApp,
    release: ReleaseId,
    mark: u64,
    version: u32,
}

impl<'a> Watcher<'a> {
    async fn of(at: &'a TestApp, release: ReleaseId) -> Self {
        let mut watcher = Self { at, release, mark: 0, version: 0 };
        watcher.look().await;
        watcher
    }

    async fn look(&mut self) {
        self.mark = self.at.app.live.mark(self.release);
        self.version = self.at.app.store.release(self.release).await.unwrap().unwrap().version;
    }

    async fn sees(&mut self, version: u32) {
        let asked = Instant::now();
        while self.version != version {
            let mark = self.mark;
            until(&format!("version {version}"), async || self.at.app.live.mark(self.release) != mark).await;
            self.look().await;
        }
        println!("version {version} after {:?}", asked.elapsed());
    }
}

async fn a_watcher_sees_what_was_done_on_another_replica(db: Db) {
    let here = Scene::with(&db, GATED).await;
    let there = TestApp::start_empty(&db).await;
    let mut watcher = Watcher::of(&there, here.id).await;
    for number in 2..6 {
        let lists = (there.app.live.lists_mark(), there.app.live.catalogue_mark());
        says(&here.app, ReleaseOwner { team: here.app.team, region: here.app.region }, number).await;
        watcher.sees(number).await;
        until("the lists", async || there.app.live.lists_mark() > lists.0).await;
        until("the catalogue", async || there.app.live.catalogue_mark() > lists.1).await;
    }
    // The same in a browser, whose page asks the other replica from now on.
    let (operator, reader) = (here.browser("operator").await, there.signed_in_as("viewer").await);
    assert_eq!(here.executes(&operator).await.status, 303);
    here.is(ReleaseStatus::ToBeApproved).await;
    until("it waits on the page", async || reader.get(&here.urls.show()).await.text.contains("To be approved")).await;
    let approver = here.browser("approver").await;
    let decided = approver.post(&here.gate(), &[("verdict", "agree"), ("comment", "from here")]).await;
    assert_eq!(decided.status, 303, "{}", decided.text);
    let page = here.urls.show();
    until("it waits for one more", async || reader.get(&page).await.text.contains("from here")).await;
    there.stops().await;
    here.app.stops().await;
}

/// Ends the connections that listen for news.
async fn cut(database: &DatabaseConnection) -> u64 {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'tollgate news'";
    database.execute_unprepared(sql).await.unwrap().rows_affected()
}

async fn a_lost_connection_loses_no_news(db: Db) {
    let here = Scene::with(&db, GATED).await;
    let there = TestApp::start_empty(&db).await;
    let database = Database::connect(one_to(&db.url)).await.unwrap();
    let mut watcher = Watcher::of(&there, here.id).await;
    let mut ended = 0;
    for number in 2..8 {
        let (cut, version) = tokio::join!(
            cut(&database),
            says(&here.app, ReleaseOwner { team: here.app.team, region: here.app.region }, number)
        );
        ended += cut;
        assert_eq!(version, number);
        watcher.sees(number).await;
    }
    assert!(ended > 0, "nobody listened");
    // Both listen again.
    until("they listen again", async || cut(&database).await == 2).await;
    database.close().await.unwrap();
    there.stops().await;
    here.app.stops().await;
}

async fn a_connection_that_fell_silent_is_noticed(db: Db) {
    let here = Scene::with(&db, GATED).await;
    let pipe = Pipe::to(&db.url).await;
    let there = TestApp::start_empty(&Db { url: pipe.url.clone(), ..db.clone() }).await;
    let mut watcher = Watcher::of(&there, here.id).await;
    for number in 2..5 {
        says(&here.app, ReleaseOwner { team: here.app.team, region: here.app.region }, number).await;
        watcher.sees(number).await;
    }
    pipe.is_silent(true);
    says(&here.app, ReleaseOwner { team: here.app.team, region: here.app.region }, 5).await;
    watcher.sees(5).await;
    pipe.is_silent(false);
    for number in 6..9 {
        says(&here.app, ReleaseOwner { team: here.app.team, region: here.app.region }, number).await;
        watcher.sees(number).await;
    }
    there.stops().await;
    here.app.stops().await;
}

async fn the_command_line_is_heard(db: Db) {
    let here = Scene::with(&db, GATED).await;
    let folder = tempfile::tempdir().unwrap();
    let mut watcher = Watcher::of(&here.app, here.id).await;
    for number in 2..5 {
        let file = folder.path().join("shop.yaml");
        std::fs::write(&file, GATED.replace("pages go live", &format!("pages go live with {number}"))).unwrap();
        let mut import = crate::program::command(crate::PROGRAM, folder.path(), Some(&db.url));
        let import =
            import.args(["import", "--team", "storefront", "--region", "eu-west"]).arg(&file).output().unwrap();
        assert!(import.status.success(), "{import:?}");
        watcher.sees(number).await;
    }
    here.app.stops().await;
}

async fn a19_a_value_that_was_blanked_is_forgotten_on_another_replica(db: Db) {
    let here = Scene::with(&db, GATED).await;
    let there = TestApp::start_empty(&db).await;
    let definition = async || there.app.store.definition(here.id, 1).await.unwrap();
    let has_it = |definition: &Definition| serde_json::to_string(definition).unwrap().contains("pages go live");
    assert!(has_it(&*definition().await));
    let value = UnwantedValue::typed("pages go live").unwrap();
    let done = here.app.app.blank_value(&Caller::CommandLine, &value, false).await.unwrap();
    assert_eq!(done.counts.versions, 1);
    until("the other replica reads it anew", async || !has_it(&*definition().await)).await;
    there.stops().await;
    here.app.stops().await;
}
