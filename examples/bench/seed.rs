//! Fills the database with the past: 1,000 release tasks with 100 executions each, every one a copy of an execution that
//! really ran, with its tasks, attempts, decision and events.

use tollgate::domain::ids::ReleaseId;

use crate::database::{Kind, Sql};
use crate::scene::{GATES, LISTED};

/// Release tasks in a region.
pub const RELEASES: usize = 1_000;
/// Executions behind them.
pub const EXECUTIONS: usize = 100_000;

/// 2026-01-01, when the first of the copies was executed; one follows each minute.
const BEGIN: i64 = 1_767_225_600;

/// Kinds of copied rows, so that no two have one key.
#[derive(Clone, Copy)]
enum Rows {
    Listed = 1,
    Gates = 2,
    Executions = 3,
    TaskRuns = 4,
    Decisions = 5,
    Events = 6,
}

impl Sql {
    /// Copies the release task of that key, with its last execution, into the list.
    pub async fn fill_list(&self, usual: ReleaseId) -> anyhow::Result<()> {
        self.run(self.without_checks()).await?;
        self.run("BEGIN").await?;
        self.copy_release(usual, LISTED, Rows::Listed).await?;
        for copy in [self.executions(), self.task_runs(), self.attempts(), self.decisions(), self.events()] {
            let of_usual = format!("(SELECT id FROM executions WHERE release_id = {})", self.literal(usual));
            self.run(&copy.replace("USUAL", &of_usual)).await?;
        }
        let (at, listed) = (self.time(&format!("{EXECUTIONS} - {RELEASES} + n")), self.key(Rows::Listed, "0", "n"));
        let last = EXECUTIONS / RELEASES;
        self.run(&format!(
            "{} UPDATE releases SET last_number = {last}, last_executed_at = {at} FROM s WHERE releases.id = {listed}",
            series(RELEASES)
        ))
        .await?;
        self.run("COMMIT").await?;
        match self.kind {
            Kind::Sqlite => Ok(()),
            // What autovacuum and the checkpointer do within some minutes.
            Kind::Postgres => {
                self.run("VACUUM ANALYZE").await?;
                self.run("CHECKPOINT").await
            }
        }
    }

    /// Copies the release task that only waits for a decision; it was never executed.
    pub async fn fill_gates(&self, gate: ReleaseId) -> anyhow::Result<()> {
        self.copy_release(gate, GATES, Rows::Gates).await
    }

    async fn copy_release(&self, of: ReleaseId, region: &str, rows: Rows) -> anyhow::Result<()> {
        let (id, of) = (self.key(rows, "0", "n"), self.literal(of));
        let name = format!("'{region}-service-' || CAST(n AS text)");
        self.run(&format!(
            "{} INSERT INTO releases (id, region_id, team_id, name, name_folded, description, searched, created_by_id, \
             created_by_name, created_at, version, deleted_at, rev, status, segments, terminating, last_number, \
             last_version, last_executed_at) \
             SELECT {id}, (SELECT id FROM regions WHERE name = '{region}'), team_id, {name}, {name}, description, {name}, \
             created_by_id, created_by_name, created_at, version, NULL, 0, status, segments, terminating, last_number, \
             last_version, last_executed_at FROM releases, s WHERE releases.id = {of}",
            series(RELEASES)
        ))
        .await?;
        self.run(&format!(
            "{} INSERT INTO release_versions (release_id, number, definition, created_by_id, created_by_name, \
             created_at) SELECT {id}, number, definition, created_by_id, created_by_name, created_at \
             FROM release_versions, s WHERE release_id = {of}",
            series(RELEASES)
        ))
        .await
    }

    fn executions(&self) -> String {
        let (id, release) = (self.key(Rows::Executions, "0", "n"), self.key(Rows::Listed, "0", &release_of()));
        format!(
            "{} INSERT INTO executions (id, release_id, team_id, number, version, started_by_id, started_by_name, \
             started_at, ended_at, direction, asked, asked_since, rev, status, segments, wake_at) \
             SELECT {id}, {release}, team_id, (n - 1) / {RELEASES} + 1, version, started_by_id, started_by_name, {}, {}, \
             direction, asked, asked_since, rev, status, segments, wake_at FROM executions, s WHERE id IN USUAL",
            series(EXECUTIONS),
            self.time("n"),
            self.time("n + 1"),
        )
    }

