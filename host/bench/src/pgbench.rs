//! The yardstick: pgbench's simple update on the same server.

use anyhow::{Context as _, bail};
use serde::Serialize;
use std::path::PathBuf;
use tasker::host::PG_BINDIR_VARIABLE;
use tasker_embedded_postgres::Programs;
use tokio::process::Command;

/// Rows of pgbench's largest table, in units of 100,000.
const SCALE: &str = "10";
const CLIENTS: &str = "16";

/// A row of a table without an index.
const INSERT: &str = "insert into pgbench_history (tid, bid, aid, delta, mtime, filler)
  values (1, 1, 1, 1, current_timestamp, 'inserted');";

/// pgbench's own answers.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Figures {
    /// Transactions per second with 16 clients.
    pub(super) tps_16: f64,
    /// Milliseconds of one transaction with one client.
    pub(super) latency_ms_1: f64,
}

/// pgbench, with a database of its own.
pub(super) struct Pgbench {
    program: PathBuf,
    url: String,
    seconds: u32,
}

impl Pgbench {
    /// `None` if the program is missing, or `seconds` is 0.
    pub(super) async fn prepare(url: &str, seconds: u32) -> anyhow::Result<Option<Self>> {
        if seconds == 0 {
            return Ok(None);
        }
        let Some(program) = find() else {
            return Ok(None);
        };
        let bench = Self {
            program,
            url: url.to_owned(),
            seconds,
        };
        bench.call(&["-i", "-q", "-s", SCALE]).await?;
        Ok(Some(bench))
    }

    /// Runs with 16 clients, then with one.
    pub(super) async fn measure(&self) -> anyhow::Result<Figures> {
        let seconds = self.seconds.to_string();
        let many = self
            .call(&["-N", "-n", "-c", CLIENTS, "-j", "2", "-T", &seconds])
            .await?;
        let one = self.call(&["-N", "-n", "-c", "1", "-T", &seconds]).await?;
        Ok(Figures {
            tps_16: number(&many, "tps = ")?,
            latency_ms_1: number(&one, "latency average = ")?,
        })
    }

    /// Commits a second of clients that insert one row each time.
    pub(super) async fn inserts(&self, clients: u32) -> anyhow::Result<f64> {
        let script = tempfile::Builder::new().suffix(".sql").tempfile()?;
        std::fs::write(script.path(), INSERT)?;
        let (clients, seconds) = (clients.to_string(), self.seconds.to_string());
        let path = script.path().to_string_lossy();
        let arguments = ["-n", "-c", &clients, "-j", "2", "-T", &seconds, "-f", &path];
        number(&self.call(&arguments).await?, "tps = ")
    }

    /// Removes its tables.
    pub(super) async fn clean(&self) -> anyhow::Result<()> {
        self.call(&["-i", "-q", "-I", "d"]).await.map(drop)
    }

    async fn call(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(&self.program)
            .args(arguments)
            .arg(&self.url)
            .output()
            .await
            .with_context(|| format!("cannot run {}", self.program.display()))?;
        if !output.status.success() {
            bail!(
                "pgbench failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Beside PostgreSQL's programs, else wherever the shell finds it.
fn find() -> Option<PathBuf> {
    let beside = Programs::find(PG_BINDIR_VARIABLE, None)
        .ok()
        .map(|found| found.program("pgbench"));
    let runs = |program: &PathBuf| {
        let answer = std::process::Command::new(program)
            .arg("--version")
            .output();
        answer.is_ok_and(|answer| answer.status.success())
    };
    beside
        .into_iter()
        .chain([PathBuf::from("pgbench")])
        .find(runs)
}

fn number(text: &str, label: &str) -> anyhow::Result<f64> {
    let rest = text
        .split_once(label)
        .with_context(|| format!("pgbench did not print `{label}`"))?
        .1;
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    rest[..end]
        .parse()
        .with_context(|| format!("pgbench printed no number after `{label}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_out_of_what_pgbench_prints() {
        let text = "latency average = 3.094 ms\ninitial connection time = 5.9 ms\ntps = 5170.412233 (without initial connection time)\n";
        assert_eq!(number(text, "tps = ").unwrap(), 5170.412233);
        assert_eq!(number(text, "latency average = ").unwrap(), 3.094);
        assert!(number(text, "tpm = ").is_err());
    }
}
