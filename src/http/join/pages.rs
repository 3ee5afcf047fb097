//! What the pages say. Each is one column that fits a phone, and is understood by who has never heard of us.

use crate::app::FieldError;
use crate::app::guests::GuestRoom;
use crate::app::guests::knocks::Waiter;
use crate::domain::guest::{GuestStart, RecordingNotice, Step};
use crate::http::join::form::JoinForm;
use crate::http::page::html::Html;
use crate::http::page::{self, Width};

/// After how many seconds a page of who waits is asked for again where there is no script.
const AGAIN: &str = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>";

/// Where a page is.
pub(super) struct Place {
    /// The way up to `/r/`.
    pub(super) root: String,
}

/// What was typed, and what is wrong with it.
type Wrong<'a> = Option<(&'a JoinForm, &'a [FieldError])>;

/// The room's own link.
pub(super) fn door(place: &Place, room: &GuestRoom, wrong: Option<(&JoinForm, &Vec<FieldError>)>) -> Html {
    let wrong = wrong.map(|(form, errors)| (form, errors.as_slice()));
    let button = match room.door.step(crate::domain::guest::Admission::Waiting) {
        Step::WaitForAnswer => "Ask to come in",
        Step::WaitForHost => "Wait for the host",
        Step::Start => "Start the meeting",
        Step::Enter | Step::Full | Step::Refused | Step::Gone => "Join the meeting",
    };
    let body = titled(room)
        .raw("<p class=\"lead\">")
        .text(status(room))
        .raw("</p>")
        .piece(notice(room.notice))
        .raw("<form method=\"post\" data-once>")
        .piece(name_field(wrong))
        .piece(consent_field(room, wrong))
        .piece(buttons(button))
        .raw("</form>");
    shell(place, &format!("Join {}", room.room.name), Html::default(), body)
}

/// What there is to say of a room before one goes in.
pub(super) fn status(room: &GuestRoom) -> &'static str {
    let is_empty = room.present.unwrap_or(0) == 0;
    match (room.door.is_open, room.door.is_locked, room.door.start) {
        (true, true, _) => "The meeting has started. A host lets you in.",
        (true, false, _) if is_empty => "The meeting is open. Nobody is in it yet.",
        (true, false, _) => "The meeting is running.",
        (false, true, _) => "The meeting has not started. A host lets you in.",
        (false, false, GuestStart::Anyone) => "Nobody is here yet. You can start the meeting.",
        (false, false, GuestStart::Host) => "The meeting has not started. You come in as soon as a host starts it.",
    }
}

/// Somebody waits.
pub(super) fn wait(place: &Place, room: &GuestRoom, step: Step, mark: &str) -> Html {
    let (title, text) = match step {
        Step::WaitForAnswer => {
            ("You have knocked", "A host has been told that you are here. You come in as soon as they let you in.")
        }
        _ => ("The meeting has not started", "You come in by yourself as soon as a host starts it."),
    };
    let body = eyebrow(room)
        .raw("<h1>")
        .text(title)
        .raw("</h1><div class=\"dots\" aria-hidden=\"true\"><i></i><i></i><i></i></div><p class=\"lead\" role=\"status\">")
        .text(text)
        .raw("</p>")
        .piece(notice(room.notice))
        .piece(stay_here(mark));
    shell(place, title, Html::default().raw(AGAIN), body)
}

/// There are as many people as there may be. With a mark, the page waits for room.
pub(super) fn full(place: &Place, room: &GuestRoom, mark: Option<&str>) -> Html {
    let title = "The meeting is full";
    let body = eyebrow(room).raw("<h1>").text(title).raw("</h1>");
    match mark {
        Some(mark) => {
            let text = "<p class=\"lead\">You come in as soon as somebody leaves.</p>";
            shell(place, title, Html::default().raw(AGAIN), body.raw(text).piece(stay_here(mark)))
        }
        None => {
            let body = body
                .raw(
                    "<p class=\"lead\">As many people are in it as there may be. Try again when somebody has left.</p>",
                )
                .piece(again(place, room, "Try again"));
            shell(place, title, Html::default(), body)
        }
    }
}

