//! Heartbeats, hosts that end, and what takes back what they held.

use super::{GAP_MAX, OVERDUE_GRACE, Play, millis};
use crate::model::action::Choice;
use std::collections::HashSet;
use tasker::domain::actor::Actor;
use tasker::domain::ids::WorkerId;
use tasker::domain::invocation::Lease;

impl Play<'_> {
    pub(super) async fn heartbeat(&mut self, host: usize, choice: Choice) {
        let (asked, worker) = (self.chosen(host, choice), self.workers[host]);
        let leases: Vec<Lease> = asked.iter().map(|held| self.lease(*held)).collect();
        let (store, id) = (&self.stores[host], WorkerId(worker));
        let is_alive = store.heartbeat(id, GAP_MAX).await.unwrap();
        let void = store.void_leases(id, &leases).await.unwrap();
        let expected = self.model.void(worker, &asked);
        let expected: HashSet<Lease> = expected.iter().map(|held| self.lease(*held)).collect();
        assert_eq!(void.into_iter().collect::<HashSet<_>>(), expected);
        assert_eq!(
            is_alive,
            self.model.heartbeat(worker, millis(GAP_MAX)),
            "worker {worker} is alive"
        );
        if !is_alive {
            self.register(host).await;
        }
    }

    pub(super) async fn reap_overdue(&mut self, host: usize, choice: Choice) {
        let (known, worker) = (self.chosen(host, choice), self.workers[host]);
        let leases: Vec<Lease> = known.iter().map(|held| self.lease(*held)).collect();
        let store = &self.stores[host];
        let reaped = store
            .reap_overdue(WorkerId(worker), &leases, OVERDUE_GRACE)
            .await;
        let grace = millis(OVERDUE_GRACE);
        assert_eq!(
            reaped.unwrap(),
            self.model.reap_overdue(worker, &known, grace)
        );
    }

    pub(super) async fn recover(&mut self, host: usize, choice: Choice) {
        let held_only = Choice { ever: 0, ..choice };
        let (keep, worker) = (self.chosen(host, held_only), self.workers[host]);
        let leases: Vec<Lease> = keep.iter().map(|held| self.lease(*held)).collect();
        let store = &self.stores[host];
        let released = store.release_steps(WorkerId(worker), &leases, "lost").await;
        assert_eq!(released.unwrap(), self.model.release(worker, &keep, false));
    }

    pub(super) async fn stop(&mut self, host: usize) {
        let worker = self.workers[host];
        let released = self.stores[host]
            .stop_worker(WorkerId(worker), "stopped")
            .await;
        assert_eq!(released.unwrap(), self.model.stop(worker, false));
        self.register(host).await;
    }

    pub(super) async fn cancel(&mut self, task: usize) {
        let cancelled = self.stores[0]
            .cancel_tasks(&[self.ids[task]], "model", &Actor::host())
            .await
            .unwrap();
        assert_eq!(!cancelled.is_empty(), self.model.cancel(task));
    }
}
