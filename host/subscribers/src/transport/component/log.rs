//! What a subscriber logged, in the host's log.

use tasker_domain::invocation::Invocation;
use tasker_sandbox::{LogLevel, LogLine};

/// Writes the lines of an attempt, which are within its limit on log bytes.
pub(super) fn write(invocation: &Invocation, lines: &[LogLine]) {
    let step = &invocation.step;
    let (namespace, subscription) = (&*step.namespace, &*step.name);
    let (subscriber, attempt) = (&*step.handler, invocation.lease.attempt);
    for line in lines {
        let (message, fields) = (&line.message, &line.fields);
        match line.level {
            LogLevel::Error | LogLevel::Warn => tracing::warn!(
                namespace,
                subscription,
                subscriber,
                attempt,
                ?fields,
                message,
                "subscriber"
            ),
            LogLevel::Info => tracing::info!(
                namespace,
                subscription,
                subscriber,
                attempt,
                ?fields,
                message,
                "subscriber"
            ),
            LogLevel::Debug | LogLevel::Trace => tracing::debug!(
                namespace,
                subscription,
                subscriber,
                attempt,
                ?fields,
                message,
                "subscriber"
            ),
        }
    }
}
