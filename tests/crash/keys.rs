//! Requests under a key are sent again by a program that heard no answer: whenever the server died, they are done once.

use reqwest::Method;
use tollgate::domain::ids::ReleaseId;
use tollgate::store::Cursor;

use crate::browser::{Browser, Page};
use crate::db::Db;
use crate::installation::{Installation, People};
use crate::program::Program;
use crate::until::until;

on_both!(c13_a_start_is_done_once_whenever_the_server_dies_and_however_often_it_is_sent);

const QUICK: &str = "
name: quick
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: work
        script: 'true'
";

/// More commits than there are until a start is answered.
const MANY: usize = 20;

async fn starts(browser: &Browser, release: ReleaseId, key: &str) -> Option<Page> {
    let path = format!("/v3/eu-west/pipeline/pipelines/{release}/action?action_id=start");
    let headers = [("sec-fetch-site", "same-origin"), ("idempotency-key", key)];
    browser.tries(Method::POST, &path, &headers, "").await.ok().filter(|page| page.status != 503)
}

async fn executed(here: &Installation, release: ReleaseId) -> usize {
    here.reads(async |store| Ok(store.executions_of(release, Cursor::Newest, 100).await?.rows.len())).await
}

async fn c13_a_start_is_done_once_whenever_the_server_dies_and_however_often_it_is_sent(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let people = People::sign_in(&program).await;
    let release = here.imports(QUICK).await;
    drop(program);
    let (mut rounds, mut replayed) = (0, 0);
    for point in ["store.commit.before", "store.commit.after"] {
        for nth in 1.. {
            assert!(nth < MANY, "{point} is passed before the answer again and again");
            let Ok(mut mortal) = here.starts_with(&[("TOLLGATE_FAIL_AT", &format!("{point}:{nth}"))]) else { continue };
            rounds += 1;
            let key = format!("{point}-{nth}");
            let first = starts(&people.at(&mortal).operator, release, &key).await;
            let is_answered = first.is_some();
            mortal.child.kill().unwrap();
            mortal.child.wait().unwrap();
            let program: Program = here.starts();
            let operator = people.at(&program).operator;
            let again = starts(&operator, release, &key).await.unwrap();
            assert_eq!(again.status, 200, "{point}:{nth}: {}", again.text);
            replayed += usize::from(again.header("idempotent-replayed") == "true");
            if let Some(first) = first {
                assert_eq!(
                    (&*first.text, "true"),
                    (&*again.text, again.header("idempotent-replayed")),
                    "{point}:{nth}"
                );
            }
            assert_eq!(executed(&here, release).await, rounds, "{point}:{nth}");
            until("the execution is over", async || {
                let last = u32::try_from(rounds).unwrap();
                here.execution(release, last).await.ended_at.is_some()
            })
            .await;
            if is_answered {
                break;
            }
        }
    }
    // Those that were answered, and the one whose answer was lost after the commit.
    assert!(replayed > 2, "no answer was lost after its commit: {replayed} of {rounds}");
}
