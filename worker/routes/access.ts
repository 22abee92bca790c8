// Who may ask: the token, in the header or in the page's cookie.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

function sameToken(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** From the header, as a bearer token or as the password of Basic authentication, or from the cookie that the page for people sets. */
function tokenOf(request: FastifyRequest): string | undefined {
  const authorization = request.headers.authorization ?? '';
  const bearer = /^Bearer (.+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  if (basic !== undefined)
    return Buffer.from(basic, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '');
  const cookie = /(?:^|;\s*)worker_token=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  try {
    return cookie === undefined ? undefined : decodeURIComponent(cookie);
  } catch {
    return undefined;
  }
}

export function isAllowed(request: FastifyRequest, token: string): boolean {
  const given = tokenOf(request);
  return given !== undefined && sameToken(given, token);
}
