// Brings a page up to date in place when the plan has changed, and leaves alone what somebody is busy with.

import { readHtml, request } from './fragment.js';
import { showCompany } from './here.js';
import { signedOutToast, toast } from './toast.js';

const EVERY = 1000;
/** Many pages hear of the same change: they do not all ask in the same moment. */
const SPREAD = 200;
const AGAIN = 5000;
/** What the page itself has done to an element; the server's word does not undo it. */
const LOCAL = new Set(['data-sent', 'aria-busy', 'data-touched', 'aria-invalid']);

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a field holds something that the page did not come with. */
export function isTouched(field) {
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field.type === 'file') return field.files.length > 0;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected) && !isFirst(field);
  return 'defaultValue' in field && field.value !== field.defaultValue;
}

/** A list without a chosen option shows its first. */
function isFirst(select) {
  return select.selectedIndex === 0 && ![...select.options].some((option) => option.defaultSelected);
}

/** Whether an element must stay as it is: typed in, being typed in, or marked so. */
export function isBusy(element, active) {
  if (element.matches('[data-keep], [data-theme-switch]')) return true;
  if (element.localName !== 'form') return false;
  const typing = active && element.contains(active) && active.matches('input, select, textarea');
  return typing || [...element.elements].some((field) => field.type !== 'hidden' && isTouched(field));
}

/** Changes the inside of `old` into that of `next`, except what somebody is busy with. */
export async function morph(old, next) {
  const { Idiomorph } = await import('./vendor/idiomorph.js');
  const selection = getSelection();
  const isRead = (node) => !selection.isCollapsed && selection.containsNode(node, true);
  Idiomorph.morph(old, [...next.childNodes], {
    morphStyle: 'innerHTML',
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeMorphed: (node) => (node.nodeType === 1 ? !isBusy(node, document.activeElement) : node.nodeType !== 3 || !isRead(node)),
      beforeNodeRemoved: (node) => node.nodeType !== 1 || !isBusy(node, document.activeElement),
      beforeAttributeUpdated: (name, element) => !LOCAL.has(name) && !(name === 'open' && element.localName === 'details'),
    },
  });
}

/** Whether the page shows work in the background. */
function follows() {
  return document.querySelector('[data-follows="jobs"]') !== null;
}

class Page {
  constructor(main) {
    this.main = main;
    this.shown = Number.parseInt(main.dataset.revision, 10) || 0;
    this.wanted = null;
    this.running = false;
    this.last = 0;
  }

  changed(event) {
    const { revision, topic, undone } = event.detail ?? {};
    if (topic === 'views' || topic === 'feeds') return;
    // The work in the background is no part of the plan, and has no revision of its own.
    const isWork = topic === 'jobs';
    if (isWork && !follows()) return;
    event.preventDefault();
    if (revision && revision <= this.shown && !undone && !isWork) return;
    this.wanted = Math.max(this.wanted ?? 0, revision ?? 0);
    if (!this.running) this.#run(undone);
  }

  async #run(now) {
    this.running = true;
    if (!now) await wait(Math.random() * SPREAD);
    while (this.wanted !== null) {
      await wait(Math.max(0, this.last + EVERY - Date.now()));
      const wanted = this.wanted;
      this.wanted = null;
      const done = await this.#refresh(wanted);
      this.last = Date.now();
      if (done) continue;
      this.wanted = Math.max(this.wanted ?? 0, wanted);
      await wait(AGAIN);
    }
    this.running = false;
  }

  /** Answers false where it is to be tried again. */
  async #refresh(wanted) {
    try {
      const response = await request(location.href.split('#')[0], { fragment: 'page' });
      if (response.status === 401) {
        signedOutToast();
        return true;
      }
      if (response.status === 404) {
        toast('What this page shows has been removed.');
        return true;
      }
      if (!response.ok) return response.status < 500;
      const next = await readHtml(response);
      const inside = next.querySelector('main');
      await morph(this.main, inside ?? next.body);
      const [rail, counts] = [document.querySelector('.rail nav'), next.querySelector('.rail nav')];
      if (rail && counts) await morph(rail, counts);
      this.shown = Math.max(this.shown, wanted, Number.parseInt(inside?.dataset.revision, 10) || 0);
      showCompany();
      document.dispatchEvent(new CustomEvent('ballast:refreshed'));
      return true;
    } catch {
      return false;
    }
  }
}

/** Listens to changes on every page but those that show them by themselves (the schedule) or must stand still (an import). */
export function wireRefresh() {
  const main = document.getElementById('main');
  if (!main || 'still' in main.dataset || document.getElementById('schedule')) return;
  const page = new Page(main);
  document.addEventListener('ballast:changed', (event) => page.changed(event));
  // What was told of that work before the line stood is not told again.
  document.addEventListener('ballast:listening', () => page.changed(new CustomEvent('ballast:changed', { detail: { topic: 'jobs' } })));
}
