//! Calls that the database has answered, each a transaction of its own, and what the model says to them.

use super::{DEAD_AFTER, GAP_MAX, OVERDUE_GRACE, millis};
use crate::model::reference::{Held, Key, Model};
use std::collections::BTreeSet;
use tasker_domain::outcome::Retry;

/// A call with its answer, which is the last field; where there is none, nothing is answered.
#[derive(Debug)]
pub enum Call {
    /// The children that were claimed with it.
    Complete(i32, Vec<(Held, String)>, Vec<Held>),
    /// Of how many that may be; and whether it says that it left what is due.
    Claim(i32, usize, Vec<Taken>, bool),
    Fail(i32, Vec<Held>, Retry),
    Checkpoint(i32, Vec<(Held, String)>),
    Write {
        worker: i32,
        ended: (Held, String),
        /// What stands under a key from now on, or none.
        writes: Vec<(String, Option<String>)>,
        is_checkpoint: bool,
    },
    /// How many stand still.
    Suspend(i32, Vec<Held>, i32),
    Heartbeat(i32, bool),
    Stale(i32, Vec<Held>, BTreeSet<Held>),
    Recover(i32, Vec<Held>, i32),
    Stop(i32, i32),
    Reap(i32, i32),
    ReapOverdue(i32, Vec<Held>, i32),
    Quarantine,
    Release(bool),
    Migration(usize, bool),
    Cancel(usize, bool),
}

/// A claimed step.
#[derive(Debug)]
pub struct Taken {
    pub held: Held,
    pub checkpoint: Option<String>,
}

/// How a call met others.
#[derive(Clone, Copy)]
pub struct Company<'m> {
    pub is_alone: bool,
    /// Leases that were given out at the same time, where this call does not see them: it gives back what
    /// its worker held as it began. They are found at the next look, or the worker knows of them.
    pub unseen: &'m [Held],
    /// Before all that is done at once.
    pub before: &'m Model,
}

/// What the model says, and what the database said.
type Differs = String;

