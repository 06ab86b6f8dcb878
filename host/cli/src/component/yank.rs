//! `tasker component yank` and `unyank`

use crate::one_version::OneVersion;
use crate::paint::Tone;
use crate::view::{ComponentVersion, Yanked};
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
        let answer = self
            .version
            .change::<Yanked>("components", "yank", context)
            .await?;
        let (release, mark) = (
            &self.version.release,
            context.output.paint.tone(Tone::Good, "✔"),
        );
        context.output.show(&answer.text, || {
            format!(
                "{mark} {release} is yanked: new tasks don't take it, tasks that have it keep it{}",
                answer.value.pins.lines(context.output)
            )
        })?;
        let mut next = answer.value.pins.next();
        next.push(format!("tasker component show {}", release.family()));
        next.push(format!("tasker component unyank {release}"));
        context.output.next(&next);
        Ok(Exit::Complete)
    }
}

impl Unyank {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let answer = self
            .version
            .change::<ComponentVersion>("components", "unyank", context)
            .await?;
        let release = &self.version.release;
        context.output.show(&answer.text, || {
            let mark = context.output.paint.tone(Tone::Good, "✔");
            match answer.value.standing.bar() {
                None => format!("{mark} new tasks may take {release} again"),
                Some(bar) => format!("{mark} {release} is not yanked any more, but {bar}"),
            }
        })?;
        context
            .output
            .next(&[format!("tasker component show {}", release.family())]);
        Ok(Exit::Complete)
    }
}
