-- Stands in for Jitsi's authentication by tokens, which no registry has: it takes and refuses what the real one was seen
-- to take and refuse. Where the real one fails without an answer, so that a browser waits for ever, this one refuses and
-- says "no answer" first.

local async = require "util.async";
local base64 = require "util.encodings".base64;
local formdecode = require "util.http".formdecode;
local hashes = require "util.hashes";
local hex = require "util.hex";
local http = require "net.http";
local json = require "util.json";
local new_sasl = require "util.sasl".new;
local register = require "util.sasl".registerMechanism;
local uuid = require "util.uuid".generate;

local secret = module:get_option_string("app_secret");
local key_server = module:get_option_string("asap_key_server");
local keys_url = module:get_option_string("cache_keys_url");
local issuers = module:get_option_array("asap_accepted_issuers", { module:get_option_string("app_id") });
local audiences = module:get_option_array("asap_accepted_audiences", { "*" });
local wanted = (key_server or keys_url) and "RS256" or "HS256";

local function decode(text)
	local plain = text:gsub("-", "+"):gsub("_", "/");
	return base64.decode(plain .. ("="):rep(-#plain % 4));
end

local function object(text)
	local value = json.decode(decode(text) or "");
	return type(value) == "table" and value or nil;
end

-- A public key of a set as a PEM file: what ASN.1 says of two integers and the algorithm's name.
local function pem_of(key)
	local function element(tag, content)
		local size = #content;
		if size < 128 then
			return string.char(tag, size) .. content;
		elseif size < 256 then
			return string.char(tag, 0x81, size) .. content;
		end
		return string.char(tag, 0x82, math.floor(size / 256), size % 256) .. content;
	end
	local function integer(bytes)
		return element(0x02, (bytes:byte() > 127 and "\0" or "") .. bytes);
	end
	local rsa = element(0x30, (hex.decode or hex.from)("06092a864886f70d0101010500"));
	local numbers = element(0x30, integer(decode(key.n)) .. integer(decode(key.e)));
	local text = base64.encode(element(0x30, rsa .. element(0x03, "\0" .. numbers)));
	return "-----BEGIN PUBLIC KEY-----\n" .. text:gsub(("."):rep(64), "%0\n") .. "\n-----END PUBLIC KEY-----\n";
end

local fetched, cached = {}, {};

if keys_url then
	module:add_timer(0.1, function ()
		http.request(keys_url, nil, function (body, code)
			for _, key in ipairs(code == 200 and json.decode(body).keys or {}) do
				cached[key.kid] = pem_of(key);
			end
		end);
	end);
end

local function public_key(kid)
	if cached[kid] or fetched[kid] then
		return cached[kid] or fetched[kid];
	elseif not key_server then
		return nil, "no answer: there is no key server to ask for the key";
	end
	local answer = async.wait_for(http.request(key_server .. "/" .. hashes.sha256(kid, true) .. ".pem"));
	if not answer or answer.code ~= 200 then
		return nil, "could not obtain public key";
	end
	fetched[kid] = answer.body;
	return answer.body;
end

-- Prosody's own libraries have no RSA.
local function is_signed(signed, signature, pem)
	local names = {};
	for what, text in pairs { pem = pem, signed = signed, signature = signature } do
		names[what] = os.tmpname();
		local file = assert(io.open(names[what], "wb"));
		file:write(text);
		file:close();
	end
	local command = "openssl dgst -sha256 -verify %s -signature %s %s >/dev/null 2>&1";
	local good = os.execute(command:format(names.pem, names.signature, names.signed));
	for _, name in pairs(names) do
		os.remove(name);
	end
	return good == true or good == 0;
end

local function accepts(list, value)
	for _, accepted in ipairs(list) do
		if accepted == "*" or accepted == value then
			return true;
		end
	end
end

local function timely(claims)
	local now = os.time();
	if claims.exp and type(claims.exp) ~= "number" then
		return "exp must be number";
	elseif claims.nbf and type(claims.nbf) ~= "number" then
		return "nbf must be number";
	elseif claims.exp and now >= claims.exp then
		return "Not acceptable by exp";
	elseif claims.nbf and now < claims.nbf then
		return "Not acceptable by nbf";
	end
end

local function addressed(claims)
	if claims.iss == nil then
		return "'iss' claim is missing";
	elseif not accepts(issuers, claims.iss) then
		return "invalid 'iss' claim";
	elseif claims.aud == nil then
		return "'aud' claim is missing";
	elseif not accepts(audiences, claims.aud) then
		return "invalid 'aud' claim";
	elseif claims.room == nil then
		return "no answer: 'room' claim is missing";
	end
end

-- The claims, or why the token is refused.
local function verify(token)
	local parts = {};
	for part in token:gmatch("[^.]+") do
		parts[#parts + 1] = part;
	end
	local key = secret;
	if wanted == "RS256" then
		local header, problem = parts[1] and object(parts[1]);
		if not header then
			return nil, "bad token format";
		elseif not header.kid then
			return nil, "'kid' claim is missing";
		elseif type(header.alg) ~= "string" or header.alg:sub(1, 2) ~= "RS" then
			return nil, "'kid' claim only support with RS family";
		end
		key, problem = public_key(header.kid);
		if not key then
			return nil, problem;
		end
	end
	if #parts ~= 3 then
		return nil, "Invalid token";
	end
	local header, claims, signature = object(parts[1]), object(parts[2]), decode(parts[3]);
	if not header or not claims or not signature then
		return nil, "Invalid token";
	elseif header.typ ~= "JWT" then
		return nil, "Invalid typ";
	elseif header.alg ~= wanted then
		return nil, "Invalid or incorrect alg";
	end
	local signed = parts[1] .. "." .. parts[2];
	local good = wanted == "RS256" and is_signed(signed, signature, key)
		or wanted == "HS256" and hashes.hmac_sha256(key, signed) == signature;
	if not good then
		return nil, "Invalid signature";
	end
	local problem = timely(claims) or addressed(claims);
	if problem then
		return nil, problem;
	end
	return claims;
end

local function shown(event)
	local session, request = event.session, event.request;
	local bearer = (request.headers.authorization or ""):match("^Bearer (.+)$");
	local query = request.url.query and formdecode(request.url.query) or {};
	session.jitsi_token = query.token or bearer;
end

module:hook_global("websocket-session", shown);
module:hook_global("bosh-session", shown);

local provider = {};
for _, name in ipairs { "test_password", "get_password", "set_password", "user_exists", "create_user" } do
	provider[name] = function () return nil; end
end

function provider.get_sasl_handler(session)
	return new_sasl(module.host, {
		anonymous = function ()
			if not session.jitsi_token then
				return nil, "token required";
			end
			local claims, problem = verify(session.jitsi_token);
			session.jitsi_claims = claims;
			return claims and true, problem;
		end;
	});
end

register("ANONYMOUS", { "anonymous" }, function (self)
	local name = uuid();
	local good, problem = self.profile.anonymous(self, name, self.realm);
	if not good then
		return "failure", "not-allowed", problem;
	end
	self.username = name;
	return "success";
end);

module:provides("auth", provider);
