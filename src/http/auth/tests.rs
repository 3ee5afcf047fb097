//! The decisions on whole requests, over an application in memory.

use std::net::SocketAddr;

use poem::Body;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};

use super::*;

/// A GET request from there, with these headers.
pub(crate) fn request(peer: &str, headers: &[(&str, &str)]) -> Request {
    let mut raw = poem::http::Request::builder().uri("/");
    for (name, value) in headers {
        raw = raw.header(*name, *value);
    }
    let (parts, ()) = raw.body(()).unwrap().into_parts();
    let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
    let parts = (parts, LocalAddr(poem::Addr::default()), RemoteAddr(peer.into()), Scheme::HTTP);
    Request::from_parts(parts.into(), Body::empty())
}
