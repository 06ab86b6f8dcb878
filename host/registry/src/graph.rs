//! Which templates run which components, as text that other programs draw.

use super::inventory::MAX_FAMILIES;
use super::listed::ListedFamily;
use super::{Registry, RegistryError};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};
use std::slice;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::template::{GraphFormat, Template};

/// Definitions that are in memory at the same time: each may be as large as a source.
const DEFINITIONS_AT_ONCE: usize = 8;

/// Templates, each in the version that a new task takes which asks for none, and the components that their steps run.
#[derive(Debug, Default)]
pub struct DependencyGraph {
    /// With the version.
    templates: BTreeMap<QualifiedName, String>,
    components: BTreeSet<QualifiedName>,
    /// Template, component, and the requirements that its steps have for it.
    edges: BTreeMap<(QualifiedName, QualifiedName), BTreeSet<String>>,
}

impl Registry {
    /// What new tasks of the templates of a namespace, or of all, run; components without a use are
    /// drawn too, templates without a version that new tasks may take, or whose definition cannot be
    /// read, are not. 500 of each at most.
    pub async fn dependency_graph(
        &self,
        namespace: Option<&Name>,
    ) -> Result<DependencyGraph, RegistryError> {
        if let Some(namespace) = namespace {
            self.check_namespace(namespace).await?;
        }
        let mut graph = DependencyGraph::default();
        let (namespaces, all) = (
            namespace.map_or(&[][..], slice::from_ref),
            Seek::lowest(MAX_FAMILIES),
        );
        let rows = self.list_components(namespaces, all);
        for ListedFamily {
            namespace, name, ..
        } in rows.await?
        {
            graph.components.insert(QualifiedName { namespace, name });
        }
        let rows = self.list_templates(namespaces, all);
        let latest = rows.await?.into_iter().filter_map(|row| {
            let version = row.latest?;
            Some((
                row.namespace.to_string(),
                row.name.to_string(),
                version.to_string(),
            ))
        });
        let latest: Vec<_> = latest.collect();
        for some in latest.chunks(DEFINITIONS_AT_ONCE) {
            for row in self.store.defined_versions(some).await? {
                match Template::deserialize(&row.definition) {
                    Ok(template) => graph.add(&template),
                    Err(error) => tracing::warn!(
                        template = format!("{}/{}@{}", row.namespace, row.name, row.version), %error,
                        "left out of the graph: its definition cannot be read"
                    ),
                }
            }
        }
        Ok(graph)
    }
}

impl DependencyGraph {
    fn add(&mut self, template: &Template) {
        let name = QualifiedName::of(&template.namespace, &template.name);
        for step in &template.steps {
            let component = step.handler.component.qualified(&template.namespace);
            self.components.insert(component.clone());
            let requirements = self.edges.entry((name.clone(), component)).or_default();
            requirements.insert(step.handler.requirement.to_string());
        }
        self.templates.insert(name, template.version.to_string());
    }

    /// The graph in this language.
    pub fn draw(&self, format: GraphFormat) -> String {
        match format {
            GraphFormat::Mermaid => self.mermaid(),
            GraphFormat::Dot => self.dot(),
        }
    }

    /// A Mermaid flowchart: round templates, square components, requirements on the arrows.
    fn mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        for (id, (name, version)) in self.templates.iter().enumerate() {
            text += &format!("    t{id}([\"{name} {version}\"])\n");
        }
        for (id, name) in self.components.iter().enumerate() {
            text += &format!("    c{id}[\"{name}\"]\n");
        }
        for (from, to, label) in self.arrows() {
            let label = label.replace('>', "#gt;").replace('<', "#lt;");
            text += &format!("    t{from} -->|\"{label}\"| c{to}\n");
        }
        text
    }

    /// A Graphviz digraph of the same.
    fn dot(&self) -> String {
        let mut text = String::from("digraph registry {\n    rankdir=LR;\n");
        for (id, (name, version)) in self.templates.iter().enumerate() {
            text += &format!("    t{id} [label=\"{name} {version}\", shape=ellipse];\n");
        }
        for (id, name) in self.components.iter().enumerate() {
            text += &format!("    c{id} [label=\"{name}\", shape=box];\n");
        }
        for (from, to, label) in self.arrows() {
            text += &format!("    t{from} -> c{to} [label=\"{label}\"];\n");
        }
        text + "}\n"
    }

    /// By the places of template and component; names, versions and ranges need no escaping.
    fn arrows(&self) -> impl Iterator<Item = (usize, usize, String)> {
        let templates: Vec<_> = self.templates.keys().collect();
        let components: Vec<_> = self.components.iter().collect();
        self.edges
            .iter()
            .filter_map(move |((template, component), requirements)| {
                let requirements: Vec<&str> = requirements.iter().map(String::as_str).collect();
                Some((
                    templates.binary_search(&template).ok()?,
                    components.binary_search(&component).ok()?,
                    requirements.join(", "),
                ))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_point_at_the_components_that_they_run() {
        let yaml = "namespace: orders\nname: fulfil\nversion: 1.2.0\nsteps:\n\
            \x20 - {name: a, handler: payments/charge@^1.4}\n\
            \x20 - {name: b, handler: \"other/mail/send@>=1, <3\"}\n\
            \x20 - {name: c, handler: payments/refund@^1.4}\n";
        let mut graph = DependencyGraph::default();
        graph.add(&Template::parse(yaml).unwrap());
        assert_eq!(
            graph.mermaid(),
            "flowchart LR\n    t0([\"orders/fulfil 1.2.0\"])\n    c0[\"orders/payments\"]\n    \
             c1[\"other/mail\"]\n    t0 -->|\"^1.4\"| c0\n    t0 -->|\"#gt;=1, #lt;3\"| c1\n"
        );
        assert!(graph.dot().contains("    t0 -> c1 [label=\">=1, <3\"];\n"));
    }
}
