//! Recordings that others put into the bucket, as Whereby does: told of by the queue, found by looking, each once, whatever is
//! lost, told twice, or not allowed. The bucket and the queue are moto's, which tells of each object as Amazon does.

use std::path::Path;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bad_way::{BadWay, Way};
use crate::harness::{Server, Start, eventually};
use crate::moto::{BUCKET, KEY_ID, KEY_SECRET, Moto, coded};
use crate::recordings::media;
use crate::whereby;

const ROOM: &str = "acme-793e9ec1-c686-423d-9043-9b7a10c553fd";
const ACCOUNT: &str = "123456789012";

/// moto, and what of it stands beside the bucket.
struct Cloud {
    moto: Moto,
    queue: String,
}

impl Cloud {
    /// A bucket that tells a queue of its objects.
    async fn new() -> Self {
        let moto = Moto::start().await;
        let made = moto.sqs("CreateQueue", &json!({ "QueueName": "recordings" })).await;
        let cloud = Self { moto, queue: made["QueueUrl"].as_str().unwrap().to_owned() };
        let told = format!(
            "<NotificationConfiguration><QueueConfiguration><Queue>arn:aws:sqs:us-east-1:{ACCOUNT}:recordings</Queue>\
             <Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event></QueueConfiguration></NotificationConfiguration>"
        );
        assert!(cloud.moto.ask(Method::PUT, "?notification", told).await.status().is_success());
        cloud
    }

    async fn send(&self, body: &str) {
        self.moto.sqs("SendMessage", &json!({ "QueueUrl": self.queue, "MessageBody": body })).await;
    }

    /// How many messages there are, those that somebody works on among them.
    async fn messages(&self) -> u64 {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let told =
            self.moto.sqs("GetQueueAttributes", &json!({ "QueueUrl": self.queue, "AttributeNames": names })).await;
        names.iter().map(|name| told["Attributes"][name].as_str().unwrap().parse::<u64>().unwrap()).sum()
    }

    async fn empty(&self) {
        eventually("an empty queue", async || (self.messages().await == 0).then_some(())).await;
    }

    async fn remove(&self, key: &str) {
        assert_eq!(self.moto.ask(Method::DELETE, &coded(key), "").await.status(), StatusCode::NO_CONTENT);
    }

    async fn put(&self, key: &str, bytes: Vec<u8>) {
        assert!(self.moto.ask(Method::PUT, &coded(key), bytes).await.status().is_success(), "{key}");
    }

    /// Puts an object as large ones are: in parts, if only one.
    async fn put_in_parts(&self, key: &str, bytes: &[u8]) {
        let key = coded(key);
        let begun = self.moto.ask(Method::POST, &format!("{key}?uploads"), "").await.text().await.unwrap();
        let id = begun.split_once("<UploadId>").unwrap().1.split_once('<').unwrap().0;
        let put = self.moto.ask(Method::PUT, &format!("{key}?partNumber=1&uploadId={id}"), bytes.to_vec()).await;
        let part = format!("<PartNumber>1</PartNumber><ETag>{}</ETag>", put.headers()["etag"].to_str().unwrap());
        let body = format!("<CompleteMultipartUpload><Part>{part}</Part></CompleteMultipartUpload>");
        let done = self.moto.ask(Method::POST, &format!("{key}?uploadId={id}"), body).await;
        assert!(done.status().is_success(), "{}", done.text().await.unwrap());
    }

    /// A server with the variables that the documents print, and a word of where this cloud is.
    fn start(&self, queue: Option<&str>) -> Start {
        let start = guide_w().into_iter().fold(Start::default(), |start, (name, value)| {
            let value = match name.as_str() {
                "AWS_WHEREBY_ACCESS_KEY_ID" => KEY_ID.to_owned(),
                "AWS_WHEREBY_ACCESS_KEY_SECRET" => KEY_SECRET.to_owned(),
                "RECORDING_STORAGE_AWS_BUCKET_NAME" => BUCKET.to_owned(),
                "AWS_PROCESS_RECORDING_QUEUE_URL" => match queue {
                    Some(queue) => queue.to_owned(),
                    None => return start,
                },
                _ => value,
            };
            start.env(&name, &value)
        });
        start.env("REFLECTOR_STORAGE__ENDPOINT", &self.moto.url)
    }
}

