//! Volume: lists with very many executions behind them, and many who write and read at the same time.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tollgate::app::{App, WorkerContext};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::ids::{ExecutionId, ReleaseId};
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{Cursor, ReleaseQuery, ReleaseSort, Scope, Store};
use uuid::Uuid;

use crate::by_hand::one_to;
use crate::db::Db;
use crate::engine::stage::Stage;
use crate::engine::tasks::{approval, line};
use crate::web::app::{REGION, TestApp};
use crate::web::browser::Browser;
use crate::web::stories::Story;

on_both!(
    row_25_lists_with_very_many_executions_behind_them_are_pages_by_indexes,
    row_26_forty_writers_and_their_readers_never_find_the_database_locked,
);

/// `TOLLGATE_TEST_EXECUTIONS=1000000` for as many as users of other systems had.
fn executions() -> usize {
    std::env::var("TOLLGATE_TEST_EXECUTIONS").map_or(100_000, |number| number.parse().unwrap())
}

/// The most statements that any page may take.
const MAX_STATEMENTS: usize = 12;

/// How often each of the forty writers releases.
const ROUNDS: u32 = 2;

/// The tables that grow with every execution.
const GROW: [&str; 4] = ["executions", "task_runs", "attempts", "events"];
/// Indexes of what is under way alone: reading one whole costs nothing.
const SMALL: [&str; 7] = [
    "executions_to_wake",
    "executions_one_active",
    "executions_of_owner",
    "task_runs_open",
    "task_runs_in_line",
    "attempts_one_live",
    "attempts_left_behind",
];

/// Copies of one execution, behind one release task.
struct Past<'d> {
    db: &'d DatabaseConnection,
    count: usize,
}

impl Past<'_> {
    fn is_sqlite(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Sqlite
    }

    /// A key of this kind for the number `n`, less than every key that is made now.
    fn key(&self, kind: u8) -> String {
        if self.is_sqlite() {
            format!("unhex(printf('%02x%030x', {kind}, n))")
        } else {
            format!("CAST(lpad(to_hex({kind}), 2, '0') || lpad(to_hex(n), 30, '0') AS uuid)")
        }
    }

    fn literal(&self, id: impl Into<Uuid>) -> String {
        let id: Uuid = id.into();
        if self.is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'") }
    }

    fn series(&self) -> String {
        let count = self.count;
        if self.is_sqlite() {
            format!("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})")
        } else {
            format!("WITH s AS (SELECT n FROM generate_series(1, {count}) n)")
        }
    }

    async fn columns(&self, table: &str) -> Vec<String> {
        let sql = if self.is_sqlite() {
            format!("SELECT name FROM pragma_table_info('{table}')")
        } else {
            format!("SELECT column_name AS name FROM information_schema.columns WHERE table_name = '{table}'")
        };
        let rows = self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
    }

    /// Copies the rows of a table, with other values in some columns, in one statement.
    async fn copies(&self, table: &str, of: &str, other: &[(&str, String)]) {
        let columns = self.columns(table).await;
        let value = |column: &String| {
            other.iter().find(|(name, _)| name == column).map_or(format!("t.{column}"), |(_, value)| value.clone())
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let series = self.series();
        let sql = format!(
            "{series} INSERT INTO {table} ({}) SELECT {} FROM s, {table} t WHERE {of}",
            columns.join(", "),
            values.join(", ")
        );
        self.db.execute_unprepared(&sql).await.unwrap();
    }

    async fn fill(&self, release: ReleaseId, execution: ExecutionId) {
        let (of, count) = (self.literal(execution), self.count);
        let (id, task) = (self.key(1), self.key(2));
        let number = || "n + 1".to_owned();
        // Copies of what was right are right: nobody looks up five keys for each of them.
        let unchecked =
            if self.is_sqlite() { "PRAGMA foreign_keys = OFF" } else { "SET session_replication_role = replica" };
        self.db.execute_unprepared(unchecked).await.unwrap();
        self.db.execute_unprepared("BEGIN").await.unwrap();
        self.copies("executions", &format!("t.id = {of}"), &[("id", id.clone()), ("number", number())]).await;
        let rows = [("id", task.clone()), ("execution_id", id.clone())];
        self.copies("task_runs", &format!("t.execution_id = {of}"), &rows).await;
        let attempts = format!("t.task_run_id IN (SELECT id FROM task_runs WHERE execution_id = {of})");
        self.copies("attempts", &attempts, &[("task_run_id", task)]).await;
        for (kind, word) in [(3, "executed"), (4, "ended")] {
            let of = format!("t.execution_id = {of} AND t.kind = '{word}'");
            self.copies("events", &of, &[("id", self.key(kind)), ("execution_id", id.clone())]).await;
        }
        let last = format!("UPDATE releases SET last_number = {} WHERE id = {}", count + 1, self.literal(release));
        self.db.execute_unprepared(&last).await.unwrap();
        self.db.execute_unprepared("COMMIT").await.unwrap();
        if !self.is_sqlite() {
            // What autovacuum does within a minute.
            self.db.execute_unprepared("ANALYZE").await.unwrap();
        }
    }
}

