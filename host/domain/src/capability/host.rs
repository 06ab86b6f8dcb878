//! Hosts, one or all below a name.

use super::CapabilityError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The longest name of a host, in bytes, as DNS has it.
const MAX_HOST_BYTES: usize = 253;

/// A host by its exact name or address, or all hosts below a name: `*.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPattern {
    /// Lower case; an IPv6 address without brackets.
    name: String,
    is_below: bool,
}

impl HostPattern {
    /// Exactly the host that a URL names, in lower case and with brackets around an IPv6 address.
    pub fn matches(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match self.is_below {
            true => self.is_above(host),
            false => self.name.eq_ignore_ascii_case(host),
        }
    }

    /// True if every host of `other` is one of this.
    pub fn covers(&self, other: &Self) -> bool {
        match (self.is_below, other.is_below) {
            (true, true) => self.name == other.name || self.is_above(&other.name),
            (true, false) => self.is_above(&other.name),
            (false, true) => false,
            (false, false) => self.name == other.name,
        }
    }

    fn is_above(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let below = host.strip_suffix(&self.name);
        below.is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }
}

impl FromStr for HostPattern {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        let wrong = |why| CapabilityError::host(text, why);
        if let Some(inside) = text.strip_prefix('[') {
            let address = inside.strip_suffix(']').and_then(|v6| v6.parse().ok());
            let address: Ipv6Addr = address.ok_or_else(|| wrong("write `[2001:db8::1]`"))?;
            return Ok(Self::exact(address.to_string()));
        }
        let lower = text.to_ascii_lowercase();
        let (name, is_below) = match lower.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (lower.as_str(), false),
        };
        check_name(name).map_err(wrong)?;
        if is_below && (!name.contains('.') || name.parse::<Ipv4Addr>().is_ok()) {
            return Err(wrong(
                "`*.` must be followed by a name of two or more parts, such as `*.example.com`",
            ));
        }
        let name = name.to_owned();
        Ok(Self { name, is_below })
    }
}

impl HostPattern {
    fn exact(name: String) -> Self {
        Self {
            name,
            is_below: false,
        }
    }
}

fn check_name(name: &str) -> Result<(), &'static str> {
    if name.contains('*') {
        return Err("`*` replaces the whole first part only, such as `*.example.com`");
    }
    if name.is_empty() || name.len() > MAX_HOST_BYTES {
        return Err("a host has 1 to 253 characters");
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(is_allowed))
    {
        return Err(
            "it has letters, digits, `-`, `_` and single dots; write another script as `xn--…`",
        );
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with(|c: char| c.is_ascii_digit());
    if is_number && name.parse::<Ipv4Addr>().is_err() {
        return Err("it ends in a number; write an address in full, such as `192.0.2.7`");
    }
    Ok(())
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.parse() {
            Ok(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Ok(IpAddr::V4(_)) | Err(_) if self.is_below => write!(f, "*.{}", self.name),
            Ok(IpAddr::V4(_)) | Err(_) => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> HostPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_is_that_host_and_no_other() {
        assert!(host("API.example.com").matches("api.example.com"));
        for other in [
            "example.com",
            "x.api.example.com",
            "api.example.com.",
            "api.example.com.evil",
        ] {
            assert!(!host("api.example.com").matches(other), "{other}");
        }
    }

    #[test]
    fn a_star_is_every_host_below_a_name_but_not_the_name() {
        let below = host("*.example.com");
        assert!(below.matches("api.example.com") && below.matches("a.b.EXAMPLE.com"));
        for other in [
            "example.com",
            "evilexample.com",
            ".example.com",
            "example.com.evil",
        ] {
            assert!(!below.matches(other), "{other}");
        }
    }

    #[test]
    fn addresses_are_written_in_full() {
        assert!(host("127.0.0.1").matches("127.0.0.1"));
        assert!(host("[::1]").matches("[::1]"));
        assert_eq!(host("[0:0:0:0:0:0:0:1]").to_string(), "[::1]");
        for wrong in [
            "2130706433",
            "127.1",
            "0x7f.1",
            "256.0.0.1",
            "[::1",
            "::1",
            "*.0.0.1",
        ] {
            assert!(wrong.parse::<HostPattern>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for wrong in [
            "",
            "*",
            "*.com",
            "a.*.com",
            "a..b",
            "user@host",
            "münchen.de",
            "a b",
            "*evil.com",
        ] {
            assert!(wrong.parse::<HostPattern>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_star_covers_narrower_stars_and_hosts() {
        assert!(host("*.example.com").covers(&host("*.eu.example.com")));
        assert!(host("*.example.com").covers(&host("api.example.com")));
        assert!(!host("*.eu.example.com").covers(&host("*.example.com")));
        assert!(!host("*.example.com").covers(&host("example.com")));
        assert!(!host("api.example.com").covers(&host("*.api.example.com")));
    }
}
