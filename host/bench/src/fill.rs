//! Tables as a host has them that has worked for long: finished tasks of five steps.

use super::bulk::Bulk;

/// Tasks of one statement.
const CHUNK: u32 = 20_000;

/// Puts `tasks` finished tasks into the tables, then brings statistics up to date.
pub(super) async fn fill(bulk: &Bulk, template: &str, tasks: u32) -> anyhow::Result<()> {
    let mut left = tasks;
    while left > 0 {
        let chunk = left.min(CHUNK);
        bulk.insert_finished(template, chunk).await?;
        left -= chunk;
    }
    bulk.vacuum().await?;
    Ok(())
}
