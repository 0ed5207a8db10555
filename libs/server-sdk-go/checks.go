package polyroom

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

type idRule struct {
	name                     string
	pattern                  *regexp.Regexp
	maxBytes                 int
	empty, tooLong, badChars int
	charsProblem             string
}

var (
	callerID = regexp.MustCompile("^[0-9A-Za-z~!@#$%^&*()_+=\\-`;',.<>\\\\]+$")
	reserved = "The %s contains a character that is not allowed, or begins with '$', which is reserved"
	userRule = idRule{"user ID", callerID, 63, 1002005, 1002007, 1002006, fmt.Sprintf(reserved, "user ID")}
	roomRule = idRule{"room ID", callerID, 127, 1002011, 1002013, 1002012, fmt.Sprintf(reserved, "room ID")}
	// The servers accept a stream ID of this form only.
	streamRule = idRule{
		"stream ID", regexp.MustCompile("^[0-9A-Za-z_-]+$"), 255, 1000015, 1000014, 1000016,
		"The stream ID may contain only digits, English letters, '-' and '_'",
	}
)

// findViolation returns the code and the problem of an ID, or 0. Order: empty, length, characters.
func (r idRule) findViolation(value string) (int, string) {
	switch {
	case value == "":
		return r.empty, fmt.Sprintf("The %s is empty", r.name)
	case len(value) > r.maxBytes:
		return r.tooLong, fmt.Sprintf("The %s is longer than %d bytes", r.name, r.maxBytes)
	case !r.pattern.MatchString(value) || strings.HasPrefix(value, "$"):
		return r.badChars, r.charsProblem
	}
	return 0, ""
}

func (r idRule) checkArgument(argument, value string) error {
	if code, problem := r.findViolation(value); code != 0 {
		return &ArgumentError{Argument: argument, Code: code, problem: problem}
	}
	return nil
}

// checkPattern accepts what the servers do: an ID once each * is one character.
func (r idRule) checkPattern(argument, pattern string) error {
	return r.checkArgument(argument, withoutWildcards(pattern))
}

func withoutWildcards(pattern string) string {
	return strings.ReplaceAll(pattern, "*", "x")
}

// DefaultMaxLifetime is the longest validity that the servers accept, unless POLYROOM_MAX_GRANT_SECONDS of the
// cluster says otherwise.
const DefaultMaxLifetime = 24 * 24 * time.Hour

const (
	secretBytes    = 32
	tokenMaxChars  = 8192
	minMaxLifetime = time.Minute
	maxMaxLifetime = 366 * 24 * time.Hour
)

func checkBase(appID uint32, userID, secret string, effectiveTime, maxLifetime time.Duration) error {
	if err := checkAppID(appID); err != nil {
		return err
	}
	if err := userRule.checkArgument("UserID", userID); err != nil {
		return err
	}
	if err := checkSecret(secret); err != nil {
		return err
	}
	longest, err := readMaxLifetime(maxLifetime)
	if err != nil {
		return err
	}
	if effectiveTime < time.Second || effectiveTime > longest || effectiveTime%time.Second != 0 {
		return refuseArgument("EffectiveTime",
			"must be whole seconds from 1 to %d, the longest validity that the servers accept (POLYROOM_MAX_GRANT_SECONDS)",
			longest/time.Second)
	}
	return nil
}

func checkAppID(appID uint32) error {
	if appID == 0 {
		return &ArgumentError{"AppID", 1001000, "must be a whole number from 1 to 4294967295"}
	}
	return nil
}

func checkSecret(secret string) error {
	if len(secret) != secretBytes {
		return refuseArgument("Secret",
			"must be the ServerSecret of the AppID, which has %d bytes; this one has %d", secretBytes, len(secret))
	}
	return nil
}

func readMaxLifetime(value time.Duration) (time.Duration, error) {
	if value == 0 {
		return DefaultMaxLifetime, nil
	}
	if value < minMaxLifetime || value > maxMaxLifetime || value%time.Second != 0 {
		return 0, refuseArgument("MaxLifetime", "must be whole seconds from %d to %d",
			minMaxLifetime/time.Second, maxMaxLifetime/time.Second)
	}
	return value, nil
}

func checkRights(argument string, rights []Right, allowed []Right) error {
	names := joinRights(allowed)
	if len(rights) == 0 {
		return refuseArgument(argument, "must be a list with at least one entry; there are %s", names)
	}
	for index, right := range rights {
		if !containsRight(allowed, right) {
			return refuseArgument(fmt.Sprintf("%s[%d]", argument, index), "must be one of %s", names)
		}
	}
	return nil
}

func checkStreams(argument string, streams []string) error {
	if streams != nil && len(streams) == 0 {
		return refuseArgument(argument, "must be a list with at least one entry; leave it out to allow any stream ID")
	}
	for index, streamID := range streams {
		if err := streamRule.checkArgument(fmt.Sprintf("%s[%d]", argument, index), streamID); err != nil {
			return err
		}
	}
	return nil
}

func checkStreamPatterns(argument string, streams []string) error {
	if streams != nil && len(streams) == 0 {
		return refuseArgument(argument, "must be a list with at least one entry; leave it out to allow any stream ID")
	}
	for index, pattern := range streams {
		if err := streamRule.checkPattern(fmt.Sprintf("%s[%d]", argument, index), pattern); err != nil {
			return err
		}
	}
	return nil
}

func checkLength(token, argument string) error {
	if len(token) > tokenMaxChars {
		return refuseArgument(argument,
			"makes a token longer than the servers accept (%d characters); name fewer rooms or streams", tokenMaxChars)
	}
	return nil
}

func joinRights(rights []Right) string {
	names := make([]string, len(rights))
	for index, right := range rights {
		names[index] = string(right)
	}
	return strings.Join(names, ", ")
}

func containsRight(rights []Right, right Right) bool {
	for _, each := range rights {
		if each == right {
			return true
		}
	}
	return false
}

func orNow(now time.Time) time.Time {
	if now.IsZero() {
		return time.Now()
	}
	return now
}
