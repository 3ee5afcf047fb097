//! How long to wait before what failed is tried again.

use std::time::Duration;

/// The doublings that matter: by then every most is reached.
const DOUBLINGS_MOST: u32 = 16;

/// The wait after so many failures in a row: `first` after the first, twice as long with each, up to `most`. It is taken
/// between half and the whole of that, by the `chance` bytes, so that what failed together is not tried together.
pub(crate) fn wait(first: Duration, most: Duration, failures: u32, chance: [u8; 2]) -> Duration {
    let whole = first.saturating_mul(1 << failures.saturating_sub(1).min(DOUBLINGS_MOST)).min(most);
    whole / 2 + whole / 2 * u32::from(u16::from_be_bytes(chance)) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_spread() {
        let wait =
            |failures, chance| wait(Duration::from_secs(1), Duration::from_secs(3_600), failures, chance).as_millis();
        assert_eq!(
            [wait(1, [0; 2]), wait(1, [255; 2]), wait(2, [255; 2]), wait(4, [0; 2])],
            [500, 1_000, 2_000, 4_000]
        );
        assert_eq!([wait(0, [255; 2]), wait(13, [255; 2]), wait(u32::MAX, [255; 2])], [1_000, 3_600_000, 3_600_000]);
    }
}
