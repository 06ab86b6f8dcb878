//! `tasker component show`

use crate::client::{Ask as _, pages, versions};
use crate::definition::words;
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::Reference;
use crate::shell::word;
use crate::{CliError, Context, Exit, changes, units};
use serde_json::Value;
use tasker_domain::descriptor::{HandlerDescription, Provenance};
use tasker_domain::resolve::{Ineligible, VersionStatus};
use tasker_domain::scope::Scope;
use tasker_wire::component::{
    ComponentVersion, ListSignatures, RequestedCapability, ShowComponent, ShowComponentVersion,
    Withdrawal,
};
use tasker_wire::limit::{LimitRule, ListLimits};
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::signature::Signature;

/// Show a component: all its versions, or one version with its handlers and their schemas.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// Which one, for example payments/charge or payments/charge@1.4.0.
    #[arg(value_name = "NAMESPACE/NAME[@VERSION]")]
    component: Reference,
}

impl Show {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        match &self.component.version {
            Some(_) => self.show_version(context).await,
            None => self.show_family(context).await,
        }
    }

    async fn show_version(&self, context: &Context) -> Result<Exit, CliError> {
        let (client, of) = (&context.client, &self.component);
        let found = client
            .call(of.version_at(ShowComponentVersion::at))
            .ask()
            .await?;
        let signatures = client.call(of.version_at(ListSignatures::at)).ask().await?;
        let beside = Beside {
            signed: signed_text(&signatures.value.items),
            limits: limits_of(of, context).await?,
        };
        context.output.show(&found.text, || {
            version_text(&found.value, beside, context.output)
        })?;
        context.output.next(next(&found.value));
        Ok(Exit::Complete)
    }

    async fn show_family(&self, context: &Context) -> Result<Exit, CliError> {
        let endpoint = self.component.family_at(ShowComponent::at);
        let family = versions(&context.client, endpoint).await?;
        let mut versions = family.value.versions;
        versions.sort_by(|a, b| b.version.cmp(&a.version));
        context.output.show(&family.text, || {
            context.output.columns(
                &versions,
                [
                    ("version", &|it| it.version.to_string()),
                    ("status", &|it| it.ineligible().map_or_else(active, words)),
                    ("digest", &|it| it.digest.short()),
                    ("size", &|it| units::size(it.size_bytes)),
                    ("created", &|it| units::age(it.created_at)),
                    ("handlers", &handler_names),
                ],
                "no versions",
            )
        })?;
        let newest = versions.first();
        let show = newest.map(|it| format!("tasker component show {}", it.release()));
        context.output.next(show);
        Ok(Exit::Complete)
    }
}

/// The names of the handlers in a component.
pub fn handler_names(version: &ComponentVersion) -> String {
    let names = version.handlers.iter().map(|handler| handler.name.as_str());
    units::joined(names, ", ")
}

/// What is told of a version that stands elsewhere.
struct Beside {
    signed: String,
    limits: String,
}

/// What its namespace sets for it, a line each: for it alone, and for all that its tasks run.
async fn limits_of(component: &Reference, context: &Context) -> Result<String, CliError> {
    let (namespace, name) = (&component.namespace, &component.name);
    let query = NamespacePageQuery::of(Some(namespace.clone()));
    let rules = pages(&context.client, ListLimits {}, query).await?;
    let line = |rule: &LimitRule| match &rule.component {
        Scope::All => Some(format!("{}  as everything in {namespace}", rule.limits)),
        Scope::One(one) if one.namespace.is_none() && one.component == *name => {
            Some(rule.limits.to_string())
        }
        Scope::One(_) => None,
    };
    Ok(units::joined(
        rules.value.items.iter().filter_map(line),
        "\n",
    ))
}

fn version_text(version: &ComponentVersion, beside: Beside, output: Output) -> String {
    let head = output.fields([
        ("component", version.family()),
        ("version", version.version.to_string()),
        ("digest", format!("sha256:{}", version.digest)),
        ("size", units::size(version.size_bytes)),
        ("status", why_unavailable(version).unwrap_or_else(active)),
        ("requests", requests(version, output)),
        ("imports", version.imports.join("\n")),
        ("made by", made_by(version.provenance.as_ref())),
        ("signed by", beside.signed),
        ("at most", beside.limits),
        ("created", units::age(version.created_at)),
    ]);
    let report = version
        .compat_report
        .iter()
        .map(|it| changes::block(it, output));
    let handlers = version
        .handlers
        .iter()
        .map(|handler| handler_text(handler, output));
    units::paragraphs([head].into_iter().chain(report).chain(handlers))
}

