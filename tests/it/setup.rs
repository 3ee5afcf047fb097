//! `reflector setup jitsi`, on the files that Debian's packages and docker-jitsi-meet leave on a machine: what it makes of
//! them, that it does so once, and that everything can be put back.

mod odd;
mod site;

use std::os::unix::fs::{MetadataExt, chown};
use std::process::Command;

use crate::harness::{Start, WEBHOOK_SECRET, program};
use site::{APP_SECRET, HOST_FILE, JIBRI, JICOFO, OWN, Site};

/// What the doctor must find in order afterwards.
const MENDED: [&str; 11] = [
    "jibri.directory",
    "jibri.finalize",
    "jicofo.authentication",
    "jicofo.auto_owner",
    "jitsi.jwt.host",
    "jitsi.jwt.guest",
    "jitsi.roles",
    "prosody.app_id",
    "prosody.app_secret",
    "prosody.token_affiliation",
    "prosody.token_verification",
];

/// The value of a line such as `key = "value"`, or `KEY=value`.
fn value(text: &str, key: &str) -> String {
    let line =
        text.lines().find(|line| line.trim_start().starts_with(key)).unwrap_or_else(|| panic!("{key} in {text}"));
    line.split_once('=').unwrap().1.trim().trim_matches('"').to_owned()
}

#[test]
fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let site = Site::debian();
    let before = site.snapshot();
    let said = site.says(&["--dry-run"], 0);
    assert_eq!(site.snapshot(), before);
    assert!(!site.path("data/setup").exists());
    for line in [
        "Prosody: the domain meet.example.com, its conferences on conference.meet.example.com",
        "+        \"reflector\";",
        "+        \"token_affiliation\";",
        "+    reflector_url = \"http://127.0.0.1:1250\"",
        "+    reflector_secret = \"***\"",
        "+  conference.enable-auto-owner = false",
        "-    enabled: true",
        "+    enabled: false",
        "+webhook_secret = \"***\"",
        "+jwt_secret = \"***\"",
        "+app_id = \"meetings\"",
        "(a new file, mode 0640)",
        "Nothing was changed: this was a dry run.",
    ] {
        assert!(said.lines().any(|said| said == line), "{line} in\n{said}");
    }
    // Each run would make other secrets, and this one keeps none.
    assert!(!said.contains("systemctl"), "{said}");
}

