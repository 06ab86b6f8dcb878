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
async fn this_month_and_the_next_have_a_partition() {
    let (_database, mut session) = only_default().await;
    session.at("2030-12-31 23:59:59Z").await;
    session.run("select tasker.ensure_partitions()").await;
    let wanted = [
        "transition_203012 FOR VALUES FROM ('2030-12-01 00:00:00+00') TO ('2031-01-01 00:00:00+00')",
        "transition_203101 FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2031-02-01 00:00:00+00')",
        "transition_default DEFAULT",
    ];
    assert_eq!(partitions(&mut session).await, wanted);
}

#[tokio::test]
async fn calling_again_makes_no_more_until_the_month_is_over() {
    let (_database, mut session) = only_default().await;
    for (time, months) in [
        ("2030-05-01Z", 2),
        ("2030-05-31 23:59:59Z", 2),
        ("2030-06-01 00:00:00Z", 3),
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
    session.run("select tasker.ensure_partitions()").await;
    let names = partitions(&mut session).await;
    assert!(names[0].starts_with("transition_203006 "), "{names:?}");
    assert_eq!(names.len(), 2);
}

#[tokio::test]
async fn a_row_that_comes_while_its_partition_is_made_goes_to_the_default_one_or_to_it() {
    let (database, mut writer) = only_default().await;
    let mut maker = Session::new(&database).await;
    writer.begin().await;
    writer
        .run("insert into tasker.transition (at, task_id, to_state) values (tasker.clock(), gen_random_uuid(), 'pending')")
        .await;
    let pid = maker.pid();
    tokio::join!(
        maker.run("select tasker.ensure_partitions()"),
        writer.commit_once_awaited_by(pid)
    );
    let names = partitions(&mut writer).await;
    assert!(names[0].starts_with("transition_203006 "), "{names:?}");
}

#[tokio::test]
async fn two_hosts_may_make_partitions_at_the_same_time() {
    let (database, mut first) = only_default().await;
    let mut second = Session::new(&database).await;
    first.begin().await;
    first.run("select tasker.ensure_partitions()").await;
    let pid = second.pid();
    tokio::join!(
        second.run("select tasker.ensure_partitions()"),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(partitions(&mut first).await.len(), 3);
}
