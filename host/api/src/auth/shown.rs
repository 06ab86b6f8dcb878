//! What a request shows of who asks.

use super::browser_session::{SessionToken, is_of_same_origin};
use super::jwt::TokenProof;
use super::sign_in::SignInCookie;
use super::{Authentication, bearer};
use crate::access::Access;
use crate::auth_error::AuthError;
use crate::error::ApiError;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderValue, Method};
use tasker_domain::api_key::{self, ApiKey};

/// What a request shows. The header counts before the cookie.
#[derive(Clone)]
pub(crate) enum Shown {
    Nothing,
    /// The header `Authorization`.
    Header(HeaderValue),
    /// The cookie of a browser's session.
    Session(SessionToken),
}

/// What it takes to begin a session of a browser.
pub(crate) enum Proof {
    /// The public part of the key that was shown.
    Key {
        prefix: String,
    },
    Token(TokenProof),
}

/// What the caller showed: for streams, where it is checked again while they last, and for sessions.
#[derive(Clone)]
pub(crate) struct Credentials {
    authentication: Authentication,
    shown: Shown,
}

impl Shown {
    /// Takes it out of the request, in whose extensions the cookie of a sign-in is afterwards. Refuses what changes something with the cookie of a browser that another site
    /// may have sent.
    pub(super) fn take(request: &mut Request) -> Result<Self, AuthError> {
        let header = request.headers_mut().remove(AUTHORIZATION);
        let token = SessionToken::among(request.headers());
        if let Some(sign_in) = SignInCookie::among(request.headers()) {
            request.extensions_mut().insert(sign_in);
        }
        request.headers_mut().remove(COOKIE);
        let is_safe = [Method::GET, Method::HEAD].contains(request.method());
        match (header, token) {
            (Some(header), _) => Ok(Self::Header(header)),
            (None, None) => Ok(Self::Nothing),
            (None, Some(token)) if is_safe || is_of_same_origin(request) => {
                Ok(Self::Session(token))
            }
            (None, Some(_)) => Err(AuthError::OtherSite),
        }
    }
}

impl Credentials {
    pub(super) fn new(authentication: &Authentication, shown: Shown) -> Self {
        Self {
            authentication: authentication.clone(),
            shown,
        }
    }

    /// What the caller may do now; an error if they are refused, none if that cannot be found out.
    pub(crate) async fn access(&self) -> Option<Result<Access, ()>> {
        match self.authentication.access(&self.shown).await {
            Ok(access) => Some(Ok(access)),
            Err(refused) if refused.is_refusal() => Some(Err(())),
            Err(_) => None,
        }
    }

    /// What a session can be begun with. The caller was let through with it just now.
    pub(crate) async fn proof(&self) -> Result<Proof, ApiError> {
        let Shown::Header(header) = &self.shown else {
            return Err(AuthError::NoToken.into());
        };
        match (&self.authentication, bearer(header)?) {
            (Authentication::KeysAndTokens(_, tokens, _), token)
                if !token.starts_with(api_key::HEAD) =>
            {
                Ok(Proof::Token(tokens.proof(token).await?))
            }
            (_, key) => {
                let key: ApiKey = key.parse().map_err(|_| AuthError::Unknown)?;
                let prefix = key.prefix().to_owned();
                Ok(Proof::Key { prefix })
            }
        }
    }

    /// The session whose cookie was shown, if one was.
    pub(crate) fn session(&self) -> Option<&SessionToken> {
        match &self.shown {
            Shown::Session(token) => Some(token),
            Shown::Nothing | Shown::Header(_) => None,
        }
    }
}
