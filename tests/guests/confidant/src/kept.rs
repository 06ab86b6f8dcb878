//! Handlers that use kv. The first word of the input is the bucket, the second a key.

use crate::failure;
use crate::tasker::step::context;
use crate::tasker::step::kv::{self, Entry, Error};
use crate::tasker::step::types::{Failure, Outcome};

/// Adds one to the number under the key; looks again where another did so since it looked.
pub fn counts(bucket: &str, key: &str) -> Result<Outcome, Failure> {
    loop {
        let entry = kv::get(bucket, key).map_err(refused)?;
        let version = entry.as_ref().map(|entry| entry.version);
        let counted: u64 = entry.map_or(0, |entry| entry.value.parse().expect("a number"));
        let next = (counted + 1).to_string();
        match kv::compare_and_set(bucket, key, version, &next) {
            Err(Error::Conflict) => {}
            answer => return answer.map(|()| Outcome::Complete(next)).map_err(refused),
        }
    }
}

/// Writes, reads what it wrote, removes, lists; tells what it saw.
pub fn keeps(bucket: &str, key: &str) -> Result<Outcome, Failure> {
    let before = shown(kv::get(bucket, key).map_err(refused)?);
    kv::set(bucket, key, "1").map_err(refused)?;
    kv::set(bucket, "b", "{\"n\": 2}").map_err(refused)?;
    kv::set(bucket, "gone", "3").map_err(refused)?;
    kv::delete(bucket, "gone").map_err(refused)?;
    kv::compare_and_set(bucket, key, Some(0), "4").map_err(refused)?;
    let seen = [
        before,
        shown(kv::get(bucket, key).map_err(refused)?),
        shown(kv::get(bucket, "gone").map_err(refused)?),
    ];
    let keys = kv::list_keys(bucket, "", 10).map_err(refused)?;
    Ok(Outcome::Complete(format!(
        "{{\"seen\":[{}],\"keys\":{keys:?}}}",
        seen.join(",")
    )))
}

/// Writes and fails.
pub fn keeps_and_fails(bucket: &str, key: &str) -> Result<Outcome, Failure> {
    kv::set(bucket, key, "1").map_err(refused)?;
    Err(failure("failed", "after it wrote"))
}

/// Writes a secret, as key and as value.
pub fn keeps_secret(bucket: &str, clear: &str) -> Result<Outcome, Failure> {
    let value = crate::forms::json(&format!("it is {clear}"));
    kv::set(bucket, clear, &value).map_err(refused)?;
    Ok(Outcome::Complete("null".to_owned()))
}

/// Counts once in each of three attempts.
pub fn keeps_on(bucket: &str, key: &str) -> Result<Outcome, Failure> {
    let Ok(Outcome::Complete(counted)) = counts(bucket, key) else {
        return Err(failure("refused", "it does not count"));
    };
    match context::last_checkpoint().as_deref() {
        Some("2") => Ok(Outcome::Complete(counted)),
        Some(_) => Ok(Outcome::Checkpoint("2".to_owned())),
        None => Ok(Outcome::Checkpoint("1".to_owned())),
    }
}

/// Tells what is refused, and how.
pub fn is_refused(bucket: &str, key: &str) -> Result<Outcome, Failure> {
    let answers = [
        kv::set(bucket, key, "1"),
        kv::set(bucket, "", "1"),
        kv::set(bucket, "k", "done"),
        kv::set(bucket, "k", &format!("\"{}\"", "x".repeat(65_536))),
        kv::compare_and_set(bucket, "k", Some(7), "1"),
        (0..=100).try_for_each(|key| kv::set(bucket, &key.to_string(), "1")),
        kv::get("other", key).map(drop),
    ];
    let told: Vec<String> = answers.into_iter().map(told).collect();
    Ok(Outcome::Complete(format!("{told:?}")))
}

fn shown(entry: Option<Entry>) -> String {
    entry.map_or("null".to_owned(), |entry| {
        format!("[{},{}]", entry.value, entry.version)
    })
}

fn told(answer: Result<(), Error>) -> String {
    match answer {
        Ok(()) => "done".to_owned(),
        Err(Error::NotGranted) => "not granted".to_owned(),
        Err(Error::Invalid(why)) => why,
        Err(Error::Conflict) => "conflict".to_owned(),
        Err(Error::Extension((name, _))) => name,
    }
}

fn refused(error: Error) -> Failure {
    failure("refused", &told(Err(error)))
}
