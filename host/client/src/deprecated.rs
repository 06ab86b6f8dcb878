//! What hosts say of endpoints that are to go.

use reqwest::header::HeaderMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use tasker_wire::endpoint::Endpoint;

/// The endpoints that were warned of: each is once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deprecated(Arc<Mutex<BTreeSet<&'static str>>>);

impl Deprecated {
    /// Warns of an endpoint whose answer has these headers, if they say that it is deprecated. True if it warned.
    pub fn note<E: Endpoint>(&self, headers: &HeaderMap) -> bool {
        if !headers.contains_key("deprecation") {
            return false;
        }
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = warned.insert(E::NAME);
        if is_new {
            let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
            let (sunset, successor) = (text("sunset"), text("link"));
            let endpoint = format!("{} {}", E::METHOD, E::PATH);
            tracing::warn!(endpoint, sunset, successor, "this endpoint is deprecated");
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;
    use tasker_wire::key::ListKeys;
    use tasker_wire::pin::ListPins;

    #[test]
    fn each_deprecated_endpoint_is_warned_of_once() {
        let (deprecated, mut headers) = (Deprecated::default(), HeaderMap::new());
        assert!(!deprecated.note::<ListKeys>(&headers));
        headers.insert("deprecation", HeaderValue::from_static("@1793491200"));
        assert!(deprecated.note::<ListKeys>(&headers));
        assert!(!deprecated.clone().note::<ListKeys>(&headers));
        assert!(deprecated.note::<ListPins>(&headers));
    }
}
