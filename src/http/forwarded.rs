//! Whom a proxy says that it asks for, as proxies really say it: lists, ports, IPv6 in brackets, and the header `Forwarded`.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HeaderMap, HeaderName};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// The address that the proxy nearest to us has seen: the last of `X-Forwarded-For`, or, without that, of `Forwarded`. Who
/// comes through the proxy may have written what is before it.
pub fn client(headers: &HeaderMap) -> Option<IpAddr> {
    if headers.contains_key(X_FORWARDED_FOR) {
        return address(last(headers, &X_FORWARDED_FOR)?);
    }
    let pairs = last(headers, &FORWARDED)?.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    address(named.next()?)
}

/// The last entry of a list that may be spread over several headers.
fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let entries = headers.get_all(name).filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    entries.map(str::trim).filter(|entry| !entry.is_empty()).last()
}

/// An address with or without quotes, brackets, a port and a zone.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let without_zone = bare.split('%').next().unwrap_or(bare);
    let ip = without_zone.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(sent: &[(&'static str, &'static str)]) -> Option<String> {
        let pairs = sent.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        pairs.for_each(|(name, value)| headers.append(name, value));
        client(&headers).map(|ip| ip.to_string())
    }

    #[test]
    fn f11_what_proxies_send_is_understood() {
        for (value, ip) in [
            ("10.1.2.3", "10.1.2.3"),
            ("6.6.6.6, 10.1.2.3", "10.1.2.3"),
            ("6.6.6.6,10.1.2.3:51234", "10.1.2.3"),
            ("10.1.2.3, ", "10.1.2.3"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("a, [2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("fe80::1%eth0", "fe80::1"),
        ] {
            assert_eq!(of(&[("x-forwarded-for", value)]).as_deref(), Some(ip), "{value}");
        }
        assert_eq!(of(&[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "10.1.2.3")]).as_deref(), Some("10.1.2.3"));
        for (value, ip) in [
            ("for=10.1.2.3", "10.1.2.3"),
            ("For=\"10.1.2.3:51234\";proto=https;by=10.0.0.1", "10.1.2.3"),
            ("for=6.6.6.6, proto=https; for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
        ] {
            assert_eq!(of(&[("forwarded", value)]).as_deref(), Some(ip), "{value}");
        }
    }

    #[test]
    fn f11_what_names_nobody_is_nobody_and_one_header_alone_is_believed() {
        for value in ["unknown", "_hidden", "", ",", "10.1.2.3, unknown", "10.1.2", "[::1"] {
            assert_eq!(of(&[("x-forwarded-for", value)]), None, "{value}");
        }
        assert_eq!(of(&[("forwarded", "for=_secret")]), None);
        assert_eq!(of(&[("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "10.1.2.3")]).as_deref(), Some("10.1.2.3"));
        assert_eq!(of(&[("forwarded", "for=6.6.6.6"), ("x-forwarded-for", "unknown")]), None);
    }
}
