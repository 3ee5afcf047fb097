//! What the programs beside us are set to, read out of their configuration files: Prosody's, Jicofo's, Jibri's. It reads
//! texts, not files, and knows only what is written there: what a program computes is told as not known.

pub(crate) mod dotenv;
pub(crate) mod hocon;
pub(crate) mod lua;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::config::secret::Secret;
use lua::edit::{self, At};
use lua::{Section, Value};

/// The names that the conference component may have before its domain, where nothing says which: Debian's and Docker's.
const MUC_PREFIXES: [&str; 2] = ["conference", "muc"];

/// Why a text is not changed: the end of a sentence that names the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotEdited(pub(crate) String);

impl NotEdited {
    fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A text in quotation marks, as Lua and HOCON both take it.
fn quoted(text: &str) -> Result<String, NotEdited> {
    if text.chars().any(char::is_control) {
        return Err(NotEdited::because("a value holds a control character"));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The text with other signs in this place.
fn replaced(text: &str, at: &Range<usize>, with: &str) -> String {
    let (before, after) = (text.get(..at.start).unwrap_or_default(), text.get(at.end..).unwrap_or_default());
    format!("{before}{with}{after}")
}

/// A value that a file may tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told<T> {
    /// The file does not say it, so that the program's default holds.
    No,
    /// The file computes it.
    Computed,
    /// It is this.
    Is(T),
}

impl<T> Told<T> {
    pub(crate) const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::No | Self::Computed => None,
        }
    }
}

/// What Prosody is set to, on the domain that takes tokens.
#[derive(Clone, Debug)]
pub(crate) struct ProsodySettings {
    /// The XMPP domain.
    pub(crate) host: String,
    /// The component that the conferences are on.
    pub(crate) muc: Option<String>,
    pub(crate) authentication: Option<String>,
    pub(crate) app_id: Told<String>,
    pub(crate) app_secret: Told<Secret>,
    pub(crate) issuers: Told<Vec<String>>,
    pub(crate) audiences: Told<Vec<String>>,
    pub(crate) allow_empty_token: bool,
    pub(crate) verifies_domain: bool,
    /// Where public keys are fetched one by one (`asap_key_server`). Where keys are fetched, a shared secret makes no
    /// difference.
    pub(crate) key_server: Told<String>,
    /// Where they are fetched together (`cache_keys_url`).
    pub(crate) keys_url: Told<String>,
    /// The modules of the conference component.
    pub(crate) modules: Vec<String>,
    /// What our own module signs with.
    pub(crate) module_secret: Told<Secret>,
    /// Where our own module sends to, be it under the name of the integration guide.
    pub(crate) module_url: Told<String>,
    /// `wait_for_host_disable_auto_owners`
    pub(crate) host_gate_makes_no_owners: bool,
}

impl ProsodySettings {
    /// Whether the conference component has this module.
    pub(crate) fn has(&self, module: &str) -> bool {
        self.modules.iter().any(|found| found == module)
    }

    /// Whether public keys are fetched.
    pub(crate) fn fetches_keys(&self) -> bool {
        self.key_server != Told::No || self.keys_url != Told::No
    }

    /// Whether they are fetched at other places alone than one that ends in `path`.
    pub(crate) fn fetches_keys_elsewhere(&self, path: &str) -> bool {
        let leads_there = |told: &Told<String>| match told {
            Told::Is(url) => url.trim_end_matches('/').ends_with(path),
            Told::Computed => true,
            Told::No => false,
        };
        self.fetches_keys() && !leads_there(&self.key_server) && !leads_there(&self.keys_url)
    }
}

/// Finds the domain that takes tokens in Prosody's files. `domain` is where browsers find Jitsi, which goes before another
/// domain; where that takes none and one other does, it is that one, as in Docker.
pub(crate) fn prosody(texts: &[&str], domain: &str) -> Option<ProsodySettings> {
    let sections = sections(texts);
    let hosts = || sections.iter().filter(|section| is_enabled_host(section));
    let takes_tokens = |host: &&Section| text(&sections, host, "authentication").as_deref() == Some("token");
    let own = hosts().find(|host| host.name.eq_ignore_ascii_case(domain));
    let host = own.filter(takes_tokens).or_else(|| hosts().find(takes_tokens)).or(own)?;
    Some(settings(&sections, host))
}

/// What Prosody is set to on this domain, whether or not it takes tokens.
pub(crate) fn prosody_at(texts: &[&str], host: &str) -> Option<ProsodySettings> {
    let sections = sections(texts);
    let host = sections.iter().find(|section| is_enabled_host(section) && section.name.eq_ignore_ascii_case(host))?;
    Some(settings(&sections, host))
}

