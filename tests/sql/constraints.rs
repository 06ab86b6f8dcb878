//! Illegal rows cannot be written: one test for each named constraint.

use super::{Graph, Session, engine_with};

/// The database refuses `change` by the constraint's name.
async fn refused(constraint: &str, change: &str) {
    let (_database, mut session, worker, _) = engine_with(Graph::chain(2)).await;
    let names = "insert into tasker.component_blob values ('\\x00'::bytea || repeat('x', 31)::bytea, '');
                 insert into tasker.component (namespace_id, name) values (1, 'c');
                 insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
                   select component_id, '1.0.0', digest, 1, '{}' from tasker.component, tasker.component_blob;
                 insert into tasker.lock (template_version_id, fingerprint) values (1, '\\x00');
                 insert into tasker.functions (digest) values ('d') on conflict do nothing";
    session.run(names).await;
    session.claim(worker, 1).await;
    let error = session.refusal(change).await;
    let by = error
        .as_database_error()
        .and_then(|error| error.constraint())
        .map(str::to_owned);
    assert_eq!(by.as_deref(), Some(constraint), "{error}");
}

macro_rules! constraints {
    ($($name:ident: $change:literal;)+) => {
        const TESTED: &[&str] = &[$(stringify!($name)),+];
        $(
            #[tokio::test]
            async fn $name() {
                refused(stringify!($name), $change).await;
            }
        )+
    };
}

