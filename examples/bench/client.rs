//! A browser's side of HTTP/1.1: one connection that is kept open. Does no more than a load generator needs, so that
//! it takes little of the machine that it shares with the server.

use std::fmt::Write;
use std::io::Read;

use anyhow::{Context, bail, ensure};
use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A kept connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    address: String,
    cookie: String,
}

/// An answer, its body in the buffer of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    pub status: u16,
    head: usize,
    /// Bytes on the wire.
    pub size: usize,
}

impl Client {
    /// Connected, and nobody yet.
    pub async fn connect(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024), address: address.to_owned(), cookie: String::new() })
    }

    /// Signed in: another connection of somebody's browser.
    pub async fn with_cookie(address: &str, cookie: &str) -> anyhow::Result<Self> {
        Ok(Self { cookie: cookie.to_owned(), ..Self::connect(address).await? })
    }

    /// Signs in and answers the cookie.
    pub async fn sign_in(address: &str, name: &str, password: &str) -> anyhow::Result<String> {
        let mut client = Self::connect(address).await?;
        let answer = client.post("/login", &format!("name={name}&password={password}")).await?;
        ensure!(answer.status == 303, "{name} could not sign in: {}", answer.status);
        let cookie = client.header(answer, "set-cookie").context("no cookie")?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    /// The bytes of a request for a page; `htmx` says that a part of it refreshes itself.
    pub fn get_request(&self, path: &str, htmx: bool) -> Vec<u8> {
        let more = if htmx { "HX-Request: true\r\nHX-Request-Type: partial\r\n" } else { "" };
        self.request("GET", path, &format!("Accept-Encoding: gzip, deflate, br\r\n{more}"), "")
    }

    /// The text of a page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<String> {
        let request = self.request("GET", path, "", "");
        let answer = self.exchange(&request).await?;
        ensure!(answer.status == 200, "{path}: {}", answer.status);
        Ok(String::from_utf8_lossy(&self.buffer[answer.head..]).into_owned())
    }

    /// Where a page leads to.
    pub async fn follow(&mut self, path: &str) -> anyhow::Result<String> {
        let request = self.request("GET", path, "", "");
        let answer = self.exchange(&request).await?;
        ensure!(answer.status == 303, "{path}: {}", answer.status);
        Ok(self.header(answer, "location").context("no location")?.to_owned())
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, form: &str) -> anyhow::Result<Answer> {
        let more = format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", form.len());
        let request = self.request("POST", path, &more, form);
        self.exchange(&request).await
    }

    fn request(&self, method: &str, path: &str, more: &str, body: &str) -> Vec<u8> {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{more}", self.address);
        if !self.cookie.is_empty() {
            let _ = write!(text, "Cookie: {}\r\n", self.cookie);
        }
        let _ = write!(text, "\r\n{body}");
        text.into_bytes()
    }

    /// Sends a request and reads the answer to its end.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text.get(9..12).and_then(|code| code.parse().ok()).context("no status")?;
        let end = if let Some(length) = value(text, "content-length") {
            head + length.parse::<usize>()?
        } else if value(text, "transfer-encoding").is_some() {
            return self.chunks(status, head).await;
        } else {
            head
        };
        while self.buffer.len() < end {
            self.more().await?;
        }
        ensure!(self.buffer.len() == end, "more came than was asked for");
        Ok(Answer { status, head, size: end })
    }

    /// The first bytes of the body of the answer that came last, as they stand before it was made smaller.
    pub fn beginning(&self, answer: Answer, most: usize) -> anyhow::Result<String> {
        let body = &self.buffer[answer.head..];
        let mut text = vec![0; most];
        if self.header(answer, "content-encoding") == Some("gzip") {
            let length = GzDecoder::new(body).read(&mut text)?;
            text.truncate(length);
        } else {
            text = body[..body.len().min(most)].to_vec();
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// A header of the answer that came last.
    pub fn header(&self, answer: Answer, name: &str) -> Option<&str> {
        value(std::str::from_utf8(&self.buffer[..answer.head]).ok()?, name)
    }

    async fn chunks(&mut self, status: u16, head: usize) -> anyhow::Result<Answer> {
        let mut at = head;
        loop {
            let line = loop {
                if let Some(end) = find(&self.buffer[at..], b"\r\n") {
                    break end;
                }
                self.more().await?;
            };
            let length = usize::from_str_radix(std::str::from_utf8(&self.buffer[at..at + line])?, 16)?;
            at += line + 2 + length + 2;
            while self.buffer.len() < at {
                self.more().await?;
            }
            if length == 0 {
                return Ok(Answer { status, head, size: at });
            }
        }
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
