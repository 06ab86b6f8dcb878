//! What the answers of calls change.

use super::super::call::{Answer, CallFailure, CallId, ReportEffect};
use super::super::in_flight::InFlight;
use super::super::unreported::EndedAttempt;
use super::DispatchState;
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;

impl DispatchState {
    /// Takes the answer of a call; one of a call that is not under way changes nothing.
    pub(in super::super) fn take_answer(
        &mut self,
        now: Instant,
        id: CallId,
        answer: Answer,
    ) -> ReportEffect {
        match (self.calls.remove(&id), answer) {
            (None, _) => ReportEffect::None,
            (
                Some(InFlight::Report { ended, claim, .. }),
                Answer::Reported {
                    claimed,
                    is_more,
                    due_in,
                },
            ) => {
                let is_more = is_more || (claim > 0 && claimed.len() >= claim);
                self.take_claimed(claimed);
                self.take_due(now, due_in);
                self.take_acknowledged(now, &ended, is_more)
            }
            (Some(InFlight::Claim { limit }), Answer::Claimed { claimed, due_in }) => {
                self.take_claim(now, limit, claimed, due_in);
                ReportEffect::None
            }
            (Some(InFlight::Recover), Answer::Recovered) => {
                self.in_doubt = false;
                self.recovering.succeed();
                self.hint(now);
                ReportEffect::None
            }
            (Some(call), Answer::Failed(failed)) => self.take_failure(now, call, failed),
            // An answer to another question is none.
            (Some(call), _) => self.take_failure(now, call, CallFailure::Unanswered),
        }
    }

    fn take_claimed(&mut self, claimed: Vec<Lease>) {
        self.running.extend(claimed);
    }

    fn take_due(&mut self, now: Instant, due_in: Option<Duration>) {
        let due = due_in.map(|due_in| now + due_in);
        self.due_at = [self.due_at, due].into_iter().flatten().min();
    }

    fn take_acknowledged(
        &mut self,
        now: Instant,
        ended: &[EndedAttempt],
        is_more: bool,
    ) -> ReportEffect {
        self.reporting.succeed();
        if is_more {
            self.hint(now);
        }
        self.unreported.acknowledge(ended)
    }

    fn take_claim(
        &mut self,
        now: Instant,
        limit: usize,
        claimed: Vec<Lease>,
        due_in: Option<Duration>,
    ) {
        let (count, is_left) = (claimed.len(), due_in == Some(Duration::ZERO));
        self.take_claimed(claimed);
        self.claiming.succeed();
        if count > 0 || !is_left {
            self.looking.succeed();
        } else {
            self.looking.fail(now, self.jitter.next());
        }
        let is_more = count >= limit || is_left;
        self.own_hint
            .end_claim(is_more || self.running.len() >= self.bounds.busy);
        if is_more {
            self.hint(now);
        } else {
            self.take_due(now, due_in);
        }
    }

    fn take_failure(&mut self, now: Instant, call: InFlight, failed: CallFailure) -> ReportEffect {
        let random = self.jitter.next();
        self.in_doubt |= failed == CallFailure::Unanswered;
        match call {
            InFlight::Report { ended, claim, .. } => {
                let was_alone = ended.len() == 1 && claim == 0;
                if failed == CallFailure::Refused {
                    return self.unreported.refuse(now, ended, was_alone);
                }
                let is_first = self.reporting.until().is_none();
                self.reporting.fail(now, random);
                match ended.as_slice() {
                    [only] if was_alone => self.unreported.postpone(now, *only),
                    _ if is_first => self.unreported.put_back(ended),
                    _ => self.unreported.isolate(ended),
                }
            }
            InFlight::Claim { .. } => {
                self.claiming.fail(now, random);
                self.own_hint.give_up();
                self.hint(now);
            }
            InFlight::Recover => {
                self.in_doubt = true;
                self.recovering.fail(now, random);
            }
        }
        ReportEffect::None
    }
}
