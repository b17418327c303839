//! Named points at which a test makes the program fail: `TOLLGATE_FAIL_AT=store.commit.after:3` kills it, as `kill -9` would,
//! the third time that it comes there; `TOLLGATE_FAIL_AT=2/supervise.started:1` is meant for the second process that it
//! starts to supervise a script. Built with debug assertions only: a release build has no such points.

use std::sync::Arc;

use futures_util::future::BoxFuture;

/// What a test makes of the points that one store comes by: it may hold it up there, and an error is the database's.
pub type Hook = Arc<dyn Fn(&'static str) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What a process says before it dies at a point, and then which point it is.
pub const FAILS_AT: &str = "killed for a test at ";

/// Comes by the point of that name.
#[cfg(not(debug_assertions))]
#[inline]
pub const fn reach(_point: &'static str) {}

/// Comes by the point of that name.
#[cfg(debug_assertions)]
pub fn reach(point: &'static str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// The point, and how often it is still passed.
    static FAIL_AT: LazyLock<Option<(String, AtomicU32)>> = LazyLock::new(|| {
        let wanted = std::env::var("TOLLGATE_FAIL_AT").ok().filter(|wanted| !wanted.contains('/'))?;
        let (name, times) = wanted.rsplit_once(':').unwrap_or((&wanted, "1"));
        Some((name.to_owned(), AtomicU32::new(times.parse().unwrap_or(1))))
    });
    if let Some((name, left)) = &*FAIL_AT
        && name == point
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        eprintln!("{FAILS_AT}{name}");
        // Nothing is flushed and no destructor runs, nor does any of another thread.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}

/// How much of so many bytes is written before the point in their middle: all of it, unless a test may end the program there.
#[must_use]
pub const fn middle(length: usize) -> usize {
    if cfg!(debug_assertions) { length / 2 } else { length }
}

/// The environment of a process that supervises a script, whose own is empty otherwise.
#[cfg(not(debug_assertions))]
pub const fn passed_on() -> [(String, String); 0] {
    []
}

/// The environment of a process that supervises a script, whose own is empty otherwise: the point at which this one
/// is to fail, and the clock that a test has set for the program.
#[cfg(debug_assertions)]
pub fn passed_on() -> Vec<(String, String)> {
    use std::sync::atomic::{AtomicU32, Ordering};

    static STARTED: AtomicU32 = AtomicU32::new(0);
    let number = STARTED.fetch_add(1, Ordering::SeqCst) + 1;
    let own = |(name, value): (String, String)| match name.as_str() {
        "TOLLGATE_FAIL_AT" => value
            .split_once('/')
            .filter(|(meant, _)| meant.parse() == Ok(number))
            .map(|(_, point)| (name, point.to_owned())),
        "LD_PRELOAD" | "TOLLGATE_LANDLOCK" => Some((name, value)),
        _ => name.starts_with("FAKETIME").then_some((name, value)),
    };
    std::env::vars().filter_map(own).collect()
}

/// The most that a test lets the kernel have of Landlock; nothing else limits it.
#[cfg(not(debug_assertions))]
pub const fn oldest_landlock() -> Option<u32> {
    None
}

/// The most that a test lets the kernel have of Landlock; nothing else limits it.
#[cfg(debug_assertions)]
pub fn oldest_landlock() -> Option<u32> {
    std::env::var("TOLLGATE_LANDLOCK").ok()?.parse().ok()
}
