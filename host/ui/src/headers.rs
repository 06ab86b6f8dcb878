//! Answers with files: what browsers may do with the page, what they may keep, and compression.

use super::assets::Asset;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

/// Nothing from elsewhere, nothing within the page itself, and no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// Headers of every answer.
const ALWAYS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
    (VARY, "accept-encoding"),
];

/// How long browsers may keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caching {
    /// For ever: another content has another address.
    Immutable,
    /// They ask each time whether it is still the same.
    Revalidate,
}

/// The file, or 304 where the browser has it.
pub(crate) fn answer(asset: &Asset, caching: Caching, request: &HeaderMap) -> Response {
    let mut response = match has(request, &asset.tag) {
        true => empty(StatusCode::NOT_MODIFIED),
        false => whole(asset, request),
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(match caching {
            Caching::Immutable => "public, max-age=31536000, immutable",
            Caching::Revalidate => "no-cache",
        }),
    );
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        headers.insert(ETAG, tag);
    }
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn whole(asset: &Asset, request: &HeaderMap) -> Response {
    let compressed = match accepts_gzip(request) {
        true => asset.compressed(),
        false => None,
    };
    let is_compressed = compressed.is_some();
    let bytes = compressed.map_or_else(|| asset.bytes.to_vec(), |bytes| bytes.to_vec());
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    if is_compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// True if the browser has the content of this tag. A proxy that compresses makes a tag weak.
fn has(request: &HeaderMap, tag: &str) -> bool {
    let tags = request.get_all(IF_NONE_MATCH).iter();
    let tags = tags.filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

/// True if the request takes gzip, and not with a weight of zero.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_none_or(|it| it != Ok(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn gzip_is_taken_where_it_is_accepted_with_a_weight() {
        for accepted in ["gzip", "br, GZIP", "deflate, gzip;q=0.5"] {
            assert!(
                accepts_gzip(&request(ACCEPT_ENCODING, accepted)),
                "{accepted}"
            );
        }
        for refused in ["", "br", "gzip;q=0", "gzip; q=0.0", "identity"] {
            assert!(
                !accepts_gzip(&request(ACCEPT_ENCODING, refused)),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_tag_is_known_alone_in_a_list_and_weakened() {
        for known in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(has(&request(IF_NONE_MATCH, known), "\"a\""), "{known}");
        }
        assert!(!has(&request(IF_NONE_MATCH, "\"b\""), "\"a\""));
    }
}
