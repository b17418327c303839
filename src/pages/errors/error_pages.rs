//! Makes a page of every error: what happened, why, and what to do, for a browser and for htmx.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};

use url::form_urlencoded;

use super::view::{ErrorPage, TypedField};
use crate::http::compact;
use crate::http::error::HttpError;
use crate::http::middleware::envelope::on_panic;
use crate::http::problem::{RequestProblem, outage_words, reference};
use crate::http::response::{self, HX_REDIRECT};
use crate::http::session::CurrentUser;
use crate::messages::errors::ErrorWords;
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::with_query;
use crate::pages::components::{Action, ActionStyle, Chrome, Look, Notice, RefusedDialog, Section, layout, urls};
use crate::pages::forms::recovery;

/// Gives every error without a page of its own one.
pub async fn error_pages<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    on_panic(request.request(), broke_down);
    let response = next.call(request).await?;
    let Some(problem) = RequestProblem::of(&response) else { return Ok(response.map_into_left_body()) };
    let Answer { status, more, body } = answer(problem, response.request()).await;
    Ok(response.map_body(|head, _: B| {
        head.status = status;
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Some((name, value)) = more {
            head.headers.insert(name, value);
        }
        EitherBody::right(BoxBody::new(body))
    }))
}

/// The answer to a request whose handler panicked: all that is known is its reference.
fn broke_down(reference: &str) -> HttpResponse {
    let errors = Locale::default().errors();
    let (status, words) = (StatusCode::INTERNAL_SERVER_ERROR, errors.broken());
    let page = ErrorPage {
        chrome: Chrome::public(words.title),
        status: status.as_u16(),
        title: words.title.to_owned(),
        sentence: words.sentence,
        details: Vec::new(),
        typed: None,
        reference: Some(reference.to_owned()),
        actions: vec![Action::link(errors.go_home(), urls::home()).styled(ActionStyle::Primary)],
    };
    HttpResponse::build(status)
        .content_type(header::ContentType::html())
        .body(compact::render(&page).unwrap_or_default())
}

struct Answer {
    status: StatusCode,
    more: Option<(HeaderName, HeaderValue)>,
    body: String,
}

async fn answer(problem: RequestProblem<'_>, request: &HttpRequest) -> Answer {
    let errors = Locale::default().errors();
    let (status, words) = match problem {
        RequestProblem::Ours(HttpError::SignedOut) => return sign_in_first(request),
        RequestProblem::Ours(error) => (error.status(), words(error)),
        RequestProblem::Other(StatusCode::NOT_FOUND) => (StatusCode::NOT_FOUND, errors.not_found()),
        RequestProblem::Other(StatusCode::METHOD_NOT_ALLOWED) => {
            (StatusCode::METHOD_NOT_ALLOWED, errors.wrong_method())
        }
        RequestProblem::Other(status) if status.is_server_error() => (status, errors.broken()),
        RequestProblem::Other(status) => (status, errors.other()),
    };
    let reference = reference(request);
    let way_on = way_on(problem, request);
    problem.log(request);
    let more = problem.retry_after().map(|seconds| (header::RETRY_AFTER, seconds));
    let body = match (response::is_htmx(request), status.is_server_error()) {
        (true, false) => {
            let back_url = current_page(request).unwrap_or_else(urls::home);
            compact::render(&RefusedDialog { title: words.title.to_owned(), sentence: words.sentence, back_url })
        }
        (true, true) => compact::render(&notice(status, words, &reference)),
        (false, _) if status == StatusCode::SERVICE_UNAVAILABLE => compact::render(&away(problem, words, request)),
        (false, server) => {
            let mut page = page(status, words, server.then_some(reference), (request, way_on)).await;
            if matches!(problem, RequestProblem::Ours(HttpError::NoDraft)) {
                page.typed = recovery::again(request);
            }
            compact::render(&page)
        }
    };
    Answer { status, more, body: body.unwrap_or_default() }
}

