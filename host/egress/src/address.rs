//! Which addresses a request may go to.

mod embedded;
#[cfg(test)]
mod tests;

use embedded::readings;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds keep metadata and credentials of a machine, outside of the link-local addresses, which
/// are never reached anyway: AWS (also for containers and EKS pods), GCP, Azure's WireServer, Oracle,
/// Alibaba, Scaleway, Linode.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(100, 100, 100, 200),
];
const METADATA_V6: [Ipv6Addr; 6] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    Ipv6Addr::new(0xfd00, 0xa9fe, 0xa9fe, 0, 0, 0, 0, 1),
];
/// The names by which they are asked for.
const METADATA_NAMES: [&str; 5] = [
    "metadata.google.internal",
    "metadata.goog",
    "metadata",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Which addresses of the host's own network may be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InnerAddresses {
    /// The one that the URL names as such, or `localhost`: a grant had to name it.
    AsNamed,
    Allowed,
    Refused,
}

/// Why a request may not go to an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    #[error("`{host}` is at {address}, which {why}")]
    Address {
        host: String,
        address: IpAddr,
        why: &'static str,
    },
    #[error("`{host}` is the metadata service of a cloud; access is never allowed")]
    Metadata { host: String },
}

/// Ok where a request for `host` may go to `address`.
///
/// With [`InnerAddresses::AsNamed`], addresses of the host's own network are reached only by who was granted that very
/// address, or `localhost`: a public name that resolves to an inner address is not a way in. Link-local
/// addresses and the metadata of clouds are never reached. An address that translators turn into
/// another address must be allowed as that one, too.
pub fn check(host: &str, address: IpAddr, inner: InnerAddresses) -> Result<(), AddressRefused> {
    let refused = |why| {
        Err(AddressRefused::Address {
            host: host.to_owned(),
            address,
            why,
        })
    };
    let readings = readings(address);
    if readings.iter().any(|reading| is_metadata(*reading)) {
        return refused("is the metadata service of a cloud; access is never allowed");
    }
    if readings.iter().any(|reading| is_never_reached(*reading)) {
        return refused("is link-local, multicast or unspecified; access is never allowed");
    }
    let named: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let is_named = named == Some(address.to_canonical())
        || (host == "localhost" && address.to_canonical().is_loopback());
    let is_inner = readings.iter().any(|reading| is_inner(*reading));
    match inner {
        InnerAddresses::AsNamed if is_inner && !is_named => {
            refused("is an inner address; grant the address itself if that is meant")
        }
        InnerAddresses::Refused if is_inner => {
            refused("is an inner address; hosts with `--webhooks-to-inner-addresses` deliver there")
        }
        _ => Ok(()),
    }
}

/// Ok where a request may go to the host of this name, if its addresses allow it.
pub fn check_name(host: &str) -> Result<(), AddressRefused> {
    let name = host.trim_end_matches('.');
    match METADATA_NAMES
        .iter()
        .any(|it| it.eq_ignore_ascii_case(name))
    {
        true => Err(AddressRefused::Metadata {
            host: host.to_owned(),
        }),
        false => Ok(()),
    }
}

fn is_metadata(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => METADATA_V4.contains(&v4),
        IpAddr::V6(v6) => METADATA_V6.contains(&v6),
    }
}

fn is_never_reached(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let first = v4.octets()[0];
            v4.is_link_local() || v4.is_multicast() || first == 0 || first >= 240
        }
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_multicast() || v6.is_unspecified(),
    }
}

fn is_inner(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || is_reserved(v4),
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unique_local()
                || is_site_local(v6)
                || embedded::is_local_translation(v6)
        }
    }
}

/// 100.64.0.0/10, behind a carrier's address translation; 192.0.0.0/24, of protocols; 198.18.0.0/15,
/// of measurements.
fn is_reserved(address: Ipv4Addr) -> bool {
    match address.octets() {
        [100, second, ..] => second & 0b1100_0000 == 64,
        [192, 0, 0, _] | [198, 18 | 19, ..] => true,
        _ => false,
    }
}

/// fec0::/10, which unique local addresses took the place of.
fn is_site_local(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xffc0 == 0xfec0
}
