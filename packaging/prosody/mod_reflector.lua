-- mod_reflector: tells Reflector what happens in the rooms of this conference service, and does there what it asks.
--
-- It is loaded on the MUC component of a Jitsi Meet:
--
--     Component "conference.meet.example.com" "muc"
--         modules_enabled = { ...; "reflector"; }
--         reflector_url = "http://127.0.0.1:1250"
--         reflector_secret = "the server's jitsi.webhook_secret"
--
-- Three parts: what happens becomes events in a queue on the disk, which is sent in order until the server has taken
-- each; a census of who is there goes out every few seconds and at once after a change; the census's answer, held back
-- until there is something to do, brings commands. Both directions are signed. Nothing listens here.
--
-- Whatever goes wrong in here is logged and goes no further: a meeting never waits for Reflector.
--
-- Prosody 0.11 to 13, Lua 5.2 to 5.4.

local VERSION = "1.0.0";

local unpack = table.unpack or unpack; -- luacheck: ignore 113

local function need(name)
	local found, library = pcall(require, "prosody." .. name);
	return found and library or require(name);
end

local array = need "util.array";
local base64 = need "util.encodings".base64;
local hashes = need "util.hashes";
local http = need "net.http";
local jid = need "util.jid";
local json = need "util.json";
local st = need "util.stanza";
local time = need "util.time";
local uuid = need "util.uuid";

-- How many events wait at most. Beyond that the oldest are given up, and the census sets right what can be.
local QUEUE_MOST = module:get_option_number("reflector_queue_max", 20000);
-- The journal is written anew when so many of its lines have been delivered.
local COMPACT_AFTER = 1000;
-- How many events one request takes, and of how many bytes: the server reads bodies of 256 KiB.
local BATCH_MOST, BATCH_BYTES = 200, 200 * 1024;
-- Where the server, or a proxy before it, does not take several at once, they go alone for so many seconds.
local ALONE_FOR = 600;
-- An event at which the server fails so many times in a row is given up, lest it hold up all others for ever.
local FAULTS_MOST = 5;
-- The wait after a failed delivery, in seconds; it doubles with each, up to the most.
local RETRY, RETRY_MOST = 1, module:get_option_number("reflector_retry_max", 30);
-- A request that takes longer is given up, in seconds. The server holds a census back for less.
local TIMEOUT = 20;
-- What is in the queue goes out after so many seconds, together with what came meanwhile: a request takes Prosody longer
-- than a join does, and it does one thing at a time.
local SEND_AFTER = 0.2;
-- Between the answer to a census and the next, in seconds; shorter where a command's outcome is to be told.
local CENSUS_EVERY, CENSUS_SOON = 0.5, 0.05;
-- How many outcomes of commands are kept until a census has taken them, and how many ids of commands are known.
local RESULTS_MOST, KNOWN_MOST = 100, 500;
-- The clock of a command's census may differ by so much, in seconds.
local CLOCK_MOST = 300;
-- Changes of the dominant speaker are sent together, in seconds, and at most so many of a room.
local SPEAKERS_EVERY, SPEAKERS_MOST = 5, 500;
-- How long Jicofo may take to answer, in seconds. The server waits a little longer for a command's outcome.
local FOCUS_MOST = 3;
-- A clock that was set back by more is followed, in milliseconds.
local SET_BACK_MOST = 5000;
-- How many of a room's occupants its last event lists: the server takes bodies of 256 KiB.
local LIST_MOST = 500;
-- The same complaint is logged once in so many seconds.
local COMPLAIN_EVERY = 60;

local NS_JIBRI = "http://jitsi.org/protocol/jibri";
local NS_NICK = "http://jabber.org/protocol/nick";

-- Settings -----------------------------------------------------------------------------------------------------------

-- The names of the integration guide hold too: its URL is that of the events.
local url = module:get_option_string("reflector_url") or module:get_option_string("event_sync_url") or "";
url = url:gsub("/+$", ""):gsub("/v1/jitsi/events$", "");
local secret = module:get_option_string("reflector_secret") or module:get_option_string("event_sync_secret");
local chosen = module:get_option_set("reflector_events") or module:get_option_set("event_sync_events");

-- "conference.meet.example.com" belongs to "meet.example.com".
local base_domain = module:get_option_string("muc_mapper_domain_base") or module.host:gsub("^[^.]+%.", "");
local breakout_host = module:get_option_string("reflector_breakout_component", "breakout." .. base_domain);
local lobby_host = module:get_option_string("reflector_lobby_component", "lobby." .. base_domain);
local speakers_host = module:get_option_string("reflector_speakerstats_component", "speakerstats." .. base_domain);
local machine_domains = module:get_option_set("reflector_machine_domains",
	{ "recorder." .. base_domain, "hidden." .. base_domain, "auth." .. base_domain });

