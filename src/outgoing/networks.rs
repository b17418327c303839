//! Networks for special purposes, to which no request of ours goes unless an administrator allows it: the registries of RFC
//! 6890 as IANA keeps them, multicast, and addresses at which clouds tell their machines secrets.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::domain::http::Purpose;

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, and multicast. Networks in others are left out.
const SPECIAL_V4: [([u8; 4], u8, Purpose); 19] = [
    ([0, 0, 0, 0], 8, Purpose::ThisHost),
    ([10, 0, 0, 0], 8, Purpose::Private),
    ([100, 64, 0, 0], 10, Purpose::Private),
    ([127, 0, 0, 0], 8, Purpose::ThisHost),
    // The address of metadata in most clouds among them.
    ([169, 254, 0, 0], 16, Purpose::LinkLocal),
    ([172, 16, 0, 0], 12, Purpose::Private),
    ([192, 0, 0, 0], 24, Purpose::Protocols),
    ([192, 0, 2, 0], 24, Purpose::Documentation),
    ([192, 31, 196, 0], 24, Purpose::Protocols),
    ([192, 52, 193, 0], 24, Purpose::Protocols),
    ([192, 88, 99, 0], 24, Purpose::Protocols),
    ([192, 168, 0, 0], 16, Purpose::Private),
    ([192, 175, 48, 0], 24, Purpose::Protocols),
    ([198, 18, 0, 0], 15, Purpose::Documentation),
    ([198, 51, 100, 0], 24, Purpose::Documentation),
    ([203, 0, 113, 0], 24, Purpose::Documentation),
    ([224, 0, 0, 0], 4, Purpose::Multicast),
    ([240, 0, 0, 0], 4, Purpose::Reserved),
    // In no registry: the host of a machine in Azure answers there.
    ([168, 63, 129, 16], 32, Purpose::Metadata),
];

/// <https://www.iana.org/assignments/iana-ipv6-special-registry>, site-local addresses of before, and multicast.
const SPECIAL_V6: [([u16; 8], u8, Purpose); 15] = [
    ([0; 8], 128, Purpose::ThisHost),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, Purpose::ThisHost),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, Purpose::Private),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, Purpose::Reserved),
    ([0x100, 0, 0, 1, 0, 0, 0, 0], 64, Purpose::Reserved),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Purpose::Protocols),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, Purpose::Documentation),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, Purpose::Protocols),
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48, Purpose::Protocols),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Purpose::Documentation),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, Purpose::Protocols),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Purpose::Private),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, Purpose::LinkLocal),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, Purpose::Private),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, Purpose::Multicast),
];

/// What an address is for, if that is not the public internet. An IPv4 address within an IPv6 address counts as what it is.
pub fn purpose(address: IpAddr) -> Option<Purpose> {
    match address {
        IpAddr::V4(address) => purpose_v4(address),
        IpAddr::V6(address) => purpose_v6(address).or_else(|| within(address).and_then(purpose_v4)),
    }
}

fn purpose_v4(address: Ipv4Addr) -> Option<Purpose> {
    let is_in = |(network, length, _): &&([u8; 4], u8, Purpose)| {
        Ipv4Net::new(Ipv4Addr::from(*network), *length).is_ok_and(|network| network.contains(&address))
    };
    SPECIAL_V4.iter().find(is_in).map(|(_, _, purpose)| *purpose)
}

fn purpose_v6(address: Ipv6Addr) -> Option<Purpose> {
    let is_in = |(network, length, _): &&([u16; 8], u8, Purpose)| {
        Ipv6Net::new(Ipv6Addr::from(*network), *length).is_ok_and(|network| network.contains(&address))
    };
    SPECIAL_V6.iter().find(is_in).map(|(_, _, purpose)| *purpose)
}

/// The IPv4 address that an IPv6 address stands for: mapped (`::ffff:a.b.c.d`), of old (`::a.b.c.d`), or translated by the
/// network (`64:ff9b::/96`).
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let translated = || {
        let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else { return None };
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    address.to_ipv4().or_else(translated)
}

/// A network for a special purpose to which requests may go all the same: `10.0.0.0/8`, `127.0.0.1:8080`, `[fd00::/8]:443`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllowedNetwork {
    network: IpNet,
    /// Only this port, if one is said.
    port: Option<u16>,
}

impl AllowedNetwork {
    /// This address with this port alone.
    pub fn only(address: SocketAddr) -> Self {
        Self { network: IpNet::from(address.ip()), port: Some(address.port()) }
    }

