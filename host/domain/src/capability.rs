//! What a component may request and a namespace may grant: one notation for both.
//!
//! `http [METHODS] HOST[:PORT][/PATH]`, `secret NAME [clear] [for HOSTS]`, `kv BUCKET [read]`,
//! `env NAME[=VALUE]`, `events PREFIX`.

mod error;
mod host;
mod http;
mod path;

pub use error::CapabilityError;
pub use host::HostPattern;
pub use http::{HttpRequest, HttpRule};

use super::event::EventName;
use super::name::Name;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest capability, in bytes.
pub const MAX_CAPABILITY_BYTES: usize = 4_096;
/// The longest name of an environment variable, in bytes.
const MAX_VARIABLE_BYTES: usize = 100;

/// One right that a component may request, or that a namespace may grant to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Capability {
    /// Requests that this rule permits. `None` only in a component's request: it names no destination.
    Http(Option<HttpRule>),
    Secret(SecretRule),
    Kv(KvRule),
    /// An environment variable and its value, which a component's request may leave open.
    Env(String, Option<String>),
    /// Events of this name, and of those below it.
    Events(EventName),
}

/// The use of one secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretRule {
    pub name: Name,
    /// The handler may read it; otherwise only the host puts it into requests.
    pub clear: bool,
    /// To which hosts it may be sent; empty: to all that HTTP may go to.
    pub hosts: Vec<HostPattern>,
}

/// The use of one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KvRule {
    pub bucket: Name,
    pub write: bool,
}

impl Capability {
    /// True if it says enough to be granted: where to, or which value.
    pub fn is_grantable(&self) -> bool {
        match self {
            Self::Http(rule) => rule.is_some(),
            Self::Env(_, value) => value.is_some(),
            Self::Secret(_) | Self::Kv(_) | Self::Events(_) => true,
        }
    }

    /// True if this capability includes `wanted`.
    pub fn covers(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Http(None), Self::Http(_)) => true,
            (Self::Http(Some(rule)), Self::Http(Some(wanted))) => rule.covers(wanted),
            (Self::Secret(rule), Self::Secret(wanted)) => rule.covers(wanted),
            (Self::Kv(rule), Self::Kv(wanted)) => {
                rule.bucket == wanted.bucket && (rule.write || !wanted.write)
            }
            (Self::Env(name, _), Self::Env(wanted, _)) => name == wanted,
            (Self::Events(prefix), Self::Events(wanted)) => wanted.is_within(prefix),
            (
                Self::Http(_) | Self::Secret(_) | Self::Kv(_) | Self::Env(..) | Self::Events(_),
                _,
            ) => false,
        }
    }
}

/// What of `wanted` nothing in `had` covers.
pub fn missing(wanted: &[Capability], had: &[Capability]) -> Vec<Capability> {
    let is_covered = |it: &Capability| had.iter().any(|have| have.covers(it));
    let missing = wanted.iter().filter(|it| !is_covered(it));
    missing.cloned().collect()
}

impl SecretRule {
    fn covers(&self, wanted: &Self) -> bool {
        let is_sent = |host: &HostPattern| self.hosts.iter().any(|mine| mine.covers(host));
        let reaches =
            self.hosts.is_empty() || (!wanted.hosts.is_empty() && wanted.hosts.iter().all(is_sent));
        self.name == wanted.name && (self.clear || !wanted.clear) && reaches
    }
}

impl FromStr for Capability {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        if text.len() > MAX_CAPABILITY_BYTES {
            return Err(CapabilityError::TooLong(text.len()));
        }
        let text = text.trim();
        if let Some(control) = text.chars().find(|c| c.is_control()) {
            return Err(CapabilityError::Control(control));
        }
        let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim_start();
        match kind {
            "http" if rest.is_empty() => Ok(Self::Http(None)),
            "http" => rest.parse().map(Some).map(Self::Http),
            "secret" => rest.parse().map(Self::Secret),
            "kv" => rest.parse().map(Self::Kv),
            "env" => env(rest),
            "events" => rest
                .parse()
                .map(Self::Events)
                .map_err(CapabilityError::Event),
            _ => Err(CapabilityError::kind(text)),
        }
    }
}

fn env(text: &str) -> Result<Capability, CapabilityError> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let is_name = (1..=MAX_VARIABLE_BYTES).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    match is_name {
        true => Ok(Capability::Env(name.to_owned(), value)),
        false => Err(CapabilityError::form(text, "env NAME=VALUE")),
    }
}

impl FromStr for SecretRule {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        const FORM: &str = "secret NAME [clear] [for HOST,HOST]";
        let words: Vec<&str> = text.split_whitespace().collect();
        let (name, clear, hosts) = match words[..] {
            [name] => (name, false, ""),
            [name, "clear"] => (name, true, ""),
            [name, "for", hosts] => (name, false, hosts),
            [name, "clear", "for", hosts] => (name, true, hosts),
            _ => return Err(CapabilityError::form(text, FORM)),
        };
        let hosts = hosts.split(',').filter(|host| !host.is_empty());
        Ok(Self {
            name: name
                .parse()
                .map_err(|source| CapabilityError::name(source, FORM))?,
            clear,
            hosts: hosts.map(str::parse).collect::<Result<_, _>>()?,
        })
    }
}

impl FromStr for KvRule {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        const FORM: &str = "kv BUCKET [read]";
        let words: Vec<&str> = text.split_whitespace().collect();
        let (bucket, write) = match words[..] {
            [bucket] => (bucket, true),
            [bucket, "read"] => (bucket, false),
            _ => return Err(CapabilityError::form(text, FORM)),
        };
        let bucket = bucket
            .parse()
            .map_err(|source| CapabilityError::name(source, FORM))?;
        Ok(Self { bucket, write })
    }
}

/// In the one form in which it is stored and compared.
impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(None) => f.write_str("http"),
            Self::Http(Some(rule)) => write!(f, "http {rule}"),
            Self::Secret(rule) => write!(f, "secret {rule}"),
            Self::Kv(rule) => write!(f, "kv {rule}"),
            Self::Env(name, None) => write!(f, "env {name}"),
            Self::Env(name, Some(value)) => write!(f, "env {name}={value}"),
            Self::Events(prefix) => write!(f, "events {prefix}"),
        }
    }
}

impl fmt::Display for SecretRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if self.clear {
            f.write_str(" clear")?;
        }
        for (index, host) in self.hosts.iter().enumerate() {
            let lead = if index == 0 { " for " } else { "," };
            write!(f, "{lead}{host}")?;
        }
        Ok(())
    }
}

impl fmt::Display for KvRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = if self.write { "" } else { " read" };
        write!(f, "{}{read}", self.bucket)
    }
}

impl TryFrom<String> for Capability {
    type Error = CapabilityError;

    fn try_from(text: String) -> Result<Self, CapabilityError> {
        text.parse()
    }
}

impl From<Capability> for String {
    fn from(capability: Capability) -> Self {
        capability.to_string()
    }
}

#[cfg(test)]
mod tests;
