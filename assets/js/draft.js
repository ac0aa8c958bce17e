// What was typed into a form that met a session that had ended: it waits in this tab, and is there again after signing in.

import { toast } from './toast.js';

const KEPT = 'draft';
/** A form that leads to the door does so soon, a dialog by the link in its toast; a door that is come to later has nothing to do with it. */
const AT_ONCE = 300_000;
/** Nobody looks for what they typed yesterday. */
const LIVES = 43_200_000;
const NEVER = ['hidden', 'password', 'file', 'submit', 'button', 'image', 'reset'];

const isTicked = (field) => field.type === 'checkbox' || field.type === 'radio';

/** What may wait of a form's fields; nothing of one that asks for a password or a code. */
export function kept(fields) {
  const all = [...fields];
  if (all.some((field) => field.type === 'password' || field.autocomplete === 'one-time-code')) return [];
  return all
    .filter((field) => field.name && !NEVER.includes(field.type))
    .map((field) => (isTicked(field) ? [field.name, field.value, field.checked] : [field.name, field.value]));
}

/** Puts it back: the first of a name into the first, and ticks where their values are. */
export function fill(fields, values) {
  const left = [...values];
  for (const field of fields) {
    const at = left.findIndex(([name, value, ticked]) =>
      name === field.name && (ticked === undefined ? !isTicked(field) : isTicked(field) && value === field.value));
    if (at < 0 || NEVER.includes(field.type)) continue;
    const [, value, ticked] = left.splice(at, 1)[0];
    if (ticked === undefined) field.value = value;
    else field.checked = ticked;
  }
}

/**
 * What becomes of a draft on a page.
 *
 * @param {{who: string, path: string, at: number, lost: boolean}} draft
 * @param {{who: string|null, path: string}} page nobody is signed in at a door
 * @returns {'lose'|'keep'|'forget'|'restore'|'offer'}
 */
export function fate(draft, page, now) {
  if (now - draft.at > LIVES) return 'forget';
  if (page.who === null) {
    if (draft.lost) return 'keep';
    return now - draft.at <= AT_ONCE ? 'lose' : 'forget';
  }
  if (!draft.lost || draft.who !== page.who) return 'forget';
  return draft.path === page.path ? 'restore' : 'offer';
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function write(draft) {
  try {
    if (draft) sessionStorage.setItem(KEPT, JSON.stringify(draft));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser that keeps nothing keeps no draft.
  }
}

const here = () => ({
  who: document.querySelector('.rail .own .name')?.textContent ?? null,
  path: location.pathname + location.search,
});

function remember(event) {
  const form = event.target;
  const { who, path } = here();
  if (who === null || form.method !== 'post') return;
  const values = path.startsWith('/account') ? [] : kept(form.elements);
  const action = form.getAttribute('action');
  write(values.length ? { who, path, action, values, at: Date.now(), lost: false } : null);
}

function restore(draft) {
  const form = [...document.forms].find((one) => one.getAttribute('action') === draft.action && one.method === 'post');
  if (!form) return;
  fill(form.elements, draft.values);
  form.closest('dialog:not([open])')?.showModal();
  toast('You had to sign in again. What you typed is here; look at it and send it.');
}

/** Keeps what is sent until it is certain that it arrived. */
export function wireDraft() {
  document.addEventListener('submit', remember, { capture: true });
  const draft = read();
  if (!draft) return;
  const end = fate(draft, here(), Date.now());
  if (end === 'lose') write({ ...draft, lost: true });
  else if (end === 'forget' || end === 'restore') write(null);
  if (end === 'restore') restore(draft);
  if (end === 'offer') {
    toast('What you typed before you had to sign in again is kept.', { link: { href: draft.path, text: 'Go there' } });
  }
}
