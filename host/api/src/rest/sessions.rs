//! Sessions of browsers: begin and end.

use super::super::Api;
use super::super::auth::browser_session::{LIFETIME, SessionToken, is_over_tls, no_cookie};
use super::super::auth::{Credentials, Keyring, Proof};
use super::super::auth_error::AuthError;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::super::session_error::SessionError;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use chrono::{DateTime, Utc};
use tasker_registry::store::browser_session::{Begun, SignedIn};
use tasker_wire::session::{BeginSession, BegunSession, EndSession, ShowSignIn, SignInMethods};

pub(crate) fn routes() -> Routes {
    Routes::default().on(show).on(begin).on(end)
}

async fn show(api: Api, _: Call<ShowSignIn>) -> Answer<ShowSignIn> {
    let sign_in = api.authentication.sign_in();
    Ok(Reply::ok(SignInMethods {
        oidc: sign_in.map(|(_, _, sign_in)| sign_in.method()),
    }))
}

async fn begin(api: Api, call: Call<BeginSession>) -> Answer<BeginSession> {
    let Some(keyring) = api.authentication.keyring() else {
        return Err(SessionError::NoAuthentication.into());
    };
    let credentials = call.credentials.as_ref().ok_or(AuthError::NoToken)?;
    let proof = credentials.proof().await?;
    let signed_in = match &proof {
        Proof::Key { prefix } => SignedIn::WithKey { prefix },
        Proof::Token(proof) => SignedIn::WithToken {
            actor: proof.access.actor(),
            permissions: proof.access.permissions(),
            expires_at: proof.expires_at,
            issuer_key: &proof.issuer_key,
            sign_in: None,
        },
    };
    let begun = begin_session(&api, keyring, &signed_in).await?;
    let cookie = begun.cookie(is_over_tls(&call.headers));
    let expires_at = begun.expires_at;
    Ok(Reply::made(true, BegunSession { expires_at })
        .with_header(SET_COOKIE.as_str(), &cookie)
        .with_header(CACHE_CONTROL.as_str(), "no-store"))
}

/// A session that has begun.
pub(super) struct NewSession {
    token: SessionToken,
    expires_at: DateTime<Utc>,
}

impl NewSession {
    /// The header `Set-Cookie`.
    pub(super) fn cookie(&self, is_over_tls: bool) -> String {
        let seconds = (self.expires_at - Utc::now()).num_seconds().max(0);
        self.token.cookie(seconds, is_over_tls)
    }
}

/// Begins a session for who has signed in.
pub(super) async fn begin_session(
    api: &Api,
    keyring: &Keyring,
    signed_in: &SignedIn<'_>,
) -> Result<NewSession, SessionError> {
    let token = SessionToken::random()?;
    let digest = token.digest();
    let begun = api.store.begin_session(&digest, signed_in, LIFETIME);
    let expires_at = match begun.await? {
        Begun::Until(expires_at) => expires_at,
        Begun::NoKey => return Err(SessionError::NoKey),
        Begun::Repeated => return Err(SessionError::Repeated),
        Begun::TooMany => return Err(SessionError::TooMany),
    };
    keyring.forget().await;
    Ok(NewSession { token, expires_at })
}

/// Whoever shows no cookie has none that could end.
async fn end(api: Api, call: Call<EndSession>) -> Answer<EndSession> {
    let credentials = call.credentials.as_ref();
    if let Some(token) = credentials.and_then(Credentials::session) {
        api.store.end_session(&token.digest()).await?;
        if let Some(keyring) = api.authentication.keyring() {
            keyring.forget().await;
        }
    }
    Ok(Reply::done().with_header(SET_COOKIE.as_str(), &no_cookie(is_over_tls(&call.headers))))
}
