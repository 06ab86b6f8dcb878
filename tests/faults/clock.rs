use super::load::Load;
use super::server::Site;
use crate::harness::{left_out, wait_until_sql};
use std::path::{Path, PathBuf};

/// Where Debian's package has it, below a directory a kind of machine.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";
/// Names the library where it is elsewhere.
const LIBRARY_VARIABLE: &str = "TASKER_FAKETIME";

/// A clock that the test sets, for the processes of one server.
struct Clock {
    offset: PathBuf,
    library: PathBuf,
}

impl Clock {
    /// `None` if the library is not installed: the test has to end then, and standard error says so.
    fn find(site: &Site) -> Option<Self> {
        let Some(library) = library() else {
            left_out(&format!(
                "no library to set a server's clock with; install it (apt-get install faketime) or set {LIBRARY_VARIABLE}"
            ));
            return None;
        };
        let clock = Self {
            offset: site.path().join("offset"),
            library,
        };
        clock.set("+0s");
        Some(clock)
    }

    /// By how much the clock is off, such as `-1h`.
    fn set(&self, offset: &str) {
        let next = self.offset.with_extension("next");
        std::fs::write(&next, offset).unwrap();
        std::fs::rename(next, &self.offset).unwrap();
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let text = |path: &Path| path.display().to_string();
        vec![
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.offset)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
        ]
    }
}

fn library() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(LIBRARY_VARIABLE) {
        return Some(PathBuf::from(named));
    }
    let machines = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let mut places = machines.map(|machine| machine.path().join(LIBRARY));
    places.find(|place| place.is_file())
}

async fn works_on_after(step: &str) {
    let site = Site::new();
    let Some(clock) = Clock::find(&site) else {
        return;
    };
    let _server = site.primary(&clock.environment()).await;
    let load = Load::begin(&site).await;
    let some_retry = "select count(*) > 0 from tasker.step where state = 'waiting_for_retry'";
    wait_until_sql(load.pool(), some_retry).await;
    load.submit(8).await;
    clock.set(step);
    load.all_succeed().await;
    load.submit(4).await;
    load.all_succeed().await;
    load.nobody_died().await;
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_back_an_hour_keeps_no_step_waiting_and_costs_no_host_its_life() {
    works_on_after("-1h").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_forward_an_hour_costs_no_step_an_attempt_and_no_host_its_life() {
    works_on_after("+1h").await;
}
