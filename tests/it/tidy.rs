//! The house rules that a machine can hold: which module may use which, where each library lives, how long a file and
//! a function may be, what must not be left in the text, and under which licences we build.

mod licences;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

/// The modules from the ground up. Each may use those on the lines before its own, and none beside it.
const FLOORS: [&[&str]; 9] = [
    &["domain", "exchange"],
    &["clock", "config", "tasks"],
    &["telemetry"],
    &["door", "platforms", "storage", "store"],
    &["app", "finalize", "setup"],
    &["http", "jobs"],
    &["server"],
    &["demo"],
    &["cli"],
];
/// Who may not reach past the floor under their own, to these: a door knows verbs alone, and the command line the server.
const PAST: [(&str, &[&str]); 4] = [
    ("http", &["door", "platforms", "storage", "store"]),
    ("jobs", &["door", "platforms", "storage", "store"]),
    ("cli", &["app", "door", "http", "jobs", "platforms", "storage", "store"]),
    ("demo", &["app", "door", "http", "jobs", "platforms", "storage", "store"]),
];
/// The libraries and the files that may name them; `""` is everywhere.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("argon2", &["app/access/passwords"]),
    ("aws_lc_rs", &["platforms", "storage/sha256"]),
    ("bytes", &[""]),
    ("chrono", &["domain/timestamp"]),
    ("clap", &["cli"]),
    ("crc32fast", &["store"]),
    ("data_encoding", &[""]),
    ("directories", &["config"]),
    ("futures_util", &["app", "door", "http", "jobs", "storage/objects", "tasks"]),
    ("getrandom", &["clock"]),
    ("hmac", &["platforms"]),
    ("http_body_util", &["door", "exchange", "storage/objects"]),
    ("hyper", &["demo/outside", "door", "exchange"]),
    ("hyper_util", &["door", "exchange"]),
    ("jsonwebtoken", &["platforms"]),
    ("listenfd", &["door"]),
    ("object_store", &["storage/objects"]),
    ("poem", &["cli", "door", "http", "server"]),
    ("poem_openapi", &["http"]),
    ("prometheus_client", &["telemetry"]),
    ("quick_xml", &["platforms", "storage/objects"]),
    ("redb", &["store"]),
    ("rust_embed", &["http/console"]),
    ("rustix", &["door", "setup/services", "storage"]),
    ("rustls_native_certs", &["exchange"]),
    ("sd_notify", &["cli/serve"]),
    ("serde", &[""]),
    ("serde_json", &[""]),
    ("sha1", &["app/recordings/uploads"]),
    ("sha2", &["app", "domain", "platforms"]),
    ("subtle", &["app"]),
    ("thiserror", &[""]),
    (
        "tokio",
        &["app", "cli", "demo", "door", "exchange", "finalize", "http", "jobs", "server", "storage", "store", "tasks"],
    ),
    ("tokio_rustls", &["exchange"]),
    ("tokio_util", &["door", "http", "jobs", "server", "tasks"]),
    ("toml", &["config"]),
    ("tracing", &["app", "cli", "demo", "door", "http", "jobs", "platforms", "server", "storage", "store"]),
    ("tracing_subscriber", &["telemetry"]),
    ("uuid", &["clock", "domain/ids"]),
];
/// What a pure module does not name: the disk, the network, time that passes, threads.
const IMPURE: [&str; 10] = [
    "Instant",
    "SystemTime",
    "async",
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::sync",
    "std::thread",
];
const FILE_LINES_MOST: usize = 600;
const FUNCTION_LINES_MOST: usize = 70;
/// A test may be left to another one that runs it as a process of its own, and for no other reason.
const A_PROCESS: &str = "#[ignore = \"the process that";
/// What is made by tools, or is data, and not read for words.
const NOT_OURS: [&str; 9] = [
    ".git",
    "target",
    "node_modules",
    "dist",
    "Cargo.lock",
    "package-lock.json",
    "schema.d.ts",
    "tests/data",
    "LICENSE-APACHE",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text of ours under a directory, by its path from the root.
fn texts(under: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![root().join(under)];
    while let Some(path) = left.pop() {
        let name = path.strip_prefix(root()).unwrap().to_owned();
        if NOT_OURS.iter().any(|other| name.ends_with(other)) || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.insert(name, text);
        }
    }
    assert!(!found.is_empty(), "nothing under {under}");
    found
}

/// The Rust files under a directory.
fn sources(under: &str) -> Vec<Source> {
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    texts(under).iter().filter(|(path, _)| is_rust(path)).map(|(path, text)| Source::new(path, text)).collect()
}

fn all_rust() -> Vec<Source> {
    ["src", "tests", "benches"].into_iter().filter(|under| root().join(under).exists()).flat_map(sources).collect()
}

/// Fails with the whole list, so that one run shows everything.
fn none(what: &str, found: &[String]) {
    let list = found.iter().fold(String::new(), |mut list, line| {
        let _ = writeln!(list, "  {line}");
        list
    });
    assert!(found.is_empty(), "{what}\n{list}");
}

#[test]
fn imports_go_down_only() {
    let floor = |module: &str| FLOORS.iter().position(|floor| floor.contains(&module));
    let mut found = Vec::new();
    for source in sources("src") {
        let here = source.module();
        if here == "lib" || here == "main" {
            continue;
        }
        let Some(own) = floor(here) else {
            found.push(format!("{}: the module {here} stands on no floor: give it one in this test", source.path()));
            continue;
        };
        for (line, other) in source.uses() {
            let past = PAST.iter().any(|(who, not)| *who == here && not.contains(&other.as_str()));
            if other != here && floor(&other).is_some_and(|floor| floor >= own || past) {
                found.push(format!("{}:{line}: {here} must not use {other}", source.path()));
            }
        }
    }
    none("these imports go up, aside, or past what they should go through:", &found);
}

