//! What a refusal of S3 or SQS means for somebody who can do something about it.

use super::objects::ObjectError;

/// What is told of a refusal that is not known, in characters.
const MESSAGE_MOST: usize = 300;

/// Why something was not done. It reads on from the name of who was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The key lacks this permission, by its name in policies.
    #[error("does not allow {0} to the access key")]
    Denied(&'static str),
    /// What was asked for is not there.
    #[error("has no such thing: look at its name, and at the region")]
    NoSuch,
    /// The key's id is not known.
    #[error("does not know the id of the access key: it was deleted, or is of another account")]
    UnknownKey,
    /// The key's secret is another one.
    #[error("says that the secret is not that of the access key")]
    WrongSecret,
    /// The key was for a time that is over.
    #[error("says that the access key has expired")]
    Expired,
    /// It is elsewhere.
    #[error("is in another region than was asked{}", .0.as_ref().map(|region| format!(": in {region}")).unwrap_or_default())]
    WrongRegion(Option<String>),
    /// Our clock differs too much from theirs.
    #[error("says that the clock of this machine is wrong")]
    WrongClock,
    /// It cannot be reached, or cannot now.
    #[error("{0}")]
    Away(String),
}

impl Refusal {
    /// What an answer means that is no success, to a request for which this permission is needed. The codes differ between
    /// services and protocols.
    pub(super) fn of(permission: &'static str, code: &str, message: &str) -> Self {
        // `#` and a dot end a name space.
        let code = code.rsplit(['#', '.']).next().unwrap_or(code);
        let says = |part: &str| message.contains(part);
        match code {
            _ if says("scoped to") && says("region") => Self::WrongRegion(None),
            "AuthorizationHeaderMalformed" | "PermanentRedirect" | "IllegalLocationConstraintException" => {
                let region = message.split_once("expecting '").and_then(|(_, rest)| rest.split('\'').next());
                Self::WrongRegion(region.map(str::to_owned))
            }
            _ if says("Signature expired") || says("Signature not yet current") => Self::WrongClock,
            "RequestTimeTooSkewed" | "RequestExpired" => Self::WrongClock,
            "InvalidAccessKeyId" | "InvalidClientTokenId" | "UnrecognizedClientException" => Self::UnknownKey,
            "SignatureDoesNotMatch" | "InvalidSignatureException" => Self::WrongSecret,
            "ExpiredToken" | "ExpiredTokenException" => Self::Expired,
            "NoSuchBucket" | "QueueDoesNotExist" | "NonExistentQueue" | "InvalidAddress" => Self::NoSuch,
            "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "status 403" => Self::Denied(permission),
            _ => {
                let both = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
                let text: String = both.chars().filter(|c| !c.is_control()).take(MESSAGE_MOST).collect();
                Self::Away(format!("cannot do it now: {text}"))
            }
        }
    }

    /// What an error of the storage means, of a request for which this permission is needed.
    pub(crate) fn of_object(permission: &'static str, error: ObjectError) -> Self {
        match error {
            ObjectError::NotFound => Self::NoSuch,
            ObjectError::Denied(why) | ObjectError::Away(why) => {
                let (code, message) = why.split_once(": ").unwrap_or((&why, ""));
                Self::of(permission, code, message)
            }
            changed @ ObjectError::Changed => Self::Away(changed.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_what_mends_it() {
        let scoped = "Credential should be scoped to a valid region.";
        let malformed = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'";
        for (code, message, refusal) in [
            ("AccessDenied", "Access Denied", Refusal::Denied("x:Do")),
            ("com.amazonaws.sqs#QueueDoesNotExist", "gone", Refusal::NoSuch),
            ("AWS.SimpleQueueService.NonExistentQueue", "", Refusal::NoSuch),
            ("InvalidClientTokenId", "", Refusal::UnknownKey),
            ("SignatureDoesNotMatch", "", Refusal::WrongSecret),
            ("SignatureDoesNotMatch", scoped, Refusal::WrongRegion(None)),
            ("SignatureDoesNotMatch", "Signature expired: 20261122T1000Z is now earlier", Refusal::WrongClock),
            ("AuthorizationHeaderMalformed", malformed, Refusal::WrongRegion(Some("eu-west-1".to_owned()))),
            ("PermanentRedirect", "", Refusal::WrongRegion(None)),
            ("ExpiredToken", "", Refusal::Expired),
            ("RequestTimeTooSkewed", "", Refusal::WrongClock),
            ("Odd", "a\nb", Refusal::Away("cannot do it now: Odd: ab".to_owned())),
        ] {
            assert_eq!(Refusal::of("x:Do", code, message), refusal, "{code} {message}");
        }
        let told = |error: ObjectError| Refusal::of_object("x:Do", error);
        assert_eq!(
            told(ObjectError::Denied("InvalidAccessKeyId: It is not in our records".to_owned())),
            Refusal::UnknownKey
        );
        assert_eq!(told(ObjectError::Denied("status 403".to_owned())), Refusal::Denied("x:Do"));
        assert_eq!(
            told(ObjectError::Away(format!("AuthorizationHeaderMalformed: {malformed}"))).to_string(),
            "is in another region than was asked: in eu-west-1"
        );
        assert_eq!(told(ObjectError::NotFound), Refusal::NoSuch);
    }
}
