//! `/login` and `/logout`.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::view::LoginPage;
use crate::http::Site;
use crate::http::response::{self, Reply};
use crate::http::session::{self, CurrentUser};
use crate::messages::Locale;
use crate::pages::components::{Chrome, urls};

/// Where to go on to.
#[derive(Debug, Default, Deserialize)]
pub struct NextPage {
    #[serde(default)]
    next: String,
    #[serde(default)]
    signed_out: Option<String>,
}

/// What is typed to sign in.
#[derive(Deserialize)]
pub struct SignIn {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The form; whoever is signed in already goes on.
pub async fn new(request: HttpRequest, wanted: Query<NextPage>) -> Reply {
    let next = urls::local(&wanted.next);
    if session::reader(&request)?.is_some() {
        return Ok(response::see_other(next.unwrap_or("/")));
    }
    let mut page = page(next);
    page.notice = wanted.signed_out.is_some().then(|| Locale::default().accounts().signed_out().to_owned());
    response::page(&page)
}

/// Signs in, with a new session whatever the browser had before.
pub async fn create(site: Data<Site>, request: HttpRequest, form: Form<SignIn>) -> Reply {
    let SignIn { mut name, password, next } = form.into_inner();
    // No name has such characters, and PostgreSQL refuses NUL in any text. Before the limit: it counts the name.
    name.retain(|letter| !letter.is_control());
    let before = session::reader(&request)?;
    let signed_in = before.as_ref().map(|reader| reader.user().name.as_str());
    let taken = match site.limits.take(&name, site.ip(&request), signed_in, site.app.clock.now()) {
        Ok(taken) => taken,
        Err(seconds) => return too_many(&name, &next, seconds),
    };
    let _turn = site.turn(taken.caller(), &request).await.inspect_err(|_| site.limits.was_not_heard(taken))?;
    let from = session::from(&site, &request)?;
    let renewed = from.before.is_some();
    let Some(begun) = site.app.sign_in(name.trim(), password, from).await? else {
        return again(&name, &next, StatusCode::UNAUTHORIZED, Locale::default().accounts().sign_in_failed().to_owned());
    };
    site.limits.was_right(taken, site.app.clock.now());
    if renewed || begun.ended > 0 {
        site.sessions.forget();
    }
    session::begin(&request, &begun.key)?;
    Ok(response::see_other(urls::local(&next).unwrap_or("/")))
}

/// Signs out; without a session there is nothing to end.
pub async fn destroy(site: Data<Site>, request: HttpRequest) -> Reply {
    if let Some(reader) = session::reader(&request)? {
        sign_out(&site, &request, &reader).await
    } else {
        Ok(response::see_other(&urls::login()))
    }
}

/// Ends the session of the reader.
pub async fn sign_out(site: &Site, request: &HttpRequest, reader: &CurrentUser) -> Reply {
    site.app.sign_out(&reader.caller(site, request), reader.session()).await?;
    site.sessions.forget();
    session::forget(request);
    Ok(response::see_other(&urls::signed_out()))
}

fn page(next: Option<&str>) -> LoginPage {
    LoginPage {
        chrome: Chrome::public("Sign In"),
        url: urls::login(),
        next: next.map(str::to_owned),
        name: String::new(),
        error: None,
        notice: None,
    }
}

fn again(name: &str, next: &str, status: StatusCode, error: String) -> Reply {
    let page = LoginPage { name: name.chars().take(64).collect(), error: Some(error), ..page(urls::local(next)) };
    response::page_with(status, &page)
}

fn too_many(name: &str, next: &str, seconds: u64) -> Reply {
    let sentence = Locale::default().accounts().too_many_tries(seconds);
    let mut response: HttpResponse = again(name, next, StatusCode::TOO_MANY_REQUESTS, sentence)?;
    response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    Ok(response)
}
