//! Random tasks with random outcomes, played against the database and against a model in memory: after
//! each action both say the same. Of what is done at once, some order explains all answers and all rows.

mod action;
mod compare;
mod definition;
mod play;
mod reference;
mod registry;
mod shape;
mod versions;

use crate::harness::TestDatabase;
use play::Play;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::ops::RangeInclusive;

/// Cases, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 48;

/// Actions before the rest is brought to an end in an orderly way.
const ACTIONS_MAX: usize = 60;

/// Rounds of actions at once.
const ROUNDS: RangeInclusive<usize> = 10..=30;

#[test]
fn after_every_action_the_database_equals_the_model() {
    let actions = prop::collection::vec(action::any(), 10..=ACTIONS_MAX);
    run((shape::shapes(), actions), async |(shapes, actions)| {
        let database = TestDatabase::new().await;
        let mut play = Play::begin(&database, &shapes).await;
        for action in &actions {
            play.act(action).await;
        }
        end(play).await;
    });
}

#[test]
fn what_is_done_at_once_comes_to_the_same_as_one_after_the_other_in_some_order() {
    let rounds = prop::collection::vec(action::at_once(), ROUNDS);
    run((shape::shapes(), rounds), async |(shapes, rounds)| {
        let database = TestDatabase::new().await;
        let mut play = Play::begin(&database, &shapes).await;
        for (actions, held_up) in &rounds {
            play.at_once(actions, *held_up).await;
        }
        end(play).await;
        let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
        let deadlocks: i64 = sqlx::query_scalar(deadlocks)
            .fetch_one(database.pool())
            .await
            .unwrap();
        assert_eq!(deadlocks, 0);
    });
}

/// Plays made-up cases.
fn run<S: Strategy>(strategy: S, play: impl AsyncFn(S::Value)) {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let config = Config {
        cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let played = TestRunner::new(config).run(&strategy, |case| {
        runtime.block_on(play(case));
        Ok(())
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}

async fn end(mut play: Play<'_>) {
    play.bring_to_an_end().await;
    play.check_log().await;
}
