//! A network between the command line and a server, which a test can cut, and which remembers what was sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

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

    /// Leads to that server from now on, or nowhere.
    pub fn leads_to(&self, server: Option<SocketAddr>) {
        self.state.lock().unwrap().server = server;
    }

    /// Loses the answer to the next POST, which reaches the server.
    pub fn loses_an_answer(&self) {
        self.state.lock().unwrap().loses_answer = true;
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
    let Some(server) = state.lock().unwrap().server else { return };
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut up, mut down) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut loses = false;
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(count @ 1..) = read else { return };
                let Some(is_lost) = passes(&state, &up[..count]) else { return };
                loses |= is_lost;
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
