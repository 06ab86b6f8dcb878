//! Moving open tasks to other versions of the components that they run.

mod batch;
mod part;

pub use part::{MAX_UPGRADE_TASKS, Part, PartError};

use super::upgraded_component::UpgradedComponent;
use super::{Tasks, TasksError};
use batch::UpgradeBatch;
use std::time::{Duration, Instant};
use tasker_domain::actor::Actor;
use tasker_domain::compatibility::Level;
use tasker_domain::reason::is_kept;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::state::TaskState;
use tasker_domain::upgrade::UpgradeCursor;
use tasker_registry::Kind;
use tasker_registry::resolve::UpgradeRule;

/// A call begins no other batch after this, so that its caller need not wait long.
const CALL_TIME: Duration = Duration::from_secs(10);

/// Which open tasks move, and where to.
#[derive(Clone, Debug)]
pub struct Upgrade {
    pub template: QualifiedName,
    /// Only tasks of these versions of the template.
    pub version: Option<Requirement>,
    /// Only tasks in this state, which is an open one.
    pub state: Option<TaskState>,
    pub rule: UpgradeRule,
    /// Also where what worked may not work any more.
    pub is_forced: bool,
    pub reason: String,
}

/// What a part of an upgrade changes, or changed.
#[derive(Debug, Default)]
pub struct Upgraded {
    /// Open tasks of the template that were looked at before any moves.
    pub looked_at: usize,
    /// Open tasks that were asked for.
    pub matched: usize,
    /// Those of them whose lock changes.
    pub tasks: usize,
    pub components: Vec<UpgradedComponent>,
    /// Where the next part begins; none: it is done.
    pub next: Option<UpgradeCursor>,
}

impl Upgrade {
    /// Refuses versions that are not compatible, unless it is forced.
    fn refuse_breaking<'c>(
        &self,
        components: impl Iterator<Item = &'c UpgradedComponent>,
    ) -> Result<(), TasksError> {
        let breaking = components.filter(|it| it.level == Level::Major).cloned();
        let breaking: Vec<UpgradedComponent> = breaking.collect();
        match breaking.is_empty() || self.is_forced {
            true => Ok(()),
            false => Err(TasksError::UpgradeBreaks(breaking)),
        }
    }
}

impl Tasks {
    /// What this part of the upgrade would change; nothing is changed.
    pub async fn plan_upgrade(
        &self,
        upgrade: &Upgrade,
        part: &Part,
    ) -> Result<Upgraded, TasksError> {
        self.check(upgrade).await?;
        let mut walk = UpgradeBatch::new(self, upgrade, part.limit(), Instant::now() + CALL_TIME);
        let end = walk.go_on(part.position(), None).await?;
        Ok(Upgraded {
            looked_at: walk.looked_at(),
            next: end.map(UpgradeCursor::Look),
            ..walk.upgraded()
        })
    }

    /// Resolves open tasks again and moves one batch of them. The caller repeats the call from
    /// [`Upgraded::next`] until there is none. First all tasks are checked: such a batch counts only
    /// [`Upgraded::looked_at`]. So the whole upgrade is refused before anything moves if a new version is not
    /// compatible with the old one, unless it is forced. A small number of tasks is checked and moved in one
    /// call.
    ///
    /// Running attempts end on their version; a task stays on its version of the template. Starting again or
    /// repeating a batch does not change tasks that were moved before.
    pub async fn upgrade(
        &self,
        upgrade: &Upgrade,
        part: &Part,
        actor: &Actor,
    ) -> Result<Upgraded, TasksError> {
        self.check(upgrade).await?;
        let give_up = Instant::now() + CALL_TIME;
        let walk = || UpgradeBatch::new(self, upgrade, part.limit(), give_up);
        let mut looked_at = 0;
        let after = match part.after {
            Some(UpgradeCursor::Move(after)) => after,
            None | Some(UpgradeCursor::Look(_)) => {
                let mut looking = walk();
                let end = looking.go_on(part.position(), None).await?;
                upgrade.refuse_breaking(looking.components())?;
                looked_at = looking.looked_at();
                if part.after.is_some() || end.is_some() {
                    let next = end.map_or(UpgradeCursor::Move(None), UpgradeCursor::Look);
                    return Ok(Upgraded::looked(looked_at, next));
                }
                None
            }
        };
        let mut moving = walk();
        let end = moving.go_on(after, Some(actor)).await?;
        let next = end.map(|last| UpgradeCursor::Move(Some(last)));
        Ok(Upgraded {
            looked_at,
            next,
            ..moving.upgraded()
        })
    }

    async fn check(&self, upgrade: &Upgrade) -> Result<(), TasksError> {
        if !is_kept(&upgrade.reason) {
            return Err(TasksError::Reason);
        }
        if upgrade.rule.to.is_some() && upgrade.rule.component.is_none() {
            return Err(TasksError::UpgradeOfWhat);
        }
        if let Some(state) = upgrade.state.filter(|state| state.is_final()) {
            return Err(TasksError::UpgradeOfFinal(state));
        }
        self.registry
            .existing_versions(Kind::Template, &upgrade.template)
            .await?;
        if let Some(component) = &upgrade.rule.component {
            // First, so that callers do not learn whether a component that they may not use exists.
            let home = &upgrade.template.namespace;
            self.registry.require_use(home, component).await?;
            self.registry
                .existing_versions(Kind::Component, component)
                .await?;
        }
        Ok(())
    }
}

impl Upgraded {
    /// Of a part that moved nothing yet.
    fn looked(looked_at: usize, next: UpgradeCursor) -> Self {
        Self {
            looked_at,
            next: Some(next),
            ..Self::default()
        }
    }
}
