//! How the library's requests reach the network: over our own client, so that there is one client of HTTP and one of TLS in the
//! program, with limits of our own.

use std::pin::Pin;
use std::sync::Arc;

use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody,
    HttpService,
};

use crate::exchange::NoAnswer;
use crate::exchange::pool::Pool;

/// The connections to one store. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Wires {
    pool: Arc<Pool<HttpRequestBody>>,
}

impl Wires {
    pub(super) fn new() -> Self {
        Self { pool: Arc::default() }
    }

    /// The same as the library wants it.
    pub(super) fn client(&self) -> HttpClient {
        HttpClient::new(self.clone())
    }
}

impl HttpConnector for Wires {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.client())
    }
}

impl HttpService for Wires {
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(async move {
            let answer = self.pool.send(request).await.map_err(told)?;
            Ok(answer.map(|body| HttpResponseBody::new(body.map_err(told))))
        })
    }
}

/// Which of them are worth another try, the library decides by their kind.
fn told(error: NoAnswer) -> HttpError {
    let kind = match &error {
        NoAnswer::Unreachable(_) => HttpErrorKind::Connect,
        NoAnswer::NotSecure(_) | NoAnswer::NotHttp(_) => HttpErrorKind::Unknown,
        NoAnswer::Silent(_) => HttpErrorKind::Request,
        NoAnswer::BrokenOff(_) => HttpErrorKind::Interrupted,
    };
    HttpError::new(kind, error)
}
