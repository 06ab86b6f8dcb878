//! The end of the feed: read once per host, however many follow it.

use super::cursor::Position;
use super::error::FeedError;
use super::event::Event;
use super::wants::Wants;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_engine::log_position::{LogHorizon, LogPosition};
use tasker_engine::wanted_rows::WantedRows;
use tasker_telemetry::Tracer;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How long the tail rests between two looks for what is new: an event waits for two looks, since those who write beside it
/// have to end.
const IDLE_PAUSE: Duration = Duration::from_millis(50);
/// The same after it found something: a look for little costs as much as one for many.
const CALM_PAUSE: Duration = Duration::from_millis(25);
/// The same after it found this many events.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
const BUSY_EVENTS: usize = 32;
/// How often it has the newest pages of the log summarized, and after how many numbers: about those of a range of pages. Every
/// look reads all pages that are not.
const SUMMARIZE_INTERVAL: Duration = Duration::from_secs(1);
const SUMMARIZE_NUMBERS: i64 = 2_500;
/// How long it waits after an error of the database.
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// The most events that wait for one reader; a reader that is slower is cut off.
pub const MAX_QUEUED_EVENTS: usize = 1_024;

/// The feed of one database; clones are the same. Nothing is read while nobody follows it.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    engine: Engine,
    tracer: Tracer,
    closing: CancellationToken,
    tail: Mutex<Tail>,
    /// Up to where all followers were handed what they want; none until that is known.
    through: watch::Sender<Option<Position>>,
    polls: AtomicU64,
}

#[derive(Default)]
struct Tail {
    is_running: bool,
    /// What those want for whom rows are being read is known, and who joins is none of them.
    is_reading: bool,
    /// By the one namespace whose events they want, so that an event is compared with what those want who follow its
    /// namespace; `None`: those who follow several.
    followers: HashMap<Option<String>, Vec<Follower>>,
    /// They are handed what comes behind the rows that are being read.
    joining: Vec<Joining>,
    status: Option<FeedStatus>,
}

struct Follower {
    wants: Wants,
    queue: mpsc::Sender<Arc<Event>>,
}

struct Joining {
    namespace: Option<String>,
    follower: Follower,
    begins_behind: oneshot::Sender<Position>,
}

impl Tail {
    /// Begins to read for those who follow; what these want.
    fn begin_reading(&mut self) -> WantedRows {
        self.is_reading = true;
        let mut wanted = WantedRows::default();
        for follower in self.followers.values().flatten() {
            wanted.add(follower.wants.rows());
        }
        wanted
    }

    fn hand_to(&mut self, namespace: &Option<String>, event: &Arc<Event>) {
        if let Some(followers) = self.followers.get_mut(namespace) {
            followers.retain(|follower| {
                !follower.wants.matches(event) || follower.queue.try_send(event.clone()).is_ok()
            });
        }
    }

    /// Everything up to here was handed out; what comes behind is handed to those who joined meanwhile too.
    fn end_reading(&mut self, through: Position) {
        self.is_reading = false;
        for joining in std::mem::take(&mut self.joining) {
            self.admit(joining, through);
        }
    }

    /// Who does not wait for the answer any more has gone.
    fn admit(&mut self, joining: Joining, through: Position) {
        if joining.begins_behind.send(through).is_ok() {
            let followers = self.followers.entry(joining.namespace).or_default();
            followers.push(joining.follower);
        }
    }

    /// How many follow, after those who have gone are left out.
    fn count(&mut self) -> usize {
        self.joining.retain(|it| !it.begins_behind.is_closed());
        self.followers.retain(|_, followers| {
            followers.retain(|follower| !follower.queue.is_closed());
            !followers.is_empty()
        });
        self.joining.len() + self.followers.values().map(Vec::len).sum::<usize>()
    }
}

/// When the newest pages of the log were summarized, and how far it was complete.
struct Summarized {
    at: Instant,
    safe: LogPosition,
}

impl Summarized {
    /// True once they are to be summarized again.
    fn is_old(&self, safe: LogPosition) -> bool {
        self.at.elapsed() >= SUMMARIZE_INTERVAL || safe.0 - self.safe.0 >= SUMMARIZE_NUMBERS
    }
}

/// How far the tail is.
#[derive(Clone, Debug)]
pub struct FeedStatus {
    /// The position below which nothing appears any more.
    pub safe: i64,
    /// Numbers that are drawn and not safe yet.
    pub behind: i64,
    /// Since when some are.
    behind_since: Option<Instant>,
    /// Who may still write below them: virtual transactions.
    pub writers: Vec<String>,
    pub followers: usize,
}

