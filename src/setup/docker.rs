//! docker-jitsi-meet: its containers write their configuration anew at each start, from the variables of one `.env`. So that
//! is what is changed, and the module goes into the directory that it has for modules of others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::diff::Mask;
use super::draft::{Step, Text, read};
use super::own::Own;
use super::{MODULE, MODULE_FILE, Order, Ourselves, Plan, SetupError, url};
use crate::clock::Ids;
use crate::config::secret::Secret;
use crate::platforms::beside::lua::Value;
use crate::platforms::beside::lua::edit::{At, get};
use crate::platforms::beside::{NotEdited, Told, dotenv, plugin_paths};
use crate::platforms::jitsi_keys::PUBLIC_KEYS;
use crate::storage::changes::new_rights;

const ENV: &str = ".env";
/// What tells its `.env` from another program's: the password that Jicofo must have.
const SIGN: &str = "JICOFO_AUTH_PASSWORD";
const DOMAIN: &str = "meet.jitsi";
const MODULE_MODE: u32 = 0o644;
const OURS: &str = "reflector";
const AFFILIATION: &str = "token_affiliation";
/// The directory of an image that has the modules of others in it, that one among them.
const CONTRIB: &str = "/prosody-plugins-contrib";
/// Where containers call from, as Docker has it unless told otherwise.
const NETWORKS: &str = "172.16.0.0/12";
/// Where Prosody fetches public keys.
const KEY_SERVER: &str = "JWT_ASAP_KEYSERVER";
/// The variable of the lines for the component of the conferences.
const OPTIONS: &str = "XMPP_MUC_CONFIGURATION";
const RELOAD: &str = "systemctl reload reflector";
/// What a file of Compose has in it where Jibri's script is set up.
const JIBRI_SET_UP: &str = "jibri-finalize";
const JIBRI_FILE: &str = "jibri.yml";
const OVERRIDE_FILE: &str = "docker-compose.override.yml";

/// Whether docker-jitsi-meet's `.env` is in this directory.
pub(super) fn is_project(directory: &Path) -> bool {
    read(&directory.join(ENV)).ok().flatten().is_some_and(|file| file.text.contains(SIGN))
}

/// What its `.env` says.
struct Env {
    values: BTreeMap<String, String>,
    text: String,
}

impl Env {
    fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), Some("1" | "true" | "True" | "TRUE" | "yes" | "on"))
    }

    /// A value that may stand for other variables.
    fn told(&self, name: &str) -> Told<String> {
        match self.get(name) {
            Some(value) => Told::Is(value.to_owned()),
            None if dotenv::is_set(&self.text, name) => Told::Computed,
            None => Told::No,
        }
    }

    fn list(&self, name: &str) -> Told<Vec<String>> {
        match self.get(name) {
            Some(value) => Told::Is(value.split(',').map(|item| item.trim().to_owned()).collect()),
            None => Told::No,
        }
    }

    /// An option that stands among others in one of its lists of Prosody's lines.
    fn option(&self, list: &str, option: &str) -> Told<String> {
        let lines = self.get(list).unwrap_or_default().replace(',', "\n");
        match get(&lines, At::All, option) {
            Some(Value::Text(text)) => Told::Is(text),
            Some(_) => Told::Computed,
            None => Told::No,
        }
    }

    /// Where browsers find it: a host, with a port where it is not 443.
    fn public(&self) -> Option<&str> {
        let url = self.get("PUBLIC_URL")?;
        let rest = url.trim_start_matches("https://").trim_start_matches("http://");
        rest.split('/').next().filter(|host| !host.is_empty())
    }
}

fn secret(told: Told<String>) -> Told<Secret> {
    match told {
        Told::Is(text) => text.parse().map_or(Told::Computed, Told::Is),
        Told::Computed => Told::Computed,
        Told::No => Told::No,
    }
}

