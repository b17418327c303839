//! Two who ask at the same moment, each at a server of their own on one database: one wins, or both in an order that the
//! rules allow; the other is told in a sentence what happened; and what is stored agrees.

mod browsers;
mod decisions;
mod orders;
mod releases;
mod supersede;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Barrier;
use tokio::sync::watch;
use tokio::task::yield_now;
use tokio::time::timeout;
use tollgate::app::{App, AppError, Caller, ChangeVersions, Wakeup};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::event::Event;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::precondition::Expected;
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::Hook;
use tollgate::http::error::refusal_status;
use tollgate::messages;
use tollgate::store::{Cursor, Happened, Store};

use crate::db::Db;
use crate::engine::stage::Stage;

/// How often each race is run: the first two in each order, the others side by side.
const ROUNDS: usize = 8;

/// How long the first waits for the second just before it commits. It is in vain where the second must wait for the first,
/// as it should; what does not wait has read by then what is about to change.
const HELD: Duration = Duration::from_millis(40);

/// A stage, and a second server on its database.
struct Arena {
    stage: Arc<Stage>,
    other: App,
    crossing: Crossing,
}

/// Where those meet who are about to commit: how many have come.
#[derive(Clone)]
struct Crossing(Arc<watch::Sender<usize>>);

impl Crossing {
    fn open() -> Self {
        Self(Arc::new(watch::Sender::new(2)))
    }

    /// The next who commits waits for one more.
    fn holds_the_next(&self) {
        self.0.send_replace(0);
    }

    fn hook(&self) -> Hook {
        let crossing = self.clone();
        Arc::new(move |point| {
            let crossing = crossing.clone();
            async move {
                if point == "store.commit.before" {
                    crossing.comes().await;
                }
                Ok(())
            }
            .boxed()
        })
    }

    async fn comes(&self) {
        self.0.send_modify(|come| *come += 1);
        let _ = timeout(HELD, self.0.subscribe().wait_for(|come| *come > 1)).await;
    }
}

impl Arena {
    async fn set(db: Db) -> Self {
        let mut stage = Stage::set(db).await;
        let crossing = Crossing::open();
        stage.app.store = stage.app.store.with_hook(crossing.hook());
        // The engine commits there too.
        stage.restarts();
        let store = Store::connect(&stage.db.url).await.unwrap().with_hook(crossing.hook());
        let other = App { store, wakeup: Wakeup::default(), live: ChangeVersions::new(2_000_000), ..stage.app.clone() };
        Self { stage: Arc::new(stage), other, crossing }
    }

    /// The servers that the two are at, the same or not, and either; and who is about to commit there waits for the other.
    fn servers(&self, round: usize) -> [App; 2] {
        if round > 1 {
            self.crossing.holds_the_next();
        }
        let (here, there) = (self.stage.app.clone(), self.other.clone());
        match round % 4 {
            0 | 3 => [here, there],
            1 => [there, here],
            _ => [here.clone(), here],
        }
    }

    /// A new release task, executed, and its first tick.
    async fn running(&self, round: usize, definition: Definition) -> ReleaseId {
        let release = self.stage.release(&format!("shop-{round}"), definition).await;
        self.stage.execute(release).await.unwrap();
        self.stage.tick().await;
        release
    }

    /// Somebody asks from a page that showed the first execution.
    async fn asks(&self, app: App, name: &str, release: ReleaseId, command: Command) -> BoxFuture<'static, Answer> {
        let caller = self.stage.caller(name).await;
        let seen = Expected { execution: Some(1), ..Expected::default() };
        async move { app.ask_from(&caller, release, seen, &command).await }.boxed()
    }

    /// Two commands at the same time, by two people.
    async fn two(
        &self,
        round: usize,
        release: ReleaseId,
        first: (&str, Command),
        second: (&str, Command),
    ) -> (Answer, Answer) {
        let [here, there] = self.servers(round);
        let first = self.asks(here, first.0, release, first.1).await;
        let second = self.asks(there, second.0, release, second.1).await;
        meet(round, first, second).await
    }

    /// Everything that is started from now on succeeds, until the execution is over.
    async fn goes_well(&self, release: ReleaseId, end: ReleaseStatus) -> Execution {
        self.stage.tick().await;
        let last = loop {
            tokio::select! {
                work = self.stage.calls.next() => work.succeeds(),
                last = self.stage.until(release, "it is over", |last| last.ended_at.is_some()) => break last,
            }
        };
        assert_eq!(last.status(), end, "{:?}", last.tasks);
        self.stage.calls.no_more().await;
        last
    }

    /// How many events of its activity are such.
    async fn happened(&self, release: ReleaseId, is: impl Fn(&Event) -> bool) -> usize {
        let activity = self.stage.app.store.activity_of(release, Cursor::Newest, 100).await.unwrap();
        let counts = |happened: &Happened| matches!(happened, Happened::Execution(event) if is(event));
        activity.rows.iter().filter(|row| counts(&row.happened)).count()
    }
}

type Answer = Result<Execution, AppError>;

/// Has two ask: one behind the other in the first two rounds, and then both at once, now this one and now that one a
/// little earlier, and neither commits before the other has read, unless it makes the other wait.
fn meet<A, B>(
    round: usize,
    first: impl Future<Output = A> + Send + 'static,
    second: impl Future<Output = B> + Send + 'static,
) -> BoxFuture<'static, (A, B)>
where
    A: Send + 'static,
    B: Send + 'static,
{
    met(round, first.boxed(), second.boxed()).boxed()
}

async fn met<A, B>(round: usize, first: BoxFuture<'static, A>, second: BoxFuture<'static, B>) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    if round == 0 {
        let first = first.await;
        return (first, second.await);
    }
    if round == 1 {
        let second = second.await;
        return (first.await, second);
    }
    let start = Arc::new(Barrier::new(2));
    let one = tokio::spawn(starts(Arc::clone(&start), round % 3, first));
    let two = tokio::spawn(starts(start, (round + 1) % 3, second));
    (one.await.unwrap(), two.await.unwrap())
}

async fn starts<T>(start: Arc<Barrier>, late: usize, asks: impl Future<Output = T>) -> T {
    start.wait().await;
    for _ in 0..late * 4 {
        yield_now().await;
    }
    asks.await
}

/// What the loser is told, and with which status.
fn told<T: Debug>(answer: Result<T, AppError>) -> (u16, String) {
    match answer {
        Err(AppError::Refused(refusal)) => {
            (refusal_status(&refusal).as_u16(), messages::refusal(&refusal, messages::Locale::default()))
        }
        Err(AppError::NotFound) => (404, messages::Locale::default().errors().not_found().title.to_owned()),
        other => panic!("it is not refused: {other:?}"),
    }
}

/// Which of two won, and what the other was told.
fn one_of<T: Debug>(first: Result<T, AppError>, second: Result<T, AppError>) -> (usize, T, (u16, String)) {
    match (first, second) {
        (Ok(won), lost @ Err(_)) => (0, won, told(lost)),
        (lost @ Err(_), Ok(won)) => (1, won, told(lost)),
        both => panic!("one wins: {both:?}"),
    }
}

/// A sentence of a refusal, which is a conflict.
fn conflict(sentence: impl Into<String>) -> (u16, String) {
    (409, sentence.into())
}

/// Executes every task, as a page that showed no execution yet.
fn executes(app: App, caller: Caller, release: ReleaseId) -> BoxFuture<'static, Result<u32, AppError>> {
    let seen = Expected { execution: Some(0), version: None, round: None };
    async move { app.execute_from(&caller, release, seen, &Selection::All).await }.boxed()
}
