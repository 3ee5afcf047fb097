//! Which copy of a file a client gets, by its Accept-Encoding and If-None-Match (RFC 9110 sections 12.5.3 and 13.1.2).

/// A way a copy may be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// The smaller copy first.
    pub(super) const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// The name in headers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The end of the copy's file name.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// The codings a client takes, the one it likes best first; where it likes two alike, the smaller copy.
pub(super) fn preferred(accept_encoding: &str) -> Vec<Coding> {
    let mut weighed: Vec<(Coding, u16)> = Coding::ALL
        .into_iter()
        .map(|coding| (coding, weight(accept_encoding, coding.name())))
        .filter(|(_, weight)| *weight > 0)
        .collect();
    weighed.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    weighed.into_iter().map(|(coding, _)| coding).collect()
}

/// A coding's weight in thousandths; what is not named counts as `*`, or not at all.
fn weight(accept_encoding: &str, name: &str) -> u16 {
    let mut of_others = 0;
    for element in accept_encoding.split(',') {
        let mut parts = element.split(';').map(str::trim);
        let token = parts.next().unwrap_or_default();
        let weight = parts.find_map(quality).unwrap_or(1000);
        if token.eq_ignore_ascii_case(name) {
            return weight;
        }
        if token == "*" {
            of_others = weight;
        }
    }
    of_others
}

/// `q=0.5` as thousandths (at most three digits, RFC 9110 section 12.4.2). A weight nobody can read is none.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    Some(match whole {
        "1" => 1000,
        "0" => format!("{fraction:0<3}").get(..3).and_then(|thousandths| thousandths.parse().ok()).unwrap_or(0),
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::{Coding, preferred};

    #[test]
    fn a_client_gets_the_copy_it_likes_best() {
        assert_eq!(preferred("gzip, deflate, br, zstd"), [Coding::Brotli, Coding::Gzip]);
        assert_eq!(preferred("gzip;q=1.0, br;q=0.5"), [Coding::Gzip, Coding::Brotli]);
        assert_eq!(preferred("GZIP"), [Coding::Gzip]);
        assert_eq!(preferred("*"), [Coding::Brotli, Coding::Gzip]);
        assert_eq!(preferred("br;q=0, *;q=0.3"), [Coding::Gzip]);
    }

    #[test]
    fn a_client_that_takes_none_gets_the_file_itself() {
        for header in ["", "identity", "deflate", "br;q=0, gzip;q=0", "*;q=0", "gzip;q=none", "gzip;q=nan"] {
            assert_eq!(preferred(header), [], "{header}");
        }
    }
}