pub(super) fn plan(project: &Path, order: &Order, ourselves: &Ourselves, ids: &Ids) -> Result<Plan, SetupError> {
    let (mut plan, mut own) = (Plan::default(), Own::new(ourselves, ids));
    let path = project.join(ENV);
    let file = read(&path)?.ok_or_else(|| SetupError::Unclear(format!("there is no {}", path.display())))?;
    let env = Env { values: dotenv::read(&file.text), text: file.text.clone() };
    let config = config_directory(&env, project, order)?;
    let host = env.get("XMPP_DOMAIN").unwrap_or(DOMAIN);
    let url = url(order, ourselves, true)?;
    plan.found.push(format!("docker-jitsi-meet: {}, the domain {host}", file.path.display()));
    plan.found.push(format!("its configuration: {}", config.display()));

    let key = own.webhook_secret(&secret(env.option(OPTIONS, "reflector_secret")), &mut plan)?;
    let (takes_tokens, fetches_keys) = (takes_tokens(&env, &mut plan), env.get(KEY_SERVER).is_some());
    let place = file.path.display().to_string();
    let app_id = if takes_tokens { own.app_id(&env.told("JWT_APP_ID"), &place, &mut plan) } else { None };
    let app_secret = if takes_tokens && !own.signs_with_keys() && !fetches_keys {
        own.app_secret(&secret(env.told("JWT_APP_SECRET")), &place, &mut plan)?
    } else {
        None
    };
    let theirs = env.get("JWT_APP_SECRET").map(str::to_owned);
    let secrets = [key.as_ref(), app_secret.as_ref(), own.jitsi().jwt_secret.as_ref()];
    plan.mask = Mask::of(secrets.into_iter().flatten().map(|secret| secret.expose().to_owned()).chain(theirs));
    if env.public().is_none() && own.jitsi().domain.is_none() {
        plan.by_hand
            .push("PUBLIC_URL is not set: set jitsi.domain to the name under which browsers find Jitsi.".to_owned());
    }
    own.links(env.public(), host, [&env.list("JWT_ACCEPTED_ISSUERS"), &env.list("JWT_ACCEPTED_AUDIENCES")]);

    let site = Site { env: &env, project, config: &config, order, url: &url, key: key.as_ref() };
    let mut steps = Vec::new();
    if takes_tokens {
        steps.extend(site.tokens(app_id, app_secret, &mut plan));
        steps.extend(site.keys(own.signs_with_keys(), &mut plan));
        steps.extend(site.roles(&mut plan)?);
    }
    steps.extend(site.module());
    let module = site.modules().join(MODULE_FILE);
    plan.write(&module, MODULE, new_rights(MODULE_MODE, None))?;
    steps.extend(site.recorder(&mut own, &mut plan)?);
    plan.edit(&file, &steps);
    let changes_containers = !plan.is_empty();
    // The server first: it must know the keys before the others use them.
    if own.finish(&mut plan)? {
        plan.restarts.push(RELOAD.to_owned());
    }
    if changes_containers {
        plan.restarts.extend(site.restarts(&file, &module, &plan));
    }
    Ok(plan)
}

/// Whether the containers keep their files here. The project's own sources have a `prosody` too.
fn is_config(directory: &Path) -> bool {
    directory.join("prosody/config").is_dir()
}

/// The directory of the containers' files.
fn config_directory(env: &Env, project: &Path, order: &Order) -> Result<PathBuf, SetupError> {
    let told = env.get("CONFIG").unwrap_or("~/.jitsi-meet-cfg");
    let candidates: Vec<PathBuf> = match told.strip_prefix("~/") {
        Some(rest) => order.homes.iter().map(|home| home.join(rest)).collect(),
        None => vec![project.join(told)],
    };
    // The one that was given may be this very directory.
    let given = order.jitsi_config.iter().filter(|given| is_config(given)).cloned();
    let found = given.chain(candidates).find(|path| is_config(path));
    let found = found.ok_or_else(|| {
        SetupError::Unclear(format!(
            "docker-jitsi-meet keeps its configuration in {told}, which is not there: start it once, or give CONFIG in {} as an \
             absolute path",
            project.join(ENV).display()
        ))
    })?;
    found.canonicalize().map_err(|error| SetupError::Unreadable { path: found, error })
}

/// Whether people are to be let in by tokens: so where nothing else is set.
fn takes_tokens(env: &Env, plan: &mut Plan) -> bool {
    let kind = env.get("PROSODY_AUTH_TYPE").or_else(|| env.get("AUTH_TYPE"));
    match kind {
        Some(other) if env.is_on("ENABLE_AUTH") && other != "jwt" => {
            plan.by_hand.push(format!(
                "People log in by {other}, so that links make no difference: for links, set ENABLE_AUTH=1 and AUTH_TYPE=jwt, then \
                 run this command again."
            ));
            false
        }
        None if env.is_on("ENABLE_AUTH") => {
            plan.by_hand.push(
                "People log in with passwords, so that links make no difference: for links, set AUTH_TYPE=jwt, then run this \
                 command again."
                    .to_owned(),
            );
            false
        }
        _ => true,
    }
}

fn variable<'e>(name: &'static str, value: impl Into<String>) -> Step<'e> {
    let value = value.into();
    Step::new(format!("{name}={value}"), move |text| dotenv::set(text, name, &value))
}

