//! The secrets that sign the deliveries of a subscription.

use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::secret::SecretValue;
use tasker_engine::Engine;
use tasker_engine::subscription::DeliveryRow;
use tokio::time::Instant;

/// How long values are kept: one that was set anew signs after this time at the latest.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// Their values, as they were read a moment ago.
pub(super) struct Secrets {
    namespace: String,
    names: Vec<String>,
    values: Vec<SecretValue>,
    read_at: Option<Instant>,
}

impl Secrets {
    pub(super) fn of(row: &DeliveryRow) -> Self {
        Self {
            namespace: row.namespace.clone(),
            names: row.secrets.clone(),
            values: Vec::new(),
            read_at: None,
        }
    }

    /// As they were when they were read.
    pub(super) fn values(&self) -> &[SecretValue] {
        &self.values
    }

    /// Reads them where that is due; or says why this host cannot have them.
    pub(super) async fn refresh(&mut self, engine: &Engine) -> Result<(), String> {
        if self.read_at.is_none_or(|at| at.elapsed() >= KEPT_FOR) {
            self.values = self.read(engine).await?;
            self.read_at = Some(Instant::now());
        }
        Ok(())
    }

    async fn read(&self, engine: &Engine) -> Result<Vec<SecretValue>, String> {
        let namespace = &self.namespace;
        let mut values = Vec::new();
        for name in &self.names {
            match engine.secret_value(namespace, name).await {
                Ok(Some(value)) => values.push(value),
                Ok(None) => {
                    return Err(format!(
                        "there is no secret {namespace}/{name} to sign with; set it: tasker secret set {namespace}/{name}"
                    ));
                }
                Err(error) => return Err(ErrorChain(&error).to_string()),
            }
        }
        Ok(values)
    }
}
