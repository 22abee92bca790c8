// Requests are made again only where nothing was connected.
import { codeOf, connected } from './connected';
import { freePorts } from './parts/network';

/** Fails with each error in turn, then answers how often it was asked. */
function requests(...codes: readonly string[]): () => Promise<number> {
  let asked = 0;
  return async () => {
    const code = codes[asked];
    asked += 1;
    if (code !== undefined) throw Object.assign(new TypeError('fetch failed'), { cause: { code } });
    return asked;
  };
}

it('asks again while nothing is connected', async () => {
  expect(await connected(requests('ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH'), 3, 0)).toBe(4);
});

it('ends with the error when patience does', async () => {
  await expect(connected(requests('ENETUNREACH', 'ENETUNREACH'), 1, 0)).rejects.toThrow('fetch failed');
});

it('does not ask again what may have been heard', async () => {
  for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT']) {
    await expect(connected(requests(code), 3, 0)).rejects.toThrow('fetch failed');
  }
});

it('reads the code of an error of fetch', async () => {
  const [port] = await freePorts(1);
  expect(await fetch(`http://127.0.0.1:${port}/`).catch(codeOf)).toBe('ECONNREFUSED');
});
