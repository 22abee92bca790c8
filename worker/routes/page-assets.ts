// Style and script of the page at /builds, served as files of their own so that the page needs no inline code.

export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 15px system-ui, sans-serif; }
main { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
pre { background: #8882; padding: 1rem; overflow: auto; max-height: 65vh; white-space: pre-wrap; overflow-wrap: anywhere; }
.succeeded { color: #18794e; } .failed, .timed-out { color: #cd2b31; } .stopped { color: #8d6b00; }
`;

export const PAGE_SCRIPT = `'use strict';
const at = (id) => document.getElementById(id);
const finals = ['succeeded', 'failed', 'stopped', 'timed out'];
let stream;
// app-uuid/number, or nothing: what else stands behind the # is no build, and no request is made of it.
let shown;

async function list() {
  const answer = await fetch('/builds/list');
  if (!answer.ok) return;
  const rows = (await answer.json()).map((build) => {
    const row = document.createElement('tr');
    const link = document.createElement('a');
    link.href = '#' + build.app_id + '/' + build.id;
    link.textContent = build.app;
    const state = document.createElement('span');
    state.textContent = build.status;
    state.className = build.status.replace(' ', '-');
    for (const content of [link, build.id, state, new Date(build.accepted_at).toLocaleString(), build.reason || '']) {
      const cell = document.createElement('td');
      cell.append(content);
      row.append(cell);
    }
    return row;
  });
  document.querySelector('#all tbody').replaceChildren(...rows);
}

async function refresh() {
  if (!shown) return list();
  const answer = await fetch('/' + shown);
  if (!answer.ok) return;
  const build = await answer.json();
  at('state').textContent = build.status;
  at('state').className = build.status.replace(' ', '-');
  at('stop').hidden = finals.includes(build.status);
  at('detail').textContent = [build.image, build.digest, build.reason].filter(Boolean).join(' · ');
}

function show() {
  if (stream) stream.close();
  shown = /^#([a-z0-9._-]+\\/\\d+)$/i.exec(location.hash)?.[1];
  at('one').hidden = !shown;
  at('all').hidden = Boolean(shown);
  at('stop').hidden = true;
  refresh();
  if (!shown) return;
  at('name').textContent = shown;
  const log = at('log');
  log.textContent = '';
  stream = new EventSource('/' + shown + '/logs?follow=true');
  stream.onmessage = (event) => {
    const below = log.scrollTop + log.clientHeight > log.scrollHeight - 20;
    log.append(event.data + '\\n');
    if (below) log.scrollTop = log.scrollHeight;
  };
  stream.addEventListener('end', () => { stream.close(); refresh(); });
}

if (at('login')) {
  at('login').addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = await fetch('/builds/session', { method: 'POST', headers: { authorization: 'Bearer ' + at('token').value } });
    if (answer.ok) location.reload();
    else at('problem').textContent = 'This token is not the worker\\'s.';
  });
} else {
  at('stop').addEventListener('click', async () => {
    if (!shown) return;
    at('stop').disabled = true;
    await fetch('/' + shown, { method: 'DELETE' });
    at('stop').disabled = false;
    refresh();
  });
  addEventListener('hashchange', show);
  setInterval(refresh, 2000);
  show();
}
`;
