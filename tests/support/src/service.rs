//! A service on this machine that answers as the test says.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A service that answers every request, one a connection.
pub struct Service {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    status: u16,
    body: String,
    asked: Vec<String>,
}

impl Service {
    /// One that answers so.
    pub fn answering(status: u16, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { status, body: body.to_owned(), asked: Vec::new() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &shared);
            }
        });
        Self { address, state }
    }

    /// From now on it answers so.
    pub fn answers(&self, status: u16, body: &str) {
        let mut state = self.state.lock().unwrap();
        (state.status, state.body) = (status, body.to_owned());
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a page of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests that it was asked.
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let mut state = state.lock().unwrap();
    state.asked.push(String::from_utf8_lossy(&head).into_owned());
    let State { status, body, .. } = &*state;
    let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    // Whoever asked may be gone by now.
    let _ = stream.write_all(answer.as_bytes());
}
