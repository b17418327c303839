//! Connections of clients that are slow, stuck or gone: none stays for long.
//!
//! The server itself closes a connection whose first request does not come, or that asks nothing for a while. It leaves
//! open what is seen to here: a later request whose head never ends, a body that nobody reads and that never ends, and,
//! by the kernel's own timers, a client that takes nothing of its answer, or that is gone without a word.

use std::any::Any;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::net::{Shutdown, shutdown, sockopt};
use tokio::time::sleep;

use crate::config::Patience;

/// After how long without a sign the kernel asks a client whether it is there.
const ASK: Duration = Duration::from_secs(30);

/// How often all connections are looked at, at least and at most.
const LOOK: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(5));

/// Everybody who is connected.
#[derive(Debug, Clone)]
pub struct Connections(Arc<Room>);

#[derive(Debug)]
struct Room {
    patience: Patience,
    began: Instant,
    open: Mutex<Vec<Weak<Connection>>>,
}

/// One connection. Its socket is a second handle of it: the server keeps the first to itself.
#[derive(Debug)]
pub struct Connection {
    socket: OwnedFd,
    began: Instant,
    /// Requests that are being answered.
    busy: AtomicU32,
    /// Milliseconds since `began` at which the last of them ended.
    rests_since: AtomicU64,
}

/// A request that is being answered. As long as there is one, its connection is nobody's to close.
#[derive(Debug)]
pub struct Busy(Arc<Connection>);

impl Connections {
    /// Nobody yet.
    pub fn new(patience: Patience) -> Self {
        Self(Arc::new(Room { patience, began: Instant::now(), open: Mutex::default() }))
    }

    /// Somebody connects.
    pub fn meet(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<TcpStream>() else { return };
        let stall = u32::try_from(self.0.patience.stall_timeout.as_millis()).unwrap_or(u32::MAX);
        let timers = [
            sockopt::set_tcp_user_timeout(stream, stall),
            sockopt::set_tcp_keepidle(stream, ASK),
            sockopt::set_socket_keepalive(stream, true),
        ];
        if let Some(error) = timers.iter().find_map(|set| set.err()) {
            tracing::debug!(%error, "a connection has no timers");
        }
        // Without a second handle the connection is served all the same.
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let connection = Arc::new(Connection {
            socket,
            began: self.0.began,
            busy: AtomicU32::new(0),
            rests_since: AtomicU64::new(since(self.0.began)),
        });
        self.open().push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// Closes those that keep us waiting, as long as the program runs.
    pub async fn watch(self) {
        let pause = (self.0.patience.head_timeout / 2).clamp(LOOK.0, LOOK.1);
        loop {
            sleep(pause).await;
            let closed = self.close_idle();
            if closed > 0 {
                tracing::debug!(closed, "connections whose requests did not come");
            }
        }
    }

    fn close_idle(&self) -> usize {
        let patience = self.0.patience.keep_alive + self.0.patience.head_timeout;
        let patience = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        let (now, mut closed) = (since(self.0.began), 0);
        self.open().retain(|connection| {
            let Some(connection) = connection.upgrade() else { return false };
            let rested = now.saturating_sub(connection.rests_since.load(Ordering::Acquire));
            let is_idle = connection.busy.load(Ordering::Acquire) == 0 && rested > patience;
            if is_idle {
                // The server reads an end and closes it; what is on its way to the client still arrives.
                let _ = shutdown(&connection.socket, Shutdown::Read);
                closed += 1;
            }
            !is_idle
        });
        closed
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Connection>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Busy {
    /// That request is being answered until this is dropped.
    pub fn with(request: &HttpRequest) -> Option<Self> {
        let connection = request.conn_data::<Arc<Connection>>()?;
        connection.busy.fetch_add(1, Ordering::AcqRel);
        Some(Self(Arc::clone(connection)))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.rests_since.store(since(self.0.began), Ordering::Release);
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

fn since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
