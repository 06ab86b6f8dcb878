//! Hosts hint to each other what is ready and what ended.

use crate::harness::TestDatabase;
use tasker_database::Database;
use tasker_database::notifications::Notifications;
use tasker_domain::ids::TaskId;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The hints of a host that listens.
async fn listening(database: &TestDatabase) -> (Notifications, DropGuard) {
    let (notifications, stop) = (Notifications::default(), CancellationToken::new());
    let listen = notifications.clone();
    let database = Database::open_url(&database.url(), 6).unwrap();
    tokio::spawn(listen.listen(database, stop.clone()));
    // Whoever begins to listen catches up.
    notifications.ready().await;
    (notifications, stop.drop_guard())
}

#[tokio::test]
async fn what_one_host_hints_every_other_hears() {
    let database = TestDatabase::new().await;
    let (ours, _ours) = listening(&database).await;
    let (theirs, _theirs) = listening(&database).await;
    let mut ended = theirs.ended();
    ours.hint_ready();
    theirs.ready().await;
    let tasks: Vec<_> = (0..500).map(|_| TaskId::generate()).collect();
    ours.hint_ended(&tasks);
    for task in tasks {
        assert_eq!(ended.recv().await.unwrap(), task);
    }
}

#[tokio::test]
async fn a_host_has_its_own_hints_once() {
    let database = TestDatabase::new().await;
    let (ours, _ours) = listening(&database).await;
    let (theirs, _theirs) = listening(&database).await;
    let (mut at_home, mut elsewhere) = (ours.ended(), theirs.ended());
    let (first, last) = (TaskId::generate(), TaskId::generate());
    ours.hint_ended(&[first]);
    assert_eq!(elsewhere.recv().await.unwrap(), first);
    theirs.hint_ended(&[last]);
    assert_eq!(at_home.recv().await.unwrap(), first);
    assert_eq!(at_home.recv().await.unwrap(), last);
}
