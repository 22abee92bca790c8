// URLs as Go's net/url reads and writes them.
import { fromBytes, toBytes } from './bytes';
import { Failure } from './errors';
import { Buffer } from 'node:buffer';

/** The parts that Helm's urlParse gives and urlJoin takes. */
export interface UrlParts {
  readonly scheme: string;
  readonly opaque: string;
  readonly userinfo: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

const NO_PARTS: UrlParts = { scheme: '', opaque: '', userinfo: '', host: '', path: '', query: '', fragment: '' };

/** What each part may hold unescaped, besides letters, digits and `-_.~`. */
const PLAIN = { path: '$&+,/:;=@', userinfo: '$&+,;=', host: '!$&\'()*+,;=:[]<>"', fragment: '$&+,/:;=?@!()*' } as const;

function wrong(url: string, why: string): Failure {
  return new Failure(`unable to parse url ${JSON.stringify(url)}: ${why}`);
}

export function parseUrl(url: string): UrlParts & { readonly hostname: string } {
  if (/[\0-\x1f\x7f]/.test(url)) throw wrong(url, 'invalid control character in URL');
  const hash = url.indexOf('#');
  const fragment = hash < 0 ? '' : unescape(url.slice(hash + 1), url);
  const { scheme, rest } = splitScheme(hash < 0 ? url : url.slice(0, hash), url);
  const mark = rest.indexOf('?');
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  const beforeQuery = mark < 0 ? rest : rest.slice(0, mark);
  const parts = { ...NO_PARTS, hostname: '', scheme, query, fragment };
  if (!beforeQuery.startsWith('/')) {
    if (scheme !== '') return { ...parts, opaque: beforeQuery };
    if ((beforeQuery.split('/')[0] ?? '').includes(':')) throw wrong(url, 'first path segment in URL cannot contain colon');
  }
  const hasAuthority = beforeQuery.startsWith('//') && (scheme !== '' || !beforeQuery.startsWith('///'));
  if (!hasAuthority) return { ...parts, path: unescape(beforeQuery, url) };
  const slash = beforeQuery.indexOf('/', 2);
  const authority = beforeQuery.slice(2, slash < 0 ? undefined : slash);
  const path = slash < 0 ? '' : unescape(beforeQuery.slice(slash), url);
  const at = authority.lastIndexOf('@');
  const host = parseHost(authority.slice(at + 1), scheme, url);
  const userinfo = at < 0 ? '' : normalizeUserinfo(authority.slice(0, at), url);
  return { ...parts, host, hostname: host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1'), userinfo, path };
}

function splitScheme(text: string, url: string): { scheme: string; rest: string } {
  if (text.startsWith(':')) throw wrong(url, 'missing protocol scheme');
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  if (match === null) return { scheme: '', rest: text };
  return { scheme: (match[1] ?? '').toLowerCase(), rest: text.slice(match[0].length) };
}

function parseHost(host: string, scheme: string, url: string): string {
  if (host.startsWith('[')) {
    const match = /^\[([0-9a-fA-F:.]+(?:%25[^\]]*)?)\]((?::\d*)?)$/.exec(host);
    if (match === null) throw wrong(url, 'invalid IP-literal');
    return `[${unescape(match[1] ?? '', url)}]${match[2] ?? ''}`;
  }
  if (host.includes('[')) throw wrong(url, 'invalid IP-literal');
  // Several hosts with ports are a database's habit; Go allows them for other schemes than http.
  const isWeb = scheme === 'http' || scheme === 'https';
  const colon = isWeb ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0 && !/^:\d*$/.test(host.slice(colon))) throw wrong(url, `invalid port ${JSON.stringify(host.slice(colon))} after host`);
  if (/[\s"<>\\^`{|}]/.test(host) && /[\s\\^`{|}]/.test(host)) throw wrong(url, 'invalid character in host name');
  return unescape(host, url);
}

function normalizeUserinfo(userinfo: string, url: string): string {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) throw wrong(url, 'net/url: invalid userinfo');
  const colon = userinfo.indexOf(':');
  const parts = colon < 0 ? [userinfo] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return parts.map((part) => escape(unescape(part, url), 'userinfo')).join(':');
}

export function urlText(parts: UrlParts): string {
  const scheme = parts.scheme === '' ? '' : `${parts.scheme}:`;
  const query = parts.query === '' ? '' : `?${parts.query}`;
  const fragment = parts.fragment === '' ? '' : `#${escape(parts.fragment, 'fragment')}`;
  if (parts.opaque !== '') return scheme + parts.opaque + query + fragment;
  const userinfo = parts.userinfo === '' ? '' : `${normalizeUserinfo(parts.userinfo, parts.userinfo)}@`;
  const hasAuthority = (scheme !== '' && parts.path !== '') || parts.host !== '' || userinfo !== '';
  const authority = hasAuthority ? `//${userinfo}${escape(parts.host, 'host')}` : '';
  let path = parts.path === '*' ? '*' : escape(parts.path, 'path');
  if (path !== '' && !path.startsWith('/') && parts.host !== '') path = `/${path}`;
  if (scheme + authority === '' && (path.split('/')[0] ?? '').includes(':')) path = `./${path}`;
  return scheme + authority + path + query + fragment;
}

function unescape(text: string, url: string): string {
  if (!text.includes('%')) return text;
  const wrongEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(text);
  if (wrongEscape !== null) throw wrong(url, `invalid URL escape ${JSON.stringify(wrongEscape[0])}`);
  const bytes = [
    ...toBytes(text)
      .toString('latin1')
      .matchAll(/%([0-9A-Fa-f]{2})|[\s\S]/g),
  ];
  return fromBytes(Buffer.from(bytes.map(([character, hex]) => (hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16)))));
}

function escape(text: string, part: keyof typeof PLAIN): string {
  return Array.from(toBytes(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(character) || PLAIN[part].includes(character)) return character;
    return part === 'host' && byte >= 0x80 ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
