//! `tasker template …`

pub(crate) mod check;
mod diff;
mod graph;
mod plan;
mod publish;
mod schema;
pub(crate) mod show;

use crate::definition::{ls, unyanked, yanked};
use crate::references::ShowReferences;
use crate::{Context, InNamespace, OneVersion, Result};
use tasker_domain::pin::PinKind;
use tasker_wire::template::{ListTemplates, TemplateVersion, UnyankTemplate, YankTemplate};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Check(check::Check),
    Publish(publish::Publish),
    /// List templates.
    Ls(InNamespace),
    Show(show::Show),
    Diff(diff::Diff),
    Graph(graph::Graph),
    /// Print the JSON Schema of templates, by which editors complete and check their YAML.
    ///
    /// No host is needed. For an editor with the YAML language server, write it beside the template and begin the
    /// template with the line `# yaml-language-server: $schema=template.schema.json`.
    Schema,
    /// Show what references a template, or one version of it: pins and open tasks.
    References(ShowReferences),
    /// Yank a version: new tasks do not use it; existing tasks keep it.
    ///
    /// Pins that only this version satisfied are rolled back, where possible.
    Yank(OneVersion),
    /// Undo a yank.
    Unyank(OneVersion),
}

pub async fn run(command: Command, context: &Context) -> Result {
    const KIND: PinKind = PinKind::Template;
    match command {
        Command::Check(check) => check.run(context),
        Command::Publish(publish) => publish.run(context).await,
        Command::Ls(of) => {
            let first = "tasker template publish FILE";
            ls(of, ListTemplates {}, KIND, first, context).await
        }
        Command::Show(show) => show.run(context).await,
        Command::Diff(diff) => diff.run(context).await,
        Command::Graph(graph) => graph.run(context).await,
        Command::Schema => Ok(schema::print(context.output)),
        Command::References(show) => show.run(KIND, context).await,
        Command::Yank(version) => {
            let told = |of: &_, it: &TemplateVersion| yanked(KIND, of, &it.pins);
            version.change(YankTemplate::at, context, told).await
        }
        Command::Unyank(version) => {
            let told = |of: &_, it: &TemplateVersion| unyanked(KIND, of, it.status.ineligible());
            version.change(UnyankTemplate::at, context, told).await
        }
    }
}
