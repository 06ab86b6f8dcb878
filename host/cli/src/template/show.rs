//! `tasker template show`

use crate::client::{Ask as _, versions};
use crate::definition::words;
use crate::output::Output;
use crate::reference::Reference;
use crate::shell::word;
use crate::units::{joined, paragraphs};
use crate::{CliError, Context, Exit, Problem, changes, units};
use chrono::TimeDelta;
use schema_compat::example_input;
use serde_json::Value;
use std::cmp::Reverse;
use tasker_domain::name::Name;
use tasker_wire::template::{ShowTemplate, ShowTemplateVersion, StepTemplate, TemplateVersion};

/// The longest input that is printed to be typed, in bytes.
const MAX_INPUT_BYTES: usize = 200;

/// Show one version of a template: the given one, or the one that new tasks use.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// Which one, for example orders/fulfil or orders/fulfil@1.2.0.
    #[arg(value_name = "NAMESPACE/NAME[@VERSION]")]
    template: Reference,
    /// Print the YAML as its author wrote it.
    #[arg(long)]
    source: bool,
}

impl Show {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        match &self.template.version {
            Some(_) => self.show_version(context).await,
            None => self.show_latest(context).await,
        }
    }

    async fn show_version(&self, context: &Context) -> Result<Exit, CliError> {
        let endpoint = self.template.version_at(ShowTemplateVersion::at);
        let found = context.client.call(endpoint).ask().await?;
        self.print(&found.text, &found.value, &[], context).await
    }

    /// To the byte, since it may be written into a file.
    async fn print_source(&self, version: &str, context: &Context) -> Result<Exit, CliError> {
        let of = |namespace, name| ShowTemplateVersion::at(namespace, name, version.to_owned());
        let version = context.client.call(self.template.family_at(of)).await?;
        context.output.print_exactly(&version.source)?;
        Ok(Exit::Complete)
    }

    async fn show_latest(&self, context: &Context) -> Result<Exit, CliError> {
        let endpoint = self.template.family_at(ShowTemplate::at);
        let family = versions(&context.client, endpoint).await?;
        let latest = family.value.latest.flatten();
        let mut versions = family.value.versions;
        // What new tasks take, then stable versions before pre-releases, then the highest first.
        versions.sort_by_key(|it| {
            let is_latest = Some(&it.version) == latest.as_ref();
            Reverse((is_latest, it.version.pre.is_empty(), it.version.clone()))
        });
        let (latest, others) = versions.split_first().ok_or_else(|| {
            Problem::new(
                Exit::NotFound,
                "not_found",
                format!("the template {} has no versions", self.template),
            )
        })?;
        self.print(&family.text, latest, others, context).await
    }

    async fn print(
        &self,
        answer: &str,
        version: &TemplateVersion,
        others: &[TemplateVersion],
        context: &Context,
    ) -> Result<Exit, CliError> {
        if self.source && !context.output.is_json() {
            let version = version.version.to_string();
            return self.print_source(&version, context).await;
        }
        context
            .output
            .show(answer, || version_text(version, others, context.output))?;
        if !self.source {
            let graph = format!("tasker template graph {}", version.release());
            context.output.next_of(|| vec![graph, run_version(version)]);
        }
        Ok(Exit::Complete)
    }
}

/// What runs a task of a template with this input schema, with an input that it takes.
pub fn run_command(family: &str, schema: Option<&Value>) -> String {
    let example = |schema| {
        let example = example_input(schema)?.to_string();
        (example.len() <= MAX_INPUT_BYTES).then(|| word(&example))
    };
    let input = schema.map(|schema| example(schema).unwrap_or_else(|| "@input.json".to_owned()));
    let input = input.map_or_else(String::new, |input| format!(" --input {input}"));
    format!("tasker task run {family}{input} --watch")
}

/// What runs a task of this template.
pub fn run_version(version: &TemplateVersion) -> String {
    run_command(&version.family(), version.input_schema.as_ref())
}

fn version_text(version: &TemplateVersion, others: &[TemplateVersion], output: Output) -> String {
    let others = others.iter().map(|other| match other.status.ineligible() {
        None => other.version.to_string(),
        Some(reason) => format!("{} ({})", other.version, words(reason)),
    });
    let (status, input) = (version.status.ineligible(), version.input_schema.as_ref());
    let head = output.fields([
        ("template", version.family()),
        ("version", version.version.to_string()),
        ("status", status.map(words).unwrap_or_default()),
        ("others", joined(others, ", ")),
        ("about", version.description.clone().unwrap_or_default()),
        ("digest", format!("sha256:{}", version.digest)),
        ("created", units::age(version.created_at)),
        (
            "takes",
            input.map_or_else(String::new, |it| format!("{it:#}")),
        ),
    ]);
    let report = version
        .compat_report
        .iter()
        .map(|it| changes::block(it, output));
    let steps = steps(&version.steps, output);
    paragraphs([head].into_iter().chain(report).chain([steps]))
}

fn steps(steps: &[StepTemplate], output: Output) -> String {
    let timeout = |it: &StepTemplate| {
        let ms = i64::try_from(it.timeout_ms).unwrap_or(i64::MAX);
        units::span(TimeDelta::milliseconds(ms))
    };
    output.columns(
        steps,
        [
            ("step", &|it| it.name.to_string()),
            ("handler", &|it| it.handler.to_string()),
            ("after", &|it| {
                joined(it.depends_on.iter().map(Name::as_str), ", ")
            }),
            ("timeout", &timeout),
            ("attempts", &|it| it.retry.max_attempts.to_string()),
            ("limits", &|it| it.limits.to_string()),
        ],
        "no steps",
    )
}
