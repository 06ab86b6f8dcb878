//! Who asks, and whether they may: one middleware before all routes.
//!
//! A token is read from the header `Authorization: Bearer …`, or from the cookie of a browser's session, and goes no
//! further than here.

pub(crate) mod browser_session;
pub mod issuer_http;
pub mod jwt;
pub mod keyring;
mod shown;
pub mod sign_in;

pub use keyring::Keyring;
pub(crate) use shown::{Credentials, Proof};

use super::Api;
use super::access::Access;
use super::auth_error::AuthError;
use super::caller_id::CallerId;
use super::callers::{UnderWay, Weight};
use super::connection_limiter::ConnectionPermit;
use super::error::ApiError;
use super::held::hold;
use super::rate::Allowance;
use axum::RequestExt as _;
use axum::extract::{MatchedPath, Query, RawPathParams, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jwt::Tokens;
use shown::Shown;
use sign_in::SignIn;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tasker_domain::api_key;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::permission::Action;
use tasker_engine::Engine;
use tasker_wire::endpoint::{Endpoint as _, Needs, Scope};
use tasker_wire::headers;
use tasker_wire::health::ShowStatus;
use tasker_wire::namespace::CreateNamespace;
use tasker_wire::session::BeginSession;
use tokio_util::sync::CancellationToken;

/// What the caller may do, as `key create` says it; not for those who may do everything.
pub const PERMISSIONS_HEADER: HeaderName = HeaderName::from_static(headers::PERMISSIONS);
/// The namespace that the request made.
pub const NEW_NAMESPACE_HEADER: HeaderName = HeaderName::from_static(headers::NEW_NAMESPACE);
/// The longest [`PERMISSIONS_HEADER`].
const MAX_PERMISSIONS_HEADER_BYTES: usize = 1_024;

/// For authenticated callers.
const AUTHENTICATED: Needs = Needs {
    action: Action::Admin,
    scope: Scope::Authenticated,
};

/// How a host finds out who asks.
#[derive(Clone)]
pub enum Authentication {
    /// No authentication: everyone may do everything.
    Off,
    Keys(Keyring),
    /// Keys, and tokens of an issuer, where browsers may sign in too.
    KeysAndTokens(Keyring, Tokens, Option<SignIn>),
}

impl Authentication {
    async fn access(&self, shown: &Shown) -> Result<Access, ApiError> {
        let Some(keyring) = self.keyring() else {
            return Ok(Access::of_anyone());
        };
        match shown {
            Shown::Nothing => Err(AuthError::NoToken.into()),
            Shown::Session(token) => {
                let session = keyring.session(token).await?;
                match &session.issuer_key {
                    Some(key) if !self.trusts(key)? => Err(AuthError::SessionEnded.into()),
                    Some(_) | None => Ok(session.access),
                }
            }
            Shown::Header(header) => match (self, bearer(header)?) {
                (Self::KeysAndTokens(_, tokens, _), token) if !token.starts_with(api_key::HEAD) => {
                    tokens.access(token).await
                }
                (_, key) => keyring.access(key).await,
            },
        }
    }

    /// True while tokens count that this key of this issuer signed.
    fn trusts(&self, issuer_key: &Digest) -> Result<bool, ApiError> {
        match self {
            Self::Off | Self::Keys(_) => Ok(false),
            Self::KeysAndTokens(_, tokens, _) => tokens.trust(issuer_key),
        }
    }

    /// How browsers sign in at the issuer; none where they do not.
    pub(crate) fn sign_in(&self) -> Option<(&Keyring, &Tokens, &SignIn)> {
        match self {
            Self::KeysAndTokens(keyring, tokens, Some(sign_in)) => Some((keyring, tokens, sign_in)),
            Self::KeysAndTokens(..) | Self::Off | Self::Keys(_) => None,
        }
    }

    /// The same for the status of the host, see [`Keyring::access_for_status`].
    async fn access_for_status(&self, shown: &Shown) -> Result<Access, ApiError> {
        match (self.keyring(), shown) {
            (Some(keyring), Shown::Header(header)) => match bearer(header)? {
                key if key.starts_with(api_key::HEAD) => keyring.access_for_status(key).await,
                _ => self.access(shown).await,
            },
            _ => self.access(shown).await,
        }
    }

    /// Reads again and again what is read from elsewhere, until `closing`.
    pub async fn keep_fresh(self, closing: CancellationToken) {
        match self {
            Self::Off | Self::Keys(_) => {}
            Self::KeysAndTokens(_, tokens, _) => tokens.keep_fresh(closing).await,
        }
    }

    /// `None` on a host without authentication.
    pub(crate) fn keyring(&self) -> Option<&Keyring> {
        match self {
            Self::Off => None,
            Self::Keys(keyring) | Self::KeysAndTokens(keyring, ..) => Some(keyring),
        }
    }
}

/// Refuses what the caller may not do; hands on who they are.
pub(crate) async fn authorize(
    State(api): State<Api>,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&api, &mut request).await {
        Ok(admitted) => {
            let response = next.run(request).await;
            let response = admitted.told(&api, response).await;
            hold(response, admitted.under_way)
        }
        Err(refusal) => {
            let mut response = refusal.into_response();
            if let Some(allowance) = request.extensions().get::<Allowance>() {
                allowance.tell(response.headers_mut());
            }
            response
        }
    }
}

