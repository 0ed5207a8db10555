// Package polyroomapi is a client of Polyroom's REST API, generated from its OpenAPI document.
package polyroomapi

import (
	"context"
	"net/http"
)

// WithAPIKey sends the API key with each request.
func WithAPIKey(key string) ClientOption {
	return WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+key)
		return nil
	})
}
