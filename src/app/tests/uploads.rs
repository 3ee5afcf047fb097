//! Files that are sent in and not gone on with, as time goes by.

use std::time::Duration;

use super::{Caller, Clock, Ids, NOON, Rig};
use crate::app::recordings::{NewUpload, UploadError};
use crate::config::Config;
use crate::store::Store;

#[tokio::test]
async fn a_file_that_is_not_gone_on_with_is_removed_in_its_time() {
    let place = tempfile::tempdir().unwrap();
    let rig = Rig::on(Store::in_memory().unwrap(), Clock::manual(NOON), Ids::counting(1));
    let mut config = Config::default();
    config.recordings.directories = vec![place.path().to_owned()];
    config.disk.floor_mib = 0;
    rig.app.reload(config.into());
    let new = NewUpload { name: "a.mp4".to_owned(), length: 10, ..NewUpload::default() };
    let upload = rig.app.create_upload(Caller::cli(), new, None).await.unwrap();
    let id = upload.id.to_string();
    let there = || std::fs::read_dir(place.path()).unwrap().count();

    // Each part that comes gives it its whole time again.
    rig.clock.advance(Duration::from_secs(20 * 3_600));
    let mut receiving = rig.app.receive_upload(&id, 0, None, None).await.unwrap();
    receiving.take(b"abc").await.unwrap();
    receiving.finish().await.unwrap();
    rig.clock.advance(Duration::from_secs(23 * 3_600));
    rig.app.tend_uploads().await.unwrap();
    assert_eq!((there(), rig.app.upload(&id).await.unwrap().offset), (1, 3));

    rig.clock.advance(Duration::from_secs(3_600));
    assert!(matches!(rig.app.upload(&id).await, Err(UploadError::Gone)));
    assert!(matches!(rig.app.receive_upload(&id, 3, None, None).await, Err(UploadError::Gone)));
    // Not while a part of it still comes.
    rig.app.tend_uploads().await.unwrap();
    assert_eq!((there(), rig.app.uploads().unwrap().len()), (0, 0));
}
