// Rows that come, go and change: expanding, collapsing, and bringing the table up to date from the server by id.

import { readHtml, request } from '../fragment.js';
import { signedOutToast } from '../toast.js';

/** Classes that only the browser gives; the server's word about a cell does not touch them. */
const LOCAL = new Set(['sel', 'cursor', 'saving', 'saved', 'failed', 'conflict', 'changed', 'fill', 'corner']);
const TOPICS = new Set(['plan', 'people', 'projects', 'settings', 'all']);
const AGAIN = 5000;
const SLICE = 8;

const keyOf = (tr) => tr.id || `${tr.className}-${tr.dataset.owner ?? ''}`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Rows {
  constructor(sheet, saves, editor, say) {
    Object.assign(this, { sheet, saves, editor, say });
    this.known = Number(sheet.root.dataset.revision ?? 0);
    this.own = new Set();
    this.need = null;
    this.running = false;
    this.nextFull = 0;
    document.addEventListener('ballast:changed', (event) => this.#changed(event));
  }

  /** Our own save made this revision: the event about it brings nothing new. */
  mine(revision) {
    if (revision === this.known + 1) this.known = revision;
    else if (revision) this.own.add(revision);
  }

  #changed(event) {
    const { revision, topic, undone } = event.detail ?? {};
    if (!TOPICS.has(topic)) return;
    event.preventDefault();
    if (revision && (revision <= this.known || this.own.has(revision))) return;
    this.refresh({ all: true, foreign: !undone, revision: revision ?? 0 });
  }

  /** The rows of these owners (`p12`, `j5`) are asked for again, with all totals. */
  refreshOwners(owners) {
    this.refresh({ only: new Set(owners) });
  }

  /** Asks for what is needed; needs that arrive meanwhile are put together. */
  refresh({ all = false, only = new Set(), foreign = false, revision = 0 }) {
    const before = this.need;
    this.need = {
      all: all || (before?.all ?? false),
      only: new Set([...only, ...(before?.only ?? [])]),
      foreign: foreign || (before?.foreign ?? false),
      revision: Math.max(revision, before?.revision ?? 0),
    };
    if (!this.running) this.#run();
  }

  async #run() {
    this.running = true;
    while (this.need) {
      if (this.need.all) await pause(Math.max(0, this.nextFull - Date.now()));
      await this.saves.idle();
      const need = this.need;
      this.need = null;
      const begun = Date.now();
      const epoch = this.saves.epoch;
      const only = need.all ? null : need.only;
      const table = await this.#fetch(this.sheet.root.dataset.rows, only);
      if (!table) {
        // The server is away for a moment, and does not tell twice that something has changed.
        if (need.all) setTimeout(() => this.refresh(need), AGAIN);
        continue;
      }
      // A picture taken before a save would put the old hours back: it is thrown away.
      const fresh = () => !this.saves.busy && this.saves.epoch === epoch;
      if (!fresh() || !(await this.#patch(table, only, need.foreign, fresh))) {
        this.refresh(need);
      } else if (need.all) {
        // A plan that takes long to draw is drawn less often, so that most of the time is left for typing.
        this.nextFull = Date.now() + Math.min(1000, 150 + 2 * (Date.now() - begun));
        this.known = Math.max(this.known, need.revision, Number(table.dataset.revision ?? 0));
        for (const revision of this.own) if (revision <= this.known) this.own.delete(revision);
      }
    }
    this.running = false;
  }

  async #fetch(url, only) {
    const target = new URL(url, location.href);
    if (only) target.searchParams.set('only', [...only].join(','));
    try {
      const response = await request(target.href, { fragment: 'rows' });
      if (response.status === 401) signedOutToast();
      if (!response.ok) return null;
      return (await readHtml(response)).querySelector('table');
    } catch {
      return null;
    }
  }

  /** Opens or closes what a row's toggle stands for; the address follows, so that a reload shows the same. */
  async toggle(link) {
    if (link.getAttribute('aria-busy') === 'true') return;
    const tr = link.closest('tr');
    const closing = link.getAttribute('aria-expanded') === 'true';
    const dept = tr.classList.contains('dept');
    const rows = new URL(this.sheet.root.dataset.rows, location.href);
    const open = new Set((rows.searchParams.getAll('open').join(',')).split(',').filter(Boolean));
    if (dept) rows.search = new URL(link.href, location.href).search;
    else if (closing) open.delete(tr.id.slice(1));
    else open.add(tr.id.slice(1));
    if (open.size) rows.searchParams.set('open', [...open].join(','));
    else rows.searchParams.delete('open');
    if (closing && this.#unsavedBelow(tr)) return this.say('Some cells here are not saved yet. Save them or press Escape on them first.', true);
    if (this.editor.td && !this.editor.commit()) return;
    if (closing && !dept) {
      this.#remove(this.sheet.rows.filter((other) => other.dataset.owner === tr.id));
      link.setAttribute('aria-expanded', 'false');
    } else {
      link.setAttribute('aria-busy', 'true');
      const only = dept ? null : new Set([tr.id]);
      const table = await this.#fetch(rows.href, only);
      link.removeAttribute('aria-busy');
      if (!table) return location.assign(link.href);
      await this.#patch(table, only, false, () => true);
    }
    this.sheet.root.dataset.rows = rows.pathname + rows.search;
    history.replaceState(null, '', rows.search || location.pathname);
  }

  #unsavedBelow(tr) {
    if (this.saves.open.size === 0) return false;
    let row = tr.nextElementSibling;
    while (row && row.className !== tr.className) {
      if (row.querySelector('.saving, .failed, .conflict')) return true;
      row = row.nextElementSibling;
    }
    return false;
  }

  #remove(rows) {
    const inside = this.sheet.body.contains(document.activeElement);
    for (const tr of rows) {
      if (this.editor.td?.parentElement === tr) this.editor.drop();
      tr.remove();
    }
    this.sheet.reindex();
    this.sheet.paint();
    this.editor.follow();
    // A row that went away with the keyboard in it gives the keyboard to the cell that has taken its place.
    const at = this.sheet.at;
    if (inside && at && !this.sheet.body.contains(document.activeElement)) this.sheet.focus(this.sheet.cell(at.row, at.col));
  }

  /** Brings the body in line with the server's rows, in slices, so that typing is never kept waiting. */
  async #patch(table, only, foreign, fresh) {
    const { sheet } = this;
    const there = new Map(sheet.rows.map((tr) => [keyOf(tr), tr]));
    const kept = new Set();
    const flashed = [];
    let previous = null;
    let sliceEnd = performance.now() + SLICE;
    for (const tr of [...table.tBodies[0].rows]) {
      if (performance.now() > sliceEnd) {
        await pause(0);
        if (!fresh()) return false;
        sliceEnd = performance.now() + SLICE;
      }
      let mine = there.get(keyOf(tr));
      if (mine && mine.cells.length === tr.cells.length) {
        this.#row(mine, tr, foreign ? flashed : null);
        if (!only && mine.previousElementSibling !== previous) this.#after(previous, mine);
      } else {
        mine?.remove();
        mine = document.adoptNode(tr);
        this.#after(previous, mine);
        sheet.adopt(mine);
      }
      kept.add(mine);
      previous = mine;
    }
    this.#remove(sheet.rows.filter((tr) => !kept.has(tr) && (!only || only.has(tr.dataset.owner))));
    this.#foot(table.tFoot);
    if (flashed.length) setTimeout(() => flashed.forEach((td) => td.classList.remove('changed')), 2000);
    return true;
  }

  #after(previous, tr) {
    if (previous) previous.after(tr);
    else this.sheet.body.prepend(tr);
  }

  #row(mine, theirs, flashed) {
    if (mine.className !== theirs.className) mine.className = theirs.className;
    for (const [name, value] of Object.entries(theirs.dataset)) {
      if (mine.dataset[name] !== value) mine.dataset[name] = value;
    }
    this.#head(mine.cells[0], theirs.cells[0]);
    const count = mine.cells.length;
    for (let index = 1; index < count; index += 1) this.#cell(mine.cells[index], theirs.cells[index], flashed);
  }

  #head(mine, theirs) {
    if (mine.innerHTML.replaceAll(/ tabindex="-?\d"/g, '') === theirs.innerHTML) return;
    const links = [...mine.querySelectorAll('a, button')];
    const focused = links.indexOf(document.activeElement);
    mine.replaceChildren(...[...theirs.childNodes].map((node) => document.adoptNode(node)));
    this.sheet.adopt(mine.parentElement);
    if (focused >= 0) this.sheet.focus(mine, focused);
  }

  #cell(mine, theirs, flashed) {
    const minutes = theirs.dataset.minutes;
    const differs = mine.dataset.minutes !== minutes;
    if (mine === this.editor.td) {
      if (differs) {
        this.saves.acknowledge(this.sheet.key(mine), Number(minutes));
        this.editor.changedTo(Number(minutes));
      }
      return;
    }
    if (this.saves.open.size && mine.dataset.week && this.saves.entry(this.sheet.key(mine))) {
      this.saves.foreign(this.sheet.key(mine), Number(minutes));
      return;
    }
    this.#classes(mine, theirs);
    for (const name of ['title', 'data-minutes', 'data-capacity', 'data-due']) {
      const value = theirs.getAttribute(name);
      if (mine.getAttribute(name) === value) continue;
      if (value === null) mine.removeAttribute(name);
      else mine.setAttribute(name, value);
    }
    const [here, there] = [textOf(mine), textOf(theirs)];
    if (here.textContent !== there.textContent) here.textContent = there.textContent;
    if (flashed && differs && mine.dataset.week) {
      mine.classList.add('changed');
      flashed.push(mine);
    }
  }

  #classes(mine, theirs) {
    if (mine.className === theirs.className) return;
    const local = [...mine.classList].filter((name) => LOCAL.has(name));
    const next = [theirs.className, ...local].join(' ').trim();
    if (mine.className !== next) mine.className = next;
  }

  #foot(theirs) {
    const mine = this.sheet.table.tFoot;
    if (!mine || !theirs) return;
    const [here, there] = [[...mine.querySelectorAll('td, th')], [...theirs.querySelectorAll('td, th')]];
    here.forEach((cell, index) => {
      const other = there[index];
      if (!other || cell.innerHTML === other.innerHTML) return;
      cell.title = other.title;
      cell.replaceChildren(...[...other.childNodes].map((node) => document.adoptNode(node)));
    });
  }
}

function textOf(td) {
  return td.firstElementChild?.tagName === 'SPAN' ? td.firstElementChild : td;
}
