//! What the commands for components and templates have in common.

use super::client::{Answer, Ask as _};
use super::one_version::OneVersion;
use super::reference::Reference;
use super::{CliError, Context, Exit, Problem, affected_pins, changes, client, units};
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
        let query = NamespacePageQuery::of(self.namespace);
        let page = client::pages(&context.client, endpoint, query).await?;
        let (items, kind) = (&page.value.items, kind.into_str());
        context.output.show(&page.text, || {
            let latest = |it: &Summary| it.latest.as_ref().map(ToString::to_string);
            context.output.list_of(
                items,
                [
                    (kind, &name),
                    ("latest", &|it| {
                        latest(it).unwrap_or_else(|| "none".to_owned())
                    }),
                    ("versions", &|it| it.versions.to_string()),
                    ("unavailable", &unavailable),
                    ("created", &|it| units::age(it.created_at)),
                ],
                &format!("no {kind}s yet"),
            )
        })?;
        context.output.next([match items.first() {
            Some(line) => format!("tasker {kind} show {}", name(line)),
            None => first.to_owned(),
        }]);
        Ok(Exit::Complete)
    }
}

fn name(line: &Summary) -> String {
    format!("{}/{}", line.namespace, line.name)
}

fn unavailable(line: &Summary) -> String {
    let reasons = line.ineligible.iter();
    let reasons = reasons.map(|(reason, count)| format!("{count} {}", words(*reason)));
    units::joined(reasons, ", ")
}

/// `needs approval`.
pub fn words(reason: Ineligible) -> String {
    reason.into_str().replace('_', " ")
}

/// Has new tasks not take a version any more.
pub async fn yank<E>(
    version: OneVersion,
    kind: PinKind,
    endpoint: impl FnOnce(Name, Name, String) -> E,
    context: &Context,
) -> Result<Exit, CliError>
where
    E: Endpoint<Body = Json<OnlyReason>>,
    E::Answer: Version + DeserializeOwned,
{
    let (release, answer) = version.change(endpoint, context).await?;
    let (kind, pins) = (kind.into_str(), answer.value.pins());
    context.output.done(&answer.text, || {
        let pins = affected_pins::lines(pins, context.output);
        format!("{release} is yanked: new tasks don't take it, tasks that have it keep it{pins}")
    })?;
    let mut next = affected_pins::next(pins);
    next.push(format!("tasker {kind} show {}", release.family()));
    next.push(format!("tasker {kind} unyank {release}"));
    context.output.next(&next);
    Ok(Exit::Complete)
}

/// Undoes a yank.
pub async fn unyank<E>(
    version: OneVersion,
    kind: PinKind,
    endpoint: impl FnOnce(Name, Name, String) -> E,
    context: &Context,
) -> Result<Exit, CliError>
where
    E: Endpoint<Body = Json<OnlyReason>>,
    E::Answer: Version + DeserializeOwned,
{
    let (release, answer) = version.change(endpoint, context).await?;
    context
        .output
        .done(&answer.text, || match answer.value.ineligible() {
            None => format!("new tasks may take {release} again"),
            Some(reason) => format!("{release} is not yanked any more, but {}", words(reason)),
        })?;
    let show = format!("tasker {} show {}", kind.into_str(), release.family());
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
