//! What handlers answer with: a page, a fragment, a way on.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::error::PageError;

/// Tells htmx to go to another page.
pub const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const FLASH: &str = "tollgate_flash";

/// What handlers answer.
pub type Reply = Result<HttpResponse, PageError>;

/// Whether htmx asks: it wants the part that changes, not the whole page.
pub fn is_htmx(request: &HttpRequest) -> bool {
    request.headers().contains_key(HX_REQUEST)
}

/// A page or a fragment.
pub fn page(template: &impl Template) -> Reply {
    page_with(StatusCode::OK, template)
}

/// A page or a fragment with a status of its own, as a form with faults.
pub fn page_with(status: StatusCode, template: &impl Template) -> Reply {
    let html = template.render().map_err(|error| PageError::Broken(error.into()))?;
    Ok(HttpResponse::build(status).content_type(header::ContentType::html()).body(html))
}

/// Nothing has changed since.
pub fn unchanged() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// On to another page, by GET.
pub fn see_other(url: &str) -> HttpResponse {
    to(url).finish()
}

/// On to another page, by GET, which shows the sentence once.
pub fn see_other_saying(url: &str, sentence: &str) -> HttpResponse {
    let text: String = url::form_urlencoded::byte_serialize(sentence.as_bytes()).collect();
    to(url).cookie(flash_cookie(text, Duration::minutes(1))).finish()
}

/// Something was done: on to the page that shows it, which says so once. A request of the script gets the address
/// alone, so that it fetches the whole page itself.
pub fn done(request: &HttpRequest, url: &str, sentence: &str) -> HttpResponse {
    let mut reply = see_other_saying(url, sentence);
    if is_htmx(request)
        && let Some(location) = reply.headers_mut().remove(header::LOCATION).next()
    {
        *reply.status_mut() = StatusCode::NO_CONTENT;
        reply.headers_mut().insert(HX_REDIRECT, location);
    }
    reply
}

/// The sentence that the page before left, if it did.
pub fn flash(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(FLASH)?;
    let (text, _) = url::form_urlencoded::parse(cookie.value().as_bytes()).next()?;
    Some(text.into_owned())
}

/// The cookie with which the sentence is forgotten.
pub fn no_flash() -> Cookie<'static> {
    flash_cookie(String::new(), Duration::ZERO)
}

fn flash_cookie(text: String, age: Duration) -> Cookie<'static> {
    Cookie::build(FLASH, text).path("/").http_only(true).same_site(SameSite::Lax).max_age(age).finish()
}

fn to(url: &str) -> HttpResponseBuilder {
    let mut reply = HttpResponse::SeeOther();
    if let Ok(url) = HeaderValue::from_str(url) {
        reply.insert_header((header::LOCATION, url));
    }
    reply
}
