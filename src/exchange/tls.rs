//! TLS towards others, held against the authorities that the machine trusts: its own of a private network are among them
//! where it was told of them.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Makes a connection a secure one. `host` is who must be at the other end.
///
/// # Errors
/// What is wrong, as a clause: there are no authorities to believe, or they do not vouch for the other end.
pub(super) async fn secure(stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, String> {
    // Reading them takes some milliseconds, and the disk.
    let config = tokio::task::spawn_blocking(config).await.map_err(|error| error.to_string())??;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    connected.map_err(|error| format!("no secure connection: {error}"))
}

fn config() -> Result<ClientConfig, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (good, _) = roots.add_parsable_certificates(found.certs);
    if good == 0 {
        let why = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(format!("no authority is trusted here{why}: install ca-certificates, or set SSL_CERT_FILE"));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
