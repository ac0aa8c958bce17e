// The grid's rules without a page: hours, rectangles, clipboard text, what a paste or fill would write, undo and redo.

/** What one cell may hold: 168 hours. */
export const MOST = 168 * 60;

/**
 * Reads hours as people type them: `7`, `7.5`, `7,5`, `7:30`, blank for none.
 *
 * @returns {{minutes: number} | {error: string}} whole minutes, to the nearest; or a sentence that says what to write
 */
export function parseHours(text) {
  // NFKC turns full-width digits and signs into the plain ones.
  const trimmed = text.normalize('NFKC').trim();
  if (trimmed === '') return { minutes: 0 };
  const bare = trimmed.replace(/h$/i, '').trimEnd();
  const unreadable = { error: `“${trimmed.slice(0, 40)}” is not a number of hours; write 7, 7.5 or 7:30` };
  const match = /^([-−]?)(?:(\d{1,7}):([0-5]\d)|(\d{0,9})(?:[.,](\d{0,9}))?)$/.exec(bare);
  if (!match) return unreadable;
  const [, sign, hours, rest, whole, fraction = ''] = match;
  if (hours === undefined && whole === '' && fraction === '') return unreadable;
  const minutes = hours === undefined ? decimal(whole, fraction) : Number(hours) * 60 + Number(rest);
  if (sign && minutes > 0) return { error: 'hours cannot be below 0' };
  if (minutes > MOST) return { error: `${MOST / 60} hours at most fit here` };
  return { minutes };
}

/** Decimal hours in minutes, to the nearest; on integers, so that `16.675` is not a hair less than it says. */
function decimal(whole, fraction) {
  const scale = 10 ** fraction.length;
  const part = Number(fraction || 0);
  return Number(whole || 0) * 60 + Math.floor((part * 120 + scale) / (2 * scale));
}

/** Minutes as decimal hours with at most two places: `7.5`, `7.33`. */
export function formatHours(minutes) {
  return String(Math.floor((minutes * 100 + 30) / 60) / 100);
}

/** The minutes that the server's decimal hours stand for. */
export function fromDecimal(hours) {
  return Math.round(Number(hours) * 60);
}

/** The load class of a week: 0 nothing, then one per band; a band's upper end belongs to it, save the first's. */
export function loadLevel(minutes, capacity, bands, unit) {
  if (minutes <= 0) return 0;
  if (unit !== 'hours' && capacity <= 0) return 5;
  const [have, full] = unit === 'hours' ? [minutes, 60] : [minutes * 100, capacity];
  if (have < bands[0] * full) return 1;
  for (let level = 1; level < bands.length; level += 1) {
    if (have <= bands[level] * full) return level + 1;
  }
  return 5;
}

/** The rectangle between two cells, ends included. */
export function rectangle(a, b) {
  return {
    top: Math.min(a.row, b.row), bottom: Math.max(a.row, b.row),
    left: Math.min(a.col, b.col), right: Math.max(a.col, b.col),
  };
}

/** Whether a cell lies in a rectangle. */
export function within(rect, row, col) {
  return row >= rect.top && row <= rect.bottom && col >= rect.left && col <= rect.right;
}

/** Where Ctrl+arrow leads: to the last filled cell of a run, over a gap to the next filled one, or to the edge. */
export function jump(filled, from, step, last) {
  let at = from + step;
  if (at < 0 || at > last) return from;
  if (filled(from) && filled(at)) {
    while (at + step >= 0 && at + step <= last && filled(at + step)) at += step;
    return at;
  }
  while (at + step >= 0 && at + step <= last && !filled(at)) at += step;
  return at;
}

const QUOTED = /"((?:[^"]|"")*)"(?=[\t\r\n]|$)/y;
const PLAIN = /[^\t\r\n]*/y;

/** Clipboard text as rows of cells: tabs and line ends separate, a quoted cell may hold both and doubled quotes. */
export function parseTsv(text) {
  const rows = [];
  let row = [];
  let at = 0;
  while (at <= text.length) {
    let cell;
    QUOTED.lastIndex = PLAIN.lastIndex = at;
    const quoted = text[at] === '"' ? QUOTED.exec(text) : null;
    if (quoted) {
      cell = quoted[1].replaceAll('""', '"');
      at = QUOTED.lastIndex;
    } else {
      cell = PLAIN.exec(text)[0];
      at = PLAIN.lastIndex;
    }
    row.push(cell);
    if (text[at] === '\t') {
      at += 1;
      continue;
    }
    rows.push(row);
    row = [];
    at += text.startsWith('\r\n', at) ? 2 : 1;
    // A line end after the last row is how spreadsheets finish, not a row of its own.
    if (at >= text.length) break;
  }
  return rows;
}

/** Rows of cells as clipboard text that spreadsheets read. */
export function serialiseTsv(rows) {
  const cell = (text) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join('\t')).join('\r\n');
}

