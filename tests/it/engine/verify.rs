//! Work that lives anywhere, by a real one: a check goes on wherever the execution is carried on.

use tollgate::domain::decide::Command;
use tollgate::domain::definition::{Definition, Task};
use tollgate::domain::execution::Execution;
use tollgate::domain::kinds::{HttpCheck, Kind, Retry, VerifyCheck};
use tollgate::domain::placement::Placement;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::runlog::lines_from;
use tollgate::store::{AttemptKey, Store};

use super::replicas::{other, owner};
use super::stage::Stage;
use super::tasks::{command, line};
use crate::db::Db;
use crate::notation::verify;
use crate::service::Service;
use crate::until::until;

on_both!(
    a_check_goes_on_on_another_replica_with_what_it_had_seen,
    a_replica_that_stops_leaves_a_check_to_others,
    a_check_is_recorded_and_goes_on_after_a_restart,
    a_check_is_terminated_and_takes_no_place_of_a_script,
);

/// A check of a service, each second; a script after it.
fn checks(service: &Service, holds: u64) -> Definition {
    let Kind::Verify(mut spec) = verify(false, Retry::default()) else { panic!("it is a Verify") };
    spec.check = VerifyCheck::Http(HttpCheck { url: service.url("/health"), ..HttpCheck::default() });
    (spec.every, spec.holds, spec.within) = (1, holds, 3600);
    let check = Task { name: "check".to_owned(), description: String::new(), kind: Kind::Verify(spec) };
    line(vec![check, command("after")])
}

/// The log of the first attempt at the check, without how long answers took.
async fn log(store: &Store, execution: &Execution) -> Vec<String> {
    let of = AttemptKey { task_run_id: execution.tasks[0].id, number: 1 };
    let bytes = store.log_bytes(of.into(), 0, u64::MAX).await.unwrap();
    let chunk = lines_from(&bytes, 0, false);
    let numbers: Vec<u64> = chunk.lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "lines are numbered one after the other");
    chunk.lines.iter().map(|line| line.text.split(" after ").next().unwrap().to_owned()).collect()
}

async fn says(stage: &Stage, execution: &Execution, line: &str) {
    until(line, async || log(&stage.app.store, execution).await.iter().any(|found| found.starts_with(line))).await;
}

async fn a_check_goes_on_on_another_replica_with_what_it_had_seen(db: Db) {
    let stage = Stage::set(db).await;
    let service = Service::answering(503, "");
    let release = stage.running(checks(&service, 0)).await;
    let execution = stage.last(release).await;
    says(&stage, &execution, "Status 503").await;
    let live = stage.app.store.live_attempts().await.unwrap();
    assert_eq!((live.len(), live[0].placement, &live[0].replica), (1, Some(Placement::Anywhere), &None));
    let second = other(&stage).await;
    assert_eq!(second.watches_for(&stage, 10).await.taken_over, 1);
    assert!(owner(&stage.app.store, execution.id, &second.engine).await);
    // The first still looks, and what it sees counts for nothing.
    service.answers(500, "");
    assert_eq!(second.engine.recover().await.unwrap(), 1);
    says(&stage, &execution, "Status 500").await;
    service.answers(200, "");
    says(&stage, &execution, "It holds.").await;
    let request = format!("Asks: GET {}", service.url("/health"));
    let lines = log(&stage.app.store, &execution).await;
    assert_eq!(lines, [request.as_str(), "Status 503", "Status 500", "Status 200", "It holds."]);
    second.calls().next().await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_replica_that_stops_leaves_a_check_to_others(db: Db) {
    let stage = Stage::set(db).await;
    let service = Service::answering(503, "");
    let release = stage.running(checks(&service, 0)).await;
    let execution = stage.last(release).await;
    says(&stage, &execution, "Status 503").await;
    let second = other(&stage).await;
    stage.engine.stop().await;
    second.watches_for(&stage, 2).await;
    assert!(owner(&stage.app.store, execution.id, &second.engine).await, "nobody waits for the one that stopped");
    service.answers(200, "");
    second.engine.turn().await.unwrap();
    second.calls().next().await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_check_is_recorded_and_goes_on_after_a_restart(db: Db) {
    let mut stage = Stage::set(db).await;
    let service = Service::answering(200, "");
    let release = stage.running(checks(&service, 30)).await;
    let execution = stage.last(release).await;
    says(&stage, &execution, "Status 200").await;
    stage.restarts();
    stage.passes(31);
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    stage.starts("after").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let lines = log(&stage.app.store, &execution).await;
    assert_eq!(lines[1..], ["Status 200", "It has held for 30s."]);
}

async fn a_check_is_terminated_and_takes_no_place_of_a_script(db: Db) {
    let stage = Stage::with_places(db, std::num::NonZero::new(1).unwrap()).await;
    let service = Service::answering(503, "");
    let release = stage.running(checks(&service, 0)).await;
    let execution = stage.last(release).await;
    says(&stage, &execution, "Status 503").await;
    let script = stage.release("shop-api", line(vec![command("task-b")])).await;
    stage.execute(script).await.unwrap();
    stage.tick().await;
    stage.starts("task-b").await.succeeds();
    stage.does(release, &Command::Terminate).await;
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(last.tasks[0].state.status(), TaskStatus::Cancelled);
}
