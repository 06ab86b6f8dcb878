//! Components on their way to the host and back.

use super::{Answer, Client, UPLOAD_TIMEOUT, unreachable};
use crate::{CliError, Problem};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Method};
use serde::de::DeserializeOwned;
use tasker_domain::signature::Signature;
use tasker_wire::headers::SIGNATURE;

impl Client {
    /// PUTs a component with its signatures; `bytes` is its length.
    pub async fn upload_component<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: Body,
        bytes: usize,
        signatures: &[Signature],
    ) -> Result<Answer<T>, CliError> {
        let request = self
            .request(method, path)
            .header(CONTENT_TYPE, "application/wasm")
            .header(CONTENT_LENGTH, bytes)
            .timeout(UPLOAD_TIMEOUT);
        let request = signatures.iter().fold(request, |request, signature| {
            request.header(SIGNATURE, signature.to_string())
        });
        self.read(request.body(body)).await
    }

    /// GETs bytes, such as those of a component.
    pub async fn download(&self, path: &[&str]) -> Result<Vec<u8>, CliError> {
        let request = self.request(Method::GET, path).timeout(UPLOAD_TIMEOUT);
        let told = |error| unreachable(&self.base, &error);
        let answer = request.send().await.map_err(told)?;
        let (status, url) = (answer.status(), answer.url().to_string());
        if !status.is_success() {
            let body = answer.text().await.map_err(told)?;
            return Err(Problem::from_answer(status.as_u16(), body, &url).into());
        }
        Ok(answer.bytes().await.map_err(told)?.into())
    }
}
