//! Our own configuration: what it lacks is taken from Jitsi's files, or made, and goes into a file of its own beside the
//! others. What somebody has set is never set otherwise.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::draft::read;
use super::{Ourselves, Plan, SetupError};
use crate::clock::Ids;
use crate::config::JitsiConfig;
use crate::config::addition::{self, Addition, Wanted};
use crate::config::origin::Origin;
use crate::config::secret::Secret;
use crate::config::values::JwtAlgorithm;
use crate::config::world::conf_d;
use crate::platforms::beside::Told;
use crate::storage::changes::new_rights;

/// The file in `conf.d`.
const FILE: &str = "jitsi.toml";
/// How it begins.
const HEAD: &str = "# Written by `reflector setup jitsi`. What stands here wins over config.toml.\n";
/// Who may read it: the user that sets up, and the server's group.
const MODE: u32 = 0o640;
/// Where a packaged server has its data.
const PACKAGED_DATA: &str = "/var/lib/reflector";
/// How many bytes of chance a secret is made of.
const SECRET_BYTES: usize = 32;

/// What is to be added.
pub(super) struct Own<'o> {
    ourselves: &'o Ourselves,
    ids: &'o Ids,
    additions: Vec<Addition>,
}

impl<'o> Own<'o> {
    pub(super) fn new(ourselves: &'o Ourselves, ids: &'o Ids) -> Self {
        Self { ourselves, ids, additions: Vec::new() }
    }

