//! A receiver of requests that behaves as badly as the test says: it answers anything, leads elsewhere, hangs, or closes the
//! connection after it has read the whole request.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What it does with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Answers with that status.
    Status(u16),
    /// Answers that it is elsewhere.
    Redirect(String),
    /// Answers with that status, and says when to come again.
    RetryAfter(u16, &'static str),
    /// Says 200, and then never ends what follows.
    Endless,
    /// Says 200, and then goes silent in the middle of the rest.
    Stall,
    /// Never answers.
    Hang,
    /// Closes the connection, though it has read everything.
    Close,
}

/// A request that it got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// The first line and the headers, in small letters.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name))?.1.into())
    }
}

#[derive(Default)]
struct ReceiverState {
    next: VecDeque<Behaviour>,
    got: Vec<Received>,
    held: Vec<TcpStream>,
}

/// The receiver.
pub struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<ReceiverState>>,
}

impl Receiver {
    /// One that answers 200, unless it is told otherwise.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(ReceiverState::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &state));
            }
        });
        Self { address, state }
    }

    /// The next requests are treated so, in that order.
    pub fn will(&self, next: impl IntoIterator<Item = Behaviour>) {
        self.state.lock().unwrap().next.extend(next);
    }

    /// Its URL with that path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it got since the last look.
    pub fn got(&self) -> Vec<Received> {
        std::mem::take(&mut self.state.lock().unwrap().got)
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<ReceiverState>) {
    let Some(received) = read(&mut stream) else { return };
    let behaviour = {
        let mut state = state.lock().unwrap();
        state.got.push(received);
        state.next.pop_front().unwrap_or(Behaviour::Status(200))
    };
    let answer = match behaviour {
        Behaviour::Status(status) => {
            format!("HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Behaviour::Redirect(url) => {
            format!("HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Behaviour::RetryAfter(status, when) => {
            format!("HTTP/1.1 {status} Later\r\nRetry-After: {when}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Behaviour::Endless => {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            let mut goes_on = stream.write_all(head.as_bytes());
            // Until whoever asked goes away.
            while goes_on.is_ok() {
                goes_on = stream.write_all(b"4\r\nmore\r\n");
            }
            return;
        }
        Behaviour::Stall => {
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx";
            let _ = stream.write_all(head.as_bytes());
            return state.lock().unwrap().held.push(stream);
        }
        Behaviour::Hang => return state.lock().unwrap().held.push(stream),
        Behaviour::Close => return drop(stream.shutdown(Shutdown::Both)),
    };
    // Whoever asked may be gone by now.
    let _ = stream.write_all(answer.as_bytes());
}

fn read(stream: &mut TcpStream) -> Option<Received> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut received = Received { head, body: Vec::new() };
    let length = received.header("content-length").and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    received.body = vec![0; length];
    stream.read_exact(&mut received.body).ok()?;
    Some(received)
}
