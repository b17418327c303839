//! Makes JSON of every error, in the form that clients of the interface which this one is like can read.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use serde::Serialize;

use crate::http::error::HttpError;
use crate::http::middleware::envelope::on_panic;
use crate::http::problem::{RequestProblem, outage_words, reference};
use crate::messages::{self, Locale};

/// An error, as a client reads it.
#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    /// What happened, in a word for programs: more exact than the status.
    error_code: &'static str,
    /// What happened, and what to do, in a sentence for people.
    error_msg: &'a str,
    /// By what the request is found in the log of the server.
    request_id: &'a str,
}

/// Gives every error without a body of its own one.
pub async fn json_errors<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    on_panic(request.request(), broke_down);
    let response = next.call(request).await?;
    let Some(problem) = RequestProblem::of(&response) else { return Ok(response.map_into_left_body()) };
    problem.log(response.request());
    let (status, (code, sentence)) = (status(problem), words(problem));
    let body = written(code, &sentence, &reference(response.request()));
    let retry_after = problem.retry_after();
    Ok(response.map_body(|head, _: B| {
        head.status = status;
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = retry_after {
            head.headers.insert(header::RETRY_AFTER, seconds);
        }
        EitherBody::right(BoxBody::new(body))
    }))
}

/// The answer to a request whose operation panicked: all that is known is its reference.
fn broke_down(reference: &str) -> HttpResponse {
    let body = written("broken", Locale::default().api().broken(), reference);
    HttpResponse::InternalServerError().content_type(header::ContentType::json()).body(body)
}

fn written(error_code: &'static str, error_msg: &str, request_id: &str) -> String {
    serde_json::to_string(&ErrorBody { error_code, error_msg, request_id }).unwrap_or_default()
}

/// As for pages, but that the interface which this one is like knows no 422.
fn status(problem: RequestProblem<'_>) -> StatusCode {
    match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    }
}

/// What happened, in a word and in a sentence.
fn words(problem: RequestProblem<'_>) -> (&'static str, String) {
    let (said, errors) = (Locale::default().api(), Locale::default().errors());
    let error = match problem {
        RequestProblem::Ours(error) => error,
        RequestProblem::Other(StatusCode::NOT_FOUND) => return ("not_found", said.not_found().to_owned()),
        RequestProblem::Other(StatusCode::METHOD_NOT_ALLOWED) => {
            return ("method_not_allowed", said.wrong_method().to_owned());
        }
        RequestProblem::Other(status) if status.is_server_error() => return ("broken", said.broken().to_owned()),
        RequestProblem::Other(_) => return ("other", said.other().to_owned()),
    };
    match error {
        HttpError::NotFound
        | HttpError::NoRegion
        | HttpError::SetupOver
        | HttpError::SetupTooOld
        | HttpError::NoAttempt { .. } => ("not_found", said.not_found().to_owned()),
        HttpError::SignedOut => ("signed_out", said.signed_out().to_owned()),
        HttpError::CrossSite => ("cross_site", said.cross_site().to_owned()),
        HttpError::Refused(refusal) => ("refused", messages::refusal(refusal, Locale::default())),
        HttpError::Stale => ("stale", said.stale().to_owned()),
        HttpError::Unreadable(_) | HttpError::UnreadableQuery(_) | HttpError::TooManyFields => {
            ("unreadable", said.unreadable().to_owned())
        }
        HttpError::TooLarge => ("too_large", said.too_large().to_owned()),
        HttpError::UnsupportedMedia => ("unsupported_media_type", said.unsupported_media().to_owned()),
        HttpError::TooSlow => ("too_slow", said.too_slow().to_owned()),
        HttpError::AddressTooLong => ("address_too_long", said.address_too_long().to_owned()),
        HttpError::HeadersTooLarge => ("headers_too_large", said.headers_too_large().to_owned()),
        HttpError::Unavailable(outage, _) => ("unavailable", outage_words(*outage).sentence),
        HttpError::CommitUnknown(_) => ("unknown_if_done", errors.unsure().sentence),
        HttpError::TooMany(seconds) => ("too_many", errors.too_many(*seconds).sentence),
        HttpError::QueueFull => ("busy", errors.crowded().sentence),
        HttpError::Broken(_) => ("broken", said.broken().to_owned()),
    }
}
