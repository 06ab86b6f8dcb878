//! The description of the API: the OpenAPI document, and the page for browsers.

use super::super::Api;
use super::super::openapi::{content_security_policy, document_text, page_text};
use super::super::routes::{Answer, Call, Reply, Routes};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue};
use std::sync::LazyLock;
use tasker_domain::digest::Digest;
use tasker_wire::description::{ShowApiReference, ShowOpenApi};
use tasker_wire::endpoint::{Endpoint, Media};

/// A caller may keep a description, and asks each time whether it is still this one.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Text that is the same for every caller, with its entity tag.
struct Published {
    text: String,
    etag: HeaderValue,
}

static DOCUMENT: LazyLock<Published> = LazyLock::new(|| Published::new(document_text()));
static PAGE: LazyLock<Published> = LazyLock::new(|| Published::new(page_text()));

pub(crate) fn routes() -> Routes {
    Routes::default().on(document).on(page)
}

async fn document(_: Api, call: Call<ShowOpenApi>) -> Answer<ShowOpenApi> {
    Ok(DOCUMENT.reply(&call.headers))
}

async fn page(_: Api, call: Call<ShowApiReference>) -> Answer<ShowApiReference> {
    let reply = PAGE.reply(&call.headers);
    Ok(reply.with_value(CONTENT_SECURITY_POLICY, content_security_policy()))
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
