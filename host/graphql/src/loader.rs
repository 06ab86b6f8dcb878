//! Many keys in one statement: what the fields of a level of a query ask for is gathered until none of them can ask for
//! more, and then loaded together.

use crate::host::Host;
use crate::problem::Problem;
use futures::channel::oneshot;
use futures::future::{Either, join_all, select};
use futures::lock::Mutex as AsyncMutex;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many times in a row, nobody has to have asked for more: whoever loads may be woken before the others, by the answers to
/// what was loaded before.
const QUIET: u32 = 4;

/// The keys of one request that wait to be loaded.
#[derive(Default)]
pub struct Loader {
    waiting: Mutex<Vec<Waiting>>,
    /// What was loaded, by edge and key.
    loaded: Mutex<HashMap<(&'static str, String), Arc<Json>>>,
    /// Whoever has it loads for all.
    loading: AsyncMutex<()>,
}

struct Waiting {
    edge: &'static str,
    key: Json,
    answer: oneshot::Sender<Loaded>,
}

/// What an edge leads to.
pub type Loaded = Result<Arc<Json>, Problem>;

/// Is told of each object that was loaded.
pub type Count<'c> = &'c (dyn Fn(&Json) + Sync);

impl Loader {
    /// What an edge leads to from a key.
    pub async fn load(
        &self,
        host: &dyn Host,
        edge: &'static str,
        key: Json,
        count: Count<'_>,
    ) -> Loaded {
        let name = (edge, key.to_string());
        if let Some(found) = self.loaded().get(&name).cloned() {
            return Ok(found);
        }
        let found = self.load_anew(host, edge, key, count).await;
        if let Ok(found) = &found {
            self.loaded().insert(name, found.clone());
        }
        found
    }

    /// Has everything be loaded again.
    pub fn forget(&self) {
        self.loaded().clear();
    }

    async fn load_anew(
        &self,
        host: &dyn Host,
        edge: &'static str,
        key: Json,
        count: Count<'_>,
    ) -> Loaded {
        loop {
            let (answer, mut found) = oneshot::channel();
            let key = key.clone();
            self.waiting().push(Waiting { edge, key, answer });
            let has_turn = match select(&mut found, pin!(self.loading.lock())).await {
                Either::Left((Ok(found), _)) => return found,
                // Whoever loaded it was given up.
                Either::Left((Err(_), _)) => continue,
                Either::Right((turn, _)) => turn,
            };
            self.load_all(host, count).await;
            drop(has_turn);
            if let Ok(Some(found)) = found.try_recv() {
                return found;
            }
        }
    }

    async fn load_all(&self, host: &dyn Host, count: Count<'_>) {
        // Every other field of the request runs as far as it can in the meantime.
        let (mut known, mut quiet) = (0, 0);
        while quiet < QUIET {
            tokio::task::yield_now().await;
            let waiting = self.waiting().len();
            quiet = if waiting > known { 0 } else { quiet + 1 };
            known = waiting;
        }
        let mut by_edge: BTreeMap<&'static str, Vec<Waiting>> = BTreeMap::new();
        for waiting in std::mem::take(&mut *self.waiting()) {
            by_edge.entry(waiting.edge).or_default().push(waiting);
        }
        join_all(
            by_edge
                .into_iter()
                .map(|(edge, all)| load_edge(host, edge, all, count)),
        )
        .await;
    }

    fn loaded(&self) -> MutexGuard<'_, HashMap<(&'static str, String), Arc<Json>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each key once.
async fn load_edge(host: &dyn Host, edge: &'static str, all: Vec<Waiting>, count: Count<'_>) {
    let (mut keys, mut places) = (Vec::new(), HashMap::new());
    let place_of = |waiting: &Waiting| {
        let text = waiting.key.to_string();
        *places.entry(text).or_insert_with(|| {
            keys.push(waiting.key.clone());
            keys.len() - 1
        })
    };
    let wanted: Vec<usize> = all.iter().map(place_of).collect();
    let found = host.load(edge, keys).await.into_iter();
    let found: Vec<Loaded> = found.map(|it| it.map(Arc::new)).collect();
    found.iter().flatten().for_each(|it| count(it));
    for (waiting, place) in all.into_iter().zip(wanted) {
        let missing = || Err(Problem::new(500, "internal", "internal error"));
        let own = found.get(place).cloned().unwrap_or_else(missing);
        // Nobody waits any more where the request was given up.
        let _ = waiting.answer.send(own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Call, Found, Reply};
    use futures::FutureExt as _;
    use futures::future::{BoxFuture, try_join_all};
    use futures::stream::BoxStream;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Answers with the keys, and counts how often it is asked.
    #[derive(Default)]
    struct Echo(AtomicUsize);

    impl Host for Echo {
        fn execute(&self, _: Call) -> BoxFuture<'_, Result<Reply, Problem>> {
            async { Ok(Reply::default()) }.boxed()
        }

        fn load(&self, _: &'static str, keys: Vec<Json>) -> BoxFuture<'_, Vec<Found>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::task::yield_now().await;
                keys.into_iter().map(Ok).collect()
            }
            .boxed()
        }

        fn follow(&self, _: String) -> BoxFuture<'_, Result<BoxStream<'static, Found>, Problem>> {
            async { Err(Problem::new(404, "nothing", "")) }.boxed()
        }
    }

    #[tokio::test]
    async fn what_many_fields_ask_for_one_after_the_other_is_loaded_level_by_level() {
        for items in [1, 7, 30, 31, 500] {
            let (loader, host) = (Loader::default(), Echo::default());
            let ask = async |item: usize| {
                for edge in ["a", "b", "c"] {
                    // Some have a key of their own, and some the same.
                    let key = Json::from(item % 10 * usize::from(edge != "b"));
                    assert_eq!(*loader.load(&host, edge, key.clone(), &|_| ()).await?, key);
                }
                Ok::<_, Problem>(())
            };
            assert!(try_join_all((0..items).map(ask)).await.is_ok());
            assert_eq!(host.0.load(Ordering::Relaxed), 3, "{items}");
        }
    }

    #[tokio::test]
    async fn who_is_given_up_while_it_loads_for_others_keeps_none_of_them_waiting() {
        let (loader, host) = (Loader::default(), Echo::default());
        let mut first = Box::pin(loader.load(&host, "a", Json::from(1), &|_| ()));
        let mut second = Box::pin(loader.load(&host, "a", Json::from(2), &|_| ()));
        for _ in 0..=QUIET {
            assert!((&mut first).now_or_never().is_none());
            assert!((&mut second).now_or_never().is_none());
        }
        drop(first);
        assert!(second.await.is_ok());
    }
}
