//! A store of objects that speaks S3, and its queues: moto's server, which the tests run on a port of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::{Method, Response};
use serde_json::{Value, json};

/// The bucket that every store has.
pub(crate) const BUCKET: &str = "recordings-of-the-tests";
/// A key that it lets in.
pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const KEY_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A signature that nobody looks at: who has none at all is let into nothing.
const ANY_SIGNATURE: &str =
    "AWS4-HMAC-SHA256 Credential=nobody/20250115/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// The running store.
pub(crate) struct Moto {
    child: Child,
    /// Where it listens: `http://` and an address.
    pub(crate) url: String,
    http: reqwest::Client,
}

impl Moto {
    /// Starts one, and makes the bucket.
    pub(crate) async fn start() -> Self {
        let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/python/bin/moto_server");
        assert!(tool.exists(), "{} is missing: run tests/all", tool.display());
        let mut command = Command::new(tool);
        let mut child =
            command.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url =
            lines.by_ref().map_while(Result::ok).find_map(|line| line.split("Running on ").nth(1).map(str::to_owned));
        let url = url.expect("moto's server starts").trim().to_owned();
        // It writes a line a request, and must not be kept waiting.
        std::thread::Builder::new().spawn(move || lines.for_each(drop)).unwrap();
        let moto = Self { child, url, http: reqwest::Client::new() };
        assert!(moto.ask(Method::PUT, "", "").await.status().is_success());
        moto
    }

    /// What a server is told of it.
    pub(crate) fn config(&self) -> String {
        config(&self.url)
    }

    /// Asks for something of the bucket, as nobody in particular.
    pub(crate) async fn ask(&self, method: Method, key: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.http.request(method, format!("{}/{BUCKET}/{key}", self.url)).body(body);
        request.header("Authorization", ANY_SIGNATURE).send().await.unwrap()
    }

    /// What is in an object; nothing where there is none.
    pub(crate) async fn object(&self, key: &str) -> Option<Vec<u8>> {
        let found = self.ask(Method::GET, key, "").await;
        if found.status().is_success() { Some(found.bytes().await.unwrap().to_vec()) } else { None }
    }

    /// A key that may do everything with buckets, and its secret: for when signatures count.
    pub(crate) async fn key(&self) -> (String, String) {
        self.key_for(&json!([{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }])).await
    }

    /// A key that may do what these statements of a policy say, and its secret.
    pub(crate) async fn key_for(&self, statements: &Value) -> (String, String) {
        let policy = coded(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string());
        let mut said = String::new();
        for action in ["CreateUser", &format!("PutUserPolicy&PolicyName=p&PolicyDocument={policy}"), "CreateAccessKey"]
        {
            let body = format!("Action={action}&Version=2010-05-08&UserName=reflector");
            said = self.call("iam", &[("Content-Type", "application/x-www-form-urlencoded")], body).await;
        }
        let of = |name: &str| {
            let (_, rest) = said.split_once(&format!("<{name}>")).unwrap();
            rest.split_once('<').unwrap().0.to_owned()
        };
        (of("AccessKeyId"), of("SecretAccessKey"))
    }

    /// Asks something of the queues.
    pub(crate) async fn sqs(&self, operation: &str, request: &Value) -> Value {
        let target = format!("AmazonSQS.{operation}");
        let headers = [("X-Amz-Target", target.as_str()), ("Content-Type", "application/x-amz-json-1.0")];
        serde_json::from_str(&self.call("sqs", &headers, request.to_string()).await).unwrap_or_default()
    }

    async fn call(&self, service: &str, headers: &[(&str, &str)], body: String) -> String {
        let request = self.http.post(format!("{}/", self.url)).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.header("Authorization", ANY_SIGNATURE.replace("/s3/", &format!("/{service}/")));
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    }

    /// Signatures count from now on, and no key is known but those that were made.
    pub(crate) async fn check_signatures(&self) {
        self.believe("0").await;
    }

    /// Everybody is let in again.
    pub(crate) async fn believe_everybody(&self) {
        self.believe("inf").await;
    }

    async fn believe(&self, requests: &str) {
        let url = format!("{}/moto-api/reset-auth", self.url);
        let reset = self.http.post(url).body(requests.to_owned()).send().await.unwrap();
        assert!(reset.status().is_success());
    }

    /// How many objects there are, of at most a thousand.
    pub(crate) async fn objects(&self) -> usize {
        self.count("?list-type=2", "<Contents>").await
    }

    /// How many uploads are unfinished.
    pub(crate) async fn unfinished(&self) -> usize {
        self.count("?uploads=", "<Upload>").await
    }

    async fn count(&self, query: &str, element: &str) -> usize {
        self.ask(Method::GET, query, "").await.text().await.unwrap().matches(element).count()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text in a URL, slashes as they are.
pub(crate) fn coded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What a server is told of a store at this address.
pub(crate) fn config(url: &str) -> String {
    config_with(url, (KEY_ID, KEY_SECRET))
}

/// The same with another key.
pub(crate) fn config_with(url: &str, (id, secret): (&str, &str)) -> String {
    format!(
        "[storage]\nbucket = \"{BUCKET}\"\nendpoint = \"{url}\"\naws_access_key_id = \"{id}\"\n\
         aws_access_key_secret = \"{secret}\"\n"
    )
}
