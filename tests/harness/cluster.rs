use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread;

use sqlx::postgres::PgConnectOptions;
use tasker_embedded_postgres::{Embedded, EmbeddedError};
use tasker_tests::{URL_VARIABLE, server_config};
use tokio::sync::OnceCell;

use super::template;

/// How many test processes may each have a private server at once.
const CLUSTERS_MAX: u32 = 64;

static SERVER: OnceCell<Server> = OnceCell::const_new();

/// The server of this process. It lives as long as the process, whose end stops it.
struct Server {
    options: PgConnectOptions,
    _embedded: Option<(Embedded, File)>,
}

/// The database to make other databases from.
pub(super) async fn options() -> PgConnectOptions {
    SERVER.get_or_init(start).await.options.clone()
}

async fn start() -> Server {
    match std::env::var(URL_VARIABLE) {
        Ok(url) => Server {
            options: PgConnectOptions::from_str(&url)
                .unwrap_or_else(|error| panic!("{URL_VARIABLE} is no database URL: {error}")),
            _embedded: None,
        },
        Err(_) => start_private().await,
    }
}

/// A process keeps a cluster for the next one, so that most runs start warm; processes that run at
/// the same time take different ones.
async fn start_private() -> Server {
    let here = Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
    let (embedded, claim) = match start_below(&here).await {
        Err(EmbeddedError::NotTraversable { .. }) => start_below(&elsewhere()).await,
        started => started,
    }
    .unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"));
    let options = embedded.connect_options();
    template::remove_leftovers(&options).await;
    Server {
        options,
        _embedded: Some((embedded, claim)),
    }
}

async fn start_below(parent: &Path) -> Result<(Embedded, File), EmbeddedError> {
    let (data_dir, claim) = claim_cluster(parent);
    Embedded::start(server_config(&data_dir))
        .await
        .map(|embedded| (embedded, claim))
}

/// For a checkout in a home that PostgreSQL's account may not enter.
fn elsewhere() -> PathBuf {
    std::env::temp_dir().join("tasker-tests")
}

fn claim_cluster(parent: &Path) -> (PathBuf, File) {
    fs::create_dir_all(parent).expect("the directory of test clusters can be made");
    (0..CLUSTERS_MAX)
        .map(|number| parent.join(format!("cluster-{number}")))
        .find_map(|path| {
            let claim = File::create(path.with_extension("claim")).ok()?;
            claim.try_lock().ok().map(|()| (path, claim))
        })
        .unwrap_or_else(|| {
            let at = thread::current();
            panic!(
                "{CLUSTERS_MAX} test clusters are in use, none is left for {:?}",
                at.name()
            )
        })
}