/**
 * What a paste would write, and what not and why.
 *
 * @param {{rows: number, cols: number, at: (row: number, col: number) => {minutes: number, locked: boolean}}} sheet
 * @param {{top: number, bottom: number, left: number, right: number}} selection
 * @param {string[][]} matrix from `parseTsv`
 * @returns `cells` to write; `same` already hold the value; `blank` texts that leave cells alone; `locked` places that
 *   refuse; `clipped` texts beyond the edge; `unreadable`: then nothing at all is written, lest columns shift unseen
 */
export function planPaste(sheet, selection, matrix) {
  const plan = { cells: [], same: 0, blank: 0, locked: [], clipped: 0, unreadable: null };
  const area = pasteArea(selection, matrix);
  const width = Math.max(...matrix.map((row) => row.length));
  for (let y = 0; y < area.rows; y += 1) {
    for (let x = 0; x < area.cols; x += 1) {
      const text = matrix[y % matrix.length][x % width] ?? '';
      if (text.trim() === '') {
        plan.blank += 1;
        continue;
      }
      const row = selection.top + y;
      const col = selection.left + x;
      const read = parseHours(text);
      if (read.error) {
        plan.unreadable ??= { text, line: (y % matrix.length) + 1, column: (x % width) + 1, error: read.error };
      } else if (row >= sheet.rows || col >= sheet.cols) {
        plan.clipped += 1;
      } else {
        place(plan, sheet, row, col, read.minutes);
      }
    }
  }
  if (plan.unreadable) plan.cells = [];
  return plan;
}

/** One value fills the selection; a block repeats where the selection is a multiple of it; else it lies at the corner. */
function pasteArea(selection, matrix) {
  const rows = matrix.length;
  const cols = Math.max(...matrix.map((row) => row.length));
  const high = selection.bottom - selection.top + 1;
  const wide = selection.right - selection.left + 1;
  return {
    rows: high > rows && high % rows === 0 ? high : rows,
    cols: wide > cols && wide % cols === 0 ? wide : cols,
  };
}

function place(plan, sheet, row, col, minutes) {
  const cell = sheet.at(row, col);
  if (cell.locked) plan.locked.push({ row, col });
  else if (cell.minutes === minutes) plan.same += 1;
  else plan.cells.push({ row, col, minutes });
}

/** What a fill would write: `target` takes what `source` holds, over and over. The source itself stays. */
export function planFill(sheet, source, target) {
  const plan = { cells: [], same: 0, blank: 0, locked: [], clipped: 0, unreadable: null };
  const high = source.bottom - source.top + 1;
  const wide = source.right - source.left + 1;
  const wrap = (distance, size) => ((distance % size) + size) % size;
  for (let row = Math.max(0, target.top); row <= Math.min(target.bottom, sheet.rows - 1); row += 1) {
    for (let col = Math.max(0, target.left); col <= Math.min(target.right, sheet.cols - 1); col += 1) {
      if (within(source, row, col)) continue;
      const from = sheet.at(source.top + wrap(row - source.top, high), source.left + wrap(col - source.left, wide));
      place(plan, sheet, row, col, from.minutes);
    }
  }
  return plan;
}

/** What setting one value everywhere in a selection would write. */
export function planValue(sheet, selection, minutes) {
  const plan = { cells: [], same: 0, blank: 0, locked: [], clipped: 0, unreadable: null };
  for (let row = selection.top; row <= selection.bottom; row += 1) {
    for (let col = selection.left; col <= selection.right; col += 1) place(plan, sheet, row, col, minutes);
  }
  return plan;
}

/** Where the fill handle leads from a selection to a cell: along the longer way, in a straight line. */
export function fillTarget(selection, cell) {
  const down = Math.max(cell.row - selection.bottom, selection.top - cell.row, 0);
  const across = Math.max(cell.col - selection.right, selection.left - cell.col, 0);
  if (down === 0 && across === 0) return selection;
  return down >= across
    ? { ...selection, top: Math.min(selection.top, cell.row), bottom: Math.max(selection.bottom, cell.row) }
    : { ...selection, left: Math.min(selection.left, cell.col), right: Math.max(selection.right, cell.col) };
}

/**
 * The change sets that can be taken back and done again.
 *
 * Undo on the server is a change set of its own, so redo is the undo of the undo; only ids are kept here.
 */
export class History {
  #past = [];
  #future = [];

  /** A new gesture was saved; what had been undone before it can no longer be redone. */
  push(id) {
    this.#past.push(id);
    this.#future = [];
    if (this.#past.length > 500) this.#past.shift();
  }

  /** The change set that undo (or redo) would reverse, or undefined. */
  peek(direction) {
    return (direction === 'undo' ? this.#past : this.#future).at(-1);
  }

  /** The server has reversed that change set; `inverse` is the change set that did it (none if nothing was left to do). */
  moved(direction, inverse) {
    const [from, to] = direction === 'undo' ? [this.#past, this.#future] : [this.#future, this.#past];
    from.pop();
    if (inverse !== undefined && inverse !== null) to.push(inverse);
  }

  /** Takes one change set out, wherever it stands, because it was reversed from elsewhere. */
  forget(id) {
    this.#past = this.#past.filter((other) => other !== id);
    this.#future = this.#future.filter((other) => other !== id);
  }
}
