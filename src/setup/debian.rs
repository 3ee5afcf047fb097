//! Jitsi as Debian's packages install it: Prosody's files in `prosody`, Jicofo's and Jibri's in `jitsi`.

use std::path::{Path, PathBuf};

use super::diff::Mask;
use super::draft::{Step, Text, read};
use super::own::Own;
use super::{MODULE, MODULE_FILE, Order, Ourselves, Plan, SetupError, jibri, url};
use crate::clock::Ids;
use crate::config::secret::Secret;
use crate::platforms::beside::hocon::edit::{Wanted, set as set_hocon};
use crate::platforms::beside::lua::Value;
use crate::platforms::beside::lua::edit::{At, add_to_list, get, has, set};
use crate::platforms::beside::{
    JibriSettings, ProsodySettings, Told, domains, jicofo as read_jicofo, plugin_paths, prosody_at, unusual_components,
};
use crate::platforms::jitsi_keys::PUBLIC_KEYS;
use crate::storage::changes::new_rights;
use crate::storage::inspect::{May, list, may};

const MODULE_MODE: u32 = 0o644;
/// Our module's name.
const OURS: &str = "reflector";
/// The module that keeps a token to its room.
const VERIFICATION: &str = "token_verification";
/// The modules that make roles out of tokens; any of them will do. The first two can be added.
const ROLES: [&str; 3] = ["token_affiliation", "token_affiliation_legacy", "token_moderation"];
/// Who logs in on these domains beneath Jitsi's is a machine; our module knows that by itself.
const MACHINES: [&str; 3] = ["recorder", "hidden", "auth"];
const RESTART_PROSODY: &str = "systemctl restart prosody jicofo jitsi-videobridge2";
const RESTART_JICOFO: &str = "systemctl restart jicofo";
const RELOAD: &str = "systemctl reload reflector";

/// What an option of our module is set to.
enum Setting {
    Text(String),
    List(Vec<String>),
}

/// What is there of Prosody.
struct Prosody {
    /// The file that includes the others.
    main: PathBuf,
    /// All of them, in the order in which they are read.
    files: Vec<Text>,
    settings: ProsodySettings,
    /// The component of the conferences.
    muc: String,
    paths: Told<Vec<String>>,
}

pub(super) fn plan(etc: &Path, order: &Order, ourselves: &Ourselves, ids: &Ids) -> Result<Plan, SetupError> {
    let (mut plan, mut own) = (Plan::default(), Own::new(ourselves, ids));
    let prosody = Prosody::read(etc, own.jitsi().domain.as_ref().map(|domain| domain.host().as_str()))?;
    let recorder = jibri::read(etc)?;
    let (settings, url) = (&prosody.settings, url(order, ourselves, false)?);
    plan.prosody = Some(prosody.main.clone());
    plan.found.push(format!("Prosody: the domain {}, its conferences on {}", settings.host, prosody.muc));

    let key = own.webhook_secret(&settings.module_secret, &mut plan)?;
    let takes_tokens = settings.authentication.as_deref() == Some("token");
    let place = format!("VirtualHost \"{}\" of Prosody", settings.host);
    let app_id = if takes_tokens { own.app_id(&settings.app_id, &place, &mut plan) } else { None };
    let app_secret = if takes_tokens && !own.signs_with_keys() && !settings.fetches_keys() {
        own.app_secret(&settings.app_secret, &place, &mut plan)?
    } else {
        None
    };
    let secrets = [key.as_ref(), app_secret.as_ref(), own.jitsi().jwt_secret.as_ref(), settings.app_secret.value()];
    plan.mask = Mask::of(secrets.into_iter().flatten().map(|secret| secret.expose().to_owned()));
    let mut app = texts([("app_id", app_id), ("app_secret", app_secret.map(|secret| secret.expose().to_owned()))]);
    if takes_tokens {
        app.extend(prosody.keys(own.signs_with_keys(), &url, &mut plan));
    }
    own.links(Some(&settings.host), &settings.host, [&settings.issuers, &settings.audiences]);

    let directory = prosody.module_directory(order);
    let (modules, makes_roles) = prosody.modules(takes_tokens, &mut plan);
    let wants_url = settings.module_url == Told::No || order.url.is_some();
    let mut options = prosody.options(wants_url.then_some(url.as_str()), key.as_ref());
    options.extend(prosody.names(recorder.as_ref().map(|(_, settings)| settings)));
    let is_edited = prosody.edit(&modules, options, app, &directory, &mut plan);
    plan.write(&directory.join(MODULE_FILE), MODULE, new_rights(MODULE_MODE, None))?;
    let changes_prosody = !plan.is_empty();
    let changes_jicofo = jicofo(etc, is_edited && takes_tokens && makes_roles, &mut plan)?;
    let restarts = match recorder {
        Some((file, settings)) => {
            let site = jibri::Site { etc, order, ourselves, url: &url, key: key.as_ref() };
            site.plan(&file, &settings, &mut own, &mut plan)?
        }
        None => {
            plan.found.push("Jibri: not on this machine".to_owned());
            Vec::new()
        }
    };
    if !takes_tokens {
        plan.by_hand.push(no_tokens(settings, &own.jitsi().app_id));
    }
    // The server first: it must know the keys before the others use them.
    let reload = own.finish(&mut plan)?.then_some(RELOAD);
    let prosodys = match (changes_prosody, changes_jicofo) {
        (true, _) => Some(RESTART_PROSODY),
        (false, true) => Some(RESTART_JICOFO),
        (false, false) => None,
    };
    plan.restarts.extend(reload.into_iter().chain(prosodys).map(str::to_owned).chain(restarts));
    Ok(plan)
}

