//! `tasker template show`

use crate::client::versions;
use crate::units::{joined, paragraphs};
use crate::{
    Answer, Context, Exit, Problem, Reference, Result, Table, changes, fields, units, word, words,
};
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
    pub async fn run(self, context: &Context) -> Result {
        if self.template.version.is_some() {
            let endpoint = self.template.version_at(ShowTemplateVersion::at);
            let Answer { text, value } = context.ask(endpoint).await?;
            return self.shown(&text, &value, &[], context).await;
        }
        let endpoint = self.template.family_at(ShowTemplate::at);
        let Answer { text, value } = versions(&context.client, endpoint).await?;
        let latest = value.latest.flatten();
        let mut versions = value.versions;
        // What new tasks take, then stable versions before pre-releases, then the highest first.
        versions.sort_by_key(|it| {
            let is_latest = Some(&it.version) == latest.as_ref();
            Reverse((is_latest, it.version.pre.is_empty(), it.version.clone()))
        });
        let (latest, others) = versions.split_first().ok_or_else(|| {
            let what = format!("the template {} has no versions", self.template);
            Problem::new(Exit::NotFound, "not_found", what)
        })?;
        self.shown(&text, latest, others, context).await
    }

    async fn shown(
        &self,
        answer: &str,
        version: &TemplateVersion,
        others: &[TemplateVersion],
        context: &Context,
    ) -> Result {
        if self.source && !context.output.is_json() {
            return self
                .print_source(version.version.to_string(), context)
                .await;
        }
        let reply = context
            .output
            .show(answer, || version_text(version, others));
        let graph = format!("tasker template graph {}", version.release());
        Ok(match self.source {
            true => reply,
            false => reply.next_of(|| vec![graph, run_version(version)]),
        })
    }

    /// To the byte, since it may be written into a file.
    async fn print_source(&self, version: String, context: &Context) -> Result {
        let of = |namespace, name| ShowTemplateVersion::at(namespace, name, version);
        let version = context.call(self.template.family_at(of)).await?;
        context.output.print_exactly(&version.source)?;
        Ok(context.output.show("", String::new))
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

fn version_text(version: &TemplateVersion, others: &[TemplateVersion]) -> String {
    let others = others.iter().map(|other| match other.status.ineligible() {
        None => other.version.to_string(),
        Some(reason) => format!("{} ({})", other.version, words(reason)),
    });
    let (status, input) = (version.status.ineligible(), version.input_schema.as_ref());
    let head = fields([
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
    let report = version.compat_report.iter().map(changes::block);
    paragraphs(
        [head]
            .into_iter()
            .chain(report)
            .chain([steps(&version.steps)]),
    )
}

fn steps(steps: &[StepTemplate]) -> String {
    let after = |it: &StepTemplate| joined(it.depends_on.iter().map(Name::as_str), ", ");
    let timeout = |it: &StepTemplate| {
        let ms = i64::try_from(it.timeout_ms).unwrap_or(i64::MAX);
        units::span(TimeDelta::milliseconds(ms))
    };
    Table::new([
        ("step", &|it: &StepTemplate| it.name.to_string()),
        ("handler", &|it| it.handler.to_string()),
        ("after", &after),
        ("timeout", &timeout),
        ("attempts", &|it| it.retry.max_attempts.to_string()),
        ("limits", &|it| it.limits.to_string()),
    ])
    .or("no steps")
    .rows(steps)
}
