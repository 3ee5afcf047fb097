-- Stands in for Jitsi's modules of that name, token_affiliation, and the filter before Jibri: whether a token opens the
-- room, what its holder becomes there, and whether they may record. Recordings are asked for at "focus", which nobody need
-- be: what Jicofo would refuse is refused here.

local jid = require "util.jid";
local st = require "util.stanza";

local verifies_domain = module:get_option_boolean("enable_domain_verification", true);
local no_token_needed = module:get_option_set("token_verification_allowlist", {});
local domain = module.host:match("^[^.]+%.(.+)$");

local function is_true(value)
	return value == true or value == "true";
end

-- Why the token does not open the room; nothing where it does.
local function refusal(session, room)
	local claims = session.jitsi_claims;
	if not claims then
		return "Room name cannot be matched to the one from token.";
	end
	local wanted = claims.room:lower();
	if wanted ~= "*" and verifies_domain and is_true(((claims.context or {}).room or {}).regex) then
		wanted = room:match(wanted);
		if not wanted then
			return "Room name cannot be matched to the one from token.";
		end
	end
	if wanted ~= "*" and wanted ~= room then
		return "Room and token mismatched";
	elseif not verifies_domain then
		return nil;
	elseif claims.sub == nil then
		return "no answer: 'sub' claim is missing";
	elseif claims.sub ~= "*" and claims.sub:lower() ~= domain then
		return "Room and token mismatched";
	end
end

local function check(event)
	local stanza = event.stanza;
	if no_token_needed:contains(jid.host(stanza.attr.from)) then
		return;
	end
	local problem = refusal(event.origin, jid.node(stanza.attr.to));
	if problem then
		event.origin.send(st.error_reply(stanza, "cancel", "not-allowed", problem));
		return true;
	end
end

module:hook("muc-room-pre-create", check, 99);
module:hook("muc-occupant-pre-join", check, 99);

local owners = { owner = true, moderator = true, teacher = true };

module:hook("muc-occupant-pre-join", function (event)
	local claims = event.origin.jitsi_claims;
	if claims then
		local user = (claims.context or {}).user or {};
		local affiliation = (owners[user.affiliation] or is_true(user.moderator)) and "owner" or "member";
		event.room:set_affiliation(true, jid.bare(event.stanza.attr.from), affiliation);
		event.occupant.role = event.room:get_default_role(affiliation);
	end
end, 20);

module:hook("iq/full", function (event)
	local stanza, claims = event.stanza, event.origin.jitsi_claims;
	local asked = stanza:get_child("jibri", "http://jitsi.org/protocol/jibri");
	if not asked or not claims or stanza.attr.type ~= "set" then
		return;
	end
	local room = prosody.hosts[module.host].modules.muc.get_room_from_jid(jid.bare(stanza.attr.to));
	local occupant = room and room:get_occupant_by_real_jid(stanza.attr.from);
	local is_moderator = occupant and occupant.role == "moderator";
	local features = (claims.context or {}).features;
	local allowed = is_moderator;
	if features then
		allowed = is_true(features.recording);
	end
	if not allowed then
		event.origin.send(st.error_reply(stanza, "auth", "forbidden"));
	elseif not is_moderator then
		event.origin.send(st.error_reply(stanza, "cancel", "not-allowed"));
	else
		event.origin.send(st.reply(stanza):tag("jibri", { xmlns = asked.attr.xmlns, session_id = "s1" }));
	end
	return true;
end, 10);
