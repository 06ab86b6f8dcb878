//! Ids of tasks that tests write themselves.

/// SQL: a new id of the present, for which there is a partition.
pub const NEW_ID: &str = "(left(tasker.first_id(clock_timestamp())::text, 14) || substr(gen_random_uuid()::text, 15))::uuid";
