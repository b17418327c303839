//! PostgreSQL is stopped as by a crash and started again, and connections are ended, while the real program runs real
//! scripts: nothing fails because of it, nothing is started twice, and everything goes on by itself.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::RngExt;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::Store;

use crate::by_hand;
use crate::db::Db;
use crate::flow;
use crate::installation::{Installation, People};
use crate::person::{Look, Release};
use crate::postgres::{Cluster, server_command, succeeds};
use crate::sound::is_sound;
use crate::until::until;

/// One script that takes some seconds and says what it does, and one behind it.
const LONG: &str = r#"
name: long
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: count
        workingFolder: counted
        retry: { attempts: 3, delay: 0s }
        script: |
          echo "start $TOLLGATE_ATTEMPT" >> starts
          n=0
          while [ "$n" -lt 60 ]; do
            n=$((n + 1))
            echo "line $n" >> lines
            echo "line $n"
            sleep 0.03
          done
      - name: after
        workingFolder: counted
        retry: { attempts: 3, delay: 0s }
        script: echo after >> starts
"#;

/// A number that whoever runs the tests may ask for.
fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// Runs a test with a cluster of its own, which it may stop.
fn on_a_cluster(test: impl AsyncFnOnce(&Cluster, &Installation)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::start(&["fsync=off", "shared_buffers=16MB"]);
        let url = format!("postgres://localhost/postgres?host={}&user=postgres", cluster.folder().display());
        let store = Store::connect(&url).await.unwrap();
        store.migrate().await.unwrap();
        let here = Installation::new(Db { store: store.clone(), url });
        test(&cluster, &here).await;
        is_sound(&store).await;
        store.close().await.unwrap();
    });
}

/// At once, as a crash does: no connection is told.
fn stops(folder: &Path) {
    let mut control = server_command("pg_ctl");
    control.arg("-D").arg(folder.join("data")).args(["stop", "--mode=immediate", "--silent", "--wait"]);
    succeeds(control.current_dir("/").stdout(Stdio::null()));
}

fn starts_again(folder: &Path) {
    let options = format!("-c listen_addresses= -k {} -c fsync=off -c shared_buffers=16MB", folder.display());
    let mut control = server_command("pg_ctl");
    control.arg("-D").arg(folder.join("data")).arg("--log").arg(folder.join("log")).arg("-o").arg(options);
    succeeds(control.args(["start", "--silent", "--wait"]).current_dir("/").stdout(Stdio::null()));
}

async fn ends_all_connections(db: &Db) {
    const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    by_hand::does(&db.url, END).await.unwrap();
}

#[test]
fn scripts_run_on_while_the_database_is_away_and_their_ends_are_not_lost() {
    on_a_cluster(async |cluster, here| {
        let program = here.starts();
        let release = here.imports(LONG).await;
        let people = People::sign_in(&program).await;
        let page = format!("/regions/eu-west/release-tasks/{release}");
        let form = [("task", "count"), ("task", "after"), ("execution", "0")];
        assert_eq!(people.operator.post(&format!("{page}/execute"), &form).await.status, 303);
        until("it counts", async || here.wrote("counted", "lines").len() > 9).await;

        stops(cluster.folder());
        let gone = Instant::now();
        let away = people.operator.get(&page).await;
        assert_eq!((away.status, away.header("retry-after")), (503, "5"), "{}", away.text);
        let refused = people.operator.post(&format!("{page}/terminate"), &[("execution", "1")]).await;
        assert_eq!(refused.status, 503, "{}", refused.text);
        refused.says("nothing was done");
        assert_eq!(people.operator.get("/healthz").await.status, 200);
        until("it counts on without a database", async || here.wrote("counted", "lines").len() == 60).await;
        let seconds = Duration::from_secs(asked("TOLLGATE_AWAY_SECONDS", 6));
        while gone.elapsed() < seconds {
            assert_eq!(people.operator.get(&page).await.status, 503);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(here.wrote("counted", "starts"), ["start 1"], "nothing is started that is not written down");
        starts_again(cluster.folder());
        println!("PostgreSQL was away for {:.1?}", gone.elapsed());
        let back = Instant::now();

        let read = async || here.reads(async |store| store.execution_numbered(release, 1).await).await.unwrap();
        until("it ends", async || read().await.ended_at.is_some()).await;
        println!("the release was over {:.1?} after it was back", back.elapsed());
        let last = read().await;
        assert_eq!(last.status(), ReleaseStatus::Successful, "{:?}", last.tasks);
        assert_eq!(here.wrote("counted", "starts"), ["start 1", "after"]);
        assert_eq!(here.db.store.attempts_of(last.id).await.unwrap().len(), 2);
        let lines: Vec<u64> = here.log(last.id, "count", 1).iter().map(|line| line.number).collect();
        assert_eq!(lines, (1..=60).collect::<Vec<u64>>());
        assert_eq!(people.operator.get(&page).await.status, 200, "nobody was signed out");
    });
}

#[test]
fn a_database_that_comes_and_goes_changes_nothing() {
    on_a_cluster(async |cluster, here| {
        let program = here.starts();
        let release = here.imports(&flow::definition("flow")).await;
        let people = People::sign_in(&program).await;
        let expected = here.undisturbed("flow", release, &people).await;

        let (folder, db, times) = (cluster.folder().to_owned(), here.db.clone(), asked("TOLLGATE_AWAY_TIMES", 6));
        let disturbs = tokio::spawn(async move {
            for time in 0..times {
                let (began, moment) = (Instant::now(), Duration::from_millis(rand::rng().random_range(100..1500)));
                while began.elapsed() < moment {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                if time % 2 == 0 {
                    ends_all_connections(&db).await;
                } else {
                    let folder = folder.clone();
                    let absence = tokio::task::spawn_blocking(move || {
                        stops(&folder);
                        starts_again(&folder);
                    });
                    absence.await.unwrap();
                }
                println!("{time}: after {moment:.1?}");
            }
        });
        let mut number = 1;
        while !disturbs.is_finished() {
            number += 1;
            let mut disturbed = Release::new(release, number);
            loop {
                match disturbed.look(here, &people).await {
                    Look::Over => break,
                    Look::Acted => {}
                    Look::Away | Look::Waits => tokio::time::sleep(Duration::from_millis(5)).await,
                }
                disturbed.is_not_late(here).await;
            }
            let execution = here.reads(async |store| store.execution_numbered(release, number).await).await.unwrap();
            here.is_as_if_nothing_had_happened("flow", &execution, &expected).await;
        }
        disturbs.await.unwrap();
        println!("{times} disturbances in {} executions", number - 1);
        assert!(number > 1);
    });
}
