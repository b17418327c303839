//! Ships the logs of running scripts to PostgreSQL, where every replica can read them: each second what was added, of all
//! scripts in one write, and the rest before the outcome is recorded. The offset up to which a log is shipped is read from
//! the database after a start and after any error, because a write whose answer was lost may have been committed: so no
//! piece is there twice, and none is missing. What the log does not keep any more goes from the database too, with the next
//! piece; of a script that writes faster than that, pieces are left out that nobody keeps.
//!
//! A log that cannot be shipped delays the end of its task by a few seconds at most, and never fails it.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::OwnedMutexGuard;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::told;
use crate::domain::ids::ReleaseId;
use crate::executors::command::LOG_LIMIT;
use crate::runlog::{Extent, LogFiles};
use crate::store::{AppendResult, Backend, LogChunk, LogKey, Store, StoreError};

/// Between two looks at the logs.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Bytes of one piece.
const MAX_PIECE_LEN: u64 = 256 * 1024;

/// Bytes of one write.
const MAX_WRITE_LEN: usize = 4 * 1024 * 1024;

/// Bytes of one file that are shipped: far more than a supervisor writes, but a script may have put another in its place.
const MAX_FILE_LEN: u64 = 4 * LOG_LIMIT;

/// Pieces of one log that are shipped at once while it grows.
const MAX_ROUNDS: usize = 8;

/// Tries to ship the rest of a log, and the pause between them, which grows.
const TRIES: u32 = 5;
const RETRY_DELAY: Duration = Duration::from_millis(200);

/// Ships the logs of what runs on this machine.
pub struct LogShipper {
    store: Store,
    running: Mutex<HashMap<LogKey, Arc<ShippedLog>>>,
}

/// A log that grows, and how much of it is shipped.
struct ShippedLog {
    of: LogKey,
    release: ReleaseId,
    path: PathBuf,
    /// Offset up to which it is shipped; `None` while that has to be read from the database. Locked while a piece is shipped.
    shared: Arc<tokio::sync::Mutex<Option<u64>>>,
}

/// A log of which a piece is being shipped.
struct Held {
    shared: OwnedMutexGuard<Option<u64>>,
    log: Arc<ShippedLog>,
}

/// What a log has from there on.
struct LogRest {
    log: Arc<ShippedLog>,
    at: u64,
}

impl LogShipper {
    /// Shares nothing yet.
    pub fn new(store: Store) -> Self {
        Self { store, running: Mutex::default() }
    }

    /// Shares what logs grow by, as long as the program runs. On SQLite everything is on one machine.
    pub async fn run(&self) {
        while self.store.backend() == Backend::Postgres {
            sleep(POLL_INTERVAL).await;
            let tails: Vec<Arc<ShippedLog>> = self.running().values().cloned().collect();
            // One that is locked is being finished by its worker.
            let free =
                |log: Arc<ShippedLog>| Some(Held { shared: Arc::clone(&log.shared).try_lock_owned().ok()?, log });
            let mut held: Vec<Held> = tails.into_iter().filter_map(free).collect();
            for _ in 0..MAX_ROUNDS {
                if held.is_empty() {
                    break;
                }
                match self.share(&mut held).await {
                    Ok(Backlog::Nothing) => break,
                    Ok(Backlog::More) => {}
                    Err(error) => {
                        tracing::warn!(error = told(&error), "could not ship logs; will retry");
                        break;
                    }
                }
            }
        }
    }

