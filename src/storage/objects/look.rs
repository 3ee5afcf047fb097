//! A look into an object: the parts that tell what is in it are read, as of a file on the disk, and nothing else of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};

use bytes::Bytes;
use futures_util::TryStreamExt;

use super::{Bucket, Object, ObjectError};
use crate::domain::media::{Container, Damage, Media};
use crate::storage::media::{self, probe};

/// How much is read at once, in bytes. Most files are told after their first piece and one at the end.
const PIECE: u64 = 256 << 10;
/// How many pieces of one object are read.
const PIECES_MOST: usize = 64;

/// What has been read so far. What is wanted besides is noted, and the look begins anew when it is there: it goes through
/// what it has had in no time.
#[derive(Default)]
struct Pieces {
    read: BTreeMap<u64, Bytes>,
    wanted: Cell<Option<u64>>,
}

impl media::Bytes for Pieces {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let number = offset / PIECE;
        let Some(piece) = self.read.get(&number) else {
            self.wanted.set(Some(number));
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let inside = usize::try_from(offset % PIECE).unwrap_or(usize::MAX);
        piece.get(inside..).unwrap_or_default().read(into)
    }
}

impl Bucket {
    /// What is in an object, as its own index tells. One that would need too many reads is said to have too many parts.
    ///
    /// # Errors
    /// [`ObjectError::Changed`] where it is another one by now.
    pub(crate) async fn look_into(&self, object: &Object) -> Result<Media, ObjectError> {
        let mut pieces = Pieces::default();
        for _ in 0..=PIECES_MOST {
            let error = match probe(&pieces, object.size) {
                Ok(media) => return Ok(media),
                Err(error) => error,
            };
            let Some(number) = pieces.wanted.take() else { return Err(ObjectError::Away(error.to_string())) };
            let part = number * PIECE..object.size.min((number + 1) * PIECE);
            let stream = self.get(&object.key, object.etag.as_deref(), part).await?;
            let read: Result<Vec<Bytes>, io::Error> = stream.try_collect().await;
            let read = read.map_err(|error| ObjectError::Away(error.to_string()))?;
            pieces.read.insert(number, read.concat().into());
        }
        Ok(Media::damaged(Container::Other, Damage::TooMany))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::media::Bytes as _;

    #[test]
    fn a_piece_that_is_not_there_is_wanted() {
        let mut pieces = Pieces::default();
        let mut into = [0; 4];
        assert!(pieces.read_at(PIECE + 2, &mut into).is_err());
        assert_eq!(pieces.wanted.take(), Some(1));
        pieces.read.insert(1, Bytes::from_static(b"abcde"));
        assert_eq!((pieces.read_at(PIECE + 2, &mut into).unwrap(), &into), (3, b"cde\0"));
        assert_eq!(pieces.read_at(PIECE + 5, &mut into).unwrap(), 0);
        assert_eq!(pieces.wanted.take(), None);
    }
}
