//! Connections of clients that are slow, stuck or gone: none stays for long.
//!
//! The server itself closes a connection whose first request does not come, or that asks nothing for a while. It leaves
//! open what is seen to here: a later request whose head never ends, a body that nobody reads and that never ends, and,
//! by the kernel's own timers, a client that takes nothing of its answer, or that is gone without a word.
//!
//! There is room for so many connections. One network, an address of IPv4 or a /64 of IPv6, may have half of it, which
//! leaves plenty for an office behind one address. Who comes when their network has its half, or when little room is
//! left at all, takes the place of the connection that has waited longest without being answered: of their own network,
//! or of the one that has most. Behind a proxy all connections are the proxy's, and it is the proxy that does this.

use std::any::Any;
use std::collections::HashMap;
use std::net::IpAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use parking_lot::{Mutex, MutexGuard};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown, sockopt};
use tokio::time::sleep;

use crate::config::ClientTimeouts;
use crate::http::limits::network;
use crate::http::throttle::Throttle;
use crate::messages::Locale;

/// After how long without a sign the kernel asks a client whether it is there.
const ASK: Duration = Duration::from_secs(30);

/// How often all connections are looked at, at least and at most.
const POLL_INTERVAL: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(5));

/// How often the log says that somebody is refused.
static REFUSED: Throttle = Throttle::every(Duration::from_secs(10));

/// Everybody who is connected.
#[derive(Debug, Clone)]
pub struct Connections(Arc<Room>);

#[derive(Debug)]
struct Room {
    patience: ClientTimeouts,
    began: Instant,
    /// How many connections there is room for; unknown, nobody is refused.
    most: OnceLock<usize>,
    open: Mutex<Vec<Weak<Connection>>>,
}

/// One connection. Its socket is a second handle of it: the server keeps the first to itself.
#[derive(Debug)]
pub struct Connection {
    socket: OwnedFd,
    began: Instant,
    network: Option<IpAddr>,
    /// Requests that are being answered.
    busy: AtomicU32,
    /// Those among them whose bodies are still to come.
    reading: AtomicU32,
    /// Milliseconds since `began` at which the last of them ended.
    rests_since: AtomicU64,
}

/// A request that is being answered. As long as there is one, its connection is nobody's to close.
#[derive(Debug)]
pub struct Busy(Arc<Connection>);

/// A request whose body is still to come. Its connection has no more right to stay than one that asks nothing.
#[derive(Debug)]
pub struct Reading(Arc<Connection>);

impl Connections {
    /// Nobody yet.
    pub fn new(patience: ClientTimeouts) -> Self {
        Self(Arc::new(Room { patience, began: Instant::now(), most: OnceLock::new(), open: Mutex::default() }))
    }

