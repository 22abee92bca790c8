// The command line of the database's stand-in.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const sqlPort = "26257"

func cockroach(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("cockroach needs a command")
	}
	options := parse(args[1:])
	switch args[0] {
	case "start", "start-single-node":
		return serve(options, args[0] == "start-single-node")
	case "init":
		return initialize(options)
	case "sql":
		return sql(options)
	case "version":
		fmt.Println("Build Tag: stand-in")
		return nil
	}
	return fmt.Errorf("the stand-in does not know the command %q", args[0])
}

func hostOf(options flags) string {
	host := options.or("host", options.or("url", "localhost"))
	if !strings.Contains(host, ":") {
		host += ":" + options.or("port", options.or("p", sqlPort))
	}
	return host
}

func certificatesOf(options flags) string {
	if options.has("insecure") {
		return ""
	}
	return options.or("certs-dir", os.Getenv("COCKROACH_CERTS_DIR"))
}

// initialize waits for the node, as the real command does.
func initialize(options flags) error {
	security, err := clientTLS(certificatesOf(options), "client.root", "node")
	if err != nil {
		return err
	}
	for {
		answer, err := ask(hostOf(options), security, "INIT")
		if err == nil && answer == "ok" {
			fmt.Println("Cluster successfully initialized")
			return nil
		}
		if err == nil {
			return fmt.Errorf("%s", answer)
		}
		fmt.Fprintf(os.Stderr, "warning: %v; retrying\n", err)
		time.Sleep(time.Second)
	}
}

// sql hands a statement to a node, of a flag or of standard input, and prints a header and the rows where it has any.
func sql(options flags) error {
	security, err := clientTLS(certificatesOf(options), "client."+options.or("user", options.or("u", "root")), "client.root")
	if err != nil {
		return err
	}
	statement := options.or("execute", options.or("e", ""))
	if statement == "" && !options.has("file") && !options.has("f") {
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		statement = string(text)
	}
	if file := options.or("file", options.or("f", "")); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		statement = string(text)
	}
	answer, err := ask(hostOf(options), security, "SQL "+encode(statement))
	if err != nil {
		return err
	}
	if rows, found := strings.CutPrefix(answer, "rows"); found {
		text, err := decode(strings.TrimSpace(rows))
		fmt.Println("column")
		if text != "" {
			fmt.Println(text)
		}
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("%s", answer)
	}
	fmt.Println("OK")
	return nil
}
