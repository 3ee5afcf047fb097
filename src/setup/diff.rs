//! A unified diff of two texts, with every secret masked: it is for people to read, and they may be looked over their
//! shoulders.

use std::fmt::Write;

/// How many lines that stay are shown around those that change.
const CONTEXT: usize = 3;
/// The most pairs of lines that are compared. Beyond that, what differs is shown as a whole.
const PAIRS_MOST: usize = 4_000_000;
/// What a name contains whose value is a secret.
const SECRET_NAMES: [&str; 5] = ["secret", "password", "passwd", "passphrase", "credential"];
/// What a name ends in whose value is a secret.
const SECRET_ENDS: [&str; 3] = ["token", "_key", "-key"];
const MASK: &str = "***";

/// A line of both texts, or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// How to get from one text to the other; empty where they are alike. Without an old text, the file is new.
pub(super) fn diff(name: &str, old: Option<&str>, new: &str, mask: &Mask) -> String {
    let lines = compare(&old.unwrap_or_default().lines().collect::<Vec<_>>(), &new.lines().collect::<Vec<_>>());
    if old == Some(new) {
        return String::new();
    }
    let from = if old.is_some() { name } else { "/dev/null" };
    let mut page = format!("--- {from}\n+++ {name}\n");
    for hunk in hunks(&lines) {
        let (mut olds, mut news) = (1, 1);
        for line in lines.get(..hunk.0).unwrap_or_default() {
            olds += usize::from(!matches!(line, Line::New(_)));
            news += usize::from(!matches!(line, Line::Old(_)));
        }
        let shown = lines.get(hunk.0..hunk.1).unwrap_or_default();
        let count_old = shown.iter().filter(|line| !matches!(line, Line::New(_))).count();
        let count_new = shown.iter().filter(|line| !matches!(line, Line::Old(_))).count();
        let start = |first: usize, count: usize| if count == 0 { first - 1 } else { first };
        let (first_old, first_new) = (start(olds, count_old), start(news, count_new));
        let _ = writeln!(page, "@@ -{first_old},{count_old} +{first_new},{count_new} @@");
        for line in shown {
            let (sign, text) = match line {
                Line::Both(text) => (' ', text),
                Line::Old(text) => ('-', text),
                Line::New(text) => ('+', text),
            };
            let _ = writeln!(page, "{sign}{}", mask.line(text));
        }
    }
    page
}

/// From where to where each run of changes goes, with the lines around it.
fn hunks(lines: &[Line<'_>]) -> Vec<(usize, usize)> {
    let mut hunks: Vec<(usize, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if matches!(line, Line::Both(_)) {
            continue;
        }
        let (start, end) = (at.saturating_sub(CONTEXT), (at + 1 + CONTEXT).min(lines.len()));
        match hunks.last_mut() {
            Some(last) if start <= last.1 => last.1 = end,
            _ => hunks.push((start, end)),
        }
    }
    hunks
}

/// The lines of both texts in one order, as many of them shared as can be.
fn compare<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let rest = |lines: &[&'t str]| lines.get(before..).unwrap_or_default().to_vec();
    let (old_rest, new_rest) = (rest(old), rest(new));
    let after = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let middle = |lines: &[&'t str]| lines.get(..lines.len() - after).unwrap_or_default().to_vec();
    let (old_middle, new_middle) = (middle(&old_rest), middle(&new_rest));
    let mut lines: Vec<Line<'t>> = old.iter().take(before).copied().map(Line::Both).collect();
    if old_middle.len().saturating_mul(new_middle.len()) > PAIRS_MOST {
        lines.extend(old_middle.iter().copied().map(Line::Old));
        lines.extend(new_middle.iter().copied().map(Line::New));
    } else {
        lines.extend(common(&old_middle, &new_middle));
    }
    lines.extend(old_rest.iter().skip(old_middle.len()).copied().map(Line::Both));
    lines
}

/// The same by the longest common subsequence.
fn common<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    // `longest[i][j]`: how many lines the rests from `i` and `j` on share.
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    let at =
        |table: &Vec<Vec<usize>>, i: usize, j: usize| table.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    for (i, old_line) in old.iter().enumerate().rev() {
        for (j, new_line) in new.iter().enumerate().rev() {
            let value = if old_line == new_line {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(cell) = longest.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = value;
            }
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (None, None) => return lines,
            (Some(old), Some(new)) if old == new => {
                lines.push(Line::Both(old));
                (i, j) = (i + 1, j + 1);
            }
            (Some(old), new) if new.is_none() || at(&longest, i + 1, j) >= at(&longest, i, j + 1) => {
                lines.push(Line::Old(old));
                i += 1;
            }
            (_, Some(new)) => {
                lines.push(Line::New(new));
                j += 1;
            }
            (Some(_), None) => return lines,
        }
    }
}

/// What must not be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask {
    secrets: Vec<String>,
}

impl Mask {
    /// Besides the values of names that are a secret's, these.
    pub(super) fn of(secrets: impl IntoIterator<Item = String>) -> Self {
        Self { secrets: secrets.into_iter().filter(|secret| !secret.is_empty()).collect() }
    }

