//! The SHA-256 of recordings. It is aws-lc's, which the encryption brings along: on processors without instructions of their
//! own for it, it takes less than half the time of the `sha2` crate, and recordings are long.

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN, digest};

/// A sum that is being made.
#[derive(Clone)]
pub(crate) struct Sha256(Context);

impl Sha256 {
    pub(crate) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Goes on with more bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum of all bytes.
    pub(crate) fn finalize(self) -> [u8; SHA256_OUTPUT_LEN] {
        array(self.0.finish().as_ref())
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256")
    }
}

/// The SHA-256 of bytes that are all there.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; SHA256_OUTPUT_LEN] {
    array(digest(&SHA256, bytes).as_ref())
}

fn array(sum: &[u8]) -> [u8; SHA256_OUTPUT_LEN] {
    // It has that length always.
    sum.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    #[test]
    fn a_sum_is_that_of_the_standard() {
        // FIPS 180-4's example.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(HEXLOWER.encode(&sha256(b"abc")), expected);
        let mut sum = Sha256::new();
        sum.update(b"a");
        let other = sum.clone();
        sum.update(b"bc");
        assert_eq!(HEXLOWER.encode(&sum.finalize()), expected);
        assert_ne!(HEXLOWER.encode(&other.finalize()), expected);
    }
}