    /// From now on networks share so many connections.
    pub fn share(&self, most: usize) {
        // A server that begins again after a restore has as much room as before.
        let _ = self.0.most.set(most);
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
            tracing::debug!(%error, "could not set timers of connection");
        }
        // Without a second handle the connection is served all the same.
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let connection = Arc::new(Connection {
            socket,
            began: self.0.began,
            network: stream.peer_addr().ok().map(|peer| network(peer.ip())),
            busy: AtomicU32::new(0),
            reading: AtomicU32::new(0),
            rests_since: AtomicU64::new(since(self.0.began)),
        });
        if self.make_room(&mut self.open(), connection.network) {
            self.open().push(Arc::downgrade(&connection));
            data.insert(connection);
        } else {
            connection.is_refused();
        }
    }

    /// Whether somebody of that network may come in, if need be in the place of another.
    fn make_room(&self, open: &mut Vec<Weak<Connection>>, from: Option<IpAddr>) -> bool {
        let Some(most) = self.0.most.get() else { return true };
        let half = (most / 2).max(1);
        if open.len() < half {
            return true;
        }
        open.retain(|connection| connection.strong_count() > 0);
        let there: Vec<_> = open.iter().filter_map(Weak::upgrade).collect();
        let mut counts: HashMap<Option<IpAddr>, usize> = HashMap::new();
        for connection in &there {
            *counts.entry(connection.network).or_default() += 1;
        }
        let has_its_half = counts.get(&from).is_some_and(|count| *count >= half);
        if !has_its_half && there.len() < most - most / 8 {
            return true;
        }
        let largest = counts.into_iter().max_by_key(|(_, count)| *count).map_or(from, |(network, _)| network);
        let whose = if has_its_half { from } else { largest };
        let waiting = there.iter().filter(|connection| connection.network == whose && connection.is_waiting());
        let Some(longest) = waiting.min_by_key(|connection| connection.rests_since.load(Ordering::Acquire)) else {
            return whose != from;
        };
        let _ = shutdown(&longest.socket, Shutdown::Both);
        open.retain(|connection| connection.as_ptr() != Arc::as_ptr(longest));
        true
    }

    /// Closes those that keep us waiting, as long as the program runs.
    pub async fn watch(self) {
        let pause = (self.0.patience.head_timeout / 2).clamp(POLL_INTERVAL.0, POLL_INTERVAL.1);
        loop {
            sleep(pause).await;
            let closed = self.close_idle();
            if closed > 0 {
                tracing::debug!(closed, "idle connections closed; no request came");
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

    fn open(&self) -> MutexGuard<'_, Vec<Weak<Connection>>> {
        self.0.open.lock()
    }
}

impl Connection {
    /// Whether it waits for its client: for a request, for a body, or for an answer to be taken.
    fn is_waiting(&self) -> bool {
        self.busy.load(Ordering::Acquire) == self.reading.load(Ordering::Acquire)
    }

    /// Says why, as far as that can be said before anything was asked, and closes.
    fn is_refused(&self) {
        if REFUSED.is_due() {
            tracing::warn!(network = ?self.network, "network has too many connections; refusing new ones");
        }
        let _ = send(&self.socket, refusal().as_bytes(), SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
        let _ = shutdown(&self.socket, Shutdown::Both);
    }
}

fn refusal() -> String {
    let sentence = Locale::default().errors().too_many_connections();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nRetry-After: 5\r\nConnection: close\r\n\r\n{sentence}",
        sentence.len()
    )
}

/// Whether who sent that request has closed the connection: nobody is there to read the answer.
pub fn is_gone(request: &HttpRequest) -> bool {
    request.conn_data::<Arc<Connection>>().is_some_and(|connection| is_left(connection))
}

fn is_left(connection: &Connection) -> bool {
    let more = recv(&connection.socket, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT);
    !matches!(more, Ok((1.., _)) | Err(Errno::WOULDBLOCK | Errno::INTR))
}

impl Reading {
    /// The body of that request is still to come until this is dropped.
    pub fn with(request: &HttpRequest) -> Option<Self> {
        let connection = request.conn_data::<Arc<Connection>>()?;
        connection.reading.fetch_add(1, Ordering::AcqRel);
        Some(Self(Arc::clone(connection)))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.reading.fetch_sub(1, Ordering::AcqRel);
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    /// Somebody who connects from 127.0.0.`last`, and what the server keeps of it.
    async fn comes(connections: &Connections, door: &TcpListener, last: u8) -> (TcpStream, TcpStream, Extensions) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).unwrap();
        let client = socket.connect(door.local_addr().unwrap()).await.unwrap();
        let (served, _) = door.accept().await.unwrap();
        let mut data = Extensions::new();
        connections.meet(&served, &mut data);
        (client, served, data)
    }

    fn of(data: &Extensions) -> Option<Arc<Connection>> {
        data.get::<Arc<Connection>>().cloned()
    }

    async fn says(client: &mut TcpStream) -> String {
        let mut said = String::new();
        client.read_to_string(&mut said).await.unwrap();
        said
    }

    fn is_open(client: &TcpStream) -> bool {
        matches!(client.try_read(&mut [0; 1]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    async fn place(most: usize) -> (Connections, TcpListener) {
        let connections = Connections::new(ClientTimeouts::default());
        connections.share(most);
        (connections, TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    #[tokio::test]
    async fn s2_who_has_half_of_the_room_gives_up_what_has_waited_longest() {
        let (connections, door) = place(16).await;
        let mut there = Vec::new();
        for n in 0..8 {
            there.push(comes(&connections, &door, 1).await);
            of(&there[n].2).unwrap().rests_since.store(n as u64, Ordering::Release);
        }
        // The first is being answered, the second sends a body.
        of(&there[0].2).unwrap().busy.store(1, Ordering::Release);
        for busy in [&of(&there[1].2).unwrap().busy, &of(&there[1].2).unwrap().reading] {
            busy.store(1, Ordering::Release);
        }
        let next = comes(&connections, &door, 1).await;
        assert!(of(&next.2).is_some());
        assert_eq!(says(&mut there[1].0).await, "", "closed");
        let other = comes(&connections, &door, 2).await;
        assert!(of(&other.2).is_some(), "another network has room");
        assert!(there.iter().enumerate().all(|(n, (client, ..))| n == 1 || is_open(client)));
    }

    #[tokio::test]
    async fn s2_who_has_half_of_the_room_and_is_answered_on_all_of_it_is_told_to_come_again() {
        let (connections, door) = place(16).await;
        let mut there = Vec::new();
        for n in 0..8 {
            there.push(comes(&connections, &door, 1).await);
            of(&there[n].2).unwrap().busy.store(1, Ordering::Release);
        }
        let mut next = comes(&connections, &door, 1).await;
        assert!(of(&next.2).is_none());
        let said = says(&mut next.0).await;
        assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("Retry-After: 5\r\n"), "{said}");
        assert!(said.ends_with(Locale::default().errors().too_many_connections()), "{said}");
        drop(there);
        assert!(of(&comes(&connections, &door, 1).await.2).is_some(), "they are gone");
    }

    #[tokio::test]
    async fn s3_who_has_closed_the_connection_is_gone() {
        let (connections, door) = place(16).await;
        let (mut client, served, data) = comes(&connections, &door, 1).await;
        let request = actix_web::test::TestRequest::default().to_http_request();
        assert!(!is_gone(&request), "nothing is known of it");
        assert!(!is_left(&of(&data).unwrap()), "it waits");
        client.write_all(b"GET").await.unwrap();
        served.readable().await.unwrap();
        assert!(!is_left(&of(&data).unwrap()), "it says more");
        served.try_read(&mut [0; 3]).unwrap();
        drop(client);
        served.readable().await.unwrap();
        assert!(is_left(&of(&data).unwrap()), "it closed");
    }

    #[tokio::test]
    async fn s2_when_little_room_is_left_the_largest_network_gives_up_a_connection() {
        let (connections, door) = place(16).await;
        let mut there = Vec::new();
        for (network, count) in [(1, 5), (2, 6), (3, 3)] {
            for _ in 0..count {
                there.push(comes(&connections, &door, network).await);
            }
        }
        assert!(there.iter().all(|(client, ..)| is_open(client)));
        there.push(comes(&connections, &door, 4).await);
        let closes = there.iter().map(|(client, ..)| Box::pin(client.readable()));
        let (_, closed, _) = futures_util::future::select_all(closes).await;
        assert_eq!(there[closed].0.local_addr().unwrap().ip(), Ipv4Addr::new(127, 0, 0, 2));
    }
}
