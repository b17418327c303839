//! Late and repeated messages: reports of attempts that are over, and ticks that nobody needs.

use tollgate::app::{AppError, AttemptEnd, Progress, WorkerContext};
use tollgate::domain::execution::Execution;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::outcome::Outcome;
use tollgate::store::StoreError;

use crate::engine::stage::Stage;

/// Every way in which an attempt can be said to have ended.
pub fn every_outcome() -> Vec<Outcome> {
    let message = || "late".to_owned();
    vec![
        Outcome::Succeeded { outputs: [("late".to_owned(), "1".to_owned())].into() },
        Outcome::Failed { cause: FailureCause::Text(message()) },
        Outcome::TimedOut { seconds: 1 },
        Outcome::Errored { cause: FailureCause::Text(message()) },
        Outcome::Interrupted { cause: FailureCause::Text(message()) },
        Outcome::Stopped,
    ]
}

/// Reports how an attempt ended, as its worker would.
pub async fn reports(
    stage: &Stage,
    execution: ExecutionId,
    (task, attempt): (usize, u32),
    outcome: Outcome,
) -> Result<Progress, AppError> {
    let term = stage.engine.term().await.unwrap();
    stage.app.attempt_ended(execution, AttemptEnd { task, attempt, outcome }, WorkerContext::without_room(&term)).await
}

/// Delivers every start and every end of every attempt once more, and wakes the engine: nothing of it may be heard.
pub async fn redelivers_everything(stage: &Stage, execution: &Execution) {
    for (index, task) in execution.tasks.iter().enumerate() {
        let under_way = task.state.in_flight().map(|(attempt, _)| attempt);
        for attempt in (0..=task.attempt + 1).filter(|attempt| Some(*attempt) != under_way) {
            for outcome in every_outcome() {
                match reports(stage, execution.id, (index, attempt), outcome).await {
                    Ok(late) => assert_eq!((late.events, late.started), (vec![], vec![]), "{} {attempt}", task.name),
                    Err(AppError::Store(StoreError::Fenced)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        }
    }
    for _ in 0..3 {
        stage.app.wakeup.notify(execution.id);
        stage.tick().await;
    }
    stage.engine.recover().await.unwrap();
}
