use super::{Graph, Listener, Session, TestDatabase, Uuid, engine};

#[derive(Clone, Debug)]
struct Asked {
    task_id: Uuid,
    template: i32,
    input: &'static str,
    key: Option<&'static str>,
}

/// Position, id, created, same input.
type Answer = (i64, Uuid, bool, bool);

fn asked(id: u128, template: i32, input: &'static str, key: Option<&'static str>) -> Asked {
    Asked {
        task_id: Uuid::from_u128(id),
        template,
        input,
        key,
    }
}

async fn submit(session: &mut Session, asked: &[Asked]) -> Vec<Answer> {
    try_submit(session, asked).await.unwrap()
}

async fn try_submit(session: &mut Session, asked: &[Asked]) -> Result<Vec<Answer>, sqlx::Error> {
    let template: Vec<i32> = asked.iter().map(|a| a.template).collect();
    let ones = vec![1; asked.len()];
    sqlx::query_as(
        "select * from tasker.create_tasks($1, $2, $3, $4, $5, $6, $7, $8, $9) order by ord",
    )
    .bind(asked.iter().map(|a| a.task_id).collect::<Vec<_>>())
    .bind(ones.clone())
    .bind(template.clone())
    .bind(template)
    .bind(ones)
    .bind(asked.iter().map(|a| a.input).collect::<Vec<_>>())
    .bind(asked.iter().map(|a| a.key).collect::<Vec<_>>())
    .bind(vec!["correlation"; asked.len()])
    .bind(vec![false; asked.len()])
    .fetch_all(&mut session.connection)
    .await
}

/// A database, a session and a template whose version has the same number.
async fn ready(graph: Graph) -> (TestDatabase, Session, i32) {
    let (database, mut session, _) = engine().await;
    let version = graph.publish(&mut session).await;
    (database, session, version)
}

#[tokio::test]
async fn roots_are_ready_and_all_other_steps_wait() {
    let (_database, mut session, version) = ready(Graph::new(4, &[(0, 2), (1, 2), (2, 3)])).await;
    let task = session.create(version).await;
    assert_eq!(session.steps(task).await, "ready ready waiting waiting");
    assert_eq!(
        session.step(task, 0, "ready_at = tasker.clock()").await,
        "true"
    );
    assert_eq!(session.step(task, 2, "remaining_deps").await, "2");
    assert_eq!(session.task(task).await, "pending");
    assert_eq!(session.log(task).await, ["task pending"]);
}

#[tokio::test]
async fn a_task_counts_its_sinks() {
    let (_database, mut session, version) = ready(Graph::fan_out(7)).await;
    let task = session.create(version).await;
    let sinks: i32 = session
        .one(&format!(
            "select remaining_sinks from tasker.task where task_id = '{task}'"
        ))
        .await;
    assert_eq!(sinks, 7);
}

#[tokio::test]
async fn a_task_may_have_ten_thousand_sinks() {
    let (_database, mut session, version) = ready(Graph::fan_out(9_999)).await;
    let task = session.create(version).await;
    let sinks: i32 = session
        .one(&format!(
            "select remaining_sinks from tasker.task where task_id = '{task}'"
        ))
        .await;
    assert_eq!(sinks, 9_999);
}

