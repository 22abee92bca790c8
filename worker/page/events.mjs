// Server-sent events read at the pace of the page. An EventSource hands out each line as a task of its own, and the page stands still meanwhile.

const PAUSE_MS = 2000;

/** @typedef {{ name: string, data: string }} Event */

/** @param {string} block lines of one event @returns {Event & { id: string | undefined }} */
function parsed(block) {
  let name = 'message';
  let id;
  const data = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) data.push(line.slice(6));
    else if (line.startsWith('id: ')) id = line.slice(4);
    else if (line.startsWith('event: ')) name = line.slice(7);
  }
  return { name, id, data: data.join('\n') };
}

/**
 * Goes on where it was after a connection that broke off, until the event `end`.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {(event: Event) => void} take
 * @param {() => Promise<void>} ready waited for before more is read
 */
export async function readEvents(url, signal, take, ready) {
  let last = '';
  while (!signal.aborted) {
    try {
      const headers = { accept: 'text/event-stream', ...(last === '' ? {} : { 'last-event-id': last }) };
      const answer = await fetch(url, { headers, signal });
      // The page's other requests say why.
      if (answer.status >= 400 && answer.status < 500) return;
      const reader = answer.ok ? answer.body?.pipeThrough(new TextDecoderStream()).getReader() : undefined;
      let rest = '';
      for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
        const blocks = (rest + part.value).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          if (block.startsWith(':')) continue;
          const event = parsed(block);
          last = event.id ?? last;
          take(event);
          if (event.name === 'end') return;
        }
        await ready();
      }
    } catch {
      // Gone, or the page shows something else by now.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
