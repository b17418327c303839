//! `tollgate check` finds what somebody broke by hand: one finding for each kind.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend};
use tollgate::clock::Clock;
use tollgate::domain::consistency::Whole;
use tollgate::domain::execution::Verdict;
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::Locale;
use tollgate::store::ReplicaInfo;

use crate::by_hand::one_to;
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{approval, command, phases};
use crate::program;
use crate::sound::unsound;

on_both!(what_is_broken_is_found, what_is_broken_together_with_its_indexes_is_found, the_command_line_tells_and_fails);

const TABLES: [&str; 7] =
    ["releases", "release_versions", "executions", "task_runs", "attempts", "decisions", "events"];

/// What somebody does to the database, and a part of what is found then. `ended` is over, `runs` is under way.
const BROKEN: [(&str, &str); 27] = [
    (
        "UPDATE executions SET status = 3 WHERE ended_at IS NOT NULL",
        "stored as Release failed, but its tasks make it Successful",
    ),
    ("UPDATE executions SET segments = '[]' WHERE ended_at IS NOT NULL", "the stored statuses of its phases"),
    ("UPDATE executions SET wake_at = started_at WHERE ended_at IS NULL", "the engine looks at it next"),
    ("UPDATE releases SET status = 4 WHERE name = 'ended'", "lists show something else"),
    ("UPDATE releases SET last_version = NULL WHERE name = 'ended'", "lists show something else"),
    ("UPDATE executions SET ended_at = NULL", "ended, execution 1: the audit does not explain whether it is over"),
    ("UPDATE executions SET ended_at = started_at WHERE ended_at IS NULL", "something of it is still under way"),
    ("UPDATE executions SET direction = 'back' WHERE ended_at IS NULL", "whether it is rolled back"),
    ("UPDATE executions SET asked = 'terminate' WHERE ended_at IS NULL", "whether it is paused, retried or terminated"),
    ("UPDATE executions SET number = 5 WHERE ended_at IS NOT NULL", "ended says that its last execution is 1"),
    ("UPDATE attempts SET ended_at = NULL, outcome = NULL WHERE ended_at IS NOT NULL", "attempt 1 is live, but"),
    ("UPDATE attempts SET ended_at = started_at WHERE ended_at IS NULL", "no such attempt is live"),
    ("UPDATE attempts SET ended_at = started_at WHERE ended_at IS NULL", "an end without an outcome"),
    ("UPDATE attempts SET number = 3 WHERE ended_at IS NOT NULL", "there are these attempts: 3"),
    ("UPDATE decisions SET round = 7", "decided for time 7, but it was not asked so often"),
    ("UPDATE decisions SET verdict = 'reject'", "2 agreed and somebody rejected it"),
    ("UPDATE decisions SET comment = 'I never said so'", "the audit does not know that approver agreed"),
    (
        "DELETE FROM decisions WHERE user_name = 'approver'",
        "the audit tells that approver agreed, and that decision is not",
    ),
    ("DELETE FROM events WHERE kind = 'executed'", "does not tell how it began"),
    (
        "UPDATE events SET data = replace(data, '\"skipped\":0', '\"skipped\":1')",
        "that was not chosen, and there are 0",
    ),
    ("DELETE FROM events WHERE kind = 'attempt_started'", "what cannot have happened then: “saw task-a succeed"),
    ("UPDATE task_runs SET tries = 5, begun = NOT begun, round = 4, attempt = 2", "how often it was tried"),
    (
        "UPDATE executions SET variables = '{\"version\":\"2\"}' WHERE ended_at IS NOT NULL",
        "the audit does not explain the values of its variables",
    ),
    ("UPDATE task_runs SET outputs = '{\"image\":\"none\"}'", "the audit does not explain its outputs"),
    ("UPDATE task_runs SET state = 'waiting', state_data = '{\"state\":\"waiting\"}'", "does not explain its state"),
    ("UPDATE task_runs SET name = 'other' WHERE name = 'task-a'", "its tasks are not those of the version"),
    ("UPDATE task_runs SET state_data = 'nonsense'", "it cannot be read"),
];

