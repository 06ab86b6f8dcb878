//! Services of an attempt, on their way by its journal.

use super::journal::{ANSWER_BYTES, Journal, RecordedClock, Recorder, ReplayedClock, Replayer};
use super::recording_use::RecordingUse;
use super::seed::Seed;
use super::services::{
    AncestorError, AncestorResult, AncestorResults, GuestRandom, HostServices, KvEntries,
    KvUnavailable, SecretUnavailable, SecretValues,
};
use futures::future::{BoxFuture, ready};
use std::sync::Arc;
use std::time::Instant;
use tasker_domain::invocation::{Invocation, Lease};
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::recording::{SeenEntry, SeenKeys, SeenResult, SeenSecret};
use tasker_domain::secret::SecretValue;

/// The journal that the services ask for, and the services through which everything passes by it.
pub(super) fn open(
    mut services: HostServices,
    invocation: &Invocation,
    started: Instant,
) -> (HostServices, Option<Journal>) {
    match std::mem::take(&mut services.recording) {
        RecordingUse::None => (services, None),
        RecordingUse::Record => match Seed::random() {
            Some(seed) => {
                let trace = services.trace.as_ref();
                let traceparent = trace.map(|trace| trace.context().to_string());
                let recorder = Recorder::new(seed, invocation, traceparent, started);
                let recorder = Arc::new(recorder);
                let services = recording(services, &recorder, started);
                (services, Some(Journal::Recorder(recorder)))
            }
            // The attempt itself is not disturbed.
            None => (services, None),
        },
        RecordingUse::Replay(recorded) => {
            let replayer = Arc::new(Replayer::new(recorded));
            let services = replaying(services, &replayer);
            (services, Some(Journal::Replayer(replayer)))
        }
    }
}

/// What random numbers and placeholders are made from; `None` where the machine draws them.
pub(super) fn seed(journal: Option<&Journal>, services: &HostServices) -> Option<Seed> {
    match (journal, &services.random) {
        (Some(journal), _) => Some(journal.seed()),
        (None, Some(GuestRandom::Recorded(seed))) => Seed::parse(seed),
        (None, Some(GuestRandom::Bytes(_)) | None) => None,
    }
}

/// The same services; what they answer is recorded.
fn recording(services: HostServices, recorder: &Arc<Recorder>, started: Instant) -> HostServices {
    let clock = RecordedClock {
        inner: services.clock,
        started,
        recorder: recorder.clone(),
    };
    // What is not there answers too, so that a replay has the answer.
    let nothing = Arc::new(Nothing);
    let ancestors = services.ancestors.unwrap_or_else(|| nothing.clone());
    let secrets = services.secrets.unwrap_or_else(|| nothing.clone());
    let kv = services.kv.unwrap_or(nothing);
    HostServices {
        ancestors: Some(Recorded::of(ancestors, recorder)),
        secrets: Some(Recorded::of(secrets, recorder)),
        kv: Some(Recorded::of(kv, recorder)),
        clock: Some(Arc::new(clock)),
        ..services
    }
}

/// Services that answer from a recording, and reach nothing.
fn replaying(services: HostServices, replayer: &Arc<Replayer>) -> HostServices {
    let from = Arc::new(Replay(replayer.clone()));
    HostServices {
        ancestors: Some(from.clone()),
        secrets: Some(from.clone()),
        kv: Some(from),
        clock: Some(Arc::new(ReplayedClock(replayer.clone()))),
        trace: None,
        cancelled: None,
        ..services
    }
}

struct Recorded<T: ?Sized> {
    inner: Arc<T>,
    recorder: Arc<Recorder>,
}

impl<T: ?Sized> Recorded<T> {
    fn of(inner: Arc<T>, recorder: &Arc<Recorder>) -> Arc<Self> {
        let recorder = recorder.clone();
        Arc::new(Self { inner, recorder })
    }
}

impl AncestorResults for Recorded<dyn AncestorResults> {
    fn result<'a>(
        &'a self,
        lease: Lease,
        step: &'a str,
        bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        Box::pin(async move {
            let found = self.inner.result(lease, step, bytes_max).await?;
            let text = found.as_ref().and_then(|found| found.text.clone());
            let bytes = ANSWER_BYTES + step.len() + text.as_ref().map_or(0, String::len);
            let seen = SeenResult {
                step: step.to_owned(),
                text,
                bytes: found.as_ref().map(|found| found.bytes),
            };
            self.recorder.add(bytes, |all| all.results.push(seen));
            Ok(found)
        })
    }
}