impl Past<'_> {
    /// Copies do not tell how they came to be, which the look at the end of a test would find, in each of them.
    async fn forget(&self) {
        for table in [
            "deliveries",
            "outbox",
            "events",
            "decisions",
            "attempts",
            "task_runs",
            "executions",
            "release_versions",
            "releases",
        ] {
            let sql =
                if self.is_sqlite() { format!("DELETE FROM {table}") } else { format!("TRUNCATE {table} CASCADE") };
            self.db.execute_unprepared(&sql).await.unwrap();
        }
    }
}

async fn connected(db: &Db) -> DatabaseConnection {
    Database::connect(one_to(db.url.clone())).await.unwrap()
}

/// What is wrong with how the database would carry that out: a table that grows is read whole.
async fn read_whole(db: &DatabaseConnection, statement: &Statement) -> Option<String> {
    let backend = db.get_database_backend();
    let explain = if backend == DbBackend::Sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
    let column = if backend == DbBackend::Sqlite { "detail" } else { "QUERY PLAN" };
    let sql = format!("{explain} {}", statement.sql);
    let asked = match &statement.values {
        Some(values) => Statement::from_sql_and_values(backend, sql, values.clone()),
        None => Statement::from_string(backend, sql),
    };
    let rows = db.query_all_raw(asked).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
    let is_whole = |line: &&String| {
        let scans = |table: &str| {
            let line = line.replace('"', "");
            line.starts_with(&format!("SCAN {table}")) || line.contains(&format!("Seq Scan on {table}"))
        };
        GROW.iter().any(|table| scans(table)) && !SMALL.iter().any(|index| line.contains(index))
    };
    plan.iter().any(|line| is_whole(&line)).then(|| format!("{}\n{}", statement.sql, plan.join("\n")))
}

/// Opens a page and tells how long it took and how many statements; the engine, which asks too, is told by its own.
async fn opened(browser: &Browser, heard: &Mutex<Vec<Statement>>, url: &str) -> (Duration, usize, String) {
    let (mut fastest, mut fewest, mut text) = (Duration::MAX, usize::MAX, String::new());
    for _ in 0..5 {
        let before = heard.lock().unwrap().len();
        let asked = Instant::now();
        let page = browser.get(url).await;
        fastest = fastest.min(asked.elapsed());
        assert_eq!(page.status, 200, "{url}");
        let all = heard.lock().unwrap();
        let of_page = all[before..].iter().filter(|statement| {
            !statement.sql.contains("wake_at\" <") && !statement.sql.contains("\"wake_at\" IS NOT NULL")
        });
        fewest = fewest.min(of_page.count());
        text = page.text;
    }
    (fastest, fewest, text)
}

