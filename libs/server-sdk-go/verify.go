package polyroom

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// clockSkew is the tolerance for a clock of an application server that is ahead of ours.
const clockSkew = 10

// VerifyTokenOptions says what a token is checked against.
type VerifyTokenOptions struct {
	AppID uint32
	// Secret is the ServerSecret of the AppID.
	Secret string
	// MaxLifetime is POLYROOM_MAX_GRANT_SECONDS of the cluster; 0 is DefaultMaxLifetime.
	MaxLifetime time.Duration
	// Now is the time of the check; the zero time is the current one.
	Now time.Time
}

// VerifiedToken is the content of a valid token.
type VerifiedToken struct {
	UserID string
	// AnyRoom: the token grants every room with all rights, and Rooms is nil.
	AnyRoom bool
	Rooms   []RoomGrant
	// AnyStream: the user may publish any stream ID, and Streams is nil.
	AnyStream bool
	Streams   []string
	// MaxRooms is 0 for as many as the AppID allows.
	MaxRooms  int
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// VerifyToken returns the content of a native token or token04, checked as the servers check it. An invalid token is a
// *TokenError.
func VerifyToken(token string, options VerifyTokenOptions) (*VerifiedToken, error) {
	if token == "" {
		return nil, refuseArgument("token", "must be a string that is not empty")
	}
	if err := checkAppID(options.AppID); err != nil {
		return nil, err
	}
	if err := checkSecret(options.Secret); err != nil {
		return nil, err
	}
	maxLifetime, err := readMaxLifetime(options.MaxLifetime)
	if err != nil {
		return nil, err
	}
	if len(token) > tokenMaxChars {
		return nil, refuseToken(1002033)
	}
	verify := verifyNative
	if strings.HasPrefix(token, token04Prefix) {
		verify = verifyToken04
	}
	now := float64(orNow(options.Now).UnixNano()) / 1e9
	verified, refusal := verify(token, options, maxLifetime.Seconds(), now)
	// A nil *TokenError in an error would not be nil.
	if refusal != nil {
		return nil, refusal
	}
	return verified, nil
}

func verifyNative(token string, options VerifyTokenOptions, maxLifetime, now float64) (*VerifiedToken, *TokenError) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, refuseToken(1002033)
	}
	var decoded [3][]byte
	for index, part := range parts {
		value, err := base64.RawURLEncoding.DecodeString(part)
		// Each token has exactly one encoding.
		if err != nil || base64.RawURLEncoding.EncodeToString(value) != part {
			return nil, refuseToken(1002033)
		}
		decoded[index] = value
	}
	var header map[string]any
	// The algorithm is fixed: that of the header is compared, never followed.
	if json.Unmarshal(decoded[0], &header) != nil || header["alg"] != "HS256" ||
		header["crit"] != nil || header["kid"] != secretIDOf(options.Secret) {
		return nil, refuseToken(1002033)
	}
	if !hmac.Equal(decoded[2], signHS256(parts[0]+"."+parts[1], options.Secret)) {
		return nil, refuseToken(1002033)
	}
	claims, refusal := readObject(decoded[1], 1002074)
	if refusal != nil {
		return nil, refusal
	}
	verified, refusal := readClaims(claims)
	if refusal != nil {
		return nil, refusal
	}
	if claims["app"] != float64(options.AppID) {
		return nil, refuseToken(1002076)
	}
	if refusal := verified.readLifetime(claims["iat"], claims["exp"].(float64), maxLifetime, now); refusal != nil {
		return nil, refusal
	}
	if notBefore, found := claims["nbf"].(float64); found && notBefore > now+clockSkew {
		return nil, &TokenError{1002078, "The token is not valid yet."}
	}
	return verified, nil
}

func readClaims(claims map[string]any) (*VerifiedToken, *TokenError) {
	malformed := refuseToken(1002075)
	if app, ok := integer(claims["app"]); !ok || app > math.MaxUint32 {
		return nil, refuseToken(illegalParam)
	} else if app < 1 {
		return nil, refuseToken(1001000)
	}
	verified := &VerifiedToken{AnyRoom: true, AnyStream: true}
	var refusal *TokenError
	if verified.UserID, refusal = readID(userRule, claims["user"]); refusal != nil {
		return nil, refusal
	}
	if value, found := claims["rooms"]; found {
		list, ok := value.([]any)
		if !ok {
			return nil, malformed
		}
		verified.AnyRoom, verified.Rooms = false, []RoomGrant{}
		for _, each := range list {
			room, refusal := readRoom(each)
			if refusal != nil {
				return nil, refusal
			}
			verified.Rooms = append(verified.Rooms, room)
		}
	}
	if value, found := claims["streams"]; found {
		if verified.Streams, refusal = readStreamPatterns(value); refusal != nil {
			return nil, refusal
		}
		verified.AnyStream = false
	}
	if value, found := claims["max_rooms"]; found {
		limit, ok := integer(value)
		if !ok || limit < 1 || limit > 1<<53 {
			return nil, malformed
		}
		verified.MaxRooms = int(limit)
	}
	for _, name := range []string{"iat", "nbf"} {
		value, found := claims[name]
		if _, ok := value.(float64); found && !ok {
			return nil, malformed
		}
	}
	if expiry, ok := claims["exp"].(float64); !ok || expiry > 1<<40 {
		return nil, malformed
	}
	if id, ok := claims["jti"].(string); !ok || id == "" || len(id) > 64 {
		return nil, malformed
	}
	for name := range claims {
		if !strings.Contains(" app user rooms streams max_rooms iat nbf exp jti ", " "+name+" ") {
			return nil, malformed
		}
	}
	return verified, nil
}

