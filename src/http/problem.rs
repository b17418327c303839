//! An error that has no answer yet: of which scope it is decides what it becomes, a page or JSON.

use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};

use super::error::{AGAIN_IN, HttpError};
use super::middleware::envelope::RequestId;
use super::throttle::Throttle;
use crate::app::Outage;
use crate::messages::Locale;
use crate::messages::errors::ErrorWords;

/// Everybody who watches asks again and again: how often the log says that they are refused.
static REFUSED: Throttle = Throttle::every(Duration::from_secs(10));

/// An error that nobody has made an answer of yet.
#[derive(Clone, Copy)]
pub enum RequestProblem<'a> {
    /// A handler's, or a middleware's.
    Ours(&'a HttpError),
    /// The framework's.
    Other(StatusCode),
}

impl<'a> RequestProblem<'a> {
    /// That of a response, if it is one.
    pub fn of<B>(response: &'a ServiceResponse<B>) -> Option<Self> {
        if response.status().as_u16() < 400
            || response.headers().contains_key(header::CONTENT_TYPE) && response.response().error().is_none()
        {
            return None;
        }
        let ours = response.response().error().and_then(|error| error.as_error::<HttpError>());
        Some(ours.map_or(Self::Other(response.status()), Self::Ours))
    }

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Ours(error) => error.status(),
            Self::Other(status) => status,
        }
    }

    /// In how many seconds to ask again, if that would help.
    pub fn retry_after(self) -> Option<HeaderValue> {
        match self {
            Self::Ours(
                HttpError::CommitUnknown(_)
                | HttpError::Unavailable(..)
                | HttpError::QueueFull
                | HttpError::TooManyStreams(_)
                | HttpError::Stopping,
            ) => Some(HeaderValue::from(AGAIN_IN)),
            Self::Ours(HttpError::TooMany(seconds) | HttpError::OverLimit(seconds)) => {
                Some(HeaderValue::from(*seconds))
            }
            Self::Ours(_) | Self::Other(_) => None,
        }
    }

    /// Writes to the log what went wrong on our side.
    pub fn log(self, request: &HttpRequest) {
        let (id, path) = (reference(request), request.path());
        match self {
            Self::Ours(HttpError::Broken(error)) => {
                tracing::error!(id, path, error = format!("{error:#}"), "request failed");
            }
            Self::Ours(HttpError::CommitUnknown(error)) => {
                tracing::warn!(id, path, error = format!("{error:#}"), "it may have been done");
            }
            Self::Ours(HttpError::Unavailable(_, error)) if REFUSED.is_due() => {
                tracing::warn!(error = format!("{error:#}"), "requests refused; database unavailable");
            }
            Self::Ours(_) | Self::Other(_) => {}
        }
    }
}

/// What is said when the database is away.
pub fn outage_words(outage: Outage) -> ErrorWords {
    let errors = Locale::default().errors();
    match outage {
        Outage::Unreachable => errors.unreachable(),
        Outage::Busy => errors.busy(),
        Outage::Full => errors.full(),
    }
}

/// The reference by which a request is found in the log.
pub fn reference(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(RequestId::to_string).unwrap_or_default()
}
