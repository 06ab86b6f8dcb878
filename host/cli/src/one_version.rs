//! Changes to one version of a component or template, each with a reason.

use super::because::Because;
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
    #[command(flatten)]
    because: Because,
}

impl OneVersion {
    /// Asks for the change that `endpoint` makes to a namespace, name and version.
    pub async fn change<E>(
        self,
        endpoint: impl FnOnce(Name, Name, String) -> E,
        context: &Context,
    ) -> Result<(Reference, Answer<E::Answer>), CliError>
    where
        E: Endpoint<Body = Json<OnlyReason>>,
        E::Answer: DeserializeOwned,
    {
        let Self { release, because } = self;
        let call = context.client.call(release.version_at(endpoint));
        let answer = call.json(&because.body()).ask().await?;
        Ok((release, answer))
    }
}