    /// Whether that address is in it.
    pub fn contains(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        (self.network.contains(&address.ip()) || self.network.contains(&ip))
            && self.port.is_none_or(|port| port == address.port())
    }
}

/// The text is no network that can be allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no network: write it as 10.0.0.0/8, or as 127.0.0.1:8080 with the only port")]
pub struct NotANetwork(String);

impl FromStr for AllowedNetwork {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let network = |text: &str| {
            text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map(|network| network.trunc())
        };
        if let Ok(network) = network(text) {
            return Ok(Self { network, port: None });
        }
        let (inside, port) = text.rsplit_once(':').ok_or_else(|| NotANetwork(text.to_owned()))?;
        let inside = inside.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')).unwrap_or(inside);
        match (network(inside), port.parse()) {
            (Ok(network), Ok(port)) => Ok(Self { network, port: Some(port) }),
            _ => Err(NotANetwork(text.to_owned())),
        }
    }
}

impl fmt::Display for AllowedNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.port, self.network) {
            (None, network) => write!(f, "{network}"),
            (Some(port), IpNet::V4(network)) => write!(f, "{network}:{port}"),
            (Some(port), IpNet::V6(network)) => write!(f, "[{network}]:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(address: &str) -> Option<Purpose> {
        purpose(address.parse().unwrap())
    }

    #[test]
    fn addresses_of_every_registered_network_are_special() {
        for (network, length, purpose) in SPECIAL_V4 {
            let network = Ipv4Net::new(network.into(), length).unwrap();
            assert_eq!(network, network.trunc(), "the network of a length begins at its own address");
            assert_eq!(purpose_v4(network.addr()), Some(purpose));
            assert_eq!(purpose_v4(network.broadcast()), Some(purpose));
        }
        for (network, length, purpose) in SPECIAL_V6 {
            let network = Ipv6Net::new(network.into(), length).unwrap();
            assert_eq!(network, network.trunc());
            assert_eq!(purpose_v6(network.addr()), Some(purpose));
            assert_eq!(purpose_v6(network.broadcast()), Some(purpose));
        }
    }

    #[test]
    fn the_metadata_of_clouds_is_special_and_the_internet_is_not() {
        for metadata in ["169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"] {
            assert!(is(metadata).is_some(), "{metadata}");
        }
        for public in ["1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255"] {
            assert_eq!(is(public), None, "{public}");
        }
        assert_eq!(is("2606:4700:4700::1111"), None);
        assert_eq!(is("2001:200::1"), None);
        assert_eq!(is("64:ff9b::808:808"), None, "a public address, translated");
    }

    #[test]
    fn an_address_within_another_counts_as_what_it_is() {
        assert_eq!(is("::ffff:127.0.0.1"), Some(Purpose::ThisHost));
        assert_eq!(is("::ffff:a9fe:a9fe"), Some(Purpose::LinkLocal));
        assert_eq!(is("::7f00:1"), Some(Purpose::ThisHost));
        assert_eq!(is("64:ff9b::a00:1"), Some(Purpose::Private));
        assert_eq!(is("::ffff:8.8.8.8"), None);
    }

    #[test]
    fn a_network_is_allowed_with_all_its_ports_or_one() {
        let allowed =
            |text: &str, address: &str| text.parse::<AllowedNetwork>().unwrap().contains(address.parse().unwrap());
        assert!(allowed("10.0.0.0/8", "10.1.2.3:80") && !allowed("10.0.0.0/8", "11.0.0.0:80"));
        assert!(allowed("127.0.0.1:8080", "127.0.0.1:8080") && !allowed("127.0.0.1:8080", "127.0.0.1:8081"));
        assert!(allowed("127.0.0.1", "[::ffff:127.0.0.1]:1"));
        assert!(allowed("[fd00::/8]:443", "[fd00::1]:443") && !allowed("[fd00::/8]:443", "[fd00::1]:80"));
        assert!(allowed("fd00::/8", "[fd00::1]:80") && allowed("::1", "[::1]:9"));
        for wrong in ["", "10.0.0.0/33", "example.com", "10.0.0.1:http", "10.0.0.1:70000", "[::1:80"] {
            assert!(wrong.parse::<AllowedNetwork>().is_err(), "{wrong:?}");
        }
        for text in ["10.0.0.0/8", "127.0.0.1/32:8080", "[fd00::/8]:443"] {
            assert_eq!(text.parse::<AllowedNetwork>().unwrap().to_string(), text);
        }
    }
}
