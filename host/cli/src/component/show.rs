//! `tasker component show`

use crate::client::versions;
use crate::{Answer, Context, Reference, Result, Table, Tone, changes, fields, units, word, words};
use serde_json::Value;
use tasker_domain::declared_event::DeclaredEvent;
use tasker_domain::descriptor::{HandlerDescription, Provenance, SubscriberDescription};
use tasker_domain::event::EventName;
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
    pub async fn run(self, context: &Context) -> Result {
        match &self.component.version {
            Some(_) => self.show_version(context).await,
            None => self.show_family(context).await,
        }
    }

    async fn show_version(&self, context: &Context) -> Result {
        let of = &self.component;
        let found = context.ask(of.version_at(ShowComponentVersion::at)).await?;
        let signatures = context.ask(of.version_at(ListSignatures::at)).await?;
        let signed = units::joined(signatures.value.items.iter().map(signer), "\n");
        let limits = limits_of(of, context).await?;
        let reply = context.show(&found, |version| version_text(version, signed, limits));
        Ok(reply.next(next(&found.value)))
    }

    async fn show_family(&self, context: &Context) -> Result {
        let endpoint = self.component.family_at(ShowComponent::at);
        let Answer { text, value } = versions(&context.client, endpoint).await?;
        let mut versions = value.versions;
        versions.sort_by(|a, b| b.version.cmp(&a.version));
        let reply = context.output.show(&text, || versions_text(&versions));
        let newest = versions.first();
        let show = newest.map(|it| format!("tasker component show {}", it.release()));
        Ok(reply.next(show))
    }
}

fn versions_text(versions: &[ComponentVersion]) -> String {
    Table::new([
        ("version", &|it: &ComponentVersion| it.version.to_string()),
        ("status", &|it| it.ineligible().map_or_else(active, words)),
        ("digest", &|it| it.digest.short()),
        ("size", &|it| units::size(it.size_bytes)),
        ("created", &|it| units::age(it.created_at)),
        ("handlers", &handler_names),
        ("subscribers", &subscriber_names),
    ])
    .or("no versions")
    .rows(versions)
}

/// The names of the handlers in a component.
pub fn handler_names(version: &ComponentVersion) -> String {
    let names = version.handlers.iter().map(|handler| handler.name.as_str());
    units::joined(names, ", ")
}

/// The names of the subscribers in a component.
pub fn subscriber_names(version: &ComponentVersion) -> String {
    let names = version.subscribers.iter().map(|it| it.name.as_str());
    units::joined(names, ", ")
}

/// What its namespace sets for it, a line each: for it alone, and for all that its tasks run.
async fn limits_of(component: &Reference, context: &Context) -> Result<String> {
    let (namespace, name) = (&component.namespace, &component.name);
    let query = NamespacePageQuery::of(Some(namespace.clone()));
    let rules = context.all(ListLimits {}, query).await?.value.items;
    let line = |rule: &LimitRule| match &rule.component {
        Scope::All => Some(format!("{}  as everything in {namespace}", rule.limits)),
        Scope::One(one) if one.namespace.is_none() && one.component == *name => {
            Some(rule.limits.to_string())
        }
        Scope::One(_) => None,
    };
    Ok(units::joined(rules.iter().filter_map(line), "\n"))
}

fn version_text(version: &ComponentVersion, signed: String, limits: String) -> String {
    let head = fields([
        ("component", version.family()),
        ("version", version.version.to_string()),
        ("digest", format!("sha256:{}", version.digest)),
        ("size", units::size(version.size_bytes)),
        ("status", why_unavailable(version).unwrap_or_else(active)),
        ("requests", requests(version)),
        ("imports", version.imports.join("\n")),
        (
            "made by",
            version
                .provenance
                .as_ref()
                .map_or_else(String::new, made_by),
        ),
        (
            "source",
            version
                .provenance
                .as_ref()
                .and_then(source)
                .unwrap_or_default(),
        ),
        ("signed by", signed),
        ("at most", limits),
        ("created", units::age(version.created_at)),
    ]);
    let report = version.compat_report.iter().map(changes::block);
    let handlers = version.handlers.iter().map(handler_text);
    let events = version.events.iter().map(event_text);
    let subscribers = version.subscribers.iter().map(subscriber_text);
    let parts = [head].into_iter().chain(report).chain(handlers);
    units::paragraphs(parts.chain(subscribers).chain(events))
}

fn signer(signature: &Signature) -> String {
    match &signature.key_name {
        Some(name) => format!("{name} ({})", signature.key_id),
        None => signature.key_id.clone(),
    }
}

/// What it was written in and by which tools, and what it consists of.
fn made_by(provenance: &Provenance) -> String {
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

/// The commit that it was built from, as its build says.
fn source(provenance: &Provenance) -> Option<String> {
    let commit = provenance.commit.as_ref()?;
    Some(format!("commit {commit}"))
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
fn requests(version: &ComponentVersion) -> String {
    let line = |request: &RequestedCapability| {
        let needs_approval = version.unapproved.contains(&request.capability);
        let state = match (needs_approval, request.granted) {
            (true, _) => Tone::Bad.of("needs approval"),
            (false, true) => Tone::Good.of("granted"),
            (false, false) => Tone::Quiet.of("not granted"),
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

fn event_text((name, event): (&EventName, &DeclaredEvent)) -> String {
    let schema = event.schema.as_ref();
    fields([
        ("event", name.to_string()),
        ("tells", event.description.clone().unwrap_or_default()),
        (
            "payload",
            schema.map_or_else(String::new, |it| format!("{it:#}")),
        ),
    ])
}

fn subscriber_text(subscriber: &SubscriberDescription) -> String {
    fields([
        ("subscriber", subscriber.name.to_string()),
        ("does", subscriber.description.clone().unwrap_or_default()),
    ])
}

fn handler_text(handler: &HandlerDescription) -> String {
    let schema = |it: &Option<Value>| it.as_ref().map_or_else(String::new, |it| format!("{it:#}"));
    fields([
        ("handler", handler.name.to_string()),
        ("does", handler.description.clone().unwrap_or_default()),
        ("takes", schema(&handler.input_schema)),
        ("gives", schema(&handler.result_schema)),
        ("errors", handler.error_codes.join(", ")),
    ])
}
