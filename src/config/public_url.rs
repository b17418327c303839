//! The address that people use: read as it is written in an argument, and refused where the server could not be reached by it.

use url::{Host, Url};

/// The first parts of our own paths: with one of them as the path of the address it could not be told which is meant.
pub const OWN_PATHS: [&str; 27] = [
    "account",
    "activity",
    "api",
    "approvals",
    "audit",
    "blank-value",
    "deleted",
    "deliveries",
    "e-mail",
    "healthz",
    "help",
    "invitations",
    "login",
    "logout",
    "members",
    "overview",
    "readyz",
    "regions",
    "replicas",
    "reset",
    "setup",
    "static",
    "storage",
    "teams",
    "tokens",
    "users",
    "v3",
];

/// Reads the address, or says why it will not do. What a browser would put right in silence is refused: the address is told
/// to people as it was written.
pub fn parse(text: &str) -> Result<Url, String> {
    let scheme = text.split_once("://");
    let Some((_, rest)) =
        scheme.filter(|(scheme, _)| ["https", "http"].contains(&scheme.to_ascii_lowercase().as_str()))
    else {
        return Err(match scheme {
            None => format!("it must begin with https:// or http://, as in https://{}", text.trim_start_matches('/')),
            Some((scheme, _)) => format!("it must begin with https:// or http://, and not with {scheme}://"),
        });
    };
    if rest.contains('\\') || rest.contains(char::is_control) || rest.trim() != rest {
        return Err("it must have no \\, no blanks around it and no line ends".to_owned());
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let url = Url::parse(text).map_err(|problem| problem.to_string())?;
    if host.is_empty() {
        return Err("it must name a host behind ://".to_owned());
    }
    check_host(&url, host.split(['?', '#']).next().unwrap_or(host))?;
    let is_dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if path.split(['?', '#']).next().is_some_and(|path| path.split('/').any(is_dots)) {
        return Err("the parts of its path must not be . or ..: say where they lead to".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must have no name and no password: everybody is told this address".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must have nothing behind its path: no ? and no #".to_owned());
    }
    let path = url.path().trim_end_matches('/');
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte))
    };
    if let Some(path) = path.strip_prefix('/') {
        if !path.split('/').all(is_plain) {
            return Err("the parts of its path must have letters, digits, ., _, ~ and - only".to_owned());
        }
        let first = path.split('/').next().unwrap_or_default();
        if OWN_PATHS.contains(&first) {
            return Err(format!("its path must not begin with /{first}, as pages of Tollgate do"));
        }
    }
    Ok(url)
}

