//! The sum that a sender gives with a part, so that a part that was garbled on the way is not kept.

use data_encoding::BASE64;
use sha1::{Digest as _, Sha1};

use crate::storage::sha256::Sha256;

/// A sum that is being made, and what it has to come to.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    sum: Sum,
    expected: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Sum {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Check {
    /// The sums that are understood, the most common first. Every server of the protocol knows SHA-1; it is good against
    /// accidents, which is what it is for here.
    pub(crate) const ALGORITHMS: [&'static str; 2] = ["sha1", "sha256"];

    /// Reads the name of a sum and the sum in base64; nothing where it is none of those that are understood.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, sum) = text.trim().split_once(' ')?;
        let expected = BASE64.decode(sum.trim().as_bytes()).ok()?;
        let (sum, length) = match name {
            "sha1" => (Sum::Sha1(Sha1::new()), 20),
            "sha256" => (Sum::Sha256(Sha256::new()), 32),
            _ => return None,
        };
        (expected.len() == length).then_some(Self { sum, expected })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match &mut self.sum {
            Sum::Sha1(sum) => sum.update(bytes),
            Sum::Sha256(sum) => sum.update(bytes),
        }
    }

    pub(super) fn holds(self) -> bool {
        match self.sum {
            Sum::Sha1(sum) => sum.finalize().as_slice() == self.expected,
            Sum::Sha256(sum) => sum.finalize().as_slice() == self.expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_holds_for_what_it_is_of() {
        for sum in ["sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="] {
            let (mut same, mut other) = (Check::parse(sum).unwrap(), Check::parse(sum).unwrap());
            same.update(b"a");
            same.update(b"bc");
            other.update(b"abd");
            assert!(same.holds() && !other.holds(), "{sum}");
        }
        for bad in ["", "sha1", "sha1 ", "sha1 YWJj", "md5 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "sha1 %%%"] {
            assert!(Check::parse(bad).is_none(), "{bad}");
        }
    }
}
