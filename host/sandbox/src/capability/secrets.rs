//! `tasker:step/secrets`.

use crate::attempt_secrets::AttemptSecret;
use crate::bindings::tasker::step::secrets::{Error, Host};
use crate::state::AttemptState;
use crate::stopped::Stopped;
use std::sync::Arc;
use tasker_domain::capability::SecretRule;

impl Host for AttemptState {
    async fn get(&mut self, name: String) -> wasmtime::Result<Result<String, Error>> {
        let secret = self.lookup(&name, false).await?;
        Ok(secret.map(|secret| secret.placeholder.clone()))
    }

    async fn reveal(&mut self, name: String) -> wasmtime::Result<Result<String, Error>> {
        let secret = self.lookup(&name, true).await?;
        Ok(secret.map(|secret| secret.value.reveal().to_owned()))
    }
}

impl AttemptState {
    /// The secret, where a grant allows it, or allows it in clear; read once an attempt.
    async fn lookup(
        &mut self,
        name: &str,
        clear: bool,
    ) -> wasmtime::Result<Result<Arc<AttemptSecret>, Error>> {
        let step = self.invocation.step.clone();
        let is_meant = |rule: &&SecretRule| rule.name.as_str() == name && (rule.clear || !clear);
        let Some(rule) = step.grants.secrets.iter().find(is_meant) else {
            if let Ok(name) = name.parse() {
                let hosts = Vec::new();
                let rule = SecretRule { name, clear, hosts };
                self.tell_refused("secret", &format!("secret {rule}"));
            }
            return Ok(Err(Error::NotGranted));
        };
        if let Some(secret) = self.attempt_secrets.find(name) {
            return Ok(Ok(secret));
        }
        let Some(source) = self.services.secrets.clone() else {
            return Ok(Err(Error::Unknown));
        };
        let value = source.value(&step.namespace, name).await;
        Ok(match value.map_err(Stopped::Secret)? {
            Some(value) => Ok(self.attempt_secrets.add(&rule.name, value)),
            None => Err(Error::Unknown),
        })
    }
}
