// A log in the page: lines come one by one and are shown in parts, so that the time for a line does not grow with the log.
import { Terminal } from './terminal.mjs';

/** Lines of one element. The browser lays out those elements only that are on the screen. */
const PART_LINES = 200;
/** Shown between two frames; the rest waits, and the page stays responsive. */
const FRAME_LINES = 2000;
/** Characters that are kept, the latest ones: browsers hold more badly. The whole log can be downloaded. */
const MOST_CHARACTERS = 64 * 1024 ** 2;
const AT_END_PX = 30;
/** The last parts are always laid out, so that the end is where it seems to be. */
const SURE_PARTS = 2;

export class LogView {
  #terminal = new Terminal();
  /** @type {string[]} */
  #waiting = [];
  /** @type {{ element: HTMLElement, lines: number, characters: number }[]} */
  #parts = [];
  /** @type {HTMLElement[]} */
  #sure = [];
  #characters = 0;
  #frame = 0;

  /**
   * @param {HTMLElement} element scrolls
   * @param {{ follow: () => boolean, onScroll: (atEnd: boolean) => void, onDropped: () => void }} options
   */
  constructor(element, options) {
    this.element = element;
    this.options = options;
    let top = 0;
    element.addEventListener(
      'scroll',
      () => {
        // Upwards is where people scroll to: parts that turn out longer than they were thought only move the end away.
        if (this.#isAtEnd()) options.onScroll(true);
        else if (element.scrollTop < top) options.onScroll(false);
        top = element.scrollTop;
      },
      { passive: true },
    );
  }

  clear() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#terminal = new Terminal();
    this.#waiting = [];
    this.#parts = [];
    this.#characters = 0;
    this.element.replaceChildren();
  }

  /** @param {string} line as it was printed, without its end */
  add(line) {
    this.#waiting.push(line);
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#show());
  }

  /** Resolves when so little waits to be shown that more may come. */
  async ready() {
    while (this.#waiting.length > FRAME_LINES) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #isAtEnd() {
    return this.element.scrollTop + this.element.clientHeight > this.element.scrollHeight - AT_END_PX;
  }

  #show() {
    this.#frame = 0;
    const next = this.#waiting.splice(0, FRAME_LINES);
    const lines = next.length;
    while (next.length > 0) {
      const part = this.#part();
      const taken = next.splice(0, PART_LINES - part.lines);
      part.element.append(this.#rendered(taken));
      part.lines += taken.length;
      for (const line of taken) part.characters += line.length;
      for (const line of taken) this.#characters += line.length;
    }
    this.#drop();
    for (const element of this.#sure) element.classList.remove('sure');
    this.#sure = this.#parts.slice(-SURE_PARTS).map(({ element }) => element);
    for (const element of this.#sure) element.classList.add('sure');
    if (this.options.follow()) this.toEnd();
    if (this.#waiting.length > 0) this.#frame = requestAnimationFrame(() => this.#show());
    else if (lines > 0 && this.options.follow()) requestAnimationFrame(() => this.options.follow() && this.toEnd());
  }

  #part() {
    const last = this.#parts.at(-1);
    if (last !== undefined && last.lines < PART_LINES) return last;
    const part = { element: document.createElement('div'), lines: 0, characters: 0 };
    this.#parts.push(part);
    this.element.append(part.element);
    return part;
  }

  #drop() {
    let dropped = 0;
    while (this.#characters > MOST_CHARACTERS && dropped < this.#parts.length - 1) {
      const part = this.#parts[dropped];
      if (part === undefined) break;
      part.element.remove();
      this.#characters -= part.characters;
      dropped += 1;
    }
    if (dropped === 0) return;
    this.#parts.splice(0, dropped);
    this.options.onDropped();
  }

  /** @param {string[]} lines @returns {DocumentFragment} text of one look in one node, over line ends too */
  #rendered(lines) {
    const fragment = document.createDocumentFragment();
    let plain = '';
    const flush = () => {
      if (plain !== '') fragment.append(plain);
      plain = '';
    };
    for (const line of lines) {
      for (const { text, classes, color, background } of this.#terminal.line(line)) {
        if (classes.length === 0 && color === null && background === null) {
          plain += text;
          continue;
        }
        flush();
        const span = document.createElement('span');
        span.append(text);
        span.className = classes.join(' ');
        if (color !== null) span.style.color = `rgb(${color})`;
        if (background !== null) span.style.backgroundColor = `rgb(${background})`;
        fragment.append(span);
      }
      plain += '\n';
    }
    flush();
    return fragment;
  }
}
