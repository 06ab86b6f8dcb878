//! Where an artifact is: a registry, a repository in it, and a tag or digest.

use oci_client::Reference;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Such as `localhost:5000/orders/charge:1.5.0`; `oci://` before it is understood.
#[derive(Clone, Debug)]
pub struct Place(Reference);

impl Place {
    pub fn reference(&self) -> &Reference {
        &self.0
    }

    /// Another tag in the same repository.
    pub fn tagged(&self, tag: String) -> Self {
        let (registry, repository) = (self.0.registry(), self.0.repository());
        Self(Reference::with_tag(registry.into(), repository.into(), tag))
    }

    /// True where the registry runs on this machine.
    pub fn is_loopback(&self) -> bool {
        let registry = self.0.registry();
        let host = match registry.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            Some(_) | None => registry,
        };
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.strip_prefix("oci://").unwrap_or(text);
        let reference = bare.parse::<Reference>().map_err(|error| {
            format!(
                "{error}; write registry/repository:tag, for example registry.example.com/orders/charge:1.5.0"
            )
        })?;
        Ok(Self(reference))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.whole())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_with_or_without_its_scheme() {
        for text in ["oci://localhost:5000/a/b:1.0.0", "localhost:5000/a/b:1.0.0"] {
            assert_eq!(
                text.parse::<Place>().unwrap().to_string(),
                "localhost:5000/a/b:1.0.0"
            );
        }
        assert!("localhost:5000/A B".parse::<Place>().is_err());
    }

    #[test]
    fn only_registries_on_this_machine_are_loopback() {
        let loopback = |text: &str| text.parse::<Place>().unwrap().is_loopback();
        assert!(loopback("localhost:5000/a:1") && loopback("127.0.0.1:5000/a:1"));
        assert!(!loopback("registry.example.com/a/b:1") && !loopback("localhost.example.com/a:1"));
    }
}
