//! The description of the API: the OpenAPI document, and the page for browsers.

use super::super::Api;
use super::super::openapi::{content_security_policy, page};
use super::super::routes::{Answer, Call, Reply, Routes};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use serde_json::Value;
use tasker_domain::digest::Digest;
use tasker_wire::description::{ShowApiReference, ShowOpenApi};
use tasker_wire::endpoint::{Endpoint, Media};

/// A caller may keep a description, and asks each time whether it is still this one.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// The description as it is served.
pub(crate) struct Description {
    document: Published,
    page: Published,
}

/// Text that is the same for every caller, with its entity tag.
struct Published {
    text: String,
    etag: HeaderValue,
}

pub(crate) fn routes() -> Routes {
    Routes::default().on(document).on(reference)
}

async fn document(api: Api, call: Call<ShowOpenApi>) -> Answer<ShowOpenApi> {
    Ok(api.description.document.reply(&call.headers))
}

async fn reference(api: Api, call: Call<ShowApiReference>) -> Answer<ShowApiReference> {
    let reply = api.description.page.reply(&call.headers);
    Ok(reply.with_value(CONTENT_SECURITY_POLICY, content_security_policy()))
}

impl Description {
    pub fn of(document: &Value) -> Self {
        Self {
            document: Published::new(text(document)),
            page: Published::new(page(document)),
        }
    }
}

/// The document as it is served.
pub(crate) fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

impl Published {
    fn new(text: String) -> Self {
        let etag = format!("\"{}\"", Digest::of(text.as_bytes()).short());
        let etag = HeaderValue::from_str(&etag).expect("hexadecimal digits are visible ASCII");
        Self { text, etag }
    }

    /// The text, or 304 where the caller has it.
    fn reply<E: Endpoint<Answer: Media>>(&'static self, headers: &HeaderMap) -> Reply<E> {
        let known = headers.get_all(IF_NONE_MATCH);
        let own = HeaderMap::from_iter([(ETAG, self.etag.clone()), (CACHE_CONTROL, REVALIDATE)]);
        match known.iter().any(|tag| *tag == self.etag) {
            true => Reply::not_modified(own),
            false => Reply::media(own, self.text.as_str()),
        }
    }
}
