//! Machines that are not as they come: without Jibri, with several hosts, set up by hand, unreadable, or written in a way
//! that no program should edit.

use std::process::Command;

use super::site::{APP_SECRET, HOST_FILE, JIBRI, JICOFO, OWN, Site};
use super::value;

#[test]
fn a_machine_without_jibri_or_jicofo() {
    let site = Site::debian();
    std::fs::remove_dir_all(site.path("etc/jitsi/jibri")).unwrap();
    let said = site.says(&["--yes"], 0);
    assert!(said.contains("Jibri: not on this machine") && !said.contains("restart jibri\n"), "{said}");
    assert!(!site.path("lib/jibri-finalize").exists() && !site.path("reflector/jibri.env").exists());
    std::fs::remove_dir_all(site.path("etc/jitsi/jicofo")).unwrap();
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
}

#[test]
fn of_several_domains_one_must_be_named() {
    let site = Site::debian();
    let other = "VirtualHost \"b.example.com\"\n    authentication = \"token\"\n    app_id = \"b\"\n    app_secret = \"canary-b\"\n\
                 Component \"conference.b.example.com\" \"muc\"\n    modules_enabled = { \"token_verification\" }\n";
    site.write("etc/prosody/conf.d/b.example.com.cfg.lua", other);
    let before = site.snapshot();
    let said = site.says(&["--yes"], 64);
    assert!(said.contains("b.example.com, meet.example.com") && said.contains("jitsi.domain"), "{said}");
    assert_eq!(site.snapshot(), before);
    site.write("reflector/config.toml", "[jitsi]\ndomain = \"b.example.com\"\n");
    site.says(&["--yes"], 0);
    let changed = site.read("etc/prosody/conf.d/b.example.com.cfg.lua");
    assert!(
        changed.contains("{ \"token_verification\", \"token_affiliation\", \"reflector\" }")
            || changed.contains("{ \"token_verification\"; \"token_affiliation\"; \"reflector\" }"),
        "{changed}"
    );
    // The path of modules is where it was, in the file of the other.
    let untouched = site.read(HOST_FILE);
    assert!(untouched.contains("lib/prosody") && !untouched.contains("reflector_url"), "{untouched}");
    assert_eq!(value(&site.read(OWN), "jwt_secret"), "canary-b");
}

#[test]
fn what_was_set_up_by_hand_stays() {
    let site = Site::debian();
    let module = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/prosody/mod_reflector.lua");
    std::fs::copy(module, site.path("plugins/mod_reflector.lua")).unwrap();
    let options = "\"token_affiliation\";\n        \"reflector\";\n        \"muc_rate_limit\";\n    }\n    \
                   event_sync_url = \"http://127.0.0.1:1250/v1/jitsi/events\"\n    event_sync_secret = \"canary-by-hand-0123456789\"\n    \
                   admins = { \"focus";
    let lines = "\"muc_rate_limit\";\n    }\n    admins = { \"focus";
    site.change(HOST_FILE, lines, options);
    site.write(JICOFO, "jicofo { conference { enable-auto-owner = false } }\n");
    site.write("guide.sh", "#!/bin/sh\ncurl -X POST $API/v1/jibri/recording-complete\n");
    site.change(JIBRI, "/path/to/finalize_recording.sh", site.path("guide.sh").to_str().unwrap());
    site.change(JIBRI, "subscribers = []", "subscribers = [\"http://127.0.0.1:1250/\"]");
    site.write(
        "reflector/config.toml",
        &format!(
            "[jitsi]\ndomain = \"meet.example.com\"\napp_id = \"meetings\"\njwt_secret = \"{APP_SECRET}\"\n\
             webhook_secret = \"canary-by-hand-0123456789\"\n[recordings]\ndirectories = [\"/srv/recordings\"]\n"
        ),
    );
    let before = site.snapshot();
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
    assert_eq!(site.snapshot(), before);
    // Where our own part is missing, it is taken from theirs.
    site.write("reflector/config.toml", "");
    site.says(&["--yes"], 0);
    let own = site.read(OWN);
    assert_eq!(value(&own, "webhook_secret"), "canary-by-hand-0123456789");
    assert_eq!((value(&own, "app_id"), value(&own, "jwt_secret")), ("meetings".to_owned(), APP_SECRET.to_owned()));
    assert!(own.contains("\"/var/recordings\"") && own.contains("\"/srv/recordings\""), "{own}");
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
}

