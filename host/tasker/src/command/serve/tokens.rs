//! Whose tokens a host takes beside keys.

use clap::Args;
use std::path::PathBuf;
use tasker_api::auth::jwt::{JwtAlgorithm, JwtConfig, KeySource};
use tasker_api::auth::sign_in::{PublicUrl, SignInConfig};

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
    /// Let browsers sign in at the issuer (OpenID Connect), where the host has this client id; its tokens name it as their
    /// audience. The redirect URI is PUBLIC_URL/v1/session/oidc/callback.
    #[arg(long, value_name = "ID", requires_all = ["jwt_jwks", "public_url"], conflicts_with = "no_ui")]
    oidc_client_id: Option<String>,
    /// File with the client secret; without it, the host is a public client, with PKCE alone.
    #[arg(long, value_name = "FILE", requires = "oidc_client_id")]
    oidc_client_secret_file: Option<PathBuf>,
    /// What to ask the issuer for beside `openid`; some give the claim with permissions for a scope of its own.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', requires = "oidc_client_id", value_parser = scope)]
    oidc_scopes: Vec<String>,
    /// Where browsers reach the host, such as https://tasker.example.com.
    #[arg(long, value_name = "URL", requires = "oidc_client_id")]
    public_url: Option<PublicUrl>,
}

/// A scope as OAuth 2.0 writes it.
fn scope(text: &str) -> Result<String, String> {
    let is_named = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
    match !text.is_empty() && text.bytes().all(is_named) {
        true => Ok(text.to_owned()),
        false => Err("a scope is a word without spaces and quotes".to_owned()),
    }
}

impl TokenArgs {
    pub(super) fn are_given(&self) -> bool {
        self.jwt_jwks.is_some()
    }

    /// None: browsers sign in with keys and tokens only.
    pub(super) fn sign_in(&self) -> Option<SignInConfig> {
        let others = self.oidc_scopes.iter().filter(|scope| *scope != "openid");
        Some(SignInConfig {
            client_id: self.oidc_client_id.clone()?,
            client_secret_file: self.oidc_client_secret_file.clone(),
            public_url: self.public_url.clone()?,
            scopes: ["openid".to_owned()]
                .iter()
                .chain(others)
                .cloned()
                .collect(),
        })
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
