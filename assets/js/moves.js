// Due dates that move: flags that can be dragged, and the question that is asked before the hours follow.

import { openDialog, show } from './dialog.js';
import { csrf, make, readHtml, reason, request } from './fragment.js';
import { signedOutToast, toast } from './toast.js';

const DAY = 86_400_000;

/** `count` days after `day`, both as 2026-12-08. */
export function dayAfter(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** By how many days a flag moves that is dropped `count` days from `day`: nothing is due on a weekend by a slip of the hand. */
export function workingDays(day, count) {
  const weekday = new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).getUTCDay();
  if (weekday === 6) return count - 1;
  return weekday === 0 ? count + 1 : count;
}

/** The flags of a cell: `12 2026-12-02 DD 75 %`, a line each. */
export function flagsOf(text) {
  return (text ?? '').split('\n').filter(Boolean).map((line) => {
    const [, id, due, name] = /^(\d+) (\S+) (.*)$/.exec(line) ?? [];
    return { id, due, name };
  }).filter((flag) => flag.id);
}

const WORDS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** “9 Dec” of `2026-12-09`. */
export function dayWords(day) {
  return WORDS.format(new Date(`${day}T00:00:00Z`));
}

const question = (flag, due) => `/deliverables/${flag.id}/move?due=${due}`;

/** Asks about one flag; about several that were taken together, which one is meant. */
function askToMove(flags, days) {
  if (days === 0 || flags.length === 0) return;
  if (flags.length === 1) return openDialog(question(flags[0], dayAfter(flags[0].due, days)));
  const links = flags.map((flag) => make('li', {}, make('a', { href: question(flag, dayAfter(flag.due, days)), 'data-dialog': true, 'data-close': true }, `${flag.name}, to ${dayAfter(flag.due, days)}`)));
  show(make('h2', {}, 'Which of them moves?'), make('ul', { class: 'choices' }, ...links));
}

/** A drag of a flag: what it was taken from, where it is now, and what shows it. */
let drag = null;

function begin(event) {
  if (event.button !== 0) return;
  const group = event.target.closest?.('g[data-flag]');
  if (group) return beginOnTimeline(event, group);
  const td = event.target.closest?.('td[data-due]');
  const box = td?.getBoundingClientRect();
  // The flag is painted into the corner of the cell.
  if (!td || event.clientX < box.right - 12 || event.clientY > box.top + 12) return;
  const table = td.closest('table');
  drag = {
    flags: flagsOf(td.dataset.due),
    days: 0,
    follow(x, y) {
      const over = document.elementFromPoint(x, y)?.closest?.('td');
      if (!over || over.closest('table') !== table || over.cellIndex < 1) return;
      this.days = 7 * (over.cellIndex - td.cellIndex);
      table.querySelector('td.landing')?.classList.remove('landing');
      td.parentElement.cells[over.cellIndex]?.classList.toggle('landing', this.days !== 0);
    },
    end() {
      table.querySelector('td.landing')?.classList.remove('landing');
    },
  };
  taken(event);
}

function beginOnTimeline(event, group) {
  const svg = group.ownerSVGElement;
  const days = Number(svg.dataset.days);
  const from = event.clientX;
  const scale = svg.getBoundingClientRect().width / days;
  const ghost = group.cloneNode(true);
  ghost.removeAttribute('data-flag');
  ghost.classList.add('ghost');
  // What is let go is known before it is: the day stands under the flag.
  const told = ghost.querySelector('.flag-text').cloneNode();
  told.setAttribute('class', 'flag-day');
  told.setAttribute('y', Number(told.getAttribute('y')) + 18);
  ghost.append(told);
  group.after(ghost);
  const name = group.querySelector('title')?.textContent.split(', due ')[0] ?? '';
  drag = {
    flags: [{ id: group.dataset.flag, due: group.dataset.due, name }],
    days: 0,
    follow(x) {
      const dropped = Math.round((x - from) / scale);
      this.days = dropped && workingDays(group.dataset.due, dropped);
      told.textContent = dayWords(dayAfter(group.dataset.due, this.days));
      ghost.setAttribute('transform', `translate(${(this.days * svg.viewBox.baseVal.width) / days} 0)`);
    },
    end() {
      ghost.remove();
    },
  };
  taken(event);
}