    /// From now on the log of that attempt is shared, until the answer is dropped.
    pub fn begin(&self, of: LogKey, release: ReleaseId, path: PathBuf) -> ShippingGuard<'_> {
        let tail = Arc::new(ShippedLog { of, release, path, shared: Arc::default() });
        if self.store.backend() == Backend::Postgres {
            self.running().insert(of, Arc::clone(&tail));
        }
        ShippingGuard { shipping: self, tail }
    }

    /// Shares a piece more of each log that has grown.
    async fn share(&self, held: &mut [Held]) -> Result<Backlog, StoreError> {
        let unknown: Vec<LogKey> = held.iter().filter(|held| held.shared.is_none()).map(|held| held.log.of).collect();
        let lengths = self.store.log_lengths(&unknown).await?;
        let from = |Held { shared, log }: &mut Held| LogRest {
            log: Arc::clone(log),
            at: *shared.get_or_insert_with(|| lengths.get(&log.of).copied().unwrap_or_default()),
        };
        let rests: Vec<LogRest> = held.iter_mut().map(from).collect();
        let (pieces, left) = spawn_blocking(move || pieces(&rests)).await.expect("reading logs does not panic");
        if pieces.is_empty() {
            return Ok(Backlog::Nothing);
        }
        let ends: HashMap<LogKey, u64> =
            pieces.iter().map(|piece| (piece.of, piece.at + piece.bytes.len() as u64)).collect();
        let mut grown: Vec<_> =
            held.iter_mut().filter_map(|held| Some((&mut held.shared, *ends.get(&held.log.of)?))).collect();
        for (shared, _) in &mut grown {
            // If the answer to this write is lost, the offset is unknown and read again.
            ***shared = None;
        }
        if self.store.add_to_logs(pieces).await? == AppendResult::NotAll {
            return Ok(Backlog::More);
        }
        for (shared, end) in grown {
            **shared = Some(end);
        }
        Ok(left)
    }

    fn running(&self) -> MutexGuard<'_, HashMap<LogKey, Arc<ShippedLog>>> {
        self.running.lock()
    }
}

/// Whether more is left to ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backlog {
    More,
    Nothing,
}

/// Result of shipping the rest of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShipResult {
    /// Everybody can read it.
    Complete,
    /// It is on this machine only.
    LocalOnly,
}

/// Keeps the log of an attempt in the shipper until it is dropped.
pub struct ShippingGuard<'a> {
    shipping: &'a LogShipper,
    tail: Arc<ShippedLog>,
}

impl ShippingGuard<'_> {
    /// Shares what is left of it: nothing is added to it any more.
    pub async fn finish(&self) -> ShipResult {
        if self.shipping.store.backend() == Backend::Sqlite {
            return ShipResult::Complete;
        }
        let shared = Arc::clone(&self.tail.shared).lock_owned().await;
        let mut held = [Held { shared, log: Arc::clone(&self.tail) }];
        let mut tries = 0;
        loop {
            match self.shipping.share(&mut held).await {
                Ok(Backlog::Nothing) => return ShipResult::Complete,
                Ok(Backlog::More) => {}
                Err(error) => {
                    tries += 1;
                    tracing::warn!(error = told(&error), tries, "could not ship rest of log");
                    if tries >= TRIES {
                        return ShipResult::LocalOnly;
                    }
                    sleep(RETRY_DELAY * tries).await;
                }
            }
        }
    }
}

impl Drop for ShippingGuard<'_> {
    fn drop(&mut self) {
        self.shipping.running().remove(&self.tail.of);
    }
}

/// What those logs have from there on, so much as makes one write.
fn pieces(rests: &[LogRest]) -> (Vec<LogChunk>, Backlog) {
    let (mut pieces, mut bytes, mut left) = (Vec::new(), 0, Backlog::Nothing);
    for LogRest { log, at } in rests {
        if bytes >= MAX_WRITE_LEN {
            return (pieces, Backlog::More);
        }
        let piece = match piece(&log.path, *at) {
            Ok(piece) => piece,
            Err(error) => {
                tracing::warn!(error = told(&error), log = %log.path.display(), "could not read log");
                continue;
            }
        };
        let Some(Piece { at, bytes: piece, extent }) = piece else { continue };
        if at + (piece.len() as u64) < extent.end {
            left = Backlog::More;
        }
        bytes += piece.len();
        pieces.push(LogChunk { of: log.of, release: log.release, at, bytes: piece, dropped: extent.dropped });
    }
    (pieces, left)
}

/// A piece of a log.
struct Piece {
    at: u64,
    bytes: Vec<u8>,
    /// What there is of the log.
    extent: Extent,
}

/// What a log has from an offset on, so much as makes a piece, all from one file: what is dropped later is dropped by files.
/// Nothing if there is no more.
fn piece(log: &Path, at: u64) -> io::Result<Option<Piece>> {
    let files = LogFiles::open(log)?;
    let extent = files.extent_now();
    let at = match &extent.dropped {
        Some(dropped) if dropped.contains(&at) => dropped.end,
        _ => at,
    };
    let first = extent.dropped.as_ref().map_or(extent.end, |dropped| dropped.start);
    let most = if at < first { MAX_FILE_LEN.saturating_sub(at) } else { u64::MAX };
    let bytes = files.bytes_of_one(at, MAX_PIECE_LEN.min(most))?;
    Ok((!bytes.is_empty()).then_some(Piece { at, bytes, extent }))
}
