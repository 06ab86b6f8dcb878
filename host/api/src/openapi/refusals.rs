//! What requests are refused with.

use super::super::error::status;
use super::super::too_many::{CallerLimit, TooOften};
use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::error_report::ErrorClass;
use tasker_wire::endpoint::{Endpoint, Refusal, Scope};
use tasker_wire::headers::{RATE_LIMIT, RATE_LIMIT_POLICY};

/// Codes by status.
type Codes = BTreeMap<u16, BTreeSet<&'static str>>;

/// What any request may be refused with.
const ANY: &[Refusal] = &[
    Refusal::new(ErrorClass::Malformed, "invalid_parameter"),
    Refusal::new(ErrorClass::Malformed, "unclear_head"),
    Refusal::new(ErrorClass::UnsupportedMedia, "unsupported_content_encoding"),
    Refusal::new(ErrorClass::Internal, "internal"),
    Refusal::new(ErrorClass::Unavailable, "database_unavailable"),
    Refusal::new(ErrorClass::Unavailable, "overloaded"),
];
/// What is refused to a caller that is not known, or that asks for more than its share.
const AUTHENTICATED: &[Refusal] = &[
    Refusal::new(ErrorClass::Unauthenticated, "unauthenticated"),
    Refusal::new(ErrorClass::TooMany, TooOften::CODE),
    Refusal::new(ErrorClass::TooMany, CallerLimit::Requests.code()),
    Refusal::new(ErrorClass::TooMany, CallerLimit::Connections.code()),
    Refusal::new(ErrorClass::Unavailable, "not_ready"),
];
/// What the cookie of a browser is not enough for, where a page of another site may have sent it.
const WITH_EFFECT: &[Refusal] = &[Refusal::new(ErrorClass::Forbidden, "other_site")];
const PERMITTED: &[Refusal] = &[Refusal::new(ErrorClass::Forbidden, "forbidden")];
/// What a request with a body may be refused with.
const WITH_BODY: &[Refusal] = &[
    Refusal::new(ErrorClass::Malformed, "invalid_body"),
    Refusal::new(ErrorClass::Malformed, "incomplete_body"),
    Refusal::new(ErrorClass::RequestTimeout, "body_timeout"),
    Refusal::new(ErrorClass::TooLarge, "body_too_large"),
    Refusal::new(ErrorClass::UnsupportedMedia, "unsupported_media_type"),
    Refusal::new(ErrorClass::TooMany, CallerLimit::LargeBodies.code()),
];
/// What has changed meanwhile is not changed.
const CONDITIONAL: &[Refusal] = &[Refusal::new(
    ErrorClass::PreconditionFailed,
    "precondition_failed",
)];
/// A namespace that is most likely misspelt is not made.
const NEW_NAMESPACE: &[Refusal] = &[Refusal::new(ErrorClass::NotFound, "unknown_namespace")];

/// What an endpoint may be refused with.
fn codes<E: Endpoint>(has_body: bool) -> Codes {
    let scope = E::NEEDS.scope;
    let has_effect = ![Method::GET, Method::HEAD].contains(&E::METHOD);
    let may_make_namespace = scope == Scope::Path && has_effect && E::METHOD != Method::DELETE;
    let is_permitted = !matches!(scope, Scope::Open | Scope::Authenticated);
    let parts = [
        (true, ANY),
        (scope != Scope::Open, AUTHENTICATED),
        (has_effect, WITH_EFFECT),
        (is_permitted, PERMITTED),
        (has_body, WITH_BODY),
        (E::IS_CONDITIONAL, CONDITIONAL),
        (may_make_namespace, NEW_NAMESPACE),
        (true, E::REFUSALS),
    ];
    let mut codes = Codes::new();
    for Refusal { class, code } in parts.iter().filter(|(is, _)| *is).flat_map(|(_, it)| *it) {
        codes
            .entry(status(*class).as_u16())
            .or_default()
            .insert(code);
    }
    codes
}

