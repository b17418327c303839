//! Places at which whatever runs is held until the scheduler lets it go on. Between two of them one process runs alone,
//! whatever the threads of the database do, and so the order of everything follows from the scheduler's choices.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tollgate::clock::Clock;
use tollgate::domain::execution::Moment;
use tollgate::executors::{Lease, Stop};

/// No step of a history takes so long on any machine.
const HUNG: Duration = Duration::from_mins(2);

/// The line between a machine and the database.
#[derive(Clone, Default)]
pub struct Line(Arc<Mutex<Option<Cut>>>);

/// In which way a line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Only what says that the replica is there gets lost: that has a connection of its own.
    pub beats: bool,
    /// Nothing is answered; otherwise it fails at once.
    pub silent: bool,
}

impl Line {
    pub fn cut(&self) -> Option<Cut> {
        *self.0.lock().unwrap()
    }

    pub fn set(&self, cut: Option<Cut>) {
        *self.0.lock().unwrap() = cut;
    }

    /// In which way it is cut for whoever comes by that point.
    pub fn cut_at(&self, point: &str) -> Option<Cut> {
        self.cut().filter(|cut| !cut.beats || point.starts_with("store.beat"))
    }
}

/// Why something is held.
#[derive(Clone)]
pub enum Why {
    /// Before a transaction, or before another is taken over.
    Begin,
    /// After a commit, before anything that follows.
    Committed,
    /// Until a time.
    Sleep(Moment),
    /// Until the database can be reached again, or is waited for no longer.
    Cut(Line, Moment),
    /// Before it is looked whether the script was started.
    Look(String),
    /// Until scripts may be started.
    Lease(Lease, Clock),
    /// Until the script has ended or is to be stopped.
    Script(String, Stop),
    /// The same of work that no machine has.
    Elsewhere(String, Stop),
}

/// Something that is held.
pub struct Halt {
    pub why: Why,
    gate: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    open: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

/// What was held last, for the scheduler that drives it.
#[derive(Clone, Default)]
pub struct Halts(Arc<Mutex<Slot>>);

#[derive(Default)]
struct Slot {
    halted: Option<Halt>,
    driver: Option<Waker>,
}

/// How far a process came.
pub enum Driven<T> {
    Done(T),
    Halted(Halt),
}

impl Halts {
    /// Holds whoever awaits it.
    pub fn halt(&self, why: Why) -> impl Future<Output = ()> + Send + 'static {
        Held { halts: self.clone(), why: Some(why), gate: Arc::default() }
    }

    /// What was held last, if something drove it in passing.
    pub fn take(&self) -> Option<Halt> {
        self.0.lock().unwrap().halted.take()
    }

    /// Lets a process go on until it is held again or done. It is the only one that runs.
    pub async fn drive<T>(&self, process: &mut BoxFuture<'static, T>, halt: Option<Halt>) -> Driven<T> {
        if let Some(halt) = halt {
            halt.gate.open.store(true, Ordering::SeqCst);
            let waker = halt.gate.waker.lock().unwrap().take();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
        let drives = poll_fn(|context| {
            if let Poll::Ready(said) = process.as_mut().poll(context) {
                return Poll::Ready(Driven::Done(said));
            }
            let mut slot = self.0.lock().unwrap();
            if let Some(halt) = slot.halted.take() {
                return Poll::Ready(Driven::Halted(halt));
            }
            slot.driver = Some(context.waker().clone());
            Poll::Pending
        });
        tokio::time::timeout(HUNG, drives).await.expect("a process neither ends nor comes to a place where it is held")
    }
}

struct Held {
    halts: Halts,
    /// Until it is said.
    why: Option<Why>,
    gate: Arc<Gate>,
}

impl Future for Held {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        *self.gate.waker.lock().unwrap() = Some(context.waker().clone());
        if self.gate.open.load(Ordering::SeqCst) {
            return Poll::Ready(());
        }
        if let Some(why) = self.why.take() {
            let halt = Halt { why, gate: Arc::clone(&self.gate) };
            let driver = {
                let mut slot = self.halts.0.lock().unwrap();
                assert!(slot.halted.is_none(), "two are held at once");
                slot.halted = Some(halt);
                slot.driver.take()
            };
            if let Some(driver) = driver {
                driver.wake();
            }
        }
        Poll::Pending
    }
}
