//! Which traces are recorded: decided by their ids, so that every host decides the same.

use tasker_domain::trace_context::{TraceId, TraceParent};

/// All values of the bits that are compared with a ratio.
const ALL: u64 = 1 << 63;

/// Which traces are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceSampler {
    /// Trace ids whose random bits are below this.
    below: u64,
    /// Where a caller began the trace, what it says counts.
    by_parent: bool,
}

impl Default for TraceSampler {
    /// All but those whose callers say otherwise.
    fn default() -> Self {
        Self {
            below: ALL,
            by_parent: true,
        }
    }
}

/// A sampler that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceSamplerError {
    #[error(
        "OTEL_TRACES_SAMPLER is `{0}`; a host knows always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off and parentbased_traceidratio"
    )]
    Name(String),
    #[error("OTEL_TRACES_SAMPLER_ARG is `{0}`; it is a ratio from 0 to 1")]
    Ratio(String),
}

impl TraceSampler {
    /// As `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` have it.
    pub fn parse(name: Option<&str>, ratio: Option<&str>) -> Result<Self, TraceSamplerError> {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Ok(Self::default());
        };
        let unknown = || TraceSamplerError::Name(name.to_owned());
        let (by_parent, root) = match name.strip_prefix("parentbased_") {
            Some(root) => (true, root),
            None => (false, name),
        };
        let below = match root {
            "always_on" => ALL,
            "always_off" => 0,
            "traceidratio" => threshold(ratio.unwrap_or("1"))?,
            _ => return Err(unknown()),
        };
        Ok(Self { below, by_parent })
    }

    /// Whether a trace is recorded that a caller began, or nobody.
    pub fn is_sampled(self, trace_id: TraceId, caller: Option<TraceParent>) -> bool {
        match caller.filter(|_| self.by_parent) {
            Some(caller) => caller.is_sampled(),
            None => trace_id.random_bits() < self.below,
        }
    }

    /// Below what the random bits of a trace are that nobody began, if it is recorded; none if all are.
    pub fn own_below(self) -> Option<i64> {
        i64::try_from(self.below).ok()
    }
}

fn threshold(ratio: &str) -> Result<u64, TraceSamplerError> {
    let wrong = || TraceSamplerError::Ratio(ratio.to_owned());
    let ratio: f64 = ratio.trim().parse().map_err(|_| wrong())?;
    match (0.0..=1.0).contains(&ratio) {
        true => Ok((ratio * ALL as f64) as u64),
        false => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::ids::TaskId;

    fn parsed(name: &str, ratio: &str) -> TraceSampler {
        TraceSampler::parse(Some(name), Some(ratio)).unwrap()
    }

    #[test]
    fn a_ratio_decides_by_the_trace_id_and_a_parent_goes_before_it() {
        let caller = |flags: &str| {
            let text = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
            text.parse::<TraceParent>().unwrap()
        };
        let (recorded, unrecorded) = (caller("01"), caller("00"));
        let quarter = parsed("parentbased_traceidratio", "0.25");
        assert!(quarter.is_sampled(recorded.trace_id, Some(recorded)));
        assert!(!quarter.is_sampled(unrecorded.trace_id, Some(unrecorded)));
        let ids: Vec<TraceId> = (0..8_000)
            .map(|_| TraceId::of_task(TaskId::generate()))
            .collect();
        let sampled = ids.iter().filter(|id| quarter.is_sampled(**id, None));
        assert!(sampled.count().abs_diff(2_000) < 300);
        // Whoever records more records all that others record.
        let half = parsed("traceidratio", "0.5");
        let of_quarter = |id: &&TraceId| quarter.is_sampled(**id, None);
        assert!(
            ids.iter()
                .filter(of_quarter)
                .all(|id| half.is_sampled(*id, None))
        );
        // The first bit of these random ones is set: 0xa3.
        assert!(!half.is_sampled(recorded.trace_id, Some(recorded)));
    }

    #[test]
    fn the_names_of_the_standard_are_known_and_others_refused() {
        let id = TraceId::of_task(TaskId::generate());
        assert!(parsed("always_on", "").is_sampled(id, None));
        assert!(!parsed("parentbased_always_off", "").is_sampled(id, None));
        assert_eq!(TraceSampler::parse(None, None), Ok(TraceSampler::default()));
        assert_eq!(TraceSampler::default().own_below(), None);
        assert_eq!(parsed("traceidratio", "0").own_below(), Some(0));
        for (name, ratio) in [
            ("jaeger_remote", "1"),
            ("traceidratio", "2"),
            ("traceidratio", "x"),
        ] {
            assert!(
                TraceSampler::parse(Some(name), Some(ratio)).is_err(),
                "{name} {ratio}"
            );
        }
    }
}
