//! The command line. Results go to standard output, everything else to standard error. A command that needs data asks
//! the running server over its admin socket; where none runs, it opens the store and asks the same routes in process.

mod client;
mod commands;
mod demo;
mod doctor;
mod finalize;
mod recordings;
mod rooms;
mod serve;
mod setup;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use crate::config::load::{Loaded, Overrides};

/// The exit codes, after sysexits.h; 1 is for a command that worked and found something wrong.
mod exit {
    pub(super) const FINDINGS: u8 = 1;
    pub(super) const USAGE: u8 = 64;
    pub(super) const UNAVAILABLE: u8 = 69;
    pub(super) const IO: u8 = 74;
    pub(super) const PERMISSION: u8 = 77;
    pub(super) const CONFIG: u8 = 78;
}

/// Rooms, meetings, attendance and recordings for a self-hosted Jitsi Meet.
#[derive(Debug, Parser)]
#[command(name = "reflector", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Clone, Debug)]
struct Global {
    /// The configuration file [default: $REFLECTOR_CONFIG, else /etc/reflector/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The directory of the data [default: $REFLECTOR_DATA_DIR, else $STATE_DIRECTORY, else the user's]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// Where to listen: ADDRESS:PORT, or unix:PATH. May be given more than once
        #[arg(long, value_name = "ADDR")]
        listen: Vec<String>,
    },
    /// Show what it is like: a server with a week of invented meetings, and people who come and go. Nothing is kept
    Demo(demo::DemoArgs),
    /// Tell the server of a finished recording: Jibri's finalize script. It always exits 0, within 5 seconds
    JibriFinalize(finalize::FinalizeArgs),
    /// Show or check the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Tokens of the API
    #[command(subcommand)]
    Token(TokenCommand),
    /// People who log in to the console
    #[command(subcommand)]
    User(UserCommand),
    /// Print a one-time link by which somebody sets up an account, good for 30 minutes
    SetupLink,
    /// The keys that links are signed with, with RS256
    #[command(subcommand)]
    Key(KeyCommand),
    /// Rooms: hold their meetings at another platform
    #[command(subcommand)]
    Room(rooms::RoomCommand),
    /// Recordings: look for them, look after them
    #[command(subcommand)]
    Recordings(recordings::RecordingsCommand),
    /// Compute everything from the log again
    Rebuild {
        /// Compare with what is stored and change nothing
        #[arg(long, required = true)]
        verify: bool,
    },
    /// Look whether everything is as it must be, and say what mends what is not
    Doctor(doctor::DoctorArgs),
    /// Set up the programs beside us
    #[command(subcommand)]
    Setup(SetupCommand),
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Subcommand)]
enum SetupCommand {
    /// Set Jitsi Meet up on this machine: shows what would change in its files, asks, keeps copies. To be run as root
    Jitsi(setup::JitsiArgs),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print every value, secrets masked
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
    /// Say whether the configuration is good
    Check,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make a token and print it; it is not shown again
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it may do: rooms:read, rooms:write, meetings:read, meetings:write, recordings:read, recordings:write,
        /// events:write, admin. May be given more than once [default: admin]
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// After how many days it expires, as 90d; it does not where nothing is said
        #[arg(long, value_name = "DAYS", value_parser = days)]
        expires: Option<u32>,
    },
    /// List the tokens
    List,
    /// Make a token useless
    Revoke {
        /// The token's id, as the list shows it
        id: String,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add somebody and print the one-time link by which they choose a password
    Add {
        /// The name
        name: String,
    },
    /// List the people
    List,
    /// Remove somebody; their sessions end
    Remove {
        /// The name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// List the keys
    List,
    /// Have another key take over, ten minutes from now; links that are signed already stay good
    Rotate {
        /// At once, and with no old key left: for when a key is in wrong hands. Links that were handed out are refused
        #[arg(long)]
        immediately: bool,
    },
}

fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').unwrap_or(text);
    number.parse().ok().filter(|days| (1..=3_650).contains(days)).ok_or_else(|| "must be 1d to 3650d".to_owned())
}

