// One node of the database's stand-in: not ready until the cluster is initialized and a majority of it answers.
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type node struct {
	store    string
	own      string
	peers    []string
	security *tls.Config
	ready    atomic.Bool
	turn     sync.Mutex
}

func (n *node) mark() string { return filepath.Join(n.store, "initialized") }

func (n *node) initialized() bool {
	_, err := os.Stat(n.mark())
	return err == nil
}

func (n *node) initialize() error { return os.WriteFile(n.mark(), []byte("yes\n"), 0o644) }

func serve(options flags, single bool) error {
	n := &node{store: options.or("store", "/cockroach/cockroach-data"), own: options.or("advertise-host", "")}
	if path, found := strings.CutPrefix(n.store, "path="); found {
		n.store, _, _ = strings.Cut(path, ",")
	}
	if err := os.MkdirAll(n.store, 0o755); err != nil {
		return err
	}
	if !single {
		n.peers = strings.FieldsFunc(options.or("join", ""), func(r rune) bool { return r == ',' })
	} else if err := n.initialize(); err != nil {
		return err
	}
	folder := certificatesOf(options)
	server, err := serverTLS(folder)
	if err != nil {
		return err
	}
	if n.security, err = clientTLS(folder, "node"); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", ":"+options.or("port", options.or("listen-port", sqlPort)))
	if err != nil {
		return err
	}
	if server != nil {
		listener = tls.NewListener(listener, server)
	}
	go n.watch()
	go n.accept(listener)
	return n.health(":"+options.or("http-port", "8080"), folder)
}

// serverTLS asks clients for a certificate of the same authority.
func serverTLS(folder string) (*tls.Config, error) {
	if folder == "" {
		return nil, nil
	}
	authorities, err := authority(folder)
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, "node.crt"), filepath.Join(folder, "node.key"))
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: authorities, ClientAuth: tls.RequireAndVerifyClientCert}, nil
}

// watch asks the peers: an initialized one initializes this node, and a majority of them makes it ready.
func (n *node) watch() {
	for ; ; time.Sleep(500 * time.Millisecond) {
		answering := 0
		for _, peer := range n.peers {
			if n.own != "" && strings.HasPrefix(peer, n.own+":") {
				answering++
				continue
			}
			answer, err := ask(peer, n.security, "STATUS")
			if err != nil {
				continue
			}
			answering++
			if answer == "initialized" && !n.initialized() {
				if err := n.initialize(); err != nil {
					log.Print(err)
				}
			}
		}
		n.ready.Store(n.initialized() && (len(n.peers) == 0 || answering > len(n.peers)/2))
	}
}

func (n *node) accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer connection.Close()
			line, err := bufio.NewReader(connection).ReadString('\n')
			if err == nil {
				fmt.Fprintln(connection, n.answer(strings.TrimSpace(line)))
			}
		}()
	}
}

func (n *node) answer(line string) string {
	verb, rest, _ := strings.Cut(line, " ")
	switch {
	case verb == "STATUS" && n.initialized():
		return "initialized"
	case verb == "STATUS":
		return "uninitialized"
	case verb == "INIT" && n.initialized():
		return "cluster has already been initialized"
	case verb == "INIT":
		if err := n.initialize(); err != nil {
			return err.Error()
		}
		return "ok"
	case verb == "SQL" && !n.ready.Load():
		return "the cluster is not ready"
	case verb == "SQL":
		return n.execute(rest)
	case verb == "STATE":
		if err := n.take(rest); err != nil {
			return err.Error()
		}
		return "ok"
	}
	return "unknown request"
}

// execute writes every statement down, and answers "ok", or "rows" with those of a statement that is known, one a line.
func (n *node) execute(encoded string) string {
	text, err := decode(encoded)
	if err != nil {
		return err.Error()
	}
	if answer := n.keep(text); answer != "ok" {
		return answer
	}
	rows, known, err := n.run(strings.TrimSpace(text))
	switch {
	case err != nil:
		return err.Error()
	case known:
		return "rows " + encode(strings.Join(rows, "\n"))
	}
	return "ok"
}

// keep writes a statement down, for a test to look at.
func (n *node) keep(statement string) string {
	file, err := os.OpenFile(filepath.Join(n.store, "statements.sql"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	if _, err := fmt.Fprintf(file, "%s\n", statement); err != nil {
		return err.Error()
	}
	return "ok"
}

func (n *node) health(address, folder string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(response http.ResponseWriter, request *http.Request) {
		if request.URL.Query().Get("ready") == "1" && !n.ready.Load() {
			http.Error(response, "not ready", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/_status/vars", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, "stand_in 1") })
	if folder == "" {
		return http.ListenAndServe(address, mux)
	}
	return http.ListenAndServeTLS(address, filepath.Join(folder, "node.crt"), filepath.Join(folder, "node.key"), mux)
}
