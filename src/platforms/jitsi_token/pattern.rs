//! Lua's patterns, as far as rooms are matched with them (Lua 5.4 reference manual, 6.4.1): characters, classes, sets and
//! repetitions. Captures, `%b` and `%f` are not read, and whoever asks is told so.

/// The longest pattern that is looked at, in bytes.
const PATTERN_MOST: usize = 256;
/// How often a repetition may be tried, so that no pattern keeps us busy.
const STEPS_MOST: u32 = 20_000;

/// The pattern has parts that are not read here, or takes too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotRead;

/// Whether the first match of `pattern` in `text` is the whole of `text`: a shorter one at its beginning counts against.
pub(super) fn matches_whole(pattern: &str, text: &str) -> Result<bool, NotRead> {
    let pattern = pattern.as_bytes();
    if pattern.len() > PATTERN_MOST {
        return Err(NotRead);
    }
    let pattern = pattern.strip_prefix(b"^").unwrap_or(pattern);
    let mut steps = STEPS_MOST;
    Ok(rest_after(pattern, text.as_bytes(), &mut steps)? == Some(0))
}

/// What one character may be.
#[derive(Clone, Copy)]
enum Class<'p> {
    Any,
    This(u8),
    /// `%a` and the like, by its letter.
    Named(u8),
    Set {
        inside: &'p [u8],
        negated: bool,
    },
}

impl Class<'_> {
    fn has(self, byte: u8) -> bool {
        match self {
            Class::Any => true,
            Class::This(this) => this == byte,
            Class::Named(letter) => is_named(letter, byte),
            Class::Set { inside, negated } => in_set(inside, byte) != negated,
        }
    }
}

fn is_named(letter: u8, byte: u8) -> bool {
    let is = match letter.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte.is_ascii_whitespace(),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        _ => return letter == byte,
    };
    is != letter.is_ascii_uppercase()
}

fn in_set(inside: &[u8], byte: u8) -> bool {
    let mut left = inside;
    loop {
        left = match left {
            [] => return false,
            [b'%', letter, ..] if is_named(*letter, byte) => return true,
            [b'%', _, rest @ ..] => rest,
            [from, b'-', to, rest @ ..] => {
                if (*from..=*to).contains(&byte) {
                    return true;
                }
                rest
            }
            [this, rest @ ..] => {
                if *this == byte {
                    return true;
                }
                rest
            }
        };
    }
}

/// The class at the head of a pattern, and the pattern after it.
fn head(pattern: &[u8]) -> Result<(Class<'_>, &[u8]), NotRead> {
    match pattern {
        [b'%', letter, rest @ ..] if !letter.is_ascii_digit() && !matches!(letter, b'b' | b'f') => {
            Ok((Class::Named(*letter), rest))
        }
        [b'.', rest @ ..] => Ok((Class::Any, rest)),
        [b'[', rest @ ..] => {
            let (negated, rest) = rest.strip_prefix(b"^").map_or((false, rest), |rest| (true, rest));
            // A bracket right at the beginning stands for itself; one after % does too.
            let mut at = 1;
            while *rest.get(at).ok_or(NotRead)? != b']' {
                at += if rest.get(at) == Some(&b'%') { 2 } else { 1 };
            }
            let (inside, rest) = (rest.get(..at).ok_or(NotRead)?, rest.get(at + 1..).ok_or(NotRead)?);
            Ok((Class::Set { inside, negated }, rest))
        }
        [b'%' | b'(' | b')', ..] | [] => Err(NotRead),
        [this, rest @ ..] => Ok((Class::This(*this), rest)),
    }
}

/// How many bytes of `text` are left after the match at its beginning; nothing where there is none.
fn rest_after(mut pattern: &[u8], mut text: &[u8], steps: &mut u32) -> Result<Option<usize>, NotRead> {
    loop {
        *steps = steps.checked_sub(1).ok_or(NotRead)?;
        if pattern.is_empty() {
            return Ok(Some(text.len()));
        }
        if pattern == b"$" {
            return Ok(text.is_empty().then_some(0));
        }
        let (class, after) = head(pattern)?;
        let fits = text.first().is_some_and(|byte| class.has(*byte));
        let least = match after.first() {
            Some(b'*' | b'-' | b'?') => 0,
            Some(b'+') => 1,
            _ if fits => {
                (pattern, text) = (after, text.get(1..).unwrap_or_default());
                continue;
            }
            _ => return Ok(None),
        };
        let run = text.iter().take_while(|byte| class.has(**byte)).count();
        let most = if after.first() == Some(&b'?') { run.min(1) } else { run };
        return repeated(after, text, (least, most), steps);
    }
}

/// Tries each number of repetitions, the most first, or the fewest where the sign is `-`.
fn repeated(
    after: &[u8],
    text: &[u8],
    (least, most): (usize, usize),
    steps: &mut u32,
) -> Result<Option<usize>, NotRead> {
    let (sign, rest) = after.split_first().ok_or(NotRead)?;
    if most < least {
        return Ok(None);
    }
    for nth in 0..=most - least {
        let times = if *sign == b'-' { least + nth } else { most - nth };
        if let Some(left) = rest_after(rest, text.get(times..).unwrap_or_default(), steps)? {
            return Ok(Some(left));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_lua_does() {
        for (pattern, text, whole) in [
            ("standup", "standup", true),
            ("stand", "standup", false),
            (".*", "standup", true),
            ("%a+", "standup", true),
            ("%a+", "standup1", false),
            ("\\w+", "standup", false),
            ("team%-%d+", "team-42", true),
            ("team-%d+", "team-42", false),
            ("[a-c%d]+", "a1b2", true),
            ("[^a-c]+", "xyz", true),
            ("[^a-c]+", "xyza", false),
            ("[]]", "]", true),
            ("st.-up", "standup", true),
            (".-", "standup", false),
            (".-$", "standup", true),
            ("^standups?$", "standup", true),
            ("%u+", "standup", false),
            ("%U+", "standup", true),
            ("a*ab", "aaab", true),
            ("a+", "", false),
            ("", "", true),
        ] {
            assert_eq!(matches_whole(pattern, text), Ok(whole), "{pattern} on {text}");
        }
    }

    #[test]
    fn what_is_not_read_is_said() {
        for pattern in ["(a)", "%b()", "%f[a]", "%1", "[a", "%"] {
            assert_eq!(matches_whole(pattern, "a"), Err(NotRead), "{pattern}");
        }
        assert_eq!(matches_whole(&"a".repeat(PATTERN_MOST + 1), "a"), Err(NotRead));
        // Would be tried for ever.
        assert_eq!(matches_whole(&format!("{}b", "a*".repeat(20)), &"a".repeat(60)), Err(NotRead));
    }
}