/// The variables that the documents print, in the order in which they stand there.
fn guide_w() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recordings.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (_, rest) = document.split_once("```bash\nAWS_WHEREBY_ACCESS_KEY_ID=").expect("the block of variables");
    let block = format!("AWS_WHEREBY_ACCESS_KEY_ID={}", rest.split_once("```").unwrap().0);
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    block.lines().filter(|line| !line.starts_with('#')).filter_map(pair).collect()
}

async fn list(server: &Server) -> Vec<Value> {
    server.get("/v1/recordings?limit=200").await["items"].as_array().unwrap().clone()
}

/// All recordings, once there are so many and all of them were looked into.
async fn looked_into(server: &Server, count: usize) -> Vec<Value> {
    eventually(&format!("{count} recordings that were looked into"), async || {
        let all = list(server).await;
        assert!(all.len() <= count, "{all:#?}");
        let jobs = server.get("/v1/jobs?kind=examine-recording").await;
        // As they are now that nothing is left to be looked into.
        if all.len() == count && jobs["items"] == json!([]) { Some(list(server).await) } else { None }
    })
    .await
}

fn s3_event(key: &str) -> String {
    let object = json!({ "key": key, "size": 5, "eTag": "e" });
    let s3 = json!({ "bucket": { "name": BUCKET }, "object": object });
    json!({ "Records": [{ "eventVersion": "2.1", "eventName": "ObjectCreated:Put", "s3": s3 }] }).to_string()
}

