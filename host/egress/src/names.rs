//! From names of hosts to addresses that may be reached.

use super::address::{self, AddressRefused, InnerAddresses};
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Where addresses of hosts come from.
pub trait LookUp: Send + Sync {
    /// All addresses of the host of this name, as they are now.
    fn look_up<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// Asks as every program on this machine does.
pub struct SystemNames;

impl LookUp for SystemNames {
    fn look_up<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|socket| socket.ip()).collect())
        })
    }
}

/// Resolves names to the addresses that [`address::check`] allows. The client connects to what this
/// answers and asks nobody else, so that a name that means another address a moment later is no way
/// around the check.
pub(super) struct CheckedResolver {
    pub(super) names: Arc<dyn LookUp>,
    pub(super) inner: InnerAddresses,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, inner) = (self.names.clone(), self.inner);
        Box::pin(async move {
            address::check_name(name.as_str())?;
            let found = names.look_up(name.as_str()).await?;
            Ok(Box::new(reachable(name.as_str(), found, inner)?.into_iter()) as Addrs)
        })
    }
}

/// Those addresses of a host that may be reached; where there is none, why.
fn reachable(
    host: &str,
    found: Vec<IpAddr>,
    inner: InnerAddresses,
) -> Result<Vec<SocketAddr>, AddressRefused> {
    let mut refused = None;
    let mut allowed = Vec::new();
    for address in found {
        match address::check(host, address, inner) {
            Ok(()) => allowed.push(SocketAddr::new(address, 0)),
            Err(reason) => refused = Some(reason),
        }
    }
    match refused {
        Some(reason) if allowed.is_empty() => Err(reason),
        _ => Ok(allowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(addresses: &[&str]) -> Result<usize, AddressRefused> {
        let found = addresses.iter().map(|address| address.parse().unwrap());
        reachable("example.com", found.collect(), InnerAddresses::AsNamed)
            .map(|reached| reached.len())
    }

    #[test]
    fn only_the_addresses_that_may_be_reached_are_connected_to() {
        assert_eq!(reached(&["93.184.216.34", "10.0.0.1"]).unwrap(), 1);
        let refused = reached(&["10.0.0.1", "127.0.0.1"]).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("`example.com` is at 127.0.0.1"),
            "{refused}"
        );
    }
}
