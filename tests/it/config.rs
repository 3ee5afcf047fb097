//! The configuration as it is found on a machine: which files are read, in which order, and what an unreadable one says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use reflector::{Config, Overrides};

fn with_file(path: &Path) -> Overrides {
    Overrides { config: Some(path.to_owned()), ..Overrides::default() }
}

fn env(name: &str, value: &Path) -> BTreeMap<String, String> {
    [(name.to_owned(), value.display().to_string())].into()
}

#[test]
fn conf_d_is_read_in_order_behind_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let main = dir.path().join("config.toml");
    let conf_d = dir.path().join("conf.d");
    fs::create_dir(&conf_d).unwrap();
    fs::write(&main, "[jitsi]\napp_id = \"main\"\njwt_audience = \"main\"\n").unwrap();
    fs::write(conf_d.join("20-b.toml"), "[jitsi]\napp_id = \"b\"\n").unwrap();
    fs::write(conf_d.join("10-a.toml"), "[jitsi]\napp_id = \"a\"\njwt_subject = \"a\"\n").unwrap();
    // So many that no file system lists them in order by chance.
    let between: Vec<String> = (11..20).map(|number| format!("{number}-c.toml")).collect();
    for name in &between {
        fs::write(conf_d.join(name), "[jitsi]\napp_id = \"c\"\n").unwrap();
    }
    for ignored in ["30-c.toml.bak", ".40-d.toml"] {
        fs::write(conf_d.join(ignored), "nonsense").unwrap();
    }
    for (flags, env) in [
        (with_file(&main), BTreeMap::new()),
        (Overrides::default(), env("REFLECTOR_CONFIG", &main)),
        (with_file(&main), env("REFLECTOR_CONFIG", Path::new("/nowhere"))),
    ] {
        let loaded = Config::read(flags, env).unwrap();
        let jitsi = &loaded.config.jitsi;
        assert_eq!((jitsi.app_id.as_str(), jitsi.jwt_audience.as_str(), jitsi.subject()), ("b", "main", Some("a")));
        let names = ["10-a.toml"].into_iter().chain(between.iter().map(String::as_str)).chain(["20-b.toml"]);
        let read = std::iter::once(main.clone()).chain(names.map(|name| conf_d.join(name)));
        assert_eq!(loaded.files, read.map(|path| path.display().to_string()).collect::<Vec<_>>());
        assert_eq!(loaded.origin("jitsi.app_id").to_string(), format!("{}:2", conf_d.join("20-b.toml").display()));
    }
}

#[test]
fn a_secret_is_read_from_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let (main, secret) = (dir.path().join("config.toml"), dir.path().join("secret"));
    fs::write(&main, "").unwrap();
    fs::write(&secret, "0123456789abcdef\n").unwrap();
    let loaded = Config::read(with_file(&main), env("REFLECTOR_JITSI__WEBHOOK_SECRET_FILE", &secret)).unwrap();
    assert_eq!(loaded.config.jitsi.webhook_secret.unwrap().expose(), "0123456789abcdef");
    assert_eq!(loaded.warnings, Vec::<String>::new());
}

#[test]
fn a_file_that_cannot_be_read_says_who_named_it() {
    let dir = tempfile::tempdir().unwrap();
    let gone = dir.path().join("gone.toml");
    let refused = |flags, env| Config::read(flags, env).unwrap_err().to_string();
    let message = format!("{} cannot be read: No such file or directory", gone.display());
    assert!(refused(with_file(&gone), BTreeMap::new()).starts_with(&format!("flag --config: {message}")));
    let named = env("REFLECTOR_CONFIG", &gone);
    assert!(refused(Overrides::default(), named).starts_with(&format!("env REFLECTOR_CONFIG: {message}")));

    let main = dir.path().join("config.toml");
    fs::write(&main, [0xff]).unwrap();
    assert!(refused(with_file(&main), BTreeMap::new()).contains("cannot be read: stream did not contain valid UTF-8"));
    fs::write(&main, vec![b'\n'; (1 << 20) + 1]).unwrap();
    assert!(refused(with_file(&main), BTreeMap::new()).contains("cannot be read: it has more than 1048576 bytes"));
    fs::write(&main, "").unwrap();
    let secret = refused(with_file(&main), env("JITSI_JWT_SECRET_FILE", &gone));
    assert!(secret.contains("env JITSI_JWT_SECRET_FILE: jitsi.jwt_secret is refused: "), "{secret}");
}
