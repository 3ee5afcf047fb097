//! Jibri on the same machine: its script after each recording, where it tells how it is, and the key that the script signs
//! with.

use std::path::{Path, PathBuf};

use super::draft::{Step, Text, read as read_text};
use super::own::Own;
use super::{Order, Ourselves, Plan, SetupError};
use crate::config::origin::Origin;
use crate::config::secret::Secret;
use crate::platforms::beside::hocon::edit::{Wanted, add_to_list, list as list_hocon, set};
use crate::platforms::beside::{JibriSettings, dotenv, jibri};
use crate::storage::changes::new_rights;
use crate::storage::inspect::list;

const SCRIPT: &str = "jibri-finalize";
const SCRIPT_MODE: u32 = 0o755;
/// What a script has in it that tells of recordings already: ours, or the integration guide's.
const TELLS: [&str; 2] = ["jibri-finalize", "recording-complete"];
/// The variables of Jibri's service, which its script inherits.
const ENVIRONMENT: &str = "jibri.env";
const ENVIRONMENT_MODE: u32 = 0o640;
const KEY: &str = "JITSI_WEBHOOK_SECRET";
const API_URL: &str = "REFLECTOR_API_URL";
const UNIT_MODE: u32 = 0o644;
const UNITS: &str = "systemd/system/jibri.service.d";
const SUBSCRIBERS: &str = "jibri.webhook.subscribers";

/// Jibri's file, and what it says; none where there is no Jibri.
pub(super) fn read(etc: &Path) -> Result<Option<(Text, JibriSettings)>, SetupError> {
    let file = read_text(&etc.join("jitsi/jibri/jibri.conf"))?;
    Ok(file.map(|file| (jibri(&file.text), file)).map(|(settings, file)| (file, settings)))
}

/// What its changes are made of.
pub(super) struct Site<'s> {
    pub(super) etc: &'s Path,
    pub(super) order: &'s Order,
    pub(super) ourselves: &'s Ourselves,
    /// Where it reaches the server.
    pub(super) url: &'s str,
    pub(super) key: Option<&'s Secret>,
}

