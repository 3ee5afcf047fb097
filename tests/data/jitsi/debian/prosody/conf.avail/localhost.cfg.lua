-- Debian's own: nothing for Jitsi
VirtualHost "localhost"
