//! The minimum transfer rate of request bodies and answers.
//!
//! A total timeout would cut off large uploads over slow lines, and a timeout per read can be defeated by
//! trickling bytes. So waiting uses up a budget of time, and transferred bytes refill it.

use super::bounds::MIN_BYTES_PER_S;
use super::connection_limiter::ConnectionPermit;
use super::heads::LineScanner;
use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A body of which too little came for too long.
#[derive(Debug, thiserror::Error)]
#[error("request body timed out")]
pub(super) struct RateTimeout;

/// What is left of the rate with one caller.
struct MinRate {
    most: Duration,
    left: Duration,
    /// Since when nothing moves, and what ends when that is too long.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl MinRate {
    fn new(most: Duration) -> Self {
        Self {
            most,
            left: most,
            waiting: None,
        }
    }

    fn moved(&mut self, bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        let earned = bytes as f64 / f64::from(MIN_BYTES_PER_S);
        self.left = self.most.min(self.left + Duration::from_secs_f64(earned));
    }

    /// Nothing moves: ready once that was so for too long.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let begin = || (Instant::now(), Box::pin(sleep(left)));
        let (_, over) = self.waiting.get_or_insert_with(begin);
        over.as_mut().poll(cx)
    }
}

/// The body of a request, which fails with [`RateTimeout`].
pub(super) struct RatedBody {
    body: Body,
    rate: MinRate,
}

impl RatedBody {
    pub(super) fn wrap(body: Body, most: Duration) -> Body {
        match body.is_end_stream() {
            true => body,
            false => Body::new(Self {
                body,
                rate: MinRate::new(most),
            }),
        }
    }
}

impl http_body::Body for RatedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let came = frame.as_ref().and_then(|frame| frame.as_ref().ok());
                let bytes = came.and_then(Frame::data_ref).map_or(0, Bytes::len);
                self.rate.moved(bytes);
                Poll::Ready(frame)
            }
            Poll::Pending => {
                ready!(self.rate.poll_over(cx));
                Poll::Ready(Some(Err(axum::Error::new(RateTimeout))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that fails where its peer takes too little for too long. Reading has bounds of its own:
/// of heads, and of bodies. What is read is looked through for lines that end in two ways.
pub(super) struct RatedStream<S> {
    stream: S,
    rate: MinRate,
    scanner: LineScanner,
    connection: Arc<ConnectionPermit>,
}

impl<S: AsyncWrite + Unpin> RatedStream<S> {
    pub(super) fn new(stream: S, most: Duration, connection: Arc<ConnectionPermit>) -> Self {
        Self {
            stream,
            rate: MinRate::new(most),
            scanner: LineScanner::default(),
            connection,
        }
    }

    /// What came of writing, or that it took too long.
    fn check_rate<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
        bytes: impl FnOnce(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(written) => {
                self.rate.moved(written.as_ref().map_or(0, bytes));
                Poll::Ready(written)
            }
            Poll::Pending => {
                ready!(self.rate.poll_over(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for RatedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if let Some(why) = self.scanner.unclear_line(&buffer.filled()[before..]) {
            self.connection.found_unclear_line(why);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RatedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.check_rate(cx, written, |count| *count)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.check_rate(cx, written, |count| *count)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.check_rate(cx, flushed, |()| 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let closed = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.check_rate(cx, closed, |()| 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::time::timeout;

    const MOST: Duration = Duration::from_secs(1);
    const STEP: Duration = Duration::from_millis(100);

    async fn over(rate: &mut MinRate) {
        poll_fn(|cx| rate.poll_over(cx)).await;
    }

    #[tokio::test]
    async fn a_byte_now_and_then_keeps_nobody_waiting() {
        let mut rate = MinRate::new(MOST);
        let began = Instant::now();
        while timeout(STEP, over(&mut rate)).await.is_err() {
            rate.moved(1);
            assert!(began.elapsed() < 10 * MOST);
        }
        assert!(began.elapsed() > MOST / 2, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn who_moves_fast_enough_is_waited_for() {
        let mut rate = MinRate::new(MOST);
        let began = Instant::now();
        while began.elapsed() < MOST * 3 / 2 {
            assert!(timeout(STEP, over(&mut rate)).await.is_err());
            rate.moved(MIN_BYTES_PER_S as usize);
        }
    }
}
