//! Changes to one version of a component or template, each with a reason.

use super::reference::parse_release;
use super::{Answer, Ask as _, Because, Context, Reference, Result};
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

/// What came of a change, in a sentence, and the commands to go on with.
pub type Told = (String, Vec<String>);

impl OneVersion {
    /// Asks for the change that `endpoint` makes to a namespace, name and version.
    pub async fn ask<E>(
        self,
        endpoint: impl FnOnce(Name, Name, String) -> E,
        context: &Context,
    ) -> Result<(Reference, Answer<E::Answer>)>
    where
        E: Endpoint<Body = Json<OnlyReason>, Answer: DeserializeOwned>,
    {
        let Self { release, because } = self;
        let call = context.call(release.version_at(endpoint));
        let answer = call.json(&because.body()).ask().await?;
        Ok((release, answer))
    }

    /// The same, and tells what came of it.
    pub async fn change<E>(
        self,
        endpoint: impl FnOnce(Name, Name, String) -> E,
        context: &Context,
        told: impl FnOnce(&Reference, &E::Answer) -> Told,
    ) -> Result
    where
        E: Endpoint<Body = Json<OnlyReason>, Answer: DeserializeOwned>,
    {
        let (release, answer) = self.ask(endpoint, context).await?;
        let (sentence, next) = told(&release, &answer.value);
        Ok(context.done(&answer, |_| sentence).next(next))
    }
}