fn item<'e>(name: &'static str, value: impl Into<String>) -> Step<'e> {
    let value = value.into();
    Step::new(format!("to {name}: {value}"), move |text| dotenv::add_to_list(text, name, &value))
}

/// What the changes are made of.
struct Site<'s> {
    env: &'s Env,
    project: &'s Path,
    config: &'s Path,
    order: &'s Order,
    /// Where containers reach the server.
    url: &'s str,
    key: Option<&'s Secret>,
}

impl Site<'_> {
    /// Where Prosody finds modules that are not Jitsi's.
    fn modules(&self) -> PathBuf {
        self.config.join("prosody/prosody-plugins-custom")
    }

    /// People are let in by tokens that we made, and Jicofo asks for nothing else.
    fn tokens<'e>(&self, app_id: Option<String>, app_secret: Option<Secret>, plan: &mut Plan) -> Vec<Step<'e>> {
        let env = self.env;
        let mut steps = Vec::new();
        if !env.is_on("ENABLE_AUTH") {
            plan.found.push("Anybody is let in now. With these changes, links alone let people in.".to_owned());
            steps.push(variable("ENABLE_AUTH", "1"));
        }
        if env.get("PROSODY_AUTH_TYPE").or_else(|| env.get("AUTH_TYPE")) != Some("jwt") {
            steps.push(variable("AUTH_TYPE", "jwt"));
        }
        steps.extend(app_id.map(|id| variable("JWT_APP_ID", id)));
        steps.extend(app_secret.map(|secret| variable("JWT_APP_SECRET", secret.expose())));
        steps.extend(self.off("JICOFO_ENABLE_AUTH"));
        steps
    }

    /// Where Prosody is to fetch the keys of our links. Where it fetches others, that is for a person to decide.
    fn keys<'e>(&self, are_ours: bool, plan: &mut Plan) -> Option<Step<'e>> {
        let keys = format!("{}{PUBLIC_KEYS}", self.url);
        match (are_ours, self.env.get(KEY_SERVER)) {
            (false, None) => None,
            (true, None) => Some(variable(KEY_SERVER, keys)),
            (true, Some(theirs)) if theirs.ends_with(PUBLIC_KEYS) => None,
            (true, Some(_)) => {
                plan.by_hand.push(format!("Prosody fetches keys elsewhere than ours: let {KEY_SERVER} be {keys}."));
                None
            }
            (false, Some(_)) => {
                plan.by_hand.push(format!(
                    "Prosody fetches public keys and looks at no secret: set jitsi.jwt_algorithm = \"RS256\", or take \
                     {KEY_SERVER} out; then run this command again."
                ));
                None
            }
        }
    }

    fn off<'e>(&self, name: &'static str) -> Option<Step<'e>> {
        let is_off = matches!(self.env.get(name), Some("0" | "false"));
        (!is_off).then(|| variable(name, "0"))
    }

    fn loads(&self, module: &str) -> bool {
        let modules = self.env.list("XMPP_MUC_MODULES");
        modules.value().is_some_and(|modules| modules.iter().any(|loaded| loaded == module))
    }

    /// Tokens alone decide who is moderator, where the image has what makes roles out of them.
    fn roles<'e>(&self, plan: &mut Plan) -> Result<Vec<Step<'e>>, SetupError> {
        let mut steps = Vec::new();
        if ![AFFILIATION, "token_affiliation_legacy", "token_moderation"].iter().any(|module| self.loads(module)) {
            let custom = self.modules().join(format!("mod_{AFFILIATION}.lua"));
            let written = read(&self.config.join("prosody/config/conf.d/jitsi-meet.cfg.lua"))?;
            let paths = written.map(|file| plugin_paths(&[&file.text]));
            let paths = paths.as_ref().and_then(Told::value).map(Vec::as_slice).unwrap_or_default();
            if !custom.is_file() && !paths.iter().any(|path| path.trim_end_matches('/') == CONTRIB) {
                plan.by_hand.push(format!(
                    "It is not known whether the image of Prosody has {AFFILIATION}, without which nobody would be moderator, so \
                     that the first who comes goes on being it. Where it has, add it to XMPP_MUC_MODULES; then run this command \
                     again."
                ));
                return Ok(steps);
            }
            steps.push(item("XMPP_MUC_MODULES", AFFILIATION));
        }
        steps.extend(self.off("ENABLE_AUTO_OWNER"));
        Ok(steps)
    }

    /// Our module, on the component of the conferences.
    fn module<'e>(&self) -> Vec<Step<'e>> {
        let mut steps = Vec::new();
        if !self.loads(OURS) {
            steps.push(item("XMPP_MUC_MODULES", OURS));
        }
        let wanted = [("reflector_url", Some(self.url)), ("reflector_secret", self.key.map(Secret::expose))];
        for (option, value) in wanted.into_iter().filter_map(|(option, value)| Some((option, value?))) {
            let is_ours_to_say = option == "reflector_secret" || self.order.url.is_some();
            match self.env.option(OPTIONS, option) {
                Told::No => steps.push(item(OPTIONS, format!("{option}=\"{value}\""))),
                Told::Is(theirs) if theirs != value && is_ours_to_say => {
                    let why = format!("{option} in {OPTIONS} is another one");
                    let by_hand = format!("in {OPTIONS}: {option}=\"{value}\"");
                    steps.push(Step::new(by_hand, move |_| Err(NotEdited(why.clone()))));
                }
                Told::Is(_) | Told::Computed => {}
            }
        }
        steps
    }

    /// Jibri, where recordings are on: it tells how it is. What its container must see is Compose's to say.
    fn recorder<'e>(&self, own: &mut Own<'_>, plan: &mut Plan) -> Result<Vec<Step<'e>>, SetupError> {
        let (env, url) = (self.env, self.url);
        if !env.is_on("ENABLE_RECORDING") && !self.config.join("jibri").is_dir() {
            plan.found.push("Jibri: recordings are off".to_owned());
            return Ok(Vec::new());
        }
        plan.found.push("Jibri: recordings are on".to_owned());
        own.networks(NETWORKS, plan);
        let mut steps = Vec::new();
        let subscribers = env.list("JIBRI_WEBHOOK_SUBSCRIBERS");
        if !subscribers.value().is_some_and(|urls| urls.iter().any(|known| known.trim_end_matches('/') == url)) {
            steps.push(item("JIBRI_WEBHOOK_SUBSCRIBERS", url));
        }
        for (name, value) in [("JITSI_WEBHOOK_SECRET", self.key.map(Secret::expose)), ("REFLECTOR_API_URL", Some(url))]
        {
            steps.extend(value.filter(|value| env.get(name) != Some(value)).map(|value| variable(name, value)));
        }
        let mut is_set_up = false;
        for name in [JIBRI_FILE, OVERRIDE_FILE] {
            is_set_up |= read(&self.project.join(name))?.is_some_and(|file| file.text.contains(JIBRI_SET_UP));
        }
        if !is_set_up {
            plan.by_hand.push(compose(&self.order.program));
        }
        Ok(steps)
    }

    /// What puts it in force: containers are made anew where their variables change. Another module alone wants a restart.
    fn restarts(&self, file: &Text, module: &Path, plan: &Plan) -> Vec<String> {
        let place = self.project.display().to_string().replace('\'', "'\\''");
        let compose = format!("cd '{place}' && docker compose{}", self.compose_files());
        match (plan.touches(&file.path), plan.touches(module)) {
            (true, _) => vec![format!("{compose} up -d")],
            (false, true) => vec![format!("{compose} restart prosody")],
            (false, false) => Vec::new(),
        }
    }

    /// Which files Compose is to read: by itself it finds the first and the last of these alone.
    fn compose_files(&self) -> String {
        let is_there = |name: &&str| self.project.join(name).is_file();
        let is_told = self.env.get("COMPOSE_FILE").is_some();
        if is_told || !is_there(&JIBRI_FILE) || !self.env.is_on("ENABLE_RECORDING") {
            return String::new();
        }
        let files = ["docker-compose.yml", JIBRI_FILE, OVERRIDE_FILE];
        files.into_iter().filter(is_there).map(|name| format!(" -f {name}")).collect()
    }
}

/// What the container of Jibri needs to tell of recordings.
fn compose(program: &Path) -> String {
    format!(
        "Let Jibri's container run this program after each recording. In {OVERRIDE_FILE}, or in {JIBRI_FILE}:
services:
    jibri:
        environment:
            - JIBRI_FINALIZE_RECORDING_SCRIPT_PATH=/usr/bin/reflector-jibri-finalize
            - JIBRI_RECORDING_DIR=/var/recordings
            - JIBRI_WEBHOOK_SUBSCRIBERS
            - JIBRI_INSTANCE_ID=jibri-1
            - REFLECTOR_API_URL
            - JITSI_WEBHOOK_SECRET
        volumes:
            - {}:/usr/bin/reflector-jibri-finalize:ro
            - /var/recordings:/var/recordings",
        program.display()
    )
}
