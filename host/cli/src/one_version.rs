//! Changes to one version of a component or template, each with a reason.

use super::client::Answer;
use super::reference::{Reference, parse_release};
use super::{CliError, Context};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Which version is changed, and why.
#[derive(Debug, clap::Args)]
pub struct OneVersion {
    /// Which one, for example payments/charge@1.4.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION", value_parser = parse_release)]
    pub release: Reference,
    /// Reason; recorded in the audit log.
    #[arg(long)]
    reason: Option<String>,
}

impl OneVersion {
    /// Asks for the change; `families` is `components` or `templates`.
    pub async fn change<T: DeserializeOwned>(
        &self,
        families: &str,
        verb: &str,
        context: &Context,
    ) -> Result<Answer<T>, CliError> {
        let Reference {
            namespace, name, ..
        } = &self.release;
        let version = self.version();
        let path = [
            "namespaces",
            namespace.as_str(),
            families,
            name.as_str(),
            "versions",
            &version,
            verb,
        ];
        let body = self
            .reason
            .as_ref()
            .map_or(json!({}), |reason| json!({ "reason": reason }));
        context.client.send_json(Method::POST, &path, &body).await
    }

    /// The version's number.
    pub fn version(&self) -> String {
        let version = self.release.version.as_ref();
        version.map(ToString::to_string).unwrap_or_default()
    }
}
