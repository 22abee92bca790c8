// The few options of curl that the Job for keys uses, with their meaning.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// curl posts a file and prints the status. An option that it does not know is an error, so that no test passes by chance.
func curl(args []string) error {
	var url, body, output, authorities string
	headers := http.Header{}
	for i := 0; i < len(args); i++ {
		value := func() string {
			i++
			if i < len(args) {
				return args[i]
			}
			return ""
		}
		switch arg := args[i]; arg {
		case "--silent", "--show-error", "--retry-connrefused":
		case "--retry", "--max-time", "--write-out":
			value()
		case "--cacert":
			authorities = value()
		case "--data-binary":
			body = strings.TrimPrefix(value(), "@")
		case "--output":
			output = value()
		case "--header":
			header := value()
			if file, ok := strings.CutPrefix(header, "@"); ok {
				text, err := os.ReadFile(file)
				if err != nil {
					return err
				}
				header = string(text)
			}
			name, text, _ := strings.Cut(header, ":")
			headers.Set(name, strings.TrimSpace(text))
		default:
			if strings.HasPrefix(arg, "-") {
				return fmt.Errorf("curl: no option %s here", arg)
			}
			url = arg
		}
	}
	pem, err := os.ReadFile(authorities)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return errors.New("curl: no certificate in " + authorities)
	}
	text, err := os.ReadFile(body)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	for attempt := 0; ; attempt++ {
		request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(text))
		if err != nil {
			return err
		}
		request.Header = headers
		response, err := client.Do(request)
		if err != nil {
			if attempt < 5 {
				time.Sleep(time.Second << attempt)
				continue
			}
			return err
		}
		defer response.Body.Close()
		answer, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		fmt.Print(response.StatusCode)
		return os.WriteFile(output, answer, 0o600)
	}
}
