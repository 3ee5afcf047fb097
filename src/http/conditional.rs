//! Requests that ask for something only if it has changed (RFC 9110, 13).

/// Whether If-None-Match names this entity tag, or any. Weak and strong tags count alike there.
pub(super) fn matches_tag(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::matches_tag;

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        assert!(matches_tag("\"a\"", "\"a\""));
        assert!(matches_tag("\"b\", W/\"a\"", "\"a\""));
        assert!(matches_tag("*", "\"a\""));
        assert!(!matches_tag("\"ab\"", "\"a\""));
        assert!(!matches_tag("a", "\"a\""));
    }
}