fn signed_text(signatures: &[Signature]) -> String {
    let lines = signatures.iter().map(|line| match &line.key_name {
        Some(name) => format!("{name} ({})", line.key_id),
        None => line.key_id.clone(),
    });
    units::joined(lines, "\n")
}

/// What it was written in and by which tools, and what it consists of.
fn made_by(provenance: Option<&Provenance>) -> String {
    let Some(provenance) = provenance else {
        return String::new();
    };
    let tools = [
        &provenance.languages,
        &provenance.sdks,
        &provenance.processed_by,
    ];
    let tools = tools.into_iter().flatten();
    let tools = tools.map(|tool| format!("{} {}", tool.name, tool.version));
    let modules = units::count(provenance.modules, "module");
    let size = units::size(provenance.module_bytes as u64);
    let all = tools.chain([format!("{modules} of {size}")]);
    units::joined(all.map(|line| line.trim_end().to_owned()), "\n")
}

/// Why new tasks may not take it, with who took it out of use and when, as far as that is known.
fn why_unavailable(version: &ComponentVersion) -> Option<String> {
    let reason = version.ineligible()?;
    let Some(withdrawal) = &version.withdrawal else {
        return Some(words(reason));
    };
    let what = match (reason, version.quarantined) {
        (Ineligible::Collected, true) => "collected; quarantined".to_owned(),
        (Ineligible::Collected, false) => "collected; yanked".to_owned(),
        (other, _) => words(other),
    };
    let Withdrawal { at, actor, reason } = withdrawal;
    let because = if reason.is_empty() { "" } else { ": " };
    let since = units::age(*at);
    Some(format!("{what} {since} by {actor}{because}{reason}"))
}

fn active() -> String {
    "active".to_owned()
}

/// The capabilities that it requests, a line each, with what keeps it from having them.
fn requests(version: &ComponentVersion, output: Output) -> String {
    let line = |request: &RequestedCapability| {
        let state = match (
            version.unapproved.contains(&request.capability),
            request.granted,
        ) {
            (true, _) => output.paint.tone(Tone::Bad, "needs approval"),
            (false, true) => output.paint.tone(Tone::Good, "granted"),
            (false, false) => output.paint.tone(Tone::Quiet, "not granted"),
        };
        format!("{}  {state}", request.capability)
    };
    units::joined(version.requested.iter().map(line), "\n")
}

/// What gives the version to new tasks again, if it was taken out of use.
fn way_back(version: &ComponentVersion) -> Option<String> {
    let is_yanked = version.status == VersionStatus::Yanked;
    let verb = match (version.quarantined, is_yanked) {
        (true, _) => "release",
        (false, true) => "unyank",
        (false, false) => return None,
    };
    Some(format!("tasker component {verb} {}", version.release()))
}

/// What lets the version be taken, and do what it requests, if anything is in its way.
pub fn next(version: &ComponentVersion) -> Vec<String> {
    if let Some(way_back) = way_back(version) {
        return vec![way_back];
    }
    if !version.unapproved.is_empty() {
        return vec![format!("tasker component approve {}", version.release())];
    }
    let family = version.family();
    let missing = version.requested.iter().filter(|request| !request.granted);
    let command = |request: &RequestedCapability| {
        let capability = word(&to_grant(&request.capability));
        format!("tasker grant add {family} {capability}")
    };
    missing.map(command).collect()
}

/// What is requested as it can be granted; a destination or value that it does not name is left to be
/// filled in.
pub fn to_grant(capability: &str) -> String {
    match capability {
        "http" => "http HOST".to_owned(),
        env if env.starts_with("env ") && !env.contains('=') => format!("{env}=VALUE"),
        other => other.to_owned(),
    }
}

fn handler_text(handler: &HandlerDescription, output: Output) -> String {
    let schema = |it: &Option<Value>| it.as_ref().map_or_else(String::new, |it| format!("{it:#}"));
    output.fields([
        ("handler", handler.name.to_string()),
        ("does", handler.description.clone().unwrap_or_default()),
        ("takes", schema(&handler.input_schema)),
        ("gives", schema(&handler.result_schema)),
        ("errors", handler.error_codes.join(", ")),
    ])
}
