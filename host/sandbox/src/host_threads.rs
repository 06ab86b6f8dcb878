//! The way from guests that run to what the host does for them.

use std::panic::resume_unwind;
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

/// The host's own threads: a connection to the database belongs to the threads that opened it, and must not wait for
/// guests that compute.
#[derive(Clone, Debug)]
pub struct HostThreads(Handle);

impl HostThreads {
    /// Those on which it is called.
    pub fn here() -> Self {
        Self(Handle::current())
    }

    /// Runs this there, for as long as somebody waits for it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        match AbortOnDropHandle::new(self.0.spawn(work)).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The host ends; so does the attempt.
                Err(_) => std::future::pending().await,
            },
        }
    }
}
