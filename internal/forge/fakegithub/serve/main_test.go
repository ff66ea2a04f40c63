package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// TestStateStays: what one process was told, the next one knows.
func TestStateStays(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"widget", "gadget"} {
		at, stop := start(t, fmt.Sprintf(`{"dir": %q, "repository": {"Owner": "octo", "Name": %q}}`, filepath.Join(dir, "state"), name))
		client := &http.Client{Transport: fakegithub.Transport(at.Address), Timeout: 10 * time.Second}
		resp, err := client.Get("https://api.github.com/repos/octo/widget")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.Header.Get("X-Fake") == "" {
			t.Errorf("with %s: %s, X-Fake %q", name, resp.Status, resp.Header.Get("X-Fake"))
		}
		stop()
	}
}

func TestBadOrders(t *testing.T) {
	in, order := io.Pipe()
	go func() { order.CloseWithError(errors.New("nobody is there")) }()
	if err := serve(in, io.Discard); err == nil {
		t.Error("it serves without orders")
	}
}

func start(t *testing.T, want string) (place, func()) {
	t.Helper()
	in, order := io.Pipe()
	out, said := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- serve(in, said) }()
	go func() { _, _ = io.WriteString(order, want+"\n") }()
	var at place
	if err := json.NewDecoder(out).Decode(&at); err != nil {
		t.Fatal(err)
	}
	return at, func() {
		order.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
