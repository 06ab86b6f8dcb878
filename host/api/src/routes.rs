//! From declared endpoints and their handlers to axum's router and the table of what each needs.

use super::Api;
use super::access::Access;
use super::answering::Answering;
use super::auth::Credentials;
use super::auth::sign_in::SignInCookie;
use super::conditional::{self, SetState};
use super::correlation::CorrelationId;
use super::error::ApiError;
use super::openapi::Composer;
use super::page::{PageLimit, cursor};
use super::replica::Erased;
use super::request::{ReadBody, path, query};
use super::totals::Counted;
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use semver::Version;
use serde::Serialize;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;
use tasker_domain::actor::Actor;
use tasker_domain::order::{Direction, Seek};
use tasker_domain::permission::Action;
use tasker_domain::precondition::{EntityTag, Precondition};
use tasker_domain::requirement::QualifiedName;
use tasker_registry::version::parse_version;
use tasker_wire::endpoint::{
    Endpoint, Media, NamedPath, Needs, NoContent, Redirect, Scope, VersionPath,
};
use tasker_wire::page::{Count, Paged, Total};

/// What a route needs that was not declared.
const UNDECLARED: Needs = Needs {
    action: Action::Admin,
    scope: Scope::AllNamespaces,
};

/// The routes of the API: each endpoint with its handler.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Api>,
    needs: NeedsOfRoutes,
    /// One for each route, so that none is without a description.
    descriptions: Vec<fn(&mut Composer)>,
}

/// What each route needs of its caller.
#[derive(Clone, Debug, Default)]
pub(crate) struct NeedsOfRoutes(HashMap<&'static str, Vec<(Method, Needs)>>);

/// A request as its endpoint declares it.
pub(crate) struct Call<E: Endpoint>
where
    E::Body: ReadBody,
{
    /// The variable segments of the path.
    pub path: E,
    pub query: E::Query,
    pub body: <E::Body as ReadBody>::Value,
    pub access: Access,
    pub headers: HeaderMap,
    pub correlation: CorrelationId,
    /// What the caller showed, to be checked again while a stream lasts.
    pub credentials: Option<Credentials>,
    /// The cookie of a sign-in at an identity provider.
    pub sign_in: Option<SignInCookie>,
    /// How the items of a list are to be counted, if they are.
    pub count: Option<Count>,
    /// Which way a list goes.
    direction: Direction,
}

/// What a handler returns.
pub(crate) type Answer<E> = Result<Reply<E>, ApiError>;

/// A success, as its endpoint declares it.
pub(crate) struct Reply<E>(Response, PhantomData<E>);

impl Routes {
    /// Has `handler` answer an endpoint.
    ///
    /// # Panics
    ///
    /// When the endpoint has a handler.
    pub fn on<E, F, R>(mut self, handler: F) -> Self
    where
        E: Endpoint,
        E::Body: ReadBody,
        F: Fn(Api, Call<E>) -> R + Clone + Send + Sync + 'static,
        R: Future<Output = Answer<E>> + Send + 'static,
    {
        let answer: Erased = Arc::new(move |api, request| {
            let handler = handler.clone();
            Box::pin(async move {
                let call = Call::<E>::read(request).await?;
                handler(api, call).await.map(|reply| reply.0)
            })
        });
        self.needs.declare(E::METHOD, E::PATH, E::NEEDS);
        self.descriptions.push(Composer::add::<E>);
        let answering = Answering::new::<E>(answer, may_lag::<E>);
        self.router = routed(self.router, E::METHOD, answering);
        self
    }

    /// Adds the routes of a resource.
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        for (method, path, needs) in other.needs.all() {
            self.needs.declare(method.clone(), path, needs);
        }
        self.descriptions.extend(other.descriptions);
        self
    }

    /// The descriptions of all routes.
    pub fn describe(self) -> Composer {
        let mut composer = Composer::default();
        for describe in self.descriptions {
            describe(&mut composer);
        }
        composer
    }

    pub fn into_parts(self) -> (Router<Api>, NeedsOfRoutes) {
        (self.router, self.needs)
    }
}

