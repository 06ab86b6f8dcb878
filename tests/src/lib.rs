//! What the tests and `with-postgres` must agree on.

use std::path::Path;

use tasker::host::private_server;
use tasker_embedded_postgres::EmbeddedConfig;

/// Names the server that tests make their databases on; without it they start one of their own.
pub const URL_VARIABLE: &str = "TASKER_TEST_DATABASE_URL";

/// Settings for many short tests at once; what a power cut would lose is no loss here. A killed
/// server still recovers all that it had reported: the kernel has it.
const SETTINGS: [(&str, &str); 5] = [
    ("fsync", "off"),
    // Whatever waits for one another in a circle is found, however short it waits.
    ("deadlock_timeout", "25ms"),
    ("full_page_writes", "off"),
    ("max_connections", "400"),
    ("max_prepared_transactions", "8"),
];

/// How a private server for tests is run.
pub fn server_config(data_dir: &Path) -> EmbeddedConfig {
    let mut config = private_server(data_dir);
    config.settings = SETTINGS
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    config
}
