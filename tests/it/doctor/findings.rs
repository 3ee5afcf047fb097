//! What may be wrong with a machine, and what the doctor says of each.

use std::os::unix::fs::PermissionsExt;

use super::machine::{JWT_SECRET, Machine, OTHER_SECRET, Speaks, certificate, web_server};
use super::{check, others, report};

/// What is wrong with a box, and what the doctor must say: the check, its verdict, a part of what mends it.
type Case = (&'static str, fn(&mut Machine), &'static str, &'static str, &'static str);

pub(super) fn break_prosody(machine: &Machine, from: &str, to: &str) {
    machine.change("etc/prosody/conf.d/localhost.cfg.lua", from, to);
}

const CASES: &[Case] = &[
    (
        "a misspelt variable",
        |b| b.env.push(("REFLECTOR_LISTEN".into(), "x".into())),
        "config.variables",
        "warning",
        "unit file",
    ),
    (
        "a short secret",
        |b| b.configure("webhook_secret = \"short\""),
        "config.values",
        "warning",
        "config show --origin",
    ),
    ("set-up mode", |b| b.configure("domain = \"\"\njwt_secret = \"\""), "config.complete", "warning", "JITSI_DOMAIN"),
    ("half set up", |b| b.configure("jwt_secret = \"\""), "config.complete", "failed", "set what is named"),
    (
        "an open secret",
        |b| {
            b.chmod("config.toml", 0o644);
            std::fs::set_permissions(b.scratch.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        },
        "secrets.files",
        "failed",
        "chmod o-rwx",
    ),
    (
        "open data",
        |b| {
            std::fs::create_dir(b.path("data")).unwrap();
            b.chmod("data", 0o755);
            std::fs::set_permissions(b.scratch.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        },
        "data.private",
        "failed",
        "chmod o-rwx",
    ),
    (
        "a store that is none",
        |b| {
            std::fs::create_dir(b.path("data")).unwrap();
            b.write("data/reflector.redb", "not a store");
        },
        "store.opens",
        "failed",
        "ls -l",
    ),
    (
        "an unknown host",
        |b| b.configure("domain = \"meet.invalid\""),
        "meet.dns",
        "failed",
        "getent hosts meet.invalid",
    ),
    ("nobody answers", |b| b.configure("domain = \"localhost:1\""), "meet.https", "failed", "systemctl status nginx"),
    ("no TLS", |b| shows(b, Speaks::PlainAlone), "meet.certificate", "failed", "openssl s_client -connect localhost:"),
    ("another's name", |b| shows(b, Speaks::Tls("other.example.com")), "meet.certificate", "failed", "renew it"),
    (
        "an unknown authority",
        |b| b.env.push(("SSL_CERT_FILE".into(), certificate("stranger").display().to_string())),
        "meet.certificate",
        "warning",
        "known everywhere",
    ),
    (
        "no authorities",
        |b| b.env.extend(["SSL_CERT_FILE", "SSL_CERT_DIR"].map(|name| (name.into(), "/nonexistent".into()))),
        "meet.certificate",
        "skipped",
        "",
    ),
    ("a clock ahead", |b| skewed(b, -90), "clock.agrees", "failed", "timedatectl set-ntp true"),
    ("a clock behind", |b| skewed(b, 90), "clock.agrees", "failed", "timedatectl set-ntp true"),
    ("a clock a bit ahead", |b| skewed(b, -40), "clock.agrees", "warning", "timedatectl set-ntp true"),
    (
        "a weak key",
        |b| b.configure("jwt_secret = \"canary-weak-canary\""),
        "jitsi.jwt.secret",
        "warning",
        "openssl rand -hex 32",
    ),
    (
        "another audience",
        |b| break_prosody(b, "app_id", "asap_accepted_audiences = { \"x\" }\napp_id"),
        "jitsi.jwt.host",
        "failed",
        "jitsi.jwt_audience",
    ),
    ("another subject", |b| b.configure("jwt_subject = \"x\""), "jitsi.jwt.guest", "failed", "jitsi.jwt_subject"),
    (
        "no key for events",
        |b| b.configure("webhook_secret = \"\""),
        "jitsi.webhook.secret",
        "warning",
        "JITSI_WEBHOOK_SECRET",
    ),
    ("no event", |_| (), "jitsi.events", "warning", "docs/jitsi.md"),
    (
        "not linked",
        |b| {
            std::fs::rename(
                b.path("etc/prosody/conf.d/localhost.cfg.lua"),
                b.path("etc/prosody/conf.avail/localhost.cfg.lua"),
            )
            .unwrap()
        },
        "prosody.config",
        "failed",
        "ln -s ../conf.avail/localhost.cfg.lua",
    ),
    ("no Prosody", |b| std::fs::remove_dir_all(b.path("etc/prosody")).unwrap(), "prosody.config", "skipped", ""),
    (
        "no tokens",
        |b| break_prosody(b, "\"token\"", "\"jitsi-anonymous\""),
        "prosody.authentication",
        "failed",
        "authentication = \"token\"",
    ),
    ("another app_id", |b| break_prosody(b, "\"reflector\"", "\"other\""), "prosody.app_id", "failed", "JITSI_APP_ID"),
    ("no app_id", |b| break_prosody(b, "app_id", "-- app_id"), "prosody.app_id", "failed", "app_id = \"reflector\""),
    (
        "another secret",
        |b| break_prosody(b, JWT_SECRET, OTHER_SECRET),
        "prosody.app_secret",
        "failed",
        "to the same value",
    ),
    (
        "another secret, the link",
        |b| break_prosody(b, JWT_SECRET, OTHER_SECRET),
        "jitsi.jwt.host",
        "failed",
        "jitsi.jwt_secret",
    ),
    (
        "a computed secret",
        |b| break_prosody(b, &format!("\"{JWT_SECRET}\""), "os.getenv('S')"),
        "prosody.app_secret",
        "skipped",
        "",
    ),
    (
        "keys that Prosody does not fetch",
        |b| b.configure("jwt_algorithm = \"RS256\""),
        "prosody.keys",
        "failed",
        "cache_keys_url = \"http://127.0.0.1:1250/v1/jitsi/keys\"",
    ),
    (
        "keys that Prosody fetches for nothing",
        |b| break_prosody(b, "app_id", "asap_key_server = \"http://127.0.0.1:1250/v1/jitsi/keys\"\napp_id"),
        "prosody.keys",
        "failed",
        "jitsi.jwt_algorithm = \"RS256\"",
    ),
    (
        "keys of somebody else",
        |b| {
            b.configure("jwt_algorithm = \"RS256\"");
            break_prosody(b, "app_id", "cache_keys_url = \"https://keys.example.com/certs\"\napp_id");
        },
        "prosody.keys",
        "failed",
        "cache_keys_url",
    ),
    (
        "no key yet",
        |b| b.configure("jwt_algorithm = \"RS256\""),
        "jitsi.jwt.secret",
        "failed",
        "systemctl start reflector",
    ),
    (
        "keys that cannot be read",
        |b| {
            b.configure("jwt_algorithm = \"RS256\"");
            std::fs::create_dir(b.path("data")).unwrap();
            b.write("data/jitsi-keys.json", "{");
        },
        "jitsi.jwt.secret",
        "failed",
        "reflector key rotate --immediately",
    ),
    (
        "any room",
        |b| break_prosody(b, "\"token_verification\";", ""),
        "prosody.token_verification",
        "failed",
        "Component \"conference.localhost\"",
    ),
    (
        "no roles",
        |b| break_prosody(b, "\"token_affiliation\";", ""),
        "prosody.token_affiliation",
        "failed",
        "add \"token_affiliation\"",
    ),
    ("nobody is moderator", |b| break_prosody(b, "\"token_affiliation\";", ""), "jitsi.roles", "failed", "together"),
    (
        "empty tokens",
        |b| break_prosody(b, "app_id", "allow_empty_token = true\napp_id"),
        "prosody.empty_tokens",
        "warning",
        "allow_empty_token = false",
    ),
    (
        "everybody is owner",
        |b| break_prosody(b, "\"token_affiliation\"", "\"token_affiliation\"; \"muc_allowners\""),
        "jitsi.roles",
        "failed",
        "take that out",
    ),
    (
        "auto owner",
        |b| b.write("etc/jitsi/jicofo/jicofo.conf", "jicofo { }"),
        "jicofo.auto_owner",
        "failed",
        "enable-auto-owner = false",
    ),
    (
        "auto owner, the roles",
        |b| b.write("etc/jitsi/jicofo/jicofo.conf", "jicofo { }"),
        "jitsi.roles",
        "failed",
        "jicofo.auto_owner",
    ),
    (
        "authentication",
        |b| b.write("etc/jitsi/jicofo/jicofo.conf", "jicofo.authentication.enabled = true"),
        "jicofo.authentication",
        "failed",
        "JICOFO_ENABLE_AUTH=0",
    ),
    ("no Jicofo", |b| std::fs::remove_dir_all(b.path("etc/jitsi")).unwrap(), "jitsi.roles", "skipped", ""),
    (
        "no recordings",
        |b| std::fs::remove_dir(b.path("recordings")).unwrap(),
        "recordings.directories",
        "warning",
        "recordings.directories",
    ),
    (
        "recordings elsewhere",
        |b| b.change("etc/jitsi/jibri/jibri.conf", "/recordings", "/elsewhere"),
        "jibri.directory",
        "failed",
        "recordings.directories",
    ),
    (
        "no script",
        |b| b.write("etc/jitsi/jibri/jibri.conf", "jibri { }"),
        "jibri.finalize",
        "failed",
        "finalize-script",
    ),
    (
        "a script that is gone",
        |b| std::fs::remove_file(b.path("finalize.sh")).unwrap(),
        "jibri.finalize",
        "failed",
        "finalize-script",
    ),
    (
        "a script that cannot run",
        |b| b.chmod("finalize.sh", 0o644),
        "jibri.finalize",
        "failed",
        "reflector-jibri-finalize",
    ),
    (
        "a recording that waits",
        |b| {
            std::fs::create_dir(b.path("recordings/.reflector-spool")).unwrap();
            b.write("recordings/.reflector-spool/1736937000000-0011223344556677.json", "{}");
        },
        "jibri.spool",
        "warning",
        "systemctl start reflector",
    ),
    (
        "a spool that cannot be looked into",
        |b| b.write("recordings/.reflector-spool", ""),
        "jibri.spool",
        "failed",
        "usermod -aG jibri reflector",
    ),
];

/// The web server speaks so.
fn shows(machine: &Machine, speaks: Speaks) {
    machine.configure(&format!("domain = \"localhost:{}\"", web_server(0, speaks).port()));
}

/// The web server's clock is so many seconds ahead of ours.
fn skewed(machine: &Machine, ahead_seconds: i64) {
    machine
        .configure(&format!("domain = \"localhost:{}\"", web_server(ahead_seconds, Speaks::Tls("localhost")).port()));
}

#[test]
fn each_finding_is_named_with_what_mends_it() {
    for (name, spoil, id, verdict, mend) in CASES {
        let mut machine = Machine::new();
        spoil(&mut machine);
        let (found, code) = machine.report();
        let check = check(&found, id);
        assert_eq!(check["verdict"], *verdict, "{name}: {check:#}");
        match *verdict {
            "skipped" => assert!(check["mend"].is_null(), "{name}: {check:#}"),
            _ => assert!(check["mend"].as_str().unwrap().contains(mend), "{name}: {check:#}"),
        }
        let failed = found["summary"]["failed"].as_u64().unwrap();
        assert!(*verdict != "failed" || failed > 0, "{name}");
        assert_eq!(code, Some(i32::from(failed > 0)), "{name}: {:?}", others(&found, &["ok", "skipped", "warning"]));
    }
}

#[test]
fn the_trial_goes_no_further_than_to_who_can_show_that_it_is_jitsi() {
    for (speaks, meaning) in [
        (Speaks::Tls("other.example.com"), "cannot show that it is Jitsi"),
        (Speaks::PlainAlone, "cannot show that it is Jitsi"),
        (Speaks::Tls("localhost"), "did not answer"),
    ] {
        let machine = Machine::new();
        shows(&machine, speaks);
        let tried = report(&machine.run(&["--json", "--end-to-end"]));
        let connect = check(&tried, "end_to_end.connect");
        assert_eq!(connect["verdict"], "failed", "{connect:#}");
        assert!(connect["meaning"].as_str().unwrap().contains(meaning), "{connect:#}");
        assert_eq!(check(&tried, "end_to_end.login")["verdict"], "skipped");
    }
}

#[test]
fn docker_names_its_folders_otherwise() {
    let machine = Machine::new();
    std::fs::create_dir_all(machine.path("etc/prosody/config")).unwrap();
    std::fs::rename(machine.path("etc/prosody/conf.d"), machine.path("etc/prosody/config/conf.d")).unwrap();
    for program in ["jicofo", "jibri"] {
        std::fs::rename(machine.path(&format!("etc/jitsi/{program}")), machine.path(&format!("etc/{program}")))
            .unwrap();
    }
    let (found, code) = machine.report();
    for id in ["prosody.app_secret", "jitsi.roles", "jibri.finalize"] {
        assert_eq!(check(&found, id)["verdict"], "ok", "{found:#}");
    }
    assert_eq!(code, Some(0));
}
