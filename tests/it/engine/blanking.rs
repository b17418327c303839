//! Values that an administrator blanks: gone from all that release tasks keep, and nothing that needed one is run again.

use std::sync::Arc;

use parking_lot::Mutex;
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use tollgate::app::{App, AppError, Caller, DraftAction};
use tollgate::domain::blanking::{BLANK, BlankedCounts, BlankedPlace, UnwantedValue};
use tollgate::domain::decide::{Command, Selection, StartChoice};
use tollgate::domain::definition::Definition;
use tollgate::domain::draft::Draft;
use tollgate::domain::edit::EditCommand;
use tollgate::domain::execution::TaskState;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::precondition::Expected;
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::Hook;
use tollgate::format;
use tollgate::store::Cursor;

use super::stage::Stage;
use super::tasks::{command, command_with, line, trigger, with_variables};
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(
    a19_a_value_is_blanked_in_versions_drafts_and_executions,
    a19_what_would_need_it_is_not_run_again,
    a19_what_is_under_way_is_blanked_when_it_has_ended,
    a19_nobody_but_administrators_blanks_a_value,
    a19_words_of_the_format_are_left,
    a19_once_it_is_blanked_nobody_takes_the_old_definition_from_memory,
);

/// With what JSON, YAML and patterns escape.
const KEY: &str = "s3cr\"et-%_k\u{e9}y\\n";

fn value() -> UnwantedValue {
    UnwantedValue::typed(KEY).unwrap()
}

/// A script that has the key, one behind it that has not, and a variable whose value it is.
fn with_key() -> Definition {
    let deploy = command_with("deploy", |deploy| {
        deploy.script = format!("deploy '{KEY}'");
        deploy.rollback = Some("undo".to_owned());
    });
    with_variables(line(vec![deploy, command("check")]), &[("pw", Some(KEY))])
}

