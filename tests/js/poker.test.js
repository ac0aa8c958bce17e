// Choosing a card by typing it, and the time that is left.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { left } from '../../assets/js/poker-clock.js';
import { PAUSE, Typing } from '../../assets/js/poker-typing.js';

const FIBONACCI = ['0', '1', '2', '3', '5', '8', '13', '21', '34', '?', '∞', '☕'];
const type = (labels, keys, every = 100) => {
  const typed = new Typing();
  return [...keys].map((key, index) => typed.press(key, labels, index * every)).at(-1);
};

test('a card is chosen at once where no longer one begins so', () => {
  assert.deepEqual(type(FIBONACCI, '5'), { place: 4, sure: true });
  assert.deepEqual(type(FIBONACCI, '?'), { place: 9, sure: true });
});

test('a key that may be the beginning of another waits for it', () => {
  assert.deepEqual(type(FIBONACCI, '1'), { place: 1, sure: false });
  assert.deepEqual(type(FIBONACCI, '13'), { place: 6, sure: true });
  assert.deepEqual(type(FIBONACCI, '34'), { place: 8, sure: true });
});

test('after a pause, and after a key that leads nowhere, typing begins anew', () => {
  assert.deepEqual(type(FIBONACCI, '13', PAUSE + 1), { place: 3, sure: false });
  assert.deepEqual(type(FIBONACCI, '18'), { place: 5, sure: true });
  assert.deepEqual(type(FIBONACCI, '9'), { place: null, sure: false });
});

test('signs that no keyboard has are typed by names, and sizes in any case', () => {
  assert.deepEqual(type(FIBONACCI, 'c'), { place: 11, sure: false });
  assert.deepEqual(type(FIBONACCI, 'inf'), { place: 10, sure: true });
  assert.deepEqual(type(['0', '½', '1'], '.5'), { place: 1, sure: true });
  assert.deepEqual(type(['XS', 'S', 'M', 'L', 'XL', 'XXL'], 'xl'), { place: 4, sure: true });
  assert.deepEqual(type(['XS', 'S', 'M', 'L', 'XL', 'XXL'], 'X'), { place: null, sure: false });
});

test('what is left counts down as the server writes it', () => {
  assert.deepEqual([-5, 1, 90_000, 3_600_000, 172_800_000].map(left), ['0:00', '0:01', '1:30', '1 h 0 min', '2 days']);
});
