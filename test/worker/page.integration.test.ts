// The page for people, in a real browser: sign in, see the builds, watch one's log live, stop it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { createApp } from '../../worker/app';
import { readConfig } from '../../worker/config';
import { createWorker, type Worker } from '../../worker/worker';
import { describeWith } from '../support/parts';
import { APP_UUID, FakeEngine, payload, silent, tempFolder } from './support/fakes';

const CHROMIUM = '/usr/bin/chromium';
const TOKEN = 'a-token-of-some-length';

describeWith(existsSync(CHROMIUM) ? CHROMIUM : undefined)('the page at /builds', () => {
  const folder = tempFolder();
  const engine = new FakeEngine();
  let browser: Browser;
  let worker: Worker;
  let app: Awaited<ReturnType<typeof createApp>>;
  let url = '';

  beforeAll(async () => {
    engine.onBuild = async ({ output }, tag) => {
      await output('compiling <b>everything</b>\n');
      if (tag.endsWith(':1.2')) await new Promise(() => undefined);
    };
    worker = await createWorker(
      readConfig({ DATA_DIR: join(folder.path, 'data'), AUTH_TOKEN: TOKEN, MIN_FREE_BYTES: '0', SHUTDOWN_GRACE_MS: '0' }),
      silent,
      { engine },
    );
    app = await createApp(worker, silent);
    url = await app.listen({ port: 0, host: '127.0.0.1' });
    await worker.queue.accept(await payload(1));
    await worker.queue.accept(await payload(2));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await worker?.close();
    await app?.close();
    folder.remove();
  });

  it('shows builds, a live log and a stop button, and asks no other address', async () => {
    const page = await browser.newPage();
    const foreign: string[] = [];
    const problems: string[] = [];
    page.on('request', (request) => void (request.url().startsWith(url) || foreign.push(request.url())));
    page.on('pageerror', (error) => void problems.push(error.message));
    await page.goto(`${url}/builds`);
    await page.fill('#token', 'a-wrong-token-of-length');
    await page.click('button');
    await page.waitForSelector('text=This token is not the worker');
    await page.fill('#token', TOKEN);
    await page.click('button');
    await page.waitForSelector('tbody tr:nth-child(2)');
    expect(await page.innerText('tbody')).toMatch(/web\s+2\s+building[^]*web\s+1\s+succeeded/);
    await page.click('tbody tr:first-child a');
    await page.waitForSelector('#log:has-text("compiling <b>everything</b>")');
    expect(await page.locator('#log b').count()).toBe(0);
    // An address of an app, not of a build, must not turn the button into one that deletes the app.
    const deleted: string[] = [];
    page.on('request', (request) => void (request.method() === 'DELETE' && deleted.push(new URL(request.url()).pathname)));
    await page.waitForSelector('#stop:visible');
    await page.evaluate(`location.hash = '#web-${APP_UUID}'; new Promise((done) => setTimeout(done, 200))`);
    await page.evaluate(`document.getElementById('stop').click()`);
    expect({ deleted, visible: await page.isVisible('#stop') }).toEqual({ deleted: [], visible: false });
    await page.waitForSelector('#all:visible');
    await page.evaluate(`location.hash = '#web-${APP_UUID}/2'`);
    await page.waitForSelector('#stop:visible');
    await page.click('#stop');
    await page.waitForSelector('#state:has-text("stopped")');
    await page.waitForSelector('#log:has-text("Build stopped.")');
    expect(await page.isVisible('#stop')).toBe(false);
    expect(worker.database.get('build', `web-${APP_UUID}/2`)?.state).toBe('stopped');
    expect(deleted).toEqual([`/web-${APP_UUID}/2`]);
    expect({ foreign, problems }).toEqual({ foreign: [], problems: [] });
  }, 60_000);
});
