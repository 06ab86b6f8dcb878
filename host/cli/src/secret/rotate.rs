//! `tasker secret rotate`

use crate::client::Ask as _;
use crate::paint::Tone;
use crate::{CliError, Context, Exit, units};
use tasker_wire::secret::{RotateSecrets, Rotation};

/// Has the host encrypt all secrets anew; fails where it could not read one of them.
pub(super) async fn rotate(context: &Context) -> Result<Exit, CliError> {
    let rotated = context.client.call(RotateSecrets {}).ask().await?;
    context
        .output
        .report(&rotated.text, || text(&rotated.value, context))?;
    Ok(match rotated.value.unreadable.is_empty() {
        true => Exit::Complete,
        false => Exit::Failed,
    })
}

fn text(rotated: &Rotation, context: &Context) -> String {
    let paint = context.output.paint;
    let done = units::count(rotated.secrets, "secret");
    let mut lines = vec![format!(
        "{} {done} encrypted anew, with the key {}",
        paint.tone(Tone::Good, "✔"),
        rotated.key_id
    )];
    lines.extend(rotated.unreadable.iter().map(|secret| {
        let mark = paint.tone(Tone::Bad, "✘");
        format!(
            "{mark} {}/{}: {}",
            secret.namespace, secret.name, secret.reason
        )
    }));
    lines.join("\n")
}
