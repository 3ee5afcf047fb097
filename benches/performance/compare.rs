//! This build against another, in turns: whether a change pays for itself, on a machine that is not quiet too.

use crate::events::Joins;
use crate::ingest::{CONFERENCES, READY, TIME};
use crate::load::send;
use crate::rig::{PROGRAM, Server, directory};
use crate::table::{Table, Wanted, median};

/// How often each measurement is repeated; the middle one counts.
const ROUNDS: usize = 9;

pub(crate) fn run(table: &mut Table) {
    let Ok(other) = std::env::var("REFLECTOR_BENCH_AGAINST") else { return };
    let directory = directory();
    let sides = [PROGRAM, &other].map(|program| {
        let server = Server::start_program(program, &directory.path().join(program.replace('/', "-")), &[]);
        let joins = Joins::new(server.conferences(&server.token(), CONFERENCES), 0);
        (server, joins)
    });
    let [mut ours, mut theirs] = sides;
    for connections in [1, 16, 128] {
        let (mut rates, mut ratios) = ([Vec::new(), Vec::new()], Vec::new());
        for _ in 0..ROUNDS {
            let rate = |(server, joins): &mut (Server, Joins)| {
                let mut ready = joins.ready(READY.min(connections * 2_000));
                let cpu = server.processor_seconds();
                let sent = send(server.address, connections, TIME, move |out| ready.next(out));
                #[expect(clippy::cast_precision_loss, reason = "a count")]
                let each = (server.processor_seconds() - cpu) * 1e6 / sent.answers_us.len() as f64;
                (sent.per_second(), each)
            };
            let found = [rate(&mut ours), rate(&mut theirs)];
            ratios.push(found[0].0 / found[1].0);
            for (rates, found) in rates.iter_mut().zip(found) {
                rates.push(found);
            }
        }
        let [ours, theirs] = rates.map(|rates| {
            let (rates, each): (Vec<f64>, Vec<f64>) = rates.into_iter().unzip();
            format!("{:.0}/s, {:.0} us of processor each", median(&rates), median(&each))
        });
        let what = format!("ingest, {connections} connections, against {other}");
        table.add(&what, ours, &theirs, median(&ratios), Wanted::AtLeast(1.0));
    }
}
