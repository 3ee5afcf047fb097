//! One HTTP request over a stream that is open: how this program asks a server, its own or another's.

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// The most of an answer that is read, in bytes.
const ANSWER_MOST: usize = 64 << 20;

/// Why there is no answer. Each reads on from "the server".
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
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

/// Sends a request, which says its `Host` itself, and gives the whole answer. The stream is closed then.
///
/// # Errors
/// [`NoAnswer`]. An answer of any status is no error.
pub(crate) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<String>,
) -> Result<Response<Bytes>, NoAnswer> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(NoAnswer::NotHttp)?;
    let exchange = async {
        let response = sender.send_request(request.map(|body| Full::new(Bytes::from(body)))).await;
        let (head, body) = response.map_err(NoAnswer::Silent)?.into_parts();
        let body = Limited::new(body, ANSWER_MOST).collect().await.map_err(NoAnswer::BrokenOff)?;
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
