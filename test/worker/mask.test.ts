// Secrets in a stream: masked however it is cut, nothing else changed, and in time that grows with the text alone.
import fc from 'fast-check';
import { Mask, Secrets } from '../../worker/logs/mask';
import { timesTheWork, workedMs } from './support/fakes';

/** The stream cut at these places, masked. */
function masked(secrets: Secrets, text: string, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(text);
  const mask = new Mask(secrets);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [...places, bytes.length].map((end, index) => mask.push(bytes.subarray(places[index - 1] ?? 0, end)));
  return Buffer.concat([...pieces, mask.end()]).toString('utf8');
}

/** Every secret looked for at every place. */
function slowly(values: readonly string[], text: string): string {
  const hidden = Array.from(text, () => false);
  for (const value of values)
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) hidden.fill(true, at, at + value.length);
  return [...text].map((letter, at) => (hidden[at] !== true ? letter : hidden[at - 1] === true ? '' : '***')).join('');
}

describe('masking', () => {
  it('finds every secret wherever the text is cut, and changes nothing else', () => {
    // Few letters, so that secrets overlap, hold each other and begin anew within themselves.
    const word = (minLength: number, maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b'), minLength, maxLength });
    const text = fc
      .array(word(0, 12), { maxLength: 12 })
      // What breaks off at the end is masked as if it went on, which is looked at below.
      .map((words) => `${words.join('c')}c`);
    fc.assert(
      fc.property(
        fc.array(word(6, 9), { minLength: 1, maxLength: 4 }),
        text,
        fc.array(fc.nat(), { maxLength: 20 }),
        (values, line, cuts) => {
          expect(masked(new Secrets(values), line, cuts)).toBe(slowly(values, line));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['as it is', (value: string) => value],
    ['in JSON', (value: string) => JSON.stringify({ token: value })],
    ['in a URL', (value: string) => `https://example.com/?token=${encodeURIComponent(value)}`],
    ['in a URL, in lower case', (value: string) => encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase())],
    ['in Basic authentication', (value: string) => Buffer.from(`user:${value}`).toString('base64')],
    ['behind two letters in base64', (value: string) => Buffer.from(`u:${value}`).toString('base64')],
    ['alone in base64', (value: string) => Buffer.from(value).toString('base64url')],
  ])('finds a secret %s', (_name, write) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 9, maxLength: 40 }), fc.array(fc.nat(), { maxLength: 5 }), (value, cuts) => {
        fc.pre(value.trim().length >= 9);
        const written = write(value);
        const output = masked(new Secrets([value]), `begin ${written} end\n`, cuts);
        expect(output).toMatch(/^begin .* end\n$/s);
        // In base64 a character at each end may belong to a neighbour as well.
        for (let at = 0; at + 9 <= value.length; at += 1) expect(output).not.toContain(value.slice(at, at + 9));
        expect(output.length).toBeLessThan(written.length - value.trim().length + 18);
        expect(output).toContain('***');
      }),
    );
  });

  it('finds the lines of a secret behind what a builder puts before each', () => {
    const key = '-----BEGIN KEY-----\r\n  MIIEvQIBADANBgkq\n  c2VjcmV0IHNlY3Jl\n-----END KEY-----\n';
    const output = masked(new Secrets([key]), '#7 -----BEGIN KEY-----\n#7   MIIEvQIBADANBgkq\n#7 c2VjcmV0IHNlY3Jl\n#7 -----END KEY-----\n');
    expect(output).toBe('#7 ***\n#7   ***\n#7 ***\n#7 ***\n');
    expect(masked(new Secrets([key]), key)).toBe('***');
  });

  it('leaves values of less than 6 characters, blanks, and the text where nothing is to be masked', () => {
    const text = 'master 12345        true\n';
    expect(masked(new Secrets(['12345', '        ', 'true', '']), text, [3, 9])).toBe(text);
    expect(new Secrets(['12345']).text('12345')).toBe('12345');
    expect(new Secrets(['123456']).text('build 123456 failed')).toBe('build *** failed');
  });

  it('masks what a secret left behind where the text breaks off', () => {
    expect(masked(new Secrets(['correct-horse']), 'token correct-ho')).toBe('token ***');
    expect(masked(new Secrets(['correct-horse']), 'token corre')).toBe('token corre');
  });

  it('hands out at once what cannot belong to a secret', () => {
    const mask = new Mask(new Secrets(['secret-1', 'secret-2']));
    expect(mask.push(Buffer.from('a line\nsecret')).toString()).toBe('a line\n');
    expect(mask.push(Buffer.from('-1, ')).toString()).toBe('***, ');
    expect(mask.push(Buffer.from('secret-3')).toString()).toBe('secret-3');
  });

  it('takes time that grows with the text, not with how it is cut or how a secret repeats itself', async () => {
    const secrets = new Secrets([
      `${'a'.repeat(200_000)}b`,
      `${'ab'.repeat(50_000)}c`,
      ...Array.from({ length: 500 }, (_, index) => `value-${index}-x`),
    ]);
    const time = (bytes: number, piece: number) => (): number => {
      const text = Buffer.alloc(bytes, 'a');
      const mask = new Mask(secrets);
      const before = process.cpuUsage();
      let size = 0;
      for (let at = 0; at < bytes; at += piece) size += mask.push(text.subarray(at, at + piece)).length;
      size += mask.end().length;
      expect(size).toBe(bytes - 200_000 + 3);
      return workedMs(before);
    };
    time(300_000, 65_536)();
    // Beside a part of the same work, whatever this machine can do.
    expect(await timesTheWork(40, time(8_000_000, 65_536), time(800_000, 65_536))).toBeLessThan(40);
    expect(await timesTheWork(8, time(800_000, 1), time(400_000, 1))).toBeLessThan(8);
  });
});
