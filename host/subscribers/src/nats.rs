//! How a host is set up to publish to NATS.

use async_nats::{ConnectOptions, ServerAddr};
use std::path::PathBuf;
use std::str::FromStr;
use tasker_domain::error_chain::ErrorChain;

/// A server of NATS, as `nats://host:4222` or `tls://host:4222`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsServer(ServerAddr);

/// Why a text is no server of NATS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NatsServerError {
    #[error("write it as nats://HOST:PORT, or tls://HOST:PORT")]
    Form,
    #[error(
        "the URL contains a user or a password; use a file with credentials: --nats-credentials"
    )]
    Secret,
}

impl FromStr for NatsServer {
    type Err = NatsServerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let server: ServerAddr = text.parse().map_err(|_| NatsServerError::Form)?;
        if server.has_user_pass() {
            return Err(NatsServerError::Secret);
        }
        match matches!(server.scheme(), "nats" | "tls") && !server.host().is_empty() {
            true => Ok(Self(server)),
            false => Err(NatsServerError::Form),
        }
    }
}

/// What the subjects of all events begin with: parts of letters, digits, `_` and `-`, with dots between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectPrefix(String);

/// A text that no subject begins with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use letters, digits, `_` and `-`, with dots between, at most {MAX_PREFIX_BYTES} bytes")]
pub struct SubjectPrefixError;

/// The longest prefix of subjects, in bytes.
const MAX_PREFIX_BYTES: usize = 100;

impl Default for SubjectPrefix {
    fn default() -> Self {
        Self("events".to_owned())
    }
}

impl std::fmt::Display for SubjectPrefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SubjectPrefix {
    type Err = SubjectPrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(is_plain);
        match text.len() <= MAX_PREFIX_BYTES && text.split('.').all(is_part) {
            true => Ok(Self(text.to_owned())),
            false => Err(SubjectPrefixError),
        }
    }
}

/// Where a host publishes the events of subscriptions to `nats`.
#[derive(Clone, Debug)]
pub struct NatsConfig {
    servers: Vec<ServerAddr>,
    /// A file as `nsc` writes it: a JWT and the seed of a key.
    credentials: Option<PathBuf>,
    prefix: SubjectPrefix,
}

impl NatsConfig {
    pub fn new(
        servers: Vec<NatsServer>,
        credentials: Option<PathBuf>,
        prefix: SubjectPrefix,
    ) -> Self {
        Self {
            servers: servers.into_iter().map(|server| server.0).collect(),
            credentials,
            prefix,
        }
    }

    pub(super) fn servers(&self) -> &[ServerAddr] {
        &self.servers
    }

    /// The subject of an event: the host's prefix, the namespace, the type.
    pub(super) fn subject(&self, namespace: &str, event_type: &str) -> String {
        format!("{}.{namespace}.{event_type}", self.prefix)
    }

    /// With the credentials, which are read for each connection that is opened.
    pub(super) async fn authenticated(
        &self,
        options: ConnectOptions,
    ) -> Result<ConnectOptions, String> {
        let Some(file) = &self.credentials else {
            return Ok(options);
        };
        let read = options.credentials_file(file).await;
        read.map_err(|error| {
            let file = file.display();
            format!(
                "the credentials for NATS in {file} cannot be used: {}",
                ErrorChain(&error)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_no_password_and_a_scheme_of_nats() {
        let parse = |text: &str| text.parse::<NatsServer>();
        assert!(parse("nats://127.0.0.1:4222").is_ok() && parse("tls://nats.example.com").is_ok());
        assert!(parse("nats.example.com").is_ok());
        assert_eq!(
            parse("nats://ada:s3cret@host"),
            Err(NatsServerError::Secret)
        );
        for wrong in ["http://host", "ws://host", "nats://", ""] {
            assert_eq!(parse(wrong), Err(NatsServerError::Form), "{wrong}");
        }
    }

    #[test]
    fn a_subject_has_the_prefix_the_namespace_and_the_type() {
        let config = NatsConfig::new(Vec::new(), None, "eu.events".parse().unwrap());
        assert_eq!(
            config.subject("orders", "tasker.task.completed"),
            "eu.events.orders.tasker.task.completed"
        );
        for wrong in ["", ".", "a.", "a b", "a.>", "*", "$JS.API"] {
            assert!(wrong.parse::<SubjectPrefix>().is_err(), "{wrong}");
        }
    }
}