fn settings(sections: &[Section], host: &Section) -> ProsodySettings {
    let muc = conference_component(sections, &host.name);
    let at_muc = muc.unwrap_or(host);
    ProsodySettings {
        host: host.name.to_lowercase(),
        muc: muc.map(|muc| muc.name.clone()),
        authentication: text(sections, host, "authentication"),
        app_id: told(sections, host, "app_id", as_text),
        app_secret: told(sections, host, "app_secret", as_secret),
        issuers: told(sections, host, "asap_accepted_issuers", as_list),
        audiences: told(sections, host, "asap_accepted_audiences", as_list),
        allow_empty_token: flag(sections, host, "allow_empty_token").unwrap_or(false),
        verifies_domain: flag(sections, at_muc, "enable_domain_verification")
            .or_else(|| flag(sections, host, "enable_domain_verification"))
            .unwrap_or(true),
        key_server: told(sections, host, "asap_key_server", as_text),
        keys_url: told(sections, host, "cache_keys_url", as_text),
        modules: muc.and_then(|muc| muc.options.get("modules_enabled")).and_then(as_list).unwrap_or_default(),
        module_secret: match told(sections, at_muc, "reflector_secret", as_secret) {
            Told::No => told(sections, at_muc, "event_sync_secret", as_secret),
            told => told,
        },
        module_url: match told(sections, at_muc, "reflector_url", as_text) {
            Told::No => told(sections, at_muc, "event_sync_url", as_text),
            told => told,
        },
        host_gate_makes_no_owners: flag(sections, at_muc, "wait_for_host_disable_auto_owners").unwrap_or(false),
    }
}

fn sections(texts: &[&str]) -> Vec<Section> {
    texts.iter().flat_map(|text| lua::read(text)).collect()
}

/// Debian's file brings a host of its own along that is switched off.
fn is_enabled_host(section: &Section) -> bool {
    section.is_host() && section.options.get("enabled") != Some(&Value::Flag(false))
}

/// The domains that have a component for their conferences, by its name.
pub(crate) fn domains(texts: &[&str]) -> Vec<String> {
    let sections = sections(texts);
    let has_conferences = |host: &&Section| named_component(&sections, &host.name).is_some();
    let hosts = sections.iter().filter(|section| is_enabled_host(section)).filter(has_conferences);
    hosts.map(|host| host.name.to_lowercase()).collect()
}

/// Where Prosody looks for modules besides its own directory. None where no file says it.
pub(crate) fn plugin_paths(texts: &[&str]) -> Told<Vec<String>> {
    let found = texts.iter().rev().find_map(|text| edit::get(text, At::All, "plugin_paths"));
    found.map_or(Told::No, |value| as_list(&value).map_or(Told::Computed, Told::Is))
}

/// Jitsi's further components that our module listens to, where they have other names than it takes for granted: the
/// module's option, and the name.
pub(crate) fn unusual_components(texts: &[&str], settings: &ProsodySettings) -> Vec<(&'static str, String)> {
    let sections = sections(texts);
    let of_all = |name: &str| sections.iter().find_map(|section| as_text(section.options.get(name)?));
    let beneath = || settings.muc.as_ref().and_then(|muc| muc.split_once('.')).map(|(_, domain)| domain.to_owned());
    let base = of_all("muc_mapper_domain_base").or_else(beneath).unwrap_or_else(|| settings.host.clone());
    let host = sections.iter().find(|section| section.is_host() && section.name.eq_ignore_ascii_case(&settings.host));
    let of_host = |name: &str| as_text(host?.options.get(name)?);
    let speakers = lua::Kind::Component("speakerstats_component".to_owned());
    [
        ("reflector_breakout_component", "breakout", of_host("breakout_rooms_muc")),
        ("reflector_lobby_component", "lobby", of_host("lobby_muc")),
        (
            "reflector_speakerstats_component",
            "speakerstats",
            sections.iter().find(|section| section.kind == speakers).map(|section| section.name.clone()),
        ),
    ]
    .into_iter()
    .filter_map(|(option, usual, name)| Some((option, name.filter(|name| *name != format!("{usual}.{base}"))?)))
    .collect()
}

/// The component of the conferences of a domain: not the lobby's, nor the breakout rooms', nor the internal one.
fn conference_component<'s>(sections: &'s [Section], host: &str) -> Option<&'s Section> {
    let takes_tokens =
        |muc: &&Section| muc.options.get("modules_enabled").is_some_and(|list| is_in(list, "token_verification"));
    named_component(sections, host).or_else(|| mucs(sections).find(takes_tokens))
}

