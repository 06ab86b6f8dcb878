//! What the parts of a host need for traces. Without an exporter it is empty and costs nothing.

use super::catalog::{SPAN_EXPORT_FAILURES, SPANS};
use super::export_queue::ExportCounts;
use super::samples::{Sampler, Samples};
use super::span::{Attribute, Span, SpanKind, SpanQueue, SpanStatus};
use super::trace_sampler::TraceSampler;
use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::Lease;
use tasker_domain::trace_context::{SpanId, SpanOf, TraceId, TraceParent};

/// Where spans of this host go; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    sampler: TraceSampler,
    queue: SpanQueue,
}

impl Tracer {
    /// Spans of the traces that the sampler takes, until they are exported from the queue.
    pub fn new(sampler: TraceSampler, queue: SpanQueue) -> Self {
        Self(Some(Arc::new(Inner { sampler, queue })))
    }

    /// The spans that wait to be exported; none if they are not.
    pub fn queue(&self) -> Option<&SpanQueue> {
        self.0.as_ref().map(|inner| &inner.queue)
    }

    /// The context of an attempt. Where nothing is exported, it is the caller's, so that what the attempt begins belongs
    /// to the caller's trace.
    pub fn attempt(&self, lease: Lease, caller: Option<TraceParent>) -> Option<AttemptTrace> {
        let context = self.span(lease.task_id, of_attempt(lease), caller)?;
        let inner = self.0.as_ref();
        Some(AttemptTrace {
            lease,
            context,
            recorder: inner.filter(|_| context.is_sampled()).cloned(),
            parts: Arc::new(AtomicU64::new(first_part())),
        })
    }

    /// The context of a span of a task; where nothing is exported, its caller's.
    pub fn span(
        &self,
        task_id: TaskId,
        span: SpanOf,
        caller: Option<TraceParent>,
    ) -> Option<TraceParent> {
        match &self.0 {
            Some(inner) => Some(inner.context(task_id, caller, span)),
            None => caller,
        }
    }

    /// The context of a task; none where nothing is exported.
    pub fn task(&self, task_id: TaskId, caller: Option<TraceParent>) -> Option<TraceParent> {
        let inner = self.0.as_ref()?;
        Some(inner.context(task_id, caller, SpanOf::Task(task_id)))
    }
}

impl Inner {
    fn context(&self, task_id: TaskId, caller: Option<TraceParent>, span: SpanOf) -> TraceParent {
        let trace_id = TraceId::of(task_id, caller);
        let is_sampled = self.sampler.is_sampled(trace_id, caller);
        TraceParent::new(trace_id, SpanId::of(span), is_sampled)
    }
}

impl Sampler for Tracer {
    fn sample(&self, samples: &mut Samples) {
        let counts = self.queue().map(SpanQueue::counts);
        ExportCounts::sample(counts, samples, &SPANS, &SPAN_EXPORT_FAILURES);
    }
}

fn of_attempt(lease: Lease) -> SpanOf {
    SpanOf::Attempt(lease.task_id, lease.step_no, lease.attempt)
}

/// Where a run of an attempt begins to number its parts: at random, since a claim that a crash of the database took back
/// is made again under the same number of the attempt.
fn first_part() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn of_part(lease: Lease, part: u64) -> SpanOf {
    SpanOf::Part(lease.task_id, lease.step_no, lease.attempt, part)
}

/// The trace of an attempt that runs here; clones are the same.
#[derive(Clone, Debug)]
pub struct AttemptTrace {
    lease: Lease,
    context: TraceParent,
    /// None if the trace is not recorded.
    recorder: Option<Arc<Inner>>,
    /// The number of the next part.
    parts: Arc<AtomicU64>,
}

impl AttemptTrace {
    /// What the attempt passes on.
    pub fn context(&self) -> TraceParent {
        self.context
    }

    /// Begins a part of the attempt; none if the trace is not recorded.
    pub fn begin(&self, name: impl Into<Cow<'static, str>>, kind: SpanKind) -> Option<OpenSpan> {
        let recorder = self.recorder.clone()?;
        let part = self.parts.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now();
        Some(OpenSpan {
            recorder,
            span: Span {
                trace_id: self.context.trace_id,
                span_id: SpanId::of(of_part(self.lease, part)),
                parent: Some(self.context.span_id),
                is_parent_remote: false,
                kind,
                name: name.into(),
                start: now,
                end: now,
                attributes: Vec::new(),
                status: SpanStatus::Unset,
            },
        })
    }
}

/// A part of an attempt that is under way. Dropped, it is not exported.
#[derive(Debug)]
pub struct OpenSpan {
    recorder: Arc<Inner>,
    span: Span,
}

impl OpenSpan {
    pub fn span_id(&self) -> SpanId {
        self.span.span_id
    }

    pub fn add(&mut self, attributes: impl IntoIterator<Item = Attribute>) {
        self.span.attributes.extend(attributes);
    }

    pub fn fail(&mut self, message: &str) {
        self.span.status = SpanStatus::failed(message);
    }

    /// It ends now.
    pub fn end(mut self) {
        self.span.end = SystemTime::now();
        self.recorder.queue.push(self.span);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::Format;

    fn lease() -> Lease {
        Lease {
            task_id: TaskId::generate(),
            step_no: 2,
            attempt: 1,
        }
    }

    #[test]
    fn spans_beyond_the_bound_of_the_queue_are_dropped_and_counted() {
        let tracer = Tracer::new(TraceSampler::default(), SpanQueue::new(2, 1));
        let trace = tracer.attempt(lease(), None).unwrap();
        for _ in 0..3 {
            trace.begin("part", SpanKind::Internal).unwrap().end();
        }
        let queue = tracer.queue().unwrap();
        let spans = queue.take();
        let mut samples = Samples::default();
        tracer.sample(&mut samples);
        let text = samples.encode(Format::Prometheus);
        assert!(
            text.contains(r#"tasker_spans_total{outcome="dropped"} 1.0"#),
            "{text}"
        );
        assert_eq!(spans.len(), 2);
        assert_ne!(spans[0].span_id, spans[1].span_id);
        assert_eq!(spans[0].parent, Some(trace.context().span_id));
    }

    #[test]
    fn without_an_exporter_the_callers_context_is_passed_on_and_there_are_no_spans() {
        let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let caller = caller.parse().unwrap();
        let tracer = Tracer::default();
        let trace = tracer.attempt(lease(), Some(caller)).unwrap();
        assert_eq!(trace.context(), caller);
        assert!(trace.begin("part", SpanKind::Internal).is_none());
        assert!(tracer.attempt(lease(), None).is_none());
        assert_eq!(tracer.task(lease().task_id, Some(caller)), None);
    }

    #[test]
    fn a_trace_that_is_not_recorded_still_has_a_context() {
        let off = TraceSampler::parse(Some("always_off"), None).unwrap();
        let tracer = Tracer::new(off, SpanQueue::new(2, 1));
        let trace = tracer.attempt(lease(), None).unwrap();
        assert!(trace.context().to_string().ends_with("-00"));
        assert!(trace.begin("part", SpanKind::Internal).is_none());
    }
}