/// A host has turned a guest away.
pub(super) fn refused(place: &Place, room: &GuestRoom) -> Html {
    let text = "<h1>You were not let in</h1><p class=\"lead\">The host did not let you into this meeting. If you think \
                that is a mistake, ask whoever sent you the link.</p>";
    shell(place, "You were not let in", Html::default(), eyebrow(room).raw(text))
}

/// A wait is over, or was never one.
pub(super) fn gone(place: &Place, room: &GuestRoom) -> Html {
    let text = "<h1>You are no longer waiting</h1><p class=\"lead\">This page was away for too long, or you waited a very \
                long time. Ask again, and the host sees you.</p>";
    shell(
        place,
        "You are no longer waiting",
        Html::default(),
        eyebrow(room).raw(text).piece(again(place, room, "Ask again")),
    )
}

/// The link is made, and leads into Jitsi's app or the browser.
pub(super) fn ready(place: &Place, url: &str, is_android: bool) -> Html {
    let bare = url.strip_prefix("https://").unwrap_or(url);
    let app = if is_android {
        format!("intent://{bare}#Intent;scheme=org.jitsi.meet;package=org.jitsi.meet;end")
    } else {
        format!("org.jitsi.meet://{bare}")
    };
    let body = Html::default()
        .raw("<h1>You can go in</h1><p class=\"lead\">The Jitsi Meet app must be on this phone. Without it, go on in the \
              browser.</p><div class=\"actions\"><a class=\"button primary\" rel=\"noreferrer\" href=\"")
        .text(&app)
        .raw("\">Open the Jitsi Meet app</a><a class=\"button\" rel=\"noreferrer\" href=\"")
        .text(url)
        .raw("\">Go on in the browser</a></div>");
    shell(place, "You can go in", Html::default(), body)
}

/// The host's page. `links` holds where links begin, and the mark of what is shown.
pub(super) fn host(
    place: &Place,
    room: &GuestRoom,
    waiting: &[Waiter],
    (base, mark): (&str, &str),
    wrong: Option<(&JoinForm, &Vec<FieldError>)>,
) -> Html {
    let wrong = wrong.map(|(form, errors)| (form, errors.as_slice()));
    // Where guests knock, this page is needed while the meeting goes on.
    let stays = room.door.is_locked;
    let body = titled(room)
        .raw("<p class=\"lead\"><span class=\"tag\">Host</span> <span data-open-text>")
        .text(host_status(room))
        .raw("</span></p>")
        .piece(notice(room.notice))
        .raw("<form method=\"post\"")
        .raw_if(stays, " target=\"_blank\" rel=\"noopener\"")
        .raw(">")
        .piece(name_field(wrong))
        .raw_if(
            stays,
            "<p class=\"hint\">The meeting opens beside this page. Keep this page: here you let guests in.</p>",
        )
        .piece(buttons(if room.door.is_open { "Join the meeting" } else { "Start the meeting" }))
        .raw("</form>")
        .piece(waiting_list(waiting, mark))
        .piece(share(room, base))
        .raw("<p class=\"hint\">Keep the address of this page to yourself: whoever has it is a host.</p>");
    shell(place, &format!("Host {}", room.room.name), Html::default(), body)
}

fn host_status(room: &GuestRoom) -> &'static str {
    match (room.door.is_open, room.present.unwrap_or(0)) {
        (false, _) => "The meeting has not started.",
        (true, 0) => "The meeting is open. Nobody is in it yet.",
        (true, _) => "The meeting is running.",
    }
}

