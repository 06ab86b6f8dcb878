//! Sessions of browsers: begin and end.

use super::super::Api;
use super::super::auth::browser_session::{LIFETIME, SessionToken, no_cookie};
use super::super::auth::{Credentials, Proof};
use super::super::auth_error::AuthError;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::super::session_error::SessionError;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};
use chrono::Utc;
use tasker_registry::store::browser_session::{Begun, SignedIn};
use tasker_wire::session::{BeginSession, BegunSession, EndSession};

pub(crate) fn routes() -> Routes {
    Routes::default().on(begin).on(end)
}

async fn begin(api: Api, call: Call<BeginSession>) -> Answer<BeginSession> {
    let Some(keyring) = api.authentication.keyring() else {
        return Err(SessionError::NoAuthentication.into());
    };
    let credentials = call.credentials.as_ref().ok_or(AuthError::NoToken)?;
    let proof = credentials.proof().await?;
    let signed_in = match &proof {
        Proof::Key { prefix } => SignedIn::WithKey { prefix },
        Proof::Token { access, expires_at } => SignedIn::WithToken {
            actor: access.actor(),
            permissions: access.permissions(),
            expires_at: *expires_at,
        },
    };
    let token = SessionToken::random().map_err(SessionError::from)?;
    let digest = token.digest();
    let begun = api.store.begin_session(&digest, &signed_in, LIFETIME);
    let expires_at = match begun.await? {
        Begun::Until(expires_at) => expires_at,
        Begun::NoKey => return Err(AuthError::Unknown.into()),
        Begun::TooMany => return Err(SessionError::TooMany.into()),
    };
    keyring.forget().await;
    let seconds = (expires_at - Utc::now()).num_seconds().max(0);
    let cookie = token.cookie(seconds, &call.headers);
    Ok(Reply::made(true, BegunSession { expires_at })
        .with_header(SET_COOKIE.as_str(), &cookie)
        .with_header(CACHE_CONTROL.as_str(), "no-store"))
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
    Ok(Reply::done().with_header(SET_COOKIE.as_str(), &no_cookie(&call.headers)))
}
