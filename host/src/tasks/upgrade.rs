//! Moving open tasks to other versions of the components that they run.

use super::{Tasks, TasksError};
use crate::domain::actor::Actor;
use crate::domain::compat::{Change, Level};
use crate::domain::ids::{LockId, TaskId};
use crate::domain::reason::is_kept;
use crate::domain::requirement::{QualifiedName, Requirement};
use crate::domain::state::TaskState;
use crate::registry::resolve::{Again, Resolver, Standing, Swap, UpgradeRule};
use crate::store::upgrade::{Move, MoveBy, OpenTaskFilter, OpenTaskRow};
use semver::Version;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// Tasks that are moved in one transaction.
const UPGRADE_BATCH: usize = 500;

/// How often a batch is resolved anew because the registry changed under it.
const MAX_TRIES: usize = 16;

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

/// What an upgrade changes, or changed.
#[derive(Debug, Default)]
pub struct Upgraded {
    /// Open tasks that were asked for.
    pub matched: usize,
    /// Those of them whose lock changes.
    pub tasks: usize,
    pub components: Vec<UpgradedComponent>,
}

/// A component that takes another version in some tasks.
#[derive(Clone, Debug)]
pub struct UpgradedComponent {
    pub swap: Swap,
    pub tasks: usize,
    /// Steps that will begin on the new version.
    pub steps: usize,
    /// How much the new version asks of those who rely on the old one.
    pub level: Level,
    /// What may not work any more.
    pub breaking: Vec<Change>,
}

/// What a lock becomes, by the lock and the ramps that a task is on.
type Resolved = HashMap<ResolvedKey, Again>;

type ResolvedKey = (LockId, Vec<String>);

/// A walk over the open tasks.
struct Walk<'a> {
    tasks: &'a Tasks,
    upgrade: &'a Upgrade,
    components: BTreeMap<Swap, UpgradedComponent>,
    matched: usize,
    moved: usize,
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
    /// What the upgrade would change; nothing is changed.
    pub async fn plan_upgrade(&self, upgrade: &Upgrade) -> Result<Upgraded, TasksError> {
        self.check(upgrade).await?;
        let mut walk = Walk::new(self, upgrade);
        walk.over_all(None).await?;
        Ok(walk.upgraded())
    }

    /// Resolves the open tasks anew and moves them. Attempts under way end on what they run; a task
    /// stays on its version of the template. Refused as a whole, before anything moves, where a new
    /// version is not compatible with the old one, unless it is forced.
    pub async fn upgrade(&self, upgrade: &Upgrade, actor: &Actor) -> Result<Upgraded, TasksError> {
        let planned = self.plan_upgrade(upgrade).await?;
        upgrade.refuse_breaking(planned.components.iter())?;
        let mut walk = Walk::new(self, upgrade);
        walk.over_all(Some(actor)).await?;
        Ok(walk.upgraded())
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
        self.registry.template(&upgrade.template).await?;
        if let Some(component) = &upgrade.rule.component {
            self.registry.component(component).await?;
        }
        Ok(())
    }
}

impl<'a> Walk<'a> {
    fn new(tasks: &'a Tasks, upgrade: &'a Upgrade) -> Self {
        Self {
            tasks,
            upgrade,
            components: BTreeMap::new(),
            matched: 0,
            moved: 0,
        }
    }

    /// Looks at all open tasks in batches, and with an actor moves them.
    async fn over_all(&mut self, actor: Option<&Actor>) -> Result<(), TasksError> {
        let mut after = None;
        loop {
            let filter = OpenTaskFilter {
                template: &self.upgrade.template,
                state: self.upgrade.state,
                after,
            };
            let limit = i64::try_from(UPGRADE_BATCH).expect("a batch is small");
            let rows = self.tasks.store.open_tasks(&filter, limit).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = Some(TaskId(last.task_id));
            let rows: Vec<OpenTaskRow> =
                rows.into_iter().filter(|row| self.is_asked(row)).collect();
            match self.batch(&rows, actor).await {
                Err(error) if error.is_of_void_lock() => self.batch(&rows, actor).await?,
                done => done?,
            }
        }
    }

    fn is_asked(&self, row: &OpenTaskRow) -> bool {
        let version = row.version.parse::<Version>();
        let asked = self.upgrade.version.as_ref();
        asked.is_none_or(|asked| version.is_ok_and(|version| asked.matches(&version)))
    }

    async fn batch(
        &mut self,
        rows: &[OpenTaskRow],
        actor: Option<&Actor>,
    ) -> Result<(), TasksError> {
        let (keys, resolved) = self.resolve_all(rows).await?;
        let mut moving = Vec::new();
        for (row, key) in rows.iter().zip(keys) {
            let again = &resolved[&key];
            for (swap, numbers) in &again.swaps {
                self.count(swap, numbers, row).await?;
            }
            if !again.swaps.is_empty() {
                moving.push((row, key));
            }
        }
        if actor.is_some() {
            // The registry may have changed since the plan was made.
            self.upgrade.refuse_breaking(self.components.values())?;
        }
        self.moved += match actor {
            None => moving.len(),
            Some(actor) => self.move_all(&moving, &resolved, actor).await?,
        };
        self.matched += rows.len();
        Ok(())
    }

