// The schedule's table as positions: which row and week a cell is, what it holds, and how cursor and selection are painted.

import { formatHours, loadLevel, rectangle } from './model.js';

const LEVELS = ['u0', 'u1', 'u2', 'u3', 'u4', 'u5'];

/** Wraps the scroller `#schedule`. Rows count from the top of the body, columns from the first week; -1 is the row's head. */
export class Sheet {
  constructor(root) {
    this.root = root;
    this.table = root.querySelector('table.grid');
    this.body = this.table.tBodies[0];
    this.editable = root.dataset.edit === 'true';
    this.bands = (root.dataset.bands ?? '70 85 100 115').split(/\s+/).map(Number);
    this.unit = root.dataset.bandUnit ?? 'percent';
    this.weeks = [...this.table.tHead.querySelectorAll('[data-week]')].map((th) => th.dataset.week);
    this.weekAt = new Map(this.weeks.map((week, index) => [week, index]));
    /** The active cell, where typing goes; `extent` is the other corner of the selection. Both are `{tr, col}`. */
    this.cursor = null;
    this.extent = null;
    this.painted = new Set();
    this.hinted = [];
    this.tabStop = null;
    this.reindex();
    for (const tr of this.rows) this.adopt(tr);
    this.#giveTabStop();
  }

  /** Counts the rows anew after some came or went; cursor and selection stay with their rows. */
  reindex() {
    this.rows = [...this.body.rows];
    this.rowAt = new Map(this.rows.map((tr, index) => [tr, index]));
    this.assigned = this.rows.filter((tr) => tr.classList.contains('assign'));
    this.assignedAt = new Map(this.assigned.map((tr, index) => [tr, index]));
    if (this.cursor && !this.rowAt.has(this.cursor.tr)) this.#stepAside();
    if (this.extent && !this.rowAt.has(this.extent.tr)) this.extent = this.cursor;
    if (this.tabStop && !this.tabStop.isConnected) this.#giveTabStop();
  }

