//! Which addresses a granted host may be at.

use super::Refused;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ok where a request that was granted to `host` may go to `address`.
///
/// Addresses of the host's own network are reached only by who was granted that very address, or
/// `localhost`: a public name that resolves to an inner address is not a way in. Link-local
/// addresses, among them the metadata of clouds, are never reached.
pub(super) fn check(host: &str, address: IpAddr) -> Result<(), Refused> {
    let refused = |why| {
        Err(Refused::Address {
            host: host.to_owned(),
            address,
            why,
        })
    };
    let address = address.to_canonical();
    if is_never_reached(address) {
        return refused("is link-local, multicast or unspecified; handlers never reach those");
    }
    let granted_as_such = host.trim_matches(['[', ']']).parse() == Ok(address)
        || (host == "localhost" && address.is_loopback());
    if is_inner(address) && !granted_as_such {
        return refused("is an inner address; grant the address itself if that is meant");
    }
    Ok(())
}

fn is_never_reached(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_link_local() || v4.is_multicast() || v4.is_broadcast() || v4.octets()[0] == 0
        }
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_multicast() || v6.is_unspecified(),
    }
}

fn is_inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || is_carrier_inner(v4),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || is_translated(v6),
    }
}

/// 100.64.0.0/10, behind a carrier's address translation; some clouds keep their metadata there.
fn is_carrier_inner(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0b1100_0000 == 64
}

/// 64:ff9b::/96, which a translator maps to any IPv4 address.
fn is_translated(address: Ipv6Addr) -> bool {
    address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(host: &str, address: &str) -> bool {
        check(host, address.parse().unwrap()).is_ok()
    }

    #[test]
    fn public_addresses_are_reached_by_name() {
        assert!(reached("example.com", "93.184.216.34"));
        assert!(reached("example.com", "2606:2800:220:1::1"));
    }

    #[test]
    fn a_public_name_is_no_way_to_an_inner_address() {
        for inner in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "100.100.100.200",
            "::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!reached("example.com", inner), "{inner}");
        }
    }

    #[test]
    fn an_inner_address_that_is_granted_as_such_is_reached() {
        assert!(reached("10.0.0.1", "10.0.0.1"));
        assert!(reached("localhost", "127.0.0.1"));
        assert!(reached("localhost", "::1"));
        assert!(!reached("localhost", "10.0.0.1"));
    }

    #[test]
    fn link_local_addresses_are_never_reached() {
        for never in [
            "169.254.169.254",
            "fe80::1",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
            "::ffff:169.254.169.254",
        ] {
            assert!(!reached(never, never), "{never}");
        }
    }
}
