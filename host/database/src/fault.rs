//! What a failed call means for its caller.

use super::DatabaseError;

/// Why a call failed, by what is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The database is lost, starts, stops, fails over, is read-only, locked or out of resources: the
    /// same call succeeds later.
    Outage,
    /// The values that the call carried cannot be recorded, now or later.
    Values,
    /// Host and database do not fit each other, or the call is wrong. The values are not to blame;
    /// an upgrade may help.
    Mismatch,
}

/// Classes of SQLSTATE that pass: connection, transaction state (a read-only server among them),
/// rollback, resources, objects in use, operator intervention, system errors.
const OUTAGES: [&str; 7] = ["08", "25", "40", "53", "55", "57", "58"];

/// Classes that are about values: data, constraints, limits of the server.
const VALUES: [&str; 3] = ["22", "23", "54"];

/// Classes under which the server may have committed before it answered.
const UNKNOWN_END: [&str; 2] = ["08", "57P"];

impl Fault {
    /// What this SQLSTATE means.
    pub fn of_sqlstate(code: &str) -> Self {
        let is_of = |classes: &[&str]| classes.iter().any(|class| code.starts_with(class));
        match code {
            _ if is_of(&OUTAGES) => Self::Outage,
            _ if is_of(&VALUES) => Self::Values,
            _ => Self::Mismatch,
        }
    }
}

impl DatabaseError {
    /// What the failure means for the caller.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => {
                Fault::of_sqlstate(&error.code().unwrap_or_default())
            }
            Self::Sql(
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed,
            ) => Fault::Outage,
            Self::Sql(_) | Self::Url(..) | Self::Corrupt(_) => Fault::Mismatch,
        }
    }

    /// True if the same call may succeed later, since the fault is the database's and passes.
    pub fn is_transient(&self) -> bool {
        self.fault() == Fault::Outage
    }

    /// True if the call may have taken effect although it failed: its answer was not received.
    pub fn may_be_done(&self) -> bool {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                UNKNOWN_END.iter().any(|class| code.starts_with(class))
            }
            Self::Sql(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) | Self::Url(..) => false,
            Self::Sql(_) | Self::Corrupt(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_an_outage() {
        for code in [
            "25006", "08006", "40P01", "53300", "55P03", "57P01", "57014", "58030",
        ] {
            assert_eq!(Fault::of_sqlstate(code), Fault::Outage, "{code}");
        }
    }

    #[test]
    fn only_values_are_blamed_on_values() {
        for code in ["22P02", "23514", "54000"] {
            assert_eq!(Fault::of_sqlstate(code), Fault::Values, "{code}");
        }
        for code in ["42883", "42P01", "XX000", "P0001", "TA001", ""] {
            assert_eq!(Fault::of_sqlstate(code), Fault::Mismatch, "{code}");
        }
    }

    #[test]
    fn a_call_without_an_answer_may_be_done_and_one_that_was_never_sent_is_not() {
        let lost = DatabaseError::Sql(sqlx::Error::Io(std::io::Error::other("reset")));
        let unsent = DatabaseError::Sql(sqlx::Error::PoolTimedOut);
        assert!(lost.is_transient() && lost.may_be_done());
        assert!(unsent.is_transient() && !unsent.may_be_done());
    }
}
