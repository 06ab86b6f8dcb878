//! What a subscriber logged, in the host's log, in the form in which it has the lines of handlers.

use chrono::SecondsFormat;
use tasker_domain::invocation::Invocation;
use tasker_sandbox::{LogLevel, LogLine};

/// Writes the lines of an attempt, which are within its limit on log bytes.
pub(super) fn write(invocation: &Invocation, lines: &[LogLine]) {
    for line in lines {
        write_line(invocation, line);
    }
}

fn write_line(invocation: &Invocation, line: &LogLine) {
    let step = &invocation.step;
    let (namespace, subscription, subscriber) = (&*step.namespace, &*step.name, &*step.handler);
    let (attempt, correlation_id) = (invocation.lease.attempt, &*invocation.correlation_id);
    macro_rules! write {
        ($level:ident) => {
            tracing::$level!(
                target: "tasker::subscriber",
                at = line.at.to_rfc3339_opts(SecondsFormat::Micros, true),
                namespace, subscription, subscriber, attempt, correlation_id,
                source = line.source.into_str(),
                fields = line.fields_json(),
                "{}", line.message
            )
        };
    }
    match line.level {
        LogLevel::Trace => write!(trace),
        LogLevel::Debug => write!(debug),
        LogLevel::Info => write!(info),
        LogLevel::Warn => write!(warn),
        LogLevel::Error => write!(error),
    }
}
