//! The checkpoints that are open, and who may decide them.

use tollgate::domain::event::{Event, GateOutcome};
use tollgate::domain::execution::{Decision, DecisionAuthority, Execution, TaskState, Verdict};
use tollgate::domain::ids::TeamId;
use tollgate::domain::policy;
use tollgate::store::Scope;

use super::scene::{Scene, at};
use crate::db::Db;

on_both!(
    an_open_checkpoint_is_found_by_who_may_see_it,
    decisions_of_the_open_asking_come_with_it,
    what_earlier_tasks_gave_comes_with_it,
);

/// The execution with its checkpoint open for the second time.
async fn waiting(scene: &Scene) -> Execution {
    let before = scene.executed(1).await;
    let mut after = before.clone();
    after.tasks[3].state = TaskState::ToBeApproved { since: at(5), deadline: Some(at(3605)), again: None };
    after.tasks[3].started_at = Some(at(5));
    after.tasks[3].round = 2;
    let tx = scene.store.begin_write().await.unwrap();
    tx.save_execution(&before, &after, &scene.stamp(5), &[]).await.unwrap();
    tx.commit().await.unwrap();
    scene.store.execution(after.id).await.unwrap().unwrap()
}

async fn an_open_checkpoint_is_found_by_who_may_see_it(db: Db) {
    let scene = Scene::set(&db.store).await;
    assert_eq!(db.store.open_checkpoints(&Scope::All).await.unwrap(), []);
    let execution = waiting(&scene).await;
    let open = db.store.open_checkpoints(&(&scene.approver).into()).await.unwrap();
    assert_eq!(open.len(), 1);
    let found = &open[0];
    assert_eq!((found.release.as_str(), found.region.as_str(), found.team.as_str()), ("shop-web", "eu-west", "shop"));
    assert_eq!(found.task, 3);
    let only = Execution { tasks: vec![execution.tasks[3].clone()], ..execution };
    assert_eq!(found.execution, only);
    let may = |user| policy::may_decide(user, &found.execution, 0, at(6));
    assert_eq!((may(&scene.approver), may(&scene.operator)), (Some(DecisionAuthority::Approver), None));

    let elsewhere = tollgate::store::Store::connect(&db.url).await.unwrap();
    assert_eq!(elsewhere.open_checkpoints(&Scope::All).await.unwrap(), open);
    elsewhere.close().await.unwrap();

    let stranger = Scope::Teams(vec![TeamId::from_uuid(scene.region_id.uuid())]);
    assert_eq!(db.store.open_checkpoints(&stranger).await.unwrap(), []);
    assert_eq!(db.store.open_checkpoints(&Scope::Teams(Vec::new())).await.unwrap(), []);
}

async fn decisions_of_the_open_asking_come_with_it(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = waiting(&scene).await;
    let decision = |round| Decision {
        round,
        by: (&scene.approver).into(),
        verdict: Verdict::Agree,
        standing: DecisionAuthority::Approver,
        comment: "fine".to_owned(),
        at: at(6),
        environments: Vec::new(),
    };
    let decided = |round| Event::Decided {
        task: 3,
        name: "go-live".to_owned(),
        decision: decision(round),
        gate: GateOutcome::StillOpen,
    };
    let tx = db.store.begin_write().await.unwrap();
    tx.save_execution(&before, &before, &scene.stamp(6), &[decided(1), decided(2)]).await.unwrap();
    tx.commit().await.unwrap();
    let open = db.store.open_checkpoints(&Scope::All).await.unwrap();
    let run = &open[0].execution.tasks[0];
    assert_eq!(run.current_decisions().collect::<Vec<_>>(), [&decision(2)]);
    assert_eq!(policy::may_decide(&scene.approver, &open[0].execution, 0, at(7)), None);
}

async fn what_earlier_tasks_gave_comes_with_it(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = waiting(&scene).await;
    let mut after = before.clone();
    after.tasks[0].outputs.insert("count".to_owned(), "12".to_owned());
    let tx = db.store.begin_write().await.unwrap();
    tx.save_execution(&before, &after, &scene.stamp(6), &[]).await.unwrap();
    tx.commit().await.unwrap();
    let open = db.store.open_checkpoints(&Scope::All).await.unwrap();
    let names: Vec<&str> = open[0].execution.tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, [before.tasks[3].name.as_str(), before.tasks[0].name.as_str()]);
    assert_eq!(open[0].execution.tasks[1].outputs, after.tasks[0].outputs);
}
