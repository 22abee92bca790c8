// How other notations write a text: what gives a secret away as much as the secret itself.

type Notation = (text: string) => string;

const json: Notation = (text) => JSON.stringify(text).slice(1, -1);
/** As programs write it that print ASCII only. */
const asciiJson: Notation = (text) => json(text).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const url: Notation = (text) => encodeURIComponent(text);
/** RFC 3986 encodes these as well. */
const strictUrl: Notation = (text) => url(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const lowerCase: Notation = (encoded) => encoded.replaceAll(/%../g, (sign) => sign.toLowerCase());
const form: Notation = (text) => new URLSearchParams([['', text]]).toString().slice(1);
/** YAML and SQL between single quotes. */
const singleQuoted: Notation = (text) => text.replaceAll("'", "''");
const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

const NOTATIONS: readonly Notation[] = [
  (text) => text,
  json,
  (text) => json(json(text)),
  asciiJson,
  url,
  (text) => lowerCase(url(text)),
  strictUrl,
  (text) => lowerCase(strictUrl(text)),
  (text) => encodeURI(text),
  form,
  (text) => lowerCase(form(text)),
  // A shell, between single and double quotes.
  singleQuoted,
  (text) => text.replaceAll("'", String.raw`'\''`),
  (text) => text.replaceAll(/[\\$`"]/g, String.raw`\$&`),
  (text) => text.replaceAll(/[&<>"']/g, (sign) => XML[sign] ?? sign),
  (text) => Buffer.from(text).toString('hex'),
  (text) => Buffer.from(text).toString('hex').toUpperCase(),
];

/** Half a surrogate pair is in no URL. */
function written(notation: Notation, text: string): string {
  try {
    return notation(text);
  } catch {
    return text;
  }
}

/** As a document writes the text: as it is, and between quotes, those of a text in a text as well. */
export const quotedNotationsOf = (text: string): string[] => [
  ...new Set(
    [(given: string) => given, json, (given: string) => json(json(given)), singleQuoted].map((notation) => written(notation, text)),
  ),
];

/** The text in each notation, once where several agree. Base64, which depends on what stands around, is not among them. */
export const notationsOf = (text: string): string[] => [...new Set(NOTATIONS.map((notation) => written(notation, text)))];