constraints! {
    namespace_name_is_a_name: "update tasker.namespace set name = 'a/b'";
    namespace_name_key: "insert into tasker.namespace (name) select name from tasker.namespace";
    component_blob_digest_is_sha256: "insert into tasker.component_blob values ('\\x00', '')";
    component_name_is_a_name: "update tasker.component set name = ''";
    component_name_is_unique: "insert into tasker.component (namespace_id, name) values (1, 'c')";
    component_version_is_unique:
        "insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
         select component_id, version, digest, size_bytes, descriptor from tasker.component_version";
    template_name_is_a_name: "update tasker.template set name = repeat('a', 101)";
    template_name_is_unique: "insert into tasker.template (namespace_id, name) values (1, 'template')";
    template_version_is_unique:
        "insert into tasker.template_version (template_id, version, digest, source, definition)
         select template_id, version, digest, source, definition from tasker.template_version";
    step_template_name_is_unique: "update tasker.step_template set name = 'same'";
    step_template_max_attempts_is_positive: "update tasker.step_template set max_attempts = 0";
    step_template_backoff_is_ordered: "update tasker.step_template set backoff_base_ms = backoff_max_ms + 1";
    step_template_jitter_is_a_share: "update tasker.step_template set jitter = 1.01";
    step_template_timeout_is_positive: "update tasker.step_template set timeout_ms = 0";
    recording_has_a_nonce_with_its_key:
        "insert into tasker.recording (task_id, step_no, attempt, is_complete, key_id, content)
         select task_id, 0, 1, true, '\\x00', '\\x00' from tasker.task limit 1";
    dependency_goes_forward: "update tasker.dependency set to_no = from_no";
    pin_rollout_is_whole:
        "insert into tasker.pin (namespace_id, kind, target, requirement, rollout_requirement, rollout_state)
         values (1, 'component', 'c', '1', '2', 'running')";
    pin_rollout_percent_is_a_share:
        "insert into tasker.pin (namespace_id, kind, target, requirement, rollout_requirement, rollout_percent,
                                 rollout_state, rollout_started_at)
         values (1, 'component', 'c', '1', '2', 100.1, 'running', now())";
    lock_is_unique: "insert into tasker.lock (template_version_id, fingerprint) values (1, '\\x00')";
    key_retention_keep_ms_is_a_minute:
        "insert into tasker.key_retention (namespace_id, keep_ms, set_by) values (1, 59999, 'ada')";
    key_walk_is_one_row: "update tasker.key_walk set singleton = false";
    task_remaining_sinks_counts_down: "update tasker.task set remaining_sinks = -1";
    task_finishes_when_final: "update tasker.task set state = 'complete'";
    step_remaining_deps_counts_down: "update tasker.step set remaining_deps = -1 where state = 'waiting'";
    step_waits_for_parents: "update tasker.step set remaining_deps = 1 where state = 'running'";
    step_running_has_a_lease: "update tasker.step set worker_id = null where state = 'running'";
    step_is_claimable_when_ready: "update tasker.step set ready_at = now() where state = 'running'";
    step_finishes_when_final: "update tasker.step set state = 'error' where state = 'running'";
    step_complete_has_a_result: "update tasker.step set state = 'complete', finished_at = now() where state = 'running'";
    partition_has_a_range: "update tasker.partition set until_at = from_at";
    partition_width_is_one_row: "insert into tasker.partition_width values (false, 1)";
    partition_width_days_are_bounded: "update tasker.partition_width set days = 0";
    quarantine_digest_is_sha256: "insert into tasker.quarantine (digest, actor, reason) values ('\\x00', 'ada', 'why')";
    signature_digest_is_sha256:
        "insert into tasker.signature (digest, public_key, signature, actor)
         values ('\\x00', repeat('k', 32)::bytea, repeat('s', 64)::bytea, 'ada')";
    signature_is_ed25519:
        "insert into tasker.signature (digest, public_key, signature, actor)
         values (repeat('d', 32)::bytea, repeat('k', 32)::bytea, '\\x00', 'ada')";
    signing_key_is_ed25519:
        "insert into tasker.signing_key (namespace_id, key_id, public_key, name, created_by)
         values (1, 'k', '\\x00', 'ci', 'ada')";
    api_key_prefix_is_8_hex:
        "insert into tasker.api_key (prefix, secret_digest, name, permissions, created_by)
         select 'ABCDEF01', digest, 'ci', '[]', 'ada' from tasker.component_blob";
    api_key_digest_is_sha256:
        "insert into tasker.api_key (prefix, secret_digest, name, permissions, created_by)
         values ('abcdef01', '\\x00', 'ci', '[]', 'ada')";
    api_key_prefix_key:
        "insert into tasker.api_key (prefix, secret_digest, name, permissions, created_by)
         select 'abcdef01', digest, name, '[]', 'ada' from tasker.component_blob, (values ('ci'), ('cd')) as n (name)";
    api_key_rate_is_bounded:
        "insert into tasker.api_key (prefix, secret_digest, name, permissions, created_by, max_requests_per_minute)
         select 'abcdef01', digest, 'ci', '[]', 'ada', 0 from tasker.component_blob";
    browser_session_digest_is_sha256:
        "insert into tasker.browser_session (token_digest, actor, permissions, issuer_key, expires_at)
         select '\\x00', 'ada', '[]', digest, now() from tasker.component_blob";
    browser_session_has_issuer_key_of_token:
        "insert into tasker.browser_session (token_digest, actor, permissions, expires_at)
         select digest, 'ada', '[]', now() from tasker.component_blob";
    finished_sign_in_digest_is_sha256:
        "insert into tasker.finished_sign_in (sign_in_digest, expires_at) values ('\\x00', now())";
    browser_session_has_key_or_permissions:
        "insert into tasker.browser_session (token_digest, actor, expires_at)
         select digest, 'ada', now() from tasker.component_blob";
    secret_name_is_a_name:
        "insert into tasker.secret (namespace_id, name, version, key_id, nonce, ciphertext, created_by)
         values (1, 'a/b', 1, repeat('k', 8)::bytea, repeat('n', 24)::bytea, '', 'ada')";
    secret_version_is_positive:
        "insert into tasker.secret (namespace_id, name, version, key_id, nonce, ciphertext, created_by)
         values (1, 'a', 0, repeat('k', 8)::bytea, repeat('n', 24)::bytea, '', 'ada')";
    secret_key_id_has_eight_bytes:
        "insert into tasker.secret (namespace_id, name, version, key_id, nonce, ciphertext, created_by)
         values (1, 'a', 1, repeat('k', 9)::bytea, repeat('n', 24)::bytea, '', 'ada')";
    secret_nonce_has_24_bytes:
        "insert into tasker.secret (namespace_id, name, version, key_id, nonce, ciphertext, created_by)
         values (1, 'a', 1, repeat('k', 8)::bytea, repeat('n', 12)::bytea, '', 'ada')";
    kv_bucket_is_a_name:
        "insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
         values (1, 'a/b', 'k', '1', now())";
    kv_key_is_bounded:
        "insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
         values (1, 'b', repeat('k', 201), '1', now())";
    kv_value_is_bounded:
        "insert into tasker.kv (namespace_id, bucket, key, value, updated_at)
         values (1, 'b', 'k', to_json(repeat('v', 65536)), now())";
    grant_is_unique:
        "insert into tasker.grant (namespace_id, component, capability, created_by)
         select 1, '*', 'kv a', 'ada' from generate_series(1, 2)";
    limit_rule_is_unique:
        "insert into tasker.limit_rule (namespace_id, component, limits, set_by)
         select 1, '*', '{}', 'ada' from generate_series(1, 2)";
    recording_rule_is_unique:
        "insert into tasker.recording_rule (namespace_id, component, percent, only_failures, set_by)
         select 1, '*', 1, false, 'ada' from generate_series(1, 2)";
    recording_rule_percent_is_a_share:
        "insert into tasker.recording_rule (namespace_id, component, percent, only_failures, set_by)
         values (1, '*', 100.01, false, 'ada')";
    retention_state_is_final:
        "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
         values (1, 'pending', 60000, 'ada', now())";
    retention_keep_ms_is_a_minute:
        "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
         values (1, 'complete', 59999, 'ada', now())";
    retention_default_state_is_final:
        "insert into tasker.retention_default (state, keep_ms, set_by) values ('pending', 60000, 'ada')";
    retention_default_keep_ms_is_a_minute:
        "insert into tasker.retention_default (state, keep_ms, set_by) values ('complete', 59999, 'ada')";
    retention_pace_is_one_row: "insert into tasker.retention_pace values (false)";
    share_is_unique:
        "insert into tasker.share (namespace_id, component, shared_with, created_by)
         select 1, '*', '*', 'ada' from generate_series(1, 2)";
    share_component_is_a_name:
        "insert into tasker.share (namespace_id, component, shared_with, created_by)
         values (1, 'other/charge', '*', 'ada')";
    share_with_is_a_name:
        "insert into tasker.share (namespace_id, component, shared_with, created_by)
         values (1, '*', '', 'ada')";
    queue_rule_weight_is_bounded:
        "insert into tasker.queue_rule (namespace_id, weight, set_by) values (1, 0, 'ada')";
    statistic_position_is_one_row:
        "insert into tasker.statistic_position (singleton) values (false)";
    queue_check_is_one_row: "insert into tasker.queue_check (singleton) values (false)";
    observation_is_one_row: "insert into tasker.observation (singleton) values (false)";
    trace_export_is_one_row: "insert into tasker.trace_export (singleton) values (false)";
    queue_lane_is_of_a_priority:
        "insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
         values (1, 32760, now(), gen_random_uuid(), 0)";
    queue_rule_max_running_is_bounded:
        "insert into tasker.queue_rule (namespace_id, max_running, set_by) values (1, 0, 'ada')";
    subscription_name_is_unique:
        "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by)
         select 1, 'a', 'webhook', '', '{}', 0, 0, 'ada' from generate_series(1, 2)";
    subscription_name_is_a_name:
        "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by)
         values (1, 'a/b', 'webhook', '', '{}', 0, 0, 'ada')";
    subscription_target_is_bounded:
        "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by)
         values (1, 'a', 'webhook', repeat('x', 2001), '{}', 0, 0, 'ada')";
    subscription_last_error_is_bounded:
        "insert into tasker.subscription (namespace_id, name, kind, target, secrets, seq, seq_index, created_by, last_error)
         values (1, 'a', 'webhook', '', '{}', 0, 0, 'ada', repeat('x', 1025))";
    dead_letter_is_one_event:
        "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at)
         select 1, 1, 0, 'a', '', 1, now() from generate_series(1, 2)";
    dead_letter_reason_is_bounded:
        "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at)
         values (1, 1, 0, 'a', repeat('x', 1025), 1, now())";
    dead_letter_body_is_bounded:
        "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, attempts, at, body)
         values (1, 1, 0, 'a', '', 1, now(), repeat('x', 1025))";
    subscriber_run_failure_code_is_bounded:
        "insert into tasker.subscriber_run (subscription_id, run_no, at, seq, seq_index, attempt, rollouts,
           component_version_id, wall_ms, cpu_ms, host_ms, memory_kib, in_bytes, out_bytes, http_requests, failure_code)
         values (1, 1, now(), 1, 0, 1, '{}', 1, 0, 0, 0, 0, 0, 0, 0, repeat('x', 1025))";
    subscriber_run_failure_message_is_bounded:
        "insert into tasker.subscriber_run (subscription_id, run_no, at, seq, seq_index, attempt, rollouts,
           component_version_id, wall_ms, cpu_ms, host_ms, memory_kib, in_bytes, out_bytes, http_requests, failure_message)
         values (1, 1, now(), 1, 0, 1, '{}', 1, 0, 0, 0, 0, 0, 0, 0, repeat('x', 1025))";
    run_walk_is_one_row: "insert into tasker.run_walk values (false)";
    functions_is_one_row: "insert into tasker.functions values (false, 'd')";
    registry_generation_is_one_row: "insert into tasker.registry_generation values (false, 0)";
    clock_mark_is_one_row: "insert into tasker.clock_mark values (false, now())";
    clock_mark_moves_when_set_back: "update tasker.clock_mark set set_back = '1 hour'";
}

#[tokio::test]
async fn every_named_constraint_has_a_test() {
    let (_database, mut session, _, _) = engine_with(Graph::single()).await;
    let untested: Vec<String> = untested(&mut session).await;
    assert_eq!(untested, [""; 0]);
}

async fn untested(session: &mut Session) -> Vec<String> {
    let named: Vec<String> = session
        .all(
            "select conname::text from pg_constraint
             where connamespace = 'tasker'::regnamespace and contype in ('c', 'u')
               -- A partition's own range refuses a row first.
               and conname !~ '_is_in_range$'
             order by 1",
        )
        .await;
    named
        .into_iter()
        .filter(|name| !TESTED.contains(&name.as_str()))
        .collect()
}
