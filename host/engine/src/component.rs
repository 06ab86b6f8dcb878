//! Components, as hosts that run them have them: by digest.

use super::Engine;
use tasker_database::DatabaseError;
use tasker_domain::digest::Digest;

impl Engine {
    /// The bytes of a component; `None` if no component has this digest.
    pub async fn component_bytes(&self, digest: Digest) -> Result<Option<Vec<u8>>, DatabaseError> {
        let bytes = sqlx::query_scalar("select bytes from tasker.component_blob where digest = $1")
            .bind(digest.as_bytes().as_slice())
            .fetch_optional(self.pool())
            .await?;
        Ok(bytes)
    }

    /// The number of the newest version of any component; 0 before the first.
    pub async fn newest_component_version(&self) -> Result<i32, DatabaseError> {
        let newest = sqlx::query_scalar(
            "select coalesce(max(component_version_id), 0) from tasker.component_version",
        )
        .fetch_one(self.pool())
        .await?;
        Ok(newest)
    }

    /// Versions of any component with a higher number, the newest first, `limit` at most.
    pub async fn components_after(
        &self,
        newest: i32,
        limit: i64,
    ) -> Result<Vec<(i32, Digest)>, DatabaseError> {
        let rows: Vec<(i32, Vec<u8>)> = sqlx::query_as(
            "select component_version_id, digest from tasker.component_version
             where component_version_id > $1 order by component_version_id desc limit $2",
        )
        .bind(newest)
        .bind(limit)
        .fetch_all(self.pool())
        .await?;
        let corrupt = |error| DatabaseError::Corrupt(format!("digest of a component: {error}"));
        rows.into_iter()
            .map(|(number, digest)| Ok((number, Digest::try_from(digest).map_err(corrupt)?)))
            .collect()
    }
}
