//! Playing a large recording: how fast it goes out in ranges against nginx, which sends the same file, and how soon a player
//! that seeks has its answer. Where there is no nginx (Debian: `apt-get install nginx-light`), it is left out.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::load::{Outcome, send};
use crate::media::{self, spread};
use crate::rig::{Server, directory, until};
use crate::table::{Table, Wanted, median};

/// The recording, in MiB.
const FILE_MIB: u64 = 2_048;
/// What is asked for at a time by one who plays, and by one who seeks.
const PLAYED: u64 = 4 << 20;
const SOUGHT: u64 = 64 << 10;
const PLAYERS: usize = 8;
const SEEKERS: usize = 50;
const TIME: Duration = Duration::from_secs(5);
const ROUNDS: usize = 5;

pub(crate) fn run(table: &mut Table) {
    let scratch = directory();
    let pile = scratch.path().join("pile");
    media::large(scratch.path(), &pile.join("a.mp4"), FILE_MIB);
    let env = [("REFLECTOR_RECORDINGS__DIRECTORIES", pile.to_str().unwrap())];
    let server = Server::start_with(&scratch.path().join("data"), &env);
    let token = server.token();
    let id = media::found(&server, &token);
    let (path, header) = (format!("/v1/recordings/{id}/media"), format!("Authorization: Bearer {token}\r\n"));
    let Some(nginx) = Nginx::start(scratch.path(), &pile) else {
        eprintln!("playback is left out: there is no nginx");
        return;
    };
    let (mut ours, mut theirs, mut ratios, mut seeks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        theirs.push(mib_per_second(&ask(nginx.address, PLAYERS, PLAYED, "/a.mp4", "", round)));
        ours.push(mib_per_second(&ask(server.address, PLAYERS, PLAYED, &path, &header, round)));
        ratios.push(ours[round] / theirs[round]);
        seeks.push(ask(server.address, SEEKERS, SOUGHT, &path, &header, round).p(0.99) / 1e3);
    }
    let what = format!("a recording of {FILE_MIB} MiB in ranges, {PLAYERS} players");
    let reference = format!("nginx: {:.0} MiB/s", median(&theirs));
    table.add(&what, format!("{:.0} MiB/s", median(&ours)), &reference, median(&ratios), Wanted::AtLeast(0.8));
    let p99 = median(&seeks);
    table.add(
        &format!("a seek in it, {SEEKERS} viewers, p99 ms"),
        format!("{p99:.1} ms"),
        "",
        p99,
        Wanted::AtMost(20.0),
    );
    server.stop();
}

/// Asks for parts of the file, each at another place.
fn ask(address: SocketAddr, connections: usize, length: u64, path: &str, header: &str, round: usize) -> Outcome {
    let (path, header, mut number) = (path.to_owned(), header.to_owned(), (round as u64) << 32);
    send(address, connections, TIME, move |out| {
        number += 1;
        let from = spread(number) % ((FILE_MIB << 20) - length);
        let last = from + length - 1;
        write!(out, "GET {path} HTTP/1.1\r\nHost: bench\r\n{header}Range: bytes={from}-{last}\r\n\r\n").unwrap();
        true
    })
}

#[expect(clippy::cast_precision_loss, reason = "so many MiB")]
fn mib_per_second(outcome: &Outcome) -> f64 {
    outcome.per_second() * (PLAYED >> 20) as f64
}

/// nginx, which sends what lies in a directory.
struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    /// Starts it; nothing where there is none.
    fn start(scratch: &Path, root: &Path) -> Option<Self> {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let conf = scratch.join("nginx.conf");
        let text = format!(
            "daemon off;\nworker_processes 2;\npid {0}/nginx.pid;\nerror_log stderr;\nevents {{ worker_connections 256; }}\n\
             http {{\naccess_log off;\nsendfile on;\ntcp_nopush on;\nkeepalive_requests 1000000;\n\
             client_body_temp_path {0}/b;\nproxy_temp_path {0}/p;\nfastcgi_temp_path {0}/f;\nuwsgi_temp_path {0}/u;\n\
             scgi_temp_path {0}/s;\nserver {{ listen {address}; root {1}; }}\n}}\n",
            scratch.display(),
            root.display()
        );
        std::fs::write(&conf, text).unwrap();
        let started = Command::new("nginx").arg("-c").arg(&conf).stderr(Stdio::null()).spawn();
        let nginx = Self { child: started.ok()?, address };
        until(|| TcpStream::connect(address).ok());
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it where it is asked to end.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
