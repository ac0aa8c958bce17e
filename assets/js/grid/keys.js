// The keyboard in the grid: moving, selecting, typing, filling, clearing.

import { jump, parseHours } from './model.js';

/** What begins to type: also letters and signs, so that the reader of hours can say what is wrong with them. */
const TYPES = /^[\p{L}\p{N}.,:+−-]$/u;

/** Wires the keys of the grid. */
export function gridKeys(grid) {
  const { sheet, editor } = grid;
  editor.input.addEventListener('keydown', (event) => {
    if (!event.isComposing && !event.altKey && editor.td) editKey(grid, event);
  });
  sheet.body.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey) return;
    const place = sheet.place(event.target);
    if (!place) return;
    if (!sheet.at || sheet.at.row !== place.row || sheet.at.col !== place.col) sheet.select(place.row, place.col);
    if (navigate(grid, event) || act(grid, event)) event.preventDefault();
  });
  // Somebody who comes in by Tab finds the cursor where the keyboard is.
  sheet.body.addEventListener('focusin', (event) => {
    const place = sheet.place(event.target);
    if (place && !sheet.at) sheet.select(place.row, place.col);
  });
}

/** Whether the key moved the cursor or the selection. */
function navigate(grid, event) {
  const { sheet } = grid;
  const { row, col } = sheet.at;
  const extend = event.shiftKey;
  const far = event.ctrlKey || event.metaKey;
  const from = extend && sheet.extent ? { row: sheet.rowAt.get(sheet.extent.tr), col: sheet.extent.col } : { row, col };
  const last = { row: sheet.rows.length - 1, col: sheet.weeks.length - 1 };
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  if (step && step[1] !== 0 && col === -1 && !extend) return alongHead(grid, step[1]);
  let to = null;
  if (step && far) to = farther(sheet, from, step, last);
  else if (step && step[0] !== 0) to = { row: nextRow(sheet, from, step[0]), col: from.col };
  else if (step) to = { row: from.row, col: Math.max(extend ? 0 : -1, Math.min(last.col, from.col + step[1])) };
  else if (event.key === 'Home') to = { row: far ? 0 : from.row, col: 0 };
  else if (event.key === 'End') to = { row: far ? last.row : from.row, col: last.col };
  else if (event.key === 'PageDown' || event.key === 'PageUp') to = { row: page(sheet, from.row, event.key === 'PageDown' ? 1 : -1), col: from.col };
  if (!to) return false;
  sheet.select(to.row, to.col, { extend });
  grid.chosen();
  return true;
}

/** The links of a row's head are passed one by one before the first week. */
function alongHead({ sheet }, step) {
  const { row } = sheet.at;
  const head = sheet.cell(row, -1);
  const links = [...head.querySelectorAll('a, button')];
  const next = links.indexOf(document.activeElement) + step;
  if (next < 0) return true;
  if (next >= links.length || links.length === 0) sheet.select(row, 0);
  else sheet.focus(head, next);
  return true;
}

/** The next row that has something in this column; the row “+ Assign” has only its head. */
function nextRow(sheet, { row, col }, step) {
  let next = row + step;
  while (col >= 0 && sheet.rows[next]?.matches('.add, .none')) next += step;
  return sheet.rows[next] ? next : row;
}

function farther(sheet, { row, col }, [down, across], last) {
  const filled = (r, c) => sheet.minutes(sheet.cell(r, c)) > 0;
  if (across !== 0) return { row, col: jump((at) => at >= 0 && filled(row, at), Math.max(col, 0), across, last.col) };
  if (col < 0) return { row: down > 0 ? last.row : 0, col };
  return { row: jump((at) => filled(at, col), row, down, last.row), col };
}

function page(sheet, row, direction) {
  const high = sheet.rows[row].offsetHeight || 35;
  const step = Math.max(1, Math.floor((sheet.root.clientHeight - 120) / high));
  return Math.max(0, Math.min(sheet.rows.length - 1, row + direction * step));
}

