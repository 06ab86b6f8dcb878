//! Reading requests: path, query and body, each refused with what is wrong in it.

use super::body_slot::BodySlot;
use super::bounds::LARGE_BODY_BYTES;
use super::error::ApiError;
use super::min_rate::RateTimeout;
use super::objects::Objects;
use axum::extract::{FromRequestParts as _, Path, Query, Request};
use axum::http::{HeaderMap, header::CONTENT_TYPE, request::Parts};
use http_body::Body as _;
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path as ErrorPath, Segment};
use std::error::Error as _;
use std::marker::PhantomData;
use tasker_domain::byte_order_mark::{strip_mark, without_mark_bytes};
use tasker_wire::endpoint::{Bytes, Json, JsonText, Media, NoBody, Wasm, Yaml, YamlOrJson};
use tasker_wire::problem::FieldError;

/// The most values in a body of JSON: in memory each takes many times its text.
pub const MAX_JSON_VALUES: usize = 1_000_000;

/// The typed segments of the path.
pub async fn path<T: DeserializeOwned + Send>(parts: &mut Parts) -> Result<T, ApiError> {
    let path = Path::from_request_parts(parts, &()).await;
    path.map(|Path(value)| value)
        .map_err(|refused| ApiError::parameter("path", refused.body_text()))
}

/// The typed query; unknown parameters are refused by the types.
pub async fn query<T: DeserializeOwned>(parts: &mut Parts) -> Result<T, ApiError> {
    let query = Query::from_request_parts(parts, &()).await;
    query
        .map(|Query(value)| value)
        .map_err(|refused| ApiError::parameter("query", refused.body_text()))
}

/// How the body of a request is read.
pub trait ReadBody {
    /// What a handler has of it.
    type Value: Send;

    fn read(
        request: Request,
        max_bytes: usize,
    ) -> impl Future<Output = Result<Self::Value, ApiError>> + Send;
}

impl ReadBody for NoBody {
    type Value = ();

    async fn read(_: Request, _: usize) -> Result<(), ApiError> {
        Ok(())
    }
}

impl<T: DeserializeOwned + Send> ReadBody for Json<T> {
    type Value = T;

    async fn read(request: Request, max_bytes: usize) -> Result<T, ApiError> {
        let bytes = read(request, JsonText::TYPES, max_bytes).await?;
        parse_json(&bytes)
    }
}

/// A body that its handler reads when it has looked at the rest of the request.
pub struct Unread<M> {
    request: Request,
    max_bytes: usize,
    media: PhantomData<M>,
}

impl<M: Media> Unread<M> {
    /// Refuses a body of more than `max_bytes`.
    pub fn at_most(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    pub async fn bytes(self) -> Result<axum::body::Bytes, ApiError> {
        read(self.request, M::TYPES, self.max_bytes).await
    }

    /// The body as text, without a byte order mark.
    pub async fn text(self) -> Result<String, ApiError> {
        let bytes = self.bytes().await?;
        let mut text = String::from_utf8(bytes.into()).map_err(|error| ApiError::NotText {
            message: error.to_string(),
        })?;
        strip_mark(&mut text);
        Ok(text)
    }
}

macro_rules! read_by_handlers {
    ($($media:ty),*) => {$(
        impl ReadBody for $media {
            type Value = Unread<$media>;

            async fn read(request: Request, max_bytes: usize) -> Result<Self::Value, ApiError> {
                Ok(Unread { request, max_bytes, media: PhantomData })
            }
        }
    )*};
}

read_by_handlers!(Bytes, Wasm, Yaml, YamlOrJson, JsonText);

/// Reads a body of one of these media types, `max_bytes` at most. A body that may be large waits
/// for a slot.
pub async fn read(
    request: Request,
    types: &[&str],
    max_bytes: usize,
) -> Result<axum::body::Bytes, ApiError> {
    let given = media_type(request.headers());
    if !types.contains(&given.as_str()) {
        return Err(ApiError::MediaType {
            given,
            wanted: types[0].to_owned(),
        });
    }
    let _slot = match large_body(&request, max_bytes) {
        Some(slot) => Some(slot.begin().await?),
        None => None,
    };
    let bytes = axum::body::to_bytes(request.into_body(), max_bytes).await;
    bytes.map_err(|error| unread(&error, max_bytes))
}

/// The slot that this body needs if it may be large; a body without a
/// length may be large.
fn large_body(request: &Request, max_bytes: usize) -> Option<BodySlot> {
    let length = request.body().size_hint().upper().unwrap_or(u64::MAX);
    let is_large = length.min(max_bytes as u64) > LARGE_BODY_BYTES;
    let slot = request.extensions().get::<BodySlot>();
    slot.filter(|_| is_large).cloned()
}

/// Why a body could not be read to its end.
fn unread(error: &axum::Error, max_bytes: usize) -> ApiError {
    let causes = || std::iter::successors(error.source(), |cause| (*cause).source());
    if causes().any(|cause| cause.is::<LengthLimitError>()) {
        ApiError::BodyTooLarge { max_bytes }
    } else if causes().any(|cause| cause.is::<RateTimeout>()) {
        ApiError::BodyTimeout
    } else {
        ApiError::BodyBroken {
            message: error.to_string(),
        }
    }
}

/// True if the body is JSON by its type.
pub fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers) == "application/json"
}