fn waiting_list(waiting: &[Waiter], mark: &str) -> Html {
    let mut list = Html::default()
        .raw("<section class=\"door\" aria-labelledby=\"door\" data-follow=\"host\" data-seen=\"")
        .text(mark)
        .raw("\"><h2 id=\"door\">Waiting</h2><p class=\"hint\" data-nobody role=\"status\"")
        .raw_if(!waiting.is_empty(), " hidden")
        .raw(">Nobody is waiting.</p><ul data-list>");
    for waiter in waiting {
        list = list.piece(waiting_item(Some(waiter)));
    }
    list.raw("</ul><template data-item>")
        .piece(waiting_item(None))
        .raw("</template><noscript><p><a class=\"button\" href=\"\">Look again</a></p></noscript></section>")
}

/// One who waits; without anybody, what the script fills in.
fn waiting_item(waiter: Option<&Waiter>) -> Html {
    let (id, name) =
        waiter.map_or((String::new(), ""), |waiter| (waiter.knock.id.to_string(), waiter.knock.name.as_str()));
    Html::default()
        .raw("<li><form method=\"post\"><input type=\"hidden\" name=\"knock\" value=\"")
        .text(&id)
        .raw("\"><span class=\"who\" data-name>")
        .text(name)
        .raw("</span><button class=\"button primary\" name=\"answer\" value=\"admit\" data-admit")
        .raw_if(waiter.is_some_and(|waiter| waiter.step != Step::WaitForAnswer), " hidden")
        .raw(" aria-label=\"Let in ")
        .text(name)
        .raw("\" data-label=\"Let in\">Let in</button><button class=\"button\" name=\"answer\" value=\"refuse\" aria-label=\"Turn away ")
        .text(name)
        .raw("\" data-label=\"Turn away\">Turn away</button></form></li>")
}

fn share(room: &GuestRoom, base: &str) -> Html {
    if !room.room.guests.guest_link {
        return Html::default().raw("<p class=\"hint\">The link for guests is turned off for this room.</p>");
    }
    Html::default()
        .raw("<div class=\"field\"><label for=\"share\">Link for guests</label><input id=\"share\" readonly value=\"")
        .text(&format!("{base}/r/{}", room.room.name))
        .raw("\"></div>")
}

/// No room that anybody is let into: it does not exist, or its link is off, or the secret is not good.
pub(super) fn unknown(place: &Place) -> Html {
    plain(
        place,
        "This link does not work",
        "<p class=\"lead\">There is no meeting at this address. It may be misspelt, or no longer in use. Ask whoever sent \
         it to you for the right link.</p>",
    )
}

/// It cannot be now.
pub(super) fn not_now(place: &Place) -> Html {
    plain(
        place,
        "Not possible right now",
        "<p class=\"lead\">You cannot be let in at this moment: the meeting may just have ended, too many people wait, or \
         the server is busy. Try again in a minute.</p><p><a class=\"button primary\" href=\"\">Try again</a></p>",
    )
}

/// It comes too often.
pub(super) fn too_often(place: &Place, seconds: u64) -> Html {
    let body = Html::default()
        .raw("<h1>One moment, please</h1><p class=\"lead\">Too many requests came from your connection. Wait ")
        .text(&seconds.to_string())
        .raw(" seconds, then try again.</p><p><a class=\"button primary\" href=\"\">Try again</a></p>");
    shell(place, "One moment, please", Html::default(), body)
}

/// A form that was not sent by one of our pages.
pub(super) fn foreign(place: &Place) -> Html {
    plain(
        place,
        "That did not work",
        "<p class=\"lead\">Your browser sent something that did not come from this page. Open the link you were given once \
         more.</p><p><a class=\"button primary\" href=\"\">Open again</a></p>",
    )
}

/// Something failed that should not.
pub(super) fn failed(place: &Place) -> Html {
    plain(
        place,
        "That did not work",
        "<p class=\"lead\">Something failed on our side. Try again, and if it stays so, tell whoever sent you the link.</p>",
    )
}

fn plain(place: &Place, title: &'static str, text: &'static str) -> Html {
    let body = Html::default().raw("<h1>").text(title).raw("</h1>").raw(text);
    shell(place, title, Html::default(), body)
}

