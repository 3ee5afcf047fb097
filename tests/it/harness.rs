//! The real program on a port of its own, with a data directory of its own, asked over HTTP.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

/// The secrets of every server of the tests; those of the integration guide, as it prints them.
pub(crate) const WEBHOOK_SECRET: &str = "your-32-character-hex-secret-here";
pub(crate) const JWT_SECRET: &str = "your-64-character-hex-secret-here";
/// The token of the stock event component.
pub(crate) const EVENT_TOKEN: &str = "rig-token-that-nobody-guesses";

/// Long enough for anything that should happen, on any machine.
const SOON: Duration = Duration::from_secs(30);

/// Where a server listens if it does not matter.
const ANY_PORT: &str = "127.0.0.1:0";

/// How a server is started.
pub(crate) struct Start {
    data: Option<PathBuf>,
    config: String,
    env: Vec<(String, String)>,
    token: Option<String>,
    listen: String,
}

impl Default for Start {
    /// As the guide sets it up, without limits on how often it may be asked, or on how full this machine's disks are.
    fn default() -> Self {
        let limits = "[disk]\nfloor_mib = 0\nalarm_days = 0\n[limits]\nlogin_per_minute = 0\nanonymous_per_minute = 0\ntoken_per_minute = 0\n\
                      unsigned_webhook_per_minute = 0\n";
        let env = [
            ("JITSI_DOMAIN", "meet.example.com"),
            ("JITSI_JWT_SECRET", JWT_SECRET),
            ("JITSI_WEBHOOK_SECRET", WEBHOOK_SECRET),
            ("JITSI_APP_ID", "reflector"),
            ("JITSI_JWT_ISSUER", "reflector"),
            ("JITSI_JWT_AUDIENCE", "jitsi"),
            ("REFLECTOR_JITSI__EVENT_TOKEN", EVENT_TOKEN),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { data: None, config: limits.to_owned(), env, token: None, listen: ANY_PORT.to_owned() }
    }
}

impl Start {
    /// With no configuration at all.
    pub(crate) fn bare() -> Self {
        Self { data: None, config: String::new(), env: Vec::new(), token: None, listen: ANY_PORT.to_owned() }
    }

    /// With these lines in the file besides.
    pub(crate) fn config(mut self, lines: &str) -> Self {
        self.config.push_str(lines);
        self
    }

    /// With a variable set.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Over the data of another server.
    pub(crate) fn data(mut self, directory: &Path) -> Self {
        self.data = Some(directory.to_owned());
        self
    }

    /// With a token that its data know already.
    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Where another server listened.
    pub(crate) fn listen(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    /// Starts it and waits until it listens.
    pub(crate) fn run(self) -> Server {
        let scratch = tempfile::tempdir().unwrap();
        let data = self.data.clone().unwrap_or_else(|| scratch.path().join("data"));
        let config = scratch.path().join("config.toml");
        std::fs::write(&config, &self.config).unwrap();
        let mut command = program();
        command.arg("serve").args(["--listen", &self.listen]).arg("--config").arg(&config).arg("--data-dir").arg(&data);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let Some(Ok(first)) = lines.next() else {
            let mut said = String::new();
            std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
            panic!("the server did not start: {said}");
        };
        let base = first.strip_prefix("listening on ").unwrap_or_else(|| panic!("{first}")).to_owned();
        let log = Log::follow(child.stderr.take().unwrap());
        let mut server = Server {
            child,
            base,
            data,
            config,
            http: reqwest::Client::new(),
            token: String::new(),
            log,
            _scratch: scratch,
        };
        server.token = self.token.unwrap_or_else(|| server.token_for(&["admin"]));
        server
    }
}

/// The program, with nothing of this process's environment that it would listen to.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reflector"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["REFLECTOR_", "JITSI_", "WHEREBY_", "AWS_", "NOTIFY_", "LISTEN_", "STATE_", "RUNTIME_", "WATCHDOG_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command
}

/// What the server says on standard error, gathered as it comes.
struct Log(std::sync::Arc<std::sync::Mutex<String>>);

impl Log {
    fn follow(stderr: ChildStderr) -> Self {
        let text = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let gathered = std::sync::Arc::clone(&text);
        std::thread::Builder::new()
            .spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    let mut text = gathered.lock().unwrap();
                    text.push_str(&line);
                    text.push('\n');
                }
            })
            .unwrap();
        Self(text)
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
    pub(crate) data: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) http: reqwest::Client,
    /// A token that may do everything.
    pub(crate) token: String,
    log: Log,
    _scratch: TempDir,
}