#[test]
fn debians_files_are_set_up_once_and_put_back_byte_for_byte() {
    let site = Site::debian();
    if std::fs::metadata(site.path("etc")).unwrap().uid() == 0 {
        chown(site.path(HOST_FILE), Some(1), Some(12_345)).unwrap();
        chown(site.path("data"), None, Some(12_346)).unwrap();
    }
    let before = site.snapshot();
    let texts = [HOST_FILE, JICOFO, JIBRI].map(|name| site.read(name));
    let said = site.says(&["--yes"], 0);
    for command in [
        "systemctl reload reflector",
        "systemctl restart prosody jicofo jitsi-videobridge2",
        "systemctl daemon-reload",
        "systemctl restart jibri",
    ] {
        assert!(said.lines().any(|line| line.trim() == command), "{command} in {said}");
    }

    // Every line of theirs is still there but for the three values, and everything is as the doctor wants it.
    for (name, text) in [HOST_FILE, JICOFO, JIBRI].iter().zip(texts) {
        let now = site.read(name);
        let gone: Vec<&str> = text.lines().filter(|line| !now.lines().any(|now| now == *line)).collect();
        assert!(gone.len() <= 2, "{gone:?}");
    }
    let found = site.doctor();
    for check in MENDED {
        assert_eq!(found[check], "ok", "{check}: {}", site.read(OWN));
    }
    let own = site.read(OWN);
    assert_eq!(
        (value(&own, "domain"), value(&own, "jwt_secret")),
        ("meet.example.com".to_owned(), APP_SECRET.to_owned())
    );
    let key = value(&own, "webhook_secret");
    assert!(key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    assert_eq!(value(&site.read(HOST_FILE), "reflector_secret"), key);
    assert_eq!(value(&site.read("reflector/jibri.env"), "JITSI_WEBHOOK_SECRET"), key);
    let unit = site.read("etc/systemd/system/jibri.service.d/reflector.conf");
    assert_eq!(unit, format!("[Service]\nEnvironmentFile={}\n", site.path("reflector/jibri.env").display()));
    assert!(site.read("lib/prosody/mod_reflector.lua").starts_with("-- mod_reflector"));
    for (name, mode) in [
        (OWN, 0o640),
        ("reflector/jibri.env", 0o640),
        (HOST_FILE, 0o640),
        (JICOFO, 0o604),
        ("lib/prosody/mod_reflector.lua", 0o644),
        ("lib/jibri-finalize", 0o755),
    ] {
        assert_eq!(site.mode(name), mode, "{name}");
    }
    // The server's group reads its secrets.
    let group = |name: &str| std::fs::metadata(site.path(name)).unwrap().gid();
    assert_eq!(group(OWN), group("data"));

    let after = site.snapshot();
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
    assert!(site.says(&["--dry-run"], 0).contains("Nothing is to be done"));
    assert_eq!(site.snapshot(), after);

    let said = site.says(&["--undo", "--yes"], 0);
    assert!(said.contains("meet.example.com.cfg.lua") && said.contains("systemctl restart jibri"), "{said}");
    assert_eq!(site.snapshot(), before);
    assert!(site.says(&["--undo"], 0).contains("There is nothing to take back."));
}

#[test]
fn jibris_script_runs_this_program() {
    let site = Site::debian();
    site.says(&["--yes"], 0);
    std::fs::create_dir(site.path("session")).unwrap();
    let mut script = Command::new(site.path("lib/jibri-finalize"));
    script.arg(site.path("session")).env("REFLECTOR_CONFIG", site.path("reflector/config.toml"));
    let output = script.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("reflector: "), "{said}");
}

#[test]
fn the_undo_leaves_what_somebody_else_changed_since() {
    let site = Site::debian();
    site.says(&["--yes"], 0);
    site.change(HOST_FILE, "storage = \"memory\"", "storage = \"internal\"");
    let mixed = site.snapshot();
    let said = site.says(&["--undo"], 1);
    assert!(said.contains(HOST_FILE) && said.contains("data/setup/0001"), "{said}");
    assert_eq!(site.snapshot(), mixed, "all or nothing");
    site.change(HOST_FILE, "storage = \"internal\"", "storage = \"memory\"");
    assert!(site.says(&["--undo", "--yes"], 0).contains("are taken back"));
}

#[test]
fn changes_are_taken_back_one_after_the_other() {
    let site = Site::debian();
    let first = site.snapshot();
    site.says(&["--yes"], 0);
    let second = site.snapshot();
    // Another release's module lies there.
    site.change("lib/prosody/mod_reflector.lua", "local VERSION = ", "local OLD = ");
    let older = site.snapshot();
    let said = site.says(&["--yes"], 0);
    assert!(said.contains("-local OLD = ") && said.contains("+local VERSION = "), "{said}");
    assert!(!said.contains("systemctl restart jibri"), "{said}");
    assert_eq!(site.snapshot(), second);
    assert!(site.says(&["--undo", "--yes"], 0).contains("1 earlier changes can be taken back"));
    assert_eq!(site.snapshot(), older);
    // What lies there is not what the first change put there.
    site.says(&["--undo", "--yes"], 1);
    site.change("lib/prosody/mod_reflector.lua", "local OLD = ", "local VERSION = ");
    site.says(&["--undo", "--yes"], 0);
    assert_eq!(site.snapshot(), first);
}