#[tokio::test]
async fn a_batch_is_answered_element_by_element_and_notifies_nobody() {
    let (database, mut session, version) = ready(Graph::chain(2)).await;
    let mut listener = Listener::new(&database).await;
    let batch: Vec<_> = (1..=50).map(|id| asked(id, version, "{}", None)).collect();
    let answers = submit(&mut session, &batch).await;
    let wanted: Vec<_> = (1..=50)
        .map(|id| (i64::try_from(id).unwrap(), Uuid::from_u128(id), true, true))
        .collect();
    assert_eq!(answers, wanted);
    assert_eq!(
        session.one::<i64>("select count(*) from tasker.step").await,
        100
    );
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn an_empty_batch_creates_nothing_and_notifies_nobody() {
    let (database, mut session, _) = ready(Graph::single()).await;
    let mut listener = Listener::new(&database).await;
    assert_eq!(submit(&mut session, &[]).await, []);
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn tasks_of_several_templates_come_in_one_batch() {
    let (_database, mut session, chain) = ready(Graph::chain(3)).await;
    let single = Graph::single().publish(&mut session).await;
    submit(
        &mut session,
        &[
            asked(1, chain, "{}", Some("k")),
            asked(2, single, "{}", Some("k")),
        ],
    )
    .await;
    assert_eq!(
        session.steps(Uuid::from_u128(1)).await,
        "ready waiting waiting"
    );
    assert_eq!(session.steps(Uuid::from_u128(2)).await, "ready");
}

#[tokio::test]
async fn a_second_task_with_an_identity_names_the_first() {
    let (database, mut session, version) = ready(Graph::single()).await;
    submit(&mut session, &[asked(1, version, "{\"a\": 1}", Some("k"))]).await;
    let mut listener = Listener::new(&database).await;
    let same = submit(&mut session, &[asked(2, version, "{\"a\": 1}", Some("k"))]).await;
    let other = submit(&mut session, &[asked(3, version, "{\"a\": 2}", Some("k"))]).await;
    assert_eq!(same, [(1, Uuid::from_u128(1), false, true)]);
    assert_eq!(other, [(1, Uuid::from_u128(1), false, false)]);
    assert_eq!(
        session.one::<i64>("select count(*) from tasker.step").await,
        1
    );
    assert_eq!(listener.heard(&mut session).await, [""; 0]);
}

#[tokio::test]
async fn an_identity_is_one_templates_own() {
    let (_database, mut session, version) = ready(Graph::single()).await;
    let other = Graph::single().publish(&mut session).await;
    submit(&mut session, &[asked(1, version, "{}", Some("k"))]).await;
    let answers = submit(&mut session, &[asked(2, other, "{}", Some("k"))]).await;
    assert_eq!(answers, [(1, Uuid::from_u128(2), true, true)]);
}

#[tokio::test]
async fn of_duplicates_within_one_batch_one_is_created() {
    let (_database, mut session, version) = ready(Graph::single()).await;
    let batch = [
        asked(1, version, "{}", Some("k")),
        asked(2, version, "{}", None),
        asked(3, version, "[]", Some("k")),
        asked(4, version, "{}", Some("other")),
    ];
    let answers = submit(&mut session, &batch).await;
    let wanted = [
        (1, Uuid::from_u128(1), true, true),
        (2, Uuid::from_u128(2), true, true),
        (3, Uuid::from_u128(1), false, false),
        (4, Uuid::from_u128(4), true, true),
    ];
    assert_eq!(answers, wanted);
}

#[tokio::test]
async fn a_repeated_call_finds_what_the_first_created() {
    let (_database, mut session, version) = ready(Graph::single()).await;
    let batch = [
        asked(1, version, "{}", Some("k")),
        asked(2, version, "[]", None),
    ];
    submit(&mut session, &batch).await;
    let answers = submit(&mut session, &batch).await;
    assert_eq!(
        answers,
        [
            (1, Uuid::from_u128(1), false, true),
            (2, Uuid::from_u128(2), false, true)
        ]
    );
    assert_eq!(
        session.one::<i64>("select count(*) from tasker.task").await,
        2
    );
}

#[tokio::test]
async fn a_concurrent_duplicate_waits_and_gets_the_first_ones_id() {
    let (database, mut first, version) = ready(Graph::single()).await;
    let mut second = Session::new(&database).await;
    first.begin().await;
    submit(&mut first, &[asked(1, version, "{}", Some("k"))]).await;
    let pid = second.pid();
    let duplicate = [asked(2, version, "{}", Some("k"))];
    let (answers, ()) = tokio::join!(
        submit(&mut second, &duplicate),
        first.commit_once_awaited_by(pid)
    );
    assert_eq!(answers, [(1, Uuid::from_u128(1), false, true)]);
}

#[tokio::test]
async fn a_concurrent_duplicate_is_created_where_the_first_was_rolled_back() {
    let (database, mut first, version) = ready(Graph::single()).await;
    let mut second = Session::new(&database).await;
    first.begin().await;
    submit(&mut first, &[asked(1, version, "{}", Some("k"))]).await;
    let pid = second.pid();
    let duplicate = [asked(2, version, "{}", Some("k"))];
    let rolled_back = async {
        first.wait_until_awaited_by(pid).await;
        first.run("rollback").await;
    };
    let (answers, ()) = tokio::join!(submit(&mut second, &duplicate), rolled_back);
    assert_eq!(answers, [(1, Uuid::from_u128(2), true, true)]);
}

#[tokio::test]
async fn batches_with_the_same_identities_in_another_order_do_not_deadlock() {
    let (database, mut first, version) = ready(Graph::single()).await;
    let mut second = Session::new(&database).await;
    first.begin().await;
    submit(&mut first, &[asked(1, version, "{}", Some("a"))]).await;
    let pid = second.pid();
    let crossing = [
        asked(3, version, "{}", Some("b")),
        asked(4, version, "{}", Some("a")),
    ];
    let rest = async {
        first.wait_until_awaited_by(pid).await;
        let answers = try_submit(&mut first, &[asked(2, version, "{}", Some("b"))]).await;
        first.commit().await;
        answers
    };
    let (crossed, rest) = tokio::join!(try_submit(&mut second, &crossing), rest);
    assert_eq!(rest.unwrap(), [(1, Uuid::from_u128(2), true, true)]);
    assert_eq!(
        crossed.unwrap(),
        [
            (1, Uuid::from_u128(2), false, true),
            (2, Uuid::from_u128(1), false, true)
        ]
    );
}

#[tokio::test]
async fn input_that_is_no_json_refuses_the_whole_batch() {
    let (_database, mut session, version) = ready(Graph::single()).await;
    let batch = [asked(1, version, "{}", None), asked(2, version, "{", None)];
    assert!(try_submit(&mut session, &batch).await.is_err());
    assert_eq!(
        session.one::<i64>("select count(*) from tasker.task").await,
        0
    );
}