  /** The row under the cursor has gone: the cursor waits in the row that has taken its place. */
  #stepAside() {
    const at = Math.min(this.cursor.row, this.rows.length - 1);
    this.cursor = at < 0 ? null : { tr: this.rows[at], row: at, col: this.cursor.col };
    this.extent = this.cursor;
  }

  /** Row and column of the active cell, or null. */
  get at() {
    return this.cursor && { row: this.rowAt.get(this.cursor.tr), col: this.cursor.col };
  }

  /** Links inside the grid are reached by arrows, so that Tab crosses 500 rows with one press. */
  adopt(tr) {
    for (const link of tr.cells[0].querySelectorAll('a, button')) link.tabIndex = -1;
  }

  /** The cell at a row and column; column -1 is the row's head. */
  cell(row, col) {
    return this.rows[row]?.cells[col + 1] ?? null;
  }

  /** Row and column of any node inside the body, or null. */
  place(node) {
    const cell = node?.closest?.('td, th');
    const tr = cell?.parentElement;
    const row = this.rowAt.get(tr);
    return row === undefined ? null : { row, col: cell.cellIndex - 1 };
  }

  /** The cell of an assignment's week, or null when its row is not shown. */
  find(assignment, week) {
    const col = this.weekAt.get(week);
    const tr = col === undefined ? null : document.getElementById(`a${assignment}`);
    return tr && this.rowAt.has(tr) ? tr.cells[col + 1] : null;
  }

  /** What programs call the cell: its assignment and week. */
  key(td) {
    return { assignment: Number(td.parentElement.dataset.assignment), week: td.dataset.week };
  }

  /** What people call the cell: “Northgate Labs, 16 November”. */
  name(td) {
    const head = td.parentElement.cells[0];
    const row = (head.querySelector('.row > a:not(.rowmenu)') ?? head.querySelector('.name, a') ?? head).textContent.trim();
    const week = td.dataset.week ?? this.weeks[td.cellIndex - 1];
    return `${row.replace(/\s+/g, ' ')}, ${dayName(week)}`;
  }

  minutes(td) {
    return Number(td.dataset.minutes ?? 0);
  }

  isEditable(td) {
    return this.editable && td?.classList.contains('cell') === true;
  }

  /** The rows of assignments alone, as the rules see them: totals between them neither take nor give hours. */
  view() {
    return {
      rows: this.assigned.length,
      cols: this.weeks.length,
      at: (row, col) => {
        const td = this.assigned[row].cells[col + 1];
        return { minutes: this.minutes(td), locked: !this.isEditable(td) };
      },
    };
  }

  /** The selection in the terms of `view`, or null when it holds no assignment row. */
  viewSelection() {
    const rect = this.selection();
    if (!rect) return null;
    const rows = this.rows.slice(rect.top, rect.bottom + 1).filter((tr) => this.assignedAt.has(tr));
    if (rows.length === 0) return null;
    return { top: this.assignedAt.get(rows[0]), bottom: this.assignedAt.get(rows.at(-1)), left: rect.left, right: rect.right };
  }

  /** The selected rectangle among all rows, or null. */
  selection() {
    if (!this.cursor || this.cursor.col < 0) return null;
    const at = ({ tr, col }) => ({ row: this.rowAt.get(tr), col: Math.max(col, 0) });
    return rectangle(at(this.cursor), at(this.extent ?? this.cursor));
  }

  /** The rows that a selection's text is made of: assignments, or totals where it holds nothing else. */
  selectedRows() {
    const rect = this.selection();
    if (!rect) return [];
    const rows = this.rows.slice(rect.top, rect.bottom + 1);
    const assigned = rows.filter((tr) => this.assignedAt.has(tr));
    return (assigned.length ? assigned : rows).map((tr) => [...tr.cells].slice(rect.left + 1, rect.right + 2));
  }

  /** Where a row of the table stands in `view`: its own place, or the nearest assignment row above it. */
  viewRow(row) {
    for (let at = row; at >= 0; at -= 1) {
      const place = this.assignedAt.get(this.rows[at]);
      if (place !== undefined) return place;
    }
    return 0;
  }

  /** Selects a rectangle given in the terms of `view`; the active cell is its first. */
  selectView({ top, left, bottom, right }) {
    const corner = (row, col) => ({ tr: this.assigned[row], row: this.rowAt.get(this.assigned[row]), col });
    this.cursor = corner(top, left);
    this.extent = corner(Math.min(bottom, this.assigned.length - 1), Math.min(right, this.weeks.length - 1));
    this.paint();
    this.focus(this.cell(this.cursor.row, left));
  }

  /** Moves the active cell, or with `extend` the other corner of the selection. */
  select(row, col, { extend = false } = {}) {
    const tr = this.rows[row];
    // A row that only says something has no weeks.
    if (!tr || col >= tr.cells.length - 1) return;
    if (extend && this.cursor && this.cursor.col >= 0) {
      this.extent = { tr, row, col: Math.max(col, 0) };
      this.paint();
      this.cell(row, this.extent.col).scrollIntoView({ block: 'nearest', inline: 'nearest' });
      return;
    }
    this.cursor = { tr, row, col };
    this.extent = this.cursor;
    this.paint();
    this.focus(this.cell(row, col));
  }

  /** Outlines where a fill would go; nothing for none. */
  hint(rect) {
    for (const td of this.hinted) td.classList.remove('fill');
    this.hinted = [];
    for (let row = rect?.top ?? 0; rect && row <= rect.bottom; row += 1) {
      for (let col = rect.left; col <= rect.right; col += 1) this.hinted.push(this.assigned[row].cells[col + 1]);
    }
    for (const td of this.hinted) td.classList.add('fill');
  }

  /** Gives the keyboard to a cell, or to the first link of a row's head, and brings it into sight. */
  focus(cell, link = 0) {
    const links = cell.cellIndex === 0 ? [...cell.querySelectorAll('a, button')] : [];
    const target = links.at(link) ?? cell;
    if (this.tabStop && this.tabStop !== target) this.tabStop.tabIndex = -1;
    target.tabIndex = 0;
    this.tabStop = target;
    target.focus({ preventScroll: true });
    cell.scrollIntoView({ block: 'nearest', inline: cell.cellIndex === 0 ? 'start' : 'nearest' });
  }

  #giveTabStop() {
    const first = this.body.querySelector('td.cell') ?? this.rows[0]?.cells[1];
    if (!first) return;
    first.tabIndex = 0;
    this.tabStop = first;
  }

  /** Paints cursor and selection; only cells that differ from the last time are touched. */
  paint() {
    const rect = this.selection();
    const many = rect && (rect.top !== rect.bottom || rect.left !== rect.right);
    const next = new Set();
    if (rect) {
      for (let row = rect.top; row <= rect.bottom; row += 1) {
        for (let col = rect.left; col <= rect.right; col += 1) next.add(this.cell(row, col));
      }
    }
    for (const td of this.painted) {
      if (next.has(td)) continue;
      td.classList.remove('sel');
      td.removeAttribute('aria-selected');
    }
    for (const td of next) {
      if (!this.painted.has(td)) td.setAttribute('aria-selected', 'true');
      if (many !== td.classList.contains('sel')) td.classList.toggle('sel', many);
    }
    this.painted = next;
    const active = this.at && this.cell(this.at.row, this.at.col);
    if (this.marked !== active) this.marked?.classList.remove('cursor');
    active?.classList.add('cursor');
    this.marked = active;
    const corner = rect && this.editable ? this.cell(rect.bottom, rect.right) : null;
    const handle = corner && this.viewSelection() ? corner : null;
    if (this.corner !== handle) this.corner?.classList.remove('corner');
    handle?.classList.add('corner');
    this.corner = handle;
  }

  /** Shows hours in a cell and what they do to the totals above it; the server's own totals follow after the save. */
  write(td, minutes) {
    const delta = minutes - this.minutes(td);
    if (delta === 0) return;
    td.dataset.minutes = String(minutes);
    td.firstElementChild.textContent = minutes ? formatHours(minutes) : '';
    const owner = document.getElementById(td.parentElement.dataset.owner ?? '');
    const sum = owner?.cells[td.cellIndex];
    if (sum?.classList.contains('sum')) this.#load(sum, Math.max(0, this.minutes(sum) + delta));
  }

  #load(td, minutes) {
    td.dataset.minutes = String(minutes);
    const away = td.classList.contains('off') && minutes === 0;
    td.firstElementChild.textContent = away ? 'off' : minutes ? formatHours(minutes) : '·';
    if (td.classList.contains('plain')) return;
    const level = LEVELS[loadLevel(minutes, Number(td.dataset.capacity ?? 0), this.bands, this.unit)];
    if (td.classList.contains(level)) return;
    td.classList.remove(...LEVELS);
    td.classList.add(level);
  }
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });

/** “16 November” of `2026-11-16`. */
export function dayName(week) {
  return week ? DAY.format(new Date(`${week}T00:00:00Z`)) : '';
}
