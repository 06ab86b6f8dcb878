use super::{Session, engine};

async fn partitions(session: &mut Session) -> Vec<String> {
    session
        .all(
            "select c.relname || ' ' || pg_get_expr(c.relpartbound, c.oid)
             from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = 'tasker.transition'::regclass order by 1",
        )
        .await
}

/// Months that have no partition still.
async fn ensure(session: &mut Session) -> i32 {
    session.one("select tasker.ensure_partitions()").await
}

/// Without those that a database has from its beginning.
async fn only_default() -> (super::TestDatabase, Session) {
    let (database, mut session, _) = engine().await;
    let old: Vec<String> = session
        .all("select inhrelid::regclass::text from pg_inherits where inhparent = 'tasker.transition'::regclass")
        .await;
    for name in old.iter().filter(|name| !name.ends_with("_default")) {
        session.run(&format!("drop table {name}")).await;
    }
    session.run("set timezone = 'UTC'").await;
    (database, session)
}

#[tokio::test]
async fn this_month_and_those_to_come_have_a_partition() {
    let (_database, mut session) = only_default().await;
    session.at("2030-12-31 23:59:59Z").await;
    assert_eq!(ensure(&mut session).await, 0);
    let wanted = [
        "transition_203012 FOR VALUES FROM ('2030-12-01 00:00:00+00') TO ('2031-01-01 00:00:00+00')",
        "transition_203101 FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2031-02-01 00:00:00+00')",
        "transition_203102 FOR VALUES FROM ('2031-02-01 00:00:00+00') TO ('2031-03-01 00:00:00+00')",
        "transition_203103 FOR VALUES FROM ('2031-03-01 00:00:00+00') TO ('2031-04-01 00:00:00+00')",
        "transition_default DEFAULT",
    ];
    assert_eq!(partitions(&mut session).await, wanted);
}

#[tokio::test]
async fn calling_again_makes_no_more_until_the_month_is_over() {
    let (_database, mut session) = only_default().await;
    for (time, months) in [
        ("2030-05-01Z", 4),
        ("2030-05-31 23:59:59Z", 4),
        ("2030-06-01 00:00:00Z", 5),
    ] {
        session.at(time).await;
        session.run("select tasker.ensure_partitions()").await;
        assert_eq!(partitions(&mut session).await.len(), months + 1, "{time}");
    }
}

#[tokio::test]
async fn months_are_those_of_utc_whatever_the_session_says() {
    let (_database, mut session) = only_default().await;
    session
        .run("set timezone = 'Pacific/Auckland'; set datestyle = 'SQL, DMY'")
        .await;
    session.at("2030-05-31 23:30:00Z").await;
    session.run("select tasker.ensure_partitions()").await;
    session
        .run("set timezone = 'UTC'; set datestyle = 'ISO'")
        .await;
    let first = &partitions(&mut session).await[0];
    assert_eq!(
        first,
        "transition_203005 FOR VALUES FROM ('2030-05-01 00:00:00+00') TO ('2030-06-01 00:00:00+00')"
    );
}

#[tokio::test]
async fn a_row_goes_to_the_partition_of_its_month() {
    let (_database, mut session) = only_default().await;
    session.run("select tasker.ensure_partitions()").await;
    session
        .run("insert into tasker.transition (at, task_id, to_state) values (tasker.clock(), gen_random_uuid(), 'pending')")
        .await;
    let where_to =
        "select relname::text from tasker.transition t join pg_class c on c.oid = t.tableoid";
    assert_eq!(session.all::<String>(where_to).await, ["transition_203005"]);
}

#[tokio::test]
async fn a_month_whose_rows_came_before_its_partition_stays_in_the_default_one() {
    let (_database, mut session) = only_default().await;
    session
        .run("insert into tasker.transition (at, task_id, to_state) values (tasker.clock(), gen_random_uuid(), 'pending')")
        .await;
    assert_eq!(ensure(&mut session).await, 0);
    let names = partitions(&mut session).await;
    assert!(names[0].starts_with("transition_203006 "), "{names:?}");
    assert_eq!(names.len(), 4);
}

