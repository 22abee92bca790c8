// One program that stands for the images of the components: the role is the first argument, or the name it is called by.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

var roles = map[string]func([]string) error{
	"cockroach":                   cockroach,
	"self-signer":                 selfSigner,
	"migrator":                    migrator,
	"api":                         api,
	"web":                         web,
	"cron-event-sender":           cronEventSender,
	"curl":                        curl,
	"nats-server-config-reloader": wait,
	"configmap-reload":            wait,
	"nats-exporter":               natsExporter,
	"wait":                        wait,
}

func main() {
	// The first process of a container gets no default action for SIGTERM.
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		os.Exit(0)
	}()
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	if roles[name] == nil && len(args) > 0 {
		name, args = args[0], args[1:]
	}
	role := roles[name]
	if role == nil {
		fmt.Fprintf(os.Stderr, "stand-in: there is no role %q\n", name)
		os.Exit(2)
	}
	if err := role(args); err != nil {
		fmt.Fprintf(os.Stderr, "ERROR: %v\n", err)
		os.Exit(1)
	}
}

func wait([]string) error {
	select {}
}
