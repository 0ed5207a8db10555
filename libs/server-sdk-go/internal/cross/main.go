// Command cross answers the calls of the test that compares the languages: one JSON object per line.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"time"

	polyroom "polyroom.example/server-sdk-go"
)

type room struct {
	RoomID      string           `json:"roomId,omitempty"`
	RoomPattern string           `json:"roomPattern,omitempty"`
	Rights      []polyroom.Right `json:"rights"`
	Streams     []string         `json:"streams,omitempty"`
}

type request struct {
	Call    string `json:"call"`
	Options struct {
		AppID                uint32          `json:"appId"`
		UserID               string          `json:"userId"`
		Secret               string          `json:"secret"`
		EffectiveTimeSeconds int64           `json:"effectiveTimeSeconds"`
		MaxLifetimeSeconds   int64           `json:"maxLifetimeSeconds"`
		ToleranceSeconds     int64           `json:"toleranceSeconds"`
		Now                  int64           `json:"now"`
		Rooms                json.RawMessage `json:"rooms"`
		Room                 json.RawMessage `json:"room"`
		Streams              []string        `json:"streams"`
		MaxRooms             int             `json:"maxRooms"`
		Token                string          `json:"token"`
		Body                 string          `json:"body"`
		Header               string          `json:"header"`
		Secrets              []string        `json:"secrets"`
		Signature            string          `json:"signature"`
		Timestamp            string          `json:"timestamp"`
		Nonce                string          `json:"nonce"`
		CallbackSecret       string          `json:"callbackSecret"`
	} `json:"options"`
}

func answer(r request) (any, error) {
	o := r.Options
	var now time.Time
	if o.Now != 0 {
		now = time.Unix(o.Now, 0)
	}
	seconds := func(value int64) time.Duration { return time.Duration(value) * time.Second }
	verifyOptions := polyroom.VerifyOptions{Tolerance: seconds(o.ToleranceSeconds), Now: now}
	switch r.Call {
	case "createToken":
		options := polyroom.TokenOptions{
			AppID: o.AppID, UserID: o.UserID, Secret: o.Secret, EffectiveTime: seconds(o.EffectiveTimeSeconds),
			AnyRoom: string(o.Rooms) == `"any"`, Streams: o.Streams, MaxRooms: o.MaxRooms,
			MaxLifetime: seconds(o.MaxLifetimeSeconds), Now: now,
		}
		var rooms []room
		if !options.AnyRoom {
			if err := json.Unmarshal(o.Rooms, &rooms); err != nil {
				return nil, err
			}
		}
		for _, each := range rooms {
			options.Rooms = append(options.Rooms, polyroom.RoomGrant{
				RoomID: each.RoomID, RoomPattern: each.RoomPattern, Rights: each.Rights, Streams: each.Streams,
			})
		}
		return polyroom.CreateToken(options)
	case "createToken04":
		options := polyroom.Token04Options{
			AppID: o.AppID, UserID: o.UserID, Secret: o.Secret, EffectiveTime: seconds(o.EffectiveTimeSeconds),
			AnyRoom: string(o.Room) == `"any"`, MaxLifetime: seconds(o.MaxLifetimeSeconds), Now: now,
		}
		if !options.AnyRoom {
			var one room
			if err := json.Unmarshal(o.Room, &one); err != nil {
				return nil, err
			}
			options.Room = &polyroom.Token04Room{RoomID: one.RoomID, Rights: one.Rights, Streams: one.Streams}
		}
		return polyroom.CreateToken04(options)
	case "verifyToken":
		return verifyToken(o.Token, polyroom.VerifyTokenOptions{
			AppID: o.AppID, Secret: o.Secret, MaxLifetime: seconds(o.MaxLifetimeSeconds), Now: now,
		})
	case "signWebhook":
		return polyroom.SignWebhook([]byte(o.Body), o.Secrets, now)
	case "verifyWebhook":
		return nil, polyroom.VerifyWebhook(o.Header, []byte(o.Body), o.Secret, verifyOptions)
	case "signZegoCallback":
		return polyroom.SignZegoCallback(o.CallbackSecret, o.Timestamp, o.Nonce)
	case "verifyZegoCallback":
		return nil, polyroom.VerifyZegoCallback(o.Signature, o.Timestamp, o.Nonce, o.CallbackSecret, verifyOptions)
	}
	return nil, errors.New("unknown call")
}

func verifyToken(token string, options polyroom.VerifyTokenOptions) (any, error) {
	verified, err := polyroom.VerifyToken(token, options)
	if err != nil {
		return nil, err
	}
	content := map[string]any{
		"userId": verified.UserID, "rooms": "any", "streams": "any", "maxRooms": nil,
		"issuedAt": verified.IssuedAt.Unix(), "expiresAt": verified.ExpiresAt.Unix(),
	}
	if !verified.AnyRoom {
		rooms := []room{}
		for _, each := range verified.Rooms {
			rooms = append(rooms, room{
				RoomID: each.RoomID, RoomPattern: each.RoomPattern, Rights: each.Rights, Streams: each.Streams,
			})
		}
		content["rooms"] = rooms
	}
	if !verified.AnyStream {
		content["streams"] = verified.Streams
	}
	if verified.MaxRooms != 0 {
		content["maxRooms"] = verified.MaxRooms
	}
	return content, nil
}

func reply(line []byte) map[string]any {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return map[string]any{"problem": err.Error()}
	}
	value, err := answer(r)
	var argument *polyroom.ArgumentError
	var token *polyroom.TokenError
	var signature *polyroom.WebhookSignatureError
	switch {
	case errors.As(err, &argument):
		problem := strings.TrimPrefix(err.Error(), argument.Argument+": ")
		return map[string]any{"argument": argument.Argument, "code": argument.Code, "problem": problem}
	case errors.As(err, &token):
		return map[string]any{"code": token.Code, "problem": err.Error()}
	case errors.As(err, &signature):
		return map[string]any{"reason": signature.Reason, "problem": err.Error()}
	case err != nil:
		return map[string]any{"problem": err.Error()}
	}
	return map[string]any{"value": value}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	output := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := output.Encode(reply(lines.Bytes())); err != nil {
			os.Exit(1)
		}
	}
}
