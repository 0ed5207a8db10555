package polyroom

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Right is what a user may do in a room.
type Right string

const (
	// Login allows to enter the room, and to stay in it.
	Login     Right = "login"
	Publish   Right = "publish"
	Subscribe Right = "subscribe"
	// Message is SendMessages, ReadMessages and Attributes.
	Message Right = "message"
	Share   Right = "share"
	// Media allows to publish audio and video, Data to publish data; Publish is both.
	Media        Right = "media"
	Data         Right = "data"
	SendMessages Right = "sendMessages"
	ReadMessages Right = "readMessages"
	// Attributes allows to change the attributes of the room.
	Attributes Right = "attributes"
	// Hidden keeps the user out of the lists and counts of the room.
	Hidden Right = "hidden"
)

var (
	allRights = []Right{
		Login, Publish, Subscribe, Message, Share, Media, Data, SendMessages, ReadMessages, Attributes,
		Hidden,
	}
	token04Rights = []Right{Login, Publish}
)

// RoomGrant is the rights in one room, or in the rooms that match a pattern.
type RoomGrant struct {
	RoomID string `json:"id,omitempty"`
	// RoomPattern is, instead of RoomID, a room ID in which each * stands for any characters, none included.
	RoomPattern string  `json:"pattern,omitempty"`
	Rights      []Right `json:"rights"`
	// Streams has the streams that the user may publish or share there, IDs or patterns with *; nil allows any.
	Streams []string `json:"streams,omitempty"`
}

// TokenOptions is the content of a native token.
type TokenOptions struct {
	AppID uint32
	// UserID has 1 to 63 bytes and does not begin with $.
	UserID string
	// Secret is the ServerSecret of the AppID: 32 bytes.
	Secret string
	// EffectiveTime is how long the token is valid, in whole seconds.
	EffectiveTime time.Duration
	// Rooms has the rights in each room. AnyRoom grants every room with all rights instead: an empty list is refused,
	// because it may come from a mistake.
	Rooms   []RoomGrant
	AnyRoom bool
	// Streams has the streams that the user may publish, IDs or patterns with *; nil allows any.
	Streams []string
	// MaxRooms is the most rooms at the same time, where the AppID allows more; 0 is as many as it allows.
	MaxRooms int
	// MaxLifetime is POLYROOM_MAX_GRANT_SECONDS of the cluster; 0 is DefaultMaxLifetime.
	MaxLifetime time.Duration
	// Now is the time of issue; the zero time is the current one.
	Now time.Time
}

type claims struct {
	App      uint32      `json:"app"`
	User     string      `json:"user"`
	Rooms    []RoomGrant `json:"rooms,omitempty"`
	Streams  []string    `json:"streams,omitempty"`
	MaxRooms int         `json:"max_rooms,omitempty"`
	Iat      int64       `json:"iat"`
	Nbf      int64       `json:"nbf"`
	Exp      int64       `json:"exp"`
	Jti      string      `json:"jti"`
}

// CreateToken makes a native token: one token for several rooms, each with its own rights. A wrong option is an
// *ArgumentError.
func CreateToken(options TokenOptions) (string, error) {
	o := options
	if err := checkBase(o.AppID, o.UserID, o.Secret, o.EffectiveTime, o.MaxLifetime); err != nil {
		return "", err
	}
	if err := checkRooms(o.Rooms, o.AnyRoom); err != nil {
		return "", err
	}
	if err := checkStreamPatterns("Streams", o.Streams); err != nil {
		return "", err
	}
	if o.MaxRooms < 0 {
		return "", refuseArgument("MaxRooms", "must be a whole number from 1 to 9007199254740991")
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", err
	}
	issuedAt := orNow(o.Now).Unix()
	payload, err := json.Marshal(claims{
		App: o.AppID, User: o.UserID, Rooms: o.Rooms, Streams: o.Streams, MaxRooms: o.MaxRooms,
		Iat: issuedAt, Nbf: issuedAt, Exp: issuedAt + int64(o.EffectiveTime/time.Second), Jti: hex.EncodeToString(id),
	})
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(map[string]string{"alg": "HS256", "typ": "JWT", "kid": secretIDOf(o.Secret)})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode(header) + "." + encode(payload)
	token := signed + "." + encode(signHS256(signed, o.Secret))
	argument := "Rooms"
	if o.AnyRoom {
		argument = "Streams"
	}
	if err := checkLength(token, argument); err != nil {
		return "", err
	}
	return token, nil
}

func checkRooms(rooms []RoomGrant, anyRoom bool) error {
	if anyRoom {
		if len(rooms) > 0 {
			return refuseArgument("Rooms", "must be empty with AnyRoom")
		}
		return nil
	}
	if len(rooms) == 0 {
		return refuseArgument("Rooms", "must be a list with at least one entry; AnyRoom grants every room")
	}
	for index, room := range rooms {
		argument := fmt.Sprintf("Rooms[%d]", index)
		if room.RoomID != "" && room.RoomPattern != "" {
			return refuseArgument(argument+".RoomPattern", "must be left out if there is a RoomID")
		}
		if room.RoomPattern != "" {
			if err := roomRule.checkPattern(argument+".RoomPattern", room.RoomPattern); err != nil {
				return err
			}
		} else if err := roomRule.checkArgument(argument+".RoomID", room.RoomID); err != nil {
			return err
		}
		if err := checkStreamPatterns(argument+".Streams", room.Streams); err != nil {
			return err
		}
		if err := checkRights(argument+".Rights", room.Rights, allRights); err != nil {
			return err
		}
	}
	return nil
}

// secretIDOf returns the kid of native tokens.
func secretIDOf(secret string) string {
	sum := sha256.Sum256([]byte("polyroom secret id\n" + secret))
	return hex.EncodeToString(sum[:])[:16]
}

func signHS256(signed, secret string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return mac.Sum(nil)
}