/// The answers of an endpoint that are problems, by status.
pub fn responses<E: Endpoint>(has_body: bool) -> Map<String, Value> {
    let shared = shared();
    let responses = codes::<E>(has_body).into_iter().map(|(status, codes)| {
        let name = shared
            .iter()
            .find(|(_, shared)| **shared == (status, codes.clone()));
        let response = match name {
            Some((name, _)) => json!({"$ref": format!("#/components/responses/{name}")}),
            None => response(status, &codes),
        };
        (status.to_string(), response)
    });
    responses.collect()
}

/// Answers that many endpoints have.
pub fn shared_responses() -> Map<String, Value> {
    let shared = shared().into_iter();
    let responses =
        shared.map(|(name, (status, codes))| (name.to_owned(), response(status, &codes)));
    responses.collect()
}

fn shared() -> BTreeMap<&'static str, (u16, BTreeSet<&'static str>)> {
    let shared = SHARED.iter().map(|(name, status, codes)| {
        let codes = codes.iter().copied().collect();
        (*name, (status.as_u16(), codes))
    });
    shared.collect()
}

/// Codes of callers that ask for more than their share.
const TOO_MANY: [&str; 4] = [
    TooOften::CODE,
    CallerLimit::Requests.code(),
    CallerLimit::Connections.code(),
    CallerLimit::LargeBodies.code(),
];

/// Answers by name, each with its status and codes.
const SHARED: &[(&str, StatusCode, &[&str])] = &[
    (
        "BadRequest",
        StatusCode::BAD_REQUEST,
        &["invalid_parameter", "unclear_head"],
    ),
    (
        "BadRequestOrBody",
        StatusCode::BAD_REQUEST,
        &[
            "invalid_parameter",
            "unclear_head",
            "invalid_body",
            "incomplete_body",
        ],
    ),
    (
        "Unauthorized",
        StatusCode::UNAUTHORIZED,
        &["unauthenticated"],
    ),
    ("Forbidden", StatusCode::FORBIDDEN, &["forbidden"]),
    (
        "ForbiddenOrOtherSite",
        StatusCode::FORBIDDEN,
        &["forbidden", "other_site"],
    ),
    (
        "UnknownNamespace",
        StatusCode::NOT_FOUND,
        &["unknown_namespace"],
    ),
    (
        "RequestTimeout",
        StatusCode::REQUEST_TIMEOUT,
        &["body_timeout"],
    ),
    (
        "PreconditionFailed",
        StatusCode::PRECONDITION_FAILED,
        &["precondition_failed"],
    ),
    (
        "PayloadTooLarge",
        StatusCode::PAYLOAD_TOO_LARGE,
        &["body_too_large"],
    ),
    (
        "UnsupportedEncoding",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        &["unsupported_content_encoding"],
    ),
    (
        "UnsupportedMediaType",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        &["unsupported_content_encoding", "unsupported_media_type"],
    ),
    (
        "TooManyRequests",
        StatusCode::TOO_MANY_REQUESTS,
        &[TOO_MANY[0], TOO_MANY[1], TOO_MANY[2]],
    ),
    (
        "TooManyRequestsOrBodies",
        StatusCode::TOO_MANY_REQUESTS,
        &TOO_MANY,
    ),
    (
        "InternalError",
        StatusCode::INTERNAL_SERVER_ERROR,
        &["internal"],
    ),
    (
        "Unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        &["database_unavailable", "not_ready", "overloaded"],
    ),
];

fn response(status: u16, codes: &BTreeSet<&'static str>) -> Value {
    let title = StatusCode::from_u16(status)
        .ok()
        .and_then(|it| it.canonical_reason());
    let listed: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut headers = json!({
        "x-correlation-id": {"$ref": "#/components/headers/x-correlation-id"},
    });
    if matches!(status, 429 | 503) {
        headers["retry-after"] = json!({"$ref": "#/components/headers/retry-after"});
    }
    if status == 429 {
        for name in [RATE_LIMIT_POLICY, RATE_LIMIT] {
            headers[name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
    }
    json!({
        "description": format!("{}: {}", title.unwrap_or("Refused"), listed.join(", ")),
        "headers": headers,
        "content": {"application/problem+json": {"schema": {
            "allOf": [{"$ref": "#/components/schemas/Problem"}],
            "properties": {"status": {"const": status}, "code": {"enum": codes}},
        }}},
    })
}
