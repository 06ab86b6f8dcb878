//! What a measurement found.

use super::pgbench;
use super::workload::Workload;
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// What a measurement found, for people too.
pub(super) trait BenchReport: Serialize {
    fn table(&self) -> String;
}

/// A report in both forms.
pub(super) struct Printed {
    pub(super) json: String,
    pub(super) table: String,
}

impl Printed {
    pub(super) fn of(report: &impl BenchReport) -> anyhow::Result<Self> {
        Ok(Self {
            json: serde_json::to_string_pretty(report)?,
            table: report.table(),
        })
    }
}

/// A figure with so many digits; a dash if it could not be had.
pub(super) fn shown(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.digits$}"))
}

/// Percentiles of a time.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Percentiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
}

impl Display for Percentiles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { p50, p95, p99 } = self;
        write!(f, "p50 {p50:.2} ms   p95 {p95:.2} ms   p99 {p99:.2} ms")
    }
}

/// Percentiles of one call into the sandbox.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct SandboxUs {
    pub(super) p50: f64,
    pub(super) p99: f64,
}

/// One measurement; absent figures could not be had here.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    pub(super) workload: Workload,
    pub(super) tasks: u64,
    pub(super) steps: u64,
    /// From the first submit to the end of the last task.
    pub(super) seconds: f64,
    pub(super) steps_per_s: f64,
    pub(super) tasks_per_s: f64,
    /// From the submit of a task to its end; for `latency` as the submitter sees it.
    pub(super) task_ms: Percentiles,
    /// From the moment that a step may start to its end.
    pub(super) step_overhead_ms: Percentiles,
    /// Of all server processes.
    pub(super) postgres_cpu_ms_per_step: Option<f64>,
    pub(super) host_cpu_ms_per_step: Option<f64>,
    pub(super) wal_bytes_per_step: f64,
    pub(super) commits_per_step: f64,
    /// The worker's calls.
    pub(super) sql_calls_per_step: f64,
    pub(super) host_peak_mib: Option<f64>,
    /// Instantiate, call and drop the no-op handler.
    pub(super) sandbox_us: SandboxUs,
    pub(super) pgbench_tps_16: Option<f64>,
    pub(super) pgbench_latency_ms_1: Option<f64>,
    pub(super) ratio_to_pgbench: Option<f64>,
    pub(super) latency_ratio: Option<f64>,
    /// Finished tasks that were in the tables before.
    pub(super) finished_tasks: u32,
}

impl Figures {
    /// Sets pgbench's figures, and what is relative to them.
    pub(super) fn compare(&mut self, figures: &[pgbench::Figures]) {
        if figures.is_empty() {
            return;
        }
        let mean = |of: fn(&pgbench::Figures) -> f64| {
            figures.iter().map(of).sum::<f64>() / figures.len() as f64
        };
        let (tps, latency_ms) = (mean(|f| f.tps_16), mean(|f| f.latency_ms_1));
        self.pgbench_tps_16 = Some(tps);
        self.pgbench_latency_ms_1 = Some(latency_ms);
        self.ratio_to_pgbench = Some(self.steps_per_s / tps);
        self.latency_ratio = Some(self.task_ms.p50 / latency_ms);
    }
}

impl BenchReport for Figures {
    fn table(&self) -> String {
        let Percentiles { p50, p95, p99 } = self.task_ms;
        let overhead = self.step_overhead_ms;
        [
            format!("{} tasks of {}, {} steps, in {:.2} s", self.tasks, self.workload.name(), self.steps, self.seconds),
            format!("  throughput    {:.0} steps/s   {:.0} tasks/s", self.steps_per_s, self.tasks_per_s),
            format!("  task          p50 {p50:.1} ms   p95 {p95:.1} ms   p99 {p99:.1} ms"),
            format!("  step          p50 {:.1} ms   p95 {:.1} ms   p99 {:.1} ms", overhead.p50, overhead.p95, overhead.p99),
            format!(
                "  per step      PostgreSQL {} ms CPU   host {} ms CPU   {:.0} B WAL   {:.3} commits   {:.3} calls",
                shown(self.postgres_cpu_ms_per_step, 4),
                shown(self.host_cpu_ms_per_step, 4),
                self.wal_bytes_per_step,
                self.commits_per_step,
                self.sql_calls_per_step
            ),
            format!("  sandbox call  p50 {:.1} µs   p99 {:.1} µs", self.sandbox_us.p50, self.sandbox_us.p99),
            format!("  host memory   {} MiB at most", shown(self.host_peak_mib, 0)),
            format!(
                "  pgbench -N    {} tps with 16 clients   {} ms with one",
                shown(self.pgbench_tps_16, 0),
                shown(self.pgbench_latency_ms_1, 2)
            ),
            format!(
                "  ratio         {} × its throughput   {} × its latency",
                shown(self.ratio_to_pgbench, 2),
                shown(self.latency_ratio, 1)
            ),
        ]
        .join("\n")
    }
}
