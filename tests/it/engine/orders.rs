//! The specification of a job, as an executor gets it.

use tollgate::domain::execution::{FailReason, TaskState, Verdict};
use tollgate::domain::kinds::Retry;
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::{Locale, failure_cause};

use super::stage::Stage;
use super::tasks::{approval, command, command_with, line, trigger};
use crate::db::Db;

on_both!(
    a_script_is_told_where_it_belongs,
    references_have_the_values_of_earlier_tasks,
    a_reference_without_a_value_is_errored_and_nothing_runs,
    a_working_folder_is_told_as_it_is_named,
    a_later_task_knows_the_decision,
);

async fn a_script_is_told_where_it_belongs(db: Db) {
    let stage = Stage::set(db).await;
    let own = [("COLOUR".to_owned(), "grün".to_owned())];
    let release = stage.running(line(vec![command_with("task-a", |a| a.environment = own.into())])).await;
    let id = stage.last(release).await.id;
    let work = stage.starts("task-a").await;
    for (name, value) in [
        ("RELEASE", "shop-web"),
        ("EXECUTION", "1"),
        ("TASK", "task-a"),
        ("ATTEMPT", "1"),
        ("REGION", "eu-west"),
        ("TEAM", "storefront"),
        ("KEY", format!("{id}.task-a.1").as_str()),
    ] {
        assert_eq!(work.told(&format!("TOLLGATE_{name}")), value);
    }
    assert_eq!(work.told("COLOUR"), "grün");
    assert_eq!(work.order.environment.len(), 8, "and nothing else");
    assert_eq!(work.order.folder, stage.folders.attempt(id, "task-a", 1));
    assert_eq!(
        (work.order.default_folder.clone(), work.order.working_folder.clone()),
        (stage.folders.shared(id), None)
    );
    assert_eq!(work.order.timeout.as_secs(), 60);
}

async fn references_have_the_values_of_earlier_tasks(db: Db) {
    let stage = Stage::set(db).await;
    let later = command_with("task-b", |b| {
        b.script = "echo ${tasks.task-a.outputs.site} ${release.name} ${HOME}".into();
        b.environment = [
            ("SITE".to_owned(), "<${tasks.task-a.outputs.site}>".to_owned()),
            ("RUN".to_owned(), "${release.name}-${release.execution}-${release.region}".to_owned()),
            ("OTHER".to_owned(), "${tasks.task-a.outputs.other:-none}".to_owned()),
        ]
        .into();
    });
    stage.running(line(vec![command("task-a"), later])).await;
    stage.starts("task-a").await.gives(&[("site", "/srv/$(reboot)")]);
    let b = stage.starts("task-b").await;
    assert_eq!((b.told("SITE"), b.told("RUN"), b.told("OTHER")), ("</srv/$(reboot)>", "shop-web-1-eu-west", "none"));
    assert!(b.order.script.contains("${HOME}"), "what is the shell's stays the shell's");
    assert!(!b.order.script.contains("reboot") && !b.order.script.contains("tasks."), "{}", b.order.script);
}

async fn a_reference_without_a_value_is_errored_and_nothing_runs(db: Db) {
    let stage = Stage::set(db).await;
    let later = command_with("task-b", |b| {
        b.script = "echo ${tasks.task-a.outputs.site}".into();
        b.retry = Retry { attempts: 2, delay: 0 };
    });
    let release = stage.running(line(vec![command("task-a"), later])).await;
    stage.starts("task-a").await.gives(&[("other", "1")]);
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let TaskState::Failed { reason: FailReason::Errored, cause, .. } = &last.tasks[1].state else {
        panic!("it is errored: {last:#?}")
    };
    let message = failure_cause(cause, Locale::English);
    assert!(message.contains("${tasks.task-a.outputs.site}"), "{message}");
    assert_eq!(last.tasks[1].attempt, 2);
    stage.calls.no_more().await;
}

async fn a_working_folder_is_told_as_it_is_named(db: Db) {
    let stage = Stage::set(db).await;
    stage.running(line(vec![command_with("task-a", |a| a.working_folder = Some("sites/shop".to_owned()))])).await;
    let order = stage.starts("task-a").await.order;
    assert_eq!(
        (order.working_folder.as_deref(), order.workspace),
        (Some("sites/shop"), stage.folders.team(stage.team))
    );
}

async fn a_later_task_knows_the_decision(db: Db) {
    let stage = Stage::set(db).await;
    let told = |part: &str| (part.to_uppercase(), format!("${{tasks.go-live.decision.{part}}}"));
    let later = command_with("task-a", |a| a.environment = ["by", "verdict", "comment", "at"].map(told).into());
    let release = stage.running(line(vec![approval("go-live", 2, None), trigger("go"), later])).await;
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.says("approver2", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.says("operator", release, "go", Verdict::Agree).await.unwrap();
    stage.tick().await;
    let a = stage.starts("task-a").await;
    let words = ["BY", "VERDICT", "COMMENT", "AT"].map(|name| a.told(name));
    assert_eq!(words, ["approver, approver2", "agreed", "as I see it", "2026-11-22T09:00:00Z"]);
}
