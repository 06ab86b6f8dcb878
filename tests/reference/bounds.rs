//! The named bounds: each with its value and the meaning that stands above it in the source.

use super::{cell, code, hold_chapter, root, table};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use tasker_api::bounds::Bounds;
use tasker_domain::limits::{Limit, Limits};

/// One bound.
struct Bound {
    part: &'static str,
    file: &'static str,
    name: &'static str,
    value: String,
}

/// A value as people read it.
trait Shown {
    fn shown(self, name: &str) -> String;
}

impl Shown for Duration {
    fn shown(self, _: &str) -> String {
        let seconds = self.as_secs();
        let units = [
            (365 * 86_400, "years"),
            (86_400, "days"),
            (3_600, "h"),
            (60, "min"),
        ];
        let unit = units
            .iter()
            .find(|(length, _)| seconds > *length && seconds.is_multiple_of(*length));
        match unit {
            Some((length, unit)) => format!("{} {unit}", seconds / length),
            None => format!("{seconds} s"),
        }
    }
}

macro_rules! numbers {
    ($($kind:ty),+) => {$(
        impl Shown for $kind {
            fn shown(self, name: &str) -> String {
                let number = u64::try_from(self).unwrap();
                match name.contains("BYTES") || name.contains("bytes") {
                    true => bytes(number),
                    false => grouped(number),
                }
            }
        }
    )+};
}

numbers!(usize, u64, u32, u16, i64, i32, i16);

fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units
        .iter()
        .find(|(size, _)| number.is_multiple_of(*size) && number >= *size);
    match unit {
        Some((size, unit)) => format!("{} {unit}", number / size),
        None => format!("{} bytes", grouped(number)),
    }
}

/// With commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    let parts = parts.iter().map(|it| std::str::from_utf8(it).unwrap());
    parts.collect::<Vec<_>>().join(",")
}

macro_rules! bound {
    ($part:literal $file:literal $name:ident [$($module:ident)::+]) => {{
        use $($module)::+ as module;
        Bound {
            part: $part,
            file: $file,
            name: stringify!($name),
            value: module::$name.shown(stringify!($name)),
        }
    }};
}

macro_rules! bounds {
    ($($part:literal { $($file:literal => $module:tt { $($name:ident),+ $(,)? })+ })+) => {
        vec![$($($(bound!($part $file $name $module)),+),+),+]
    };
}

fn all() -> Vec<Bound> {
    definitions().into_iter().chain(others()).collect()
}

/// Of what people write, and of tasks.
fn definitions() -> Vec<Bound> {
    bounds! {
        "Names and texts" {
            "host/domain/src/name.rs" => [tasker_domain::name] {MAX_NAME_CHARS}
            "host/domain/src/requirement.rs" => [tasker_domain::requirement] {MAX_REQUIREMENT_BYTES}
            "host/domain/src/reason.rs" => [tasker_domain::reason] {MAX_REASON_BYTES}
            "host/domain/src/tag.rs" => [tasker_domain::tag] {MAX_TAGS, MAX_TAG_BYTES}
            "host/domain/src/event.rs" => [tasker_domain::event] {MAX_EVENT_NAME_BYTES}
            "host/domain/src/actor.rs" => [tasker_domain::actor] {MAX_ACTOR_BYTES}
            "host/domain/src/json_text.rs" => [tasker_domain::json_text] {MAX_JSON_DEPTH}
            "host/domain/src/bounds.rs" => [tasker_domain::bounds] {MAX_NUMBER_DIGITS}
        }
        "Templates" {
            "host/domain/src/template.rs" => [tasker_domain::template] {
                MAX_SOURCE_BYTES, MAX_STEPS, MAX_DEPENDENCIES, MAX_ENVIRONMENTS,
            }
            "host/domain/src/template/position.rs" => [tasker_domain::template::position] {MAX_FINDINGS}
            "host/domain/src/template/retry.rs" => [tasker_domain::template::retry] {MAX_ATTEMPTS}
            "host/domain/src/duration.rs" => [tasker_domain::duration] {MAX_DURATION}
        }
        "Components" {
            "host/domain/src/bounds.rs" => [tasker_domain::bounds] {
                MAX_COMPONENT_BYTES, MAX_REQUESTED, MAX_SUBSCRIBERS, MAX_DECLARED_EVENTS,
            }
            "host/domain/src/capability.rs" => [tasker_domain::capability] {MAX_CAPABILITY_BYTES}
            "host/domain/src/compatibility.rs" => [tasker_domain::compatibility] {MAX_CHANGES}
        }
        "Tasks" {
            "host/domain/src/bounds.rs" => [tasker_domain::bounds] {MAX_BATCH_TASKS, MIN_KEEP, MAX_KEEP}
            "host/domain/src/recording.rs" => [tasker_domain::recording] {MAX_RECORDING_BYTES}
            "host/engine/src/recording.rs" => [tasker_engine::recording] {RECORDINGS_KEPT}
            "host/engine/src/recording_bound.rs" => [tasker_engine::recording_bound] {MAX_RECORDINGS_BYTES}
            "host/wire/src/task.rs" => [tasker_wire::task] {MAX_SUBMIT_BODY_BYTES}
            "host/tasks/src/input.rs" => [tasker_tasks] {MAX_INPUT_BYTES}
            "host/tasks/src/wait.rs" => [tasker_tasks::wait] {MAX_WAIT}
            "host/domain/src/task_report.rs" => [tasker_domain::task_report] {
                MAX_LOG_ROWS, MAX_OPERATIONS, MAX_PARENTS,
            }
        }
    }
}