fn routed(router: Router<Api>, method: Method, answering: Answering) -> Router<Api> {
    let filter = MethodFilter::try_from(method).expect("axum routes every usual method");
    let (path, answering) = (answering.path(), Arc::new(answering));
    let answer =
        async move |State(api): State<Api>, request: Request| answering.respond(api, request).await;
    router.route(path, on(filter, answer))
}

/// Whether a read replica may answer; a query that cannot be read is left to the handler.
fn may_lag<E: Endpoint>(uri: &Uri) -> bool {
    let query = Query::<E::Query>::try_from_uri(uri);
    query.is_ok_and(|Query(query)| E::may_lag(&query))
}

impl NeedsOfRoutes {
    /// # Panics
    ///
    /// When the route has been declared.
    pub(crate) fn declare(&mut self, method: Method, path: &'static str, needs: Needs) {
        let declared = self.0.entry(path).or_default();
        let is_new = declared.iter().all(|(other, _)| *other != method);
        assert!(is_new, "{method} {path} is declared twice");
        declared.push((method, needs));
    }

    /// What a request needs: `admin` in all namespaces where its route is not declared. HEAD needs what
    /// GET does. A method that a route for everyone does not have is refused to everyone as such.
    pub fn of(&self, method: &Method, path: &str) -> Needs {
        let method = match *method {
            Method::HEAD => &Method::GET,
            _ => method,
        };
        let declared = self.0.get(path).map_or(&[][..], Vec::as_slice);
        let its_own = declared.iter().find(|(declared, _)| declared == method);
        let is_open = |(_, needs): &&(Method, Needs)| needs.scope == Scope::Open;
        let needs = its_own.or_else(|| declared.iter().find(is_open));
        needs.map_or(UNDECLARED, |(_, needs)| *needs)
    }

    /// Method, path and what they need.
    pub fn all(&self) -> impl Iterator<Item = (&Method, &'static str, Needs)> {
        self.0.iter().flat_map(|(path, declared)| {
            let declared = declared.iter();
            declared.map(|(method, needs)| (method, *path, *needs))
        })
    }
}

impl<E: Endpoint> Call<E>
where
    E::Body: ReadBody,
{
    async fn read(request: Request) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let extensions = &parts.extensions;
        let access = extensions.get().cloned().unwrap_or_else(Access::of_nobody);
        let correlation = extensions.get().cloned();
        let correlation = correlation.unwrap_or_else(|| CorrelationId::of(&parts.headers));
        let headers = parts.headers.clone();
        conditional::refuse_unread(&parts.method, &headers, E::IS_CONDITIONAL)?;
        let credentials = parts.extensions.get().cloned();
        let sign_in = parts.extensions.get().cloned();
        let count = parts.extensions.get().copied();
        let direction = parts.extensions.get().copied();
        let usual = E::ORDER.map(|order| order.default);
        let (path, query) = (path(&mut parts).await?, query(&mut parts).await?);
        let request = Request::from_parts(parts, body);
        Ok(Self {
            path,
            query,
            body: E::Body::read(request, E::MAX_BODY_BYTES).await?,
            access,
            headers,
            correlation,
            credentials,
            sign_in,
            count,
            direction: direction.or(usual).unwrap_or_default(),
        })
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        self.access.actor()
    }

    /// Under which condition something is changed. Only of endpoints that are declared with the headers of one.
    pub fn precondition(&self) -> Result<Precondition, ApiError> {
        const {
            assert!(
                E::IS_CONDITIONAL,
                "the endpoint is declared with `checks if_match`"
            );
        };
        conditional::precondition(&self.headers)
    }

    /// How many items of a list are asked for, which way and after which cursor.
    pub fn page<C: FromStr>(&mut self) -> Result<(PageLimit, Seek<C>), ApiError>
    where
        E::Query: Paged,
    {
        const { assert!(E::ORDER.is_some(), "the endpoint is declared with `orders`") };
        let limit = PageLimit::parse(*self.query.limit())?;
        let seek = Seek {
            after: cursor(self.query.after().as_deref())?,
            ..Seek::first(self.direction, limit.rows())
        };
        Ok((limit, seek))
    }

    /// How many items a list has, where that is asked for: then they are counted as this says.
    pub async fn total<C, R>(
        &self,
        counted: impl Future<Output = Result<C, R>>,
    ) -> Result<Option<Total>, ApiError>
    where
        C: Counted,
        ApiError: From<R>,
    {
        const { assert!(E::COUNTS, "the endpoint is declared with `counts items`") };
        match self.count {
            Some(_) => Ok(Some(counted.await?.total())),
            None => Ok(None),
        }
    }

    /// The number of items of a list that is known anyway, where it is asked for.
    pub fn known_total(&self, items: usize) -> Option<Total> {
        const { assert!(E::COUNTS, "the endpoint is declared with `counts items`") };
        self.count.map(|_| Total {
            count: items as u64,
            is_exact: true,
        })
    }

    /// What the path names.
    pub fn target(&self) -> QualifiedName
    where
        E: NamedPath,
    {
        self.path.qualified()
    }

    /// The version that the path names, and of what.
    pub fn version(&self) -> Result<(QualifiedName, Version), ApiError>
    where
        E: VersionPath,
    {
        Ok((self.target(), parse_version(self.path.version())?))
    }
}

