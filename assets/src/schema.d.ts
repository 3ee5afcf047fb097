// Made by types.mjs from the server's OpenAPI document.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives. */
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the server counts, for Prometheus: to this machine, and to whoever has a token. */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the server can do its work: the store writes, the disk has room, the jobs move. Where it cannot, the answer
         *     is 503, and each thing that is not well stands among its `errors`.
         */
        get: operations["get_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what people and tokens have done, the newest first. */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Makes every check, and says what each came to and what mends it. */
        get: operations["get_doctor_report"];
        put?: never;
        /** The same, with Jitsi's files as the caller has read them. */
        post: operations["make_doctor_report"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/doctor/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What to send along when asking for help: versions, the configuration without its secrets, the report, the log's last
         *     lines.
         */
        get: operations["get_support_bundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/doctor/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Judges a link, or a token alone, as Prosody would, claim by claim: why somebody is not let in. */
        post: operations["judge_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log, the oldest first: everything that happened after `after`. */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The log as it grows, as server-sent events. `Last-Event-ID` resumes with nothing missed; without it, and without
         *     `after`, the stream begins with what happens next. While recordings are copied, messages of the type
         *     `recording.progress`, which have no `id` and stand in no log, tell how far: `recording_id`, `done_bytes`, `size_bytes`.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jibri/recording-complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in that a recording's file is complete, from Jibri's finalize script. */
        post: operations["receive_recording_complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/census": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in who is in which conference now, from our Prosody module, and answers with what is to be done there. */
        post: operations["receive_jitsi_census"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes in a signed event, or several.
         * @description One is `{"event", "room", "timestamp", "data"}`. Several are `{"events": [...]}`, at most 1000, in the order in which
         *     they happened: all that can be read are on the disk when the answer comes, and the answer names the others.
         */
        post: operations["receive_jitsi_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/events/occupant/joined": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in that somebody came. */
        post: operations["receive_occupant_joined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/events/occupant/left": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in that somebody left. */
        post: operations["receive_occupant_left"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/events/room/created": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in that a room was created, from the stock `event_sync_component`. */
        post: operations["receive_room_created"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/events/room/destroyed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in that a room was destroyed, with everybody who was in it. */
        post: operations["receive_room_destroyed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether Jitsi's webhooks can be taken in. */
        get: operations["get_jitsi_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys of the links, for Prosody's `cache_keys_url`. */
        get: operations["list_jitsi_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/keys/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One public key of the links, for Prosody's `asap_key_server`. */
        get: operations["get_jitsi_key"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/modules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Our modules in Prosody, as they were last heard of. */
        get: operations["list_jitsi_modules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/reservations/conference": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Whether a conference may start: where a meeting was started for it, and is not over. */
        post: operations["reserve_conference"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/reservations/conference/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same of a conference by its meeting's id. */
        get: operations["get_reservation"];
        put?: never;
        post?: never;
        /** Takes note that a conference is over. Its meeting ends by what events tell, and not by this. */
        delete: operations["end_reservation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that links are signed with, with RS256. */
        get: operations["list_signing_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jitsi/signing-keys/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has another key take over, ten minutes from now, when everybody who fetches the keys knows it. Links that are signed
         *     already stay good.
         */
        post: operations["rotate_signing_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists jobs, in the order of their names. */
        get: operations["list_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a job run now that failed or was given up, as if it had not been tried. */
        post: operations["retry_job"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/knocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Those who wait at any room's door. */
        get: operations["list_knocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists meetings, the newest first. */
        get: operations["list_meetings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One meeting, with its people, its recordings and its newest events. */
        get: operations["get_meeting"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/attendance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who was there, and for how long: as JSON, or as CSV by `Accept: text/csv` or `?format=csv`. */
        get: operations["get_attendance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/consent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says whether the holder of a link into the meeting agrees to its being recorded: at any time, also when it is over,
         *     and as often as they like; the last word counts. The link is the proof, and no token of the API is needed.
         */
        post: operations["say_consent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/embed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * HTML that shows the meeting in a page, to a guest without a name. The link in it is made for this answer; one for a person,
         *     with options, is made by `join`.
         */
        get: operations["get_meeting_embed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a meeting. Ending one that is over changes nothing. */
        post: operations["end_meeting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All events of a meeting, in the order of their time. */
        get: operations["list_meeting_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link for one person, so that what they do can be told from what others do. */
        post: operations["join_meeting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/lobby": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Switches the lobby on or off. */
        post: operations["set_meeting_lobby"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mutes one person's microphone. It needs a moderator in the meeting. */
        post: operations["mute_participant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/notice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says something to everybody, in the meeting's chat. */
        post: operations["send_notice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets the meeting's password, or lifts it. */
        post: operations["set_meeting_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/reconcile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks Whereby who was in a meeting, and makes up for the events that never came. It is done by itself too, while a meeting
         *     goes on and after it.
         */
        post: operations["reconcile_meeting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/recording/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a recording. It needs a moderator in the meeting; that it runs is told by an event. */
        post: operations["start_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/recording/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops the recording that runs. */
        post: operations["stop_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends one person out of the meeting. */
        post: operations["remove_participant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/meetings/{id}/subject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets the subject that everybody in the meeting sees. */
        post: operations["set_subject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recorders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the recorders that were heard of within a day, in the order of their ids. */
        get: operations["list_recorders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists recordings, the newest first. Those in the trash and those deleted are listed only by their state. */
        get: operations["list_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/expiring": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the recordings of which the rules for how long they are kept remove something by now, or within some days,
         *     the newest first. Nothing is changed. With `try_days` or `try_keep_last`, as if that rule held: for `room`, or for
         *     the server.
         */
        get: operations["list_expiring_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * One step of a look through the directories of recordings. What is found is listed at once; `next_cursor` goes on.
         *     The server looks by itself every few minutes.
         */
        post: operations["scan_recordings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where recordings come from: the directories, the bucket, and the queue that tells of it. */
        get: operations["get_recording_sources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/sources/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forgets a message that was set aside. */
        delete: operations["forget_message"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the files that are being sent in, and those that were lately. */
        get: operations["list_uploads"];
        put?: never;
        /** Announces a file (tus: creation). It is sent to the `Location` then. */
        post: operations["create_upload"];
        delete?: never;
        /** What of tus is spoken here, and how large a file may be. */
        options: operations["describe_uploads"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/uploads/{upload}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One file that is being sent in, or was lately. */
        get: operations["get_upload"];
        put?: never;
        post?: never;
        /** Ends an upload that is not whole, and removes what there is of it (tus: termination). */
        delete: operations["end_upload"];
        options?: never;
        /** How far a file has come, and so where to go on. */
        head: operations["head_upload"];
        /**
         * Sends a part of a file, which is on the disk when this is answered. With the last one the file becomes a recording.
         *     A part may take longer than other requests, as long as it comes with at least 16 KiB a second.
         */
        patch: operations["append_to_upload"];
        trace?: never;
    };
    "/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One recording. */
        get: operations["get_recording"];
        put?: never;
        post?: never;
        /** Puts a recording into the trash. Its file stays until it is deleted for good. */
        delete: operations["delete_recording"];
        options?: never;
        head?: never;
        /** Changes a recording's title, the meeting that it is of, or whether it may be deleted. */
        patch: operations["update_recording"];
        trace?: never;
    };
    "/v1/recordings/{id}/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Copies a recording's file to storage, where that has not been done, and proves the copy. Recordings of meetings whose
         *     `recording_type` is `cloud` are copied by themselves.
         */
        post: operations["copy_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A recording's file or copy, whole or in part: `Range` with one range, `If-Range`, `If-None-Match`. Several ranges at once are
         *     answered with the whole file.
         */
        get: operations["get_recording_media"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        /** What there is to be said of a recording's file, without the file. */
        head: operations["head_recording_media"];
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who was there while a recording ran, and who spoke when. It tells of people, so it takes the scope `meetings:read`. */
        get: operations["list_recording_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/poster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A picture from within a recording, at most 640 pixels wide. It is made by ffmpeg where that is installed; one that is
         *     not there yet is made now, which takes a second or two. Where there is none, the 404 says why.
         */
        get: operations["get_recording_poster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/purge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deletes a recording that is in the trash for good: its file is removed, seen to be gone, and the audit says so. */
        post: operations["purge_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/repair": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Repairs a file that ends in the middle: a job has ffmpeg write what can be read of it into a new file beside it. The
         *     old one is kept. Where ffmpeg cannot help, the 409 says why.
         */
        post: operations["repair_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a recording out of the trash. */
        post: operations["restore_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the recording's links. */
        get: operations["list_shares"];
        put?: never;
        /**
         * Makes a link by which the recording is watched without an account, until it ends or is taken back. Its address is
         *     shown this once.
         */
        post: operations["create_share"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recordings/{id}/shares/{share}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a link back: it shows nothing from now on. */
        delete: operations["revoke_share"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists rooms, the newest first. */
        get: operations["list_rooms"];
        put?: never;
        /** Makes a room. */
        post: operations["create_room"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms/{room}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One room. */
        get: operations["get_room"];
        put?: never;
        post?: never;
        /** Deletes a room. Its meetings and recordings stay; its name is free. */
        delete: operations["delete_room"];
        options?: never;
        head?: never;
        /** Changes a room. The change holds from its next meeting on. */
        patch: operations["update_room"];
        trace?: never;
    };
    "/v1/rooms/{room}/host-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether there is a link of the room's host, and since when. */
        get: operations["get_host_link"];
        put?: never;
        /**
         * Makes the link by which a host comes in: it starts the meeting, makes a moderator, and lets guests in. The link
         *     made before ends.
         */
        post: operations["create_host_link"];
        /** Ends the link of the room's host at once. */
        delete: operations["revoke_host_link"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms/{room}/knocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Those who wait at the room's door. */
        get: operations["list_room_knocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms/{room}/knocks/{knock}/admit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets a guest in. The last answer holds. */
        post: operations["admit_knock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms/{room}/knocks/{knock}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turns a guest away. The last answer holds. */
        post: operations["refuse_knock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms/{room}/meeting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a meeting in the room, or answers with the one that is under way. The links are made for this answer. */
        post: operations["start_meeting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rooms/{room}/migrate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves a room to another platform, and says what changes. A meeting that is under way stays where it is. With `dry_run` it only
         *     says so. 409 where no meeting could be held there, with the setting that is missing.
         */
        post: operations["migrate_room"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who makes this request, and what they may do. */
        get: operations["get_session"];
        put?: never;
        /** Logs in. A name that nobody has and a wrong password get the same answer. */
        post: operations["log_in"];
        /** Logs out: ends the session that the request comes in. */
        delete: operations["log_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in how a recorder's session goes, as Jibri tells it of those that were started over its own interface. */
        post: operations["receive_recorder_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the sessions that stand, the newest first. */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session. */
        delete: operations["revoke_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server waits for its first person. */
        get: operations["get_setup"];
        put?: never;
        /** Uses a set-up link: sets the password and logs in. The person's other sessions end. */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/setup-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a set-up link for whoever opens it, or, with a name, for that person to choose a new password. */
        post: operations["create_setup_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in how a recorder is, as Jibri tells its `webhook.subscribers` every minute and at every change. */
        post: operations["receive_recorder_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How full the disks are and how long they will last, how much room the recordings take, and what is removed by rule. */
        get: operations["get_storage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the tokens, the newest first. One that ended is listed for 90 days more. */
        get: operations["list_tokens"];
        put?: never;
        /** Makes a token. Its text is shown this once. */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes a token: it is good for nothing from now on. */
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists who can log in, or has been asked to, the newest first. */
        get: operations["list_users"];
        put?: never;
        /** Adds a person. They choose their password by the link, which is shown this once. */
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a person. Their sessions end. */
        delete: operations["delete_user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Computes everything from the log again and compares it with what is stored. It changes nothing. */
        post: operations["verify_store"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the server is. */
        get: operations["get_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whereby": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes in an event of Whereby. What is signed is taken whatever it holds: Whereby sends nothing again that was refused. */
        post: operations["receive_whereby_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whereby/foreign-rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the rooms of the organisation that events tell of and that were not made here. */
        get: operations["list_foreign_rooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whereby/foreign-rooms/adopt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a meeting of what events told of such a room, and takes what they tell from now on. */
        post: operations["adopt_foreign_room"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/whereby/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether Whereby's webhooks can be taken in. */
        get: operations["get_whereby_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Actor
         * @description Who did something.
         */
        Actor: {
            /** @description Which one; null where there is only one. */
            id: string | null;
            /** @description `user`, `token`, `cli`, `setup`, or `anonymous` for who could not log in. */
            kind: string;
            /** @description The name then. */
            name: string | null;
        };
        /**
         * AdoptRequest
         * @description Which room is adopted.
         */
        AdoptRequest: {
            /** @description The room here that the meeting is to belong to, by its name or id; none where it is left out. */
            room?: string | null;
            /** @description Its name, with the slash before it or without. */
            room_name: string;
        };
        /**
         * Amount
         * @description How many, and how much.
         */
        Amount: {
            /**
             * Format: uint64
             * @description How much room they take, in bytes.
             */
            bytes: number;
            /**
             * Format: uint64
             * @description How many.
             */
            count: number;
        };
        /**
         * AttendanceList
         * @description A meeting's attendance.
         */
        AttendanceList: {
            /** @description One row a person, in the order in which they came. */
            items: components["schemas"]["Participant"][];
        };
        /**
         * AttendanceSegment
         * @description A stretch of time in which somebody was there.
         */
        AttendanceSegment: {
            /** @description The breakout room; none in the main room. */
            breakout: string | null;
            /**
             * Format: date-time
             * @description From when.
             */
            joined_at: string;
            /**
             * Format: date-time
             * @description Until when; none while there.
             */
            left_at: string | null;
        };
        /**
         * AuditEntry
         * @description Something that was done.
         */
        AuditEntry: {
            /** @description What was done: a noun and a verb, such as `room.create`. */
            action: string;
            /** @description Who did it. */
            actor: components["schemas"]["Actor"] & unknown;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description More of it, by the kind of action. */
            details: unknown;
            /**
             * Format: uint64
             * @description Its place in the audit. The numbers count up without gaps.
             */
            seq: number;
            /** @description What it was done to. */
            target: string;
        };
        /**
         * BucketSource
         * @description A bucket, as the server has found it since it started.
         */
        BucketSource: {
            /** @description Its name. */
            name: string;
            /**
             * Format: uint64
             * @description How many objects there were then.
             */
            objects: number;
            /**
             * Format: uint64
             * @description How many of them are no recordings by their names.
             */
            passed_over: number;
            /** @description What is wrong with it. */
            problem: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            problem_since: string | null;
            /**
             * Format: date-time
             * @description When it was last looked through to its end.
             */
            swept_at: string | null;
        };
        /**
         * CensusCounted
         * @description A census was counted.
         */
        CensusCounted: {
            /** @description The census that this answers. */
            census: string;
            /** @description What the module is to do, in order. */
            commands: Record<string, never>[];
            /**
             * Format: double
             * @description The server's time, in seconds since 1970.
             */
            time: number;
        };
        /**
         * ConferenceReservation
         * @description What a conference is allowed.
         */
        ConferenceReservation: {
            /**
             * Format: uint64
             * @description After how many seconds Jitsi ends it.
             */
            duration: number;
            /** @description The meeting's id. */
            id: string;
            /** @description Whether people wait in the lobby to be let in. */
            lobby: boolean;
            /** @description Who asked. */
            mail_owner: string;
            /**
             * Format: uint32
             * @description How many may be in it, where the room has a limit.
             */
            max_occupants: number | null;
            /** @description The conference. */
            name: string;
            /**
             * Format: date-time
             * @description From when on.
             */
            start_time: string;
        };
        /**
         * Consent
         * @description What somebody last said on being recorded.
         */
        Consent: {
            /**
             * Format: date-time
             * @description When they said so.
             */
            given_at: string;
            /** @description Whether they agree. */
            granted: boolean;
            /** @description The name they gave. */
            name: string;
            /** @description The id that their link carries, by which they stand in the attendance. */
            user_id: string;
        };
        /**
         * ConsentNoted
         * @description What was noted.
         */
        ConsentNoted: {
            /**
             * Format: date-time
             * @description When they said so.
             */
            given_at: string;
            /** @description Whether they agree. */
            granted: boolean;
            /** @description The name in the link; the id where it has none. */
            name: string;
            /**
             * @description What becomes of the meeting's recordings as long as somebody does not agree.
             * @enum {string}
             */
            on_denial: "nothing" | "hide" | "trash";
            /** @description The id that the link carries, by which the person stands in the attendance. */
            user_id: string;
        };
        /**
         * ConsentRequest
         * @description What somebody says on being recorded.
         */
        ConsentRequest: {
            /** @description Whether they agree. */
            consent_given: boolean;
            /** @description The link by which they come into the meeting, or its token (`jwt`). It need not be good any more. */
            link: string;
        };
        /**
         * CopyRequest
         * @description How to copy a recording.
         */
        CopyRequest: {
            /** @description Whether the recorder's file is deleted once the copy is proved. Left out, `storage.after_copy` says. */
            remove_source?: boolean | null;
        };
        /**
         * CreateRoom
         * @description What makes a room. Only the name is needed.
         */
        CreateRoom: {
            /** @description Whether its own link lets guests in; so where nothing is said. */
            guest_link?: boolean | null;
            /**
             * @description Who may start a meeting by that link; `host` where nothing is said.
             * @enum {string|null}
             */
            guest_start?: "anyone" | "host" | null;
            /** @description Whether people must knock. */
            is_locked?: boolean | null;
            /**
             * Format: uint32
             * @description How many people there may be for another guest to be let in; no limit where nothing is said.
             */
            max_participants?: number | null;
            /** @description 1 to 64 of `a-z`, `0-9` and `-`; upper case is folded. */
            name: string;
            /**
             * @description What becomes of a meeting's recordings where somebody does not agree to being recorded; `hide` where nothing is said.
             * @enum {string|null}
             */
            on_denial?: "nothing" | "hide" | "trash" | null;
            /**
             * @description Who hosts its meetings; where nothing is said, the platform that is set up.
             * @enum {string|null}
             */
            platform?: "jitsi" | "whereby" | null;
            /** @description Whether guests must agree to being recorded before they go in. */
            recording_consent?: boolean | null;
            /** @description Whether nobody may record its meetings; it goes with `recording_trigger` `none` only. */
            recording_forbidden?: boolean | null;
            /**
             * @description What starts a recording; `none` where nothing is said.
             * @enum {string|null}
             */
            recording_trigger?: "none" | "prompt" | "automatic" | "automatic-2nd-participant" | null;
            /**
             * @description Where its recordings go; `none` where nothing is said.
             * @enum {string|null}
             */
            recording_type?: "none" | "local" | "cloud" | null;
            /** @description How long its recordings are kept; as the server has it where nothing is said. */
            retention?: (components["schemas"]["Retention"] & unknown) | null;
            /**
             * @description How large its meetings get; `normal` where nothing is said.
             * @enum {string|null}
             */
            room_mode?: "normal" | "group" | null;
        };
        /**
         * Disk
         * @description A disk.
         */
        Disk: {
            /**
             * Format: double
             * @description In how many days it is down to its floor, if it goes on so; null where it does not fill, or where that is not known.
             */
            days_left: number | null;
            /** @description The directories that lie on it. */
            directories: string[];
            /** @description The same as a sentence. */
            explanation: string;
            /**
             * Format: int64
             * @description How fast it fills, in bytes a day, below 0 where it empties; null until it has been seen for some days.
             */
            fills_bytes_per_day: number | null;
            /**
             * Format: uint64
             * @description What should stay free, in bytes.
             */
            floor_bytes: number;
            /**
             * Format: uint64
             * @description What is free, in bytes.
             */
            free_bytes: number;
            /** @description Whether the data lie on it. */
            has_data: boolean;
            /** @description Whether recordings do. */
            has_recordings: boolean;
            /**
             * @description How it is with it.
             * @enum {string}
             */
            level: "fine" | "low" | "critical";
            /**
             * Format: date-time
             * @description When it was looked at.
             */
            looked_at: string;
            /**
             * Format: uint64
             * @description How large it is, in bytes.
             */
            total_bytes: number;
        };
        /**
         * DoctorCheck
         * @description A check.
         */
        DoctorCheck: {
            /** @description Each single thing that was seen. */
            details: string[];
            /** @description Its name, which never changes. */
            id: string;
            /** @description What that means; for one that was skipped, why. */
            meaning: string;
            /** @description The command or the setting that mends it; none where nothing is to be mended. */
            mend: string | null;
            /** @description What it looks at. */
            title: string;
            /**
             * @description What it came to.
             * @enum {string}
             */
            verdict: "ok" | "warning" | "failed" | "skipped";
        };
        /**
         * DoctorFile
         * @description A file of a program beside us.
         */
        DoctorFile: {
            /**
             * @description Whose it is: `prosody`, `prosody-available` (in `conf.avail`), `jicofo`, `jibri`, or `finalize` for Jibri's script.
             * @enum {string}
             */
            kind: "prosody" | "prosody-available" | "jicofo" | "jibri" | "finalize";
            /** @description Where it is. */
            path: string;
            /** @description Why it could not be read; of a script, why it cannot be run. */
            problem: string | null;
            /** @description What is in it, where it could be read. */
            text: string | null;
        };
        /**
         * DoctorReport
         * @description What was found.
         */
        DoctorReport: {
            /** @description Every check, always in the same order. */
            checks: components["schemas"]["DoctorCheck"][];
            /**
             * Format: date-time
             * @description When it looked.
             */
            made_at: string;
            /** @description Whether a running server answered; else the command line looked by itself. */
            server_running: boolean;
            /** @description How many checks came to what. */
            summary: components["schemas"]["DoctorSummary"] & unknown;
            /** @description The release that looked. */
            version: string;
        };
        /**
         * DoctorRequest
         * @description What the caller has read itself, as root may on the machine that Jitsi is on.
         */
        DoctorRequest: {
            /**
             * @description Whether to try out the whole chain too: somebody with a fresh link goes into a conference of the doctor's own, and its
             *     event is waited for. It takes 10 seconds at most, and leaves no meeting.
             * @default false
             */
            end_to_end: boolean | null;
            /**
             * @description The files of Prosody, Jicofo and Jibri. Where none are given, the server reads what it may. They are judged, and not
             *     kept.
             */
            files?: components["schemas"]["DoctorFile"][] | null;
        };
        /**
         * DoctorSummary
         * @description How many checks came to what.
         */
        DoctorSummary: {
            /**
             * Format: uint64
             * @description Not working, or open to those who should not come in.
             */
            failed: number;
            /**
             * Format: uint64
             * @description As it should be.
             */
            ok: number;
            /**
             * Format: uint64
             * @description Not looked at, for a reason that the check tells.
             */
            skipped: number;
            /**
             * Format: uint64
             * @description To be looked at.
             */
            warning: number;
        };
        /**
         * DoctorTokenRequest
         * @description A link to be judged.
         */
        DoctorTokenRequest: {
            /** @description As in the request for a report. */
            files?: components["schemas"]["DoctorFile"][] | null;
            /** @description A whole link with `jwt=`, or the token alone. It is judged, and not kept. */
            token: string;
        };
        /**
         * Embed
         * @description HTML that shows a meeting in a page. What is in it is good for one person, as long as the link in it.
         */
        Embed: {
            /** @description A frame, and nothing else. */
            iframe: string;
            /**
             * @description The same by the platform's own script, which a page can listen to and command: Jitsi's `external_api.js`, Whereby's web
             *     component. Null where Whereby's would refuse the address.
             */
            script: string | null;
        };
        /**
         * Event
         * @description An event of the log.
         */
        Event: {
            /** @description What was reported. */
            data: Record<string, never>;
            /** @description The event's id: the same event has the same, however often it was sent. */
            id: string;
            /** @description The meeting it belonged to when it came. */
            meeting_id: string | null;
            /** @description That meeting's room. */
            room_id: string | null;
            /** @description The platform's name for where it happened. */
            room_name: string | null;
            /**
             * Format: uint64
             * @description Its place in the log. The numbers count up without gaps.
             */
            seq: number;
            /**
             * @description Who reported it.
             * @enum {string}
             */
            source: "jitsi" | "jibri" | "whereby" | "reconcile" | "reflector";
            /**
             * Format: date-time
             * @description When it came.
             */
            timestamp: string;
            /** @description What happened. The platforms' events keep their own names; ours are `room.…` and `meeting.…`. */
            type: string;
        };
        /**
         * EventRefused
         * @description An event was refused. It will be however often it is sent.
         */
        EventRefused: {
            /** @description What is wrong with it. */
            detail: string;
            /**
             * Format: uint64
             * @description Where it stood in `events`, from 0.
             */
            index: number;
        };
        /**
         * EventTaken
         * @description An event was taken in.
         */
        EventTaken: {
            /** @description The event's type. */
            event: string;
            /** @description The room it was told of, as it was written. */
            room: string;
            /** @description `ok`. */
            status: string;
        };
        /**
         * EventsTaken
         * @description Events were taken in.
         */
        EventsTaken: {
            /** @description The others. */
            refused: components["schemas"]["EventRefused"][];
            /** @description `ok`. */
            status: string;
            /**
             * Format: uint64
             * @description How many are on the disk, also those that were there before.
             */
            taken: number;
        };
        /**
         * Expiry
         * @description What is removed by rule next.
         */
        Expiry: {
            /** @description The same as a sentence. */
            explanation: string;
            /**
             * @description Why.
             * @enum {string}
             */
            reason: "age" | "number" | "trash_time";
            /**
             * @description Whose rule it is.
             * @enum {string}
             */
            rule: "room" | "server";
            /**
             * @description What is done: it is put into the trash, or deleted for good.
             * @enum {string}
             */
            step: "trash" | "purge";
        };
        /**
         * FieldProblem
         * @description What is wrong with one field.
         */
        FieldProblem: {
            /** @description What is wrong with it. */
            detail: string;
            /** @description The field's name. */
            field: string;
        };
        /**
         * ForeignRoom
         * @description A room at Whereby that was not made here.
         */
        ForeignRoom: {
            /**
             * Format: uint64
             * @description How many of the newest 20,000 events are of it.
             */
            events: number;
            /**
             * Format: date-time
             * @description The first of them.
             */
            first_event_at: string;
            /**
             * Format: date-time
             * @description The last of them.
             */
            last_event_at: string;
            /** @description Its name. */
            room_name: string;
        };
        /**
         * ForeignRooms
         * @description Rooms at Whereby that were not made here.
         */
        ForeignRooms: {
            /** @description At most 200, the one heard of last first. */
            items: components["schemas"]["ForeignRoom"][];
        };
        /**
         * GuestEmbed
         * @description HTML that shows a meeting to a guest.
         */
        GuestEmbed: {
            /**
             * Format: date-time
             * @description Until when it lets in.
             */
            expires_at: string;
            /** @description A frame, and nothing else. */
            iframe: string;
            /**
             * @description The same by the platform's own script, which a page can listen to and command: Jitsi's `external_api.js`, Whereby's web
             *     component. Null where Whereby's would refuse the address.
             */
            script: string | null;
            /** @description The link in it. */
            url: string;
        };
        /**
         * Health
         * @description The server lives.
         */
        Health: {
            /** @description `ok`. */
            status: string;
        };
        /**
         * HostLink
         * @description The link of a room's host, without its secret.
         */
        HostLink: {
            /**
             * Format: date-time
             * @description When it was made; null where there is none.
             */
            created_at: string | null;
        };
        /**
         * Job
         * @description A job.
         */
        Job: {
            /**
             * Format: uint32
             * @description How often it was begun.
             */
            attempts: number;
            /**
             * Format: date-time
             * @description When it is to run; while it runs, when it is taken for lost; null where it was given up.
             */
            due_at: string | null;
            /**
             * Format: date-time
             * @description When it was given up.
             */
            given_up_at: string | null;
            /** @description The job's name: there is one of each. */
            id: string;
            /** @description What is to be done. */
            kind: string;
            /**
             * @description The lane that it waits in: jobs of one lane do not wait for those of another.
             * @enum {string}
             */
            lane: "prompt" | "hosts" | "reconciliations" | "files" | "digests" | "copies" | "repairs" | "posters" | "objects";
            /** @description The meeting that it is for. */
            meeting_id: string | null;
            /** @description Why the last attempt failed. */
            problem: string | null;
            /** @description The recording that it is for. */
            recording_id: string | null;
            /**
             * Format: date-time
             * @description Since when it runs.
             */
            running_since: string | null;
            /**
             * @description Where it stands.
             * @enum {string}
             */
            state: "waiting" | "running" | "retrying" | "given_up";
        };
        /**
         * JoinLink
         * @description A link for one person.
         */
        JoinLink: {
            /** @description HTML that shows the meeting in a page, by this link. */
            embed: components["schemas"]["Embed"] & unknown;
            /**
             * Format: date-time
             * @description Until when it lets in.
             */
            expires_at: string;
            /** @description The options that have no effect, because this platform has nothing like them. */
            ignored_options: string[];
            /** @description Jitsi's token in it; null in a link to Whereby. */
            jwt: string | null;
            /** @description The link. */
            url: string;
        };
        /** @description How a meeting looks and behaves for one person. The names are those of Whereby's URL parameters; `docs/whereby.md` has what each comes to in Jitsi. */
        JoinOptions: {
            /**
             * @description Echo cancellation.
             * @enum {string|null}
             */
            aec?: "off" | null;
            /**
             * @description Automatic gain of the microphone.
             * @enum {string|null}
             */
            agc?: "off" | null;
            /**
             * @description Come in with the microphone muted.
             * @enum {string|null}
             */
            audio?: "off" | null;
            /**
             * @description Noise reduction.
             * @enum {string|null}
             */
            audioDenoiser?: "on" | "off" | null;
            /** @description Hide one's own picture after a while; needs floatSelf. */
            autoHideSelfView?: boolean | null;
            /** @description Put the host into the spotlight on coming in. */
            autoSpotlight?: boolean | null;
            /** @description The address of one's picture, without a query. */
            avatarUrl?: string | null;
            /**
             * @description The room's background.
             * @enum {string|null}
             */
            background?: "off" | null;
            /**
             * @description The bar with the buttons.
             * @enum {string|null}
             */
            bottomToolbar?: "on" | "off" | null;
            /**
             * @description Breakout groups.
             * @enum {string|null}
             */
            breakout?: "on" | "off" | null;
            /**
             * @description Hints of a bad connection.
             * @enum {string|null}
             */
            callQualityMonitoring?: "on" | "off" | null;
            /**
             * @description Whether the camera may be used; off is audio only.
             * @enum {string|null}
             */
            cameraAccess?: "on" | "off" | null;
            /**
             * @description What is done with one's own picture.
             * @enum {string|null}
             */
            cameraEffect?: "slight-blur" | "blur" | "image-cabin" | "image-concrete" | "image-brick" | "image-sunrise" | "image-day" | "image-night" | null;
            /**
             * @description The chat.
             * @enum {string|null}
             */
            chat?: "on" | "off" | null;
            /**
             * @description Downloading the chat; needs the chat.
             * @enum {string|null}
             */
            chatDownload?: "on" | "off" | null;
            /** @description An id of one's own in Whereby's events; user_id where it is left out. */
            externalId?: string | null;
            /**
             * @description Sharing files; needs the chat.
             * @enum {string|null}
             */
            fileSharing?: "on" | "off" | null;
            /** @description One's own picture floats in a corner. */
            floatSelf?: boolean | null;
            /** @description The names of breakout groups. */
            groups?: string[] | null;
            /**
             * @description Mark who speaks.
             * @enum {string|null}
             */
            highlightActiveSpeaker?: "on" | "off" | null;
            /**
             * @description The language.
             * @enum {string|null}
             */
            lang?: "cs" | "zh-hant" | "da" | "nl" | "en" | "fr" | "de" | "el" | "hi" | "hu" | "it" | "jp" | "nb" | "pt" | "pl" | "es" | "sv" | "uk" | null;
            /**
             * @description The button to leave.
             * @enum {string|null}
             */
            leaveButton?: "on" | "off" | null;
            /**
             * @description The choice of the language.
             * @enum {string|null}
             */
            localization?: "on" | "off" | null;
            /**
             * @description The button that locks the room.
             * @enum {string|null}
             */
            locking?: "off" | null;
            /**
             * @description The logo.
             * @enum {string|null}
             */
            logo?: "off" | null;
            /**
             * @description Save data.
             * @enum {string|null}
             */
            lowData?: "on" | "off" | null;
            /** @description Only what is needed: no top bar, chat, screen sharing, button to leave. */
            minimal?: boolean | null;
            /**
             * @description The button for more.
             * @enum {string|null}
             */
            moreButton?: "off" | null;
            /** @description Parameters of Whereby's that are not known here, by name. An empty text is a bare name. */
            other?: {
                [key: string]: string;
            } | null;
            /**
             * @description How many there are.
             * @enum {string|null}
             */
            participantCount?: "off" | null;
            /**
             * @description The list of people.
             * @enum {string|null}
             */
            people?: "off" | null;
            /**
             * @description Playful details; not documented any more.
             * @enum {string|null}
             */
            personality?: "on" | "off" | null;
            /**
             * @description The button for picture in picture.
             * @enum {string|null}
             */
            pipButton?: "off" | null;
            /**
             * @description A test of camera, microphone and connection; needs precallReview.
             * @enum {string|null}
             */
            precallCeremony?: "on" | "off" | null;
            /**
             * @description That test may be left out; needs precallCeremony.
             * @enum {string|null}
             */
            precallCeremonyCanSkip?: "on" | null;
            /** @description Where to find help with permissions. */
            precallPermissionHelpLink?: string | null;
            /**
             * @description The page before one goes in.
             * @enum {string|null}
             */
            precallReview?: "on" | "off" | null;
            /**
             * @description Recording in the host's browser.
             * @enum {string|null}
             */
            recording?: "on" | null;
            /**
             * @description Whiteboards, videos and other things in the room.
             * @enum {string|null}
             */
            roomIntegrations?: "on" | "off" | null;
            /**
             * @description Sharing the screen.
             * @enum {string|null}
             */
            screenshare?: "on" | "off" | null;
            /**
             * @description The button for settings.
             * @enum {string|null}
             */
            settingsButton?: "off" | null;
            /** @description Ask for camera and microphone without a page before. */
            skipMediaPermissionPrompt?: boolean | null;
            /**
             * @description Names below small pictures.
             * @enum {string|null}
             */
            subgridLabels?: "on" | "off" | null;
            /**
             * @description How long it has gone on.
             * @enum {string|null}
             */
            timer?: "on" | "off" | null;
            /** @description Dark text on the bars. */
            toolbarDarkText?: boolean | null;
            /**
             * @description Text below the buttons.
             * @enum {string|null}
             */
            toolbarText?: "on" | "off" | null;
            /**
             * @description The bar at the top.
             * @enum {string|null}
             */
            topToolbar?: "on" | "off" | null;
            /**
             * @description Come in with the camera off.
             * @enum {string|null}
             */
            video?: "off" | null;
            /** @description The address of a picture behind oneself. */
            virtualBackgroundUrl?: string | null;
        };
        /**
         * JoinRequest
         * @description Whom a link is for.
         */
        JoinRequest: {
            /** @description The address of a picture. Whereby shows it where it begins with https:// and has no query. */
            avatar?: string | null;
            /** @description The name that the others see, 1 to 200 characters. */
            display_name: string;
            /** @description The address. */
            email?: string | null;
            /** @description Whether the person is a moderator. */
            moderator?: boolean | null;
            /** @description How the meeting looks and behaves for them. */
            options?: (components["schemas"]["JoinOptions"] & unknown) | null;
            /** @description The account's id. It comes back in the events, so that the person is known again. */
            user_id?: string | null;
        };
        /**
         * JsonWebKey
         * @description A public key (RFC 7517).
         */
        JsonWebKey: {
            /** @description `RS256`. */
            alg: string;
            /** @description The exponent, in base64url. */
            e: string;
            /** @description Its name: its thumbprint (RFC 7638). */
            kid: string;
            /** @description `RSA`. */
            kty: string;
            /** @description The modulus, in base64url. */
            n: string;
            /** @description `sig`. */
            use: string;
        };
        /**
         * JsonWebKeySet
         * @description A set of public keys (RFC 7517).
         */
        JsonWebKeySet: {
            /** @description The keys; none where links are signed with a shared secret. */
            keys: components["schemas"]["JsonWebKey"][];
        };
        /**
         * Knock
         * @description Somebody who came by a room's link and waits.
         */
        Knock: {
            /** @description The id of this wait. */
            id: string;
            /**
             * Format: date-time
             * @description Since when they wait.
             */
            knocked_at: string;
            /** @description The name the guest gave. */
            name: string;
            /** @description Its name. */
            room: string;
            /** @description The room's id. */
            room_id: string;
            /**
             * @description What they wait for: `locked` for a host to let them in, `not_started` for a host to start the meeting, `full` for
             *     somebody to leave; once answered, what follows from the answer: `enter`, `start` or `refused`.
             */
            state: string;
        };
        /**
         * KnockList
         * @description Those who wait.
         */
        KnockList: {
            /** @description Who came first is first. */
            items: components["schemas"]["Knock"][];
        };
        /**
         * Knocking
         * @description Somebody who knocks.
         */
        Knocking: {
            /** @description The name they gave; none where it is not told. */
            name: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
        };
        /**
         * LobbyRequest
         * @description The lobby.
         */
        LobbyRequest: {
            /** @description Whether people wait in the lobby to be let in. */
            enabled: boolean;
        };
        /**
         * LogInRequest
         * @description A name and a password.
         */
        LogInRequest: {
            /** @description The person's name; case does not matter. */
            name: string;
            /** @description Their password. */
            password: string;
        };
        /**
         * Meeting
         * @description A meeting.
         */
        Meeting: {
            /** @description Whether an event opened it, not a call. */
            ad_hoc: boolean;
            /**
             * Format: date-time
             * @description When we first knew of it.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description From the first person's coming to the end, in seconds; to now while it goes on.
             */
            duration_seconds: number | null;
            /**
             * Format: date-time
             * @description When it is over if nobody is in it.
             */
            end_date: string;
            /**
             * @description Why it was over.
             * @enum {string|null}
             */
            end_reason: "destroyed" | "empty" | "ended" | "expired" | "stale" | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended_at: string | null;
            /** @description The meeting's id. */
            id: string;
            /** @description Whether it is not over. */
            is_active: boolean;
            /** @description Whether people must knock. */
            is_locked: boolean;
            /**
             * Format: uint64
             * @description How many are in it now.
             */
            num_clients: number;
            /**
             * Format: uint64
             * @description The most people at one time.
             */
            peak_participants: number;
            /**
             * @description Who hosts it.
             * @enum {string}
             */
            platform: "jitsi" | "whereby";
            /** @description Whether nobody may record it. */
            recording_forbidden: boolean;
            /** @description Why its recording is not as the room has it: not started, or not stopped; null where it is. */
            recording_problem: (components["schemas"]["RecordingProblem"] & unknown) | null;
            /**
             * @description What starts a recording.
             * @enum {string}
             */
            recording_trigger: "none" | "prompt" | "automatic" | "automatic-2nd-participant";
            /**
             * @description Where its recordings go.
             * @enum {string}
             */
            recording_type: "none" | "local" | "cloud";
            /** @description That room's name when the meeting began. */
            room: string | null;
            /** @description The id of the room it was started from; none for an ad-hoc meeting. */
            room_id: string | null;
            /**
             * @description How large it gets.
             * @enum {string}
             */
            room_mode: "normal" | "group";
            /** @description The platform's name for where the people meet. */
            room_name: string;
            /**
             * Format: date-time
             * @description When it was made, or an ad-hoc one began.
             */
            start_date: string;
            /**
             * Format: date-time
             * @description When the first person came.
             */
            started_at: string | null;
        };
        /**
         * MeetingDetail
         * @description A meeting with everything that is known of it.
         */
        MeetingDetail: {
            /** @description Whether an event opened it, not a call. */
            ad_hoc: boolean;
            /** @description Who said whether they agree to being recorded, and what they said last. */
            consents: components["schemas"]["Consent"][];
            /**
             * Format: date-time
             * @description When we first knew of it.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description From the first person's coming to the end, in seconds; to now while it goes on.
             */
            duration_seconds: number | null;
            /**
             * Format: date-time
             * @description When it is over if nobody is in it.
             */
            end_date: string;
            /**
             * @description Why it was over.
             * @enum {string|null}
             */
            end_reason: "destroyed" | "empty" | "ended" | "expired" | "stale" | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended_at: string | null;
            /** @description The newest 100 events, the newest first. */
            events: components["schemas"]["Event"][];
            /** @description The meeting's id. */
            id: string;
            /** @description Whether it is not over. */
            is_active: boolean;
            /** @description Whether people must knock. */
            is_locked: boolean;
            /** @description Who knocks at Whereby's door now, the longest first. Guests who wait at a door of ours are at `/v1/knocks`. */
            knocking: components["schemas"]["Knocking"][];
            /**
             * Format: uint64
             * @description How many are in it now.
             */
            num_clients: number;
            /** @description Who was there. */
            participants: components["schemas"]["Participant"][];
            /**
             * Format: uint64
             * @description The most people at one time.
             */
            peak_participants: number;
            /**
             * @description Who hosts it.
             * @enum {string}
             */
            platform: "jitsi" | "whereby";
            /** @description Whether nobody may record it. */
            recording_forbidden: boolean;
            /** @description Why its recording is not as the room has it: not started, or not stopped; null where it is. */
            recording_problem: (components["schemas"]["RecordingProblem"] & unknown) | null;
            /**
             * @description What starts a recording.
             * @enum {string}
             */
            recording_trigger: "none" | "prompt" | "automatic" | "automatic-2nd-participant";
            /**
             * @description Where its recordings go.
             * @enum {string}
             */
            recording_type: "none" | "local" | "cloud";
            /** @description What was recorded. */
            recordings: components["schemas"]["MeetingRecording"][];
            /** @description That room's name when the meeting began. */
            room: string | null;
            /** @description The id of the room it was started from; none for an ad-hoc meeting. */
            room_id: string | null;
            /**
             * @description How large it gets.
             * @enum {string}
             */
            room_mode: "normal" | "group";
            /** @description The platform's name for where the people meet. */
            room_name: string;
            /**
             * Format: date-time
             * @description When it was made, or an ad-hoc one began.
             */
            start_date: string;
            /**
             * Format: date-time
             * @description When the first person came.
             */
            started_at: string | null;
        };
        /**
         * MeetingRecording
         * @description A recording of a meeting.
         */
        MeetingRecording: {
            /**
             * Format: date-time
             * @description When it stopped.
             */
            ended_at: string | null;
            /** @description The file. */
            file: string | null;
            /** @description Who started it. */
            initiator: string | null;
            /** @description The recorder's session. */
            recording_id: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string | null;
            /**
             * @description How far it has come.
             * @enum {string}
             */
            status: "recording" | "stopped" | "completed";
        };
        /**
         * MeetingWithLinks
         * @description A meeting with the links into it.
         */
        MeetingWithLinks: {
            /** @description Whether an event opened it, not a call. */
            ad_hoc: boolean;
            /**
             * Format: date-time
             * @description When we first knew of it.
             */
            created_at: string;
            /**
             * Format: uint64
             * @description From the first person's coming to the end, in seconds; to now while it goes on.
             */
            duration_seconds: number | null;
            /**
             * Format: date-time
             * @description When it is over if nobody is in it.
             */
            end_date: string;
            /**
             * @description Why it was over.
             * @enum {string|null}
             */
            end_reason: "destroyed" | "empty" | "ended" | "expired" | "stale" | null;
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended_at: string | null;
            /**
             * @description The link for a host, who may record and remove people. It is made for this answer and expires. Null where Whereby cannot be
             *     asked for it now: the same request gives it later.
             */
            host_room_url: string | null;
            /** @description The meeting's id. */
            id: string;
            /** @description Whether it is not over. */
            is_active: boolean;
            /** @description Whether people must knock. */
            is_locked: boolean;
            /**
             * Format: uint64
             * @description How many are in it now.
             */
            num_clients: number;
            /**
             * Format: uint64
             * @description The most people at one time.
             */
            peak_participants: number;
            /**
             * @description Who hosts it.
             * @enum {string}
             */
            platform: "jitsi" | "whereby";
            /** @description Whether nobody may record it. */
            recording_forbidden: boolean;
            /** @description Why its recording is not as the room has it: not started, or not stopped; null where it is. */
            recording_problem: (components["schemas"]["RecordingProblem"] & unknown) | null;
            /**
             * @description What starts a recording.
             * @enum {string}
             */
            recording_trigger: "none" | "prompt" | "automatic" | "automatic-2nd-participant";
            /**
             * @description Where its recordings go.
             * @enum {string}
             */
            recording_type: "none" | "local" | "cloud";
            /** @description That room's name when the meeting began. */
            room: string | null;
            /** @description The id of the room it was started from; none for an ad-hoc meeting. */
            room_id: string | null;
            /**
             * @description How large it gets.
             * @enum {string}
             */
            room_mode: "normal" | "group";
            /** @description The platform's name for where the people meet. */
            room_name: string;
            /** @description The link for guests. It is made for this answer and expires. */
            room_url: string;
            /**
             * Format: date-time
             * @description When it was made, or an ad-hoc one began.
             */
            start_date: string;
            /**
             * Format: date-time
             * @description When the first person came.
             */
            started_at: string | null;
        };
        /**
         * MigrateRequest
         * @description Where a room is to be moved.
         */
        MigrateRequest: {
            /** @description Only say what would change; nothing is. */
            dry_run?: boolean | null;
            /**
             * @description The platform of its next meetings.
             * @enum {string}
             */
            platform: "jitsi" | "whereby";
        };
        /**
         * Migration
         * @description How a room is moved, or would be.
         */
        Migration: {
            /** @description The id of the meeting that goes on where it is; null where none is under way. */
            active_meeting: string | null;
            /** @description What changes. Nothing where the room is there already. */
            changes: components["schemas"]["MigrationChange"][];
            /** @description Whether nothing was changed, because only that was asked for. */
            dry_run: boolean;
            /**
             * @description Where its meetings were held.
             * @enum {string}
             */
            from: "jitsi" | "whereby";
            /** @description The room as it is after it. */
            room: components["schemas"]["Room"] & unknown;
        };
        /**
         * MigrationChange
         * @description Something that changes.
         */
        MigrationChange: {
            /**
             * @description What it is about.
             * @enum {string}
             */
            about: "meetings" | "links" | "guests" | "events" | "recordings" | "rooms";
            /** @description In a sentence or two. */
            detail: string;
        };
        /**
         * MuteRequest
         * @description Who is to be muted.
         */
        MuteRequest: {
            /** @description The person: one of the `occupants` that the meeting tells of them, or the account's id. */
            participant: string;
        };
        /**
         * NewHostLink
         * @description The link of a room's host.
         */
        NewHostLink: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The link. It is shown this once. */
            url: string;
        };
        /**
         * NewShareView
         * @description A link that was made.
         */
        NewShareView: {
            /** @description What is kept of it. */
            share: components["schemas"]["Share"] & unknown;
            /** @description The link. It is shown this once. */
            url: string;
        };
        /**
         * NewToken
         * @description A token that was just made. Its text is shown this once.
         */
        NewToken: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it expires; null for one that does not.
             */
            expires_at: string | null;
            /** @description Its id: the part after `rfl_`. */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used: never.
             */
            last_used_at: string | null;
            /** @description What it is for. */
            name: string;
            /**
             * Format: date-time
             * @description When it was revoked: it was not.
             */
            revoked_at: string | null;
            /** @description What it may do. */
            scopes: ("rooms:read" | "rooms:write" | "meetings:read" | "meetings:write" | "recordings:read" | "recordings:write" | "events:write" | "admin")[];
            /** @description The token itself, for `Authorization: Bearer` or `X-API-Key`. */
            token: string;
        };
        /**
         * NoticeRequest
         * @description What is said.
         */
        NoticeRequest: {
            /** @description The text, 1 to 500 characters. */
            text: string;
        };
        /**
         * Page_AuditEntry
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_AuditEntry: {
            /** @description The items. */
            items: components["schemas"]["AuditEntry"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Event
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Event: {
            /** @description The items. */
            items: components["schemas"]["Event"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Job
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Job: {
            /** @description The items. */
            items: components["schemas"]["Job"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Meeting
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Meeting: {
            /** @description The items. */
            items: components["schemas"]["Meeting"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Recorder
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Recorder: {
            /** @description The items. */
            items: components["schemas"]["Recorder"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Recording
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Recording: {
            /** @description The items. */
            items: components["schemas"]["Recording"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Room
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Room: {
            /** @description The items. */
            items: components["schemas"]["Room"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_SessionEntry
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_SessionEntry: {
            /** @description The items. */
            items: components["schemas"]["SessionEntry"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_Token
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_Token: {
            /** @description The items. */
            items: components["schemas"]["Token"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Page_User
         * @description A page of a list. The newest come first, where nothing else is said.
         */
        Page_User: {
            /** @description The items. */
            items: components["schemas"]["User"][];
            /** @description Where the next page begins: give it as `cursor`. None on the last page. */
            next_cursor: string | null;
        };
        /**
         * Participant
         * @description A person of a meeting.
         */
        Participant: {
            /** @description The address. */
            email: string | null;
            /**
             * Format: date-time
             * @description When the person first came.
             */
            first_joined: string;
            /** @description Whether the person is there now. */
            is_present: boolean;
            /**
             * Format: date-time
             * @description When the person last left; none while there.
             */
            last_left: string | null;
            /**
             * Format: double
             * @description The same in minutes, to two decimals.
             */
            minutes: number;
            /** @description The name; none where no event told it. */
            name: string | null;
            /** @description What the person is there with now, one for each device: the ids that `remove` and `mute` take. */
            occupants: string[];
            /** @description `moderator` or `participant`. */
            role: string;
            /**
             * Format: uint64
             * @description The time in the meeting in whole seconds; two devices at once count once.
             */
            seconds: number;
            /** @description The stretches of time in which the person was there. */
            segments: components["schemas"]["AttendanceSegment"][];
            /** @description The account's id, as a join link carries it. */
            user_id: string | null;
        };
        /**
         * PasswordRequest
         * @description The password.
         */
        PasswordRequest: {
            /** @description The password; none lifts it. */
            password?: string | null;
        };
        /**
         * PlaceSum
         * @description The recordings that lie in one place.
         */
        PlaceSum: {
            /**
             * Format: uint64
             * @description How much room they take, in bytes.
             */
            bytes: number;
            /**
             * Format: uint64
             * @description How many.
             */
            count: number;
            /** @description The directory, or where the copies lie, such as `s3://bucket/`. */
            place: string;
        };
        /**
         * Problem
         * @description What went wrong, and what to do about it (RFC 9457).
         */
        Problem: {
            /** @description What to do about this one. */
            detail: string;
            /** @description What is wrong with each field. */
            errors?: components["schemas"]["FieldProblem"][] | null;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind of problem in words. */
            title: string;
            /** @description A name of the kind of problem that never changes. */
            type: string;
        };
        /**
         * ProsodyModule
         * @description Our module in a Prosody.
         */
        ProsodyModule: {
            /**
             * Format: uint64
             * @description How many conferences there are.
             */
            conferences: number;
            /**
             * Format: uint64
             * @description Events that were given up there because too many waited, since its start.
             */
            events_dropped: number;
            /**
             * Format: uint64
             * @description Events that wait there to be sent here.
             */
            events_pending: number;
            /**
             * Format: uint64
             * @description Events that we refused, since its start.
             */
            events_refused: number;
            /** @description The conference service it speaks for. */
            host: string;
            /** @description Whether it is there now. */
            is_connected: boolean;
            /**
             * Format: date-time
             * @description When it was last heard of.
             */
            last_seen: string;
            /** @description Prosody's version. */
            prosody: string;
            /** @description Its version. */
            version: string;
        };
        /**
         * ProsodyModules
         * @description Our modules.
         */
        ProsodyModules: {
            /** @description One for each conference service that was heard of since the server's start. */
            items: components["schemas"]["ProsodyModule"][];
        };
        /**
         * QueueSource
         * @description A queue, as the server has found it since it started.
         */
        QueueSource: {
            /**
             * Format: date-time
             * @description When a message came last.
             */
            message_at: string | null;
            /**
             * Format: uint64
             * @description How many messages were set aside.
             */
            messages_set_aside: number;
            /**
             * Format: uint64
             * @description How many messages were taken in.
             */
            messages_taken: number;
            /**
             * Format: date-time
             * @description When it last answered.
             */
            polled_at: string | null;
            /** @description What is wrong with it. */
            problem: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            problem_since: string | null;
            /** @description The messages that were set aside, the oldest first; of more than 50 the latest. */
            set_aside: components["schemas"]["SetAsideMessage"][];
            /** @description Its URL. */
            url: string;
        };
        /**
         * Readiness
         * @description The server can do its work.
         */
        Readiness: {
            /** @description What was looked at, and is well. */
            checks: string[];
            /** @description `ok`. */
            status: string;
        };
        /**
         * Reconciliation
         * @description What asking came to.
         */
        Reconciliation: {
            /**
             * Format: uint64
             * @description How many events were made up for.
             */
            events: number;
        };
        /**
         * Recorder
         * @description A recorder.
         */
        Recorder: {
            /** @description Where it was heard from. */
            address: string | null;
            /** @description The parts of it that it told of, such as its browser. */
            health: components["schemas"]["RecorderPart"][];
            /** @description What it calls itself: Jibri's id. */
            id: string;
            /**
             * Format: date-time
             * @description When it was last heard of.
             */
            last_seen_at: string;
            /**
             * @description The meeting it is busy with, where that can be known: Jibri tells its session only where it was started over its own
             *     interface; otherwise one busy recorder and one running recording are taken to belong together.
             */
            meeting: (components["schemas"]["RecorderMeeting"] & unknown) | null;
            /** @description The last session it told of. */
            session: (components["schemas"]["RecorderSession"] & unknown) | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /**
             * @description What can be expected of it.
             * @enum {string}
             */
            state: "idle" | "busy" | "expired" | "unhealthy" | "silent";
        };
        /**
         * RecorderHeard
         * @description A recorder was heard.
         */
        RecorderHeard: {
            /** @description `ok`. */
            status: string;
        };
        /**
         * RecorderMeeting
         * @description The meeting that a recorder is busy with.
         */
        RecorderMeeting: {
            /** @description The meeting's id. */
            id: string;
            /** @description Its room. */
            room_id: string | null;
            /** @description The platform's name for where it happens. */
            room_name: string;
        };
        /**
         * RecorderPart
         * @description One part of a recorder's health.
         */
        RecorderPart: {
            /** @description Whether it is well. */
            healthy: boolean;
            /** @description What the recorder says of it. */
            message: string | null;
            /** @description The part's name. */
            name: string;
        };
        /**
         * RecorderSession
         * @description A session of a recorder.
         */
        RecorderSession: {
            /** @description Why it failed, where it did. */
            failure: string | null;
            /** @description The session's id: the name of the directory that it records into. */
            id: string;
            /** @description Whether it runs. */
            is_active: boolean;
        };
        /**
         * Recording
         * @description A recording.
         */
        Recording: {
            /** @description Its copies, there or gone, the oldest first. */
            copies: components["schemas"]["RecordingCopy"][];
            /** @description The copy that is being made; null where none is. */
            copying: (components["schemas"]["RecordingCopying"] & unknown) | null;
            /**
             * Format: date-time
             * @description When it was deleted for good.
             */
            deleted_at: string | null;
            /**
             * Format: date-time
             * @description When the rules remove it next; null where they leave it. What is due is removed at the next look, once a day.
             */
            expires_at: string | null;
            /** @description What is done then, and why. */
            expiry: (components["schemas"]["Expiry"] & unknown) | null;
            /** @description The same as a sentence, with what can be done about it. */
            explanation: string;
            /** @description Its file, where one was ever seen. */
            file: (components["schemas"]["RecordingFile"] & unknown) | null;
            /**
             * Format: date-time
             * @description When it was first known.
             */
            found_at: string;
            /** @description Why only administrators see it, as a sentence; null where everybody does who may see recordings. */
            hidden_reason: string | null;
            /** @description Whether it must not be deleted. */
            hold: boolean;
            /** @description The recording's id. */
            id: string;
            /** @description Who started it. */
            initiator: string | null;
            /**
             * @description By what it was found to be of that meeting.
             * @enum {string|null}
             */
            matched_by: "name" | "session" | "own_id" | "hand" | null;
            /** @description Where it can be fetched, from its file or a copy; null where there is neither. */
            media_url: string | null;
            /** @description The id of the meeting that it is of; null where none is known. */
            meeting_id: string | null;
            /** @description Where a picture of it can be fetched, where its file has any and ffmpeg is installed. */
            poster_url: string | null;
            /**
             * @description Why it stands there.
             * @enum {string}
             */
            reason: "runs" | "file_awaited" | "being_written" | "whole" | "not_looked_into" | "no_index" | "cut_off" | "empty" | "nothing_to_play" | "being_copied" | "copy_waits" | "copied" | "in_storage" | "never_came" | "no_word" | "gone" | "in_trash" | "being_purged" | "purged";
            /** @description The id of the recording that a repair of this one's file has made. */
            repaired_as: string | null;
            /** @description The id of the recording whose file this one's was made of, by a repair. */
            repaired_from: string | null;
            /** @description The room of that meeting, where it has one. */
            room: string | null;
            /** @description That room's id. */
            room_id: string | null;
            /** @description The conference's name, as whoever told of the recording has it. */
            room_name: string | null;
            /** @description The recorder's session. */
            session_id: string | null;
            /** @description The SHA-256 of the file, in hex, once it has been read through. */
            sha256: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /**
             * Format: date-time
             * @description When it began, as far as that can be told.
             */
            started_at: string;
            /**
             * @description Where it stands.
             * @enum {string}
             */
            state: "recording" | "growing" | "ready" | "truncated" | "uploading" | "stored" | "missing" | "trashed" | "deleted";
            /**
             * Format: date-time
             * @description When its recorder stopped, where that was told.
             */
            stopped_at: string | null;
            /** @description What somebody called it. */
            title: string | null;
            /**
             * Format: date-time
             * @description When it was put into the trash.
             */
            trashed_at: string | null;
            /** @description Who put it there. */
            trashed_by: string | null;
        };
        /**
         * RecordingCopy
         * @description A copy of a recording.
         */
        RecordingCopy: {
            /** @description The object's ETag. */
            etag: string | null;
            /**
             * Format: date-time
             * @description When it was found to be gone; null while it is there.
             */
            gone_at: string | null;
            /** @description Where it is: `s3://` with bucket and key, or a path. */
            location: string;
            /** @description What is in it, where others put it there and it was looked into. */
            media: (components["schemas"]["RecordingMedia"] & unknown) | null;
            /** @description Its SHA-256, in hex, where it was computed. */
            sha256: string | null;
            /**
             * Format: uint64
             * @description Its size, in bytes.
             */
            size_bytes: number;
            /**
             * Format: date-time
             * @description When the recorder's file is to be deleted, of which it is a copy; null where that stays.
             */
            source_goes_at: string | null;
            /**
             * Format: date-time
             * @description When it was proved to be whole, or was found.
             */
            stored_at: string;
        };
        /**
         * RecordingCopying
         * @description A copy that is being made.
         */
        RecordingCopying: {
            /**
             * Format: date-time
             * @description When it was begun.
             */
            begun_at: string;
            /**
             * Format: uint64
             * @description How much is there, in bytes, while the copy goes on.
             */
            done_bytes: number | null;
            /** @description Where it will be. */
            location: string;
            /** @description Why it does not go on now, as a sentence; it is tried again by itself. */
            problem: string | null;
            /**
             * Format: uint64
             * @description Of how much.
             */
            size_bytes: number;
        };
        /**
         * RecordingFile
         * @description A recording's file.
         */
        RecordingFile: {
            /**
             * @description How it holds its tracks.
             * @enum {string}
             */
            container: "mp4" | "matroska" | "webm" | "other";
            /**
             * @description What is wrong with it.
             * @enum {string|null}
             */
            damage: "empty" | "no_index" | "cut_off" | "no_data" | "not_media" | "too_many_parts" | null;
            /** @description The configured directory that it lies in. */
            directory: string;
            /**
             * Format: double
             * @description How long it plays, in seconds; null where that is not known.
             */
            duration_seconds: number | null;
            /**
             * Format: date-time
             * @description Since when it is gone; null while it is there.
             */
            gone_at: string | null;
            /** @description Whether it can be played before all of it is there. */
            is_faststart: boolean;
            /** @description Whether it is a row of pieces. */
            is_fragmented: boolean;
            /** @description Whether a player gets anything out of it. */
            is_playable: boolean;
            /**
             * Format: date-time
             * @description When it was last written to.
             */
            modified_at: string;
            /** @description Its path beneath that. */
            path: string;
            /**
             * Format: uint64
             * @description Its size, in bytes.
             */
            size_bytes: number;
            /** @description Its tracks. */
            tracks: components["schemas"]["RecordingTrack"][];
        };
        /**
         * RecordingMedia
         * @description What is in a copy.
         */
        RecordingMedia: {
            /**
             * @description How it holds its tracks.
             * @enum {string}
             */
            container: "mp4" | "matroska" | "webm" | "other";
            /**
             * @description What is wrong with it.
             * @enum {string|null}
             */
            damage: "empty" | "no_index" | "cut_off" | "no_data" | "not_media" | "too_many_parts" | null;
            /**
             * Format: double
             * @description How long it plays, in seconds; null where that is not known.
             */
            duration_seconds: number | null;
            /** @description Whether a player gets anything out of it. */
            is_playable: boolean;
            /** @description Its tracks. */
            tracks: components["schemas"]["RecordingTrack"][];
        };
        /**
         * RecordingPeople
         * @description The people of a recording, by its own clock: every time is in seconds from its beginning.
         */
        RecordingPeople: {
            /**
             * @description By what its beginning was told: `recorder` is right to a second or two, `file` may be off.
             * @enum {string}
             */
            aligned_by: "recorder" | "file";
            /**
             * Format: date-time
             * @description When the recording began.
             */
            began_at: string;
            /**
             * Format: date-time
             * @description When it ended; now, where it runs.
             */
            ended_at: string;
            /** @description Who was there, in the order in which they came; none where it belongs to no meeting. */
            people: components["schemas"]["RecordingPerson"][];
        };
        /**
         * RecordingPerson
         * @description A person of a recording.
         */
        RecordingPerson: {
            /** @description The name; none where no event told it. */
            name: string | null;
            /** @description When the person was there. */
            present: components["schemas"]["RecordingPresence"][];
            /** @description `moderator` or `participant`. */
            role: string;
            /** @description When the person was the dominant speaker, as Jitsi told; none where it told of nobody. */
            spoke: components["schemas"]["RecordingStretch"][];
            /**
             * Format: double
             * @description The sum of `spoke`, in seconds.
             */
            spoke_seconds: number;
            /** @description The account's id, as a join link carries it. */
            user_id: string | null;
        };
        /**
         * RecordingPresence
         * @description A stretch of a recording in which somebody was there.
         */
        RecordingPresence: {
            /** @description The breakout room, which is not in the recording; none in the main room. */
            breakout: string | null;
            /**
             * Format: double
             * @description From when, in seconds from the recording's beginning.
             */
            from: number;
            /**
             * Format: double
             * @description Until when.
             */
            to: number;
        };
        /**
         * RecordingProblem
         * @description Why a recording did not start or stop by the room's rule.
         */
        RecordingProblem: {
            /** @description The same in a sentence or two. */
            detail: string;
            /**
             * @description What was asked for: `start` or `stop`.
             * @enum {string}
             */
            intent: "start" | "stop";
            /**
             * @description Why it did not come about, in a word.
             * @enum {string}
             */
            reason: "module-away" | "no-moderator" | "no-focus" | "no-answer" | "recorders-busy" | "no-recorders" | "not-allowed" | "recorder-failed" | "no-effect" | "refused";
            /**
             * Format: date-time
             * @description Since when it has been so.
             */
            since: string;
            /**
             * Format: uint32
             * @description How often it was asked for. It is asked for again as long as it is needed.
             */
            tries: number;
        };
        /**
         * RecordingSources
         * @description Where recordings come from.
         */
        RecordingSources: {
            /** @description The bucket; null where none is configured. */
            bucket: (components["schemas"]["BucketSource"] & unknown) | null;
            /** @description The directories that are looked through. */
            directories: string[];
            /** @description The queue that tells of the bucket; null where none is configured, or no bucket. */
            queue: (components["schemas"]["QueueSource"] & unknown) | null;
        };
        /**
         * RecordingStretch
         * @description A stretch of a recording.
         */
        RecordingStretch: {
            /**
             * Format: double
             * @description From when, in seconds from the recording's beginning.
             */
            from: number;
            /**
             * Format: double
             * @description Until when.
             */
            to: number;
        };
        /**
         * RecordingSums
         * @description What all recordings come to.
         */
        RecordingSums: {
            /**
             * Format: uint64
             * @description How much room they take on the disks here, in bytes.
             */
            bytes: number;
            /**
             * Format: uint64
             * @description How many there are, the deleted ones included.
             */
            count: number;
            /** @description By where they lie. */
            places: components["schemas"]["PlaceSum"][];
            /** @description By where they stand. */
            states: components["schemas"]["StateSum"][];
        };
        /**
         * RecordingTaken
         * @description A finished recording was taken in.
         */
        RecordingTaken: {
            /** @description What happens with it. */
            message: string;
            /** @description The file, or the recorder's session directory. */
            recording_file: string;
            /** @description The room that was recorded. */
            room_name: string;
            /** @description `ok`. */
            status: string;
        };
        /**
         * RecordingTrack
         * @description A track of a recording.
         */
        RecordingTrack: {
            /** @description Its codec. */
            codec: string;
            /**
             * Format: uint32
             * @description Its height, in pixels.
             */
            height: number | null;
            /**
             * @description What it is.
             * @enum {string}
             */
            kind: "video" | "audio" | "text" | "other";
            /**
             * Format: uint32
             * @description Its width, in pixels.
             */
            width: number | null;
        };
        /**
         * RemoveRequest
         * @description Who is to be sent out.
         */
        RemoveRequest: {
            /** @description The person: one of the `occupants` that the meeting tells of them, or the account's id. */
            participant: string;
            /** @description The reason that the person sees. */
            reason?: string | null;
        };
        /**
         * ReservationRefusal
         * @description Why a conference may not start (RFC 9457), in a field more for the module.
         */
        ReservationRefusal: {
            /** @description Why it may not. */
            detail: string;
            /** @description The same: the module shows it to who is kept out. */
            message: string;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description The kind of problem in words. */
            title: string;
            /** @description A name of the kind of problem that never changes. */
            type: string;
        };
        /**
         * ReservationRequest
         * @description A conference is about to start.
         */
        ReservationRequest: {
            /**
             * @description Who comes first: an address of XMPP.
             * @default
             */
            mail_owner: string | null;
            /** @description The conference, in lower case. */
            name: string;
            /**
             * @description When.
             * @default
             */
            start_time: string | null;
        };
        /**
         * Retention
         * @description How long recordings are kept. With nothing set, for ever; with several, as long as one of them keeps a recording.
         */
        Retention: {
            /**
             * Format: uint32
             * @description For how many days, 1 to 36500; then a recording goes into the trash.
             */
            days: number | null;
            /**
             * Format: uint32
             * @description How many of the room's newest, 1 to 100000; the others go into the trash.
             */
            keep_last: number | null;
            /**
             * Format: uint32
             * @description For how many days what is in the trash is kept, up to 3650; then it is deleted for good. 0: until somebody deletes it.
             *     Null: as the server has it.
             */
            trash_days: number | null;
        };
        /**
         * RetentionStanding
         * @description How long recordings are kept by the server's rule, and what the rules remove next.
         */
        RetentionStanding: {
            /**
             * Format: uint32
             * @description Days that recordings are kept for; null is for ever.
             */
            keep_days: number | null;
            /**
             * Format: uint32
             * @description How many of each room's newest are kept; null is all.
             */
            keep_last: number | null;
            /**
             * Format: date-time
             * @description When all recordings were last gone through.
             */
            looked_at: string | null;
            /** @description What is deleted for good at the next look. */
            to_purge: components["schemas"]["Amount"] & unknown;
            /** @description What goes into the trash at the next look. */
            to_trash: components["schemas"]["Amount"] & unknown;
            /**
             * Format: uint32
             * @description Days that the trash is kept for; null is until somebody empties it.
             */
            trash_days: number | null;
            /**
             * Format: date-time
             * @description Until when nothing is removed, for the clock has jumped, or has not run for long; null where it has.
             */
            waits_until: string | null;
        };
        /**
         * Room
         * @description A room.
         */
        Room: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Whether its own link, `/r/{room}`, lets guests in. */
            guest_link: boolean;
            /**
             * @description Who may start a meeting by that link.
             * @enum {string}
             */
            guest_start: "anyone" | "host";
            /** @description The address of that link; null while it lets nobody in. */
            guest_url: string | null;
            /** @description The room's id. */
            id: string;
            /** @description Whether people must knock. */
            is_locked: boolean;
            /**
             * Format: uint32
             * @description How many people there may be for another guest to be let in; null is no limit.
             */
            max_participants: number | null;
            /** @description Its name. */
            name: string;
            /**
             * @description What becomes of a meeting's recordings where somebody does not agree to being recorded.
             * @enum {string}
             */
            on_denial: "nothing" | "hide" | "trash";
            /**
             * @description Who hosts its meetings.
             * @enum {string}
             */
            platform: "jitsi" | "whereby";
            /** @description Whether guests must agree to being recorded before they go in. */
            recording_consent: boolean;
            /** @description Whether nobody may record its meetings. */
            recording_forbidden: boolean;
            /**
             * @description What starts a recording.
             * @enum {string}
             */
            recording_trigger: "none" | "prompt" | "automatic" | "automatic-2nd-participant";
            /**
             * @description Where its recordings go.
             * @enum {string}
             */
            recording_type: "none" | "local" | "cloud";
            /** @description How long its recordings are kept; null as the server has it. */
            retention: (components["schemas"]["Retention"] & unknown) | null;
            /**
             * @description How large its meetings get.
             * @enum {string}
             */
            room_mode: "normal" | "group";
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        /**
         * RotateRequest
         * @description How another key is to take over.
         */
        RotateRequest: {
            /**
             * @description At once, and with no old key left: for when a key is in wrong hands. Links that were handed out are refused then.
             * @default false
             */
            immediately: boolean | null;
        };
        /**
         * ScanRequest
         * @description How to scan.
         */
        ScanRequest: {
            /** @description The `next_cursor` of the step before. */
            cursor?: string | null;
            /** @description One of the directories of recordings, or a path in one: only that directory is gone through. All are without it. */
            directory?: string | null;
        };
        /**
         * ScanStep
         * @description What one step of a scan came to.
         */
        ScanStep: {
            /**
             * Format: uint64
             * @description How many were known and are not as they were.
             */
            changed: number;
            /**
             * Format: uint64
             * @description How many files were looked at.
             */
            files: number;
            /**
             * Format: uint64
             * @description How many known ones are gone.
             */
            gone: number;
            /**
             * Format: uint64
             * @description How many of them were not known.
             */
            new: number;
            /** @description Where to go on; null when it is done. */
            next_cursor: string | null;
            /** @description What somebody should look at, as sentences. */
            troubles: string[];
        };
        /**
         * Session
         * @description Who makes this request, and what they may do.
         */
        Session: {
            /**
             * Format: date-time
             * @description When the session ends if nobody comes back to it; null without a session.
             */
            expires_at: string | null;
            /** @description `session`, `token`, or `cli` on the command line's socket. */
            kind: string;
            /** @description What they may do. */
            scopes: ("rooms:read" | "rooms:write" | "meetings:read" | "meetings:write" | "recordings:read" | "recordings:write" | "events:write" | "admin")[];
            /** @description Who is logged in; null with a token. */
            user: (components["schemas"]["UserRef"] & unknown) | null;
        };
        /**
         * SessionEntry
         * @description A session.
         */
        SessionEntry: {
            /** @description What the browser calls itself. */
            client: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Whether this request came in it. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it ends if nobody comes back to it.
             */
            expires_at: string;
            /** @description Its id. */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            last_seen_at: string;
            /** @description Whose it is. */
            user: components["schemas"]["UserRef"] & unknown;
        };
        /**
         * SetAsideMessage
         * @description A message that came again and again, and of which nothing could be made. It is in the queue no more.
         */
        SetAsideMessage: {
            /** @description The queue's id of it. */
            id: string;
            /** @description What is wrong with it. */
            problem: string;
            /**
             * Format: uint32
             * @description How often it had been received.
             */
            receives: number;
            /**
             * Format: date-time
             * @description When it was set aside.
             */
            set_aside_at: string;
            /** @description What was in it, at most 4,096 characters. */
            text: string;
        };
        /**
         * SetupLinkRequest
         * @description Whom a set-up link is for.
         */
        SetupLinkRequest: {
            /** @description Somebody who is to choose a new password. Without it, whoever opens the link becomes a person. */
            name?: string | null;
        };
        /**
         * SetupLinkView
         * @description A set-up link. It is shown this once.
         */
        SetupLinkView: {
            /**
             * Format: date-time
             * @description When it runs out. It works once.
             */
            expires_at: string;
            /** @description The link, for a browser. */
            setup_link: string;
            /** @description Whom it is for; null for whoever opens it. */
            user: (components["schemas"]["User"] & unknown) | null;
        };
        /**
         * SetupRequest
         * @description How somebody uses a set-up link.
         */
        SetupRequest: {
            /** @description The name to log in with, 1 to 100 characters. A link that was made for somebody takes only their name. */
            name: string;
            /** @description The password to log in with, 12 to 256 characters of any kind. */
            password: string;
            /** @description What stands at the end of the link. */
            token: string;
        };
        /**
         * SetupState
         * @description Whether the server waits for its first person.
         */
        SetupState: {
            /** @description Whether nobody can log in yet. */
            needed: boolean;
        };
        /**
         * Share
         * @description A link to a recording, without its address: that is shown once, when it is made.
         */
        Share: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description By whom. */
            created_by: string;
            /**
             * Format: date-time
             * @description When it ends, or ended.
             */
            expires_at: string;
            /** @description Whether its page asks for a password. */
            has_password: boolean;
            /** @description The link's id. */
            id: string;
            /** @description For whom it is. */
            label: string | null;
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            last_used_at: string | null;
            /** @description Whether its page offers the file for keeping. */
            may_download: boolean;
            /** @description The recording's id. */
            recording_id: string;
            /**
             * Format: date-time
             * @description When it was taken back.
             */
            revoked_at: string | null;
            /**
             * @description Whether it is good.
             * @enum {string}
             */
            state: "live" | "expired" | "revoked";
        };
        /**
         * ShareList
         * @description The links of a recording.
         */
        ShareList: {
            /** @description The newest come first. A link that ended is listed for 90 days more. */
            items: components["schemas"]["Share"][];
        };
        /**
         * ShareRequest
         * @description A link to make.
         */
        ShareRequest: {
            /**
             * Format: date-time
             * @description When the link ends, 366 days from now at the latest.
             */
            expires_at?: string | null;
            /**
             * Format: uint64
             * @description The same as seconds from now. Without either: 7 days.
             */
            expires_in_seconds?: number | null;
            /** @description For whom it is, 1 to 100 characters. It is shown in the list of links, not to who opens the link. */
            label?: string | null;
            /**
             * @description Whether the page offers the file for keeping; without it, it can be played there.
             * @default false
             */
            may_download: boolean | null;
            /** @description A password that the page asks for, 6 to 256 characters. Tell it to them by another way than the link. */
            password?: string | null;
        };
        /** @description What was sent was taken in. */
        SignedTaken: components["schemas"]["EventTaken"] | components["schemas"]["EventsTaken"];
        /**
         * SigningKey
         * @description A key that links are signed with.
         */
        SigningKey: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Its name. */
            kid: string;
            /**
             * Format: date-time
             * @description Until when its public half is published; none as long as no other key is to take over.
             */
            published_until: string | null;
            /**
             * Format: date-time
             * @description From when on it signs.
             */
            signs_from: string;
            /**
             * @description Where it is in its life.
             * @enum {string}
             */
            stage: "next" | "signing" | "retired";
        };
        /**
         * SigningKeys
         * @description The keys, the newest first.
         */
        SigningKeys: {
            /** @description The keys. */
            items: components["schemas"]["SigningKey"][];
        };
        /**
         * StartMeetingRequest
         * @description How to start a meeting. Everything may be left out.
         */
        StartMeetingRequest: {
            /** @description Start another although one is under way. */
            allow_duplicated?: boolean | null;
            /**
             * Format: date-time
             * @description When it is over if nobody comes.
             */
            end_date?: string | null;
        };
        /**
         * StateSum
         * @description The recordings that stand in one place.
         */
        StateSum: {
            /**
             * Format: uint64
             * @description How much room they take, in bytes.
             */
            bytes: number;
            /**
             * Format: uint64
             * @description How many.
             */
            count: number;
            /**
             * @description Where they stand.
             * @enum {string}
             */
            state: "recording" | "growing" | "ready" | "truncated" | "uploading" | "stored" | "missing" | "trashed" | "deleted";
        };
        /**
         * Storage
         * @description The disks, what lies on them, and what is removed by rule.
         */
        Storage: {
            /** @description The disks that the data and the recordings lie on. */
            disks: components["schemas"]["Disk"][];
            /** @description What all recordings come to. The sums are some seconds old at the most. */
            recordings: components["schemas"]["RecordingSums"] & unknown;
            /** @description How long recordings are kept, as far as the server says, and what is removed next. */
            retention: components["schemas"]["RetentionStanding"] & unknown;
        };
        /**
         * SubjectRequest
         * @description What the meeting is about.
         */
        SubjectRequest: {
            /** @description The subject, 1 to 500 characters. */
            subject: string;
        };
        /**
         * SupportBundle
         * @description What somebody sends along when they ask for help.
         */
        SupportBundle: {
            /** @description The commit it was built from, where the build knew it. */
            commit: string | null;
            /** @description Every value and where it came from, as `reflector config show --origin` prints it, secrets masked. */
            configuration: string;
            /**
             * Format: uint64
             * @description How many events the log has; none where it cannot be read.
             */
            events: number | null;
            /** @description The last lines of the server's log, the oldest first. */
            log: string[];
            /** @description The machine. */
            machine: components["schemas"]["SupportMachine"] & unknown;
            /**
             * Format: date-time
             * @description When it was made.
             */
            made_at: string;
            /** @description What the doctor found. */
            report: components["schemas"]["DoctorReport"] & unknown;
            /**
             * Format: date-time
             * @description When the process was started.
             */
            started_at: string;
            /** @description The release. */
            version: string;
        };
        /**
         * SupportMachine
         * @description The machine it runs on.
         */
        SupportMachine: {
            /** @description The processor's kind. */
            architecture: string;
            /**
             * Format: uint64
             * @description How many processors there are.
             */
            cpus: number;
            /** @description The kernel's release. */
            kernel: string;
            /** @description The system's name. */
            system: string;
        };
        /**
         * TableDifference
         * @description How one table differs.
         */
        TableDifference: {
            /**
             * Format: uint64
             * @description How many rows the log gives that are not stored, or not so.
             */
            computed_only: number;
            /**
             * Format: uint64
             * @description How many rows are stored that the log does not give, or not so.
             */
            stored_only: number;
            /** @description The table's name. */
            table: string;
        };
        /**
         * Token
         * @description A token, without its secret.
         */
        Token: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it expires; null for one that does not.
             */
            expires_at: string | null;
            /** @description Its id: the part after `rfl_`. */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used, to the minute; null for one that never was.
             */
            last_used_at: string | null;
            /** @description What it is for. */
            name: string;
            /**
             * Format: date-time
             * @description When it was revoked; null for one that is good.
             */
            revoked_at: string | null;
            /** @description What it may do. */
            scopes: ("rooms:read" | "rooms:write" | "meetings:read" | "meetings:write" | "recordings:read" | "recordings:write" | "events:write" | "admin")[];
        };
        /**
         * TokenRequest
         * @description What makes a token.
         */
        TokenRequest: {
            /**
             * Format: uint32
             * @description After how many days it expires, 1 to 3650; it does not, where nothing is said.
             */
            expires_in_days?: number | null;
            /** @description What it is for, 1 to 100 characters. */
            name: string;
            /** @description What it may do; everything, where nothing is said. */
            scopes?: ("rooms:read" | "rooms:write" | "meetings:read" | "meetings:write" | "recordings:read" | "recordings:write" | "events:write" | "admin")[] | null;
        };
        /**
         * UpdateRecording
         * @description What to change of a recording. What is left out stays.
         */
        UpdateRecording: {
            /** @description Whether it must not be deleted. */
            hold: boolean | null;
            /** @description The id of the meeting that it is of; null says that it is of none. */
            meeting_id: string | null;
            /** @description What to call it, 1 to 200 characters; null takes the title away. */
            title: string | null;
        };
        /**
         * UpdateRoom
         * @description What changes in a room. What is left out stays as it is.
         */
        UpdateRoom: {
            /** @description Whether its own link lets guests in. */
            guest_link?: boolean | null;
            /**
             * @description Who may start a meeting by that link.
             * @enum {string|null}
             */
            guest_start?: "anyone" | "host" | null;
            /** @description Whether people must knock. */
            is_locked?: boolean | null;
            /**
             * Format: uint32
             * @description Another limit, 1 to 1000; null for none.
             */
            max_participants?: number | null;
            /** @description Another name. */
            name?: string | null;
            /**
             * @description Something else for where somebody does not agree to being recorded.
             * @enum {string|null}
             */
            on_denial?: "nothing" | "hide" | "trash" | null;
            /**
             * @description Another platform.
             * @enum {string|null}
             */
            platform?: "jitsi" | "whereby" | null;
            /** @description Whether guests must agree to being recorded. */
            recording_consent?: boolean | null;
            /** @description Whether nobody may record its meetings; it goes with `recording_trigger` `none` only. */
            recording_forbidden?: boolean | null;
            /**
             * @description Another way of starting a recording.
             * @enum {string|null}
             */
            recording_trigger?: "none" | "prompt" | "automatic" | "automatic-2nd-participant" | null;
            /**
             * @description Another place for recordings.
             * @enum {string|null}
             */
            recording_type?: "none" | "local" | "cloud" | null;
            /**
             * @description Another rule for how long its recordings are kept, as a whole; it holds at once for all its recordings. Null: as the
             *     server has it.
             */
            retention?: (components["schemas"]["Retention"] & unknown) | null;
            /**
             * @description Another size.
             * @enum {string|null}
             */
            room_mode?: "normal" | "group" | null;
        };
        /**
         * Upload
         * @description A file that is sent in.
         */
        Upload: {
            /**
             * Format: date-time
             * @description When it was announced.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it is forgotten. Each part that comes moves that on.
             */
            expires_at: string;
            /** @description The file's name. */
            filename: string;
            /** @description The upload's id. */
            id: string;
            /** @description The id of the meeting that it will be of. */
            meeting_id: string | null;
            /**
             * Format: uint64
             * @description How much of it has come and is kept, in bytes: the next part begins here.
             */
            offset_bytes: number;
            /** @description The id of the recording that it has become; null until it is whole. */
            recording_id: string | null;
            /**
             * Format: uint64
             * @description How large the file is, in bytes.
             */
            size_bytes: number;
            /** @description What the recording will be called. */
            title: string | null;
        };
        /**
         * UploadList
         * @description The files that are being sent in.
         */
        UploadList: {
            /** @description The newest come first; those that are whole are listed until they are forgotten. */
            items: components["schemas"]["Upload"][];
        };
        /**
         * User
         * @description Somebody who logs in to the console.
         */
        User: {
            /**
             * Format: date-time
             * @description When they were added.
             */
            created_at: string;
            /** @description Their id. */
            id: string;
            /**
             * Format: date-time
             * @description When they last logged in; null for who never has.
             */
            last_login_at: string | null;
            /** @description Their name. */
            name: string;
        };
        /**
         * UserRef
         * @description Somebody, by id and name.
         */
        UserRef: {
            /** @description Their id. */
            id: string;
            /** @description Their name. */
            name: string;
        };
        /**
         * UserRequest
         * @description Who is added.
         */
        UserRequest: {
            /** @description The name to log in with, 1 to 100 characters. */
            name: string;
        };
        /**
         * Verification
         * @description Whether what is stored is what the log says.
         */
        Verification: {
            /** @description The tables that are not as the log has it; none when all is well. */
            differences: components["schemas"]["TableDifference"][];
            /**
             * Format: uint64
             * @description How many events the log has.
             */
            events: number;
        };
        /**
         * Version
         * @description What the server is.
         */
        Version: {
            /** @description The commit it was built from, where the build knew it. */
            commit: string | null;
            /**
             * Format: date-time
             * @description When it was started.
             */
            started_at: string;
            /** @description Its release. */
            version: string;
        };
        /**
         * WebhookHealth
         * @description Whether webhooks can be taken in.
         */
        WebhookHealth: {
            /** @description `jitsi-webhooks`. */
            service: string;
            /** @description `ok`. */
            status: string;
            /**
             * Format: date-time
             * @description The server's time.
             */
            timestamp: string;
            /** @description Whether a secret is set; without one every signature is refused. */
            webhook_secret_configured: boolean;
        };
        /**
         * WherebyEventTaken
         * @description An event of Whereby was taken in.
         */
        WherebyEventTaken: {
            /** @description Whether the same event was here before: then nothing was changed. */
            duplicate: boolean;
            /** @description The event's type; `unreadable` where it has none. */
            event: string;
            /** @description The room it is of; null where it names none that is known. */
            room: string | null;
            /** @description `ok`. */
            status: string;
        };
    };
    responses: {
        /** @description What went wrong. `detail` says what to do. */
        Problem: {
            headers: {
                /** @description After how many seconds to try again, with 429 and 503. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditEntry"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_doctor_report: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorReport"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    make_doctor_report: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DoctorRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorReport"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_support_bundle: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle. It holds no secret, and no name of a person. */
            200: {
                headers: {
                    /** @description The name to keep it under. */
                    "CONTENT-DISPOSITION": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SupportBundle"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    judge_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DoctorTokenRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorReport"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description Events after this place in the log; all where nothing is said. */
                after?: number;
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Event"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /** @description Events after this place in the log. */
                after?: number;
            };
            header?: {
                /** @description The `id` of the last message seen; it wins over `after`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each event as a message: `id` is its place in the log, `data` is the event. */
            200: {
                headers: {
                    /** @description Nothing between is to keep it. */
                    "CACHE-CONTROL": string;
                    /** @description Tells nginx to pass each message on at once. */
                    "X-ACCEL-BUFFERING": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_recording_complete: {
        parameters: {
            query?: never;
            header?: {
                /** @description The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it. */
                "X-Jitsi-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_jitsi_census: {
        parameters: {
            query?: never;
            header?: {
                /** @description The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it. */
                "X-Jitsi-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description It is counted. The answer comes when there is something to do, or after some seconds. */
            200: {
                headers: {
                    /** @description The HMAC-SHA256 of the answer's body under `jitsi.webhook_secret`, in hex. */
                    "X-JITSI-SIGNATURE": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CensusCounted"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_jitsi_event: {
        parameters: {
            query?: never;
            header?: {
                /** @description The HMAC-SHA256 of the body under `jitsi.webhook_secret`, in hex, with or without `sha256=` before it. */
                "X-Jitsi-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_occupant_joined: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_occupant_left: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_room_created: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_room_destroyed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_jitsi_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookHealth"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_jitsi_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, the one that signs and those whose links may still be good. */
            200: {
                headers: {
                    /** @description For how long they may be kept. */
                    "CACHE-CONTROL": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_jitsi_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The SHA-256 of the key's name, in hex, and `.pem`. */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key as a PEM file. */
            200: {
                headers: {
                    /** @description For how long it may be kept. */
                    "CACHE-CONTROL": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_jitsi_modules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProsodyModules"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    reserve_conference: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["ReservationRequest"];
            };
        };
        responses: {
            /** @description It may. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConferenceReservation"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            /** @description It may not, or there is no such meeting. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ReservationRefusal"];
                };
            };
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_reservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConferenceReservation"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            /** @description It may not, or there is no such meeting. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ReservationRefusal"];
                };
            };
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    end_reservation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was noted. What becomes of the meeting is told by events. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_signing_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeys"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    rotate_signing_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeys"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_jobs: {
        parameters: {
            query?: {
                /** @description Those of this kind. */
                kind?: string;
                /** @description Those that stand there. */
                state?: "waiting" | "running" | "retrying" | "given_up";
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Job"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    retry_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The job's name. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_knocks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnockList"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_meetings: {
        parameters: {
            query?: {
                /** @description Meetings of this room, by its name or id. */
                room?: string;
                /** @description Meetings of this platform. */
                platform?: "jitsi" | "whereby";
                /** @description Only those that are not over, or only those that are. */
                active?: boolean;
                /** @description Those that were not over before this. */
                from?: string;
                /** @description Those that had begun by this. */
                to?: string;
                /** @description A part of the room's name. */
                q?: string;
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Meeting"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_meeting: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeetingDetail"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_attendance: {
        parameters: {
            query?: {
                /** @description `json` or `csv`. */
                format?: string;
            };
            header?: {
                /** @description Which form is wanted. */
                Accept?: string;
            };
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One row a person. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttendanceList"];
                    "text/csv": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    say_consent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsentRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentNoted"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_meeting_embed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GuestEmbed"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    end_meeting: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Meeting"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_meeting_events: {
        parameters: {
            query?: {
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Event"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    join_meeting: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JoinRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinLink"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    set_meeting_lobby: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LobbyRequest"];
            };
        };
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    mute_participant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MuteRequest"];
            };
        };
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    send_notice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeRequest"];
            };
        };
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    set_meeting_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    reconcile_meeting: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    start_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    stop_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    remove_participant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveRequest"];
            };
        };
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    set_subject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The meeting's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubjectRequest"];
            };
        };
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_recorders: {
        parameters: {
            query?: {
                /** @description Only those of which this can be expected. */
                state?: "idle" | "busy" | "expired" | "unhealthy" | "silent";
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Recorder"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_recordings: {
        parameters: {
            query?: {
                /** @description Those that stand there. */
                state?: "recording" | "growing" | "ready" | "truncated" | "uploading" | "stored" | "missing" | "trashed" | "deleted";
                /** @description Those of the meeting with this id. */
                meeting?: string;
                /** @description Those of this room, by its name or id. */
                room?: string;
                /** @description Only those that belong to a meeting, or only those that do not. */
                matched?: boolean;
                /** @description Those that began then or later. */
                from?: string;
                /** @description Those that began by then. */
                to?: string;
                /** @description A part of the title, of the conference's name, or of the file's. */
                q?: string;
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Recording"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_expiring_recordings: {
        parameters: {
            query?: {
                /** @description How many days ahead; 0, where nothing is said, is what is removed at the next look. */
                within_days?: number;
                /** @description The room, by its name or id, whose rule is tried. It is looked at only where a rule is. */
                room?: string;
                /** @description A rule to try: for how many days recordings are kept. */
                try_days?: number;
                /** @description A rule to try: how many of a room's newest recordings are kept. */
                try_keep_last?: number;
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Recording"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    scan_recordings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ScanRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanStep"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_recording_sources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingSources"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    forget_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The queue's id of it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_uploads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadList"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    create_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of tus: 1.0.0. */
                "Tus-Resumable"?: string;
                /** @description How large the file is, in bytes. */
                "Upload-Length": number;
                /**
                 * @description What there is to be said of it: `filename` and, where known, `title`, `meeting_id` and `modified_at`, each
                 *     followed by a space and its value in base64, with commas between them.
                 */
                "Upload-Metadata": string;
                /** @description The same request with the same key announces one file. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can be sent now. */
            201: {
                headers: {
                    /** @description Where it is sent to. */
                    LOCATION: string;
                    /** @description When it is forgotten. */
                    "UPLOAD-EXPIRES": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    describe_uploads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What this server takes. */
            204: {
                headers: {
                    /** @description The sums that may go with a part. */
                    "TUS-CHECKSUM-ALGORITHM": string;
                    /** @description Its extensions. */
                    "TUS-EXTENSION": string;
                    /** @description How large a file may be, in bytes. */
                    "TUS-MAX-SIZE": number;
                    /** @description The versions of tus. */
                    "TUS-VERSION": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    get_upload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The upload's id. */
                upload: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    end_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of tus: 1.0.0. */
                "Tus-Resumable"?: string;
            };
            path: {
                /** @description The upload's id. */
                upload: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    head_upload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of tus: 1.0.0. */
                "Tus-Resumable"?: string;
            };
            path: {
                /** @description The upload's id. */
                upload: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it has come. */
            200: {
                headers: {
                    /** @description When it is forgotten. */
                    "UPLOAD-EXPIRES": string;
                    /** @description How large it is, in bytes. */
                    "UPLOAD-LENGTH": number;
                    /** @description What was said of it. */
                    "UPLOAD-METADATA": string;
                    /** @description How much of it has come, in bytes. */
                    "UPLOAD-OFFSET": number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    append_to_upload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of tus: 1.0.0. */
                "Tus-Resumable"?: string;
                /** @description Where the part begins: where the file ends so far, in bytes. */
                "Upload-Offset": number;
                /** @description A sum of the part: `sha1` or `sha256`, a space, and the sum in base64. */
                "Upload-Checksum"?: string;
            };
            path: {
                /** @description The upload's id. */
                upload: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description It is on the disk. */
            204: {
                headers: {
                    /** @description When it is forgotten. */
                    "UPLOAD-EXPIRES": string;
                    /** @description How much of the file has come, in bytes. */
                    "UPLOAD-OFFSET": number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            412: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            423: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            460: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            507: components["responses"]["Problem"];
        };
    };
    get_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    delete_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    update_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRecording"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    copy_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CopyRequest"];
            };
        };
        responses: {
            /** @description It will be copied soon; `state` tells when it is, and `copying` how far it has come. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_recording_media: {
        parameters: {
            query?: {
                /** @description Whether a browser is to keep it, not to play it. */
                download?: boolean;
            };
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description Another one whenever the file is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "video/mp4": string;
                    "video/webm": string;
                    "video/x-matroska": string;
                };
            };
            /** @description The part of the file that was asked for. */
            206: {
                headers: {
                    /** @description Which bytes, of how many. */
                    "Content-Range"?: string;
                    /** @description Another one whenever the file is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "video/mp4": string;
                    "video/webm": string;
                    "video/x-matroska": string;
                };
            };
            /** @description It is to be fetched from the storage, which storage.redirect_minutes allows. */
            302: {
                headers: {
                    /** @description A link that is good for that time. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller has it already. */
            304: {
                headers: {
                    /** @description Another one whenever the file is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    head_recording_media: {
        parameters: {
            query?: {
                /** @description Whether a browser is to keep it, not to play it. */
                download?: boolean;
            };
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description Another one whenever the file is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "video/mp4": string;
                    "video/webm": string;
                    "video/x-matroska": string;
                };
            };
            /** @description The part of the file that was asked for. */
            206: {
                headers: {
                    /** @description Which bytes, of how many. */
                    "Content-Range"?: string;
                    /** @description Another one whenever the file is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "video/mp4": string;
                    "video/webm": string;
                    "video/x-matroska": string;
                };
            };
            /** @description It is to be fetched from the storage, which storage.redirect_minutes allows. */
            302: {
                headers: {
                    /** @description A link that is good for that time. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The caller has it already. */
            304: {
                headers: {
                    /** @description Another one whenever the file is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_recording_people: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingPeople"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_recording_poster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    /** @description Another one whenever the picture is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description The caller has it already. */
            304: {
                headers: {
                    /** @description Another one whenever the picture is another one. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    purge_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It will be deleted soon; `state` tells when it is. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    repair_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What comes of it is another recording, with `repaired_from`; this one tells it by `repaired_as`. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    restore_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_shares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareList"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    create_share: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key makes one link; its address is not shown again, so the second answer is 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The recording's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ShareRequest"];
            };
        };
        responses: {
            /** @description The link was made. Its address is shown this once. */
            201: {
                headers: {
                    /** @description Where the link can be taken back. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewShareView"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    revoke_share: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The recording's id. */
                id: string;
                /** @description The link's id. */
                share: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_rooms: {
        parameters: {
            query?: {
                /** @description A part of the name. */
                q?: string;
                /** @description Rooms of this platform only. */
                platform?: "jitsi" | "whereby";
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Room"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    create_room: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key makes one room, however often it is sent. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRoom"];
            };
        };
        responses: {
            /** @description The room was made. */
            201: {
                headers: {
                    /** @description Where the room is. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_room: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    delete_room: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    update_room: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoom"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_host_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostLink"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    create_host_link: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key makes one link; its secret is not shown again, so the second answer is 409. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link was made; the one before leads nowhere now. */
            201: {
                headers: {
                    /** @description Where the link's state is. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewHostLink"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    revoke_host_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_room_knocks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnockList"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    admit_knock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
                /** @description The id of the wait. */
                knock: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Knock"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    refuse_knock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
                /** @description The id of the wait. */
                knock: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Knock"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    start_meeting: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same request with the same key starts one meeting, however often it is sent. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["StartMeetingRequest"];
            };
        };
        responses: {
            /** @description The room's meeting that is under way. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeetingWithLinks"];
                };
            };
            /** @description A new meeting. */
            201: {
                headers: {
                    /** @description Where the meeting is. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeetingWithLinks"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    migrate_room: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name or id. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MigrateRequest"];
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Migration"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogInRequest"];
            };
        };
        responses: {
            /** @description Somebody is logged in. The cookie is the proof. */
            200: {
                headers: {
                    /** @description The session's cookie. */
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is over. */
            204: {
                headers: {
                    /** @description The session's cookie, empty. */
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_recorder_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecorderHeard"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_sessions: {
        parameters: {
            query?: {
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SessionEntry"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    revoke_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session's id. */
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupState"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupRequest"];
            };
        };
        responses: {
            /** @description The password is set, and the person is logged in. */
            201: {
                headers: {
                    /** @description Where the session is. */
                    LOCATION: string;
                    /** @description The session's cookie. */
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    create_setup_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SetupLinkRequest"];
            };
        };
        responses: {
            /** @description The link was made. It is shown this once. */
            201: {
                headers: {
                    /** @description Whom it is for, or where it is used. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupLinkView"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_recorder_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecorderHeard"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_storage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_tokens: {
        parameters: {
            query?: {
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Token"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key makes one token. Sent again it is a conflict, since the text is shown only
                 *     once.
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description The token was made. Its text is shown this once. */
            201: {
                headers: {
                    /** @description Where the token is. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token's id. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description How many items, 1 to 200; 50 where nothing is said. */
                limit?: number;
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_User"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key makes one link. Sent again it is a conflict, since the link is shown only
                 *     once.
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserRequest"];
            };
        };
        responses: {
            /** @description The link was made. It is shown this once. */
            201: {
                headers: {
                    /** @description Whom it is for, or where it is used. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupLinkView"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    delete_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The person's id. */
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    verify_store: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    receive_whereby_event: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `t=…,v1=…`: the time in seconds since 1970, and in hex the HMAC-SHA256 over it, a dot and the body under
                 *     `whereby.webhook_secret`.
                 */
                "Whereby-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WherebyEventTaken"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    list_foreign_rooms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForeignRooms"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    adopt_foreign_room: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdoptRequest"];
            };
        };
        responses: {
            /** @description The meeting of what was told of it. */
            201: {
                headers: {
                    /** @description Where the meeting is. */
                    LOCATION: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Meeting"];
                };
            };
            400: components["responses"]["Problem"];
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            413: components["responses"]["Problem"];
            415: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
    get_whereby_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookHealth"];
                };
            };
            401: components["responses"]["Problem"];
            408: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            500: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
        };
    };
}
