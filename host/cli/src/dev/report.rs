//! What `tasker dev` prints: lines for people, or one JSON object a line.

use super::DevHost;
use crate::{Output, Result, Tone, good, json, units};
use chrono::{Local, TimeDelta};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Paths that are named at most.
const MAX_PATHS: usize = 3;

/// Something that happened.
#[derive(Debug, Serialize)]
#[serde(tag = "dev", rename_all = "snake_case")]
pub enum Event<'a> {
    /// Where everything runs.
    Host {
        url: &'a str,
        #[serde(serialize_with = "is_own")]
        host: DevHost,
    },
    /// A turn begins: with these files, or as the first.
    Change { paths: &'a [PathBuf] },
    /// The component was built.
    Built {
        size_bytes: u64,
        #[serde(serialize_with = "ms")]
        took_ms: Duration,
    },
    /// A version was published.
    Published {
        kind: &'static str,
        release: String,
        digest: String,
        #[serde(serialize_with = "ms")]
        took_ms: Duration,
    },
    /// A version is what was published before.
    Unchanged { kind: &'static str, release: String },
    /// The number of the project does not allow the change.
    Renumbered { wanted: String, release: String },
    /// The host of its own has granted what the component requests.
    Granted {
        component: String,
        capabilities: &'a [String],
    },
    /// A host of others has not; these commands do.
    NotGranted {
        component: String,
        commands: &'a [String],
    },
    /// Nothing is run.
    NothingToRun { why: String },
    /// The new code began to run.
    Began {
        #[serde(serialize_with = "ms")]
        after_ms: Duration,
        #[serde(serialize_with = "ms")]
        build_ms: Duration,
    },
    /// A turn failed; this is what new tasks still take.
    Kept { release: String },
    /// Waits for the next save.
    Watching { folder: &'a Path },
    /// What was set on a host of others was taken back.
    TakenBack { what: &'a [String] },
}

/// Prints it.
pub fn say(event: &Event<'_>, output: Output) -> Result<()> {
    let text = match output.is_json() {
        true => {
            let text = serde_json::to_string(event).map_err(anyhow::Error::from)?;
            json::escaped(&text)
        }
        false => event.text(),
    };
    output.print(&text)
}

impl Event<'_> {
    fn text(&self) -> String {
        match self {
            Self::Host { url, host } => match host {
                DevHost::Own => format!(
                    "a host of its own is ready at {url}; it and its database are deleted at the end"
                ),
                DevHost::Running => {
                    format!("on the host at {url}; what is pinned there is taken back at the end")
                }
            },
            Self::Change { paths } => format!("\n{}", Tone::Strong.of(changed(paths))),
            Self::Built {
                size_bytes,
                took_ms,
            } => good(format_args!(
                "built in {} ({})",
                span(*took_ms),
                units::size(*size_bytes)
            )),
            Self::Published {
                kind,
                release,
                digest,
                took_ms,
            } => {
                let took = span(*took_ms);
                good(format_args!(
                    "{kind} {release} published in {took} (digest {digest})"
                ))
            }
            Self::Unchanged { kind, release } => {
                Tone::Quiet.of(format_args!("  {kind} {release} is unchanged"))
            }
            Self::Renumbered { wanted, release } => format!(
                "  {wanted} does not allow this change; {release} does, and so has to be the version of a release"
            ),
            Self::Granted {
                component,
                capabilities,
            } => format!("  granted to {component}: {}", capabilities.join(", ")),
            Self::NotGranted {
                component,
                commands,
            } => {
                let head = format!("  {component} requests what is not granted; to grant it:");
                let commands = commands.iter().map(|command| format!("\n    {command}"));
                head + &commands.collect::<String>()
            }
            Self::NothingToRun { why } => format!("  nothing is run: {why}"),
            Self::Began { after_ms, build_ms } => Tone::Quiet.of(format_args!(
                "  the first step began {} after the save; the build took {} of it",
                span(*after_ms),
                span(*build_ms)
            )),
            Self::Kept { release } => format!("new tasks still take {release}"),
            Self::Watching { folder } => {
                Tone::Quiet.of(format_args!("watching {}; Ctrl-C ends", folder.display()))
            }
            Self::TakenBack { what } => units::joined(*what, "\n"),
        }
    }
}

/// `10:15:03  src/lib.rs changed`.
fn changed(paths: &[PathBuf]) -> String {
    let at = Local::now().format("%H:%M:%S");
    let named = paths.iter().take(MAX_PATHS);
    let named = units::joined(named.map(|path| path.display().to_string()), ", ");
    match paths.len().saturating_sub(MAX_PATHS) {
        _ if paths.is_empty() => format!("{at}  first build"),
        0 => format!("{at}  {named} changed"),
        more => format!("{at}  {named} and {} changed", units::count(more, "other")),
    }
}

fn span(took: Duration) -> String {
    units::span(TimeDelta::from_std(took).unwrap_or(TimeDelta::MAX))
}

fn ms<S: serde::Serializer>(
    took: &Duration,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u64(took.as_millis() as u64)
}

fn is_own<S: serde::Serializer>(
    host: &DevHost,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(match host {
        DevHost::Own => "own",
        DevHost::Running => "running",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::plain;

    #[test]
    fn a_change_names_its_files_and_counts_the_others() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let told = |names: &[&str]| changed(&paths(names))[10..].to_owned();
        assert_eq!(told(&[]), "first build");
        assert_eq!(told(&["src/lib.rs"]), "src/lib.rs changed");
        let many = ["a", "b", "c", "d", "e"];
        assert_eq!(told(&many), "a, b, c and 2 others changed");
    }

    #[test]
    fn an_event_is_a_line_for_people_and_an_object_for_programs() {
        let event = Event::Built {
            size_bytes: 2048,
            took_ms: Duration::from_millis(1_240),
        };
        assert_eq!(plain(&event.text()), "✔ built in 1.24 s (2.0 KiB)");
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::json!({"dev": "built", "size_bytes": 2048, "took_ms": 1240})
        );
    }
}