/// Whether anybody could come to that host and port.
fn check_host(url: &Url, host: &str) -> Result<(), String> {
    if url.port() == Some(0) {
        return Err("its port must not be 0, at which nobody can come".to_owned());
    }
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
    let is_nowhere = match url.host() {
        Some(Host::Domain(name)) => {
            let parts = name.strip_suffix('.').unwrap_or(name).split('.');
            if !parts.clone().all(|part| !part.is_empty() && part.bytes().all(is_letter)) {
                return Err(format!("its host must be one name or address, and {name} is none"));
            }
            false
        }
        Some(Host::Ipv4(address)) => {
            let written = host.rsplit('@').next().unwrap_or(host).split(':').next().unwrap_or(host);
            if written != address.to_string() {
                return Err(format!(
                    "its host {written} would be taken for {address}: say the whole address, or a name"
                ));
            }
            address.is_unspecified()
        }
        Some(Host::Ipv6(address)) => address.is_unspecified(),
        None => true,
    };
    if is_nowhere {
        return Err("its host must be an address that people can come to: this one stands for every address".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::super::{parse_listen, parse_max_scripts, parse_time};
    use super::*;

    #[test]
    fn f11_an_address_by_which_nobody_could_come_is_refused_with_the_reason() {
        for (text, why) in [
            ("ftp://x", "must begin with https:// or http://, and not with ftp://"),
            ("https://u:p@x.example/", "no name and no password"),
            ("https://u@x.example/", "no name and no password"),
            ("https://x.example/?a=b", "no ? and no #"),
            ("https://x.example/#a", "no ? and no #"),
            ("https://x.example/a b", "letters, digits"),
            ("https://x.example/a//b", "letters, digits"),
            ("https://x.example/%41", "letters, digits"),
            ("https://x.example/regions", "must not begin with /regions"),
            ("https://x.example/static/x", "must not begin with /static"),
            ("https://", "empty host"),
            ("https://x.example:99999", "port"),
            ("https://*.example", "one name or address, and *.example is none"),
            ("https://x..example", "one name or address"),
            ("https://x.example:0", "must not be 0"),
            ("https://0.0.0.0:8080", "stands for every address"),
            ("https://1.2.3", "1.2.3 would be taken for 1.2.0.3"),
            ("https://1:8443/x", "1 would be taken for 0.0.0.1"),
            ("https://0x7f.1", "would be taken for 127.0.0.1"),
            ("https://010.1.1.1", "would be taken for 8.1.1.1"),
            ("http://[::]:8080", "stands for every address"),
            ("https://x.example/../t", "must not be . or .."),
            ("https://x.example/a/./t", "must not be . or .."),
            ("https://x.example/%2E%2e/t", "must not be . or .."),
            ("https:///x.example", "must name a host"),
            ("https://x.example\\t", "no \\"),
            ("https://x.exam\tple", "no line ends"),
            ("https://x.example ", "no blanks around it"),
        ] {
            let said = parse(text).expect_err(text);
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn f34_an_address_without_its_beginning_is_told_what_is_missing() {
        assert_eq!(
            parse("releases.example").unwrap_err(),
            "it must begin with https:// or http://, as in https://releases.example"
        );
        assert_eq!(
            parse("releases.example:443/x").unwrap_err(),
            "it must begin with https:// or http://, as in https://releases.example:443/x"
        );
    }

    #[test]
    fn f11_scheme_and_host_are_the_same_in_capitals() {
        assert_eq!(parse("HTTPS://Releases.EXAMPLE").map(String::from).as_deref(), Ok("https://releases.example/"));
    }

    #[test]
    fn f34_no_scripts_at_all_is_refused_with_the_reason() {
        assert_eq!(
            parse_max_scripts("0").unwrap_err(),
            "it must be a whole number from 1 to 4294967295: with 0 no script would ever run"
        );
        assert_eq!(parse_max_scripts("-1").unwrap_err(), "it must be a whole number from 1 to 4294967295");
        assert_eq!(parse_max_scripts("3").map(NonZero::get), Ok(3));
    }

    #[test]
    fn f17_a_time_with_a_unit_in_capitals_is_told_what_is_meant() {
        assert_eq!(parse_time("10M").unwrap_err(), "it must have its units in small letters; did you mean 10m?");
        assert_eq!(parse_time("10").unwrap_err(), "it must be a length of time, such as 30s, 10m or 1h 30m");
        assert_eq!(parse_time("1m 30s").map(|time| time.as_secs()), Ok(90));
    }

    #[test]
    fn f34_an_address_to_listen_on_needs_a_port() {
        for good in ["127.0.0.1:8080", "0.0.0.0:0", "localhost:80", "[::1]:8080"] {
            assert_eq!(parse_listen(good).as_deref(), Ok(good));
        }
        for bad in ["8080", "localhost", ":8080", "127.0.0.1:", "::1:8080", "http://x:80", "127.0.0.1:99999", ""] {
            assert_eq!(
                parse_listen(bad).unwrap_err(),
                "it must be ADDRESS:PORT, as 127.0.0.1:8080 or [::1]:8080",
                "{bad}"
            );
        }
    }

    #[test]
    fn f11_an_address_with_or_without_a_path_is_read() {
        for (text, path) in [
            ("https://x.example", "/"),
            ("http://x.example:8080/", "/"),
            ("https://apps.example/tollgate", "/tollgate"),
            ("https://apps.example/a/b-c/", "/a/b-c/"),
            ("http://[::1]:80", "/"),
            ("HTTPS://X.Example/T", "/T"),
            ("https://x.example.", "/"),
            ("https://x.example/..a/.b", "/..a/.b"),
        ] {
            assert_eq!(parse(text).expect(text).path(), path);
        }
    }
}
