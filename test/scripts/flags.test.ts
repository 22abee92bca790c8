// Scripts that are called in another way than they can be.
import { flagsOf, wrongCall } from '../../scripts/support/flags';

const USAGE = 'usage: npm run x [-- --times N]';
const OPTIONS = { times: { type: 'string', default: '7' } } as const;

/** What is said, and the exit code, of something that ends the process. */
function ended(run: () => unknown): readonly [code: number, out: string, error: string] {
  const said: Record<'log' | 'error', string[]> = { log: [], error: [] };
  const spies = (['log', 'error'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation((...texts) => void said[name].push(texts.join(' '))),
  );
  const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw Object.assign(new Error('exit'), { exit: code });
  });
  try {
    run();
    throw new Error('it goes on');
  } catch (error) {
    const { exit: code } = error as { exit?: number };
    if (code === undefined) throw error;
    return [code, said.log.join(''), said.error.join('')];
  } finally {
    [...spies, exit].forEach((spy) => spy.mockRestore());
  }
}

it('reads flags', () => {
  expect(flagsOf(USAGE, { args: ['--times', '3'], options: OPTIONS }).values).toEqual({ times: '3' });
  expect(flagsOf(USAGE, { args: [], options: OPTIONS }).values).toEqual({ times: '7' });
});

it('says in one sentence what is wrong, and how the script is called', () => {
  expect(ended(() => flagsOf(USAGE, { args: ['--time', '3'], options: OPTIONS }))).toEqual([2, '', `Unknown option '--time'\n${USAGE}`]);
  expect(ended(() => flagsOf(USAGE, { args: ['more'], options: OPTIONS }))[2]).toMatch(/^Unexpected argument 'more'/);
  expect(ended(() => wrongCall('--times must be a number', USAGE))).toEqual([2, '', `--times must be a number\n${USAGE}`]);
});

it('says how the script is called when it is asked', () => {
  expect(ended(() => flagsOf(USAGE, { args: ['--help'], options: OPTIONS }))).toEqual([0, USAGE, '']);
});
