//! Unix sockets: what lies in the way, who may connect, what is left behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use reflector::door::{self, Limits, Listener};
use reflector::tasks::Tasks;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{HELLO, SOON, behind, exchange};

#[tokio::test]
async fn a_unix_socket_serves_and_is_gone_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("api.sock");
    // What a server that was killed leaves behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());

    let listener = Listener::unix(&path, 0o660).await.unwrap();
    assert_eq!(listener.name(), format!("unix:{}", path.display()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);
    let tasks = Tasks::new();
    let nobody = Arc::new(Semaphore::new(0));
    let endpoint = behind(Arc::clone(&nobody), nobody);
    let other = Listener::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = other.tcp_address().unwrap();
    let served = tasks.spawn(door::serve(vec![listener, other], endpoint, Limits::default(), tasks.clone()));
    let mut stream = UnixStream::connect(&path).await.unwrap();
    let answer = exchange(&mut stream, "GET /peer HTTP/1.1\r\n\r\n").await;
    assert!(answer.ends_with(&format!("unix://unknown unix://{}", path.display())), "{answer}");
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(exchange(&mut stream, HELLO).await.ends_with("hello"));

    tasks.stop();
    assert_eq!(timeout(SOON, served).await.unwrap().unwrap(), 0);
    assert!(!path.exists());
}

#[tokio::test]
async fn the_socket_of_a_live_server_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("api.sock");
    let _live = Listener::unix(&path, 0o600).await.unwrap();
    let error = Listener::unix(&path, 0o600).await.unwrap_err().to_string();
    assert!(error.contains(path.to_str().unwrap()) && error.contains("another server listens there"), "{error}");
    assert!(path.exists());
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("precious");
    fs::write(&path, "data").unwrap();
    let error = Listener::unix(&path, 0o600).await.unwrap_err().to_string();
    assert!(error.contains("no socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "data");
}

#[tokio::test]
async fn the_socket_of_a_later_server_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("api.sock");
    let first = Listener::unix(&path, 0o600).await.unwrap();
    fs::rename(&path, dir.path().join("moved.sock")).unwrap();
    let _second = Listener::unix(&path, 0o600).await.unwrap();
    drop(first);
    assert!(path.exists());
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let first = Listener::tcp("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = first.tcp_address().unwrap();
    let error = Listener::tcp(address).unwrap_err().to_string();
    assert!(error.contains(&address.to_string()), "{error}");
}
