//! Events of an execution as a server sends them, read piece by piece as they come.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{ApiClient, ApiRequest, ClientError, LAST_EVENT_ID, MAX_ANSWER_LEN};

/// A server says every 15 seconds that it is there. When it has not for so long, the connection is as good as cut.
const MAX_SILENCE: Duration = Duration::from_secs(45);
/// The type of an answer that is events.
const EVENT_STREAM: &str = "text/event-stream";

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerEvent {
    /// What it is: `record`, `log`, `end`, `closed`.
    pub name: String,
    /// With it another stream goes on behind it.
    pub id: Option<String>,
    /// What it says, in JSON.
    pub data: String,
}

impl ServerEvent {
    /// What it says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_str(&self.data).map_err(|problem| ClientError::OtherShape { problem: problem.to_string() })
    }
}

/// What a server has that was asked for events.
#[derive(Debug)]
pub enum OpenedStream {
    /// They.
    Events(Box<EventStream>),
    /// It has none: it is of an earlier version, or something in front of it lets none through.
    None,
}

/// Events as they come.
#[derive(Debug)]
pub struct EventStream {
    client: ApiClient,
    response: Response,
    read: EventBuffer,
}

impl ApiClient {
    /// Opens a stream of events, behind that one if there is one. Asked once: whoever follows knows what to do when it breaks.
    pub async fn open_stream(&self, request: &ApiRequest, after: Option<&str>) -> Result<OpenedStream, ClientError> {
        let mut asked = self.prepared(request);
        if let Some(id) = after {
            asked = asked.header(LAST_EVENT_ID, id);
        }
        let response = match timeout(MAX_SILENCE, asked.send()).await {
            Ok(sent) => sent.map_err(|problem| self.away(&problem))?,
            Err(_) => return Err(self.silent()),
        };
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if response.status().is_success() {
            let is_one = kind.starts_with(EVENT_STREAM);
            let stream = || EventStream { client: self.clone(), response, read: EventBuffer::default() };
            return Ok(if is_one { OpenedStream::Events(Box::new(stream())) } else { OpenedStream::None });
        }
        match self.answer_of(response).await {
            Ok(_) | Err(ClientError::NotTollgate { .. }) => Ok(OpenedStream::None),
            Err(error) if error.is_not_found() => Ok(OpenedStream::None),
            Err(error) => Err(error),
        }
    }

    /// A stream has ended before what it tells of.
    pub fn cut_off(&self) -> ClientError {
        let problem = "the connection ended".to_owned();
        ClientError::Away { server: self.server.to_string(), problem, passes: true }
    }

    pub(super) fn silent(&self) -> ClientError {
        let problem = "it does not answer in time".to_owned();
        ClientError::Away { server: self.server.to_string(), problem, passes: true }
    }
}

impl EventStream {
    /// The next event; none at the end. Nothing is lost where this is dropped before it answers.
    pub async fn next(&mut self) -> Result<Option<ServerEvent>, ClientError> {
        loop {
            if let Some(event) = self.read.take() {
                return Ok(Some(event));
            }
            if self.read.0.len() > MAX_ANSWER_LEN {
                return Err(ClientError::OtherShape { problem: "an event is too long".to_owned() });
            }
            match timeout(MAX_SILENCE, self.response.chunk()).await {
                Ok(Ok(Some(chunk))) => self.read.0.extend_from_slice(&chunk),
                Ok(Ok(None)) => return Ok(None),
                Ok(Err(problem)) => return Err(self.client.away(&problem)),
                Err(_) => return Err(self.client.silent()),
            }
        }
    }
}

/// What has come and is no whole event yet.
#[derive(Debug, Default)]
struct EventBuffer(Vec<u8>);

impl EventBuffer {
    /// The first event that is whole. Comments and hints for browsers are left out.
    fn take(&mut self) -> Option<ServerEvent> {
        loop {
            let end = self.0.windows(2).position(|two| two == b"\n\n")?;
            let block: Vec<u8> = self.0.drain(..end + 2).collect();
            let text = String::from_utf8_lossy(&block);
            let field = |name: &str| {
                let value = move |line: &str| {
                    line.strip_prefix(name)?.strip_prefix(':').map(str::trim_start).map(str::to_owned)
                };
                text.lines().filter_map(value).collect::<Vec<_>>()
            };
            let data = field("data");
            if let Some(name) = field("event").pop()
                && !data.is_empty()
            {
                return Some(ServerEvent { name, id: field("id").pop(), data: data.join("\n") });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_however_they_come() {
        let sent = "retry: 2000\n\nid: 1\nevent: record\ndata: {\"a\": \"\u{e4}\"}\n\n: heartbeat\n\nevent: closed\ndata: {}\n\n";
        for size in 1..sent.len() {
            let (mut buffer, mut events) = (EventBuffer::default(), Vec::new());
            for piece in sent.as_bytes().chunks(size) {
                buffer.0.extend_from_slice(piece);
                events.extend(std::iter::from_fn(|| buffer.take()));
            }
            let event = |name: &str, id: Option<&str>, data: &str| ServerEvent {
                name: name.to_owned(),
                id: id.map(str::to_owned),
                data: data.to_owned(),
            };
            assert_eq!(
                events,
                [event("record", Some("1"), "{\"a\": \"\u{e4}\"}"), event("closed", None, "{}")],
                "{size}"
            );
        }
    }
}
