//! Makes JSON of every error, in the form that clients of the interface which this one is like can read.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::AppError;
use crate::domain::tokens::TokenRefusal;
use crate::domain::validate::Problem;
use crate::format::Finding;
use crate::http::error::{FieldProblem, HttpError};
use crate::http::middleware::envelope::on_panic;
use crate::http::problem::{RequestProblem, outage_words, reference};
use crate::messages::{self, Locale};

/// An error, as a client reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// As the interface has it that ours is like: `SVCSTG.00100409`, of which the last three digits are the status.
    error_code: String,
    /// What happened, and what to do, in a sentence for people.
    error_msg: String,
    /// What happened, in a word for programs: more exact than the status.
    reason: &'static str,
    /// By what the request is found in the log of the server.
    request_id: String,
    /// Every field that will not do; only with `invalid`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemItem>,
}

/// A field that will not do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemItem {
    /// Which: `stages[0].groups[0].tasks[2].timeout`; empty for the whole.
    field: String,
    /// What is wrong with it, in a sentence.
    message: String,
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
    let status = status(problem);
    let body = written(&body_of(problem, response.request()));
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

/// An error that ends what was answered already, as a client reads it.
pub fn body(error: &HttpError, request: &HttpRequest) -> ErrorBody {
    let problem = RequestProblem::Ours(error);
    problem.log(request);
    body_of(problem, request)
}

fn body_of(problem: RequestProblem<'_>, request: &HttpRequest) -> ErrorBody {
    let (reason, sentence) = words(problem);
    ErrorBody {
        error_code: code(status(problem)),
        error_msg: sentence,
        reason,
        request_id: reference(request),
        problems: problems(problem),
    }
}

/// The answer to a request whose operation panicked: all that is known is its reference.
fn broke_down(reference: &str) -> HttpResponse {
    let body = written(&ErrorBody {
        error_code: code(StatusCode::INTERNAL_SERVER_ERROR),
        error_msg: Locale::default().api().broken().to_owned(),
        reason: "broken",
        request_id: reference.to_owned(),
        problems: Vec::new(),
    });
    HttpResponse::InternalServerError().content_type(header::ContentType::json()).body(body)
}

fn written(body: &ErrorBody) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

fn code(status: StatusCode) -> String {
    format!("SVCSTG.00100{}", status.as_u16())
}

fn problems(problem: RequestProblem<'_>) -> Vec<ProblemItem> {
    let RequestProblem::Ours(HttpError::Invalid(problems)) = problem else { return Vec::new() };
    let item = |problem: &FieldProblem| ProblemItem { field: problem.field.clone(), message: problem.message.clone() };
    problems.iter().map(item).collect()
}

/// What is wrong in a release task that was sent.
pub fn problem(finding: &Finding) -> FieldProblem {
    FieldProblem { field: finding.at.clone(), message: messages::format_fault(&finding.fault, Locale::default()) }
}

/// An error of an operation, with the sentence that a form would have beside its fields.
pub fn told(error: AppError) -> HttpError {
    let (accounts, locale) = (Locale::default().api(), Locale::default());
    match error {
        AppError::Invalid(problems) => {
            let problem = |problem: &Problem| FieldProblem {
                field: problem.at.clone(),
                message: messages::broken_rule(&problem.rule, locale),
            };
            HttpError::Invalid(problems.iter().map(problem).collect())
        }
        AppError::NameTaken => HttpError::Conflict(accounts.name_taken().to_owned()),
        AppError::RegionFull | AppError::TeamFull => HttpError::Conflict(accounts.no_room().to_owned()),
        other => other.into(),
    }
}

/// As for pages, but that the interface which this one is like knows no 422.
fn status(problem: RequestProblem<'_>) -> StatusCode {
    match (problem, problem.status()) {
        // It has no keys, and the standard of ours says so.
        (RequestProblem::Ours(HttpError::KeyReused), status) => status,
        (_, StatusCode::UNPROCESSABLE_ENTITY) => StatusCode::BAD_REQUEST,
        (_, status) => status,
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
        | HttpError::NoDraft
        | HttpError::NoRegion
        | HttpError::SetupOver
        | HttpError::SetupTooOld
        | HttpError::LinkOver
        | HttpError::LinkTooOld
        | HttpError::NoAttempt { .. } => ("not_found", said.not_found().to_owned()),
        HttpError::SignedOut => ("signed_out", said.signed_out().to_owned()),
        HttpError::TokenRefused(refusal) => (token_word(*refusal), Locale::default().tokens().token_refused(*refusal)),
        HttpError::Invalid(problems) => ("invalid", said.invalid(problems.len())),
        HttpError::Conflict(sentence) => ("conflict", sentence.clone()),
        HttpError::KeyReused => ("key_reused", said.key_reused().to_owned()),
        HttpError::CrossSite => ("cross_site", said.cross_site().to_owned()),
        HttpError::Refused(refusal) => ("refused", messages::refusal(refusal, Locale::default())),
        HttpError::Stale | HttpError::PreconditionFailed => ("stale", said.stale().to_owned()),
        HttpError::Unreadable(_)
        | HttpError::FieldNotUtf8(_)
        | HttpError::UnreadableQuery(_)
        | HttpError::TooManyFields => ("unreadable", said.unreadable().to_owned()),
        HttpError::TooLarge => ("too_large", said.too_large().to_owned()),
        HttpError::UnsupportedMedia => ("unsupported_media_type", said.unsupported_media().to_owned()),
        HttpError::TooSlow => ("too_slow", said.too_slow().to_owned()),
        HttpError::AddressTooLong => ("address_too_long", said.address_too_long().to_owned()),
        HttpError::HeadersTooLarge => ("headers_too_large", said.headers_too_large().to_owned()),
        HttpError::Unavailable(outage, _) => ("unavailable", outage_words(*outage).sentence),
        HttpError::CommitUnknown(_) => ("unknown_if_done", errors.unsure().sentence),
        HttpError::OverLimit(seconds) => ("too_many", said.over_limit(*seconds)),
        HttpError::TooManyStreams(most) => ("too_many_streams", said.too_many_streams(*most)),
        HttpError::TooMany(seconds) => ("too_many", errors.too_many(*seconds).sentence),
        HttpError::Stopping => ("stopping", said.stopping().to_owned()),
        HttpError::QueueFull => ("busy", errors.crowded().sentence),
        HttpError::Broken(_) => ("broken", said.broken().to_owned()),
    }
}

/// Why a token is no good, in a word.
fn token_word(refusal: TokenRefusal) -> &'static str {
    match refusal {
        TokenRefusal::Unknown => "token_unknown",
        TokenRefusal::Expired(_) => "token_expired",
        TokenRefusal::Revoked(_) => "token_revoked",
        TokenRefusal::OwnerGone => "token_owner_gone",
    }
}