/// Of what belongs to namespaces, and of requests.
fn others() -> Vec<Bound> {
    bounds! {
        "Namespaces" {
            "host/domain/src/bounds.rs" => [tasker_domain::bounds] {
                MAX_GRANTS, MAX_LIMIT_RULES, MAX_RECORDING_RULES, DEFAULT_COLLECT_AGE, MAX_COLLECT_AGE,
            }
            "host/registry/src/store/secret.rs" => [tasker_registry::store::secret] {MAX_SECRETS}
            "host/registry/src/store/share.rs" => [tasker_registry::store::share] {MAX_SHARES}
            "host/domain/src/secret.rs" => [tasker_domain::secret] {MIN_SECRET_BYTES, MAX_SECRET_BYTES}
            "host/domain/src/kv.rs" => [tasker_domain::kv] {
                MAX_KEY_BYTES, MAX_VALUE_BYTES, MAX_WRITES, MAX_LISTED,
            }
            "host/domain/src/guard.rs" => [tasker_domain::guard] {MIN_WINDOW}
        }
        "Subscriptions" {
            "host/domain/src/subscription.rs" => [tasker_domain::subscription] {
                MAX_SUBSCRIPTIONS, MAX_SIGNING_SECRETS, MAX_BATCH, MAX_TARGET_BYTES, MAX_DEAD_LETTERS,
                MAX_KEPT_BYTES, MAX_DELIVERY_ATTEMPTS, MAX_RETRY_AFTER,
            }
        }
        "Keys and sessions" {
            "host/registry/src/store/api_key.rs" => [tasker_registry::store::api_key] {MAX_KEYS}
            "host/domain/src/permission.rs" => [tasker_domain::permission] {MAX_PERMISSIONS}
            "host/domain/src/request_rate.rs" => [tasker_domain::request_rate] {MAX_REQUESTS_PER_MINUTE}
            "host/registry/src/store/browser_session.rs" => [tasker_registry::store::browser_session] {
                MAX_SESSIONS_OF_CALLER, MAX_SESSIONS,
            }
        }
        "Requests" {
            "host/wire/src/page.rs" => [tasker_wire::page] {DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS}
            "host/wire/src/comma_list.rs" => [tasker_wire::page] {MAX_FILTER_VALUES}
            "host/database/src/listing.rs" => [tasker_database::listing] {MAX_COUNTED}
            "host/wire/src/analytics.rs" => [tasker_wire::analytics] {MAX_GROUPS}
            "host/wire/src/queue.rs" => [tasker_wire::queue] {MAX_COUNTED_STEPS}
            "host/wire/src/endpoint.rs" => [tasker_wire::endpoint] {SMALL_BODY_BYTES}
            "host/api/src/bounds.rs" => [tasker_api::bounds] {
                MAX_HEAD_BYTES, MIN_BYTES_PER_S, LARGE_BODY_BYTES,
            }
            "host/api/src/request.rs" => [tasker_api::request] {MAX_JSON_VALUES}
            "host/events/src/filter.rs" => [tasker_events::filter] {MAX_TYPES}
        }
        "GraphQL" {
            "host/graphql/src/limits.rs" => [tasker_graphql::limits] {
                MAX_QUERY_BYTES, MAX_DEPTH, MAX_COST, MAX_FIELDS, MAX_ALIASES, MAX_ROOT_FIELDS,
            }
            "host/graphql/src/socket.rs" => [tasker_graphql::socket] {MAX_SUBSCRIPTIONS, MAX_MESSAGE_BYTES}
        }
    }
}

/// Bounds of reports and plans, which cut what they show and refuse nothing.
const OF_WHAT_IS_SHOWN: [(&str, &str); 4] = [
    ("host/domain/src/task_report.rs", "MAX_STEPS"),
    ("host/domain/src/task_report.rs", "MAX_ATTEMPTS"),
    ("host/domain/src/task_report.rs", "MAX_EVENTS"),
    ("host/domain/src/plan.rs", "MAX_ASSUMED"),
];

