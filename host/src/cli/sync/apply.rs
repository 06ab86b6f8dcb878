//! Makes the changes of a plan, one after the other.

use super::answer;
use super::plan::{Action, Change, Plan};
use crate::cli::component::push::{Upload, read_component, send};
use crate::cli::output::tell;
use crate::cli::paint::Tone;
use crate::cli::reference::Reference;
use crate::cli::signing::signatures_beside;
use crate::cli::view::TemplateVersion;
use crate::cli::{CliError, Context, Exit, units};
use crate::domain::name::Name;
use reqwest::Method;
use serde_json::json;

/// Stops at the first that does not succeed, and says what is done and what is left.
pub async fn apply(plan: &Plan, context: &Context) -> Result<Exit, CliError> {
    let (changes, output) = (&plan.changes, context.output);
    for (done, change) in changes.iter().enumerate() {
        if let Err(error) = make(&plan.namespace, change, context).await {
            if output.is_json() {
                output.print(&answer(&plan.namespace, changes, done))?;
            } else {
                let left = changes.len() - done - 1;
                let mark = output.paint_error.tone(Tone::Bad, "✘");
                tell(&format!("{mark} {}\n", change.subject));
                tell(&format!(
                    "  {done} done, {left} left; run it again when this is mended\n"
                ));
            }
            return Err(error);
        }
    }
    output.show(&answer(&plan.namespace, changes, changes.len()), || {
        let mark = output.paint.tone(Tone::Good, "✔");
        format!(
            "{mark} {} made in {}",
            units::count(changes.len(), "change"),
            plan.namespace
        )
    })?;
    output.next(&[format!("tasker registry tree {}", plan.namespace)]);
    Ok(Exit::Complete)
}

async fn make(namespace: &Name, change: &Change, context: &Context) -> Result<(), CliError> {
    match &change.action {
        Action::Component {
            name,
            version,
            path,
        } => {
            let upload = Upload {
                name: Reference {
                    namespace: namespace.clone(),
                    name: name.clone(),
                    version: None,
                },
                version: version.clone(),
                bytes: read_component(path)?,
                signatures: signatures_beside(path)?,
            };
            send(upload, context).await?;
        }
        Action::Template {
            name,
            version,
            source,
            path,
        } => {
            let version = version.to_string();
            let at = [
                "namespaces",
                namespace.as_str(),
                "templates",
                name.as_str(),
                "versions",
                &version,
            ];
            let (bytes, body) = (source.len(), source.clone().into());
            let media_type = "application/yaml";
            let client = &context.client;
            let sent = client.upload::<TemplateVersion>(Method::PUT, &at, media_type, body, bytes);
            let file = path.display().to_string();
            sent.await.map_err(|error| error.in_file(&file, source))?;
        }
        Action::Pin {
            pin: (kind, target),
            requirement,
        } => {
            let target = target.replacen('/', "~", 1);
            let at = ["namespaces", namespace.as_str(), "pins", kind, &target];
            match requirement {
                Some(requirement) => {
                    let body = json!({ "requirement": requirement, "reason": "tasker sync" });
                    let set =
                        context
                            .client
                            .send_json::<serde_json::Value>(Method::PUT, &at, &body);
                    set.await?;
                }
                None => {
                    context.client.delete(&at).await?;
                }
            }
        }
    }
    Ok(())
}
