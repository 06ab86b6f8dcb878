//! Conditional requests, as RFC 9110 has them: answers have entity tags, and are not sent to who has them already;
//! changes are made only where nothing was changed meanwhile.

use super::error::ApiError;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tasker_domain::precondition::{EntityTag, Precondition, Tags};
use tasker_wire::headers::{IF_MATCH, IF_NONE_MATCH};

/// The largest answer that gets an entity tag, in bytes: the tag costs a pass over all of it.
const MAX_TAGGED_BYTES: u64 = 4 << 20;

/// The most entity tags of one request.
const MAX_TAGS: usize = 100;

/// Only the caller itself may keep an answer, and asks each time whether it is still the present one. So it does not
/// matter which of its headers an answer depends on, and there is no `Vary`.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// In a request that is executed within the host for another one: nobody sees the tag of its answer.
#[derive(Clone, Copy)]
pub(crate) struct Untagged;

/// In an answer: the tag of what is set, beside what changes by itself.
#[derive(Clone)]
pub(crate) struct SetState(pub EntityTag);

/// What a request says of the answer that its caller has.
pub(crate) struct Conditional {
    /// The answer gets a tag.
    is_tagged: bool,
    is_read: bool,
    known: Option<Tags>,
}

impl Conditional {
    /// Of a request of this path. Tags that cannot be read are none that the caller has.
    pub fn of(request: &Request, path: &str) -> Self {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_within = request.extensions().get::<Untagged>().is_some();
        let is_tagged = path.starts_with("/v1/") && !is_within;
        let known = match is_tagged && is_read {
            true => tags(request.headers(), IF_NONE_MATCH, Comparison::Weak).unwrap_or_default(),
            false => None,
        };
        Self {
            is_tagged,
            is_read,
            known,
        }
    }

    /// The answer with its tag, or 304 where the caller has it. Streams, what is large, and what has a tag already
    /// stay as they are.
    pub async fn answer(self, mut response: Response) -> Result<Response, ApiError> {
        let state = response.extensions_mut().remove::<SetState>();
        if !self.is_tagged || !(self.is_read || state.is_some()) || !may_be_tagged(&response) {
            return Ok(response);
        }
        let (mut parts, body) = response.into_parts();
        let bytes = whole(body).await?;
        let answer = EntityTag::of_bytes(&bytes);
        let tag = state.map_or_else(|| answer.clone(), |SetState(set)| set.with(&answer));
        let quoted = HeaderValue::try_from(format!("\"{tag}\""));
        let quoted = quoted.expect("hex is visible ASCII");
        parts.headers.insert(ETAG, quoted);
        if self.is_read {
            parts.headers.entry(CACHE_CONTROL).or_insert(REVALIDATE);
        }
        if !self.known.is_some_and(|known| known.name(&tag)) {
            return Ok(Response::from_parts(parts, bytes.into()));
        }
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_TYPE);
        parts.headers.remove(CONTENT_LENGTH);
        Ok(Response::from_parts(parts, Body::empty()))
    }
}

/// The bytes of a body that is in memory.
pub(crate) async fn whole(body: Body) -> Result<Bytes, ApiError> {
    let body = body.collect().await;
    let body = body.map_err(|error| ApiError::BodyBroken {
        message: error.to_string(),
    });
    Ok(body?.to_bytes())
}

/// True of a success whose JSON is in memory.
fn may_be_tagged(response: &Response) -> bool {
    let size = response.body().size_hint().exact();
    response.status().is_success()
        && !response.headers().contains_key(ETAG)
        && is_json(response)
        && size.is_some_and(|bytes| bytes <= MAX_TAGGED_BYTES)
}

/// True where the answer is JSON.
pub(crate) fn is_json(response: &Response) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE);
    media_type.is_some_and(|it| it.as_bytes().starts_with(b"application/json"))
}

/// The condition under which a request changes something.
pub(crate) fn precondition(headers: &HeaderMap) -> Result<Precondition, ApiError> {
    Ok(Precondition {
        matches: tags(headers, IF_MATCH, Comparison::Strong)?,
        none_matches: tags(headers, IF_NONE_MATCH, Comparison::Weak)?,
    })
}

