//! `reflector serve`: the server with its signals, and what the service manager wants to hear.

use std::path::Path;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use super::{CliError, Global, data_dir, load, print};
use crate::clock::{Clock, Ids};
use crate::config::load::Loaded;
use crate::server::{Reloader, Server, StartError, admin_socket};
use crate::telemetry;

/// Runs the server until it is told to stop.
pub(super) async fn serve(loaded: &Loaded, global: &Global, listen: Vec<String>) -> Result<(), CliError> {
    telemetry::init(&loaded.config, std::env::var("REFLECTOR_LOG").ok().as_deref());
    let data_dir = data_dir(loaded)?;
    let runtime_dir = std::env::var_os("RUNTIME_DIRECTORY");
    let socket = admin_socket(&data_dir, runtime_dir.as_deref().map(Path::new));
    let server = Server::bind(loaded.clone(), &data_dir, &socket, Clock::default(), Ids::default())
        .await
        .map_err(not_started)?;
    for address in server.addresses() {
        print(&format!("listening on {address}"))?;
    }
    invite(&server).await?;
    let signals = |kind| signal(kind).map_err(|e| CliError::io("cannot listen for signals", &e));
    let (mut terminate, mut interrupt) = (signals(SignalKind::terminate())?, signals(SignalKind::interrupt())?);
    let mut hangup = signals(SignalKind::hangup())?;
    let reloader = server.reloader();
    tell(&[NotifyState::Ready]);
    let shutdown = async {
        let mut ping = tokio::time::interval(watchdog_interval());
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => reload(&reloader, global, listen.clone()).await,
                _ = ping.tick() => if reloader.is_well().await { tell(&[NotifyState::Watchdog]) },
            }
        }
        tell(&[NotifyState::Stopping]);
    };
    server.run_until(shutdown).await;
    Ok(())
}

/// Says how the first person gets in. The link itself is a secret, so it goes to a person's terminal, not into a log.
async fn invite(server: &Server) -> Result<(), CliError> {
    if !server.needs_setup() {
        return Ok(());
    }
    if std::io::IsTerminal::is_terminal(&std::io::stdout())
        && let Some(link) = server.first_setup_link().await
    {
        return print(&format!("nobody can log in yet: within 30 minutes, open {link}"));
    }
    tracing::info!("nobody can log in yet: run `reflector setup-link` and open the address that it prints");
    Ok(())
}

/// Half of what the service manager allows between two signs of life; an hour where it wants none.
fn watchdog_interval() -> Duration {
    sd_notify::watchdog_enabled().map_or(Duration::from_secs(3_600), |most| most / 2)
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}

/// Reads the configuration again. One that is not good changes nothing.
async fn reload(reloader: &Reloader, global: &Global, listen: Vec<String>) {
    match load(global, listen) {
        Ok(loaded) => {
            let waiting = reloader.reload(loaded).await;
            if waiting.is_empty() {
                tracing::info!("the configuration was read again");
            } else {
                tracing::warn!(keys = waiting.join(", "), "the configuration was read again; these wait for a restart");
            }
        }
        Err(error) => tracing::error!(%error, "the configuration is not good; the one before stays in force"),
    }
}

pub(super) fn not_started(error: StartError) -> CliError {
    match &error {
        StartError::Refused(_) => CliError::Config(error.to_string()),
        StartError::Permission(_) => CliError::Permission(error.to_string()),
        StartError::InUse(_) | StartError::Store(_) | StartError::Listen(_) => CliError::Io(error.to_string()),
    }
}
