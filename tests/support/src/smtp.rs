//! A mail server that speaks SMTP as far as a client needs it, and breaks off where the test says.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What it does in one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailBehaviour {
    /// Takes the message.
    Take,
    /// Answers so to the first command that begins so: `("RCPT", "550 no such user")`.
    Answer(&'static str, &'static str),
    /// Closes the connection after the whole message, without an answer.
    DropAfterData,
    /// Says that it offers STARTTLS, and closes the connection when it is asked for it.
    LieAboutTls,
}

/// A message that it took, or got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The whole of it.
    pub text: String,
}

impl Mail {
    /// The value of a header, in one line.
    pub fn header(&self, name: &str) -> Option<String> {
        let unfolded = self.text.replace("\r\n ", " ").replace("\n ", " ");
        let prefix = format!("{}: ", name.to_ascii_lowercase());
        let line = unfolded.lines().find(|line| line.to_ascii_lowercase().starts_with(&prefix))?;
        Some(line[prefix.len()..].trim().to_owned())
    }

    /// Its text part, without soft ends of lines.
    pub fn words(&self) -> String {
        self.text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
    }
}

#[derive(Default)]
struct MailState {
    next: VecDeque<MailBehaviour>,
    taken: Vec<Mail>,
    connections: usize,
}

/// The mail server.
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<MailState>>,
}

impl MailServer {
    /// One that takes everything, unless it is told otherwise.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(MailState::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || {
                    let behaviour = {
                        let mut state = state.lock().unwrap();
                        state.connections += 1;
                        state.next.pop_front().unwrap_or(MailBehaviour::Take)
                    };
                    // A client that goes away ends the conversation.
                    drop(converse(stream, &behaviour, &state));
                });
            }
        });
        Self { address, state }
    }

    /// The next connections are treated so, in that order.
    pub fn will(&self, next: impl IntoIterator<Item = MailBehaviour>) {
        self.state.lock().unwrap().next.extend(next);
    }

    /// Its port, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it took since the last look.
    pub fn taken(&self) -> Vec<Mail> {
        std::mem::take(&mut self.state.lock().unwrap().taken)
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

fn converse(stream: TcpStream, behaviour: &MailBehaviour, state: &Mutex<MailState>) -> std::io::Result<()> {
    let (mut out, mut lines) = (stream.try_clone()?, BufReader::new(stream).lines());
    let mut mail = Mail::default();
    out.write_all(b"220 mail.test ready\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        if let MailBehaviour::Answer(to, answer) = behaviour
            && line.to_ascii_uppercase().starts_with(to)
        {
            out.write_all(format!("{answer}\r\n").as_bytes())?;
            continue;
        }
        match word.as_str() {
            "EHLO" if *behaviour == MailBehaviour::LieAboutTls => {
                out.write_all(b"250-mail.test\r\n250 STARTTLS\r\n")?;
            }
            "EHLO" => out.write_all(b"250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n")?,
            "STAR" => return Ok(()),
            "AUTH" => out.write_all(b"235 welcome\r\n")?,
            "RCPT" => {
                line[8..].trim_matches(['<', '>', ' ']).clone_into(&mut mail.to);
                out.write_all(b"250 yes\r\n")?;
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.text.push_str("\r\n");
                }
                if *behaviour == MailBehaviour::DropAfterData {
                    return Ok(());
                }
                if let MailBehaviour::Answer("DOT", answer) = behaviour {
                    out.write_all(format!("{answer}\r\n").as_bytes())?;
                    continue;
                }
                state.lock().unwrap().taken.push(std::mem::take(&mut mail));
                out.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => {
                out.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => out.write_all(b"250 yes\r\n")?,
        }
    }
    Ok(())
}
