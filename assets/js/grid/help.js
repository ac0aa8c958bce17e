// The list of the grid's keys, opened with `?`.

import { show } from '../dialog.js';
import { make } from '../fragment.js';

const KEYS = [
  ['Arrows', 'Move; with Shift select, with Ctrl jump to the edge'],
  ['Home, End', 'First and last week; with Ctrl first and last row'],
  ['0–9', 'Type over the cell: 7, 7.5, 7,5 or 7:30'],
  ['Enter, F2', 'Change the cell; Enter on a person opens their work'],
  ['Enter, Tab', 'While typing: save and go down, or right; with Shift back'],
  ['Ctrl+Enter', 'While typing: the same hours in the whole selection'],
  ['Escape', 'While typing: leave the cell as it was'],
  ['Ctrl+C, X, V', 'Copy, cut, paste, also to and from a spreadsheet'],
  ['Ctrl+D, Ctrl+R', 'Fill down, fill right'],
  ['Delete', 'Clear'],
  ['Ctrl+Z, Ctrl+Y', 'Undo, redo'],
  ['/', 'Find a person, project or skill'],
];

/** Shows the keys. */
export function showHelp() {
  const list = make('dl', { class: 'keys' }, ...KEYS.flatMap(([keys, text]) => [
    make('dt', {}, make('kbd', {}, keys)), make('dd', {}, text),
  ]));
  show(make('h2', {}, 'Keys in the schedule'), list);
}
