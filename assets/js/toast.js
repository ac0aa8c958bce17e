// The line at the foot of the page that says what happened, with Undo where it can be taken back.

import { make, postJson, reason } from './fragment.js';

const STAYS = 8000;
let timer = 0;

function box() {
  let element = document.getElementById('status');
  if (!element) {
    element = make('div', { id: 'status', role: 'status', class: 'toast', hidden: true });
    document.body.append(element);
  }
  return element;
}

function hide() {
  const element = box();
  // Somebody who is reading or about to press the button must not lose it.
  if (element.matches(':hover') || element.contains(document.activeElement)) return leaveLater();
  element.hidden = true;
}

function leaveLater() {
  clearTimeout(timer);
  timer = setTimeout(hide, STAYS);
}

/** Takes the sentence away that stands there. */
export function hideToast() {
  clearTimeout(timer);
  const element = document.getElementById('status');
  if (element) element.hidden = true;
}

/**
 * Shows a sentence.
 *
 * @param {string} text what happened
 * @param {{undo?: number|string|(() => void), label?: string, link?: {href: string, text: string}}} offer
 *   `undo`: a change set that one press takes back, or a function that does it; `label`: the button's word
 */
export function toast(text, { undo, label = 'Undo', link } = {}) {
  const element = box();
  const parts = [make('span', {}, text)];
  if (undo !== undefined && undo !== null) {
    const button = make('button', { type: 'button' }, label);
    button.addEventListener('click', () => {
      button.disabled = true;
      element.hidden = true;
      if (typeof undo === 'function') undo();
      else undoChangeSet(undo);
    });
    parts.push(button);
  }
  if (link) parts.push(make('a', { href: link.href }, link.text));
  element.replaceChildren(...parts);
  element.hidden = false;
  leaveLater();
}

/** Says that the session has ended and offers the way back. */
export function signedOutToast() {
  const back = encodeURIComponent(location.pathname + location.search);
  toast('You are signed out.', { link: { href: `/auth/login?next=${back}`, text: 'Sign in' } });
}

/** Takes back one change set on the server, then lets the page show it (or loads it again). */
export async function undoChangeSet(id) {
  try {
    const { response, answer } = await postJson(`/api/v1/change-sets/${encodeURIComponent(id)}/undo`);
    if (response.status === 401) return signedOutToast();
    if (!response.ok) return toast(reason(response, answer));
    const event = new CustomEvent('ballast:changed', {
      cancelable: true,
      detail: { revision: answer?.revision ?? null, topic: 'plan', undone: true },
    });
    // A page that can show the change by itself says so by cancelling the event.
    if (document.dispatchEvent(event)) {
      // The page is loaded again; it says there what was done.
      sessionStorage.setItem('undone', String(answer?.changeSet ?? ''));
      return location.reload();
    }
    const left = answer?.conflicts?.length ?? 0;
    const kept = left ? ` ${left} changed since and left alone.` : '';
    toast(`Undone.${kept}`, { undo: answer?.changeSet, label: 'Redo' });
  } catch {
    toast('The server cannot be reached. Nothing was undone.');
  }
}

/** Gives a line that the server has rendered the same button and the same leave. */
export function adoptToast() {
  const undone = sessionStorage.getItem('undone');
  if (undone !== null) {
    sessionStorage.removeItem('undone');
    return toast('Undone.', { undo: undone || undefined, label: 'Redo' });
  }
  const element = document.getElementById('status');
  if (!element || element.hidden || !element.textContent.trim()) return;
  toast(element.textContent.trim(), { undo: element.dataset.changeSet || undefined });
}
