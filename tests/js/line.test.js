// The line's way back: backoff with jitter, resuming by sequence, a dead line, and when anybody is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Line, pause } from '../../assets/js/line.js';

/** An `EventSource` that does what the test says. */
class Source {
  constructor(after) {
    Object.assign(this, { after, readyState: 0, listeners: {}, closed: false });
  }

  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }

  say(name, data, id = '') {
    this.listeners[name]?.({ data: JSON.stringify(data), lastEventId: String(id) });
  }

  fail(readyState = 0) {
    this.readyState = readyState;
    this.listeners.error?.({});
  }

  close() {
    this.closed = true;
  }
}

/** Everything around a line, with a clock that the test moves. */
function around({ goesOn = true } = {}) {
  const world = { now: 0, timers: [], sources: [], told: [], states: [] };
  world.line = new Line({
    open: (after) => {
      world.sources.push(new Source(after));
      return world.sources.at(-1);
    },
    later: (call, ms) => {
      const timer = { call, at: world.now + ms };
      world.timers.push(timer);
      return timer;
    },
    cancel: (timer) => { world.timers = world.timers.filter((other) => other !== timer); },
    random: () => 1,
    changed: (detail) => world.told.push(detail),
    here: (company) => world.told.push(company),
    state: (name) => world.states.push(name),
    refused: async () => goesOn,
  });
  world.pass = async (ms) => {
    const end = world.now + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = world.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      world.now = next.at;
      world.timers = world.timers.filter((timer) => timer !== next);
      next.call();
    }
    world.now = end;
  };
  return world;
}

test('the pause doubles up to a limit, and lies anywhere below it', () => {
  assert.deepEqual([0, 1, 2, 3].map((count) => pause(count, () => 1)), [500, 1000, 2000, 4000]);
  assert.equal(pause(50, () => 1), 30_000);
  assert.equal(pause(50, () => 0.5), 15_000);
  assert.equal(pause(3, () => 0), 0);
});

test('a line that breaks comes back after what it has heard', async () => {
  const world = around();
  world.line.start(7);
  assert.equal(world.sources[0].after, 7);
  world.sources[0].say('hello', { revision: 7 }, 7);
  world.sources[0].say('changed', { revision: 9, topic: 'plan' }, 9);
  world.sources[0].fail();
  assert.ok(world.sources[0].closed, 'the browser does not come back by its own rules');
  await world.pass(600);
  assert.equal(world.sources.length, 2);
  assert.equal(world.sources[1].after, 9);
  assert.deepEqual(world.told, [{ revision: 9, topic: 'plan' }]);
});

test('a gap asks for everything', () => {
  const world = around();
  world.line.start(7);
  world.sources[0].say('resync', { revision: 900 }, 900);
  assert.deepEqual(world.told, [{ revision: null, topic: 'all' }]);
  assert.equal(world.line.sequence, 900);
});

test('a short break is not told, a long one is, and so is the return', async () => {
  const world = around();
  world.line.start();
  world.sources[0].say('hello', {}, 1);
  world.sources[0].fail();
  await world.pass(600);
  world.sources[1].say('hello', {}, 1);
  assert.deepEqual(world.states, ['on', 'off', 'on']);
  for (let count = 1; count < 5; count += 1) {
    world.sources.at(-1).fail();
    await world.pass(9000);
  }
  assert.ok(world.states.includes('lost'));
  world.sources.at(-1).say('hello', {}, 1);
  assert.equal(world.states.at(-1), 'back');
});

test('attempts become rarer until one stands', async () => {
  const world = around();
  world.line.start();
  const waits = [];
  for (let count = 0; count < 5; count += 1) {
    const before = world.now;
    world.sources.at(-1).fail();
    await world.pass(0);
    const retry = world.line.retry;
    waits.push(retry.at - before);
    await world.pass(retry.at - before);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000]);
  world.sources.at(-1).say('hello', {}, 1);
  assert.equal(world.line.attempts, 0);
});

test('a line that falls silent is given up, whatever the browser thinks', async () => {
  const world = around();
  world.line.start();
  world.sources[0].say('hello', {}, 3);
  await world.pass(40_000);
  world.sources[0].say('beat', 1);
  await world.pass(40_000);
  assert.equal(world.sources.length, 1, 'a heartbeat keeps it');
  await world.pass(12_000);
  assert.equal(world.sources.length, 2);
  assert.ok(world.sources[0].closed);
});

test('who is signed out stops asking', async () => {
  const world = around({ goesOn: false });
  world.line.start();
  world.sources[0].fail(2);
  await world.pass(120_000);
  assert.equal(world.sources.length, 1);
  assert.equal(world.states.at(-1), 'off');
});

test('a hidden page gives its line back and goes on where it was', async () => {
  const world = around();
  world.line.start(1);
  world.sources[0].say('hello', {}, 5);
  world.line.stop();
  await world.pass(120_000);
  assert.equal(world.sources.length, 1);
  world.line.start(1);
  assert.equal(world.sources[1].after, 5);
});

test('the page hears each time that the line stands, for what has no revision is not told again', () => {
  const world = around();
  let stood = 0;
  world.line.ports.hello = () => { stood += 1; };
  world.line.start(7);
  assert.equal(stood, 0);
  world.sources[0].say('hello', { revision: 7 }, 7);
  world.sources[0].say('changed', { revision: 7, topic: 'jobs' }, 7);
  assert.deepEqual([stood, world.told], [1, [{ revision: 7, topic: 'jobs' }]]);
  world.line.stop();
  world.line.start();
  world.sources[1].say('hello', { revision: 7 }, 7);
  assert.equal(stood, 2);
});
