//! `reflector setup jitsi`: shows what would change, asks, and makes the changes; or takes the newest ones back.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use poem::http::Method;
use serde_json::Value;

use super::client::Client;
use super::{CliError, Global, data_dir, load, print, say};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::config::env::Env;
use crate::config::load::Overrides;
use crate::config::values::HttpUrl;
use crate::setup::{Fault, Order, Ourselves, SetupError, plan, restart, undo};

/// Where the module and the recorder's script are put.
const LIBRARY: &str = "/usr/local/lib/reflector";

/// What `reflector setup jitsi` can be told.
#[derive(Args, Clone, Debug)]
pub(super) struct JitsiArgs {
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Change it without asking. No service is started again for it
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Take the newest change back: every file is as it was, byte for byte
    #[arg(long, conflicts_with_all = ["dry_run", "jitsi_config", "url"])]
    undo: bool,
    /// Start the services again that the changes are for, without asking; meetings that go on break off
    #[arg(long, conflicts_with = "dry_run")]
    restart: bool,
    /// Where Jitsi's configuration is: a directory with `prosody` and `jitsi` in it, or that with docker-jitsi-meet's
    /// .env [default: /etc, else this directory]
    #[arg(long, value_name = "DIR")]
    jitsi_config: Option<PathBuf>,
    /// Where Jitsi reaches the server [default: where server.listen says]
    #[arg(long, value_name = "URL")]
    url: Option<HttpUrl>,
    /// Where the Prosody module and Jibri's script are put
    #[arg(long, value_name = "DIR", default_value = LIBRARY)]
    lib_dir: PathBuf,
}

/// `reflector setup jitsi`
pub(super) async fn jitsi(global: &Global, args: JitsiArgs) -> Result<(), CliError> {
    let env = Config::environment();
    let flags = Overrides { config: global.config.clone(), ..Overrides::default() };
    let main_file = absolute(&Config::main_file(&flags, &env))?;
    let loaded = load(global, Vec::new())?;
    let data = absolute(&data_dir(&loaded)?)?;
    if args.undo {
        return take_back(&data, &args);
    }
    let server_has_key = server_has_key(&data).await?;
    let ourselves = Ourselves { loaded, main_file, data, server_has_key };
    let plan = plan(&order(&args, &env)?, &ourselves, &Ids::default()).map_err(failed)?;
    print(&plan.shown())?;
    if plan.is_empty() {
        return print("Nothing is to be done: every file is as it should be.");
    }
    if args.dry_run {
        return print("Nothing was changed: this was a dry run.");
    }
    if !args.yes && !asks("Make these changes?")?.ok_or_else(nobody)? {
        return print("Nothing was changed.");
    }
    let applied = plan.apply(&ourselves.data, &Clock::default()).map_err(failed)?;
    print(&format!(
        "Done. What was there before is in {}; `reflector setup jitsi --undo` puts it back.",
        applied.copies.display()
    ))?;
    if let Some(remark) = applied.remark {
        print(&remark)?;
    }
    start_again(plan.restarts(), &args)
}

/// `reflector setup jitsi --undo`
fn take_back(data: &Path, args: &JitsiArgs) -> Result<(), CliError> {
    let Some(undone) = undo(data).map_err(failed)? else { return print("There is nothing to take back.") };
    print(&format!("The changes of {} are taken back:", undone.made_at))?;
    for file in &undone.files {
        print(&format!("  {}", file.display()))?;
    }
    if undone.left > 0 {
        print(&format!("{} earlier changes can be taken back in the same way.", undone.left))?;
    }
    start_again(&undone.restarts, args)
}

/// Shows the commands that put the files in force, and runs them where somebody says so.
fn start_again(commands: &[String], args: &JitsiArgs) -> Result<(), CliError> {
    if commands.is_empty() {
        return Ok(());
    }
    print("To put it in force (meetings that go on break off):")?;
    for command in commands {
        print(&format!("  {command}"))?;
    }
    let runs = args.restart || (!args.yes && asks("Run these now?")?.unwrap_or(false));
    if !runs {
        return Ok(());
    }
    restart(commands).map_err(CliError::Findings)?;
    print("Done. `reflector doctor` tells whether all is well.")
}

fn order(args: &JitsiArgs, env: &Env) -> Result<Order, CliError> {
    let program = std::env::current_exe().map_err(|e| CliError::io("cannot tell where this program is", &e))?;
    let here = std::env::current_dir().map_err(|e| CliError::io("cannot tell this directory", &e))?;
    let of = |name: &str| env.get(name).filter(|value| !value.is_empty());
    // Whoever calls this with sudo means their own home.
    let homes = [of("SUDO_USER").map(|user| Path::new("/home").join(user)), of("HOME").map(PathBuf::from)];
    Ok(Order {
        jitsi_config: args.jitsi_config.clone(),
        url: args.url.clone(),
        library: absolute(&args.lib_dir)?,
        program,
        here,
        homes: homes.into_iter().flatten().collect(),
    })
}

fn absolute(path: &Path) -> Result<PathBuf, CliError> {
    std::path::absolute(path).map_err(|error| CliError::io(&format!("cannot use {}", path.display()), &error))
}

/// Whether the running server has a key for events; none where no server runs.
async fn server_has_key(data: &Path) -> Result<Option<bool>, CliError> {
    let Some(server) = Client::running(data).await? else { return Ok(None) };
    let health = server.send(Method::GET, "/v1/jitsi/health", None).await?;
    Ok(health.get("webhook_secret_configured").and_then(Value::as_bool))
}

/// Asks a person; none where there is nobody to answer.
fn asks(question: &str) -> Result<Option<bool>, CliError> {
    let _ = write!(std::io::stderr(), "{question} [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.map_err(|error| CliError::io("cannot read the answer", &error))? == 0 {
        say("");
        return Ok(None);
    }
    Ok(Some(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")))
}

fn nobody() -> CliError {
    CliError::Usage("there is nobody to ask, and nothing was changed: give --yes, or --dry-run".to_owned())
}

fn failed(error: SetupError) -> CliError {
    let said = error.to_string();
    match error.fault() {
        Fault::Asked => CliError::Usage(said),
        Fault::Found => CliError::Findings(said),
        Fault::Permission => CliError::Permission(format!("{said}; run this command as root")),
        Fault::System => CliError::Io(said),
    }
}