-- Small things -------------------------------------------------------------------------------------------------------

local complaints = {};
-- Logs an error, but the same one only once in a while.
local function complain(what, ...)
	local now = time.now();
	if not complaints[what] or now - complaints[what] >= COMPLAIN_EVERY then
		complaints[what] = now;
		module:log("error", what, ...);
	end
end

-- Runs it; an error of ours stays here.
local function guarded(what, run)
	return function (...)
		local ok, result = pcall(run, ...);
		if not ok then
			complain("%s failed, the meeting goes on: %s", what, result);
			return nil;
		end
		return result;
	end
end

local latest = 0;
-- Now, in milliseconds since 1970, but later with each call: the server knows what was first by the time alone, so no
-- two events are of the same millisecond.
local function moment()
	local now = math.floor(time.now() * 1000);
	if now <= latest and latest - now < SET_BACK_MOST then now = latest + 1; end
	latest = now;
	return now;
end

local function timestamp(at)
	at = at or moment();
	return os.date("!%Y-%m-%dT%H:%M:%S", math.floor(at / 1000)) .. string.format(".%03dZ", at % 1000);
end

-- A table of named values as JSON. Whoever joins waits for it, and Prosody's encoder takes ten times as long, so that is left
-- what is not plain.
local function json_object(fields)
	local members = {};
	for name, value in pairs(fields) do
		local plain = type(value) == "boolean" or type(value) == "string" and not value:find('[%c"\\]');
		local text = not plain and json.encode(value) or type(value) == "string" and '"' .. value .. '"' or tostring(value);
		members[#members + 1] = '"' .. name .. '":' .. text;
	end
	return "{" .. table.concat(members, ",") .. "}";
end

local function sign(body)
	return hashes.hmac_sha256(secret, body, true);
end

-- Compares in a time that does not tell where the difference is.
local function same(a, b)
	if type(a) ~= "string" or type(b) ~= "string" or #a ~= #b then return false; end
	local differences = 0;
	for i = 1, #a do
		if a:byte(i) ~= b:byte(i) then differences = differences + 1; end
	end
	return differences == 0;
end

local unloaded = false;

-- Posts a signed body. `done(code, body, response)` is called once; code 0 is no answer.
local function post(path, body, done)
	local answered = false;
	local function finish(code, answer, response)
		if answered or unloaded then return; end
		answered = true;
		done(code, answer, response);
	end
	finish = guarded("an answer of the server", finish);
	local request = http.request(url .. path, {
		method = "POST";
		body = body;
		headers = { ["Content-Type"] = "application/json"; ["X-Jitsi-Signature"] = sign(body) };
	}, function (answer, code, response) finish(tonumber(code) or 0, answer, response); end);
	module:add_timer(TIMEOUT, function ()
		if not answered then
			finish(0, "no answer in time");
			if request and http.destroy_request then pcall(http.destroy_request, request); end
		end
	end);
end

-- The queue ----------------------------------------------------------------------------------------------------------
--
-- In memory, with a journal beside it: a line an event. The server knows an event by its id, so after a restart it does
-- no harm to send one again that it has.

local queue = {
	items = {}; first = 1; last = 0;
	-- How many of the first are under way, and how many the next request may take: more with each success.
	sending = 0; window = 1; gathering = false;
	-- Until when events go alone.
	alone_until = 0;
	-- How often in a row the delivery failed, and how often the server failed at the first event alone.
	failures = 0; faults = 0;
	delivered_lines = 0; dropped = 0; refused = 0;
};
local journal_path = prosody.paths.data .. "/reflector-" .. module.host:gsub("[^%w.-]", "_") .. ".queue";
local journal;
-- Whether the journal's last line may be cut; what ends it then, so that it is not taken for a whole one.
local torn, CUT = false, " \n";

local function pending()
	return queue.last - queue.first + 1;
end

local function open_journal(mode)
	local failure;
	if journal then journal:close(); end
	journal, failure = io.open(journal_path, mode);
	if not journal then
		complain("the queue is kept in memory alone, and a restart would lose what waits in it: %s", failure);
	elseif mode == "w" then
		torn = false;
	end
end

local function write_line(body)
	if not journal then open_journal("a"); end
	if not journal then return; end
	local written, failure = journal:write(torn and CUT or "", body, "\n");
	if written then written, failure = journal:flush(); end
	torn = not written;
	if not written then
		complain("the queue's journal cannot be written: %s", failure);
	end
end

-- Writes the journal anew, without what was delivered.
local function compact()
	local temporary = journal_path .. ".new";
	local file = io.open(temporary, "w");
	if not file then return; end
	local written = true;
	for i = queue.first, queue.last do
		written = written and file:write(queue.items[i], "\n");
	end
	written = file:close() and written;
	if written and os.rename(temporary, journal_path) then
		queue.delivered_lines = 0;
		torn = false;
		open_journal("a");
	end
end

-- Takes the first events out of the queue.
local function forget(count)
	for i = queue.first, queue.first + count - 1 do queue.items[i] = nil; end
	queue.first = queue.first + count;
	queue.delivered_lines = queue.delivered_lines + count;
	if pending() == 0 then
		queue.items, queue.first, queue.last, queue.delivered_lines = {}, 1, 0, 0;
		open_journal("w");
	elseif queue.delivered_lines >= math.max(COMPACT_AFTER, pending()) then
		compact();
	end
end

-- Gives up the oldest event that is not under way.
local function drop_oldest()
	local oldest = queue.first + queue.sending;
	if oldest > queue.last then return; end
	queue.dropped = queue.dropped + 1;
	complain("%d events wait: the oldest is given up", pending());
	-- Those that are under way stay the first.
	for i = oldest, queue.first + 1, -1 do queue.items[i] = queue.items[i - 1]; end
	forget(1);
end

local function put(body)
	if pending() >= QUEUE_MOST then drop_oldest(); end
	queue.last = queue.last + 1;
	queue.items[queue.last] = body;
	write_line(body);
end

-- What a restart left. Returns how many events were read.
local function restore()
	local file = io.open(journal_path, "r");
	if not file then return 0; end
	for line in file:lines("*L") do
		-- One that was cut has another end.
		local event = line:match("^({.*})\n$");
		if event then
			queue.last = queue.last + 1;
			queue.items[queue.last] = event;
			if pending() > QUEUE_MOST then
				queue.items[queue.first] = nil;
				queue.first = queue.first + 1;
				queue.dropped = queue.dropped + 1;
			end
		end
	end
	file:close();
	torn = true;
	compact();
	return pending();
end

-- Whether the server will never take this, however often it is sent.
local function is_refused(code)
	return code == 400 or code == 413 or code == 422;
end

-- How long to wait after so many failures in a row, or as long as the server says.
local function wait_after(failures, response)
	local told = response and response.headers and tonumber(response.headers["retry-after"]);
	return math.min(math.max(RETRY * 2 ^ math.min(failures - 1, 10), told or 0), RETRY_MOST);
end

-- How many of the events that wait go into the next request.
local function next_count()
	local most = time.now() < queue.alone_until and 1 or queue.window;
	local count, bytes = 1, #queue.items[queue.first];
	while count < math.min(most, pending()) do
		bytes = bytes + 1 + #queue.items[queue.first + count];
		if bytes > BATCH_BYTES then break; end
		count = count + 1;
	end
	return count;
end

-- One event goes as it is, and several as a list of them.
local function body_of(count)
	if count == 1 then return queue.items[queue.first]; end
	return '{"events":[' .. table.concat(queue.items, ",", queue.first, queue.first + count - 1) .. "]}";
end

local function give_up(event, reason)
	queue.refused = queue.refused + 1;
	local read, told = pcall(json.decode, event);
	-- What the disk did to it shows only here.
	if not read or type(told) ~= "table" then told = {}; end
	complain("the server refuses events for good, such as %s %s of room %s: %s", told.event, told.id, told.room, reason);
end

-- Whether an answer says of each of the events that the server has it, or that it never will. Whoever does not know
-- lists of events may answer anything.
local function is_settled(count, answer)
	if count == 1 then return true; end
	local read, told = pcall(json.decode, answer);
	if not read or type(told) ~= "table" or type(told.refused) ~= "table" then return false; end
	if told.taken ~= count - #told.refused then return false; end
	for _, refused in ipairs(told.refused) do
		local event = type(refused) == "table" and queue.items[queue.first + (tonumber(refused.index) or -1)];
		if event then give_up(event, refused.detail); end
	end
	return true;
end

local deliver;

-- Lets some time pass before the next delivery. However often it is asked, there is one next delivery.
local function rest(seconds)
	local this = {};
	queue.resting = this;
	module:add_timer(seconds, function ()
		if queue.resting == this then
			queue.resting = nil;
			deliver();
		end
	end);
end

-- Has what waits sent soon.
local function gather()
	if queue.gathering then return; end
	queue.gathering = true;
	module:add_timer(SEND_AFTER, function ()
		queue.gathering = false;
		deliver();
	end);
end

-- The server that was away is there: no need to wait any longer.
local function wake()
	if queue.resting and queue.away then
		queue.resting = nil;
		deliver();
	end
end

local function delivered(count)
	if queue.failures > 0 then
		module:log("info", "the server takes events again; %d wait", pending() - count);
	end
	queue.failures, queue.faults = 0, 0;
	queue.window = math.min(2 * queue.window, BATCH_MOST);
	forget(count);
	if pending() >= queue.window then deliver(); else gather(); end
end

local function not_delivered(code, response)
	queue.failures = queue.failures + 1;
	queue.away = code == 0 or code == 502 or code == 504;
	if code == 401 then
		complain("the server does not accept our signature: is reflector_secret the same as its %s?",
			"jitsi.webhook_secret");
	else
		complain("the server at %s cannot be reached or is busy (%d); %d events wait", url, code, pending());
	end
	rest(wait_after(queue.failures, response));
end

function deliver()
	if queue.sending > 0 or queue.resting or unloaded or pending() == 0 then return; end
	local count = next_count();
	queue.sending = count;
	post("/v1/jitsi/events", body_of(count), function (code, answer, response)
		queue.sending = 0;
		if code >= 200 and code < 300 and is_settled(count, answer) then return delivered(count); end
		queue.window = 1;
		if count > 1 and (code >= 200 and code < 300 or is_refused(code)) then
			queue.alone_until = time.now() + ALONE_FOR;
			return deliver();
		end
		if count == 1 and code == 500 then queue.faults = queue.faults + 1; end
		if count == 1 and (is_refused(code) or queue.faults >= FAULTS_MOST) then
			give_up(queue.items[queue.first], string.format("%d %s", code, answer));
			return delivered(1);
		end
		not_delivered(code, response);
	end);
end

-- Puts an event into the queue.
local function tell(event, room, data, at)
	if chosen and not chosen:contains(event) then return; end
	local head = json_object({ event = event; id = uuid.generate(); timestamp = timestamp(at); room = jid.split(room.jid) });
	put(head:sub(1, -2) .. ',"data":' .. json_object(data) .. "}");
	gather();
end

-- People -------------------------------------------------------------------------------------------------------------

local function is_focus(occupant)
	return jid.resource(occupant.nick) == "focus";
end

local function is_machine(occupant)
	local domain = jid.host(occupant.bare_jid);
	return domain ~= nil and machine_domains:contains(domain) == true;
end

local function nick_of(occupant)
	local presence = occupant:get_presence();
	local nick = presence and presence:get_child_text("nick", NS_NICK);
	return nick ~= "" and nick or nil;
end

-- What is known of a room for as long as it lives: Prosody's own occupants are copies, and their sessions are gone when
-- they leave. `people` has everybody who was ever there, by JID.
local function memory_of(room)
	room.reflector = room.reflector or { people = {}; gone = {}; recordings = {} };
	return room.reflector;
end

-- Who an occupant is. The JWT's user is what Jitsi's token authentication leaves in the session.
local function person_of(room, occupant, session, at)
	local people = memory_of(room).people;
	local person = people[occupant.jid];
	if not person then
		session = session or prosody.full_sessions[occupant.jid];
		local user = session and session.jitsi_meet_context_user;
		if type(user) ~= "table" then user = {}; end
		person = {
			occupant_id = occupant.jid; machine = is_machine(occupant); joined_at = timestamp(at);
			name = user.name; email = user.email; user_id = user.id and tostring(user.id) or nil;
		};
		people[occupant.jid] = person;
	end
	person.nick = person.name or nick_of(occupant) or person.nick;
	person.affiliation = room:get_affiliation(occupant.bare_jid) or "none";
	-- Who leaves has no role any more, but had one.
	if occupant.role then person.role = occupant.role == "moderator" and "moderator" or "participant"; end
	return person;
end

local function copy_of(person, extra)
	local data = {};
	for key, value in pairs(person) do data[key] = value; end
	for key, value in pairs(extra or {}) do data[key] = value; end
	return data;
end

-- The rooms of a conference service.
local function rooms_of(host)
	return prosody.hosts[host].modules.muc;
end

-- The main room of a breakout room: Jitsi keeps its breakout rooms' JIDs in it.
local function main_room_of(breakout)
	for room in rooms_of(module.host).each_room(true) do
		local rooms = room._data.breakout_rooms;
		if rooms and rooms[breakout.jid] then return room; end
	end
end

-- What happens -------------------------------------------------------------------------------------------------------

-- Before other modules, so that none of them keeps an event from being told.
local FIRST = 1000;

local function hook(context, event, what, run)
	run = guarded(what, run);
	context:hook(event, function (told) run(told); end, FIRST);
end

-- Prosody tells of a room after its first occupant; the server wants it before.
local function tell_of_room(room)
	local memory = memory_of(room);
	if memory.told then return; end
	memory.told = true;
	local at = moment();
	tell("muc-room-created", room, { created_at = timestamp(at); meeting_id = room._data.meetingId }, at);
end

local function tell_of_arrival(room, told_room, event, extra)
	if is_focus(event.occupant) then return; end
	local at = moment();
	local person = person_of(told_room, event.occupant, event.origin, at);
	person.left_at = nil;
	tell("muc-occupant-joined", room, copy_of(person, extra), at);
end

local function tell_of_departure(room, told_room, event, extra)
	if is_focus(event.occupant) then return; end
	local at = moment();
	local person = person_of(told_room, event.occupant, event.origin, at);
	person.left_at = timestamp(at);
	tell("muc-occupant-left", room, copy_of(person, extra), at);
	-- Whoever comes again under this JID comes anew.
	local memory = memory_of(told_room);
	memory.gone[#memory.gone + 1] = person;
	if #memory.gone > 2 * LIST_MOST then memory.gone = { unpack(memory.gone, LIST_MOST + 1) }; end
	memory.people[event.occupant.jid] = nil;
end

hook(module, "muc-room-created", "telling of a room", function (event)
	tell_of_room(event.room);
end);

hook(module, "muc-occupant-joined", "telling of an arrival", function (event)
	tell_of_room(event.room);
	tell_of_arrival(event.room, event.room, event, { meeting_id = event.room._data.meetingId });
end);

hook(module, "muc-occupant-left", "telling of a departure", function (event)
	tell_of_departure(event.room, event.room, event, { meeting_id = event.room._data.meetingId });
end);

hook(module, "muc-room-destroyed", "telling of a room's end", function (event)
	local room, at = event.room, moment();
	local memory, all = memory_of(room), array();
	for _, person in pairs(memory.people) do memory.gone[#memory.gone + 1] = copy_of(person, { left_at = timestamp(at) }); end
	-- The latest are the ones of whom something may have been missed.
	for i = math.max(1, #memory.gone - LIST_MOST + 1), #memory.gone do all:push(memory.gone[i]); end
	tell("muc-room-destroyed", room, { destroyed_at = timestamp(at); all_occupants = all; meeting_id = room._data.meetingId }, at);
end);

hook(module, "muc-set-affiliation", "telling of a role", function (event)
	local room = event.room;
	for _, occupant in room:each_occupant() do
		if occupant.bare_jid == jid.bare(event.jid) and not is_focus(occupant) then
			local person = person_of(room, occupant);
			person.affiliation = event.affiliation or "none";
			if person.affiliation == "owner" then person.role = "moderator"; end
			tell("muc-occupant-role-changed", room, copy_of(person));
		end
	end
end);

-- A recording shows in the presence of focus: it is pending, then on, then off. Where a recorder fails and another takes
-- over, it is pending again, under the same session.
hook(module, "muc-broadcast-presence", "telling of a recording", function (event)
	if not is_focus(event.occupant) then return; end
	local room, status = event.room, event.stanza:get_child("jibri-recording-status", NS_JIBRI);
	if not status then return; end
	local attr = status.attr;
	local session, state = attr.session_id or "", attr.status;
	local recordings = memory_of(room).recordings;
	local before = recordings[session];
	if before and before.status == state then return; end
	local was_on = before and before.was_on;
	local data = {
		recording_id = attr.session_id; mode = attr.recording_mode; status = state; failure_reason = attr.failure_reason;
		-- Who asked stands in the first presence only.
		initiator = attr.initiator or before and before.initiator;
	};
	recordings[session] = state ~= "off"
		and { recording_id = session; status = state; initiator = data.initiator; was_on = was_on or state == "on" } or nil;
	if state == "on" and not was_on then
		tell("jibri-recording-on", room, data);
	elseif state == "off" and before and (was_on or not attr.failure_reason) then
		tell("jibri-recording-off", room, data);
	elseif state == "off" and attr.failure_reason then
		tell("jibri-recording-failed", room, data);
	end
end);

-- The other components of the same Jitsi come and go on their own.
local function with_host(host, run)
	run = guarded("listening to " .. host, run);
	if prosody.hosts[host] then run(module:context(host)); end
	module:hook_global("host-activated", function (activated)
		if activated == host then run(module:context(host)); end
	end);
end

with_host(breakout_host, function (context)
	hook(context, "muc-occupant-joined", "telling of an arrival in a breakout room", function (event)
		local room = main_room_of(event.room);
		if room then tell_of_arrival(room, event.room, event, { breakout_room_id = event.room.jid }); end
	end);
	hook(context, "muc-occupant-left", "telling of a departure from a breakout room", function (event)
		local room = main_room_of(event.room);
		if room then tell_of_departure(room, event.room, event, { breakout_room_id = event.room.jid }); end
	end);
end);

with_host(lobby_host, function (context)
	for name, event_name in pairs({ ["muc-occupant-joined"] = "muc-lobby-joined"; ["muc-occupant-left"] = "muc-lobby-left" }) do
		hook(context, name, "telling of the lobby", function (event)
			if is_focus(event.occupant) then return; end
			tell(event_name, event.room, copy_of(person_of(event.room, event.occupant, event.origin, moment())));
		end);
	end
end);

-- The dominant speaker: clients tell Jitsi's speaker statistics, and we listen. Several changes make one event.
local speakers = {};

-- The room that a client calls by its own address: that of a tenant is `room@conference.tenant.domain` there, and
-- `[tenant]room@conference.domain` here.
local function room_called(address)
	local node, host = jid.split(jid.prep(address or ""));
	if not node then return nil; end
	local first, tail = module.host:sub(1, -#base_domain - 1), "." .. base_domain;
	if host ~= module.host and host:sub(1, #first) == first and host:sub(-#tail) == tail then
		node = "[" .. host:sub(#first + 1, -#tail - 1) .. "]" .. node;
	end
	return rooms_of(module.host).get_room_from_jid(jid.join(node, module.host));
end

local tell_who_spoke = guarded("telling who spoke", function (room)
	local changes = speakers[room];
	speakers[room] = nil;
	if changes then tell("dominant-speaker-changed", room, { changes = changes }); end
end);

with_host(speakers_host, function (context)
	hook(context, "message/host", "listening to who speaks", function (event)
		local told, from = event.stanza:get_child("speakerstats", "http://jitsi.org/jitmeet"), event.stanza.attr.from;
		local room = told and room_called(told.attr.room);
		-- Only who is in a room speaks there.
		if not room or not room:get_occupant_by_real_jid(from) then return; end
		local changes = speakers[room] or array();
		speakers[room] = changes;
		if #changes < SPEAKERS_MOST then
			changes:push({ at = timestamp(); occupant_id = from; silence = told.attr.silence == "true" });
		end
	end);
end);

module:add_timer(SPEAKERS_EVERY, function ()
	if unloaded then return; end
	for room in pairs(speakers) do tell_who_spoke(room); end
	return SPEAKERS_EVERY;
end);

-- Before the room's end is told.
module:hook("muc-room-destroyed", function (event) tell_who_spoke(event.room); end, FIRST + 1);

-- Commands -----------------------------------------------------------------------------------------------------------

local commands = {};

local function occupant_of(room, id)
	for _, occupant in room:each_occupant() do
		if occupant.jid == id or occupant.nick == id or person_of(room, occupant).user_id == id then return occupant; end
	end
	error({ told = "no-such-person" });
end

local function a_moderator(room)
	for _, occupant in room:each_occupant() do
		if occupant.role == "moderator" and not is_focus(occupant) and not is_machine(occupant) then return occupant; end
	end
	error({ told = "no-moderator" });
end

-- What Jicofo's refusals of recordings mean.
local REFUSALS = {
	["resource-constraint"] = "recorders-busy"; ["service-unavailable"] = "no-recorders"; ["not-allowed"] = "not-allowed";
	["forbidden"] = "not-allowed"; ["unexpected-request"] = "already-recording"; ["item-not-found"] = "no-recording";
};

-- What focus has not answered yet: by the id that we gave it, whom to tell.
local asked = {};

-- Asks focus in the name of a moderator, who need not know. `done(failure)` is called once.
local function ask_focus(room, payload, done)
	if not room:get_occupant_by_nick(room.jid .. "/focus") then error({ told = "no-focus" }); end
	local moderator, id = a_moderator(room), uuid.generate();
	asked[id] = function (failure)
		asked[id] = nil;
		done(failure);
	end
	module:add_timer(FOCUS_MOST, function ()
		if asked[id] then asked[id]("no-answer"); end
	end);
	module:send(st.iq({ type = "set"; id = id; from = moderator.jid; to = room.jid .. "/focus" }):add_child(payload));
end

-- The answer goes to the moderator's browser, which has not asked. The room keeps our id within its own.
local hear_focus = guarded("hearing focus", function (event)
	local stanza = event.stanza;
	if stanza.attr.type ~= "result" and stanza.attr.type ~= "error" then return; end
	local told = asked[((base64.decode(stanza.attr.id or "") or ""):match("^%Z+%z(%Z*)%z"))];
	if not told then return; end
	local failure;
	if stanza.attr.type == "error" then
		local _, condition = stanza:get_error();
		failure = REFUSALS[condition] or condition;
	end
	told(failure);
	return true;
end);
module:hook("iq/full", function (event) return hear_focus(event); end, FIRST);

commands["start-recording"] = function (room, command, done)
	if next(memory_of(room).recordings) then error({ told = "already-recording" }); end
	local data = json.encode({ file_recording_metadata = command.metadata or {} });
	ask_focus(room, st.stanza("jibri", { xmlns = NS_JIBRI; action = "start"; recording_mode = "file"; app_data = data }), done);
	return true;
end

-- Focus hears moderators only. Where there is none, such as when all have gone, the recorder is sent out: it ends its
-- recording then as at the end of a meeting.
local function send_recorders_out(room)
	for _, occupant in room:each_occupant() do
		if is_machine(occupant) and not is_focus(occupant) and jid.node(occupant.bare_jid) ~= "transcriber" then
			room:set_role(true, occupant.nick, nil);
		end
	end
end

commands["stop-recording"] = function (room, _, done)
	local session = next(memory_of(room).recordings);
	if not session then error({ told = "no-recording" }); end
	if not pcall(a_moderator, room) then return send_recorders_out(room); end
	ask_focus(room, st.stanza("jibri", { xmlns = NS_JIBRI; action = "stop"; session_id = session }), done);
	return true;
end

commands["end"] = function (room, command)
	room:destroy(nil, command.text or "The meeting was ended.");
end

commands["remove"] = function (room, command)
	room:set_role(true, occupant_of(room, command.occupant).nick, nil, command.text);
end

commands["mute"] = function (room, command, done)
	local occupant = occupant_of(room, command.occupant);
	ask_focus(room, st.stanza("mute", { xmlns = "http://jitsi.org/jitmeet/audio"; jid = occupant.nick }):text("true"), done);
	return true;
end

local function tell_of_change(room)
	room:broadcast_message(st.message({ type = "groupchat"; from = room.jid })
		:tag("x", { xmlns = "http://jabber.org/protocol/muc#user" }):tag("status", { code = "104" }));
end

commands["set-password"] = function (room, command)
	if room:set_password(command.text or "") then tell_of_change(room); end
end

commands["lobby"] = function (room, command)
	if not prosody.hosts[lobby_host] then error({ told = "no-lobby" }); end
	if command.on then
		prosody.events.fire_event("create-persistent-lobby-room", { room = room });
	else
		room:set_members_only(false);
		prosody.events.fire_event("destroy-lobby-room", { room = room; newjid = room.jid });
	end
	tell_of_change(room);
end

commands["notice"] = function (room, command)
	room:broadcast_message(st.message({ type = "groupchat"; from = room.jid }):tag("body"):text(command.text or ""));
end

commands["set-subject"] = function (room, command)
	room:set_subject(room.jid, command.text or "");
end

local results, known_commands, known_order = {}, {}, {};

-- How many commands wait for focus, and whether the next census waits for them to be done.
local open_commands, take_census_when_done = 0, nil;

-- Does what is asked, once, and calls `done` with why it could not be done, or with nothing. A command that returns true
-- calls it later.
local function perform(command, done)
	local run = commands[command.action];
	if not run then return done("unknown-command"); end
	local room = rooms_of(module.host).get_room_from_jid(jid.join(command.room, module.host));
	if not room then return done("no-such-room"); end
	local ok, failure = pcall(run, room, command, done);
	if ok then
		if failure ~= true then done(nil); end
	elseif type(failure) == "table" and failure.told then
		done(failure.told);
	else
		complain("the command %s failed: %s", command.action, failure);
		done("failed");
	end
end

local function obey(command)
	if type(command) ~= "table" or type(command.id) ~= "string" or known_commands[command.id] then return; end
	known_commands[command.id] = true;
	known_order[#known_order + 1] = command.id;
	if #known_order > KNOWN_MOST then known_commands[table.remove(known_order, 1)] = nil; end
	open_commands = open_commands + 1;
	perform(command, function (failure)
		results[#results + 1] = { id = command.id; ok = failure == nil; error = failure };
		if #results > RESULTS_MOST then table.remove(results, 1); end
		open_commands = open_commands - 1;
		if open_commands == 0 and take_census_when_done then take_census_when_done(); end
	end);
end

-- The census ---------------------------------------------------------------------------------------------------------

local census = { instance = uuid.generate(); number = 0; failures = 0 };

local function count_rooms()
	local found = array();
	for room in rooms_of(module.host).each_room(true) do
		local people, recordings = array(), array();
		for _, occupant in room:each_occupant() do
			if not is_focus(occupant) then people:push(person_of(room, occupant)); end
		end
		for breakout_jid in pairs(room._data.breakout_rooms or {}) do
			local breakout = rooms_of(breakout_host).get_room_from_jid(breakout_jid);
			if breakout then
				for _, occupant in breakout:each_occupant() do
					if not is_focus(occupant) then
						people:push(copy_of(person_of(breakout, occupant), { breakout_room_id = breakout_jid }));
					end
				end
			end
		end
		for _, recording in pairs(memory_of(room).recordings) do recordings:push(recording); end
		local password = room:get_password();
		found:push({
			room = jid.split(room.jid); meeting_id = room._data.meetingId; occupants = people; recordings = recordings;
			locked = password ~= nil and password ~= "";
		});
	end
	return found;
end

local take_census;

-- Whether the answer is the server's own, to this very census, and of now.
local function is_genuine(id, answer, response)
	local signature = response and response.headers and response.headers["x-jitsi-signature"];
	if not same(signature, sign(answer)) then return nil, "its signature is wrong"; end
	local told = json.decode(answer);
	if type(told) ~= "table" or told.census ~= id then return nil, "it answers another census"; end
	if math.abs((tonumber(told.time) or 0) - time.now()) > CLOCK_MOST then return nil, "it is of another time"; end
	return told;
end

local function take_census_in(seconds)
	module:add_timer(seconds, function () take_census(); end);
end

local count_and_post = guarded("a census", function ()
	census.number = census.number + 1;
	local id, sent = uuid.generate(), results;
	results = {};
	local body = json.encode({
		census = id; instance = census.instance; number = census.number; timestamp = timestamp();
		module = VERSION; prosody = prosody.version; host = module.host;
		queue = { pending = pending(); dropped = queue.dropped; refused = queue.refused };
		rooms = count_rooms(); results = array(sent);
	});
	post("/v1/jitsi/census", body, function (code, answer, response)
		census.waiting = false;
		if code == 200 then
			census.failures = 0;
			wake();
			local told, failure = is_genuine(id, answer, response);
			if told then
				for _, command in ipairs(told.commands or {}) do obey(command); end
			else
				complain("an answer to our census is not obeyed: %s", failure);
			end
		else
			-- What was done is told again.
			for i = #sent, 1, -1 do table.insert(results, 1, sent[i]); end
			census.failures = census.failures + 1;
		end
		if census.failures > 0 then return take_census_in(wait_after(census.failures)); end
		if open_commands == 0 then return take_census_in(#results > 0 and CENSUS_SOON or CENSUS_EVERY); end
		-- The server holds a census back, and would hear of what is being done no sooner than after that.
		take_census_when_done = function ()
			take_census_when_done = nil;
			take_census_in(CENSUS_SOON);
		end
	end);
	return true;
end);

function take_census()
	if unloaded or census.waiting then return; end
	census.waiting = true;
	if not count_and_post() then
		census.waiting = false;
		take_census_in(RETRY_MOST);
	end
end

-- Beginning and end --------------------------------------------------------------------------------------------------

local function start()
	if url == "" or not secret then
		module:log("error", "reflector_url and reflector_secret must be set: nothing is sent");
		unloaded = true;
		return;
	end
	local waiting = restore();
	module:log("info", "mod_reflector %s sends to %s; %d events wait", VERSION, url, waiting);
	module:add_timer(0, deliver);
	module:add_timer(1, function () take_census(); end);
end

start();

function module.unload()
	unloaded = true;
	if journal then journal:close(); end
end
