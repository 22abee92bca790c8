// What the container of the key Job runs: any POSIX shell, with head, tr, base64 and curl.

/** Folder with the keys that were given, a file a key. */
export const GIVEN = '/given';
/** Folder in memory that the script writes to. */
export const WORK = '/work';

/**
 * Keys go from the kernel into a file in memory and from there to the API server: never through an argument, a variable or the log.
 * The server's answer is not shown either, since it repeats what was sent.
 */
export const KEY_SCRIPT = `set -eu
umask 077
account=/var/run/secrets/kubernetes.io/serviceaccount
new_key() { LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 32; }
{
  printf '{"apiVersion":"v1","kind":"Secret","type":"Opaque","metadata":%s,"data":{' "$SECRET_METADATA"
  comma=
  for key in $SECRET_KEYS; do
    printf '%s"%s":"' "$comma" "$key"
    if [ -f "${GIVEN}/$key" ]; then cat "${GIVEN}/$key"; else new_key; fi | base64 | tr -d '\\n'
    printf '"'
    comma=,
  done
  printf '}}'
} >${WORK}/secret.json
{ printf 'Authorization: Bearer '; cat "$account/token"; } >${WORK}/authorization
status=$(curl --silent --show-error --retry 5 --retry-connrefused --max-time 60 --cacert "$account/ca.crt" \\
  --header @${WORK}/authorization --header 'Content-Type: application/json' --data-binary @${WORK}/secret.json \\
  --output ${WORK}/answer.json --write-out '%{http_code}' \\
  "https://kubernetes.default.svc/api/v1/namespaces/$SECRET_NAMESPACE/secrets?fieldManager=cdk8s-estafette-keys")
case $status in
  201) echo "Made the Secret $SECRET_NAME in the namespace $SECRET_NAMESPACE. Save its keys now: nobody can make them again." ;;
  409) echo "The Secret $SECRET_NAME exists in the namespace $SECRET_NAMESPACE and stays as it is." ;;
  *)
    reason=$(sed -n 's/^ *"reason": *"\\([A-Za-z]*\\)".*/\\1/p' ${WORK}/answer.json)
    echo "The API server did not take the Secret $SECRET_NAME in the namespace $SECRET_NAMESPACE: $status $reason" >&2
    exit 1
    ;;
esac
`;