const INTRODUCTION: &str = "\
# Limits

What is bounded, with the name that the bound has in the source. What would exceed one is refused with
[a code](errors.md), or waits, as the chapters say. [Configuration](configuration.md) has what a host can be told.
";

#[test]
fn the_chapter_on_limits_has_every_bound() {
    let all = all();
    let mut text = INTRODUCTION.to_owned();
    text += "\n## Attempts\n\nA host, a namespace, a component and a step can each set these; the lowest applies. See \
             [Handlers](../handlers.md#limits).\n\n";
    text += &table(
        &["limit", "by default", "from", "to", "of what"],
        &of_attempts(),
    );
    let mut parts: Vec<&str> = all.iter().map(|bound| bound.part).collect();
    parts.dedup();
    for part in parts {
        let bounds = all.iter().filter(|bound| bound.part == part);
        let rows: Vec<Vec<String>> = bounds
            .map(|it| {
                vec![
                    code(it.name),
                    it.value.clone(),
                    cell(&documented(it.file, &format!("pub const {}:", it.name))),
                ]
            })
            .collect();
        text += &format!(
            "\n## {part}\n\n{}",
            table(&["bound", "value", "of what"], &rows)
        );
    }
    text += "\n## Callers\n\nOf one host. A caller is a key, the subject of a token, or an unauthenticated address. See \
             [Security](../security.md#request-limits).\n\n";
    text += &table(&["bound", "value", "of what"], &of_callers());
    hold_chapter("limits.md", &text);
}

#[test]
fn every_public_bound_of_domain_and_wire_is_in_the_chapter() {
    let listed: BTreeSet<(&str, &str)> = all().iter().map(|it| (it.file, it.name)).collect();
    for folder in ["host/domain/src", "host/wire/src"] {
        for file in sources(folder) {
            let text = fs::read_to_string(root().join(&file)).unwrap();
            for line in text.lines() {
                let Some(rest) = line.strip_prefix("pub const M") else {
                    continue;
                };
                let (name, kind) = rest.split_once(": ").unwrap();
                let name = format!("M{name}");
                let is_bound = name.starts_with("MAX_") || name.starts_with("MIN_");
                if !is_bound || kind.starts_with('&') {
                    continue;
                }
                let key = (file.as_str(), name.as_str());
                let is_known = listed.contains(&key) || OF_WHAT_IS_SHOWN.contains(&key);
                assert!(is_known, "{name} of {file} is not in the chapter on limits");
            }
        }
    }
}

fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => found.extend(sources(&path)),
            false => found.push(path),
        }
    }
    found
}

fn of_attempts() -> Vec<Vec<String>> {
    let of_host = Limits::of_host();
    let row = |limit: &Limit| {
        let (least, most) = limit.range().into_inner();
        vec![
            code(limit.into_str()),
            limit.show(of_host.value(*limit)),
            limit.show(least),
            limit.show(most),
            cell(limit.meaning()),
        ]
    };
    Limit::ALL.iter().map(row).collect()
}

fn of_callers() -> Vec<Vec<String>> {
    let of = Bounds::default();
    macro_rules! rows {
        ($($name:ident),+ $(,)?) => {
            vec![$((stringify!($name), of.$name.shown(stringify!($name)))),+]
        };
    }
    let rows = rows![
        max_connections,
        max_spare_connections,
        max_connections_per_caller,
        max_connections_with_spare,
        max_connections_per_stranger,
        idle_grace,
        max_requests_per_caller,
        request_slot_timeout,
        max_waits_per_caller,
        max_waits,
        max_streams_per_caller,
        max_streams,
        max_components_per_caller,
        head_timeout,
        spare_head_timeout,
        rate_timeout,
        max_large_bodies,
        max_large_bodies_per_caller,
        slot_timeout,
    ];
    let file = "host/api/src/bounds.rs";
    let row = |(name, value)| {
        vec![
            code(name),
            value,
            cell(&documented(file, &format!("    pub {name}:"))),
        ]
    };
    rows.into_iter().map(row).collect()
}

/// The comment above the line that begins so, links of Rust left out.
fn documented(file: &str, start: &str) -> String {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let mut comment = Vec::new();
    for line in text.lines() {
        if line.starts_with(start) {
            assert!(!comment.is_empty(), "{start} of {file} has no comment");
            return comment.join(" ").replace("[`", "`").replace("`]", "`");
        }
        match line.trim().strip_prefix("///") {
            Some(part) => comment.push(part.trim().to_owned()),
            None => comment.clear(),
        }
    }
    panic!("{file} has no {start}");
}
