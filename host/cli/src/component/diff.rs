//! `tasker component diff`

use super::push::{built, read_component};
use crate::client::Answer;
use crate::reference::Reference;
use crate::shell::word;
use crate::{CliError, Context, Exit, Problem, changes, view};
use reqwest::Method;
use std::path::{Path, PathBuf};

/// Compare two versions of a component, with the semver level of the change.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// The older one, for example payments/charge@1.4.0.
    #[arg(value_name = "NAMESPACE/NAME@VERSION")]
    from: Reference,
    /// The newer one: another version, a .wasm file, or the folder of a handler crate, which is
    /// built first. Nothing is published.
    #[arg(value_name = "NAMESPACE/NAME@VERSION|PATH")]
    to: String,
}

impl Diff {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let family = self.from.family();
        let from = written(&self.from)?;
        let path = PathBuf::from(&self.to);
        let is_file = path.exists();
        let answer = match is_file {
            true => compared_with(&self.from, &from, &path, context).await?,
            false => between(&self.from, &from, &self.to, "components", context).await?,
        };
        let diff = &answer.value;
        context.output.show(&answer.text, || {
            let to = diff
                .to
                .as_ref()
                .map_or_else(|| self.to.clone(), ToString::to_string);
            changes::diff(diff, &family, &to, context.output)
        })?;
        if is_file {
            let (to, lowest) = (word(&self.to), &diff.lowest_version);
            context.output.next(&[format!(
                "tasker component push {to} --name {family} --version {lowest}"
            )]);
        }
        Ok(Exit::Complete)
    }
}

/// The version that a reference has to name here.
pub fn written(reference: &Reference) -> Result<String, CliError> {
    let version = reference.version.as_ref().map(ToString::to_string);
    Ok(version.ok_or_else(|| {
        Problem::bad_input(format!("`{reference}` names no version"))
            .help(format!("write for example {reference}@1.0.0"))
    })?)
}

/// Compares two versions of `kind`, which are of one family.
pub async fn between(
    older: &Reference,
    from: &str,
    to: &str,
    kind: &str,
    context: &Context,
) -> Result<Answer<view::Diff>, CliError> {
    let newer: Reference = to.parse().map_err(|error| {
        Problem::bad_input(format!("`{to}` is neither a file nor a version: {error}"))
    })?;
    if newer.family() != older.family() {
        let what = format!("{older} and {newer} are not of one name");
        return Err(Problem::bad_input(what)
            .help("name two versions of the same, or a version and a file")
            .into());
    }
    let (namespace, name) = (older.namespace.as_str(), older.name.as_str());
    let query = [("from", from.to_owned()), ("to", written(&newer)?)];
    let path = ["namespaces", namespace, kind, name, "diff"];
    context.client.query(&path, &query).await
}

async fn compared_with(
    older: &Reference,
    from: &str,
    path: &Path,
    context: &Context,
) -> Result<Answer<view::Diff>, CliError> {
    let file = match path.is_dir() {
        true => built(path.to_owned(), false).await?.path,
        false => path.to_owned(),
    };
    let bytes = read_component(&file)?;
    let (namespace, name) = (older.namespace.as_str(), older.name.as_str());
    let path = ["namespaces", namespace, "components", name, "diff"];
    let query = [("from", from.to_owned())];
    let client = &context.client;
    client
        .upload_with(Method::POST, &path, &query, "application/wasm", bytes)
        .await
}
