//! `tasker registry tree`

use crate::client::Ask as _;
use crate::definition::words;
use crate::output::Output;
use crate::paint::Tone;
use crate::{CliError, Context, Exit, units};
use tasker_domain::descriptor::HandlerDescription;
use tasker_domain::inventory::{self, TreeComponent, TreeEntry, TreeStep, TreeTemplate};
use tasker_domain::name::Name;
use tasker_domain::resolve::Ineligible;
use tasker_wire::namespace::ListNamespaces;
use tasker_wire::page::PageQuery;
use tasker_wire::registry::{ShowTree, TreeQuery};

/// List the namespaces, or everything in one namespace.
#[derive(Debug, clap::Args)]
pub struct Tree {
    /// The namespace; by default the namespaces are listed.
    namespace: Option<Name>,
    /// How many versions of each template and component to show, the highest first.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=50))]
    versions: u8,
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
        let query = TreeQuery {
            versions: Some(self.versions.into()),
        };
        let call = context.client.call(ShowTree::at(namespace.clone()));
        let (found, output) = (call.query(&query).ask().await?, context.output);
        output.show(&found.text, || tree_text(&found.value, output))?;
        if let Some(component) = found.value.components.first() {
            output.next(&[format!(
                "tasker component references {namespace}/{}",
                component.name
            )]);
        }
        Ok(())
    }
}

async fn list_all(context: &Context) -> Result<(), CliError> {
    let first = "tasker new my-handler, then: tasker component publish my-handler";
    let namespaces = context.list(
        ListNamespaces {},
        PageQuery::default(),
        [
            ("namespace", &|it| it.name.clone()),
            ("components", &|it| {
                with_versions(it.components, it.component_versions)
            }),
            ("templates", &|it| {
                with_versions(it.templates, it.template_versions)
            }),
            ("pins", &|it| it.pins.to_string()),
            ("open tasks", &|it| it.open_tasks.to_string()),
        ],
        ("no namespaces yet", first),
    );
    let namespaces = namespaces.await?;
    let shown = namespaces.first();
    let tree = shown.map(|it| format!("tasker registry tree {}", it.name));
    context.output.next(tree);
    Ok(())
}

fn with_versions(count: u64, versions: u64) -> String {
    format!("{count} ({})", units::count(versions as usize, "version"))
}

/// A line of the tree and how deep it stands.
type Line = (usize, String);

fn tree_text(tree: &inventory::Tree, output: Output) -> String {
    let strong = |text: &str| output.paint.tone(Tone::Strong, text);
    let mut lines = vec![(0, strong(tree.namespace.as_str()))];
    lines.push((1, strong("templates")));
    for entry in &tree.templates {
        let version = |it: &TreeTemplate| (it.version.clone(), it.status.ineligible());
        add_entry(&mut lines, entry, output, version, |it| {
            it.steps
                .iter()
                .map(|step| step_line(step, output))
                .collect()
        });
    }
    lines.push((1, strong("components")));
    for entry in &tree.components {
        let version = |it: &TreeComponent| (it.version.clone(), it.ineligible());
        add_entry(&mut lines, entry, output, version, |it| {
            let handlers = it.handlers.iter();
            handlers.map(|it| handler_line(it, output)).collect()
        });
    }
    if tree.is_cut {
        let cut = "… and more than can be shown";
        lines.push((1, output.paint.tone(Tone::Caution, cut)));
    }
    let lines = lines
        .iter()
        .map(|(depth, text)| format!("{}{text}", "  ".repeat(*depth)));
    lines.collect::<Vec<_>>().join("\n")
}

fn add_entry<V>(
    lines: &mut Vec<Line>,
    entry: &TreeEntry<V>,
    output: Output,
    version: impl Fn(&V) -> (String, Option<Ineligible>),
    content: impl Fn(&V) -> Vec<String>,
) {
    lines.push((2, entry.name.clone()));
    for it in &entry.versions {
        let (version, reason) = version(it);
        let reason = reason.map(|it| format!(" {}", output.paint.tone(Tone::Caution, &words(it))));
        lines.push((3, format!("{version}{}", reason.unwrap_or_default())));
        lines.extend(content(it).into_iter().map(|line| (4, line)));
    }
    let hidden = entry.version_count - entry.versions.len();
    if hidden > 0 {
        let text = format!("… {} below", units::count(hidden, "version"));
        lines.push((3, output.paint.tone(Tone::Quiet, &text)));
    }
}

fn step_line(step: &TreeStep, output: Output) -> String {
    let TreeStep {
        name,
        component,
        handler,
        requirement,
    } = step;
    let runs = format!("→ {component}/{handler}@{requirement}");
    format!("{name} {}", output.paint.tone(Tone::Quiet, &runs))
}

fn handler_line(handler: &HandlerDescription, output: Output) -> String {
    let schema = |schema: &Option<_>| schema.as_ref().map_or("any".to_owned(), kind_of);
    let (takes, gives) = (
        schema(&handler.input_schema),
        schema(&handler.result_schema),
    );
    let does = handler.description.as_deref().unwrap_or_default();
    let about = units::elide(&format!("{takes} → {gives}  {does}"), units::MAX_CELL_CHARS);
    let about = output.paint.tone(Tone::Quiet, about.trim_end());
    format!("{} {about}", handler.name)
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
