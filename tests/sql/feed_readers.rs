//! Readers of the feed: each event once, in order, with bounds.

use super::concurrency::run_all;
use super::feed::{CHANGE, all, engine_of, feed};
use super::session::NOON;
use super::{Graph, Session, TestDatabase, Uuid, engine};
use crate::harness::{NEW_ID, wait_until, wait_until_sql};
use std::collections::HashMap;
use tasker_events::filter::{Filter, parse_types};
use tasker_events::follow::Next;
use tasker_events::{Feed, Position, Wants};
use tasker_telemetry::Tracer;
use tokio_util::sync::CancellationToken;

/// Tasks that run while somebody reads.
async fn load(database: &TestDatabase) -> Vec<Uuid> {
    let mut session = Session::new(database).await;
    let mut tasks: Vec<Uuid> = Vec::new();
    for graph in [Graph::diamond(), Graph::fan_out(5), Graph::fan_in(4)] {
        let graph = graph.max_attempts(4).backoff("none", 0, 0);
        let version = graph.publish(&mut session).await;
        tasks.extend(session.create_many(version, 10).await);
        session.run(CHANGE).await;
    }
    run_all(database, &tasks, 7, NOON).await;
    tasks
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_resumes_at_each_cursor_and_one_that_follows_get_each_event_once() {
    let (database, _session, _) = engine().await;
    let (mine, others) = (feed(&database), feed(&database));
    let follows = mine.clone();
    let follower = tokio::spawn(async move {
        let mut stream = follows.follow(Position::default(), Wants::all());
        let mut seen = Vec::new();
        loop {
            let Next::Event(event) = stream.next().await.unwrap() else {
                panic!("it ended");
            };
            let is_last = event.name == "host.drain";
            seen.push((event.position, event.name.to_string()));
            if is_last {
                return seen;
            }
        }
    });
    let resumer = tokio::spawn(async move {
        let (mut at, mut seen) = (Position::default(), Vec::new());
        loop {
            let cursor = at.to_string();
            let page = others
                .page(cursor.parse().unwrap(), &Wants::all(), 1)
                .await
                .unwrap();
            at = page.next;
            for event in page.events {
                let is_last = event.name == "host.drain";
                seen.push((event.position, event.name.to_string()));
                if is_last {
                    return seen;
                }
            }
        }
    });
    let tasks = load(&database).await;
    let mut session = Session::new(&database).await;
    session.run(&CHANGE.replace("pin.set", "host.drain")).await;
    let (followed, resumed) = (follower.await.unwrap(), resumer.await.unwrap());
    let expected: Vec<_> = all(&mine).await;
    let expected: Vec<_> = expected
        .iter()
        .map(|event| (event.position, event.name.to_string()))
        .collect();
    assert_eq!(followed, expected);
    assert_eq!(resumed, expected);
    assert!(expected.is_sorted());
    let mut of_tasks: HashMap<Uuid, Vec<String>> = HashMap::new();
    for event in all(&mine).await {
        let name = event.name.to_string();
        if let Some(task) = event.data.task_id.filter(|_| name.starts_with("task.")) {
            of_tasks.entry(task).or_default().push(name);
        }
    }
    assert_eq!(of_tasks.len(), tasks.len());
    for names in of_tasks.values() {
        assert_eq!(names[..2], ["task.created", "task.started"]);
        assert_eq!(names.len(), 3, "{names:?}");
    }
}

/// What the feed has behind a position up to the end of the load.
async fn followed(feed: Feed, from: Position, wants: Wants) -> Vec<Position> {
    let mut stream = feed.follow(from, wants);
    let mut seen = Vec::new();
    loop {
        let Next::Event(event) = stream.next().await.unwrap() else {
            panic!("it ended");
        };
        seen.push(event.position);
        if event.name == "host.drain" {
            return seen;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_joins_others_that_want_less_or_more_gets_what_they_want_and_nothing_is_missing() {
    const JOIN_EVERY: usize = 9;
    let types = [
        "host.*",
        "task.*,host.drain",
        "attempt.failed,host.drain",
        "*",
        "step.ready,host.drain",
    ];
    let filter = |no: usize| Filter {
        types: parse_types(types[no % types.len()]).unwrap(),
        ..Filter::default()
    };
    let (database, _session, _) = engine().await;
    let feed = feed(&database);
    let joining = async {
        let mut stream = feed.follow(Position::default(), Wants::all());
        let (mut followers, mut count) = (Vec::new(), 0);
        while let Ok(Next::Event(event)) = stream.next().await {
            count += 1;
            if count % JOIN_EVERY == 0 {
                let wants = Wants::from(filter(followers.len()));
                let follower = followed(feed.clone(), event.position, wants);
                followers.push((event.position, tokio::spawn(follower)));
            }
            if event.name == "host.drain" {
                break;
            }
        }
        followers
    };
    let loading = async {
        load(&database).await;
        let mut session = Session::new(&database).await;
        session.run(&CHANGE.replace("pin.set", "host.drain")).await;
    };
    let (followers, ()) = tokio::join!(joining, loading);
    assert!(followers.len() > 50, "{} followers", followers.len());
    let all = all(&feed).await;
    for (no, (from, follower)) in followers.into_iter().enumerate() {
        let filter = filter(no);
        let behind = all.iter().filter(|event| event.position > from);
        let expected: Vec<Position> = behind
            .filter(|event| filter.matches(event))
            .map(|event| event.position)
            .collect();
        // Who joined behind the last event waits for another.
        if expected.is_empty() {
            follower.abort();
            continue;
        }
        assert_eq!(
            follower.await.unwrap(),
            expected,
            "{:?} from {from}",
            filter.types
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_takes_nothing_is_cut_off_and_goes_on_from_its_cursor() {
    let (database, mut session, _) = engine().await;
    let feed = feed(&database);
    let from = feed.now().await.unwrap();
    let mut idle = feed.follow(from, Wants::all());
    let mut other = feed.follow(from, Wants::all());
    session.run(CHANGE).await;
    for stream in [&mut idle, &mut other] {
        assert!(matches!(stream.next().await, Ok(Next::Event(_))));
    }
    let changes = CHANGE.replace("values (", "select ");
    let changes = changes.trim_end().trim_end_matches(')').to_owned();
    for _ in 0..10 {
        session
            .run(&format!("{changes} from generate_series(1, 300)"))
            .await;
        for _ in 0..300 {
            assert!(matches!(other.next().await, Ok(Next::Event(_))));
        }
    }
    let mut taken = 0;
    while let Next::Event(_) = idle.next().await.unwrap() {
        taken += 1;
    }
    assert!(taken < 3000, "what waits for a reader has a bound");
    let mut resumed = feed.follow(idle.position(), Wants::all());
    while taken < 3000 {
        assert!(matches!(resumed.next().await, Ok(Next::Event(_))));
        taken += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_readers_cost_no_more_statements_than_one() {
    const STREAMS: i64 = 120;
    let (database, mut session, _) = engine().await;
    let engine = engine_of(&database);
    let feed = Feed::new(engine.clone(), Tracer::default(), CancellationToken::new());
    let from = feed.now().await.unwrap();
    let mut streams: Vec<_> = (0..STREAMS)
        .map(|_| feed.follow(from, Wants::all()))
        .collect();
    for _ in 0..20 {
        session.run(CHANGE).await;
        for stream in &mut streams {
            assert!(matches!(stream.next().await, Ok(Next::Event(_))));
        }
    }
    assert_eq!(feed.status().unwrap().followers as i64, STREAMS);
    drop(streams);
    wait_until("the tail has ended", async || {
        feed.status().is_none().then_some(())
    })
    .await;
    // A session reports what it did at its end at the latest.
    engine.close().await;
    let are_gone = "select not exists (select from pg_stat_activity
                    where datname = current_database() and application_name = 'tasker')";
    wait_until_sql(database.pool(), are_gone).await;
    // Each read of the feed looks into it once.
    let scans = "select idx_scan from pg_stat_user_indexes where indexrelname = 'audit_pkey'";
    let reads: i64 = session.one(scans).await;
    assert!(reads > 0);
    let polls = i64::try_from(feed.polls()).unwrap();
    assert!(polls >= 20, "{polls} polls");
    // A page or two for each until it meets the tail.
    assert!(
        reads <= polls + 2 * STREAMS,
        "{reads} reads in {polls} polls"
    );
}

#[tokio::test]
async fn a_page_with_a_filter_looks_at_a_bounded_number_of_rows_and_says_where_to_go_on() {
    let (database, mut session, _) = engine().await;
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, to_state)
             select tasker.clock(), {NEW_ID}, 'pending' from generate_series(1, 5000)"
        ))
        .await;
    session.run(CHANGE).await;
    let feed = feed(&database);
    let filter = Filter {
        types: parse_types("pin.*").unwrap(),
        ..Filter::default()
    };
    let wants = Wants::from(filter);
    let (mut at, mut pages, mut found) = (Position::default(), 0, 0);
    loop {
        let page = feed.page(at, &wants, 10).await.unwrap();
        assert!(page.next > at || page.is_end);
        (at, pages, found) = (page.next, pages + 1, found + page.events.len());
        if page.is_end {
            break;
        }
    }
    assert_eq!((found, pages), (1, 3));
}
