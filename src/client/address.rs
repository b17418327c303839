//! Address of a server, which a token may be sent to.

use std::fmt::{self, Display, Formatter};
use std::net::IpAddr;

use url::{Host, Url};

/// Where a server is: `https://tollgate.example.com`, with a path if it is below one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress(Url);

/// Why an address will not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is no address of a server.
    #[error("the server {0:?} is no address as in https://tollgate.example.com")]
    NotOne(String),
    /// It has a name and a password in it.
    #[error("the address of the server must have no name and no password in it")]
    HasPassword,
    /// Everybody on the way could read the token.
    #[error(
        "{0} has no https, and everybody on the way could read the token: say https://, or --insecure-http if nobody is on the way"
    )]
    Plain(String),
}

impl ServerAddress {
    /// Reads an address. Without https it must be on this machine, unless that is asked for.
    pub fn parse(text: &str, insecure_http: bool) -> Result<Self, AddressFault> {
        let not_one = || AddressFault::NotOne(text.to_owned());
        let mut url = Url::parse(text.trim()).map_err(|_| not_one())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(not_one());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::HasPassword);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(not_one());
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let address = Self(url);
        if address.is_plain() && !address.is_on_this_machine() && !insecure_http {
            return Err(AddressFault::Plain(address.to_string()));
        }
        Ok(address)
    }

    /// Whether what is sent there is not encrypted.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    fn is_on_this_machine(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }

    /// The URL of a path of it.
    pub(super) fn url(&self, path: &[String], query: &[(&'static str, String)]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl Display for ServerAddress {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_in_plain_text_to_this_machine_alone() {
        for good in ["https://tollgate.example.com", "http://127.0.0.1:8080", "http://[::1]:80/", "http://localhost/x/"]
        {
            assert!(ServerAddress::parse(good, false).is_ok(), "{good}");
        }
        for plain in ["http://tollgate.example.com", "http://10.0.0.1:8080", "http://localhost.example.com"] {
            assert!(matches!(ServerAddress::parse(plain, false), Err(AddressFault::Plain(_))), "{plain}");
            assert!(ServerAddress::parse(plain, true).is_ok(), "{plain}");
        }
        for wrong in ["tollgate.example.com", "ftp://x", "https://x?y=1", "https://x#y", ""] {
            assert!(matches!(ServerAddress::parse(wrong, true), Err(AddressFault::NotOne(_))), "{wrong}");
        }
        let with_password = ServerAddress::parse("https://ann:secret@x", true).unwrap_err();
        assert_eq!(with_password, AddressFault::HasPassword);
        assert!(!with_password.to_string().contains("secret"));
    }

    #[test]
    fn paths_stand_below_the_address_and_are_escaped() {
        let url = |server: &str, path: &[&str]| {
            let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
            ServerAddress::parse(server, false).unwrap().url(&path, &[("name", "a b&c".to_owned())]).to_string()
        };
        assert_eq!(url("https://x", &["v3", "a/b"]), "https://x/v3/a%2Fb?name=a+b%26c");
        assert_eq!(url("https://x/tollgate/", &["v3", "..x"]), "https://x/tollgate/v3/..x?name=a+b%26c");
        assert_eq!(ServerAddress::parse("https://x/tollgate/", false).unwrap().to_string(), "https://x/tollgate");
    }
}
