//! Plays many histories on all cores, and tells which seed found something and how to play it again.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use crate::history::{Figures, Trace, play};
use crate::place::Kind;

/// How many histories, and for how long at most.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    pub from: u64,
    pub histories: u64,
    pub time: Option<Duration>,
}

/// What a campaign was.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sum {
    pub histories: u64,
    pub figures: Figures,
}

/// What a seed found.
#[derive(Debug, Clone)]
pub struct Found {
    pub seed: u64,
    pub what: String,
    pub trace: Vec<String>,
}

thread_local! {
    static PLAYS: Cell<bool> = const { Cell::new(false) };
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Plays one history on a runtime of its own.
pub fn history(seed: u64, kind: Kind) -> (Result<Figures, Found>, Vec<String>) {
    listen_to_panics();
    let trace = Trace::default();
    PANIC.set(None);
    PLAYS.set(true);
    let played = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(seed, kind, trace.clone()))
    }));
    PLAYS.set(false);
    let lines = trace.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let played = played.map_err(|_| {
        let what = PANIC.take().unwrap_or_else(|| "a panic that nobody heard".to_owned());
        Found { seed, what, trace: lines.clone() }
    });
    (played, lines)
}

/// Plays histories until the extent is reached or one finds something.
pub fn campaign(extent: Extent, kind: Kind) -> Result<Sum, Box<Found>> {
    let begun = Instant::now();
    let (next, stop) = (AtomicU64::new(extent.from), AtomicBool::new(false));
    let (sum, found) = (Mutex::new(Sum::default()), Mutex::new(None::<Found>));
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    let over = extent.time.is_some_and(|time| begun.elapsed() >= time);
                    if over || seed - extent.from >= extent.histories || stop.load(Ordering::SeqCst) {
                        return;
                    }
                    match history(seed, kind).0 {
                        Ok(figures) => sum.lock().unwrap().add(figures),
                        Err(one) => {
                            stop.store(true, Ordering::SeqCst);
                            let mut found = found.lock().unwrap();
                            if found.as_ref().is_none_or(|other| one.seed < other.seed) {
                                *found = Some(one);
                            }
                        }
                    }
                }
            });
        }
    });
    let sum = sum.into_inner().unwrap();
    found.into_inner().unwrap().map_or(Ok(sum), |found| Err(Box::new(found)))
}

impl Sum {
    fn add(&mut self, more: Figures) {
        self.histories += 1;
        self.figures.steps += more.steps;
        self.figures.commits += more.commits;
        self.figures.crashes += more.crashes;
        self.figures.fenced += more.fenced;
        self.figures.taken_over += more.taken_over;
        self.figures.usurped += more.usurped;
        self.figures.executions += more.executions;
        self.figures.scripts += more.scripts;
    }
}

impl Found {
    /// Tells it to whoever reads the output of the test.
    pub fn tell(&self, kind: Kind) -> String {
        let trace = self.trace.join("\n");
        let database = match kind {
            Kind::Sqlite => "",
            Kind::Postgres => "TOLLGATE_SIM_DATABASE=postgres ",
        };
        format!(
            "{trace}\n\nseed {} on {kind:?} found: {}\n\nagain: {database}TOLLGATE_SIM_SEED={} cargo test --test sim one_seed -- --nocapture\n",
            self.seed, self.what, self.seed
        )
    }
}

/// What a panic in a history says is kept for the report of its seed.
fn listen_to_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(
            move |panic| {
                if PLAYS.get() { PANIC.set(Some(panic.to_string())) } else { before(panic) }
            },
        ));
    });
}
