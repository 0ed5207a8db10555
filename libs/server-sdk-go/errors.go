// Package polyroom makes and verifies the tokens of Polyroom for application servers, and signs and verifies requests
// between servers. It uses the standard library only.
package polyroom

import (
	"fmt"
	"strings"
)

const illegalParam = 1000017

// ArgumentError reports an argument that is missing or wrong. The message begins with the argument.
type ArgumentError struct {
	// Argument is the field, such as Rooms[0].RoomID.
	Argument string
	// Code is the number in docs/errors.md.
	Code    int
	problem string
}

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("%s: %s.", e.Argument, strings.TrimSuffix(e.problem, "."))
}

func refuseArgument(argument, format string, values ...any) *ArgumentError {
	return &ArgumentError{Argument: argument, Code: illegalParam, problem: fmt.Sprintf(format, values...)}
}

// TokenError reports a token that is forged, expired, or of another AppID.
type TokenError struct {
	// Code is that of the servers (docs/errors.md).
	Code    int
	message string
}

func (e *TokenError) Error() string { return e.message }

var tokenMessages = map[int]string{
	illegalParam: "The AppID of the token is not valid.",
	1001000:      "The AppID is 0.",
	1002033:      "The token is wrong or has expired.",
	1002074:      "The token could not be read.",
	1002075:      "The token is malformed.",
	1002076:      "The token belongs to another AppID.",
	1002078:      "The token has expired, is not yet valid, or exceeds the maximum lifetime of the cluster.",
	1002080:      "The nonce of the token is not an integer.",
}

// refuseToken returns the error without its cause, which would reveal how far a forgery passed.
func refuseToken(code int) *TokenError { return &TokenError{Code: code, message: tokenMessages[code]} }

// SignatureReason says why a request is refused.
type SignatureReason string

const (
	// Malformed: there is no signature, or none of this form.
	Malformed SignatureReason = "malformed"
	// Mismatch: another secret, or a body that was changed or parsed.
	Mismatch SignatureReason = "mismatch"
	// Stale: the signature is genuine, and too old.
	Stale SignatureReason = "stale"
)

var signatureMessages = map[SignatureReason]string{
	Malformed: "The signature is missing or malformed.",
	Mismatch:  "The signature does not match: the secret is another one, or the body was changed or parsed.",
	Stale:     "The timestamp is too far from the current time: the request is a repeated one, or a clock is wrong.",
}

// WebhookSignatureError reports a request that is not to be trusted: answer it with 400 and ignore its body.
type WebhookSignatureError struct{ Reason SignatureReason }

func (e *WebhookSignatureError) Error() string { return signatureMessages[e.Reason] }
