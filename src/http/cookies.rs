//! Cookies. Over https their names begin with `__Host-`: a browser takes such a cookie from this very host alone, over
//! https, so that no neighbouring site can set one. Without https there is no such protection, and none is pretended. Below a path
//! of a host a cookie is for that path, which such a name does not allow: it begins with `__Secure-` there.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::web::Data;

use crate::config::WebConfig;
use crate::http::Site;

/// What the name of a cookie begins with that is ours alone.
const OURS_ALONE: &str = "__Host-";

/// The same of one that browsers take over https only.
const SECURE: &str = "__Secure-";

/// A cookie of ours, which lasts for so long. Of zero length, it makes the browser forget it.
pub fn build(site: &Site, name: &'static str, value: String, age: Duration) -> Cookie<'static> {
    Cookie::build(full(&site.web, name), value)
        .path(path(&site.web))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(site.web.is_https())
        .max_age(age)
        .finish()
}

/// The values of that cookie which the browser sent: more than one if a neighbouring site set it too, or the page of
/// another path.
pub fn values(request: &HttpRequest, name: &'static str) -> Vec<String> {
    let Some(site) = request.app_data::<Data<Site>>() else { return Vec::new() };
    let (name, Ok(cookies)) = (full(&site.web, name), request.cookies()) else { return Vec::new() };
    let mut values = Vec::new();
    for cookie in cookies.iter().filter(|cookie| cookie.name() == name) {
        if !values.iter().any(|value| value == cookie.value()) {
            values.push(cookie.value().to_owned());
        }
    }
    values
}

/// The name of a cookie of ours in full.
pub fn full(web: &WebConfig, name: &'static str) -> Cow<'static, str> {
    match (web.is_https(), web.path()) {
        (true, "") => format!("{OURS_ALONE}{name}").into(),
        (true, _) => format!("{SECURE}{name}").into(),
        (false, _) => name.into(),
    }
}

/// The path that our cookies are for.
pub fn path(web: &WebConfig) -> String {
    if web.path().is_empty() { "/".to_owned() } else { web.path().to_owned() }
}
