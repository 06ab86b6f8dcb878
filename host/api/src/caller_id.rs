//! Whose use is counted.

use super::access::Access;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The network of an IPv6 address: one customer has all addresses of a /64.
const IPV6_NETWORK: u128 = !(u64::MAX as u128);

/// Whose use is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CallerId {
    /// Someone unknown: the address, of IPv6 its network.
    Address(IpAddr),
    /// The name of a key, or `jwt:` and a subject.
    Named(String),
}

impl CallerId {
    /// Someone at this address.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & IPV6_NETWORK).into(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// `None` on a host without authentication.
    pub(crate) fn known(access: &Access) -> Option<Self> {
        let name = || Self::Named(access.actor().to_string());
        access.is_known().then(name)
    }
}

impl fmt::Display for CallerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "address {address}"),
            Self::Named(name) => write!(f, "`{name}`"),
        }
    }
}
