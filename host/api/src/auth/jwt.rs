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
use crate::auth_error::{AuthError, ClaimsError};
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use current::CurrentKeys;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Header, Validation};
use key_set::IssuerKey;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::digest::Digest;
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

/// What a token proves.
#[derive(Clone, Debug)]
pub struct TokenProof {
    pub access: Access,
    pub expires_at: DateTime<Utc>,
    /// The issuer and the key of its that signed the token.
    pub issuer_key: Digest,
}

/// What the token of a sign-in at an identity provider has to say, besides what every token has to.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdTokenWanted<'a> {
    /// The host, as the provider knows it.
    pub client_id: &'a str,
    /// What the sign-in began with.
    pub nonce: &'a str,
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
pub(crate) enum TokenError {
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
    #[error(transparent)]
    Claims(#[from] ClaimsError),
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
        Ok(self.proof(token).await?.access)
    }

    /// The same, with what bounds it.
    pub async fn proof(&self, token: &str) -> Result<TokenProof, ApiError> {
        match self.verified(token, &self.0.config.audience).await {
            Ok((_, proof)) => Ok(proof),
            Err(TokenError::NoKeys) => Err(no_keys()),
            Err(TokenError::Expired) => Err(AuthError::TokenExpired.into()),
            Err(TokenError::Claims(error)) => Err(AuthError::from(error).into()),
            Err(token_error) => {
                tracing::debug!(reason = %ErrorChain(&token_error), "a token is refused");
                Err(AuthError::InvalidToken.into())
            }
        }
    }

    /// Who signed in at the identity provider, by the token that the provider gave the host for it.
    pub(super) async fn id_token(
        &self,
        token: &str,
        wanted: IdTokenWanted<'_>,
    ) -> Result<TokenProof, TokenError> {
        let (claims, proof) = self.verified(token, wanted.client_id).await?;
        claims::check_id_token(&claims, wanted)?;
        Ok(proof)
    }

    /// True while tokens count that this key of this issuer signed.
    pub(super) fn trust(&self, issuer_key: &Digest) -> Result<bool, ApiError> {
        let known = self.0.keys.known().ok_or_else(no_keys)?;
        Ok(known.has(issuer_key))
    }

    async fn verified(
        &self,
        token: &str,
        audience: &str,
    ) -> Result<(Map<String, Value>, TokenProof), TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let header = jsonwebtoken::decode_header(token).map_err(token_error)?;
        if header.crit.is_some() {
            return Err(TokenError::Critical);
        }
        let key = self.key(&header).await?;
        let validation = self.validation(&header, audience);
        let decoded = jsonwebtoken::decode(token, &key.key, &validation);
        let claims: Map<String, Value> = decoded.map(|token| token.claims).map_err(token_error)?;
        let proof = TokenProof {
            expires_at: lifetime::check(&claims, Utc::now())?,
            access: claims::access(&claims, &self.0.config.claim)?,
            issuer_key: key.digest,
        };
        Ok((claims, proof))
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
    fn validation(&self, header: &Header, audience: &str) -> Validation {
        let mut validation = Validation::new(header.alg);
        // Times are looked at afterwards: they may have a fraction, which is not read here.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        validation.set_issuer(&[&self.0.config.issuer]);
        validation.set_audience(&[audience]);
        validation
    }
}

fn no_keys() -> ApiError {
    ApiError::NotReady {
        why: "the keys of the issuer of tokens could not be read yet; try again".to_owned(),
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
