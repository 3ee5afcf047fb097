//! How fast the server is, each figure as a ratio to something measured in the same run on the same machine, so that it
//! can be compared between machines. The real program is asked over the loopback, as its users ask it.
//!
//! `cargo bench -- ingest meeting` runs two of them; without a name all of them run. `compare` sets this build against
//! another, whose program `REFLECTOR_BENCH_AGAINST` names: it says whether a change pays for itself.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "this is no part of the program: what goes wrong here ends it, and it measures real time"
)]

mod compare;
mod copies;
mod disk;
mod events;
mod ingest;
mod joins;
mod load;
mod media;
mod meeting;
mod pile;
mod playback;
mod rig;
mod stored;
mod stream;
mod table;

use table::Table;

type Bench = fn(&mut Table);

const BENCHES: [(&str, Bench); 10] = [
    ("compare", compare::run),
    ("copies", copies::run),
    ("ingest", ingest::run),
    ("joins", joins::run),
    ("meeting", meeting::run),
    ("pile", pile::run),
    ("playback", playback::run),
    ("stream", stream::run),
    ("size", stored::size),
    ("stored", stored::run),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    if let Some(unknown) = wanted.iter().find(|name| BENCHES.iter().all(|(known, _)| known != name)) {
        panic!("there is no bench {unknown}: {:?}", BENCHES.map(|(name, _)| name));
    }
    let mut table = Table::new();
    for (name, bench) in BENCHES {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            eprintln!("{name} …");
            bench(&mut table);
        }
    }
    table.print();
}
