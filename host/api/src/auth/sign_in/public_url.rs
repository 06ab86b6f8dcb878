//! Where browsers reach a host.

use crate::auth::issuer_http::is_protected;
use reqwest::Url;
use std::fmt;
use std::str::FromStr;

/// Where browsers reach a host: scheme, name and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// Why a text is not where browsers reach a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    #[error("not a URL: {0}")]
    Malformed(String),
    #[error(
        "`{0}` has a path, query or user; the interface is at the root: https://tasker.example.com"
    )]
    NotRoot(String),
    #[error(
        "sign-ins at `{0}` are not protected in transit; use an https URL; http is accepted for this machine only"
    )]
    Insecure(String),
}

impl PublicUrl {
    /// The address of a path, which begins with one slash.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        url.set_path(path);
        url.set_query(query);
        url
    }

    pub(super) fn is_over_tls(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let url: Url = text
            .parse()
            .map_err(|error| PublicUrlError::Malformed(format!("{error}")))?;
        // Browsers take `localhost` for this machine without asking anyone.
        let is_here = url.scheme() == "http" && url.host_str() == Some("localhost");
        if !is_here && !is_protected(&url) {
            return Err(PublicUrlError::Insecure(text.to_owned()));
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        let is_root = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        match is_root && !has_user {
            true => Ok(Self(url)),
            false => Err(PublicUrlError::NotRoot(text.to_owned())),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_reach_a_host_at_the_root_of_an_address_that_is_protected() {
        for url in [
            "https://tasker.example.com",
            "https://tasker.example.com:7710/",
            "http://localhost:7710",
            "http://127.0.0.1:7710",
        ] {
            assert!(url.parse::<PublicUrl>().is_ok(), "{url}");
        }
        let refused = |text: &str| text.parse::<PublicUrl>().unwrap_err();
        for url in [
            "https://a.example.com/tasker",
            "https://ada@a.example.com",
            "https://a/?b",
        ] {
            assert!(matches!(refused(url), PublicUrlError::NotRoot(_)), "{url}");
        }
        for url in ["http://tasker.example.com", "ftp://127.0.0.1"] {
            assert!(matches!(refused(url), PublicUrlError::Insecure(_)), "{url}");
        }
        assert!(matches!(refused("tasker"), PublicUrlError::Malformed(_)));
    }

    #[test]
    fn a_path_stays_at_the_host() {
        let url: PublicUrl = "https://a.example.com:8443".parse().unwrap();
        let at = |path: &str| url.at(path).to_string();
        assert_eq!(at("/tasks?a=b"), "https://a.example.com:8443/tasks?a=b");
        assert_eq!(
            at("//b.example.com"),
            "https://a.example.com:8443//b.example.com"
        );
    }
}
