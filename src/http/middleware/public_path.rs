//! The path below which people reach us, where a proxy has others on the same host: `/tollgate` of `https://apps.example/tollgate`.
//! A request may come with it or without it, as the proxy passes it on. Within, nothing knows of it; every path that goes out
//! begins with it: in attributes of HTML, and in the headers that lead elsewhere.

use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Uri;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use crate::http::Site;
use crate::http::error::HttpError;
use crate::http::response::HX_REDIRECT;

/// The attributes of our pages that have addresses.
const ATTRIBUTES: [&str; 9] =
    ["href", "src", "action", "formaction", "hx-get", "data-before", "data-finds", "data-login", "data-home"];

/// Takes the path from what comes, and puts it before what goes.
pub async fn public_path<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let path = request.app_data::<Data<Site>>().map(|site| site.web.path().to_owned()).unwrap_or_default();
    if path.is_empty() {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    if let Some(uri) = without(request.uri(), &path) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    // What is compressed already could not be read here; the layer around this one compresses it.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let answer = next.call(request).await?;
    let (request, answer) = answer.into_parts();
    Ok(ServiceResponse::new(request, below(answer, &path).await.map_into_right_body()))
}

/// An answer that was made outside of this layer, with the path before what leads elsewhere.
pub fn made_outside(site: &Site, answer: HttpResponse) -> HttpResponse {
    let path = site.web.path();
    let (mut answer, body) = answer.into_parts();
    lead_below(answer.headers_mut(), path);
    match body.try_into_bytes() {
        Ok(bytes) => answer.set_body(BoxBody::new(prefixed(&bytes, path))),
        Err(body) => answer.set_body(body),
    }
}

async fn below<B: MessageBody + 'static>(answer: HttpResponse<B>, path: &str) -> HttpResponse {
    let (mut answer, body) = answer.into_parts();
    let headers = answer.headers_mut();
    lead_below(headers, path);
    let is_html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_html {
        return answer.set_body(body.boxed());
    }
    // It said that nothing outside should compress it; that was done here for nobody.
    headers.remove(header::CONTENT_ENCODING);
    match to_bytes(body).await {
        Ok(bytes) => answer.set_body(BoxBody::new(prefixed(&bytes, path))),
        Err(_) => HttpResponse::from_error(HttpError::Broken(anyhow::anyhow!("a page could not be read"))),
    }
}

/// The address without the path, if it begins with it.
fn without(uri: &Uri, path: &str) -> Option<Uri> {
    let rest = uri.path().strip_prefix(path)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let rest = if rest.is_empty() { "/" } else { rest };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{rest}{query}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Whether an address is a path of ours that does not begin with the path yet: no page of ours is called like it.
fn is_bare(address: &str, path: &str) -> bool {
    let is_below = address.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
    address.starts_with('/') && !address.starts_with("//") && !is_below
}

fn lead_below(headers: &mut HeaderMap, path: &str) {
    const LEADING: [HeaderName; 2] = [header::LOCATION, HX_REDIRECT];
    for name in LEADING {
        let leads = headers.get(&name).and_then(|value| value.to_str().ok()).filter(|to| is_bare(to, path));
        if let Some(Ok(to)) = leads.map(|to| HeaderValue::from_str(&format!("{path}{to}"))) {
            headers.insert(name, to);
        }
    }
}

/// The page with the path before each address in it. What people wrote has no quotes that are not escaped, so that only our own
/// attributes look like this.
fn prefixed(html: &[u8], path: &str) -> Vec<u8> {
    let Ok(html) = std::str::from_utf8(html) else { return html.to_vec() };
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut from = 0;
    for (at, _) in html.match_indices("=\"/") {
        let name = html[..at].rsplit([' ', '\n', '\t', '"', '<']).next().unwrap_or_default();
        let value = at + 2;
        let end = html[value..].find('"').map_or(html.len(), |end| value + end);
        if ATTRIBUTES.contains(&name) && is_bare(&html[value..end], path) {
            out.push_str(&html[from..value]);
            out.push_str(path);
            from = value;
        }
    }
    out.push_str(&html[from..]);
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f11_a_request_comes_with_the_path_or_without_it() {
        let of = |uri: &str| without(&uri.parse().unwrap(), "/tollgate").map(|uri| uri.to_string());
        assert_eq!(of("/tollgate/login?next=%2Fa").as_deref(), Some("/login?next=%2Fa"));
        assert_eq!(of("/tollgate").as_deref(), Some("/"));
        assert_eq!(of("/tollgate?x=1").as_deref(), Some("/?x=1"));
        assert_eq!(of("/tollgate/").as_deref(), Some("/"));
        for other in ["/login", "/", "/tollgates/x", "/x/tollgate/y"] {
            assert_eq!(of(other), None);
        }
    }

    #[test]
    fn f11_every_address_of_a_page_begins_with_the_path_and_nothing_else_is_changed() {
        let page = "<a href=\"/x?a=b\">/y href=&quot;/z&quot;</a><form action=\"/\" method=post><input value=\"/v\">\
                    <a href=\"//other\"><a href=\"https://o/\"><a href=\"#l\"><a href=\"/tollgate/x\"><p hx-get=\"/g\">";
        let expected = "<a href=\"/tollgate/x?a=b\">/y href=&quot;/z&quot;</a><form action=\"/tollgate/\" method=post>\
                        <input value=\"/v\"><a href=\"//other\"><a href=\"https://o/\"><a href=\"#l\">\
                        <a href=\"/tollgate/x\"><p hx-get=\"/tollgate/g\">";
        assert_eq!(String::from_utf8(prefixed(page.as_bytes(), "/tollgate")).unwrap(), expected);
    }

    #[test]
    fn f11_what_leads_elsewhere_begins_with_the_path_once() {
        for (to, leads) in
            [("/a", "/tollgate/a"), ("/tollgate/a", "/tollgate/a"), ("https://o/a", "https://o/a"), ("?x", "?x")]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, HeaderValue::from_static(to));
            lead_below(&mut headers, "/tollgate");
            assert_eq!(headers.get(header::LOCATION).unwrap(), leads);
        }
    }
}
