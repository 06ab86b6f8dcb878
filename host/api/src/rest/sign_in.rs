//! Sign-in of browsers at an identity provider: begin and finish. What goes wrong is shown by the page, which gets a code.

use super::super::Api;
use super::super::auth::sign_in::{Pending, ReturnPath, SignIn, SignInError};
use super::super::auth::{Keyring, jwt::Tokens};
use super::super::error::ApiError;
use super::super::routes::{Answer, Call, Reply, Routes};
use super::super::session_error::SessionError;
use super::sessions::begin_session;
use tasker_domain::error_chain::ErrorChain;
use tasker_registry::store::browser_session::SignedIn;
use tasker_wire::endpoint::{Endpoint, Redirect};
use tasker_wire::session::{BeginOidc, FinishOidc, OidcAnswer};

pub(crate) fn routes() -> Routes {
    Routes::default().on(begin).on(finish)
}

async fn begin(api: Api, call: Call<BeginOidc>) -> Answer<BeginOidc> {
    let Some((_, _, sign_in)) = api.authentication.sign_in() else {
        return Err(SessionError::NoProvider.into());
    };
    let return_to: ReturnPath = match &call.query.return_to {
        Some(path) => path
            .parse()
            .map_err(|error| ApiError::parameter("return_to", format!("{error}")))?,
        None => ReturnPath::default(),
    };
    match sign_in.begin(return_to.clone()).await {
        Ok(begun) => Ok(Reply::redirect(begun.location.as_str(), [begun.cookie])),
        Err(error) => Ok(failed(sign_in, &return_to, &error, &call)),
    }
}

async fn finish(api: Api, call: Call<FinishOidc>) -> Answer<FinishOidc> {
    let Some((keyring, tokens, sign_in)) = api.authentication.sign_in() else {
        return Err(SessionError::NoProvider.into());
    };
    let Some(pending) = sign_in.pending(call.sign_in.as_ref()) else {
        let error = SignInError::Stale("no sign-in has begun in this browser within ten minutes");
        return Ok(failed(sign_in, &ReturnPath::default(), &error, &call));
    };
    let by = Issuer {
        keyring,
        tokens,
        sign_in,
    };
    match signed_in(&api, by, &pending, &call.query).await {
        Ok(cookie) => {
            let location = sign_in.at(pending.return_to().as_str());
            Ok(Reply::redirect(
                location.as_str(),
                [cookie, sign_in.no_cookie()],
            ))
        }
        Err(error) => Ok(failed(sign_in, pending.return_to(), &error, &call)),
    }
}

/// How the host trusts its issuer.
#[derive(Clone, Copy)]
struct Issuer<'a> {
    keyring: &'a Keyring,
    tokens: &'a Tokens,
    sign_in: &'a SignIn,
}

/// The cookie of the session of who has signed in.
async fn signed_in(
    api: &Api,
    by: Issuer<'_>,
    pending: &Pending,
    answer: &OidcAnswer,
) -> Result<String, SignInError> {
    let proof = by.sign_in.finish(pending, answer, by.tokens).await?;
    let signed_in = SignedIn::WithToken {
        actor: proof.access.actor(),
        permissions: proof.access.permissions(),
        expires_at: proof.expires_at,
        issuer_key: &proof.issuer_key,
        sign_in: Some(&pending.digest()),
    };
    let begun = begin_session(api, by.keyring, &signed_in).await?;
    Ok(begun.cookie(by.sign_in.is_over_tls()))
}

/// Sends the browser to the page, which shows what went wrong. What the provider said is for the log only: whoever makes
/// a link chooses what is in it.
fn failed<E>(sign_in: &SignIn, page: &ReturnPath, error: &SignInError, call: &Call<E>) -> Reply<E>
where
    E: Endpoint<Answer = Redirect>,
    E::Body: super::super::request::ReadBody,
{
    tracing::warn!(code = error.code(), error = %ErrorChain(error), "a browser is not signed in");
    let mut location = sign_in.at(page.as_str());
    location
        .query_pairs_mut()
        .append_pair("sign_in_error", error.code())
        .append_pair("correlation_id", call.correlation.as_str());
    Reply::redirect(location.as_str(), [sign_in.no_cookie()])
}
