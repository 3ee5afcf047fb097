//! The API as programs see it: the document held against the specification, clients generated from it in three
//! languages and used against the running server, and a fuzzer that sends what the document allows and what it does not.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Server, Start, program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A tool that the test command installs.
fn tool(path: &str) -> PathBuf {
    let tool = root().join(path);
    assert!(tool.exists(), "{} is missing: run tests/all", tool.display());
    tool
}

fn python_tool(name: &str) -> PathBuf {
    tool(&format!("target/tools/python/bin/{name}"))
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{said}");
    said
}

/// The document, in a file.
fn document(directory: &Path) -> PathBuf {
    let printed = program().arg("openapi").output().unwrap();
    assert!(printed.status.success());
    let path = directory.join("openapi.json");
    std::fs::write(&path, printed.stdout).unwrap();
    path
}

fn against<'a>(command: &'a mut Command, server: &Server) -> &'a mut Command {
    command.env("REFLECTOR_URL", &server.base).env("REFLECTOR_TOKEN", &server.token)
}

#[test]
fn the_document_is_valid_and_complete() {
    let scratch = tempfile::tempdir().unwrap();
    let path = document(scratch.path());
    run(Command::new(python_tool("openapi-spec-validator")).arg(&path));
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no operationId"));
            assert!(ids.insert(id.to_owned()), "{id} stands twice");
            assert!(operation["summary"].is_string(), "{id} has no summary");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id} has no tag");
            assert!(operation["security"].is_array(), "{id} does not say who may");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{id} documents no error");
            for (status, response) in responses {
                let described =
                    response["$ref"].is_string() || response["description"].as_str().is_some_and(|d| !d.is_empty());
                assert!(described, "{id} does not describe {status}");
            }
        }
    }
    assert!(ids.len() > 30, "{ids:?}");
}

#[test]
fn a_python_client_works() {
    let scratch = tempfile::tempdir().unwrap();
    let (document, client) = (document(scratch.path()), scratch.path().join("client"));
    let mut generate = Command::new(python_tool("openapi-python-client"));
    run(generate.arg("generate").arg("--path").arg(document).arg("--output-path").arg(&client));
    let server = Start::default().run();
    let mut journey = Command::new(python_tool("python"));
    journey.arg(root().join("tests/clients/python/journey.py")).env("REFLECTOR_CLIENT", &client);
    assert_eq!(run(against(&mut journey, &server)), "ok\n");
}

#[test]
fn a_typescript_client_works() {
    let scratch = tempfile::tempdir().unwrap();
    let document = document(scratch.path());
    for file in ["journey.ts", "tsconfig.json"] {
        std::fs::copy(root().join("tests/clients/typescript").join(file), scratch.path().join(file)).unwrap();
    }
    let modules = tool("assets/node_modules");
    std::os::unix::fs::symlink(&modules, scratch.path().join("node_modules")).unwrap();
    let bin = |name: &str| Command::new(modules.join(".bin").join(name));
    run(bin("openapi-typescript").arg(document).arg("--output").arg(scratch.path().join("schema.d.ts")));
    run(bin("tsc").arg("--project").arg(scratch.path()));
    let built = scratch.path().join("journey.mjs");
    let bundle = ["--bundle", "--platform=node", "--format=esm", "--log-level=error"];
    run(bin("esbuild")
        .arg(scratch.path().join("journey.ts"))
        .args(bundle)
        .arg(format!("--outfile={}", built.display())));
    let server = Start::default().run();
    let mut journey = Command::new("node");
    assert_eq!(run(against(journey.arg(built), &server)), "ok\n");
}

#[test]
fn a_rust_client_works() {
    let scratch = tempfile::tempdir().unwrap();
    let document = document(scratch.path());
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(root().join("tests/clients/rust/Cargo.toml"));
    build.arg("--target-dir").arg(root().join("target/clients")).env("REFLECTOR_OPENAPI", document);
    run(&mut build);
    let server = Start::default().run();
    let mut journey = Command::new(root().join("target/clients/debug/reflector-client-journey"));
    assert_eq!(run(against(&mut journey, &server)), "ok\n");
}

/// How many examples the fuzzer makes of each operation.
const EXAMPLES: &str = "25";

#[test]
fn a_fuzzer_finds_no_answer_that_is_not_documented_and_no_failure() {
    let server = Start::default().run();
    let mut fuzzer = Command::new(python_tool("schemathesis"));
    fuzzer.arg("run").arg(format!("{}/openapi.json", server.base));
    fuzzer.args(["--header", &format!("Authorization: Bearer {}", server.token)]);
    fuzzer.args([
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
    ]);
    fuzzer.args(["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1", "--no-color"]);
    // The stream never ends; the check of the whole store and ending one's own access would only end the run.
    fuzzer.args(["--exclude-path", "/v1/events/stream", "--exclude-path", "/v1/tokens/{token}"]);
    // It makes no bodies of this kind; `uploads` does.
    fuzzer.args(["--exclude-operation-id", "append_to_upload"]);
    fuzzer.args(["--request-timeout", "20"]).current_dir(std::env::temp_dir());
    let report = run(&mut fuzzer);
    assert!(!server.log().contains("a request failed"), "{}\n{report}", server.log());
}
