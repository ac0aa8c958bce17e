// The line to the server: opens it, comes back by itself, and goes on where it was. It knows no page.

const FIRST = 500;
const MOST = 30_000;
/** The server says something every 20 s; after this long without a word the line is dead, whatever the browser thinks. */
const DEAD_AFTER = 50_000;
/** A short break is nobody's concern. */
const TELL_AFTER = 4000;

/** How long to wait before attempt `count` (from 0): anything up to a limit that doubles, so that many do not come at once. */
export function pause(count, random = Math.random) {
  return Math.round(random() * Math.min(MOST, FIRST * 2 ** Math.min(count, 10)));
}

/**
 * Keeps a line open.
 *
 * `ports` are its ways out:
 * - `open(after)` answers an `EventSource`
 * - `later(call, ms)` and `cancel(timer)` are `setTimeout` and its end; `random()` lies between 0 and 1
 * - `changed({revision, topic})` something changed; a topic `all` means that anything may have
 * - `hello()` the line stands, and tells everything from here on
 * - `told(event)` the same, with what there is to see now, where the line tells it
 * - `here({count, names})` who else is on the page
 * - `bye({reason})` the server has ended the line for good, where a line can end so
 * - `beat()` the server says that the line stands, where it wants an answer to that
 * - `state(name)` `on`, `off`, `lost` (off for a while), `back` (on again after that)
 * - `refused()` resolves to whether to go on after the server has refused the line
 */
export class Line {
  constructor(ports) {
    this.ports = ports;
    this.sequence = null;
    this.wanted = false;
    this.source = null;
    this.attempts = 0;
    this.retry = null;
    this.dead = null;
    this.tell = null;
    this.lost = false;
  }

  /** Listens from now on; `sequence` is what the page already shows. */
  start(sequence = null) {
    this.sequence ??= sequence;
    if (this.wanted) return;
    this.wanted = true;
    this.#connect();
  }

  /** Gives the line back, without forgetting where it was. */
  stop() {
    this.wanted = false;
    this.#drop();
    this.ports.cancel(this.retry);
    this.ports.cancel(this.tell);
    this.retry = null;
    this.tell = null;
    this.lost = false;
    this.ports.state('off');
  }

  /** Does not wait for its turn: the network has come back. */
  hurry() {
    if (!this.wanted || this.source) return;
    this.ports.cancel(this.retry);
    this.#connect();
  }

  #connect() {
    this.retry = null;
    const source = this.ports.open(this.sequence);
    this.source = source;
    this.#alive();
    const on = (name, take) => source.addEventListener(name, (event) => {
      if (this.source !== source) return;
      this.#alive();
      take(event);
    });
    on('hello', (event) => {
      this.#heard(event);
      this.#stands();
      this.ports.hello?.();
    });
    on('beat', () => this.ports.beat?.());
    on('changed', (event) => {
      this.#heard(event);
      this.ports.changed(read(event) ?? { revision: null, topic: 'all' });
    });
    on('room', (event) => {
      this.#heard(event);
      this.ports.told(event);
    });
    on('resync', (event) => {
      this.#heard(event);
      this.#stands();
      this.ports.changed({ revision: null, topic: 'all' });
    });
    on('here', (event) => {
      const company = read(event);
      if (company) this.ports.here(company);
    });
    on('bye', (event) => {
      this.stop();
      this.ports.bye?.(read(event) ?? {});
    });
    source.addEventListener('error', () => {
      if (this.source === source) this.#broken(source.readyState === 2);
    });
  }

  /** Remembers where to go on. */
  #heard(event) {
    const revision = Number.parseInt(event.lastEventId, 10);
    if (Number.isSafeInteger(revision)) this.sequence = revision;
  }

  #alive() {
    this.ports.cancel(this.dead);
    this.dead = this.ports.later(() => this.#broken(false), DEAD_AFTER);
  }

  #stands() {
    this.attempts = 0;
    this.ports.cancel(this.tell);
    this.tell = null;
    this.ports.state(this.lost ? 'back' : 'on');
    this.lost = false;
  }

  #drop() {
    this.ports.cancel(this.dead);
    this.source?.close();
    this.source = null;
  }

  async #broken(refused) {
    this.#drop();
    this.ports.state(this.lost ? 'lost' : 'off');
    this.tell ??= this.ports.later(() => {
      this.lost = true;
      this.ports.state('lost');
    }, TELL_AFTER);
    if (refused && !(await this.ports.refused())) return this.stop();
    if (!this.wanted || this.source || this.retry !== null) return;
    this.retry = this.ports.later(() => this.#connect(), pause(this.attempts, this.ports.random));
    this.attempts += 1;
  }
}

function read(event) {
  try {
    return JSON.parse(event.data);
  } catch {
    return null;
  }
}
