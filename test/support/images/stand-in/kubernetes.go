// The few calls to the API server that a Job makes with its own service account.
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount"

type kubernetes struct {
	client    *http.Client
	secrets   string
	token     string
	namespace string
}

func inCluster(namespace string) (*kubernetes, error) {
	token, err := os.ReadFile(filepath.Join(account, "token"))
	if err != nil {
		return nil, err
	}
	authorities, err := authority(account)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	return &kubernetes{
		client:    &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities}}},
		secrets:   "https://" + address + "/api/v1/namespaces/" + namespace + "/secrets",
		token:     strings.TrimSpace(string(token)),
		namespace: namespace,
	}, nil
}

func (k *kubernetes) call(method, url string, body any) (int, string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+k.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := k.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, string(answer), err
}

func (k *kubernetes) has(name string) (bool, error) {
	status, answer, err := k.call(http.MethodGet, k.secrets+"/"+name, nil)
	if err != nil || status == http.StatusOK || status == http.StatusNotFound {
		return status == http.StatusOK, err
	}
	return false, fmt.Errorf("%s: %s", name, answer)
}

// put makes a Secret, or replaces its data.
func (k *kubernetes) put(name string, data map[string][]byte) error {
	secret := map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": name, "namespace": k.namespace}, "data": data}
	status, answer, err := k.call(http.MethodPost, k.secrets, secret)
	if err == nil && status == http.StatusConflict {
		status, answer, err = k.call(http.MethodPut, k.secrets+"/"+name, secret)
	}
	if err != nil {
		return err
	}
	if status >= 300 {
		return fmt.Errorf("%s: %s", name, answer)
	}
	return nil
}

// remove deletes a Secret; one that is gone already is fine.
func (k *kubernetes) remove(name string) error {
	status, answer, err := k.call(http.MethodDelete, k.secrets+"/"+name, map[string]any{"apiVersion": "v1", "kind": "DeleteOptions"})
	if err != nil || status < 300 || status == http.StatusNotFound {
		return err
	}
	return fmt.Errorf("%s: %s", name, answer)
}
