package polyroom

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const secret = "0123456789abcdef0123456789abcdef"

var (
	now     = time.Unix(1_800_000_000, 0)
	subject = VerifyTokenOptions{AppID: 7, Secret: secret, Now: now}
)

func options(change func(*TokenOptions)) TokenOptions {
	o := TokenOptions{
		AppID: 7, UserID: "ann", Secret: secret, EffectiveTime: time.Minute, AnyRoom: true, Now: now,
	}
	change(&o)
	return o
}

func options04(change func(*Token04Options)) Token04Options {
	o := Token04Options{
		AppID: 7, UserID: "ann", Secret: secret, EffectiveTime: time.Minute, AnyRoom: true, Now: now,
	}
	change(&o)
	return o
}

func must(t *testing.T) func(string, error) string {
	return func(value string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func expectArgument(t *testing.T, err error, argument string, code int) {
	t.Helper()
	var wrong *ArgumentError
	if !errors.As(err, &wrong) || wrong.Argument != argument || wrong.Code != code ||
		!strings.HasPrefix(err.Error(), argument+": ") {
		t.Errorf("got %v, want an error of %s with %d", err, argument, code)
	}
}

func expectCode(t *testing.T, token string, options VerifyTokenOptions, code int) {
	t.Helper()
	_, err := VerifyToken(token, options)
	var refused *TokenError
	if !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("got %v for %.40s, want %d", err, token, code)
	}
}

func TestTokensAreAccepted(t *testing.T) {
	rooms := []RoomGrant{
		{RoomID: "stage", Rights: []Right{Login, Publish}, Streams: []string{"ann-*"}},
		{RoomPattern: "lobby-*", Rights: []Right{Login, ReadMessages}},
	}
	times := VerifiedToken{UserID: "ann", IssuedAt: now, ExpiresAt: now.Add(time.Minute)}
	anything, several, one := times, times, times
	anything.AnyRoom, anything.AnyStream = true, true
	several.Rooms, several.Streams, several.MaxRooms = rooms, []string{"ann-camera"}, 2
	one.Rooms = []RoomGrant{{RoomID: "stage", Rights: []Right{Login, Subscribe, Message, Publish, Share}}}
	one.Streams = []string{"ann-camera"}
	severalRooms := func(o *TokenOptions) {
		o.AnyRoom, o.Rooms, o.Streams, o.MaxRooms = false, rooms, []string{"ann-camera"}, 2
	}
	oneRoom := func(o *Token04Options) {
		o.AnyRoom, o.Room = false, &Token04Room{"stage", []Right{Login, Publish}, []string{"ann-camera"}}
	}
	for _, each := range []struct {
		token string
		want  VerifiedToken
	}{
		{must(t)(CreateToken(options(func(*TokenOptions) {}))), anything},
		{must(t)(CreateToken(options(severalRooms))), several},
		{must(t)(CreateToken04(options04(func(*Token04Options) {}))), anything},
		{must(t)(CreateToken04(options04(oneRoom))), one},
	} {
		got, err := VerifyToken(each.token, subject)
		if err != nil || !reflect.DeepEqual(*got, each.want) {
			t.Errorf("got %+v, %v, want %+v", got, err, each.want)
		}
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	many := make([]RoomGrant, 200)
	for index := range many {
		many[index] = RoomGrant{RoomID: "a-room-with-a-long-name", Rights: []Right{Login}}
	}
	for _, each := range []struct {
		argument string
		code     int
		change   func(*TokenOptions)
	}{
		{"AppID", 1001000, func(o *TokenOptions) { o.AppID = 0 }},
		{"UserID", 1002005, func(o *TokenOptions) { o.UserID = "" }},
		{"UserID", 1002006, func(o *TokenOptions) { o.UserID = "ann\n" }},
		{"UserID", 1002006, func(o *TokenOptions) { o.UserID = "$system" }},
		{"UserID", 1002007, func(o *TokenOptions) { o.UserID = strings.Repeat("a", 64) }},
		{"Secret", 1000017, func(o *TokenOptions) { o.Secret = "short" }},
		{"EffectiveTime", 1000017, func(o *TokenOptions) { o.EffectiveTime = 0 }},
		{"EffectiveTime", 1000017, func(o *TokenOptions) { o.EffectiveTime = 3600 }},
		{"EffectiveTime", 1000017, func(o *TokenOptions) { o.EffectiveTime = DefaultMaxLifetime + time.Second }},
		{"MaxLifetime", 1000017, func(o *TokenOptions) { o.MaxLifetime = time.Second }},
		{"Rooms", 1000017, func(o *TokenOptions) { o.AnyRoom = false }},
		{"Rooms", 1000017, func(o *TokenOptions) { o.Rooms = many[:1] }},
		{"Rooms", 1000017, func(o *TokenOptions) { o.AnyRoom, o.Rooms = false, many }},
		{"Rooms[0].RoomID", 1002011, func(o *TokenOptions) { o.AnyRoom, o.Rooms = false, []RoomGrant{{}} }},
		{"Rooms[0].Rights", 1000017, func(o *TokenOptions) { o.AnyRoom, o.Rooms = false, []RoomGrant{{RoomID: "r"}} }},
		{"Rooms[0].Rights[0]", 1000017, func(o *TokenOptions) {
			o.AnyRoom, o.Rooms = false, []RoomGrant{{RoomID: "r", Rights: []Right{"rule"}}}
		}},
		{"Streams", 1000017, func(o *TokenOptions) { o.Streams = []string{} }},
		{"Streams[1]", 1000016, func(o *TokenOptions) { o.Streams = []string{"a", "a b"} }},
		{"MaxRooms", 1000017, func(o *TokenOptions) { o.MaxRooms = -1 }},
	} {
		token, err := CreateToken(options(each.change))
		expectArgument(t, err, each.argument, each.code)
		if token != "" {
			t.Errorf("%s: a token beside the error", each.argument)
		}
	}
	_, err := CreateToken04(options04(func(o *Token04Options) { o.AnyRoom = false }))
	expectArgument(t, err, "Room", 1000017)
	_, err = CreateToken04(options04(func(o *Token04Options) {
		o.AnyRoom, o.Room = false, &Token04Room{RoomID: "r", Rights: []Right{Message}}
	}))
	expectArgument(t, err, "Room.Rights[0]", 1000017)
	_, err = VerifyToken("", subject)
	expectArgument(t, err, "token", 1000017)
}

func TestOtherTokensAreRefused(t *testing.T) {
	native := must(t)(CreateToken(options(func(*TokenOptions) {})))
	token04 := must(t)(CreateToken04(options04(func(*Token04Options) {})))
	for _, token := range []string{native, token04} {
		other := subject
		other.AppID = 8
		expectCode(t, token, other, 1002076)
		other = subject
		other.Secret = strings.ToUpper(secret)
		expectCode(t, token, other, 1002033)
		other = subject
		other.Now = now.Add(time.Minute)
		expectCode(t, token, other, 1002078)
		for index := 2; index < len(token); index++ {
			letter := "A"
			if token[index] == 'A' {
				letter = "B"
			}
			expectCode(t, token[:index]+letter+token[index+1:], subject, 1002033)
		}
	}
	for _, text := range []string{"a.b.c", "..", "é", strings.Repeat("[", 9000), "04", "04AAAA"} {
		expectCode(t, text, subject, 1002033)
	}
}

func TestWebhooks(t *testing.T) {
	first, second := strings.Repeat("w", 32), strings.Repeat("n", 32)
	body := []byte("{}")
	header := must(t)(SignWebhook(body, []string{first, second}, now))
	// printf '1800000000.{}' | openssl dgst -sha256 -hmac wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww
	if want := "t=1800000000,v1=b1fff1c2b4b7551e11c3fd9f41bc2036b94e58b9efa4dc63ce66384aff9c8a8b,v1="; !strings.HasPrefix(header, want) {
		t.Errorf("got %s, want %s", header, want)
	}
	at := func(offset time.Duration) VerifyOptions { return VerifyOptions{Now: now.Add(offset)} }
	for _, each := range []struct {
		header, body, secret string
		offset               time.Duration
		want                 SignatureReason
	}{
		{header, "{}", first, 0, ""},
		{header, "{}", second, 0, ""},
		{header, "{}", second, 5 * time.Minute, ""},
		{header, "{} ", first, 0, Mismatch},
		{header, "{}", strings.Repeat("x", 32), 0, Mismatch},
		{"", "{}", first, 0, Malformed},
		{"t=1," + header, "{}", first, 0, Malformed},
		{header + "0", "{}", first, 0, Malformed},
		{header, "{}", first, 301 * time.Second, Stale},
		{header, "{}", first, -301 * time.Second, Stale},
	} {
		err := VerifyWebhook(each.header, []byte(each.body), each.secret, at(each.offset))
		var refused *WebhookSignatureError
		if errors.As(err, &refused); (err == nil) != (each.want == "") || (refused != nil && refused.Reason != each.want) {
			t.Errorf("%+v: %v", each, err)
		}
	}
	expectArgument(t, VerifyWebhook(header, body, "short", at(0)), "secret", 1000017)
	_, err := SignWebhook(body, nil, now)
	expectArgument(t, err, "secrets", 1000017)
}

func TestZegoCallbacks(t *testing.T) {
	// The example of ZEGO's documentation.
	signature := must(t)(SignZegoCallback("secret", "1470820198", "123412"))
	if signature != "5bd59fd62953a8059fb7eaba95720f66d19e4517" {
		t.Error(signature)
	}
	at := VerifyOptions{Now: time.Unix(1470820198, 0)}
	if err := VerifyZegoCallback(signature, "1470820198", "123412", "secret", at); err != nil {
		t.Error(err)
	}
	if VerifyZegoCallback(signature, "1470820198", "123413", "secret", at) == nil ||
		VerifyZegoCallback("", "1470820198", "123412", "secret", at) == nil ||
		VerifyZegoCallback(signature, "1470820198", "123412", "secret", VerifyOptions{}) == nil {
		t.Error("accepted")
	}
}