#[tokio::test]
async fn what_is_put_into_the_bucket_is_one_recording_however_it_is_told() {
    let (cloud, bytes) = (Cloud::new().await, media(&["-movflags", "+faststart"]));
    // One is there before, and told of by nobody: its message is lost.
    cloud.put("before.mp4", bytes.clone()).await;
    cloud.moto.sqs("PurgeQueue", &json!({ "QueueUrl": cloud.queue })).await;
    let mut server = cloud.start(Some(&cloud.queue)).run();
    looked_into(&server, 1).await;

    let first = format!("{ROOM}-2026-11-22T10:00:22Z.mp4");
    cloud.put(&first, bytes.clone()).await;
    // moto tells of this one twice.
    cloud.put_in_parts("a b+c/é-2026-11-22T11:00:22.123Z.mp4", &bytes).await;
    cloud.put("old/2026-01-01-standup-r6y7hw-2026-11-22T10:00:22Z.mkv", bytes[..bytes.len() / 2].to_vec()).await;
    cloud.put("notes.txt", b"x".to_vec()).await;
    let all = looked_into(&server, 4).await;
    cloud.send(&s3_event(&first.replace(':', "%3A"))).await;
    cloud.empty().await;
    assert_eq!(looked_into(&server, 4).await.len(), 4);

    let of = |room: &str| all.iter().find(|one| one["room_name"] == room).unwrap_or_else(|| panic!("{room}: {all:#?}"));
    assert_eq!((&of(ROOM)["state"], &of(ROOM)["started_at"]), (&json!("stored"), &json!("2026-11-22T10:00:22.000Z")));
    assert_eq!((&of("é")["state"], &of("é")["started_at"]), (&json!("stored"), &json!("2026-11-22T11:00:22.123Z")));
    let media = &of(ROOM)["copies"][0]["media"];
    assert_eq!((&media["container"], &media["is_playable"]), (&json!("mp4"), &json!(true)), "{media}");
    let played = server.request(Method::GET, of(ROOM)["media_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(played.headers()["content-type"], "video/mp4");
    assert_eq!(played.bytes().await.unwrap(), bytes);
    let cut = of("2026-01-01-standup-r6y7hw");
    assert_eq!((&cut["state"], &cut["reason"]), (&json!("truncated"), &json!("cut_off")), "{cut:#}");
    assert!(all.iter().all(|one| one["meeting_id"].is_null() && one["file"].is_null()), "{all:#?}");
    assert_eq!(server.get("/v1/recordings?matched=false").await["items"].as_array().unwrap().len(), 4);

    let sources = server.get("/v1/recordings/sources").await;
    let queue = &sources["queue"];
    assert!(queue["polled_at"].is_string() && queue["message_at"].is_string(), "{sources:#}");
    assert_eq!((&queue["problem"], &queue["set_aside"]), (&Value::Null, &json!([])), "{sources:#}");
    assert_eq!((&sources["bucket"]["name"], &sources["bucket"]["objects"]), (&json!(BUCKET), &json!(1)), "{sources:#}");

    // What is removed is seen to be gone.
    cloud.remove(&first).await;
    let id = of(ROOM)["id"].as_str().unwrap();
    let path = format!("/v1/recordings/{id}");
    eventually("one that is missing", async || (server.get(&path).await["reason"] == "gone").then_some(())).await;
    let doctor = server.get("/v1/doctor").await;
    for id in ["storage.bucket", "storage.queue"] {
        assert_eq!(check(&doctor, id)["verdict"], "ok", "{doctor:#}");
    }
    server.verify();

    // A question that is held back does not hold up the end.
    let (ended, took) = server.stop();
    assert!(ended.success() && took.as_secs() < 5, "{took:?}");
}

fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap()
}

#[tokio::test]
async fn what_whereby_tells_and_what_it_records_are_one() {
    let (cloud, bytes) = (Cloud::new().await, media(&[]));
    let start = cloud.start(Some(&cloud.queue)).env("WHEREBY_WEBHOOK_SECRET", whereby::SECRET);
    let server = start.config("[whereby]\nopen_unknown_rooms = true\n").run();
    let tell = async |id: &str, kind: &str, at: &str, data: Value| {
        let event = json!({ "id": id, "apiVersion": "1.0", "createdAt": at, "type": kind, "data": data });
        assert!(whereby::signed(&server, &event.to_string()).send().await.unwrap().status().is_success());
    };
    let recorder = json!({
        "meetingId": "1", "roomName": format!("/{ROOM}"), "participantId": "p-rec-1", "roleName": "recorder",
        "numClients": 2, "numClientsByRoleName": { "host": 1, "recorder": 1 },
    });
    let file = |start: &str| format!("{ROOM}-{start}.mp4");
    let finished = |start: &str| json!({ "filename": file(start), "recordingId": "r", "roomName": format!("/{ROOM}") });

    tell("e1", "room.client.joined", "2026-11-22T10:00:20.000Z", recorder.clone()).await;
    let runs = looked_into(&server, 1).await;
    assert!(runs[0]["meeting_id"].is_string(), "{runs:#?}");
    tell("e2", "room.client.left", "2026-11-22T10:30:00.000Z", recorder).await;
    tell("e3", "recording.finished", "2026-11-22T10:33:00.000Z", finished("2026-11-22T10:00:22Z")).await;
    cloud.put(&file("2026-11-22T10:00:22Z"), bytes.clone()).await;
    cloud.empty().await;
    let one = looked_into(&server, 1).await.remove(0);
    assert_eq!((&one["state"], &one["session_id"]), (&json!("stored"), &json!("p-rec-1")), "{one:#}");
    assert_eq!((&one["id"], &one["meeting_id"]), (&runs[0]["id"], &runs[0]["meeting_id"]));

    // The other way about: the file, then the word.
    cloud.put(&file("2026-11-22T10:20:00Z"), bytes).await;
    cloud.empty().await;
    tell("e4", "recording.finished", "2026-11-22T10:34:00.000Z", finished("2026-11-22T10:20:00Z")).await;
    let both = looked_into(&server, 2).await;
    assert!(both.iter().all(|one| one["state"] == "stored" && one["meeting_id"] == runs[0]["meeting_id"]), "{both:#?}");
    server.verify();
}

#[tokio::test]
async fn killed_between_the_commit_and_the_deletion_it_doubles_nothing() {
    let cloud = Cloud::new().await;
    let way = BadWay::to(&cloud.moto.url);
    way.set(Way::NoDeletion);
    let queue = cloud.queue.replacen(&cloud.moto.url, &way.url, 1);
    // S3 has tried the queue out, and that would be deleted first.
    cloud.moto.sqs("PurgeQueue", &json!({ "QueueUrl": cloud.queue })).await;
    let mut server = cloud.start(Some(&queue)).run();
    cloud.put(&format!("{ROOM}-2026-11-22T10:00:22Z.mp4"), media(&[])).await;
    let before = looked_into(&server, 1).await;
    assert!(cloud.messages().await > 0);
    server.kill();

    // Nobody else has received it, and it comes again.
    let answers = way.answers();
    let handles = answers.split("\"ReceiptHandle\": \"").skip(1).filter_map(|rest| rest.split('"').next());
    for handle in handles {
        let again = json!({ "QueueUrl": cloud.queue, "ReceiptHandle": handle, "VisibilityTimeout": 0 });
        cloud.moto.sqs("ChangeMessageVisibility", &again).await;
    }
    way.set(Way::Good);
    let (data, token) = (server.data.clone(), server.token.clone());
    let again = cloud.start(Some(&queue)).data(&data).token(&token).run();
    cloud.empty().await;
    assert_eq!(looked_into(&again, 1).await, before);
    assert!(again.get("/v1/recordings/sources").await["queue"]["messages_taken"].as_u64() >= Some(1));
    again.verify();
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_shown() {
    let cloud = Cloud::new().await;
    let foreign = s3_event("a.mp4").replace(BUCKET, "another-bucket");
    cloud.send("this is no notification, and never will be").await;
    cloud.send(&foreign).await;
    cloud.send(&s3_event("gone-2026-11-22T10:00:22Z.mp4")).await;
    let server = cloud.start(Some(&cloud.queue)).run();
    let sources = eventually("messages that are set aside", async || {
        let sources = server.get("/v1/recordings/sources").await;
        (sources["queue"]["set_aside"].as_array().unwrap().len() == 2).then_some(sources)
    })
    .await;
    cloud.empty().await;
    let aside = sources["queue"]["set_aside"].as_array().unwrap();
    let problem = |text: &str| {
        let found = aside.iter().find(|message| message["text"] == text).unwrap_or_else(|| panic!("{sources:#}"));
        assert_eq!(found["receives"], 4, "{found}");
        found["problem"].as_str().unwrap().to_owned()
    };
    assert!(problem("this is no notification, and never will be").contains("is no notification"), "{sources:#}");
    assert!(problem(&foreign).contains("another-bucket"), "{sources:#}");
    // The one that could be read did not wait for the others; its object is gone by now.
    let all = looked_into(&server, 1).await;
    assert_eq!((&all[0]["state"], &all[0]["reason"]), (&json!("missing"), &json!("gone")));
    assert_eq!(check(&server.get("/v1/doctor").await, "storage.queue")["verdict"], "warning");

    for message in aside {
        let path = format!("/v1/recordings/sources/messages/{}", message["id"].as_str().unwrap());
        let forget = async || server.request(Method::DELETE, &path).send().await.unwrap().status();
        assert_eq!((forget().await, forget().await), (StatusCode::NO_CONTENT, StatusCode::NOT_FOUND));
    }
    assert_eq!(check(&server.get("/v1/doctor").await, "storage.queue")["verdict"], "ok");
    let audit = server.get("/v1/audit").await;
    assert_eq!(audit["items"][0]["action"], "message.forget", "{audit:#}");
}

#[tokio::test]
async fn what_is_not_allowed_is_named_and_the_rest_goes_on() {
    let cloud = Cloud::new().await;
    // What the guide lists for the bucket, and what the queue needs: nothing lists the bucket.
    let objects = format!("arn:aws:s3:::{BUCKET}/*");
    let (id, secret) = cloud
        .moto
        .key_for(&json!([
            { "Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjectAcl", "s3:GetObject"], "Resource": objects },
            // moto takes each by the name of the request.
            { "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessageBatch"], "Resource": "*" },
        ]))
        .await;
    cloud.put(&format!("{ROOM}-2026-11-22T10:00:22Z.mp4"), media(&[])).await;
    cloud.moto.check_signatures().await;
    let keys = |start: Start, id: &str, secret: &str| {
        start.env("AWS_WHEREBY_ACCESS_KEY_ID", id).env("AWS_WHEREBY_ACCESS_KEY_SECRET", secret)
    };
    let server = keys(cloud.start(Some(&cloud.queue)), &id, &secret).run();
    let all = looked_into(&server, 1).await;
    assert_eq!(all[0]["state"], "stored", "{all:#?}");
    let doctor = eventually("a bucket that may not be listed", async || {
        let doctor = server.get("/v1/doctor").await;
        (check(&doctor, "storage.bucket")["verdict"] == "warning").then_some(doctor)
    })
    .await;
    let mend = check(&doctor, "storage.bucket")["mend"].as_str().unwrap();
    assert!(mend.contains("\"s3:ListBucket\"") && mend.contains(&format!("arn:aws:s3:::{BUCKET}\"")), "{mend}");
    assert_eq!(check(&doctor, "storage.queue")["verdict"], "ok", "{doctor:#}");
    let sources = server.get("/v1/recordings/sources").await;
    assert!(sources["bucket"]["problem"].as_str().unwrap().contains("does not allow"), "{sources:#}");
    assert!(!server.log().contains(&secret));
    drop(server);

    for (id, secret, says) in [
        (id.as_str(), "another secret", "the secret is not that of the access key"),
        ("AKIAIOSFODNN7NOTHERE", secret.as_str(), "does not know the id of the access key"),
    ] {
        let server = keys(cloud.start(Some(&cloud.queue)), id, secret).run();
        let sources = eventually("a queue that refuses", async || {
            let sources = server.get("/v1/recordings/sources").await;
            sources["queue"]["problem"].is_string().then_some(sources)
        })
        .await;
        let problem = sources["queue"]["problem"].as_str().unwrap();
        assert!(problem.contains(says), "{problem}");
        let doctor = server.get("/v1/doctor").await;
        let queue = check(&doctor, "storage.queue");
        assert_eq!(queue["verdict"], "failed");
        assert!(queue["mend"].as_str().unwrap().contains("AWS_WHEREBY_ACCESS_KEY_SECRET"), "{queue:#}");
    }
    let server = keys(cloud.start(Some(&format!("{}nowhere", cloud.queue))), &id, &secret).run();
    eventually("a queue that is not there", async || {
        let sources = server.get("/v1/recordings/sources").await;
        sources["queue"]["problem"].as_str().filter(|problem| problem.contains("no such thing")).map(str::to_owned)
    })
    .await;
}

