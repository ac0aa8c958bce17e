// The schedule in the browser: wires the table, the keys, the clipboard and the saving together.

import { make, postJson, reason } from '../fragment.js';
import { typing } from '../keys.js';
import { signedOutToast, hideToast, toast } from '../toast.js';
import { Editor } from './editor.js';
import { Gestures } from './gestures.js';
import { showHelp } from './help.js';
import { gridKeys } from './keys.js';
import { fillTarget, formatHours } from './model.js';
import { wirePointer } from './pointer.js';
import { Rows } from './rows.js';
import { Saves } from './save.js';
import { Sheet } from './sheet.js';

const TICK = 1200;

function start(root) {
  const sheet = new Sheet(root);
  const status = statusLine(root);
  const say = (text, bad = false) => tell(status, text, bad, saves);
  const saves = new Saves({ post: postJson, reason, say, signedOut: signedOutToast, ...painter(sheet), saved: (done) => saved(done), settled: (cell) => totals(cell.assignment) });
  const gestures = new Gestures(sheet, saves, say);
  const editor = new Editor(sheet, {
    say,
    write: (td, minutes) => gestures.type(td, minutes),
    release: (td, other) => {
      saves.release(sheet.key(td));
      if (other) totals(sheet.key(td).assignment);
    },
  });
  const rows = new Rows(sheet, saves, editor, say);

  /** Asks for the totals above an assignment. */
  function totals(assignment) {
    const owner = document.getElementById(`a${assignment}`)?.dataset.owner;
    if (owner) rows.refreshOwners([owner]);
  }

  /** After an answer: the totals of the touched owners come from the server, and the gesture can be taken back. */
  function saved({ assignments, changeSet, revision, label, count, clashes, text }) {
    rows.mine(revision);
    const touched = [...new Set(assignments)].map((id) => document.getElementById(`a${id}`)?.dataset.owner);
    if (touched.includes(undefined) || touched.length > 40) rows.refresh({ all: true });
    else rows.refreshOwners(touched);
    if (clashes.length > 1) say(`${clashes.length} cells were changed by somebody else meanwhile. On each, Enter keeps yours and Escape takes theirs.`, true);
    else if (clashes.length === 1) say(clashes[0], true);
    else if (changeSet && count > 1 && text) toast(text, { undo: () => saves.reverseSet(changeSet) });
    else if (changeSet && label === 'undo') toast('Taken back.', { undo: () => saves.reverse('redo'), label: 'Redo' });
    else {
      // What was offered before is out of date; a single cell says so quietly.
      hideToast();
      if (label === 'redo') say('Done again.');
      // Where there are no keys there is nothing else to take it back with.
      else if (changeSet && matchMedia('(hover: none), (max-width: 40rem)').matches) toast('Saved.', { undo: () => saves.reverseSet(changeSet) });
      else if (changeSet) say('Saved. Ctrl+Z takes it back.');
    }
  }

  const grid = { sheet, editor, saves, gestures, rows, say, edit, chosen, fillTo, hint };

  /** Opens a cell for typing, or says why it cannot be. */
  function edit(td, text = null) {
    if (sheet.isEditable(td)) editor.open(td, text);
    else if (!sheet.editable) say('You can look at the plan but not change it.', true);
    else if (td.classList.contains('theirs')) say(`${sheet.name(td)}: planned by another department.`, true);
    else if (td.classList.contains('locked')) say(`${sheet.name(td)}: ${td.title || 'no hours are possible here'}.`, true);
    else say('Totals follow from the hours below them. Open the row with Enter and type there.', true);
  }

  /** Tells what is chosen: the sum of a range, or what is wrong with a single cell. */
  function chosen() {
    const cells = sheet.selectedRows().flat().filter((td) => td.dataset.minutes !== undefined);
    if (cells.length > 1) {
      const minutes = cells.reduce((sum, td) => sum + sheet.minutes(td), 0);
      return tell(status, `${cells.length} cells, ${formatHours(minutes)} h`, false, saves, true);
    }
    const entry = cells.length === 1 && cells[0].dataset.week ? saves.entry(sheet.key(cells[0])) : undefined;
    if (entry && ['failed', 'conflict'].includes(entry.state)) say(cells[0].title, true);
    else if ('passing' in status.dataset) tell(status, '', false, saves);
  }

  function target(place) {
    const source = sheet.viewSelection();
    return source && { source, target: fillTarget(source, { row: sheet.viewRow(place.row), col: place.col }) };
  }

  function hint(place) {
    sheet.hint(target(place)?.target ?? null);
  }

  function fillTo(place) {
    const plan = target(place);
    sheet.hint(null);
    if (plan && plan.target !== plan.source) gestures.fillTo(plan.source, plan.target);
  }

  document.addEventListener('ballast:step', ({ detail }) => {
    saves.history.push(detail.changeSet);
    detail.undo = () => saves.reverseSet(detail.changeSet);
  });
  root.parentElement.classList.add('fits');
  addEventListener('resize', () => editor.follow());
  wirePointer(grid);
  gridKeys(grid);
  wireClipboard(grid);
  wirePage(grid);
}