    pub(super) fn jitsi(&self) -> &'o JitsiConfig {
        &self.ourselves.loaded.config.jitsi
    }

    fn is_unset(&self, key: &str) -> bool {
        *self.ourselves.loaded.origin(key) == Origin::Default
    }

    fn want(&mut self, key: &'static str, value: impl Into<String>) {
        self.additions.push((key, Wanted::Text(value.into())));
    }

    fn secret(&self) -> Result<Secret, SetupError> {
        let text = data_encoding::HEXLOWER.encode(&self.ids.bytes::<SECRET_BYTES>()?);
        text.parse().map_err(|_| SetupError::Unclear("a secret cannot be made".to_owned()))
    }

    /// The key of events: ours, else the one that Prosody signs with already, else a new one. None where Prosody computes
    /// it and nobody told us.
    pub(super) fn webhook_secret(
        &mut self,
        theirs: &Told<Secret>,
        plan: &mut Plan,
    ) -> Result<Option<Secret>, SetupError> {
        if let Some(ours) = &self.jitsi().webhook_secret {
            return Ok(Some(ours.clone()));
        }
        if self.ourselves.server_has_key == Some(true) {
            return Err(SetupError::Unclear(
                "the running server has a key for events that this command does not see: it is in the server's environment. \
                 Give this command the same JITSI_WEBHOOK_SECRET, or the same --config"
                    .to_owned(),
            ));
        }
        let secret = match theirs {
            Told::Is(theirs) => theirs.clone(),
            Told::No => self.secret()?,
            Told::Computed => {
                plan.by_hand.push(
                    "Prosody computes reflector_secret in its file: set jitsi.webhook_secret to the same value."
                        .to_owned(),
                );
                return Ok(None);
            }
        };
        self.want("jitsi.webhook_secret", secret.expose());
        Ok(Some(secret))
    }

    /// Whether links are signed with keys whose public halves Prosody fetches.
    pub(super) fn signs_with_keys(&self) -> bool {
        self.jitsi().jwt_algorithm == JwtAlgorithm::Rs256
    }

    /// The name of the application, as it should be in Prosody; none where it is not to be set there.
    pub(super) fn app_id(&mut self, theirs: &Told<String>, place: &str, plan: &mut Plan) -> Option<String> {
        let ours = &self.jitsi().app_id;
        match theirs {
            Told::Is(theirs) if theirs == ours => None,
            Told::Is(theirs) if theirs.is_empty() => Some(ours.clone()),
            Told::No => Some(ours.clone()),
            Told::Is(theirs) if self.is_unset("jitsi.app_id") => {
                self.want("jitsi.app_id", theirs);
                None
            }
            Told::Is(theirs) => {
                plan.by_hand
                    .push(format!("{place} has the app id {theirs}, and jitsi.app_id is {ours}: make them the same."));
                None
            }
            Told::Computed => None,
        }
    }

    /// The key of the links, as it should be in Prosody; none where it is not to be set there.
    pub(super) fn app_secret(
        &mut self,
        theirs: &Told<Secret>,
        place: &str,
        plan: &mut Plan,
    ) -> Result<Option<Secret>, SetupError> {
        let is_blank = theirs.value().is_some_and(|secret| secret.expose().is_empty());
        let theirs = if is_blank { &Told::No } else { theirs };
        match (theirs, &self.jitsi().jwt_secret) {
            (Told::Is(theirs), None) => self.want("jitsi.jwt_secret", theirs.expose()),
            (Told::Is(theirs), Some(ours)) if theirs != ours => {
                plan.by_hand.push(format!("{place} has another app secret than jitsi.jwt_secret: make them the same."));
            }
            (Told::No, Some(ours)) => return Ok(Some(ours.clone())),
            (Told::No, None) => {
                let secret = self.secret()?;
                self.want("jitsi.jwt_secret", secret.expose());
                return Ok(Some(secret));
            }
            (Told::Computed, None) => {
                plan.by_hand.push(format!("{place} computes its app secret: set jitsi.jwt_secret to the same value."));
            }
            (Told::Is(_) | Told::Computed, Some(_)) => {}
        }
        Ok(None)
    }

    /// Where browsers find Jitsi, the domain that its links are for, and whom they must name.
    pub(super) fn links(&mut self, public: Option<&str>, host: &str, lists: [&Told<Vec<String>>; 2]) {
        let jitsi = self.jitsi();
        let public = match &jitsi.domain {
            Some(domain) => Some(domain.host().as_str().to_owned()),
            None => {
                if let Some(public) = public {
                    self.want("jitsi.domain", public);
                }
                public.map(|public| public.split(':').next().unwrap_or(public).to_owned())
            }
        };
        if public.is_some_and(|public| !public.eq_ignore_ascii_case(host)) && self.is_unset("jitsi.jwt_subject") {
            self.want("jitsi.jwt_subject", host);
        }
        // As Prosody will see it once our app id is theirs.
        let issuer = self.additions.iter().find_map(|(key, wanted)| match wanted {
            Wanted::Text(id) if *key == "jitsi.app_id" => Some(id.clone()),
            _ => None,
        });
        let issuer = issuer.filter(|_| jitsi.jwt_issuer.is_none()).unwrap_or_else(|| jitsi.issuer().to_owned());
        let keys = [("jitsi.jwt_issuer", issuer), ("jitsi.jwt_audience", jitsi.jwt_audience.clone())];
        for ((key, ours), list) in keys.into_iter().zip(lists) {
            let Some(list) = list.value() else { continue };
            if !list.iter().any(|one| *one == ours || one == "*")
                && let Some(first) = list.first()
                && self.is_unset(key)
            {
                self.want(key, first);
            }
        }
    }

    /// Adds an item to a list, unless it is set where no file of ours can change it.
    pub(super) fn extend(&mut self, key: &'static str, mut items: Vec<String>, item: &str, plan: &mut Plan) {
        if matches!(self.ourselves.loaded.origin(key), Origin::Env(_) | Origin::Flag(_)) {
            plan.by_hand.push(format!("Add {item:?} to {key}, which is set in the environment."));
            return;
        }
        items.push(item.to_owned());
        self.additions.push((key, Wanted::List(items)));
    }

    /// Lets recorders in these networks tell how they are, where nobody has said which may.
    pub(super) fn networks(&mut self, networks: &str, plan: &mut Plan) {
        let jibri = &self.ourselves.loaded.config.jibri;
        if jibri.networks.is_empty() {
            self.extend("jibri.networks", Vec::new(), networks, plan);
        }
    }

    /// Plans the file, and says whether anything is to be added.
    pub(super) fn finish(self, plan: &mut Plan) -> Result<bool, SetupError> {
        if self.additions.is_empty() {
            return Ok(false);
        }
        let path = self.file();
        let before = read(&path)?;
        let text = before.as_ref().map_or(HEAD, |file| &file.text);
        match addition::add(text, &self.additions) {
            Ok(text) => plan.write(&path, &text, new_rights(MODE, self.group())),
            Err(why) => {
                let line = |(key, wanted): &Addition| addition::line(key, wanted);
                let lines: String = self.additions.iter().map(line).collect();
                plan.by_hand.push(format!("{} is not edited, for {why}. Set:\n{}", path.display(), lines.trim_end()));
                Ok(false)
            }
        }
    }

    /// The server's group: that of its data or of its file. None where those are root's, as it is then.
    fn group(&self) -> Option<u32> {
        let places = [self.ourselves.data.as_path(), &self.ourselves.main_file, Path::new(PACKAGED_DATA)];
        let groups = places.into_iter().filter_map(|place| std::fs::metadata(place).ok()).map(|about| about.gid());
        groups.into_iter().find(|group| *group != 0)
    }

    fn file(&self) -> PathBuf {
        conf_d(&self.ourselves.main_file).join(FILE)
    }
}