impl<E: Endpoint> Reply<E> {
    fn new(response: impl IntoResponse) -> Self {
        Self(response.into_response(), PhantomData)
    }

    /// 200 with a value.
    pub fn ok(value: E::Answer) -> Self
    where
        E::Answer: Serialize,
    {
        Self::new(axum::Json(value))
    }

    /// 201 where the request made something, and 200 where it was there, with a value. Only of endpoints that
    /// are declared so.
    pub fn made(is_new: bool, value: E::Answer) -> Self
    where
        E::Answer: Serialize,
    {
        const { assert!(E::MAKES, "the endpoint is declared with `makes`") };
        let status = match is_new {
            true => StatusCode::CREATED,
            false => StatusCode::OK,
        };
        Self::new((status, axum::Json(value)))
    }

    /// The same with the tag of what is set, which the answer's entity tag begins with.
    pub fn with_state(mut self, tag: EntityTag) -> Self {
        self.0.extensions_mut().insert(SetState(tag));
        self
    }

    /// The same with another header.
    pub fn with_header(self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => self.with_value(HeaderName::from_static(name), value),
            Err(_) => self,
        }
    }

    /// The same with another header.
    pub fn with_value(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers_mut().insert(name, value);
        self
    }

    /// 304, with headers that say of what.
    pub fn not_modified(headers: HeaderMap) -> Self {
        Self::new((StatusCode::NOT_MODIFIED, headers))
    }

    /// A body of the endpoint's media type, with headers that may name another one.
    pub fn media(headers: HeaderMap, body: impl Into<Body>) -> Self
    where
        E::Answer: Media,
    {
        let mut response = Response::new(body.into());
        let usual = HeaderValue::from_static(E::Answer::TYPES[0]);
        response.headers_mut().insert(CONTENT_TYPE, usual);
        response.headers_mut().extend(headers);
        Self::new(response)
    }
}

impl<E: Endpoint<Answer = Redirect>> Reply<E> {
    /// 303 to another address, with cookies. Nobody keeps it, and the other address is told nothing of this one.
    pub fn redirect(location: &str, cookies: impl IntoIterator<Item = String>) -> Self {
        let mut reply = Self::new(StatusCode::SEE_OTHER)
            .with_header(LOCATION.as_str(), location)
            .with_header(CACHE_CONTROL.as_str(), "no-store")
            .with_header(REFERRER_POLICY.as_str(), "no-referrer");
        let values = cookies.into_iter().map(HeaderValue::try_from);
        let headers = reply.0.headers_mut();
        for cookie in values.filter_map(Result::ok) {
            headers.append(SET_COOKIE, cookie);
        }
        reply
    }
}

impl<E: Endpoint<Answer = NoContent>> Reply<E> {
    /// 204.
    pub fn done() -> Self {
        Self::new(StatusCode::NO_CONTENT)
    }
}
