//! URLs of webhooks: what a host may send to.

use super::address::{AddressRefused, InnerAddresses, check, check_name};
use reqwest::Url;
use tasker_domain::subscription::MAX_TARGET_BYTES;

/// Why a URL is none that events can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("this is not a URL: {0}; write one such as https://example.com/events")]
    Form(String),
    #[error("a URL has at most {MAX_TARGET_BYTES} bytes; this one has {0}")]
    TooLong(usize),
    #[error("`{0}` is not a scheme of webhooks; use https")]
    Scheme(String),
    #[error(
        "events are sent over https only; hosts with `--webhooks-to-inner-addresses` also use http"
    )]
    NoTls,
    #[error("the URL contains a user, a password or a fragment; leave it out")]
    Parts,
    #[error(transparent)]
    Address(#[from] AddressRefused),
}

/// The URL, where a host may send to it. Names are checked again when they are resolved.
pub fn check_target(text: &str, inner: InnerAddresses) -> Result<Url, TargetError> {
    if text.len() > MAX_TARGET_BYTES {
        return Err(TargetError::TooLong(text.len()));
    }
    let url = Url::parse(text).map_err(|error| TargetError::Form(error.to_string()))?;
    match (url.scheme(), inner) {
        ("https", _) | ("http", InnerAddresses::Allowed) => {}
        ("http", _) => return Err(TargetError::NoTls),
        (other, _) => return Err(TargetError::Scheme(other.to_owned())),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(TargetError::Parts);
    }
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse() {
        Ok(address) => check(host, address, inner)?,
        Err(_) => check_name(host)?,
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_public_addresses_unless_the_host_allows_more() {
        let refused = |url: &str| check_target(url, InnerAddresses::Refused).unwrap_err();
        assert!(check_target("https://example.com/a?b=c", InnerAddresses::Refused).is_ok());
        assert_eq!(refused("http://example.com"), TargetError::NoTls);
        assert!(matches!(
            refused("https://127.0.0.1/"),
            TargetError::Address(_)
        ));
        assert!(matches!(refused("https://[::1]/"), TargetError::Address(_)));
        assert!(matches!(
            refused("https://metadata.google.internal/"),
            TargetError::Address(_)
        ));
        assert_eq!(refused("https://a:b@example.com/"), TargetError::Parts);
        assert!(matches!(refused("example"), TargetError::Form(_)));
        assert_eq!(
            refused("ftp://example.com"),
            TargetError::Scheme("ftp".to_owned())
        );
        assert!(check_target("http://127.0.0.1:1/", InnerAddresses::Allowed).is_ok());
        assert!(check_target("http://169.254.169.254/", InnerAddresses::Allowed).is_err());
    }
}
