// The page at /builds: the builds, filtered and by pages; one with its live log; sign-in where the worker wants a token.
import { readEvents } from './events.mjs';
import { LogView } from './log-view.mjs';
import { duration, place, since, took } from './words.mjs';

/**
 * @typedef {{ id: string, app: string, app_id: string, space: string, image: string | null, status: string, reason: string | null,
 *   digest: string | null, attempts: number, branch: string | null, commit: string | null, queue_position: number | null,
 *   accepted_at: string, started_at: string | null, ended_at: string | null }} Build
 */

const REFRESH_MS = 2000;
/** @param {string} id @returns {any} an element of the page */
const at = (id) => document.getElementById(id);
/** @type {HTMLInputElement} */
const following = at('following');
const FINAL = ['succeeded', 'failed', 'stopped', 'timed out'];

/** app-uuid/number, or nothing: what else stands behind the # is no build, and no request is made of it. @type {string | undefined} */
let shown;
/** The pages before this one, by where they began. @type {string[]} */
let pages = [];
/** @type {string | null} */
let next = null;
/** @type {AbortController | undefined} */
let stream;
let digest = '';
/** Counts what is shown: an answer that comes after something else was chosen is dropped. */
let turn = 0;

const view = new LogView(at('log'), {
  follow: () => following.checked,
  onScroll: (atEnd) => (following.checked = atEnd),
  onDropped: () => (at('waiting').textContent = 'Only the end of this log is shown; the whole log can be downloaded.'),
});

/** @param {string} text */
function tell(text) {
  at('problem').textContent = text;
  at('problem').hidden = text === '';
}

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} the answer, or `undefined` where there is none; then the page says why */
async function ask(path, init) {
  try {
    const answer = await fetch(path, init);
    if (answer.status === 401) {
      at('login').hidden = false;
      at('all').hidden = at('one').hidden = true;
      return undefined;
    }
    const body = await answer.json();
    tell(answer.ok ? '' : body.status);
    return answer.ok ? body : undefined;
  } catch {
    tell('The worker does not answer; trying again.');
    return undefined;
  }
}

/** @param {string} status @returns {HTMLElement} */
function stateOf(status) {
  const state = document.createElement('span');
  state.textContent = status;
  state.className = `state ${status.replace(' ', '-')}`;
  return state;
}

/** @param {Build} build @returns {string} */
function commitOf({ branch, commit }) {
  return [branch, commit?.slice(0, 10)].filter(Boolean).join(' @ ');
}

/** @param {Build} build @returns {HTMLTableRowElement} */
function row(build) {
  const now = Date.now();
  const element = document.createElement('tr');
  const link = document.createElement('a');
  link.href = `#${build.app_id}/${build.id}`;
  link.textContent = `${build.app} ${build.id}`;
  const accepted = document.createElement('time');
  accepted.dateTime = build.accepted_at;
  accepted.title = new Date(build.accepted_at).toLocaleString();
  accepted.textContent = since(build.accepted_at, now);
  /** @type {[string, ...(string | HTMLElement)[]][]} */
  const cells = [
    ['', link],
    ['', stateOf(build.status), build.queue_position === null ? '' : ` ${place(build.queue_position)}`],
    ['', commitOf(build)],
    ['accepted', accepted],
    ['took', took(build, now)],
    ['', build.reason ?? ''],
  ];
  for (const [name, ...content] of cells) {
    const cell = document.createElement('td');
    cell.append(...content.filter((part) => part !== ''));
    if (name !== '' && cell.hasChildNodes()) cell.dataset.name = name;
    element.append(cell);
  }
  return element;
}

async function list() {
  const begun = turn;
  const query = new URLSearchParams({ app: at('app').value, state: at('wanted').value, before: pages.at(-1) ?? '' });
  for (const [name, value] of [...query]) if (value.trim() === '') query.delete(name);
  const answer = await ask(`/builds/list?${query}`);
  if (answer === undefined || begun !== turn) return;
  at('login').hidden = true;
  at('all').hidden = false;
  document.querySelector('#all tbody')?.replaceChildren(...answer.builds.map(row));
  at('none').hidden = answer.builds.length > 0;
  next = answer.next;
  at('older').disabled = next === null;
  at('newer').disabled = pages.length === 0;
}

