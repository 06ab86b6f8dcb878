//! The first call of a component of which a host knows nothing but the compiled code on its disk.

use super::hosts::BenchArgs;
use super::report::{BenchReport, Percentiles, Printed};
use super::rollout::noted;
use super::run::{invocation, percentiles_of};
use anyhow::bail;
use serde::Serialize;
use std::path::Path;
use std::time::Instant;
use tasker_cli::tell;
use tasker_domain::digest::Digest;
use tasker_domain::outcome::Outcome;
use tasker_sandbox::{CompileLimits, Compiler, HostServices, Sandbox, SandboxConfig};

/// Invocations that may run at the same time.
const SLOTS: usize = 256;

/// Time the first call of components whose compiled code is in the cache, in a host that starts.
#[derive(Debug, clap::Args)]
pub(super) struct ColdStart {
    /// Components.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    component_bytes: usize,
    components: u32,
    /// Start of the engine, before any component.
    engine_ms: Percentiles,
    /// The compiled code is read, its MAC checked, and it is linked.
    prepared_ms: Percentiles,
    /// The same and the whole first call.
    first_call_ms: Percentiles,
}

impl ColdStart {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let scratch = self.common.scratch()?;
        tell("compiling\n");
        let compiling = sandbox(scratch.path())?;
        for no in 0..self.tries {
            let bytes = noted(&component, no);
            let load = async || Ok::<_, std::io::Error>(bytes.clone());
            compiling.prepare(Digest::of(&bytes), load).await?;
        }
        drop(compiling);
        tell("measuring\n");
        let (mut engine, mut prepared, mut called) = (Vec::new(), Vec::new(), Vec::new());
        for no in 0..self.tries {
            let digest = Digest::of(&noted(&component, no));
            let started = Instant::now();
            let starting = sandbox(scratch.path())?;
            engine.push(started.elapsed().as_secs_f64() * 1e3);
            let (prepared_ms, called_ms) = first_call(&starting, digest).await?;
            prepared.push(prepared_ms);
            called.push(called_ms);
        }
        Printed::of(&Measured {
            component_bytes: component.len(),
            components: self.tries,
            engine_ms: percentiles_of(engine),
            prepared_ms: percentiles_of(prepared),
            first_call_ms: percentiles_of(called),
        })
    }
}

pub(super) fn sandbox(dir: &Path) -> anyhow::Result<Sandbox> {
    Ok(Sandbox::new(SandboxConfig {
        cache_dir: dir.join("cache"),
        max_concurrent: SLOTS,
        compiler: Compiler::of_this_program(CompileLimits::default()),
    })?)
}

/// Milliseconds until it is ready, and until its first call has ended.
async fn first_call(sandbox: &Sandbox, digest: Digest) -> anyhow::Result<(f64, f64)> {
    let started = Instant::now();
    let gone = async || {
        Err(std::io::Error::other(
            "the compiled code is not in the cache",
        ))
    };
    let prepared = sandbox.prepare(digest, gone).await?;
    let prepared_ms = started.elapsed().as_secs_f64() * 1e3;
    let executed = sandbox
        .execute(&prepared, invocation(digest), HostServices::default())
        .await;
    let called_ms = started.elapsed().as_secs_f64() * 1e3;
    match executed.outcome {
        Outcome::Completed(_) => Ok((prepared_ms, called_ms)),
        other => bail!("the first call ended as {other:?}"),
    }
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        format!(
            "{} components of {} bytes, their compiled code in the cache\n  engine       {}\n  prepared     {}\n  first call   {}",
            self.components,
            self.component_bytes,
            self.engine_ms,
            self.prepared_ms,
            self.first_call_ms
        )
    }
}
