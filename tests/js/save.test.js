// The queue of saves against a small server in memory that keeps the contract: seen values, conflicts, undo.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Saves } from '../../assets/js/grid/save.js';

const WEEK = '2026-11-16';
const key = (cell) => `${cell.assignment}|${cell.week}`;

/** The server: it writes cells whose `seen` still holds, and answers after the microtasks that are waiting now. */
class Server {
  constructor() {
    this.minutes = new Map();
    this.requests = [];
    this.sets = [];
    this.fault = null;
  }

  async post(url, body) {
    this.requests.push({ url, body: structuredClone(body) });
    await Promise.resolve();
    const fault = this.fault;
    if (fault === 'offline') throw new TypeError('fetch failed');
    if (fault) return { response: { ok: false, status: fault.status }, answer: fault.answer ?? null };
    const undo = /change-sets\/(\d+)\/undo/.exec(url);
    return { response: { ok: true, status: 200 }, answer: undo ? this.undo(Number(undo[1])) : this.write(body.cells) };
  }

  write(wanted) {
    const cells = [];
    const conflicts = [];
    const inverse = [];
    for (const cell of wanted) {
      const now = this.minutes.get(key(cell)) ?? 0;
      const yours = Math.round(cell.hours * 60);
      if (Math.round(cell.seen * 60) !== now) {
        conflicts.push({ ...cell, now: now / 60, yours: cell.hours, by: 'Mina Park' });
        continue;
      }
      inverse.push({ assignment: cell.assignment, week: cell.week, hours: now / 60, seen: cell.hours });
      this.minutes.set(key(cell), yours);
      cells.push({ assignment: cell.assignment, week: cell.week, hours: cell.hours });
    }
    if (cells.length === 0) return { cells, conflicts };
    this.sets.push(inverse);
    return { changeSet: this.sets.length, revision: this.sets.length, cells, conflicts };
  }

  undo(id) {
    const answer = this.write(this.sets[id - 1]);
    return { ...answer, undone: answer.cells.length };
  }
}

/** A page in memory: what each cell shows and in which state it is. */
function page(server) {
  const shown = new Map();
  const states = new Map();
  const said = [];
  const saves = new Saves({
    post: (url, body) => server.post(url, body),
    show: (cell, minutes) => shown.set(key(cell), minutes),
    state: (cell, name) => (name === 'none' ? states.delete(key(cell)) : states.set(key(cell), name)),
    say: (text) => said.push(text),
    signedOut: () => said.push('signed out'),
    reason: (response, answer) => answer?.detail ?? `status ${response.status}`,
    saved: () => {},
    settled: () => {},
  });
  const type = (assignment, minutes, was = shown.get(`${assignment}|${WEEK}`) ?? 0) => saves.write('type', [{ assignment, week: WEEK, minutes, was }]);
  return { saves, shown, states, said, type };
}

const at = (assignment) => ({ assignment, week: WEEK });
const id = (assignment) => key(at(assignment));

test('each gesture is one request, in order, and says what it has seen', async () => {
  const server = new Server();
  const { saves, shown, states, type } = page(server);
  type(1, 300);
  type(1, 360);
  saves.write('paste', [{ ...at(1), minutes: 60, was: 360 }, { ...at(2), minutes: 120, was: 0 }]);
  assert.equal(states.get(id(1)), 'saving');
  await saves.idle();
  assert.deepEqual(server.requests.map(({ body }) => body.cells.map((cell) => [cell.hours, cell.seen])), [[[5, 0]], [[6, 5]], [[1, 6], [2, 0]]]);
  assert.deepEqual([shown.get(id(1)), shown.get(id(2)), states.get(id(1))], [60, 120, 'saved']);
  assert.equal(saves.unsaved, false);
});

test('a cell that somebody else has changed keeps yours in sight, and Enter writes it knowingly', async () => {
  const server = new Server();
  const { saves, shown, states, type } = page(server);
  server.minutes.set(id(1), 960);
  type(1, 840, 720);
  await saves.idle();
  assert.deepEqual([states.get(id(1)), shown.get(id(1)), server.minutes.get(id(1))], ['conflict', 840, 960]);
  saves.overwrite(at(1));
  await saves.idle();
  assert.deepEqual([states.get(id(1)), server.minutes.get(id(1))], ['saved', 840]);
});

test('Escape on a conflict takes theirs', async () => {
  const server = new Server();
  const { saves, shown, states, type } = page(server);
  server.minutes.set(id(1), 960);
  type(1, 840, 720);
  await saves.idle();
  saves.giveUp(at(1));
  assert.deepEqual([shown.get(id(1)), states.has(id(1)), saves.unsaved], [960, false, false]);
  assert.equal(server.minutes.get(id(1)), 960);
});

test('typing twice before the answer never writes over somebody unseen', async () => {
  const server = new Server();
  const { saves, states, type } = page(server);
  server.minutes.set(id(1), 960);
  type(1, 840, 720);
  type(1, 900, 840);
  await saves.idle();
  assert.equal(states.get(id(1)), 'conflict');
  assert.equal(server.minutes.get(id(1)), 960);
});

