//! Debian's Prosody on loopback, with a conference service that has our module.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::{WEBHOOK_SECRET, now};

/// The domain of every Prosody here.
pub(crate) const DOMAIN: &str = "meet.rig.test";
/// How long it may take to start or to stop.
const SOON: Duration = Duration::from_secs(20);

/// A port that is free. Nobody else takes it in the moment between: the tests' own servers take ports that the system
/// picks.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running Prosody.
pub(crate) struct Prosody {
    child: Child,
    pub(crate) port: u16,
    directory: TempDir,
}

impl Prosody {
    /// Starts one that tells the server at `url`; `options` are further lines of its conference service.
    pub(crate) fn start(url: &str, options: &str) -> Self {
        let hosts = format!(
            r#"
VirtualHost "{DOMAIN}"
    authentication = "anonymous"
VirtualHost "recorder.{DOMAIN}"
    authentication = "anonymous"
VirtualHost "auth.{DOMAIN}"
    authentication = "anonymous"
Component "conference.{DOMAIN}" "muc"
    storage = "memory"
    modules_enabled = {{ "reflector" }}
    muc_room_locking = false
    muc_room_default_public_jids = true
    reflector_url = "{url}"
    reflector_secret = "{WEBHOOK_SECRET}"
    {options}
"#
        );
        Self::with(&hosts)
    }

    /// Starts one with these settings for all, and these hosts.
    pub(crate) fn with(hosts: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let root = env!("CARGO_MANIFEST_DIR");
        let at = directory.path().display();
        let config = format!(
            r#"
run_as_root = true
pidfile = "{at}/prosody.pid"
data_path = "{at}/data"
plugin_paths = {{ "{root}/packaging/prosody", "{root}/tests/it/prosody", "{root}/tests/it/prosody/jitsi" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
modules_enabled = {{ "saslauth", "disco", "ping" }}
modules_disabled = {{ "s2s", "tls", "offline" }}
c2s_require_encryption = false
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{at}/prosody.log" }} }}
{hosts}
"#
        );
        std::fs::create_dir(directory.path().join("data")).unwrap();
        std::fs::write(directory.path().join("prosody.cfg.lua"), config).unwrap();
        let child = spawn(&directory);
        let mut prosody = Self { child, port, directory };
        prosody.wait();
        prosody
    }

    /// Kills it at once, as a failing machine would; its data stay.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to end, and waits until it has.
    pub(crate) fn stop(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let begun = now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < SOON, "Prosody does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts it again over the same data.
    pub(crate) fn start_again(&mut self) {
        self.child = spawn(&self.directory);
        self.wait();
    }

    /// Its configuration.
    pub(crate) fn config(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("prosody.cfg.lua")).unwrap()
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("prosody.log")).unwrap_or_default()
    }

    /// Where the module keeps what is not delivered.
    pub(crate) fn journal(&self) -> PathBuf {
        self.directory.path().join(format!("data/reflector-conference.{DOMAIN}.queue"))
    }

    fn wait(&mut self) {
        self.wait_for(self.port);
    }

    /// Waits until it takes connections at a port.
    pub(crate) fn wait_for(&mut self, port: u16) {
        let begun = now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < SOON, "Prosody does not start: {}", self.log());
            assert!(self.child.try_wait().unwrap().is_none(), "Prosody ended: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn spawn(directory: &TempDir) -> Child {
    // Another release than the machine's own: see `tests/prosody`.
    let program = std::env::var_os("REFLECTOR_PROSODY").unwrap_or_else(|| "prosody".into());
    let mut command = Command::new(program);
    command.args(["-F", "--config"]).arg(directory.path().join("prosody.cfg.lua"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("is Prosody installed?")
}

impl Drop for Prosody {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let _ = writeln!(std::io::stderr(), "Prosody's log:\n{}", self.log());
        }
    }
}
