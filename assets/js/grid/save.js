// What has been typed on its way to the server: one request per gesture, in order, and what became of each cell.

import { formatHours, fromDecimal, History } from './model.js';

const keyOf = (cell) => `${cell.assignment}|${cell.week}`;
const decimal = (minutes) => Number(formatHours(minutes));

/**
 * The queue. It knows no page: `ports` are its ways out.
 *
 * - `post(url, body)` answers `{response, answer}` or throws when the server cannot be reached
 * - `show(cell, minutes)` shows hours; `state(cell, name, title)` shows saving, saved, failed, conflict or none
 * - `say(text, bad)` tells the person; `signedOut()`; `reason(response, answer)` a sentence for an answer
 * - `settled(cell)` when a cell takes the server's hours without a save, so that totals are asked for
 * - `saved({assignments, changeSet, revision, label, count})` after each answer that changed something
 */
export class Saves {
  constructor(ports) {
    this.ports = ports;
    this.history = new History();
    /** Cells that are not as the server has them: `seen` is what it last told us, `yours` what is shown. */
    this.open = new Map();
    this.waiting = [];
    this.failed = [];
    this.running = false;
    /** Counts answers, so that a picture asked for before a save is not painted after it. */
    this.epoch = 0;
    this.whenIdle = [];
  }

  get busy() {
    return this.running || this.waiting.length > 0;
  }

  /** Whether leaving the page would lose something. */
  get unsaved() {
    return this.busy || [...this.open.values()].some((entry) => entry.state !== 'typing');
  }

  /** Resolves when nothing is on its way any more. */
  idle() {
    return this.busy ? new Promise((resolve) => this.whenIdle.push(resolve)) : Promise.resolve();
  }

  /** What is known of a cell that is not saved, or undefined. */
  entry(cell) {
    return this.open.get(keyOf(cell));
  }

  /**
   * Saves one gesture.
   *
   * @param {string} label type, paste, fill or clear
   * @param {{assignment: number, week: string, minutes: number, was: number}[]} cells `was`: shown before the gesture
   * @param {string | null} text what to say of it when it is saved
   */
  write(label, cells, text = null) {
    if (cells.length === 0) return;
    for (const cell of cells) {
      const entry = this.open.get(keyOf(cell)) ?? { cell, seen: cell.was, queued: 0 };
      Object.assign(entry, { yours: cell.minutes, state: 'saving', queued: entry.queued + 1 });
      this.open.set(keyOf(cell), entry);
      this.ports.show(cell, cell.minutes);
      this.ports.state(cell, 'saving', 'Saving');
    }
    // What failed goes first, so that the order of the gestures stays.
    this.retry();
    this.waiting.push({ kind: 'write', label, cells, text });
    this.#run();
  }

  /** Sends again what could not be sent. */
  retry() {
    for (const task of this.failed) {
      for (const cell of task.cells) this.ports.state(cell, 'saving', 'Saving');
    }
    this.waiting.push(...this.failed.splice(0));
    this.#run();
  }

  /** Takes back (or does again) the last gesture, after all that is still under way. */
  reverse(direction) {
    if (this.failed.length > 0) {
      // A gesture that waits to be sent again is the newest: undo takes it, and there is nothing after it to redo.
      return direction === 'undo' ? this.#dropFailed() : this.ports.say('Save what is marked first, then redo.', true);
    }
    this.waiting.push({ kind: 'reverse', direction });
    this.#run();
  }

  /** Reverses one change set by its id, from a button that was offered earlier. */
  reverseSet(id) {
    this.waiting.push({ kind: 'reverse', direction: 'undo', id });
    this.#run();
  }

