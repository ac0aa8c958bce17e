// What a person does to many cells at once: paste, copy, cut, fill, clear; each is planned, saved as one, and told in a line.

import { formatHours, parseTsv, planFill, planPaste, planValue, serialiseTsv } from './model.js';

const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export class Gestures {
  constructor(sheet, saves, say) {
    Object.assign(this, { sheet, saves, say });
  }

  /** One cell was typed. */
  type(td, minutes) {
    this.saves.write('type', [{ ...this.sheet.key(td), minutes, was: this.sheet.minutes(td) }]);
  }

  /** The selection as clipboard text; totals come along only when nothing else is selected. */
  copy() {
    const rows = this.sheet.selectedRows();
    if (rows.length === 0) return null;
    const text = serialiseTsv(rows.map((cells) => cells.map((td) => this.#text(td))));
    this.say(`${plural(rows.length * rows[0].length, 'cell')} copied.`);
    return text;
  }

  /** An empty cell is a 0, so that pasting a copy gives the same again; what cannot hold hours is blank. */
  #text(td) {
    if (td.classList.contains('pct')) return td.textContent.trim();
    return td.dataset.minutes === undefined || td.classList.contains('locked') ? '' : formatHours(this.sheet.minutes(td));
  }

  paste(text) {
    const target = this.#target();
    if (!target) return;
    const matrix = parseTsv(text);
    const plan = planPaste(this.sheet.view(), target, matrix);
    if (plan.unreadable) {
      const { line, column, error } = plan.unreadable;
      return this.say(`Nothing pasted. Row ${line}, column ${column}: ${error}.`, true);
    }
    const done = this.#apply('paste', plan, (hours, place) => `${hours} pasted into ${place}`, 'Nothing to paste: no cell would change');
    if (done) this.#selectAll(plan.cells, target);
  }

  cut() {
    const text = this.copy();
    if (text !== null) this.clear();
    return text;
  }

  clear() {
    const target = this.#target();
    if (target) this.#apply('clear', planValue(this.sheet.view(), target, 0), (hours, place) => `${place} cleared`, 'These cells are empty already');
  }

  /** The same hours in every selected cell. */
  set(minutes) {
    const target = this.#target();
    if (!target) return;
    this.#apply('fill', planValue(this.sheet.view(), target, minutes), (hours, place) => `${formatHours(minutes)} h in ${place}`, 'No cell would change');
  }

  /** Ctrl+D and Ctrl+R: the first row (column) of the selection into the rest; a single one takes its neighbour's. */
  fill(direction) {
    const target = this.#target();
    if (!target) return;
    const [from, to] = direction === 'down' ? ['top', 'bottom'] : ['left', 'right'];
    const source = { ...target, [to]: target[from] };
    if (target[from] === target[to]) {
      if (target[from] === 0) return this.say(direction === 'down' ? 'There is no row above to fill from.' : 'There is no week before to fill from.', true);
      source[from] = source[to] = target[from] - 1;
    }
    this.#filled(planFill(this.sheet.view(), source, target));
  }

  /** The fill handle was let go over a cell. */
  fillTo(source, target) {
    if (this.#filled(planFill(this.sheet.view(), source, target))) this.sheet.selectView(target);
  }

  #filled(plan) {
    return this.#apply('fill', plan, (hours, place) => `${hours} filled into ${place}`, 'Nothing to fill: no cell would change');
  }

  #target() {
    if (!this.sheet.editable) {
      this.say('You can look at the plan but not change it.', true);
      return null;
    }
    const target = this.sheet.viewSelection();
    if (!target) this.say('Totals follow from the hours below them. Choose a cell of an assignment.', true);
    return target;
  }

  #apply(label, plan, what, nothing) {
    const tds = plan.cells.map(({ row, col }) => this.sheet.assigned[row].cells[col + 1]);
    const notes = this.#notes(plan);
    if (tds.length === 0) {
      this.say(`${[nothing, ...notes].join('; ')}.`, plan.locked.length > 0 || plan.clipped > 0);
      return false;
    }
    const hours = plan.cells.reduce((sum, cell) => sum + cell.minutes, 0);
    const rows = new Set(plan.cells.map((cell) => cell.row)).size;
    const place = rows === 1 ? plural(tds.length, 'week') : plural(tds.length, 'cell');
    const text = `${[what(plural(Number(formatHours(hours)), 'hour'), place), ...notes].join('; ')}`;
    this.saves.write(label, plan.cells.map((cell, index) => ({
      ...this.sheet.key(tds[index]), minutes: cell.minutes, was: this.sheet.minutes(tds[index]),
    })), text);
    this.say(`${text}.`);
    return true;
  }

  #notes(plan) {
    const notes = [];
    if (plan.clipped) notes.push(`${plural(plan.clipped, 'value')} beyond the edge of the grid left out`);
    if (plan.locked.length) {
      const names = plan.locked.slice(0, 3).map(({ row, col }) => this.sheet.name(this.sheet.assigned[row].cells[col + 1]));
      const more = plan.locked.length > 3 ? ` and ${plan.locked.length - 3} more` : '';
      notes.push(`skipped, no hours possible there: ${names.join('; ')}${more}`);
    }
    return notes;
  }

  #selectAll(cells, target) {
    const bottom = Math.max(target.bottom, ...cells.map((cell) => cell.row));
    const right = Math.max(target.right, ...cells.map((cell) => cell.col));
    this.sheet.selectView({ ...target, bottom, right });
  }
}
