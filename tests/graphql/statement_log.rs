//! The statements that requests of GraphQL cost.

use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::EnvFilter;

/// What hosts of this process log: each statement, and the request that it is of.
#[derive(Clone, Default)]
pub struct StatementLog(Arc<Mutex<Vec<u8>>>);

impl Write for StatementLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl StatementLog {
    /// Logs for the rest of the process, in which no other test may do so.
    pub fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("sqlx::query=debug,tasker_api=info"))
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    /// The statements of requests of GraphQL since the last look, without those that read who may ask: the first request
    /// after a while reads that, whatever it asks.
    pub fn statements(&self) -> Vec<String> {
        let text = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines = text
            .lines()
            .filter(|line| line.contains("route=\"/graphql\""));
        let statements = lines.filter(|line| line.contains("sqlx::query"));
        let of_queries = statements.filter(|line| !line.contains("tasker.api_key"));
        of_queries.map(str::to_owned).collect()
    }
}
