//! What the door itself answers, where no handler gets to see the request: problem details (RFC 9457) like everywhere.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::stream::Socket;

/// How long a client that is still sending is listened to after its answer, and how much is taken from it. To close at
/// once would reset the connection, and many clients would never see the answer.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 4 * 1024 * 1024;

/// Why a head was refused.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refusal {
    /// It is not a request of HTTP/1.1.
    Malformed,
    /// It did not come in time.
    Late,
    /// It is longer than this many bytes, or has too many headers.
    TooLarge(usize),
}

impl Refusal {
    fn problem(self) -> (u16, &'static str, String) {
        match self {
            Self::Malformed => (400, "Bad Request", "This is not an HTTP/1.1 request.".to_owned()),
            Self::Late => (408, "Request Timeout", "The request's head came too slowly.".to_owned()),
            Self::TooLarge(bytes) => (
                431,
                "Request Header Fields Too Large",
                format!(
                    "The request line and the headers may have {bytes} bytes together, and there may be 100 headers."
                ),
            ),
        }
    }

    /// Sends the answer. A client that is gone or does not read it misses it.
    pub(super) async fn send(self, socket: &mut Socket) {
        let (status, title, detail) = self.problem();
        let body = serde_json::json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
             cache-control: no-store\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        // The client is not waited for: the answer fits in an empty socket buffer.
        let _sent = tokio::time::timeout(LINGER, socket.write_all(answer.as_bytes())).await;
    }
}

/// Ends our side, and takes in what the client still sends, so that it gets to read its answer.
pub(super) async fn linger(socket: &mut Socket) {
    let run_out = async {
        socket.shutdown().await?;
        let mut scratch = vec![0; 16 * 1024];
        let mut taken = 0;
        while taken < LINGER_BYTES {
            match socket.read(&mut scratch).await? {
                0 => break,
                bytes => taken += bytes,
            }
        }
        std::io::Result::Ok(())
    };
    let _done = tokio::time::timeout(LINGER, run_out).await;
}
