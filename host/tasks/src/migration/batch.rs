//! A walk over the open tasks of a template, batch by batch.

use super::{Migrated, Migration};
use crate::migrated_component::MigratedComponent;
use crate::{Tasks, TasksError};
use semver::Version;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;
use tasker_domain::actor::Actor;
use tasker_domain::compatibility::Level;
use tasker_domain::ids::{LockId, TaskId};
use tasker_engine::migration::{Move, MoveBy, OpenTaskFilter, OpenTaskRow};
use tasker_registry::resolve::{CurrentLock, Reresolution, Resolver, Swap};

/// The most tasks that are moved in one transaction.
const MAX_BATCH_TASKS: usize = 500;
/// The most of their steps that it locks, unless one task has more.
const MAX_BATCH_STEPS: usize = 50_000;
/// How often a batch is resolved anew because the registry changed under it.
const MAX_TRIES: usize = 16;

/// What a lock becomes, by the lock and the rollouts that a task is on.
type Resolved = HashMap<ResolvedKey, Reresolution>;

type ResolvedKey = (LockId, Vec<String>);

type Components = BTreeMap<Swap, MigratedComponent>;

/// A walk over open tasks, and what it counted.
pub(super) struct MigrationBatch<'a> {
    tasks: &'a Tasks,
    migration: &'a Migration,
    /// Tasks that may be looked at.
    limit: usize,
    /// No batch is begun after this but the first.
    give_up: Instant,
    /// Tasks of the next batch, at most.
    batch_tasks: usize,
    components: Components,
    looked_at: usize,
    matched: usize,
    moved: usize,
}

impl<'a> MigrationBatch<'a> {
    pub(super) fn new(
        tasks: &'a Tasks,
        migration: &'a Migration,
        limit: usize,
        give_up: Instant,
    ) -> Self {
        Self {
            tasks,
            migration,
            limit,
            give_up,
            batch_tasks: MAX_BATCH_TASKS,
            components: Components::new(),
            looked_at: 0,
            matched: 0,
            moved: 0,
        }
    }

    /// Looks at the open tasks after this one, and with an actor moves them, as many as the limit and
    /// the time allow. Tells the last one, unless there are no more.
    pub(super) async fn go_on(
        &mut self,
        from: Option<TaskId>,
        actor: Option<&Actor>,
    ) -> Result<Option<TaskId>, TasksError> {
        let mut after = from;
        loop {
            let (rows, has_more) = self.next_batch(after).await?;
            after = rows.last().map(|row| TaskId(row.task_id));
            self.looked_at += rows.len();
            let asked = rows.into_iter().filter(|row| self.is_asked(row));
            let asked: Vec<OpenTaskRow> = asked.collect();
            match self.batch(&asked, actor).await {
                Err(error) if error.is_of_void_lock() => self.batch(&asked, actor).await?,
                done => done?,
            }
            let is_over = self.looked_at >= self.limit || Instant::now() >= self.give_up;
            if is_over || !has_more {
                return Ok(after.filter(|_| has_more));
            }
        }
    }

    /// Tasks that can be moved in one transaction, and whether there are more behind them.
    async fn next_batch(
        &mut self,
        after: Option<TaskId>,
    ) -> Result<(Vec<OpenTaskRow>, bool), TasksError> {
        let filter = OpenTaskFilter {
            template: &self.migration.template,
            state: self.migration.state,
            after,
        };
        let most = self.batch_tasks.min(self.limit - self.looked_at);
        let limit = i64::try_from(most + 1).expect("a batch is small");
        let mut rows = self.tasks.engine.open_tasks(&filter, limit).await?;
        let fitting = fitting(&rows).min(most);
        let has_more = rows.len() > fitting;
        rows.truncate(fitting);
        // What does not fit is read again: not more of it than has to be.
        self.batch_tasks = match fitting < most && has_more {
            true => fitting,
            false => (self.batch_tasks * 2).min(MAX_BATCH_TASKS),
        };
        Ok((rows, has_more))
    }

    fn is_asked(&self, row: &OpenTaskRow) -> bool {
        let version = row.version.parse::<Version>();
        let asked = self.migration.version.as_ref();
        asked.is_none_or(|asked| version.is_ok_and(|version| asked.matches(&version)))
    }

