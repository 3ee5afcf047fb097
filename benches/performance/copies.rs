//! What it costs to copy a recording: to another directory, against `cp` and a sync of the same file; and to a store of objects,
//! against boto3, which most who use S3 use. And the memory that it takes.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::media;
use crate::rig::{Server, directory, until};
use crate::table::{Table, Wanted, median};

const ROUNDS: usize = 3;
/// The file that is copied to a directory, in MiB.
const LOCAL_MIB: u64 = 2_048;
/// The file that is copied to a store, in MiB: the store keeps it in memory.
const OBJECT_MIB: u64 = 512;
const BUCKET: &str = "bench";
const KEY: &str = "bench-key-0123456789";

pub(crate) fn run(table: &mut Table) {
    local(table);
    objects(table);
}

fn start(scratch: &Path, env: &[(&str, &str)]) -> (Server, String, String) {
    let pile = scratch.join("pile");
    let pile = pile.to_str().unwrap();
    let env = [&[("REFLECTOR_RECORDINGS__DIRECTORIES", pile)], env].concat();
    let server = Server::start_with(&scratch.join("data"), &env);
    let token = server.token();
    let id = media::found(&server, &token);
    (server, token, id)
}

/// How long the server takes for a copy, by its own reckoning; and the most memory that it had over what it had before.
fn copied(server: &Server, token: &str, id: &str) -> (f64, f64) {
    let idle = server.memory_mib();
    let mut most = idle;
    let begun = Instant::now();
    server.ask(token, "POST", &format!("/v1/recordings/{id}/copy"), "{}");
    let is_stored = |recording: &Value| recording["state"] == "stored";
    until(|| {
        most = most.max(server.memory_mib());
        is_stored(&server.ask(token, "GET", &format!("/v1/recordings/{id}"), "")).then_some(())
    });
    (begun.elapsed().as_secs_f64(), most - idle)
}

fn local(table: &mut Table) {
    let (mut ours, mut theirs, mut ratios, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let scratch = directory();
        let file = scratch.path().join("pile/a.mp4");
        media::large(scratch.path(), &file, LOCAL_MIB);
        let other = scratch.path().join("cp.mp4");
        let begun = Instant::now();
        assert!(Command::new("cp").arg("--reflink=never").arg(&file).arg(&other).status().unwrap().success());
        std::fs::File::open(&other).unwrap().sync_all().unwrap();
        theirs.push(begun.elapsed().as_secs_f64());
        std::fs::remove_file(&other).unwrap();
        let copies = scratch.path().join("copies");
        std::fs::create_dir(&copies).unwrap();
        let env = [
            ("REFLECTOR_STORAGE__DIRECTORY", copies.to_str().unwrap()),
            ("REFLECTOR_STORAGE__DIRECTORY_FREE_MIB", "0"),
        ];
        let (server, token, id) = start(scratch.path(), &env);
        let (took, more) = copied(&server, &token, &id);
        server.stop();
        ours.push(took);
        memory.push(more);
        ratios.push(took / theirs.last().unwrap());
    }
    let reference = format!("cp and sync: {:.2} s", median(&theirs));
    let what = format!("copy of {LOCAL_MIB} MiB to a directory, summed up");
    table.add(&what, format!("{:.2} s", median(&ours)), &reference, median(&ratios), Wanted::AtMost(1.15));
    let more = median(&memory);
    table.add("memory of that over idle, MiB", format!("{more:.1} MiB"), "", more, Wanted::AtMost(24.0));
}

/// A store of objects in memory.
struct Moto(Child, String);

impl Moto {
    fn start() -> Self {
        let mut command = Command::new(python("moto_server"));
        let mut child =
            command.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let url = lines.find_map(|line| line.split("Running on ").nth(1).map(|url| url.trim().to_owned()));
        std::thread::spawn(move || lines.for_each(drop));
        Self(child, url.expect("moto's server starts"))
    }

    /// What boto3 does there, with the bucket's name and a file, and how long the last line of it took.
    fn boto(&self, file: &Path) -> f64 {
        let script = "import boto3, sys, time\n\
                      s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id='k', aws_secret_access_key='s', \
                      region_name='us-east-1')\n\
                      s3.create_bucket(Bucket=sys.argv[2])\n\
                      begun = time.monotonic()\n\
                      s3.upload_file(sys.argv[3], sys.argv[2], 'boto')\n\
                      print(time.monotonic() - begun)\n\
                      s3.delete_object(Bucket=sys.argv[2], Key='boto')\n";
        let mut command = Command::new(python("python"));
        let output = command.args(["-c", script, &self.1, BUCKET]).arg(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A tool that tests/all installs.
fn python(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/python/bin").join(name)
}

fn objects(table: &mut Table) {
    #[expect(clippy::cast_precision_loss, reason = "some hundred")]
    let rate = |seconds: f64| OBJECT_MIB as f64 / seconds;
    let (mut ours, mut theirs, mut ratios, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (scratch, moto) = (directory(), Moto::start());
        let file = scratch.path().join("pile/a.mp4");
        media::large(scratch.path(), &file, OBJECT_MIB);
        theirs.push(rate(moto.boto(&file)));
        let env = [
            ("REFLECTOR_STORAGE__ENDPOINT", moto.1.as_str()),
            ("REFLECTOR_STORAGE__BUCKET", BUCKET),
            ("REFLECTOR_STORAGE__AWS_ACCESS_KEY_ID", KEY),
            ("REFLECTOR_STORAGE__AWS_ACCESS_KEY_SECRET", KEY),
        ];
        let (server, token, id) = start(scratch.path(), &env);
        let (took, more) = copied(&server, &token, &id);
        server.stop();
        ours.push(rate(took));
        memory.push(more);
        ratios.push(rate(took) / theirs.last().unwrap());
    }
    let reference = format!("boto3: {:.0} MiB/s", median(&theirs));
    let what = format!("copy of {OBJECT_MIB} MiB to the same store of objects, MiB/s");
    table.add(&what, format!("{:.0} MiB/s", median(&ours)), &reference, median(&ratios), Wanted::AtLeast(0.9));
    let more = median(&memory);
    table.add("memory of that over idle, MiB", format!("{more:.1} MiB"), "", more, Wanted::AtMost(24.0));
}
