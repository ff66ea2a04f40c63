// Command serve is the fake GitHub as a process, which the sandbox starts as
// hallmark-sandbox-github: the sandbox is a module of its own, and shares
// nothing with this one but what goes through the pipes.
//
// It reads one JSON document from its standard input:
//
//	{"dir": "D", "repository": {"Owner": "octo", "Name": "widget"}, "tokens": {"TOKEN": {"Login": "me", "Permissions": {"contents": "write"}}}}
//
// answers on a port of loopback, prints that address and the hosts that it
// answers for as another, and ends when its standard input does.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/hallmark-project/hallmark/internal/forge/fakegithub"
)

// order is what the starter wants.
type order struct {
	Dir        string                      `json:"dir"`
	Repository fakegithub.Repository       `json:"repository"`
	Tokens     map[string]fakegithub.Token `json:"tokens"`
}

// place is where the fake answers, and for whom.
type place struct {
	Address string   `json:"address"`
	Hosts   []string `json:"hosts"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "hallmark-sandbox-github: error: %v\n", err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	var want order
	orders := json.NewDecoder(in)
	if err := orders.Decode(&want); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	fake, err := fakegithub.New(want.Dir, fakegithub.Options{Now: time.Now, Tokens: want.Tokens})
	if err != nil {
		return err
	}
	defer fake.Close()
	if err := fake.Add(want.Repository); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: fake, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, in)
		ended <- err
	}()
	if err := json.NewEncoder(out).Encode(place{"http://" + listener.Addr().String(), fakegithub.Hosts()}); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case err := <-ended:
		return err
	}
}
