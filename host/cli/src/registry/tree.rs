//! `tasker registry tree`

use crate::{Ask as _, Context, InOrder, Result, Table, Tone, units, words};
use tasker_domain::descriptor::HandlerDescription;
use tasker_domain::inventory::{self, TreeComponent, TreeEntry, TreeStep, TreeTemplate};
use tasker_domain::name::Name;
use tasker_domain::resolve::Ineligible;
use tasker_wire::namespace::{ListNamespaces, Namespace};
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
    pub async fn run(self, context: &Context) -> Result {
        match &self.namespace {
            Some(namespace) => self.show(namespace, context).await,
            None => list_all(context).await,
        }
    }

    async fn show(&self, namespace: &Name, context: &Context) -> Result {
        let query = TreeQuery {
            versions: Some(self.versions.into()),
        };
        let call = context.call(ShowTree::at(namespace.clone()));
        let found = call.query(&query).ask().await?;
        let first = found.value.components.first();
        let next = first.map(|it| format!("tasker component references {namespace}/{}", it.name));
        Ok(context.show(&found, tree_text).next(next))
    }
}

async fn list_all(context: &Context) -> Result {
    let counted = |n, versions: u64| format!("{n} ({})", units::count(versions, "version"));
    let components = |it: &Namespace| counted(it.components, it.component_versions);
    let templates = |it: &Namespace| counted(it.templates, it.template_versions);
    let table = Table::new([
        ("namespace", &|it: &Namespace| it.name.clone()),
        ("components", &components),
        ("templates", &templates),
        ("pins", &|it| it.pins.to_string()),
        ("open tasks", &|it| it.open_tasks.to_string()),
    ])
    .or("no namespaces yet");
    let (order, query) = (InOrder::default(), PageQuery::default());
    let all = context.list(&order, ListNamespaces {}, query, table);
    Ok(all.await?.next(|page| match page.items.first() {
        Some(shown) => vec![format!("tasker registry tree {}", shown.name)],
        None => vec![
            "tasker new handler my-handler, then: tasker component publish my-handler".to_owned(),
        ],
    }))
}

fn tree_text(tree: &inventory::Tree) -> String {
    let version = |it: &TreeTemplate| (it.version.clone(), it.status.ineligible());
    let content = |it: &TreeTemplate| it.steps.iter().map(step_line).collect();
    let templates = tree.templates.iter();
    let templates = templates.flat_map(|entry| entry_lines(entry, version, content));
    let version = |it: &TreeComponent| (it.version.clone(), it.ineligible());
    let content = |it: &TreeComponent| it.handlers.iter().map(handler_line).collect();
    let components = tree.components.iter();
    let components = components.flat_map(|entry| entry_lines(entry, version, content));
    let heading = |text| format!("  {}", Tone::Strong.of(text));
    let cut = Tone::Caution.of("… and more than can be shown");
    let lines = [Tone::Strong.of(&tree.namespace), heading("templates")].into_iter();
    let lines = lines.chain(templates).chain([heading("components")]);
    let lines = lines
        .chain(components)
        .chain(tree.is_cut.then(|| format!("  {cut}")));
    units::joined(lines, "\n")
}

fn entry_lines<V>(
    entry: &TreeEntry<V>,
    version: impl Fn(&V) -> (String, Option<Ineligible>),
    content: impl Fn(&V) -> Vec<String>,
) -> Vec<String> {
    let mut lines = vec![format!("    {}", entry.name)];
    for it in &entry.versions {
        let (version, reason) = version(it);
        let reason = reason.map(|it| format!(" {}", Tone::Caution.of(words(it))));
        lines.push(format!("      {version}{}", reason.unwrap_or_default()));
        lines.extend(content(it).iter().map(|line| format!("        {line}")));
    }
    let hidden = entry.version_count - entry.versions.len();
    if hidden > 0 {
        let hidden = units::count(hidden, "version");
        let hidden = Tone::Quiet.of(format_args!("… {hidden} below"));
        lines.push(format!("      {hidden}"));
    }
    lines
}

fn step_line(step: &TreeStep) -> String {
    let (component, handler, requirement) = (&step.component, &step.handler, &step.requirement);
    let runs = Tone::Quiet.of(format_args!("→ {component}/{handler}@{requirement}"));
    format!("{} {runs}", step.name)
}

fn handler_line(handler: &HandlerDescription) -> String {
    let schema = |schema: &Option<_>| schema.as_ref().map_or("any".to_owned(), kind_of);
    let (takes, gives) = (
        schema(&handler.input_schema),
        schema(&handler.result_schema),
    );
    let does = handler.description.as_deref().unwrap_or_default();
    let about = units::elide(&format!("{takes} → {gives}  {does}"), units::MAX_CELL_CHARS);
    format!("{} {}", handler.name, Tone::Quiet.of(about.trim_end()))
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