impl SecretValues for Recorded<dyn SecretValues> {
    fn value<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        Box::pin(async move {
            let value = self.inner.value(namespace, name).await?;
            let seen = SeenSecret {
                name: name.to_owned(),
                is_set: value.is_some(),
            };
            let bytes = ANSWER_BYTES + name.len();
            self.recorder.add(bytes, |all| all.secrets.push(seen));
            Ok(value)
        })
    }
}

impl KvEntries for Recorded<dyn KvEntries> {
    fn entry<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        Box::pin(async move {
            let found = self.inner.entry(namespace, bucket, key).await?;
            let value = found.as_ref().map(|found| found.value.clone());
            let bytes = ANSWER_BYTES + key.len() + value.as_ref().map_or(0, String::len);
            let seen = SeenEntry {
                bucket: bucket.to_string(),
                key: key.to_owned(),
                value,
                version: found.as_ref().map_or(0, |found| found.version),
            };
            self.recorder.add(bytes, |all| all.entries.push(seen));
            Ok(found)
        })
    }

    fn keys<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        Box::pin(async move {
            let keys = self.inner.keys(namespace, bucket, prefix, limit).await?;
            let bytes = ANSWER_BYTES + keys.iter().map(String::len).sum::<usize>();
            let seen = SeenKeys {
                bucket: bucket.to_string(),
                prefix: prefix.to_owned(),
                limit,
                keys: keys.clone(),
            };
            self.recorder.add(bytes, |all| all.keys.push(seen));
            Ok(keys)
        })
    }
}

/// Has no result, no secret and no entry.
struct Nothing;

impl AncestorResults for Nothing {
    fn result<'a>(
        &'a self,
        _lease: Lease,
        _step: &'a str,
        _bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        Box::pin(ready(Ok(None)))
    }
}

impl SecretValues for Nothing {
    fn value<'a>(
        &'a self,
        _namespace: &'a str,
        _name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        Box::pin(ready(Ok(None)))
    }
}

impl KvEntries for Nothing {
    fn entry<'a>(
        &'a self,
        _namespace: &'a str,
        _bucket: &'a Name,
        _key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        Box::pin(ready(Ok(None)))
    }

    fn keys<'a>(
        &'a self,
        _namespace: &'a str,
        _bucket: &'a Name,
        _prefix: &'a str,
        _limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        Box::pin(ready(Ok(Vec::new())))
    }
}

struct Replay(Arc<Replayer>);

impl AncestorResults for Replay {
    fn result<'a>(
        &'a self,
        _lease: Lease,
        step: &'a str,
        _bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        let seen = self.0.result(step);
        Box::pin(async move {
            let seen = seen.map_err(|stopped| AncestorError(Box::new(stopped)))?;
            let text = seen.text;
            Ok(seen.bytes.map(|bytes| AncestorResult { text, bytes }))
        })
    }
}

impl SecretValues for Replay {
    fn value<'a>(
        &'a self,
        _namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        let seen = self.0.secret(name);
        Box::pin(async move {
            let seen = seen.map_err(|stopped| SecretUnavailable::Unreadable(Box::new(stopped)))?;
            Ok(seen.is_set.then(|| stand_in(name)))
        })
    }
}

impl KvEntries for Replay {
    fn entry<'a>(
        &'a self,
        _namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        let seen = self.0.entry(bucket.as_str(), key);
        Box::pin(async move {
            let seen = seen.map_err(|stopped| KvUnavailable(Box::new(stopped)))?;
            let version = seen.version;
            Ok(seen.value.map(|value| KvValue { value, version }))
        })
    }

    fn keys<'a>(
        &'a self,
        _namespace: &'a str,
        bucket: &'a Name,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        let seen = self.0.keys(bucket.as_str(), prefix, limit);
        Box::pin(async move {
            let seen = seen.map_err(|stopped| KvUnavailable(Box::new(stopped)))?;
            Ok(seen.keys)
        })
    }
}

/// What a handler gets in the place of a secret that it reads in clear: no recording has the value.
fn stand_in(name: &str) -> SecretValue {
    let text = tasker_domain::recording::stand_in(name);
    SecretValue::parse(text.into_bytes()).expect("a text of ordinary length")
}