/// The media type without its parameters, in lower case; empty where none is given.
fn media_type(headers: &HeaderMap) -> String {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let essence = given.split(';').next().unwrap_or("");
    essence.trim().to_ascii_lowercase()
}

/// Parses a whole body; an error names the line, the column and the field.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let bytes = without_mark_bytes(bytes);
    if has_more_values(bytes, MAX_JSON_VALUES) {
        return Err(ApiError::InvalidJson(FieldError {
            path: None,
            line: None,
            column: None,
            message: format!("it has more than {MAX_JSON_VALUES} values; send fewer at a time"),
        }));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut json))
        .map_err(|error| invalid_json(pointer(error.path()), error.inner()))?;
    json.end()
        .map_err(|error| invalid_json(String::new(), &error))?;
    Ok(value)
}

/// Counts what begins a value: each but the first follows a bracket, a brace or a comma.
fn has_more_values(json: &[u8], most: usize) -> bool {
    let (mut values, mut is_text, mut is_escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'[' | b'{' | b',' if !is_text => values += 1,
            _ => {}
        }
    }
    values > most
}

fn invalid_json(path: String, error: &serde_json::Error) -> ApiError {
    let at = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    ApiError::InvalidJson(FieldError {
        path: Some(path).filter(|path| !path.is_empty()),
        line: Some(error.line()),
        column: Some(error.column()),
        message: text.strip_suffix(&at).unwrap_or(&text).to_owned(),
    })
}

/// The path as a JSON pointer, such as `/17/input`.
fn pointer(path: &ErrorPath) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only parsed")]
        amount: u32,
    }

    fn error_of(json: &str) -> FieldError {
        match parse_json::<Vec<Order>>(json.as_bytes()) {
            Err(ApiError::InvalidJson(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrong_field_is_named_with_its_place() {
        let error = error_of("[{\"amount\": 1},\n {\"amount\": \"x\"}]");
        assert_eq!(error.path.as_deref(), Some("/1/amount"));
        assert_eq!((error.line, error.column), (Some(2), Some(15)));
        assert_eq!(error.message, "invalid type: string \"x\", expected u32");
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_known_ones() {
        assert!(
            error_of("[{\"amuont\": 1}]")
                .message
                .contains("unknown field `amuont`, expected `amount`")
        );
    }

    #[test]
    fn an_object_cannot_be_written_as_an_array() {
        let error = error_of("[[1]]");
        assert_eq!(error.path.as_deref(), Some("/0"));
        assert!(
            error.message.starts_with("invalid type: sequence"),
            "{error:?}"
        );
    }

    #[test]
    fn values_are_counted_outside_of_texts_only() {
        let json = br#"{"a": [1, "[,\"{,\\", 2], "b": {}}"#;
        assert!(!has_more_values(json, 7));
        assert!(has_more_values(json, 6));
    }

    #[test]
    fn text_after_the_value_is_refused() {
        assert_eq!(error_of("[] []").message, "trailing characters");
    }
}