/// That component, where its name tells.
fn named_component<'s>(sections: &'s [Section], host: &str) -> Option<&'s Section> {
    let prefix = sections.iter().find_map(|section| as_text(section.options.get("muc_mapper_domain_prefix")?));
    let prefixes = prefix.iter().map(String::as_str).chain(MUC_PREFIXES);
    let mut names = prefixes.map(|prefix| format!("{prefix}.{host}"));
    names.find_map(|name| mucs(sections).find(|muc| muc.name.eq_ignore_ascii_case(&name)))
}

fn mucs(sections: &[Section]) -> impl Iterator<Item = &Section> {
    sections.iter().filter(|section| section.kind == lua::Kind::Component("muc".to_owned()))
}

fn is_in(list: &Value, module: &str) -> bool {
    as_list(list).is_some_and(|list| list.iter().any(|found| found == module))
}

/// An option of a section; where it does not say, the one for all.
fn option<'s>(sections: &'s [Section], at: &'s Section, name: &str) -> Option<&'s Value> {
    let for_all = || sections.iter().rev().filter(|section| section.kind == lua::Kind::All);
    at.options.get(name).or_else(|| for_all().find_map(|section| section.options.get(name)))
}

fn told<T>(sections: &[Section], at: &Section, name: &str, read: impl Fn(&Value) -> Option<T>) -> Told<T> {
    match option(sections, at, name) {
        None => Told::No,
        Some(value) => read(value).map_or(Told::Computed, Told::Is),
    }
}

fn text(sections: &[Section], at: &Section, name: &str) -> Option<String> {
    option(sections, at, name).and_then(as_text)
}

fn flag(sections: &[Section], at: &Section, name: &str) -> Option<bool> {
    match option(sections, at, name)? {
        Value::Flag(flag) => Some(*flag),
        _ => None,
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn as_secret(value: &Value) -> Option<Secret> {
    as_text(value)?.parse().ok()
}

fn as_list(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::List(list) => Some(list.clone()),
        _ => None,
    }
}

/// What Jicofo is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JicofoSettings {
    /// Whether the first who comes becomes owner: Jicofo's default.
    pub(crate) enable_auto_owner: bool,
    /// Whether everybody who is authenticated becomes owner.
    pub(crate) authentication: bool,
}

/// Reads `jicofo.conf`.
pub(crate) fn jicofo(text: &str) -> JicofoSettings {
    let values = hocon::read(text);
    let flag = |name: &str| values.get(name).map(|value| is_true(value));
    JicofoSettings {
        enable_auto_owner: flag("jicofo.conference.enable-auto-owner").unwrap_or(true),
        authentication: flag("jicofo.authentication.enabled").unwrap_or(false),
    }
}

fn is_true(value: &str) -> bool {
    matches!(value, "true" | "yes" | "on")
}

/// What Jibri is set to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct JibriSettings {
    pub(crate) recordings_directory: Option<String>,
    pub(crate) finalize_script: Option<String>,
    /// The domains by which its browsers log in to a call.
    pub(crate) login_domains: Vec<String>,
}

