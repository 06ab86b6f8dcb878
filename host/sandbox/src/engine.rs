//! The engine and its clock.

use std::time::Duration;
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result,
};

/// How often running guests are looked at: an endless loop outlives its deadline by at most two.
pub(super) const EPOCH_TICK: Duration = Duration::from_millis(10);

/// Core instances in one component. Those made from interpreters hold over 30.
pub(super) const CORE_INSTANCES_PER_COMPONENT: u32 = 64;
/// Linear memories in one component.
pub(super) const MEMORIES_PER_COMPONENT: u32 = 8;
/// Tables in one component.
pub(super) const TABLES_PER_COMPONENT: u32 = 64;
/// Elements in one table: large interpreters hold over 10,000 functions.
const TABLE_ELEMENTS: usize = 32_768;
/// Bytes at the start of each linear memory that are cleared rather than given back to the kernel.
/// It covers the stack and the static data of a small guest: one with a 64 KiB stack touches no
/// page behind it.
const MEMORY_KEEP_RESIDENT_BYTES: usize = 128 << 10;
/// Bytes of each table that are cleared rather than given back.
const TABLE_KEEP_RESIDENT_BYTES: usize = 4 << 10;
/// Places of the pool that are free and still hold the memory of the component that was there last,
/// which is then quick to start again: some for each of hundreds of components that run alternately.
const WARM_PLACES: u32 = 512;
/// Stack of a guest, as the engine counts it; the same for all, since the engine knows one.
pub(super) const GUEST_STACK_BYTES: usize = 1 << 20;
/// Stack for host functions, on top of the guest's.
const HOST_STACK_BYTES: usize = 1 << 20;
/// Frames of a guest backtrace.
pub(super) const BACKTRACE_FRAMES: usize = 64;

/// An engine whose pool holds `slots` components of any allowed shape at once, or, where
/// the address space for that can't be reserved, an engine without a pool. A thread advances its
/// epoch for as long as it lives.
pub(super) fn start(slots: usize, mut config: Config) -> Result<Engine> {
    config.allocation_strategy(pool(slots));
    let engine = Engine::new(&config).or_else(|error| {
        tracing::warn!(%error, "no memory for a pool of instances: each is made on demand, which is slower");
        Engine::new(config.allocation_strategy(InstanceAllocationStrategy::OnDemand))
    })?;
    tick(&engine);
    Ok(engine)
}

/// What decides how code is compiled, and so the same in every process that compiles for another.
pub(super) fn settings() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.concurrency_support(false);
    config.epoch_interruption(true);
    config.memory_init_cow(true);
    config.max_wasm_stack(GUEST_STACK_BYTES);
    config.async_stack_size(GUEST_STACK_BYTES + HOST_STACK_BYTES);
    config.wasm_backtrace_details(wasmtime::WasmBacktraceDetails::Enable);
    config.wasm_backtrace_max_frames(std::num::NonZeroUsize::new(BACKTRACE_FRAMES));
    config
}

/// Sized so that every permit has a slot.
fn pool(slots: usize) -> PoolingAllocationConfig {
    let components = u32::try_from(slots).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(components);
    pool.total_stacks(components);
    pool.max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT);
    pool.total_core_instances(components.saturating_mul(CORE_INSTANCES_PER_COMPONENT));
    pool.max_memories_per_component(MEMORIES_PER_COMPONENT);
    pool.total_memories(components.saturating_mul(MEMORIES_PER_COMPONENT));
    pool.max_tables_per_component(TABLES_PER_COMPONENT);
    pool.total_tables(components.saturating_mul(TABLES_PER_COMPONENT));
    pool.table_elements(TABLE_ELEMENTS);
    pool.linear_memory_keep_resident(MEMORY_KEEP_RESIDENT_BYTES);
    pool.table_keep_resident(TABLE_KEEP_RESIDENT_BYTES);
    pool.max_unused_warm_slots(WARM_PLACES);
    // If the kernel reports which pages were written to (Linux 6.7), only these are cleared.
    pool.pagemap_scan(Enabled::Auto);
    pool
}

fn tick(engine: &Engine) {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(EPOCH_TICK);
            }
        })
        .expect("a process that runs an engine can start one more thread");
}
