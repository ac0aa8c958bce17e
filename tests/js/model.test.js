// The grid's rules, with tables and with random gestures from a fixed seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fillTarget, formatHours, fromDecimal, History, jump, loadLevel, MOST, parseHours, parseTsv, planFill, planPaste, planValue,
  rectangle, serialiseTsv, within,
} from '../../assets/js/grid/model.js';

/** Numbers that look random and are the same in every run. */
function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { below: (limit) => Math.floor(next() * limit), chance: (share) => next() < share };
}

/** A sheet in memory: rows of minutes, and which cells are locked. */
function sheetOf(minutes, locked = () => false) {
  return { rows: minutes.length, cols: minutes[0].length, at: (row, col) => ({ minutes: minutes[row][col], locked: locked(row, col) }) };
}

function empty(rows, cols) {
  return Array.from({ length: rows }, () => Array(cols).fill(0));
}

const cell = (row, col) => ({ top: row, bottom: row, left: col, right: col });

test('hours read as people type them', () => {
  const table = [
    ['7', 420], ['7.5', 450], ['7,5', 450], ['7:30', 450], [' 8 h ', 480], ['8H', 480], ['', 0], ['  ', 0], ['.5', 30], [',5', 30],
    ['7.', 420], ['7.33', 440], ['0', 0], ['-0', 0], ['168', MOST], ['168:00', MOST], ['16,5', 990], ['16.675', 1001], ['７．５', 450],
    ['0:05', 5], ['0.001', 0], ['1.99999', 120],
  ];
  for (const [text, minutes] of table) assert.deepEqual(parseHours(text), { minutes }, text);
});

test('a text that is not hours says what to write', () => {
  for (const text of ['x', '7h30', '7:3', '7:60', ':30', '1.2.3', '1 000', '7..5', '.', 'h', '+5', '1e3', 'NaN', '٣', '7:-5', '--1']) {
    assert.match(parseHours(text).error ?? '', /not a number of hours; write 7, 7\.5 or 7:30/, text);
  }
  assert.match(parseHours('-1').error, /below 0/);
  assert.match(parseHours('168.01').error, /168 hours at most/);
  assert.match(parseHours('999999999').error, /168 hours at most/);
  assert.ok(parseHours('y'.repeat(500)).error.length < 120);
});

test('every number of minutes survives being shown and read again', () => {
  for (let minutes = 0; minutes <= MOST; minutes += 1) {
    const shown = formatHours(minutes);
    assert.deepEqual(parseHours(shown), { minutes }, shown);
    assert.equal(fromDecimal(Number(shown)), minutes);
    assert.match(shown, /^\d+(\.\d{1,2})?$/);
  }
});

test('a band holds its upper end, and hours on no capacity are beyond the last', () => {
  const bands = [70, 85, 100, 115];
  const level = (hours, capacity) => loadLevel(hours * 60, capacity * 60, bands, 'percent');
  assert.deepEqual([0, 24, 28, 34, 35, 40, 41, 46, 47].map((hours) => level(hours, 40)), [0, 1, 2, 2, 3, 3, 4, 4, 5]);
  assert.equal(level(1, 0), 5);
  assert.equal(loadLevel(0, 0, bands, 'percent'), 0);
  assert.deepEqual([29.5, 30, 36, 40.5, 44].map((hours) => loadLevel(hours * 60, 0, [30, 36, 40, 42], 'hours')), [1, 2, 2, 4, 5]);
});

test('clipboard text of a spreadsheet is read cell by cell', () => {
  const table = [
    ['1\t2\r\n3\t4\r\n', [['1', '2'], ['3', '4']]],
    ['1\t2\n3\t4', [['1', '2'], ['3', '4']]],
    ['1\t\n\t4', [['1', ''], ['', '4']]],
    ['"a\tb"\t"say ""7"""\n2', [['a\tb', 'say "7"'], ['2']]],
    ['"two\nlines"\t7', [['two\nlines', '7']]],
    ['"unclosed\t7', [['"unclosed', '7']]],
    ['"7"x\t8', [['"7"x', '8']]],
    ['', [['']]],
    ['7', [['7']]],
    ['7\r8', [['7'], ['8']]],
    ['7\n\n', [['7'], ['']]],
  ];
  for (const [text, rows] of table) assert.deepEqual(parseTsv(text), rows, JSON.stringify(text));
});

