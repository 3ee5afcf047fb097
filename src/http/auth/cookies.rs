//! What a browser sends back of what it was given to keep.

use poem::http::{HeaderMap, header};

/// The values of the cookies with this name, in the order in which the browser sends them.
pub(in crate::http) fn cookies<'r>(headers: &'r HeaderMap, name: &'r str) -> impl Iterator<Item = &'r str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter_map(move |(key, value)| (key == name).then_some(value))
}