/// A request that may be served.
#[derive(Default)]
struct Admitted {
    /// None if its caller has no rate.
    allowance: Option<Allowance>,
    under_way: UnderWay,
    /// `None` if authentication is off.
    access: Option<Access>,
    /// The namespace that the request names, if it was not there before.
    new_namespace: Option<Name>,
}

impl Admitted {
    /// The answer with what the command line goes by in its hints and notes.
    async fn told(&self, api: &Api, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Some(allowance) = self.allowance {
            allowance.tell(headers);
        }
        if let Some(may) = self.access.as_ref().and_then(permissions_header) {
            headers.insert(PERMISSIONS_HEADER, may);
        }
        if let Some(namespace) = &self.new_namespace
            && response.status().is_success()
            && matches!(api.store.has_namespace(namespace).await, Ok(true))
            && let Ok(name) = HeaderValue::from_str(namespace.as_str())
        {
            response.headers_mut().insert(NEW_NAMESPACE_HEADER, name);
        }
        response
    }
}

/// What the caller may do, unless that is everything or much to say.
fn permissions_header(access: &Access) -> Option<HeaderValue> {
    let permissions = access.permissions();
    if permissions.allow_everywhere(Action::Admin) {
        return None;
    }
    let text = permissions.to_string();
    let is_short = text.len() <= MAX_PERMISSIONS_HEADER_BYTES;
    is_short.then(|| HeaderValue::from_str(&text).ok())?
}

async fn admit(api: &Api, request: &mut Request) -> Result<Admitted, ApiError> {
    let path = request.extensions().get::<MatchedPath>();
    let is_at = |of: &str| path.is_some_and(|path| path.as_str() == of);
    let (is_status, is_session) = (is_at(ShowStatus::PATH), is_at(BeginSession::PATH));
    // If no route matches, no permission applies; the 404 is sent only to authenticated callers.
    let needs = path.map_or(AUTHENTICATED, |path| {
        api.needs.of(request.method(), path.as_str())
    });
    let shown = Shown::take(request)?;
    if needs.scope == Scope::Open {
        return Ok(Admitted::default());
    }
    let access = match is_status {
        true => api.authentication.access_for_status(&shown).await?,
        false => api.authentication.access(&shown).await?,
    };
    // Before it costs the database anything.
    let weight = Weight::of(request);
    let caller = seated(&access, weight, request)?;
    let charged = api.callers.charge(&caller, access.rate());
    if let Err(refused) = &charged {
        let none = Allowance::none(refused.rate);
        request.extensions_mut().insert(none);
    }
    let allowance = charged?;
    let under_way = api.callers.begin(&caller, weight).await?;
    if let Some(slot) = &under_way.body_slot {
        request.extensions_mut().insert(slot.clone());
    }
    check(&api.engine, &access, needs, request).await?;
    let new_namespace = match needs.scope == Scope::Path && writes(request.method()) {
        true => check_namespace(api, &access, needs.action, request).await?,
        false => None,
    };
    request.extensions_mut().insert(access.clone());
    if weight == Weight::Stream || is_session {
        let credentials = Credentials::new(&api.authentication, shown);
        request.extensions_mut().insert(credentials);
    }
    Ok(Admitted {
        allowance,
        under_way,
        access: Some(access),
        new_namespace,
    })
}

/// Who is taken for the caller, whose connection this is from now on.
fn seated(access: &Access, weight: Weight, request: &Request) -> Result<CallerId, ApiError> {
    let connection = request.extensions().get::<Arc<ConnectionPermit>>();
    let address = connection.map_or(Ipv4Addr::LOCALHOST.into(), |it| it.address());
    let caller = CallerId::known(access).unwrap_or_else(|| CallerId::at(address));
    let Some(connection) = connection else {
        return Ok(caller);
    };
    let is_spare = connection.is_spare();
    match connection.belongs_to(&caller) {
        Err(_) if is_spare => Err(ApiError::Overloaded),
        Ok(()) if is_spare && weight != Weight::Ordinary => Err(ApiError::Overloaded),
        belongs => Ok(belongs.map(|()| caller)?),
    }
}

