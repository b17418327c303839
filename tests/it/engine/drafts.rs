//! Drafts of release tasks: whose they are, what is done in them and undone, and what is saved of them.

use std::collections::BTreeMap;

use tollgate::app::accounts::TeamRole;
use tollgate::app::{AppError, Caller, DraftAction, DraftOutcome, MAX_DRAFTS, SeenMerge};
use tollgate::domain::draft::{Draft, ElementId};
use tollgate::domain::edit::{EditCommand, EditRefusal};
use tollgate::domain::ids::DraftId;
use tollgate::domain::merge::{MergeChoice, MergeChoices};
use tollgate::domain::people::Role;
use tollgate::domain::precondition::Expected;
use tollgate::domain::refusal::{Change, Operation, Refusal};
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::StoreError;

use super::stage::Stage;
use super::tasks::{approval, command, line, wait};
use crate::db::Db;

on_both!(
    a3_a_draft_is_opened_once_and_goes_on_after_a_restart,
    a2_a_draft_is_of_one_person,
    who_loses_the_role_cannot_open_their_draft,
    a_new_release_task_can_be_given_to_another_team_until_it_is_saved,
    a_command_from_an_old_page_changes_nothing,
    a7_what_was_done_is_undone_and_done_again_after_a_restart,
    a_new_command_forgets_what_was_undone,
    a_draft_is_saved_as_the_next_version_with_a_note,
    the_first_save_makes_the_release_task,
    a_draft_with_problems_is_kept_and_not_saved,
    a_draft_goes_on_while_the_release_task_runs_and_is_saved_afterwards,
    a1_a_draft_of_an_older_version_is_merged_and_not_saved_over_it,
    a_draft_is_thrown_away,
    a_draft_that_was_changed_meanwhile_is_not_removed,
    there_is_an_end_to_drafts,
    of_two_tabs_that_open_a_draft_both_get_the_same,
);

fn run(command: EditCommand) -> DraftAction {
    DraftAction::Run(Box::new(command))
}

fn named(draft: &Draft, name: &str) -> ElementId {
    draft.tasks().find(|(_, task)| task.name == name).expect("it has that task").1.id
}

async fn draft(stage: &Stage, who: &Caller, id: DraftId) -> Draft {
    stage.app.draft(who, id).await.unwrap().stored.draft
}

async fn does(stage: &Stage, who: &Caller, id: DraftId, command: EditCommand) {
    let outcome = stage.app.change_draft(who, id, None, &run(command)).await.unwrap();
    assert!(matches!(outcome, DraftOutcome::Edited(_)), "{outcome:?}");
}

async fn a3_a_draft_is_opened_once_and_goes_on_after_a_restart(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let task = named(&draft(&stage, &operator, id).await, "task-a");
    does(&stage, &operator, id, EditCommand::RenameTask { task, name: "task-b".to_owned() }).await;
    stage.restarts();
    assert_eq!(stage.app.open_draft(&operator, release).await.unwrap(), id);
    let open = stage.app.draft(&operator, id).await.unwrap();
    assert_eq!(open.stored.draft.task(task).unwrap().name, "task-b");
    assert_eq!((open.stored.based_on, open.newest, open.stored.rev), (Some(1), Some(1), 1));
    assert_eq!((open.place.team.as_str(), open.place.region.as_str()), ("storefront", "eu-west"));
    let untouched = stage.app.store.release(release).await.unwrap().unwrap();
    assert_eq!((untouched.version, untouched.definition.task("task-a").is_some()), (1, true));
}

async fn a2_a_draft_is_of_one_person(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let task = named(&draft(&stage, &operator, id).await, "task-a");
    for name in ["viewer", "approver", "admin"] {
        let other = stage.caller(name).await;
        assert!(matches!(stage.app.draft(&other, id).await, Err(AppError::NotFound)), "{name}");
        let removal = run(EditCommand::RemoveTask { task });
        assert!(matches!(stage.app.change_draft(&other, id, None, &removal).await, Err(AppError::NotFound)));
        assert!(matches!(stage.app.save_draft(&other, id, None, None).await, Err(AppError::NotFound)));
        assert!(matches!(stage.app.discard_draft(&other, id).await, Err(AppError::NotFound)));
        let refused = stage.app.open_draft(&other, release).await;
        let Err(AppError::Refused(Refusal::NotPermitted { operation: Operation::Edit, .. })) = refused else {
            panic!("{name}: {refused:?}")
        };
    }
    assert_eq!(stage.app.draft(&operator, id).await.unwrap().stored.rev, 0);
    let listed = stage.app.store.drafts_of_release(release).await.unwrap();
    assert_eq!(
        listed.iter().map(|draft| (draft.user.as_str(), draft.is_touched)).collect::<Vec<_>>(),
        [("operator", false)]
    );
}