/// Beside the form that was sent, which stays where it is with what was typed.
fn notice(status: StatusCode, words: ErrorWords, reference: &str) -> Notice {
    let mut notice = Notice::new(Look::Errored, format!("{}.", words.title), words.sentence);
    notice.hint = (status != StatusCode::SERVICE_UNAVAILABLE).then(|| Locale::default().errors().reference(reference));
    notice
}

/// The database is away, so that nothing may be asked of it, not even what is around a page; or there is no time for it.
/// What was typed is given back.
fn away(problem: RequestProblem<'_>, words: ErrorWords, request: &HttpRequest) -> ErrorPage {
    let errors = Locale::default().errors();
    let typed = recovery::again(request);
    let unsure = matches!(problem, RequestProblem::Ours(HttpError::CommitUnknown(_)));
    let asked = request.uri().path_and_query().map(ToString::to_string).filter(|_| request.method().is_safe());
    let look = current_page(request).filter(|_| unsure).map(|page| Action::link(errors.look(), page));
    let again = asked.map(|page| Action::link(errors.try_again(), page).styled(ActionStyle::Primary));
    ErrorPage {
        chrome: Chrome::public(words.title),
        status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
        title: words.title.to_owned(),
        sentence: words.sentence,
        details: Vec::new(),
        typed,
        reference: None,
        actions: look.into_iter().chain(again).collect(),
    }
}

fn words(error: &HttpError) -> ErrorWords {
    let errors = Locale::default().errors();
    match error {
        HttpError::NotFound => errors.not_found(),
        HttpError::NoDraft => errors.no_draft(),
        HttpError::NoRegion => errors.no_region(),
        HttpError::SetupOver => errors.setup_over(),
        HttpError::SetupTooOld => errors.setup_too_old(),
        HttpError::LinkOver => errors.link_over(),
        HttpError::LinkTooOld => errors.link_too_old(),
        // No page answers a token, and what its forms have that will not do is told in them.
        HttpError::SignedOut | HttpError::TokenRefused(_) => errors.signed_out(),
        HttpError::CrossSite => errors.cross_site(),
        HttpError::Refused(refusal) => {
            errors.refused(error.status().as_u16(), messages::refusal(refusal, Locale::default()))
        }
        HttpError::Stale | HttpError::PreconditionFailed => errors.stale(),
        HttpError::Unreadable(_) | HttpError::Invalid(_) | HttpError::Conflict(_) | HttpError::KeyReused => {
            errors.unreadable()
        }
        HttpError::FieldNotUtf8(field) => errors.field_not_utf8(field),
        HttpError::UnreadableQuery(_) => errors.unreadable_query(),
        HttpError::NoAttempt { asked, last, .. } => errors.no_attempt(*asked, *last),
        HttpError::TooLarge => errors.too_large(),
        HttpError::TooMany(seconds) | HttpError::OverLimit(seconds) => errors.too_many(*seconds),
        HttpError::TooManyFields => errors.too_many_fields(),
        HttpError::UnsupportedMedia => errors.not_a_form(),
        HttpError::TooSlow => errors.too_slow(),
        HttpError::AddressTooLong => errors.address_too_long(),
        HttpError::HeadersTooLarge => errors.headers_too_large(),
        HttpError::Unavailable(outage, _) => outage_words(*outage),
        // No page is open for long, and none is a stream.
        HttpError::QueueFull | HttpError::Stopping | HttpError::TooManyStreams(_) => errors.crowded(),
        HttpError::CommitUnknown(_) => errors.unsure(),
        HttpError::Broken(_) => errors.broken(),
    }
}

/// The way to what was meant, where that is known.
fn way_on(problem: RequestProblem<'_>, request: &HttpRequest) -> Option<Action> {
    let errors = Locale::default().errors();
    match problem {
        RequestProblem::Ours(HttpError::NoAttempt { page, .. }) => Some(Action::link(errors.go_task(), page)),
        RequestProblem::Ours(HttpError::UnreadableQuery(_)) if request.method().is_safe() => {
            Some(Action::link(errors.open_without(), without_unreadable(request)))
        }
        RequestProblem::Ours(_) | RequestProblem::Other(_) => None,
    }
}

