//! Which rows of log and audit a reader of the feed wants: the others are not joined with their task and not sent to the
//! host.

use std::collections::BTreeSet;
use strum::VariantArray as _;
use tasker_domain::state::{StepState, TaskState};
use uuid::Uuid;

/// What a row of log or audit is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// A task came to this state.
    Task(TaskState),
    /// A step came to this state.
    Step(StepState),
    /// A handler sent an event.
    Event,
    /// Somebody made a change: a row of the audit.
    Change,
}

/// Rows of these kinds, and all rows of these tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedRows {
    kinds: BTreeSet<RowKind>,
    tasks: BTreeSet<Uuid>,
}

impl RowKind {
    /// All that this release knows.
    pub fn all() -> impl Iterator<Item = Self> {
        let tasks = TaskState::VARIANTS.iter().copied().map(Self::Task);
        let steps = StepState::VARIANTS.iter().copied().map(Self::Step);
        tasks.chain(steps).chain([Self::Event, Self::Change])
    }

    /// As `tasker.read_feed` names it.
    fn name(self) -> String {
        match self {
            Self::Task(state) => format!("task.{state}"),
            Self::Step(state) => format!("step.{state}"),
            Self::Event => "event".to_owned(),
            Self::Change => "change".to_owned(),
        }
    }
}

impl WantedRows {
    /// Rows of all kinds that this release knows.
    pub fn all() -> Self {
        Self::of_kinds(RowKind::all())
    }

    pub fn of_kinds(kinds: impl IntoIterator<Item = RowKind>) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            ..Self::default()
        }
    }

    pub fn of_task(task: Uuid) -> Self {
        Self {
            tasks: BTreeSet::from([task]),
            ..Self::default()
        }
    }

    /// True if all rows of the kind are wanted.
    pub fn has_kind(&self, kind: RowKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Adds what somebody else wants.
    pub fn add(&mut self, other: &Self) {
        self.kinds.extend(&other.kinds);
        self.tasks.extend(&other.tasks);
    }

    pub(crate) fn kinds(&self) -> Vec<String> {
        self.kinds.iter().map(|kind| kind.name()).collect()
    }

    pub(crate) fn tasks(&self) -> Vec<Uuid> {
        self.tasks.iter().copied().collect()
    }
}
