//! `wasi:io` where an attempt has a journal: which things are ready when a guest asks is what it sees of the time that
//! others take.

use crate::journal::Journal;
use crate::state::AttemptState;
use crate::stopped::Stopped;
use tasker_domain::recording::Signal;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::bindings::io::poll::{Host as _, HostPollable as _};
use wasmtime_wasi::p2::bindings::io::streams::{
    self, Host as _, HostInputStream as _, HostOutputStream as _,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, StreamError, StreamResult};

/// The interfaces, in the version that WASI has them.
const POLL: &str = "wasi:io/poll@0.2.12";
const STREAMS: &str = "wasi:io/streams@0.2.12";

/// What a stream answers.
type Streamed<T> = wasmtime::Result<(Result<T, streams::StreamError>,)>;
type Store<'a> = StoreContextMut<'a, AttemptState>;

/// Has what is ready pass by the journal of an attempt, if it has one.
pub(super) fn link(linker: &mut Linker<AttemptState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut io = linker.instance(POLL)?;
    io.func_wrap_async("poll", |store, (pollables,): (Vec<_>,)| {
        Box::new(poll(store, pollables))
    })?;
    io.func_wrap_async("[method]pollable.ready", |store, (pollable,)| {
        Box::new(ready(store, pollable))
    })?;
    io.func_wrap_async("[method]pollable.block", |store, (pollable,)| {
        Box::new(block(store, pollable))
    })?;
    let mut io = linker.instance(STREAMS)?;
    io.func_wrap_async("[method]input-stream.read", |store, (stream, bytes)| {
        Box::new(read(store, stream, bytes))
    })?;
    io.func_wrap_async("[method]input-stream.skip", |store, (stream, bytes)| {
        Box::new(skip(store, stream, bytes))
    })?;
    io.func_wrap_async("[method]output-stream.check-write", |store, (stream,)| {
        Box::new(check_write(store, stream))
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

async fn poll(
    mut store: Store<'_>,
    pollables: Vec<Resource<DynPollable>>,
) -> wasmtime::Result<(Vec<u32>,)> {
    let state = store.data_mut();
    match state.journal.clone() {
        None => Ok((state.table.poll(pollables).await?,)),
        Some(Journal::Recorder(recorder)) => {
            let ready = state.table.poll(pollables).await?;
            recorder.poll(&ready);
            Ok((ready,))
        }
        Some(Journal::Replayer(replayer)) => {
            let Some(ready) = replayer.poll() else {
                let end = replayer.exhausted_waiting("`poll`").await;
                return Err(Stopped::from(end).into());
            };
            for place in &ready {
                // Only what was ready; there are other answers behind the others.
                if let Some(pollable) = pollables.get(*place as usize) {
                    let pollable = Resource::new_borrow(pollable.rep());
                    state.table.block(pollable).await?;
                }
            }
            Ok((ready,))
        }
    }
}

async fn ready(mut store: Store<'_>, pollable: Resource<DynPollable>) -> wasmtime::Result<(bool,)> {
    let state = store.data_mut();
    match state.journal.clone() {
        None => Ok((state.table.ready(pollable).await?,)),
        Some(Journal::Recorder(recorder)) => {
            let is_ready = state.table.ready(pollable).await?;
            recorder.signal(match is_ready {
                true => Signal::Ready,
                false => Signal::NotReady,
            });
            Ok((is_ready,))
        }
        Some(Journal::Replayer(replayer)) => {
            let is_ready = replayer.signal("`pollable.ready`") == Some(Signal::Ready);
            if is_ready {
                state.table.block(pollable).await?;
            }
            Ok((is_ready,))
        }
    }
}

async fn block(mut store: Store<'_>, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
    let state = store.data_mut();
    match state.journal.clone() {
        None => state.table.block(pollable).await,
        Some(Journal::Recorder(recorder)) => {
            state.table.block(pollable).await?;
            recorder.signal(Signal::Waited);
            Ok(())
        }
        Some(Journal::Replayer(replayer)) => match replayer.next_signal() {
            Some(_) => state.table.block(pollable).await,
            None => {
                let end = replayer.exhausted_waiting("`pollable.block`").await;
                Err(Stopped::from(end).into())
            }
        },
    }
}

async fn read(
    mut store: Store<'_>,
    stream: Resource<DynInputStream>,
    bytes: u64,
) -> Streamed<Vec<u8>> {
    let state = store.data_mut();
    let again = Resource::new_borrow(stream.rep());
    if !is_readable(state, stream).await? {
        return Ok((Ok(Vec::new()),));
    }
    let read = state.table.read(again, bytes);
    record_read(state, read.as_ref().is_ok_and(Vec::is_empty));
    answered(state, read)
}

async fn skip(mut store: Store<'_>, stream: Resource<DynInputStream>, bytes: u64) -> Streamed<u64> {
    let state = store.data_mut();
    let again = Resource::new_borrow(stream.rep());
    if !is_readable(state, stream).await? {
        return Ok((Ok(0),));
    }
    let skipped = state.table.skip(again, bytes);
    record_read(state, skipped.as_ref().is_ok_and(|bytes| *bytes == 0));
    answered(state, skipped)
}

/// False where a replayed read finds nothing; where it finds something, waits until it is there.
async fn is_readable(
    state: &mut AttemptState,
    stream: Resource<DynInputStream>,
) -> wasmtime::Result<bool> {
    let Some(Journal::Replayer(replayer)) = state.journal.clone() else {
        return Ok(true);
    };
    let is_readable = replayer.signal("a read of a stream") == Some(Signal::Readable);
    if is_readable {
        state.table.get_mut(&stream)?.ready().await;
    }
    Ok(is_readable)
}

fn record_read(state: &AttemptState, is_nothing: bool) {
    if let Some(Journal::Recorder(recorder)) = &state.journal {
        recorder.signal(match is_nothing {
            true => Signal::NotReadable,
            false => Signal::Readable,
        });
    }
}

async fn check_write(mut store: Store<'_>, stream: Resource<DynOutputStream>) -> Streamed<u64> {
    let state = store.data_mut();
    if let Some(Journal::Replayer(replayer)) = state.journal.clone() {
        if replayer.signal("a write to a stream") != Some(Signal::Writable) {
            return Ok((Ok(0),));
        }
        state.table.get_mut(&stream)?.ready().await;
    }
    let bytes = state.table.check_write(stream);
    if let Some(Journal::Recorder(recorder)) = &state.journal {
        recorder.signal(match &bytes {
            Ok(0) => Signal::NotWritable,
            Ok(_) | Err(_) => Signal::Writable,
        });
    }
    answered(state, bytes)
}

fn answered<T>(state: &mut AttemptState, answer: StreamResult<T>) -> Streamed<T> {
    Ok((match answer {
        Ok(answer) => Ok(answer),
        Err(error) => Err(convert(state, error)?),
    },))
}

fn convert(state: &mut AttemptState, error: StreamError) -> wasmtime::Result<streams::StreamError> {
    state.table.convert_stream_error(error)
}
