//! A database that is waited for, but not for ever. PostgreSQL itself ends what takes too long, as long as it is alive and
//! can be reached; when it is frozen, or the network swallows what is sent, only a clock on this side helps.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parking_lot::Mutex;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionOptions, TransactionTrait,
};
use tokio::time::timeout;

use super::outage::is_lost;

/// For how long lost connections are replaced before anybody is told: a restart of the server leaves some in the pool,
/// and all of them are found in less.
const REPLACED_FOR: Duration = Duration::from_secs(2);

/// For how long connections are looked at more closely after an answer was not waited for.
const SUSPICIOUS_FOR: Duration = Duration::from_secs(30);

/// How long an answer of PostgreSQL is waited for.
#[derive(Debug, Clone, Default)]
pub struct TimeoutPolicy {
    /// None: as long as it takes.
    limit: Option<Duration>,
    /// When an answer was last not waited for.
    gave_up: Arc<Mutex<Option<Instant>>>,
}

impl TimeoutPolicy {
    /// No longer than that.
    pub fn limited(limit: Duration) -> Self {
        Self { limit: Some(limit), gave_up: Arc::default() }
    }

    /// Whether a connection that is given back may be one that never answers anything again.
    pub fn is_suspicious(&self) -> bool {
        let gave_up = *self.gave_up.lock();
        gave_up.is_some_and(|at| at.elapsed() < SUSPICIOUS_FOR)
    }

    /// Waits for an answer.
    pub async fn wait<T>(&self, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(limit) = self.limit else { return answer.await };
        let mut answer = pin!(answer);
        // Declared behind the answer, so that it is dropped before it, and its connection with it; also when whoever
        // asked goes away.
        let mut asked = Asked { patience: self, answered: false };
        let answered = timeout(limit, answer.as_mut()).await;
        asked.answered = answered.is_ok();
        match answered {
            Ok(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))) => {
                Err(silent("PostgreSQL takes no connection, or all of them are in use".to_owned()))
            }
            Ok(answer) => answer,
            Err(_) => Err(silent(format!("PostgreSQL did not answer for {} s", limit.as_secs()))),
        }
    }
}

fn silent(how: String) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(how))
}

struct Asked<'p> {
    patience: &'p TimeoutPolicy,
    answered: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.answered {
            *self.patience.gave_up.lock() = Some(Instant::now());
        }
    }
}

/// A connection whose answers are waited for so long.
#[derive(Debug, Clone)]
pub struct WithTimeout<C> {
    inner: C,
    patience: TimeoutPolicy,
    lost: OnLostConnection,
}

/// What becomes of a question whose connection is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnLostConnection {
    /// It is asked again on another: it only reads.
    Retry,
    /// Who asked is told: it may have been heard, or depends on what was said before.
    Fail,
}

impl WithTimeout<DatabaseConnection> {
    /// A pool.
    pub fn new(inner: DatabaseConnection, patience: TimeoutPolicy, lost: OnLostConnection) -> Self {
        Self { inner, patience, lost }
    }

    /// The same pool, which tells what it is asked.
    pub fn heard_by(mut self, ear: impl Fn(&Statement) + Send + Sync + 'static) -> Self {
        self.inner.set_metric_callback(move |info| ear(info.statement));
        self
    }

    /// The pool itself, without a limit.
    pub fn unlimited(&self) -> &DatabaseConnection {
        &self.inner
    }

    /// Begins a transaction without a limit for what it asks. A lost connection is replaced.
    pub async fn begin_unlimited(&self, options: TransactionOptions) -> Result<DatabaseTransaction, DbErr> {
        again(OnLostConnection::Retry, || self.inner.begin_with_options(options)).await
    }

    /// Begins a transaction. Nothing has happened in it yet, so that a lost connection is replaced.
    pub async fn begin(&self, options: TransactionOptions) -> Result<WithTimeout<DatabaseTransaction>, DbErr> {
        let begin = || self.inner.begin_with_options(options);
        let tx = again(OnLostConnection::Retry, || self.patience.wait(begin())).await?;
        Ok(WithTimeout { inner: tx, patience: self.patience.clone(), lost: OnLostConnection::Fail })
    }
}

impl WithTimeout<DatabaseTransaction> {
    /// Commits it. An error that says that the connection was lost leaves open whether that happened.
    pub async fn commit(self) -> Result<(), DbErr> {
        let Self { inner, patience, .. } = self;
        patience.wait(inner.commit()).await
    }
}

/// Asks, and asks again while connections turn out to be lost.
async fn again<T, F>(lost: OnLostConnection, mut ask: impl FnMut() -> F) -> Result<T, DbErr>
where
    F: Future<Output = Result<T, DbErr>>,
{
    let began = Instant::now();
    loop {
        match ask().await {
            Err(error) if lost == OnLostConnection::Retry && is_lost(&error) && began.elapsed() < REPLACED_FOR => {
                tracing::debug!(error = &error as &dyn std::error::Error, "database connection lost; reconnecting");
            }
            answer => return answer,
        }
    }
}

#[async_trait]
impl<C: ConnectionTrait> ConnectionTrait for WithTimeout<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.patience.wait(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.patience.wait(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        again(self.lost, || self.patience.wait(self.inner.query_one_raw(statement.clone()))).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        again(self.lost, || self.patience.wait(self.inner.query_all_raw(statement.clone()))).await
    }

    fn support_returning(&self) -> bool {
        self.inner.support_returning()
    }
}