    /// What the locks of these tasks become, all under one state of the registry: the key of each
    /// task, and what is kept under it.
    async fn resolve_all(
        &self,
        rows: &[OpenTaskRow],
    ) -> Result<(Vec<ResolvedKey>, Resolved), TasksError> {
        let mut tries = 1;
        loop {
            let mut resolver = self.tasks.registry.resolver().await?;
            let (mut keys, mut resolved) = (Vec::with_capacity(rows.len()), Resolved::new());
            for row in rows {
                keys.push(self.resolve(&mut resolver, &mut resolved, row).await?);
            }
            if tries == MAX_TRIES || resolver.still_stands().await? {
                return Ok((keys, resolved));
            }
            tries += 1;
        }
    }

    /// Finds out what the lock of this task becomes; tells under which key it is kept.
    async fn resolve(
        &self,
        resolver: &mut Resolver<'_>,
        resolved: &mut Resolved,
        row: &OpenTaskRow,
    ) -> Result<ResolvedKey, TasksError> {
        let (namespace, version) = (&self.upgrade.template.namespace, row.template_version_id);
        let task = TaskId(row.task_id);
        let ramps = resolver.ramps_of(namespace, version, task).await?;
        let key = (LockId(row.lock_id), ramps);
        if !resolved.contains_key(&key) {
            let (entries, ramped) = self.tasks.store.standing_lock(key.0).await?;
            let standing = Standing {
                template_version_id: version,
                entries,
                ramped,
            };
            let again = resolver.again(&standing, &self.upgrade.rule, &key.1);
            let again = again.await?;
            resolved.insert(key.clone(), again);
        }
        Ok(key)
    }

    /// Tells how many moved.
    async fn move_all(
        &self,
        moving: &[(&OpenTaskRow, ResolvedKey)],
        resolved: &Resolved,
        actor: &Actor,
    ) -> Result<usize, TasksError> {
        if moving.is_empty() {
            return Ok(0);
        }
        let (store, reason) = (&self.tasks.store, self.upgrade.reason.as_str());
        let mut locks: HashMap<&ResolvedKey, LockId> = HashMap::new();
        let mut moves = Vec::with_capacity(moving.len());
        for (row, key) in moving {
            let again = &resolved[key];
            let to = match locks.get(key) {
                Some(lock) => *lock,
                None => {
                    let version = row.template_version_id;
                    let lock = store.intern_lock(version, &again.entries, &again.ramped);
                    *locks.entry(key).or_insert(lock.await?)
                }
            };
            moves.push(Move {
                task_id: TaskId(row.task_id),
                from: key.0,
                to,
                detail: told(again, actor, reason).to_string(),
            });
        }
        let by = MoveBy {
            template: &self.upgrade.template,
            actor,
            reason,
        };
        let components = changes(self.components.keys());
        let detail = json!({"components": components, "forced": self.upgrade.is_forced});
        Ok(store.move_tasks(&moves, by, detail).await?)
    }

    async fn count(
        &mut self,
        swap: &Swap,
        numbers: &[i16],
        row: &OpenTaskRow,
    ) -> Result<(), TasksError> {
        if !self.components.contains_key(swap) {
            let registry = &self.tasks.registry;
            let diff = registry
                .component_diff(&swap.component, &swap.from, &swap.to)
                .await?;
            let breaking = diff.verdict.changes.into_iter();
            let counted = UpgradedComponent {
                swap: swap.clone(),
                tasks: 0,
                steps: 0,
                level: diff.verdict.level,
                breaking: breaking
                    .filter(|change| change.level == Level::Major)
                    .collect(),
            };
            self.components.insert(swap.clone(), counted);
        }
        let counted = self.components.get_mut(swap);
        let counted = counted.expect("it was put there where it was missing");
        counted.tasks += 1;
        counted.steps += numbers
            .iter()
            .filter(|no| row.to_begin.contains(no))
            .count();
        Ok(())
    }

    fn upgraded(self) -> Upgraded {
        Upgraded {
            matched: self.matched,
            tasks: self.moved,
            components: self.components.into_values().collect(),
        }
    }
}

/// What the log of a task tells of its move.
fn told(again: &Again, actor: &Actor, reason: &str) -> Value {
    let mut told = json!({
        "reason": "upgraded",
        "components": changes(again.swaps.keys()),
        "by": actor,
    });
    if !reason.is_empty() {
        told["why"] = reason.into();
    }
    told
}

fn changes<'s>(swaps: impl Iterator<Item = &'s Swap>) -> Vec<Value> {
    let change = |swap: &Swap| json!({"component": swap.component.to_string(), "from": swap.from, "to": swap.to});
    swaps.map(change).collect()
}