test('whatever cells hold, they come back from the clipboard as they went', () => {
  const dice = random(7);
  const letters = ['a', '7', ',', '"', '\t', '\n', '\r', ' ', '"\t'];
  for (let round = 0; round < 500; round += 1) {
    const rows = Array.from({ length: 1 + dice.below(4) }, () => Array.from({ length: 1 + dice.below(4) }, () => (
      Array.from({ length: dice.below(5) }, () => letters[dice.below(letters.length)]).join('')
    )));
    const text = serialiseTsv(rows);
    // A last row of one empty cell cannot be told from the line end that spreadsheets put after the last row.
    const expected = rows.length > 1 && rows.at(-1).length === 1 && rows.at(-1)[0] === '' ? rows.slice(0, -1) : rows;
    assert.deepEqual(parseTsv(text), expected, JSON.stringify(text));
  }
});

test('a pasted block lies at the corner of the selection and leaves blanks alone', () => {
  const minutes = [[0, 60, 0], [0, 0, 0]];
  const plan = planPaste(sheetOf(minutes), cell(0, 0), parseTsv('1\t\t2,5\n\t4:15\t'));
  assert.deepEqual(plan.cells, [{ row: 0, col: 0, minutes: 60 }, { row: 0, col: 2, minutes: 150 }, { row: 1, col: 1, minutes: 255 }]);
  assert.equal(plan.blank, 3);
  assert.equal(plan.clipped, 0);
});

test('one pasted value fills the selection, a block repeats where it fits', () => {
  const sheet = sheetOf(empty(4, 6));
  const all = rectangle({ row: 3, col: 5 }, { row: 0, col: 0 });
  assert.equal(planPaste(sheet, all, [['8']]).cells.length, 24);
  const tiled = planPaste(sheet, all, parseTsv('1\t2\n3\t4'));
  assert.equal(tiled.cells.length, 24);
  assert.deepEqual(tiled.cells.at(-1), { row: 3, col: 5, minutes: 240 });
  assert.equal(planPaste(sheet, rectangle({ row: 0, col: 0 }, { row: 2, col: 2 }), parseTsv('1\t2\n3\t4')).cells.length, 4);
});

test('a paste with one unreadable text writes nothing and says where it is', () => {
  const plan = planPaste(sheetOf(empty(3, 3)), cell(0, 0), parseTsv('1\t2\n3\tAmara'));
  assert.deepEqual(plan.cells, []);
  assert.deepEqual({ line: plan.unreadable.line, column: plan.unreadable.column }, { line: 2, column: 2 });
});

test('a paste names what is locked and counts what is beyond the edge', () => {
  const sheet = sheetOf(empty(2, 3), (row, col) => row === 0 && col === 2);
  const plan = planPaste(sheet, cell(0, 1), parseTsv('1\t2\t3\n4\t5\t6\n7\t8\t9'));
  assert.deepEqual(plan.locked, [{ row: 0, col: 2 }]);
  assert.equal(plan.clipped, 5);
  assert.equal(plan.cells.length, 3);
});

test('a paste never leaves the grid, never touches a locked cell, and never writes what is there already', () => {
  const dice = random(11);
  const texts = ['', ' ', '0', '7', '7,5', '7:30', '168'];
  for (let round = 0; round < 2000; round += 1) {
    const [rows, cols] = [1 + dice.below(6), 1 + dice.below(8)];
    const minutes = Array.from({ length: rows }, () => Array.from({ length: cols }, () => 60 * dice.below(9)));
    const locks = new Set(Array.from({ length: dice.below(5) }, () => `${dice.below(rows)},${dice.below(cols)}`));
    const sheet = sheetOf(minutes, (row, col) => locks.has(`${row},${col}`));
    const corner = () => ({ row: dice.below(rows), col: dice.below(cols) });
    const selection = rectangle(corner(), corner());
    const matrix = Array.from({ length: 1 + dice.below(5) }, () => Array.from({ length: 1 + dice.below(5) }, () => texts[dice.below(texts.length)]));
    const plan = planPaste(sheet, selection, matrix);
    const seen = new Set();
    for (const { row, col, minutes: value } of plan.cells) {
      assert.ok(row >= 0 && row < rows && col >= 0 && col < cols);
      assert.ok(!locks.has(`${row},${col}`));
      assert.notEqual(minutes[row][col], value);
      assert.ok(!seen.has(`${row},${col}`), 'each cell at most once');
      seen.add(`${row},${col}`);
    }
    const high = selection.bottom - selection.top + 1;
    const wide = selection.right - selection.left + 1;
    const across = Math.max(...matrix.map((row) => row.length));
    const area = (high > matrix.length && high % matrix.length === 0 ? high : matrix.length) * (wide > across && wide % across === 0 ? wide : across);
    assert.equal(plan.cells.length + plan.same + plan.blank + plan.locked.length + plan.clipped, area, 'every text is accounted for');
  }
});

