//! Which cookie of a session is believed where a browser sends more than one: a neighbouring site may have set some of
//! them, and `actix-session` takes the first.

use std::borrow::Cow;

use actix_web::cookie::{Cookie, CookieJar, Key};
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{COOKIE as HEADER, HeaderMap, HeaderValue};
use actix_web::web::Data;

use super::COOKIE;
use crate::http::error::HttpError;
use crate::http::{Site, cookies};

/// A browser that sends more keys than this is signed in to none of them.
const MAX_KEYS: usize = 4;

/// Leaves the one cookie that is of a living session. Those of two are of nobody: whose it is cannot be told.
pub async fn choose(request: &mut ServiceRequest) -> Result<(), HttpError> {
    let Some(site) = request.app_data::<Data<Site>>().cloned() else { return Ok(()) };
    let name = cookies::full(&site.web, COOKIE);
    if is_plain(request.headers(), &name) {
        return Ok(());
    }
    let mut ours: Vec<&str> = pairs(request.headers()).filter(|pair| name_of(pair) == name).collect();
    ours.sort_unstable();
    ours.dedup();
    let living = if ours.len() > MAX_KEYS { None } else { only_living(&site, &ours).await? };
    // Whatever else would be read under that name goes: a browser guards a name that begins with `__Host-`, but not one
    // that has to be decoded first.
    let others = pairs(request.headers()).filter(|pair| decoded_name_of(pair) != name);
    let left: Vec<&str> = living.into_iter().chain(others).collect();
    let left = HeaderValue::from_bytes(left.join("; ").as_bytes());
    request.headers_mut().remove(HEADER);
    if let Ok(left) = left {
        request.headers_mut().insert(HEADER, left);
    }
    Ok(())
}

/// Whether at most one cookie can be read under that name, and only one that has this very name.
fn is_plain(headers: &HeaderMap, name: &str) -> bool {
    let names = || pairs(headers).map(name_of);
    names().filter(|it| *it == name).nth(1).is_none() && !names().any(|it| it.contains('%'))
}

/// The one of a living session, if there is one and no other.
async fn only_living<'a>(site: &Site, ours: &[&'a str]) -> Result<Option<&'a str>, HttpError> {
    let mut living = None;
    for pair in ours {
        let Some(key) = key_in(pair, &site.cookie_key) else { continue };
        if site.sessions.find(&site.app, &key).await?.is_some() && living.replace(*pair).is_some() {
            return Ok(None);
        }
    }
    Ok(living)
}

/// The key that a cookie holds, if we signed it.
fn key_in(pair: &str, by: &Key) -> Option<String> {
    let cookie = Cookie::parse_encoded(pair).ok()?.into_owned();
    Some(CookieJar::new().signed(by).verify(cookie)?.value().to_owned())
}

/// The cookies that were sent, each as its name and value.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    // As actix reads them: what is no UTF-8 it does not read at all.
    let sent = headers.get_all(HEADER).filter_map(|value| str::from_utf8(value.as_bytes()).ok());
    sent.flat_map(|all| all.split(';')).map(str::trim).filter(|pair| !pair.is_empty())
}

fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or("", |(name, _)| name.trim())
}

fn decoded_name_of(pair: &str) -> Cow<'_, str> {
    Cookie::parse_encoded(pair).map_or(Cow::Borrowed(""), |cookie| Cow::Owned(cookie.name().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HEADER, HeaderValue::from_static(cookies))])
    }

    #[test]
    fn a_header_that_is_no_ascii_is_looked_at() {
        let sent = HeaderValue::from_bytes("tollgate=1; b=é; tollgate=2".as_bytes()).unwrap();
        assert!(!is_plain(&HeaderMap::from_iter([(HEADER, sent)]), "tollgate"));
    }

    #[test]
    fn a_name_that_must_be_decoded_is_looked_at() {
        let name = "__Host-tollgate";
        for plain in ["", "a", "__Host-tollgate=1", "tollgate=1; __Host-tollgate=2; b=3"] {
            assert!(is_plain(&headers(plain), name), "{plain}");
        }
        for odd in ["__Host-tollgate=1; __Host-tollgate=2", "%5f_Host-tollgate=1", "__Host-tollgate=1;x%3D=2"] {
            assert!(!is_plain(&headers(odd), name), "{odd}");
        }
        assert_eq!(decoded_name_of("%5F_Host-tollgate=1"), name);
    }
}
