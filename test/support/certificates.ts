// Certificates for mutual TLS, made with openssl: an authority, a server at an address, and a client.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** File of the authority's certificate. */
  readonly authority: string;
  /** Files of a certificate and its key. */
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

/** @param folder that the files are written to @param address of the server @throws Error with what openssl said */
export function certificates(folder: string, address: string): Certificates {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.crt'), '-days', '2', '-subj', '/CN=authority of the test');
  const signed = (name: string, extensions: string) => {
    const [key, request, certificate] = [file(`${name}.key`), file(`${name}.csr`), file(`${name}.crt`)];
    writeFileSync(file(`${name}.ext`), extensions);
    openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    const authority = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial'];
    openssl('x509', '-req', '-in', request, ...authority, '-out', certificate, '-days', '2', '-extfile', file(`${name}.ext`));
    return { certificate, key };
  };
  return {
    authority: file('ca.crt'),
    server: signed('server', `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth\n`),
    client: signed('client', 'extendedKeyUsage=clientAuth\n'),
  };
}
