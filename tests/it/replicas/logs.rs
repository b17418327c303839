//! The log of a script is shown by every replica, wherever it runs: while it runs and afterwards, the same to the letter.

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::by_hand::one_to;
use crate::db::Db;
use crate::until::until;
use crate::web::app::TestApp;
use crate::web::browser::Browser;
use crate::web::releases::logs::{fetched, script};
use crate::web::releases::scene::Scene;

on_postgres!(
    every_replica_shows_a_log_while_it_grows,
    every_replica_shows_any_part_of_a_long_log,
    f6_every_replica_shows_both_ends_of_a_log_that_is_too_long,
    a_log_that_cannot_be_shared_fails_no_task,
);

/// Two replicas, a reader on each, and a script that one of them runs: for the other its log is elsewhere.
struct Two {
    scene: Scene,
    other: TestApp,
    readers: [Browser; 2],
}

impl Two {
    async fn running(db: &Db, text: &str) -> Self {
        let scene = Scene::with(db, &script(text)).await;
        let other = TestApp::start_empty(db).await;
        let readers = [scene.browser("viewer").await, other.signed_in_as("viewer").await];
        assert_eq!(scene.executes(&scene.browser("operator").await).await.status, 303);
        Self { scene, other, readers }
    }

    async fn stop(self) {
        self.other.stops().await;
        self.scene.app.stops().await;
    }
}

/// The lines of the log on a page.
fn lines(page: &str) -> &str {
    page.split("id=\"lines\"")
        .nth(1)
        .unwrap()
        .split("</section>")
        .next()
        .unwrap()
        .split("id=\"log-more\"")
        .next()
        .unwrap()
}

async fn every_replica_shows_a_log_while_it_grows(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let waits = format!(
        "printf '\\033[1;32mgreen\\033[0m\\n10%%\\r60%%'\nwhile [ ! -e {} ]; do sleep 0.02; done\nprintf '\\r100%%\\nend\\n'",
        go.display()
    );
    let two = Two::running(&db, &waits).await;
    two.scene.task_is("build", TaskStatus::Running).await;
    let (page, process) = (two.scene.urls.task(1, "build"), two.scene.urls.show());
    for reader in &two.readers {
        until("the line and what is not ended yet", async || {
            let text = reader.get(&page).await.text;
            text.contains("<span class=\"fg2 bold\">green</span>") && text.contains(">60%<")
        })
        .await;
        until("the last line on the card", async || reader.get(&process).await.text.contains("60%")).await;
    }
    // Both go on asking for more, and are told that there is none.
    let mut more = Vec::new();
    for reader in &two.readers {
        let mut url = fetched(&reader.get(&page).await.text, "log-more").unwrap();
        until("nothing new", async || {
            let answer = reader.get(&url).await;
            if answer.status == 200 {
                assert!(!answer.text.contains("class=\"l\""), "{}", answer.text);
                url = fetched(&answer.text, "log-more").unwrap();
            }
            answer.status == 204
        })
        .await;
        more.push(url);
    }
    std::fs::write(&go, "").unwrap();
    two.scene.is(ReleaseStatus::Successful).await;
    for (reader, more) in two.readers.iter().zip(more) {
        // Whoever reads it elsewhere may have to wait until the news is there.
        until("the rest", async || reader.get(&more).await.status == 200).await;
        let rest = reader.get(&more).await;
        rest.says("<span class=\"t\">100%</span>").says("id=\"L3\"").says("The log ends here.");
        assert!(!rest.text.contains("green"), "only what is new: {}", rest.text);
    }
    let [here, there] = &two.readers;
    assert_eq!(lines(&here.get(&page).await.text), lines(&there.get(&page).await.text));
    two.stop().await;
}

async fn every_replica_shows_any_part_of_a_long_log(db: Db) {
    let two =
        Two::running(&db, "i=0; while [ $i -lt 12000 ]; do i=$((i+1)); echo \"line $i of a long log\"; done").await;
    two.scene.is(ReleaseStatus::Successful).await;
    let page = two.scene.urls.task(1, "build");
    let [here, there] = &two.readers;
    let (mut at, mut pages) = (page.clone(), 0);
    loop {
        let (one, two) = (here.get(&at).await.text, there.get(&at).await.text);
        assert_eq!(lines(&one), lines(&two), "{at}");
        assert!(lines(&one).contains("of a long log"), "{at}");
        pages += 1;
        let earlier = one.split_once("id=\"log-earlier\"").unwrap().1.split("</div>").next().unwrap();
        let Some((_, url)) = earlier.split_once("href=\"") else { break };
        let url = url.split('"').next().unwrap();
        url.replace("&#38;", "&").split('#').next().unwrap().clone_into(&mut at);
    }
    assert_eq!(pages, 12);
    let download = two.scene.urls.log_download(1, "build", 1);
    let (one, two_) = (here.get(&download).await.text, there.get(&download).await.text);
    assert_eq!(one.lines().count(), 12_000);
    assert!(one == two_, "the downloads differ");
    two.stop().await;
}

async fn f6_every_replica_shows_both_ends_of_a_log_that_is_too_long(db: Db) {
    let text = "yes 'noise noise noise noise noise noise' | head -n 200000; echo 'FATAL: the reason' >&2; exit 1";
    let two = Two::running(&db, text).await;
    two.scene.is(ReleaseStatus::ReleaseFailed).await;
    let page = two.scene.urls.task(1, "build");
    let [here, there] = &two.readers;
    let both = async |query: &str| {
        let url = format!("{page}?attempt=1{query}");
        let (one, two) = (here.get(&url).await, there.get(&url).await);
        assert_eq!(lines(&one.text), lines(&two.text), "{url}");
        two
    };
    both("").await.says("FATAL: the reason").says("id=\"L200001\"");
    both("&line=1").await.says("class=\"l hit\" id=\"L1\"");
    let dropped = both("&line=100000").await;
    dropped.says("Line 100000 is not kept").says("lines are missing here").says("class=\"l hit\" id=\"L100000\"");
    both("&find=fatal").await.says("1 line has it.").says("lines are not kept and could not be searched.");
    let download = two.scene.urls.log_download(1, "build", 1);
    let (one, other) = (here.get(&download).await.text, there.get(&download).await.text);
    assert!(one == other && one.contains("lines are missing here"), "the downloads differ");
    let database = Database::connect(one_to(&db.url)).await.unwrap();
    let asked = "SELECT CAST(COALESCE(SUM(ends_at - begins_at), 0) AS BIGINT) AS kept FROM log_chunks";
    let row = database.query_one_raw(Statement::from_string(DbBackend::Postgres, asked)).await.unwrap().unwrap();
    let kept: i64 = row.try_get("", "kept").unwrap();
    assert!((8 * 1024 * 1024..9_600_000).contains(&kept), "{kept} bytes");
    database.close().await.unwrap();
    two.stop().await;
}

async fn a_log_that_cannot_be_shared_fails_no_task(db: Db) {
    let database = Database::connect(one_to(&db.url)).await.unwrap();
    database.execute_unprepared("ALTER TABLE log_chunks RENAME TO away").await.unwrap();
    let two = Two::running(&db, "echo here").await;
    two.scene.is(ReleaseStatus::Successful).await;
    database.execute_unprepared("ALTER TABLE away RENAME TO log_chunks").await.unwrap();
    database.close().await.unwrap();
    // One of them has it.
    let mut shown = 0;
    for reader in &two.readers {
        shown +=
            usize::from(reader.get(&two.scene.urls.task(1, "build")).await.text.contains("<span class=\"t\">here"));
    }
    assert!(shown > 0);
    two.stop().await;
}
