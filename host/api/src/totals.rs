//! Totals of lists, where a request asks for them by `count`.

use super::error::ApiError;
use super::own_parameters;
use axum::extract::Request;
use tasker_engine::task_list::TaskCount;
use tasker_events::page::EventCount;
use tasker_registry::store::RowCount;
use tasker_wire::page::{Count, Total};

/// The parameter of the query.
pub(crate) const COUNT: &str = "count";

/// As many tasks, or rows of the feed, are looked at for an estimate, so that short lists have their number.
const FEW: i32 = 1_000;
/// As many for an exact number.
const MANY: i32 = 10_000;

/// Takes `count` from the query of a request, for who answers it.
pub(crate) fn take(request: &mut Request) -> Result<(), ApiError> {
    let Some(values) = own_parameters::take(request.uri_mut(), COUNT)? else {
        return Ok(());
    };
    let [value] = values.as_slice() else {
        return Err(ApiError::parameter(COUNT, "give it once".to_owned()));
    };
    let count = value.parse::<Count>();
    let wrong = |_| {
        let message = format!(
            "`{}` is neither `estimate` nor `exact`",
            value.escape_debug()
        );
        ApiError::parameter(COUNT, message)
    };
    request.extensions_mut().insert(count.map_err(wrong)?);
    Ok(())
}

/// How many tasks, or rows of the feed, may be looked at.
pub(crate) fn most_rows(count: Option<Count>) -> i32 {
    match count {
        Some(Count::Exact) => MANY,
        Some(Count::Estimate) | None => FEW,
    }
}

/// What was counted, as an answer has it.
pub(crate) trait Counted {
    fn total(self) -> Total;
}

impl Counted for RowCount {
    fn total(self) -> Total {
        Total {
            count: self.count.unsigned_abs(),
            is_exact: self.is_exact,
        }
    }
}

impl Counted for EventCount {
    fn total(self) -> Total {
        Total {
            count: self.count,
            is_exact: self.is_exact,
        }
    }
}

impl Counted for TaskCount {
    fn total(self) -> Total {
        Total {
            count: self.count.unsigned_abs(),
            is_exact: self.is_exact,
        }
    }
}
