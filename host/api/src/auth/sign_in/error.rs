//! Why nobody is signed in at the identity provider.

use crate::auth::issuer_http::IssuerHttpError;
use crate::auth::jwt::TokenError;
use crate::session_error::SessionError;
use reqwest::Url;
use std::path::PathBuf;
use std::sync::Arc;

/// The longest secret of a client, in bytes.
pub(super) const MAX_SECRET_BYTES: usize = 4 << 10;

/// The longest error of a provider that is logged, in bytes.
const MAX_ERROR_BYTES: usize = 100;

/// Why the provider is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error(
        "`{0}` is the issuer of tokens and no address of an identity provider; --jwt-issuer has to be an https URL"
    )]
    Issuer(String),
    #[error("the host's HTTP client did not start")]
    Client(#[source] reqwest::Error),
    #[error("the client secret {} cannot be read", path.display())]
    SecretFile {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the client secret {} is empty, not text, or longer than {MAX_SECRET_BYTES} bytes", .0.display())]
    Secret(PathBuf),
    #[error("the provider cannot be asked")]
    Http(#[from] IssuerHttpError),
    #[error("{url} does not answer as OpenID Connect has it")]
    Malformed { url: Url, source: serde_json::Error },
    #[error("{url} names another issuer than --jwt-issuer")]
    OtherIssuer { url: Url },
    #[error("{url} names an endpoint that is no https URL")]
    Endpoint { url: Url },
    #[error("the provider refuses the exchange of a code: {error}")]
    Refused { error: String },
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// Of another browser, too old, or used before.
    #[error("the sign-in cannot be finished: {0}")]
    Stale(&'static str),
    #[error("the identity provider let nobody in")]
    Denied,
    #[error("the identity provider refuses: {error}")]
    Refused { error: String },
    #[error("the identity provider does not do its part")]
    Provider(#[source] Arc<ProviderError>),
    #[error("the identity provider's token is refused")]
    Token(#[from] TokenError),
    #[error("too many browsers sign in at the same time")]
    Busy,
    #[error("the system returned no random bytes")]
    Random(#[source] getrandom::Error),
    #[error("no session begins")]
    Session(#[from] SessionError),
}

impl SignInError {
    /// For the page, which has a text for each; see `host/ui/web/pages/sign-in.js`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Stale(_) | Self::Session(SessionError::Repeated) => "stale",
            Self::Denied => "denied",
            Self::Refused { .. } => "refused",
            Self::Provider(_) => "provider",
            Self::Token(TokenError::NoKeys) => "keys",
            Self::Token(_) => "token",
            Self::Busy => "busy",
            Self::Session(SessionError::TooMany) => "too_many",
            Self::Random(_) | Self::Session(_) => "host",
        }
    }
}

/// The error of a provider, which is a word of ASCII.
pub(super) fn named(error: &str) -> String {
    let is_word = error.bytes().all(|byte| byte.is_ascii_graphic());
    match is_word && error.len() <= MAX_ERROR_BYTES {
        true => error.to_owned(),
        false => "an error without a proper name".to_owned(),
    }
}
