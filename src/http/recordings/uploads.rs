//! `/v1/recordings/uploads`: a file is sent in by hand, part by part, by the tus protocol 1.0.0 with its extensions creation,
//! expiration, checksum and termination (<https://tus.io/protocols/resumable-upload>). The answers that the protocol does not
//! speak of are JSON like all others.

pub(in crate::http) mod tus;

use std::str::FromStr;

use futures_util::StreamExt;
use poem::Request;
use poem::http::{StatusCode, header};
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::TITLE_MAX_CHARS;
use crate::app::recordings::{Check, NewUpload, UploadError};
use crate::app::{App, AppError};
use crate::domain::Timestamp;
use crate::domain::upload::{Upload, read_metadata};
use crate::http::auth::{May, RecordingsRead, RecordingsWrite};
use crate::http::body::StreamBody;
use crate::http::deadline::Patience;
use crate::http::error::{ApiError, Problem};
use crate::http::meetings::text;
use crate::http::rooms::{Done, idempotency};
use crate::http::tags::Tag;

/// Where it is.
const PATH: &str = "/v1/recordings/uploads";
/// When to come again where somebody else sends the same file, and where the disk is full, in seconds.
const BUSY_SECONDS: u64 = 2;
const FULL_SECONDS: u64 = 300;
/// That a part is not what its sum says: a status of tus's own.
const CHECKSUM_MISMATCH: u16 = 460;

/// The operations on files that are sent in.
pub(crate) struct UploadsApi {
    pub(crate) app: App,
}

/// A file that is sent in.
#[derive(Debug, Object)]
#[oai(rename = "Upload")]
struct UploadView {
    /// The upload's id.
    id: String,
    /// The file's name.
    filename: String,
    /// What the recording will be called.
    title: Option<String>,
    /// The id of the meeting that it will be of.
    meeting_id: Option<String>,
    /// How large the file is, in bytes.
    size_bytes: u64,
    /// How much of it has come and is kept, in bytes: the next part begins here.
    offset_bytes: u64,
    /// When it was announced.
    created_at: Timestamp,
    /// When it is forgotten. Each part that comes moves that on.
    expires_at: Timestamp,
    /// The id of the recording that it has become; null until it is whole.
    recording_id: Option<String>,
}

/// The files that are being sent in.
#[derive(Debug, Object)]
struct UploadList {
    /// The newest come first; those that are whole are listed until they are forgotten.
    items: Vec<UploadView>,
}

/// What this server takes.
#[derive(ApiResponse)]
enum Abilities {
    /// What this server takes.
    #[oai(status = 204)]
    Abilities(
        /// The versions of tus.
        #[oai(header = "Tus-Version")]
        String,
        /// Its extensions.
        #[oai(header = "Tus-Extension")]
        String,
        /// How large a file may be, in bytes.
        #[oai(header = "Tus-Max-Size")]
        u64,
        /// The sums that may go with a part.
        #[oai(header = "Tus-Checksum-Algorithm")]
        String,
    ),
}

/// A file was announced.
#[derive(ApiResponse)]
enum UploadCreated {
    /// It can be sent now.
    #[oai(status = 201)]
    Created(
        Json<UploadView>,
        /// Where it is sent to.
        #[oai(header = "Location")]
        String,
        /// When it is forgotten.
        #[oai(header = "Upload-Expires")]
        String,
    ),
}

/// How far a file has come.
#[derive(ApiResponse)]
enum Standing {
    /// How far it has come.
    #[oai(status = 200)]
    Standing(
        /// How much of it has come, in bytes.
        #[oai(header = "Upload-Offset")]
        u64,
        /// How large it is, in bytes.
        #[oai(header = "Upload-Length")]
        u64,
        /// What was said of it.
        #[oai(header = "Upload-Metadata")]
        String,
        /// When it is forgotten.
        #[oai(header = "Upload-Expires")]
        String,
    ),
}

/// A part was taken.
#[derive(ApiResponse)]
enum Taken {
    /// It is on the disk.
    #[oai(status = 204)]
    Taken(
        /// How much of the file has come, in bytes.
        #[oai(header = "Upload-Offset")]
        u64,
        /// When it is forgotten.
        #[oai(header = "Upload-Expires")]
        String,
    ),
}