#[tokio::test]
async fn a_queue_that_was_away_is_listened_to_again() {
    let cloud = Cloud::new().await;
    let way = BadWay::to(&cloud.moto.url);
    way.set(Way::Closed);
    let queue = cloud.queue.replacen(&cloud.moto.url, &way.url, 1);
    let server = cloud.start(Some(&queue)).env("SQS_POLLING_TIMEOUT_SECONDS", "1").run();
    let problem = eventually("a queue that is away", async || {
        let sources = server.get("/v1/recordings/sources").await;
        sources["queue"]["problem"].as_str().map(str::to_owned)
    })
    .await;
    assert!(problem.starts_with("The queue "), "{problem}");
    cloud.put(&format!("{ROOM}-2026-11-22T10:00:22Z.mp4"), media(&[])).await;
    way.set(Way::Good);
    cloud.empty().await;
    looked_into(&server, 1).await;
    assert_eq!(server.get("/v1/recordings/sources").await["queue"]["problem"], Value::Null);
    // The same trouble is told once, not with each try. A try may be cut off before or after it is sent.
    let log = server.log();
    let told: Vec<&str> = log.lines().filter_map(|line| line.split("the queue of storage.queue_url").nth(1)).collect();
    assert!(!told.is_empty() && told.windows(2).all(|two| two[0] != two[1]), "{log}");
}

