//! Mail: how the server hands it over, and which addresses will do.

use serde::{Deserialize, Serialize};

/// The longest address, as RFC 5321 limits it.
pub const MAX_ADDRESS_LEN: usize = 254;
/// The longest name of a host.
const MAX_HOST_LEN: usize = 253;

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailEncryption {
    /// By STARTTLS; without it nothing is sent.
    #[default]
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all.
    Plain,
}

impl MailEncryption {
    /// Every way, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::StartTls, Self::Tls, Self::Plain];

    /// The written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::StartTls => "start_tls",
            Self::Tls => "tls",
            Self::Plain => "plain",
        }
    }

    /// The way of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// The port that is usual for it.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::Plain => 25,
        }
    }
}

/// How mail is handed over. The password is kept apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// Name or address of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: MailEncryption,
    /// The address that mail is from.
    pub sender: String,
    /// The name with which the server signs in there; empty for none.
    pub user: String,
}

/// What is wrong with settings of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFault {
    /// No host, or one that cannot be.
    Host,
    /// No port from 1 to 65535.
    Port,
    /// No address that mail can be from.
    Sender,
    /// A name with characters that no name has.
    User,
    /// A password would go over the network in the clear.
    PlainPassword,
    /// The password that is kept was typed for another server or name.
    PasswordOfAnother,
}

impl MailSettings {
    /// What is wrong where the password that was typed for those before is to be used with these: who may set another server
    /// must not have it sent there.
    pub fn check_kept_password(&self, before: Option<&Self>) -> Option<MailFault> {
        let server =
            |settings: &Self| (settings.host.clone(), settings.port, settings.encryption, settings.user.clone());
        let is_same = before.is_some_and(|before| server(before) == server(self));
        (!self.user.is_empty() && !is_same).then_some(MailFault::PasswordOfAnother)
    }

    /// Everything that is wrong with them; `has_password` if one is set or comes with them.
    pub fn check(&self, has_password: bool) -> Vec<MailFault> {
        let in_host = |c: char| c.is_ascii_alphanumeric() || ".-:_[]".contains(c);
        let host = self.host.is_empty() || self.host.len() > MAX_HOST_LEN || !self.host.chars().all(in_host);
        let signs_in = !self.user.is_empty() && has_password;
        let plain = signs_in && self.encryption == MailEncryption::Plain && !self.is_local();
        [
            host.then_some(MailFault::Host),
            (self.port == 0).then_some(MailFault::Port),
            (!is_address(&self.sender)).then_some(MailFault::Sender),
            (self.user.chars().any(char::is_control) || self.user.len() > MAX_ADDRESS_LEN).then_some(MailFault::User),
            plain.then_some(MailFault::PlainPassword),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether the mail server is on this machine.
    fn is_local(&self) -> bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&self.host.as_str())
    }
}

/// Whether mail can be sent there: something, an @, and a domain, with nothing that could end a line of a header.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"".contains(c);
    let labels = domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    let dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    text.len() <= MAX_ADDRESS_LEN
        && !local.is_empty()
        && local.len() <= 64
        && !local.contains('@')
        && local.chars().all(plain)
        && dots
        && labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_no_header_and_has_a_domain() {
        for good in ["ann@example.org", "a.b+c@mail.example.org", "root@localhost"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "ann", "@example.org", "ann@", "a b@example.org", "ann@example.org\nBcc: x@y.z", "a@b@c.d"] {
            assert!(!is_address(bad), "{bad:?}");
        }
        for bad in ["ann@-example.org", "ann@example..org", ".ann@example.org", "<ann@example.org>", "a,b@example.org"]
        {
            assert!(!is_address(bad), "{bad:?}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_settings_is_told_at_once() {
        let good = MailSettings {
            host: "mail.example.org".to_owned(),
            port: 587,
            encryption: MailEncryption::StartTls,
            sender: "tollgate@example.org".to_owned(),
            user: "tollgate".to_owned(),
        };
        assert_eq!(good.check(true), []);
        let plain = MailSettings { encryption: MailEncryption::Plain, ..good.clone() };
        assert_eq!((plain.check(true), plain.check(false)), (vec![MailFault::PlainPassword], vec![]));
        let local = MailSettings { host: "localhost".to_owned(), ..plain };
        assert_eq!(local.check(true), []);
        let elsewhere = MailSettings { host: "mail.example.com".to_owned(), ..good.clone() };
        let renamed = MailSettings { sender: "releases@example.org".to_owned(), ..good.clone() };
        assert_eq!(elsewhere.check_kept_password(Some(&good)), Some(MailFault::PasswordOfAnother));
        assert_eq!(renamed.check_kept_password(Some(&good)), None);
        let bad =
            MailSettings { host: "a b".to_owned(), port: 0, sender: "x".to_owned(), user: "\n".to_owned(), ..good };
        assert_eq!(bad.check(true), [MailFault::Host, MailFault::Port, MailFault::Sender, MailFault::User]);
    }
}
