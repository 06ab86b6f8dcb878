//! `tasker pin …`

use super::paint::Tone;
use super::reference::{Reference, parse_family};
use super::{CliError, Context, Exit, list, units, view};
use crate::domain::name::Name;
use chrono::Utc;
use reqwest::Method;
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Have new tasks take the versions that meet a requirement; replaces the pin that was there.
    Set {
        #[command(flatten)]
        pinned: Pinned,
        /// An exact version (=1.2.0) or a range, as Cargo writes it (^1.2, ~1.2.3).
        requirement: String,
    },
    /// List the pins.
    Ls {
        /// Only those of this namespace.
        #[arg(long)]
        namespace: Option<Name>,
    },
    /// Remove a pin; new tasks take the highest version again.
    Rm {
        #[command(flatten)]
        pinned: Pinned,
    },
}

/// What is pinned, and for whose tasks.
#[derive(Debug, clap::Args)]
pub struct Pinned {
    #[arg(value_enum)]
    kind: Kind,
    /// The template or component, for example payments/charge.
    #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Reference,
    /// The namespace whose tasks are pinned; without it, the namespace of the name.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Template,
    Component,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Component => "component",
        }
    }
}

impl Pinned {
    fn namespace(&self) -> &Name {
        self.namespace.as_ref().unwrap_or(&self.name.namespace)
    }

    /// How the path of the API names it: `name`, or `other~name` for another namespace's.
    fn target(&self) -> String {
        match self.namespace() == &self.name.namespace {
            true => self.name.name.to_string(),
            false => format!("{}~{}", self.name.namespace, self.name.name),
        }
    }

    fn path<'a>(&'a self, target: &'a str) -> [&'a str; 5] {
        [
            "namespaces",
            self.namespace().as_str(),
            "pins",
            self.kind.word(),
            target,
        ]
    }
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Set {
            pinned,
            requirement,
        } => set(&pinned, &requirement, context).await?,
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm { pinned } => rm(&pinned, context).await?,
    }
    Ok(Exit::Complete)
}

async fn set(pinned: &Pinned, requirement: &str, context: &Context) -> Result<(), CliError> {
    let target = pinned.target();
    let body = json!({ "requirement": requirement });
    let pin = context
        .client
        .send_json::<view::Pin>(Method::PUT, &pinned.path(&target), &body)
        .await?;
    context.output.show(&pin.text, || {
        let (mark, requirement) = (
            context.output.paint.tone(Tone::Good, "✔"),
            &pin.value.requirement,
        );
        let (namespace, kind, name) = (&pin.value.namespace, pinned.kind.word(), &pinned.name);
        format!("{mark} new tasks in {namespace} take the {kind} {name} at {requirement}")
    })?;
    context
        .output
        .next(&[format!("tasker pin ls --namespace {}", pinned.namespace())]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = list::filters([("namespace", namespace.map(String::from))]);
    let page = list::all::<view::Pin>(&context.client, &["pins"], &query).await?;
    context.output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        context.output.table(
            ["namespace", "kind", "name", "requirement", "set", "by"],
            rows,
            "no pins",
        )
    })?;
    if page.value.items.is_empty() {
        context
            .output
            .next(&["tasker pin set template NAMESPACE/NAME REQUIREMENT".to_owned()]);
    }
    Ok(())
}

fn row(pin: &view::Pin) -> [String; 6] {
    [
        pin.namespace.clone(),
        pin.kind.clone(),
        full_name(pin),
        pin.requirement.clone(),
        units::ago(pin.created_at, Utc::now()),
        pin.created_by.clone(),
    ]
}

fn full_name(pin: &view::Pin) -> String {
    match pin.target.contains('/') {
        true => pin.target.clone(),
        false => format!("{}/{}", pin.namespace, pin.target),
    }
}

async fn rm(pinned: &Pinned, context: &Context) -> Result<(), CliError> {
    let target = pinned.target();
    let answer = context.client.delete(&pinned.path(&target)).await?;
    let answer = if answer.is_empty() {
        json!({ "removed": true }).to_string()
    } else {
        answer
    };
    context.output.show(&answer, || {
        let (mark, namespace) = (
            context.output.paint.tone(Tone::Good, "✔"),
            pinned.namespace(),
        );
        format!(
            "{mark} the {} {} is no longer pinned in {namespace}",
            pinned.kind.word(),
            pinned.name
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(name: &str, namespace: Option<&str>) -> Pinned {
        let (name, namespace) = (
            name.parse().unwrap(),
            namespace.map(|text| text.parse().unwrap()),
        );
        Pinned {
            kind: Kind::Component,
            name,
            namespace,
        }
    }

    #[test]
    fn the_namespace_of_the_name_is_pinned_unless_another_is_given() {
        let own = pinned("payments/charge", None);
        assert_eq!(
            (own.namespace().as_str(), own.target().as_str()),
            ("payments", "charge")
        );
        let other = pinned("payments/charge", Some("orders"));
        assert_eq!(
            (other.namespace().as_str(), other.target().as_str()),
            ("orders", "payments~charge")
        );
    }
}
