//! Requests of GraphQL, and what came of them.

use crate::api::server::{Asker, Server};
use crate::harness::{TestHost, client};
use serde_json::{Value, json};

/// The answer to a request, read whole.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub content_type: String,
    pub json: Value,
}

impl Answered {
    /// The data of an answer without errors.
    #[track_caller]
    pub fn data(self) -> Value {
        let Value::Object(mut members) = self.json else {
            panic!("{self:?}");
        };
        assert!(!members.contains_key("errors"), "{members:?}");
        members.remove("data").unwrap()
    }

    /// The code of the only error, and what it says.
    #[track_caller]
    pub fn refused(&self) -> (&str, &str) {
        let errors = self.json["errors"].as_array();
        let [error] = errors.map(Vec::as_slice).unwrap_or_default() else {
            panic!("{self:?}");
        };
        let code = error["extensions"]["code"].as_str().unwrap();
        (code, error["message"].as_str().unwrap())
    }
}

/// Sends a request, as clients do.
pub async fn send(request: reqwest::RequestBuilder) -> Answered {
    let response = request.send().await.unwrap();
    let content_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    Answered {
        status,
        content_type,
        json,
    }
}

/// Whoever can ask.
pub trait Asks {
    fn post(&self, path: &str) -> reqwest::RequestBuilder;

    /// Executes a document with variables.
    async fn ask(&self, query: &str, variables: Value) -> Answered {
        let body = json!({"query": query, "variables": variables});
        send(self.post("/graphql").json(&body)).await
    }
}

impl Asks for Server {
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.request("POST", path)
    }
}

impl Asks for Asker {
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.request("POST", path)
    }
}

impl Asks for TestHost {
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        client().post(format!("{}{path}", self.host.url()))
    }
}

/// A caller with a key of its own.
pub async fn caller(server: &Server, name: &str, permissions: Value) -> Asker {
    let body = json!({"name": name, "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    server.asked_with(made["key"].as_str())
}
