// What was typed into a form that met a session that had ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fate, fill, kept } from '../../assets/js/draft.js';

const field = (name, value, type = 'text', more = {}) => ({ name, value, type, ...more });

test('what was typed is kept and put back, each in its place', () => {
  const typed = [
    field('csrf', 'key', 'hidden'), field('name', 'Harbour'), field('note', 'one'), field('note', 'two'),
    field('days', 'mon', 'checkbox', { checked: true }), field('days', 'tue', 'checkbox', { checked: false }),
    field('plan', 'x.csv', 'file'), field('', 'unnamed'),
  ];
  const values = kept(typed);
  assert.deepEqual(values, [
    ['name', 'Harbour'], ['note', 'one'], ['note', 'two'], ['days', 'mon', true], ['days', 'tue', false],
  ]);
  const blank = typed.map((one) => ({ ...one, value: one.type === 'text' ? '' : one.value, checked: false }));
  blank[0].value = 'another key';
  fill(blank, values);
  assert.deepEqual(blank.map((one) => one.value), ['another key', 'Harbour', 'one', 'two', 'mon', 'tue', 'x.csv', '']);
  assert.deepEqual(blank.slice(4, 6).map((one) => one.checked), [true, false]);
});

test('nothing of a form that asks for a secret is kept', () => {
  assert.deepEqual(kept([field('name', 'Bo'), field('password', 'swordfish', 'password')]), []);
  assert.deepEqual(kept([field('code', '123456', 'text', { autocomplete: 'one-time-code' })]), []);
});

test('a draft waits at the door, comes back to whom it belongs, and to nobody else', () => {
  const sent = { who: 'Bo', path: '/people/new', at: 1_000, lost: false };
  const lost = { ...sent, lost: true };
  const door = { who: null, path: '/auth/login' };
  const page = (who, path = '/people/new') => ({ who, path });
  assert.equal(fate(sent, page('Bo'), 1_500), 'forget', 'it arrived');
  assert.equal(fate(sent, door, 1_500), 'lose');
  assert.equal(fate(sent, door, 1_000_000), 'forget', 'the door has nothing to do with it');
  assert.equal(fate(lost, door, 1_000_000), 'keep');
  assert.equal(fate(lost, page('Bo'), 1_000_000), 'restore');
  assert.equal(fate(lost, page('Bo', '/'), 1_000_000), 'offer');
  assert.equal(fate(lost, page('Ada'), 1_000_000), 'forget');
  assert.equal(fate(lost, page('Bo'), 100_000_000), 'forget');
});
