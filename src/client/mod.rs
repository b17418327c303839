//! A client of the API of a Tollgate server, for the subcommands that ask one over the network.
//!
//! It knows the API by its documentation alone, so that it gets on with servers of other versions: bodies are small structs of
//! its own, which read what they need and nothing else.

mod address;
mod bodies;
mod error;
mod events;
mod files;
mod patience;

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use address::{AddressFault, ServerAddress};
pub use bodies::{
    ActionAnswer, AppliedItem, ArtefactAnswer, ArtefactsAnswer, CallerAnswer, ChangedPart, ChangesAnswer, DryRunAnswer,
    ExecutionAnswer, ListAnswer, LogAnswer, LogAnswerLine, LogEventAnswer, ReleaseAnswer, RunGroup, RunStage, RunTask,
    TextAnswer,
};
pub use error::{ApiProblem, ClientError};
pub use events::{EventStream, OpenedStream, ServerEvent};
pub use files::FileStream;
pub use patience::{AskingAgain, Patience};

use crate::outgoing;

/// The header of a token.
const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
/// The header of the key under which an operation is admitted once.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given under the key before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The header with which a stream of events goes on behind one.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Until an answer is there, beside the time that was asked to be waited for it.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// No answer of the API is as long.
const MAX_ANSWER_LEN: usize = 64 * 1024 * 1024;

/// The secret of a token. It is shown nowhere.
#[derive(Clone)]
pub struct ApiToken(HeaderValue);

impl ApiToken {
    /// The token in a text, with whatever blank there is around it; nothing if it can be no token.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut value = HeaderValue::from_str(text).ok().filter(|_| is_one)?;
        value.set_sensitive(true);
        Some(Self(value))
    }

    /// The secret itself, for the file that keeps it.
    pub fn secret(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl std::fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

/// What is asked of the API.
#[derive(Debug, Clone)]
pub struct ApiRequest {
    method: Method,
    /// The parts of the path, which are escaped when it is sent.
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: HeaderMap,
    body: Option<String>,
    /// How long the server was asked to wait.
    wait: Duration,
}

impl ApiRequest {
    /// A request to read what is at that path.
    pub fn get<'p>(path: impl IntoIterator<Item = &'p str>) -> Self {
        let path = path.into_iter().map(str::to_owned).collect();
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            wait: Duration::ZERO,
        }
    }

    /// A request to do something, once under this key however often it is sent.
    pub fn post<'p>(path: impl IntoIterator<Item = &'p str>, body: &Value, key: &str) -> Result<Self, ClientError> {
        let mut request = Self { method: Method::POST, body: Some(body.to_string()), ..Self::get(path) };
        let key = HeaderValue::from_str(key).map_err(|_| ClientError::BadKey)?;
        request.headers.insert(IDEMPOTENCY_KEY, key);
        Ok(request)
    }

    /// With a parameter.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// With a parameter, if there is a value for it.
    pub fn with_any(self, name: &'static str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Only if the version is that.
    pub fn if_match(mut self, version: u32) -> Self {
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
            self.headers.insert(IF_MATCH, tag);
        }
        self
    }

    /// Only if there is nothing of that name yet.
    pub fn if_none(mut self) -> Self {
        self.headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        self
    }

    /// Answered when there is another revision than that, or after so long.
    pub fn unless_seen(self, seen: u64, wait: Duration) -> Self {
        Self { wait, ..self.with("seen", seen).with("wait", wait.as_secs()) }
    }
}

/// An answer to a request under a key.
#[derive(Debug, Clone)]
pub struct KeyedAnswer {
    /// As it came.
    pub body: Value,
    /// Whether it was given before: what was asked is done once, and that was then.
    pub is_repeated: bool,
}

/// Asks a server.
#[derive(Debug, Clone)]
pub struct ApiClient {
    http: Client,
    server: ServerAddress,
    token: ApiToken,
    patience: Patience,
}

impl ApiClient {
    /// One that trusts the certificates that this machine trusts, and follows no redirect: where one leads, the token must not go.
    pub fn new(server: ServerAddress, token: ApiToken, patience: Patience) -> Result<Self, ClientError> {
        let no_client = |problem: &dyn std::fmt::Display| ClientError::NoClient { problem: problem.to_string() };
        let tls = outgoing::machine_trust().map_err(|problem| no_client(&problem))?;
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("tollgate/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls);
        if server.is_plain() {
            // A proxy would read the token.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|problem| no_client(&problem))?;
        Ok(Self { http, server, token, patience })
    }

    /// The server.
    pub fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// The same with another patience.
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Patience for whatever is asked in other ways than by [`ask`](Self::ask).
    pub fn patience(&self) -> AskingAgain {
        self.patience.begin()
    }

    /// The answer as it came. Asked again while the server is away, for as long as there is patience.
    pub async fn ask(&self, request: &ApiRequest) -> Result<Value, ClientError> {
        Ok(self.ask_under_key(request).await?.body)
    }

    /// The same, and whether it was given under the key of the request before.
    pub async fn ask_under_key(&self, request: &ApiRequest) -> Result<KeyedAnswer, ClientError> {
        let mut waiting = self.patience.begin();
        loop {
            match self.ask_once(request).await {
                Err(error) if error.is_passing() => waiting.rest(error).await?,
                answer => return answer,
            }
        }
    }

    /// The parts of the answer that are needed.
    pub async fn read<T: DeserializeOwned>(&self, request: &ApiRequest) -> Result<T, ClientError> {
        parts(&self.ask(request).await?)
    }

    async fn ask_once(&self, request: &ApiRequest) -> Result<KeyedAnswer, ClientError> {
        let mut asked = self.prepared(request).timeout(ANSWER_TIMEOUT + request.wait);
        if let Some(body) = &request.body {
            asked = asked.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = asked.send().await.map_err(|problem| self.away(&problem))?;
        let is_repeated = response.headers().contains_key(REPLAYED);
        Ok(KeyedAnswer { body: self.answer_of(response).await?, is_repeated })
    }

    fn prepared(&self, request: &ApiRequest) -> RequestBuilder {
        let url = self.server.url(&request.path, &request.query);
        let asked = self.http.request(request.method.clone(), url).headers(request.headers.clone());
        asked.header(AUTH_TOKEN, self.token.0.clone())
    }

    async fn answer_of(&self, response: Response) -> Result<Value, ClientError> {
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_redirection() {
            return Err(ClientError::redirected(&self.server, &headers));
        }
        let body = self.body(response).await?;
        let read = serde_json::from_slice::<Value>(&body);
        match read {
            Ok(value) if status.is_success() => Ok(value),
            Ok(value) => Err(ClientError::refused(status, &value, retry_after(&headers))),
            Err(_) if matches!(status.as_u16(), 429 | 502..=504) => {
                Err(ClientError::Busy { status: status.as_u16(), retry_after: retry_after(&headers) })
            }
            Err(_) => Err(ClientError::NotTollgate { server: self.server.to_string(), status: status.as_u16() }),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|problem| self.away(&problem))? {
            if body.len() + chunk.len() > MAX_ANSWER_LEN {
                let status = response.status().as_u16();
                return Err(ClientError::NotTollgate { server: self.server.to_string(), status });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn away(&self, problem: &reqwest::Error) -> ClientError {
        ClientError::away(&self.server, problem)
    }
}

/// Reads what is needed of an answer.
pub fn parts<T: DeserializeOwned>(answer: &Value) -> Result<T, ClientError> {
    T::deserialize(answer).map_err(|problem| ClientError::OtherShape { problem: problem.to_string() })
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
