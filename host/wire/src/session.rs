//! Sessions of browsers.

use crate::endpoint::{Redirect, endpoint};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A session that has begun. Its cookie comes in a header.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct BegunSession {
    /// When it ends by itself; earlier where its key is revoked or expires.
    pub expires_at: DateTime<Utc>,
}

/// How a browser can sign in, besides with a key or token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignInMethods {
    /// None: the host has no identity provider.
    pub oidc: Option<OidcMethod>,
}

/// An identity provider (OpenID Connect).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct OidcMethod {
    /// As its tokens name it.
    pub issuer: String,
    /// Where a browser begins, at the address of the host that the provider knows.
    pub url: String,
}

/// What a sign-in begins with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OidcBegin {
    /// The path of the page to show afterwards, such as `/tasks?namespace=shop`.
    pub return_to: Option<String>,
}

/// What the provider sends a browser back with. It may add more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct OidcAnswer {
    /// As the provider was given it.
    pub state: Option<String>,
    /// For which the host gets a token.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// The issuer, as RFC 9207 has it.
    pub iss: Option<String>,
}

endpoint! {
    /// How a browser can sign in.
    GET "/v1/session" ShowSignIn {}
    needs Read in Open;
    answers SignInMethods;
}

endpoint! {
    /// Sends a browser to the identity provider.
    GET "/v1/session/oidc" BeginOidc {}
    needs Read in Open;
    query OidcBegin;
    answers Redirect;
    refuses NotFound "no_identity_provider";
}

endpoint! {
    /// Where the identity provider sends the browser back to: signs it in, and sends it to the page that it asked for.
    GET "/v1/session/oidc/callback" FinishOidc {}
    needs Read in Open;
    query OidcAnswer;
    answers Redirect;
    refuses NotFound "no_identity_provider";
}

endpoint! {
    /// Signs a browser in: whoever shows a key or a token in the header `Authorization` gets a cookie that stands for it.
    POST "/v1/session" BeginSession {}
    needs Read in Authenticated;
    makes BegunSession;
}

endpoint! {
    /// Signs a browser out: its cookie ends to count.
    DELETE "/v1/session" EndSession {}
    needs Read in Authenticated;
}
