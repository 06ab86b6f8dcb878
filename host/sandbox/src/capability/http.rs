//! `wasi:http/outgoing-handler`, to granted destinations only.

pub(super) mod error_code;
pub(super) mod request_parts;

use crate::egress::EgressPolicy;
use crate::state::AttemptState;
use crate::table::MAX_FIELDS_BYTES;
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

impl WasiHttpView for AttemptState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let (invocation, log, outside) = (&self.invocation, &self.log, &self.outside);
        let attempt_secrets = &self.attempt_secrets;
        let (meter, trace, journal) = (&self.meter, &self.services.trace, &self.journal);
        let parts = self.http.get_or_insert_with(|| {
            let mut ctx = WasiHttpCtx::new();
            ctx.set_field_size_limit(MAX_FIELDS_BYTES);
            Box::new((
                ctx,
                EgressPolicy {
                    step: invocation.step.clone(),
                    log: log.clone(),
                    outside: outside.clone(),
                    attempt_secrets: attempt_secrets.clone(),
                    meter: meter.clone(),
                    trace: trace.clone(),
                    journal: journal.clone(),
                },
            ))
        });
        let (ctx, hooks) = &mut **parts;
        WasiHttpCtxView {
            ctx,
            hooks,
            table: &mut self.table,
        }
    }
}
