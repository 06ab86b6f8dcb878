//! The requests of the API, each declared once: the host's router and its permissions, and the calls of
//! clients, come from the same declaration.

use crate::deprecation::Deprecation;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use tasker_domain::error_report::ErrorClass;
use tasker_domain::order::Order;
use tasker_domain::permission::Action;
use tasker_domain::requirement::QualifiedName;

#[cfg(feature = "openapi")]
pub use crate::content::Content;
/// Has a JSON Schema, where the API is described.
#[cfg(feature = "openapi")]
pub use schemars::JsonSchema as Described;

/// Has a JSON Schema, where the API is described.
#[cfg(not(feature = "openapi"))]
pub trait Described {}
#[cfg(not(feature = "openapi"))]
impl<T: ?Sized> Described for T {}

/// What is in a body, where the API is described.
#[cfg(not(feature = "openapi"))]
pub trait Content {}
#[cfg(not(feature = "openapi"))]
impl<T: ?Sized> Content for T {}

/// One request of the API. The type itself holds the variable segments of the path.
pub trait Endpoint: Serialize + DeserializeOwned + Described + Send + 'static {
    /// The name of its declaration, such as `ListKeys`.
    const NAME: &'static str;
    /// The module of its declaration, such as `tasker_wire::key`.
    const MODULE: &'static str;
    /// What it does, in a paragraph; behind an empty line what else its callers have to know.
    const DOC: &'static str;
    const METHOD: Method;
    /// With variable segments in braces, such as `/v1/keys/{name}`; each is a member of the type.
    const PATH: &'static str;
    const NEEDS: Needs;
    /// The largest body, in bytes.
    const MAX_BODY_BYTES: usize;
    /// The headers that it reads, beside those that every request may have; see [`crate::headers`].
    const HEADERS: &'static [&'static str];
    /// A success may have made something, which is answered with 201.
    const MAKES: bool;
    /// To send it once more changes nothing more.
    const IS_IDEMPOTENT: bool;
    /// A list whose items are counted where a request asks for that by `count`; see [`crate::page::Count`].
    const COUNTS: bool = false;
    /// A list that goes the other way where a request asks for that by `order`.
    const ORDER: Option<Order> = None;
    /// The change is made only where `if-match` and `if-none-match` allow it.
    const IS_CONDITIONAL: bool = false;
    /// It is to go.
    const DEPRECATION: Option<Deprecation> = None;
    /// What it is refused with, beside what any such request may be.
    const REFUSALS: &'static [Refusal];
    /// A read replica may answer some of these requests.
    const MAY_LAG: bool;
    /// The query string; [`NoQuery`] if there is none.
    type Query: Serialize + DeserializeOwned + Described + Send;
    /// What is sent: [`NoBody`], [`Json`], or some [`Media`].
    type Body: Content;
    /// What a success returns: a type that is sent as JSON, [`NoContent`], or some [`Media`].
    type Answer: Content;

    /// True if the answer may be a little old, so that a read replica may give it. Only of requests without a
    /// body.
    fn may_lag(_: &Self::Query) -> bool {
        false
    }
}

/// Of an endpoint that a read replica may always answer.
pub fn always<Q>(_: &Q) -> bool {
    true
}

/// An endpoint whose path names something of a namespace, such as a component.
pub trait NamedPath {
    fn qualified(&self) -> QualifiedName;
}

/// An endpoint whose path names a version of something of a namespace.
pub trait VersionPath: NamedPath {
    /// The version as it is written there.
    fn version(&self) -> &str;
}

/// What a request may be refused with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub class: ErrorClass,
    /// As the problem has it.
    pub code: &'static str,
}

impl Refusal {
    pub const fn new(class: ErrorClass, code: &'static str) -> Self {
        Self { class, code }
    }
}

/// The action that a request needs, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    pub action: Action,
    pub scope: Scope,
}

/// The namespace in which the caller of a request needs the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// No authentication is required.
    Open,
    /// Every authenticated caller may ask.
    Authenticated,
    /// The one in the path, as `{namespace}`.
    Path,
    /// That of the task `{id}` in the path.
    Task,
    /// The one in the query, as `namespace`; without it, all that the caller may see.
    Query,
    /// The one in the body; the handler checks it.
    Body,
    /// Any namespace: the resource belongs to none.
    AnyNamespace,
    /// All of them, so that only `*` is enough.
    AllNamespaces,
}

