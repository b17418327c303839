//! Responses of handlers: a page, a fragment, a way on.

use actix_web::cookie::{Cookie, time::Duration};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use anyhow::Context;
use askama::Template;

use crate::http::compressed_text::CompressedText;
use crate::http::error::HttpError;
use crate::http::session::CurrentUser;
use crate::http::{Site, compact, cookies};
use crate::messages::Locale;
use crate::messages::told::Told;

/// Tells htmx to go to another page.
pub const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const FLASH: &str = "tollgate_flash";

/// What stands in a page where a part of it belongs. No text has it: every `<` of theirs is escaped.
pub const PLACE: &str = "<!--part-->";

/// What handlers answer.
pub type Reply = Result<HttpResponse, HttpError>;

/// Whether htmx asks: it wants the part that changes, not the whole page.
pub fn is_htmx(request: &HttpRequest) -> bool {
    request.headers().contains_key(HX_REQUEST)
}

/// Has an answer kept as a file of that name, whatever is in it.
pub fn attachment(name: &str) -> (HeaderName, String) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_ +@".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
}

/// A page or a fragment.
pub fn page(template: &impl Template) -> Reply {
    page_with(StatusCode::OK, template)
}

/// A page or a fragment with a status of its own, as a form with faults.
pub fn page_with(status: StatusCode, template: &impl Template) -> Reply {
    Ok(self::html(status, rendered(template)?))
}

fn rendered(template: &impl Template) -> Result<String, HttpError> {
    compact::render(template).map_err(|error| HttpError::Broken(error.into()))
}

/// A part that many are sent, alone or within a page.
pub fn compressed(template: &impl Template) -> Result<CompressedText, HttpError> {
    CompressedText::of(rendered(template)?).map_err(|error| HttpError::Broken(error.into()))
}

/// A page with that part in its place: all else of it is rendered for this reader.
pub fn page_around(request: &HttpRequest, template: &impl Template, part: &CompressedText) -> Reply {
    let html = rendered(template)?;
    let (before, after) = html.split_once(PLACE).context("the page has no place for its part")?;
    let site = request.app_data::<Data<Site>>().context("a page is part of a site")?;
    part.html_within(request.headers(), &site.frames, before, after).map_err(|error| HttpError::Broken(error.into()))
}

/// One that is written already.
pub fn html(status: StatusCode, html: String) -> HttpResponse {
    HttpResponse::build(status).content_type(header::ContentType::html()).body(html)
}

/// Nothing has changed since.
pub fn unchanged() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// On to another page, by GET.
pub fn see_other(url: &str) -> HttpResponse {
    to(url).finish()
}

/// On to another page, by GET, which says once what was done.
pub fn see_other_saying(request: &HttpRequest, url: &str, told: &Told) -> HttpResponse {
    let mut reply = to(url);
    if let Some(cookie) = flash_cookie(request, told) {
        reply.cookie(cookie);
    }
    reply.finish()
}

/// Something was done: on to the page that shows it, which says so once.
pub fn done(request: &HttpRequest, url: &str, told: &Told) -> HttpResponse {
    led(request, see_other_saying(request, url, told))
}

/// On to the page that shows what was asked for, of which there is nothing to say.
pub fn went(request: &HttpRequest, url: &str) -> HttpResponse {
    led(request, see_other(url))
}

/// A request of the script gets the address alone, so that it fetches the whole page itself.
fn led(request: &HttpRequest, mut reply: HttpResponse) -> HttpResponse {
    if is_htmx(request)
        && let Some(location) = reply.headers_mut().remove(header::LOCATION).next()
    {
        *reply.status_mut() = StatusCode::NO_CONTENT;
        reply.headers_mut().insert(HX_REDIRECT, location);
    }
    reply
}

/// What the page before left to say, if it did. Nobody but we can have written it: it is signed for this session.
pub fn flash(request: &HttpRequest) -> Option<String> {
    let reader = CurrentUser::of(request)?;
    let signed = |value: String| {
        let (signature, told) = value.split_once('.')?;
        let (told, _) = url::form_urlencoded::parse(told.as_bytes()).next()?;
        reader.has_signed(&told, signature).then(|| serde_json::from_str::<Told>(&told).ok())?
    };
    cookies::values(request, FLASH).into_iter().find_map(signed).map(|told| told.sentence(Locale::default()))
}

/// The cookie with which that is forgotten, if there is one.
pub fn no_flash(request: &HttpRequest) -> Option<Cookie<'static>> {
    let site = request.app_data::<Data<Site>>()?;
    let told = !cookies::values(request, FLASH).is_empty();
    told.then(|| cookies::build(site, FLASH, String::new(), Duration::ZERO))
}

fn flash_cookie(request: &HttpRequest, told: &Told) -> Option<Cookie<'static>> {
    let (site, reader) = (request.app_data::<Data<Site>>()?, CurrentUser::of(request)?);
    let told = serde_json::to_string(told).ok()?;
    let signature = reader.signature(&told);
    let told: String = url::form_urlencoded::byte_serialize(told.as_bytes()).collect();
    Some(cookies::build(site, FLASH, format!("{signature}.{told}"), Duration::minutes(1)))
}

fn to(url: &str) -> HttpResponseBuilder {
    let mut reply = HttpResponse::SeeOther();
    if let Ok(url) = HeaderValue::from_str(url) {
        reply.insert_header((header::LOCATION, url));
    }
    reply
}
