//! What comes back from the calls.

use super::call::{Answer, CallId, ReportEffect};
use super::failed_call::failed;
use super::{CallResult, Dispatch, leases};
use crate::finished::Unrecorded;
use crate::round::{self, Claims, ReportAnswer};
use std::sync::Arc;
use std::time::Instant;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::invocation::Lease;

impl Dispatch<'_> {
    pub(super) fn take_reply(&mut self, reply: CallResult) {
        match reply {
            CallResult::Reported(call, result) => self.take_report(call, result),
            CallResult::Claimed(call, result) => self.take_claims(call, result),
            CallResult::Recovered(call, result) => self.take_recovery(call, result),
        }
    }

    fn take_report(&mut self, call: CallId, result: Result<ReportAnswer, DatabaseError>) {
        match result {
            Ok(reported) => {
                let answer = Answer::Reported {
                    claimed: leases(&reported.released),
                    is_more: reported.is_more,
                    due_in: reported.due_in,
                };
                self.answer(call, answer, None);
                self.start_attempts(reported.released);
            }
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "a report failed; retrying");
                self.answer(call, Answer::Failed(failed(&error)), Some(&error));
            }
        }
    }

    fn take_claims(&mut self, call: CallId, result: Result<Claims, DatabaseError>) {
        let claiming = self.worker.stats.claiming();
        match result {
            Ok(claims) => {
                claiming.succeeded();
                let answer = Answer::Claimed {
                    claimed: leases(&claims.steps),
                    due_in: claims.due_in,
                };
                self.answer(call, answer, None);
                self.start_attempts(claims.steps);
            }
            Err(error) => {
                claiming.failed(&ErrorChain(&error).to_string());
                tracing::warn!(error = %ErrorChain(&error), "a claim failed; retrying");
                self.answer(call, Answer::Failed(failed(&error)), Some(&error));
            }
        }
    }

    fn take_recovery(&mut self, call: CallId, result: Result<i32, DatabaseError>) {
        match result {
            Ok(released) => {
                tracing::info!(released, "the database is back");
                self.answer(call, Answer::Recovered, None);
            }
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "the database did not answer; trying again");
                self.answer(call, Answer::Failed(failed(&error)), Some(&error));
            }
        }
    }

    fn answer(&mut self, call: CallId, answer: Answer, error: Option<&DatabaseError>) {
        match self.state.take_answer(Instant::now(), call, answer) {
            ReportEffect::None => {}
            ReportEffect::Acknowledged(leases) => leases.iter().for_each(|lease| {
                self.unrecorded.remove(lease);
                self.leases.remove(lease);
            }),
            ReportEffect::Blamed(lease) => {
                tracing::error!(task_id = %lease.task_id, step_no = lease.step_no, "the database refused an outcome");
                self.replace_by_refusal(lease, error);
            }
            ReportEffect::Withheld(lease) => {
                let error = error.map(|error| ErrorChain(error).to_string());
                tracing::error!(task_id = %lease.task_id, step_no = lease.step_no, error,
                    "the database also refuses the failure; it is reported again with growing delays");
            }
        }
    }

    fn replace_by_refusal(&mut self, lease: Lease, error: Option<&DatabaseError>) {
        let refused = self.unrecorded.get_mut(&lease);
        if let (Some(unrecorded), Some(error)) = (refused, error) {
            let finished = round::refused(lease, error);
            let task = unrecorded.task.clone();
            *unrecorded = Arc::new(Unrecorded { finished, task });
        }
    }
}