async function refresh() {
  if (document.hidden) return;
  if (shown === undefined) return list();
  const begun = turn;
  /** @type {Build | undefined} */
  const build = await ask(`/${shown}`);
  if (build === undefined || begun !== turn) return;
  at('login').hidden = true;
  at('one').hidden = false;
  const now = Date.now();
  at('state').replaceChildren(stateOf(build.status));
  at('stop').hidden = FINAL.includes(build.status);
  digest = build.digest ?? '';
  at('copy').hidden = digest === '';
  if (FINAL.includes(build.status)) at('waiting').textContent = '';
  /** @type {[string, string][]} */
  const facts = [
    ['Commit', commitOf(build)],
    ['Image', build.image ?? ''],
    ['Digest', digest],
    ['Reason', build.reason ?? ''],
    ['Accepted', `${new Date(build.accepted_at).toLocaleString()}, ${since(build.accepted_at, now)}`],
    ['Waited', duration(Date.parse(build.started_at ?? build.ended_at ?? new Date(now).toISOString()) - Date.parse(build.accepted_at))],
    ['Took', took(build, now)],
    ['Attempts', build.attempts > 1 ? String(build.attempts) : ''],
  ];
  at('facts').replaceChildren(
    ...facts
      .filter(([, value]) => value !== '')
      .flatMap(([name, value]) => {
        const [term, fact] = [document.createElement('dt'), document.createElement('dd')];
        term.textContent = name;
        fact.textContent = value;
        return [term, fact];
      }),
  );
}

function follow() {
  const reading = new AbortController();
  stream = reading;
  const take = (/** @type {{ name: string, data: string }} */ { name, data }) => {
    if (reading.signal.aborted) return;
    // A line has no \n inside: there it stands for a carriage return.
    if (name === 'message') view.add(data.replaceAll('\n', '\r'));
    else if (name === 'end') refresh();
    else if (name === 'queue') {
      const { position } = JSON.parse(data);
      at('waiting').textContent = position === null ? '' : `Queued: ${place(position)}.`;
    }
  };
  readEvents(`/${shown}/logs?follow=true`, reading.signal, take, () => view.ready());
}

function show() {
  stream?.abort();
  turn += 1;
  shown = /^#([a-z0-9._-]+\/\d+)$/i.exec(location.hash)?.[1];
  at('all').hidden = at('one').hidden = true;
  at('stop').hidden = at('copy').hidden = true;
  at('facts').replaceChildren();
  at('state').replaceChildren();
  at('waiting').textContent = '';
  view.clear();
  following.checked = true;
  document.title = shown === undefined ? 'Builds' : `${shown} - Builds`;
  refresh();
  if (shown === undefined) return;
  at('name').textContent = shown.replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\//i, ' ');
  at('whole').href = `/${shown}/logs`;
  at('whole').download = `${shown.replace('/', '-')}.log`;
  follow();
}

at('login').addEventListener('submit', async (/** @type {Event} */ event) => {
  event.preventDefault();
  const headers = { authorization: `Bearer ${at('token').value}` };
  const answer = await fetch('/builds/session', { method: 'POST', headers }).catch(() => undefined);
  if (answer?.ok !== true) return tell(answer === undefined ? 'The worker does not answer.' : "This token is not the worker's.");
  tell('');
  at('login').hidden = true;
  at('token').value = '';
  show();
});
at('stop').addEventListener('click', () => {
  if (shown === undefined) return;
  at('stopped').textContent = at('name').textContent;
  at('sure').dataset.build = shown;
  at('sure').returnValue = '';
  at('sure').showModal();
});
at('sure').addEventListener('close', async () => {
  const { build } = at('sure').dataset;
  if (at('sure').returnValue !== 'stop' || build === undefined) return;
  at('stop').disabled = true;
  await ask(`/${build}`, { method: 'DELETE' });
  at('stop').disabled = false;
  refresh();
});
at('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(digest).then(
    () => (at('copy').textContent = 'Copied'),
    () => tell(`The browser does not let the page copy; the digest is ${digest}`),
  );
  setTimeout(() => (at('copy').textContent = 'Copy digest'), REFRESH_MS);
});
following.addEventListener('change', () => following.checked && view.toEnd());
for (const id of ['app', 'wanted'])
  at(id).addEventListener('input', () => {
    pages = [];
    turn += 1;
    list();
  });
at('filter').addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
at('older').addEventListener('click', () => {
  if (next !== null) pages.push(next);
  list();
});
at('newer').addEventListener('click', () => {
  pages.pop();
  list();
});
addEventListener('hashchange', show);
document.addEventListener('visibilitychange', () => void refresh());
setInterval(refresh, REFRESH_MS);
show();