test('a conflict in one cell of a paste leaves the others saved', async () => {
  const server = new Server();
  const { saves, states } = page(server);
  server.minutes.set(id(2), 60);
  saves.write('paste', [{ ...at(1), minutes: 120, was: 0 }, { ...at(2), minutes: 180, was: 0 }]);
  await saves.idle();
  assert.deepEqual([states.get(id(1)), states.get(id(2))], ['saved', 'conflict']);
});

test('what could not be sent waits in its order and goes with the next edit', async () => {
  const server = new Server();
  const { saves, states, type } = page(server);
  server.fault = 'offline';
  type(1, 300);
  type(1, 360);
  await saves.idle();
  assert.equal(states.get(id(1)), 'failed');
  assert.equal(saves.unsaved, true);
  server.fault = null;
  server.requests.length = 0;
  type(2, 60);
  await saves.idle();
  assert.deepEqual(server.requests.map(({ body }) => body.cells.map((cell) => cell.hours)), [[5], [6], [1]]);
  assert.deepEqual([server.minutes.get(id(1)), server.minutes.get(id(2))], [360, 60]);
  assert.equal(saves.unsaved, false);
});

test('a save that arrived although its answer was lost is not a conflict', async () => {
  const server = new Server();
  const { saves, states, type } = page(server);
  server.fault = 'offline';
  type(1, 300);
  await saves.idle();
  server.minutes.set(id(1), 300);
  server.fault = null;
  saves.retry();
  await saves.idle();
  assert.equal(states.get(id(1)), 'saved');
});

test('undo of what never reached the server needs no server', async () => {
  const server = new Server();
  const { saves, shown, type } = page(server);
  type(1, 60);
  await saves.idle();
  server.fault = { status: 503 };
  type(1, 300);
  await saves.idle();
  server.requests.length = 0;
  saves.reverse('undo');
  await saves.idle();
  assert.deepEqual([shown.get(id(1)), server.requests.length, saves.unsaved], [60, 0, false]);
});

test('a refused cell says why, is not sent again by itself, and can be given up', async () => {
  const server = new Server();
  const { saves, shown, states, said, type } = page(server);
  server.fault = { status: 422, answer: { detail: 'no', errors: [{ field: 'cells[0].hours', message: 'outside the employment' }] } };
  type(1, 300);
  await saves.idle();
  assert.equal(states.get(id(1)), 'failed');
  assert.match(said.at(-1), /outside the employment/);
  server.fault = null;
  server.requests.length = 0;
  type(2, 60);
  await saves.idle();
  assert.equal(server.requests.length, 1);
  saves.giveUp(at(1));
  assert.deepEqual([shown.get(id(1)), saves.unsaved], [0, false]);
});

test('signed out: nothing is lost and it is said', async () => {
  const server = new Server();
  const { saves, states, said, type } = page(server);
  server.fault = { status: 401 };
  type(1, 300);
  await saves.idle();
  assert.equal(states.get(id(1)), 'failed');
  assert.ok(said.includes('signed out'));
  server.fault = null;
  saves.retry();
  await saves.idle();
  assert.equal(server.minutes.get(id(1)), 300);
});

test('undo and redo go behind what is still being saved', async () => {
  const server = new Server();
  const { saves, shown, type } = page(server);
  type(1, 300);
  type(1, 360);
  saves.reverse('undo');
  saves.reverse('undo');
  saves.reverse('redo');
  await saves.idle();
  assert.equal(server.minutes.get(id(1)), 300);
  assert.equal(shown.get(id(1)), 300);
});

test('undo leaves alone what somebody else has changed since, and says so', async () => {
  const server = new Server();
  const { saves, shown, said } = page(server);
  saves.write('paste', [{ ...at(1), minutes: 60, was: 0 }, { ...at(2), minutes: 60, was: 0 }]);
  await saves.idle();
  server.minutes.set(id(2), 999);
  saves.reverse('undo');
  await saves.idle();
  assert.equal(shown.get(id(1)), 0);
  assert.equal(server.minutes.get(id(2)), 999);
  assert.match(said.at(-1), /1 cell taken back; 1 changed since/);
});

test('what the server has when all is quiet is what the page shows, whatever was typed and undone', async () => {
  let seed = 5;
  const below = (limit) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  for (let round = 0; round < 400; round += 1) {
    const server = new Server();
    const { saves, shown, type } = page(server);
    for (let step = 0; step < 30; step += 1) {
      const what = below(10);
      server.fault = what === 9 ? { status: 503 } : null;
      if (what < 6 || what === 9) type(below(4), 60 * below(8));
      else if (what < 8) saves.reverse('undo');
      else saves.reverse('redo');
      if (below(3) === 0) await saves.idle();
    }
    await saves.idle();
    server.fault = null;
    saves.retry();
    await saves.idle();
    assert.equal(saves.unsaved, false);
    for (const [cell, minutes] of shown) assert.equal(server.minutes.get(cell) ?? 0, minutes, cell);
  }
});
