//! `tasker registry tree`

use crate::output::Output;
use crate::paint::Tone;
use crate::view::Standing;
use crate::{CliError, Context, Exit, list, units};
use serde::Deserialize;
use tasker_domain::name::Name;

/// List the namespaces, or everything in one namespace.
#[derive(Debug, clap::Args)]
pub struct Tree {
    /// The namespace; by default the namespaces are listed.
    namespace: Option<Name>,
    /// How many versions of each template and component to show, the highest first.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=50))]
    versions: u8,
}

#[derive(Deserialize)]
struct NamespaceLine {
    name: String,
    components: u64,
    component_versions: u64,
    templates: u64,
    template_versions: u64,
    pins: u64,
    open_tasks: u64,
}

#[derive(Deserialize)]
struct Namespace {
    namespace: String,
    templates: Vec<Family<Template>>,
    components: Vec<Family<Component>>,
    is_cut: bool,
}

#[derive(Deserialize)]
struct Family<T> {
    name: String,
    version_count: usize,
    versions: Vec<Release<T>>,
}

#[derive(Deserialize)]
struct Release<T> {
    version: String,
    #[serde(flatten)]
    standing: Standing,
    #[serde(flatten)]
    content: T,
}

#[derive(Deserialize)]
struct Template {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    name: String,
    component: String,
    handler: String,
    requirement: String,
}

#[derive(Deserialize)]
struct Component {
    handlers: Vec<Handler>,
}

#[derive(Deserialize)]
struct Handler {
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    input_schema: Option<serde_json::Value>,
    #[serde(default)]
    result_schema: Option<serde_json::Value>,
}

impl Tree {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        match &self.namespace {
            Some(namespace) => self.show(namespace, context).await?,
            None => list_all(context).await?,
        }
        Ok(Exit::Complete)
    }

    async fn show(&self, namespace: &Name, context: &Context) -> Result<(), CliError> {
        let path = ["namespaces", namespace.as_str(), "tree"];
        let query = [("versions", self.versions.to_string())];
        let found = context.client.query::<Namespace>(&path, &query).await?;
        let output = context.output;
        output.show(&found.text, || tree_text(&found.value, output))?;
        if let Some(component) = found.value.components.first() {
            output.next(&[format!(
                "tasker registry uses {namespace}/{}",
                component.name
            )]);
        }
        Ok(())
    }
}

async fn list_all(context: &Context) -> Result<(), CliError> {
    let page = list::all::<NamespaceLine>(&context.client, &["namespaces"], &[]).await?;
    let output = context.output;
    output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        let headings = ["namespace", "components", "templates", "pins", "open tasks"];
        output.table(headings, rows, "no namespaces yet")
    })?;
    output.next(&[match page.value.items.first() {
        Some(line) => format!("tasker registry tree {}", line.name),
        None => "tasker new my-handler, then: tasker component push my-handler".to_owned(),
    }]);
    Ok(())
}

fn row(line: &NamespaceLine) -> [String; 5] {
    let with_versions = |families: u64, versions: u64| {
        format!(
            "{families} ({})",
            units::count(versions as usize, "version")
        )
    };
    [
        line.name.clone(),
        with_versions(line.components, line.component_versions),
        with_versions(line.templates, line.template_versions),
        line.pins.to_string(),
        line.open_tasks.to_string(),
    ]
}

/// A line of the tree and how deep it stands.
type Line = (usize, String);

fn tree_text(namespace: &Namespace, output: Output) -> String {
    let strong = |text: &str| output.paint.tone(Tone::Strong, text);
    let mut lines = vec![(0, strong(&namespace.namespace))];
    lines.push((1, strong("templates")));
    for family in &namespace.templates {
        add_family(&mut lines, family, output, template_lines);
    }
    lines.push((1, strong("components")));
    for family in &namespace.components {
        add_family(&mut lines, family, output, component_lines);
    }
    if namespace.is_cut {
        lines.push((
            1,
            output
                .paint
                .tone(Tone::Caution, "… and more than can be shown"),
        ));
    }
    let lines = lines
        .iter()
        .map(|(depth, text)| format!("{}{text}", "  ".repeat(*depth)));
    lines.collect::<Vec<_>>().join("\n")
}

fn add_family<T>(
    lines: &mut Vec<Line>,
    family: &Family<T>,
    output: Output,
    content: impl Fn(&T, Output) -> Vec<String>,
) {
    lines.push((2, family.name.clone()));
    for release in &family.versions {
        let bar = release.standing.bar();
        let bar = bar.map(|bar| format!(" {}", output.paint.tone(Tone::Caution, &bar)));
        lines.push((3, format!("{}{}", release.version, bar.unwrap_or_default())));
        lines.extend(
            content(&release.content, output)
                .into_iter()
                .map(|line| (4, line)),
        );
    }
    let hidden = family.version_count - family.versions.len();
    if hidden > 0 {
        let text = format!("… {} below", units::count(hidden, "version"));
        lines.push((3, output.paint.tone(Tone::Quiet, &text)));
    }
}

fn template_lines(template: &Template, output: Output) -> Vec<String> {
    let line = |step: &Step| {
        let runs = format!("{}/{}@{}", step.component, step.handler, step.requirement);
        format!(
            "{} {}",
            step.name,
            output.paint.tone(Tone::Quiet, &format!("→ {runs}"))
        )
    };
    template.steps.iter().map(line).collect()
}

fn component_lines(component: &Component, output: Output) -> Vec<String> {
    let line = |handler: &Handler| {
        let schema = |schema: &Option<_>| schema.as_ref().map_or("any".to_owned(), kind_of);
        let (takes, gives) = (
            schema(&handler.input_schema),
            schema(&handler.result_schema),
        );
        let does = handler.description.as_deref().unwrap_or_default();
        let about = units::elide(&format!("{takes} → {gives}  {does}"), units::MAX_CELL_CHARS);
        format!(
            "{} {}",
            handler.name,
            output.paint.tone(Tone::Quiet, about.trim_end())
        )
    };
    component.handlers.iter().map(line).collect()
}

/// A schema in short: the members of an object, else the type.
fn kind_of(schema: &serde_json::Value) -> String {
    if let Some(members) = schema["properties"].as_object() {
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        return format!("{{{}}}", names.join(", "));
    }
    let kind = &schema["type"];
    kind.as_str().map_or("any".to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_is_told_by_its_members_or_its_type() {
        let object = json!({"type": "object", "properties": {"a": {}, "b": {}}});
        assert_eq!(kind_of(&object), "{a, b}");
        assert_eq!(kind_of(&json!({"type": "integer"})), "integer");
        assert_eq!(kind_of(&json!(true)), "any");
    }
}
