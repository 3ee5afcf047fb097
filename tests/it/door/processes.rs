//! What only a process of its own can show: sockets that were handed over, and a want of file descriptors. The ignored
//! tests are those processes; the others start them.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use poem::endpoint;
use reflector::door::{self, Limits, Listener, Passed};
use reflector::tasks::Tasks;

use super::{A_WHILE, HELLO, SOON, status};

/// A child that is killed when the test ends, however it ends.
struct Kid(Child);

impl Drop for Kid {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// Runs one of the ignored tests by this shell script, which ends in `exec "$0" "$@"`.
fn start(script: &str, test: &str, stdin: Stdio) -> Kid {
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]);
    Kid(command.stdin(stdin).stdout(Stdio::piped()).spawn().unwrap())
}

fn ask(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    stream.write_all(HELLO.replace("host: x", "connection: close").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn sockets_handed_over_are_served() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let script = r#"exec 3<&0; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=api exec "$0" "$@""#;
    let passed = socket.try_clone().unwrap();
    let kid =
        start(script, "door::processes::child_with_passed_sockets", Stdio::from(std::os::fd::OwnedFd::from(passed)));
    assert!(ask(address).ends_with("I am api"));
    drop(kid);
    // The socket outlives its server: whoever comes now waits for the next one.
    let waiting = std::thread::Builder::new().spawn(move || ask(address)).unwrap();
    sleep(A_WHILE);
    assert!(!waiting.is_finished());
    let _kid =
        start(script, "door::processes::child_with_passed_sockets", Stdio::from(std::os::fd::OwnedFd::from(socket)));
    assert!(waiting.join().unwrap().ends_with("I am api"));
}

#[test]
#[ignore = "the process that the test above starts"]
fn child_with_passed_sockets() {
    serve(|| {
        let mut passed = Listener::passed().unwrap();
        let Passed { name, listener } = passed.remove(0);
        assert!(passed.is_empty() && listener.name().starts_with("http://127.0.0.1:"));
        assert!(Listener::passed().unwrap().is_empty(), "they are handed over once");
        (listener, name)
    });
}

/// Serves a listener made within the runtime, until the process is killed.
fn serve(make: impl FnOnce() -> (Listener, String)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (listener, name) = make();
        let endpoint = endpoint::make_sync(move |_| format!("I am {name}"));
        door::serve(vec![listener], endpoint, Limits::default(), Tasks::new()).await
    });
}

#[test]
fn a_want_of_file_descriptors_does_not_burn_the_processor() {
    let mut kid = start(r#"ulimit -n 32; exec "$0" "$@""#, "door::processes::child_with_few_files", Stdio::null());
    let mut lines = BufReader::new(kid.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("http://")).unwrap();
    let address: SocketAddr = line.split("http://").nth(1).unwrap().parse().unwrap();
    assert_eq!(status(&ask(address)), "200");

    let crowd: Vec<_> = (0..64).map(|_| TcpStream::connect(address).unwrap()).collect();
    sleep(A_WHILE);
    let files = fs::read_dir(format!("/proc/{}/fd", kid.0.id())).unwrap().count();
    assert!(files >= 31, "it has {files} files open and could take more");
    let before = ticks(kid.0.id());
    sleep(Duration::from_secs(1));
    let spent = ticks(kid.0.id()) - before;
    assert!(spent <= 20, "it spent {spent} of the second's 100 ticks on waiting");
    drop(crowd);
    assert_eq!(status(&ask(address)), "200");
}

/// The processor time of a process, in ticks of 10 ms (proc(5), `stat`, fields 14 and 15).
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
#[ignore = "the process that the test above starts"]
fn child_with_few_files() {
    serve(|| {
        let listener = Listener::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
        println!("{listener}");
        (listener, "short of files".to_owned())
    });
}
