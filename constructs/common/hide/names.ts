// Which names stand for secrets: of variables, keys, flags and members of configuration files.

/** Secret wherever they stand in a name. */
const PART = /pass(word|wd|phrase)|secret|token|credential|webhook|signature|connectionstring|keybase|dsn$|(?:pass|psk|otp)s?$/;
/** Secret as a word of their own. A working directory is PWD, too: that one needs company. */
const WORDS = new Set([
  'cred',
  'creds',
  'passcode',
  'netrc',
  'htpasswd',
  'dockercfg',
  'dockerconfigjson',
  'kubeconfig',
  'pat',
  'pats',
  'pwd',
  'pwds',
  'jwt',
  'auth',
  'authorization',
  'dsn',
  'salt',
  'hmac',
]);
const KEY_OF = String.raw`private|api|app|encrypt(?:ion)?|decrypt(?:ion)?|auth|access|jwt|sign(?:ing)?|ssh|session|cookie|master|hmac|licen[sc]e|shared|account|client|server|tls|ssl|gpg|pgp|rsa|admin|deploy|storage|routing|service|user|integration|ingest|consumer|write|read`;
const KEY = new RegExp(`(${KEY_OF})keys?`);
const KEY_OWNER = new RegExp(`^(${KEY_OF}|secrets?)$`);
/** Names that end so tell where or how, and not what. */
const POINTERS = new Set([
  'name',
  'names',
  'ref',
  'refs',
  'path',
  'paths',
  'file',
  'files',
  'dir',
  'directory',
  'folder',
  'mount',
  'enabled',
  'disabled',
  'ttl',
  'expiry',
  'expiration',
  'expires',
  'duration',
  'timeout',
  'seconds',
  'minutes',
  'hours',
  'days',
  'interval',
  'policy',
  'algorithm',
  'type',
  'kind',
  'namespace',
  'uri',
  'endpoint',
  'host',
  'port',
  'length',
  'size',
  'count',
  'issuer',
  'audience',
  'version',
  'mode',
  'class',
  'required',
]);
/** Files of these kinds are looked into, whatever they are called. */
const READABLE = /\.(ya?ml|json|conf|cfg|ini|toml|properties|env|sh|bash|py|js|ts|lua|sql|xml|html|tpl|tmpl|md)$/i;

/** Values have few names and many of each: what was found of one is kept, of as many as values files have. */
function remembered<R>(find: (name: string) => R): (name: string) => R {
  const known = new Map<string, R>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const result = find(name);
    if (known.size < 10_000) known.set(name, result);
    return result;
  };
}

const wordsOf = remembered((name): readonly string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean),
);

/** Whether a name only points to where something is. The address of a webhook is the key to it, though. */
const isPointer = remembered((name): boolean => {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  return POINTERS.has(last) || (last === 'url' && !words.join('').includes('webhook'));
});

/** Whether the value under this name is nobody's business. */
export const isSecretName = remembered((name): boolean => {
  const words = wordsOf(name);
  const joined = words.join('');
  if (isPointer(name) || joined === 'pwd') return false;
  return PART.test(joined) || KEY.test(joined) || words.some((word) => WORDS.has(word) || PART.test(word));
});

/** Whether a parameter of a URL is secret. `AUTH=implicit` and `AUTH=specified` say where a login comes from, and are none. */
export const isSecretParameter = (name: string, value: string): boolean => isSecretName(name) && !/^(?:implicit|specified)$/i.test(value);

/** Whether all that stands below a member of this name is secret: most of an `auth` block is none. */
export const hidesAllBelow = (name: string): boolean => isSecretName(name) && !/^(jwt|o?auth\d?|authorization|webhooks?)$/i.test(name);

/** A `key` is as secret as what it is the key of: `auth: {jwt: {key: …}}`. */
export const isSecretMember = (path: readonly string[]): boolean =>
  isSecretName(path.at(-1) ?? '') ||
  (/^keys?$/.test(wordsOf(path.at(-1) ?? '').at(-1) ?? '') &&
    path.slice(0, -1).some((name) => wordsOf(name).some((word) => KEY_OWNER.test(word))));

/** A key of a ConfigMap is often the name of a file. */
export const isSecretKey = (key: string): boolean => !READABLE.test(key) && isSecretName(key);

/** Whether a value is secret by its place in a values file: by its own name, or by what it is a part of. */
export function isSecretPath(path: readonly (string | number)[]): boolean {
  const names = path.filter((part) => typeof part === 'string');
  return isSecretMember(names) || (!isPointer(names.at(-1) ?? '') && names.slice(0, -1).some(hidesAllBelow));
}
