//! What a handler may reach outside its sandbox. Nothing, unless it stands here.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The rights of one invocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Where outgoing HTTP may go; empty: nowhere.
    pub http: Vec<HttpTarget>,
}

/// One allowed HTTP destination: an exact host name or address, and optionally a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpTarget {
    /// Lower case, without a port.
    pub host: String,
    /// None: the scheme's default port.
    pub port: Option<u16>,
}

/// Why a text is not an [`HttpTarget`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a host or host:port; write for example `api.example.com` or `127.0.0.1:8080`"
)]
pub struct HttpTargetError(String);

impl HttpTarget {
    /// True where a request to this host and port is allowed by this entry.
    pub fn allows(&self, host: &str, port: u16, default_port: u16) -> bool {
        self.host.eq_ignore_ascii_case(host) && self.port.unwrap_or(default_port) == port
    }
}

impl FromStr for HttpTarget {
    type Err = HttpTargetError;

    fn from_str(text: &str) -> Result<Self, HttpTargetError> {
        let wrong = || HttpTargetError(text.to_owned());
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if host.is_empty() || !host.chars().all(allowed) {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

impl TryFrom<String> for HttpTarget {
    type Error = HttpTargetError;

    fn try_from(text: String) -> Result<Self, HttpTargetError> {
        text.parse()
    }
}

impl From<HttpTarget> for String {
    fn from(target: HttpTarget) -> Self {
        match target.port {
            Some(port) => format!("{}:{port}", target.host),
            None => target.host,
        }
    }
}
