//! `reflector doctor`: asks the server for its report, or looks by itself where none runs, and shows it so that the worst
//! stands last, where the eye is.

use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use poem::http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::commands::text;
use super::{CliError, Global, print};
use crate::server::jitsi_files;

/// How wide a line may become, where the terminal does not say.
const WIDTH: usize = 100;
/// The narrowest and the widest that lines are made, whatever it says.
const WIDTH_LIMITS: (usize, usize) = (60, 140);
/// The verdicts in the order in which they are shown.
const SHOWN: [(&str, &str); 4] = [("ok", "32"), ("skipped", "2"), ("warning", "33"), ("failed", "31")];

/// What `reflector doctor` can be told.
#[derive(Args, Clone, Debug)]
pub(super) struct DoctorArgs {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Try out the whole chain too: go into a conference with a fresh link, and wait for its event. It takes 10 s at most
    #[arg(long)]
    end_to_end: bool,
    /// Judge this link, or token, instead: why is somebody not let in?
    #[arg(long, value_name = "LINK", conflicts_with_all = ["bundle", "end_to_end"])]
    token: Option<String>,
    /// Write what to send along when asking for help to this file, secrets masked
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Where Jitsi's configuration is: a directory with `prosody` and `jitsi` in it, or Docker's [default: /etc]
    #[arg(long, value_name = "DIR")]
    jitsi_config: Option<PathBuf>,
}

/// `reflector doctor`
pub(super) async fn doctor(global: &Global, args: DoctorArgs) -> Result<(), CliError> {
    let (client, problem) = Client::diagnose(global).await?;
    let asked = ask(&client, &args).await;
    client.close().await;
    let report = asked?;
    if let Some(path) = &args.bundle {
        print(&format!("written to {}: have a look before you send it to anybody", path.display()))?;
        return Ok(());
    }
    if args.json {
        print(&format!("{report:#}"))?;
    } else {
        let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        print(&shown(&report, coloured, width()))?;
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    // The report has said it all.
    if count(&report, "failed") > 0 { Err(CliError::Findings(String::new())) } else { Ok(()) }
}

/// The report, or where a bundle is asked for, what was put into it.
async fn ask(client: &Client, args: &DoctorArgs) -> Result<Value, CliError> {
    // Root may read what the server may not, so what this process can read goes along. Where it can read nothing, the
    // server tries.
    let files = jitsi_files(args.jitsi_config.as_deref());
    let body = if args.jitsi_config.is_some() || has_text(&files) { json!({ "files": files }) } else { json!({}) };
    if let Some(token) = &args.token {
        let mut body = body;
        if let Some(fields) = body.as_object_mut() {
            fields.insert("token".to_owned(), Value::from(token.as_str()));
        }
        return client.send(Method::POST, "/v1/doctor/token", Some(body)).await;
    }
    let mut asked = body;
    if let Some(fields) = asked.as_object_mut() {
        fields.insert("end_to_end".to_owned(), Value::from(args.end_to_end));
    }
    let report = client.send(Method::POST, "/v1/doctor", Some(asked)).await?;
    if let Some(path) = &args.bundle {
        let mut bundle = client.send(Method::GET, "/v1/doctor/bundle", None).await?;
        if let Some(fields) = bundle.as_object_mut() {
            fields.insert("report".to_owned(), report.clone());
        }
        write_private(path, &format!("{bundle:#}\n"))?;
    }
    Ok(report)
}

fn has_text(files: &Value) -> bool {
    files.as_array().is_some_and(|files| files.iter().any(|file| file.get("text").is_some_and(Value::is_string)))
}

/// Writes a new file that its owner alone may read.
fn write_private(path: &Path, text: &str) -> Result<(), CliError> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| CliError::io(&format!("cannot write {}", path.display()), &error))
}

fn count(report: &Value, verdict: &str) -> u64 {
    report.pointer(&format!("/summary/{verdict}")).and_then(Value::as_u64).unwrap_or_default()
}

/// How wide the terminal is, as shells tell programs.
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.unwrap_or(WIDTH).clamp(WIDTH_LIMITS.0, WIDTH_LIMITS.1)
}

/// The report for people: a paragraph for each check, aligned, the failures last, and a line that sums it up.
fn shown(report: &Value, coloured: bool, width: usize) -> String {
    let checks = report.get("checks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names = checks.iter().map(|check| text(check, "id").chars().count()).max().unwrap_or_default();
    let mut page = String::new();
    for (verdict, colour) in SHOWN {
        for check in checks.iter().filter(|check| text(check, "verdict") == verdict) {
            let mark = format!("{verdict:7}");
            let mark = if coloured { format!("\u{1b}[{colour}m{mark}\u{1b}[0m") } else { mark };
            let lines = paragraph(check, width.saturating_sub(names + 11));
            page.push_str(&format!("{mark}  {:names$}  ", text(check, "id")));
            page.push_str(&lines.join(&format!("\n{}", " ".repeat(names + 11))));
            page.push('\n');
        }
    }
    let counts: Vec<String> =
        SHOWN.iter().map(|(verdict, _)| format!("{} {verdict}", count(report, verdict))).collect();
    format!("{page}\n{} checks: {}\n", checks.len(), counts.join(", "))
}

/// What a check says, in lines no wider than `width`.
fn paragraph(check: &Value, width: usize) -> Vec<String> {
    let mut lines = wrapped(text(check, "meaning"), "", width);
    for detail in check.get("details").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        lines.extend(wrapped(detail, "- ", width));
    }
    if let Some(mend) = check.get("mend").and_then(Value::as_str) {
        lines.extend(wrapped(mend, "> ", width));
    }
    lines
}

/// A text in lines, the first after a mark and the others beneath it. A word that is too long stays whole.
fn wrapped(text: &str, mark: &str, width: usize) -> Vec<String> {
    let mut lines = vec![mark.to_owned()];
    let mut used = mark.chars().count();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        let is_first = used == mark.chars().count();
        if !is_first && used + 1 + length > width {
            lines.push(" ".repeat(mark.len()));
            used = mark.len();
        }
        if let Some(line) = lines.last_mut() {
            if used > mark.len() {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, verdict: &str, mend: Option<&str>) -> Value {
        json!({ "id": id, "verdict": verdict, "meaning": "One two three.", "details": ["seen"], "mend": mend })
    }

    #[test]
    fn the_worst_comes_last_and_everything_is_aligned() {
        let report = json!({
            "summary": { "ok": 1, "warning": 0, "failed": 1, "skipped": 0 },
            "checks": [check("a.long", "failed", Some("do this")), check("b", "ok", None)],
        });
        let page = "ok       b       One two three.\n                 - seen\nfailed   a.long  One two three.\n                 \
                    - seen\n                 > do this\n\n2 checks: 1 ok, 0 skipped, 0 warning, 1 failed\n";
        assert_eq!(shown(&report, false, 100), page);
        assert!(shown(&report, true, 100).contains("\u{1b}[31mfailed \u{1b}[0m  a.long"));
    }

    #[test]
    fn lines_are_as_wide_as_they_may_be() {
        assert_eq!(wrapped("aa bb cc", "- ", 7), ["- aa bb", "  cc"]);
        assert_eq!(wrapped("much-too-long for it", "", 6), ["much-too-long", "for it"]);
        assert_eq!(wrapped("", "", 6), [""]);
    }
}
