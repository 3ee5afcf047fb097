//! A machine with Jitsi and Reflector on it, on which all is well until something is changed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

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

/// A web server that wants TLS, refuses plain HTTP, and tells the time in doing so, as nginx does.
pub(super) fn web_server(ahead_seconds: i64) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::Builder::new()
        .spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut stream = stream;
                let mut request = [0; 1024];
                let _ = stream.read(&mut request);
                let date = chrono::DateTime::from_timestamp(seconds() + ahead_seconds, 0).unwrap();
                let date = date.format("%a, %d %b %Y %H:%M:%S GMT");
                let answer = format!("HTTP/1.1 400 Bad Request\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes());
            }
        })
        .unwrap();
    address
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
            domain: format!("localhost:{}", web_server(0).port()),
            env: vec![("REFLECTOR_JITSI__EVENT_TOKEN".to_owned(), "canary-of-the-component".to_owned())],
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
