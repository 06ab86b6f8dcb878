//! Why a text is no capability.

use super::MAX_CAPABILITY_BYTES;
use crate::event::EventNameError;
use crate::name::NameError;

/// At most this many characters of a wrong text are shown.
const SHOWN_CHARS: usize = 80;

/// Why a text is no capability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapabilityError {
    #[error("a capability has at most {MAX_CAPABILITY_BYTES} bytes; this one has {0}")]
    TooLong(usize),
    #[error("a capability must not have control characters; this one contains {0:?}")]
    Control(char),
    #[error(
        "`{0}` is not a capability; the capabilities are `http [METHODS] HOST[:PORT][/PATH]`, `secret NAME [clear] [for HOSTS]`, `kv BUCKET [read]`, `env NAME=VALUE` and `events PREFIX`"
    )]
    Kind(String),
    #[error("`{text}` does not have the form `{form}`")]
    Form { text: String, form: &'static str },
    #[error("{source}; the form is `{form}`")]
    Name {
        source: NameError,
        form: &'static str,
    },
    #[error("{0}; the form is `events PREFIX`")]
    Event(EventNameError),
    #[error("`{text}` is not a host: {why}")]
    Host { text: String, why: &'static str },
    #[error("`{text}` is not a path: {why}")]
    Path { text: String, why: &'static str },
    #[error("`{0}` is not a list of HTTP methods; write them as `GET,POST`")]
    Methods(String),
    #[error("`{0}` is a method without a host; write `http {0} api.example.com`")]
    NoHost(String),
    #[error("`{0}` is a network, which cannot be granted; name each address")]
    Network(String),
    #[error("`{0}` is not a port; it is a number from 1 to 65535")]
    Port(String),
    #[error("`{0}` has a scheme; write the host alone, such as `api.example.com:443/v1/*`")]
    Scheme(String),
}

impl CapabilityError {
    pub(super) fn kind(text: &str) -> Self {
        Self::Kind(shorten(text))
    }

    /// `text` is what follows the kind.
    pub(super) fn form(text: &str, form: &'static str) -> Self {
        let kind = form.split(' ').next().unwrap_or_default();
        let text = shorten(format!("{kind} {text}").trim_end());
        Self::Form { text, form }
    }

    pub(super) fn name(source: NameError, form: &'static str) -> Self {
        Self::Name { source, form }
    }

    pub(super) fn host(text: &str, why: &'static str) -> Self {
        let text = shorten(text);
        Self::Host { text, why }
    }

    pub(super) fn path(text: &str, why: &'static str) -> Self {
        let text = shorten(text);
        Self::Path { text, why }
    }
}

pub(super) fn shorten(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{rest}", shown.escape_debug())
}