    async fn batch(
        &mut self,
        rows: &[OpenTaskRow],
        actor: Option<&Actor>,
    ) -> Result<(), TasksError> {
        let (keys, resolved) = self.resolve_all(rows).await?;
        let mut components = self.components.clone();
        let mut moving = Vec::new();
        for (row, key) in rows.iter().zip(keys) {
            let again = &resolved[&key];
            for (swap, numbers) in &again.swaps {
                self.count(&mut components, swap, numbers, row).await?;
            }
            if !again.swaps.is_empty() {
                moving.push((row, key));
            }
        }
        let moved = match actor {
            None => moving.len(),
            Some(actor) => {
                // The registry may have changed since the plan was made.
                self.migration.refuse_breaking(components.values())?;
                self.move_all(&moving, &resolved, &components, actor)
                    .await?
            }
        };
        self.moved += moved;
        self.matched += rows.len();
        self.components = components;
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
            let home = &self.migration.template.namespace;
            let mut resolver = self.tasks.registry.resolver([home]).await?;
            let (mut keys, mut resolved) = (Vec::with_capacity(rows.len()), Resolved::new());
            for row in rows {
                keys.push(self.resolve(&mut resolver, &mut resolved, row).await?);
            }
            if tries == MAX_TRIES || resolver.is_unchanged().await? {
                return Ok((keys, resolved));
            }
            tries += 1;
        }
    }

    /// Finds out what the lock of this task becomes; returns the key of its cache entry.
    async fn resolve(
        &self,
        resolver: &mut Resolver<'_>,
        resolved: &mut Resolved,
        row: &OpenTaskRow,
    ) -> Result<ResolvedKey, TasksError> {
        let (namespace, version) = (&self.migration.template.namespace, row.template_version_id);
        let task = TaskId(row.task_id);
        let rollouts = resolver.rollouts_of(namespace, version, task).await?;
        let key = (LockId(row.lock_id), rollouts);
        if !resolved.contains_key(&key) {
            let (entries, rollouts) = self.tasks.engine.standing_lock(key.0).await?;
            let current = CurrentLock {
                template_version_id: version,
                entries,
                rollouts,
            };
            let reresolved = resolver.reresolve(&current, &self.migration.rule, &key.1);
            resolved.insert(key.clone(), reresolved.await?);
        }
        Ok(key)
    }

    /// Returns how many moved.
    async fn move_all(
        &self,
        moving: &[(&OpenTaskRow, ResolvedKey)],
        resolved: &Resolved,
        components: &Components,
        actor: &Actor,
    ) -> Result<usize, TasksError> {
        if moving.is_empty() {
            return Ok(0);
        }
        let (engine, reason) = (&self.tasks.engine, self.migration.reason.as_str());
        let mut locks: HashMap<&ResolvedKey, LockId> = HashMap::new();
        let mut moves = Vec::with_capacity(moving.len());
        for (row, key) in moving {
            let again = &resolved[key];
            let to = match locks.get(key) {
                Some(lock) => *lock,
                None => {
                    let version = row.template_version_id;
                    let lock = engine.intern_lock(version, &again.entries, &again.rollouts);
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
            template: &self.migration.template,
            actor,
            reason,
        };
        let components = changes(components.keys());
        let detail = json!({"components": components, "forced": self.migration.is_forced});
        Ok(engine.move_tasks(&moves, by, detail).await?)
    }

    async fn count(
        &self,
        components: &mut Components,
        swap: &Swap,
        numbers: &[i16],
        row: &OpenTaskRow,
    ) -> Result<(), TasksError> {
        if !components.contains_key(swap) {
            let counted = self.not_counted_yet(swap).await?;
            components.insert(swap.clone(), counted);
        }
        let counted = components.get_mut(swap);
        let counted = counted.expect("it was put there where it was missing");
        counted.tasks += 1;
        counted.steps += numbers
            .iter()
            .filter(|no| row.to_begin.contains(no))
            .count();
        Ok(())
    }

    async fn not_counted_yet(&self, swap: &Swap) -> Result<MigratedComponent, TasksError> {
        let registry = &self.tasks.registry;
        let diff = registry.component_diff(&swap.component, &swap.from, &swap.to);
        let compat_report = diff.await?.compat_report;
        let breaking = compat_report.changes.into_iter();
        Ok(MigratedComponent {
            swap: swap.clone(),
            tasks: 0,
            steps: 0,
            level: compat_report.level,
            breaking: breaking
                .filter(|change| change.level == Level::Major)
                .collect(),
        })
    }

    pub(super) fn components(&self) -> impl Iterator<Item = &MigratedComponent> {
        self.components.values()
    }

    pub(super) fn looked_at(&self) -> usize {
        self.looked_at
    }

    /// What it counted.
    pub(super) fn migrated(self) -> Migrated {
        Migrated {
            matched: self.matched,
            tasks: self.moved,
            components: self.components.into_values().collect(),
            ..Migrated::default()
        }
    }
}

/// How many of these tasks fit into one transaction, from the first on; at least that one.
fn fitting(rows: &[OpenTaskRow]) -> usize {
    let mut steps = 0;
    let fitting = rows.iter().take_while(|row| {
        let is_first = steps == 0;
        steps += 1 + row.to_begin.len();
        is_first || steps <= MAX_BATCH_STEPS
    });
    fitting.count()
}

/// The detail of the move in the log of a task.
fn told(again: &Reresolution, actor: &Actor, reason: &str) -> Value {
    let mut told = json!({
        "reason": "migrated",
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks<const N: usize>(steps: [usize; N]) -> Vec<OpenTaskRow> {
        let row = |steps| OpenTaskRow {
            task_id: TaskId::generate().0,
            lock_id: 1,
            template_version_id: 1,
            version: "1.0.0".to_owned(),
            to_begin: vec![0; steps],
        };
        steps.into_iter().map(row).collect()
    }

    #[test]
    fn a_batch_has_no_more_steps_than_one_transaction_may_lock() {
        assert_eq!(fitting(&[]), 0);
        assert_eq!(fitting(&tasks([MAX_BATCH_STEPS, 0])), 1);
        assert_eq!(
            fitting(&tasks([MAX_BATCH_STEPS / 2, 10, MAX_BATCH_STEPS])),
            2
        );
        assert_eq!(fitting(&tasks([1; 10])), 10);
    }
}
