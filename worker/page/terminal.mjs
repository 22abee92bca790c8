// A line of output as a terminal shows it: what is overwritten is gone, and what is left has its colours.
import Anser from './anser.mjs';

/** @typedef {{ text: string, classes: string[], color: string | null, background: string | null }} Run text of one look; colours are `r, g, b` */

/** What a terminal acts on: cursor and erasing inside a line, colours; all others have no meaning in a log. */
// eslint-disable-next-line no-control-regex
const CONTROL = /\r|\x08|\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\x00-\x07\x0b-\x1f\x7f]/g;
/** What BuildKit's steps are told apart by. The program that printed the line knows nothing of it, and its carriage returns do not reach it. */
const STEP = /^#\d+ /;
/** A line that sets the cursor far to the right is not made longer than that. */
const MOST_COLUMNS = 100_000;

/** @param {number} index of the 256 colours @returns {string} */
function paletteColor(index) {
  if (index >= 232) return Array.from({ length: 3 }, () => 8 + (index - 232) * 10).join(', ');
  const level = (/** @type {number} */ part) => (part === 0 ? 0 : 55 + part * 40);
  const at = index - 16;
  return [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(level).join(', ');
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
/** The first 16 colours, readable on the log's dark ground. */
const NAMED = [
  ['92, 99, 112', '241, 76, 76', '35, 209, 139', '215, 186, 61', '90, 156, 248', '214, 112, 214', '41, 184, 219', '216, 219, 226'],
  ['127, 132, 142', '255, 123, 114', '90, 242, 166', '245, 245, 67', '138, 184, 255', '240, 139, 240', '111, 227, 250', '255, 255, 255'],
];

/** @param {string | null} name as Anser gives it @param {string | null} trueColor @returns {string | null} */
function colorOf(name, trueColor) {
  if (name === null || name === undefined) return null;
  if (name === 'ansi-truecolor') return trueColor;
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette !== null) return paletteColor(Number(palette[1]));
  const [, bright, color = ''] = /^ansi-(bright-)?(\w+)$/.exec(name) ?? [];
  return NAMED[bright === undefined ? 0 : 1]?.[NAMES.indexOf(color)] ?? null;
}

/** @typedef {{ classes: string[], color: string | null, background: string | null }} Look */

/** Colours hold over line ends, so one terminal reads the lines of a log in their order. */
export class Terminal {
  #anser = new Anser();
  /** @type {Look} */
  #look = { classes: [], color: null, background: null };

  /** @param {string} codes SGR sequences */
  #color(codes) {
    const entry = this.#anser.ansiToJson(`${codes}x`, { use_classes: true, remove_empty: true }).at(-1);
    if (entry === undefined) return;
    const inverted = entry.decorations.includes('reverse');
    const [color, background] = [colorOf(entry.fg, entry.fg_truecolor), colorOf(entry.bg, entry.bg_truecolor)];
    this.#look = {
      classes: entry.decorations.filter((name) => name !== 'reverse' && name !== 'blink'),
      color: inverted ? (background ?? '22, 24, 29') : color,
      background: inverted ? (color ?? '216, 219, 226') : background,
    };
  }

  /** @param {string} line without its end @returns {Run[]} */
  line(line) {
    CONTROL.lastIndex = 0;
    const plain = this.#look.classes.length === 0 && this.#look.color === null && this.#look.background === null;
    if (plain && !CONTROL.test(line)) return line === '' ? [] : [{ text: line, ...this.#look }];
    const step = STEP.exec(line)?.[0] ?? '';
    const row = new Row();
    let at = step.length;
    CONTROL.lastIndex = at;
    for (let found = CONTROL.exec(line); found !== null; found = CONTROL.exec(line)) {
      row.write(line.slice(at, found.index), this.#look);
      at = found.index + found[0].length;
      this.#act(row, found[0]);
    }
    row.write(line.slice(at), this.#look);
    return [...(step === '' ? [] : [{ text: step, classes: [], color: null, background: null }]), ...row.runs()];
  }

  /** @param {Row} row @param {string} control */
  #act(row, control) {
    if (control === '\r') row.column = 0;
    else if (control === '\b') row.move(-1);
    else if (control.startsWith('\x1b[')) {
      const count = Number(/\d+/.exec(control)?.[0] ?? 0);
      const kind = control.at(-1);
      if (kind === 'm') this.#color(control);
      else if (kind === 'K') row.erase(count);
      else if (kind === 'C') row.move(Math.max(1, count));
      else if (kind === 'D') row.move(-Math.max(1, count));
      else if (kind === 'G') row.move(Math.max(1, count) - 1 - row.column);
    }
  }
}

class Row {
  /** @type {(string | undefined)[]} */
  #letters = [];
  /** @type {(Look | undefined)[]} */
  #looks = [];
  column = 0;

  /** @param {string} text @param {Look} look */
  write(text, look) {
    for (const letter of text) {
      this.#letters[this.column] = letter;
      this.#looks[this.column] = look;
      this.column += 1;
    }
  }

  /** @param {number} by */
  move(by) {
    this.column = Math.min(MOST_COLUMNS, Math.max(0, this.column + by));
  }

  /** @param {number} what 0 to the right of the cursor, 1 to its left, 2 all */
  erase(what) {
    if (what === 0) this.#letters.length = Math.min(this.#letters.length, this.column);
    else if (what === 2) this.#letters = [];
    else for (let at = 0; at <= this.column && at < this.#letters.length; at += 1) this.#letters[at] = ' ';
  }

  /** @returns {Run[]} */
  runs() {
    /** @type {Run[]} */
    const runs = [];
    /** @type {Look | undefined} */
    let before;
    for (let at = 0; at < this.#letters.length; at += 1) {
      const look = this.#looks[at] ?? { classes: [], color: null, background: null };
      const last = runs.at(-1);
      if (last !== undefined && look === before) last.text += this.#letters[at] ?? ' ';
      else runs.push({ text: this.#letters[at] ?? ' ', ...look });
      before = look;
    }
    return runs;
  }
}
