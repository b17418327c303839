//! The address that people use: read as it is written in an argument, and refused where the server could not be reached by it.

use url::Url;

/// The first parts of our own paths: with one of them as the path of the address it could not be told which is meant.
pub const OWN_PATHS: [&str; 20] = [
    "account",
    "api",
    "approvals",
    "audit",
    "blank-value",
    "deleted",
    "healthz",
    "invitations",
    "login",
    "logout",
    "members",
    "readyz",
    "regions",
    "replicas",
    "reset",
    "setup",
    "static",
    "storage",
    "teams",
    "users",
];

/// Reads the address, or says why it will not do.
pub fn parse(text: &str) -> Result<Url, String> {
    if !["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Err(match text.split_once("://") {
            None => format!("it must begin with https:// or http://, as in https://{}", text.trim_start_matches('/')),
            Some((scheme, _)) => format!("it must begin with https:// or http://, and not with {scheme}://"),
        });
    }
    let url = Url::parse(text).map_err(|problem| problem.to_string())?;
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

#[cfg(test)]
mod tests {
    use super::super::parse_listen;
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
        ] {
            assert_eq!(parse(text).expect(text).path(), path);
        }
    }
}