test('a fill repeats its source in both directions', () => {
  const minutes = [[60, 120, 0, 0, 0], [180, 240, 0, 0, 0], [0, 0, 0, 0, 0]];
  const source = rectangle({ row: 0, col: 0 }, { row: 1, col: 1 });
  const right = planFill(sheetOf(minutes), source, { ...source, right: 4 });
  assert.deepEqual(right.cells.map((one) => one.minutes), [60, 120, 60, 180, 240, 180]);
  const down = planFill(sheetOf(minutes), source, { ...source, bottom: 2 });
  assert.deepEqual(down.cells, [{ row: 2, col: 0, minutes: 60 }, { row: 2, col: 1, minutes: 120 }]);
  const up = planFill(sheetOf([[0], [0], [60], [120]]), { top: 2, bottom: 3, left: 0, right: 0 }, { top: 0, bottom: 3, left: 0, right: 0 });
  assert.deepEqual(up.cells, [{ row: 0, col: 0, minutes: 60 }, { row: 1, col: 0, minutes: 120 }]);
});

test('the fill handle goes the longer way in a straight line', () => {
  const selection = rectangle({ row: 2, col: 2 }, { row: 3, col: 3 });
  assert.deepEqual(fillTarget(selection, { row: 7, col: 4 }), { ...selection, bottom: 7 });
  assert.deepEqual(fillTarget(selection, { row: 1, col: 9 }), { ...selection, right: 9 });
  assert.deepEqual(fillTarget(selection, { row: 0, col: 2 }), { ...selection, top: 0 });
  assert.equal(fillTarget(selection, { row: 3, col: 2 }), selection);
});

test('clearing writes only where something stands', () => {
  const plan = planValue(sheetOf([[60, 0], [0, 120]]), rectangle({ row: 0, col: 0 }, { row: 1, col: 1 }), 0);
  assert.deepEqual(plan.cells, [{ row: 0, col: 0, minutes: 0 }, { row: 1, col: 1, minutes: 0 }]);
  assert.equal(plan.same, 2);
});

test('Ctrl and an arrow stop where a run of hours ends or the next begins', () => {
  const hours = [1, 1, 1, 0, 0, 1, 0, 0];
  const filled = (at) => hours[at] > 0;
  const to = (from, step) => jump(filled, from, step, hours.length - 1);
  assert.deepEqual([to(0, 1), to(2, 1), to(5, 1), to(7, 1), to(7, -1), to(5, -1), to(2, -1), to(0, -1), to(3, 1)], [2, 5, 7, 7, 5, 2, 0, 0, 5]);
});

test('a rectangle is the same from whichever corner it is drawn', () => {
  const dice = random(3);
  for (let round = 0; round < 200; round += 1) {
    const [a, b] = [0, 1].map(() => ({ row: dice.below(9), col: dice.below(9) }));
    assert.deepEqual(rectangle(a, b), rectangle(b, a));
    assert.ok(within(rectangle(a, b), a.row, a.col) && within(rectangle(a, b), b.row, b.col));
    assert.ok(!within(rectangle(a, b), 9, 0));
  }
});

test('undo and redo lead through every state and back, whatever the order of the gestures', () => {
  const dice = random(23);
  for (let round = 0; round < 200; round += 1) {
    const history = new History();
    // A small server: change sets with what they put and what was there, undo as a change set of its own.
    const sets = [];
    let state = Array(6).fill(0);
    const apply = (changes) => {
      const inverse = changes.map(([at]) => [at, state[at]]);
      state = [...state];
      for (const [at, value] of changes) state[at] = value;
      sets.push(inverse);
      return sets.length - 1;
    };
    let past = [];
    let future = [];
    for (let step = 0; step < 40; step += 1) {
      const direction = dice.chance(0.5) ? 'undo' : 'redo';
      if (dice.chance(0.45)) {
        past.push(state);
        future = [];
        history.push(apply(Array.from({ length: 1 + dice.below(3) }, (_, index) => [(dice.below(2) * 3) + index, dice.below(100)])));
        continue;
      }
      const id = history.peek(direction);
      const [from, to] = direction === 'undo' ? [past, future] : [future, past];
      assert.equal(id === undefined, from.length === 0);
      if (id === undefined) continue;
      to.push(state);
      const expected = from.pop();
      history.moved(direction, apply(sets[id]));
      assert.deepEqual(state, expected);
    }
  }
});

test('a change set that was reversed from elsewhere is no longer in the way', () => {
  const history = new History();
  for (const id of [1, 2, 3]) history.push(id);
  history.forget(2);
  assert.equal(history.peek('undo'), 3);
  history.moved('undo', 4);
  assert.equal(history.peek('undo'), 1);
  assert.equal(history.peek('redo'), 4);
});
