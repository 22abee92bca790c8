// Stand-ins of the programs around the database: they need what the real ones need, and answer the probes.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func environment(fallback string, names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return fallback
}

// configuredHost reads `host:` below `database:` in the configuration that the api is given.
func configuredHost() string {
	text, err := os.ReadFile("/configs/config.yaml")
	if err != nil {
		return ""
	}
	inside := false
	for _, line := range strings.Split(string(text), "\n") {
		trimmed := strings.TrimSpace(line)
		if line == trimmed {
			inside = trimmed == "database:"
		} else if host, found := strings.CutPrefix(trimmed, "host:"); inside && found {
			return strings.Trim(strings.TrimSpace(host), `"'`)
		}
	}
	return ""
}

// database runs one statement with the certificate at the usual place, or without where there is none.
func database(statement string) error {
	host := environment("", "ESCI_DATABASE_HOST", "DB_HOST")
	if host == "" {
		host = configuredHost()
	}
	if host == "" {
		host = "estafette-ci-db-public"
	}
	folder := environment("/cockroach-certs", "DB_CERTS_DIR")
	if _, err := os.Stat(folder); err != nil {
		folder = ""
	}
	security, err := clientTLS(folder, "tls")
	if err != nil {
		return err
	}
	address := net.JoinHostPort(host, environment(sqlPort, "ESCI_DATABASE_PORT", "DB_PORT"))
	answer, err := ask(address, security, "SQL "+encode(statement))
	if err == nil && answer != "ok" && !strings.HasPrefix(answer, "rows") {
		err = fmt.Errorf("%s", answer)
	}
	if err != nil {
		return fmt.Errorf("the database at %s does not answer: %w", address, err)
	}
	return nil
}

func migrator([]string) error {
	if err := database("CREATE TABLE migrated;"); err != nil {
		return err
	}
	fmt.Println("migrated")
	return nil
}

func api([]string) error {
	if err := database("-- api"); err != nil {
		return err
	}
	return probes()
}

func web([]string) error { return probes() }

func probes() error {
	healthy := func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, "I'm here!") }
	http.HandleFunc("/liveness", healthy)
	http.HandleFunc("/readiness", healthy)
	log.Print("listening on 5000")
	return http.ListenAndServe(":5000", nil)
}

// cronEventSender publishes one message to the real NATS server.
func cronEventSender([]string) error {
	address := net.JoinHostPort(environment("estafette-ci-queue-0.estafette-ci-queue", "QUEUE_HOSTS"), "4222")
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
	reader := bufio.NewReader(connection)
	if greeting, err := reader.ReadString('\n'); err != nil || !strings.HasPrefix(greeting, "INFO ") {
		return fmt.Errorf("%s is no NATS server: %q %v", address, greeting, err)
	}
	fmt.Fprintf(connection, "CONNECT {\"verbose\":false}\r\nPUB %s 2\r\n{}\r\nPING\r\n", environment("event.cron", "QUEUE_SUBJECT"))
	if answer, err := reader.ReadString('\n'); err != nil || !strings.HasPrefix(answer, "PONG") {
		return fmt.Errorf("%s answers %q %v", address, answer, err)
	}
	fmt.Println("sent")
	return nil
}

func natsExporter([]string) error {
	http.HandleFunc("/metrics", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, "stand_in 1") })
	return http.ListenAndServe(":7777", nil)
}