/// Reads `jibri.conf`.
pub(crate) fn jibri(text: &str) -> JibriSettings {
    let mut values: BTreeMap<String, String> = hocon::read(text);
    let mut take = |name: &str| values.remove(name).filter(|value| !value.is_empty());
    JibriSettings {
        recordings_directory: take("jibri.recording.recordings-directory"),
        finalize_script: take("jibri.recording.finalize-script"),
        login_domains: hocon::in_list(text, "jibri.api.xmpp.environments", "call-login.domain"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: &str = r#"
        plugin_paths = { "/usr/share/jitsi-meet/prosody-plugins/" }
        muc_mapper_domain_base = "meet.example.com";
        VirtualHost "meet.example.com"
            authentication = "token"; -- do not delete me
            app_id="reflector"
            app_secret = 'a "secret" here'
            modules_enabled = { "bosh"; "websocket"; }
            ssl = { key = "/etc/x.key"; }
        Component "conference.meet.example.com" "muc"
            modules_enabled = { "muc_hide_all"; "token_verification"; "token_affiliation"; }
        Component "internal.auth.meet.example.com" "muc"
            modules_enabled = { "ping"; }
        VirtualHost "auth.meet.example.com"
            authentication = "internal_hashed"
    "#;

    #[test]
    fn debians_files_are_read() {
        let own = "authentication = \"internal_hashed\"\nasap_accepted_audiences = { \"jitsi\", \"other\" }\n";
        let found = prosody(&[own, DEBIAN], "meet.example.com").unwrap();
        assert_eq!(
            (found.host.as_str(), found.muc.as_deref()),
            ("meet.example.com", Some("conference.meet.example.com"))
        );
        assert_eq!(found.authentication.as_deref(), Some("token"));
        assert_eq!(found.app_id.value().map(String::as_str), Some("reflector"));
        assert_eq!(found.app_secret.value().map(Secret::expose), Some("a \"secret\" here"));
        assert_eq!((&found.issuers, found.audiences.value().map(Vec::len)), (&Told::No, Some(2)));
        assert!(
            found.has("token_affiliation") && !found.has("bosh") && !found.allow_empty_token && found.verifies_domain
        );
    }

    #[test]
    fn a_host_that_is_switched_off_is_none() {
        let off = "VirtualHost \"jigasi.d\"\n    enabled = false\n    authentication = \"token\"\n";
        let stock = DEBIAN.replace("\"token\"", "\"jitsi-anonymous\"");
        let found = prosody(&[&stock, off], "meet.example.com").unwrap();
        assert_eq!(
            (found.host.as_str(), found.authentication.as_deref()),
            ("meet.example.com", Some("jitsi-anonymous"))
        );
        assert!(prosody_at(&[off], "jigasi.d").is_none());
        assert_eq!(domains(&[&stock, off]), ["meet.example.com"]);
        let two = "VirtualHost \"b\"\nComponent \"muc.b\" \"muc\"\n";
        assert_eq!(domains(&[DEBIAN, two]), ["meet.example.com", "b"]);
    }

    #[test]
    fn the_paths_of_modules_and_unusual_names_are_read() {
        let own = "plugin_paths = { \"/a\" }\nVirtualHost \"localhost\"\n";
        let paths = Told::Is(vec!["/usr/share/jitsi-meet/prosody-plugins/".to_owned()]);
        assert_eq!(plugin_paths(&[own, DEBIAN]), paths);
        assert_eq!(plugin_paths(&["plugin_paths = x"]), Told::Computed);
        assert_eq!(plugin_paths(&["a = 1"]), Told::No);
        let names = "VirtualHost \"d\"\n lobby_muc = \"lobby.d\"\n breakout_rooms_muc = \"groups.d\"\n\
                     Component \"conference.d\" \"muc\"\nComponent \"s.d\" \"speakerstats_component\"\n";
        let settings = prosody(&[names], "d").unwrap();
        let unusual = unusual_components(&[names], &settings);
        let expected = [("reflector_breakout_component", "groups.d"), ("reflector_speakerstats_component", "s.d")];
        assert_eq!(unusual, expected.map(|(option, name)| (option, name.to_owned())));
    }

    #[test]
    fn dockers_domain_is_found_by_its_authentication() {
        let docker = r#"
            muc_mapper_domain_prefix = "muc"
            VirtualHost "auth.meet.jitsi"
            VirtualHost "meet.jitsi"
                authentication = "token"
                app_id = "reflector"
                app_secret = os.getenv("JWT_APP_SECRET")
                allow_empty_token = true
                enable_domain_verification = false
            Component "internal-muc.meet.jitsi" "muc"
            Component "muc.meet.jitsi" "muc"
                modules_enabled = { "token_verification" }
        "#;
        let found = prosody(&[docker], "meet.example.com").unwrap();
        assert_eq!((found.host.as_str(), found.muc.as_deref()), ("meet.jitsi", Some("muc.meet.jitsi")));
        assert_eq!(found.app_secret, Told::Computed);
        assert!(found.allow_empty_token && !found.verifies_domain && found.has("token_verification"));
        assert!(prosody(&["VirtualHost \"localhost\""], "meet.example.com").is_none());
    }

    #[test]
    fn jicofo_and_jibri_are_read() {
        assert_eq!(jicofo("jicofo { }"), JicofoSettings { enable_auto_owner: true, authentication: false });
        let set = "jicofo { conference { enable-auto-owner = false }\n authentication: { enabled: true } }";
        assert_eq!(jicofo(set), JicofoSettings { enable_auto_owner: false, authentication: true });
        let found =
            jibri("jibri { recording { recordings-directory = \"/srv/rec\"\n finalize-script = \"/opt/f.sh\" } }");
        assert_eq!(
            (found.recordings_directory.as_deref(), found.finalize_script.as_deref()),
            (Some("/srv/rec"), Some("/opt/f.sh"))
        );
        let environments = "jibri { api { xmpp { environments = [ { name = \"x\", call-login { domain = \"recorder.a\" } },\n\
                            { call-login.domain = \"recorder.b\" } ] } } }";
        assert_eq!(jibri(environments).login_domains, ["recorder.a", "recorder.b"]);
        assert_eq!(jibri("jibri {}"), JibriSettings::default());
    }
}
