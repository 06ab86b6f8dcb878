//! The size of the resources behind the handles of an attempt.
//!
//! WASI keeps it in one table without telling its size, so the table is looked through: after every
//! call while it is small or nearly as heavy as it may be, else after so many that looking costs each
//! call little and no call in between can bring more than half of what is left.

use super::meter::{HostMemory, Meter, OverLimit};
use std::any::Any;
use wasmtime::component::ResourceTable;
use wasmtime_wasi_http::FieldMap;
use wasmtime_wasi_http::p2::types::{HostIncomingResponse, HostOutgoingRequest};

/// The largest fields of a request or response, in bytes as [`weight_of_fields`] counts.
pub(super) const MAX_FIELDS_BYTES: usize = 128 << 10;
/// The most that a guest writes to the body of a request in one call, in bytes.
pub(super) const BODY_CHUNK_BYTES: usize = 64 << 10;
/// What waits in the body of a request: one chunk, and one more that the channel always takes.
pub(super) const BODY_BYTES: usize = 2 * BODY_CHUNK_BYTES;
/// What any entry takes, in bytes.
const ENTRY_BYTES: usize = 256;
/// What one header takes beside its name and its value, in bytes.
const HEADER_BYTES: usize = 128;
/// The most that one call adds to the table, in bytes: fields, or a request's body.
const MAX_CALL_BYTES: usize = BODY_BYTES + MAX_FIELDS_BYTES + ENTRY_BYTES;
/// Entries that are looked at for each call.
const ENTRIES_PER_CALL: usize = 16;

/// When the table is looked through next.
#[derive(Debug, Default)]
pub(super) struct TableScale {
    calls_left: usize,
}

impl TableScale {
    /// To be called after each call to the host.
    pub(super) fn after_call(
        &mut self,
        table: &mut ResourceTable,
        meter: &Meter,
    ) -> Result<(), OverLimit> {
        if let Some(calls_left) = self.calls_left.checked_sub(1) {
            self.calls_left = calls_left;
            return Ok(());
        }
        let (mut entries, mut bytes) = (0, 0);
        for entry in table.iter_mut() {
            entries += 1;
            bytes += ENTRY_BYTES + weight(entry);
        }
        meter.hold(HostMemory::Table, bytes)?;
        let harmless = meter.host_bytes_left() / (2 * MAX_CALL_BYTES);
        self.calls_left = (entries / ENTRIES_PER_CALL).min(harmless);
        Ok(())
    }
}

fn weight(entry: &dyn Any) -> usize {
    if let Some(fields) = entry.downcast_ref::<FieldMap>() {
        return weight_of_fields(fields);
    }
    if let Some(request) = entry.downcast_ref::<HostOutgoingRequest>() {
        return weight_of_request(request);
    }
    match entry.downcast_ref::<HostIncomingResponse>() {
        Some(response) => weight_of_fields(&response.headers),
        None => 0,
    }
}

fn weight_of_request(request: &HostOutgoingRequest) -> usize {
    // What waits in the body, and the trailers at its end.
    let body_bytes = BODY_BYTES + MAX_FIELDS_BYTES;
    let body = request.body.as_ref().map_or(0, |_| body_bytes);
    let parts = [&request.path_with_query, &request.authority];
    let parts: usize = parts.into_iter().flatten().map(String::len).sum();
    weight_of_fields(&request.headers) + body + parts
}

/// What these headers take in memory, about.
pub(super) fn weight_of_fields(fields: &http::HeaderMap) -> usize {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        HEADER_BYTES + name.as_str().len() + value.len()
    };
    fields.iter().map(header).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::limits::{Limit, Limits};

    #[test]
    fn a_small_table_is_looked_through_after_every_call() {
        let meter = Meter::new(&Limits::default());
        let (mut scale, mut table) = (TableScale::default(), ResourceTable::new());
        for entries in 1..=4 {
            table.push(FieldMap::default()).unwrap();
            scale.after_call(&mut table, &meter).unwrap();
            let left = Limits::default().host_memory_bytes - entries * ENTRY_BYTES;
            assert_eq!(meter.host_bytes_left(), left);
        }
    }

    #[test]
    fn a_table_that_grows_too_heavy_is_found_out() {
        let mut limits = Limits::default();
        limits.set(Limit::HostMemory, 1 << 20);
        let meter = Meter::new(&limits);
        let (mut scale, mut table) = (TableScale::default(), ResourceTable::new());
        let mut pushed = 0;
        let over = loop {
            table.push(FieldMap::default()).unwrap();
            pushed += 1;
            if let Err(over) = scale.after_call(&mut table, &meter) {
                break over;
            }
        };
        assert_eq!(over, OverLimit(Limit::HostMemory));
        assert_eq!(pushed, (1 << 20) / ENTRY_BYTES + 1);
    }
}
