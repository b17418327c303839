//! Failures and retries on pages: where an execution failed and why, and how long what took.

use chrono::TimeDelta;
use tollgate::domain::execution::TaskState;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use super::logs::script;
use super::scene::Scene;
use crate::db::Db;

on_both!(
    f23_a_banner_leads_to_the_log_of_what_failed_and_has_its_last_line,
    f10_what_waits_for_a_time_says_until_when_and_for_how_long_in_words,
    f27_the_time_at_rest_before_a_retry_does_not_count,
);

/// The card of the task on a page.
fn card(page: &str) -> &str {
    page.split("id=\"task-build\"").nth(1).unwrap().split("</li>").next().unwrap()
}

async fn f23_a_banner_leads_to_the_log_of_what_failed_and_has_its_last_line(db: Db) {
    let text = "echo begun; echo \"FATAL: <no> such table $TOLLGATE_ATTEMPT\" >&2; exit 3";
    let scene = Scene::with(&db, &script(text)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    for attempt in [1, 2] {
        scene.when(|release| release.last.as_ref().is_some_and(|last| last.tasks[0].attempt == attempt)).await;
        scene.is(ReleaseStatus::ReleaseFailed).await;
        let link = format!("{}?attempt={attempt}#log\">build</a> failed: ", scene.urls.task(1, "build"));
        let line = format!("FATAL: &#60;no&#62; such table {attempt}");
        for url in [scene.urls.show(), format!("{}/timeline", scene.urls.show()), scene.urls.execution(1)] {
            let page = operator.get(&url).await;
            page.says(&link);
            let banner = page.text.split("id=\"notices\"").nth(1).unwrap().split("class=\"tabs\"").next().unwrap();
            assert!(banner.contains(&line), "{url}: {banner}");
        }
        let page = operator.get(&scene.urls.show()).await;
        page.says("class=\"phase is-bad live\" id=\"phase-1\"");
        operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
    }
    scene.app.stops().await;
}

async fn f27_the_time_at_rest_before_a_retry_does_not_count(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let scene =
        Scene::with(&db, &script(&format!("while ! rm {} 2> /dev/null; do sleep 0.02; done; exit 3", go.display())))
            .await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    let fails_after = async |seconds: i64| {
        scene.task_is("build", TaskStatus::Running).await;
        scene.app.passes(TimeDelta::seconds(seconds));
        std::fs::write(&go, "").unwrap();
        scene.is(ReleaseStatus::ReleaseFailed).await;
    };
    fails_after(5).await;
    scene.app.passes(TimeDelta::seconds(132));
    let page = operator.get(&scene.urls.show()).await;
    assert!(card(&page.text).contains(">5s</span>"), "{}", card(&page.text));
    assert!(!page.text.contains("at rest"), "it has not gone on");
    operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
    scene.when(|release| release.last.as_ref().is_some_and(|last| last.tasks[0].attempt == 2)).await;
    fails_after(7).await;
    scene.app.passes(TimeDelta::seconds(60));
    let page = operator.get(&scene.urls.show()).await;
    page.says(">12s</span> <span class=\"muted without\">without 2m 12s at rest</span>");
    assert!(card(&page.text).contains(">7s</span>"), "{}", card(&page.text));
    let phase = page.text.split("id=\"phase-1\"").nth(1).unwrap().split("</header>").next().unwrap();
    assert!(phase.contains(">12s</span>") && !phase.contains("rest"), "{phase}");
    operator.get(&format!("{}/executions", scene.urls.show())).await.says(">12s</span>").says("without 2m 12s at rest");
    operator.get(&format!("{}/timeline", scene.urls.show())).await.says(">7s</span>");
    scene.app.stops().await;
}

async fn f10_what_waits_for_a_time_says_until_when_and_for_how_long_in_words(db: Db) {
    let yaml = "name: shop-web\nphases:\n  - name: Go\n    tasks:\n      - name: soak\n        type: wait\n        for: 2h 5m\n  \
                - name: Then\n    tasks:\n      - name: flaky\n        script: exit 1\n        retry:\n          attempts: 3\n          delay: 1h\n";
    let scene = Scene::with(&db, yaml).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.task_is("soak", TaskStatus::Running).await;
    operator.get(&scene.urls.show()).await.says("Goes on in 2 h 5 min");
    let wait = operator.get(&scene.urls.task(1, "soak")).await;
    wait.says("<dt>Goes on</dt><dd><time datetime=\"2026-11-22T14:05:00Z\"")
        .says("title=\"22 November 2026, 14:05:00 UTC\"");
    scene.app.passes(TimeDelta::minutes(125));
    scene
        .when(|release| {
            release.last.as_ref().is_some_and(|last| matches!(last.tasks[1].state, TaskState::Delayed { .. }))
        })
        .await;
    operator.get(&scene.urls.show()).await.says("Attempt 1 of 3 failed, the next one starts in 1 h");
    let delayed = operator.get(&scene.urls.task(1, "flaky")).await;
    delayed.says("<dt>Next attempt</dt><dd><time datetime=\"2026-11-22T15:05:00Z\"");
    scene.app.stops().await;
}
