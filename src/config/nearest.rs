//! "Did you mean": the known name that a mistyped one is nearest to.

/// The most letters a mistyped name may be away from the known one.
const MAX_DISTANCE: usize = 3;

/// The candidate nearest to `name`, where one is near enough: a third of its letters wrong, and never more than
/// [`MAX_DISTANCE`].
pub(crate) fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    let enough = name.chars().count().div_ceil(3).min(MAX_DISTANCE);
    candidates
        .map(|candidate| (distance(name, &candidate), candidate))
        .filter(|(distance, _)| *distance <= enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out or replaced to make one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    // The costs of making each beginning of `other` from what was seen of `one`.
    let mut costs: Vec<usize> = (0..=other.chars().count()).collect();
    for letter in one.chars() {
        let mut diagonal = 0;
        let mut left = 0;
        for (cost, against) in costs.iter_mut().zip(std::iter::once(None).chain(other.chars().map(Some))) {
            let above = *cost;
            *cost = match against {
                None => above + 1,
                Some(same) if same == letter => diagonal,
                Some(_) => 1 + diagonal.min(above).min(left),
            };
            diagonal = above;
            left = *cost;
        }
    }
    costs.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_letters() {
        for (one, other, letters) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("listen", "listen", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(one, other), letters, "{one} {other}");
        }
    }

    #[test]
    fn finds_the_nearest_or_none() {
        let known = || ["listen", "level", "data_dir"].into_iter().map(str::to_owned);
        assert_eq!(nearest("lissten", known()).as_deref(), Some("listen"));
        assert_eq!(nearest("datadir", known()).as_deref(), Some("data_dir"));
        assert_eq!(nearest("unheard_of", known()), None);
        assert_eq!(nearest("levle", known()).as_deref(), Some("level"));
        assert_eq!(nearest("le", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}
