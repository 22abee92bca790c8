// The pages for people, in a real browser, on a phone and on a desktop: builds, a live log as a terminal shows it, stop, and the API to try.
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createApp } from '../../worker/app';
import { readConfig } from '../../worker/config';
import { createWorker, type Worker } from '../../worker/worker';
import { describeWith, findParts } from '../support/parts';
import { APP_UUID, DIGEST, FakeEngine, payload, silent, tempFolder, until } from './support/fakes';

const parts = findParts('chromium-headless-shell');
const TOKEN = 'a-token-of-some-length';
const WIDTHS = [
  ['phone', { width: 360, height: 740 }],
  ['desktop', { width: 1280, height: 800 }],
] as const;
const LONG_LINES = 50_000;

describeWith(parts)('the pages', () => {
  const folder = tempFolder();
  const engine = new FakeEngine();
  const foreign: string[] = [];
  const problems: string[] = [];
  let browser: Browser;
  let worker: Worker;
  let app: Awaited<ReturnType<typeof createApp>>;
  let url = '';

  beforeAll(async () => {
    engine.onBuild = async ({ output, signal }, tag) => {
      await output('compiling <b>everything</b>\n');
      await output('#5 10%\r#5 50%\r\x1b[32mdone\x1b[0m \x1b[38;5;208morange\x1b[0m\x1b[K\n');
      await output(`${'a-token-without-any-space/'.repeat(20)}\n`);
      if (tag.endsWith(':1.2'))
        for (let line = 0; line < LONG_LINES; line += 1000)
          await output(Array.from({ length: 1000 }, (_, index) => `line ${line + index} of the log with some words more\n`).join(''));
      if (/:1\.[3-9]$/.test(tag)) await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    worker = await createWorker(
      readConfig({
        DATA_DIR: join(folder.path, 'data'),
        AUTH_TOKEN: TOKEN,
        MIN_FREE_BYTES: '0',
        SHUTDOWN_GRACE_MS: '0',
        MAXIMUM_PARALLEL_BUILDS: '2',
      }),
      silent,
      { engine },
    );
    app = await createApp(worker, silent);
    url = await app.listen({ port: 0, host: '127.0.0.1' });
    for (const number of [1, 2]) await worker.queue.accept(await payload(number, { branch: 'main', sha: 'abcdef0123456789' }));
    await until(() => worker.records.all().every(({ endedAt }) => endedAt !== undefined));
    for (const number of [3, 4, 5]) await worker.queue.accept(await payload(number, number === 4 ? { app: 'api' } : {}));
    browser = await chromium.launch({ executablePath: parts?.['chromium-headless-shell'] ?? '', args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await worker?.close();
    await app?.close();
    folder.remove();
  });

  async function open(viewport: { width: number; height: number }): Promise<Page> {
    const page = await (await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] })).newPage();
    page.on(
      'request',
      (request) => void (/^(data|blob):/.test(request.url()) || request.url().startsWith(url) || foreign.push(request.url())),
    );
    page.on('pageerror', (error) => void problems.push(error.message));
    page.on('console', (message) => void (/Content Security Policy/.test(message.text()) && problems.push(message.text())));
    return page;
  }
  const signIn = async (page: Page) => {
    await page.goto(`${url}/builds`);
    await page.fill('#token', TOKEN);
    await page.click('#login button');
    await page.waitForSelector('#all:visible tbody tr');
  };
  /** Nothing is wider than the screen. */
  const fits = async (page: Page) =>
    expect(
      await page.evaluate<boolean>(
        'document.documentElement.scrollWidth <= innerWidth && document.querySelector("#log").scrollWidth <= innerWidth',
      ),
    ).toBe(true);
  const goTo = (page: Page, build: string) => page.evaluate(`location.hash = '#${build}'`);

  it.each(WIDTHS)(
    'show builds, a log and its build on a %s',
    async (_name, viewport) => {
      const page = await open(viewport);
      await page.goto(`${url}/builds`);
      await page.fill('#token', 'a-wrong-token-of-length');
      await page.click('#login button');
      await page.waitForSelector('text=This token is not the worker');
      await signIn(page);
      expect(await page.isVisible('#login')).toBe(false);
      await fits(page);
      expect(await page.innerText('tbody')).toMatch(
        /web 5\s+queued next in the queue[^]*api 4\s+building[^]*web 1\s+succeeded\s+main @ abcdef0123/,
      );
      await page.fill('#app', 'api');
      await page.waitForSelector('tbody tr:only-child:has-text("api 4")');
      await page.fill('#app', '');
      await page.selectOption('#wanted', 'succeeded');
      await page.waitForSelector('tbody tr:nth-child(2):last-child:has-text("web 1")');
      await page.click('tbody tr:last-child a');
      await page.waitForSelector('#log:has-text("compiling <b>everything</b>")');
      expect(await page.locator('#log b').count()).toBe(0);
      // What carriage returns overwrite is gone, and colours are shown.
      await page.waitForSelector('#log:has-text("Build succeeded")');
      expect(await page.innerText('#log')).toMatch(/\n#5 done orange\n/);
      expect(await page.locator('#log span:has-text("orange")').evaluate((span) => span.getAttribute('style'))).toBe(
        'color: rgb(255, 135, 0);',
      );
      await fits(page);
      await page.click('#copy');
      await until(async () => (await page.evaluate<string>('navigator.clipboard.readText()')) === DIGEST);
      await goTo(page, `web-${APP_UUID}/5`);
      await page.waitForSelector('#waiting:has-text("next in the queue")');
      await fits(page);
      await page.close();
    },
    120_000,
  );

  it('keep every column in sight beside long names, branches and reasons', async () => {
    const page = await open(WIDTHS[1][1]);
    await signIn(page);
    const long = { app: `app-${'x'.repeat(120)}`, branch: `feature/${'long-'.repeat(30)}`, commit: 'abcdef0123', reason: 'y'.repeat(400) };
    const { builds } = await page.evaluate<{ builds: object[] }>(`fetch('/builds/list').then((answer) => answer.json())`);
    await page.route('**/builds/list*', (route) =>
      route.fulfill({ json: { builds: builds.map((build) => ({ ...build, ...long })), next: null } }),
    );
    await page.reload();
    await page.waitForSelector(`tbody tr:has-text("${long.reason}")`);
    expect(await page.evaluate(`(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))`)).toBe(0);
    await page.close();
  });

  it('stop a build after asking, and never an app', async () => {
    const page = await open(WIDTHS[1][1]);
    await signIn(page);
    const deleted: string[] = [];
    page.on('request', (request) => void (request.method() === 'DELETE' && deleted.push(new URL(request.url()).pathname)));
    await goTo(page, `web-${APP_UUID}/3`);
    await page.waitForSelector('#stop:visible');
    // An address of an app, not of a build, must not turn the button into one that deletes the app.
    await page.evaluate(`location.hash = '#web-${APP_UUID}'; new Promise((done) => setTimeout(done, 200))`);
    await page.evaluate(`document.getElementById('stop').click()`);
    expect({ deleted, visible: await page.isVisible('#stop') }).toEqual({ deleted: [], visible: false });
    await page.waitForSelector('#all:visible');
    await goTo(page, `web-${APP_UUID}/3`);
    await page.waitForSelector('#stop:visible');
    await page.click('#stop');
    await page.click('#sure button:has-text("Keep")');
    expect({ deleted, open: await page.isVisible('#sure') }).toEqual({ deleted: [], open: false });
    await page.click('#stop');
    await page.click('#sure button:has-text("Stop")');
    await page.waitForSelector('#state:has-text("stopped")');
    await page.waitForSelector('#log:has-text("Build stopped.")');
    expect(await page.isVisible('#stop')).toBe(false);
    expect(worker.records.get(`web-${APP_UUID}/3`)?.state).toBe('stopped');
    expect(deleted).toEqual([`/web-${APP_UUID}/3`]);
    await page.close();
  }, 60_000);

  it.each(WIDTHS)(
    `show a log of ${LONG_LINES} lines to its end on a %s, and stay usable`,
    async (_name, viewport) => {
      const page = await open(viewport);
      await signIn(page);
      await goTo(page, `web-${APP_UUID}/2`);
      const end = () =>
        page.evaluate<boolean>(`document.querySelector('#log > div:last-child')?.textContent.includes('Build succeeded') === true`);
      await until(end, 60_000);
      expect(await page.evaluate<number>(`document.getElementById('log').textContent.split('\\n').length`)).toBeGreaterThan(LONG_LINES);
      const log = await page.evaluate<{ below: number; laidOut: number }>(`new Promise((done) => setTimeout(() => {
      const log = document.getElementById('log');
      const laidOut = [...log.children].filter((part) => getComputedStyle(part).contentVisibility !== 'auto').length;
      done({ below: log.scrollHeight - log.scrollTop - log.clientHeight, laidOut });
    }, 500))`);
      expect(log.below).toBeLessThan(30);
      // What is not on the screen is left out of the layout: this, not the clock of a busy machine, is what keeps the page usable.
      expect(log.laidOut).toBeLessThan(10);
      expect(await page.isChecked('#following')).toBe(true);
      await page.evaluate(`document.getElementById('log').scrollTop = 0`);
      await until(() => page.isChecked('#following').then((checked) => !checked));
      await page.close();
    },
    120_000,
  );

  it.each(WIDTHS)(
    'let the API be read and tried on a %s',
    async (_name, viewport) => {
      const page = await open(viewport);
      await page.goto(`${url}/docs`);
      await page.click('.btn.authorize');
      await page.fill('.modal-ux input[type=text] >> nth=0', TOKEN);
      await page.click('.modal-ux .btn.authorize >> nth=0');
      await page.click('.modal-ux .btn-done >> nth=0');
      await page.click('#operations-builds-get_builds_list');
      await page.click('.try-out__btn');
      await page.click('.execute');
      await page.waitForSelector('.live-responses-table td.response-col_status:has-text("200")');
      expect(await page.innerText('.live-responses-table')).toContain('"queue_position"');
      expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.close();
    },
    60_000,
  );

  it('ask no other address, and break no rule of their policies', () => {
    expect({ foreign, problems }).toEqual({ foreign: [], problems: [] });
  });
});
