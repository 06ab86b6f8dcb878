//! What may happen to tasks, as plain values that can be made smaller.

use super::play::MAX_CONCURRENT;
use proptest::arbitrary;
use proptest::prelude::*;
use std::time::Duration;
use tasker_domain::outcome::Retry;

/// Hosts that take turns.
pub const HOSTS: usize = 2;

/// Something that happens. `host` says whose worker does it.
#[derive(Clone, Debug)]
pub enum Action {
    Claim {
        host: usize,
        limit: usize,
    },
    Complete {
        host: usize,
        leases: Choice,
        claim: usize,
    },
    Fail {
        host: usize,
        leases: Choice,
        retry: Retry,
    },
    Checkpoint {
        host: usize,
        leases: Choice,
    },
    /// The leases report one by one, each with writes to these keys, bit by bit; with its higher bits
    /// removals.
    Write {
        host: usize,
        leases: Choice,
        keys: u8,
        is_checkpoint: bool,
    },
    /// The code that the tasks were created with is quarantined, or released.
    Quarantine {
        is_on: bool,
    },
    /// The leases are given back for a quarantine.
    Suspend {
        host: usize,
        leases: Choice,
    },
    /// The task is moved to code that is never quarantined.
    Migration {
        task: usize,
    },
    /// The newest report is made again, as after a lost answer.
    Repeat,
    Heartbeat {
        host: usize,
        leases: Choice,
    },
    /// After a lost connection: all but these leases is given back.
    Recover {
        host: usize,
        keep: Choice,
    },
    /// The worker stops in an orderly way, and another begins.
    Stop {
        host: usize,
    },
    /// The worker dies without a word, and another begins.
    Die {
        host: usize,
    },
    /// Steps of dead workers are taken back, in the eyes of this one.
    Reap {
        host: usize,
    },
    /// Attempts that outlived their deadline are given back, but for those that the worker knows of.
    ReapOverdue {
        host: usize,
        known: Choice,
    },
    /// Time goes on.
    Jump {
        ms: i64,
    },
    Cancel {
        task: usize,
    },
}

/// Some of the leases that there are: bit by bit of those that the worker holds, and of all that
/// were ever given out, which are mostly stale.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    pub held: u64,
    pub ever: u64,
}

impl Choice {
    pub const ALL_HELD: Self = Self {
        held: u64::MAX,
        ever: 0,
    };

    /// Whether the bits name the thing at this place.
    pub fn names(bits: u64, at: usize) -> bool {
        bits >> (at % 64) & 1 == 1
    }
}

pub fn any() -> impl Strategy<Value = Action> {
    let host = || 0..HOSTS;
    let few = || 0..=6_usize;
    prop_oneof![
        7 => (host(), few()).prop_map(|(host, limit)| Action::Claim { host, limit }),
        10 => (host(), choice(), few())
            .prop_map(|(host, leases, claim)| Action::Complete { host, leases, claim }),
        5 => (host(), choice(), retry())
            .prop_map(|(host, leases, retry)| Action::Fail { host, leases, retry }),
        2 => (host(), choice()).prop_map(|(host, leases)| Action::Checkpoint { host, leases }),
        3 => (host(), choice(), arbitrary::any::<u8>(), arbitrary::any::<bool>()).prop_map(
            |(host, leases, keys, is_checkpoint)| Action::Write { host, leases, keys, is_checkpoint }
        ),
        2 => arbitrary::any::<bool>().prop_map(|is_on| Action::Quarantine { is_on }),
        3 => (host(), choice()).prop_map(|(host, leases)| Action::Suspend { host, leases }),
        1 => (0..16_usize).prop_map(|task| Action::Migration { task }),
        3 => Just(Action::Repeat),
        4 => (host(), choice()).prop_map(|(host, leases)| Action::Heartbeat { host, leases }),
        1 => (host(), choice()).prop_map(|(host, keep)| Action::Recover { host, keep }),
        1 => host().prop_map(|host| Action::Stop { host }),
        1 => host().prop_map(|host| Action::Die { host }),
        3 => host().prop_map(|host| Action::Reap { host }),
        2 => (host(), choice()).prop_map(|(host, known)| Action::ReapOverdue { host, known }),
        6 => prop::sample::select(vec![1, 50, 300, 900, 1_000, 4_000, 20_000])
            .prop_map(|ms| Action::Jump { ms }),
        1 => (0..16_usize).prop_map(|task| Action::Cancel { task }),
    ]
}

/// What happens at once, and what is locked for as long as that begins, bit by bit; mostly nothing.
pub fn at_once() -> impl Strategy<Value = (Vec<Action>, u64)> {
    let company = prop::collection::vec(any(), 2..=MAX_CONCURRENT).prop_map(with_one_reaper);
    prop_oneof![
        1 => any().prop_map(|action| (vec![action], 0)),
        2 => (company, prop_oneof![Just(0), any_bits(), (any_bits(), any_bits()).prop_map(|(a, b)| a & b)]),
    ]
}

/// Of several reapers at once only one does anything, whichever it is.
fn with_one_reaper(mut actions: Vec<Action>) -> Vec<Action> {
    let mut reapers = 0;
    actions.retain(|action| {
        reapers += usize::from(matches!(action, Action::Reap { .. }));
        !matches!(action, Action::Reap { .. }) || reapers == 1
    });
    actions
}

fn choice() -> impl Strategy<Value = Choice> {
    let rare = (any_bits(), any_bits(), any_bits(), any_bits());
    (any_bits(), rare).prop_map(|(held, (a, b, c, d))| Choice {
        held,
        ever: a & b & c & d,
    })
}

fn any_bits() -> impl Strategy<Value = u64> {
    proptest::num::u64::ANY
}

fn retry() -> impl Strategy<Value = Retry> {
    prop_oneof![
        6 => Just(Retry::Policy),
        1 => Just(Retry::Never),
        2 => (0..=2_000_u64).prop_map(|ms| Retry::After(Duration::from_millis(ms))),
    ]
}
