//! What operators and quarantines do to tasks.

use super::Play;
use crate::model::action::Choice;
use crate::model::definition;
use tasker::domain::actor::Actor;
use tasker::domain::ids::WorkerId;
use tasker::domain::invocation::Lease;
use tasker::domain::requirement::QualifiedName;
use tasker::store::upgrade::{Move, MoveBy};

impl Play<'_> {
    pub(super) async fn quarantine(&mut self, is_on: bool) {
        let (store, code) = (&self.stores[0], definition::first_code());
        let actor = Actor::host();
        if is_on {
            store.quarantine(code, &actor, "model").await.unwrap();
        } else {
            let released = store.release_quarantine(code, &actor, "model").await;
            assert_eq!(released.unwrap().is_some(), self.model.is_quarantined);
        }
        self.model.quarantine(is_on);
    }

    pub(super) async fn park(&mut self, host: usize, choice: Choice) {
        let (parked, worker) = (self.chosen(host, choice), self.workers[host]);
        let leases: Vec<Lease> = parked.iter().map(|held| self.lease(*held)).collect();
        let stand_still = self.stores[host]
            .park_steps(WorkerId(worker), &leases)
            .await;
        assert_eq!(stand_still.unwrap(), self.model.park(worker, &parked));
    }

    pub(super) async fn upgrade(&mut self, task: usize) {
        let [from, to] = self.locks[task];
        let moves = [Move {
            task_id: self.ids[task],
            from,
            to,
            detail: "{}".to_owned(),
        }];
        let template = QualifiedName {
            namespace: "model".parse().unwrap(),
            name: format!("shape{task}").parse().unwrap(),
        };
        let by = MoveBy {
            template: &template,
            actor: &Actor::host(),
            reason: "model",
        };
        let moved = self.stores[0].move_tasks(&moves, by, serde_json::json!({}));
        let moved = moved.await.unwrap();
        assert_eq!(moved == 1, self.model.upgrade(task));
    }
}
