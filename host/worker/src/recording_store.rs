//! Stores recordings of attempts: attempts leave them in a buffer, from which one writer per host compresses and stores
//! them. No attempt waits for it, and losing one harms nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::recording::Recording;
use tasker_engine::Engine;
use tasker_engine::recording::RecordingError;
use tasker_engine::recording_bound::DroppedRecordings;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The most that recordings which are not stored yet take in memory, about; further ones are dropped.
const MAX_WAITING_BYTES: usize = 32 << 20;
/// What a recording takes besides what its attempt saw, about.
const RECORDING_BYTES: usize = 4 << 10;
/// How long the end of a host waits for its last recordings to be stored.
const LAST_TIMEOUT: Duration = Duration::from_secs(3);

/// Recordings that are not stored yet; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct RecordingStore {
    waiting: Arc<Mutex<Waiting>>,
    came: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Waiting {
    recordings: VecDeque<Recording>,
    /// Of the recordings, and of the one that is being stored.
    bytes: usize,
}

impl RecordingStore {
    /// Takes a recording, without waiting; it is dropped, and counted, where there is no room for it.
    pub(super) fn take(&self, recording: Recording, dropped: &DroppedRecordings) {
        let bytes = bytes_of(&recording);
        let mut waiting = self.lock();
        if waiting.bytes + bytes > MAX_WAITING_BYTES {
            let lease = recording.attempt.lease;
            drop(waiting);
            dropped.lose(bytes);
            tracing::debug!(task_id = %lease.task_id, step_no = lease.step_no, attempt = lease.attempt,
                "a recording is lost: they come faster than they are stored");
            return;
        }
        waiting.bytes += bytes;
        waiting.recordings.push_back(recording);
        drop(waiting);
        self.came.notify_one();
    }

    /// Stores recordings as they come, until `stop`; then the last ones, though not for ever.
    pub(super) async fn run(self, engine: Engine, stop: CancellationToken) {
        let all = async {
            while stop
                .run_until_cancelled(self.came.notified())
                .await
                .is_some()
            {
                self.store_all(&engine).await;
            }
            self.store_all(&engine).await;
        };
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_TIMEOUT).await;
        };
        tokio::select! {
            () = all => {}
            () = late => tracing::warn!("the last recordings of attempts were not stored in time and are lost"),
        }
    }

    async fn store_all(&self, engine: &Engine) {
        loop {
            let Some(recording) = self.lock().recordings.pop_front() else {
                return;
            };
            let (bytes, lease) = (bytes_of(&recording), recording.attempt.lease);
            if let Err(error) = store(engine, recording).await {
                engine.dropped_recordings().lose(bytes);
                tracing::warn!(error = %ErrorChain(&error), task_id = %lease.task_id, step_no = lease.step_no,
                    attempt = lease.attempt, "the recording of an attempt is lost");
            }
            self.lock().bytes -= bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn store(engine: &Engine, recording: Recording) -> Result<(), RecordingError> {
    let packer = engine.clone();
    let packing = tokio::task::spawn_blocking(move || packer.pack_recording(&recording));
    let packed = packing.await.map_err(std::io::Error::other);
    let packed = packed.map_err(RecordingError::Unreadable)??;
    engine.keep_recording(&packed).await?;
    Ok(())
}

fn bytes_of(recording: &Recording) -> usize {
    RECORDING_BYTES + recording.bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::digest::Digest;
    use tasker_domain::ids::TaskId;
    use tasker_domain::invocation::Lease;
    use tasker_domain::limits::Limits;
    use tasker_domain::recording::{
        RECORDING_FORMAT, RecordedAttempt, RecordedEnd, RecordedOutcome, Seen,
    };

    fn recording(input_bytes: usize) -> Recording {
        Recording {
            format: RECORDING_FORMAT,
            incomplete: None,
            attempt: RecordedAttempt {
                lease: Lease {
                    task_id: TaskId(uuid::Uuid::nil()),
                    step_no: 0,
                    attempt: 1,
                },
                namespace: "orders".to_owned(),
                step: "charge".to_owned(),
                component: "charge".to_owned(),
                component_version_id: 1,
                digest: Digest::of(b""),
                handler: "charge".to_owned(),
                config: "null".to_owned(),
                max_attempts: 1,
                limits: Limits::default(),
                grants: Vec::new(),
                result_schema: None,
                event_schemas: Vec::new(),
                input: "1".repeat(input_bytes),
                dependencies: Vec::new(),
                checkpoint: None,
                correlation_id: "request-1".to_owned(),
            },
            seen: Seen::default(),
            end: RecordedEnd {
                outcome: RecordedOutcome::Result("1".to_owned()),
                events: Vec::new(),
                writes: Vec::new(),
            },
        }
    }

    #[test]
    fn what_is_not_stored_is_bounded() {
        let (store, dropped) = (RecordingStore::default(), DroppedRecordings::default());
        for _ in 0..100 {
            store.take(recording(1 << 20), &dropped);
        }
        assert_eq!(
            dropped.lost(),
            69 * ((1 << 20) + RECORDING_BYTES as u64 + 5)
        );
        let waiting = store.lock();
        assert_eq!(waiting.recordings.len(), 31);
        assert!(waiting.bytes <= MAX_WAITING_BYTES);
    }
}
