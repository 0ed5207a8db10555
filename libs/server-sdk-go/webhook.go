package polyroom

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// WebhookSignatureHeader is the header that carries the signature.
const WebhookSignatureHeader = "Polyroom-Signature"

const (
	// As many as the hash has (RFC 7518, section 3.2).
	webhookSecretMinBytes = 32
	defaultTolerance      = 5 * time.Minute
)

var (
	timestampPattern = regexp.MustCompile("^(0|[1-9][0-9]{0,11})$")
	sha256Pattern    = regexp.MustCompile("^[0-9a-f]{64}$")
	sha1Pattern      = regexp.MustCompile("^[0-9a-f]{40}$")
)

// VerifyOptions may stay zero.
type VerifyOptions struct {
	// Tolerance is how old a request may be, one second to a day; 0 is five minutes.
	Tolerance time.Duration
	// Now is the time of the check; the zero time is the current one.
	Now time.Time
}

// SignWebhook returns the value of Polyroom-Signature for a body. Name two secrets during a rotation; each has at
// least 32 bytes. The zero time is the current one.
func SignWebhook(body []byte, secrets []string, now time.Time) (string, error) {
	if len(secrets) == 0 {
		return "", refuseArgument("secrets", "must be a list with at least one entry; name two during a rotation")
	}
	timestamp := strconv.FormatInt(orNow(now).Unix(), 10)
	parts := []string{"t=" + timestamp}
	for index, secret := range secrets {
		if err := checkWebhookSecret(fmt.Sprintf("secrets[%d]", index), secret); err != nil {
			return "", err
		}
		parts = append(parts, "v1="+hex.EncodeToString(signBody(body, secret, timestamp)))
	}
	return strings.Join(parts, ","), nil
}

// VerifyWebhook returns a *WebhookSignatureError unless the body is signed with the secret, not long ago. The header is
// the value of Polyroom-Signature, the body is as it arrived, before any parsing.
func VerifyWebhook(header string, body []byte, secret string, options VerifyOptions) error {
	if err := checkWebhookSecret("secret", secret); err != nil {
		return err
	}
	tolerance, err := options.readTolerance()
	if err != nil {
		return err
	}
	timestamp, signatures := parseHeader(header)
	if signatures == nil {
		return &WebhookSignatureError{Malformed}
	}
	expected := signBody(body, secret, timestamp)
	matches := 0
	// All of them are compared, so that the time does not depend on which one matches.
	for _, signature := range signatures {
		matches += subtle.ConstantTimeCompare(signature, expected)
	}
	if matches == 0 {
		return &WebhookSignatureError{Mismatch}
	}
	return checkAge(timestamp, tolerance, options.Now)
}

// SignZegoCallback returns ZEGO's signature of a callback.
func SignZegoCallback(callbackSecret, timestamp, nonce string) (string, error) {
	if callbackSecret == "" {
		return "", refuseArgument("callbackSecret", "must be a string that is not empty")
	}
	return hex.EncodeToString(zegoDigest(callbackSecret, timestamp, nonce)), nil
}

// VerifyZegoCallback returns a *WebhookSignatureError unless the callback is signed with the CallbackSecret. The
// signature, timestamp and nonce are those of the body, which is not signed.
func VerifyZegoCallback(signature, timestamp, nonce, callbackSecret string, options VerifyOptions) error {
	if callbackSecret == "" {
		return refuseArgument("callbackSecret", "must be a string that is not empty")
	}
	tolerance, err := options.readTolerance()
	if err != nil {
		return err
	}
	if !sha1Pattern.MatchString(signature) || !timestampPattern.MatchString(timestamp) {
		return &WebhookSignatureError{Malformed}
	}
	given, _ := hex.DecodeString(signature)
	if !hmac.Equal(given, zegoDigest(callbackSecret, timestamp, nonce)) {
		return &WebhookSignatureError{Mismatch}
	}
	return checkAge(timestamp, tolerance, options.Now)
}

func (o VerifyOptions) readTolerance() (time.Duration, error) {
	if o.Tolerance == 0 {
		return defaultTolerance, nil
	}
	if o.Tolerance < time.Second || o.Tolerance > 24*time.Hour {
		return 0, refuseArgument("Tolerance", "must be whole seconds from 1 to 86400")
	}
	return o.Tolerance, nil
}

// parseHeader returns no signatures without exactly one timestamp and at least one v1. Other schemes are skipped: later
// versions add some.
func parseHeader(header string) (string, [][]byte) {
	var timestamps []string
	var signatures [][]byte
	for _, item := range strings.Split(header, ",") {
		item = strings.Trim(item, " \t")
		if value, found := strings.CutPrefix(item, "t="); found {
			timestamps = append(timestamps, value)
		} else if value, found := strings.CutPrefix(item, "v1="); found {
			if !sha256Pattern.MatchString(value) {
				return "", nil
			}
			signature, _ := hex.DecodeString(value)
			signatures = append(signatures, signature)
		}
	}
	if len(timestamps) != 1 || !timestampPattern.MatchString(timestamps[0]) {
		return "", nil
	}
	return timestamps[0], signatures
}

func signBody(body []byte, secret, timestamp string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

func zegoDigest(values ...string) []byte {
	sort.Strings(values)
	sum := sha1.Sum([]byte(strings.Join(values, "")))
	return sum[:]
}

func checkAge(timestamp string, tolerance time.Duration, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if age := orNow(now).Sub(time.Unix(seconds, 0)); err != nil || age > tolerance || age < -tolerance {
		return &WebhookSignatureError{Stale}
	}
	return nil
}

func checkWebhookSecret(argument, secret string) error {
	if len(secret) < webhookSecretMinBytes {
		return refuseArgument(argument, "must have at least %d bytes", webhookSecretMinBytes)
	}
	return nil
}