async fn who_loses_the_role_cannot_open_their_draft(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let tx = stage.db.store.begin_write().await.unwrap();
    assert!(tx.revoke(operator.user().unwrap().id, stage.team, Role::Operator).await.unwrap());
    tx.commit().await.unwrap();
    let refused = stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::CreateNotPermitted { .. }))), "{refused:?}");
    let now = stage.caller("operator").await;
    let refused = stage.app.draft(&now, id).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::CreateNotPermitted { .. }))), "{refused:?}");
    stage.app.discard_draft(&now, id).await.unwrap();
}

async fn a_new_release_task_can_be_given_to_another_team_until_it_is_saved(db: Db) {
    let stage = Stage::set(db).await;
    let team = stage.app.add_team(&Caller::CommandLine, "payments", true).await.unwrap();
    let operator = stage.caller("operator").await;
    let id = stage.app.start_draft(&operator, stage.owner(), Draft::blank("shop-web"), None).await.unwrap();
    let give = |name: &str| {
        let command = Box::new(EditCommand::SetName { name: name.to_owned() });
        DraftAction::RunFor { command, team }
    };
    let refused = stage.app.change_draft(&operator, id, None, &give("shop-pay")).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::CreateNotPermitted { .. }))), "{refused:?}");
    assert_eq!(draft(&stage, &operator, id).await.name, "shop-web", "nothing of it was done");
    let role = TeamRole { team: "payments".to_owned(), role: Role::Operator };
    stage.app.grant_roles(&Caller::CommandLine, "operator", vec![role]).await.unwrap();
    let operator = stage.caller("operator").await;
    // The name stays the same: the team alone makes no step to undo.
    stage.app.change_draft(&operator, id, None, &give("shop-web")).await.unwrap();
    let open = stage.app.draft(&operator, id).await.unwrap();
    assert_eq!((open.stored.owner.team, open.place.team.as_str(), open.to_undo), (team, "payments", None));
    does(
        &stage,
        &operator,
        id,
        EditCommand::AddTask { group: ElementId(2), after: None, name: None, kind: wait("wait-1", 5).kind },
    )
    .await;
    let saved = stage.app.save_draft(&operator, id, None, None).await.unwrap();
    assert_eq!(stage.app.store.release(saved.release).await.unwrap().unwrap().team_id, team);
    let again = stage.app.open_draft(&operator, saved.release).await.unwrap();
    let back = DraftAction::RunFor {
        command: Box::new(EditCommand::SetName { name: "shop-web".to_owned() }),
        team: stage.team,
    };
    assert!(matches!(stage.app.change_draft(&operator, again, None, &back).await, Err(AppError::NotFound)));
}

async fn a_command_from_an_old_page_changes_nothing(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let describe = |text: &str| run(EditCommand::SetDescription { description: text.to_owned() });
    stage.app.change_draft(&operator, id, Some(0), &describe("first")).await.unwrap();
    let stale = stage.app.change_draft(&operator, id, Some(0), &describe("second")).await;
    assert!(matches!(stale, Err(AppError::DraftChanged)), "{stale:?}");
    assert!(matches!(stage.app.save_draft(&operator, id, Some(0), None).await, Err(AppError::DraftChanged)));
    assert_eq!(draft(&stage, &operator, id).await.description, "first");
}

async fn a7_what_was_done_is_undone_and_done_again_after_a_restart(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a"), command("task-b")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let start = draft(&stage, &operator, id).await;
    let group = start.groups().next().unwrap().2.id;
    let (first, second) = (named(&start, "task-a"), named(&start, "task-b"));
    does(&stage, &operator, id, EditCommand::MoveTask { task: first, group, after: Some(second) }).await;
    does(&stage, &operator, id, EditCommand::RemoveTask { task: second }).await;
    does(&stage, &operator, id, EditCommand::CopyTask { task: first }).await;
    let end = draft(&stage, &operator, id).await;
    stage.restarts();
    for _ in 0..3 {
        let outcome = stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await.unwrap();
        assert!(matches!(outcome, DraftOutcome::Undone(_)), "{outcome:?}");
    }
    assert!(draft(&stage, &operator, id).await.says_the_same(&start));
    let nothing = stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await;
    assert!(matches!(nothing, Err(AppError::NotEdited(EditRefusal::NothingToUndo))), "{nothing:?}");
    stage.restarts();
    for _ in 0..3 {
        stage.app.change_draft(&operator, id, None, &DraftAction::Redo).await.unwrap();
    }
    assert!(draft(&stage, &operator, id).await.says_the_same(&end));
    let open = stage.app.draft(&operator, id).await.unwrap();
    assert_eq!((open.to_undo.is_some(), open.to_redo.is_some()), (true, false));
}

