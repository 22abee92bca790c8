// The line protocol between the database's stand-ins and their clients, over TLS with the very certificates that the release made.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// clientTLS shows the first certificate found and trusts ca.crt; without a folder the connection is plain.
func clientTLS(folder string, names ...string) (*tls.Config, error) {
	if folder == "" {
		return nil, nil
	}
	authorities, err := authority(folder)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		pair, err := tls.LoadX509KeyPair(filepath.Join(folder, name+".crt"), filepath.Join(folder, name+".key"))
		if err == nil {
			return &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: authorities}, nil
		}
	}
	return nil, fmt.Errorf("no certificate of a client in %s: tried %s", folder, strings.Join(names, ", "))
}

func authority(folder string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca.crt holds no certificate")
	}
	return pool, nil
}

// encode makes one line of any text.
func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func decode(encoded string) (string, error) {
	text, err := base64.StdEncoding.DecodeString(encoded)
	return string(text), err
}

// ask sends one line and reads one.
func ask(address string, security *tls.Config, line string) (string, error) {
	dialer := &net.Dialer{Timeout: 3 * time.Second}
	var connection net.Conn
	var err error
	if security == nil {
		connection, err = dialer.Dial("tcp", address)
	} else {
		connection, err = tls.DialWithDialer(dialer, "tcp", address, security)
	}
	if err != nil {
		return "", err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := fmt.Fprintln(connection, line); err != nil {
		return "", err
	}
	answer, err := bufio.NewReader(connection).ReadString('\n')
	return strings.TrimSpace(answer), err
}
