use super::*;

fn reached(host: &str, address: &str) -> bool {
    check(host, address.parse().unwrap(), InnerAddresses::AsNamed).is_ok()
}

#[test]
fn public_addresses_are_reached_by_name() {
    for public in [
        "93.184.216.34",
        "2606:2800:220:1::1",
        "::ffff:93.184.216.34",
        "2002:5db8:d822::1",
        "64:ff9b::5db8:d822",
        "168.63.129.17",
        "198.20.0.1",
        "2001:db8::1",
    ] {
        assert!(reached("example.com", public), "{public}");
    }
}

#[test]
fn a_public_name_is_no_way_to_an_inner_address() {
    for inner in [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "::1",
        "fd00::1",
        "fec0::1",
        "64:ff9b:1::5db8:d822",
    ] {
        assert!(!reached("example.com", inner), "{inner}");
    }
}

#[test]
fn an_inner_address_that_is_granted_as_such_is_reached() {
    assert!(reached("10.0.0.1", "10.0.0.1"));
    assert!(reached("[fd00::1]", "fd00::1"));
    assert!(reached("localhost", "127.0.0.1"));
    assert!(reached("localhost", "::1"));
    assert!(!reached("localhost", "10.0.0.1"));
    assert!(!reached("10.0.0.1", "64:ff9b::a00:1"));
}

/// All ways to write an IPv4 address within an IPv6 address.
fn disguises(v4: Ipv4Addr) -> Vec<Ipv6Addr> {
    let [a, b, c, d] = v4.octets().map(u16::from);
    let (high, low) = (a << 8 | b, c << 8 | d);
    let with = |segments: [u16; 8]| Ipv6Addr::from(segments);
    vec![
        with([0, 0, 0, 0, 0, 0xffff, high, low]),
        with([0, 0, 0, 0, 0xffff, 0, high, low]),
        with([0, 0, 0, 0, 0, 0, high, low]),
        with([0x2002, high, low, 0, 0, 0, 0, 1]),
        with([0x2001, 0, 0x5db8, 0xd822, 0, 0, !high, !low]),
        with([0x2001, 0, high, low, 0, 0, !0x5db8, !0xd822]),
        with([0x64, 0xff9b, 0, 0, 0, 0, high, low]),
        with([0x64, 0xff9b, 1, 0, 0, 0, high, low]),
        with([0x64, 0xff9b, 1, high, c, d << 8, 0, 0]),
        with([0x64, 0xff9b, 1, a, b, c << 8 | d, 0, 0]),
        with([0x64, 0xff9b, 1, 0, a, b << 8 | c, d << 8, 0]),
        with([0x2606, 1, 2, 3, 0, 0x5efe, high, low]),
    ]
}

#[test]
fn no_disguise_leads_to_an_inner_address_or_to_metadata() {
    for inner in [
        "127.0.0.1",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.192",
    ] {
        for disguise in disguises(inner.parse().unwrap()) {
            let disguise = disguise.to_string();
            assert!(!reached("example.com", &disguise), "{inner}: {disguise}");
        }
    }
    for disguise in disguises("169.254.169.254".parse().unwrap()) {
        let disguise = disguise.to_string();
        assert!(!reached(&disguise, &disguise), "{disguise}");
    }
}

#[test]
fn metadata_and_link_local_addresses_are_never_reached_even_if_granted() {
    for never in [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "168.63.129.16",
        "192.0.0.192",
        "100.100.100.200",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe",
        "fd00:42::42",
        "fd00:a9fe:a9fe::1",
        "fe80::a9fe:a9fe",
        "fe80::1",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "240.0.0.1",
        "255.255.255.255",
        "::ffff:169.254.169.254",
        "::ffff:168.63.129.16",
    ] {
        assert!(!reached(never, never), "{never}");
        assert!(!reached("example.com", never), "{never}");
    }
    for name in [
        "metadata.google.internal",
        "Metadata.Google.Internal.",
        "metadata",
        "instance-data.ec2.internal",
    ] {
        assert!(check_name(name).is_err(), "{name}");
    }
    assert!(check_name("metadata.example.com").is_ok());
}

#[test]
fn inner_addresses_may_be_allowed_or_refused_for_all_but_never_those_of_metadata() {
    let check = |address: &str, inner| check("localhost", address.parse().unwrap(), inner);
    assert!(check("10.0.0.1", InnerAddresses::Allowed).is_ok());
    assert!(check("127.0.0.1", InnerAddresses::Refused).is_err());
    assert!(check("93.184.216.34", InnerAddresses::Refused).is_ok());
    assert!(check("169.254.169.254", InnerAddresses::Allowed).is_err());
}
