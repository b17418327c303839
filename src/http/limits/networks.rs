//! Networks that addresses of the internet belong to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many bits of an address its network has.
#[derive(Debug, Clone, Copy)]
pub struct NetworkBits {
    pub v4: u32,
    pub v6: u32,
}

impl NetworkBits {
    /// The network of an address.
    pub fn of(self, address: IpAddr) -> IpAddr {
        match address.to_canonical() {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() >> (32 - self.v4) << (32 - self.v4)).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> (128 - self.v6) << (128 - self.v6)).into(),
        }
    }
}

/// What one subscriber has: an address of IPv4, but a network of 2^64 addresses of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    NetworkBits { v4: 32, v6: 64 }.of(address)
}