#[test]
fn a_script_of_the_house_is_left_alone() {
    let site = Site::debian();
    site.write("upload.sh", "#!/bin/sh\nrclone copy \"$1\" remote:\n");
    site.change(JIBRI, "/path/to/finalize_recording.sh", site.path("upload.sh").to_str().unwrap());
    let said = site.says(&["--yes"], 0);
    let line = format!("{} \"$1\"", site.path("lib/jibri-finalize").display());
    assert!(said.contains("upload.sh after each recording") && said.contains(&line), "{said}");
    assert!(site.read(JIBRI).contains("upload.sh"));
    assert!(site.path("lib/jibri-finalize").is_file());
    site.write("upload.sh", &format!("#!/bin/sh\nrclone copy \"$1\" remote:\n{line}\n"));
    let said = site.says(&["--yes"], 0);
    assert!(said.contains("Nothing is to be done") && !said.contains("upload.sh"), "{said}");
}

#[test]
fn what_cannot_be_edited_safely_is_told_and_left_as_a_whole() {
    let site = Site::debian();
    let computed = "modules_enabled = conference_modules {\n        \"muc_hide_all\";\n        \"muc_meeting_id\";\n        \"muc_domain_mapper\";";
    let plain =
        "modules_enabled = {\n        \"muc_hide_all\";\n        \"muc_meeting_id\";\n        \"muc_domain_mapper\";";
    site.change(HOST_FILE, plain, computed);
    let (prosody, jicofo) = (site.read(HOST_FILE), site.read(JICOFO));
    let said = site.says(&["--yes"], 0);
    for line in [
        "conf.avail/meet.example.com.cfg.lua is not edited, for modules_enabled is no plain list of texts. Put in:",
        "under Component \"conference.meet.example.com\" \"muc\": reflector_secret = \"***\"",
        "under Component \"conference.meet.example.com\" \"muc\": to modules_enabled: \
         \"token_verification\"; \"token_affiliation\"; \"reflector\"",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
    assert!(said.contains("(*** is jitsi.webhook_secret or"), "{said}");
    assert_eq!(site.read(HOST_FILE), prosody);
    // Without roles in Prosody, Jicofo's are all there are.
    assert_eq!(site.read(JICOFO), jicofo);
    assert!(site.read(JIBRI).contains("jibri-finalize"));
}

#[test]
fn without_tokens_there_are_no_links_and_roles_stay() {
    let site = Site::debian();
    site.change(HOST_FILE, "authentication = \"token\" -- do not", "authentication = \"jitsi-anonymous\" -- do not");
    site.change(HOST_FILE, "    app_id=", "    --app_id=");
    site.change(HOST_FILE, "    app_secret=", "    --app_secret=");
    let jicofo = site.read(JICOFO);
    let said = site.says(&["--yes"], 0);
    assert!(said.contains("apt-get install jitsi-meet-tokens"), "{said}");
    assert_eq!(site.read(JICOFO), jicofo);
    assert!(!site.read(OWN).contains("jwt_secret"), "{}", site.read(OWN));
    assert!(site.read(HOST_FILE).contains("\"reflector\";") && !site.read(HOST_FILE).contains("token_affiliation"));
    // Once they are there, the same command does the rest.
    site.change(HOST_FILE, "\"jitsi-anonymous\" -- do not", "\"token\" -- do not");
    site.change(HOST_FILE, "    --app_id=", "    app_id=");
    site.change(HOST_FILE, "    --app_secret=", "    app_secret=");
    site.says(&["--yes"], 0);
    assert_eq!(value(&site.read(OWN), "jwt_secret"), APP_SECRET);
    assert!(site.read(JICOFO).contains("enable-auto-owner = false"));
}

#[test]
fn without_the_module_of_roles_jicofos_are_left() {
    let site = Site::debian();
    std::fs::remove_file(site.path("plugins/mod_token_affiliation.lua")).unwrap();
    let jicofo = site.read(JICOFO);
    assert!(site.says(&["--yes"], 0).contains("Prosody has no token_affiliation"));
    assert_eq!(site.read(JICOFO), jicofo);
    let docker = Site::docker();
    docker.change("config/prosody/config/conf.d/jitsi-meet.cfg.lua", ", \"/prosody-plugins-contrib\"", "");
    let said = docker.says(&["--yes", "--url", "http://172.17.0.1:1250"], 0);
    assert!(said.contains("It is not known whether the image of Prosody has token_affiliation"), "{said}");
    assert!(!docker.read("project/.env").contains("ENABLE_AUTO_OWNER"));
}

#[test]
fn tokens_that_lack_their_secret_get_one() {
    let site = Site::debian();
    site.change(HOST_FILE, "    app_id=", "    --app_id=");
    site.change(HOST_FILE, "    app_secret=", "    --app_secret=");
    site.says(&["--yes"], 0);
    let (host, own) = (site.read(HOST_FILE), site.read(OWN));
    assert_eq!(
        (value(&host, "app_id ="), value(&host, "app_secret =")),
        ("reflector".to_owned(), value(&own, "jwt_secret"))
    );
    assert_eq!(value(&own, "jwt_secret").len(), 64);
    assert_ne!(value(&own, "jwt_secret"), value(&own, "webhook_secret"));
}

#[test]
fn links_that_are_signed_with_keys_need_no_secret() {
    let site = Site::debian();
    site.write("reflector/config.toml", "[jitsi]\njwt_algorithm = \"RS256\"\n");
    site.change(HOST_FILE, "    app_secret=", "    --app_secret=");
    site.says(&["--yes"], 0);
    let host = site.read(HOST_FILE);
    for option in ["asap_key_server", "cache_keys_url"] {
        assert_eq!(value(&host, &format!("{option} = \"http://127")), "http://127.0.0.1:1250/v1/jitsi/keys");
    }
    assert!(!host.contains("\n    app_secret") && !site.read(OWN).contains("jwt_secret"), "{host}");
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
    // Without them, somebody has to choose.
    site.write("reflector/config.toml", "");
    assert!(site.says(&["--dry-run"], 0).contains("set jitsi.jwt_algorithm = \"RS256\""));

    let docker = Site::docker();
    docker.write("reflector/config.toml", "[jitsi]\njwt_algorithm = \"RS256\"\n");
    docker.says(&["--yes", "--url", "http://172.17.0.1:1250"], 0);
    let env = docker.read("project/.env");
    assert_eq!(value(&env, "JWT_ASAP_KEYSERVER="), "http://172.17.0.1:1250/v1/jitsi/keys");
    assert!(!env.contains("\nJWT_APP_SECRET="), "{env}");
    assert!(docker.says(&["--yes", "--url", "http://172.17.0.1:1250"], 0).contains("Nothing is to be done"));
}

#[test]
fn two_who_disagree_are_told_so() {
    let site = Site::debian();
    site.write("reflector/config.toml", "[jitsi]\napp_id = \"ours\"\njwt_secret = \"canary-of-ours-0123456789\"\n");
    let said = site.says(&["--yes"], 0);
    assert!(said.contains("has the app id meetings, and jitsi.app_id is ours"), "{said}");
    assert!(said.contains("has another app secret than jitsi.jwt_secret: make them the same."), "{said}");
    assert!(site.read(HOST_FILE).contains(APP_SECRET) && !site.read(OWN).contains("jwt_secret"));
}

#[test]
fn names_that_are_not_the_usual_ones_are_told_to_the_module() {
    let site = Site::debian();
    site.change(HOST_FILE, "breakout.meet.example.com", "groups.meet.example.com");
    site.change(JIBRI, "domain = \"recorder.meet.example.com\"", "domain = \"cameras.example.com\"");
    site.says(&["--yes"], 0);
    let host = site.read(HOST_FILE);
    assert_eq!(value(&host, "reflector_breakout_component"), "groups.meet.example.com");
    let list = "reflector_machine_domains = { \"recorder.meet.example.com\", \"hidden.meet.example.com\", \
                \"auth.meet.example.com\", \"cameras.example.com\" }";
    assert!(host.contains(list), "{host}");
    assert!(site.says(&["--yes"], 0).contains("Nothing is to be done"));
}

#[test]
fn what_cannot_be_read_is_an_error_and_nothing_is_changed() {
    let site = Site::debian();
    std::fs::write(site.path("etc/prosody/conf.d/z.cfg.lua"), b"-- \xff\n").unwrap();
    let before = site.snapshot();
    let said = site.says(&["--yes"], 74);
    assert!(said.contains("z.cfg.lua cannot be read: it is not UTF-8"), "{said}");
    assert_eq!(site.snapshot(), before);
    std::fs::remove_file(site.path("etc/prosody/conf.d/z.cfg.lua")).unwrap();
    std::fs::remove_dir_all(site.path("etc/prosody/conf.d")).unwrap();
    assert!(site.says(&["--yes"], 64).contains("ln -s ../conf.avail/"));
    std::fs::remove_dir_all(site.path("etc/prosody")).unwrap();
    assert!(site.says(&["--yes"], 64).contains("there is no Jitsi in"));
}

#[test]
fn whoever_may_not_is_told_to_be_root() {
    let site = Site::debian();
    for name in ["", "data", "reflector", "etc", "etc/prosody", "etc/prosody/conf.d", "etc/prosody/conf.avail"] {
        site.chmod(name, 0o755);
    }
    let run = site.command(&["--yes"]);
    let mut other = Command::new("setpriv");
    other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(run.get_program()).args(run.get_args());
    // Where this test is no root, it is that user already.
    other.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = other.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(77), "{said}");
    assert!(said.contains("run this command as root"), "{said}");
}