/// The largest JSON body of a request that does not say otherwise, in bytes.
pub const SMALL_BODY_BYTES: usize = 64 << 10;

/// Nothing of the query is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NoQuery {}

/// The request has no body.
#[derive(Clone, Copy, Debug)]
pub enum NoBody {}

/// The answer has no body.
#[derive(Clone, Copy, Debug)]
pub enum NoContent {}

/// The answer sends a browser elsewhere.
#[derive(Clone, Copy, Debug)]
pub enum Redirect {}

/// A body that is a value as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(PhantomData<T>);

/// A body that is not the JSON of one type.
pub trait Media {
    /// The media types that are taken, the usual one first.
    const TYPES: &'static [&'static str];
}

/// The bytes of a component.
#[derive(Clone, Copy, Debug)]
pub enum Wasm {}

impl Media for Wasm {
    const TYPES: &'static [&'static str] = &["application/wasm"];
}

/// The text of a template.
#[derive(Clone, Copy, Debug)]
pub enum Yaml {}

impl Media for Yaml {
    const TYPES: &'static [&'static str] = &["application/yaml", "application/x-yaml", "text/yaml"];
}

/// The text of a template, or a value as JSON that holds it.
#[derive(Clone, Copy, Debug)]
pub enum YamlOrJson {}

impl Media for YamlOrJson {
    const TYPES: &'static [&'static str] = &[
        "application/yaml",
        "application/x-yaml",
        "text/yaml",
        "application/json",
    ];
}

/// JSON text of any kind, as it was stored.
#[derive(Clone, Copy, Debug)]
pub enum JsonText {}

impl Media for JsonText {
    const TYPES: &'static [&'static str] = &["application/json"];
}

/// Bytes that are passed on unread.
#[derive(Clone, Copy, Debug)]
pub enum Bytes {}

impl Media for Bytes {
    const TYPES: &'static [&'static str] = &["application/octet-stream", "text/plain"];
}

/// Server-sent events, without an end.
#[derive(Clone, Copy, Debug)]
pub enum EventStream {}

impl Media for EventStream {
    const TYPES: &'static [&'static str] = &["text/event-stream"];
}

/// Plain text, such as a graph.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

impl Media for Text {
    const TYPES: &'static [&'static str] = &["text/plain; charset=utf-8"];
}

/// A graph as text of the type that its language has: for Mermaid or Graphviz.
#[derive(Clone, Copy, Debug)]
pub enum Graph {}

impl Media for Graph {
    const TYPES: &'static [&'static str] = &[
        "text/vnd.mermaid; charset=utf-8",
        "text/vnd.graphviz; charset=utf-8",
    ];
}