/// The same, once the database does not hold any more what it holds by itself.
const UNHELD: [(&str, &str); 4] = [
    (
        "INSERT INTO attempts (task_run_id, number, kind, started_at) \
         SELECT task_run_id, 2, kind, started_at FROM attempts WHERE ended_at IS NULL",
        "attempts 1 and 2 are live at the same time",
    ),
    (
        "UPDATE decisions SET user_name = 'approver', user_id = (SELECT id FROM users WHERE name = 'approver')",
        "approver decided more than once",
    ),
    (
        "UPDATE executions SET ended_at = NULL, number = 2, release_id = (SELECT id FROM releases WHERE name = 'runs') \
         WHERE ended_at IS NOT NULL",
        "runs has 2 executions that are not over",
    ),
    ("UPDATE executions SET owner = 'nobody'", "1 execution that is not over belongs to a replica that there is not"),
];

/// One release task that went through a checkpoint to its end, and one that runs.
async fn set(db: &Db) -> Stage {
    let stage = Stage::set(db.clone()).await;
    let definition = phases(vec![vec![vec![command("task-a")]], vec![vec![approval("go-live", 2, None)]]]);
    let ended = stage.release("ended", definition).await;
    stage.execute(ended).await.unwrap();
    stage.tick().await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(ended, ReleaseStatus::ToBeApproved).await;
    for approver in ["approver", "approver2"] {
        stage.says(approver, ended, "go-live", Verdict::Agree).await.unwrap();
    }
    stage.tick().await;
    stage.until_status(ended, ReleaseStatus::Successful).await;
    let runs = stage.release("runs", phases(vec![vec![vec![command("task-b")]]])).await;
    stage.execute(runs).await.unwrap();
    stage.tick().await;
    drop(stage.starts("task-b").await);
    stage.engine.stop().await;
    stage
}

/// One connection on which the database does not watch what refers to what.
async fn by_hand(db: &Db) -> DatabaseConnection {
    let hand = Database::connect(one_to(&db.url)).await.unwrap();
    let unwatched = match hand.get_database_backend() {
        DbBackend::Sqlite => "PRAGMA foreign_keys = OFF",
        _ => "SET session_replication_role = replica",
    };
    hand.execute_unprepared(unwatched).await.unwrap();
    for table in TABLES {
        hand.execute_unprepared(&format!("CREATE TABLE {table}_before AS SELECT * FROM {table}")).await.unwrap();
    }
    hand
}

async fn breaks(db: &Db, hand: &DatabaseConnection, (sql, says): (&str, &str)) {
    hand.execute_unprepared(sql).await.unwrap();
    let mut found = unsound(&db.store).await.unwrap();
    let replicas = db.store.inspect_replicas(Clock::system().now()).await.unwrap();
    found.extend(replicas.iter().map(|found| Locale::default().check_report().whole(found)));
    assert!(found.iter().any(|said| said.contains(says)), "{sql}\n{says:?} is not among\n{}", found.join("\n"));
    for table in TABLES {
        hand.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
        hand.execute_unprepared(&format!("INSERT INTO {table} SELECT * FROM {table}_before")).await.unwrap();
    }
    assert_eq!(unsound(&db.store).await.unwrap(), Vec::<String>::new());
}

async fn what_is_broken_is_found(db: Db) {
    let _stage = set(&db).await;
    assert_eq!(unsound(&db.store).await.unwrap(), Vec::<String>::new());
    let hand = by_hand(&db).await;
    for case in BROKEN {
        breaks(&db, &hand, case).await;
    }
    if hand.get_database_backend() == DbBackend::Sqlite {
        hand.execute_unprepared("DELETE FROM users WHERE name = 'viewer'").await.unwrap();
        let found = unsound(&db.store).await.unwrap();
        assert!(
            found.iter().any(|said| said == "1 row of memberships refers to rows of users that there are not"),
            "{found:?}"
        );
    }
    hand.close().await.unwrap();
}

