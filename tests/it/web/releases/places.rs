//! A task that waits for a place to run its script says so.

use tollgate::domain::status::ReleaseStatus;

use super::scene::Scene;
use crate::db::Db;

on_both!(a_task_that_waits_for_a_place_says_so);

async fn a_task_that_waits_for_a_place_says_so(db: Db) {
    let group = |number| format!("      - - {{name: task-{number}, script: 'while true; do sleep 0.05; done'}}");
    let groups = (1..=17).map(group).collect::<Vec<_>>().join("\n");
    let scene = Scene::with(&db, &format!("name: shop-web\nphases:\n  - name: Build\n    groups:\n{groups}")).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    let waits = scene.when(|release| release.last.as_ref().is_some_and(|last| last.tasks[16].waits.is_some())).await;
    let last = waits.last.unwrap();
    assert_eq!(last.tasks.iter().filter(|task| task.waits.is_some()).count(), 1);
    let card = operator.get(&scene.urls.show()).await;
    card.says("<span class=\"word\">Waiting</span> · for a place: 16 scripts run on this server");
    assert!(!card.text.contains("Waits for a place"), "the word of the status says that it waits");
    let page = operator.get(&scene.urls.task(1, "task-17")).await;
    page.says("Not started yet.").says("Waits for a place: 16 scripts run on this server.");
    operator.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    scene.app.stops().await;
}
