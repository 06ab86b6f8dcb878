//! `tasker share …`

use super::paint::Tone;
use super::reference::ComponentFamily;
use super::{CliError, Context, Exit, list, not_yet, units};
use chrono::Utc;
use reqwest::Method;
use tasker_domain::name::Name;
use tasker_domain::permission::Reach;
use tasker_wire::share::{NewShare, Share};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Let another namespace use a component in its templates.
    Add(ShareArgs),
    /// List the shares.
    Ls {
        /// Only those that this namespace makes or has a part in.
        #[arg(long)]
        namespace: Option<Name>,
    },
    /// Take a share back: new tasks of the other namespace that need it are refused.
    Rm(ShareArgs),
}

/// What is shared with whom.
#[derive(Debug, clap::Args)]
pub struct ShareArgs {
    /// The component, for example payments/charge; 'payments/*' for all of the namespace.
    #[arg(value_name = "NAMESPACE/NAME")]
    component: ComponentFamily,
    /// The namespace that may use it, or '*' for every one.
    #[arg(long, value_name = "NAMESPACE")]
    with: Reach,
    /// Reason recorded in the audit log.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Add(shared) => add(&shared, context).await?,
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm(shared) => rm(&shared, context).await?,
    }
    Ok(Exit::Complete)
}

async fn add(shared: &ShareArgs, context: &Context) -> Result<(), CliError> {
    let namespace = shared.component.namespace();
    let path = ["namespaces", namespace.as_str(), "shares"];
    let body = NewShare {
        component: shared.component.name(),
        shared_with: shared.with.to_string(),
        reason: shared.reason.clone(),
    };
    let client = &context.client;
    let share = client.send_json::<Share>(Method::POST, &path, &body);
    let share = share.await?;
    context.output.show(&share.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let may = match share.value.created {
            Some(false) => "could use",
            Some(true) | None => "may use",
        };
        let already = match share.value.created {
            Some(false) => " already",
            Some(true) | None => "",
        };
        let (with, component) = (with(&shared.with), &shared.component);
        format!("{mark} {with} {may} {component}{already}")
    })?;
    if let ComponentFamily::One(component) = &shared.component {
        not_yet::warn(&component.namespace, &component.name, context).await;
    }
    let ls = format!("tasker share ls --namespace {namespace}");
    context.output.next(&[ls]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = list::filters([("namespace", namespace.map(String::from))]);
    let page = list::all::<Share>(&context.client, &["shares"], &query).await?;
    context.output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        let headings = ["component", "shared with", "set", "by"];
        let nothing = "no shares: each namespace uses its own components only";
        context.output.table(headings, rows, nothing)
    })?;
    if page.value.items.is_empty() {
        let add = "tasker share add NAMESPACE/NAME --with NAMESPACE";
        context.output.next(&[add.to_owned()]);
    }
    Ok(())
}

fn row(share: &Share) -> [String; 4] {
    [
        format!("{}/{}", share.namespace, share.component),
        share.shared_with.clone(),
        units::ago(share.created_at, Utc::now()),
        share.created_by.clone(),
    ]
}

async fn rm(shared: &ShareArgs, context: &Context) -> Result<(), CliError> {
    let (component, with_text) = (shared.component.name(), shared.with.to_string());
    let path = [
        "namespaces",
        shared.component.namespace().as_str(),
        "shares",
        &component,
        &with_text,
    ];
    let query = [("reason", shared.reason.clone())];
    let answer = context.client.delete_with(&path, &query).await?;
    let removed = context.client.understand::<Share>(answer)?;
    context.output.show(&removed.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let (with, component) = (with(&shared.with), &shared.component);
        format!("{mark} {with} may no longer use {component} in new tasks")
    })
}

fn with(reach: &Reach) -> String {
    match reach {
        Reach::Everywhere => "every namespace".to_owned(),
        Reach::Namespace(name) => format!("namespace {name}"),
    }
}