/** How the saving shows itself in the cells. */
function painter(sheet) {
  return {
    show(cell, minutes) {
      const td = sheet.find(cell.assignment, cell.week);
      if (td) sheet.write(td, minutes);
    },
    state(cell, name, title) {
      const td = sheet.find(cell.assignment, cell.week);
      if (!td) return;
      td.classList.remove('saving', 'saved', 'failed', 'conflict');
      if (name !== 'none') td.classList.add(name);
      // The server's own title (a deliverable due) comes back when the cell is in order again.
      if (title && !('was' in td.dataset)) td.dataset.was = td.title;
      if (title) td.title = title;
      else if ('was' in td.dataset) {
        td.title = td.dataset.was;
        delete td.dataset.was;
      }
      if (!td.title) td.removeAttribute('title');
      if (name === 'failed' || name === 'conflict') td.setAttribute('aria-description', title);
      else td.removeAttribute('aria-description');
      if (name === 'saved') setTimeout(() => td.classList.remove('saved'), TICK);
    },
  };
}

function statusLine(root) {
  const line = document.querySelector('.gridstatus') ?? make('p', { class: 'gridstatus', role: 'status' });
  if (!line.isConnected) root.after(line);
  return line;
}

/** `passing`: a remark about the selection, which goes with it; anything else stays until there is something newer. */
function tell(status, text, bad, saves, passing = false) {
  status.classList.toggle('bad', bad);
  status.replaceChildren(make('span', {}, text));
  if (passing) status.dataset.passing = '';
  else delete status.dataset.passing;
  if (!saves?.failed.length) return;
  const button = make('button', { type: 'button', class: 'btn small' }, 'Try again');
  button.addEventListener('click', () => {
    saves.retry();
    tell(status, 'Saving.', false, saves);
  });
  status.append(button);
}

function wireClipboard({ sheet, editor, gestures }) {
  const ours = () => !editor.td && sheet.at?.col >= 0 && sheet.body.contains(document.activeElement);
  for (const name of ['copy', 'cut']) {
    document.addEventListener(name, (event) => {
      if (!ours() || !getSelection().isCollapsed) return;
      const text = gestures[name]();
      if (text === null) return;
      event.clipboardData.setData('text/plain', text);
      event.preventDefault();
    });
  }
  document.addEventListener('paste', (event) => {
    if (!ours()) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain');
    if (text) gestures.paste(text);
  });
}

function wirePage({ sheet, editor, saves, rows }) {
  sheet.body.addEventListener('click', (event) => {
    const toggle = event.target.closest('a.toggle');
    if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const place = sheet.place(toggle);
    if (place) sheet.select(place.row, -1);
    rows.toggle(toggle);
  });
  document.addEventListener('keydown', (event) => {
    const elsewhere = editor.td || event.defaultPrevented || typing(event.target) || document.querySelector('dialog[open]');
    if (elsewhere) return;
    if (event.key === '?') return showHelp();
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const direction = key === 'z' ? (event.shiftKey ? 'redo' : 'undo') : key === 'y' ? 'redo' : null;
    if (!direction || !sheet.editable) return;
    event.preventDefault();
    saves.reverse(direction);
  });
  addEventListener('beforeunload', (event) => {
    if (saves.unsaved) event.preventDefault();
  });
}

const root = document.getElementById('schedule');
if (root) start(root);
