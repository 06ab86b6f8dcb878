//! Changes that are decided anew where what decided them has moved.

use super::RegistryError;
use std::time::Duration;

/// How often a change is decided.
const MAX_TRIES: u32 = 16;

/// Before it is decided anew, so many times as long as there were tries.
const PAUSE: Duration = Duration::from_millis(5);

/// Repeats a change that is given up, as `None`, where what it was decided by has moved by its end.
///
/// # Errors
/// Where it has moved each time: nothing is changed then.
pub(crate) async fn until_unmoved<T, E, F>(change: impl Fn() -> F) -> Result<T, RegistryError>
where
    F: Future<Output = Result<Option<T>, E>>,
    RegistryError: From<E>,
{
    for tries in 1..=MAX_TRIES {
        if let Some(changed) = change().await? {
            return Ok(changed);
        }
        tokio::time::sleep(PAUSE * tries).await;
    }
    Err(RegistryError::Contention)
}
