//! What a provider says of itself (OpenID Connect Discovery).

use super::error::{ProviderError, SignInError};
use crate::auth::issuer_http::is_protected;
use reqwest::Url;
use serde::Deserialize;

/// What the host goes by.
#[derive(Debug)]
pub(super) struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    /// Whether the secret of the host goes into the body of a request; else it goes into the header `Authorization`.
    pub takes_secret_in_body: bool,
    /// Whether the provider names itself where it sends browsers back (RFC 9207).
    names_itself: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Refuses what another issuer says of itself, and endpoints without protection.
    pub fn parse(text: &[u8], issuer: &str, from: &Url) -> Result<Self, ProviderError> {
        let document: Document =
            serde_json::from_slice(text).map_err(|source| ProviderError::Malformed {
                url: from.clone(),
                source,
            })?;
        if document.issuer != issuer {
            return Err(ProviderError::OtherIssuer { url: from.clone() });
        }
        let methods = document.token_endpoint_auth_methods_supported;
        let takes = |method: &str| {
            let methods = methods.as_deref().unwrap_or_default();
            methods.iter().any(|it| it == method)
        };
        Ok(Self {
            takes_secret_in_body: takes("client_secret_post") && !takes("client_secret_basic"),
            issuer: document.issuer,
            authorization_endpoint: endpoint(&document.authorization_endpoint, from)?,
            token_endpoint: endpoint(&document.token_endpoint, from)?,
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }

    /// Refuses what another provider sent a browser back with.
    pub fn check_issuer(&self, given: Option<&str>) -> Result<(), SignInError> {
        match given {
            Some(given) if given == self.issuer => Ok(()),
            None if !self.names_itself => Ok(()),
            Some(_) | None => Err(SignInError::Stale("another provider answered")),
        }
    }
}

fn endpoint(text: &str, from: &Url) -> Result<Url, ProviderError> {
    let url = text.parse::<Url>().ok().filter(is_protected);
    url.ok_or_else(|| ProviderError::Endpoint { url: from.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://id.example.com";

    fn parsed(change: &Value) -> Result<Metadata, ProviderError> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example.com/auth?tenant=1",
            "token_endpoint": "https://tokens.example.com/token",
        });
        let members = change.as_object().unwrap().clone();
        document.as_object_mut().unwrap().extend(members);
        let from = "https://id.example.com/.well-known/openid-configuration";
        Metadata::parse(
            document.to_string().as_bytes(),
            ISSUER,
            &from.parse().unwrap(),
        )
    }

    #[test]
    fn a_provider_speaks_for_itself_and_over_protected_ways() {
        assert!(parsed(&json!({"more": [1]})).is_ok());
        for change in [
            json!({"issuer": "https://id.example.com/"}),
            json!({"issuer": null}),
            json!({"token_endpoint": "http://tokens.example.com/token"}),
            json!({"authorization_endpoint": "javascript:alert(1)"}),
            json!({"authorization_endpoint": "/auth"}),
        ] {
            assert!(parsed(&change).is_err(), "{change}");
        }
    }

    #[test]
    fn the_secret_goes_into_the_body_only_where_the_header_is_not_taken() {
        let in_body = |methods: Value| {
            let metadata = parsed(&json!({"token_endpoint_auth_methods_supported": methods}));
            metadata.unwrap().takes_secret_in_body
        };
        assert!(!in_body(json!(null)));
        assert!(!in_body(json!([
            "client_secret_post",
            "client_secret_basic"
        ])));
        assert!(in_body(json!(["client_secret_post", "private_key_jwt"])));
    }

    #[test]
    fn another_issuer_is_refused_and_so_is_none_where_one_has_to_be_named() {
        let named = |is_named: bool, given| {
            let change = json!({"authorization_response_iss_parameter_supported": is_named});
            parsed(&change).unwrap().check_issuer(given).is_ok()
        };
        assert!(named(true, Some(ISSUER)) && named(false, Some(ISSUER)) && named(false, None));
        assert!(!named(true, None) && !named(false, Some("https://other.example.com")));
    }
}