fn titled(room: &GuestRoom) -> Html {
    Html::default().raw("<p class=\"eyebrow\">Meeting</p><h1>").text(room.room.name.as_str()).raw("</h1>")
}

fn eyebrow(room: &GuestRoom) -> Html {
    Html::default().raw("<p class=\"eyebrow\">").text(room.room.name.as_str()).raw("</p>")
}

fn notice(notice: RecordingNotice) -> Html {
    let (class, text) = match notice {
        RecordingNotice::Nothing => return Html::default(),
        RecordingNotice::May => ("notice", "This meeting may be recorded."),
        RecordingNotice::Will => ("notice", "This meeting will be recorded."),
        RecordingNotice::Runs => ("notice live", "This meeting is being recorded."),
    };
    Html::default()
        .raw("<p class=\"")
        .text(class)
        .raw("\"><span class=\"dot\" aria-hidden=\"true\"></span>")
        .text(text)
        .raw("</p>")
}

fn error_of<'a>(wrong: Wrong<'a>, field: &str) -> Option<&'a str> {
    wrong?.1.iter().find(|error| error.field == field).map(|error| error.detail.as_str())
}

fn name_field(wrong: Wrong<'_>) -> Html {
    let error = error_of(wrong, "name");
    Html::default()
        .raw(
            "<div class=\"field\"><label for=\"name\">Your name</label><input id=\"name\" name=\"name\" type=\"text\" \
              autocomplete=\"name\" maxlength=\"100\" required enterkeyhint=\"go\" value=\"",
        )
        .text(wrong.map_or("", |(form, _)| form.name.as_str()))
        .raw("\"")
        .raw_if(error.is_some(), " aria-invalid=\"true\" aria-describedby=\"name-error\" autofocus")
        .raw(">")
        .raw_if(error.is_some(), "<p class=\"error\" id=\"name-error\">Enter a name of at most 100 characters.</p>")
        .raw("</div>")
}

fn consent_field(room: &GuestRoom, wrong: Wrong<'_>) -> Html {
    if !room.room.guests.recording_consent {
        return Html::default();
    }
    let error = error_of(wrong, "consent");
    Html::default()
        .raw("<div class=\"field\"><label class=\"check\"><input type=\"checkbox\" name=\"consent\" value=\"yes\" required")
        .raw_if(wrong.is_some_and(|(form, _)| form.consents()), " checked")
        .raw_if(error.is_some(), " aria-invalid=\"true\" aria-describedby=\"consent-error\"")
        .raw("><span>I agree to being recorded in this meeting.</span></label>")
        .raw_if(error.is_some(), "<p class=\"error\" id=\"consent-error\">Without it you cannot join this meeting.</p>")
        .raw("</div>")
}

/// The app is offered where there is a touch screen.
fn buttons(label: &str) -> Html {
    Html::default()
        .raw("<div class=\"actions\"><button class=\"button primary\" name=\"via\" value=\"browser\">")
        .text(label)
        .raw("</button><button class=\"button touch\" name=\"via\" value=\"app\">Join in the Jitsi Meet app</button></div>")
}

fn again(place: &Place, room: &GuestRoom, label: &str) -> Html {
    Html::default()
        .raw("<p><a class=\"button primary\" href=\"")
        .text(&format!("{}{}", up(place), room.room.name))
        .raw("\">")
        .text(label)
        .raw("</a></p>")
}

fn stay_here(mark: &str) -> Html {
    Html::default()
        .raw("<p class=\"hint\" data-follow=\"guest\" data-seen=\"")
        .text(mark)
        .raw("\">Keep this page open.<noscript> It looks again every 5 seconds.</noscript></p>")
}

/// The way to `/r/` for a link, which must not be empty.
fn up(place: &Place) -> &str {
    if place.root.is_empty() { "./" } else { &place.root }
}

fn shell(place: &Place, title: &str, head: Html, body: Html) -> Html {
    page::shell(up(place), Width::Narrow, title, head, body)
}
