//! Requests as they cross HTTP, and queries that are known by their digest.

use crate::json::to_graphql;
use crate::limits::MAX_QUERY_BYTES;
use crate::problem::Problem;
use async_graphql::{Name, Value, Variables};
use data_encoding::HEXLOWER_PERMISSIVE;
use lru::LruCache;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// Queries that a host remembers by their digest, for all callers.
const PERSISTED: NonZeroUsize = NonZeroUsize::new(1_000).expect("it is not zero");

/// A request of GraphQL over HTTP.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphqlRequest {
    /// Empty if only its digest is sent.
    pub query: String,
    pub operation: Option<String>,
    pub variables: Map<String, Json>,
    pub extensions: Map<String, Json>,
}

impl GraphqlRequest {
    /// From the members of a body, or the parameters of a query string that were parsed as JSON.
    pub fn parse(json: Json) -> Result<Self, Problem> {
        let Json::Object(mut members) = json else {
            return Err(malformed(
                "the request is no object with `query`; send one at a time",
            ));
        };
        let text = |name: &str, value: Option<Json>| match value {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(malformed(&format!("`{name}` is no text"))),
        };
        let object = |name: &str, value: Option<Json>| match value {
            None | Some(Json::Null) => Ok(Map::new()),
            Some(Json::Object(members)) => Ok(members),
            Some(_) => Err(malformed(&format!("`{name}` is no object"))),
        };
        let query = text("query", members.remove("query"))?.unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            let detail = format!("the query has more than {MAX_QUERY_BYTES} bytes");
            return Err(Problem::new(413, "query_too_large", &detail));
        }
        Ok(Self {
            query,
            operation: text("operationName", members.remove("operationName"))?,
            variables: object("variables", members.remove("variables"))?,
            extensions: object("extensions", members.remove("extensions"))?,
        })
    }

    /// The variables as GraphQL has them.
    pub fn variables(&self) -> Variables {
        let variables = self.variables.iter();
        let variables = variables.map(|(name, value)| (Name::new(name), to_graphql(value)));
        Variables::from_value(Value::Object(variables.collect()))
    }
}

/// The refusal of a request that has not the form of one.
pub fn malformed(detail: &str) -> Problem {
    Problem::new(400, "invalid_request", detail)
}

/// Queries by their digest; clones share them.
#[derive(Clone)]
pub struct Persisted(Arc<Mutex<LruCache<Vec<u8>, Arc<str>>>>);

impl Default for Persisted {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(PERSISTED))))
    }
}

impl Persisted {
    /// The query of a request: its text, or the one that was sent with the digest before.
    pub fn query(&self, request: &GraphqlRequest) -> Result<Arc<str>, Problem> {
        let Some(persisted) = request.extensions.get("persistedQuery") else {
            return Ok(request.query.as_str().into());
        };
        if persisted["version"] != 1 {
            return Err(malformed("`persistedQuery` has to have the version 1"));
        }
        let digest = persisted["sha256Hash"].as_str().unwrap_or_default();
        let digest = HEXLOWER_PERMISSIVE.decode(digest.as_bytes());
        let digest =
            digest.map_err(|_| malformed("`sha256Hash` is no sha256 in hexadecimal digits"))?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if request.query.is_empty() {
            let found = known.get(&digest).cloned();
            return found.ok_or_else(|| {
                Problem::new(404, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
            });
        }
        if Sha256::digest(&request.query)[..] != digest {
            return Err(malformed("`sha256Hash` is not the sha256 of the query"));
        }
        let query: Arc<str> = request.query.as_str().into();
        known.put(digest, query.clone());
        Ok(query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;
    use serde_json::json;

    fn persisted(query: &str, of: &str) -> GraphqlRequest {
        let digest = HEXLOWER.encode(&Sha256::digest(of));
        GraphqlRequest::parse(json!({
            "query": query,
            "extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}},
        }))
        .unwrap()
    }

    #[test]
    fn a_query_is_known_by_its_digest_once_it_was_sent() {
        let known = Persisted::default();
        assert!(known.query(&persisted("", "{a}")).is_err());
        assert_eq!(&*known.query(&persisted("{a}", "{a}")).unwrap(), "{a}");
        assert_eq!(&*known.query(&persisted("", "{a}")).unwrap(), "{a}");
        assert!(known.query(&persisted("{b}", "{a}")).is_err());
    }

    #[test]
    fn what_has_not_the_form_of_a_request_is_refused() {
        for wrong in [
            json!([]),
            json!({"query": 1}),
            json!({"query": "{a}", "variables": []}),
        ] {
            assert!(GraphqlRequest::parse(wrong).is_err());
        }
        let long = "a".repeat(MAX_QUERY_BYTES + 1);
        assert!(GraphqlRequest::parse(json!({"query": long})).is_err());
    }

    #[test]
    fn variables_keep_their_digits() {
        let json =
            serde_json::from_str(r#"{"query": "{a}", "variables": {"n": 1.50, "list": [1]}}"#);
        let request = GraphqlRequest::parse(json.unwrap()).unwrap();
        let variables = serde_json::to_string(&request.variables()).unwrap();
        assert_eq!(variables, r#"{"list":[1],"n":1.50}"#);
    }
}
