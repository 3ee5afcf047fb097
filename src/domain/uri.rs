//! How texts are written in URLs (RFC 3986) and in forms.

/// A text as one part of a path or a query: every byte but the unreserved ones (RFC 3986, 2.3) as a percent sign and two
/// hexadecimal digits.
pub(crate) fn percent_encoded(text: &str) -> String {
    encoded_but(text, b"")
}

/// A path: its slashes stay.
pub(crate) fn percent_encoded_path(path: &str) -> String {
    encoded_but(path, b"/")
}

fn encoded_but(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A text in the coding of forms (`application/x-www-form-urlencoded`), as S3 writes keys: a plus is a space. A percent sign
/// that begins no code stands for itself. Nothing where the bytes are not UTF-8.
pub(crate) fn form_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.first_chunk::<2>().filter(|_| *first == b'%').and_then(byte);
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
        decoded.push(code.unwrap_or(if *first == b'+' { b' ' } else { *first }));
    }
    String::from_utf8(decoded).ok()
}

/// The byte that two hexadecimal digits stand for.
fn byte(digits: &[u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reserved_is_encoded() {
        assert_eq!(percent_encoded("a/b c+d~é="), "a%2Fb%20c%2Bd~%C3%A9%3D");
        assert_eq!(percent_encoded_path("a b/c+d~é"), "a%20b/c%2Bd~%C3%A9");
        assert_eq!(percent_encoded("AZaz09-._~"), "AZaz09-._~");
    }

    #[test]
    fn forms_are_decoded() {
        for (text, key) in [
            ("red+flower.jpg", Some("red flower.jpg")),
            ("a%2Bb%20c", Some("a+b c")),
            ("100%", Some("100%")),
            ("%zz%4%+1", Some("%zz%4% 1")),
            ("%C3%A9%3a", Some("é:")),
            ("é", Some("é")),
            ("%ff", None),
            ("", Some("")),
        ] {
            assert_eq!(form_decoded(text).as_deref(), key, "{text}");
        }
    }
}