fn no_tokens(settings: &ProsodySettings, app_id: &str) -> String {
    format!(
        "Prosody lets people in by {}, not by tokens, so that links make no difference. Install what takes them, with the app id \
         {app_id} and a secret of your own (openssl rand -hex 32), see that VirtualHost \"{}\" then has authentication = \
         \"token\", and run this command again:\napt-get install jitsi-meet-tokens",
        settings.authentication.as_deref().unwrap_or("its default"),
        settings.host
    )
}

/// Lets tokens alone decide who is moderator, where Prosody makes roles out of them.
fn jicofo(etc: &Path, makes_roles: bool, plan: &mut Plan) -> Result<bool, SetupError> {
    let Some(file) = read(&etc.join("jitsi/jicofo/jicofo.conf"))? else {
        plan.found.push("Jicofo: not on this machine".to_owned());
        return Ok(false);
    };
    plan.found.push(format!("Jicofo: {}", file.path.display()));
    if !makes_roles {
        return Ok(false);
    }
    let found = read_jicofo(&file.text);
    let off = |path: &'static str| {
        Step::new(format!("{path} = false"), move |text| set_hocon(text, path, Wanted::Flag(false)))
    };
    let mut steps = Vec::new();
    if found.enable_auto_owner {
        steps.push(off("jicofo.conference.enable-auto-owner"));
    }
    if found.authentication {
        steps.push(off("jicofo.authentication.enabled"));
    }
    Ok(!steps.is_empty() && plan.edit(&file, &steps))
}

impl Prosody {
    fn read(etc: &Path, domain: Option<&str>) -> Result<Self, SetupError> {
        let directory = etc.join("prosody");
        let main = directory.join("prosody.cfg.lua");
        let included = directory.join("conf.d");
        if included.exists() {
            may(&included, May::LookInto).map_err(|error| SetupError::Unreadable { path: included.clone(), error })?;
        }
        let mut files: Vec<Text> = Vec::new();
        for path in std::iter::once(main.clone()).chain(list(&included, ".cfg.lua")) {
            files.extend(read(&path)?.filter(|file| files.iter().all(|known| known.path != file.path)));
        }
        let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        let host = Self::host(&texts, domain, &directory)?;
        let settings = prosody_at(&texts, &host);
        let muc = settings.as_ref().and_then(|settings| settings.muc.clone());
        let (Some(settings), Some(muc)) = (settings, muc) else {
            return Err(SetupError::Unclear(format!("Prosody has no component for the conferences of {host}")));
        };
        Ok(Self { main, paths: plugin_paths(&texts), settings, muc, files })
    }

