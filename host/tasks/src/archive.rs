//! Archiving finished tasks before they are deleted.

use std::collections::BTreeMap;
use tasker_archive::{Archive, ArchiveError, Part};
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;
use tasker_engine::archived::{ArchivedPart, EndedOn, STEP, TASK, TRANSITION};
use tasker_engine::retention::DueTasks;
use uuid::Uuid;

/// Tasks of which the parts are put in order at once.
const SLICE_TASKS: usize = 32;

/// Why tasks were not archived.
#[derive(Debug, thiserror::Error)]
pub enum ArchivingError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("what is to be archived was not read")]
    Database(#[from] DatabaseError),
}

/// Writes these tasks, one file for each day on which some of them ended. When it returns, they are durable.
pub async fn write(archive: &Archive, due: &mut DueTasks) -> Result<(), ArchivingError> {
    let mut days: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for EndedOn { task_id, day } in due.ended_on().await? {
        days.entry(day).or_default().push(task_id);
    }
    for (day, tasks) in days {
        write_file(archive, due, &day, &tasks).await?;
    }
    Ok(())
}

/// Tasks of one day in the order of their ids.
async fn write_file(
    archive: &Archive,
    due: &mut DueTasks,
    day: &str,
    tasks: &[Uuid],
) -> Result<(), ArchivingError> {
    let [first, last] = [tasks.first(), tasks.last()].map(|id| id.copied().unwrap_or_default());
    let mut file = archive.file(day, TaskId(first), TaskId(last)).await?;
    for slice in tasks.chunks(SLICE_TASKS) {
        let mut after: Option<ArchivedPart> = None;
        loop {
            let parts = due.parts(slice, after.as_ref()).await?;
            let Some(last) = parts.last() else {
                break;
            };
            after = Some(ArchivedPart {
                json: String::new(),
                ..last.clone()
            });
            file = file.append(parts.into_iter().map(part).collect()).await?;
        }
    }
    Ok(file.finish().await?)
}

fn part(part: ArchivedPart) -> Part {
    match part.kind {
        TASK => Part::Task(part.json),
        STEP => Part::Step(part.json),
        TRANSITION => Part::Transition(part.json),
        _ => Part::AttemptLog(part.json),
    }
}
