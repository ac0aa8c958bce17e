// The search over everything, on every page: opened by / or Ctrl+K, led by the arrows, answered by the server.

import { make, request } from './fragment.js';
import { typing } from './keys.js';
import { signedOutToast } from './toast.js';

const PAUSE = 60;
const EACH = 5;
const HINT = 'available · overloaded · <30 · 10-20 · AND · OR · NOT';

let palette = null;

class Palette {
  constructor() {
    this.shown = [];
    this.at = -1;
    this.asked = null;
    this.timer = 0;
    this.field = make('input', {
      type: 'search', class: 'field', role: 'combobox', 'aria-label': 'Search everything', 'aria-expanded': 'true', 'aria-controls': 'palette-list',
      'aria-autocomplete': 'list', autocomplete: 'off', spellcheck: 'false', maxlength: 200, placeholder: 'People, projects, clients, roles, pages',
    });
    this.list = make('div', { id: 'palette-list', role: 'listbox', 'aria-label': 'Results', tabindex: -1 });
    this.said = make('p', { class: 'visually-hidden', role: 'status' });
    const close = make('button', { type: 'button', class: 'btn quiet small', 'aria-label': 'Close' }, '×');
    this.dialog = make('dialog', { class: 'palette', 'aria-label': 'Search' },
      make('div', { class: 'head' }, this.field, close), this.list, this.said, make('p', { class: 'hint' }, HINT));
    close.addEventListener('click', () => this.dialog.close());
    this.field.addEventListener('input', () => this.#soon());
    this.field.addEventListener('keydown', (event) => this.#key(event));
    this.dialog.addEventListener('close', () => this.#closed());
    this.dialog.addEventListener('click', (event) => {
      const option = event.target.closest('[role=option]');
      if (event.target === this.dialog) this.dialog.close();
      // The link itself is followed, in a new tab where that is asked for.
      else if (option && !event.ctrlKey && !event.metaKey && !event.shiftKey) this.dialog.close();
    });
    this.list.addEventListener('pointermove', (event) => {
      const index = this.shown.indexOf(event.target.closest('[role=option]'));
      if (index >= 0 && index !== this.at) this.#mark(index, false);
    });
  }

  open() {
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.field.select();
    this.#ask();
  }

  #closed() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.dialog.remove();
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(), PAUSE);
  }

  /** An answer that was overtaken by more typing is not shown. */
  async #ask() {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    const text = this.field.value.trim();
    try {
      const address = `/api/v1/search?${new URLSearchParams({ q: text, limit: text ? EACH : 20 })}`;
      const response = await request(address, { signal: asked.signal, headers: { Accept: 'application/json' } });
      if (response.status === 401) {
        this.dialog.close();
        return signedOutToast();
      }
      if (!response.ok) return this.#say('The search does not answer just now.');
      const { groups } = await response.json();
      if (this.asked === asked) this.#show(groups, text);
    } catch (fault) {
      if (fault.name !== 'AbortError') this.#say('The server cannot be reached.');
    }
  }

  #say(text) {
    this.list.replaceChildren(make('p', { class: 'muted' }, text));
    this.shown = [];
    this.field.removeAttribute('aria-activedescendant');
    this.said.textContent = text;
  }

  #show(groups, text) {
    if (groups.length === 0) return this.#say(`Nothing has “${text}”. Fewer words find more.`);
    const sections = groups.map((group) => this.#group(group, text));
    this.list.replaceChildren(...sections);
    this.list.scrollTop = 0;
    this.shown = [...this.list.querySelectorAll('[role=option]')];
    this.shown.forEach((option, index) => { option.id = `palette-${index}`; });
    const count = groups.reduce((sum, group) => sum + group.total, 0);
    this.said.textContent = count === 1 ? '1 result' : `${count} results`;
    this.#mark(0);
  }

  #group(group, text) {
    const heading = `palette-${group.kind}`;
    const options = group.items.map((item) => this.#option(item));
    if (group.total > group.items.length) {
      const all = { title: `All ${group.total}`, detail: group.title.toLowerCase(), href: `/search?${new URLSearchParams({ q: text })}` };
      options.push(this.#option(all, 'all'));
    }
    return make('div', { role: 'group', 'aria-labelledby': heading }, make('h2', { id: heading, role: 'presentation' }, group.title), ...options);
  }

  #option(item, extra = '') {
    const parts = [make('span', { class: 'title' }, item.title)];
    if (item.detail) parts.push(make('span', { class: 'detail' }, item.detail));
    if (item.tag) parts.push(make('span', { class: `tag ${item.tone ?? ''}` }, item.tag));
    return make('a', { role: 'option', href: item.href, tabindex: -1, class: extra, 'aria-selected': 'false', 'data-dialog': item.dialog === true }, ...parts);
  }

  #mark(index, follow = true) {
    this.shown[this.at]?.setAttribute('aria-selected', 'false');
    this.at = index;
    const option = this.shown[index];
    if (!option) return;
    option.setAttribute('aria-selected', 'true');
    this.field.setAttribute('aria-activedescendant', option.id);
    if (follow) option.scrollIntoView({ block: 'nearest' });
  }

  #key(event) {
    const last = this.shown.length - 1;
    const to = {
      ArrowDown: this.at < last ? this.at + 1 : 0,
      ArrowUp: this.at > 0 ? this.at - 1 : last,
      PageDown: Math.min(last, this.at + 8),
      PageUp: Math.max(0, this.at - 8),
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#mark(to);
    } else if (event.key === 'Escape' && !event.isComposing) {
      // A search field would only empty itself.
      event.preventDefault();
      this.dialog.close();
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      this.#follow(event);
    }
  }

  /** Where the answer to what was just typed is still on its way, Enter leads to the page that will have it. */
  #follow(event) {
    const option = this.shown[this.at];
    if (option) option.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey }));
    else if (this.field.value.trim()) location.assign(`/search?${new URLSearchParams({ q: this.field.value.trim() })}`);
  }
}

function open() {
  if (document.querySelector('dialog[open]')) return;
  palette ??= new Palette();
  palette.open();
}

/** A phone has no rail: its pages get the way to the search beside their title. */
function addButton() {
  const title = document.querySelector('main .topbar h1');
  if (!title || location.pathname === '/search' || document.querySelector('main .topbar .find')) return;
  const icon = document.querySelector('.rail .find svg')?.cloneNode(true) ?? '';
  title.after(make('a', { class: 'btn only quiet find', href: '/search', 'data-palette': true, 'data-keep': true, 'aria-label': 'Search' }, icon));
}

/** Opens the palette by its keys and by whatever leads to the search. */
export function wirePalette() {
  document.addEventListener('keydown', (event) => {
    const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
    const k = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!(slash || k) || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    open();
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-palette]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  addButton();
  document.addEventListener('ballast:refreshed', addButton);
}
