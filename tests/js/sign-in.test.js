import assert from 'node:assert/strict';
import { test } from 'node:test';

import { counted, digitsOf, waiting } from '../../assets/js/sign-in.js';

test('digits are taken out of whatever was pasted', () => {
  assert.equal(digitsOf(' 407 123\n'), '407123');
  assert.equal(digitsOf('Your code: 407-123.'), '407123');
  assert.equal(digitsOf('40712345'), '407123');
  assert.equal(digitsOf('none'), '');
});

test('the wait is told in seconds', () => {
  assert.equal(waiting(24), 'Send again in 24 s');
  assert.equal(waiting(3, 'Send new digits'), 'Send new digits in 3 s');
});

test('a sentence counts its wait down', () => {
  const sentence = 'Too many tries in a row. Please wait 20 seconds and try again.';
  assert.equal(counted(sentence, 19), 'Too many tries in a row. Please wait 19 seconds and try again.');
  assert.equal(counted(counted(sentence, 1), 1), 'Too many tries in a row. Please wait a second and try again.');
  assert.equal(counted('Please wait 15 minutes and try again.', 600), 'Please wait 10 minutes and try again.');
  assert.equal(counted('Please wait 3 minutes and try again.', 90), 'Please wait 90 seconds and try again.');
  assert.equal(counted(sentence, 0), 'You can try again now.');
});