  /** The last gesture never reached the server, so taking it back needs no server. */
  #dropFailed() {
    const task = this.failed.pop();
    for (const cell of task.cells) {
      const entry = this.open.get(keyOf(cell));
      if (!entry) continue;
      entry.queued -= 1;
      const earlier = this.failed.flatMap((other) => other.cells).filter((other) => keyOf(other) === keyOf(cell)).at(-1);
      if (earlier) {
        entry.yours = earlier.minutes;
        this.ports.show(cell, earlier.minutes);
      } else {
        this.#settle(cell, entry.seen);
      }
    }
    this.ports.say('Taken back; it had not been saved.');
  }

  /** Writes what is yours over what is theirs, knowing it. */
  overwrite(cell) {
    const entry = this.entry(cell);
    if (entry?.state !== 'conflict') return;
    entry.seen = entry.theirs;
    this.write('type', [{ ...cell, minutes: entry.yours, was: entry.theirs }]);
  }

  /** Gives up what is yours: a conflict takes theirs, a failure takes what the server last had. */
  giveUp(cell) {
    const entry = this.entry(cell);
    if (!entry || entry.state === 'saving') return;
    this.#settle(cell, entry.state === 'conflict' ? entry.theirs : entry.seen);
  }

  /** The server now holds something else in a cell that is not saved here; both sides stay in sight. */
  foreign(cell, now, by) {
    const entry = this.entry(cell);
    if (!entry || entry.state === 'saving' || now === entry.seen) return;
    if (now === entry.yours) this.#settle(cell, now);
    else this.#conflict(entry, now, by ?? (now === entry.theirs ? entry.by : undefined));
  }

  /** A cell that is being typed in has changed on the server: what will be typed counts as seen with the new value. */
  acknowledge(cell, now) {
    this.open.set(keyOf(cell), { cell, seen: now, yours: now, state: 'typing', queued: 0 });
  }

  /** The typing ended without a change. */
  release(cell) {
    if (this.entry(cell)?.state === 'typing') this.open.delete(keyOf(cell));
  }

  /** The cell is as the server has it; nothing of it is sent again. */
  #settle(cell, minutes) {
    for (const task of this.failed) task.cells = task.cells.filter((other) => keyOf(other) !== keyOf(cell));
    this.failed = this.failed.filter((task) => task.cells.length > 0);
    this.open.delete(keyOf(cell));
    this.ports.show(cell, minutes);
    this.ports.state(cell, 'none');
    this.ports.settled(cell);
  }

  #conflict(entry, theirs, by) {
    Object.assign(entry, { state: 'conflict', theirs, by });
    const who = by ? ` by ${by}` : '';
    const text = `Changed meanwhile${who}: theirs ${formatHours(theirs)} h, yours ${formatHours(entry.yours)} h. Enter keeps yours, Escape takes theirs.`;
    this.ports.show(entry.cell, entry.yours);
    this.ports.state(entry.cell, 'conflict', text);
    return text;
  }

  async #run() {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) {
      const task = this.waiting.shift();
      try {
        await (task.kind === 'write' ? this.#send(task) : this.#reverse(task));
      } catch {
        this.#stop(task, task.kind === 'write' ? 'The server cannot be reached; not saved yet.' : 'The server cannot be reached; nothing was undone.');
      }
    }
    this.running = false;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  async #send(task) {
    if (task.cells.length === 0) return;
    const cells = task.cells.map((cell) => ({
      assignment: cell.assignment, week: cell.week, hours: decimal(cell.minutes), seen: decimal(this.entry(cell)?.seen ?? cell.was),
    }));
    const { response, answer } = await this.ports.post('/api/v1/hours', { cells });
    this.epoch += 1;
    if (response.status === 401) {
      this.#stop(task, 'You are signed out; not saved yet.');
      this.ports.signedOut();
    } else if (response.ok || (response.status === 409 && Array.isArray(answer?.conflicts))) {
      this.#answered(task, answer);
    } else if (response.status >= 500 || response.status === 429) {
      this.#stop(task, this.ports.reason(response, answer));
    } else {
      this.#refused(task, this.ports.reason(response, answer), answer?.errors ?? []);
    }
  }

  /** The server cannot take it now. Everything behind waits as well, or a later edit would be overtaken by an earlier one. */
  #stop(task, text) {
    const stopped = [task, ...this.waiting.splice(0)];
    this.failed.push(...stopped.filter((one) => one.kind === 'write'));
    for (const one of stopped) {
      for (const cell of one.cells ?? []) {
        const entry = this.entry(cell);
        if (entry) entry.state = 'failed';
        this.ports.state(cell, 'failed', text);
      }
    }
    this.ports.say(text, true);
  }

  /** The server refuses this gesture for good: it is not sent again, the cells say why until typed over or given up. */
  #refused(task, text, errors) {
    const why = new Map(errors.map((error) => [Number(/^cells\[(\d+)\]/.exec(error.field)?.[1] ?? -1), error.message]));
    task.cells.forEach((cell, index) => {
      const entry = this.entry(cell);
      if (!entry) return;
      entry.queued -= 1;
      entry.state = 'failed';
      this.ports.state(cell, 'failed', why.get(index) ?? text);
    });
    this.ports.say([...why.values()][0] ?? text, true);
  }

  #answered(task, answer) {
    const written = new Map((answer.cells ?? []).map((cell) => [keyOf(cell), fromDecimal(cell.hours)]));
    const conflicts = new Map((answer.conflicts ?? []).map((cell) => [keyOf(cell), cell]));
    const clashes = [];
    let count = 0;
    for (const cell of task.cells) {
      const entry = this.entry(cell);
      if (!entry) continue;
      entry.queued -= 1;
      const clash = conflicts.get(keyOf(cell));
      if (written.has(keyOf(cell))) {
        count += 1;
        this.#written(entry, written.get(keyOf(cell)));
      } else if (clash && fromDecimal(clash.now) === cell.minutes) {
        // Somebody (or our own lost request) has already written the same.
        this.#written(entry, cell.minutes);
      } else if (clash) {
        clashes.push(this.#conflict(entry, fromDecimal(clash.now), clash.by));
      } else {
        entry.state = 'failed';
        this.ports.state(cell, 'failed', 'The server did not save this cell.');
      }
    }
    if (answer.changeSet !== undefined && answer.changeSet !== null) this.history.push(answer.changeSet);
    const assignments = task.cells.map((cell) => cell.assignment);
    this.ports.saved({ assignments, changeSet: answer.changeSet, revision: answer.revision, label: task.label, count, clashes, text: task.text });
  }

  #written(entry, minutes) {
    entry.seen = minutes;
    if (entry.queued > 0) return;
    this.open.delete(keyOf(entry.cell));
    this.ports.show(entry.cell, minutes);
    this.ports.state(entry.cell, 'saved');
  }

  async #reverse({ direction, id = this.history.peek(direction) }) {
    if (id === undefined) return this.ports.say(direction === 'undo' ? 'Nothing to undo.' : 'Nothing to do again.');
    const { response, answer } = await this.ports.post(`/api/v1/change-sets/${id}/undo`);
    this.epoch += 1;
    if (response.status === 401) return this.ports.signedOut();
    if (!response.ok) return this.ports.say(this.ports.reason(response, answer), true);
    if (this.history.peek(direction) === id) {
      this.history.moved(direction, answer.changeSet);
    } else {
      this.history.forget(id);
      if (answer.changeSet) this.history.push(answer.changeSet);
    }
    for (const cell of answer.cells ?? []) {
      const minutes = fromDecimal(cell.hours);
      const entry = this.entry(cell);
      // Hours typed after the undo was asked for stay in sight; they follow upon what the undo has made.
      if (entry?.state === 'saving') entry.seen = minutes;
      else if (entry) this.foreign(cell, minutes);
      else this.ports.show(cell, minutes);
    }
    const left = answer.conflicts?.length ?? 0;
    const count = answer.undone ?? answer.cells?.length ?? 0;
    this.ports.saved({
      assignments: (answer.cells ?? []).map((cell) => cell.assignment), changeSet: answer.changeSet, revision: answer.revision, label: direction, count, clashes: [],
    });
    const what = `${count} ${count === 1 ? 'cell' : 'cells'} ${direction === 'undo' ? 'taken back' : 'done again'}`;
    this.ports.say(left ? `${what}; ${left} changed since and left alone.` : `${what}.`);
  }
}