/// Every table that has it somewhere, as it is or as JSON has it.
async fn tables_with_key(db: &Db) -> Vec<String> {
    let connection = Database::connect(one_to(&db.url)).await.unwrap();
    let backend = connection.get_database_backend();
    let columns = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND lower(c.type) LIKE '%text%' OR lower(c.type) LIKE '%char%'"
        }
        _ => {
            "SELECT table_name AS t, column_name AS c FROM information_schema.columns \
             WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
        }
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, columns)).await.unwrap();
    assert!(rows.len() > 40, "the columns were not found");
    let json = serde_json::to_string(KEY).unwrap();
    let mut found = Vec::new();
    for row in rows {
        let (table, column): (String, String) = (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        // On SQLite keys are bytes in columns of this kind.
        let is_text = match backend {
            DbBackend::Sqlite => format!("AND typeof(\"{column}\") = 'text'"),
            _ => String::new(),
        };
        for text in [KEY, json.trim_matches('"')] {
            let text = text.replace('\'', "''");
            let sql = format!(
                "SELECT count(*) AS n FROM \"{table}\" WHERE replace(\"{column}\", '{text}', '') <> \"{column}\" {is_text}"
            );
            let count = connection.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
            if count.try_get::<i64>("", "n").unwrap() > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    connection.close().await.unwrap();
    found
}

/// Executed until its second task failed, with the key given out by the first.
async fn failed(stage: &Stage, release: ReleaseId) {
    let choice = StartChoice { selection: Selection::All, variables: [("pw".to_owned(), KEY.to_owned())].into() };
    let operator = stage.caller("operator").await;
    stage.app.execute_from(&operator, release, Expected::default(), choice).await.unwrap();
    stage.tick().await;
    stage.starts("deploy").await.gives(&[("used", KEY)]);
    stage.until(release, "the first is done", |last| matches!(last.tasks[0].state, TaskState::Successful { .. })).await;
    stage.tick().await;
    stage.starts("check").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
}

async fn a19_a_value_is_blanked_in_versions_drafts_and_executions(db: Db) {
    let stage = Stage::set(db).await;
    let (operator, admin) = (stage.caller("operator").await, stage.caller("admin").await);
    let release = stage.release("shop-web", with_key()).await;
    failed(&stage, release).await;
    // A draft with a text that has it in a comment too, saved as the next version; and another draft of that.
    let draft = stage.app.open_draft(&operator, release).await.unwrap();
    let text = format!(
        "# was {KEY}\nname: shop-web\ndescription: The shop {KEY}\nphases:\n  - name: one\n    tasks:\n      - name: deploy\n        script: |\n          deploy {KEY}\n"
    );
    let document = format::parse(&text).unwrap().remove(0);
    let replace = EditCommand::Replace {
        name: document.name,
        description: document.description,
        definition: document.definition,
    };
    let write = DraftAction::Write { command: Box::new(replace), text };
    stage.app.change_draft(&operator, draft, None, &write).await.unwrap();
    stage.app.save_draft(&operator, draft, None, Some(&format!("with {KEY}"))).await.unwrap();
    let draft = stage.app.open_draft(&operator, release).await.unwrap();
    let rename = EditCommand::SetDescription { description: "Changed".to_owned() };
    stage.app.change_draft(&operator, draft, None, &DraftAction::Run(Box::new(rename))).await.unwrap();
    let new = Draft::of("new", "", &with_key());
    let new = stage.app.start_draft(&operator, stage.owner(), new, None).await.unwrap();
    // In a text that is not applied and cannot be read, it stands as it is, and as YAML has it between quotes.
    let quoted = serde_json::to_string(KEY).unwrap();
    let typed = format!("phases: [{KEY}");
    stage.app.keep_text(&operator, draft, None, Some(&format!("{typed}, {quoted}"))).await.unwrap();
    let third = stage.app.start_draft(&operator, stage.owner(), Draft::blank("third"), None).await.unwrap();
    stage.app.keep_text(&operator, third, None, Some(&format!("phases: [{quoted}"))).await.unwrap();
    assert!(!tables_with_key(&stage.db).await.is_empty());

    let found = stage.app.find_value(&admin, &value()).await.unwrap();
    let counts = BlankedCounts { descriptions: 1, versions: 2, drafts: 1, executions: 1, logs: 0 };
    assert_eq!(found.releases.iter().map(|found| (found.id, found.counts)).collect::<Vec<_>>(), [(release, counts)]);
    assert_eq!(found.new_drafts, 2);
    let done = stage.app.blank_value(&admin, &value(), true).await.unwrap();
    assert_eq!((done.counts, done.releases), (BlankedCounts { drafts: 3, logs: 1, ..counts }, 1));
    let queued = stage.db.store.queued_removals().await.unwrap();
    assert!(queued.values().all(|count| *count == 1) && !queued.is_empty(), "logs and run folders go: {queued:?}");

    assert_eq!(tables_with_key(&stage.db).await, [""; 0]);
    assert_eq!(stage.app.find_value(&admin, &value()).await.unwrap().releases, []);
    let visible = stage.app.release(&operator, release).await.unwrap();
    let text = stage.app.version_text(&visible, 2).await.unwrap().expect("the text is kept");
    assert!(text.starts_with(&format!("# was {BLANK}\n")), "{text}");
    let told = stage.app.activity(&visible, Cursor::Newest, 50).await.unwrap().rows;
    assert!(format!("{told:?}").contains("ValueBlanked"), "{told:?}");
    let typed = async |id| stage.app.draft(&operator, id).await.unwrap().stored.typed_text;
    assert_eq!(typed(draft).await, Some(format!("phases: [{BLANK}, \"{BLANK}\"")));
    assert_eq!(typed(third).await, Some(format!("phases: [\"{BLANK}\"")));
    // What was open says so, and cannot bring it back.
    for id in [draft, new] {
        let open = stage.app.draft(&operator, id).await.unwrap().stored;
        assert_eq!(open.steps_done, 0);
        let old = stage.app.change_draft(&operator, id, Some(open.rev - 1), &DraftAction::Undo).await;
        assert!(matches!(old, Err(AppError::DraftChanged)), "{old:?}");
        assert!(stage.app.change_draft(&operator, id, Some(open.rev), &DraftAction::Undo).await.is_err());
    }
    // Done again, it does nothing.
    assert!(stage.app.blank_value(&admin, &value(), true).await.unwrap().counts.is_none());
}

async fn a19_what_would_need_it_is_not_run_again(db: Db) {
    let stage = Stage::set(db).await;
    let admin = stage.caller("admin").await;
    let release = stage.release("shop-web", with_key()).await;
    failed(&stage, release).await;
    stage.app.blank_value(&admin, &value(), true).await.unwrap();
    let refused = async |command: &Command| match stage.asks("operator", release, command).await {
        Err(AppError::Refused(Refusal::Blanked { operation, place })) => (operation, place),
        other => panic!("{other:?}"),
    };
    // The task that failed does not have it, but the variables of the execution do.
    let variable = BlankedPlace::Variable { name: "pw".to_owned() };
    assert_eq!(refused(&Command::Retry).await, (Operation::Retry, variable.clone()));
    assert_eq!(refused(&Command::RollBack).await, (Operation::RollBack, variable));
    let field = BlankedPlace::Task { task: "deploy".to_owned(), field: "script".to_owned() };
    match stage.execute(release).await {
        Err(AppError::Refused(Refusal::Blanked { operation: Operation::Execute, place })) => assert_eq!(place, field),
        other => panic!("{other:?}"),
    }
    // With something else in its place, it goes on.
    let content = Stage::draft("shop-web", line(vec![command("deploy")]));
    let operator = stage.caller("operator").await;
    stage.app.edit(&operator, release, Expected::default(), &content).await.unwrap();
    assert_eq!(stage.execute(release).await.unwrap(), 2);
}

async fn a19_what_is_under_way_is_blanked_when_it_has_ended(db: Db) {
    let stage = Stage::set(db).await;
    let admin = stage.caller("admin").await;
    let mut gated = with_key();
    gated.phases[0].groups[0].tasks.insert(0, trigger("go"));
    let release = stage.running(gated).await;
    let other = stage.release("other", with_key()).await;
    let done = stage.app.blank_value(&admin, &value(), true).await.unwrap();
    assert_eq!((done.releases, done.active), (1, vec!["shop-web".to_owned()]));
    let texts = async |id| serde_json::to_string(&stage.db.store.definition(id, 1).await.unwrap()).unwrap();
    assert!(texts(other).await.contains(BLANK) && !texts(release).await.contains(BLANK));
    stage.does(release, &Command::Terminate).await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let done = stage.app.blank_value(&admin, &value(), true).await.unwrap();
    assert_eq!((done.releases, done.active.len()), (1, 0));
    assert!(texts(release).await.contains(BLANK));
}

async fn a19_nobody_but_administrators_blanks_a_value(db: Db) {
    let stage = Stage::set(db).await;
    stage.release("shop-web", with_key()).await;
    for name in ["operator", "approver", "viewer"] {
        let who = stage.caller(name).await;
        assert!(matches!(stage.app.find_value(&who, &value()).await, Err(AppError::NotFound)), "{name}");
        assert!(matches!(stage.app.blank_value(&who, &value(), true).await, Err(AppError::NotFound)), "{name}");
    }
    assert_eq!(stage.app.find_value(&Caller::CommandLine, &value()).await.unwrap().releases.len(), 1);
}

/// Keys, kinds and words that stand in what is stored, though nobody typed them as a text.
async fn a19_words_of_the_format_are_left(db: Db) {
    let stage = Stage::set(db).await;
    let (operator, admin) = (stage.caller("operator").await, stage.caller("admin").await);
    let release = stage.release("shop-web", with_key()).await;
    failed(&stage, release).await;
    let draft = stage.app.open_draft(&operator, release).await.unwrap();
    let text = "# a comment\nname: shop-web\nphases:\n  - name: one\n    tasks:\n      - name: deploy\n        timeout: 5m\n        script: deploy\n";
    let document = format::parse(text).unwrap().remove(0);
    let replace = EditCommand::Replace {
        name: document.name,
        description: document.description,
        definition: document.definition,
    };
    let write = DraftAction::Write { command: Box::new(replace), text: text.to_owned() };
    stage.app.change_draft(&operator, draft, None, &write).await.unwrap();
    stage.app.save_draft(&operator, draft, None, None).await.unwrap();
    stage.app.open_draft(&operator, release).await.unwrap();
    for word in [
        "timeout",
        "definition",
        "command",
        "variables",
        "successful",
        "attempt_ended",
        "message",
        "phases",
        "deploy\n        timeout: 5m",
    ] {
        let word = UnwantedValue::typed(word).unwrap();
        let found = stage.app.find_value(&admin, &word).await.unwrap();
        let in_definition = word.text().starts_with("deploy");
        assert!(in_definition || found.releases.is_empty(), "{}: {found:?}", word.text());
        if !in_definition {
            let done = stage.app.blank_value(&admin, &word, true).await.unwrap();
            assert!(done.counts.is_none() && done.releases == 0 && done.active.is_empty(), "{}: {done:?}", word.text());
        }
    }
    let visible = stage.app.release(&operator, release).await.unwrap();
    assert_eq!(stage.app.version_text(&visible, 2).await.unwrap().as_deref(), Some(text));
    // A comment is no word of the format.
    let comment = UnwantedValue::typed("a comment").unwrap();
    assert_eq!(stage.app.blank_value(&admin, &comment, true).await.unwrap().counts.versions, 1);
    let without = stage.app.version_text(&visible, 2).await.unwrap().unwrap();
    assert_eq!(without, text.replace("a comment", BLANK));
}

async fn a19_once_it_is_blanked_nobody_takes_the_old_definition_from_memory(db: Db) {
    let stage = Stage::set(db).await;
    let admin = stage.caller("admin").await;
    let release = stage.release("shop-web", with_key()).await;
    let store = stage.app.store.clone();
    assert!(!serde_json::to_string(&store.definition(release, 1).await.unwrap()).unwrap().contains(BLANK));
    // Somebody who waited for the lock goes on as soon as it is committed, before anything else is done here.
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook: Hook = {
        let (store, seen) = (store.clone(), Arc::clone(&seen));
        Arc::new(move |point| {
            let (store, seen) = (store.clone(), Arc::clone(&seen));
            Box::pin(async move {
                if point == "store.commit.after" {
                    let definition = store.definition(release, 1).await.unwrap();
                    seen.lock().push(serde_json::to_string(&definition).unwrap().contains(BLANK));
                }
                Ok(())
            })
        })
    };
    let held = App { store: store.with_hook(hook), ..stage.app.clone() };
    held.blank_value(&admin, &value(), false).await.unwrap();
    assert_eq!(*seen.lock(), [true]);
    assert!(serde_json::to_string(&store.definition(release, 1).await.unwrap()).unwrap().contains(BLANK));
}
