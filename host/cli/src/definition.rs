//! What the commands for components and templates have in common.

use super::list::InNamespace;
use super::one_version::Told;
use super::{
    Answer, Context, Problem, Reference, Reply, Result, Table, affected_pins, changes, refuse,
    units,
};
use tasker_domain::compatibility::Diff;
use tasker_domain::pin::PinKind;
use tasker_domain::resolve::{Availability, Ineligible};
use tasker_wire::Page;
use tasker_wire::definition::{AffectedPins, DiffQuery, Summary, UploadDiffQuery};
use tasker_wire::endpoint::Endpoint;
use tasker_wire::page::NamespacePageQuery;

/// Lists all of a kind; `first` is the command that makes one where there is none.
pub async fn ls<E, K>(
    of: InNamespace,
    endpoint: E,
    kind: PinKind,
    first: &str,
    context: &Context,
) -> Result
where
    E: Endpoint<Answer = Page<Summary<K>>, Query = NamespacePageQuery> + Clone,
{
    let (kind, name) = (kind.into_str(), |it: &Summary<K>| {
        format!("{}/{}", it.namespace, it.name)
    });
    let nothing = format!("no {kind}s yet");
    let table = Table::new([
        (kind, &name),
        ("latest", &latest),
        ("versions", &|it| it.versions.to_string()),
        ("unavailable", &unavailable),
        ("created", &|it| units::age(it.created_at)),
    ])
    .or(&nothing);
    let all = context.list(&of.order, endpoint, of.query(), table).await?;
    Ok(all.next(|page| match page.items.first() {
        Some(line) => vec![format!("tasker {kind} show {}", name(line))],
        None => vec![first.to_owned()],
    }))
}

fn latest<K>(line: &Summary<K>) -> String {
    let latest = line.latest.as_ref();
    latest.map_or_else(|| "none".to_owned(), ToString::to_string)
}

fn unavailable<K>(line: &Summary<K>) -> String {
    let reasons = line.ineligible.iter();
    let reasons = reasons.map(|(reason, count)| format!("{count} {}", words(*reason)));
    units::joined(reasons, ", ")
}

/// `needs approval`.
pub fn words(reason: Ineligible) -> String {
    reason.into_str().replace('_', " ")
}

/// `active`, or why it is not.
pub fn status(status: Availability) -> String {
    status.as_str().replace('_', " ")
}

/// That new tasks do not take a version any more.
pub fn yanked(kind: PinKind, release: &Reference, pins: &AffectedPins) -> Told {
    let (kind, family, lines) = (
        kind.into_str(),
        release.family(),
        affected_pins::lines(pins),
    );
    let what = "is yanked: new tasks don't take it, tasks that have it keep it";
    let mut next = affected_pins::next(pins);
    next.push(format!("tasker {kind} show {family}"));
    next.push(format!("tasker {kind} unyank {release}"));
    (format!("{release} {what}{lines}"), next)
}

/// That a version is no longer yanked.
pub fn unyanked(kind: PinKind, release: &Reference, ineligible: Option<Ineligible>) -> Told {
    let (kind, family) = (kind.into_str(), release.family());
    let sentence = match ineligible.map(words) {
        None => format!("new tasks may take {release} again"),
        Some(reason) => format!("{release} is not yanked any more, but {reason}"),
    };
    (sentence, vec![format!("tasker {kind} show {family}")])
}

/// The version that a reference has to name here.
fn named_version(reference: &Reference) -> Result<String> {
    match &reference.version {
        Some(version) => Ok(version.to_string()),
        None => refuse(
            format!("`{reference}` names no version"),
            format!("write for example {reference}@1.0.0"),
        ),
    }
}

/// What compares two versions of one family.
pub fn between(older: &Reference, newer: &str) -> Result<DiffQuery> {
    let from = named_version(older)?;
    let newer: Reference = newer.parse().map_err(|error| {
        let what = format!("`{newer}` is neither a file nor a version: {error}");
        Problem::bad_input(what)
    })?;
    if newer.family() != older.family() {
        let what = format!("{older} and {newer} are not of one name");
        return refuse(
            what,
            "name two versions of the same, or a version and a file",
        );
    }
    let to = named_version(&newer)?;
    Ok(DiffQuery { from, to })
}

/// What compares a version with an upload.
pub fn with_upload(older: &Reference) -> Result<UploadDiffQuery> {
    let from = named_version(older)?;
    Ok(UploadDiffQuery { from })
}

/// Shows a diff; `to` is what the user called the newer one.
pub fn shown(answer: &Answer<Diff>, from: &Reference, to: &str, context: &Context) -> Reply {
    context.show(answer, |diff| {
        let number = diff.to.as_ref().map(ToString::to_string);
        changes::diff(diff, &from.family(), number.as_deref().unwrap_or(to))
    })
}
