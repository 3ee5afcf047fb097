//! What we build with: under which licences, from where, and what must not be among it.

use std::process::Command;

use serde_json::Value;

use super::{none, root};

/// Licences that let the program be used and handed on, with their texts beside it.
const ALLOWED: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];
/// Copyleft, but of the single file, and none of it is changed here.
const PER_FILE: [&str; 1] = ["MPL-2.0"];
/// Libraries that are not to come in, not even through others, and why.
const BANNED: [(&str, &str); 7] = [
    ("chrono-tz", "it carries a copy of the time zones"),
    ("native-tls", "TLS is rustls"),
    ("openssl", "TLS is rustls"),
    ("openssl-sys", "TLS is rustls"),
    ("ring", "aws-lc-rs is the one provider of cryptography"),
    ("rsa", "its timing tells the key (RUSTSEC-2023-0071)"),
    ("serde_yml", "it is unsound (RUSTSEC-2025-0068)"),
];
/// Libraries that are to come in once, since two of them would be two ways of doing one thing.
const ONCE: [&str; 9] = ["http", "hyper", "hyper-util", "h2", "reqwest", "rustls", "tokio", "tokio-rustls", "tracing"];

/// Every package that is built for this machine. Cargo's metadata also name optional ones that nobody asked for, so they
/// are held against its tree.
fn packages() -> Vec<Value> {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", &target]);
    let output = cargo.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--offline", "--target", &target, "--prefix=none", "--format={p}"]);
    let output = cargo.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let built: Vec<_> = tree.lines().filter_map(|line| line.split_once(' ')).collect();
    let is_built = |package: &&Value| {
        let version = format!("v{}", text(package, "version"));
        built.iter().any(|(name, rest)| *name == text(package, "name") && rest.split(' ').next() == Some(&version))
    };
    metadata["packages"].as_array().unwrap().iter().filter(is_built).cloned().collect()
}

fn text<'v>(package: &'v Value, key: &str) -> &'v str {
    package[key].as_str().unwrap_or_default()
}

#[test]
fn every_licence_is_one_of_ours() {
    let packages = packages();
    assert!(packages.len() > 100, "only {} packages were found", packages.len());
    let bad = packages.iter().filter(|package| !is_allowed(text(package, "license")));
    let bad: Vec<_> = bad.map(|p| format!("{} {}: {}", text(p, "name"), text(p, "version"), p["license"])).collect();
    none("licences that are on no list:", &bad);
}

#[test]
fn everything_comes_from_the_registry() {
    let packages = packages();
    let strange = packages.iter().filter(|package| {
        text(package, "name") != "reflector"
            && text(package, "source") != "registry+https://github.com/rust-lang/crates.io-index"
    });
    none("not from crates.io:", &strange.map(|p| format!("{} {}", text(p, "name"), p["source"])).collect::<Vec<_>>());
}

#[test]
fn nothing_banned_and_nothing_twice() {
    let packages = packages();
    let mut found = Vec::new();
    for (name, why) in BANNED {
        if packages.iter().any(|package| text(package, "name") == name) {
            found.push(format!("{name}: {why}"));
        }
    }
    for name in ONCE {
        let versions = packages.iter().filter(|p| text(p, "name") == name).map(|p| text(p, "version"));
        let versions: Vec<_> = versions.collect();
        if versions.len() > 1 {
            found.push(format!("{name} comes in {} versions: {}", versions.len(), versions.join(", ")));
        }
    }
    none("libraries that should not be there:", &found);
}

/// Whether an SPDX expression leaves a choice that is allowed. `/` is how `OR` was once written.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) && words.next().is_none()
}

type Words<'w> = std::iter::Peekable<std::str::SplitWhitespace<'w>>;

fn any_of(words: &mut Words<'_>) -> bool {
    let mut is_good = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        is_good = all_of(words) || is_good;
    }
    is_good
}

fn all_of(words: &mut Words<'_>) -> bool {
    let mut is_good = one(words);
    while words.next_if_eq(&"AND").is_some() {
        is_good = one(words) && is_good;
    }
    is_good
}

fn one(words: &mut Words<'_>) -> bool {
    let Some(word) = words.next() else { return false };
    if word == "(" {
        let is_good = any_of(words);
        return words.next() == Some(")") && is_good;
    }
    let with = words.next_if_eq(&"WITH").and_then(|_| words.next());
    let name = with.map_or_else(|| word.to_owned(), |exception| format!("{word} WITH {exception}"));
    ALLOWED.contains(&name.as_str()) || PER_FILE.contains(&name.as_str())
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    for good in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "ISC AND (Apache-2.0 OR GPL-2.0)", "(MIT)"] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT AND", "(MIT", "MIT) OR MIT", "Apache-2.0 WITH Other-exception"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}
