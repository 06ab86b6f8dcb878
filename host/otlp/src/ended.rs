//! From a row of the log with which something ended to its spans.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::borrow::Cow;
use tasker_domain::ids::TaskId;
use tasker_domain::trace_context::{SpanId, SpanOf, TraceId, TraceParent};
use tasker_engine::trace_log::EndedRow;
use tasker_events::Event;
use tasker_events::event::EventData;
use tasker_events::events_of;
use tasker_telemetry::{
    Attribute, AttributeValue, Span, SpanKind, SpanStatus, TraceSampler, Tracer,
};

/// The spans of what ended with this row, none if its trace is not recorded.
pub(crate) fn spans(ended: &EndedRow, sampler: TraceSampler) -> Vec<Span> {
    let Some(task_id) = ended.row.task_id.map(TaskId) else {
        return Vec::new();
    };
    let caller = ended.traceparent.as_deref();
    let caller: Option<TraceParent> = caller.and_then(|text| text.parse().ok());
    let trace_id = TraceId::of(task_id, caller);
    if !sampler.is_sampled(trace_id, caller) {
        return Vec::new();
    }
    let of = Ended {
        ended,
        task_id,
        trace_id,
        caller,
    };
    let events = events_of(&ended.row, &Tracer::default());
    events.iter().flat_map(|event| of.spans(event)).collect()
}

struct Ended<'a> {
    ended: &'a EndedRow,
    task_id: TaskId,
    trace_id: TraceId,
    caller: Option<TraceParent>,
}

impl Ended<'_> {
    fn spans(&self, event: &Event) -> Vec<Span> {
        let (Some((of, what)), at) = (event.name.split_once('.'), event.at) else {
            return Vec::new();
        };
        match (of, what) {
            ("task", "completed" | "failed" | "cancelled") => {
                self.task(event, what).into_iter().collect()
            }
            ("step", "cancelled") => {
                // It ended the attempt that was under way.
                let began = self.ended.attempt_started_at;
                let attempt = began.and_then(|_| self.attempt(event, what));
                attempt.into_iter().chain(self.step(event, what)).collect()
            }
            ("step", "completed" | "failed") => self.step(event, what).into_iter().collect(),
            ("attempt", "started") => Vec::new(),
            ("attempt", _) => self.attempt(event, what).into_iter().collect(),
            _ => {
                tracing::trace!(event = %event.name, %at, "ends no span");
                Vec::new()
            }
        }
    }

    fn task(&self, event: &Event, outcome: &str) -> Option<Span> {
        let (data, row) = (&event.data, &self.ended.row);
        let name = format!("task {}", data.template.as_deref().unwrap_or_default());
        let mut span = self.span(event, SpanOf::Task(self.task_id), name, row.created_at?);
        span.parent = self.caller.map(|caller| caller.span_id);
        span.is_parent_remote = span.parent.is_some();
        let correlation = row.correlation_id.as_deref();
        span.attributes
            .extend(text("tasker.correlation_id", correlation));
        Some(finished(span, data, outcome))
    }

    fn step(&self, event: &Event, outcome: &str) -> Option<Span> {
        let (data, row) = (&event.data, &self.ended.row);
        let name = format!("step {}", data.step.as_deref().unwrap_or_default());
        let of = SpanOf::Step(self.task_id, row.step_no?);
        let mut span = self.span(event, of, name, self.ended.step_started_at?);
        span.parent = Some(SpanId::of(SpanOf::Task(self.task_id)));
        span.attributes
            .extend(number("tasker.attempts", data.attempt));
        Some(finished(span, data, outcome))
    }

    fn attempt(&self, event: &Event, outcome: &str) -> Option<Span> {
        let (data, row) = (&event.data, &self.ended.row);
        let (step_no, attempt) = (row.step_no?, row.attempt?);
        let name = format!("attempt {}", data.step.as_deref().unwrap_or_default());
        // Where the log of a task is too long to be searched, the ledger says how long it took.
        let took =
            TimeDelta::microseconds((f64::from(row.wall_ms.unwrap_or_default()) * 1e3) as i64);
        let start = self.ended.attempt_started_at.unwrap_or(event.at - took);
        let mut span = self.span(
            event,
            SpanOf::Attempt(self.task_id, step_no, attempt),
            name,
            start,
        );
        span.parent = Some(SpanId::of(SpanOf::Step(self.task_id, step_no)));
        let attributes = [
            number("tasker.attempt", data.attempt),
            text("tasker.handler", data.handler.as_deref()),
            text("tasker.component", data.component.as_deref()),
            text(
                "tasker.component.version",
                data.component_version.as_deref(),
            ),
            text("tasker.component.digest", data.component_digest.as_deref()),
            number("tasker.worker.id", row.worker_id),
            text("host.name", self.ended.host_name.as_deref()),
        ];
        span.attributes.extend(attributes.into_iter().flatten());
        if let Some(cpu_ms) = row.cpu_ms {
            let cpu = AttributeValue::Fraction(f64::from(cpu_ms) / 1e3);
            span.attributes.push(("tasker.cpu_seconds", cpu));
        }
        if let Some(kib) = row.memory_kib {
            let bytes = AttributeValue::Number(i64::from(kib) << 10);
            span.attributes.push(("tasker.memory_bytes", bytes));
        }
        Some(finished(span, data, outcome))
    }

    /// From its beginning to the time of the event.
    fn span(&self, event: &Event, of: SpanOf, name: String, start: DateTime<Utc>) -> Span {
        let data = &event.data;
        let task_id = self.task_id.to_string();
        let attributes = [
            text("tasker.namespace", data.namespace.as_deref()),
            text("tasker.template", data.template.as_deref()),
            text("tasker.template.version", data.template_version.as_deref()),
            text("tasker.task.id", Some(&task_id)),
            text("tasker.step", data.step.as_deref()),
        ];
        Span {
            trace_id: self.trace_id,
            span_id: SpanId::of(of),
            parent: None,
            is_parent_remote: false,
            kind: SpanKind::Internal,
            name: Cow::Owned(name),
            // Where a clock was set back.
            start: start.min(event.at).into(),
            end: event.at.into(),
            attributes: attributes.into_iter().flatten().collect(),
            status: SpanStatus::Unset,
        }
    }
}

fn text(name: &'static str, value: Option<&str>) -> Option<Attribute> {
    Some((name, value?.into()))
}

fn number(name: &'static str, value: Option<i32>) -> Option<Attribute> {
    Some((name, value?.into()))
}

/// With how it ended. What a host or an operator ended did not fail.
fn finished(mut span: Span, data: &EventData, outcome: &str) -> Span {
    span.attributes.push(("tasker.outcome", outcome.into()));
    if !matches!(outcome, "failed" | "lost") {
        return span;
    }
    let error: Value = data
        .error
        .as_ref()
        .and_then(|error| serde_json::from_str(error.get()).ok())
        .unwrap_or_default();
    let member = |name: &str| error[name].as_str().unwrap_or_default();
    let code = match member("code") {
        "" => outcome,
        code => code,
    };
    span.attributes.push(("error.type", code.into()));
    span.status = SpanStatus::failed(member("message"));
    span
}