/// The address with those of its values alone that are plain numbers: they can be read, unless all are such.
fn without_unreadable(request: &HttpRequest) -> String {
    let asked: Vec<(String, String)> = form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let is_number = |value: &str| value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<u32>().is_ok();
    let good: Vec<(&str, &str)> =
        asked.iter().filter(|(_, value)| is_number(value)).map(|(key, value)| (key.as_str(), value.as_str())).collect();
    if good.is_empty() || good.len() == asked.len() {
        request.path().to_owned()
    } else {
        with_query(request.path(), &good)
    }
}

async fn page(
    status: StatusCode,
    words: ErrorWords,
    reference: Option<String>,
    (request, meant): (&HttpRequest, Option<Action>),
) -> ErrorPage {
    let errors = Locale::default().errors();
    let reader = CurrentUser::of(request);
    let way_on = match reader {
        Some(_) => Action::link(errors.go_home(), urls::home()),
        None => Action::link(errors.sign_in(), urls::login()),
    };
    let chrome = match reader {
        // When even the chrome fails, the error that is told is the first one.
        Some(reader) => layout::around(request, &reader, words.title, Section::Elsewhere).await.ok(),
        None => None,
    };
    ErrorPage {
        chrome: chrome.unwrap_or_else(|| Chrome::public(words.title)),
        status: status.as_u16(),
        title: words.title.to_owned(),
        sentence: words.sentence,
        details: Vec::new(),
        typed: None,
        reference,
        actions: match meant {
            Some(meant) => vec![meant.styled(ActionStyle::Primary), way_on],
            None => vec![way_on.styled(ActionStyle::Primary)],
        },
    }
}

/// Who is signed out comes back to the page they asked for, or to the one that they were on when they sent something.
fn sign_in_first(request: &HttpRequest) -> Answer {
    let header = |name, url: &str| HeaderValue::from_str(url).ok().map(|value| (name, value));
    let asked = request.uri().path_and_query().map(ToString::to_string).filter(|_| request.method().is_safe());
    let htmx = response::is_htmx(request);
    let next = if htmx || asked.is_none() { current_page(request) } else { asked };
    let url = match next.as_deref().and_then(urls::local) {
        Some("/") | None => urls::login(),
        Some(next) => urls::login_for(next),
    };
    if !htmx && let Some(body) = typed_while_signed_out(request, &url) {
        return Answer { status: StatusCode::UNAUTHORIZED, more: None, body };
    }
    if htmx {
        return Answer { status: StatusCode::UNAUTHORIZED, more: header(HX_REDIRECT, &url), body: String::new() };
    }
    Answer { status: StatusCode::SEE_OTHER, more: header(header::LOCATION, &url), body: String::new() }
}

/// A form that was sent without script by who is signed out: what was typed is given back, to be sent again after signing
/// in on another page. None where nothing was typed that one would miss.
fn typed_while_signed_out(request: &HttpRequest, login: &str) -> Option<String> {
    let typed = recovery::again(request)?;
    typed.fields.iter().any(|field| matches!(field, TypedField::Shown { .. })).then_some(())?;
    let (errors, words) = (Locale::default().errors(), Locale::default().errors().signed_out_while_typing());
    let page = ErrorPage {
        chrome: Chrome::public(words.title),
        status: StatusCode::UNAUTHORIZED.as_u16(),
        title: words.title.to_owned(),
        sentence: words.sentence,
        details: Vec::new(),
        typed: Some(typed),
        reference: None,
        actions: vec![Action::elsewhere(errors.sign_in(), login)],
    };
    compact::render(&page).ok()
}

/// The page on which a form or a refreshing part is: what htmx says, or the browser.
fn current_page(request: &HttpRequest) -> Option<String> {
    let said = |name: &str| request.headers().get(name)?.to_str().ok();
    let page = url::Url::parse(said("hx-current-url").or_else(|| said("referer"))?).ok()?;
    urls::local(&page[url::Position::BeforePath..]).map(str::to_owned)
}
