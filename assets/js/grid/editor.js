// The one input in which a cell is typed. It is laid over the cell that is open; its text is read by the rules of `parseHours`.

import { formatHours, parseHours } from './model.js';

/**
 * Typing in a cell.
 *
 * - `write(td, minutes)` is called when the typed hours differ from the shown ones
 * - `release(td, other)` is called when the cell stays as it was, or (`other`) as somebody else has made it
 * - `say(text, bad)` tells what is wrong with a text
 */
export class Editor {
  constructor(sheet, { write, say, release }) {
    Object.assign(this, { sheet, write, say, release });
    this.td = null;
    /** Begun by typing over: arrow keys then leave the cell instead of moving in the text. */
    this.typed = false;
    /** What somebody else has put into the cell since it was opened. */
    this.theirs = null;
    this.input = document.createElement('input');
    Object.assign(this.input, { className: 'edit', type: 'text', inputMode: 'decimal', autocomplete: 'off', spellcheck: false, maxLength: 40 });
    this.input.setAttribute('enterkeyhint', 'done');
    sheet.root.append(this.input);
    this.input.addEventListener('input', () => this.#valid());
    this.input.addEventListener('blur', () => this.#left());
  }

  /** Opens a cell: with `text` it is typed over, else its hours stand there to be changed. */
  open(td, text = null) {
    if (this.td) this.drop();
    const minutes = this.sheet.minutes(td);
    this.td = td;
    this.typed = text !== null;
    this.theirs = null;
    this.input.value = text ?? (minutes ? formatHours(minutes) : '');
    this.input.setAttribute('aria-label', `Hours, ${this.sheet.name(td)}`);
    this.#valid();
    this.input.classList.add('open');
    this.follow();
    this.input.focus({ preventScroll: true });
    if (text === null) this.input.select();
  }

  /** Somebody else has changed the open cell. */
  changedTo(minutes, by) {
    this.theirs = minutes;
    this.td.classList.add('conflict');
    const who = by ? ` by ${by}` : '';
    this.say(`Changed meanwhile${who} to ${formatHours(minutes)} h. Enter keeps yours, Escape takes theirs.`, true);
  }

  /** Reads the text and closes; an unreadable text keeps the cell open and says what to write. */
  commit({ always = false } = {}) {
    const td = this.td;
    if (!td) return true;
    const read = parseHours(this.input.value);
    if (read.error) {
      this.input.setAttribute('aria-invalid', 'true');
      this.say(`${capital(read.error)}.`, true);
      this.input.select();
      return false;
    }
    const seenOther = this.theirs !== null;
    this.#close();
    if (seenOther) td.classList.remove('conflict');
    if (always || seenOther || read.minutes !== this.sheet.minutes(td)) this.write(td, read.minutes);
    else this.release(td, false);
    return true;
  }

  /** Closes and leaves the cell as it was, or as somebody else has made it. */
  drop() {
    const { td, theirs } = this;
    if (!td) return;
    this.#close();
    const other = theirs !== null;
    if (other) {
      td.classList.remove('conflict');
      this.sheet.write(td, theirs);
    }
    this.release(td, other);
  }

  #close() {
    this.td = null;
    this.theirs = null;
    this.input.classList.remove('open');
    this.input.style.translate = '';
  }

  /** Lays the input over its cell, also after rows above have come or gone. */
  follow() {
    if (!this.td) return;
    const [root, box] = [this.sheet.root.getBoundingClientRect(), this.td.getBoundingClientRect()];
    const left = box.left - root.left + this.sheet.root.scrollLeft - this.sheet.root.clientLeft;
    const top = box.top - root.top + this.sheet.root.scrollTop - this.sheet.root.clientTop;
    const width = `${box.width}px`;
    if (this.input.style.width !== width) this.input.style.width = width;
    this.input.style.translate = `${left}px ${top}px`;
  }

  #valid() {
    this.input.removeAttribute('aria-invalid');
  }

  /** The keyboard has gone elsewhere: what can be read is kept, what cannot is given up and named. */
  #left() {
    if (!this.td || !document.hasFocus()) return;
    const text = this.input.value;
    if (!parseHours(text).error) {
      this.commit();
      return;
    }
    const name = this.sheet.name(this.td);
    this.drop();
    this.say(`“${text}” is not a number of hours; ${name} stays as it was.`, true);
  }
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
