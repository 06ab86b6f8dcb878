//! What stands in for the world in a case.

use super::http;
use super::values::{Layers, key, number};
use crate::case::{Buckets, Fakes, Random};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tasker_domain::kv::{check_key, check_value};
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_domain::template::yaml::{Field, Fields, Findings};

/// The keys of a case that say what stands in for the world.
pub(super) const FAKE_KEYS: [&str; 5] = ["http", "secrets", "kv", "clock", "random"];

/// When attempts begin unless a case says otherwise.
pub(super) const DEFAULT_CLOCK: &str = "2026-01-01T00:00:00Z";

/// Hexadecimal digits of the seed of a recorded attempt.
pub(super) const SEED_DIGITS: usize = 64;

pub(super) fn read(layers: &Layers<'_, '_>, findings: &mut Findings) -> Option<Fakes> {
    let http = layers.get("http");
    let http = http.map(|field| http::fakes(&field, findings));
    let secrets = layers.get("secrets");
    let secrets = secrets.map(|field| secrets_of(&field, findings));
    let kv = layers.get("kv").map(|field| buckets(&field, findings));
    let random = layers.get("random");
    let random = random.and_then(|field| self::random(&field, findings));
    Some(Fakes {
        http: http.unwrap_or_default(),
        secrets: secrets.unwrap_or_default(),
        kv: kv.unwrap_or_default(),
        clock: clock(layers, findings)?,
        random: random.unwrap_or_default(),
    })
}

fn random(field: &Field<'_>, findings: &mut Findings) -> Option<Random> {
    let Some(text) = field.value.text() else {
        return number(field, findings).map(Random::Seed);
    };
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if text.len() != SEED_DIGITS || !text.chars().all(is_digit) {
        let message = format!(
            "this is no seed: write a whole number, or the {SEED_DIGITS} hexadecimal digits that `tasker step export` wrote"
        );
        field.report(message, findings);
        return None;
    }
    Some(Random::Recorded(text.to_owned()))
}

fn clock(layers: &Layers<'_, '_>, findings: &mut Findings) -> Option<DateTime<Utc>> {
    let field = layers.get("clock");
    let text = match &field {
        Some(field) => field.text(DEFAULT_CLOCK, findings)?,
        None => DEFAULT_CLOCK,
    };
    let time = DateTime::parse_from_rfc3339(text).ok();
    let time = time.map(|time| time.with_timezone(&Utc));
    let time = time.filter(|time| *time >= DateTime::UNIX_EPOCH);
    if let (None, Some(field)) = (time, &field) {
        let message = format!(
            "this is not a time after 1969; write it as RFC 3339, such as `{DEFAULT_CLOCK}`"
        );
        field.report(message, findings);
    }
    time
}

fn secrets_of(field: &Field<'_>, findings: &mut Findings) -> BTreeMap<Name, String> {
    let entries = Fields::entries(field, findings).into_iter();
    let secrets = entries.filter_map(|(name, _, value)| {
        let name = key(name, &value, findings)?;
        let text = value.text("sk_test_1", findings)?;
        if let Err(error) = SecretValue::parse(text.as_bytes().to_vec()) {
            value.report(error.to_string(), findings);
            return None;
        }
        Some((name, text.to_owned()))
    });
    secrets.collect()
}

/// Entries by bucket and key.
pub(super) fn buckets(field: &Field<'_>, findings: &mut Findings) -> Buckets {
    let mut buckets = Buckets::new();
    for (bucket, _, entries) in Fields::entries(field, findings) {
        let Some(bucket) = key::<Name>(bucket, &entries, findings) else {
            continue;
        };
        let mut kept = BTreeMap::new();
        for (name, at, value) in Fields::entries(&entries, findings) {
            if let Err(error) = check_key(name) {
                findings.push(at, &value.path, error.to_string());
            }
            let json = value.value.to_json();
            if let Err(error) = check_value(&json.to_string()) {
                value.report(error.to_string(), findings);
            }
            kept.insert(name.to_owned(), json);
        }
        buckets.insert(bucket, kept);
    }
    buckets
}
