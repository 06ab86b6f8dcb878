//! `shop/price` 1.1.0: knows a coupon, and takes every order that 1.0.0 took.

use std::time::Duration;
use tasker_sdk::prelude::*;

tasker_sdk::handlers! {
    /// What so many pieces cost.
    quote,
}

/// What is asked for.
#[derive(Deserialize, JsonSchema)]
struct Order {
    pieces: u32,
    /// Takes a tenth off.
    #[serde(default)]
    coupon: bool,
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
    let cents = u64::from(order.pieces) * 250;
    Ok(Quote {
        cents: if order.coupon { cents * 9 / 10 } else { cents },
        quoted_by: env!("CARGO_PKG_VERSION"),
    })
}
