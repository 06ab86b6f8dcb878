//! `tasker component approve`

use crate::client::Answer;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::view::{Approved, ComponentVersion};
use crate::{CliError, Context, Exit, Problem};
use reqwest::Method;
use serde_json::json;
use tasker_wire::grant::Grant;

/// Approve a version: grant the capabilities that it requests, and let new tasks use it.
#[derive(Debug, clap::Args)]
pub struct Approve {
    /// Which one, for example payments/charge@1.5.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION")]
    component: Reference,
    /// Reason; recorded in the audit log.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl Approve {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let Reference {
            namespace,
            name,
            version,
        } = &self.component;
        let version = version.as_ref().ok_or_else(|| {
            Problem::bad_input(format!("which version of {} is meant?", self.component))
                .help(format!("write for example {}@1.5.0", self.component))
        })?;
        let version = version.to_string();
        let path = [
            "namespaces",
            namespace.as_str(),
            "components",
            name.as_str(),
            "versions",
            &version,
            "approve",
        ];
        let body = json!({"reason": self.reason});
        let approved = context
            .client
            .send_json::<Approved>(Method::POST, &path, &body)
            .await?;
        let now: Answer<ComponentVersion> = context.client.understand(approved.text)?;
        let granted = &approved.value.granted;
        context
            .output
            .show(&now.text, || text(&now.value, granted, context.output))?;
        let mut commands = super::show::next(&now.value);
        commands.push(format!("tasker grant ls --namespace {namespace}"));
        context.output.next(&commands);
        Ok(Exit::Complete)
    }
}

fn text(version: &ComponentVersion, granted: &[Grant], output: Output) -> String {
    let mut text = format!(
        "{} {}/{}@{} is approved{}",
        output.paint.tone(Tone::Good, "✔"),
        version.namespace,
        version.component,
        version.version,
        match version.standing.bar() {
            None => ": new tasks may take it".to_owned(),
            Some(bar) => format!(", but {bar}: new tasks don't take it"),
        }
    );
    for grant in granted {
        text += &format!("\n  granted in {}: {}", grant.namespace, grant.capability);
    }
    text
}
