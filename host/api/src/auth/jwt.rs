//! JSON Web Tokens: callers that an issuer has authenticated.
//!
//! A token's header chooses nothing but the key: which algorithms count is fixed by the configuration
//! and by the key itself. Every invalid token is refused with the same message; only what the
//! signature covers is reported to the caller.

mod algorithm;
mod claims;
mod current;
mod key_set;
mod key_source;
mod lifetime;

pub use algorithm::JwtAlgorithm;
pub use key_source::{KeySource, KeySourceError, UrlError};

use crate::access::Access;
use crate::auth_error::AuthError;
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use current::CurrentKeys;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation};
use key_set::IssuerKey;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tokio_util::sync::CancellationToken;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 << 10;

/// The error for a token without a required claim.
const MISSING: &str = "one of exp, iss, aud and sub is missing";

/// How far the clocks of issuer and host may be apart.
const LEEWAY: Duration = Duration::from_secs(30);

/// Whose tokens count, and for what.
#[derive(Clone, Debug)]
pub struct JwtConfig {
    pub keys: KeySource,
    /// The claim `iss` of a token.
    pub issuer: String,
    /// One of the values of the claim `aud`.
    pub audience: String,
    /// A signature by any other algorithm does not count.
    pub algorithms: Vec<JwtAlgorithm>,
    /// The claim that lists permissions.
    pub claim: String,
}

/// Finds out who shows a token; cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    config: JwtConfig,
    keys: CurrentKeys,
}

/// Why a token is invalid. This is logged and not sent to the caller.
#[derive(Debug, thiserror::Error)]
enum TokenError {
    #[error("it has more than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    #[error("the issuer's keys are not known yet")]
    NoKeys,
    #[error("it names no key of the issuer that fits its algorithm")]
    UnknownKey,
    #[error("its header has extensions that have to be understood")]
    Critical,
    #[error("it has expired")]
    Expired,
    #[error("{0}")]
    Invalid(&'static str),
}

impl Tokens {
    /// Reads the issuer's keys. A file must be valid; a URL that does not answer is retried.
    pub async fn start(config: JwtConfig) -> Result<Self, KeySourceError> {
        let keys = CurrentKeys::start(&config).await?;
        Ok(Self(Arc::new(Inner { config, keys })))
    }

    /// Reads the keys again and again, so that what the issuer withdrew ends to count.
    pub async fn keep_fresh(self, closing: CancellationToken) {
        let reading = self.0.keys.keep_fresh();
        closing.run_until_cancelled(reading).await;
    }

    /// Who shows this token, and what its claims permit.
    pub async fn access(&self, token: &str) -> Result<Access, ApiError> {
        Ok(self.access_until(token).await?.0)
    }

    /// The same, and when the token expires.
    pub async fn access_until(&self, token: &str) -> Result<(Access, DateTime<Utc>), ApiError> {
        match self.verified(token).await {
            Ok((claims, expires_at)) => {
                let access = claims::access(&claims, &self.0.config.claim);
                Ok((access.map_err(AuthError::from)?, expires_at))
            }
            Err(TokenError::NoKeys) => Err(ApiError::NotReady {
                why: "the keys of the issuer of tokens could not be read yet; try again".to_owned(),
            }),
            Err(TokenError::Expired) => Err(AuthError::TokenExpired.into()),
            Err(token_error) => {
                tracing::debug!(reason = %ErrorChain(&token_error), "a token is refused");
                Err(AuthError::InvalidToken.into())
            }
        }
    }

    async fn verified(
        &self,
        token: &str,
    ) -> Result<(Map<String, Value>, DateTime<Utc>), TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let header = jsonwebtoken::decode_header(token).map_err(token_error)?;
        if header.crit.is_some() {
            return Err(TokenError::Critical);
        }
        let key = self.key(&header).await?;
        let validation = self.validation(&header);
        let decoded = jsonwebtoken::decode(token, &key.key, &validation);
        let claims = decoded.map(|token| token.claims).map_err(token_error)?;
        let expires_at = lifetime::check(&claims, Utc::now())?;
        Ok((claims, expires_at))
    }

    /// A key that is not among those known may have been made since, so it is looked for.
    async fn key(&self, header: &Header) -> Result<IssuerKey, TokenError> {
        let keys = &self.0.keys;
        if let Some(key) = keys.known().and_then(|set| set.find(header)) {
            return Ok(key);
        }
        keys.look_again().await;
        let known = keys.known().ok_or(TokenError::NoKeys)?;
        known.find(header).ok_or(TokenError::UnknownKey)
    }

    /// The header's algorithm is one of the key's by now.
    fn validation(&self, header: &Header) -> Validation {
        let mut validation = Validation::new(header.alg);
        // Times are looked at afterwards: they may have a fraction, which is not read here.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        validation.set_issuer(&[&self.0.config.issuer]);
        validation.set_audience(&[&self.0.config.audience]);
        validation
    }
}

/// In words that contain nothing of the token.
fn token_error(error: jsonwebtoken::errors::Error) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::Invalid("its signature is wrong"),
        ErrorKind::InvalidIssuer => TokenError::Invalid("another issued it"),
        ErrorKind::InvalidAudience => TokenError::Invalid("it is meant for others"),
        ErrorKind::MissingRequiredClaim(_) => TokenError::Invalid(MISSING),
        _ => TokenError::Invalid("it has no known form of a token"),
    }
}