async fn what_is_broken_together_with_its_indexes_is_found(db: Db) {
    let stage = set(&db).await;
    let hand = by_hand(&db).await;
    for index in ["attempts_one_live", "decisions_once", "executions_one_active"] {
        hand.execute_unprepared(&format!("DROP INDEX {index}")).await.unwrap();
    }
    for case in UNHELD {
        breaks(&db, &hand, case).await;
    }
    // A replica is at work, and has not done what was to be done a while ago.
    let now = stage.app.clock.now() + TimeDelta::seconds(90);
    let who = ReplicaInfo {
        id: "late".to_owned(),
        name: "late".to_owned(),
        version: "0.1.0".to_owned(),
        isolation: tollgate::domain::isolation::Isolation::default(),
    };
    db.store.enroll(&who, now).await.unwrap();
    assert_eq!(db.store.inspect_replicas(now).await.unwrap(), []);
    hand.execute_unprepared("UPDATE executions SET wake_at = started_at WHERE ended_at IS NULL").await.unwrap();
    assert_eq!(db.store.inspect_replicas(now).await.unwrap(), [Whole::Overdue { count: 1 }]);
    hand.close().await.unwrap();
}

async fn the_command_line_tells_and_fails(db: Db) {
    let stage = set(&db).await;
    let data = tempfile::tempdir().unwrap();
    std::fs::set_permissions(data.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let checks = || {
        let output = program::command(crate::PROGRAM, data.path(), Some(&db.url)).arg("check").output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, said) = checks();
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("2 executions, each as the law and the audit make it"), "{said}");

    let hand = by_hand(&db).await;
    hand.execute_unprepared("UPDATE executions SET status = 3 WHERE ended_at IS NOT NULL").await.unwrap();
    let (status, said) = checks();
    assert_eq!(status, Some(1), "{said}");
    let line = "FOUND ended, execution 1: it is stored as Release failed, but its tasks make it Successful\n";
    assert!(said.contains(line), "{said}");
    hand.execute_unprepared("UPDATE executions SET status = 2 WHERE ended_at IS NOT NULL").await.unwrap();

    // The script that is under way is this machine's, and its run folder is not here.
    std::fs::write(data.path().join("node"), crate::engine::stage::NODE).unwrap();
    let (status, said) = checks();
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("FOUND runs, execution 1: task task-b: attempt 1 is under way on this machine"), "{said}");
    let id: ExecutionId = stage.app.store.live_attempts().await.unwrap()[0].execution_id;
    let folders = tollgate::data_layout::DataLayout::new(data.path()).unwrap();
    std::fs::create_dir_all(folders.attempt(id, "task-b", 1)).unwrap();

    // What ended here has no run folder any more, and nothing says that retention removed it: until something does.
    let (status, said) = checks();
    assert_eq!(status, Some(1), "{said}");
    let line = "FOUND ended, execution 1: the logs and run folders of 1 attempt are not in this data folder, and it was not \
                retention that removed them\n";
    assert!(said.contains(line) && said.matches("FOUND").count() == 1, "{said}");
    let of_ended = "UPDATE executions SET files_removed_at = ended_at WHERE ended_at IS NOT NULL";
    hand.execute_unprepared(of_ended).await.unwrap();
    assert_eq!(checks().0, Some(0));
    // It is not asked of another machine's.
    hand.execute_unprepared("UPDATE executions SET files_removed_at = NULL").await.unwrap();
    assert_eq!(checks().0, Some(1));
    std::fs::write(data.path().join("node"), "another").unwrap();
    assert_eq!(checks().0, Some(0));
    hand.close().await.unwrap();
}
