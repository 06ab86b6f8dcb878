//! What the commands for components and templates have in common.

use super::client::{Answer, Ask as _};
use super::one_version::OneVersion;
use super::paint::Tone;
use super::reference::Reference;
use super::{CliError, Context, Exit, Problem, affected_pins, changes, client, units};
use chrono::Utc;
use serde::de::DeserializeOwned;
use tasker_domain::compatibility::Diff;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::resolve::Ineligible;
use tasker_wire::Page;
use tasker_wire::component::ComponentVersion;
use tasker_wire::definition::{AffectedPins, DiffQuery, Summary, UploadDiffQuery};
use tasker_wire::endpoint::{Endpoint, Json, Media};
use tasker_wire::page::NamespacePageQuery;
use tasker_wire::reason::OnlyReason;
use tasker_wire::template::TemplateVersion;

#[derive(Debug, clap::Args)]
pub struct Ls {
    /// Only those of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
}

/// A version of a component or template.
pub trait Version {
    /// Why new tasks may not take it.
    fn ineligible(&self) -> Option<Ineligible>;
    /// What became of pins, in the answer to a yank.
    fn pins(&self) -> &AffectedPins;
}

impl Version for ComponentVersion {
    fn ineligible(&self) -> Option<Ineligible> {
        self.ineligible()
    }

    fn pins(&self) -> &AffectedPins {
        &self.pins
    }
}

impl Version for TemplateVersion {
    fn ineligible(&self) -> Option<Ineligible> {
        self.status.ineligible()
    }

    fn pins(&self) -> &AffectedPins {
        &self.pins
    }
}

impl Ls {
    /// Lists all of a kind; `first` is the command that makes one where there is none.
    pub async fn run<E>(
        self,
        endpoint: E,
        kind: PinKind,
        first: &str,
        context: &Context,
    ) -> Result<Exit, CliError>
    where
        E: Endpoint<Answer = Page<Summary>, Query = NamespacePageQuery> + Clone,
    {
        let query = NamespacePageQuery {
            namespace: self.namespace,
            ..NamespacePageQuery::default()
        };
        let page = client::pages(&context.client, endpoint, query).await?;
        let (items, kind) = (&page.value.items, kind.into_str());
        context.output.show(&page.text, || {
            let headings = [kind, "latest", "versions", "unavailable", "created"];
            let nothing = format!("no {kind}s yet");
            let rows = items.iter().map(row).collect();
            context.output.table(headings, rows, &nothing)
        })?;
        context.output.next(&[match items.first() {
            Some(line) => format!("tasker {kind} show {}/{}", line.namespace, line.name),
            None => first.to_owned(),
        }]);
        Ok(Exit::Complete)
    }
}

fn row(line: &Summary) -> [String; 5] {
    let barred = line.ineligible.iter();
    let barred = barred.map(|(reason, count)| format!("{count} {}", words(*reason)));
    let latest = line.latest.as_ref();
    [
        format!("{}/{}", line.namespace, line.name),
        latest.map_or_else(|| "none".to_owned(), ToString::to_string),
        line.versions.to_string(),
        barred.collect::<Vec<_>>().join(", "),
        units::ago(line.created_at, Utc::now()),
    ]
}

/// `needs approval`.
pub fn words(reason: Ineligible) -> String {
    reason.into_str().replace('_', " ")
}

/// Has new tasks not take a version any more.
pub async fn yank<E>(
    version: &OneVersion,
    kind: PinKind,
    endpoint: impl FnOnce(Name, Name, String) -> E,
    context: &Context,
) -> Result<Exit, CliError>
where
    E: Endpoint<Body = Json<OnlyReason>>,
    E::Answer: Version + DeserializeOwned,
{
    let answer = version.change(endpoint, context).await?;
    let (release, kind, pins) = (&version.release, kind.into_str(), answer.value.pins());
    context.output.show(&answer.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let pins = affected_pins::lines(pins, context.output);
        format!(
            "{mark} {release} is yanked: new tasks don't take it, tasks that have it keep it{pins}"
        )
    })?;
    let mut next = affected_pins::next(pins);
    next.push(format!("tasker {kind} show {}", release.family()));
    next.push(format!("tasker {kind} unyank {release}"));
    context.output.next(&next);
    Ok(Exit::Complete)
}

/// Undoes a yank.
pub async fn unyank<E>(
    version: &OneVersion,
    kind: PinKind,
    endpoint: impl FnOnce(Name, Name, String) -> E,
    context: &Context,
) -> Result<Exit, CliError>
where
    E: Endpoint<Body = Json<OnlyReason>>,
    E::Answer: Version + DeserializeOwned,
{
    let answer = version.change(endpoint, context).await?;
    let (release, kind) = (&version.release, kind.into_str());
    context.output.show(&answer.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        match answer.value.ineligible() {
            None => format!("{mark} new tasks may take {release} again"),
            Some(reason) => {
                let reason = words(reason);
                format!("{mark} {release} is not yanked any more, but {reason}")
            }
        }
    })?;
    let show = format!("tasker {kind} show {}", release.family());
    context.output.next(&[show]);
    Ok(Exit::Complete)
}

/// The version that a reference has to name here.
fn named_version(reference: &Reference) -> Result<String, CliError> {
    let version = reference.version.as_ref().map(ToString::to_string);
    Ok(version.ok_or_else(|| {
        Problem::bad_input(format!("`{reference}` names no version"))
            .help(format!("write for example {reference}@1.0.0"))
    })?)
}

/// What compares two versions of one family.
fn between(older: &Reference, newer: &str) -> Result<DiffQuery, CliError> {
    let from = named_version(older)?;
    let newer: Reference = newer.parse().map_err(|error| {
        Problem::bad_input(format!(
            "`{newer}` is neither a file nor a version: {error}"
        ))
    })?;
    if newer.family() != older.family() {
        let what = format!("{older} and {newer} are not of one name");
        return Err(Problem::bad_input(what)
            .help("name two versions of the same, or a version and a file")
            .into());
    }
    let to = named_version(&newer)?;
    Ok(DiffQuery { from, to })
}

/// Compares a version with another one of its name, or with what is to be uploaded, and shows the diff.
pub async fn compare<Versions, Upload>(
    (from, to): (&Reference, &str),
    upload: Option<impl Future<Output = Result<Vec<u8>, CliError>>>,
    (versions, uploaded): (
        impl FnOnce(Name, Name) -> Versions,
        impl FnOnce(Name, Name) -> Upload,
    ),
    context: &Context,
) -> Result<Diff, CliError>
where
    Versions: Endpoint<Query = DiffQuery, Answer = Diff>,
    Upload: Endpoint<Query = UploadDiffQuery, Body: Media, Answer = Diff>,
{
    let client = &context.client;
    let answer = match upload {
        Some(upload) => {
            let query = UploadDiffQuery {
                from: named_version(from)?,
            };
            let call = client.call(from.family_at(uploaded));
            call.query(&query).media(upload.await?).ask().await?
        }
        None => {
            let query = between(from, to)?;
            let call = client.call(from.family_at(versions));
            call.query(&query).ask().await?
        }
    };
    let Answer { text, value: diff } = answer;
    context.output.show(&text, || {
        let number = diff.to.as_ref().map(ToString::to_string);
        let to = number.as_deref().unwrap_or(to);
        changes::diff(&diff, &from.family(), to, context.output)
    })?;
    Ok(diff)
}
