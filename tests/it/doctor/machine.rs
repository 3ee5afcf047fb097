//! A machine with Jitsi and Reflector on it, on which all is well until something is changed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock};

use serde_json::Value;
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection};

use super::report;
use crate::harness::program;

pub(super) const JWT_SECRET: &str = "canary-of-the-links-0123456789abcdef";
pub(super) const WEBHOOK_SECRET: &str = "canary-of-the-events-0123456789abcdef";
/// In Prosody's files, and none of ours.
pub(super) const OTHER_SECRET: &str = "canary-of-another-program-0123456789";
pub(super) const CANARY: &str = "canary";

const PROSODY: &str = r#"
muc_mapper_domain_base = "localhost";
VirtualHost "localhost"
    authentication = "token"; -- do not delete me
    app_id = "reflector"
    app_secret = "SECRET"
    modules_enabled = { "bosh"; "websocket"; }
Component "conference.localhost" "muc"
    modules_enabled = { "muc_meeting_id"; "token_verification"; "token_affiliation"; }
Component "focus.localhost" "client_proxy"
    component_secret = "canary-of-another-program-0123456789"
"#;

/// The real time now, in seconds: the doctor compares clocks.
#[expect(clippy::disallowed_methods, reason = "the doctor asks a web server for the time")]
pub(super) fn seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Two authorities, and certificates of the first: for this machine, and for another.
const CERTIFICATES: &str = r#"
new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" "${@:2}"; }
for name in authority stranger; do new "$name" -x509 -days 2 -out "$name.pem"; done
for name in localhost other.example.com; do
    new "$name" -out "$name.csr"
    echo "subjectAltName=DNS:$name" > names
    openssl x509 -req -in "$name.csr" -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out "$name.pem"
done
"#;

/// Where they are, made once for all tests.
static CERTIFICATES_DIRECTORY: LazyLock<TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().unwrap();
    let made = Command::new("bash").args(["-euc", CERTIFICATES]).current_dir(directory.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    directory
});

/// The certificate of an authority, or one of its own.
pub(super) fn certificate(name: &str) -> PathBuf {
    CERTIFICATES_DIRECTORY.path().join(format!("{name}.pem"))
}

/// What a web server speaks beside plain HTTP, which it refuses and tells the time in doing so, as nginx does.
#[derive(Clone, Copy)]
pub(super) enum Speaks {
    PlainAlone,
    /// With the certificate of this name.
    Tls(&'static str),
}

/// A web server whose clock is so many seconds ahead of ours.
pub(super) fn web_server(ahead_seconds: i64, speaks: Speaks) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let config = match speaks {
        Speaks::PlainAlone => None,
        Speaks::Tls(name) => Some(tls(name)),
    };
    let serve_all = move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let config = config.clone();
            // Whoever asked may have gone.
            let serve = move || drop(serve(stream, ahead_seconds, config));
            std::thread::Builder::new().spawn(serve).unwrap();
        }
    };
    std::thread::Builder::new().spawn(serve_all).unwrap();
    address
}

fn serve(mut stream: TcpStream, ahead_seconds: i64, config: Option<Arc<ServerConfig>>) -> std::io::Result<()> {
    let mut first = [0; 1];
    stream.peek(&mut first)?;
    // A handshake begins so.
    if let Some(config) = config.filter(|_| first == [0x16]) {
        return ServerConnection::new(config).unwrap().complete_io(&mut stream).map(drop);
    }
    let mut request = [0; 1024];
    let _ = stream.read(&mut request)?;
    let date = chrono::DateTime::from_timestamp(seconds() + ahead_seconds, 0).unwrap();
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT");
    write!(stream, "HTTP/1.1 400 Bad Request\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n")
}

fn tls(name: &str) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_file_iter(certificate(name)).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(certificate(name).with_extension("key")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(builder.with_single_cert(chain, key).unwrap())
}

/// A machine with Jitsi and Reflector on it, on which all is well until something is changed.
pub(super) struct Machine {
    pub(super) scratch: TempDir,
    pub(super) domain: String,
    pub(super) env: Vec<(String, String)>,
}

impl Machine {
    pub(super) fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let machine = Self {
            domain: format!("localhost:{}", web_server(0, Speaks::Tls("localhost")).port()),
            env: vec![
                ("REFLECTOR_JITSI__EVENT_TOKEN".to_owned(), "canary-of-the-component".to_owned()),
                ("SSL_CERT_FILE".to_owned(), certificate("authority").display().to_string()),
            ],
            scratch,
        };
        for directory in
            ["etc/prosody/conf.d", "etc/prosody/conf.avail", "etc/jitsi/jicofo", "etc/jitsi/jibri", "recordings"]
        {
            std::fs::create_dir_all(machine.path(directory)).unwrap();
        }
        machine.write("etc/prosody/conf.d/localhost.cfg.lua", &PROSODY.replace("SECRET", JWT_SECRET));
        machine.write("etc/jitsi/jicofo/jicofo.conf", "jicofo { conference { enable-auto-owner = false } }");
        machine.write("finalize.sh", "#!/bin/sh\n");
        machine.chmod("finalize.sh", 0o755);
        let jibri = "jibri { recording { recordings-directory = \"RECORDINGS\", finalize-script = \"SCRIPT\" } }";
        let jibri = jibri.replace("RECORDINGS", machine.path("recordings").to_str().unwrap());
        machine.write(
            "etc/jitsi/jibri/jibri.conf",
            &jibri.replace("SCRIPT", machine.path("finalize.sh").to_str().unwrap()),
        );
        machine.configure("");
        machine
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn chmod(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    /// The file as it should be, and these lines of `[jitsi]` besides.
    pub(super) fn configure(&self, lines: &str) {
        let (domain, recordings) = (&self.domain, self.path("recordings"));
        let mut jitsi = toml::Table::new();
        for (key, value) in
            [("domain", domain.as_str()), ("jwt_secret", JWT_SECRET), ("webhook_secret", WEBHOOK_SECRET)]
        {
            jitsi.insert(key.to_owned(), value.into());
        }
        jitsi.extend(lines.parse::<toml::Table>().unwrap());
        // An empty text takes a value back.
        let text = format!("[recordings]\ndirectories = [\"{}\"]\n[jitsi]\n{jitsi}", recordings.display());
        self.write("config.toml", &text);
        self.chmod("config.toml", 0o640);
    }

    /// Changes a text in one of the files.
    pub(super) fn change(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(name, &text.replace(from, to));
    }

    pub(super) fn run(&self, args: &[&str]) -> Output {
        let mut command = program();
        command.arg("doctor").args(args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command.arg("--config").arg(self.path("config.toml")).arg("--data-dir").arg(self.path("data"));
        command.arg("--jitsi-config").arg(self.path("etc")).output().unwrap()
    }

    /// The report, and the exit code.
    pub(super) fn report(&self) -> (Value, Option<i32>) {
        let output = self.run(&["--json"]);
        (report(&output), output.status.code())
    }
}
