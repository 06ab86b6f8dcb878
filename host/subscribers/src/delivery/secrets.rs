//! The secrets that sign the deliveries of a subscription.

use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::secret::SecretValue;
use tasker_engine::Engine;
use tasker_engine::subscription::DeliveryRow;
use tokio::time::Instant;

/// How long values are kept: one that was set anew signs after this time at the latest.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// Values that were read a moment ago.
#[derive(Default)]
pub(super) struct Secrets {
    values: Vec<SecretValue>,
    read_at: Option<Instant>,
}

impl Secrets {
    /// The values; or why this host cannot have them.
    pub(super) async fn get(
        &mut self,
        engine: &Engine,
        row: &DeliveryRow,
    ) -> Result<&[SecretValue], String> {
        if self.read_at.is_none_or(|at| at.elapsed() >= KEPT_FOR) {
            self.values = read(engine, row).await?;
            self.read_at = Some(Instant::now());
        }
        Ok(&self.values)
    }
}

async fn read(engine: &Engine, row: &DeliveryRow) -> Result<Vec<SecretValue>, String> {
    let namespace = &row.namespace;
    let mut values = Vec::new();
    for name in &row.secrets {
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
