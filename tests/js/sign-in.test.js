import assert from 'node:assert/strict';
import { test } from 'node:test';

import { digitsOf, waiting } from '../../assets/js/sign-in.js';

test('digits are taken out of whatever was pasted', () => {
  assert.equal(digitsOf(' 407 123\n'), '407123');
  assert.equal(digitsOf('Your code: 407-123.'), '407123');
  assert.equal(digitsOf('40712345'), '407123');
  assert.equal(digitsOf('none'), '');
});

test('the wait is told in seconds', () => {
  assert.equal(waiting(24), 'Send again in 24 s');
});
