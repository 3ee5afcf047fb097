-- A Prosody as Debian sets it up. Jitsi's part is in conf.d.

admins = { }

plugin_paths = { "/usr/local/lib/prosody/modules" }

modules_enabled = {
		"disco"; -- what there is
		"roster";
		"saslauth";
		"tls";
		"ping";
		"posix";
		--"bosh"; -- Jitsi's host has it
}

modules_disabled = { }

pidfile = "/run/prosody/prosody.pid";

authentication = "internal_hashed"

log = {
	info = "/var/log/prosody/prosody.log";
	error = "/var/log/prosody/prosody.err";
	{ levels = { "error" }; to = "syslog"; };
}

VirtualHost "localhost"

Include "conf.d/*.cfg.lua"
