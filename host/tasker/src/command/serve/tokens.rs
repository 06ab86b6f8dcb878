//! Whose tokens a host takes beside keys.

use clap::Args;
use tasker_api::auth::jwt::{JwtAlgorithm, JwtConfig, KeySource};

/// Whose JSON Web Tokens count, and for what.
#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// Accept JSON Web Tokens beside keys, signed by a key of this set: a file or an https URL.
    #[arg(long, value_name = "FILE|URL", requires_all = ["jwt_issuer", "jwt_audience"])]
    jwt_jwks: Option<KeySource>,
    /// The required issuer of a token (its claim `iss`).
    #[arg(long, value_name = "ISSUER", requires = "jwt_jwks")]
    jwt_issuer: Option<String>,
    /// The required audience of a token (its claim `aud`).
    #[arg(long, value_name = "AUDIENCE", requires = "jwt_jwks")]
    jwt_audience: Option<String>,
    /// Accepted signature algorithms, regardless of the header of a token.
    #[arg(long, value_name = "NAMES", value_enum, value_delimiter = ',', default_values_t = JwtAlgorithm::DEFAULT)]
    jwt_algorithms: Vec<JwtAlgorithm>,
    /// The claim that lists permissions, such as ["read, run in orders"].
    #[arg(long, value_name = "CLAIM", default_value = "tasker")]
    jwt_claim: String,
}

impl TokenArgs {
    pub(super) fn are_given(&self) -> bool {
        self.jwt_jwks.is_some()
    }

    /// None: no tokens count.
    pub(super) fn config(self) -> Option<JwtConfig> {
        Some(JwtConfig {
            keys: self.jwt_jwks?,
            issuer: self.jwt_issuer?,
            audience: self.jwt_audience?,
            algorithms: self.jwt_algorithms,
            claim: self.jwt_claim,
        })
    }
}