func readRoom(value any) (RoomGrant, *TokenError) {
	malformed := refuseToken(1002075)
	room, ok := value.(map[string]any)
	if !ok {
		return RoomGrant{}, malformed
	}
	grant := RoomGrant{}
	var refusal *TokenError
	_, hasID := room["id"]
	value, hasPattern := room["pattern"]
	if hasID || !hasPattern {
		if grant.RoomID, refusal = readID(roomRule, room["id"]); refusal != nil {
			return RoomGrant{}, refusal
		}
	}
	if hasPattern {
		if grant.RoomPattern, refusal = readPattern(roomRule, value); refusal != nil {
			return RoomGrant{}, refusal
		}
	}
	list, ok := room["rights"].([]any)
	if !ok || hasID == hasPattern {
		return RoomGrant{}, malformed
	}
	for name := range room {
		if !strings.Contains(" id pattern rights streams ", " "+name+" ") {
			return RoomGrant{}, malformed
		}
	}
	if value, found := room["streams"]; found {
		if grant.Streams, refusal = readStreamPatterns(value); refusal != nil {
			return RoomGrant{}, refusal
		}
	}
	rights := []Right{}
	for _, each := range list {
		name, ok := each.(string)
		if !ok || !containsRight(allRights, Right(name)) {
			return RoomGrant{}, malformed
		}
		rights = append(rights, Right(name))
	}
	grant.Rights = rights
	return grant, nil
}

// readPattern accepts what the servers do: an ID once each * is one character.
func readPattern(rule idRule, value any) (string, *TokenError) {
	pattern, ok := value.(string)
	if !ok {
		return readID(rule, value)
	}
	_, refusal := readID(rule, withoutWildcards(pattern))
	return pattern, refusal
}

func readStreamPatterns(value any) ([]string, *TokenError) {
	list, ok := value.([]any)
	if !ok {
		return nil, refuseToken(1002075)
	}
	streams := []string{}
	for _, each := range list {
		pattern, refusal := readPattern(streamRule, each)
		if refusal != nil {
			return nil, refusal
		}
		streams = append(streams, pattern)
	}
	return streams, nil
}

func readStreams(value any) ([]string, *TokenError) {
	list, ok := value.([]any)
	if !ok {
		return nil, refuseToken(1002075)
	}
	streams := []string{}
	for _, each := range list {
		streamID, refusal := readID(streamRule, each)
		if refusal != nil {
			return nil, refusal
		}
		streams = append(streams, streamID)
	}
	return streams, nil
}

func verifyToken04(token string, options VerifyTokenOptions, maxLifetime, now float64) (*VerifiedToken, *TokenError) {
	forged := refuseToken(1002033)
	malformed := refuseToken(1002075)
	text := strings.TrimPrefix(token, token04Prefix)
	wire, err := base64.StdEncoding.DecodeString(text)
	// Each token has exactly one encoding.
	if err != nil || base64.StdEncoding.EncodeToString(wire) != text || len(wire) < headBytes+tagBytes+1 {
		return nil, forged
	}
	sealedLength := int(binary.BigEndian.Uint16(wire[10+nonceBytes:]))
	if binary.BigEndian.Uint16(wire[8:]) != nonceBytes || sealedLength < tagBytes ||
		len(wire) != headBytes+sealedLength+1 || wire[len(wire)-1] != gcmMode {
		return nil, forged
	}
	gcm, err := openGCM(options.Secret)
	if err != nil {
		return nil, forged
	}
	clear, err := gcm.Open(nil, wire[10:10+nonceBytes], wire[headBytes:len(wire)-1], nil)
	if err != nil {
		return nil, forged
	}
	content, refusal := readObject(clear, 1002074)
	if refusal != nil {
		return nil, refusal
	}
	appID, isNumber := content["app_id"].(float64)
	if !isNumber {
		return nil, malformed
	}
	verified := &VerifiedToken{}
	if verified.UserID, refusal = readID(userRule, content["user_id"]); refusal != nil {
		return nil, refusal
	}
	ctime, hasCtime := content["ctime"].(float64)
	expire, hasExpire := integer(content["expire"])
	payload, isText := content["payload"].(string)
	if _, found := content["payload"]; !hasCtime || !hasExpire || expire > 1<<40 || (found && !isText) {
		return nil, malformed
	}
	if int64(expire) != int64(binary.BigEndian.Uint64(wire)) {
		return nil, forged
	}
	if appID != float64(options.AppID) {
		return nil, refuseToken(1002076)
	}
	if nonce, ok := integer(content["nonce"]); !ok || nonce < math.MinInt32 || nonce > math.MaxInt32 {
		return nil, refuseToken(1002080)
	}
	if refusal := verified.readLifetime(ctime, expire, maxLifetime, now); refusal != nil {
		return nil, refusal
	}
	if refusal := verified.readPayload(payload); refusal != nil {
		return nil, refusal
	}
	return verified, nil
}

