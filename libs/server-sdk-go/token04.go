package polyroom

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"time"
)

// "04" + base64( int64 expire | uint16 nonce length | nonce | uint16 cipher length | cipher and tag | uint8 mode ),
// numbers in big endian; mode 1 is AES-256-GCM.
const (
	token04Prefix = "04"
	nonceBytes    = 12
	tagBytes      = 16
	headBytes     = 8 + 2 + nonceBytes + 2
	gcmMode       = 1
)

// Token04Room is the one room that a token04 can name.
type Token04Room struct {
	RoomID string
	// Rights: Login includes Subscribe and Message, Publish includes Share.
	Rights []Right
	// Streams has the stream IDs that the user may publish; nil allows any.
	Streams []string
}

// Token04Options is the content of a token04.
type Token04Options struct {
	AppID         uint32
	UserID        string
	Secret        string
	EffectiveTime time.Duration
	// Room, or AnyRoom, which grants every room with all rights.
	Room        *Token04Room
	AnyRoom     bool
	MaxLifetime time.Duration
	Now         time.Time
}

type token04Content struct {
	AppID   uint32 `json:"app_id"`
	UserID  string `json:"user_id"`
	Nonce   int32  `json:"nonce"`
	Ctime   int64  `json:"ctime"`
	Expire  int64  `json:"expire"`
	Payload string `json:"payload"`
}

// CreateToken04 makes a token04, the format of ZEGO's generators. A wrong option is an *ArgumentError.
func CreateToken04(options Token04Options) (string, error) {
	o := options
	if err := checkBase(o.AppID, o.UserID, o.Secret, o.EffectiveTime, o.MaxLifetime); err != nil {
		return "", err
	}
	if err := checkToken04Room(o.Room, o.AnyRoom); err != nil {
		return "", err
	}
	payload, err := writePayload(o.Room)
	if err != nil {
		return "", err
	}
	// A payload of this length makes a longer token; far longer ones do not fit into the length field of a token04.
	if err := checkLength(payload, "Room.Streams"); err != nil {
		return "", err
	}
	random := make([]byte, 4+nonceBytes)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	ctime := orNow(o.Now).Unix()
	expire := ctime + int64(o.EffectiveTime/time.Second)
	content, err := json.Marshal(token04Content{
		AppID: o.AppID, UserID: o.UserID, Nonce: int32(binary.BigEndian.Uint32(random)),
		Ctime: ctime, Expire: expire, Payload: payload,
	})
	if err != nil {
		return "", err
	}
	gcm, err := openGCM(o.Secret)
	if err != nil {
		return "", err
	}
	nonce := random[4:]
	sealed := gcm.Seal(nil, nonce, content, nil)
	wire := binary.BigEndian.AppendUint64(nil, uint64(expire))
	wire = binary.BigEndian.AppendUint16(wire, nonceBytes)
	wire = append(wire, nonce...)
	wire = binary.BigEndian.AppendUint16(wire, uint16(len(sealed)))
	wire = append(append(wire, sealed...), gcmMode)
	token := token04Prefix + base64.StdEncoding.EncodeToString(wire)
	if err := checkLength(token, "Room.Streams"); err != nil {
		return "", err
	}
	return token, nil
}

func checkToken04Room(room *Token04Room, anyRoom bool) error {
	if anyRoom && room != nil {
		return refuseArgument("Room", "must be nil with AnyRoom")
	}
	if anyRoom {
		return nil
	}
	if room == nil {
		return refuseArgument("Room", "is missing; AnyRoom grants every room")
	}
	if err := roomRule.checkArgument("Room.RoomID", room.RoomID); err != nil {
		return err
	}
	if err := checkRights("Room.Rights", room.Rights, token04Rights); err != nil {
		return err
	}
	return checkStreams("Room.Streams", room.Streams)
}

// writePayload returns ZEGO's privilege payload: "1" = log in, "2" = publish.
func writePayload(room *Token04Room) (string, error) {
	if room == nil {
		return "", nil
	}
	flag := func(right Right) int {
		if containsRight(room.Rights, right) {
			return 1
		}
		return 0
	}
	payload, err := json.Marshal(map[string]any{
		"room_id":        room.RoomID,
		"privilege":      map[string]int{"1": flag(Login), "2": flag(Publish)},
		"stream_id_list": room.Streams,
	})
	return string(payload), err
}

func openGCM(secret string) (cipher.AEAD, error) {
	block, err := aes.NewCipher([]byte(secret))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
