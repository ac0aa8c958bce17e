// What a page that is brought up to date leaves alone, and how those who are here are named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initials, sentence } from '../../assets/js/here.js';
import { isBusy, isTouched } from '../../assets/js/refresh.js';

const text = (value, defaultValue = '', type = 'text') => ({ type, value, defaultValue });
const list = (...options) => {
  const all = options.map(([selected, defaultSelected]) => ({ selected, defaultSelected }));
  return { type: 'select-one', options: all, selectedIndex: all.findIndex((option) => option.selected) };
};
const element = (localName, elements = [], { marked = false, holds = [] } = {}) => ({
  localName, elements, matches: () => marked, contains: (other) => holds.includes(other),
});

test('a field is touched when it holds what the page did not come with', () => {
  assert.equal(isTouched(text('a', 'a')), false);
  assert.equal(isTouched(text('ab', 'a')), true);
  assert.equal(isTouched({ type: 'checkbox', checked: true, defaultChecked: false }), true);
  assert.equal(isTouched({ type: 'file', files: [] }), false);
  assert.equal(isTouched(list([true, false], [false, false])), false, 'a list without a choice shows its first');
  assert.equal(isTouched(list([false, false], [true, false])), true);
  assert.equal(isTouched(list([false, false], [true, true])), false);
});

test('a form stays as it is while it is typed in, and afterwards when something stands in it', () => {
  const field = { ...text(''), matches: () => true };
  assert.equal(isBusy(element('form', [field]), null), false);
  assert.equal(isBusy(element('form', [field], { holds: [field] }), field), true);
  assert.equal(isBusy(element('form', [text('typed')]), null), true);
  assert.equal(isBusy(element('form', [text('key', '', 'hidden')]), null), false);
  assert.equal(isBusy(element('section', [text('typed')]), null), false);
  assert.equal(isBusy(element('details', [], { marked: true }), null), true);
});

test('those who are here are counted, and named by first and last letters', () => {
  assert.deepEqual([0, 1, 3].map(sentence), ['', '1 other here', '3 others here']);
  assert.deepEqual(['Ada Osei', 'Åsa', 'Jan van der Berg'].map(initials), ['AO', 'Å', 'JB']);
});
