//! What an executor is told.

use tollgate::domain::definition::Retry;
use tollgate::domain::execution::{FailReason, TaskState, Verdict};
use tollgate::domain::status::ReleaseStatus;

use super::stage::Stage;
use super::tasks::{approval, command, command_with, line, trigger};
use crate::db::Db;

on_both!(
    a_script_is_told_where_it_belongs,
    references_have_the_values_of_earlier_tasks,
    a_reference_without_a_value_is_errored_and_nothing_runs,
    a_relative_working_folder_lies_in_the_workspace,
    a_working_folder_that_cannot_be_made_is_errored,
    a_script_that_runs_is_picked_up_though_its_folder_is_gone,
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
    let TaskState::Failed { reason: FailReason::Errored, message, .. } = &last.tasks[1].state else {
        panic!("it is errored: {last:#?}")
    };
    assert!(message.contains("${tasks.task-a.outputs.site}"), "{message}");
    assert_eq!(last.tasks[1].attempt, 2);
    stage.calls.no_more().await;
}

async fn a_relative_working_folder_lies_in_the_workspace(db: Db) {
    let stage = Stage::set(db).await;
    let relative = command_with("task-a", |a| a.working_folder = Some("sites/shop".to_owned()));
    let absolute = command_with("task-b", |b| b.working_folder = Some("/srv".to_owned()));
    stage.running(line(vec![relative, absolute])).await;
    let a = stage.starts("task-a").await;
    let folder = stage.folders.workspace("sites/shop");
    assert_eq!(a.order.working_folder.as_deref(), folder.to_str());
    assert!(folder.is_dir());
    a.succeeds();
    assert_eq!(stage.starts("task-b").await.order.working_folder.as_deref(), Some("/srv"));
}

async fn a_working_folder_that_cannot_be_made_is_errored(db: Db) {
    let stage = Stage::set(db).await;
    let file = stage.folders.workspace("sites");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "in the way").unwrap();
    let task = command_with("task-a", |a| a.working_folder = Some("sites/shop".to_owned()));
    let release = stage.running(line(vec![task])).await;
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(last.failures(), [("task-a", FailReason::Errored)]);
    stage.calls.no_more().await;
}

/// A script may take its own folder away; after a restart it runs on all the same, and must not be taken for errored.
async fn a_script_that_runs_is_picked_up_though_its_folder_is_gone(db: Db) {
    let mut stage = Stage::set(db).await;
    let task = command_with("task-a", |a| a.working_folder = Some("sites/shop".to_owned()));
    let release = stage.running(line(vec![task])).await;
    let work = stage.starts("task-a").await;
    // As the executor does.
    std::fs::write(work.order.folder.join("order.json"), "{}").unwrap();
    stage.engine.stop().await;
    let folder = stage.folders.workspace("sites/shop");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    stage.restarts();
    stage.engine.recover().await.unwrap();
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
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
