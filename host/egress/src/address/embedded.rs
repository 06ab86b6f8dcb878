//! IPv4 addresses inside of IPv6 addresses, to which translators and tunnels lead.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address, and the IPv4 addresses that it may embed.
pub(super) fn readings(address: IpAddr) -> Vec<IpAddr> {
    let mut readings = vec![address];
    if let IpAddr::V6(v6) = address {
        readings.extend(v4_in(v6).into_iter().map(IpAddr::V4));
    }
    readings
}

/// 64:ff9b:1::/48, for translators within one network (RFC 8215).
pub(super) fn is_local_translation(address: Ipv6Addr) -> bool {
    address.segments()[..3] == [0x64, 0xff9b, 1]
}

fn v4_in(v6: Ipv6Addr) -> Vec<Ipv4Addr> {
    let octets = v6.octets();
    let at = |first: usize| v4(&octets, [first, first + 1, first + 2, first + 3]);
    match v6.segments() {
        // Mapped, translated (SIIT), and compatible, but for `::` and `::1`.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => vec![at(12)],
        [0, 0, 0, 0, 0, 0, high, low] if high > 0 || low > 1 => vec![at(12)],
        // 6to4.
        [0x2002, ..] => vec![at(2)],
        // Teredo: its server, and the client with all bits turned.
        [0x2001, 0, ..] => vec![at(4), Ipv4Addr::from_bits(!at(12).to_bits())],
        // NAT64, by the well-known prefix.
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![at(12)],
        [0x64, 0xff9b, 1, ..] => local_nat64(&octets),
        // ISATAP.
        [.., 0 | 0x200, 0x5efe, _, _] => vec![at(12)],
        _ => Vec::new(),
    }
}

/// The position of an embedded address after a prefix of 48, 56, 64 or 96 bits depends on the prefix, which is
/// the network's own (RFC 6052). If there are only zeros, no address is embedded.
fn local_nat64(octets: &[u8; 16]) -> Vec<Ipv4Addr> {
    let places = [
        [6, 7, 9, 10],
        [7, 9, 10, 11],
        [9, 10, 11, 12],
        [12, 13, 14, 15],
    ];
    let found = places.map(|places| v4(octets, places)).into_iter();
    found.filter(|v4| v4.octets()[0] != 0).collect()
}

fn v4(octets: &[u8; 16], [a, b, c, d]: [usize; 4]) -> Ipv4Addr {
    Ipv4Addr::new(octets[a], octets[b], octets[c], octets[d])
}
