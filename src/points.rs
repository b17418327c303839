//! Named points at which a test makes the program fail: `TOLLGATE_FAIL_AT=store.commit.after:3` kills it, as `kill -9` would,
//! the third time that it comes there. Built with debug assertions only: a release build has no such points.

use std::sync::Arc;

use futures_util::future::BoxFuture;

/// What a test makes of the points that one store comes by: it may hold it up there, and an error is the database's.
pub type Hook = Arc<dyn Fn(&'static str) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

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
        let wanted = std::env::var("TOLLGATE_FAIL_AT").ok()?;
        let (name, times) = wanted.rsplit_once(':').unwrap_or((&wanted, "1"));
        Some((name.to_owned(), AtomicU32::new(times.parse().unwrap_or(1))))
    });
    if let Some((name, left)) = &*FAIL_AT
        && name == point
        && left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        // Nothing is flushed and no destructor runs, nor does any of another thread.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}
