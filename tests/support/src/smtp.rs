//! A mail server that speaks SMTP as far as a client needs it, and breaks off where the test says.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What it does in one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailBehaviour {
    /// Takes the message.
    Take,
    /// Answers so to the first command that begins so: `("RCPT", "550 no such user")`.
    Answer(&'static str, &'static str),
    /// Closes the connection after the whole message, without an answer.
    DropAfterData,
    /// Says nothing more from the first command on that begins so; `DOT` is the end of the message.
    HangAt(&'static str),
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
    /// Whether it came encrypted.
    pub is_encrypted: bool,
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
    hanging: usize,
}

/// How it encrypts.
#[derive(Debug, Clone)]
pub enum MailTls {
    /// When it is asked for it.
    StartTls(Arc<ServerConfig>),
    /// From the first byte.
    FromTheStart(Arc<ServerConfig>),
}

/// The mail server.
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<MailState>>,
}

impl MailServer {
    /// One that takes everything, unless it is told otherwise.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// The same, encrypted.
    pub fn start_with(tls: Option<MailTls>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(MailState::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                thread::spawn(move || {
                    let behaviour = {
                        let mut state = state.lock().unwrap();
                        state.connections += 1;
                        state.next.pop_front().unwrap_or(MailBehaviour::Take)
                    };
                    // A client that goes away ends the conversation.
                    drop(serve(stream, tls.as_ref(), &behaviour, &state));
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

    /// How many conversations it fell silent in.
    pub fn hanging(&self) -> usize {
        self.state.lock().unwrap().hanging
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }
}

fn serve(
    stream: TcpStream,
    tls: Option<&MailTls>,
    behaviour: &MailBehaviour,
    state: &Mutex<MailState>,
) -> std::io::Result<()> {
    let encrypted = |stream, config: &Arc<ServerConfig>| {
        let connection = ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
        Ok::<_, std::io::Error>(StreamOwned::new(connection, stream))
    };
    let talk = |is_encrypted, offers_tls| Talk { behaviour, state, is_encrypted, offers_tls };
    match tls {
        Some(MailTls::FromTheStart(config)) => {
            talk(true, false).converse(encrypted(stream, config)?, true)?;
        }
        Some(MailTls::StartTls(config)) => {
            if let Some(stream) = talk(false, true).converse(stream, true)? {
                talk(true, false).converse(encrypted(stream, config)?, false)?;
            }
        }
        None => {
            talk(false, *behaviour == MailBehaviour::LieAboutTls).converse(stream, true)?;
        }
    }
    Ok(())
}

/// One conversation, in the clear or encrypted.
struct Talk<'t> {
    behaviour: &'t MailBehaviour,
    state: &'t Mutex<MailState>,
    is_encrypted: bool,
    offers_tls: bool,
}

impl Talk<'_> {
    /// Answers the stream where the client goes on encrypted.
    fn converse<S: Read + Write>(&self, stream: S, greets: bool) -> std::io::Result<Option<S>> {
        let mut stream = BufReader::new(stream);
        let mut mail = Mail { is_encrypted: self.is_encrypted, ..Mail::default() };
        let says = |stream: &mut BufReader<S>, words: &str| {
            stream.get_mut().write_all(words.as_bytes())?;
            stream.get_mut().flush()
        };
        if greets {
            says(&mut stream, "220 mail.test ready\r\n")?;
        }
        let mut line = String::new();
        while stream.read_line(&mut line)? > 0 {
            let command = std::mem::take(&mut line).trim_end().to_owned();
            let word = command.get(..4).unwrap_or_default().to_ascii_uppercase();
            match self.behaviour {
                MailBehaviour::Answer(to, answer) if command.to_ascii_uppercase().starts_with(to) => {
                    says(&mut stream, &format!("{answer}\r\n"))?;
                    continue;
                }
                MailBehaviour::HangAt(to) if command.to_ascii_uppercase().starts_with(to) => return self.hang(stream),
                MailBehaviour::Answer(..)
                | MailBehaviour::HangAt(_)
                | MailBehaviour::Take
                | MailBehaviour::DropAfterData
                | MailBehaviour::LieAboutTls => {}
            }
            match word.as_str() {
                "EHLO" if self.offers_tls => says(&mut stream, "250-mail.test\r\n250 STARTTLS\r\n")?,
                "EHLO" => says(&mut stream, "250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n")?,
                "STAR" if *self.behaviour == MailBehaviour::LieAboutTls => return Ok(None),
                "STAR" => {
                    says(&mut stream, "220 go on\r\n")?;
                    return Ok(Some(stream.into_inner()));
                }
                "AUTH" => says(&mut stream, "235 welcome\r\n")?,
                "RCPT" => {
                    command[8..].trim_matches(['<', '>', ' ']).clone_into(&mut mail.to);
                    says(&mut stream, "250 yes\r\n")?;
                }
                "DATA" => {
                    says(&mut stream, "354 go on\r\n")?;
                    while stream.read_line(&mut line)? > 0 && line != ".\r\n" {
                        mail.text.push_str(line.strip_prefix('.').unwrap_or(&line));
                        line.clear();
                    }
                    line.clear();
                    match self.behaviour {
                        MailBehaviour::DropAfterData => return Ok(None),
                        MailBehaviour::HangAt("DOT") => return self.hang(stream),
                        MailBehaviour::Answer("DOT", answer) => says(&mut stream, &format!("{answer}\r\n"))?,
                        MailBehaviour::Answer(..)
                        | MailBehaviour::HangAt(_)
                        | MailBehaviour::Take
                        | MailBehaviour::LieAboutTls => {
                            self.state.lock().unwrap().taken.push(std::mem::take(&mut mail));
                            says(&mut stream, "250 taken\r\n")?;
                        }
                    }
                }
                "QUIT" => {
                    says(&mut stream, "221 bye\r\n")?;
                    return Ok(None);
                }
                _ => says(&mut stream, "250 yes\r\n")?,
            }
        }
        Ok(None)
    }

    /// Says nothing more until the client goes away.
    fn hang<S: Read>(&self, mut stream: BufReader<S>) -> std::io::Result<Option<S>> {
        self.state.lock().unwrap().hanging += 1;
        std::io::copy(&mut stream, &mut std::io::sink())?;
        Ok(None)
    }
}