/// True for what may make a namespace at its first use.
fn writes(method: &Method) -> bool {
    [Method::PUT, Method::POST, Method::PATCH].contains(method)
}

/// Refuses to make a namespace whose name is most likely a mistake for another one; the name, if there is
/// no such namespace yet.
async fn check_namespace(
    api: &Api,
    access: &Access,
    action: Action,
    request: &mut Request,
) -> Result<Option<Name>, ApiError> {
    let path = request.extensions().get::<MatchedPath>();
    let is_explicit = path.is_some_and(|path| path.as_str() == CreateNamespace::PATH);
    let namespace = segment(request, "namespace").await?;
    match namespace.parse::<Name>() {
        Ok(namespace) if !is_explicit => {
            let is_seen = |other: &str| access.may_read(other) || access.allows(action, other);
            let is_new = api
                .namespaces
                .check(&api.store, &namespace, is_seen)
                .await?;
            Ok(is_new.then_some(namespace))
        }
        // The handler says what is wrong with it.
        Ok(_) | Err(_) => Ok(None),
    }
}

async fn check(
    engine: &Engine,
    access: &Access,
    needs: Needs,
    request: &mut Request,
) -> Result<(), ApiError> {
    let Needs { action, scope } = needs;
    if access.permissions().allow_everywhere(action) {
        return Ok(());
    }
    match scope {
        Scope::Open | Scope::Authenticated => Ok(()),
        Scope::AllNamespaces => Err(access.forbidden(action, "all namespaces (`*`)").into()),
        Scope::Body | Scope::AnyNamespace if access.permissions().allow_somewhere(action) => Ok(()),
        Scope::Body | Scope::AnyNamespace => Err(access.forbidden(action, "any namespace").into()),
        Scope::Path => check_path(access, action, request).await,
        Scope::Task => check_task(engine, access, action, request).await,
        Scope::Query => {
            if let Some(uri) = narrowed(access, action, request.uri())? {
                *request.uri_mut() = uri;
            }
            Ok(())
        }
    }
}

async fn check_path(
    access: &Access,
    action: Action,
    request: &mut Request,
) -> Result<(), ApiError> {
    let namespace = segment(request, "namespace").await?;
    Ok(access.require(action, &namespace)?)
}

/// What does not exist is left to the handler, which says so.
async fn check_task(
    engine: &Engine,
    access: &Access,
    action: Action,
    request: &mut Request,
) -> Result<(), ApiError> {
    let Ok(task_id) = segment(request, "id").await?.parse::<TaskId>() else {
        return Ok(());
    };
    match engine.namespace_of_task(task_id).await? {
        Some(namespace) => Ok(access.require(action, &namespace)?),
        None => Ok(()),
    }
}

/// A segment of the path by its name in the route, decoded as the handler will have it.
async fn segment(request: &mut Request, name: &str) -> Result<String, ApiError> {
    let wrong = |message: String| ApiError::parameter("path", message);
    let segments: RawPathParams = request
        .extract_parts()
        .await
        .map_err(|refused| wrong(format!("{refused}")))?;
    let found = segments.iter().find(|(segment, _)| *segment == name);
    let (_, value) = found.ok_or_else(|| wrong(format!("`{name}` is missing")))?;
    Ok(value.to_owned())
}

/// Lists take `namespace` in the query. A caller who may see one namespace only is shown that one,
/// where the query names none.
fn narrowed(access: &Access, action: Action, uri: &Uri) -> Result<Option<Uri>, ApiError> {
    let query: Query<Vec<(String, String)>> = Query::try_from_uri(uri)
        .map_err(|refused| ApiError::parameter("query", refused.body_text()))?;
    let named: Vec<&String> = query
        .iter()
        .filter_map(|(name, value)| (name == "namespace").then_some(value))
        .collect();
    for namespace in &named {
        access.require(action, namespace)?;
    }
    match named.is_empty() {
        true => with_namespace(uri, access.only(action)?).map(Some),
        false => Ok(None),
    }
}

/// A name needs no escaping.
fn with_namespace(uri: &Uri, namespace: &str) -> Result<Uri, ApiError> {
    let rest = uri
        .query()
        .map_or(String::new(), |query| format!("&{query}"));
    let target = format!("{}?namespace={namespace}{rest}", uri.path());
    target
        .parse()
        .map_err(|error| ApiError::parameter("query", format!("{error}")))
}

/// The token of the header's value.
pub(crate) fn bearer(header: &HeaderValue) -> Result<&str, AuthError> {
    let text = header.to_str().map_err(|_| AuthError::Unknown)?;
    let (scheme, token) = text.split_once(' ').ok_or(AuthError::Unknown)?;
    match scheme.eq_ignore_ascii_case("bearer") {
        true => Ok(token.trim()),
        false => Err(AuthError::Unknown),
    }
}
