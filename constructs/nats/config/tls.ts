// TLS blocks of the server's configuration.
import { text } from '../../../helm/print';
import { certificateFolder, isGiven, type CertificateFiles, type Tls } from '../tls';
import { block, optional, setting, type Entry } from './writer';

/** The lines that name the files of a certificate. */
export function certificateLines(folder: string, tls: CertificateFiles): Entry[] {
  const file = (name: string, key: unknown) => setting(name, `${certificateFolder(folder, tls)}/${text(key)}`);
  return [optional(file, 'cert_file', tls.cert), optional(file, 'key_file', tls.key), optional(file, 'ca_file', tls.ca)];
}

export function tlsBlock(folder: string, tls: Tls | undefined): Entry {
  if (!isGiven(tls)) return undefined;
  return block('tls', [
    ...certificateLines(folder, tls),
    optional(setting, 'insecure', tls.insecure),
    optional(setting, 'verify', tls.verify),
    optional(setting, 'verify_and_map', tls.verifyAndMap),
    optional(setting, 'curve_preferences', tls.curvePreferences),
    optional(setting, 'timeout', tls.timeout),
  ]);
}
