//! `shop/price` 1.1.0 as it was first meant: nobody orders more than a hundred pieces. Those who do
//! would find out at night; the host finds out at the upload.

use std::time::Duration;
use tasker_sdk::prelude::*;

tasker_sdk::handlers! {
    /// What so many pieces cost.
    quote,
}

/// What is asked for.
#[derive(Deserialize, JsonSchema)]
struct Order {
    #[schemars(range(max = 100))]
    pieces: u32,
    /// How long the supplier takes to answer, in milliseconds.
    #[serde(default)]
    supplier_ms: u64,
}

/// What it costs.
#[derive(Serialize, JsonSchema)]
struct Quote {
    cents: u64,
    /// The version of this component.
    quoted_by: &'static str,
}

fn quote(order: Order) -> Result<Quote, Failure> {
    std::thread::sleep(Duration::from_millis(order.supplier_ms));
    Ok(Quote {
        cents: u64::from(order.pieces) * 250,
        quoted_by: env!("CARGO_PKG_VERSION"),
    })
}
