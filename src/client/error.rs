//! Errors of a request to the API, and which of them pass by themselves.

use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION};
use serde::Deserialize;
use serde_json::Value;

use super::ServerAddress;

/// Why a request was not answered as it was meant to be. None of them has the token in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClientError {
    /// Nothing can be sent from this machine.
    #[error("this machine cannot ask a server: {problem}")]
    NoClient {
        /// Why.
        problem: String,
    },
    /// The key under which something was to be done cannot be sent.
    #[error("the key of the request has a character that cannot be sent: use letters, digits, - and _")]
    BadKey,
    /// There is no connection, or it ended.
    #[error("the server {server} cannot be reached: {problem}")]
    Away {
        /// Where it should be.
        server: String,
        /// Why not.
        problem: String,
        /// Whether to ask again: a certificate that is wrong stays wrong.
        passes: bool,
    },
    /// It or what is in front of it says that it cannot answer now.
    #[error("the server answers with {status}: it cannot do it now")]
    Busy {
        /// The status.
        status: u16,
        /// When to ask again.
        retry_after: Option<Duration>,
    },
    /// It says to ask somewhere else.
    #[error("the server {server} leads to {to}, where the token is not sent: say the right address with --server")]
    Redirected {
        /// Where it was asked.
        server: String,
        /// The server that it leads to.
        to: String,
    },
    /// It says no.
    #[error("{}", .0.sentence())]
    Refused(ApiProblem),
    /// What answers there is something else.
    #[error("what answers at {server} is no Tollgate that has this operation (status {status})")]
    NotTollgate {
        /// Where.
        server: String,
        /// The status.
        status: u16,
    },
    /// An answer lacks something that is needed.
    #[error("the answer of the server cannot be understood, it may be of another version: {problem}")]
    OtherShape {
        /// What it lacks.
        problem: String,
    },
}

/// An error as the API tells it.
#[derive(Debug, Clone)]
pub struct ApiProblem {
    /// The status.
    pub status: u16,
    /// What happened, in a word.
    pub reason: String,
    /// The same in a sentence.
    pub message: String,
    /// Fields that will not do, each with a sentence.
    pub problems: Vec<(String, String)>,
    /// When to ask again.
    pub retry_after: Option<Duration>,
}

impl ApiProblem {
    fn sentence(&self) -> String {
        // What the API says beside a list tells programs to read it.
        let mut said =
            if self.problems.is_empty() { self.message.clone() } else { "what was sent will not do:".to_owned() };
        for (field, message) in &self.problems {
            said.push_str("\n  ");
            if !field.is_empty() {
                said.push_str(field);
                said.push_str(": ");
            }
            said.push_str(message);
        }
        said
    }
}

#[derive(Deserialize)]
struct ProblemBody {
    error_msg: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    problems: Vec<ProblemField>,
}

#[derive(Deserialize)]
struct ProblemField {
    field: String,
    message: String,
}

impl ClientError {
    pub(super) fn away(server: &ServerAddress, problem: &reqwest::Error) -> Self {
        let (mut cause, mut deepest): (Option<&(dyn Error + 'static)>, &(dyn Error + 'static)) =
            (problem.source(), problem);
        let mut passes = true;
        while let Some(next) = cause {
            passes &= !next.is::<rustls::Error>();
            (cause, deepest) = (next.source(), next);
        }
        // An error of input and output hides what it wraps.
        passes &= !format!("{deepest:?}").contains("InvalidCertificate");
        let said = if problem.is_timeout() { "it does not answer in time".to_owned() } else { deepest.to_string() };
        Self::Away { server: server.to_string(), problem: said, passes }
    }

    pub(super) fn redirected(server: &ServerAddress, headers: &HeaderMap) -> Self {
        let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        let joined = server.url(&[], &[]).join(to).map(|to| to.origin().ascii_serialization());
        Self::Redirected { server: server.to_string(), to: joined.unwrap_or_default() }
    }

    pub(super) fn refused(status: StatusCode, body: &Value, retry_after: Option<Duration>) -> Self {
        let status = status.as_u16();
        let Ok(ProblemBody { error_msg, reason, problems }) = ProblemBody::deserialize(body) else {
            return Self::Busy { status, retry_after };
        };
        let problems = problems.into_iter().map(|problem| (problem.field, problem.message)).collect();
        Self::Refused(ApiProblem { status, reason, message: error_msg, problems, retry_after })
    }

    /// Why a stream of events was ended by the server, as it says itself.
    pub fn closed(body: &Value) -> Self {
        let word = body.get("reason").and_then(Value::as_str).unwrap_or_default();
        let passes = matches!(word, "stopping" | "unavailable" | "busy" | "broken");
        let status = if passes { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::FORBIDDEN };
        Self::refused(status, body, None)
    }

    /// Whether the caller asks for more than they may at the time.
    pub fn is_over_limit(&self) -> bool {
        match self {
            Self::Busy { status, .. } => *status == 429,
            Self::Refused(problem) => problem.status == 429,
            Self::NoClient { .. }
            | Self::BadKey
            | Self::Away { .. }
            | Self::Redirected { .. }
            | Self::NotTollgate { .. }
            | Self::OtherShape { .. } => false,
        }
    }

    /// Whether the same may be answered otherwise in a while.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Away { passes, .. } => *passes,
            Self::Busy { status, .. } => matches!(status, 429 | 502..=504),
            Self::Refused(problem) => matches!(problem.status, 429 | 503),
            Self::NoClient { .. }
            | Self::BadKey
            | Self::Redirected { .. }
            | Self::NotTollgate { .. }
            | Self::OtherShape { .. } => false,
        }
    }

    /// When to ask again, if the server says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            Self::Refused(problem) => problem.retry_after,
            Self::NoClient { .. }
            | Self::BadKey
            | Self::Away { .. }
            | Self::Redirected { .. }
            | Self::NotTollgate { .. }
            | Self::OtherShape { .. } => None,
        }
    }

    /// Whether there is nothing at the address, or nothing that the caller may see.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(problem) if problem.status == 404)
    }
}
