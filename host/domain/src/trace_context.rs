//! Identities in traces, as W3C Trace Context writes them. All are computed, so that every host has the same for what
//! happens once, and nothing has to be kept for them.

use super::ids::TaskId;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// The one flag that is read and written; there are readers who refuse a header with another.
const SAMPLED: u8 = 1;
/// Bytes of the header of version 00, which later versions begin with.
const HEADER_BYTES: usize = 55;

/// A whole trace; never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

/// One span of a trace; never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanId([u8; 8]);

/// A place in a trace: the header `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    pub trace_id: TraceId,
    /// The span in which something new begins.
    pub span_id: SpanId,
    is_sampled: bool,
}

/// What of a task a span is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanOf {
    Task(TaskId),
    Step(TaskId, i16),
    Attempt(TaskId, i16, i32),
    /// A part of an attempt, by a number that no other run of the attempt has.
    Part(TaskId, i16, i32, u64),
}

/// A text that is no usable `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a traceparent as W3C Trace Context writes it, 00-<32 hex digits>-<16 hex digits>-<2 hex digits>"
)]
pub struct TraceParentError;

impl TraceId {
    /// Of a task that came without a trace. Its first half has the time of the task's creation. Its second half is a hash,
    /// since samplers take it for random, which the halves of a task's id are not: tasks that are created together differ
    /// in few bits. `tasker.read_ended` computes the same.
    pub fn of_task(task_id: TaskId) -> Self {
        let id = task_id.0.into_bytes();
        let mut bytes = id;
        bytes[8..].copy_from_slice(&Sha256::digest(id)[..8]);
        Self(bytes)
    }

    /// Of the trace that the caller began, or the task's own.
    pub fn of(task_id: TaskId, caller: Option<TraceParent>) -> Self {
        caller.map_or_else(|| Self::of_task(task_id), |caller| caller.trace_id)
    }

    pub fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// What samplers compare with their ratio: 63 bits.
    pub fn random_bits(self) -> u64 {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1
    }
}

impl SpanId {
    pub fn of(span: SpanOf) -> Self {
        let (task_id, kind, step_no, attempt, part) = match span {
            SpanOf::Task(task_id) => (task_id, 0_u8, 0, 0, 0),
            SpanOf::Step(task_id, step_no) => (task_id, 1, step_no, 0, 0),
            SpanOf::Attempt(task_id, step_no, attempt) => (task_id, 2, step_no, attempt, 0),
            SpanOf::Part(task_id, step_no, attempt, part) => (task_id, 3, step_no, attempt, part),
        };
        let digest = Sha256::new()
            .chain_update(task_id.0.as_bytes())
            .chain_update([kind])
            .chain_update(step_no.to_be_bytes())
            .chain_update(attempt.to_be_bytes())
            .chain_update(part.to_be_bytes())
            .finalize();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        if bytes == [0; 8] {
            bytes[7] = 1;
        }
        Self(bytes)
    }

    pub fn bytes(self) -> [u8; 8] {
        self.0
    }
}

impl TraceParent {
    /// Of a span; `is_sampled` says whether it is recorded.
    pub fn new(trace_id: TraceId, span_id: SpanId, is_sampled: bool) -> Self {
        Self {
            trace_id,
            span_id,
            is_sampled,
        }
    }

    pub fn is_sampled(self) -> bool {
        self.is_sampled
    }

    /// Another span of the same trace.
    pub fn with_span(self, span_id: SpanId) -> Self {
        Self { span_id, ..self }
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trace_id,
            span_id,
            is_sampled,
        } = self;
        let flags = if *is_sampled { SAMPLED } else { 0 };
        write!(f, "00-{trace_id}-{span_id}-{flags:02x}")
    }
}

impl FromStr for TraceParent {
    type Err = TraceParentError;

    /// As the standard has it: a later version is read as this one, whatever follows; ids are in lower case and not zero.
    fn from_str(text: &str) -> Result<Self, TraceParentError> {
        let (head, rest) = text
            .split_at_checked(HEADER_BYTES)
            .ok_or(TraceParentError)?;
        let parts: Vec<&str> = head.split('-').collect();
        let &[version, trace_id, span_id, flags] = parts.as_slice() else {
            return Err(TraceParentError);
        };
        let [version] = decoded(version)?;
        let is_whole = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let (trace_id, span_id) = (decoded(trace_id)?, decoded(span_id)?);
        if !is_whole || trace_id == [0; 16] || span_id == [0; 8] {
            return Err(TraceParentError);
        }
        let [flags] = decoded(flags)?;
        Ok(Self {
            trace_id: TraceId(trace_id),
            span_id: SpanId(span_id),
            is_sampled: flags & SAMPLED != 0,
        })
    }
}

fn decoded<const N: usize>(hex: &str) -> Result<[u8; N], TraceParentError> {
    let bytes = HEXLOWER.decode(hex.as_bytes());
    let bytes = bytes.map_err(|_| TraceParentError)?;
    bytes.try_into().map_err(|_| TraceParentError)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_written_as_it_was_read() {
        let parent: TraceParent = CALLER.parse().unwrap();
        assert_eq!(parent.to_string(), CALLER);
        assert!(parent.is_sampled());
        let unsampled: TraceParent = CALLER.replace("-01", "-00").parse().unwrap();
        assert!(!unsampled.is_sampled());
        // A later version may have more, which is not passed on.
        let later = format!("{}-more", CALLER.replacen("00", "cc", 1));
        assert_eq!(later.parse(), Ok(parent));
    }

    #[test]
    fn what_is_no_traceparent_is_refused() {
        let zero_trace = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        let zero_span = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01";
        let (longer, upper) = (format!("{CALLER}-x"), CALLER.to_uppercase());
        let forbidden = CALLER.replacen("00", "ff", 1);
        let other = "é".repeat(28);
        for wrong in [
            "", "00", zero_trace, zero_span, &longer, &upper, &forbidden, &other,
        ] {
            assert_eq!(
                wrong.parse::<TraceParent>(),
                Err(TraceParentError),
                "{wrong}"
            );
        }
    }

    #[test]
    fn spans_of_different_things_have_different_ids_and_those_of_the_same_the_same() {
        let task_id = TaskId::generate();
        let spans = || {
            [
                SpanOf::Task(task_id),
                SpanOf::Step(task_id, 0),
                SpanOf::Step(task_id, 1),
                SpanOf::Attempt(task_id, 0, 1),
                SpanOf::Attempt(task_id, 1, 0),
                SpanOf::Attempt(task_id, 1, 1),
                SpanOf::Part(task_id, 1, 1, 0),
                SpanOf::Part(task_id, 1, 1, 1),
            ]
            .map(SpanId::of)
        };
        let unique: std::collections::HashSet<SpanId> = spans().into_iter().collect();
        assert_eq!(unique.len(), spans().len());
        assert!(spans().iter().all(|id| unique.contains(id)));
    }

    #[test]
    fn trace_ids_of_tasks_that_are_created_together_are_uniform_where_samplers_look() {
        let tasks = 20_000;
        let ids = (0..tasks).map(|_| TraceId::of_task(TaskId::generate()));
        let below = ids.filter(|id| id.random_bits() < (1 << 63) / 4).count();
        assert!(below.abs_diff(tasks / 4) < tasks / 40, "{below}");
    }
}
