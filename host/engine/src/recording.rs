//! Recordings of attempts: kept after the attempt, encrypted where it was granted secrets, for some days only and within
//! a bound on all of them.

use super::Engine;
use super::recording_bound::{DELETE_BATCH, DroppedRecordings};
use super::secret::{KeyId, Sealed, SecretError};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sqlx::FromRow;
use std::io::{Read as _, Write as _};
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::capability::Capability;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::Lease;
use tasker_domain::recording::{MAX_RECORDING_BYTES, Recording};
use tokio_util::sync::CancellationToken;

/// How long recordings are kept, from the creation of their task.
pub const RECORDINGS_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Between two looks for those that are older, or too many.
const EXPIRE_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// The most that a recording takes as JSON, in bytes: texts within texts are escaped.
const MAX_JSON_BYTES: u64 = 8 * MAX_RECORDING_BYTES as u64;

/// A recording as it is read.
#[derive(Debug)]
pub struct KeptRecording {
    pub attempt: i32,
    pub recorded_at: DateTime<Utc>,
    pub recording: Recording,
}

/// Which version of a component ran.
#[derive(Clone, Debug, FromRow)]
pub struct RanVersion {
    pub namespace: String,
    pub component: String,
    pub version: String,
}

#[derive(FromRow)]
struct RecordingRow {
    attempt: i32,
    recorded_at: DateTime<Utc>,
    key_id: Option<Vec<u8>>,
    nonce: Option<Vec<u8>>,
    content: Vec<u8>,
}

/// Why a recording cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the stored recording cannot be read")]
    Unreadable(#[source] std::io::Error),
}

/// What became of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Kept,
    /// Its step is open no longer, or it is there already.
    LeftOut,
    /// All recordings together have reached their bound.
    Full,
}

/// A recording as it is stored.
pub struct PackedRecording {
    lease: Lease,
    is_complete: bool,
    sealed: Option<Sealed>,
    content: Vec<u8>,
}

impl PackedRecording {
    fn stored(&self) -> &[u8] {
        let sealed = self.sealed.as_ref();
        sealed.map_or(&self.content, |sealed| &sealed.ciphertext)
    }

    /// What it takes in the database.
    pub fn bytes(&self) -> u64 {
        self.stored().len() as u64
    }
}

impl Engine {
    /// Compresses a recording, and encrypts it where the attempt was granted secrets. Takes some milliseconds.
    pub fn pack_recording(&self, recording: &Recording) -> Result<PackedRecording, RecordingError> {
        let lease = recording.attempt.lease;
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let json = serde_json::to_vec(recording).map_err(std::io::Error::from);
        let json = json.map_err(RecordingError::Unreadable)?;
        let written = packed.write_all(&json);
        written.map_err(RecordingError::Unreadable)?;
        let content = packed.finish().map_err(RecordingError::Unreadable)?;
        let mut grants = recording.attempt.grants.iter();
        let is_secret = grants.any(|grant| matches!(grant, Capability::Secret(_)));
        let sealed = match is_secret {
            true => {
                let ring = self.secret_keys()?.to_seal()?;
                Some(ring.seal_bytes(&place(lease), &content)?)
            }
            false => None,
        };
        Ok(PackedRecording {
            lease,
            is_complete: recording.incomplete.is_none(),
            content: match sealed {
                Some(_) => Vec::new(),
                None => content,
            },
            sealed,
        })
    }

    /// Keeps it. Where all recordings together have reached their bound, the oldest are deleted first; what is deleted, and
    /// what has no room even so, is counted.
    pub async fn keep_recording(&self, packed: &PackedRecording) -> Result<Kept, DatabaseError> {
        let mut kept = self.insert_recording(packed).await?;
        if kept == Kept::Full {
            self.make_room_for_recording(packed.bytes()).await?;
            kept = self.insert_recording(packed).await?;
        }
        match kept {
            Kept::Full => self.dropped.refuse(packed.bytes()),
            Kept::Kept | Kept::LeftOut => self.dropped.have_room(),
        }
        Ok(kept)
    }

    async fn insert_recording(&self, packed: &PackedRecording) -> Result<Kept, DatabaseError> {
        let sealed = packed.sealed.as_ref();
        let call = "select tasker.keep_recording($1, $2, $3, $4, $5, $6, $7, $8)";
        let kept: String = sqlx::query_scalar(call)
            .bind(packed.lease.task_id.0)
            .bind(packed.lease.step_no)
            .bind(packed.lease.attempt)
            .bind(packed.is_complete)
            .bind(sealed.map(|sealed| sealed.key_id.as_bytes().to_vec()))
            .bind(sealed.map(|sealed| sealed.nonce.clone()))
            .bind(packed.stored())
            .bind(self.max_recordings())
            .fetch_one(self.pool())
            .await?;
        match &*kept {
            "kept" => Ok(Kept::Kept),
            "left_out" => Ok(Kept::LeftOut),
            "full" => Ok(Kept::Full),
            other => Err(DatabaseError::Corrupt(format!(
                "tasker.keep_recording answered `{other}`"
            ))),
        }
    }

