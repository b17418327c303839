//! Rules of the channels of a team: what one is called, where it may lead, how long an old signing key is used.

use std::collections::BTreeSet;
use std::net::IpAddr;

use chrono::TimeDelta;

use super::http::Purpose;
use super::notices::{ChannelKind, NoticeKind};

/// The longest name of a channel, in characters.
pub const MAX_CHANNEL_NAME: usize = 64;

/// The longest address of a channel, in bytes.
pub const MAX_CHANNEL_ADDRESS: usize = 2000;

/// So many channels a team has at most.
pub const MAX_CHANNELS: usize = 50;

/// For so long after a signing key was replaced everything is signed with the old one too.
pub const OLD_KEY_KEPT: TimeDelta = TimeDelta::hours(24);

/// What is wrong with a channel that somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelFault {
    /// It has no name.
    NameMissing,
    /// Its name is too long, or has characters that no line has.
    NameBad,
    /// Another channel of the team has that name.
    NameTaken,
    /// It has no address.
    AddressMissing,
    /// Its address is none that requests can go to.
    AddressBad,
    /// Its address is not https, though it is a secret.
    AddressPlain,
    /// It leads to a network for a special purpose, which nobody has allowed.
    AddressNotAllowed {
        /// Where that is.
        address: IpAddr,
        /// What that is for.
        purpose: Purpose,
    },
    /// Nothing is told there.
    NoEvents,
    /// The team has as many as it may.
    TooMany,
}

/// What is wrong with the name and the events of a channel.
pub fn check_channel(name: &str, events: &BTreeSet<NoticeKind>) -> Vec<ChannelFault> {
    let bad = name.chars().count() > MAX_CHANNEL_NAME || name.chars().any(char::is_control);
    let of_name = if name.is_empty() { Some(ChannelFault::NameMissing) } else { bad.then_some(ChannelFault::NameBad) };
    of_name.into_iter().chain(events.is_empty().then_some(ChannelFault::NoEvents)).collect()
}

/// What is wrong with the address of a channel: it is http or https with a host, without a user.
pub fn check_address(kind: ChannelKind, address: &str) -> Option<ChannelFault> {
    if address.is_empty() {
        return Some(ChannelFault::AddressMissing);
    }
    let (is_https, rest) = match (address.strip_prefix("https://"), address.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Some(ChannelFault::AddressBad),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let bad = address.len() > MAX_CHANNEL_ADDRESS
        || host.is_empty()
        || host.contains('@')
        || address.chars().any(|c| c.is_whitespace() || c.is_control());
    if bad {
        return Some(ChannelFault::AddressBad);
    }
    let local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|it| host == *it || host.starts_with(&format!("{it}:")));
    (kind.has_secret_address() && !is_https && !local).then_some(ChannelFault::AddressPlain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_no_user_and_a_secret_one_is_encrypted() {
        let fault = |kind, address: &str| check_address(kind, address);
        for good in ["https://example.org/hook", "http://receiver.internal:8080/a?b=c", "https://[2001:db8::1]/x"] {
            assert_eq!(fault(ChannelKind::Webhook, good), None, "{good}");
        }
        for bad in
            ["example.org", "ftp://example.org", "https://", "https:///x", "https://u:p@example.org", "https://a b"]
        {
            assert_eq!(fault(ChannelKind::Webhook, bad), Some(ChannelFault::AddressBad), "{bad}");
        }
        assert_eq!(fault(ChannelKind::Webhook, ""), Some(ChannelFault::AddressMissing));
        assert_eq!(fault(ChannelKind::Slack, "http://chat.example.org/x"), Some(ChannelFault::AddressPlain));
        assert_eq!(fault(ChannelKind::Teams, "http://127.0.0.1:8065/hook"), None, "on this machine");
    }

    #[test]
    fn all_that_is_wrong_with_a_channel_is_told_at_once() {
        assert_eq!(check_channel("", &BTreeSet::new()), [ChannelFault::NameMissing, ChannelFault::NoEvents]);
        let all: BTreeSet<_> = NoticeKind::ALL.into();
        assert_eq!(check_channel("a\nb", &all), [ChannelFault::NameBad]);
        assert_eq!(check_channel(&"x".repeat(MAX_CHANNEL_NAME + 1), &all), [ChannelFault::NameBad]);
        assert_eq!(check_channel("builds", &all), []);
    }
}
