import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dayAfter, dayWords, flagsOf, workingDays } from '../../assets/js/moves.js';

test('days are counted over the ends of months and years, whatever clocks do', () => {
  assert.equal(dayAfter('2026-12-25', 14), '2027-01-08');
  assert.equal(dayAfter('2027-03-26', 7), '2027-04-02');
  assert.equal(dayAfter('2028-03-01', -1), '2028-02-29');
});

test('the day under a flag is said in words', () => {
  assert.equal(dayWords('2026-12-09'), '9 Dec');
  assert.equal(dayWords(dayAfter('2026-12-31', 1)), '1 Jan');
});

test('a flag that is dropped on a weekend goes to the working day beside it', () => {
  assert.equal(workingDays('2026-12-02', 3), 2);
  assert.equal(workingDays('2026-12-02', 4), 5);
  assert.equal(workingDays('2026-12-02', 7), 7);
});

test('a cell tells its flags with number, day and name', () => {
  assert.deepEqual(flagsOf('12 2026-12-02 DD 75 %\n13 2026-12-04 IFP: second'), [
    { id: '12', due: '2026-12-02', name: 'DD 75 %' },
    { id: '13', due: '2026-12-04', name: 'IFP: second' },
  ]);
  assert.deepEqual(flagsOf(''), []);
});
