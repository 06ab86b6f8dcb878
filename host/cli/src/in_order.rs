//! In which order a list is shown.

use super::{Result, refuse};
use tasker_domain::order::Direction;
use tasker_wire::endpoint::Endpoint;

/// In which order items are listed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct InOrder {
    /// The key by which the list goes, such as name or created_at; with a minus before it, from the highest on.
    #[arg(long, value_name = "[-]KEY", allow_hyphen_values = true)]
    order: Option<String>,
}

impl InOrder {
    /// Which way the list of an endpoint goes; none: as it usually does.
    pub fn of<E: Endpoint>(&self) -> Result<Option<Direction>> {
        let Some((text, order)) = self.order.as_ref().zip(E::ORDER) else {
            return Ok(None);
        };
        match order.parse(text) {
            Ok(direction) => Ok(Some(direction)),
            Err(unknown) => refuse(
                format!("--order: {unknown}"),
                "without --order, the list has its usual order",
            ),
        }
    }

    /// The option as it was given.
    pub fn option(&self) -> String {
        let order = self.order.as_ref();
        order.map_or_else(String::new, |order| format!(" --order={order}"))
    }
}
