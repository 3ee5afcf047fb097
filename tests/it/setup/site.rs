//! A machine with a Jitsi on it, as Debian's packages or docker-jitsi-meet leave it, and the command that sets it up.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::program;

/// What every secret in the trees begins with.
pub(super) const CANARY: &str = "canary";
/// Prosody's app secret in Debian's tree.
pub(super) const APP_SECRET: &str = "canary-of-the-links-0123456789abcdef";
/// Where Prosody's part of Jitsi is in Debian's tree.
pub(super) const HOST_FILE: &str = "etc/prosody/conf.avail/meet.example.com.cfg.lua";
pub(super) const JICOFO: &str = "etc/jitsi/jicofo/jicofo.conf";
pub(super) const JIBRI: &str = "etc/jitsi/jibri/jibri.conf";
/// Our own part, as the command writes it.
pub(super) const OWN: &str = "reflector/conf.d/jitsi.toml";

/// Everything beneath a directory: its mode, its owner, and what is in it.
pub(super) type Snapshot = BTreeMap<PathBuf, (u32, u32, u32, Vec<u8>)>;

pub(super) struct Site {
    scratch: TempDir,
    /// What `--jitsi-config` names.
    root: &'static str,
}

impl Site {
    /// Debian's packages, with tokens and with Jibri.
    pub(super) fn debian() -> Self {
        let site = Self::new("etc");
        copy(&data("debian"), &site.path("etc"));
        std::fs::create_dir_all(site.path("etc/prosody/conf.d")).unwrap();
        for name in ["localhost", "meet.example.com"] {
            let file = format!("{name}.cfg.lua");
            symlink(format!("../conf.avail/{file}"), site.path("etc/prosody/conf.d").join(&file)).unwrap();
        }
        std::fs::create_dir(site.path("plugins")).unwrap();
        for module in ["auth_token", "token_verification", "token_affiliation"] {
            std::fs::write(site.path(&format!("plugins/mod_{module}.lua")), "-- Jitsi's\n").unwrap();
        }
        site.change(HOST_FILE, "PLUGINS", site.path("plugins").to_str().unwrap());
        site.chmod(HOST_FILE, 0o640);
        site.chmod(JICOFO, 0o604);
        site
    }

    /// docker-jitsi-meet, started once, with recordings.
    pub(super) fn docker() -> Self {
        let site = Self::new("project");
        copy(&data("docker/project"), &site.path("project"));
        copy(&data("docker/config"), &site.path("config"));
        site.change("project/.env", "CONFIGDIR", site.path("config").to_str().unwrap());
        site.chmod("project/.env", 0o600);
        site
    }

    fn new(root: &'static str) -> Self {
        let site = Self { scratch: tempfile::tempdir().unwrap(), root };
        std::fs::create_dir(site.path("reflector")).unwrap();
        std::fs::create_dir(site.path("data")).unwrap();
        site.write("reflector/config.toml", "[server]\nlisten = [\"127.0.0.1:1250\"]\n");
        site
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{from} in {text}");
        self.write(name, &text.replace(from, to));
    }

    pub(super) fn chmod(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(super) fn mode(&self, name: &str) -> u32 {
        std::fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }

    /// The command, with what it must be told of this machine.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.args(["setup", "jitsi"]).args(args).arg("--config").arg(self.path("reflector/config.toml"));
        command.arg("--data-dir").arg(self.path("data")).env_remove("SUDO_USER").env("HOME", self.path(""));
        if !args.contains(&"--undo") {
            command.arg("--jitsi-config").arg(self.path(self.root)).arg("--lib-dir").arg(self.path("lib"));
        }
        command.stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it, and gives what it says. It must end so.
    pub(super) fn says(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(!said.contains(CANARY), "{said}");
        said
    }

    /// Runs it with programs of these directories, and answers its questions. It gives the code and what it says.
    pub(super) fn answered(&self, args: &[&str], answers: &str, path: &str) -> (Option<i32>, String) {
        let mut command = self.command(args);
        command.env("PATH", path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Everything but the copies.
    pub(super) fn snapshot(&self) -> Snapshot {
        let mut found = Snapshot::new();
        let mut left = vec![self.path("")];
        while let Some(path) = left.pop() {
            if path == self.path("data") || path == self.path("bin") {
                continue;
            }
            let about = std::fs::symlink_metadata(&path).unwrap();
            let bytes = if about.is_symlink() {
                std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else if about.is_dir() {
                left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                Vec::new()
            } else {
                std::fs::read(&path).unwrap()
            };
            found.insert(path, (about.mode(), about.uid(), about.gid(), bytes));
        }
        found
    }

    /// A program of this name, found before the machine's own. Its script has `$SITE` for this machine's directory.
    pub(super) fn stub(&self, name: &str, script: &str) -> String {
        self.write(&format!("bin/{name}"), &format!("#!/bin/sh\nSITE={}\n{script}\n", self.path("").display()));
        self.chmod(&format!("bin/{name}"), 0o755);
        format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap())
    }

    /// What the doctor says of a check, with these files.
    pub(super) fn doctor(&self) -> BTreeMap<String, String> {
        let mut command = program();
        command.args(["doctor", "--json", "--config"]).arg(self.path("reflector/config.toml"));
        command.arg("--data-dir").arg(self.path("other-data")).arg("--jitsi-config").arg(self.path(self.root));
        let report: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        std::fs::remove_dir_all(self.path("other-data")).unwrap();
        let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
        report["checks"].as_array().unwrap().iter().map(|check| (text(check, "id"), text(check, "verdict"))).collect()
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/jitsi").join(name)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
