//! A network between the command line and a server, which a test can cut, and which remembers what was sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The network.
pub struct Gateway {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    server: Option<SocketAddr>,
    /// Whether the answer to the next POST is lost.
    loses_answer: bool,
    /// Whether requests for events end in nothing, as at a proxy that lets none through.
    hides_events: bool,
    /// Is cancelled when what is connected is cut off.
    cut: CancellationToken,
    /// Connections while it led nowhere.
    in_vain: usize,
    sent: Vec<u8>,
}

impl Gateway {
    /// One in front of that server.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { server: Some(server), ..State::default() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state, task }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to that server from now on, or nowhere; whatever is connected is cut off.
    pub fn leads_to(&self, server: Option<SocketAddr>) {
        let mut state = self.state.lock().unwrap();
        state.server = server;
        std::mem::take(&mut state.cut).cancel();
    }

    /// Loses the answer to the next POST, which reaches the server.
    pub fn loses_an_answer(&self) {
        self.state.lock().unwrap().loses_answer = true;
    }

    /// Answers 404 in the server's place when it is asked for events.
    pub fn hides_events(&self) {
        self.state.lock().unwrap().hides_events = true;
    }

    /// How often somebody connected while it led nowhere.
    pub fn in_vain(&self) -> usize {
        self.state.lock().unwrap().in_vain
    }

    /// How often that was asked for.
    pub fn asked(&self, what: &str) -> usize {
        let sent = String::from_utf8_lossy(&self.state.lock().unwrap().sent).into_owned();
        sent.lines().filter(|line| line.starts_with("GET ") && line.contains(what)).count()
    }

    /// The values of a header in everything that was sent.
    pub fn sent(&self, header: &str) -> Vec<String> {
        let sent = String::from_utf8_lossy(&self.state.lock().unwrap().sent).into_owned();
        let value = |line: &str| line.strip_prefix(header)?.strip_prefix(": ").map(str::to_owned);
        sent.lines().filter_map(value).collect()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whether the answer to what was sent is lost; nothing if it leads nowhere.
fn passes(state: &Mutex<State>, sent: &[u8]) -> Option<bool> {
    let mut state = state.lock().unwrap();
    state.server?;
    state.sent.extend_from_slice(sent);
    Some(sent.starts_with(b"POST ") && std::mem::take(&mut state.loses_answer))
}

async fn carry(mut client: TcpStream, state: Arc<Mutex<State>>) {
    let (server, cut) = {
        let mut state = state.lock().unwrap();
        state.in_vain += usize::from(state.server.is_none());
        (state.server, state.cut.clone())
    };
    let Some(server) = server else { return };
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut loses = false;
    loop {
        tokio::select! {
            () = cut.cancelled() => return,
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                let Some(is_lost) = passes(&state, &up[..count]) else { return };
                loses |= is_lost;
                let is_hidden = state.lock().unwrap().hides_events && up[..count].windows(8).any(|part| part == b"/events?");
                if is_hidden {
                    let nothing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    // Whoever is gone needs no answer.
                    drop(client.write_all(nothing).await);
                    return;
                }
                if server.write_all(&up[..count]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(count @ 1..) = read else { return };
                if loses || state.lock().unwrap().server.is_none() || client.write_all(&down[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