/// Refuses a condition on a change that no condition can be on, since it would be made regardless.
pub(crate) fn refuse_unread(
    method: &Method,
    headers: &HeaderMap,
    is_conditional: bool,
) -> Result<(), ApiError> {
    let is_change = !matches!(*method, Method::GET | Method::HEAD);
    if is_change && headers.contains_key(IF_MATCH) && !is_conditional {
        let message = "this request takes no condition; leave it out".to_owned();
        return Err(ApiError::parameter(IF_MATCH, message));
    }
    Ok(())
}

/// How tags are compared.
#[derive(Clone, Copy, PartialEq)]
enum Comparison {
    /// A weak tag is as good as a strong one.
    Weak,
    /// A weak tag is none.
    Strong,
}

/// The tags that a header names; none where it is not there.
fn tags(
    headers: &HeaderMap,
    name: &'static str,
    comparison: Comparison,
) -> Result<Option<Tags>, ApiError> {
    let values = headers.get_all(name);
    if values.iter().next().is_none() {
        return Ok(None);
    }
    let wrong = || {
        let message =
            format!("give `*` or up to {MAX_TAGS} entity tags, such as `\"Xw2o6dJ3c1mB8kQz\"`");
        ApiError::parameter(name, message)
    };
    let (mut listed, mut named) = (Vec::new(), 0);
    for value in values {
        let mut rest = value.to_str().map_err(|_| wrong())?.trim();
        if rest == "*" {
            return Ok(Some(Tags::Any));
        }
        while !rest.is_empty() {
            let (tag, is_weak, after) = first_tag(rest).ok_or_else(wrong)?;
            if !is_weak || comparison == Comparison::Weak {
                listed.push(tag.to_owned());
            }
            named += 1;
            rest = after;
        }
    }
    match (1..=MAX_TAGS).contains(&named) {
        true => Ok(Some(Tags::Of(listed))),
        false => Err(wrong()),
    }
}

/// The first tag of a list without its quotation marks, whether it is weak, and what is behind it.
fn first_tag(list: &str) -> Option<(&str, bool, &str)> {
    let (is_weak, quoted) = match list.strip_prefix("W/") {
        Some(quoted) => (true, quoted),
        None => (false, list),
    };
    let (tag, after) = quoted.strip_prefix('"')?.split_once('"')?;
    let after = after.trim_start();
    match after.strip_prefix(',') {
        Some(after) => Some((tag, is_weak, after.trim_start())),
        None => after.is_empty().then_some((tag, is_weak, after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &'static str, comparison: Comparison) -> Option<Tags> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static(value));
        tags(&headers, IF_NONE_MATCH, comparison).ok().flatten()
    }

    #[test]
    fn lists_of_tags_are_read_as_they_are_written() {
        let of = |tags: &[&str]| {
            let tags = tags.iter().map(|&tag| tag.to_owned());
            Some(Tags::Of(tags.collect()))
        };
        assert_eq!(parsed("\"a\"", Comparison::Weak), of(&["a"]));
        let list = "\"a,b\" , W/\"c\",\"\"";
        assert_eq!(parsed(list, Comparison::Weak), of(&["a,b", "c", ""]));
        assert_eq!(parsed(list, Comparison::Strong), of(&["a,b", ""]));
        assert_eq!(parsed(" * ", Comparison::Strong), Some(Tags::Any));
        for wrong in ["", "a", "\"a", "\"a\" \"b\"", "w/\"a\""] {
            assert_eq!(parsed(wrong, Comparison::Weak), None, "{wrong}");
        }
    }

    #[test]
    fn a_condition_that_nobody_reads_is_refused_and_not_ignored() {
        let headers = HeaderMap::from_iter([(
            axum::http::header::IF_MATCH,
            HeaderValue::from_static("\"a\""),
        )]);
        assert!(refuse_unread(&Method::POST, &headers, false).is_err());
        assert!(refuse_unread(&Method::POST, &headers, true).is_ok());
        assert!(refuse_unread(&Method::GET, &headers, false).is_ok());
    }
}