impl FeedStatus {
    /// How long the oldest number that is drawn has not been safe.
    pub fn behind_for(&self) -> Duration {
        self.behind_since
            .map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// What a follower takes its events from.
pub(crate) struct Queue {
    pub events: mpsc::Receiver<Arc<Event>>,
    pub through: watch::Receiver<Option<Position>>,
    begins: oneshot::Receiver<Position>,
    begins_behind: Option<Position>,
}

impl Queue {
    /// Where the tail was when the queue began: soon after it was joined. None if it ended before.
    pub async fn begins_behind(&mut self) -> Option<Position> {
        if self.begins_behind.is_none() {
            self.begins_behind = (&mut self.begins).await.ok();
        }
        self.begins_behind
    }
}

impl Feed {
    /// The feed of the engine's database. Its tail ends at `closing`, and with it whoever follows. The tracer says which
    /// trace events have.
    pub fn new(engine: Engine, tracer: Tracer, closing: CancellationToken) -> Self {
        Self(Arc::new(Inner {
            engine,
            tracer,
            closing,
            tail: Mutex::default(),
            through: watch::Sender::new(None),
            polls: AtomicU64::new(0),
        }))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn tracer(&self) -> &Tracer {
        &self.0.tracer
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.0.closing.is_cancelled()
    }

    /// How often the tail has looked for what is new.
    pub fn polls(&self) -> u64 {
        self.0.polls.load(Ordering::Relaxed)
    }

    /// How far the tail is; none while nobody follows.
    pub fn status(&self) -> Option<FeedStatus> {
        let tail = self.tail();
        let status = tail.status.clone().filter(|_| tail.is_running);
        let followers = tail.followers.values().map(Vec::len).sum();
        status.map(|status| FeedStatus {
            followers,
            ..status
        })
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.0.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to hand somebody what is new, and starts the tail if nobody else follows.
    pub(crate) fn join(&self, namespace: Option<String>, wants: Wants) -> Queue {
        let (queue, events) = mpsc::channel(MAX_QUEUED_EVENTS);
        let (begins_behind, begins) = oneshot::channel();
        let joining = Joining {
            namespace,
            follower: Follower { wants, queue },
            begins_behind,
        };
        let mut tail = self.tail();
        if !tail.is_running {
            tail.is_running = true;
            tail.is_reading = false;
            self.0.through.send_replace(None);
            tokio::spawn(self.clone().run());
        }
        let through = *self.0.through.borrow();
        match through.filter(|_| !tail.is_reading) {
            Some(through) => tail.admit(joining, through),
            None => tail.joining.push(joining),
        }
        Queue {
            events,
            through: self.0.through.subscribe(),
            begins,
            begins_behind: None,
        }
    }

    async fn run(self) {
        let mut horizon = LogHorizon::default();
        let mut summarized = None;
        loop {
            if !self.is_followed() {
                return;
            }
            let pause = match self.poll(&mut horizon, &mut summarized).await {
                Ok(None) => IDLE_PAUSE,
                Ok(Some(events)) if events < BUSY_EVENTS => CALM_PAUSE,
                Ok(Some(_)) => BUSY_PAUSE,
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "the feed cannot be read; its readers wait");
                    RETRY_DELAY
                }
            };
            let rested = self.0.closing.run_until_cancelled(sleep(pause)).await;
            if rested.is_none() {
                break;
            }
        }
        let mut tail = self.tail();
        tail.followers.clear();
        tail.joining.clear();
        tail.is_running = false;
    }

    /// False once nobody follows; then the tail has ended for those who join.
    fn is_followed(&self) -> bool {
        let mut tail = self.tail();
        tail.is_running = tail.count() > 0;
        if !tail.is_running {
            tail.status = None;
        }
        tail.is_running
    }

    /// Hands out what is new, and tells how many events that are; `None` if there was nothing and soon is nothing either. Two
    /// statements, and none for each follower.
    async fn poll(
        &self,
        horizon: &mut LogHorizon,
        summarized: &mut Option<Summarized>,
    ) -> Result<Option<usize>, FeedError> {
        self.0.polls.fetch_add(1, Ordering::Relaxed);
        self.engine().advance_log_horizon(horizon).await?;
        self.note(horizon);
        let safe = horizon.safe();
        if summarized.as_ref().is_none_or(|last| last.is_old(safe)) {
            self.engine().summarize_log().await?;
            *summarized = Some(Summarized {
                at: Instant::now(),
                safe,
            });
        }
        let through = *self.0.through.borrow();
        let Some(mut at) = through else {
            // Without a writer the log may be empty; with one, nothing is known yet.
            if safe.0 > 0 || horizon.writers().is_empty() {
                self.hand_out(Vec::new(), Position::behind(safe));
            }
            return Ok(Some(0));
        };
        let is_idle = at.row() >= safe && horizon.mark().is_none_or(|mark| mark <= safe);
        let mut found = 0;
        while at.row() < safe {
            let wanted = self.tail().begin_reading();
            let (events, next) = self.rows(at, safe, &wanted).await?;
            found += events.len();
            self.hand_out(events, next);
            at = next;
        }
        Ok((!is_idle).then_some(found))
    }

    /// Hands the events to all who want them. Who has no room left for one is cut off.
    fn hand_out(&self, events: Vec<Event>, through: Position) {
        let mut tail = self.tail();
        for event in events.into_iter().map(Arc::new) {
            let namespace = event.data.namespace.clone();
            tail.hand_to(&None, &event);
            if namespace.is_some() {
                tail.hand_to(&namespace, &event);
            }
        }
        // Under the lock: who joins knows from where on it is handed events.
        self.0.through.send_replace(Some(through));
        tail.end_reading(through);
    }

    fn note(&self, horizon: &LogHorizon) {
        let safe = horizon.safe().0;
        let behind = horizon.mark().map_or(0, |mark| (mark.0 - safe).max(0));
        let mut tail = self.tail();
        let before = tail.status.take();
        let is_new = before.as_ref().is_none_or(|before| before.safe != safe);
        let since = before
            .and_then(|before| before.behind_since)
            .filter(|_| !is_new);
        tail.status = Some(FeedStatus {
            safe,
            behind,
            behind_since: (behind > 0).then(|| since.unwrap_or_else(Instant::now)),
            writers: horizon.writers().to_vec(),
            followers: 0,
        });
    }
}
