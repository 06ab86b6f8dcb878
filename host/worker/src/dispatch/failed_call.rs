//! What an error says of the call that it ended.

use super::super::leases::HeldLeases;
use super::call::CallFailure;
use tasker_database::DatabaseError;
use tasker_database::fault::Fault;

/// Whether the call may have taken effect, and whether it may succeed later.
pub(super) fn failed(error: &DatabaseError) -> CallFailure {
    match (error.fault(), error.may_be_done()) {
        (Fault::Values, _) => CallFailure::Refused,
        (Fault::Outage | Fault::Mismatch, true) => CallFailure::Unanswered,
        (Fault::Outage | Fault::Mismatch, false) => CallFailure::Undone,
    }
}

/// Notes that the database may have leases of which this worker does not know: at once, not when the loop comes to it.
pub(super) fn doubted<T>(
    leases: &HeldLeases,
    result: Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let is_unanswered = |error| failed(error) == CallFailure::Unanswered;
    if result.as_ref().is_err_and(is_unanswered) {
        leases.doubt();
    }
    result
}