impl From<Upload> for UploadView {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id.to_string(),
            filename: upload.name,
            title: upload.title,
            meeting_id: upload.meeting.map(|id| id.to_string()),
            size_bytes: upload.length,
            offset_bytes: upload.offset,
            created_at: upload.created_at,
            expires_at: upload.expires_at,
            recording_id: upload.recording.map(|id| id.to_string()),
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        let again = |status: StatusCode, detail: String, seconds| {
            Self::Default(status, Json(Problem::new(status, detail)), Some(seconds))
        };
        match error {
            UploadError::App(error) => error.into(),
            UploadError::Offset(offset) => {
                let detail =
                    format!("The file has come up to byte {offset}: send what follows, with that Upload-Offset.");
                Self::new(StatusCode::CONFLICT, detail)
            }
            UploadError::Busy => {
                let detail =
                    "Another request sends a part of this file: wait until it has ended, and ask for the offset.";
                again(StatusCode::LOCKED, detail.to_owned(), BUSY_SECONDS)
            }
            UploadError::Gone => {
                let detail = "This upload was not gone on with in time, or its file was removed: begin anew.";
                Self::new(StatusCode::GONE, detail)
            }
            UploadError::TooLarge(most) => {
                let detail = format!("A file may have {} GiB here (recordings.upload_most_gib).", most >> 30);
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
            }
            UploadError::Beyond => {
                let detail = "More was sent than Upload-Length said: the end of the part is not kept.";
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
            }
            UploadError::NoRoom(detail) => again(StatusCode::INSUFFICIENT_STORAGE, detail, FULL_SECONDS),
            UploadError::Checksum => {
                let status = StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
                Self::new(status, "The part is not what its sum says, and nothing of it is kept: send it again.")
            }
        }
    }
}

/// What `Upload-Metadata` says of a file.
fn announced(length: u64, metadata: &str) -> Result<NewUpload, AppError> {
    let mut read = read_metadata(metadata).map_err(|detail| AppError::field("Upload-Metadata", detail))?;
    let mut optional = |key: &str| read.remove(key).filter(|value| !value.trim().is_empty());
    let title = optional("title").map(|title| text("title", title, TITLE_MAX_CHARS)).transpose()?;
    let modified_at = optional("modified_at").map(|at| {
        let detail = "must be a time as RFC 3339, such as 2025-01-15T10:30:00.000Z";
        Timestamp::parse(&at).ok_or_else(|| AppError::field("modified_at", detail))
    });
    Ok(NewUpload {
        name: optional("filename").unwrap_or_default(),
        title,
        meeting: optional("meeting_id"),
        modified_at: modified_at.transpose()?,
        metadata: metadata.to_owned(),
        length,
    })
}

fn check(text: Option<&str>) -> Result<Option<Check>, ApiError> {
    let unknown = || {
        let known = Check::ALGORITHMS.join(" and ");
        let detail = format!("Upload-Checksum must name a sum, {known}, and give it in base64 after a space.");
        ApiError::new(StatusCode::BAD_REQUEST, detail)
    };
    text.map(|text| Check::parse(text).ok_or_else(unknown)).transpose()
}

/// The number in a header that says it.
fn number<T: FromStr>(request: &Request, name: &header::HeaderName) -> Option<T> {
    request.headers().get(name)?.to_str().ok()?.parse().ok()
}

#[OpenApi(tag = "Tag::Recordings")]
impl UploadsApi {
    /// What of tus is spoken here, and how large a file may be.
    #[oai(path = "/v1/recordings/uploads", method = "options", operation_id = "describe_uploads")]
    async fn abilities(&self, _caller: May<RecordingsWrite>) -> Abilities {
        Abilities::Abilities(
            tus::VERSION.to_owned(),
            tus::EXTENSIONS.to_owned(),
            self.app.upload_most(),
            Check::ALGORITHMS.join(","),
        )
    }

    /// Announces a file (tus: creation). It is sent to the `Location` then.
    #[oai(path = "/v1/recordings/uploads", method = "post", operation_id = "create_upload")]
    async fn create(
        &self,
        caller: May<RecordingsWrite>,
        /// The version of tus: 1.0.0.
        #[oai(name = "Tus-Resumable")]
        Header(version): Header<Option<String>>,
        /// How large the file is, in bytes.
        #[oai(name = "Upload-Length")]
        Header(length): Header<u64>,
        /// What there is to be said of it: `filename` and, where known, `title`, `meeting_id` and `modified_at`, each
        /// followed by a space and its value in base64, with commas between them.
        #[oai(name = "Upload-Metadata")]
        Header(metadata): Header<String>,
        /// The same request with the same key announces one file.
        #[oai(name = "Idempotency-Key")]
        Header(key): Header<Option<String>>,
    ) -> Result<UploadCreated, ApiError> {
        tus::check(version.as_deref())?;
        let asked = format!("{length} {metadata}");
        let idempotency = idempotency(&caller.caller, "create_upload", key.as_deref(), &asked)?;
        let upload = self.app.create_upload(caller.caller, announced(length, &metadata)?, idempotency).await?;
        let (location, expires) = (format!("{PATH}/{}", upload.id), upload.expires_at.http());
        Ok(UploadCreated::Created(Json(upload.into()), location, expires))
    }

