//! `tasker registry uses`

use crate::output::Output;
use crate::paint::Tone;
use crate::pin_name::canonical;
use crate::reference::{Reference, parse_family};
use crate::view::{Standing, hidden_text};
use crate::{CliError, Context, Exit};
use serde::Deserialize;
use tasker_domain::hidden::Hidden;

/// Show what uses a component: template steps, pins, and open tasks by version.
#[derive(Debug, clap::Args)]
pub struct Uses {
    /// Which one, for example orders/charge.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    component: Reference,
}

#[derive(Deserialize)]
struct Found {
    versions: Vec<Version>,
    steps: Vec<Step>,
    pins: Vec<Pin>,
    is_cut: bool,
    #[serde(default)]
    hidden: Hidden,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    status: String,
    open_tasks: u64,
    steps: u64,
}

#[derive(Deserialize)]
struct Step {
    namespace: String,
    template: String,
    version: String,
    #[serde(flatten)]
    standing: Standing,
    step: String,
    handler: String,
    requirement: String,
    #[serde(default)]
    takes: Option<String>,
}

#[derive(Deserialize)]
struct Pin {
    namespace: String,
    requirement: String,
}

impl Uses {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let Reference {
            namespace, name, ..
        } = &self.component;
        let path = [
            "namespaces",
            namespace.as_str(),
            "components",
            name.as_str(),
            "users",
        ];
        let found = context.client.get::<Found>(&path).await?;
        let output = context.output;
        output.show(&found.text, || text(&found.value, output))?;
        output.next(&[format!("tasker registry graph --namespace {namespace}")]);
        Ok(Exit::Complete)
    }
}

fn text(found: &Found, output: Output) -> String {
    let versions = output.table(
        ["version", "status", "open tasks", "steps that take it"],
        found.versions.iter().map(version_row).collect(),
        "no versions",
    );
    let steps = output.table(
        ["template", "step", "handler", "requirement", "takes"],
        found.steps.iter().map(step_row).collect(),
        "no template runs it",
    );
    let pins = output.table(
        ["pinned in", "requirement"],
        found
            .pins
            .iter()
            .map(|pin| [pin.namespace.clone(), canonical(&pin.requirement)])
            .collect(),
        "no pins",
    );
    let mut parts = vec![versions, steps, pins];
    parts.extend(hidden_text(found.hidden));
    if found.is_cut {
        parts.push(
            output
                .paint
                .tone(Tone::Caution, "there are more than can be shown"),
        );
    }
    parts.join("\n\n")
}

fn version_row(version: &Version) -> [String; 4] {
    [
        version.version.clone(),
        version.status.replace('_', " "),
        version.open_tasks.to_string(),
        version.steps.to_string(),
    ]
}

fn step_row(step: &Step) -> [String; 5] {
    let bar = step.standing.bar();
    let bar = bar.map_or_else(String::new, |bar| format!(" ({bar})"));
    [
        format!("{}/{}@{}{bar}", step.namespace, step.template, step.version),
        step.step.clone(),
        step.handler.clone(),
        step.requirement.clone(),
        step.takes.clone().unwrap_or_else(|| "nothing".to_owned()),
    ]
}
