//! Random definitions of tasks.

use proptest::prelude::*;
use tasker_domain::template::Backoff;

/// Steps of one task at most.
const STEPS_MAX: usize = 12;
/// Tasks of one case at most.
const TASKS_MAX: usize = 3;

/// The definition of one task.
#[derive(Clone, Debug)]
pub struct Shape {
    pub steps: Vec<StepShape>,
}

/// One step of it; times are in milliseconds.
#[derive(Clone, Debug)]
pub struct StepShape {
    /// Numbers below its own.
    pub parents: Vec<usize>,
    pub max_attempts: i32,
    pub backoff: Backoff,
    pub base_ms: i32,
    pub max_ms: i32,
    pub timeout_ms: i32,
}

impl Shape {
    /// No step depends on it.
    pub fn is_sink(&self, no: usize) -> bool {
        self.steps.iter().all(|step| !step.parents.contains(&no))
    }
}

impl StepShape {
    /// The wait after failure number `failures`, from 1.
    pub fn backoff_ms(&self, failures: i32) -> i64 {
        let (base, failures) = (i64::from(self.base_ms), failures.unsigned_abs());
        let wait = match self.backoff {
            Backoff::None => 0,
            Backoff::Linear => base * i64::from(failures),
            Backoff::Exponential => base * (1 << (failures - 1)),
        };
        wait.min(i64::from(self.max_ms))
    }
}

pub fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    prop::collection::vec(shape(), 1..=TASKS_MAX)
}

fn shape() -> impl Strategy<Value = Shape> {
    prop::collection::vec(step(), 1..=STEPS_MAX).prop_map(|steps| {
        let within = |(no, (parents, step)): (usize, (u16, StepShape))| StepShape {
            parents: (0..no)
                .filter(|parent| parents >> parent & 1 == 1)
                .collect(),
            ..step
        };
        let steps = steps.into_iter().enumerate().map(within);
        Shape {
            steps: steps.collect(),
        }
    })
}

/// The bits of the number say which of the steps before it are its parents.
fn step() -> impl Strategy<Value = (u16, StepShape)> {
    let backoff = prop::sample::select(vec![Backoff::None, Backoff::Linear, Backoff::Exponential]);
    let parents = (any::<u16>(), any::<u16>()).prop_map(|(some, others)| some & others);
    (parents, 1..=4_i32, backoff, 1..=800_i32, 500..=8_000_i32).prop_map(
        |(parents, max_attempts, backoff, base_ms, timeout_ms)| {
            let step = StepShape {
                parents: Vec::new(),
                max_attempts,
                backoff,
                base_ms,
                max_ms: 1_000,
                timeout_ms,
            };
            (parents, step)
        },
    )
}