impl Server {
    /// Runs another command of the program beside the server.
    pub(crate) fn cli(&self, args: &[&str]) -> Output {
        program().args(args).arg("--config").arg(&self.config).arg("--data-dir").arg(&self.data).output().unwrap()
    }

    /// Sees to it that what is stored is what the log gives.
    pub(crate) fn verify(&self) {
        let verified = self.cli(&["rebuild", "--verify"]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }

    /// Makes a token with these scopes.
    pub(crate) fn token_for(&self, scopes: &[&str]) -> String {
        let mut args = vec!["token", "create", "--name", "test"];
        for scope in scopes {
            args.extend(["--scope", scope]);
        }
        let made = self.cli(&args);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    /// Where it listens, as an address and a port.
    pub(crate) fn address(&self) -> String {
        self.base.trim_start_matches("http://").to_owned()
    }

    /// What it has said on standard error.
    pub(crate) fn log(&self) -> String {
        self.log.0.lock().unwrap().clone()
    }

    /// A request with the token that may do everything.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(&self.token)
    }

    /// A request without any token.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// The JSON at an address; it must be there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        json(self.request(Method::GET, path).send().await.unwrap(), StatusCode::OK).await
    }

    /// Posts JSON and gives the answer, whatever its status.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    /// Makes a room and starts a meeting in it.
    pub(crate) async fn meeting(&self, room: &str) -> Value {
        json(self.post("/v1/rooms", &serde_json::json!({ "name": room })).await, StatusCode::CREATED).await;
        json(
            self.request(Method::POST, &format!("/v1/rooms/{room}/meeting")).send().await.unwrap(),
            StatusCode::CREATED,
        )
        .await
    }

    /// Sends a signed event.
    pub(crate) async fn event(&self, event: &Value) -> Response {
        self.signed("/v1/jitsi/events", &event.to_string()).await
    }

    /// Sends a signed body.
    pub(crate) async fn signed(&self, path: &str, body: &str) -> Response {
        let request = self.anonymous(Method::POST, path).header("X-Jitsi-Signature", sign(body));
        request.header("Content-Type", "application/json").body(body.to_owned()).send().await.unwrap()
    }

    /// Kills it at once, as a failing machine would; its data stay.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to end, and gives how it ended and how long that took.
    pub(crate) fn stop(&mut self) -> (std::process::ExitStatus, Duration) {
        let begun = now();
        self.signal("TERM");
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, begun.elapsed());
            }
            assert!(begun.elapsed() < SOON, "the server does not stop: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([format!("-{name}"), pid]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The real time: these are real processes.
#[expect(clippy::disallowed_methods, reason = "a test waits for real processes")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The signature of a body, as the guide makes it: with openssl.
pub(crate) fn sign(body: &str) -> String {
    sign_with(WEBHOOK_SECRET, body)
}

/// The same under another secret.
pub(crate) fn sign_with(secret: &str, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.chain_update(body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The JSON of an answer that must have this status.
pub(crate) async fn json(response: Response, status: StatusCode) -> Value {
    let (found, url) = (response.status(), response.url().clone());
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{url}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{url}: {e}: {text}"))
}

/// An answer that must be a problem with this status.
pub(crate) async fn problem(response: Response, status: StatusCode) -> Value {
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    assert_eq!(kind.as_deref(), Some("application/problem+json"), "{}", response.url());
    let problem = json(response, status).await;
    assert_eq!(problem["status"], status.as_u16());
    for field in ["type", "title", "detail"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    problem
}

/// Waits until something is so.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < SOON, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
