//! The real program, started as its users start it, on a directory of its own on this disk.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The secret of the webhooks.
pub(crate) const SECRET: &str = "a-secret-of-the-benches";
/// The program as it is released.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_reflector");
/// How long anything may take to be there.
const SOON: Duration = Duration::from_secs(120);

/// A directory on the disk that is measured, gone when this is dropped.
pub(crate) fn directory() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) data: PathBuf,
}

impl Server {
    /// Starts the server over `data`.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts the server with further environment variables.
    pub(crate) fn start_with(data: &Path, env: &[(&str, &str)]) -> Self {
        Self::start_program(PROGRAM, data, env)
    }

    /// Starts another build of the server.
    pub(crate) fn start_program(program_path: &str, data: &Path, env: &[(&str, &str)]) -> Self {
        let mut command = program(program_path, data);
        command.args(["serve", "--listen", "127.0.0.1:0"]).envs(env.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect("the server did not start");
        Self { address: address.parse().unwrap(), child, data: data.to_owned() }
    }

    /// A token that may do everything.
    pub(crate) fn token(&self) -> String {
        let made = program(PROGRAM, &self.data).args(["token", "create", "--name", "bench"]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    /// Makes `number` rooms with a meeting in each, and gives their conferences' names.
    pub(crate) fn conferences(&self, token: &str, number: usize) -> Vec<String> {
        let conference = |index: usize| {
            let room = format!("room-{index:03}");
            self.ask(token, "POST", "/v1/rooms", &format!("{{\"name\":\"{room}\"}}"));
            let meeting = self.ask(token, "POST", &format!("/v1/rooms/{room}/meeting"), "{}");
            meeting["room_name"].as_str().unwrap().to_owned()
        };
        (0..number).map(conference).collect()
    }

    /// One request with a token.
    pub(crate) fn ask(&self, token: &str, method: &str, path: &str, body: &str) -> serde_json::Value {
        let length = body.len();
        self.exchange(&format!(
            "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// Asks whether it is ready; it must be.
    pub(crate) fn ready(&self) {
        self.exchange("GET /ready HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
    }

    /// One request on a connection of its own; the answer must be JSON.
    fn exchange(&self, request: &str) -> serde_json::Value {
        let mut socket = TcpStream::connect(self.address).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    /// The memory that the server has of its own or shares, in MiB.
    pub(crate) fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// The processor time that the server has used, in seconds.
    pub(crate) fn processor_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        // The kernel tells hundredths of a second here, whatever its own tick is.
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }

    /// Kills it at once.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end as it should.
    pub(crate) fn stop(mut self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not stop");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ignored: it may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until there is something.
pub(crate) fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < SOON, "it does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The program over `data`, with nothing of this process's environment that it would listen to, and without limits on
/// how often it may be asked.
fn program(path: &str, data: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).arg("--data-dir").arg(data);
    for (name, value) in [
        ("JITSI_DOMAIN", "meet.example.com"),
        ("JITSI_JWT_SECRET", "another-secret-of-the-benches"),
        ("JITSI_WEBHOOK_SECRET", SECRET),
        ("REFLECTOR_LIMITS__ANONYMOUS_PER_MINUTE", "0"),
        ("REFLECTOR_LIMITS__TOKEN_PER_MINUTE", "0"),
        ("REFLECTOR_LOG", "off"),
    ] {
        command.env(name, value);
    }
    command
}