/// Declares an endpoint: what it does, method, path, name and variable segments, then what it needs of its
/// caller, and, where there is one, its query, body and answer. `makes` is an answer that is sent with 201 where
/// the request made something. `counts items` is of a list with totals, `orders` of one that goes by a member of its items, in this direction
/// unless a request asks for the other, `checks if_match` of a change that may have a condition. What else it is refused with is listed by class and code, in the order of statuses.
macro_rules! endpoint {
    (
        $(#[doc = $doc:literal])+
        $method:ident $path:literal $name:ident { $($segment:ident : $type:ty),* $(,)? }
        needs $action:ident in $scope:ident;
        $(may lag if $may_lag:path;)?
        $(query $query:ty;)?
        $(counts $items:ident;)?
        $(orders $direction:ident by $key:literal;)?
        $(headers $($header:ident),+;)?
        $(body $body:ty;)?
        $(at most $bytes:expr;)?
        $(answers $answer:ty;)?
        $(makes $made:ty;)?
        $(is $idempotent:ident;)?
        $(checks $if_match:ident;)?
        $(refuses $($class:ident $code:literal),+;)?
        $(deprecated since $since:literal sunset $sunset:literal use $successor:literal;)?
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
        pub struct $name { $(pub $segment: $type),* }

        impl $name {
            /// The endpoint at the path with these segments.
            pub fn at($($segment: $type),*) -> Self {
                Self { $($segment),* }
            }
        }

        impl $crate::endpoint::Endpoint for $name {
            const NAME: &'static str = stringify!($name);
            const MODULE: &'static str = module_path!();
            const DOC: &'static str = concat!($($doc, "\n"),+);
            const METHOD: http::Method = http::Method::$method;
            const PATH: &'static str = $path;
            const NEEDS: $crate::endpoint::Needs = $crate::endpoint::Needs {
                action: tasker_domain::permission::Action::$action,
                scope: $crate::endpoint::Scope::$scope,
            };
            const MAX_BODY_BYTES: usize =
                $crate::endpoint::or!($crate::endpoint::SMALL_BODY_BYTES $(, $bytes)?);
            const HEADERS: &'static [&'static str] = &[$($($crate::headers::$header),+)?];
            const MAKES: bool = false $(|| $crate::endpoint::is_there!($made))?;
            const IS_IDEMPOTENT: bool = $crate::endpoint::is_idempotent!($method $($idempotent)?);
            const COUNTS: bool = false $(|| $crate::endpoint::is_there!($items))?;
            const ORDER: Option<tasker_domain::order::Order> =
                $crate::endpoint::or!(None $(, Some(tasker_domain::order::Order {
                    key: $key,
                    default: tasker_domain::order::Direction::$direction,
                }))?);
            const IS_CONDITIONAL: bool = false $(|| $crate::endpoint::is_there!($if_match))?;
            const DEPRECATION: Option<$crate::deprecation::Deprecation> =
                $crate::endpoint::or!(None $(, Some($crate::deprecation::Deprecation {
                    since: $since,
                    sunset: $sunset,
                    successor: $successor,
                }))?);
            const REFUSALS: &'static [$crate::endpoint::Refusal] = &[
                $($($crate::endpoint::Refusal::new(
                    tasker_domain::error_report::ErrorClass::$class,
                    $code,
                )),+)?
            ];
            const MAY_LAG: bool = false $(|| $crate::endpoint::is_there!($may_lag))?;
            type Query = $crate::endpoint::or_type!($crate::endpoint::NoQuery $(, $query)?);
            type Body = $crate::endpoint::or_type!($crate::endpoint::NoBody $(, $body)?);
            type Answer = $crate::endpoint::or_type!(
                $crate::endpoint::NoContent $(, $answer)? $(, $made)?
            );

            $(
                fn may_lag(query: &Self::Query) -> bool {
                    $may_lag(query)
                }
            )?
        }

        $crate::endpoint::named!($name: $($segment)*);
    };
}

/// Implements [`NamedPath`] and [`VersionPath`] where the segments of the path are these.
macro_rules! named {
    ($endpoint:ident: namespace name) => {
        impl $crate::endpoint::NamedPath for $endpoint {
            fn qualified(&self) -> tasker_domain::requirement::QualifiedName {
                tasker_domain::requirement::QualifiedName {
                    namespace: self.namespace.clone(),
                    name: self.name.clone(),
                }
            }
        }
    };
    ($endpoint:ident: namespace name version) => {
        $crate::endpoint::named!($endpoint: namespace name);

        impl $crate::endpoint::VersionPath for $endpoint {
            fn version(&self) -> &str {
                &self.version
            }
        }
    };
    ($endpoint:ident: $($segment:ident)*) => {};
}

/// The second of two values, where there is one.
macro_rules! or {
    ($default:expr) => {
        $default
    };
    ($default:expr, $given:expr) => {
        $given
    };
}

/// The second of two types, where there is one.
macro_rules! or_type {
    ($default:ty) => {
        $default
    };
    ($default:ty, $given:ty) => {
        $given
    };
}

/// True: a part of the declaration is there.
macro_rules! is_there {
    ($($part:tt)+) => {
        true
    };
}

/// Whether to repeat a request changes nothing more: by its method, or as declared.
macro_rules! is_idempotent {
    ($method:ident idempotent) => {
        true
    };
    (POST) => {
        false
    };
    (PATCH) => {
        false
    };
    ($method:ident) => {
        true
    };
}

pub(crate) use {endpoint, is_idempotent, is_there, named, or, or_type};
