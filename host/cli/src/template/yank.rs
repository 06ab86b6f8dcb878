//! `tasker template yank` and `unyank`

use crate::one_version::OneVersion;
use crate::paint::Tone;
use crate::view::Yanked;
use crate::{CliError, Context, Exit};

/// Yank a version: new tasks do not use it; existing tasks keep it.
///
/// Pins that only this version satisfied are rolled back, where possible.
#[derive(Debug, clap::Args)]
pub struct Yank {
    #[command(flatten)]
    version: OneVersion,
}

/// Undo a yank.
#[derive(Debug, clap::Args)]
pub struct Unyank {
    #[command(flatten)]
    version: OneVersion,
}

impl Yank {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let said = "is yanked: new tasks don't take it, tasks that have it keep it";
        change(&self.version, "yank", said, context).await
    }
}

impl Unyank {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        change(
            &self.version,
            "unyank",
            "may be taken by new tasks again",
            context,
        )
        .await
    }
}

async fn change(
    version: &OneVersion,
    verb: &str,
    said: &str,
    context: &Context,
) -> Result<Exit, CliError> {
    let answer = version.change::<Yanked>("templates", verb, context).await?;
    let release = &version.release;
    context.output.show(&answer.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let pins = answer.value.pins.lines(context.output);
        format!("{mark} {release} {said}{pins}")
    })?;
    let mut next = answer.value.pins.next();
    next.push(format!("tasker template show {}", release.family()));
    context.output.next(&next);
    Ok(Exit::Complete)
}
