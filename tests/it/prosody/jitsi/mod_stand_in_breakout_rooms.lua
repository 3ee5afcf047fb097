-- Stands in for Jitsi's own breakout rooms, in as much as our module sees of them: the main room keeps the JIDs of its
-- breakout rooms. Here a breakout room `main-1` belongs to `main`.
local jid = require "util.jid";
local main_host = module:get_option_string("main_muc");

module:hook("muc-room-pre-create", function (event)
	local node = jid.split(event.room.jid);
	local main_node = node:gsub("%-%d+$", "");
	local main = prosody.hosts[main_host].modules.muc.get_room_from_jid(jid.join(main_node, main_host));
	main._data.breakout_rooms = main._data.breakout_rooms or {};
	main._data.breakout_rooms[event.room.jid] = node;
end);
