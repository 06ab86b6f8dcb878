//! What an attempt of one handler costs in components that do the same in different languages.

use super::cold_start::sandbox;
use super::report::{BenchReport, Printed, SandboxUs};
use super::run::invocation_of;
use anyhow::{Context as _, bail};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tasker_cli::tell;
use tasker_domain::digest::Digest;
use tasker_domain::invocation::Invocation;
use tasker_domain::outcome::Outcome;
use tasker_sandbox::{HostServices, Sandbox};

/// Time the attempts of a handler of each component, one after another in one sandbox.
#[derive(Debug, clap::Args)]
pub(super) struct Attempts {
    /// The components.
    #[arg(required = true, value_name = "FILE")]
    components: Vec<PathBuf>,
    /// The handler that all of them have.
    #[arg(long, default_value = "echo")]
    handler: String,
    /// Its input.
    #[arg(long, default_value = r#"{"name":"Ada"}"#, value_name = "JSON")]
    input: String,
    /// Attempts of each.
    #[arg(long, default_value_t = 5_000, value_name = "COUNT")]
    attempts: usize,
}

/// One component.
#[derive(Debug, Serialize)]
struct OfComponent {
    name: String,
    component_bytes: usize,
    attempt_us: SandboxUs,
}

#[derive(Debug, Serialize)]
struct Measured {
    handler: String,
    attempts: usize,
    components: Vec<OfComponent>,
}

impl Attempts {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let scratch = tempfile::tempdir()?;
        let sandbox = sandbox(scratch.path())?;
        let mut components = Vec::new();
        for path in &self.components {
            tell(&format!("measuring {}\n", path.display()));
            components.push(self.measure(&sandbox, path).await?);
        }
        Printed::of(&Measured {
            handler: self.handler,
            attempts: self.attempts,
            components,
        })
    }

    async fn measure(&self, sandbox: &Sandbox, path: &Path) -> anyhow::Result<OfComponent> {
        let bytes =
            std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let digest = Digest::of(&bytes);
        let load = async || Ok::<_, std::io::Error>(bytes.clone());
        let prepared = sandbox.prepare(digest, load).await?;
        let invocation: Arc<Invocation> = invocation_of(digest, &self.handler, &self.input);
        let services = HostServices::default();
        let first = sandbox
            .execute(&prepared, invocation.clone(), services)
            .await;
        let Outcome::Completed(_) = first.outcome else {
            bail!(
                "{}: the attempt ended as {:?}",
                path.display(),
                first.outcome
            );
        };
        let times = sandbox
            .measure_call(&prepared, invocation, self.attempts)
            .await;
        let name = path.file_stem().unwrap_or_default();
        Ok(OfComponent {
            name: name.to_string_lossy().into_owned(),
            component_bytes: bytes.len(),
            attempt_us: SandboxUs {
                p50: times.p50_us,
                p99: times.p99_us,
            },
        })
    }
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        let mut table = format!("{} attempts of `{}`", self.attempts, self.handler);
        for of in &self.components {
            let SandboxUs { p50, p99 } = of.attempt_us;
            _ = write!(
                table,
                "\n  {:<24} {:>10} bytes   p50 {p50:.1} µs   p99 {p99:.1} µs",
                of.name, of.component_bytes
            );
        }
        table
    }
}