async fn row_25_lists_with_very_many_executions_behind_them_are_pages_by_indexes(db: Db) {
    let heard: Arc<Mutex<Vec<Statement>>> = Arc::default();
    let ear = {
        let heard = Arc::clone(&heard);
        move |statement: &Statement| heard.lock().unwrap().push(statement.clone())
    };
    let app = TestApp::start_on(&db, |store| store.heard_by(ear)).await;
    let (big, small) = (app.release(Story::Done).await, app.release(Story::Done).await);
    app.release(Story::Waiting).await;
    for _ in 0..2 {
        app.app.execute(&app.caller("operator").await, small.id, &Selection::All).await.unwrap();
        app.becomes(small.id, ReleaseStatus::Successful).await;
    }
    let connection = connected(&db).await;
    let (filling, count) = (Instant::now(), executions());
    Past { db: &connection, count }.fill(big.id, big.execution).await;
    println!("{count} executions in {:?}", filling.elapsed());

    let operator = app.signed_in_as("operator").await;
    let show = |release: ReleaseId| format!("/regions/{REGION}/release-tasks/{release}");
    let (middle, of_big, of_small) = (count / 2, show(big.id), show(small.id));
    let activity = operator.get(&format!("{of_big}/activity")).await;
    let older = activity.text.split("before=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    heard.lock().unwrap().clear();
    // The same page of a release task with three executions, where there is one, takes as many statements.
    let pages = [
        (format!("/regions/{REGION}/release-tasks"), None),
        (format!("/regions/{REGION}/release-tasks?sort=executed&order=up"), None),
        (format!("/regions/{REGION}/release-tasks?status=to-be-approved"), None),
        ("/approvals".to_owned(), None),
        (of_big.clone(), Some(of_small.clone())),
        (format!("{of_big}/timeline"), Some(format!("{of_small}/timeline"))),
        (format!("{of_big}/executions"), Some(format!("{of_small}/executions"))),
        (format!("{of_big}/executions?before={middle}"), None),
        (format!("{of_big}/executions?after={middle}"), None),
        (format!("{of_big}/executions/{middle}"), Some(format!("{of_small}/executions/2"))),
        (format!("{of_big}/executions/{middle}/tasks/work"), None),
        (format!("{of_big}/activity"), Some(format!("{of_small}/activity"))),
        (format!("{of_big}/activity?before={older}"), None),
        ("/activity".to_owned(), None),
        // Of a kind that happened once, of one that never did, and of a region without any release task.
        ("/activity?kind=checkpoints".to_owned(), None),
        ("/activity?kind=operations".to_owned(), None),
        ("/activity?kind=release-tasks&who=operator".to_owned(), None),
        ("/activity?region=us-east".to_owned(), None),
        ("/activity?what=nowhere".to_owned(), None),
    ];
    for (url, like) in &pages {
        let (time, statements, text) = opened(&operator, &heard, url).await;
        let rows = text.matches("data-row").count();
        println!("{time:>10.1?} {statements:>3} statements {rows:>3} rows {url}");
        assert!(statements <= MAX_STATEMENTS, "{url} takes {statements} statements");
        assert!(rows <= 60, "{url} has {rows} rows");
        if let Some(like) = like {
            let (_, fewer, _) = opened(&operator, &heard, like).await;
            assert_eq!(statements, fewer, "{url} takes more statements than {like}");
        }
    }
    // The newest page and the middle one are pages of different rows.
    operator.get(&pages[6].0).await.says(&format!("Execution #{}<", count + 1));
    operator.get(&pages[7].0).await.says(&format!("Execution #{}<", middle - 1));
    // What the engine asks is heard too.
    app.becomes(app.release(Story::Done).await.id, ReleaseStatus::Successful).await;
    let mut asked: Vec<Statement> = heard.lock().unwrap().clone();
    asked.retain(|statement| statement.sql.starts_with("SELECT"));
    asked.sort_by(|one, two| one.sql.cmp(&two.sql));
    asked.dedup_by(|one, two| one.sql == two.sql);
    assert!(asked.len() > 20, "{} statements were heard", asked.len());
    assert!(asked.iter().any(|statement| statement.sql.contains("wake_at")), "the engine was heard");
    let mut whole = Vec::new();
    for statement in &asked {
        whole.extend(read_whole(&connection, statement).await);
    }
    app.stops().await;
    Past { db: &connection, count }.forget().await;
    connection.close().await.unwrap();
    assert!(whole.is_empty(), "tables that grow are read whole:\n{}", whole.join("\n\n"));
}

async fn row_26_forty_writers_and_their_readers_never_find_the_database_locked(db: Db) {
    let stage = Stage::set(db).await;
    // Another process on the same database, such as `tollgate import` beside `tollgate serve`.
    let other = Store::connect(&stage.db.url).await.unwrap();
    let apps = [stage.app.clone(), App { store: other.clone(), ..stage.app.clone() }];
    let caller = stage.caller("operator").await;
    let mut releases = Vec::new();
    for number in 0..40 {
        releases.push(stage.release(&format!("shop-{number}"), line(vec![approval("go-live", 1, None)])).await);
    }
    let term = stage.engine.term().await.unwrap();
    let began = Instant::now();
    let writers = releases.iter().enumerate().map(|(number, release)| {
        let (app, caller, release) = (apps[usize::from(number % 20 == 0)].clone(), caller.clone(), *release);
        let term = term.clone();
        tokio::spawn(async move {
            for _ in 0..ROUNDS {
                app.execute(&caller, release, &Selection::All).await?;
                for command in [Command::Pause, Command::Continue, Command::Terminate] {
                    app.ask(&caller, release, &command).await?;
                }
                let last = app.store.release(release).await?.unwrap().last.unwrap();
                app.advance(last.id, WorkerContext::without_room(&term)).await?;
            }
            Ok::<_, tollgate::app::AppError>(())
        })
    });
    let writers: Vec<_> = writers.collect();
    let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let readers = (0..12).map(|number: usize| {
        let (store, done, release) = (apps[number % 2].store.clone(), Arc::clone(&done), releases[number]);
        let query = ReleaseQuery {
            region_id: stage.region,
            text: None,
            statuses: Vec::new(),
            team: None,
            creator: None,
            sort: ReleaseSort::LastExecuted,
            descending: true,
            page: 1,
        };
        tokio::spawn(async move {
            let (mut reads, mut slowest) = (0, Duration::ZERO);
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let asked = Instant::now();
                assert_eq!(store.release_page(&Scope::All, &query).await?.rows.len(), 40);
                store.open_checkpoints(&Scope::All).await?;
                store.activity_of(release, Cursor::Newest, 50).await?;
                store.release(release).await?;
                (reads, slowest) = (reads + 4, slowest.max(asked.elapsed() / 4));
                // Readers that take every bit of a small machine would be all that the writers wait for.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok::<_, tollgate::store::StoreError>((reads, slowest))
        })
    });
    let readers: Vec<_> = readers.collect();
    for written in join_all(writers).await {
        written.unwrap().unwrap();
    }
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    let (mut reads, mut slowest) = (0, Duration::ZERO);
    for read in join_all(readers).await {
        let (of_one, slow) = read.unwrap().unwrap();
        (reads, slowest) = (reads + of_one, slowest.max(slow));
    }
    println!(
        "40 writers, {} writes and {reads} reads in {:?}, the slowest read in {slowest:?}",
        200 * ROUNDS,
        began.elapsed()
    );
    for release in releases {
        let last = stage.last(release).await;
        assert_eq!((last.number, last.status()), (ROUNDS, ReleaseStatus::ReleaseFailed));
    }
    other.close().await.unwrap();
}
