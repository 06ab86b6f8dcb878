//! `wasi:clocks` where an attempt has a clock of its own.

use crate::guest_clock::GuestClock;
use crate::state::AttemptState;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::clocks::WasiClocksView as _;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::Host as _;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// The interface, in the version that WASI has it.
const MONOTONIC_CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.12";

/// What the monotonic clock shows as the attempt begins: the runtime of Go takes zero for a clock that does not run.
const BEGINNING: Duration = Duration::from_secs(1);

type Answer = wasmtime::Result<(Resource<DynPollable>,)>;

/// Has timers follow the clock of the attempt, if it has one.
pub(super) fn link(linker: &mut Linker<AttemptState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut clock = linker.instance(MONOTONIC_CLOCK)?;
    clock.func_wrap("subscribe-instant", subscribe_instant)?;
    clock.func_wrap("subscribe-duration", subscribe_duration)?;
    linker.allow_shadowing(false);
    Ok(())
}

fn subscribe_instant(mut store: StoreContextMut<'_, AttemptState>, (instant,): (u64,)) -> Answer {
    let state = store.data_mut();
    match state.services.clock.clone() {
        Some(clock) => {
            let until = Duration::from_nanos(instant).saturating_sub(BEGINNING);
            timer(state, clock, until)
        }
        None => Ok((state.clocks().subscribe_instant(instant)?,)),
    }
}

fn subscribe_duration(mut store: StoreContextMut<'_, AttemptState>, (duration,): (u64,)) -> Answer {
    let state = store.data_mut();
    match state.services.clock.clone() {
        Some(clock) => {
            let until = clock
                .elapsed()
                .saturating_add(Duration::from_nanos(duration));
            timer(state, clock, until)
        }
        None => Ok((state.clocks().subscribe_duration(duration)?,)),
    }
}

fn timer(state: &mut AttemptState, clock: Arc<dyn GuestClock>, until: Duration) -> Answer {
    let timer = state.table.push(Timer { clock, until })?;
    Ok((subscribe(&mut state.table, timer)?,))
}

struct Timer {
    clock: Arc<dyn GuestClock>,
    until: Duration,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        self.clock.sleep_until(self.until).await;
    }
}

/// Gives a context the clock.
pub(super) fn set(builder: &mut WasiCtxBuilder, clock: &Arc<dyn GuestClock>) {
    builder
        .wall_clock(Shown(clock.clone()))
        .monotonic_clock(Shown(clock.clone()));
}

/// The clock as WASI reads it.
struct Shown(Arc<dyn GuestClock>);

impl HostWallClock for Shown {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.0.now()
    }
}

impl HostMonotonicClock for Shown {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        let shown = BEGINNING + self.0.elapsed();
        u64::try_from(shown.as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::{BoxFuture, pending};

    struct Standing;

    impl GuestClock for Standing {
        fn now(&self) -> Duration {
            Duration::ZERO
        }

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }

        fn sleep_until(&self, _: Duration) -> BoxFuture<'_, ()> {
            Box::pin(pending())
        }

        fn reaches(&self, _: Duration) -> BoxFuture<'_, ()> {
            Box::pin(pending())
        }
    }

    #[test]
    fn the_monotonic_clock_never_shows_zero() {
        let shown = Shown(Arc::new(Standing));
        assert_eq!(HostMonotonicClock::now(&shown), 1_000_000_000);
    }
}
