//! `tasker secret rotate`

use crate::{Context, Exit, Result, paint, units};
use tasker_wire::secret::{RotateSecrets, Rotation};

/// Has the host encrypt all secrets anew; fails where it could not read one of them.
pub(super) async fn rotate(context: &Context) -> Result {
    let rotated = context.ask(RotateSecrets {}).await?;
    let reply = context.report(&rotated, text);
    Ok(match rotated.value.unreadable.is_empty() {
        true => reply,
        false => reply.end(Ok(Exit::Failed)),
    })
}

fn text(rotated: &Rotation) -> String {
    let (done, key) = (units::count(rotated.secrets, "secret"), &rotated.key_id);
    let done = paint::good(format_args!("{done} encrypted anew, with the key {key}"));
    let unreadable = rotated
        .unreadable
        .iter()
        .map(|it| paint::bad(format_args!("{}/{}: {}", it.namespace, it.name, it.reason)));
    units::joined([done].into_iter().chain(unreadable), "\n")
}
