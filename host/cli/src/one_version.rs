//! Changes to one version of a component or template, each with a reason.

use super::client::{Answer, Ask as _};
use super::reference::{Reference, parse_release};
use super::{CliError, Context};
use serde::de::DeserializeOwned;
use tasker_domain::name::Name;
use tasker_wire::endpoint::{Endpoint, Json};
use tasker_wire::reason::OnlyReason;

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
    /// Asks for the change that `endpoint` makes to a namespace, name and version.
    pub async fn change<E>(
        &self,
        endpoint: impl FnOnce(Name, Name, String) -> E,
        context: &Context,
    ) -> Result<Answer<E::Answer>, CliError>
    where
        E: Endpoint<Body = Json<OnlyReason>>,
        E::Answer: DeserializeOwned,
    {
        let reason = self.reason.clone().unwrap_or_default();
        let call = context.client.call(self.release.version_at(endpoint));
        call.json(&OnlyReason { reason }).ask().await
    }
}
