// The stand-in of the Job that signs the database's certificates: it makes an authority, and the Secrets that the pods mount.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

type identity struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	text, own   []byte
}

// sign makes a key and its certificate; without a signer it is an authority of its own.
func sign(name string, hosts []string, signer *identity) (*identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Cockroach"}},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	parent, with := template, key
	if signer == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	} else {
		parent, with = signer.certificate, signer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), with)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &identity{template, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})}, nil
}

// cleanup takes away what generate made, when the release goes.
func cleanup(name string, args []string) error {
	for _, arg := range args {
		namespace, found := strings.CutPrefix(arg, "--namespace=")
		if !found || name == "" {
			continue
		}
		server, err := inCluster(namespace)
		if err != nil {
			return err
		}
		for _, secret := range []string{"-node-secret", "-client-secret", "-ca-secret"} {
			if err := server.remove(name + secret); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("STATEFULSET_NAME and --namespace must be set")
}

func selfSigner(args []string) error {
	if len(args) > 0 && args[0] == "cleanup" {
		return cleanup(os.Getenv("STATEFULSET_NAME"), args[1:])
	}
	name, namespace, domain := os.Getenv("STATEFULSET_NAME"), os.Getenv("NAMESPACE"), os.Getenv("CLUSTER_DOMAIN")
	if name == "" || namespace == "" || domain == "" {
		return fmt.Errorf("STATEFULSET_NAME, NAMESPACE and CLUSTER_DOMAIN must be set")
	}
	if len(args) == 0 || (args[0] != "generate" && args[0] != "rotate") {
		return fmt.Errorf("the stand-in knows generate, rotate and cleanup, not %q", args)
	}
	server, err := inCluster(namespace)
	if err != nil {
		return err
	}
	if args[0] == "generate" {
		if exists, err := server.has(name + "-node-secret"); err != nil || exists {
			fmt.Println("certificates are there")
			return err
		}
	}
	authority, err := sign("Cockroach CA", nil, nil)
	if err != nil {
		return err
	}
	hosts := []string{"localhost", "127.0.0.1"}
	for _, host := range []string{name + "-public", "*." + name} {
		hosts = append(hosts, host, host+"."+namespace, host+"."+namespace+".svc", host+"."+namespace+".svc."+domain)
	}
	for _, owner := range []struct {
		secret, name string
		hosts        []string
	}{{"-node-secret", "node", hosts}, {"-client-secret", "root", nil}} {
		leaf, err := sign(owner.name, owner.hosts, authority)
		if err != nil {
			return err
		}
		if err := server.put(name+owner.secret, map[string][]byte{"ca.crt": authority.text, "tls.crt": leaf.text, "tls.key": leaf.own}); err != nil {
			return err
		}
	}
	return server.put(name+"-ca-secret", map[string][]byte{"ca.crt": authority.text, "ca.key": authority.own})
}
