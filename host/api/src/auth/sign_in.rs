//! Sign-in of browsers at an identity provider: OpenID Connect, by the authorization code flow with PKCE.
//!
//! A cookie of the browser has a secret. State, nonce and the verifier of PKCE are computed from it, so that they fit each
//! other and this browser only, and no host has to remember a sign-in that has begun: another one may finish it.

mod answer;
mod error;
mod metadata;
mod pending;
mod provider;
mod public_url;
mod return_path;

pub use error::ProviderError;
pub(crate) use error::SignInError;
pub(crate) use pending::{Pending, SignInCookie};
pub use public_url::{PublicUrl, PublicUrlError};
pub(crate) use return_path::ReturnPath;

use super::jwt::{IdTokenWanted, TokenProof, Tokens};
use chrono::Utc;
use provider::{CodeExchange, Provider};
use reqwest::Url;
use std::path::PathBuf;
use std::sync::Arc;
use tasker_wire::endpoint::Endpoint as _;
use tasker_wire::session::{BeginOidc, FinishOidc, OidcAnswer, OidcMethod};
use tokio::sync::Semaphore;

/// Codes that are exchanged at the same time. Anyone can have a host ask the provider.
const MAX_EXCHANGES: usize = 16;

/// How browsers sign in at the issuer of tokens.
#[derive(Clone, Debug)]
pub struct SignInConfig {
    /// The host, as the provider knows it.
    pub client_id: String,
    /// A file with what the host proves that with; none: PKCE alone, as a public client.
    pub client_secret_file: Option<PathBuf>,
    /// Where browsers reach the host.
    pub public_url: PublicUrl,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
}

/// Signs browsers in at the issuer of tokens; cheap to clone.
#[derive(Clone)]
pub struct SignIn(Arc<Inner>);

struct Inner {
    config: SignInConfig,
    provider: Provider,
    exchanges: Semaphore,
}

/// A sign-in that has begun.
pub(crate) struct Beginning {
    /// Where the browser goes.
    pub location: Url,
    /// The header `Set-Cookie`.
    pub cookie: String,
}

impl SignIn {
    /// Fails where the issuer is no address of a provider, or the secret cannot be read. The provider may be down.
    pub async fn start(config: SignInConfig, issuer: &str) -> Result<Self, ProviderError> {
        let provider = Provider::new(issuer, &config)?;
        provider.check_secret().await?;
        Ok(Self(Arc::new(Inner {
            config,
            provider,
            exchanges: Semaphore::new(MAX_EXCHANGES),
        })))
    }

    /// What a page offers.
    pub(crate) fn method(&self) -> OidcMethod {
        OidcMethod {
            issuer: self.0.provider.issuer().to_owned(),
            url: self.at(BeginOidc::PATH).into(),
        }
    }

    /// An address of the host.
    pub(crate) fn at(&self, path: &str) -> Url {
        self.0.config.public_url.at(path)
    }

    /// Whether browsers reach the host over TLS.
    pub(crate) fn is_over_tls(&self) -> bool {
        self.0.config.public_url.is_over_tls()
    }

    /// Begins a sign-in that ends at this page.
    pub(crate) async fn begin(&self, return_to: ReturnPath) -> Result<Beginning, SignInError> {
        let provider = self.0.provider.metadata().await;
        let metadata = provider.map_err(SignInError::Provider)?;
        let pending = Pending::begin(return_to, Utc::now()).map_err(SignInError::Random)?;
        let mut location = metadata.authorization_endpoint.clone();
        location.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.0.config.client_id),
            ("redirect_uri", self.redirect_uri().as_str()),
            ("scope", &self.0.config.scopes.join(" ")),
            ("state", &pending.state()),
            ("nonce", &pending.nonce()),
            ("code_challenge", &pending.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        Ok(Beginning {
            location,
            cookie: pending.cookie(self.is_over_tls()),
        })
    }

    /// The sign-in of the browser that shows this cookie, if there is one.
    pub(crate) fn pending(&self, cookie: Option<&SignInCookie>) -> Option<Pending> {
        cookie?.pending(self.is_over_tls(), Utc::now())
    }

    /// The header `Set-Cookie` that ends it.
    pub(crate) fn no_cookie(&self) -> String {
        pending::no_cookie(self.is_over_tls())
    }

    /// Who has signed in, by what the provider sent the browser back with.
    pub(crate) async fn finish(
        &self,
        pending: &Pending,
        answer: &OidcAnswer,
        tokens: &Tokens,
    ) -> Result<TokenProof, SignInError> {
        if !answer.state.as_deref().is_some_and(|it| pending.is_of(it)) {
            return Err(SignInError::Stale("the state belongs to another sign-in"));
        }
        let metadata = self.0.provider.metadata().await;
        let metadata = metadata.map_err(SignInError::Provider)?;
        metadata.check_issuer(answer.iss.as_deref())?;
        let code = answer::code(answer)?;
        let Ok(_permit) = self.0.exchanges.try_acquire() else {
            return Err(SignInError::Busy);
        };
        let exchange = CodeExchange {
            code,
            verifier: &pending.verifier(),
            redirect_uri: &self.redirect_uri(),
        };
        let token = self.0.provider.exchange(&metadata, exchange).await;
        let token = token.map_err(|error| match error {
            ProviderError::Refused { error } => SignInError::Refused { error },
            other => SignInError::Provider(Arc::new(other)),
        })?;
        let wanted = IdTokenWanted {
            client_id: &self.0.config.client_id,
            nonce: &pending.nonce(),
        };
        Ok(tokens.id_token(&token, wanted).await?)
    }

    fn redirect_uri(&self) -> Url {
        self.at(FinishOidc::PATH)
    }
}
