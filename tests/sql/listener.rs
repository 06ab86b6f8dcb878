use sqlx::postgres::PgListener;

use super::session::Session;
use crate::harness::TestDatabase;

/// Ends a round of listening: notifications come in the order of the commits.
const LAST: &str = "last";

/// Hears what the database notifies.
pub struct Listener(PgListener);

impl Listener {
    pub async fn new(database: &TestDatabase) -> Self {
        let mut listener = PgListener::connect_with(database.pool()).await.unwrap();
        listener
            .listen_all(["tasker_ready", "tasker_ended"])
            .await
            .unwrap();
        Self(listener)
    }

    /// What was notified since the last time, as `channel` or `channel payload`.
    pub async fn heard(&mut self, session: &mut Session) -> Vec<String> {
        session
            .run(&format!("select pg_notify('tasker_ready', '{LAST}')"))
            .await;
        let mut heard = Vec::new();
        loop {
            let notification = self.0.recv().await.unwrap();
            if notification.payload() == LAST {
                return heard;
            }
            heard.push(
                format!("{} {}", notification.channel(), notification.payload())
                    .trim_end()
                    .to_owned(),
            );
        }
    }
}
