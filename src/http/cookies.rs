//! Cookies. Over https their names begin with `__Host-`: a browser takes such a cookie from this very host alone, over
//! https, so that no neighbouring site can set one. Without https there is no such protection, and none is pretended.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::web::Data;

use crate::http::Site;

/// What the name of a cookie begins with that is ours alone.
const OURS_ALONE: &str = "__Host-";

/// A cookie of ours, which lasts for so long. Of zero length, it makes the browser forget it.
pub fn build(site: &Site, name: &'static str, value: String, age: Duration) -> Cookie<'static> {
    let https = site.web.is_https();
    Cookie::build(full(https, name), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(https)
        .max_age(age)
        .finish()
}

/// The values of that cookie which the browser sent: more than one if a neighbouring site set it too, or the page of
/// another path.
pub fn values(request: &HttpRequest, name: &'static str) -> Vec<String> {
    let https = request.app_data::<Data<Site>>().is_some_and(|site| site.web.is_https());
    let (name, Ok(cookies)) = (full(https, name), request.cookies()) else { return Vec::new() };
    let mut values = Vec::new();
    for cookie in cookies.iter().filter(|cookie| cookie.name() == name) {
        if !values.iter().any(|value| value == cookie.value()) {
            values.push(cookie.value().to_owned());
        }
    }
    values
}

/// The name of a cookie of ours in full.
pub fn full(https: bool, name: &'static str) -> Cow<'static, str> {
    if https { format!("{OURS_ALONE}{name}").into() } else { name.into() }
}
