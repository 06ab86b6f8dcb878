//! The error that a guest gets if a body is incomplete. WASI has no error for this.

use super::request_parts::TYPES;
use crate::state::AttemptState;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, IoError};
use wasmtime_wasi_http::{Error, WasiHttpView as _};

/// Has `http-error-code` know the errors of bodies.
pub(in crate::capability) fn link(linker: &mut Linker<AttemptState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(TYPES)?;
    types.func_wrap("http-error-code", http_error_code)?;
    linker.allow_shadowing(false);
    Ok(())
}

fn http_error_code(
    mut store: StoreContextMut<'_, AttemptState>,
    (error,): (Resource<IoError>,),
) -> wasmtime::Result<(Option<ErrorCode>,)> {
    let http = store.data_mut().http();
    let error = http.table.get(&error)?;
    let code = error.downcast_ref::<ErrorCode>().cloned();
    let of_body = || error.downcast_ref::<Error>().map(code_of);
    Ok((code.or_else(of_body),))
}

fn code_of(error: &Error) -> ErrorCode {
    match error {
        Error::ConnectionReadTimeout => ErrorCode::ConnectionReadTimeout,
        Error::ConnectionTimeout => ErrorCode::ConnectionTimeout,
        Error::HttpResponseIncomplete => ErrorCode::HttpResponseIncomplete,
        Error::HttpResponseBodySize(bytes) => ErrorCode::HttpResponseBodySize(*bytes),
        Error::HttpRequestBodySize(bytes) => ErrorCode::HttpRequestBodySize(*bytes),
        other => ErrorCode::InternalError(Some(other.to_string())),
    }
}