    /// Whether one of these secrets is in a text.
    pub(super) fn hides_any(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| text.contains(secret))
    }

    /// A text without its secrets, line by line.
    pub(super) fn text(&self, text: &str) -> String {
        text.split('\n').map(|line| self.line(line)).collect::<Vec<_>>().join("\n")
    }

    /// A line without its secrets.
    fn line(&self, line: &str) -> String {
        let mut masked = String::new();
        let mut rest = line;
        while let Some(at) = rest.find(['=', ':']) {
            let (before, after) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
            masked.push_str(before);
            rest = after;
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
            let named = before.trim_end_matches(['=', ':', ' ', '\t', '"', '\'', ']']);
            let start = named.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
            let name = named.get(start..).unwrap_or_default().to_lowercase();
            let is_secret = SECRET_NAMES.iter().any(|part| name.contains(part))
                || SECRET_ENDS.iter().any(|end| name.ends_with(end));
            if is_secret {
                let (lead, left) = after_value(after);
                masked.push_str(&lead);
                rest = left;
            }
        }
        masked.push_str(rest);
        self.words(&masked)
    }

    /// A sentence without the secrets that are known. It sets nothing, whatever names are in it.
    pub(super) fn words(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK))
    }
}

/// A value that is masked, with what stands before it, and what follows it. One without quotation marks may end anywhere,
/// so that the rest of its line is masked with it.
fn after_value(text: &str) -> (String, &str) {
    let value = text.trim_start();
    let lead = text.get(..text.len() - value.len()).unwrap_or_default();
    let quote = ["\"\"\"", "\\\"", "\"", "'"].into_iter().find(|quote| value.starts_with(quote));
    let Some(quote) = quote else {
        let word = value.split([' ', '\t', ',', ';', '}']).next().unwrap_or_default();
        let is_plain = ["", "true", "false", "{"].contains(&word);
        return if is_plain { (lead.to_owned(), value) } else { (format!("{lead}{MASK}"), "") };
    };
    let inside = value.get(quote.len()..).unwrap_or_default();
    let is_end = |at: &usize| quote != "\"" || !inside.get(..*at).is_some_and(|before| before.ends_with('\\'));
    let end = inside.match_indices(quote).map(|(at, _)| at).find(is_end).unwrap_or(inside.len());
    let (masked, rest) = inside.split_at_checked(end).unwrap_or((inside, ""));
    (format!("{lead}{quote}{}", if masked.is_empty() { "" } else { MASK }), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_shown_with_the_lines_around_it() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let new = old.replace("5\n6\n", "5\nfive\n6\n").replace("18\n", "eighteen\n");
        let expected = "--- f\n+++ f\n@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+five\n 6\n 7\n 8\n@@ -15,6 +16,6 @@\n 15\n 16\n 17\n-18\n\
                        +eighteen\n 19\n 20\n";
        // The first replacement meets 15 and 16 too.
        let new = new.replacen("15\nfive\n", "15\n", 1);
        assert_eq!(diff("f", Some(&old), &new, &Mask::default()), expected);
        assert_eq!(diff("f", Some(&old), &old, &Mask::default()), "");
        assert_eq!(diff("f", None, "a\nb\n", &Mask::default()), "--- /dev/null\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    }

    #[test]
    fn any_two_texts_are_told_apart() {
        let texts = ["", "a", "a\nb\nc", "b\na\nc\nb", "x\na\ny\nc", "c\nb\na"];
        for old in texts {
            for new in texts {
                let (olds, news): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
                let lines = compare(&olds, &news);
                let side = |is_new: bool| {
                    let of = |line: &Line<'_>| match line {
                        Line::Both(text) => Some((*text).to_owned()),
                        Line::Old(text) => (!is_new).then(|| (*text).to_owned()),
                        Line::New(text) => is_new.then(|| (*text).to_owned()),
                    };
                    lines.iter().filter_map(of).collect::<Vec<_>>()
                };
                assert_eq!(
                    (side(false), side(true)),
                    (
                        olds.iter().map(|line| (*line).to_owned()).collect(),
                        news.iter().map(|line| (*line).to_owned()).collect(),
                    )
                );
            }
        }
    }

    #[test]
    fn secrets_are_masked_by_their_names_and_by_themselves() {
        let mask = Mask::of(["canary-of-ours".to_owned(), String::new()]);
        for (line, shown) in [
            ("    app_secret = \"canary\"; -- x", "    app_secret = \"***\"; -- x"),
            ("password: \"canary\", port = 1", "password: \"***\", port = 1"),
            ("JWT_APP_SECRET=canary", "JWT_APP_SECRET=***"),
            ("A=b=\"1\",reflector_secret=\"canary\"", "A=b=\"1\",reflector_secret=\"***\""),
            ("A=\"reflector_secret=\\\"canary\\\"\"", "A=\"reflector_secret=\\\"***\\\"\""),
            ("{ type = \"turn\", secret = true, ttl = 5 }", "{ type = \"turn\", secret = true, ttl = 5 }"),
            ("[\"api-key\"] = 'canary'", "[\"api-key\"] = '***'"),
            ("say canary-of-ours twice: canary-of-ours", "say *** twice: ***"),
            ("authentication = \"token\"", "authentication = \"token\""),
            ("event_token=canary, canary2", "event_token=***"),
            ("password = \"canary\\\"canary\" # x", "password = \"***\" # x"),
            ("password = \"\"\"canary\"\"\"", "password = \"\"\"***\"\"\""),
            ("app_secret = \"\"", "app_secret = \"\""),
            ("secret = [[canary]]", "secret = ***"),
            ("secret =", "secret ="),
        ] {
            assert_eq!(mask.line(line), shown);
        }
        assert_eq!(mask.words("the secret: make canary-of-ours good"), "the secret: make *** good");
    }
}