impl Call {
    /// The leases that it gave out.
    pub fn claimed(&self) -> Vec<Held> {
        match self {
            Self::Complete(_, _, claimed) => claimed.clone(),
            Self::Claim(_, _, claimed, _) => claimed.iter().map(|taken| taken.held).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it gives back all that workers hold.
    pub fn releases(&self) -> bool {
        matches!(self, Self::Recover(..) | Self::Stop(..) | Self::Reap(..))
    }

    /// Lets the model do the same.
    pub fn explain(&self, model: &mut Model, company: Company<'_>) -> Result<(), Differs> {
        match self {
            Self::Complete(worker, results, claimed) => {
                complete(model, *worker, results, claimed, company)
            }
            Self::Claim(worker, limit, claimed, is_left) => {
                claim(model, *worker, (*limit, *is_left), claimed, company)
            }
            Self::Fail(worker, failed, retry) => {
                model.fail(*worker, failed, *retry);
                Ok(())
            }
            Self::Checkpoint(worker, left) => {
                model.checkpoint(*worker, left);
                Ok(())
            }
            Self::Write {
                worker,
                ended,
                writes,
                is_checkpoint,
            } => {
                model.write(*worker, ended.clone(), writes, *is_checkpoint);
                Ok(())
            }
            Self::Suspend(worker, leases, suspended) => {
                same(suspended, &model.suspend(*worker, leases))
            }
            Self::Heartbeat(worker, is_alive) => {
                same(is_alive, &model.heartbeat(*worker, millis(GAP_MAX)))
            }
            Self::Stale(worker, asked, stale) => {
                same(stale, &model.stale(*worker, asked).into_iter().collect())
            }
            Self::Recover(worker, keep, released) => {
                let keep = [keep, company.unseen].concat();
                same(released, &model.release(*worker, &keep, false))
            }
            Self::Stop(worker, released) => {
                same(released, &model.stop(*worker, company.unseen, false))
            }
            Self::Reap(worker, reaped) => {
                let expected = model.reap(*worker, company.unseen, millis(DEAD_AFTER));
                same(reaped, &expected)
            }
            Self::ReapOverdue(worker, known, reaped) => {
                let grace = millis(OVERDUE_GRACE);
                let expected = model.reap_overdue(*worker, known, grace);
                // It counts what it found; some may have been reported before it locks them.
                let in_company = !company.is_alone && *reaped > expected;
                same(reaped, if in_company { reaped } else { &expected })
            }
            Self::Quarantine => {
                model.quarantine(true);
                Ok(())
            }
            Self::Release(was_quarantined) => {
                same(was_quarantined, &model.is_quarantined)?;
                model.quarantine(false);
                Ok(())
            }
            Self::Migration(task, moved) => same(moved, &model.migrate(*task)),
            Self::Cancel(task, was_open) => same(was_open, &model.cancel(*task)),
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(answer: &T, expected: &T) -> Result<(), Differs> {
    let differs = || format!("the answer is {answer:?}, the model's {expected:?}");
    (answer == expected).then_some(()).ok_or_else(differs)
}

/// Whether it may be given steps. A claim that is under way when its worker is stopped still gets some.
fn may_claim(model: &Model, worker: i32, company: Company<'_>) -> bool {
    !model.is_stopped(worker) || !company.before.is_stopped(worker)
}

fn complete(
    model: &mut Model,
    worker: i32,
    results: &[(Held, String)],
    claimed: &[Held],
    company: Company<'_>,
) -> Result<(), Differs> {
    let due_before = model.due();
    model.complete(worker, results);
    let released: Vec<Key> = model
        .due()
        .into_iter()
        .filter(|key| !due_before.contains(key))
        .collect();
    if !claimed.is_empty() && !may_claim(model, worker, company) {
        return Err(format!(
            "{claimed:?} were given to a worker that has stopped"
        ));
    }
    for held in claimed {
        if !released.contains(&held.0) {
            return Err(format!("{held:?} was claimed, released were {released:?}"));
        }
        same(&held.1, &model.claim(worker, held.0))?;
    }
    Ok(())
}

/// As many as asked for, as far as there are, the oldest of each queue key first. What another call has locked is passed
/// over. Where several queue keys have due steps it may bring fewer and say so.
fn claim(
    model: &mut Model,
    worker: i32,
    (limit, is_left): (usize, bool),
    claimed: &[Taken],
    company: Company<'_>,
) -> Result<(), Differs> {
    let due = model.due();
    let most = if may_claim(model, worker, company) {
        limit.min(due.len())
    } else {
        0
    };
    let keys: Vec<Key> = claimed.iter().map(|taken| taken.held.0).collect();
    let due_keys: BTreeSet<_> = due.iter().map(|key| model.queue_key(*key)).collect();
    let may_be_fewer = !company.is_alone || is_left && !keys.is_empty() && due_keys.len() > 1;
    let is_number_right = keys.len() == most || keys.len() < most && may_be_fewer;
    if !is_number_right || !keys.iter().all(|key| due.contains(key)) {
        return Err(format!(
            "{keys:?} were claimed; asked for {limit}, due are {due:?}"
        ));
    }
    let ready_at = |key: &Key| model.step(*key).ready_at;
    let is_passed_by = |left: &Key| {
        let mut newer = keys.iter().filter(|key| ready_at(key) > ready_at(left));
        newer.any(|key| model.queue_key(*key) == model.queue_key(*left))
    };
    let mut left = due.iter().filter(|key| !keys.contains(key));
    if company.is_alone && left.any(is_passed_by) {
        return Err(format!("{keys:?} of {due:?} are not the oldest"));
    }
    for taken in claimed {
        let key = taken.held.0;
        same(&taken.checkpoint, &model.step(key).checkpoint)?;
        same(&taken.held.1, &model.claim(worker, key))?;
    }
    Ok(())
}
