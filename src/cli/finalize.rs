//! `reflector jibri-finalize`: what Jibri calls when a recording has ended. Jibri is busy until this has exited, and makes
//! nothing of how it did; so it never fails, and says on standard error what somebody should look at.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;

use super::{Global, print, say};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::config::env::Env;
use crate::config::load::{Loaded, Overrides};
use crate::finalize::{Order, Settings, Voice, finalize};

/// Under this name, or one that ends in it, the program is this command: Jibri's `finalize-script` takes a path alone.
const OWN_NAME: &str = "jibri-finalize";

#[derive(Args, Clone, Debug)]
pub(super) struct FinalizeArgs {
    /// The session's directory, as Jibri gives it; or the file of a recording
    recording: PathBuf,
    /// The room, where neither metadata.json nor the file's name tells it
    room: Option<String>,
}

/// The arguments of this process, with the command put in where its name says it.
pub(super) fn arguments(given: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = given.collect();
    let name = arguments.first().and_then(|path| Path::new(path).file_name()).and_then(|name| name.to_str());
    if name.is_some_and(|name| name.ends_with(OWN_NAME)) {
        arguments.insert(1, OWN_NAME.into());
    }
    arguments
}

/// How long the recorder waits in any case, be it that a disk or a resolver does not answer.
const MOST: Duration = Duration::from_millis(4_700);

/// `reflector jibri-finalize`
pub(super) fn jibri_finalize(global: Global, args: FinalizeArgs, runtime: Runtime) {
    let (ended, end) = mpsc::channel();
    let work = std::thread::Builder::new().name("finalize".to_owned()).spawn(move || {
        runtime.block_on(tell(&global, args));
        // Nobody listens where the time is over.
        let _ = ended.send(());
    });
    match work.map(|_| end.recv_timeout(MOST)) {
        Ok(Ok(())) => {}
        Ok(Err(mpsc::RecvTimeoutError::Timeout)) => {
            problem("a disk did not answer in time; nothing is known to be sent")
        }
        Ok(Err(mpsc::RecvTimeoutError::Disconnected)) => problem("it broke off; nothing is known to be sent"),
        Err(error) => problem(&format!("a thread cannot be started: {error}")),
    }
}

async fn tell(global: &Global, args: FinalizeArgs) {
    let room = args.room.filter(|room| !room.trim().is_empty());
    let order = Order { recording: args.recording, room };
    let voice = Voice { told: &|line| drop(print(line)), problem: &problem };
    finalize(order, settings(global), Clock::default(), Ids::default(), voice).await;
}

fn problem(line: &str) {
    say(&format!("reflector: {line}"));
}

/// What is configured. The recorder's user may not be allowed to read the server's file; then the environment alone counts.
/// Where that is not good either, the request is kept and not sent: a mistake there may be about where to.
fn settings(global: &Global) -> Settings {
    let flags = Overrides { config: global.config.clone(), ..Overrides::default() };
    let env = Config::environment();
    let error = match Config::read(flags, env.clone()) {
        Ok(loaded) => return take(&loaded),
        Err(error) => error,
    };
    problem(&format!("{error}"));
    if let Ok(loaded) = Config::from_environment(env.clone()) {
        problem("going on with what the environment says, without that file");
        return take(&loaded);
    }
    let of_use = |name: &String| name.contains("WEBHOOK_SECRET") || name.contains("SPOOL_DIR");
    let kept: Env = env.into_iter().filter(|(name, _)| of_use(name)).collect();
    let config = Config::from_environment(kept).map(|loaded| loaded.config).unwrap_or_default();
    Settings { url: None, ..Settings::of(&config) }
}

fn take(loaded: &Loaded) -> Settings {
    for warning in &loaded.warnings {
        problem(&format!("warning: {warning}"));
    }
    Settings::of(&loaded.config)
}
