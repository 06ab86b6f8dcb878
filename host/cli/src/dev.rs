//! `tasker dev`: from a save of a source to a task on the new code, again and again.

mod compiler;
mod namespace;
mod pins;
mod project;
mod publisher;
mod report;
mod rewrite;
mod session;
mod sources;

use super::output::{Output, tell};
use super::{Client, Context, Exit, Global, Result};
use futures::future::LocalBoxFuture;
use project::Project;
use report::Event;
use session::{Change, Session};
use sources::Sources;
use std::path::PathBuf;
use tasker_domain::name::Name;

/// Which project is built and run, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct DevOptions {
    /// The folder of the project.
    #[arg(default_value = ".", value_name = "FOLDER")]
    dir: PathBuf,
    /// The template that is run [default: template.yaml in the folder, or the only one in sync/NAMESPACE/templates].
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// The input of each task: JSON text, or @FILE [default: @input.json in the folder, else {}].
    #[arg(long, value_name = "JSON|@FILE")]
    input: Option<String>,
    /// The namespace of what is published and run [default: that of the project on a host of its own, else dev-USER].
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Option<Name>,
    /// Watch this folder as well, for example one of a library; it may be given several times.
    #[arg(long = "watch", value_name = "FOLDER")]
    watched: Vec<PathBuf>,
    /// Look for changes every half second, where the system reports none: on network drives and in some containers.
    #[arg(long)]
    poll: bool,
    /// Build, publish and run once, and exit as `task run --wait` does.
    #[arg(long)]
    once: bool,
}

/// Where the project runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DevHost {
    /// On a host that this process started for it, and that ends with it.
    Own,
    /// On a host that was there, which others may use too.
    Running,
}

/// Builds, publishes and runs the project at each save, until `stop` is ready. What was set on a host that others may use
/// is taken back before this returns.
pub fn run<'a>(
    options: DevOptions,
    host: DevHost,
    global: &'a Global,
    output: Output,
    stop: LocalBoxFuture<'a, ()>,
) -> LocalBoxFuture<'a, Result<Exit>> {
    Box::pin(async move {
        let client = Client::new(global)?;
        let context = Context { client, output };
        follow(options, host, &global.url, &context, stop).await
    })
}

async fn follow(
    options: DevOptions,
    host: DevHost,
    url: &str,
    context: &Context,
    mut stop: LocalBoxFuture<'_, ()>,
) -> Result<Exit> {
    let project = Project::new(&options)?;
    let watched = project.watched(&options.watched)?;
    let (mut sources, fallback) = Sources::watch(&watched, options.poll)?;
    if let Some(why) = fallback {
        tell(&format!("{why}; changes are looked for instead\n"));
    }
    let said = |event: &Event<'_>| report::say(event, context.output);
    said(&Event::Host { url, host })?;
    let folder = project.dir().to_owned();
    let mut session = Session::new(project, options, host, context);
    let mut change = Change::first();
    let end = loop {
        let end = tokio::select! {
            end = session.turn(&change) => end,
            heard = sources.changed() => {
                session.interrupt().await;
                change = Change::heard(heard, &folder);
                continue;
            }
            () = &mut stop => break Ok(Exit::Complete),
        };
        if session.is_once() || end.is_err() {
            break end;
        }
        said(&Event::Watching { folder: &folder })?;
        tokio::select! {
            heard = sources.changed() => change = Change::heard(heard, &folder),
            () = &mut stop => break Ok(Exit::Complete),
        }
    };
    session.leave().await;
    end
}