#[test]
fn nothing_is_done_before_somebody_says_yes() {
    let site = Site::debian();
    let path = site.stub("systemctl", "echo \"$@\" >> \"$SITE/data/restarted\"");
    let before = site.snapshot();
    let run = |args: &[&str], answers: &str| site.answered(args, answers, &path);
    for answers in ["n\n", "\n", "what?\n"] {
        let (code, said) = run(&[], answers);
        assert_eq!((code, said.contains("Nothing was changed.")), (Some(0), true), "{said}");
    }
    assert_eq!(run(&[], "").0, Some(64), "there is nobody to ask");
    assert_eq!(site.snapshot(), before);

    // Yes to the files, and no to the services.
    assert_eq!(run(&[], "y\nn\n").0, Some(0));
    assert_ne!(site.snapshot(), before);
    assert!(!site.path("data/restarted").exists());
    assert_eq!(run(&["--undo"], "y\n").0, Some(0));
    let restarts = "reload reflector\nrestart prosody jicofo jitsi-videobridge2\ndaemon-reload\nrestart jibri\n";
    assert_eq!(site.read("data/restarted"), restarts);
    assert_eq!(site.snapshot(), before);

    std::fs::remove_file(site.path("data/restarted")).unwrap();
    assert_eq!(run(&["--yes", "--restart"], "").0, Some(0));
    assert_eq!(site.read("data/restarted"), restarts);
    site.stub("systemctl", "exit 5");
    assert_eq!(run(&["--undo", "--restart"], "").0, Some(1), "a service that does not start again is told");
}

