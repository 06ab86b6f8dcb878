//! The bound on all recordings of a database together.

use super::Engine;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tasker_database::DatabaseError;

/// The most that all recordings of a database take together, compressed, in bytes, unless its hosts are told otherwise.
pub const MAX_RECORDINGS_BYTES: u64 = 8 << 30;
/// Where they take all of it, the oldest are deleted until this part of it is free, though a batch at a time.
const FREED_PART: i64 = 16;
/// How many are deleted in one transaction.
pub(super) const DELETE_BATCH: i32 = 100;

/// Bytes of recordings that a host dropped since it started.
#[derive(Debug, Default)]
pub struct DroppedRecordings {
    lost: AtomicU64,
    refused: AtomicU64,
    removed: AtomicU64,
    /// The last recording found no room.
    is_full: AtomicBool,
}

impl DroppedRecordings {
    /// Those that came faster than they were stored, or could not be stored; before they are compressed, about.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Those that found no room.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Those that were deleted to make room.
    pub fn removed(&self) -> u64 {
        self.removed.load(Ordering::Relaxed)
    }

    /// Counts one that is not stored.
    pub fn lose(&self, bytes: usize) {
        self.lost.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn refuse(&self, bytes: u64) {
        self.refused.fetch_add(bytes, Ordering::Relaxed);
        if !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                bytes,
                "recordings of attempts are dropped: all together take as much as they may, and none could be deleted"
            );
        }
    }

    pub(super) fn have_room(&self) {
        self.is_full.store(false, Ordering::Relaxed);
    }
}

impl Engine {
    /// The same with another bound on all recordings together, in bytes, in place of [`MAX_RECORDINGS_BYTES`].
    pub fn with_max_recordings(self, bytes: u64) -> Self {
        Self {
            max_recordings: i64::try_from(bytes).unwrap_or(i64::MAX),
            ..self
        }
    }

    /// The bound on all recordings together, in bytes.
    pub(super) fn max_recordings(&self) -> i64 {
        self.max_recordings
    }

    /// Deletes the oldest recordings, so that one of this size has room.
    pub(super) async fn make_room_for_recording(&self, bytes: u64) -> Result<(), DatabaseError> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let free = bytes.max(self.max_recordings / FREED_PART);
        self.trim_recordings(self.max_recordings.saturating_sub(free))
            .await?;
        Ok(())
    }

    /// Deletes the oldest recordings until all together have this many bytes at most, a batch of them; how many.
    pub async fn trim_recordings(&self, kept_bytes: i64) -> Result<i32, DatabaseError> {
        let call = "select removed, removed_bytes from tasker.trim_recordings($1, $2)";
        let (removed, bytes): (i32, i64) = sqlx::query_as(call)
            .bind(kept_bytes.max(0))
            .bind(DELETE_BATCH)
            .fetch_one(self.pool())
            .await?;
        if removed > 0 {
            let counted = bytes.unsigned_abs();
            self.dropped.removed.fetch_add(counted, Ordering::Relaxed);
            tracing::debug!(removed, bytes, "the oldest recordings made room for others");
        }
        Ok(removed)
    }
}