async fn a_new_command_forgets_what_was_undone(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let describe = |text: &str| EditCommand::SetDescription { description: text.to_owned() };
    for text in ["one", "two", "three"] {
        does(&stage, &operator, id, describe(text)).await;
    }
    stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await.unwrap();
    stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await.unwrap();
    does(&stage, &operator, id, describe("four")).await;
    let nothing = stage.app.change_draft(&operator, id, None, &DraftAction::Redo).await;
    assert!(matches!(nothing, Err(AppError::NotEdited(EditRefusal::NothingToRedo))), "{nothing:?}");
    stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await.unwrap();
    assert_eq!(draft(&stage, &operator, id).await.description, "one");
    let same = stage.app.change_draft(&operator, id, None, &run(describe("one"))).await.unwrap();
    assert_eq!(same, DraftOutcome::Unchanged);
}

async fn a_draft_is_saved_as_the_next_version_with_a_note(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let task = named(&draft(&stage, &operator, id).await, "task-a");
    does(&stage, &operator, id, EditCommand::CopyTask { task }).await;
    let long = "x".repeat(201);
    assert!(matches!(stage.app.save_draft(&operator, id, None, Some(&long)).await, Err(AppError::NoteTooLong)));
    let saved = stage.app.save_draft(&operator, id, Some(1), Some(" two of them ")).await.unwrap();
    assert_eq!((saved.release, saved.version), (release, 2));
    assert!(matches!(stage.app.draft(&operator, id).await, Err(AppError::NotFound)), "the draft is gone");
    let versions = stage.app.store.versions_of(release).await.unwrap();
    let told: Vec<_> =
        versions.iter().map(|version| (version.number, version.created_by.as_str(), version.note.as_deref())).collect();
    assert_eq!(told[0], (2, "operator", Some("two of them")));
    assert_eq!((told[1].0, told[1].2), (1, None));
}

async fn the_first_save_makes_the_release_task(db: Db) {
    let stage = Stage::set(db).await;
    let operator = stage.caller("operator").await;
    let refused =
        stage.app.start_draft(&stage.caller("viewer").await, stage.owner(), Draft::blank("shop-web"), None).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::CreateNotPermitted { .. }))), "{refused:?}");
    let id = stage.app.start_draft(&operator, stage.owner(), Draft::blank("shop-web"), None).await.unwrap();
    let group = draft(&stage, &operator, id).await.groups().next().unwrap().2.id;
    assert_eq!(stage.app.new_drafts(&operator).await.unwrap().len(), 1);
    let kind = command("any").kind;
    does(&stage, &operator, id, EditCommand::AddTask { group, after: None, name: Some("task-a".to_owned()), kind })
        .await;
    // Another draft of the same name: the first that is saved has it.
    let definition = draft(&stage, &operator, id).await.definition();
    let again = Draft::of("shop-web", "", &definition);
    let again = stage.app.start_draft(&operator, stage.owner(), again, None).await.unwrap();
    let saved = stage.app.save_draft(&operator, id, None, None).await.unwrap();
    let made = stage.app.store.release(saved.release).await.unwrap().unwrap();
    assert_eq!((made.name.as_str(), made.version, made.created_by.name()), ("shop-web", 1, "operator"));
    assert_eq!(stage.app.new_drafts(&operator).await.unwrap().len(), 1);
    let taken = stage.app.save_draft(&operator, again, None, None).await;
    assert!(matches!(taken, Err(AppError::NameTaken)), "{taken:?}");
    let late = stage.app.start_draft(&operator, stage.owner(), Draft::blank("shop-web"), None).await;
    assert!(matches!(late, Err(AppError::NameTaken)), "{late:?}");
    assert!(stage.app.draft(&operator, again).await.is_ok(), "nothing is lost");
}

async fn a_draft_with_problems_is_kept_and_not_saved(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let task = draft(&stage, &operator, id).await.tasks().next().unwrap().1.clone();
    let unread = BTreeMap::from([("timeout".to_owned(), "ten minutes".to_owned())]);
    does(&stage, &operator, id, EditCommand::SetTask { task: task.id, kind: task.kind, unread }).await;
    let refused = stage.app.save_draft(&operator, id, None, None).await;
    assert!(matches!(refused, Err(AppError::DraftHasProblems)), "{refused:?}");
    assert_eq!(draft(&stage, &operator, id).await.task(task.id).unwrap().unread["timeout"], "ten minutes");
}

async fn a_draft_goes_on_while_the_release_task_runs_and_is_saved_afterwards(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None)])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let task = named(&draft(&stage, &operator, id).await, "go-live");
    does(&stage, &operator, id, EditCommand::CopyTask { task }).await;
    let refused = stage.app.save_draft(&operator, id, None, None).await;
    let Err(AppError::Refused(Refusal::NotNow { status, .. })) = refused else { panic!("{refused:?}") };
    assert_eq!(status, ReleaseStatus::ToBeApproved);
    stage.does(release, &tollgate::domain::decide::Command::Terminate).await;
    assert_eq!(stage.app.save_draft(&operator, id, None, None).await.unwrap().version, 2);
}