/** Whether the key did something with the chosen cells. */
function act(grid, event) {
  const { sheet, saves, gestures, rows } = grid;
  const { row, col } = sheet.at;
  const cell = sheet.cell(row, col);
  const toggle = sheet.cell(row, -1).querySelector('a.toggle');
  if (event.ctrlKey || event.metaKey) {
    const direction = { d: 'down', r: 'right' }[event.key.toLowerCase()];
    if (!direction || event.shiftKey || col < 0) return false;
    gestures.fill(direction);
    return true;
  }
  if (col < 0) {
    if (event.key !== ' ' || !toggle) return false;
    rows.toggle(toggle);
    return true;
  }
  const entry = cell.dataset.week ? saves.entry(sheet.key(cell)) : undefined;
  if (TYPES.test(event.key)) grid.edit(cell, event.key);
  else if (event.key === 'Delete' || event.key === 'Backspace') gestures.clear();
  else if (event.key === 'F2') grid.edit(cell);
  else if (event.key === 'Enter' && entry?.state === 'conflict') saves.overwrite(sheet.key(cell));
  else if (event.key === 'Enter' && toggle) rows.toggle(toggle);
  else if (event.key === 'Enter') grid.edit(cell);
  else if (event.key === 'Escape') escape(grid, cell, entry);
  else return false;
  return true;
}

/** Escape gives up what is not saved; where nothing is to be given up it leaves the range. */
function escape({ sheet, saves, say }, cell, entry) {
  if (entry && entry.state !== 'saving') {
    const state = entry.state;
    saves.giveUp(sheet.key(cell));
    say(state === 'conflict' ? 'Theirs was taken.' : 'The cell is as the server has it.');
  } else {
    const { row, col } = sheet.at;
    sheet.select(row, col);
  }
}

function editKey(grid, event) {
  const { sheet, editor, gestures, saves } = grid;
  const { td } = editor;
  const { row, col } = sheet.place(td);
  // A cell that has failed or clashed is sent again even when its hours stay.
  const always = saves.entry(sheet.key(td)) !== undefined;
  const leave = (to) => {
    event.preventDefault();
    if (editor.commit({ always })) sheet.select(to.row, to.col);
  };
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    fillTyped(grid, gestures);
  } else if (event.key === 'Enter') {
    leave({ row: nextAssigned(sheet, row, event.shiftKey ? -1 : 1), col });
  } else if (event.key === 'Tab') {
    leave({ row, col: Math.max(0, Math.min(sheet.weeks.length - 1, col + (event.shiftKey ? -1 : 1))) });
  } else if (event.key === 'Escape') {
    event.preventDefault();
    editor.drop();
    sheet.select(row, col);
  } else if (editor.typed && /^Arrow/.test(event.key) && !event.shiftKey) {
    const to = { ArrowUp: [nextRow(sheet, { row, col }, -1), col], ArrowDown: [nextRow(sheet, { row, col }, 1), col], ArrowLeft: [row, Math.max(0, col - 1)], ArrowRight: [row, Math.min(sheet.weeks.length - 1, col + 1)] }[event.key];
    leave({ row: to[0], col: to[1] });
  }
}

/** Ctrl+Enter writes what was typed into the whole selection. */
function fillTyped({ editor, sheet }, gestures) {
  const read = parseHours(editor.input.value);
  if (read.error) return editor.commit();
  const { row, col } = sheet.place(editor.td);
  editor.drop();
  gestures.set(read.minutes);
  sheet.focus(sheet.cell(row, col));
}

/** Enter goes on to the next row in which hours can be typed, over the totals between. */
function nextAssigned(sheet, row, step) {
  let next = row + step;
  while (sheet.rows[next] && !sheet.rows[next].classList.contains('assign')) next += step;
  return sheet.rows[next] ? next : row;
}