#[test]
fn every_module_of_the_table_exists() {
    let modules: BTreeSet<_> = sources("src").iter().map(|source| source.module().to_owned()).collect();
    let named = FLOORS.iter().flat_map(|floor| floor.iter());
    none(
        "no such module:",
        &named.filter(|name| !modules.contains(**name)).map(|name| (*name).to_owned()).collect::<Vec<_>>(),
    );
}

#[test]
fn a_library_has_one_room() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let sources = sources("src");
    let mut found = Vec::new();
    for library in dependencies.keys().map(|name| name.replace('-', "_")) {
        let Some((_, rooms)) = LIBRARIES.iter().find(|(name, _)| *name == library) else {
            found.push(format!("{library}: a new library: give it a room in this test"));
            continue;
        };
        let mut is_used = false;
        for source in &sources {
            let Some(line) = source.names(&library) else { continue };
            is_used = true;
            if !rooms.iter().any(|room| source.is_in(room)) {
                found.push(format!("{}:{line}: {library} belongs to {}", source.path(), rooms.join(", ")));
            }
        }
        if !is_used {
            found.push(format!("{library}: nothing uses it: take it out of Cargo.toml"));
        }
    }
    let gone = LIBRARIES.iter().filter(|(name, _)| !dependencies.keys().any(|key| key.replace('-', "_") == *name));
    found.extend(gone.map(|(name, _)| format!("{name}: no dependency: take it out of this test")));
    none("libraries outside their rooms:", &found);
}

#[test]
fn the_domain_is_pure() {
    let mut found = Vec::new();
    for source in sources("src/domain").into_iter().chain(sources("src/domain.rs")) {
        found.extend(
            IMPURE
                .iter()
                .filter_map(|name| source.has_word(name).map(|line| format!("{}:{line}: {name}", source.path()))),
        );
    }
    none("the domain decides, and does nothing; these are for the rooms above it:", &found);
}

#[test]
fn files_and_functions_are_short() {
    let mut found = Vec::new();
    for source in all_rust() {
        if source.lines() > FILE_LINES_MOST {
            found.push(format!("{}: {} lines, at most {FILE_LINES_MOST}", source.path(), source.lines()));
        }
        for (line, name, lines) in source.functions() {
            if lines > FUNCTION_LINES_MOST {
                found
                    .push(format!("{}:{line}: {name} has {lines} lines, at most {FUNCTION_LINES_MOST}", source.path()));
            }
        }
    }
    for (path, text) in texts("assets/src") {
        if text.lines().count() > FILE_LINES_MOST {
            found.push(format!("{}: more than {FILE_LINES_MOST} lines", path.display()));
        }
    }
    none("too long:", &found);
}

#[test]
fn files_say_why_they_exist_and_are_named_for_it() {
    let mut found = Vec::new();
    for source in all_rust() {
        if !source.text().starts_with("//! ") {
            found.push(format!("{}: opens without //!", source.path()));
        }
        let name = source.path().rsplit('/').next().unwrap().to_owned();
        if ["mod.rs", "util.rs", "utils.rs", "common.rs", "helpers.rs", "misc.rs"].contains(&name.as_str()) {
            found.push(format!("{}: a name that says nothing", source.path()));
        }
    }
    none("files without a reason:", &found);
}

#[test]
fn nothing_is_left_for_later_or_switched_off() {
    let mut found = Vec::new();
    for source in all_rust() {
        let code = ["unimplemented!", "dbg!", "[allow", "cfg_attr"];
        found.extend(
            code.iter().filter_map(|word| source.has(word).map(|line| format!("{}:{line}: {word}", source.path()))),
        );
        found.extend(source.text().lines().enumerate().filter_map(|(number, line)| {
            let is_off = line.trim_start().starts_with("#[ignore") && !line.contains(A_PROCESS);
            is_off.then(|| format!("{}:{}: {}", source.path(), number + 1, line.trim()))
        }));
    }
    // Put together here, so that this file does not hold them.
    let words = [["to", "do"], ["fix", "me"], ["x", "xx"]].map(|parts| parts.concat());
    let places = [["/ro", "ot/"], ["/wo", "rk/"], ["/tmp", "/wt"]].map(|parts| parts.concat());
    for (path, text) in texts("") {
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            let has_word = lower.split(|c: char| !c.is_alphanumeric()).any(|word| words.iter().any(|bad| word == bad));
            let has_word = has_word && !(path == Path::new("Cargo.toml") && line.ends_with("= \"warn\""));
            let has_place = places.iter().any(|place| is_a_path(line, place));
            if has_word || has_place {
                found.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    none("left for later, switched off, or of one machine only:", &found);
}

/// Whether a line holds this path, and not one of which it is only the end.
fn is_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-".contains(c)))
}

#[test]
fn unsafe_code_is_forbidden() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    assert!(all_rust().iter().all(|source| source.has_word("unsafe").is_none()));
}

#[test]
fn the_documents_are_there_and_their_links_lead_somewhere() {
    let mut found = Vec::new();
    for name in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "docs/development.md"] {
        if !root().join(name).is_file() {
            found.push(format!("{name} is missing"));
        }
    }
    for (path, text) in texts("").iter().filter(|(path, _)| path.extension().is_some_and(|ext| ext == "md")) {
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next());
        for link in links.filter(|link| !link.is_empty() && !link.contains(':')) {
            if !root().join(path).parent().unwrap().join(link).exists() {
                found.push(format!("{}: {link} leads nowhere", path.display()));
            }
        }
    }
    none("documents:", &found);
}
