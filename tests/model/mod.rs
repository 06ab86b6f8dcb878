//! Random tasks with random outcomes, played against the database and against a model in memory:
//! after each action both say the same.

mod action;
mod compare;
mod definition;
mod play;
mod reference;
mod registry;
mod shape;

use crate::harness::TestDatabase;
use action::Action;
use play::Play;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use shape::Shape;

/// Cases, unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 48;

/// Actions before the rest is brought to an end in an orderly way.
const ACTIONS_MAX: usize = 60;

#[test]
fn after_every_action_the_database_stands_where_the_model_stands() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let config = Config {
        cases: cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let strategy = (
        shape::shapes(),
        prop::collection::vec(action::any(), 10..=ACTIONS_MAX),
    );
    let played = TestRunner::new(config).run(&strategy, |(shapes, actions)| {
        runtime.block_on(play(&shapes, &actions));
        Ok(())
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}

async fn play(shapes: &[Shape], actions: &[Action]) {
    let database = TestDatabase::new().await;
    let mut play = Play::begin(&database, shapes).await;
    for action in actions {
        play.act(action).await;
    }
    play.bring_to_an_end().await;
    play.check_log().await;
}
