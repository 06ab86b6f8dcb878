//! The codes of problems, each with what it means and what to do. The reference of the documentation is made from it; a
//! test compares it with what the endpoints declare.

/// What a code says to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemCode {
    pub code: &'static str,
    /// What is wrong.
    pub meaning: &'static str,
    /// What its reader can do.
    pub remedy: &'static str,
}

macro_rules! codes {
    ($($code:literal: $meaning:literal => $remedy:literal;)+) => {
        &[$(ProblemCode { code: $code, meaning: $meaning, remedy: $remedy }),+]
    };
}

/// All codes, in alphabetical order.
pub const PROBLEM_CODES: &[ProblemCode] = codes! {
    "batch_size": "A batch has no submit, or too many."
        => "Send 1 to 1,000 submits in one request.";
    "body_timeout": "The body came more slowly than the minimum transfer rate."
        => "Send it again over a faster connection.";
    "body_too_large": "The body is larger than the request takes."
        => "Send less; `detail` has the limit.";
    "bytes_removed": "The bytes of the version were collected, since nothing referenced them."
        => "Publish the same bytes again.";
    "collect_age": "The age is longer than a collection accepts."
        => "Name a shorter one.";
    "collecting": "Another host runs a collection, or the registry keeps changing."
        => "Try again later.";
    "component_refused": "The bytes are not a component that can run here; `detail` says why."
        => "Build it against the contract in `wit`; import only what the host provides.";
    "contention": "Others kept changing what the change is decided by. Nothing was changed."
        => "Repeat the request.";
    "database_unavailable": "The database does not answer, or refuses connections."
        => "Repeat the request after `Retry-After`; look at `tasker status`.";
    "duplicate_task": "A task with the same input exists, and the template's identity is `strict`. `task_id` names it."
        => "Use that task, or change the input.";
    "forbidden": "The key does not permit the action in this namespace."
        => "Use a key with the action that `detail` names.";
    "foreign_template_pin": "A pin names a template of another namespace."
        => "Pin it in its own namespace.";
    "host_stopped": "The host has stopped, so it can be neither drained nor resumed."
        => "Look at `tasker host ls`; a host that was started again has another id.";
    "idempotency_key_reused": "The idempotency key was used with another input. `task_id` names the task."
        => "Send the same input, or another key.";
    "incomplete_body": "The body ended before its announced length."
        => "Send the whole body. It is safe to repeat the request.";
    "internal": "A fault of the host. Its log has details under the correlation id of the answer."
        => "Look at the log; report it if it happens again.";
    "invalid_body": "The body is not the JSON that the request takes. `errors` names the place."
        => "Correct the member that is named.";
    "invalid_capability": "A capability is not written as one."
        => "Write for example `http POST api.example.com/v1/*`; see the chapter on handlers.";
    "invalid_cursor": "A cursor was changed, or is of another database."
        => "Begin again without a cursor, or with a time.";
    "invalid_guard": "The guard of a rollout cannot be used."
        => "Correct the setting that `detail` names.";
    "invalid_key": "A key cannot be made so: its name, permissions, expiry or rate."
        => "Correct what `detail` names.";
    "invalid_kv": "A bucket, key or value cannot be stored so."
        => "A key has 1 to 200 bytes, a value at most 64 KiB of JSON.";
    "invalid_migration": "The migration names a target without its component, or tasks that have ended."
        => "Name `component` with `to`, and an open state.";
    "invalid_parameter": "A parameter of the path, the query or a header cannot be read."
        => "Correct the parameter that `detail` names.";
    "invalid_reason": "A reason has line breaks or control characters, or is too long."
        => "Write one line of at most 1,000 bytes.";
    "invalid_requirement": "A range of versions is not written as one."
        => "Write for example `^1.4`, `~1.4.2`, `=1.4.2` or `>=1.2, <3`.";
    "invalid_retention": "A time is out of range, or the rule contradicts itself."
        => "Give times from 1 minute to 100 years, or `for_ever`.";
    "invalid_secret": "The value cannot be a secret: it is too short or too long."
        => "A secret has from 6 bytes to 16 KiB.";
    "invalid_signature": "A signature or a public key is not written as one."
        => "Send what `tasker signing-key create` and `tasker component sign` write.";
    "invalid_submit": "The input does not match the schema of the template, or another member is wrong. `errors` names each place."
        => "Correct the places that are named.";
    "invalid_template": "The template has mistakes. `errors` has each with line and column."
        => "Correct them; `tasker template check` shows them without a host.";
    "invalid_version": "A version is not written as one, or has build metadata."
        => "Write major.minor.patch, such as `1.4.0` or `2.0.0-rc.1`.";
    "key_exists": "There is a key of this name."
        => "Choose another name, or revoke it first: `tasker key revoke`.";
    "kv_full": "The namespace has as many entries as allowed."
        => "Remove some: `tasker kv rm`.";
    "last_admin_key": "It is the last key with `admin` on `*`."
        => "Create another one first.";
    "long_number": "A number has more digits than can be stored."
        => "Send it as a string.";
    "method_not_allowed": "The path does not take this method."
        => "Look at the [requests of the API](../../openapi.json).";
    "migration_breaks": "Open tasks would move to a version that is not compatible. No task moved."
        => "Look at a dry run; move one component that does not break, or use `--force`.";
    "no_authentication": "The host runs with `--auth off`, so there are no sessions."
        => "Send requests without signing in.";
    "no_identity_provider": "The host has no identity provider to sign in at."
        => "Start it with `--oidc-client-id`, or sign in with a key.";
    "no_partition": "There is no partition for a task of this time: the clock of the host is far ahead, or no host could make it."
        => "Run `tasker doctor`; set the clock.";
    "no_payload": "There is no such input, result, error, checkpoint or detail, or not yet."
        => "Wait until the step or task has ended; look at its state first.";
    "no_rollout": "The pin has no rollout."
        => "Start one: `tasker rollout start`.";
    "not_grantable": "The capability names no destination or value."
        => "Name one, such as `http api.example.com`.";
    "not_quarantined": "The version is not in quarantine."
        => "List what is with `tasker component quarantined`.";
    "not_ready": "The host starts or stops, or cannot check keys yet."
        => "Repeat the request after `Retry-After`, or ask another host.";
    "not_recorded": "No attempt of the step that was asked for is recorded, or not any longer."
        => "Have attempts recorded with `tasker record set`, or by hosts with `tasker serve --record`, and run the step again.";
    "not_shared": "A component of another namespace is not shared with this one."
        => "Have its owner run `tasker share add`, or use another component.";
    "not_waiting_for_approval": "The version does not wait for approval."
        => "Look at its status with `tasker component show`.";
    "nothing_to_roll_back": "The pin had no other version before."
        => "Set it to the wanted version, or remove it.";
    "nul_character": "A text has a NUL character, which cannot be stored."
        => "Leave it out.";
    "open_on_replica": "A task is open, and a read replica does not know who writes its log. The primary is asked instead, so that no caller sees it."
        => "Nothing.";
    "other_site": "A browser sent its cookie with a change from a page of another site."
        => "Send changes from a page of the host itself, or with a key in `Authorization`.";
    "overloaded": "The host has as many connections or requests as it takes."
        => "Repeat the request after `Retry-After`; add hosts.";
    "pin_matches_nothing": "No version that new tasks may take satisfies the requirement."
        => "Publish, approve or release one, or pin another; `detail` has the command.";
    "precondition_failed": "What `If-Match` or `If-None-Match` names is not what is there: somebody else changed it."
        => "Read it again, and change what is there now.";
    "rate_limited": "The caller sent more requests a minute than its key allows."
        => "Wait for `Retry-After`; `RateLimit` says what is left.";
    "rollout_goes_nowhere": "Both sides of the rollout mean the same version."
        => "Name another version to roll out.";
    "rollout_is_not_paused": "The rollout is not paused."
        => "Nothing has to be done.";
    "rollout_is_paused": "The rollout is paused; `detail` has the reason."
        => "Resume it, roll it back, or start it with `--force`.";
    "secret_keys_unusable": "The keys of this host do not fit the secrets of the database."
        => "Give all hosts the same `--secret-key-file`.";
    "semver_violation": "The version number does not allow the changes since the version below it. `lowest_version` is the lowest that does."
        => "Publish under `lowest_version` or a higher one.";
    "sign_in_finished": "The sign-in was finished before."
        => "Sign in anew.";
    "subscription_not_active": "The subscription is paused or has ended, and delivers nothing."
        => "Resume it: `tasker subscription resume`.";
    "task_is_final": "The task has ended."
        => "Only an open task can be cancelled.";
    "template_address_differs": "The template has another namespace, name or version than the path."
        => "Make them equal.";
    "template_cannot_run": "No task of the template could run: a component, version or handler is missing, or cannot accept the input."
        => "Publish the components first, or use `--allow-missing`.";
    "too_many_component_requests": "The caller has as many uploads, plans and downloads of components under way as allowed."
        => "Wait until one has ended.";
    "too_many_connections": "The caller has as many connections as allowed. This one is closed."
        => "Use fewer connections, and keep them.";
    "too_many_grants": "The namespace has as many grants as allowed."
        => "Remove some, or grant to `*`.";
    "too_many_keys": "There are as many keys as allowed."
        => "Revoke some that are not used.";
    "too_many_large_bodies": "The caller sends as many bodies above 1 MiB as allowed."
        => "Wait until one was read.";
    "too_many_limits": "The namespace has as many rules on limits as allowed."
        => "Remove some, or limit all components by `*`.";
    "too_many_recording_rules": "The namespace has as many rules on recordings as allowed."
        => "Remove some, or record all components by `*`.";
    "too_many_requests": "The caller has as many requests under way as allowed."
        => "Wait until one has ended.";
    "too_many_secrets": "The namespace has as many secrets as allowed."
        => "Remove some: `tasker secret rm`.";
    "too_many_sessions": "All callers together have as many sessions as allowed."
        => "Sign out elsewhere, or try again later.";
    "too_many_shares": "The namespace has as many shares as allowed."
        => "Remove some, or share `*`.";
    "too_many_streams": "The caller, or all callers, have as many streams of events as allowed."
        => "Close one, or ask another host.";
    "too_many_subscriptions": "The namespace has as many subscriptions as allowed."
        => "Remove some: `tasker subscription rm`.";
    "too_many_waits": "The caller, or all callers, have as many long polls as allowed."
        => "Wait until one has ended, or ask without `wait_ms`.";
    "unauthenticated": "There is no key or token, or it is unknown, expired or revoked."
        => "Set `TASKER_TOKEN`, or send `Authorization: Bearer …`; create a key with `tasker key create`.";
    "unclear_head": "The head of the request could be read in two ways, such as two `Host` headers. The connection is closed."
        => "Send a head that HTTP/1.1 allows; look at the proxies in between.";
    "unknown_component": "There is no component of this name."
        => "List them with `tasker component ls`, or publish it.";
    "unknown_dead_letter": "The subscription has no dead letter of this id."
        => "List them with `tasker subscription dead-letters`.";
    "unknown_event_type": "There is no type of events of this name."
        => "List them with `tasker events catalog`.";
    "unknown_grant": "The namespace has no such grant."
        => "List them with `tasker grant ls`.";
    "unknown_handler": "A step runs a handler that the component does not have."
        => "Correct the template, or publish a component that has it.";
    "unknown_host": "There is no host of this id; stopped ones are listed for an hour."
        => "List them with `tasker host ls`.";
    "unknown_key": "There is no key of this name, or it was revoked already."
        => "List them with `tasker key ls`.";
    "unknown_kv": "The bucket has no such key."
        => "List them with `tasker kv ls`.";
    "unknown_limits": "The namespace sets no limits for this component."
        => "List them with `tasker limit ls`.";
    "unknown_namespace": "There is no namespace of this name, or a new name differs from an existing one by a letter or two."
        => "Correct the name, or make it: `tasker namespace create`.";
    "unknown_pin": "There is no such pin, and a rollout needs one."
        => "List them with `tasker pin ls`; set one with `tasker pin set`.";
    "unknown_recording_rule": "The namespace has no rule on recordings of this component."
        => "List them with `tasker record ls`.";
    "unknown_retention": "The namespace has no retention of its own."
        => "List all with `tasker retention ls`.";
    "unknown_route": "There is no request of this method and path."
        => "Look at the [requests of the API](../../openapi.json).";
    "unknown_run": "The subscription has no such run, or keeps it no longer."
        => "List them with `tasker subscription runs`.";
    "unknown_secret": "There is no secret of this name."
        => "List them with `tasker secret ls`; set it with `tasker secret set`.";
    "unknown_share": "The component is not shared so."
        => "List shares with `tasker share ls`.";
    "unknown_signing_key": "The namespace has no such signing key."
        => "List them with `tasker signing-policy ls`.";
    "unknown_step": "The task has no step of this name."
        => "List its steps with `tasker task steps`.";
    "unknown_subscriber": "The component has no such subscriber."
        => "Name one of those that `detail` lists.";
    "unknown_subscription": "There is no subscription of this name."
        => "List them with `tasker subscription ls`.";
    "unknown_task": "The task never existed, or its namespace keeps such tasks no longer."
        => "Check the id; look into the archive with `--from`.";
    "unknown_template": "There is no template of this name."
        => "List them with `tasker template ls`, or publish it.";
    "unknown_version": "There is no such version; `detail` lists what there is."
        => "Name one of those, or publish it.";
    "unresolved": "No version satisfies the requirements of a step and the pins of the namespace."
        => "Publish, approve or pin a version that does; `detail` names the step.";
    "unsigned": "The namespace takes only components that are signed by a key that it accepts."
        => "Publish with `--sign KEY`.";
    "unsupported_content_encoding": "The body is compressed."
        => "Send it as it is.";
    "unsupported_media_type": "The body has another media type than the request takes."
        => "Send the type that `detail` names.";
    "version_exists": "The version exists with other content. A published version never changes."
        => "Publish under a higher version.";
    "wrong_signature": "The signature is not one of these bytes."
        => "Sign the bytes that you upload.";
};
