//! `reflector demo`: its options, what it says, and the signals that end it.

use std::net::SocketAddr;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::serve::not_started;
use super::{CliError, Global, print};
use crate::clock::{Clock, Ids};
use crate::demo::{Demo, DemoError, Options, SPEED, SPEED_MOST};

/// What a demonstration can be told.
#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// Where to listen: ADDRESS:PORT [default: 127.0.0.1:1250, or a free port where that is taken]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The same number gives the same rooms, people and past
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many simulated people come or go in a minute
    #[arg(long, value_name = "X", default_value_t = SPEED, value_parser = clap::value_parser!(u32).range(1..=i64::from(SPEED_MOST)))]
    speed: u32,
    /// Only the past: nobody comes or goes
    #[arg(long)]
    no_live: bool,
}

/// Shows the demonstration until it is told to stop.
pub(super) async fn demo(global: &Global, args: DemoArgs) -> Result<(), CliError> {
    if global.config.is_some() || global.data_dir.is_some() {
        let text = "the demonstration takes no --config and no --data-dir: it makes up its own, and throws them away";
        return Err(CliError::Usage(text.to_owned()));
    }
    let signals = |kind| signal(kind).map_err(|e| CliError::io("cannot listen for signals", &e));
    let (mut terminate, mut interrupt) = (signals(SignalKind::terminate())?, signals(SignalKind::interrupt())?);
    // The terminal was closed: nobody watches any more, and there is nothing to reload.
    let mut hangup = signals(SignalKind::hangup())?;
    let stopped = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    };
    tokio::pin!(stopped);
    let DemoArgs { listen, seed, speed, no_live } = args;
    let log = std::env::var("REFLECTOR_LOG").ok();
    let options = Options { listen, seed, speed, is_live: !no_live, log };
    let demo = tokio::select! {
        prepared = Demo::prepare(options, Clock::default(), Ids::default()) => prepared.map_err(not_shown)?,
        // What is there by now is removed with what is dropped here.
        () = &mut stopped => return Ok(()),
    };
    for address in demo.addresses() {
        print(&format!("listening on {address}"))?;
    }
    print(&demo.welcome())?;
    demo.run_until(stopped).await;
    Ok(())
}

fn not_shown(error: DemoError) -> CliError {
    match error {
        DemoError::Start(error) => not_started(error),
        DemoError::Io { what, error } => CliError::io(&what, &error),
        error @ (DemoError::Asked { .. } | DemoError::Chance(_) | DemoError::Config(_)) => {
            CliError::Io(format!("the demonstration failed: {error}"))
        }
    }
}
