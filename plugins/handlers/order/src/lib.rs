//! The handlers of the component `demo/order`: an order that is reserved, charged at the second attempt, and shipped.

use tasker_sdk::prelude::*;

tasker_sdk::handlers! {
    #![capabilities("events orders")]

    /// Reserves what is ordered; its result is the place that it is shipped from.
    reserve,

    /// Charges the amount, and sends `orders.charged`. The first attempt finds the card service busy.
    #[errors("card_busy")]
    charge,

    /// Ships what is reserved and charged.
    #[errors("missing_dependency", "invalid_dependency")]
    ship,
}

#[derive(Deserialize, JsonSchema)]
struct Order {
    order_id: String,
    amount_cents: u64,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Reservation {
    from: String,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Charge {
    amount_cents: u64,
}

#[derive(Debug, PartialEq, Serialize, JsonSchema)]
struct Shipment {
    order_id: String,
    from: String,
    charged_cents: u64,
}

fn reserve(order: Order) -> Result<Reservation, Failure> {
    info!(order_id = order.order_id; "reserving");
    Ok(Reservation {
        from: "B7".to_owned(),
    })
}

fn charge(ctx: &Context, order: Order) -> Result<Charge, Failure> {
    if ctx.attempt() == 1 {
        return Err(Failure::retryable("card_busy", "the card service is busy"));
    }
    let amount_cents = order.amount_cents;
    ctx.send_event("orders.charged", json!({ "amount_cents": amount_cents }))?;
    Ok(Charge { amount_cents })
}

fn ship(ctx: &Context, order: Order) -> Result<Shipment, Failure> {
    let reserved: Reservation = ctx.dependency("reserve")?;
    let charged: Charge = ctx.dependency("charge")?;
    Ok(Shipment {
        order_id: order.order_id,
        from: reserved.from,
        charged_cents: charged.amount_cents,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_sdk::testing::{Attempt, sent_events};

    fn order() -> Order {
        Order {
            order_id: "o-9".to_owned(),
            amount_cents: 4200,
        }
    }

    #[test]
    fn the_second_attempt_charges_and_says_so() {
        let first = Attempt::new().context();
        let busy = charge(&first, order()).err().unwrap();
        assert_eq!(busy.code(), "card_busy");
        let second = Attempt::new().attempt(2, 3).context();
        let charged = charge(&second, order()).unwrap();
        assert_eq!(charged.amount_cents, 4200);
        assert_eq!(sent_events(&second)[0].0, "orders.charged");
    }

    #[test]
    fn what_is_reserved_and_charged_is_shipped() {
        let ctx = Attempt::new()
            .dependency("reserve", json!({"from": "B7"}))
            .dependency("charge", json!({"amount_cents": 4200}))
            .context();
        let shipment = Shipment {
            order_id: "o-9".to_owned(),
            from: "B7".to_owned(),
            charged_cents: 4200,
        };
        assert_eq!(ship(&ctx, order()).unwrap(), shipment);
    }
}