async fn a1_a_draft_of_an_older_version_is_merged_and_not_saved_over_it(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a"), wait("pause", 5)])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let task = named(&draft(&stage, &operator, id).await, "task-a");
    let describe = |text: &str| EditCommand::DescribeTask { task, description: text.to_owned() };
    does(&stage, &operator, id, describe("mine")).await;
    // Somebody else saves: another wait, and another description of the same task.
    let mut theirs = line(vec![command("task-a"), wait("pause", 60)]);
    "theirs".clone_into(&mut theirs.phases[0].groups[0].tasks[0].description);
    let seen = Expected { version: Some(1), ..Expected::default() };
    stage.app.edit(&operator, release, seen, &Stage::draft("shop-web", theirs.clone())).await.unwrap();
    let refused = stage.app.save_draft(&operator, id, None, None).await;
    let Err(AppError::Refused(Refusal::OldPage { change })) = refused else { panic!("{refused:?}") };
    assert_eq!(change, Change::Edited { seen: 1, newest: 2 });

    let preview = stage.app.merge_preview(&operator, id, &MergeChoices::new()).await.unwrap();
    assert_eq!((preview.newest, preview.merged.conflicts.len()), (2, 1), "{:?}", preview.merged.conflicts);
    let choices = MergeChoices::from([(preview.merged.conflicts[0].at.clone(), MergeChoice::Theirs)]);
    let old = stage.app.merge_draft(&operator, id, SeenMerge { rev: 1, newest: 1 }, &choices).await;
    assert!(matches!(old, Err(AppError::Refused(Refusal::OldPage { .. }))), "{old:?}");
    stage.app.merge_draft(&operator, id, SeenMerge { rev: 1, newest: 2 }, &choices).await.unwrap();
    assert_eq!(draft(&stage, &operator, id).await.definition(), theirs);
    let undo = stage.app.change_draft(&operator, id, None, &DraftAction::Undo).await;
    assert!(matches!(undo, Err(AppError::NotEdited(EditRefusal::NothingToUndo))), "no way back to version 1: {undo:?}");
    does(&stage, &operator, id, describe("both")).await;
    assert_eq!(stage.app.save_draft(&operator, id, None, None).await.unwrap().version, 3);
    let saved = stage.app.store.release(release).await.unwrap().unwrap();
    assert_eq!(saved.definition.task("task-a").unwrap().1.description, "both");
    assert_eq!(saved.definition.task("pause").unwrap().1.kind, wait("pause", 60).kind, "theirs is not lost");
}

async fn a_draft_is_thrown_away(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    does(&stage, &operator, id, EditCommand::SetDescription { description: "another".to_owned() }).await;
    assert_eq!(stage.app.discard_draft(&operator, id).await.unwrap(), Some(release));
    assert!(matches!(stage.app.draft(&operator, id).await, Err(AppError::NotFound)));
    let next = stage.app.open_draft(&operator, release).await.unwrap();
    assert_eq!(draft(&stage, &operator, next).await.description, "The shop");
}

async fn a_draft_that_was_changed_meanwhile_is_not_removed(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    // As a save has loaded it, before another tab changes it.
    let loaded = stage.app.store.draft(id).await.unwrap().unwrap();
    does(&stage, &operator, id, EditCommand::SetDescription { description: "typed".to_owned() }).await;
    let tx = stage.app.store.begin_write().await.unwrap();
    assert!(matches!(tx.remove_draft(&loaded).await, Err(StoreError::Stale)));
    drop(tx);
    let open = stage.app.draft(&operator, id).await.unwrap();
    assert_eq!((open.stored.draft.description.as_str(), open.to_undo.is_some()), ("typed", true));
}

async fn there_is_an_end_to_drafts(db: Db) {
    let stage = Stage::set(db).await;
    let operator = stage.caller("operator").await;
    for number in 0..MAX_DRAFTS {
        stage.app.start_draft(&operator, stage.owner(), Draft::blank(&format!("new-{number}")), None).await.unwrap();
    }
    let refused = stage.app.start_draft(&operator, stage.owner(), Draft::blank("one-more"), None).await;
    assert!(matches!(refused, Err(AppError::TooManyDrafts)), "{refused:?}");
}

async fn of_two_tabs_that_open_a_draft_both_get_the_same(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let tabs = (0..4).map(|_| stage.app.open_draft(&operator, release));
    let ids: Vec<DraftId> = futures_util::future::join_all(tabs).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}
