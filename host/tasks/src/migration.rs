//! Moving open tasks to other versions of the components that they run.

mod batch;
mod part;

pub use part::{MAX_MIGRATION_TASKS, Part, PartError};

use super::migrated_component::MigratedComponent;
use super::{Tasks, TasksError};
use batch::MigrationBatch;
use std::time::{Duration, Instant};
use tasker_domain::actor::Actor;
use tasker_domain::compatibility::Level;
use tasker_domain::migration::MigrationCursor;
use tasker_domain::pin::PinKind;
use tasker_domain::reason::is_kept;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::state::TaskState;

use tasker_registry::resolve::MigrationRule;

/// A call begins no other batch after this, so that its caller need not wait long.
const CALL_TIME: Duration = Duration::from_secs(10);

/// Which open tasks move, and where to.
#[derive(Clone, Debug)]
pub struct Migration {
    pub template: QualifiedName,
    /// Only tasks of these versions of the template.
    pub version: Option<Requirement>,
    /// Only tasks in this state, which is an open one.
    pub state: Option<TaskState>,
    pub rule: MigrationRule,
    /// Also where what worked may not work any more.
    pub is_forced: bool,
    pub reason: String,
}

/// What a part of a migration changes, or changed.
#[derive(Debug, Default)]
pub struct Migrated {
    /// Open tasks of the template that were looked at before any moves.
    pub looked_at: usize,
    /// Open tasks that were asked for.
    pub matched: usize,
    /// Those of them whose lock changes.
    pub tasks: usize,
    pub components: Vec<MigratedComponent>,
    /// Where the next part begins; none: it is done.
    pub next: Option<MigrationCursor>,
}

impl Migration {
    /// Refuses versions that are not compatible, unless it is forced.
    fn refuse_breaking<'c>(
        &self,
        components: impl Iterator<Item = &'c MigratedComponent>,
    ) -> Result<(), TasksError> {
        let breaking = components.filter(|it| it.level == Level::Major).cloned();
        let breaking: Vec<MigratedComponent> = breaking.collect();
        match breaking.is_empty() || self.is_forced {
            true => Ok(()),
            false => Err(TasksError::MigrationBreaks(breaking)),
        }
    }
}

impl Tasks {
    /// What this part of the migration would change; nothing is changed.
    pub async fn plan_migration(
        &self,
        migration: &Migration,
        part: &Part,
    ) -> Result<Migrated, TasksError> {
        self.check(migration).await?;
        let mut walk =
            MigrationBatch::new(self, migration, part.limit(), Instant::now() + CALL_TIME);
        let end = walk.go_on(part.position(), None).await?;
        Ok(Migrated {
            looked_at: walk.looked_at(),
            next: end.map(MigrationCursor::Look),
            ..walk.migrated()
        })
    }

    /// Resolves open tasks again and moves one batch of them. The caller repeats the call from
    /// [`Migrated::next`] until there is none. First all tasks are checked: such a batch counts only
    /// [`Migrated::looked_at`]. So the whole migration is refused before anything moves if a new version is not
    /// compatible with the old one, unless it is forced. A small number of tasks is checked and moved in one
    /// call.
    ///
    /// Running attempts end on their version; a task stays on its version of the template. Starting again or
    /// repeating a batch does not change tasks that were moved before.
    pub async fn migrate(
        &self,
        migration: &Migration,
        part: &Part,
        actor: &Actor,
    ) -> Result<Migrated, TasksError> {
        self.check(migration).await?;
        let give_up = Instant::now() + CALL_TIME;
        let walk = || MigrationBatch::new(self, migration, part.limit(), give_up);
        let mut looked_at = 0;
        let after = match part.after {
            Some(MigrationCursor::Move(after)) => after,
            None | Some(MigrationCursor::Look(_)) => {
                let mut looking = walk();
                let end = looking.go_on(part.position(), None).await?;
                migration.refuse_breaking(looking.components())?;
                looked_at = looking.looked_at();
                if part.after.is_some() || end.is_some() {
                    let next = end.map_or(MigrationCursor::Move(None), MigrationCursor::Look);
                    return Ok(Migrated::looked(looked_at, next));
                }
                None
            }
        };
        let mut moving = walk();
        let end = moving.go_on(after, Some(actor)).await?;
        let next = end.map(|last| MigrationCursor::Move(Some(last)));
        Ok(Migrated {
            looked_at,
            next,
            ..moving.migrated()
        })
    }

    async fn check(&self, migration: &Migration) -> Result<(), TasksError> {
        if !is_kept(&migration.reason) {
            return Err(TasksError::Reason);
        }
        if migration.rule.to.is_some() && migration.rule.component.is_none() {
            return Err(TasksError::MigrationOfWhat);
        }
        if let Some(state) = migration.state.filter(|state| state.is_final()) {
            return Err(TasksError::MigrationOfFinal(state));
        }
        self.registry
            .existing_versions(PinKind::Template, &migration.template)
            .await?;
        if let Some(component) = &migration.rule.component {
            // First, so that callers do not learn whether a component that they may not use exists.
            let home = &migration.template.namespace;
            self.registry.require_use(home, component).await?;
            self.registry
                .existing_versions(PinKind::Component, component)
                .await?;
        }
        Ok(())
    }
}

impl Migrated {
    /// Of a part that moved nothing yet.
    fn looked(looked_at: usize, next: MigrationCursor) -> Self {
        Self {
            looked_at,
            next: Some(next),
            ..Self::default()
        }
    }
}
