//! Makes the changes of a plan, one after the other.

use super::answer;
use super::plan::{Action, Change, PinName, Plan};
use crate::cli::component::push::{Upload, read_component, send};
use crate::cli::output::tell;
use crate::cli::paint::Tone;
use crate::cli::reference::Reference;
use crate::cli::signing::signatures_beside;
use crate::cli::view::TemplateVersion;
use crate::cli::{CliError, Context, Exit, units};
use crate::domain::name::Name;
use reqwest::Method;
use semver::Version;
use serde_json::{Value, json};
use std::path::Path;

/// Stops at the first that does not succeed, and says what is done and what is left.
pub async fn apply(plan: &Plan, context: &Context) -> Result<Exit, CliError> {
    let (changes, output) = (&plan.changes, context.output);
    for (done, change) in changes.iter().enumerate() {
        if let Err(error) = make(&plan.namespace, change, context).await {
            if output.is_json() {
                output.print(&answer(plan, done))?;
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
    output.show(&answer(plan, changes.len()), || {
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

/// Why, for who reads the audit.
const REASON: &str = "tasker sync";

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
            Ok(())
        }
        Action::Template {
            name,
            version,
            source,
            path,
        } => {
            let template = (name, version);
            push_template(namespace, template, source, path, context).await
        }
        Action::Pin { pin, requirement } => {
            set_pin(namespace, pin, requirement.as_deref(), context).await
        }
        Action::Grant {
            component,
            capability,
        } => {
            let at = ["namespaces", namespace.as_str(), "grants"];
            let body = json!({
                "component": component, "capability": capability, "reason": REASON,
            });
            put(Method::POST, &at, &body, context).await
        }
        Action::Revoke { id } => {
            let at = ["namespaces", namespace.as_str(), "grants", &id.to_string()];
            let query = [("reason", REASON.to_owned())];
            context.client.delete_with(&at, &query).await.map(drop)
        }
        Action::Limit { component, patch } => {
            let component = component.to_string().replacen('/', "~", 1);
            let at = ["namespaces", namespace.as_str(), "limits", &component];
            let body = json!({ "limits": patch, "reason": REASON });
            put(Method::PATCH, &at, &body, context).await
        }
    }
}

async fn push_template(
    namespace: &Name,
    (name, version): (&Name, &Version),
    source: &str,
    path: &Path,
    context: &Context,
) -> Result<(), CliError> {
    let version = version.to_string();
    let at = [
        "namespaces",
        namespace.as_str(),
        "templates",
        name.as_str(),
        "versions",
        &version,
    ];
    let (bytes, body) = (source.len(), source.to_owned().into());
    let media_type = "application/yaml";
    let client = &context.client;
    let sent = client.upload::<TemplateVersion>(Method::PUT, &at, media_type, body, bytes);
    let file = path.display().to_string();
    let sent = sent.await.map_err(|error| error.in_file(&file, source));
    sent.map(drop)
}

/// Sets the pin or, without a requirement, removes it.
async fn set_pin(
    namespace: &Name,
    (kind, target): &PinName,
    requirement: Option<&str>,
    context: &Context,
) -> Result<(), CliError> {
    let target = target.replacen('/', "~", 1);
    let at = ["namespaces", namespace.as_str(), "pins", kind, &target];
    match requirement {
        Some(requirement) => {
            let body = json!({ "requirement": requirement, "reason": REASON });
            put(Method::PUT, &at, &body, context).await
        }
        None => context.client.delete(&at).await.map(drop),
    }
}

async fn put(method: Method, at: &[&str], body: &Value, context: &Context) -> Result<(), CliError> {
    let sent = context.client.send_json::<Value>(method, at, body).await;
    sent.map(drop)
}
