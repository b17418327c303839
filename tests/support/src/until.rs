//! Waiting for what comes.

use std::time::{Duration, Instant};

/// Longer than anything takes that is waited for.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Waits for something that comes; answers how long it took.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    let asked = Instant::now();
    while !is_so().await {
        assert!(asked.elapsed() < TIMEOUT, "{what}: not in {TIMEOUT:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    asked.elapsed()
}