    fn task_runs(&self) -> String {
        let (id, execution) = (self.key(Rows::TaskRuns, "ordinal", "n"), self.key(Rows::Executions, "0", "n"));
        format!(
            "{} INSERT INTO task_runs (id, execution_id, ordinal, phase, lane, position, name, state, state_data, \
             started_at, attempt, tries, begun, round, outputs) SELECT {id}, {execution}, ordinal, phase, lane, position, \
             name, state, state_data, started_at, attempt, tries, begun, round, outputs \
             FROM s, task_runs WHERE execution_id IN USUAL",
            series(EXECUTIONS)
        )
    }

    fn attempts(&self) -> String {
        let id = self.key(Rows::TaskRuns, "t.ordinal", "n");
        format!(
            "{} INSERT INTO attempts (task_run_id, number, kind, started_at, ended_at, outcome, replica) \
             SELECT {id}, a.number, a.kind, a.started_at, a.ended_at, a.outcome, a.replica \
             FROM s, attempts a JOIN task_runs t ON t.id = a.task_run_id WHERE t.execution_id IN USUAL",
            series(EXECUTIONS)
        )
    }

    fn decisions(&self) -> String {
        let (id, execution) = (self.key(Rows::Decisions, "0", "n"), self.key(Rows::Executions, "0", "n"));
        let task_run = self.key(Rows::TaskRuns, "t.ordinal", "n");
        format!(
            "{} INSERT INTO decisions (id, execution_id, task_run_id, round, user_id, user_name, verdict, standing, \
             comment, decided_at) SELECT {id}, {execution}, {task_run}, d.round, d.user_id, d.user_name, d.verdict, \
             d.standing, d.comment, d.decided_at FROM s, decisions d JOIN task_runs t ON t.id = d.task_run_id \
             WHERE d.execution_id IN USUAL",
            series(EXECUTIONS)
        )
    }

    fn events(&self) -> String {
        let (id, execution) = (self.key(Rows::Events, "place", "n"), self.key(Rows::Executions, "0", "n"));
        let release = self.key(Rows::Listed, "0", &release_of());
        format!(
            "{} INSERT INTO events (id, happened_at, actor_id, actor_name, address, team_id, release_id, execution_id, \
             task, about, kind, data) SELECT {id}, {}, actor_id, actor_name, address, team_id, {release}, {execution}, \
             task, about, kind, data \
             FROM s, (SELECT e.*, row_number() OVER (ORDER BY id) AS place FROM events e WHERE execution_id IN USUAL) o",
            series(EXECUTIONS),
            self.time("n"),
        )
    }

    fn without_checks(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite => "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000",
            Kind::Postgres => "SET session_replication_role = replica; SET synchronous_commit = off",
        }
    }

    /// The key of copy `n`: made as the program's own are, so that the indexes lie as they would.
    fn key(&self, rows: Rows, place: &str, n: &str) -> String {
        let (kind, at) = (rows as i64, format!("(CAST({BEGIN} AS bigint) + ({n}) * 60) * 1000"));
        match self.kind {
            Kind::Sqlite => format!("unhex(printf('%012x7%03x8%03x%012x', {at}, {kind}, {place}, {n}))"),
            Kind::Postgres => format!(
                "(lpad(to_hex({at}), 12, '0') || '7' || lpad(to_hex({kind}), 3, '0') || '8' || \
                 lpad(to_hex({place}), 3, '0') || lpad(to_hex({n}), 12, '0'))::uuid"
            ),
        }
    }

    fn time(&self, n: &str) -> String {
        match self.kind {
            Kind::Sqlite => {
                format!("strftime('%Y-%m-%dT%H:%M:%f', {BEGIN} + ({n}) * 60, 'unixepoch') || '000+00:00'")
            }
            Kind::Postgres => format!("to_timestamp({BEGIN} + ({n}) * 60)"),
        }
    }
}

fn series(count: usize) -> String {
    format!("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})")
}

/// Executions take turns: those of one release task do not lie side by side.
fn release_of() -> String {
    format!("(n - 1) % {RELEASES} + 1")
}