    /// Lists the files that are being sent in, and those that were lately.
    #[oai(path = "/v1/recordings/uploads", method = "get", operation_id = "list_uploads")]
    async fn list(&self, _caller: May<RecordingsRead>) -> Result<Json<UploadList>, ApiError> {
        let items = self.app.uploads()?.into_iter().map(UploadView::from).collect();
        Ok(Json(UploadList { items }))
    }

    /// One file that is being sent in, or was lately.
    #[oai(path = "/v1/recordings/uploads/:upload", method = "get", operation_id = "get_upload")]
    async fn get(
        &self,
        _caller: May<RecordingsRead>,
        /// The upload's id.
        Path(upload): Path<String>,
    ) -> Result<Json<UploadView>, ApiError> {
        Ok(Json(self.app.upload(&upload).await?.into()))
    }

    /// How far a file has come, and so where to go on.
    #[oai(path = "/v1/recordings/uploads/:upload", method = "head", operation_id = "head_upload")]
    async fn head(
        &self,
        _caller: May<RecordingsWrite>,
        /// The upload's id.
        Path(upload): Path<String>,
        /// The version of tus: 1.0.0.
        #[oai(name = "Tus-Resumable")]
        Header(version): Header<Option<String>>,
    ) -> Result<Standing, ApiError> {
        tus::check(version.as_deref())?;
        let upload = self.app.upload(&upload).await?;
        Ok(Standing::Standing(upload.offset, upload.length, upload.metadata, upload.expires_at.http()))
    }

    /// Sends a part of a file, which is on the disk when this is answered. With the last one the file becomes a recording.
    /// A part may take longer than other requests, as long as it comes with at least 16 KiB a second.
    #[oai(path = "/v1/recordings/uploads/:upload", method = "patch", operation_id = "append_to_upload")]
    #[expect(clippy::too_many_arguments, reason = "each is a header of the protocol")]
    async fn append(
        &self,
        request: &Request,
        _caller: May<RecordingsWrite>,
        /// The upload's id.
        Path(upload): Path<String>,
        /// The version of tus: 1.0.0.
        #[oai(name = "Tus-Resumable")]
        Header(version): Header<Option<String>>,
        /// Where the part begins: where the file ends so far, in bytes.
        #[oai(name = "Upload-Offset")]
        Header(offset): Header<u64>,
        /// A sum of the part: `sha1` or `sha256`, a space, and the sum in base64.
        #[oai(name = "Upload-Checksum")]
        Header(sum): Header<Option<String>>,
        StreamBody(body): StreamBody,
    ) -> Result<Taken, ApiError> {
        tus::check(version.as_deref())?;
        let length = number(request, &header::CONTENT_LENGTH);
        let mut receiving = self.app.receive_upload(&upload, offset, length, check(sum.as_deref())?).await?;
        let patience = request.data::<Patience>();
        let mut pieces = body.into_bytes_stream();
        while let Some(piece) = pieces.next().await {
            let Ok(piece) = piece else {
                receiving.keep().await?;
                return Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "The part broke off, or came too slowly."));
            };
            if let Some(patience) = patience {
                patience.earn(piece.len());
            }
            receiving.take(&piece).await?;
        }
        let upload = receiving.finish().await?;
        Ok(Taken::Taken(upload.offset, upload.expires_at.http()))
    }

    /// Ends an upload that is not whole, and removes what there is of it (tus: termination).
    #[oai(path = "/v1/recordings/uploads/:upload", method = "delete", operation_id = "end_upload")]
    async fn end(
        &self,
        caller: May<RecordingsWrite>,
        /// The upload's id.
        Path(upload): Path<String>,
        /// The version of tus: 1.0.0.
        #[oai(name = "Tus-Resumable")]
        Header(version): Header<Option<String>>,
    ) -> Result<Done, ApiError> {
        tus::check(version.as_deref())?;
        self.app.end_upload(caller.caller, upload).await?;
        Ok(Done::Done)
    }
}
