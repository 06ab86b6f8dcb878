//! A template's graph as text that other programs draw.

use super::definition::{Step, Template};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// A language for graphs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum GraphFormat {
    /// For Markdown and mermaid.live.
    #[default]
    Mermaid,
    /// For Graphviz: … | dot -Tsvg > graph.svg
    Dot,
}

/// The template's graph in this language.
pub fn draw(template: &Template, format: GraphFormat) -> String {
    match format {
        GraphFormat::Mermaid => mermaid(template),
        GraphFormat::Dot => dot(template),
    }
}

/// A Mermaid flowchart: a box a step with its handler, an arrow from each parent to its child.
pub fn mermaid(template: &Template) -> String {
    let mut text = String::from("flowchart TD\n");
    for step in template.ordered() {
        let (name, handler) = labels(step.step);
        let (name, handler) = (mermaid_escaped(&name), mermaid_escaped(&handler));
        line(
            &mut text,
            format_args!("    s{}[\"{name}<br/>{handler}\"]", step.no),
        );
        for parent in step.parents {
            line(&mut text, format_args!("    s{parent} --> s{}", step.no));
        }
    }
    text
}

/// A Graphviz digraph of the same.
pub fn dot(template: &Template) -> String {
    let title = format!(
        "{}/{} {}",
        template.namespace, template.name, template.version
    );
    let mut text = format!("digraph \"{}\" {{\n", dot_escaped(&title));
    text.push_str("    node [shape=box];\n");
    for step in template.ordered() {
        let (name, handler) = labels(step.step);
        let (name, handler) = (dot_escaped(&name), dot_escaped(&handler));
        line(
            &mut text,
            format_args!("    s{} [label=\"{name}\\n{handler}\"];", step.no),
        );
        for parent in step.parents {
            line(&mut text, format_args!("    s{parent} -> s{};", step.no));
        }
    }
    text.push_str("}\n");
    text
}

fn labels(step: &Step) -> (String, String) {
    (step.name.to_string(), step.handler.to_string())
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    writeln!(text, "{content}").expect("writing to a string does not fail");
}

/// Inside a quoted Mermaid label only entities are safe.
fn mermaid_escaped(label: &str) -> String {
    let mut escaped = String::with_capacity(label.len());
    for c in label.chars() {
        match c {
            c if c.is_alphanumeric() || "_-/@.^~= ,".contains(c) => escaped.push(c),
            c => escaped.push_str(&format!("#{};", u32::from(c))),
        }
    }
    escaped
}

fn dot_escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"")
}