#[tokio::test]
async fn a_thousand_objects_that_nobody_told_of_are_found_by_looking() {
    const MANY: usize = 1_050;
    let cloud = Cloud::new().await;
    let put = async |batch: std::ops::Range<usize>| {
        for number in batch {
            cloud.put(&format!("{:02}/r{number}-2026-11-22T10:00:22Z.mp4", number % 7), Vec::new()).await;
        }
    };
    tokio::join!(put(0..350), put(350..700), put(700..MANY));
    let server = cloud.start(None).run();
    let swept = async |objects: usize| {
        eventually("a look through the bucket", async || {
            let sources = server.get("/v1/recordings/sources").await;
            (sources["bucket"]["objects"] == objects && sources["bucket"]["swept_at"].is_string()).then_some(sources)
        })
        .await
    };
    swept(MANY).await;
    let (mut found, mut cursor) = (0, String::new());
    loop {
        let page = server.get(&format!("/v1/recordings?limit=200{cursor}")).await;
        found += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, MANY);
    assert_eq!(server.get("/v1/recordings/sources").await["queue"], Value::Null);

    // All are looked into, in their time.
    for (left, what) in [(200, "fewer"), (0, "no")] {
        eventually(&format!("{what} jobs that wait"), async || {
            // To list a thousand of them again and again would keep them from being done.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let jobs = server.get("/v1/jobs?kind=examine-recording&limit=200").await;
            (jobs["items"].as_array().unwrap().len() <= left && jobs["next_cursor"].is_null()).then_some(())
        })
        .await;
    }
    // One goes, one comes: the next look finds both, and nothing else.
    cloud.remove("00/r0-2026-11-22T10:00:22Z.mp4").await;
    put(MANY..MANY + 2).await;
    server.post("/v1/recordings/scan", &json!({})).await;
    swept(MANY + 1).await;
    let gone = eventually("one that is missing", async || {
        let gone = server.get("/v1/recordings?state=missing").await;
        Some(gone["items"].as_array().unwrap().clone()).filter(|gone| !gone.is_empty())
    })
    .await;
    assert_eq!((gone.len(), &gone[0]["room_name"]), (1, &json!("r0")));
}
