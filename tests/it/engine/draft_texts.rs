//! Texts that somebody typed into a draft and did not apply: kept, and lost only with a word.

use tollgate::app::{AppError, DraftAction, DraftOutcome, draft_text};
use tollgate::domain::edit::EditCommand;
use tollgate::format::MAX_FILE_LEN;

use super::stage::Stage;
use super::tasks::{command, line};
use crate::db::Db;

on_both!(a3_a_text_that_is_not_applied_is_in_the_draft_after_a_restart);

async fn a3_a_text_that_is_not_applied_is_in_the_draft_after_a_restart(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    let operator = stage.caller("operator").await;
    let id = stage.app.open_draft(&operator, release).await.unwrap();
    let stored = async |stage: &Stage| stage.app.draft(&operator, id).await.unwrap().stored;
    let written = draft_text(&stored(&stage).await);
    let has_unsaved = async |stage: &Stage| {
        let visible = stage.app.release(&operator, release).await.unwrap();
        stage.app.execution_offer(&operator, &visible, None).await.unwrap().has_unsaved_draft
    };
    assert!(!has_unsaved(&stage).await);
    let wrong = "name: \0 shop-web: [";
    assert!(stage.app.keep_text(&operator, id, Some(0), Some(wrong)).await.unwrap());
    // What is too long for any file is not kept, and what was kept before stays.
    let too_long = "x".repeat(MAX_FILE_LEN + 1);
    assert!(!stage.app.keep_text(&operator, id, Some(1), Some(&too_long)).await.unwrap());
    stage.restarts();
    let kept = stored(&stage).await;
    assert_eq!((kept.typed_text.as_deref(), kept.rev, kept.draft.tasks().count()), (Some(wrong), 1, 1));
    assert!(has_unsaved(&stage).await, "Execute says that it is not in what is executed");
    let longest = "x".repeat(MAX_FILE_LEN);
    let old = stage.app.keep_text(&operator, id, Some(0), Some(&longest)).await;
    assert!(matches!(old, Err(AppError::DraftChanged)), "{old:?}");
    assert!(stage.app.keep_text(&operator, id, Some(1), Some(&longest)).await.unwrap());
    let refused = stage.app.save_draft(&operator, id, None, None).await;
    assert!(matches!(refused, Err(AppError::TextNotApplied)), "{refused:?}");
    for name in ["viewer", "approver", "admin"] {
        let other = stage.caller(name).await;
        let refused = stage.app.keep_text(&other, id, None, Some("mine")).await;
        assert!(matches!(refused, Err(AppError::NotFound)), "{name}: {refused:?}");
    }
    // What the draft says anyway is no text to keep; and a change of the draft takes one away, a command that changes nothing
    // does not.
    assert!(stage.app.keep_text(&operator, id, Some(2), Some(&written)).await.unwrap());
    assert_eq!(stored(&stage).await.typed_text, None);
    assert!(stage.app.keep_text(&operator, id, Some(3), Some(wrong)).await.unwrap());
    let description =
        |text: &str| DraftAction::Run(Box::new(EditCommand::SetDescription { description: text.to_owned() }));
    let same = description(&stored(&stage).await.draft.description);
    assert_eq!(stage.app.change_draft(&operator, id, Some(4), &same).await.unwrap(), DraftOutcome::Unchanged);
    assert_eq!(stored(&stage).await.typed_text.as_deref(), Some(wrong));
    stage.app.change_draft(&operator, id, Some(4), &description("Another")).await.unwrap();
    assert_eq!(stored(&stage).await.typed_text, None);
}