    /// Bytes of recordings that this host dropped since it started.
    pub fn dropped_recordings(&self) -> &DroppedRecordings {
        &self.dropped
    }

    /// The recording of an attempt of a step, or of the last attempt that has one.
    pub async fn recording(
        &self,
        task_id: TaskId,
        step_no: i16,
        attempt: Option<i32>,
    ) -> Result<Option<KeptRecording>, RecordingError> {
        let row: Option<RecordingRow> = sqlx::query_as(
            "select attempt, recorded_at, key_id, nonce, content from tasker.read_recording($1, $2, $3)",
        )
        .bind(task_id.0)
        .bind(step_no)
        .bind(attempt)
        .fetch_optional(self.pool())
        .await
        .map_err(DatabaseError::from)?;
        let Some(row) = row else { return Ok(None) };
        let lease = Lease {
            task_id,
            step_no,
            attempt: row.attempt,
        };
        let content = self.opened(lease, row.key_id, row.nonce, row.content)?;
        let json = GzDecoder::new(content.as_slice()).take(MAX_JSON_BYTES);
        let recording = serde_json::from_reader(json).map_err(std::io::Error::from);
        Ok(Some(KeptRecording {
            attempt: row.attempt,
            recorded_at: row.recorded_at,
            recording: recording.map_err(RecordingError::Unreadable)?,
        }))
    }

    fn opened(
        &self,
        lease: Lease,
        key_id: Option<Vec<u8>>,
        nonce: Option<Vec<u8>>,
        content: Vec<u8>,
    ) -> Result<Vec<u8>, RecordingError> {
        let (Some(key_id), Some(nonce)) = (key_id, nonce) else {
            return Ok(content);
        };
        let changed = || {
            let why = "it was changed after it was encrypted";
            RecordingError::Unreadable(std::io::Error::other(why))
        };
        let key_id = KeyId::from_bytes(&key_id).ok_or_else(changed)?;
        let sealed = Sealed {
            key_id,
            nonce,
            ciphertext: content,
        };
        let ring = self.secret_keys()?.to_open(key_id)?;
        if !ring.has(key_id) {
            return Err(SecretError::RecordingKeyMissing { key_id }.into());
        }
        ring.open_bytes(&place(lease), &sealed).ok_or_else(changed)
    }

    /// The names of a version of a component.
    pub async fn ran_version(&self, id: i32) -> Result<Option<RanVersion>, DatabaseError> {
        let row = sqlx::query_as(
            "select n.name as namespace, c.name as component, v.version
             from tasker.component_version v
             join tasker.component c using (component_id)
             join tasker.namespace n using (namespace_id)
             where v.component_version_id = $1",
        );
        Ok(row.bind(id).fetch_optional(self.pool()).await?)
    }

    /// Deletes recordings of tasks that were created more than `kept` ago, some; how many.
    pub async fn expire_recordings(&self, kept: Duration) -> Result<i32, DatabaseError> {
        let deleted = sqlx::query_scalar("select tasker.expire_recordings($1, $2)")
            .bind(kept)
            .bind(DELETE_BATCH)
            .fetch_one(self.pool())
            .await?;
        Ok(deleted)
    }

    /// Deletes recordings that are older than [`RECORDINGS_KEPT`], and the oldest where all together take more than they may,
    /// every hour until `stop`. Every host does it.
    pub async fn keep_recordings_in_bounds(self, stop: CancellationToken) {
        loop {
            match self.delete_recordings().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::debug!(error = %ErrorChain(&error), "recordings were not deleted that are old or too many; retrying at the next interval");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EXPIRE_INTERVAL) => {}
            }
        }
    }

    /// Deletes a batch; true if there may be more to delete.
    async fn delete_recordings(&self) -> Result<bool, DatabaseError> {
        let expired = self.expire_recordings(RECORDINGS_KEPT).await?;
        let removed = self.trim_recordings(self.max_recordings()).await?;
        Ok(expired >= DELETE_BATCH || removed >= DELETE_BATCH)
    }
}

/// What a recording belongs to; encrypted for one attempt, it is worth nothing for another. No place of a secret is
/// written alike.
fn place(lease: Lease) -> Vec<u8> {
    let Lease {
        task_id,
        step_no,
        attempt,
    } = lease;
    format!("recording//{task_id}/{step_no}/{attempt}").into_bytes()
}
