//! Refusals: problems of the API as errors of GraphQL.

use crate::json::to_graphql;
use async_graphql::dynamic::ResolverContext;
use async_graphql::{Error, ErrorExtensions as _, ServerError};
use serde_json::{Map, Value as Json, json};

/// What is wrong with a request that GraphQL itself refuses.
pub const INVALID_QUERY: &str = "invalid_query";

/// A refusal, as RFC 9457 has it.
#[derive(Clone, Debug)]
pub struct Problem(Map<String, Json>);

impl Problem {
    /// From the body of a refusal.
    pub fn parse(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(Json::Object(members)) => Self(members),
            Ok(_) | Err(_) => Self::new(500, "internal", "the answer cannot be read"),
        }
    }

    pub fn new(status: u16, code: &str, detail: &str) -> Self {
        let members = json!({"status": status, "code": code, "detail": detail});
        Self(members.as_object().cloned().unwrap_or_default())
    }

    /// The same with another member.
    pub fn with(mut self, member: &str, value: Json) -> Self {
        self.0.insert(member.to_owned(), value);
        self
    }

    fn text(&self, member: &str) -> &str {
        self.0
            .get(member)
            .and_then(Json::as_str)
            .unwrap_or_default()
    }

    /// As an error of a field.
    pub fn error(&self) -> Error {
        let message = match self.text("detail") {
            "" => self.text("title"),
            detail => detail,
        };
        let members = self.0.iter();
        let members = members.filter(|(name, _)| !["detail", "type"].contains(&name.as_str()));
        members.fold(Error::new(message), |error, (name, value)| {
            error.extend_with(|_, extensions| {
                extensions.set(crate::names::camel(name), to_graphql(value));
            })
        })
    }

    /// As the JSON of a list of errors.
    pub fn errors(&self) -> Vec<u8> {
        serde_json::to_vec(&[self.server_error()]).unwrap_or_default()
    }

    /// Has the field be null and the answer say why.
    pub fn report<'a, T>(&self, context: &ResolverContext<'a>) -> Option<T> {
        let error = self.error().into_server_error(context.item.pos);
        context.add_error(context.set_error_path(error));
        None
    }

    /// As an error of the request.
    pub fn server_error(&self) -> ServerError {
        let error = self.error();
        let mut server_error = ServerError::new(error.message, None);
        server_error.extensions = error.extensions;
        server_error
    }
}

/// Has every error say by a code what it is.
pub fn give_codes(errors: &mut [ServerError]) {
    for error in errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", INVALID_QUERY);
        }
    }
}
