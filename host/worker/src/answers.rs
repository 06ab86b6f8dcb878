//! Questions to a database that may not answer, until it does.

use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_database::backoff::Backoff;
use tasker_engine::secret::SecretError;

/// The delay before a query is repeated that the database did not answer.
const RETRY_FIRST: Duration = Duration::from_millis(200);
const RETRY_MAX: Duration = Duration::from_secs(2);

/// How often a query is tried if its result is optional.
const TRIES: u32 = 3;

/// An error that may be one of a database that is lost and comes back.
pub(super) trait MayPass {
    fn may_pass(&self) -> bool;
}

impl MayPass for DatabaseError {
    fn may_pass(&self) -> bool {
        self.is_transient()
    }
}

impl MayPass for SecretError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_transient())
    }
}

/// Waits for a database that is lost, which is not the attempt's fault and must not count as one.
pub(super) async fn retry_transient<T, E, Asking>(ask: impl Fn() -> Asking) -> Result<T, E>
where
    E: MayPass,
    Asking: Future<Output = Result<T, E>>,
{
    let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
    loop {
        match ask().await {
            Err(error) if error.may_pass() => backoff.wait().await,
            answer => return answer,
        }
    }
}

/// An answer, and whether the first question brought it.
pub(super) struct Answered<T, E> {
    pub(super) answer: Result<T, E>,
    pub(super) is_first: bool,
}

/// The same as [`retry_transient`], and whether the database failed before.
pub(super) async fn answered<T, E, Asking>(ask: impl Fn() -> Asking) -> Answered<T, E>
where
    E: MayPass,
    Asking: Future<Output = Result<T, E>>,
{
    match ask().await {
        Err(error) if error.may_pass() => Answered {
            answer: retry_transient(ask).await,
            is_first: false,
        },
        answer => Answered {
            answer,
            is_first: true,
        },
    }
}

/// The same for a few tries: the last error is the answer.
pub(super) async fn retry_briefly<T, E, Asking>(ask: impl Fn() -> Asking) -> Result<T, E>
where
    E: MayPass,
    Asking: Future<Output = Result<T, E>>,
{
    let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
    for _ in 1..TRIES {
        match ask().await {
            Err(error) if error.may_pass() => backoff.wait().await,
            answer => return answer,
        }
    }
    ask().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[derive(Debug)]
    struct Lost;

    impl MayPass for Lost {
        fn may_pass(&self) -> bool {
            true
        }
    }

    #[tokio::test]
    async fn a_database_that_does_not_answer_is_asked_a_few_times() {
        let asked = Cell::new(0);
        let ask = || {
            asked.set(asked.get() + 1);
            std::future::ready(Err::<(), _>(Lost))
        };
        retry_briefly(ask).await.unwrap_err();
        assert_eq!(asked.get(), TRIES);
    }
}