function taken(event) {
  event.preventDefault();
  event.stopPropagation();
  document.documentElement.classList.add('moving-flag');
}

function end(drop) {
  if (!drag) return;
  const { flags, days } = drag;
  drag.end();
  drag = null;
  document.documentElement.classList.remove('moving-flag');
  if (drop) askToMove(flags, days);
}

/** Another answer to how the hours follow: the question again, with the same control under the finger. */
async function askAgain(form, control) {
  const response = await request(form.dataset.askAgain, { method: 'POST', fragment: 'dialog', body: new URLSearchParams(new FormData(form)) });
  if (response.status === 401) return signedOutToast();
  if (!response.ok) return;
  replace(form, await readHtml(response), control);
}

function replace(form, parsed, control) {
  const mine = form.closest('.reallocation');
  const theirs = parsed.querySelector('.reallocation');
  if (!mine || !theirs) return;
  mine.replaceChildren(...[...theirs.childNodes].map((node) => document.adoptNode(node)));
  const again = control && mine.querySelector(`[name="${control.name}"]${control.type === 'radio' ? `[value="${control.value}"]` : ''}`);
  (again ?? mine.querySelector('.errors') ?? mine.querySelector('.btn.primary'))?.focus();
}

/** The answer from a dialog goes as JSON, so that the page stays as it is and shows the change by itself. */
async function answer(form, submitter) {
  const data = new FormData(form, submitter);
  const body = Object.fromEntries([...data].filter(([name]) => !['csrf', 'back', 'only'].includes(name)));
  body.moveHours = data.get('only') === 'date' ? false : data.has('moveHours');
  body.pastWeeks = data.has('pastWeeks');
  if (!body.moveHours) delete body.preview;
  const url = new URL(form.action);
  const target = `/api/v1${url.pathname.replace(/\/move$/, '')}`;
  const response = await request(target, { method: 'PATCH', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf() }, body: JSON.stringify(body) });
  if (response.status === 401) return signedOutToast();
  const told = await response.json().catch(() => null);
  if (response.status === 409) return stale(form);
  if (!response.ok) return toast(told?.errors?.[0]?.message ?? reason(response, told));
  form.closest('dialog').close();
  const moved = told.reallocation?.hoursMoved;
  const text = moved ? `Moved ${told.name} and ${moved} h.` : `Moved ${told.name}.`;
  const event = new CustomEvent('ballast:changed', { cancelable: true, detail: { revision: null, topic: 'plan', undone: true } });
  if (document.dispatchEvent(event)) {
    const place = new URL(location.href);
    if (told.changeSet) place.searchParams.set('done', told.changeSet);
    return location.assign(place);
  }
  // The schedule takes the step among its own, so that Ctrl+Z takes it back as well.
  const step = { changeSet: told.changeSet, undo: told.changeSet };
  if (told.changeSet) document.dispatchEvent(new CustomEvent('ballast:step', { detail: step }));
  toast(text, { undo: step.undo });
}

async function stale(form) {
  // The server says in the page what changed; it is asked the way a form without a script asks.
  const data = new URLSearchParams(new FormData(form));
  const response = await request(form.action, { method: 'POST', fragment: 'dialog', body: data });
  if (response.status === 409) replace(form, await readHtml(response));
  else location.reload();
}

/** Wires flags and the question, wherever they will appear. */
export function wireMoves() {
  document.addEventListener('pointerdown', begin, true);
  addEventListener('pointermove', (event) => drag?.follow(event.clientX, event.clientY));
  addEventListener('pointerup', () => end(true));
  addEventListener('pointercancel', () => end(false));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') end(false);
  }, true);
  document.addEventListener('change', (event) => {
    const form = event.target.closest?.('form[data-ask-again]');
    if (form) askAgain(form, event.target);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target.closest?.('dialog form[data-ask-again]');
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    if ('busy' in form.dataset) return;
    form.dataset.busy = '';
    answer(form, event.submitter).catch(() => toast('The server cannot be reached. Nothing was moved.')).finally(() => delete form.dataset.busy);
  }, true);
}
