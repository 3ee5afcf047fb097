//! One HTTP request: how this program asks a server, its own or another's.

pub(crate) mod pool;
mod tls;

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response, Uri, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// The most of an answer that is read, in bytes.
const ANSWER_MOST: usize = 64 << 20;
/// How long one address of a host may take to be reached: a host may have several, of which some lead nowhere.
const CONNECT_MOST: Duration = Duration::from_millis(1_500);

/// Why there is no answer. Each reads on from "the server".
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// Nothing listens there, or the way there is barred.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It is reached, and cannot show that it is the one that was asked for.
    #[error("cannot be reached: {0}")]
    NotSecure(String),
    /// Something else listens there.
    #[error("does not speak HTTP: {0}")]
    NotHttp(hyper::Error),
    /// It took the request and said nothing.
    #[error("did not answer: {0}")]
    Silent(hyper::Error),
    /// The answer's head came, but not all of its body.
    #[error("broke off its answer: {0}")]
    BrokenOff(Box<dyn std::error::Error + Send + Sync>),
}

impl NoAnswer {
    /// Whether the request may have been taken nevertheless.
    pub(crate) const fn may_have_arrived(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::NotSecure(_) | Self::NotHttp(_) => false,
            Self::Silent(_) | Self::BrokenOff(_) => true,
        }
    }
}

/// Asks for the head of `/`, whatever the answer's status, and gives its `Date`.
///
/// # Errors
/// [`NoAnswer`].
pub(crate) async fn date(stream: impl AsyncRead + AsyncWrite + Unpin, host: &str) -> Result<Option<String>, NoAnswer> {
    let request = Request::head("/").header("Host", host).header("Connection", "close").body(String::new());
    // A configured host is one that may stand in a header.
    let Ok(request) = request else { return Ok(None) };
    let answer = exchange(stream, request).await?;
    Ok(answer.headers().get("date").and_then(|date| date.to_str().ok()).map(str::to_owned))
}

/// Looks whether the other end can show that it is `host`, to whoever trusts the authorities that this machine trusts.
/// Nothing but the handshake is sent.
///
/// # Errors
/// Why it cannot, as a clause.
pub(crate) async fn certificate(stream: TcpStream, host: &str) -> Result<(), String> {
    tls::secure(stream, host).await.map(drop)
}

/// Sends a request, which says its `Host` itself, and gives the whole answer. The stream is closed then.
///
/// # Errors
/// [`NoAnswer`]. An answer of any status is no error.
pub(crate) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<String>,
) -> Result<Response<Bytes>, NoAnswer> {
    exchange_within(stream, request, ANSWER_MOST).await
}

async fn exchange_within(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<String>,
    most: usize,
) -> Result<Response<Bytes>, NoAnswer> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(NoAnswer::NotHttp)?;
    let exchange = async {
        let response = sender.send_request(request.map(|body| Full::new(Bytes::from(body)))).await;
        let (head, body) = response.map_err(NoAnswer::Silent)?.into_parts();
        let body = Limited::new(body, most).collect().await.map_err(NoAnswer::BrokenOff)?;
        Ok(Response::from_parts(head, body.to_bytes()))
    };
    tokio::pin!(connection);
    tokio::pin!(exchange);
    tokio::select! {
        answered = &mut exchange => answered,
        ended = &mut connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(NoAnswer::Silent(error)),
        },
    }
}

/// What was answered to a post.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) status: u16,
    /// Whether it is one of our own errors (RFC 9457).
    pub(crate) is_problem: bool,
    pub(crate) body: Bytes,
}

/// Posts JSON to a path below a base URL.
///
/// # Errors
/// [`NoAnswer`]. An answer of any status is no error.
pub(crate) async fn post(base: &str, path: &str, headers: &[(&str, &str)], body: String) -> Result<Posted, NoAnswer> {
    let headers = [&[("content-type", "application/json")][..], headers].concat();
    let answer = post_to(&format!("{base}{path}"), &headers, body).await?;
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    Ok(Posted {
        status: answer.status().as_u16(),
        is_problem: kind.is_some_and(|kind| kind.starts_with("application/problem+json")),
        body: answer.into_body(),
    })
}

/// Posts a body to a URL, its query included.
///
/// # Errors
/// [`NoAnswer`]. An answer of any status is no error.
pub(crate) async fn post_to(url: &str, headers: &[(&str, &str)], body: String) -> Result<Response<Bytes>, NoAnswer> {
    ask("POST", url, headers, body, ANSWER_MOST).await
}

/// Sends a request to a URL, its query included, and reads at most so many bytes of the answer's body.
///
/// # Errors
/// [`NoAnswer`]: also for an answer that is longer. An answer of any status is no error.
pub(crate) async fn ask(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: String,
    most: usize,
) -> Result<Response<Bytes>, NoAnswer> {
    let unreachable = |detail: &dyn std::fmt::Display| NoAnswer::Unreachable(detail.to_string());
    let url: Uri = url.parse().map_err(|e| unreachable(&e))?;
    let host = url.authority().map(ToString::to_string).unwrap_or_default();
    let mut request = Request::builder()
        .method(method)
        .uri(url.path_and_query().map_or("/", |path| path.as_str()))
        .header(header::HOST, host)
        .header(header::USER_AGENT, concat!("reflector/", env!("CARGO_PKG_VERSION")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body).map_err(|e| unreachable(&e))?;
    exchange_within(connect(&url).await?, request, most).await
}

/// What requests are sent over.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

fn is_secure(url: &Uri) -> bool {
    url.scheme_str() == Some("https")
}

/// The host and the port that a URL leads to.
fn place(url: &Uri) -> (&str, u16) {
    let host = url.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    (host, url.port_u16().unwrap_or(if is_secure(url) { 443 } else { 80 }))
}

/// The host and the port that a URL leads to; nothing where it is none.
pub(crate) fn place_of(url: &str) -> Option<(String, u16)> {
    let url: Uri = url.parse().ok()?;
    let (host, port) = place(&url);
    Some((host.to_owned(), port))
}

/// Connects to where a URL leads, securely where it says `https`.
async fn connect(url: &Uri) -> Result<Box<dyn Stream>, NoAnswer> {
    let is_secure = is_secure(url);
    let (host, port) = place(url);
    let addresses = tokio::net::lookup_host((host, port)).await;
    let mut last = "its name has no address".to_owned();
    for address in addresses.map_err(|error| NoAnswer::Unreachable(error.to_string()))? {
        match tokio::time::timeout(CONNECT_MOST, TcpStream::connect(address)).await {
            Ok(Ok(stream)) if is_secure => {
                let stream = tls::secure(stream, host).await.map_err(NoAnswer::NotSecure)?;
                return Ok(Box::new(stream));
            }
            Ok(Ok(stream)) => return Ok(Box::new(stream)),
            Ok(Err(error)) => last = error.to_string(),
            Err(_) => last = format!("{address} does not answer"),
        }
    }
    Err(NoAnswer::Unreachable(last))
}
