//! Rows of an earlier version, which stored sentences where causes are today: they read, say the same, and are sound.

use tollgate::domain::event::Event;
use tollgate::domain::execution::Execution;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::{self, Locale};
use tollgate::store::{Cursor, Happened};

use super::stage::Stage;
use super::tasks::{command, phases};
use crate::by_hand;
use crate::db::Db;

on_both!(sentences_of_an_earlier_version_are_read_and_shown_as_they_were);

const ENDED: &str = "The script ended with status 3.";
const LONGER: &str = "It took longer than its timeout of 60 seconds.";

async fn sentences_of_an_earlier_version_are_read_and_shown_as_they_were(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(phases(vec![vec![vec![command("task-a")], vec![command("task-b")]]])).await;
    let mut works = stage.calls.by_task(2).await;
    let mut ends = |task: &str, outcome| works.remove(task).unwrap().ends(outcome);
    ends("task-a", Outcome::Failed { cause: FailureCause::Exited { status: 3 } });
    ends("task-b", Outcome::TimedOut { seconds: 60 });
    let ended = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let said = said(&stage, &ended).await;
    assert!(said[0].contains(ENDED) && said[1].contains(LONGER), "{said:?}");

    for (table, column, cause, sentence) in [
        ("attempts", "outcome", r#"{"because":"exited","status":3}"#, ENDED),
        ("events", "data", r#"{"because":"exited","status":3}"#, ENDED),
        ("task_runs", "state_data", r#"{"because":"exited","status":3}"#, ENDED),
        ("task_runs", "state_data", r#"{"because":"timed_out","seconds":60}"#, LONGER),
    ] {
        let found = format!("{column} LIKE '%{cause}%'");
        let sql = format!("UPDATE {table} SET {column} = REPLACE({column}, '{cause}', '\"{sentence}\"') WHERE {found}");
        by_hand::does(&stage.db.url, &sql).await.unwrap();
    }
    let read = stage.last(release).await;
    let causes: Vec<_> = read.tasks.iter().map(|task| task.state.failure().unwrap().1.clone()).collect();
    assert_eq!(causes, [ENDED, LONGER].map(|sentence| FailureCause::Text(sentence.to_owned())));
    assert_eq!(self::said(&stage, &read).await, said);
}

/// What is said of its tasks, its attempts, and what happened to it.
async fn said(stage: &Stage, execution: &Execution) -> Vec<String> {
    let locale = Locale::English;
    let mut said: Vec<String> = execution.tasks.iter().filter_map(|task| messages::failed_task(task, locale)).collect();
    let attempts = stage.app.store.attempts_of(execution.id).await.unwrap();
    said.extend(attempts.iter().filter_map(|attempt| messages::outcome(attempt.outcome.as_ref()?, locale)));
    let happened = stage.app.store.activity_in(execution.id, Cursor::Newest, 50).await.unwrap();
    said.extend(happened.rows.iter().filter_map(|row| match &row.happened {
        Happened::Execution(event @ Event::AttemptEnded { .. }) => Some(messages::event(event, locale)),
        _ => None,
    }));
    assert_eq!(said.len(), 6, "{said:?}");
    said
}