    /// The domain: ours, else the only one that has conferences.
    fn host(texts: &[&str], domain: Option<&str>, directory: &Path) -> Result<String, SetupError> {
        let mut found = domains(texts);
        if let Some(domain) = domain.filter(|domain| found.iter().any(|found| found.eq_ignore_ascii_case(domain))) {
            return Ok(domain.to_lowercase());
        }
        let names = found.join(", ");
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(SetupError::Unclear(format!(
                "Prosody has conferences on several domains ({names}): say which with jitsi.domain (JITSI_DOMAIN)"
            ))),
            (None, _) => Err(SetupError::Unclear(format!(
                "Prosody reads no file with a domain that has conferences, such as \"conference.meet.example.com\". One that is \
                 in {0}/conf.avail is read once it is linked: ln -s ../conf.avail/DOMAIN.cfg.lua {0}/conf.d/",
                directory.display()
            ))),
        }
    }

    fn component(&self) -> At<'_> {
        At::Component(&self.muc)
    }

    /// The file that has a section.
    fn file(&self, at: At<'_>) -> Option<&Text> {
        self.files.iter().find(|file| has(&file.text, at))
    }

    fn paths(&self) -> &[String] {
        self.paths.value().map_or(&[], Vec::as_slice)
    }

    /// The path of the modules in which one of them lies.
    fn directory_with(&self, file: &str) -> Option<PathBuf> {
        self.paths().iter().map(PathBuf::from).find(|path| path.join(file).is_file())
    }

    /// Where our module lies, or is to lie.
    fn module_directory(&self, order: &Order) -> PathBuf {
        self.directory_with(MODULE_FILE).unwrap_or_else(|| order.library.join("prosody"))
    }

    /// The modules that the conferences lack, and whether tokens make roles once they are there.
    fn modules(&self, takes_tokens: bool, plan: &mut Plan) -> (Vec<&'static str>, bool) {
        let offers = |module: &str| self.directory_with(&format!("mod_{module}.lua")).is_some();
        let mut modules = Vec::new();
        let mut makes_roles = ROLES.iter().any(|module| self.settings.has(module));
        if takes_tokens && !self.settings.has(VERIFICATION) {
            if offers(VERIFICATION) {
                modules.push(VERIFICATION);
            } else {
                plan.by_hand
                    .push(format!("Prosody has no {VERIFICATION}, so that a link opens every room: upgrade Jitsi."));
            }
        }
        if takes_tokens && !makes_roles {
            let offered = ROLES.iter().take(2).find(|module| offers(module));
            modules.extend(offered);
            makes_roles = offered.is_some();
        }
        if takes_tokens && !makes_roles {
            plan.by_hand.push(format!(
                "Prosody has no {}, so that everybody's role is left to Jicofo: upgrade jitsi-meet-prosody, or put the module \
                 of jitsi-contrib/prosody-plugins into one of plugin_paths; then run this command again.",
                ROLES.first().copied().unwrap_or_default()
            ));
        }
        if !self.settings.has(OURS) {
            modules.push(OURS);
        }
        (modules, makes_roles)
    }

    /// Where our module reaches the server, and the key, unless it knows that one already.
    fn options(&self, url: Option<&str>, key: Option<&Secret>) -> Vec<(&'static str, Setting)> {
        let is_new = |key: &&Secret| match &self.settings.module_secret {
            Told::No => true,
            Told::Is(theirs) => theirs != *key,
            Told::Computed => false,
        };
        let options = [("reflector_url", url), ("reflector_secret", key.filter(is_new).map(Secret::expose))];
        texts(options.map(|(option, value)| (option, value.map(str::to_owned))))
    }

    /// Where Prosody is to fetch the keys of our links. Where it fetches others, that is for a person to decide.
    fn keys(&self, are_ours: bool, url: &str, plan: &mut Plan) -> Vec<(&'static str, Setting)> {
        let keys = format!("{url}{PUBLIC_KEYS}");
        match (are_ours, self.settings.fetches_keys()) {
            (false, false) => Vec::new(),
            (true, false) => texts(["asap_key_server", "cache_keys_url"].map(|option| (option, Some(keys.clone())))),
            (false, true) => {
                plan.by_hand.push(
                    "Prosody fetches public keys and looks at no secret: set jitsi.jwt_algorithm = \"RS256\", or take \
                     asap_key_server and cache_keys_url out; then run this command again."
                        .to_owned(),
                );
                Vec::new()
            }
            (true, true) => {
                if self.settings.fetches_keys_elsewhere(PUBLIC_KEYS) {
                    plan.by_hand
                        .push(format!("Prosody fetches keys elsewhere than ours: let asap_key_server be \"{keys}\"."));
                }
                Vec::new()
            }
        }
    }

    /// The names that our module must be told because they are not the usual ones.
    fn names(&self, recorder: Option<&JibriSettings>) -> Vec<(&'static str, Setting)> {
        let texts: Vec<&str> = self.files.iter().map(|file| file.text.as_str()).collect();
        let unusual = unusual_components(&texts, &self.settings);
        let mut options: Vec<_> = unusual.into_iter().map(|(option, name)| (option, Setting::Text(name))).collect();
        let host = &self.settings.host;
        let known: Vec<String> = MACHINES.iter().map(|name| format!("{name}.{host}")).collect();
        let logins = recorder.map_or(&[][..], |recorder| &recorder.login_domains);
        let others: Vec<String> = logins.iter().filter(|domain| !known.contains(domain)).cloned().collect();
        // The list takes the place of what the module knows by itself.
        if !others.is_empty() {
            options.push(("reflector_machine_domains", Setting::List([known, others].concat())));
        }
        options.retain(|(option, _)| !texts.iter().any(|text| get(text, self.component(), option).is_some()));
        options
    }

    /// Plans the changes of Prosody's files, and says whether all of them can be made.
    fn edit(
        &self,
        modules: &[&str],
        options: Vec<(&'static str, Setting)>,
        app: Vec<(&'static str, Setting)>,
        directory: &Path,
        plan: &mut Plan,
    ) -> bool {
        let mut steps: Vec<(&Text, Step<'_>)> = Vec::new();
        let host = At::Host(&self.settings.host);
        if let Some(file) = self.file(host) {
            // What is put in last stands first.
            steps.extend(app.into_iter().rev().map(|(option, value)| (file, option_step(host, option, value))));
        }
        let component = self.component();
        if let Some(file) = self.file(component) {
            steps
                .extend(options.into_iter().rev().map(|(option, value)| (file, option_step(component, option, value))));
            if !modules.is_empty() {
                let by_hand = format!("{}: to modules_enabled: {}", head(component), quoted(modules));
                let step = move |text: &str| add_to_list(text, component, "modules_enabled", modules);
                steps.push((file, Step::new(by_hand, step)));
            }
            steps.extend(self.path_step(directory, file, plan));
        }
        let mut is_whole = true;
        for file in &self.files {
            let (own, others): (Vec<_>, Vec<_>) = steps.into_iter().partition(|(of, _)| of.path == file.path);
            steps = others;
            let own: Vec<Step<'_>> = own.into_iter().map(|(_, step)| step).collect();
            is_whole &= own.is_empty() || plan.edit(file, &own);
        }
        is_whole
    }

    /// How the directory of our module comes into the path, where it is not in it.
    fn path_step<'f>(&'f self, directory: &Path, otherwise: &'f Text, plan: &mut Plan) -> Option<(&'f Text, Step<'f>)> {
        let directory = directory.display().to_string();
        if self.paths == Told::Computed {
            plan.by_hand.push(format!("Prosody computes plugin_paths in its file: let {directory} be one of them."));
            return None;
        }
        let trimmed = |path: &str| path.trim_end_matches('/').to_owned();
        if self.paths().iter().any(|path| trimmed(path) == trimmed(&directory)) {
            return None;
        }
        let sets_it = |file: &&Text| get(&file.text, At::All, "plugin_paths").is_some();
        let file = self.files.iter().rev().find(sets_it).unwrap_or(otherwise);
        let by_hand = format!("at the top: to plugin_paths: \"{directory}\"");
        Some((file, Step::new(by_hand, move |text| add_to_list(text, At::All, "plugin_paths", &[&directory]))))
    }
}

/// The options that have a value.
fn texts<const N: usize>(options: [(&'static str, Option<String>); N]) -> Vec<(&'static str, Setting)> {
    options.into_iter().filter_map(|(option, value)| Some((option, Setting::Text(value?)))).collect()
}

fn option_step<'e>(at: At<'e>, option: &'static str, value: Setting) -> Step<'e> {
    match value {
        Setting::Text(value) => {
            let by_hand = format!("{}: {option} = \"{value}\"", head(at));
            Step::new(by_hand, move |text| set(text, at, option, &Value::Text(value.clone())))
        }
        Setting::List(items) => {
            let by_hand = format!("{}: to {option}: {}", head(at), quoted(&items));
            Step::new(by_hand, move |text| add_to_list(text, at, option, &items))
        }
    }
}

fn head(at: At<'_>) -> String {
    match at {
        At::All => "at the top".to_owned(),
        At::Host(name) => format!("under VirtualHost \"{name}\""),
        At::Component(name) => format!("under Component \"{name}\" \"muc\""),
    }
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("\"{}\"", name.as_ref())).collect::<Vec<_>>().join("; ")
}