/// Why a command did not do as asked.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// The configuration is not good.
    #[error("{0}")]
    Config(String),
    /// The server cannot be asked.
    #[error("{0}")]
    Unavailable(String),
    /// Something could not be read or written.
    #[error("{0}")]
    Io(String),
    /// The system does not let us.
    #[error("{0}")]
    Permission(String),
    /// What was asked for is not as it must be.
    #[error("{0}")]
    Usage(String),
    /// The command worked, and found something wrong. Nothing is said here where it has told so already.
    #[error("{0}")]
    Findings(String),
}

impl CliError {
    const fn code(&self) -> u8 {
        match self {
            Self::Config(_) => exit::CONFIG,
            Self::Unavailable(_) => exit::UNAVAILABLE,
            Self::Io(_) => exit::IO,
            Self::Permission(_) => exit::PERMISSION,
            Self::Usage(_) => exit::USAGE,
            Self::Findings(_) => exit::FINDINGS,
        }
    }

    /// An error of the system, about something.
    fn io(what: &str, error: &std::io::Error) -> Self {
        let text = format!("{what}: {error}");
        if error.kind() == std::io::ErrorKind::PermissionDenied { Self::Permission(text) } else { Self::Io(text) }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(finalize::arguments(std::env::args_os())) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let said = error.to_string();
            if !said.is_empty() {
                say(&format!("reflector: {said}"));
            }
            ExitCode::from(error.code())
        }
    }
}

fn run(cli: Cli) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| CliError::io("cannot start the runtime", &e))?;
    let global = cli.global;
    match cli.command {
        Command::Serve { listen } => {
            let loaded = load(&global, listen.clone())?;
            runtime.block_on(serve::serve(&loaded, &global, listen))
        }
        Command::Setup(SetupCommand::Jitsi(args)) => runtime.block_on(setup::jitsi(&global, args)),
        Command::Doctor(args) => runtime.block_on(doctor::doctor(&global, args)),
        Command::Demo(args) => runtime.block_on(demo::demo(&global, args)),
        Command::JibriFinalize(args) => {
            finalize::jibri_finalize(global, args, runtime);
            Ok(())
        }
        Command::Config(ConfigCommand::Show { origin }) => print(&load(&global, Vec::new())?.show(origin)),
        Command::Config(ConfigCommand::Check) => print(&load(&global, Vec::new())?.report()),
        Command::Openapi => print(&commands::openapi()?),
        Command::Token(command) => runtime.block_on(commands::token(&global, command)),
        Command::User(command) => runtime.block_on(commands::user(&global, command)),
        Command::Key(command) => runtime.block_on(commands::key(&global, command)),
        Command::Room(command) => runtime.block_on(rooms::room(&global, command)),
        Command::Recordings(command) => runtime.block_on(recordings::recordings(&global, command)),
        Command::SetupLink => runtime.block_on(commands::setup_link(&global)),
        Command::Rebuild { verify: _ } => runtime.block_on(commands::verify(&global)),
    }
}

/// Reads the configuration of this process, and says what is odd in it.
fn load(global: &Global, listen: Vec<String>) -> Result<Loaded, CliError> {
    let flags = Overrides { config: global.config.clone(), data_dir: global.data_dir.clone(), listen };
    let loaded = Config::read(flags, Config::environment()).map_err(|e| CliError::Config(e.to_string()))?;
    for warning in &loaded.warnings {
        say(&format!("reflector: warning: {warning}"));
    }
    Ok(loaded)
}

/// The directory of the data.
fn data_dir(loaded: &Loaded) -> Result<PathBuf, CliError> {
    let none = "there is no directory for the data: give --data-dir, or set server.data_dir";
    loaded.config.data_dir(&Config::environment()).ok_or_else(|| CliError::Config(none.to_owned()))
}

/// Writes a result to standard output. Who reads it may have gone; that is no failure.
fn print(text: &str) -> Result<(), CliError> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::io("cannot write", &error)),
        _ => Ok(()),
    }
}

/// Says something on standard error.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}
