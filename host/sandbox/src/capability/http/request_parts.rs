//! Bounds on the parts of a request that WASI takes in any length.

use crate::state::AttemptState;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::WasiHttpView as _;
use wasmtime_wasi_http::p2::bindings::http::types::{HostOutgoingRequest, Method, OutgoingRequest};

/// The interface, in the version that WASI has it.
pub(super) const TYPES: &str = "wasi:http/types@0.2.12";
/// The longest method, in bytes.
const MAX_METHOD_BYTES: usize = 100;
/// The longest authority, and the longest path with its query, in bytes.
const MAX_PART_BYTES: usize = 64 << 10;

type Call<T> = (Resource<OutgoingRequest>, T);
type Answer = wasmtime::Result<(Result<(), ()>,)>;

/// Has the setters refuse, by the error that they have for it, what is too long.
pub(in crate::capability) fn bound(linker: &mut Linker<AttemptState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance(TYPES)?;
    types.func_wrap("[method]outgoing-request.set-method", set_method)?;
    types.func_wrap(
        "[method]outgoing-request.set-path-with-query",
        set_path_with_query,
    )?;
    types.func_wrap("[method]outgoing-request.set-authority", set_authority)?;
    linker.allow_shadowing(false);
    Ok(())
}

fn set_method(
    mut store: StoreContextMut<'_, AttemptState>,
    (request, method): Call<Method>,
) -> Answer {
    match &method {
        Method::Other(name) if name.len() > MAX_METHOD_BYTES => Ok((Err(()),)),
        _ => Ok((store.data_mut().http().set_method(request, method)?,)),
    }
}

fn set_path_with_query(
    mut store: StoreContextMut<'_, AttemptState>,
    (request, path): Call<Option<String>>,
) -> Answer {
    if path
        .as_ref()
        .is_some_and(|path| path.len() > MAX_PART_BYTES)
    {
        return Ok((Err(()),));
    }
    let mut http = store.data_mut().http();
    Ok((http.set_path_with_query(request, path)?,))
}

fn set_authority(
    mut store: StoreContextMut<'_, AttemptState>,
    (request, authority): Call<Option<String>>,
) -> Answer {
    let is_long = |authority: &String| authority.len() > MAX_PART_BYTES;
    if authority.as_ref().is_some_and(is_long) {
        return Ok((Err(()),));
    }
    let mut http = store.data_mut().http();
    Ok((http.set_authority(request, authority)?,))
}
