//! Requests one after another over connections that are kept, with bodies that stream: how this program talks to a store of
//! objects. A connection belongs to whoever uses it, and lies idle in between; nothing runs in the background.

use std::future::poll_fn;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::{NoAnswer, connect, is_secure, place};

/// How many connections are kept that nobody uses.
const IDLE_MOST: usize = 8;
/// How long a connection in use may stay without a byte in either direction. A whole transfer takes as long as it takes.
const SILENCE_MOST: Duration = Duration::from_secs(60);
/// How long it may take to connect, securely where that is asked for.
const OPEN_MOST: Duration = Duration::from_secs(10);

type Connection = Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>;
type Idle<B> = Mutex<Vec<(String, Wire<B>)>>;

/// The connections to some servers. Clones share them.
#[derive(Debug)]
pub(crate) struct Pool<B> {
    idle: Arc<Idle<B>>,
}

impl<B> Default for Pool<B> {
    fn default() -> Self {
        Self { idle: Arc::default() }
    }
}

/// A connection, and whatever moves it on, until that has ended.
struct Wire<B> {
    sender: SendRequest<B>,
    connection: Option<Connection>,
}

impl<B> std::fmt::Debug for Wire<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl<B> Pool<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    /// Sends a request to where its URL leads, and gives the answer, whose body is still to come.
    ///
    /// # Errors
    /// [`NoAnswer`]. An answer of any status is no error.
    pub(crate) async fn send(&self, request: Request<B>) -> Result<Response<Flow<B>>, NoAnswer> {
        let (mut head, body) = request.into_parts();
        let url = std::mem::take(&mut head.uri);
        let unreachable = |error: &dyn std::fmt::Display| NoAnswer::Unreachable(error.to_string());
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        head.uri = path.parse().map_err(|e| unreachable(&e))?;
        head.headers.insert(header::HOST, host(&url).parse().map_err(|e| unreachable(&e))?);
        let home = format!("{}{}", if is_secure(&url) { "s:" } else { "p:" }, host(&url));
        let mut wire = match self.idle(&home).await {
            Some(wire) => wire,
            None => Wire::open(&url).await?,
        };
        let (head, body) = wire.exchange(Request::from_parts(head, body)).await?.into_parts();
        let mut flow = Flow { body, wire: Mutex::new(Some(wire)), idle: Arc::clone(&self.idle), home };
        if flow.body.is_end_stream() {
            flow.keep();
        }
        Ok(Response::from_parts(head, flow))
    }

    /// A connection that was kept, where one is still good.
    async fn idle(&self, home: &str) -> Option<Wire<B>> {
        loop {
            let mut wire = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                let at = idle.iter().rposition(|(other, _)| other == home)?;
                idle.swap_remove(at).1
            };
            // Whether the other end has closed it shows when it is moved on.
            let connection = wire.connection.as_mut()?;
            let has_ended = poll_fn(|cx| Poll::Ready(connection.as_mut().poll(cx).is_ready())).await;
            if !has_ended && wire.sender.is_ready() {
                return Some(wire);
            }
        }
    }
}

impl<B> Wire<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    async fn open(url: &Uri) -> Result<Self, NoAnswer> {
        let stream = tokio::time::timeout(OPEN_MOST, connect(url)).await;
        let stream = stream.map_err(|_| NoAnswer::Unreachable("it does not answer".to_owned()))??;
        let stream = TokioIo::new(Patient { stream, silence: None });
        let (sender, connection) = handshake(stream).await.map_err(NoAnswer::NotHttp)?;
        Ok(Self { sender, connection: Some(Box::pin(connection)) })
    }

    async fn exchange(&mut self, request: Request<B>) -> Result<Response<Incoming>, NoAnswer> {
        let mut answer = std::pin::pin!(self.sender.send_request(request));
        let Some(mut connection) = self.connection.take() else { return answer.await.map_err(NoAnswer::Silent) };
        tokio::select! {
            biased;
            answered = &mut answer => {
                self.connection = Some(connection);
                answered.map_err(NoAnswer::Silent)
            }
            ended = &mut connection => match ended {
                Ok(()) => answer.await.map_err(NoAnswer::Silent),
                Err(error) => Err(NoAnswer::Silent(error)),
            },
        }
    }
}

/// The host as a request names it: with its port where that is not the scheme's own.
fn host(url: &Uri) -> String {
    let name = url.host().unwrap_or_default();
    let (_, port) = place(url);
    if port == if is_secure(url) { 443 } else { 80 } { name.to_owned() } else { format!("{name}:{port}") }
}

/// An answer's body. It moves its connection on while it is read; read to its end, it leaves it to the next request.
#[derive(Debug)]
pub(crate) struct Flow<B> {
    body: Incoming,
    /// Nobody else has it; a lock lets it be shared between threads nevertheless.
    wire: Mutex<Option<Wire<B>>>,
    idle: Arc<Idle<B>>,
    home: String,
}

impl<B> Flow<B> {
    /// Leaves the connection to the next request.
    fn keep(&mut self) {
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(wire) = wire.filter(|wire| wire.connection.is_some()) else { return };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() == IDLE_MOST {
            idle.remove(0);
        }
        idle.push((std::mem::take(&mut self.home), wire));
    }

    fn connection(&mut self) -> Option<&mut Option<Connection>> {
        let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
        wire.as_mut().map(|wire| &mut wire.connection).filter(|connection| connection.is_some())
    }
}

impl<B: Unpin> Body for Flow<B> {
    type Data = Bytes;
    type Error = NoAnswer;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            if frame.is_none() {
                this.keep();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(|error| NoAnswer::BrokenOff(error.into()))));
        }
        if let Some(slot) = this.connection()
            && let Some(connection) = slot
            && let Poll::Ready(ended) = connection.as_mut().poll(cx)
        {
            *slot = None;
            if let Err(error) = ended {
                return Poll::Ready(Some(Err(NoAnswer::BrokenOff(error.into()))));
            }
        }
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        if frame.is_none() {
            this.keep();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(|error| NoAnswer::BrokenOff(error.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that fails where nothing moves on it for too long. Time counts only while somebody waits for it.
struct Patient<S> {
    stream: S,
    /// Since something moved last.
    silence: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    fn wait<T>(&mut self, cx: &mut Context<'_>, moved: Poll<std::io::Result<T>>) -> Poll<std::io::Result<T>> {
        if moved.is_ready() {
            self.silence = None;
            return moved;
        }
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(SILENCE_MOST)));
        ready!(silence.as_mut().poll(cx));
        Poll::Ready(Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "nothing has moved for a minute")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.wait(cx, read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wait(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.wait(cx, written)
    }

    /// Else hyper would copy every body behind its head.
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
