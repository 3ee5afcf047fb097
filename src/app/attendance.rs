//! Attendance as a table for a spreadsheet.

use super::meetings::MeetingView;
use crate::domain::Timestamp;
use crate::domain::attendance::Person;

/// The attendance as CSV (RFC 4180), one line a person.
pub(crate) fn csv(view: &MeetingView) -> String {
    let mut text = String::from("name,user_id,email,role,first_joined,last_left,seconds,minutes,segments\r\n");
    for person in &view.attendance.people {
        let segments: Vec<String> = person
            .segments
            .iter()
            .map(|segment| {
                let room = segment.breakout.as_ref().map(|room| format!(" ({room})")).unwrap_or_default();
                format!(
                    "{}/{}{room}",
                    segment.joined_at,
                    segment.left_at.map(|left| left.to_string()).unwrap_or_default()
                )
            })
            .collect();
        let fields = [
            person.name.clone().unwrap_or_default(),
            person.user_id.clone().unwrap_or_default(),
            person.email.clone().unwrap_or_default(),
            role(person).to_owned(),
            person.first_joined().to_string(),
            person.last_left().map(|at: Timestamp| at.to_string()).unwrap_or_default(),
            seconds(person).to_string(),
            format!("{:.2}", minutes(person)),
            segments.join("; "),
        ];
        text.push_str(&fields.map(|field| quoted(&field)).join(","));
        text.push_str("\r\n");
    }
    text
}

/// What the person was, at most.
pub(crate) fn role(person: &Person) -> &'static str {
    if person.moderator { "moderator" } else { "participant" }
}

/// The person's time in whole seconds, rounded.
pub(crate) fn seconds(person: &Person) -> u64 {
    u64::try_from((person.present_for.as_millis() + 500) / 1_000).unwrap_or(u64::MAX)
}

/// The person's time in minutes, to two decimals.
pub(crate) fn minutes(person: &Person) -> f64 {
    (person.present_for.as_secs_f64() / 60.0 * 100.0).round() / 100.0
}

/// A field that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it.
fn quoted(field: &str) -> String {
    let armed =
        if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() };
    if armed.contains(['"', ',', '\n', '\r', ';']) { format!("\"{}\"", armed.replace('"', "\"\"")) } else { armed }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_quoted_and_disarmed() {
        for (field, written) in [
            ("Ada", "Ada"),
            ("Ada, Countess", "\"Ada, Countess\""),
            ("\"A\"", "\"\"\"A\"\"\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2", "'-2"),
        ] {
            assert_eq!(quoted(field), written);
        }
    }
}