#[tokio::test]
async fn a_default_partition_that_has_grown_is_not_read_to_attach_another() {
    let (_database, mut session) = only_default().await;
    session
        .run(
            "insert into tasker.transition (at, task_id, to_state, detail)
             select tasker.clock(), gen_random_uuid(), 'pending', to_json(repeat('x', 1000)) from generate_series(1, 9000)",
        )
        .await;
    assert_eq!(ensure(&mut session).await, 3);
    assert_eq!(partitions(&mut session).await.len(), 1);
}

#[tokio::test]
async fn a_reader_of_the_log_keeps_neither_partitions_nor_tasks_waiting() {
    let (database, mut reader) = only_default().await;
    let mut maker = Session::new(&database).await;
    reader.begin().await;
    reader.run("select count(*) from tasker.transition").await;
    assert_eq!(
        ensure(&mut maker).await,
        4,
        "it gives up and is called again"
    );
    reader.commit().await;
    assert_eq!(ensure(&mut maker).await, 0);
}

#[tokio::test]
async fn whoever_writes_to_the_log_does_not_wait_while_partitions_are_made() {
    let (database, mut maker) = only_default().await;
    let mut writer = Session::new(&database).await;
    let version = super::Graph::single().publish(&mut writer).await;
    assert_eq!(ensure(&mut maker).await, 0);
    maker.at("2030-06-15 12:00:00Z").await;
    // The whole time, from the first lock to the commit.
    maker.begin().await;
    assert_eq!(ensure(&mut maker).await, 0);
    writer.run("set lock_timeout = '1ms'").await;
    writer.create(version).await;
    maker.commit().await;
    assert_eq!(partitions(&mut maker).await.len(), 6);
}

#[tokio::test]
async fn a_row_that_comes_before_its_partition_is_made_stays_where_it_is() {
    let (database, mut writer) = only_default().await;
    let mut maker = Session::new(&database).await;
    writer.begin().await;
    writer
        .run("insert into tasker.transition (at, task_id, to_state) values (tasker.clock(), gen_random_uuid(), 'pending')")
        .await;
    assert_eq!(
        ensure(&mut maker).await,
        4,
        "the default partition is written to"
    );
    writer.commit().await;
    assert_eq!(ensure(&mut maker).await, 0);
    let names = partitions(&mut writer).await;
    assert!(names[0].starts_with("transition_203006 "), "{names:?}");
}

#[tokio::test]
async fn two_hosts_may_make_partitions_at_the_same_time() {
    let (database, mut first) = only_default().await;
    let mut second = Session::new(&database).await;
    first.begin().await;
    ensure(&mut first).await;
    assert_eq!(ensure(&mut second).await, 4, "the first is at it");
    first.commit().await;
    assert_eq!(ensure(&mut second).await, 0);
    assert_eq!(partitions(&mut first).await.len(), 5);
}

#[tokio::test]
async fn a_partition_has_the_indexes_of_the_log_and_numbers_by_its_sequence() {
    let (_database, mut session) = only_default().await;
    ensure(&mut session).await;
    session
        .run(
            "insert into tasker.transition (at, task_id, to_state)
             select tasker.clock() + make_interval(months => n), gen_random_uuid(), 'pending' from generate_series(0, 3) n",
        )
        .await;
    let rows =
        "select count(distinct seq) || ' ' || count(distinct tableoid) from tasker.transition";
    assert_eq!(session.one::<String>(rows).await, "4 4");
    let invalid = "select count(*) from pg_index where indrelid = 'tasker.transition'::regclass and not indisvalid";
    assert_eq!(session.one::<i64>(invalid).await, 0);
    let indexes =
        "select count(*) from pg_index where indrelid = 'tasker.transition_203006'::regclass";
    assert_eq!(session.one::<i64>(indexes).await, 2);
}