impl Site<'_> {
    /// Plans its changes, and gives the commands that put them in force.
    pub(super) fn plan(
        &self,
        file: &Text,
        settings: &JibriSettings,
        own: &mut Own<'_>,
        plan: &mut Plan,
    ) -> Result<Vec<String>, SetupError> {
        let directory = settings.recordings_directory.as_deref();
        plan.found.push(format!(
            "Jibri: {}, recordings in {}",
            file.path.display(),
            directory.unwrap_or("a directory that it does not tell")
        ));
        if let Some(directory) = directory {
            self.directory(directory, own, plan);
        }
        let before = plan.changes.len();
        let mut steps = Vec::new();
        let url = self.url.to_owned();
        let is_subscriber = |urls: Vec<String>| urls.iter().any(|known| known.trim_end_matches('/') == url);
        if !list_hocon(&file.text, SUBSCRIBERS).is_some_and(is_subscriber) {
            let by_hand = format!("{SUBSCRIBERS} = [\"{}\"]", self.url);
            steps.push(Step::new(by_hand, |text| add_to_list(text, SUBSCRIBERS, self.url)));
        }
        let script = self.order.library.join(SCRIPT);
        let tells_already = self.script(settings.finalize_script.as_deref(), &script, &mut steps, plan)?;
        if !steps.is_empty() {
            plan.edit(file, &steps);
        }
        let mut units = false;
        if tells_already && self.ourselves.loaded.config.jitsi.webhook_secret.is_none() {
            plan.by_hand
                .push("Jibri's script tells of recordings already: let it sign with jitsi.webhook_secret.".to_owned());
        }
        if !tells_already {
            plan.write(&script, &self.script_text(), new_rights(SCRIPT_MODE, None))?;
            units = self.environment(plan)?;
        }
        let mut restarts = Vec::new();
        if units {
            restarts.push("systemctl daemon-reload".to_owned());
        }
        if plan.changes.len() > before {
            restarts.push("systemctl restart jibri".to_owned());
        }
        Ok(restarts)
    }

    /// Its recordings must lie where we look for them.
    fn directory(&self, directory: &str, own: &mut Own<'_>, plan: &mut Plan) {
        let known = &self.ourselves.loaded.config.recordings.directories;
        if known.iter().any(|known| Path::new(directory).starts_with(known)) {
            return;
        }
        let known = known.iter().map(|known| known.display().to_string()).collect();
        own.extend("recordings.directories", known, directory, plan);
    }

    /// Whether the script that Jibri runs tells of recordings without us. Another one is left alone.
    fn script<'s>(
        &self,
        now: Option<&str>,
        ours: &Path,
        steps: &mut Vec<Step<'s>>,
        plan: &mut Plan,
    ) -> Result<bool, SetupError> {
        const PATH: &str = "jibri.recording.finalize-script";
        let ours = ours.display().to_string();
        if now == Some(ours.as_str()) {
            return Ok(false);
        }
        let there = match now {
            Some(now) if Path::new(now).is_file() => now,
            // Its own default is no file.
            _ => {
                let by_hand = format!("{PATH} = \"{ours}\"");
                steps.push(Step::new(by_hand, move |text| set(text, PATH, Wanted::Text(&ours))));
                return Ok(false);
            }
        };
        // What cannot be read as a text is a program.
        let text = read_text(Path::new(there)).ok().flatten().map(|file| file.text).unwrap_or_default();
        if there.ends_with(SCRIPT) || TELLS.iter().any(|word| text.contains(word)) {
            return Ok(true);
        }
        plan.by_hand.push(format!(
            "Jibri runs {there} after each recording, which is left alone. Let it call this at its end:\n{ours} \"$1\""
        ));
        Ok(false)
    }

    fn script_text(&self) -> String {
        let program = self.order.program.display().to_string().replace('\'', "'\\''");
        format!(
            "#!/bin/sh\n# Jibri calls this with the directory of each recording.\nexec '{program}' jibri-finalize \"$@\"\n"
        )
    }

    /// The key, where the service hands it to the script; and whether the service has to be told so.
    fn environment(&self, plan: &mut Plan) -> Result<bool, SetupError> {
        let Some(key) = self.key else { return Ok(false) };
        let path = self.ourselves.main_file.with_file_name(ENVIRONMENT);
        let before = read_text(&path)?;
        let text = before.as_ref().map_or("# What Jibri's script signs with.\n", |file| &file.text).to_owned();
        let mut wanted = vec![(KEY, key.expose())];
        let api_url = &self.ourselves.loaded.config.jibri.api_url;
        let is_told = *self.ourselves.loaded.origin("jibri.api_url") != Origin::Default;
        let url = if is_told { api_url.as_str() } else { self.url };
        if url != "http://127.0.0.1:1250" {
            wanted.push((API_URL, url));
        }
        let edited = wanted.iter().try_fold(text, |text, (name, value)| dotenv::set(&text, name, value));
        match edited {
            Ok(text) => drop(plan.write(&path, &text, new_rights(ENVIRONMENT_MODE, None))?),
            Err(why) => {
                let lines: Vec<String> = wanted.iter().map(|(name, value)| format!("{name}={value}")).collect();
                plan.by_hand.push(format!(
                    "{} is not edited, for {why}. Put in:\n{}",
                    path.display(),
                    lines.join("\n")
                ));
            }
        }
        let directory = self.etc.join(UNITS);
        let mut is_read = false;
        for unit in list(&directory, ".conf") {
            let text = read_text(&unit)?.map(|file| file.text).unwrap_or_default();
            is_read |= text.lines().any(|line| reads(line, &path));
        }
        if is_read {
            return Ok(false);
        }
        let text = format!("[Service]\nEnvironmentFile={}\n", path.display());
        plan.write(&directory.join("reflector.conf"), &text, new_rights(UNIT_MODE, None))
    }
}

/// Whether a line of a unit hands the variables of this file to the service.
fn reads(line: &str, path: &PathBuf) -> bool {
    let value = line.trim().strip_prefix("EnvironmentFile=").map(|value| value.trim_start_matches('-'));
    value.is_some_and(|value| Path::new(value) == path)
}