/// Whether Debian's own Prosody finds everything in order.
fn is_liked_by_prosody(site: &Site) -> (bool, String) {
    let main = site.path("etc/prosody/prosody.cfg.lua");
    let output = Command::new("prosodyctl").arg("--config").arg(main).args(["check", "config"]).output();
    let output = output.expect("is Prosody installed?");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn debians_prosody_likes_the_files_as_before() {
    let site = Site::debian();
    // It reads them as a user of its own.
    for name in ["", "etc", "etc/prosody", "etc/prosody/conf.d", "etc/prosody/conf.avail"] {
        site.chmod(name, 0o755);
    }
    site.chmod(HOST_FILE, 0o644);
    // An option of Jitsi's own is obsolete to this Prosody.
    let before = is_liked_by_prosody(&site);
    assert!(!before.0 && before.1.contains("cross_domain_bosh"), "{}", before.1);
    let told = site.says(&["--yes"], 0);
    assert!(told.contains("complains, as it did before") && told.contains("cross_domain_bosh"), "{told}");
    assert!(told.contains("cfg.lua holds secrets, and everybody on this machine may read it"), "{told}");
    assert_eq!(is_liked_by_prosody(&site), before);

    site.says(&["--undo", "--yes"], 0);
    site.change(HOST_FILE, "cross_domain_bosh = false;\n", "");
    let (is_liked, said) = is_liked_by_prosody(&site);
    assert!(is_liked, "{said}");
    let told = site.says(&["--yes"], 0);
    assert!(!told.contains("Prosody's own check"), "{told}");
    let (is_liked, said) = is_liked_by_prosody(&site);
    assert!(is_liked, "{said}");
}

#[test]
fn what_prosody_does_not_like_is_taken_back() {
    let site = Site::debian();
    let path = site.stub(
        "prosodyctl",
        "echo \"$@\" >> \"$SITE/data/asked\"\n\
         if grep -q reflector_url \"$SITE/etc/prosody/conf.d/meet.example.com.cfg.lua\"; then echo \"It is worse: $0\"; exit 1; fi",
    );
    let before = site.snapshot();
    let output = site.command(&["--yes"]).env("PATH", path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("It is worse") && said.contains("taken back"), "{said}");
    assert_eq!(site.snapshot(), before);
    let asked = format!("--config {} check config\n", site.path("etc/prosody/prosody.cfg.lua").display());
    assert_eq!(site.read("data/asked"), asked.repeat(2));
    assert!(site.says(&["--undo"], 0).contains("There is nothing to take back."));
}

#[test]
fn dockers_variables_are_set_up_once_and_put_back_byte_for_byte() {
    let site = Site::docker();
    // Containers do not reach 127.0.0.1.
    assert!(site.says(&["--dry-run"], 64).contains("server.listen"));
    site.write("reflector/config.toml", "[server]\nlisten = [\"127.0.0.1:1250\", \"172.17.0.1:1250\"]\n");
    let before = site.snapshot();
    site.says(&["--dry-run"], 0);
    assert_eq!(site.snapshot(), before);
    let old = site.read("project/.env");
    let said = site.says(&["--yes"], 0);
    let files = "-f docker-compose.yml -f jibri.yml";
    let up = format!("cd '{}' && docker compose {files} up -d", site.path("project").display());
    assert!(said.lines().any(|line| line.trim() == up), "{said}");
    assert!(said.contains("- JITSI_WEBHOOK_SECRET") && said.contains("reflector-jibri-finalize:ro"), "{said}");

    let env = site.read("project/.env");
    for (name, value) in [
        ("ENABLE_AUTH", "1"),
        ("AUTH_TYPE", "jwt"),
        ("JWT_APP_ID", "reflector"),
        ("ENABLE_AUTO_OWNER", "0"),
        ("JICOFO_ENABLE_AUTH", "0"),
        ("XMPP_MUC_MODULES", "muc_census,token_affiliation,reflector"),
        ("JIBRI_WEBHOOK_SUBSCRIBERS", "http://172.17.0.1:1250"),
        ("REFLECTOR_API_URL", "http://172.17.0.1:1250"),
    ] {
        assert_eq!(self::value(&env, &format!("{name}=")), value, "{env}");
    }
    let own = site.read(OWN);
    let key = value(&own, "webhook_secret");
    let options = format!(
        "XMPP_MUC_CONFIGURATION=\"muc_room_cache_size = 2000,reflector_url=\\\"http://172.17.0.1:1250\\\",\
         reflector_secret=\\\"{key}\\\"\""
    );
    assert!(env.lines().any(|line| line == options), "{options} in {env}");
    assert_eq!(value(&env, "JITSI_WEBHOOK_SECRET="), key);
    assert_eq!(value(&own, "jwt_secret"), value(&env, "JWT_APP_SECRET="));
    assert_eq!(
        (value(&own, "domain"), value(&own, "jwt_subject")),
        ("meet.example.com".to_owned(), "meet.jitsi".to_owned())
    );
    assert!(own.contains("networks = [\"172.16.0.0/12\"]"), "{own}");
    let gone: Vec<&str> = old.lines().filter(|line| !env.lines().any(|now| now == *line)).collect();
    assert_eq!(gone, ["XMPP_MUC_MODULES=muc_census", "XMPP_MUC_CONFIGURATION=\"muc_room_cache_size = 2000\""]);
    assert!(site.path("config/prosody/prosody-plugins-custom/mod_reflector.lua").is_file());
    assert_eq!((site.mode("project/.env"), site.mode(OWN)), (0o600, 0o640));

    let after = site.snapshot();
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
    assert_eq!(site.snapshot(), after);
    site.says(&["--undo", "--yes"], 0);
    assert_eq!(site.snapshot(), before);
}

#[tokio::test]
async fn a_key_that_the_server_alone_knows_is_not_made_anew() {
    let server = Start::default().run();
    let site = Site::debian();
    let mut command = program();
    command.args(["setup", "jitsi", "--dry-run", "--jitsi-config"]).arg(site.path("etc"));
    command.arg("--config").arg(&server.config).arg("--data-dir").arg(&server.data);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("the running server has a key") && said.contains("JITSI_WEBHOOK_SECRET"), "{said}");
    assert_eq!(output.status.code(), Some(64), "{said}");
    let known = command.env("JITSI_WEBHOOK_SECRET", WEBHOOK_SECRET).output().unwrap();
    assert!(known.status.success(), "{}", String::from_utf8_lossy(&known.stderr));
}