// readPayload: an empty payload grants everything; any other must be a privilege payload, because ignoring it would, too.
func (v *VerifiedToken) readPayload(payload string) *TokenError {
	v.AnyStream = true
	if payload == "" {
		v.AnyRoom = true
		return nil
	}
	content, refusal := readObject([]byte(payload), 1002075)
	if refusal != nil {
		return refusal
	}
	roomID, refusal := readID(roomRule, content["room_id"])
	if refusal != nil {
		return refusal
	}
	privilege, ok := content["privilege"].(map[string]any)
	if !ok {
		return refuseToken(1002075)
	}
	rights := []Right{}
	for _, flag := range []struct {
		key    string
		rights []Right
	}{{"1", []Right{Login, Subscribe, Message}}, {"2", []Right{Publish, Share}}} {
		value, found := privilege[flag.key]
		if found && value != float64(0) && value != float64(1) {
			return refuseToken(1002075)
		}
		if value == float64(1) {
			rights = append(rights, flag.rights...)
		}
	}
	v.Rooms = []RoomGrant{{RoomID: roomID, Rights: rights}}
	if list := content["stream_id_list"]; list != nil {
		streams, refusal := readStreams(list)
		if refusal != nil {
			return refusal
		}
		if len(streams) > 0 {
			v.AnyStream, v.Streams = false, streams
		}
	}
	return nil
}

// readLifetime: the token was issued now at the latest, because a time in the future would make any lifetime look short.
func (v *VerifiedToken) readLifetime(issuedAt any, expiresAt, maxLifetime, now float64) *TokenError {
	if expiresAt <= now {
		return refuseToken(1002078)
	}
	begin := now
	if seconds, ok := issuedAt.(float64); ok {
		begin = math.Min(seconds, now)
	}
	if expiresAt-begin > maxLifetime+clockSkew {
		message := fmt.Sprintf("The token expires too late: it may be valid for %.0f seconds at most.", maxLifetime)
		return &TokenError{1002078, message}
	}
	v.IssuedAt = time.Unix(int64(math.Floor(begin)), 0)
	v.ExpiresAt = time.Unix(int64(math.Floor(expiresAt)), 0)
	return nil
}

func readID(rule idRule, value any) (string, *TokenError) {
	text, _ := value.(string)
	if code, problem := rule.findViolation(text); code != 0 {
		return "", &TokenError{code, problem + "."}
	}
	return text, nil
}

func integer(value any) (float64, bool) {
	number, ok := value.(float64)
	return number, ok && number == math.Floor(number)
}

// readObject returns a JSON object; code for other bytes. Any other JSON, or one that has a name twice, is malformed.
func readObject(text []byte, code int) (map[string]any, *TokenError) {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return nil, refuseToken(code)
	}
	object, ok := value.(map[string]any)
	if !ok || hasDuplicateName(json.NewDecoder(bytes.NewReader(text))) {
		return nil, refuseToken(1002075)
	}
	return object, nil
}

// hasDuplicateName reads one JSON value. Parsers disagree on which of two members of the same name counts.
func hasDuplicateName(decoder *json.Decoder) bool {
	opening, err := decoder.Token()
	if err != nil || (opening != json.Delim('{') && opening != json.Delim('[')) {
		return false
	}
	names := map[string]bool{}
	for decoder.More() {
		if opening == json.Delim('{') {
			name, _ := decoder.Token()
			text, _ := name.(string)
			if names[text] {
				return true
			}
			names[text] = true
		}
		if hasDuplicateName(decoder) {
			return true
		}
	}
	_, err = decoder.Token()
	return err != nil
}
